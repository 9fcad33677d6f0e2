//! Files of certificates or revocation lists.

use std::path::{Path, PathBuf};

use provisor::x509::file::{self, Contents, Wanted};

use crate::answer::Unusable;
use crate::input;
use crate::place::{Fault, Place};
use crate::remarks::Remarks;

/// What one file holds.
pub(crate) struct Bundle {
    path: PathBuf,
    wanted: Wanted,
    contents: Contents,
}

/// One certificate or list of a file.
pub(crate) struct Block<'a> {
    pub(crate) place: Place,
    pub(crate) der: &'a [u8],
}

impl Bundle {
    /// Reads a file. What is passed over in it, and how it was read, is noted in `remarks`; a file
    /// that is there but holds something else is a fault that says what.
    pub(crate) fn read(
        path: &Path,
        wanted: Wanted,
        remarks: &mut Remarks,
    ) -> Result<Result<Self, Fault>, Unusable> {
        let bytes = input::bundle(path, wanted)?;
        let contents = match file::read(&bytes, wanted) {
            Ok(contents) => contents,
            Err(unreadable) => {
                return Ok(Err(Fault {
                    place: Place::unreadable(path, noun(wanted), &unreadable),
                    rejection: unreadable.into(),
                }));
            }
        };
        for read_as in contents.read_as() {
            remarks.read_as(Place::file(path), read_as);
        }
        for other in contents.passed_over() {
            remarks.passed_over(Place::line(path, other.line()), other.found());
        }
        Ok(Ok(Self {
            path: path.to_owned(),
            wanted,
            contents,
        }))
    }

    /// Several files, one after the other, up to the first that cannot be used.
    pub(crate) fn read_all(
        paths: &[PathBuf],
        wanted: Wanted,
        remarks: &mut Remarks,
    ) -> Result<Result<Vec<Self>, Fault>, Unusable> {
        paths
            .iter()
            .map(|path| Self::read(path, wanted, remarks))
            .collect()
    }

    /// The DER of all certificates or lists of these files.
    pub(crate) fn ders(files: &[Self]) -> Vec<&[u8]> {
        let blocks = files.iter().flat_map(Self::blocks);
        blocks.map(|block| block.der).collect()
    }

    /// Its certificates or lists, in their order.
    pub(crate) fn blocks(&self) -> impl Iterator<Item = Block<'_>> {
        let blocks = self.contents.blocks();
        let noun = noun(self.wanted);
        blocks.iter().zip(1..).map(move |(block, number)| Block {
            place: Place::block(&self.path, (noun, number, blocks.len() > 1), block.line()),
            der: block.der(),
        })
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.contents.blocks().len()
    }
}

const fn noun(wanted: Wanted) -> &'static str {
    match wanted {
        Wanted::Certificates => "certificate",
        Wanted::Lists => "list",
    }
}

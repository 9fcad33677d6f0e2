//! The entries of a list by serial number, for lists that are kept.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::serial::shortest;
use crate::der::Reader;

/// Where the entries begin, in the order of their serial numbers. Entries of one number stay in the
/// order of the list.
#[derive(Clone, Debug)]
pub(crate) struct Index(Box<[u32]>);

impl Index {
    /// Of the contents octets of revokedCertificates, which were read before.
    pub(crate) fn new(entries: &[u8]) -> Self {
        let mut reader = Reader::new(entries);
        let mut places: Vec<(&[u8], u32)> = Vec::new();
        loop {
            let place = entries.len().saturating_sub(reader.rest().len());
            let (Some(element), Ok(place)) = (reader.next(), u32::try_from(place)) else {
                break;
            };
            places.push((serial(element.contents), place));
        }
        places.sort_unstable();
        Self(places.into_iter().map(|(_, place)| place).collect())
    }

    /// The whole elements of the entries with that number, in its shortest form.
    pub(crate) fn of<'i, 'a>(
        &'i self,
        entries: &'a [u8],
        wanted: &'i [u8],
    ) -> impl Iterator<Item = &'a [u8]> + use<'i, 'a> {
        let at = move |place: u32| {
            let rest = usize::try_from(place)
                .ok()
                .and_then(|place| entries.get(place..));
            Reader::new(rest.unwrap_or_default()).next()
        };
        let number = move |place: u32| at(place).map_or(&[][..], |entry| serial(entry.contents));
        let first = self.0.partition_point(|place| number(*place) < wanted);
        let from = self.0.get(first..).unwrap_or_default().iter();
        from.filter_map(move |place| at(*place))
            .take_while(move |entry| serial(entry.contents) == wanted)
            .map(|entry| entry.whole)
    }
}

/// The serial number of an entry's contents.
fn serial(contents: &[u8]) -> &[u8] {
    let first = Reader::new(contents).next();
    shortest(first.map_or(&[], |serial| serial.contents))
}

//! The rows of allocation on a big-endian processor.

use super::outcome::Outcome;
use crate::{big_endian, workspace};

pub(super) fn allocation() -> Result<Outcome, String> {
    let set = workspace::shared().map(|shared| shared.join("allocation"));
    let Some(set) = set.filter(|set| set.is_dir()) else {
        return Ok(Outcome::Skipped(
            "the allocation's conformance set is not here (PROVISOR_SHARED, or a folder `shared` beside the clone)"
                .to_owned(),
        ));
    };
    big_endian::run(Some(&set))?;
    Ok(Outcome::Passed)
}

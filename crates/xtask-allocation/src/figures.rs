//! How a set of rows went.

use std::path::Path;

use crate::answer::answer;
use crate::rows::{self, Answer};

/// How a set of rows went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Every row.
    pub cases: u32,
    /// Answered as the row says, in every column.
    pub agree: u32,
    /// Another hub than the row's: the device would go to the wrong place.
    pub false_accept: u32,
    /// Refused although the row has a hub.
    pub false_reject: u32,
}

/// Runs every row of the folder's `vectors.csv`, one line for each disagreement.
///
/// # Errors
///
/// The file cannot be read, or is not of the format.
pub fn run(dir: &Path) -> Result<Figures, String> {
    let mut figures = Figures::default();
    for row in rows::read(dir)? {
        figures.cases += 1;
        let found = answer(&row);
        if found == row.answer {
            figures.agree += 1;
            continue;
        }
        match (&found, &row.answer) {
            (Answer::Hub { hub, .. }, Answer::Hub { hub: wanted, .. }) if hub == wanted => {}
            (Answer::Hub { .. }, _) => figures.false_accept += 1,
            (Answer::Code(_), Answer::Hub { .. }) => figures.false_reject += 1,
            (Answer::Code(_), Answer::Code(_)) => {}
        }
        println!(
            "line {} ({}): {found:?}, not {:?}",
            row.line, row.note, row.answer
        );
    }
    Ok(figures)
}

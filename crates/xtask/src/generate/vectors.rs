//! The vectors that Rust, C and Python tests share.
//!
//! They are made by the core itself, so they prove that three languages and all later versions agree,
//! not that the answer was right; that is what the core's own tests are for. A diff of these files is
//! a change of behaviour: read it before you commit it.
//!
//! Every file is `{"about": …, "cases": […]}`. Bytes are hexadecimal; a refusal is `code`, `number`
//! and, where there is one, `position`.

mod allocation;
mod doors;
pub(crate) mod form;
mod ids;
mod sas;
mod scenario;
mod tpm;
mod x509;

use serde::Serialize;

use super::Generated;

const FOLDER: &str = "crates/provisor-testkit/vectors";

/// All vector files.
///
/// # Errors
///
/// A case that is meant to be accepted is refused, or JSON fails.
pub(crate) fn generate() -> Result<Vec<Generated>, String> {
    Ok(vec![
        file("ids", ids::ABOUT, &ids::cases()?)?,
        file("x509", x509::ABOUT, &x509::cases()?)?,
        file("tpm", tpm::ABOUT, &tpm::cases()?)?,
        file("sas", sas::ABOUT, &sas::cases()?)?,
        file("allocation", allocation::ABOUT, &allocation::cases()?)?,
        file("doors", doors::ABOUT, &doors::cases()?)?,
        file("scenario", scenario::ABOUT, &scenario::cases()?)?,
    ])
}

#[derive(Serialize)]
struct File<'a, T> {
    about: &'a str,
    cases: &'a [T],
}

fn file<T: Serialize>(name: &str, about: &str, cases: &[T]) -> Result<Generated, String> {
    let mut text =
        serde_json::to_string_pretty(&File { about, cases }).map_err(|e| format!("{name}: {e}"))?;
    text.push('\n');
    Ok(Generated::text(&format!("{FOLDER}/{name}.json"), text))
}

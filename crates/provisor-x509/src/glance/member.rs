//! Which member of a JSON document holds a certificate: for the command that takes it out.

use alloc::format;
use alloc::string::String;

/// Characters of a name that a message shows.
const LONGEST: usize = 40;

/// The command that takes the first value out that looks like PEM or like base64 of DER; `None` when
/// no member does.
pub(super) fn command(text: &str) -> Option<String> {
    let (name, value) = members(text)
        .find(|(_, value)| is_pem(value) || value.contains("\"MI") || is_hexadecimal(value))?;
    let each = if value.contains('[') { "[]?" } else { "" };
    // Intel's service percent-encodes the padding of its base64url.
    let decode = if is_pem(value) {
        ""
    } else if is_hexadecimal(value) {
        " | xxd -r -p"
    } else {
        " | sed 's/%3D/=/g' | tr -- -_ +/ | base64 -d"
    };
    Some(format!(
        "take the member {name} out (jq -r '.. | .\"{name}\"?{each} // empty' FILE{decode} > NEW)"
    ))
}

/// Names, each with the first characters of its value.
fn members(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.match_indices(':').filter_map(|(at, _)| {
        let (before, after) = (text.get(..at)?, text.get(at..)?.strip_prefix(':')?);
        let name = before.trim_end().strip_suffix('"')?;
        let name = name.get(name.rfind('"')?.saturating_add(1)..)?;
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        let value = after.trim_start().get(..16)?;
        (!name.is_empty() && name.len() <= LONGEST && name.chars().all(plain))
            .then_some((name, value))
    })
}

fn is_pem(value: &str) -> bool {
    value.contains("-----BEGIN")
}

fn is_hexadecimal(value: &str) -> bool {
    value.contains("\"3082") || value.contains("\"3081")
}

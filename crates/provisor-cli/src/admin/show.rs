//! What is printed.

use provisor_server::outgoing::Reply;
use provisor_wire::Body;

use super::session::Stop;
use crate::answer::Answer;

/// A thing, over several lines.
pub(super) fn thing(reply: &Reply) -> Result<Answer, Stop> {
    let value: serde_json::Value = serde_json::from_slice(&reply.body)
        .map_err(|e| Stop::unusable(format!("the answer is no JSON: {e}")))?;
    let text = serde_json::to_string_pretty(&value)
        .map_err(|e| Stop::unusable(format!("the answer cannot be shown: {e}")))?;
    Ok(Answer::accepted(text + "\n"))
}

/// A list, with one line for each item.
pub(super) fn list(reply: &Reply) -> Result<Answer, Stop> {
    let items: Vec<serde_json::Value> = serde_json::from_slice(&reply.body)
        .map_err(|e| Stop::unusable(format!("the answer is no JSON array: {e}")))?;
    let mut text = String::new();
    for item in items {
        text.push_str(&item.to_string());
        text.push('\n');
    }
    Ok(Answer::accepted(text))
}

/// Items that were read, with one line for each.
pub(super) fn lines(items: &[impl Body]) -> String {
    let mut text = String::new();
    for item in items {
        text.push_str(&item.to_json());
        text.push('\n');
    }
    text
}

/// That something is done.
pub(super) fn done(what: impl std::fmt::Display) -> Answer {
    Answer::accepted(format!("{what}\n"))
}

//! Hubs that have another name here.

use crate::answer::Unusable;

/// Old names and new ones.
#[derive(Debug)]
pub(super) struct Renamed(Vec<(String, String)>);

impl Renamed {
    pub(super) fn read(pairs: &[String]) -> Result<Self, Unusable> {
        let read = |pair: &String| match pair.split_once('=') {
            Some((old, new)) if !old.is_empty() && !new.is_empty() => {
                Ok((old.to_owned(), new.to_owned()))
            }
            _ => Err(Unusable::new(format!("--hub {pair}: give OLD=NEW"))),
        };
        pairs.iter().map(read).collect::<Result<_, _>>().map(Self)
    }

    /// The name that it has here.
    pub(super) fn of(&self, name: &str) -> String {
        let new = self
            .0
            .iter()
            .find(|(old, _)| old.eq_ignore_ascii_case(name));
        new.map_or(name, |(_, new)| new.as_str()).to_owned()
    }
}

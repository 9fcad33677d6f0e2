//! Where in a body a value stands.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use provisor_report::{Code, Rejection, Subject};

/// Who reads: what a service ignores or refuses in a request, a client keeps in an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// A service, which reads a request.
    Service,
    /// A client, which reads an answer.
    Client,
}

#[derive(Clone, Copy, Debug)]
enum Step<'a> {
    Root,
    Member(&'a str),
    Item(usize),
}

/// A place in a body, as the way to it.
#[derive(Clone, Copy, Debug)]
pub struct At<'a> {
    above: Option<&'a Self>,
    step: Step<'a>,
    side: Side,
}

impl At<'_> {
    pub(crate) const fn root(side: Side) -> Self {
        Self {
            above: None,
            step: Step::Root,
            side,
        }
    }

    /// True where a service reads a request.
    pub(crate) fn is_request(&self) -> bool {
        self.side == Side::Service
    }

    pub(crate) const fn member<'a>(&'a self, name: &'a str) -> At<'a> {
        At {
            above: Some(self),
            step: Step::Member(name),
            side: self.side,
        }
    }

    pub(crate) const fn item(&self, index: usize) -> At<'_> {
        At {
            above: Some(self),
            step: Step::Item(index),
            side: self.side,
        }
    }

    /// The place as a JSON pointer (RFC 6901); the whole body is `body`.
    pub(crate) fn pointer(&self) -> String {
        let mut steps = Vec::new();
        let mut at = Some(self);
        while let Some(place) = at {
            match place.step {
                Step::Root => {}
                Step::Member(name) => {
                    steps.push(format!("/{}", name.replace('~', "~0").replace('/', "~1")));
                }
                Step::Item(index) => steps.push(format!("/{index}")),
            }
            at = place.above;
        }
        if steps.is_empty() {
            return "body".into();
        }
        steps.iter().rev().map(String::as_str).collect()
    }

    /// A rejection of what stands here.
    pub(crate) fn rejects(&self, code: Code) -> Rejection {
        Rejection::new(code, Subject::field(self.pointer()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_json_pointer() {
        let root = At::root(Side::Service);
        assert_eq!(root.pointer(), "body");
        let tags = root.member("a/b~c");
        assert_eq!(tags.item(3).pointer(), "/a~1b~0c/3");
    }
}

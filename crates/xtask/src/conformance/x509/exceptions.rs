//! Cases that we refuse on purpose although their set accepts them: each by its name, with the reason.
//! An exception that is no longer needed, or that covers another fault than its own, fails the run.

use provisor::{Code, Rejection};

/// One case that is not scored.
#[derive(Debug)]
pub(super) struct Exception {
    /// The set, as its tally is named.
    set: &'static str,
    id: &'static str,
    /// What it is refused with; with anything else it is scored.
    codes: &'static [Code],
    reason: &'static str,
}

const DSA: &[Code] = &[Code::X509KeyDsa, Code::X509SignatureDsa];

/// A set may hold some of these only; one that it does not hold is no exception there.
pub(super) const EXCEPTIONS: &[Exception] = &[
    Exception {
        set: "pkits/valid",
        id: "4.1.4",
        codes: DSA,
        reason: "Valid DSA Signatures: DSA is refused on purpose",
    },
    Exception {
        set: "pkits/valid",
        id: "4.1.5",
        codes: DSA,
        reason: "Valid DSA Parameter Inheritance: DSA is refused on purpose",
    },
    Exception {
        set: "pkits/valid_without_crl",
        id: "4.1.4",
        codes: DSA,
        reason: "Valid DSA Signatures: DSA is refused on purpose",
    },
    Exception {
        set: "pkits/valid_without_crl",
        id: "4.1.5",
        codes: DSA,
        reason: "Valid DSA Parameter Inheritance: DSA is refused on purpose",
    },
];

/// What an exception makes of an answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Excuse {
    /// There is none for this case.
    None,
    /// It is refused, and that is why.
    Reason(&'static str),
    /// It should go: the case is accepted, or refused for something else.
    Stale,
}

/// Looks a case up that its set accepts.
pub(super) fn excuse(
    exceptions: &[Exception],
    set: &str,
    id: &str,
    got: &Result<(), Rejection>,
) -> Excuse {
    let known = exceptions
        .iter()
        .find(|exception| exception.set == set && exception.id == id);
    match (known, got) {
        (None, _) => Excuse::None,
        (Some(known), Err(rejection)) if known.codes.contains(&rejection.code()) => {
            Excuse::Reason(known.reason)
        }
        (Some(_), _) => Excuse::Stale,
    }
}

#[cfg(test)]
mod tests {
    use provisor::Subject;

    use super::*;

    fn refused(code: Code) -> Result<(), Rejection> {
        Err(Rejection::new(code, Subject::field("test")))
    }

    #[test]
    fn one_case_of_one_set_for_one_reason() {
        let look = |set, id, got| excuse(EXCEPTIONS, set, id, &got);
        assert!(matches!(
            look("pkits/valid", "4.1.5", refused(Code::X509KeyDsa)),
            Excuse::Reason(reason) if reason.contains("DSA")
        ));
        for (set, id) in [("pkits/valid", "4.1.6"), ("pkits/attest_path", "4.1.5")] {
            assert_eq!(look(set, id, refused(Code::X509KeyDsa)), Excuse::None);
        }
        assert_eq!(look("pkits/valid", "4.1.5", Ok(())), Excuse::Stale);
        let otherwise = refused(Code::X509Expired);
        assert_eq!(look("pkits/valid", "4.1.5", otherwise), Excuse::Stale);
    }

    #[test]
    fn every_exception_has_a_reason_and_comes_once() {
        for (index, exception) in EXCEPTIONS.iter().enumerate() {
            assert!(!exception.reason.is_empty() && !exception.codes.is_empty());
            let same = |other: &&Exception| (other.set, other.id) == (exception.set, exception.id);
            assert_eq!(EXCEPTIONS.iter().filter(same).count(), 1, "{index}");
        }
    }
}

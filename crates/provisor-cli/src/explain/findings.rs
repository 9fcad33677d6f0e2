//! What there is to say in the end, as text and as JSON.

use provisor::tpm::Name;
use provisor::x509::Report;
use provisor::{Code, RegistrationId, Rejection, Subject};
use serde_json::{Value, json};

use crate::answer::{Verdict, rejection_block, verdict_block};
use crate::place::{Fault, Place};
use crate::remarks::Remarks;

/// The verdict and all that belongs to it.
pub(super) struct Findings {
    about: About,
    /// Unusable: a file that should hold certificates or lists holds something else.
    verdict: Verdict,
    /// The first reason to refuse, if there is one.
    rejection: Option<Rejection>,
    /// `None` when a file cannot be read.
    report: Option<Report>,
    /// What was asked beside the path.
    bindings: Vec<Binding>,
}

/// Whether the certificate is for what it should be for.
pub(super) struct Binding {
    /// What, for people.
    label: &'static str,
    /// What, as a member of the object, and of its value there.
    members: (&'static str, &'static str),
    /// How it is said of a certificate that is, and for what; or why it is not.
    verdict: Result<(&'static str, String), Rejection>,
}

impl Binding {
    /// Of the registration ID.
    pub(super) fn of_id(verdict: Result<RegistrationId, Rejection>) -> Self {
        Self {
            label: "registration ID",
            members: ("registrationId", "id"),
            verdict: verdict.map(|id| ("the common name is", id.as_str().to_owned())),
        }
    }

    /// Of the endorsement key.
    pub(super) fn of_key(verdict: Result<Name, Rejection>) -> Self {
        Self {
            label: "endorsement key",
            members: ("endorsementKey", "name"),
            verdict: verdict.map(|name| {
                (
                    "the certificate is for the key with the Name",
                    name.to_string(),
                )
            }),
        }
    }
}

/// What was judged: the leaf by its subject, or the file at fault by its place.
enum About {
    Leaf(String),
    File(Place),
}

impl Findings {
    /// A file that is none of certificates or lists; `subject` where it has a place in the chain.
    pub(super) fn unreadable(fault: Fault, subject: Option<Subject>) -> Self {
        let subject = subject.unwrap_or_else(|| Subject::field(fault.place.to_string()));
        Self {
            verdict: Verdict::Unusable,
            ..Self::refused(Fault {
                rejection: fault.rejection.about(subject),
                ..fault
            })
        }
    }

    /// A certificate that was presented and cannot be read.
    pub(super) fn refused(fault: Fault) -> Self {
        Self {
            about: About::File(fault.place),
            verdict: Verdict::Rejected,
            rejection: Some(fault.rejection),
            report: None,
            bindings: Vec::new(),
        }
    }

    /// A chain that was judged, and perhaps what it is for.
    pub(super) fn judged(report: Report, bindings: Vec<Binding>) -> Self {
        let refused = bindings
            .iter()
            .find_map(|binding| binding.verdict.as_ref().err());
        let rejection = report.rejection().or(refused).cloned();
        Self {
            about: About::Leaf(report.leaf().to_owned()),
            verdict: if rejection.is_none() {
                Verdict::Accepted
            } else {
                Verdict::Rejected
            },
            rejection,
            report: Some(report),
            bindings,
        }
    }

    pub(super) const fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// Whether the chain was refused because nothing is trusted.
    pub(super) fn anchors_missing(&self) -> bool {
        let code = self.rejection.as_ref().map(Rejection::code);
        code == Some(Code::X509NoAnchors)
    }

    /// Files were given as anchors, so each certificate in them was left out: why.
    pub(super) fn explain_missing_anchors(&mut self, remarks: &Remarks) {
        let Some(first) = remarks.first_left_out() else {
            return;
        };
        self.rejection = self.rejection.take().map(|rejection| {
            rejection
                .found(format!("no usable certificate in their files; {first}"))
                .remedy("register certificates that can be anchors; each that was left out is listed with its reason")
        });
    }

    /// The verdict on the first line, then what to do, then every rule tried, then what was done
    /// with the files.
    pub(super) fn text(&self, remarks: &Remarks) -> String {
        let chain_refused = self
            .report
            .as_ref()
            .is_some_and(|report| report.rejection().is_some());
        let about = match &self.about {
            About::Leaf(name) => format!("leaf:     {name}"),
            About::File(place) => format!("file:     {place}"),
        };
        let mut out = match (&self.rejection, &self.report) {
            (Some(rejection), Some(report)) if self.anchors_missing() => {
                format!("{}\n{report}", verdict_block("REJECTED", rejection, &about))
            }
            // The report says it all by itself.
            (_, Some(report)) if chain_refused => report.to_string(),
            (None, Some(report)) => report.to_string(),
            (Some(rejection), Some(report)) => format!(
                "{}\nThe chain by itself is good:\n\n{report}",
                verdict_block("REJECTED", rejection, &about)
            ),
            (Some(rejection), None) => {
                verdict_block(&word(self.verdict).to_uppercase(), rejection, &about)
            }
            (None, None) => String::new(),
        };
        for binding in &self.bindings {
            let label = binding.label;
            match &binding.verdict {
                Ok((how, what)) => {
                    out.push_str(&format!("\n{label}:\n    ok    {how} {what}\n"));
                }
                // The one that refuses a good chain stands on top.
                Err(rejection) if chain_refused || Some(rejection) != self.rejection.as_ref() => {
                    out.push_str(&format!(
                        "\n{label}, refused as well:\n{}",
                        rejection_block(rejection, "    ")
                    ));
                }
                Err(_) => {}
            }
        }
        let remarks = remarks.to_string();
        if !remarks.is_empty() {
            out.push_str("\nfiles:\n");
            for line in remarks.lines() {
                out.push_str(&format!("    {line}\n"));
            }
        }
        out
    }

    pub(super) fn object(&self, remarks: &Remarks) -> String {
        let (about, at) = match &self.about {
            About::Leaf(name) => (name.clone(), Value::Null),
            About::File(place) => (place.to_string(), place.json()),
        };
        let mut object = json!({
            "verdict": word(self.verdict),
            "about": about,
            "at": at,
            "rejection": self.rejection,
            "registrationId": null,
            "endorsementKey": null,
            "report": self.report,
        });
        if let Some(object) = object.as_object_mut() {
            for binding in &self.bindings {
                let (member, of) = binding.members;
                let value = match &binding.verdict {
                    Ok((_, what)) => json!({ of: what, "rejection": null }),
                    Err(rejection) => json!({ of: null, "rejection": rejection }),
                };
                object.insert(member.to_owned(), value);
            }
            remarks.add_to(object);
        }
        format!("{object}\n")
    }
}

const fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Accepted => "accepted",
        Verdict::Rejected => "rejected",
        Verdict::Unusable => "unreadable",
    }
}

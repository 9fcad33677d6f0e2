//! What there is to say in the end, as text and as JSON.

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
    /// What the check of the registration ID said, if it was asked for.
    binding: Option<Result<RegistrationId, Rejection>>,
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
            binding: None,
        }
    }

    /// A chain that was judged, and perhaps the ID in it.
    pub(super) fn judged(
        report: Report,
        binding: Option<Result<RegistrationId, Rejection>>,
    ) -> Self {
        let refused = binding.as_ref().and_then(|binding| binding.as_ref().err());
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
            binding,
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
        match &self.binding {
            Some(Ok(id)) => out.push_str(&format!(
                "\nregistration ID:\n    ok    the common name is {id}\n"
            )),
            Some(Err(rejection)) if chain_refused => {
                out.push_str(&format!(
                    "\nregistration ID, refused as well:\n{}",
                    rejection_block(rejection, "    ")
                ));
            }
            Some(Err(_)) | None => {}
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
        let binding = self.binding.as_ref().map(|binding| match binding {
            Ok(id) => json!({ "id": id.as_str(), "rejection": null }),
            Err(rejection) => json!({ "id": null, "rejection": rejection }),
        });
        let (about, at) = match &self.about {
            About::Leaf(name) => (name.clone(), Value::Null),
            About::File(place) => (place.to_string(), place.json()),
        };
        let mut object = json!({
            "verdict": word(self.verdict),
            "about": about,
            "at": at,
            "rejection": self.rejection,
            "registrationId": binding,
            "report": self.report,
        });
        if let Some(object) = object.as_object_mut() {
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

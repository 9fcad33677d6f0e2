//! `provisor explain`: a verdict on a certificate chain, and every rule that was tried.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use provisor::attestation::check_common_name;
use provisor::x509::{
    Certificate, Crl, PathVerifier, Profile, Report, RevocationPolicy, TrustAnchor, profile,
};
use provisor::{Code, IdRules, RegistrationId, Rejection, Subject, UnixTime};
use serde_json::json;

use crate::answer::{Answer, Unusable, Verdict, rejection_block, verdict_block};
use crate::id::Rules;
use crate::input::{self, Certificates};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The certificate to judge (PEM or DER). Further certificates in the file are taken as sent along.
    #[arg(long, value_name = "F")]
    leaf: PathBuf,
    /// Certificates sent along with it, in any order.
    #[arg(long, value_name = "F")]
    chain: Vec<PathBuf>,
    /// The certificates that are trusted.
    #[arg(long, value_name = "F", required = true)]
    anchors: Vec<PathBuf>,
    /// The registration ID that the certificate must name.
    #[arg(long, allow_hyphen_values = true)]
    id: Option<String>,
    /// Which rules to hold the registration ID to.
    #[arg(long, value_enum, default_value_t = Rules::Current)]
    rules: Rules,
    /// What the certificate is judged as.
    #[arg(long, value_enum, default_value_t = ProfileName::Device)]
    profile: ProfileName,
    /// Certificate revocation lists (PEM or DER). With any of them, every certificate of the path must be known not to be revoked; without, revocation is not regarded.
    #[arg(long, value_name = "F")]
    crl: Vec<PathBuf>,
    /// Accept certificates whose revocation status no list tells. Whoever can keep a list from arriving can then undo a revocation; certificates that a list names stay refused.
    #[arg(long, requires = "crl")]
    danger_allow_unknown_revocation: bool,
    /// The time of the verdict; without it, now.
    #[arg(long, value_name = "RFC3339", value_parser = time)]
    at: Option<UnixTime>,
    /// One JSON object instead of text.
    #[arg(long)]
    json: bool,
}

/// The profiles as spelled on the command line.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum ProfileName {
    /// A key that attests a TPM's state.
    Ak,
    /// A device that authenticates itself.
    Device,
    /// A TPM's endorsement key.
    Ek,
    /// A device's initial identity (IEEE 802.1AR).
    Idevid,
    /// A CA that issues device certificates.
    IssuingCa,
}

impl ProfileName {
    const fn profile(self) -> &'static Profile {
        match self {
            Self::Ak => &profile::AK,
            Self::Device => &profile::DEVICE,
            Self::Ek => &profile::EK,
            Self::Idevid => &profile::IDEVID,
            Self::IssuingCa => &profile::ISSUING_CA,
        }
    }
}

/// What there is to say in the end.
struct Findings {
    /// The subject of the leaf, or its file when it cannot be read.
    about: String,
    /// Unusable: a file that should hold certificates holds something else.
    verdict: Verdict,
    /// The first reason to refuse, if there is one.
    rejection: Option<Rejection>,
    /// `None` when the leaf or the chain cannot be read.
    report: Option<Report>,
    /// What the check of the registration ID said, if it was asked for.
    binding: Option<Result<RegistrationId, Rejection>>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Answer, Unusable> {
    let now = arguments.at.map_or_else(input::now, Ok)?;
    let anchors = Certificates::read_all(&arguments.anchors)?;
    let lists = input::revocation_lists(&arguments.crl)?;
    let lists = revocation_lists(&lists)?;
    let mut notes = String::new();
    let findings = match presented(arguments)? {
        Ok(files) => judge(arguments, &files, &anchors, &lists, now, &mut notes),
        Err(findings) => findings,
    };
    let text = if arguments.json {
        object(&findings)
    } else {
        report(&findings)
    };
    Ok(Answer {
        notes,
        ..Answer::new(text, findings.verdict)
    })
}

/// The files of the device: the leaf's, then those of the chain; or what one of them is instead.
fn presented(arguments: &Arguments) -> Result<Result<Vec<Certificates>, Findings>, Unusable> {
    let mut files: Vec<Certificates> = Vec::new();
    for path in std::iter::once(&arguments.leaf).chain(&arguments.chain) {
        match Certificates::read_or_say(path)? {
            Ok(file) => files.push(file),
            Err(rejection) => {
                let about = path.display().to_string();
                let before: usize = files.iter().map(|file| file.ders().len()).sum();
                let subject = Subject::certificate(depth(before), &about);
                return Ok(Err(Findings {
                    about,
                    verdict: Verdict::Unusable,
                    rejection: Some(rejection.about(subject)),
                    report: None,
                    binding: None,
                }));
            }
        }
    }
    Ok(Ok(files))
}

fn judge(
    arguments: &Arguments,
    files: &[Certificates],
    anchor_files: &[Certificates],
    lists: &[Crl<'_>],
    now: UnixTime,
    notes: &mut String,
) -> Findings {
    let mut certificates = Vec::new();
    let ders = files
        .iter()
        .flat_map(|file| file.ders().iter().map(|der| (file.path(), der)));
    let unreadable = |about: &Path, rejection, verdict| Findings {
        about: about.display().to_string(),
        verdict,
        rejection: Some(rejection),
        report: None,
        binding: None,
    };
    for (index, (path, der)) in ders.enumerate() {
        match Certificate::from_der_at(depth(index), der) {
            Ok(certificate) => certificates.push(certificate),
            // As the engine does: what is sent is meant, so what cannot be read refuses the device.
            Err(rejection) => return unreadable(path, rejection, Verdict::Rejected),
        }
    }
    let Some((leaf, sent)) = certificates.split_first() else {
        let none = Rejection::new(Code::X509Pem, Subject::field("PEM")).found("no certificate");
        return unreadable(&arguments.leaf, none, Verdict::Unusable);
    };
    let anchors = anchors(anchor_files, notes);
    let revocation = match (lists.is_empty(), arguments.danger_allow_unknown_revocation) {
        (true, _) => RevocationPolicy::Unchecked,
        (false, false) => RevocationPolicy::DenyUnknown,
        (false, true) => {
            notes.push_str(
                "danger: certificates whose revocation status is unknown are not refused\n",
            );
            RevocationPolicy::DangerAllowUnknown
        }
    };
    let profile = arguments.profile.profile();
    // As the engine judges: an expired signing certificate stops its devices.
    let report = PathVerifier::new(profile, &anchors)
        .anchor_validity(profile.anchor_validity())
        .intermediates(sent)
        .revocation(revocation, lists)
        .explain(leaf, now);
    let binding = arguments
        .id
        .as_deref()
        .map(|id| bind(leaf, id, arguments.rules.into()));
    let refused = binding.as_ref().and_then(|binding| binding.as_ref().err());
    let rejection = report.rejection().or(refused).cloned();
    Findings {
        about: report.leaf().to_owned(),
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

/// The lists, read. One that cannot be read is no list: leaving it out in silence could turn
/// "revoked" into something else.
fn revocation_lists<'a>(lists: &'a [(&Path, Vec<u8>)]) -> Result<Vec<Crl<'a>>, Unusable> {
    lists
        .iter()
        .map(|(path, der)| {
            Crl::from_der(der)
                .map_err(|rejection| Unusable::file(path, format!("unreadable list: {rejection}")))
        })
        .collect()
}

/// The place of a certificate in what was presented, as rejections number it.
fn depth(index: usize) -> u8 {
    u8::try_from(index).unwrap_or(u8::MAX)
}

/// The usable trust anchors. One that is not usable is left out and named: it cannot make a chain
/// acceptable, and one odd certificate in a bundle should not hide the verdict.
fn anchors<'a>(files: &'a [Certificates], notes: &mut String) -> Vec<TrustAnchor<'a>> {
    let mut anchors = Vec::new();
    for file in files {
        for der in file.ders() {
            match Certificate::from_der(der).and_then(|root| TrustAnchor::from_certificate(&root)) {
                Ok(anchor) => anchors.push(anchor),
                Err(rejection) => {
                    notes.push_str(&format!(
                        "left out of {}: {rejection}\n",
                        file.path().display()
                    ));
                }
            }
        }
    }
    anchors
}

/// The rule of the engine: the leaf's one CN is the registration ID.
fn bind(leaf: &Certificate<'_>, id: &str, rules: IdRules) -> Result<RegistrationId, Rejection> {
    let id = RegistrationId::parse(id, rules)?;
    check_common_name(leaf, &id, rules)?;
    Ok(id)
}

/// The verdict on the first line, then what to do, then every rule tried.
fn report(findings: &Findings) -> String {
    let Findings {
        about,
        verdict,
        rejection,
        report,
        binding,
    } = findings;
    let chain_refused = report
        .as_ref()
        .is_some_and(|report| report.rejection().is_some());
    let mut out = match (rejection, report) {
        // The report says it all by itself.
        (_, Some(report)) if chain_refused => report.to_string(),
        (None, Some(report)) => report.to_string(),
        (Some(rejection), Some(report)) => format!(
            "{}\nThe chain by itself is good:\n\n{report}",
            verdict_block("REJECTED", rejection, about)
        ),
        (Some(rejection), None) => verdict_block(&word(*verdict).to_uppercase(), rejection, about),
        (None, None) => String::new(),
    };
    match binding {
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
    out
}

fn object(findings: &Findings) -> String {
    let binding = findings.binding.as_ref().map(|binding| match binding {
        Ok(id) => json!({ "id": id.as_str(), "rejection": null }),
        Err(rejection) => json!({ "id": null, "rejection": rejection }),
    });
    let object = json!({
        "verdict": word(findings.verdict),
        "about": findings.about,
        "rejection": findings.rejection,
        "registrationId": binding,
        "report": findings.report,
    });
    format!("{object}\n")
}

const fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Accepted => "accepted",
        Verdict::Rejected => "rejected",
        Verdict::Unusable => "unreadable",
    }
}

fn time(text: &str) -> Result<UnixTime, String> {
    UnixTime::parse_rfc3339(text).ok_or_else(|| "not a time like 2026-10-02T08:11:04Z".to_owned())
}

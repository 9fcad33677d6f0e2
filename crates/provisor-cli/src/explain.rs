//! `provisor explain`: a verdict on a certificate chain, and every rule that was tried.

use std::path::PathBuf;

use clap::ValueEnum;
use provisor::attestation::check_common_name;
use provisor::x509::{Certificate, PathVerifier, Profile, Report, TrustAnchor, profile};
use provisor::{IdRules, RegistrationId, Rejection, UnixTime};
use serde_json::json;

use crate::answer::{Answer, Unusable, Verdict, rejection_block};
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
    /// Certificate revocation lists: not supported yet, so any is refused and nothing is judged.
    #[arg(long, value_name = "F")]
    crl: Vec<PathBuf>,
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
    /// The first reason to refuse, if there is one.
    rejection: Option<Rejection>,
    /// `None` when the leaf or the chain cannot be read.
    report: Option<Report>,
    /// What the check of the registration ID said, if it was asked for.
    binding: Option<Result<RegistrationId, Rejection>>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Answer, Unusable> {
    if !arguments.crl.is_empty() {
        // Ignoring a revocation list in silence would turn "revoked" into "accepted".
        return Err(Unusable::new(
            "--crl: revocation lists are not supported yet; nothing was judged. \
             Leave --crl out for a verdict that does not regard revocation",
        ));
    }
    let now = arguments.at.map_or_else(input::now, Ok)?;
    let leaf = Certificates::read(&arguments.leaf)?;
    let chain = Certificates::read_all(&arguments.chain)?;
    let anchors = Certificates::read_all(&arguments.anchors)?;

    let mut notes = String::new();
    let findings = judge(arguments, &leaf, &chain, &anchors, now, &mut notes)?;
    let verdict = match findings.rejection {
        None => Verdict::Accepted,
        Some(_) => Verdict::Rejected,
    };
    let text = if arguments.json {
        object(&findings)
    } else {
        report(&findings)
    };
    Ok(Answer {
        notes,
        ..Answer::new(text, verdict)
    })
}

fn judge(
    arguments: &Arguments,
    leaf_file: &Certificates,
    chain: &[Certificates],
    anchor_files: &[Certificates],
    now: UnixTime,
    notes: &mut String,
) -> Result<Findings, Unusable> {
    let (leaf_der, more) = leaf_file.split_first()?;
    let unreadable = |about: String, rejection| Findings {
        about,
        rejection: Some(rejection),
        report: None,
        binding: None,
    };
    let leaf = match Certificate::from_der(leaf_der) {
        Ok(leaf) => leaf,
        Err(rejection) => {
            return Ok(unreadable(
                leaf_file.path().display().to_string(),
                rejection,
            ));
        }
    };
    let mut sent = Vec::new();
    for (path, der) in more.iter().map(|der| (leaf_file.path(), der)).chain(
        chain
            .iter()
            .flat_map(|file| file.ders().iter().map(|der| (file.path(), der))),
    ) {
        match Certificate::from_der(der) {
            Ok(certificate) => sent.push(certificate),
            // As the engine does: what is sent is meant, so what cannot be read refuses the device.
            Err(rejection) => return Ok(unreadable(path.display().to_string(), rejection)),
        }
    }
    let anchors = anchors(anchor_files, notes);
    let report = PathVerifier::new(arguments.profile.profile(), &anchors)
        .intermediates(&sent)
        .explain(&leaf, now);
    let binding = arguments
        .id
        .as_deref()
        .map(|id| bind(&leaf, id, arguments.rules.into()));
    let refused = binding.as_ref().and_then(|binding| binding.as_ref().err());
    Ok(Findings {
        about: report.leaf().to_owned(),
        rejection: report.rejection().or(refused).cloned(),
        report: Some(report),
        binding,
    })
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
            "REJECTED  {about}\n{}\nThe chain by itself is good:\n\n{report}",
            rejection_block(rejection, "  ")
        ),
        (rejection, None) => format!(
            "REJECTED  {about}\n{}",
            rejection
                .as_ref()
                .map(|r| rejection_block(r, "  "))
                .unwrap_or_default()
        ),
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
        "verdict": if findings.rejection.is_none() { "accepted" } else { "rejected" },
        "about": findings.about,
        "rejection": findings.rejection,
        "registrationId": binding,
        "report": findings.report,
    });
    format!("{object}\n")
}

fn time(text: &str) -> Result<UnixTime, String> {
    UnixTime::parse_rfc3339(text).ok_or_else(|| "not a time like 2026-10-02T08:11:04Z".to_owned())
}

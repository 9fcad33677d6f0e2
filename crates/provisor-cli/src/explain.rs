//! `provisor explain`: a verdict on a certificate chain, and every rule that was tried.

mod endorsement;
mod findings;
mod rules;
mod service;

use std::path::{Path, PathBuf};

use provisor::attestation::check_common_name;
use provisor::tpm::EkPublic;
use provisor::x509::file::Wanted;
use provisor::x509::{
    Certificate, Crl, PathVerifier, RevocationPolicy, TrustAnchor, lenient_cut_padding,
};
use provisor::{Code, IdRules, RegistrationId, Rejection, Subject, UnixTime};

use crate::answer::{Answer, Unusable};
use crate::bundle::{Block, Bundle};
use crate::id::Rules;
use crate::input;
use crate::place::{Fault, Place};
use crate::remarks::Remarks;
use crate::time::time;
use findings::{Binding, Findings};
use rules::ProfileArguments;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The certificate to judge (PEM or DER). Further certificates in the file are taken as sent along.
    #[arg(long, value_name = "F", required_unless_present = "service")]
    leaf: Option<PathBuf>,
    /// Certificates sent along with it, in any order.
    #[arg(long, value_name = "F")]
    chain: Vec<PathBuf>,
    /// The certificates that are trusted. With --ek they may be missing: the answer then says whether the certificate is for that key, and that nothing vouches for it. With --service: the vendors' roots, where the service requires certificates of TPMs (the certificate: --leaf).
    #[arg(long, value_name = "F", required_unless_present_any = ["ek", "service"])]
    anchors: Vec<PathBuf>,
    /// With --profile ek: the endorsement key that the certificate must be for (TPM2B_PUBLIC, raw or base64), judged as a service judges it. With --service: the one that a TPM shows.
    #[arg(long, value_name = "F")]
    ek: Option<PathBuf>,
    /// The registration ID that the certificate must name.
    #[arg(long, allow_hyphen_values = true)]
    id: Option<String>,
    /// Which rules to hold the registration ID to.
    #[arg(long, value_enum, default_value_t = Rules::Current)]
    rules: Rules,
    #[command(flatten)]
    at_service: service::ServiceArguments,
    #[command(flatten)]
    rules_of_path: ProfileArguments,
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

pub(crate) fn run(arguments: &Arguments) -> Result<Answer, Unusable> {
    if let Some(service) = &arguments.at_service.service {
        return service::run(&service::Question {
            service,
            leaf: arguments.leaf.as_deref(),
            chain: &arguments.chain,
            anchors: &arguments.anchors,
            ek: arguments.ek.as_deref(),
            more: &arguments.at_service,
            id: arguments.id.as_deref(),
            rules: arguments.rules.into(),
            at: arguments.at,
            json: arguments.json,
        });
    }
    arguments.rules_of_path.check(arguments.ek.is_some())?;
    let now = arguments.at.map_or_else(input::now, Ok)?;
    let mut remarks = Remarks::default();
    let mut notes = String::new();
    let mut findings = match Files::read(arguments, &mut remarks)? {
        Ok(files) => judge(arguments, &files, now, &mut remarks, &mut notes),
        Err(findings) => *findings,
    };
    if findings.anchors_missing() {
        findings.explain_missing_anchors(&remarks);
    }
    let text = if arguments.json {
        findings.object(&remarks)
    } else {
        findings.text(&remarks)
    };
    Ok(Answer {
        notes,
        ..Answer::new(text, findings.verdict())
    })
}

/// Everything that was read, and is certificates and lists as far as that shows.
struct Files {
    /// Of the device: the leaf's, then those of the chain.
    presented: Vec<Bundle>,
    anchors: Vec<Bundle>,
    lists: Vec<Bundle>,
    ek: Option<EkPublic>,
}

impl Files {
    /// All files; or what one of them is instead.
    fn read(
        arguments: &Arguments,
        remarks: &mut Remarks,
    ) -> Result<Result<Self, Box<Findings>>, Unusable> {
        let mut presented: Vec<Bundle> = Vec::new();
        for path in arguments.leaf.iter().chain(&arguments.chain) {
            match Bundle::read(path, Wanted::Certificates, remarks)? {
                Ok(file) => presented.push(file),
                Err(fault) => {
                    let before: usize = presented.iter().map(Bundle::len).sum();
                    let index = before.saturating_add(fault.place.blocks_before());
                    let subject = Subject::certificate(depth(index), fault.place.to_string());
                    return Ok(Err(Box::new(Findings::unreadable(fault, Some(subject)))));
                }
            }
        }
        let fault = |fault| Ok(Err(Box::new(Findings::unreadable(fault, None))));
        let anchors = match Bundle::read_all(&arguments.anchors, Wanted::Certificates, remarks)? {
            Ok(anchors) => anchors,
            Err(other) => return fault(other),
        };
        let lists = match Bundle::read_all(&arguments.crl, Wanted::Lists, remarks)? {
            Ok(lists) => lists,
            Err(other) => return fault(other),
        };
        let ek = match arguments.ek.as_deref().map(endorsement::key).transpose()? {
            Some(Ok(ek)) => Some(ek),
            Some(Err(other)) => return Ok(Err(Box::new(Findings::refused(other)))),
            None => None,
        };
        Ok(Ok(Self {
            presented,
            anchors,
            lists,
            ek,
        }))
    }
}

fn judge(
    arguments: &Arguments,
    files: &Files,
    now: UnixTime,
    remarks: &mut Remarks,
    notes: &mut String,
) -> Findings {
    let mut certificates = Vec::new();
    let presented = files.presented.iter().flat_map(Bundle::blocks);
    let profile = arguments.rules_of_path.chosen();
    let padding = arguments.rules_of_path.lenient_padding;
    for (index, Block { place, der }) in presented.enumerate() {
        // Of the certificate that a TPM's memory held, and of no other.
        let der = match index {
            0 if padding => lenient_cut_padding(der),
            _ => der,
        };
        match Certificate::from_der_at(depth(index), der) {
            Ok(certificate) => certificates.push(certificate),
            // As the engine does: what is sent is meant, so what cannot be read refuses the device.
            Err(rejection) => {
                let rejection = profile.remedied(rejection);
                return Findings::refused(Fault { place, rejection });
            }
        }
    }
    // One that cannot be read is no list: leaving it out in silence could turn "revoked" into
    // something else.
    let mut lists = Vec::new();
    for Block { place, der } in files.lists.iter().flat_map(Bundle::blocks) {
        match Crl::from_der(der) {
            Ok(list) => lists.push(list),
            Err(rejection) => return Findings::unreadable(Fault { place, rejection }, None),
        }
    }
    let Some((leaf, sent)) = certificates.split_first() else {
        let rejection =
            Rejection::new(Code::X509Pem, Subject::field("PEM")).found("no certificate");
        let place = Place::file(arguments.leaf.as_deref().unwrap_or_else(|| Path::new("")));
        return Findings::unreadable(Fault { place, rejection }, None);
    };
    let anchors = anchors(&files.anchors, remarks);
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
    // As the engine judges: an expired signing certificate stops its devices.
    let report = PathVerifier::new(&profile, &anchors)
        .anchor_validity(profile.anchor_validity())
        .intermediates(sent)
        .revocation(revocation, &lists)
        .explain(leaf, now);
    let mut bindings = Vec::new();
    if let Some(id) = &arguments.id {
        bindings.push(Binding::of_id(bind(leaf, id, arguments.rules.into())));
    }
    if let Some(ek) = &files.ek {
        bindings.push(Binding::of_key(if report.rejection().is_some() {
            endorsement::key_alone(leaf, ek)
        } else {
            endorsement::Question {
                ek,
                presented: &Bundle::ders(&files.presented),
                anchors: &Bundle::ders(&files.anchors),
                lists: &Bundle::ders(&files.lists),
                revocation,
                now,
            }
            .judge(&arguments.rules_of_path)
        }));
    }
    Findings::judged(report, bindings)
}

/// The place of a certificate in what was presented, as rejections number it.
fn depth(index: usize) -> u8 {
    u8::try_from(index).unwrap_or(u8::MAX)
}

/// The usable trust anchors. One that is not usable is left out and named: it cannot make a chain
/// acceptable, and one odd certificate in a bundle should not hide the verdict.
fn anchors<'a>(files: &'a [Bundle], remarks: &mut Remarks) -> Vec<TrustAnchor<'a>> {
    let mut anchors = Vec::new();
    for Block { place, der } in files.iter().flat_map(Bundle::blocks) {
        match Certificate::from_der(der).and_then(|root| TrustAnchor::from_certificate(&root)) {
            Ok(anchor) => anchors.push(anchor),
            Err(rejection) => remarks.left_out(&place, &rejection),
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

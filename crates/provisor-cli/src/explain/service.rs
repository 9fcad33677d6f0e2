//! `provisor explain --service`: what a service would do with a device, and why. Nothing is done.

mod file;
mod print;

use std::path::{Path, PathBuf};

use provisor::allocation::LinkedHubs;
use provisor::attestation::TpmVendors;
use provisor::enrollment::TrustedCertificate;
use provisor::registration::dry_run::DryRunStore;
use provisor::registration::{Evidence, Known, RegistrationRequest, SasText, TpmKeys};
use provisor::sas::SasToken;
use provisor::tpm::keyring::{Epoch, EpochTimes};
use provisor::tpm::{EkPublic, Keyring};
use provisor::x509::Certificate;
use provisor::x509::file::Wanted;
use provisor::{IdRules, RegistrationId, Rejection, UnixTime};

use crate::answer::{Answer, Unusable, Verdict, refusal_block};
use crate::bundle::{Block, Bundle};
use crate::hidden::Hidden;
use crate::input;
use crate::place::Fault;
use crate::random::OsRandom;
use crate::remarks::Remarks;
use file::ServiceFile;

/// More than a token may have.
const LONGEST_TOKEN: u64 = 64 << 10;

#[derive(Debug, clap::Args)]
pub(super) struct ServiceArguments {
    /// A service as a file, JSON or TOML: scope, hubs, enrollments, groups, CA certificates, records. Then the answer is what it would do with the device that shows the chain (--leaf), the TPM's keys (--ek, --srk) or the token.
    #[arg(long, value_name = "F")]
    pub(super) service: Option<PathBuf>,
    /// With --service: the storage root key that a TPM shows.
    #[arg(long, value_name = "F", requires = "service", requires = "ek")]
    srk: Option<PathBuf>,
    /// With --service: the token that a device shows; "-" reads it from standard input.
    #[arg(long, value_name = "TEXT", requires = "service", value_parser = Hidden::parse, conflicts_with_all = ["leaf", "srk"])]
    token: Option<Hidden>,
    /// With --service: a file with the token.
    #[arg(long, value_name = "F", requires = "service", conflicts_with_all = ["leaf", "srk", "token"])]
    token_file: Option<PathBuf>,
}

/// What is asked, of the arguments of `explain`.
pub(super) struct Question<'a> {
    pub(super) service: &'a Path,
    pub(super) leaf: Option<&'a Path>,
    pub(super) chain: &'a [PathBuf],
    /// The vendors' roots, where the service requires certificates of TPMs.
    pub(super) anchors: &'a [PathBuf],
    pub(super) ek: Option<&'a Path>,
    pub(super) more: &'a ServiceArguments,
    pub(super) id: Option<&'a str>,
    pub(super) rules: IdRules,
    pub(super) at: Option<UnixTime>,
    pub(super) json: bool,
}

/// What the device shows, read.
enum Shown {
    /// The leaf first.
    Chain(Vec<Bundle>),
    /// Its two keys, and the certificate of the first with those of its issuers, if there are any.
    Tpm(Vec<u8>, Vec<u8>, Vec<Bundle>),
    Token(String),
}

pub(super) fn run(arguments: &Question<'_>) -> Result<Answer, Unusable> {
    let service = arguments.service;
    let now = arguments.at.map_or_else(input::now, Ok)?;
    let file = ServiceFile::read(service)?;
    let mut remarks = Remarks::default();
    let shown = Shown::read(arguments, &mut remarks)?;
    let ders = shown.ders();
    let (leaf, sent) = match ders.as_slice() {
        [leaf, sent @ ..] => (*leaf, sent),
        [] => (&[][..], &[][..]),
    };
    let evidence = match &shown {
        Shown::Chain(_) => Evidence::X509 { leaf, sent },
        Shown::Tpm(ek, srk, _) if leaf.is_empty() => Evidence::TpmKeys(TpmKeys::new(ek, srk)),
        Shown::Tpm(ek, srk, _) => {
            Evidence::TpmKeys(TpmKeys::new(ek, srk).with_certificate(leaf, sent))
        }
        Shown::Token(text) => Evidence::Sas(SasText::new(text)),
    };
    let id = match arguments.id {
        Some(id) => RegistrationId::parse(id, arguments.rules),
        None => shown.id(leaf, arguments.rules),
    };
    let id = match id {
        Ok(id) => id,
        Err(rejection) => return Ok(refused(&rejection, arguments.json)),
    };
    let engine = file.engine(arguments.rules, service)?;
    let hubs = file.hubs(&engine, service)?;
    let vendors = vendors(arguments.anchors, &mut remarks)?;
    let mut random = OsRandom::new();
    // What a stateless challenge is derived from does not matter here: nobody will answer it.
    let keyring = Epoch::generate(1, EpochTimes::days(now, 1, 1), &mut random)
        .and_then(|epoch| Keyring::new([epoch]))
        .map_err(|rejection| Unusable::new(rejection.to_string()))?;
    let request = RegistrationRequest::new(engine.scope().clone(), id, evidence);
    let mut store = store(&file, &hubs, &request.registration_id)
        .with_keyring(Some(&keyring))
        .with_tpm_vendors(vendors.as_ref());
    if let Some((quotas, counts)) = file.quota() {
        store = store.with_quota(&quotas, &counts);
    }
    let run = engine.dry_run(&request, &store, now, &mut random);
    let text = if arguments.json {
        print::object(&run, &request.registration_id, now, &remarks)
    } else {
        print::text(&run, &request.registration_id, now, &remarks)
    };
    Ok(Answer::new(text, print::verdict(&run)))
}

/// What the file has for this registration.
fn store<'a>(file: &'a ServiceFile, hubs: &'a LinkedHubs, id: &RegistrationId) -> DryRunStore<'a> {
    let mut individuals = file.enrollments.iter();
    let individual = individuals.find(|found| found.registration_id() == id);
    let mut records = file.records.iter();
    let record = records.find(|record| record.registration_id == *id);
    let mut tombstones = file.tombstones.iter();
    let tombstone = tombstones.find(|left| left.registration_id == *id);
    let known = record
        .map(Known::Record)
        .or_else(|| tombstone.map(Known::Tombstone));
    DryRunStore::new(hubs)
        .with_individual(individual)
        .with_groups(&file.groups)
        .with_cas(&file.certificates)
        .with_known(known)
        .with_latencies(&file.latencies)
}

impl Shown {
    fn read(arguments: &Question<'_>, remarks: &mut Remarks) -> Result<Self, Unusable> {
        let at_service = arguments.more;
        if let Some(path) = &at_service.token_file {
            let bytes = input::secret(path, LONGEST_TOKEN)?;
            return text(&bytes).map(Self::Token);
        }
        if let Some(token) = &at_service.token {
            return if token.is_dash() {
                text(&input::stdin(LONGEST_TOKEN)?).map(Self::Token)
            } else {
                text(token.bytes()).map(Self::Token)
            };
        }
        let tpm = match (&at_service.srk, arguments.ek) {
            (Some(srk), Some(ek)) => Some((input::tpm_public(ek)?, input::tpm_public(srk)?)),
            _ => None,
        };
        let leaf = arguments.leaf.map(Path::to_owned);
        let paths: Vec<PathBuf> = leaf
            .into_iter()
            .chain(arguments.chain.iter().cloned())
            .collect();
        if arguments.leaf.is_none() && tpm.is_none() {
            return Err(Unusable::new(
                "--service: give what the device shows: --leaf, --ek and --srk, or --token",
            ));
        }
        let bundles = Bundle::read_all(&paths, Wanted::Certificates, remarks)?
            .map_err(|fault| Unusable::new(fault.to_string()))?;
        Ok(match tpm {
            Some((ek, srk)) => Self::Tpm(ek, srk, bundles),
            None => Self::Chain(bundles),
        })
    }

    /// The certificates, of a chain or of a TPM.
    fn ders(&self) -> Vec<&[u8]> {
        match self {
            Self::Chain(bundles) | Self::Tpm(_, _, bundles) => Bundle::ders(bundles),
            Self::Token(_) => Vec::new(),
        }
    }

    /// The registration ID that the device means, where it was not given: as clients take it from what they
    /// have.
    fn id(&self, leaf: &[u8], rules: IdRules) -> Result<RegistrationId, Rejection> {
        match self {
            Self::Chain(_) => {
                RegistrationId::from_certificate(&Certificate::from_der(leaf)?, rules)
            }
            Self::Tpm(ek, _, _) => Ok(RegistrationId::from_ek(&EkPublic::from_tpm2b(ek)?)),
            Self::Token(text) => {
                let token = SasToken::parse(text)?;
                let id = token.resource().rsplit('/').next().unwrap_or_default();
                RegistrationId::parse(id, rules)
            }
        }
    }
}

/// Whom the service trusts to certify TPMs; `None` where nothing was given. One that cannot be used is no
/// reason to go on without it.
fn vendors(paths: &[PathBuf], remarks: &mut Remarks) -> Result<Option<TpmVendors>, Unusable> {
    if paths.is_empty() {
        return Ok(None);
    }
    let unusable = |fault: Fault| Unusable::new(fault.to_string());
    let bundles = Bundle::read_all(paths, Wanted::Certificates, remarks)?.map_err(unusable)?;
    let mut roots = Vec::new();
    for Block { place, der } in bundles.iter().flat_map(Bundle::blocks) {
        let root = TrustedCertificate::from_der(der);
        roots.push(root.map_err(|rejection| unusable(Fault { place, rejection }))?);
    }
    let vendors = TpmVendors::new(roots);
    vendors
        .map(Some)
        .map_err(|rejection| Unusable::new(rejection.to_string()))
}

fn text(bytes: &[u8]) -> Result<String, Unusable> {
    let text = std::str::from_utf8(bytes).map_err(|_| Unusable::new("the token: not UTF-8"))?;
    let text = text.trim_start_matches('\u{feff}');
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

/// Before the service was asked.
fn refused(rejection: &Rejection, json: bool) -> Answer {
    let text = if json {
        let object = serde_json::json!({ "verdict": "rejected", "rejection": rejection });
        format!("{object}\n")
    } else {
        refusal_block(rejection)
    };
    Answer::new(text, Verdict::Rejected)
}

//! The enrollments of a server for development.

use provisor::operations::{
    AttestationDraft, CertificateDraft, GroupDraft, IndividualDraft, Pair, X509Draft,
};
use provisor::{GroupId, RegistrationId, Rejection};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use super::Folder;
use super::folder::base64;
use crate::setup::Setup;
use crate::store::Result;

/// The device with a key of its own.
pub const KEY_DEVICE: &str = "sample-key-device";
/// The group with a key from which those of its devices are derived.
pub const KEY_GROUP: &str = "sample-key-group";
/// A device of that group.
pub const KEY_GROUP_DEVICE: &str = "sample-key-group-device";
/// The group of the line.
pub const X509_GROUP: &str = "sample-x509-group";
/// A device of the line.
pub const X509_DEVICE: &str = "sample-x509-device";

/// The files of the line, without their endings.
pub const ROOT: &str = "sample-x509-root";
/// The CA below the root.
pub const INTERMEDIATE: &str = "sample-x509-intermediate";
/// The device: its certificate and the intermediate.
pub const DEVICE: &str = "sample-x509-device";

/// Enrolls the samples.
///
/// # Errors
/// What the engine refuses, or the store fails with.
pub async fn enroll(folder: &Folder, setup: &mut Setup<'_>) -> Result<()> {
    let keys = |keys: &provisor::enrollment::SymmetricKeys| {
        AttestationDraft::symmetric_key(
            Some(keys.primary().clone()),
            Some(keys.secondary().clone()),
        )
    };
    let id = RegistrationId::try_from(KEY_DEVICE)?;
    setup
        .individual(IndividualDraft::new(id, keys(&folder.individual)))
        .await?;
    let group = GroupId::parse(KEY_GROUP)?;
    setup
        .group(GroupDraft::new(group, keys(&folder.group)))
        .await?;
    let root = CertificateDer::from_pem_slice(folder.line.root.certificates.as_bytes());
    if let Ok(root) = root {
        let root = CertificateDraft::from_der(root.to_vec());
        let attestation = AttestationDraft::x509(X509Draft::signing(Pair::new(root, None)));
        let group = GroupId::parse(X509_GROUP)?;
        setup.group(GroupDraft::new(group, attestation)).await?;
    }
    Ok(())
}

/// The key of the sample device of the group.
///
/// # Errors
/// None: the ID is a legal one.
pub fn derived_key(folder: &Folder) -> core::result::Result<String, Rejection> {
    let id = RegistrationId::try_from(KEY_GROUP_DEVICE)?;
    Ok(base64(&folder.group.primary().derive(&id)))
}

//! The enrollments of a server for development.

use provisor::operations::{
    AttestationDraft, CertificateDraft, GroupDraft, IndividualDraft, Pair, X509Draft,
};
use provisor::{GroupId, RegistrationId, Rejection};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use super::folder::{Folder, base64};
use super::names::{KEY_DEVICE, KEY_GROUP, KEY_GROUP_DEVICE, X509_GROUP};
use crate::setup::Setup;
use crate::store::Result;

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

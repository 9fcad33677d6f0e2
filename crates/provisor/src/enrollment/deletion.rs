//! May a CA certificate be deleted?

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use provisor_report::{Code, Rejection, Subject};

use super::group::EnrollmentGroup;
use super::individual::IndividualEnrollment;
use crate::id::CaName;
use crate::limits;

/// A CA certificate is deleted only when no enrollment refers to it, enabled or not: a disabled
/// group keeps out the devices that its CA names, and would fall silent without it, so that a group
/// further up admits them.
///
/// To be asked in the same transaction that deletes. The enrollments may come from a query that
/// looks for the name, as long as it finds all of them.
///
/// ```
/// # use provisor::enrollment::{CaReferences, EnrollmentGroup, Generation, GroupAttestation};
/// use provisor::enrollment::check_ca_unused;
/// # use provisor::{CaName, Code, GroupId};
///
/// # let (root, other) = (CaName::parse("root")?, CaName::parse("other")?);
/// # let generation = Generation::parse("000102030405060708090a0b0c0d0e0f")?;
/// # let by_root = GroupAttestation::Ca(CaReferences::new(root.clone(), None)?);
/// let line = EnrollmentGroup::new(GroupId::parse("line-7")?, by_root, generation);
///
/// let refused = check_ca_unused(&root, [], [&line]).expect_err("line-7 refers to it");
/// assert_eq!(refused.code(), Code::AttestCaInUse);
/// assert_eq!(refused.found_text(), "group line-7");
/// assert!(check_ca_unused(&other, [], [&line]).is_ok());
/// # Ok::<(), provisor::Rejection>(())
/// ```
///
/// # Errors
/// [`AttestCaInUse`](Code::AttestCaInUse), which names the first
/// [`limits::ENROLLMENTS_NAMED`] enrollments and counts the rest.
pub fn check_ca_unused<'a>(
    ca: &CaName,
    individuals: impl IntoIterator<Item = &'a IndividualEnrollment>,
    groups: impl IntoIterator<Item = &'a EnrollmentGroup>,
) -> Result<(), Rejection> {
    let groups = groups.into_iter().filter(|group| group.refers_to(ca));
    let groups = groups.map(|group| format!("group {}", group.id()));
    let individuals = individuals
        .into_iter()
        .filter(|enrollment| enrollment.refers_to(ca))
        .map(|enrollment| format!("individual enrollment {}", enrollment.registration_id()));
    let mut users = groups.chain(individuals);
    let named: Vec<String> = users.by_ref().take(limits::ENROLLMENTS_NAMED).collect();
    if named.is_empty() {
        return Ok(());
    }
    let mut found = named.join(", ");
    let more = users.count();
    if more > 0 {
        found.push_str(&format!(" and {more} more"));
    }
    Err(
        Rejection::new(Code::AttestCaInUse, Subject::field("caCertificate"))
            .expected(format!("no enrollment that refers to {ca}"))
            .found(found),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::enrollment::{
        CaReferences, Generation, GroupAttestation, IndividualAttestation, ProvisioningStatus,
        Settings,
    };
    use crate::id::{GroupId, RegistrationId};

    fn name(text: &str) -> CaName {
        CaName::parse(text).unwrap()
    }

    #[test]
    fn every_reference_counts_and_the_text_is_bounded() {
        let generation = Generation::parse("000102030405060708090a0b0c0d0e0f").unwrap();
        let references =
            |first, second: Option<&str>| CaReferences::new(name(first), second.map(name)).unwrap();
        let group = |id: &str, ca| {
            let id = GroupId::parse(id).unwrap();
            EnrollmentGroup::new(id, GroupAttestation::Ca(ca), generation)
        };
        let disabled = Settings::new().with_provisioning_status(ProvisioningStatus::Disabled);
        let groups = [
            group("a", references("root", None)).with_settings(disabled),
            group("b", references("other", Some("root"))),
            group("c", references("other", None)),
        ];
        let individuals: Vec<_> = (0..20)
            .map(|number| {
                let id = RegistrationId::try_from(&*format!("device-{number}")).unwrap();
                let attestation = IndividualAttestation::X509Ca(references("other", Some("root")));
                IndividualEnrollment::new(id, attestation, generation)
            })
            .collect();
        let refused = check_ca_unused(&name("root"), &individuals, &groups).unwrap_err();
        assert_eq!(refused.code(), Code::AttestCaInUse);
        assert!(
            refused
                .found_text()
                .starts_with("group a, group b, individual enrollment device-0"),
            "{refused}"
        );
        assert!(refused.found_text().ends_with("and 14 more"), "{refused}");
        assert!(check_ca_unused(&name("Root"), &individuals, &groups).is_ok());
        assert!(check_ca_unused(&name("root"), [], &groups[2..]).is_ok());
        let one = check_ca_unused(&name("other"), [], &groups[2..]).unwrap_err();
        assert_eq!(one.found_text(), "group c");
    }
}

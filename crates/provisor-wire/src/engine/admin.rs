//! The management API: its bodies as drafts, and views of the engine's operations as its bodies.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

use provisor::HubName;
use provisor::allocation::AllocationPolicy;
use provisor::enrollment::{CaStatus, SymmetricKeys};
use provisor::metering::{Day, Report};
use provisor::operations::ca::CaView;
use provisor::operations::hub::{HubDraft, HubView};
use provisor::operations::policy::PolicyView;
use provisor::operations::{
    AuditEntry, Finding, HubCredential, KeysDraft, Right, Rights, ServiceSettings, Stored,
};
use provisor::quota::{Counted, Counts, Quotas};
use provisor::sas::SasKey;
use provisor_report::{Code, Rejection};

use super::place::{about, missing, word};
use crate::admin::{
    AccessPolicy, AuditRow, CaCertificate, LinkedHub, MeteringReport, MeteringRow, Quota,
    ServiceInfo,
};
use crate::certificate::{X509CertificateInfo, certificate_der};
use crate::etag::EntityTag;
use crate::secret::SecretText;

impl ServiceInfo {
    /// The settings as they are shown; the salt of the allocation is not.
    #[must_use]
    pub fn of_settings(stored: &Stored<ServiceSettings>) -> Self {
        let settings = &stored.value;
        Self::default()
            .id_scope(settings.scope.as_str())
            .allocation_policy(policy_word(&settings.allocation_policy))
            .allocation_algorithm(i64::from(settings.basis.version().number()))
            .etag(EntityTag::of_engine(&stored.etag))
            .created_date_time_utc(stored.created)
            .last_updated_date_time_utc(stored.updated)
    }

    /// The settings that are stored, with what the body changes.
    ///
    /// # Errors
    ///
    /// `WIRE_WORD` for another policy than a service can have; what is not legal in the scope.
    pub fn to_settings(&self, stored: &ServiceSettings) -> Result<ServiceSettings, Rejection> {
        let mut settings = stored.clone();
        if let Some(scope) = &self.id_scope {
            settings.scope = provisor::IdScope::parse(scope).map_err(about("/idScope"))?;
        }
        if let Some(policy) = &self.allocation_policy {
            settings.allocation_policy = match &**policy {
                "hashed" => AllocationPolicy::Weighted,
                "geoLatency" => AllocationPolicy::LowestLatency,
                "evenlyWeighted" => AllocationPolicy::EvenlyWeighted,
                other => {
                    let words = "hashed, geoLatency or evenlyWeighted";
                    return Err(word("/allocationPolicy", words, other));
                }
            };
        }
        Ok(settings)
    }
}

/// The word of a service's policy: one more than enrollments have.
const fn policy_word(policy: &AllocationPolicy) -> &'static str {
    match policy {
        AllocationPolicy::EvenlyWeighted => "evenlyWeighted",
        other => other.word(),
    }
}

impl LinkedHub {
    /// A link as it is shown.
    #[must_use]
    pub fn of_view(view: &HubView) -> Self {
        let mut hub = Self::default()
            .name(view.name.as_str())
            .allocation_weight(i32::from(view.weight.get()))
            .apply_allocation_policy(view.apply_allocation_policy)
            .etag(EntityTag::of_engine(&view.etag))
            .created_date_time_utc(view.created)
            .last_updated_date_time_utc(view.updated);
        hub.location = view.location.as_deref().map(Into::into);
        hub
    }

    /// The draft for the engine's operations; the name is that of the path where the body has none.
    ///
    /// # Errors
    ///
    /// What is not legal in it, by its place.
    pub fn to_draft(&self, name: &HubName) -> Result<HubDraft, Rejection> {
        let named = match self.name.as_deref() {
            Some(text) => HubName::parse(text).map_err(about("/name"))?,
            None => name.clone(),
        };
        let mut draft = HubDraft::new(named);
        draft.allocation_weight = self.allocation_weight.map(weight).transpose()?;
        draft.apply_allocation_policy = self.apply_allocation_policy;
        draft.location = self.location.as_deref().map(Box::from);
        let text = self.connection_string.as_ref();
        draft.credential = text.map(|text| HubCredential::new(text.expose()));
        Ok(draft)
    }
}

fn weight(number: i32) -> Result<u16, Rejection> {
    u16::try_from(number).map_err(|_| {
        let subject = provisor_report::Subject::field("/allocationWeight");
        Rejection::new(Code::ServiceHubWeight, subject)
            .expected("1 to 1000")
            .found(format!("{number}"))
    })
}

impl CaCertificate {
    /// A CA certificate as it is shown.
    #[must_use]
    pub fn of_view(view: &CaView) -> Self {
        let mut body = Self::default()
            .name(view.name.as_str())
            .status(match view.status {
                CaStatus::Verified => "verified",
                CaStatus::Unverified => "unverified",
            })
            .etag(EntityTag::of_engine(&view.etag))
            .created_date_time_utc(view.created)
            .last_updated_date_time_utc(view.updated);
        body.info = view.certificate.as_ref().map(X509CertificateInfo::of_info);
        body.verification_code = view.code.as_ref().map(ToString::to_string);
        body
    }

    /// The certificate's bytes.
    ///
    /// # Errors
    ///
    /// `WIRE_MEMBER_MISSING`, `WIRE_CERTIFICATE`.
    pub fn der(&self) -> Result<Vec<u8>, Rejection> {
        let text = self.certificate.as_deref();
        let text = text.ok_or_else(|| missing("/certificate"))?;
        certificate_der(text).map_err(about("/certificate"))
    }
}

impl AccessPolicy {
    /// A policy as it is shown, without its keys.
    #[must_use]
    pub fn of_view(view: &PolicyView) -> Self {
        Self::default()
            .key_name(view.name.as_str())
            .rights(
                view.rights
                    .iter()
                    .map(|right| right.to_string())
                    .collect::<Vec<_>>(),
            )
            .etag(EntityTag::of_engine(&view.etag))
            .created_date_time_utc(view.created)
            .last_updated_date_time_utc(view.updated)
    }

    /// The same with these keys.
    #[must_use]
    pub fn with_keys(self, keys: &SymmetricKeys) -> Self {
        let text = |key: &SasKey| SecretText::from(key.expose_base64().to_string());
        self.primary_key(text(keys.primary()))
            .secondary_key(text(keys.secondary()))
    }

    /// The rights and the keys for the engine's operations.
    ///
    /// # Errors
    ///
    /// What is not legal in it, by its place.
    pub fn to_draft(&self) -> Result<(Rights, KeysDraft), Rejection> {
        let rights = self.rights.as_deref().ok_or_else(|| missing("/rights"))?;
        let rights = rights
            .iter()
            .map(|name| Right::from_name(name).ok_or_else(|| word("/rights", RIGHTS, name)))
            .collect::<Result<Rights, _>>()?;
        let key = |text: &Option<SecretText>, place: &'static str| {
            let text = text.as_ref();
            text.map(|text| SasKey::from_base64(text.expose()).map_err(about(place)))
                .transpose()
        };
        let mut keys = KeysDraft::default();
        keys.primary = key(&self.primary_key, "/primaryKey")?;
        keys.secondary = key(&self.secondary_key, "/secondaryKey")?;
        Ok((rights, keys))
    }
}

const RIGHTS: &str = "EnrollmentRead, EnrollmentWrite, RegistrationStatusRead, RegistrationStatusWrite or ServiceConfig";

impl Quota {
    /// How many there are of everything that is counted, and how many there may be.
    #[must_use]
    pub fn of_counts(counts: &Counts, quotas: &Quotas) -> Vec<Self> {
        let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        let row = |what: Counted| {
            let mut row = Self::default().name(what.as_str());
            row.used = counts.of(what).map(number);
            row.most = quotas.of(what).map(number);
            row
        };
        Counted::ALL.into_iter().map(row).collect()
    }
}

impl MeteringReport {
    /// What was counted between these days, both included.
    #[must_use]
    pub fn of_report(report: &Report, from: Day, to: Day) -> Self {
        let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        let rows = report.rows().map(|(day, instruction, count)| {
            MeteringRow::default()
                .day(day.to_string())
                .instruction(instruction.as_str())
                .count(number(count))
        });
        Self::default()
            .from(from.to_string())
            .to(to.to_string())
            .total(number(report.total()))
            .rows(rows.collect::<Vec<_>>())
    }
}

impl AuditRow {
    /// An entry of the audit log, with its number.
    #[must_use]
    pub fn of_entry(number: u64, entry: &AuditEntry) -> Self {
        let row = Self::default()
            .number(i64::try_from(number).unwrap_or(i64::MAX))
            .timestamp_utc(entry.at)
            .who(&*entry.who)
            .verb(entry.verb.as_str())
            .kind(entry.kind.as_str())
            .id(&*entry.id);
        match entry.finding {
            Finding::Challenged => row.finding("challenged"),
            Finding::Failed(code) => row.finding("failed").code(code.name()),
            Finding::Refused(code) => row.finding("refused").code(code.name()),
            _ => row.finding("done"),
        }
    }
}

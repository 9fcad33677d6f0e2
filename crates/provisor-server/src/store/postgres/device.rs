//! One registration: its lease, its challenge, its record, its removals.

use core::time::Duration;

use data_encoding::HEXLOWER;
use provisor::enrollment::{EnrollmentGroup, IndividualEnrollment};
use provisor::operations::{AuditEntry, Stored};
use provisor::quota::{Counts, Quotas, RecordQuota};
use provisor::registration::{
    ChallengeFact, ChallengedKeys, Current, Entry, Fence, OpenChallenge, Precondition, Preparation,
    Removal, Save,
};
use provisor::tpm::PendingChallenge;
use provisor::{RegistrationId, UnixTime};
use tokio::time::Instant;
use tokio_postgres::{Client, Row};

use super::args::args;
use super::base::{LOOK, Postgres, number, shared_id};
use super::run::{Fail, attempt, change, row};
use super::sql;
use crate::store::fault::{fenced, unavailable, unreadable};
use crate::store::rows::{self, Removals, SharedKind, decode, encode};
use crate::store::{Acquire, Device, Leased, Result, Shared};

/// What is known of a registration, read to be written again.
struct Known {
    entry: Option<Entry>,
    removals: Option<Vec<u8>>,
    fence: u64,
}

/// What there is of what a decision was made from.
struct Found {
    known: Known,
    individual: Option<Stored<IndividualEnrollment>>,
    group: Option<Stored<EnrollmentGroup>>,
    records: Counts,
}

impl Found {
    fn current(&self) -> Current<'_> {
        Current::new(
            self.known.entry.as_ref().map(Entry::known),
            self.individual.as_ref().map(|stored| &stored.value),
            self.group.as_ref().map(|stored| &stored.value),
            // What the quota is, the decision says.
            RecordQuota::new(&Quotas::NONE, &self.records),
        )
    }
}

impl Postgres {
    pub(super) async fn acquire_lease(&self, want: Acquire<'_>) -> Result<Option<Leased>> {
        let deadline = Instant::now() + want.patience;
        let began = Instant::now();
        loop {
            let elapsed = i64::try_from(began.elapsed().as_secs()).unwrap_or(i64::MAX);
            let now = want.now.saturating_add(elapsed);
            if let Some(leased) = self.try_acquire(&want, now).await? {
                return Ok(Some(leased));
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(None);
            }
            tokio::time::sleep(look().min(left)).await;
        }
    }

    async fn try_acquire(&self, want: &Acquire<'_>, now: UnixTime) -> Result<Option<Leased>> {
        let key = want.id.normal_form();
        // Its own for each attempt to have the lease, and the same for each repetition: whose answer was
        // lost gets the same lease.
        let mut drawn = [0; 8];
        aws_lc_rs::rand::fill(&mut drawn).map_err(|_| unavailable("lease", "no randomness"))?;
        let holder = format!("{}-{}", self.replica, HEXLOWER.encode(&drawn));
        let (until, now_at) = (want.until.seconds(), now.seconds());
        let found: Result<Option<Row>> = attempt!(self, "lease", |client, _again| {
            let args = args![
                self.scope(),
                key,
                &*holder,
                until,
                now_at,
                want.take_challenge
            ];
            row(client, sql::ACQUIRE, &args).await
        });
        let Some(found) = found? else {
            return Ok(None);
        };
        let leased = self.leased(&found, key, want.take_challenge, now);
        leased.map(Some)
    }

    fn leased(
        &self,
        found: &Row,
        key: &str,
        take_challenge: bool,
        now: UnixTime,
    ) -> Result<Leased> {
        let fence: i64 = get(found, 0)?;
        let challenge = match take_challenge {
            false => None,
            true => {
                let sealed: Option<&[u8]> = get(found, 3)?;
                let taken: Option<i64> = get(found, 4)?;
                let until: i64 = get(found, 5)?;
                Some(match sealed {
                    // It is open for the lease that took it, and for no later one.
                    Some(sealed) if taken == Some(fence) => {
                        ChallengeFact::Open(Box::new(self.open_challenge(key, sealed)?))
                    }
                    _ if now.seconds() < until => ChallengeFact::Retired,
                    _ => ChallengeFact::None,
                })
            }
        };
        Ok(Leased {
            fence: Fence::new(fence.unsigned_abs()),
            device: self.device_of(key, get(found, 1)?, get(found, 2)?)?,
            challenge,
        })
    }

    fn device_of(
        &self,
        key: &str,
        individual: Option<&[u8]>,
        entry: Option<&[u8]>,
    ) -> Result<Device> {
        let individual = individual
            .map(|sealed| rows::individual(&self.seal, key, sealed))
            .transpose()?;
        Ok(Device {
            individual: individual.map(Box::new),
            entry: entry_of(entry)?.map(Box::new),
        })
    }

    /// Best effort: a lease that is not given back runs out.
    pub(super) async fn give_back(&self, id: &RegistrationId, fence: Fence) {
        let key = id.normal_form();
        let Ok(fence) = number(fence.number()) else {
            return;
        };
        let released: Result<u64> = attempt!(self, "release", |client, _again| {
            change(client, sql::RELEASE, &args![self.scope(), key, fence]).await
        });
        if let Err(cause) = released {
            tracing::warn!(
                code = cause.code().name(),
                "a lease was not given back: {cause}"
            );
        }
    }

    pub(super) async fn read_device(&self, id: &RegistrationId) -> Result<Device> {
        let key = id.normal_form();
        let found: Result<Option<Row>> = attempt!(self, "device", |client, _again| {
            row(client, sql::DEVICE, &args![self.scope(), key]).await
        });
        match found? {
            None => Ok(Device::default()),
            Some(found) => self.device_of(key, get(&found, 0)?, get(&found, 1)?),
        }
    }

    pub(super) async fn read_removals(&self, id: &RegistrationId) -> Result<Vec<Removal>> {
        let key = id.normal_form();
        let found: Result<Known> = attempt!(self, "removals", |client, _again| {
            self.known(client, key).await
        });
        Ok(Removals::decode(found?.removals.as_deref())?.into_inner())
    }

    async fn known(&self, client: &Client, key: &str) -> core::result::Result<Known, Fail> {
        let found = row(client, sql::DEVICE, &args![self.scope(), key]).await?;
        Ok(match found {
            None => Known {
                entry: None,
                removals: None,
                fence: 0,
            },
            Some(found) => Known {
                entry: entry_of(get(&found, 1)?)?,
                removals: get(&found, 2)?,
                fence: get::<i64>(&found, 3)?.unsigned_abs(),
            },
        })
    }

    pub(super) async fn save_record(
        &self,
        save: Box<Save>,
        audit: Option<AuditEntry>,
    ) -> Result<()> {
        let record = encode("record", &Entry::Record(save.record.clone()))?;
        let audit_bytes = audit.as_ref().map(rows::audit).transpose()?;
        let audit = audit_bytes
            .as_deref()
            .zip(audit.as_ref())
            .map(|(bytes, entry)| (bytes, entry.at, self.next_number()));
        attempt!(self, "save", |client, _again| {
            self.save_once(client, &save, &record, audit).await
        })
    }

    async fn save_once(
        &self,
        client: &Client,
        save: &Save,
        record: &[u8],
        audit: Option<(&[u8], UnixTime, i64)>,
    ) -> core::result::Result<(), Fail> {
        let key = save.record.registration_id.normal_form();
        client.batch_execute("BEGIN").await?;
        let found = self.found(client, &save.precondition).await?;
        let before = &found.known;
        let known = before.entry.as_ref().map(Entry::known);
        if save.is_done(known) {
            client.batch_execute("ROLLBACK").await?;
            return Ok(());
        }
        save.check(&found.current()).map_err(Box::new)?;
        let fence = save.record.fence;
        if fence.number() < before.fence {
            return Err(fenced(fence).into());
        }
        let mut removals = Removals::decode(before.removals.as_deref())?;
        removals.save(save);
        let removals = removals.encode()?;
        let group = match &save.record.enrollment {
            provisor::attestation::EnrollmentRef::Group(id) => Some(id.normal_form()),
            _ => None,
        };
        let revision = number(save.record.revision)?;
        let saved = change(
            client,
            sql::SAVE,
            &args![
                self.scope(),
                key,
                record,
                revision,
                number(fence.number())?,
                group,
                removals.as_deref(),
                revision - 1,
                before.removals.as_deref(),
            ],
        )
        .await?;
        if saved != 1 {
            return Err(Fail::Overtaken);
        }
        self.add_count(client, &rows::count_of(save)).await?;
        if known
            .and_then(provisor::registration::Known::record)
            .is_none()
        {
            let what = provisor::quota::Counted::Registrations;
            self.add_tally(client, what, key, 1).await?;
        }
        if let Some((entry, at, number)) = audit {
            let args = args![self.scope(), key, number, at.seconds(), entry];
            change(client, sql::TELL, &args).await?;
        }
        client.batch_execute("COMMIT").await?;
        Ok(())
    }

    pub(super) async fn prepare_registration(&self, preparation: Box<Preparation>) -> Result<()> {
        let of = &preparation.precondition;
        let key = of.registration_id().normal_form();
        attempt!(self, "prepare", |client, _again| {
            client.batch_execute("BEGIN").await?;
            let found = self.found(client, of).await?;
            if of.fence().number() < found.known.fence {
                return Err(fenced(of.fence()).into());
            }
            preparation.check(&found.current()).map_err(Box::new)?;
            if let Some(removal) = &preparation.removal {
                let before = &found.known;
                let mut removals = Removals::decode(before.removals.as_deref())?;
                removals.note(removal.clone());
                self.put_removals(client, key, before, &removals).await?;
            }
            client.batch_execute("COMMIT").await?;
            Ok(())
        })
    }

    /// What there is of what a decision was made from, held until the transaction ends.
    async fn found(&self, client: &Client, of: &Precondition) -> core::result::Result<Found, Fail> {
        let key = of.registration_id().normal_form();
        let device = row(client, sql::DEVICE_FOR_UPDATE, &args![self.scope(), key]).await?;
        let mut found = Found {
            known: Known {
                entry: None,
                removals: None,
                fence: 0,
            },
            individual: None,
            group: None,
            records: Counts::NOT_COUNTED,
        };
        if let Some(device) = device {
            let sealed: Option<&[u8]> = get(&device, 0)?;
            let individual = sealed.map(|sealed| rows::individual(&self.seal, key, sealed));
            found.individual = individual.transpose()?;
            found.known = Known {
                entry: entry_of(get(&device, 1)?)?,
                removals: get(&device, 2)?,
                fence: get::<i64>(&device, 3)?.unsigned_abs(),
            };
        }
        if let Some(group) = of.group() {
            let id = shared_id(SharedKind::Group, group.normal_form());
            let args = args![self.scope(), &*id];
            if let Some(group_row) = row(client, sql::GROUP_FOR_SHARE, &args).await? {
                let (kind, key) = (SharedKind::Group, group.normal_form());
                let sealed: &[u8] = get(&group_row, 0)?;
                if let Shared::Group(Ok(group)) = kind.read(&self.seal, key, Some(sealed))? {
                    found.group = Some(group);
                }
            }
        }
        if of.counts_records() {
            found.records = self.counts_in(client).await?;
        }
        Ok(found)
    }

    pub(super) async fn forget(&self, removal: Removal) -> Result<()> {
        let key = removal.owner.registration_id.normal_form().to_owned();
        attempt!(self, "forget", |client, _again| {
            let before = self.known(client, &key).await?;
            let mut removals = Removals::decode(before.removals.as_deref())?;
            if removals.is_empty() {
                return Ok(());
            }
            removals.forget(&removal);
            self.put_removals(client, &key, &before, &removals).await
        })
    }

    async fn put_removals(
        &self,
        client: &Client,
        key: &str,
        before: &Known,
        removals: &Removals,
    ) -> core::result::Result<(), Fail> {
        let bytes = removals.encode()?;
        let fence = number(before.fence)?;
        let args = args![
            self.scope(),
            key,
            bytes.as_deref(),
            fence,
            before.removals.as_deref()
        ];
        match change(client, sql::PUT_REMOVALS, &args).await? {
            1 => Ok(()),
            _ => Err(Fail::Overtaken),
        }
    }

    pub(super) async fn put_challenge(
        &self,
        id: &RegistrationId,
        fence: Fence,
        open: Box<OpenChallenge>,
    ) -> Result<()> {
        let key = id.normal_form();
        let until = open.expires();
        let (pending, keys) = open.into_parts();
        let pending = pending.into_stored().map_err(Box::new)?;
        let keys = encode("challenge", &keys)?;
        let length =
            u16::try_from(pending.len()).map_err(|_| unreadable("challenge", "a longer one"))?;
        let clear = [&length.to_be_bytes()[..], &pending, &keys].concat();
        let sealed = self
            .seal
            .seal("challenge", key, &zeroize::Zeroizing::new(clear))?;
        self.write_challenge(key, fence, Some(&sealed), until).await
    }

    pub(super) async fn end_challenge(
        &self,
        id: &RegistrationId,
        fence: Fence,
        until: UnixTime,
    ) -> Result<()> {
        self.write_challenge(id.normal_form(), fence, None, until)
            .await
    }

    async fn write_challenge(
        &self,
        key: &str,
        fence: Fence,
        sealed: Option<&[u8]>,
        until: UnixTime,
    ) -> Result<()> {
        let own = number(fence.number())?;
        let kept: Result<u64> = attempt!(self, "challenge", |client, _again| {
            let args = args![self.scope(), key, own, sealed, until.seconds()];
            change(client, sql::KEEP_CHALLENGE, &args).await
        });
        match kept? {
            1 => Ok(()),
            _ => Err(fenced(fence)),
        }
    }

    fn open_challenge(&self, key: &str, sealed: &[u8]) -> Result<OpenChallenge> {
        let clear = self.seal.open("challenge", key, sealed)?;
        let parts = clear.split_first_chunk::<2>().and_then(|(length, rest)| {
            rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))
        });
        let (pending, keys) = parts.ok_or_else(|| unreadable("challenge", "cut off"))?;
        let pending = PendingChallenge::from_stored(pending).map_err(Box::new)?;
        let keys: ChallengedKeys = decode("challenge", keys)?;
        OpenChallenge::from_parts(pending, &keys).map_err(Box::new)
    }
}

/// A column.
pub(super) fn get<'a, T: tokio_postgres::types::FromSql<'a>>(
    row: &'a Row,
    column: usize,
) -> Result<T> {
    row.try_get(column)
        .map_err(|error| unreadable("column", error))
}

/// A record or tombstone.
pub(super) fn entry_of(bytes: Option<&[u8]>) -> Result<Option<Entry>> {
    bytes.map(|bytes| decode("record", bytes)).transpose()
}

/// How long until the next look for a lease.
fn look() -> Duration {
    LOOK / 2 + super::run::jitter(3)
}

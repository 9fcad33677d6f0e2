//! Every statement. A test holds them against what CockroachDB, YugabyteDB and Citus lack: no sequences,
//! no advisory locks, no notifications, no foreign keys, no triggers, no writes inside of `WITH`, no
//! `SKIP LOCKED`, no function of the time or of chance. Time comes as a parameter.

/// No row: somebody else has the lease. Asked again by the same holder, it answers the same.
pub(super) const ACQUIRE: &str = "INSERT INTO device AS d (scope, id, holder, fence, expires) \
    VALUES ($1, $2, $3, 1, $4) \
    ON CONFLICT (scope, id) DO UPDATE SET \
    holder = $3, \
    fence = CASE WHEN d.holder = $3 THEN d.fence ELSE d.fence + 1 END, \
    expires = $4, \
    taken = CASE WHEN $6 AND d.challenge IS NOT NULL AND d.taken IS NULL \
    THEN CASE WHEN d.holder = $3 THEN d.fence ELSE d.fence + 1 END ELSE d.taken END \
    WHERE d.expires <= $5 OR d.holder = $3 \
    RETURNING fence, individual, entry, challenge, taken, challenge_until";

pub(super) const RELEASE: &str = "UPDATE device SET holder = '', expires = 0 \
    WHERE scope = $1 AND id = $2 AND fence = $3";

pub(super) const DEVICE: &str = "SELECT individual, entry, removals, fence FROM device \
    WHERE scope = $1 AND id = $2";

pub(super) const DEVICE_FOR_UPDATE: &str = "SELECT individual, entry, removals, fence FROM device \
    WHERE scope = $1 AND id = $2 FOR UPDATE";

pub(super) const GROUP_FOR_SHARE: &str = "SELECT sealed FROM shared \
    WHERE scope = $1 AND id = $2 AND etag IS NOT NULL FOR SHARE";

/// No row: the lease is over, or something was saved meanwhile.
pub(super) const SAVE: &str = "UPDATE device SET entry = $3, revision = $4, entry_fence = $5, \
    registered = true, member = $6, removals = $7 \
    WHERE scope = $1 AND id = $2 AND fence = $5 AND revision = $8 \
    AND removals IS NOT DISTINCT FROM $9";

pub(super) const PUT_REMOVALS: &str = "UPDATE device SET removals = $3 \
    WHERE scope = $1 AND id = $2 AND fence = $4 AND removals IS NOT DISTINCT FROM $5";

pub(super) const KEEP_CHALLENGE: &str = "UPDATE device SET challenge = $4, challenge_until = $5, \
    taken = NULL WHERE scope = $1 AND id = $2 AND fence = $3";

pub(super) const DUE: &str = "SELECT removals FROM device \
    WHERE scope = $1 AND removals IS NOT NULL AND id > $2 ORDER BY id LIMIT $3";

pub(super) const INDIVIDUALS: &str = "SELECT id, individual, entry FROM device \
    WHERE scope = $1 AND individual IS NOT NULL AND id > $2 ORDER BY id LIMIT $3";

pub(super) const INDIVIDUALS_DOWN: &str = "SELECT id, individual, entry FROM device \
    WHERE scope = $1 AND individual IS NOT NULL AND id < $2 ORDER BY id DESC LIMIT $3";

pub(super) const RECORDS: &str = "SELECT entry FROM device \
    WHERE scope = $1 AND registered AND id > $2 ORDER BY id LIMIT $3";

pub(super) const RECORDS_DOWN: &str = "SELECT entry FROM device \
    WHERE scope = $1 AND registered AND id < $2 ORDER BY id DESC LIMIT $3";

pub(super) const MEMBERS: &str = "SELECT entry FROM device \
    WHERE scope = $1 AND member = $4 AND id > $2 ORDER BY id LIMIT $3";

pub(super) const MEMBERS_DOWN: &str = "SELECT entry FROM device \
    WHERE scope = $1 AND member = $4 AND id < $2 ORDER BY id DESC LIMIT $3";

/// So that there is a row to lock.
pub(super) const MAKE_DEVICE: &str = "INSERT INTO device (scope, id, holder, fence, expires) \
    VALUES ($1, $2, '', 0, 0) ON CONFLICT (scope, id) DO NOTHING";

pub(super) const LOCK_DEVICE: &str = "SELECT etag, tag, entry FROM device \
    WHERE scope = $1 AND id = $2 FOR UPDATE";

pub(super) const PUT_INDIVIDUAL: &str = "UPDATE device SET etag = $3, tag = $4, individual = $5 \
    WHERE scope = $1 AND id = $2";

pub(super) const DELETE_RECORD: &str = "UPDATE device SET entry = $3, revision = $4, \
    registered = false, member = NULL WHERE scope = $1 AND id = $2";

pub(super) const SERVICE: &str = "SELECT version, probe FROM service WHERE scope = $1 AND id = ''";

pub(super) const SERVICE_FOR_SHARE: &str =
    "SELECT version FROM service WHERE scope = $1 AND id = '' FOR SHARE";

pub(super) const SERVICE_FOR_UPDATE: &str =
    "SELECT version FROM service WHERE scope = $1 AND id = '' FOR UPDATE";

pub(super) const NEXT_VERSION: &str = "UPDATE service SET version = version + 1 \
    WHERE scope = $1 AND id = '' RETURNING version";

pub(super) const MAKE_SERVICE: &str = "INSERT INTO service (scope, id, version, probe) \
    VALUES ($1, '', 0, $2) ON CONFLICT (scope, id) DO NOTHING";

pub(super) const SHARED: &str = "SELECT etag, tag FROM shared WHERE scope = $1 AND id = $2";

pub(super) const CHANGED: &str = "SELECT kind, name, sealed, etag FROM shared \
    WHERE scope = $1 AND version > $2 ORDER BY version, id";

pub(super) const PUT_SHARED: &str = "INSERT INTO shared AS s \
    (scope, id, kind, name, version, etag, tag, counted, sealed) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
    ON CONFLICT (scope, id) DO UPDATE SET \
    version = $5, etag = $6, tag = $7, counted = $8, sealed = $9";

pub(super) const COUNT_SHARED: &str = "SELECT counted, COUNT(*) FROM shared \
    WHERE scope = $1 AND counted IS NOT NULL GROUP BY counted";

pub(super) const PUT_CA_USE: &str = "INSERT INTO ca_use (scope, id, ca) VALUES ($1, $2, $3) \
    ON CONFLICT (scope, id) DO NOTHING";

pub(super) const DELETE_CA_USE: &str = "DELETE FROM ca_use WHERE scope = $1 AND id = $2";

pub(super) const CA_USED: &str = "SELECT id FROM ca_use WHERE scope = $1 AND ca = $2 LIMIT 1";

pub(super) const ADD_TALLY: &str = "INSERT INTO tally AS t (scope, id, counted, number) \
    VALUES ($1, $2, $3, $4) \
    ON CONFLICT (scope, id) DO UPDATE SET number = t.number + $4";

pub(super) const TALLY: &str = "SELECT counted, CAST(SUM(number) AS bigint) FROM tally \
    WHERE scope = $1 GROUP BY counted";

pub(super) const ADD_METERING: &str = "INSERT INTO metering AS m (scope, id, day, instruction, number) \
    VALUES ($1, $2, $3, $4, 1) \
    ON CONFLICT (scope, id, day, instruction) DO UPDATE SET number = m.number + 1";

pub(super) const METERING: &str = "SELECT day, instruction, CAST(SUM(number) AS bigint) FROM metering \
    WHERE scope = $1 AND day >= $2 AND day <= $3 GROUP BY day, instruction";

pub(super) const TELL: &str =
    "INSERT INTO audit (scope, id, number, at, entry) VALUES ($1, $2, $3, $4, $5)";

pub(super) const AUDIT: &str = "SELECT number, entry FROM audit \
    WHERE scope = $1 AND number > $2 ORDER BY number LIMIT $3";

pub(super) const OLD_AUDIT: &str = "SELECT id, number FROM audit \
    WHERE scope = $1 AND at < $2 ORDER BY at, number LIMIT $3";

pub(super) const FORGET_AUDIT: &str =
    "DELETE FROM audit WHERE scope = $1 AND id = $2 AND number = $3";

pub(super) const DOCUMENT: &str = "SELECT version, sealed FROM document \
    WHERE scope = $1 AND id = $2 AND sealed IS NOT NULL";

pub(super) const DOCUMENTS: &str = "SELECT id, version, sealed FROM document \
    WHERE scope = $1 AND id >= $2 AND id > $3 AND id < $4 AND sealed IS NOT NULL \
    ORDER BY id LIMIT $5";

pub(super) const DOCUMENTS_DOWN: &str = "SELECT id, version, sealed FROM document \
    WHERE scope = $1 AND id >= $2 AND id < $3 AND id < $4 AND sealed IS NOT NULL \
    ORDER BY id DESC LIMIT $5";

/// No row: there is one.
pub(super) const MAKE_DOCUMENT: &str = "INSERT INTO document AS d (scope, id, version, sealed) \
    VALUES ($1, $2, $3, $4) ON CONFLICT (scope, id) DO UPDATE SET \
    version = CASE WHEN d.version < $3 THEN $3 ELSE d.version + 1 END, sealed = $4 \
    WHERE d.sealed IS NULL";

/// No row: it has another version.
pub(super) const PUT_DOCUMENT: &str = "UPDATE document SET \
    version = CASE WHEN version < $3 THEN $3 ELSE version + 1 END, sealed = $4 \
    WHERE scope = $1 AND id = $2 AND version = $5 AND sealed IS NOT NULL";

pub(super) const SCHEMA: &str = "SELECT version FROM schema_version WHERE scope = '' AND id = ''";

pub(super) const LOCK_SCHEMA: &str =
    "SELECT version FROM schema_version WHERE scope = '' AND id = '' FOR UPDATE";

pub(super) const MAKE_SCHEMA: &str =
    "INSERT INTO schema_version (scope, id, version) VALUES ('', '', $1)";

pub(super) const SET_SCHEMA: &str =
    "UPDATE schema_version SET version = $1 WHERE scope = '' AND id = ''";

pub(super) const EXPORT_SHARED: &str = "SELECT id, kind, name, etag, tag, sealed FROM shared \
    WHERE scope = $1 AND etag IS NOT NULL AND id > $2 ORDER BY id LIMIT $3";

pub(super) const EXPORT_DEVICES: &str = "SELECT id, etag, tag, individual, entry, removals \
    FROM device WHERE scope = $1 AND id > $2 ORDER BY id LIMIT $3";

pub(super) const EXPORT_DOCUMENTS: &str = "SELECT id, sealed FROM document \
    WHERE scope = $1 AND sealed IS NOT NULL AND id > $2 ORDER BY id LIMIT $3";

/// The fence of the row goes on above the record's.
pub(super) const IMPORT_RECORD: &str = "UPDATE device SET entry = $3, revision = $4, \
    entry_fence = $5, fence = CASE WHEN fence < $5 THEN $5 ELSE fence END, registered = $6, \
    member = $7 WHERE scope = $1 AND id = $2";

pub(super) const IMPORT_REMOVALS: &str = "UPDATE device SET removals = $3, \
    fence = CASE WHEN fence < $4 THEN $4 ELSE fence END WHERE scope = $1 AND id = $2";

pub(super) const IMPORT_METERING: &str = "INSERT INTO metering AS m \
    (scope, id, day, instruction, number) VALUES ($1, '', $2, $3, $4) \
    ON CONFLICT (scope, id, day, instruction) DO UPDATE SET number = m.number + $4";

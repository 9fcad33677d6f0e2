//! Every limit on foreign data, with its reason.

/// Linked hubs of one ID scope. Azure allows 50; the largest known self-hosted fleets have a few
/// hundred. An allocation costs a seventh of a keyed hash for each, so 4096 take some microseconds.
pub const LINKED_HUBS: usize = 4096;

/// Other enrollments with the same endorsement key that a warning names: one says enough, and a pool of
/// test devices by one TPM must not make every answer as long as the pool.
pub const WARNINGS: usize = 8;

/// Bytes of a linked hub's `location`: the name of a place, for people. The longest of a region is under
/// thirty.
pub const HUB_LOCATION_BYTES: usize = 256;

/// Bytes of what a service proves itself by to a hub. A connection string has some 200; a connector's
/// own may be a certificate with its key in PEM, of a few kilobytes.
pub const HUB_CREDENTIAL_BYTES: usize = 16 * 1024;

/// Hubs that an enrollment lists: each linked one may be, and more say nothing. Each is looked up once
/// for an allocation.
pub const HUBS_LISTED: usize = LINKED_HUBS;

/// Latencies handed in for one device: one for each linked hub. Each is looked up once.
pub const LATENCIES: usize = LINKED_HUBS;

/// Networks in a table of latencies: some for each region and provider. Each takes its row's memory, and a
/// lookup asks once for each length of a prefix.
pub const NETWORKS: usize = 4096;

/// Bytes of the URL of a webhook: what servers accept in a request line.
pub const WEBHOOK_URL_BYTES: usize = 2048;

/// Bytes of an allocation's salt, when there is one: from what cannot be searched for, to a block of
/// SHA-256.
pub const ALLOCATION_SALT_BYTES: core::ops::RangeInclusive<usize> = 16..=64;

/// Bytes of a SAS token's text: scope (32), collection and ID (143) with every byte encoded in
/// three, 132 for the encoded signature, and the field names; the longest legal one has about 720.
pub const SAS_TOKEN_BYTES: usize = 1024;

/// Bytes of a symmetric key (DPS: "between 16 bytes and 64 bytes").
pub const SAS_KEY_BYTES: core::ops::RangeInclusive<usize> = 16..=64;

/// Bytes of a symmetric key that the service draws (DPS: 64).
pub const SAS_KEY_GENERATED_BYTES: usize = 64;

/// Symmetric-key groups of an ID scope (DPS: 100). A token does not say which group's it is, so that each
/// one's two keys are tried as they are and with up to two spellings of the ID: 1,000 HMACs of a few
/// blocks, a millisecond or two.
pub const SYMMETRIC_KEY_GROUPS: usize = 100;

/// Seconds by which a device's clock may be behind. Five minutes, as in the service's own reference
/// code; one official client reuses a token of 30 seconds for a whole registration.
pub const SAS_CLOCK_SKEW_SECONDS: i64 = 300;

/// Seconds that the expiry of a token may lie ahead: ten years, longer than any device keeps one
/// token. Official clients ask for 30 seconds to a day; an expiry in milliseconds lies 50,000 years
/// ahead.
pub const SAS_LIFE_SECONDS: i64 = 3653 * 86_400;

/// Keys, the first of those that were given, that are asked why a signature does not fit: the two of an
/// enrollment, and as many again.
pub const SAS_DIAGNOSED_KEYS: usize = 4;

/// HMACs that are computed to say why a signature does not fit: every mistake with the two keys of an
/// enrollment, and every two of them at once. Each covers less than a kilobyte: all together cost about what
/// six P-256 checks do.
pub const SAS_DIAGNOSES: usize = 384;

/// Bytes of a payload, between a device and the custom allocation: those of a message of DPS.
pub const PAYLOAD_BYTES: usize = 96 * 1024;

/// Seconds in which the custom allocation has to answer. Official clients give a request up after 30,
/// and a server's lease has to cover the hub's time, too.
pub const CUSTOM_ALLOCATION_SECONDS: i64 = 10;

/// Seconds for which what an admission proved need not be judged again: as long as a request may wait for
/// its lease, and official clients give up after 30.
pub const ADMISSION_SECONDS: i64 = 30;

/// Bytes of an entity tag. Azure's have about 50.
pub const ETAG_BYTES: usize = 128;

/// Bytes of an initial twin: IoT Hub allows 32 KiB of desired properties and 8 KiB of tags; the
/// rest is room for names and white space.
pub const TWIN_BYTES: usize = 48 * 1024;

/// How deep the objects and arrays of an initial twin may be nested: IoT Hub allows ten in tags and in
/// desired properties. A reader goes down as deep.
pub const TWIN_DEPTH: usize = 32;

/// Certificates sent along with a leaf. Chains of real devices have one to three; each one costs a
/// strict parse before anything about the device is known.
pub const CERTIFICATES_SENT: usize = 16;

/// Enrollment groups that are looked through for one device. Azure allows 100 in a service; a look
/// compares a few numbers, so that these take a millisecond or two.
pub const GROUPS: usize = 64 * 1024;

/// CA certificates that are looked through for one device. Azure allows 25 in a service; two for each
/// group are room enough. Each is looked at once or twice, and only those of the few groups that are
/// tried are put in order.
pub const CAS: usize = 2 * GROUPS;

/// Enrollment groups whose trust is worked out for one device. Only groups that name an issuer of
/// the certificates sent get that far, so that more than a few are the sign of an attack on the
/// names, or of an ID scope whose CAs are all called alike. They share one budget of work.
pub const GROUPS_TRIED: usize = 16;

/// Seconds in which a TPM has to answer. A discrete TPM needs a few; a slow link and one retry fit.
pub const CHALLENGE_SECONDS: u32 = 300;

/// The longest lifetime of a challenge that a service can ask for. An open challenge is memory, and
/// its answer is good until then.
pub const CHALLENGE_SECONDS_MOST: u32 = 3600;

/// Enrollments that the refusal to delete a CA certificate names. Enough to begin with; the number
/// of all is there as well.
pub const ENROLLMENTS_NAMED: usize = 8;

/// Successions of enrollments that a service states. Each is one change of a fleet's CA that is not
/// over yet, stated by hand; all are gone through when a stranger's device meets a record.
pub const SUCCESSIONS: usize = 64;

/// Marks of a registration record that count. The engine writes two of the enrollment and two of
/// the device at most; what a store has beyond that is not the engine's.
pub const RECORD_MARKS: usize = 8;

/// Members of the wire that are kept unread with one thing. Official clients send one or two.
pub const MEMBERS: usize = 64;

/// Bytes of the names and values of those members: the longest message that the service modelled
/// takes (DPS quotas, message size 96 KB).
pub const MEMBERS_BYTES: usize = 96 * 1024;

/// Items of one bulk operation (DPS service API, bulk operations). Each is decided and committed for
/// itself, and its refusal has a text of its own.
pub const BULK_ITEMS: usize = 10;

/// Items of a page where the query does not say how many.
pub const QUERY_ITEMS_DEFAULT: usize = 100;

/// Items of a page at most: a query for more gets so many. Each can be as long as a message, and a page
/// is held in memory.
pub const QUERY_ITEMS: usize = 1000;

/// Rows that are looked at for one page of a query with a condition. Where few fit, the page is short
/// and the next one goes on; the work of one request stays bounded.
pub const QUERY_ROWS: usize = 4096;

/// Parts of the condition of a query. People write two or three; each is looked at for every row.
pub const FILTER_PARTS: usize = 32;

/// Bytes of a text that a condition compares with: longer than every ID.
pub const FILTER_TEXT_BYTES: usize = 512;

/// Characters of a continuation token: the key of a row has 128 bytes at most, its seal 33.
pub const CONTINUATION_BYTES: usize = 256;

/// Groups that a dry run asks one by one, each at the cost of a decision and an explanation: as many as the
/// service that is modelled allows of each kind. The course itself counts all groups.
pub const DRY_RUN_GROUPS: usize = 100;

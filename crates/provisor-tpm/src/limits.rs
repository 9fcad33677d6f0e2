//! Every bound on foreign data, each with its reason.

/// Bytes of a `TPM2B_PUBLIC`, size field included. An RSA-4096 key with a SHA-512 policy needs
/// 604; twice that leaves room for nothing an honest TPM sends.
pub const PUBLIC: usize = 1200;

/// Bytes of a refused input that are looked at to say what it is: a hexdump of the largest public area
/// has some 3000, and the lines above a PEM block can be as many.
pub const FORM: usize = 8192;

/// Bytes of a `TPMS_ATTEST`. The largest, a creation attestation with SHA-512 Names, stays under
/// 400; a quote with sixteen PCR banks under 500.
pub const ATTEST: usize = 2048;

/// Bytes of a `TPMT_SIGNATURE`: RSA-4096 needs 518.
pub const SIGNATURE: usize = 1032;

/// Bytes of creation data: Names, digests and up to 64 bytes of outside information.
pub const CREATION_DATA: usize = 2048;

/// PCR banks in one selection. libtpms has four, the reference code allows sixteen.
pub const PCR_BANKS: u32 = 16;

/// Bytes of a file of PCR values. Of sixteen banks with 32 PCRs each, `tpm2_pcrread` prints 70 KB as text and
/// writes 34 KB with its structures in memory.
pub const PCR_FILE: usize = 131_072;

/// Values in such a file: sixteen banks with 32 PCRs each.
pub const PCR_VALUES: usize = 512;

/// Bytes of one PCR bit map: 24 PCRs, as the PC client platform has (`PCR_SELECT_MIN`), to 32. A TPM
/// refuses a shorter map, so none is in what it signed (Part 2 section 10.6.1).
pub const PCR_SELECT: core::ops::RangeInclusive<u8> = 3..=4;

/// Bytes of a digest: SHA-512 (`TPM2B_DIGEST`, Part 2 section 10.4.2).
pub const DIGEST: usize = 64;

/// Bytes of a Name: an identifier and SHA-512 (`TPMU_NAME`, Part 2 section 10.5.1).
pub const NAME: usize = 66;

/// Bytes that a caller has signed along: an identifier and SHA-512 (`TPM2B_DATA`, Part 2 section
/// 10.4.3).
pub const QUALIFYING_DATA: usize = 66;

/// Bytes of a secret: the longest digest, SHA-512, and the block of SHA-256, both 64.
pub const SECRET: usize = 64;

/// Bytes of sealed data (`MAX_SYM_DATA`, Part 2 annex A).
pub const SEALED: usize = 128;

/// Bytes of a sealed structure: a wrapped RSA-4096 key with both wrappers stays under 512, a seed
/// for such a key has 514.
pub const SEALED_OBJECT: usize = 1024;

/// Draws of an ephemeral scalar before the source of randomness is called broken. A draw outside
/// the group has a chance of 2^-32 on P-256 and less on the others.
pub const SCALAR_DRAWS: usize = 8;

/// Bytes of output of one key derivation: the counter is 32 bits wide, but no TPM structure asks
/// for more than a digest.
pub const KDF_BYTES: usize = 8192;

/// Bytes of an activation blob: six fields, RSA-4096 keys and a field 6 of some kilobytes.
pub const ACTIVATION_BLOB: usize = 16_384;

/// Bytes of a stored challenge: version, time, two SHA-512 Names and a secret need less than 256.
pub const STORED_CHALLENGE: usize = 512;

/// Epochs of a service keyring. Three are in use at most: the one that issues, the one before whose
/// answers are still under way, the one to come. The rest tell an answer that is late from one that
/// is wrong. Judging a wrong answer costs one derivation for each, twice.
pub const EPOCHS: usize = 8;

/// Bytes of an epoch's secret: a full key for HKDF-SHA256, and no more than its block.
pub const EPOCH_SECRET: core::ops::RangeInclusive<usize> = 32..=64;

/// The longest life of an epoch, in seconds: 32 days. It bounds how long an answer that was never
/// used can be used, and how much a secret that leaked is worth.
pub const EPOCH_SECONDS: i64 = 32 * 86_400;

/// Seconds by which the clocks of two replicas may differ: an answer counts that long before its
/// epoch begins here.
pub const EPOCH_CLOCK_SKEW_SECONDS: i64 = 300;

/// Bytes of a TPM command. Implementations take 4096; ours stay below 2400 (RSA-4096 keys).
pub const TPM_COMMAND: usize = 4096;

/// Bytes of a TPM response: as for commands, and the same in every implementation known.
pub const TPM_RESPONSE: usize = 4096;

/// Commands that one device flow sends, repeats included. The longest, an HMAC over
/// [`SIGNED_DATA`] bytes through the smallest buffer, needs 260.
pub const DEVICE_COMMANDS: u32 = 512;

/// How often one command is sent again while the TPM says that it is busy. A self test takes less
/// than a second on real chips; a driver that waits longer each time covers several.
pub const DEVICE_REPEATS: u32 = 16;

/// Bytes that a device signs at once; a SAS text has some hundreds.
pub const SIGNED_DATA: usize = 16_384;

/// Smallest buffer of a TPM that is worked with; 1024 is usual. Less would turn a certificate into
/// hundreds of commands.
pub const SMALLEST_BUFFER: u16 = 64;

/// Bytes of an NV index that holds an EK certificate. Real ones take 700 to 2000.
pub const NV_CERTIFICATE: u16 = 8192;

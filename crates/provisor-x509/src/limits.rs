//! Every budget of this crate, each with its reason. The presenter of a chain chooses its shape;
//! these constants choose how much work it can cause.

/// Bytes of one certificate. The largest real device certificates hold a few kilobytes; 256 KiB
/// leaves room for certificates with many names and still reads in well under a millisecond.
pub const CERTIFICATE_BYTES: usize = 256 * 1024;

/// Extensions of one certificate. Real ones have at most about fifteen; the search for duplicates
/// is quadratic in this number.
pub const EXTENSIONS: usize = 64;

/// Bytes of one name. Real ones have at most some hundreds; together with the next two limits this
/// bounds what one comparison costs.
pub const NAME_BYTES: usize = 4 * 1024;

/// Attributes of one name. Real names have at most about ten.
pub const NAME_PARTS: usize = 64;

/// Attributes of one part (relative distinguished name). Real ones have one, those of TPM
/// certificates three; comparing two parts is quadratic in this number.
pub const PART_ATTRIBUTES: usize = 8;

/// Bytes of a key identifier. Real ones have 20, of the longest hash 64; they are compared at each
/// look at a candidate.
pub const KEY_ID_BYTES: usize = 128;

/// Bytes of an object identifier. Real ones have at most some twenty, those made of a UUID included;
/// they are compared and shown often.
pub const OID_BYTES: usize = 64;

/// Nanoseconds of comparing names and keys that count as one more look at a candidate, or as one more
/// comparison with a constraint. Most names differ, or are the same, within this number.
pub const WORK_PER_LOOK: usize = 128;

/// Nanoseconds that one verdict may cost on a slow day, all its parts together: looks at candidates, comparisons
/// of names and policies, entries of lists, the rules on long certificates, hashing, and the signature
/// checks by [`SIGNATURE_MICROSECONDS`]. The limits of the parts are what each of them is good for
/// alone; together they would come to more than twice this. 60 ms are some 1,000 checks of P-256, and leave room
/// within 2,000 for what is not counted here: hashing the operator's lists once each, reading the
/// certificates, and a report. A path of three with a list of half a million entries needs 5 ms.
pub const WORK_NANOSECONDS: u64 = 60_000_000;

/// Nanoseconds that it costs to hash a byte of a certificate for a signature check: SHA-512, or SHA-256
/// without help of the processor. A leaf as long as is read, checked with the keys of many look-alikes,
/// is hashed each time.
pub const HASH_NANOSECONDS_PER_BYTE: usize = 4;

/// Intermediates between the leaf and the anchor, self-issued ones counted. Factories use one to three; PKITS goes to seven,
/// cross-certified bridges to eight. Each level multiplies what a fan of look-alikes can cost.
pub const INTERMEDIATES_IN_PATH: u8 = 10;

/// Signature checks for one verdict. Go and webpki settled at 100 after CVE-2018-16875.
pub const SIGNATURES: u32 = 128;

/// Microseconds that the signature checks of one verdict may cost on a slow day, whatever the backend
/// and the machine: 60 for P-256 and Ed25519, 960 for P-384 and P-521, and for RSA 26 for each square
/// of 1024 bits, which is what ring needs for the largest exponent it takes. By the default backend P-384
/// costs some fifteen checks of P-256, and P-521 some twelve, the root of a compressed point included.
/// So 128 checks of the usual keys fit, 41 of P-384 or P-521 and 24 of RSA with 8192 bits; a path of full
/// depth needs eleven.
pub const SIGNATURE_MICROSECONDS: u32 = 40_000;

/// Signature checks that only a report asks for, on issuers that failed another rule already. They
/// are counted apart, so that a report never comes to another verdict.
pub const REPORT_SIGNATURES: u32 = 16;

/// Microseconds of them, hashing included: a quarter of [`SIGNATURE_MICROSECONDS`]. Ten checks of
/// P-384, or six of RSA with 8192 bits; a report on more look-alikes than that says the same of each.
pub const REPORT_SIGNATURE_MICROSECONDS: u32 = 10_000;

/// Microseconds of checks whether a certificate was signed by its own key, hashing included, where a
/// path ends with one that has its issuer's name. They only tell what is said of the refusal. Most paths
/// have one such end, and at most [`INTERMEDIATES_IN_PATH`] and the leaf are asked: four of P-384 or two of
/// RSA with 8192 bits; of further ones it is not known.
pub const OWN_KEY_MICROSECONDS: u32 = 4_000;

/// Certificates and anchors looked at, while issuers are searched, for one verdict. A look costs
/// some nanoseconds; names that need folding count as one more look for every [`WORK_PER_LOOK`]:
/// 200,000 stay within 26 ms. A bag of twenty certificates and a full-depth path needs fewer than a thousand.
pub const CANDIDATES: u32 = 200_000;

/// Comparisons of a name with a name constraint for one verdict. The product of names and
/// constraints is the presenter's choice; a comparison costs 20 to 150 ns, and a longer one counts for
/// more by [`WORK_PER_LOOK`]. Names and bases of other forms are passed by their tags, eight for one
/// comparison. (webpki uses the same number.)
pub const NAME_COMPARISONS: u32 = 250_000;

/// Policies followed at one time. Real paths have one to ten, PKITS up to ten; each is compared
/// with each policy and mapping of the next certificate.
pub const POLICIES: usize = 256;

/// Policies stated in one certificate, and mappings. Real ones have one to ten, those of bridges some
/// more.
pub const POLICIES_STATED: usize = 32;

/// Comparisons of policies for one verdict, over all the paths tried. A path of the greatest length
/// and of the policies above needs fewer; a comparison costs about 5 ns, so 2,000,000 stay within
/// 10 ms.
pub const POLICY_COMPARISONS: u32 = 2_000_000;

/// Signatures of issuers that one [`ChainVerifier`](crate::ChainVerifier) remembers. A service has
/// tens of issuers; 256 of the usual kilobyte take a quarter of a megabyte.
pub const REMEMBERED_EDGES: usize = 256;

/// Bytes of a CA certificate and its signer's key that are remembered together. Real ones take one
/// to three kilobytes; larger ones are checked each time, so that the memory stays below 4 MiB.
pub const REMEMBERED_BYTES: usize = 16 * 1024;

/// Signatures of revocation lists that one [`ChainVerifier`](crate::ChainVerifier) remembers. A path
/// needs one for each of its certificates, with deltas and points some more.
pub const REMEMBERED_LISTS: usize = 64;

/// Bytes of revocation lists, with their signers' keys, that are remembered together. Most lists take
/// some kilobytes; larger sets than this are checked each time, which costs their hash, so that the
/// memory of a worker stays small.
pub const REMEMBERED_LIST_BYTES: usize = 8 * 1024 * 1024;

/// Keys of issuers that one [`ChainVerifier`](crate::ChainVerifier) keeps as the backend has read them:
/// as many as issuers. RSA takes a kilobyte or two, Ed25519 with its table of multiples 30.
pub const PREPARED_KEYS: usize = REMEMBERED_EDGES;

/// Bytes of a key that is kept so: RSA with 8192 bits takes 1,036.
pub const PREPARED_KEY_BYTES: usize = 2 * 1024;

/// Looks at names that the search for a remedy may cost, after the verdict: a tenth of
/// [`CANDIDATES`]. A bag of twenty certificates needs fewer than a thousand.
pub const REMEDY_LOOKS: u32 = 20_000;

/// Bytes of a foreign value that a message shows; a key of the largest curve has 133. More would hide what
/// the message is about.
pub const BYTES_SHOWN: usize = 160;

/// Bytes of a foreign name that a message shows, escapes included. Real names have at most some hundred
/// and fifty; a message can hold three of them.
pub const NAME_SHOWN: usize = 160;

/// Purposes of a certificate that a message names; real ones state one to five.
pub const PURPOSES_SHOWN: usize = 16;

/// Candidate paths that a report keeps. Beyond these the search goes on, unrecorded.
pub const REPORT_PATHS: usize = 64;

/// Bytes of the candidate paths that a report keeps, as its JSON has them: about twice what 64 usual
/// paths of three take. Escapes can add a third; the whole stays below a megabyte.
pub const REPORT_BYTES: usize = 512 * 1024;

/// Bytes of the rules that passed on one candidate path, and of the lists that were of no use. A path
/// of the greatest length has some twenty kilobytes; lists that were looked at in vain can be thousands.
pub const REPORT_PATH_BYTES: usize = 64 * 1024;

/// Trust anchors that a report lists. Services have tens.
pub const REPORT_ANCHORS: usize = 64;

/// Trust anchors named in one remedy; more names would hide the advice.
pub const ANCHORS_NAMED: usize = 5;

/// Bytes of them together: where names are long, fewer are named.
pub const ANCHORS_NAMED_BYTES: usize = 280;

/// Bytes of one certificate revocation list. The largest in use are around 30 MiB (hundreds of
/// thousands of entries); reading this many takes some tens of milliseconds.
pub const CRL_BYTES: usize = 32 * 1024 * 1024;

/// Extensions of one revocation list, and of one of its entries. Real ones have at most about six.
pub const CRL_EXTENSIONS: usize = 16;

/// Distribution points of one certificate. Real ones have one to three; each is compared with each
/// revocation list.
pub const CRL_POINTS: usize = 32;

/// Names of one distribution point. Real ones have one or two; each is compared with each name of
/// the list's own point.
pub const CRL_POINT_NAMES: usize = 16;

/// Revocation list entries looked at for one verdict. A look costs about 8 ns, so 4,000,000 stay
/// within 32 ms; the largest lists in use have some hundred thousand entries. A long entry counts for
/// more, and so does one whose extensions are read and whose names are compared.
pub const CRL_ENTRIES: u32 = 4_000_000;

/// Bytes of revocation lists whose signature is checked for one verdict, each list counted once:
/// hashing them is the part of a signature check that grows, and it is the operator who chose them, not
/// who presents a certificate. Two of the largest lists; SHA-256 needs about 40 ms for them, 0.2 s
/// without help of the processor. To hash a list again, for another key, counts as
/// [`WORK_NANOSECONDS`].
pub const CRL_BYTES_SIGNED: u32 = 64 * 1024 * 1024;

/// Signers of revocation lists whose own certificates are covered by lists of other signers, one
/// above the other. PKITS and practice need one; each level can cost a search.
pub const CRL_SIGNER_DEPTH: usize = 4;

/// Bytes before a certificate among which it is looked for, to name what stands there: the largest header in
/// use has nine.
pub const WRAPPING_BYTES: usize = 64;

/// Bytes of a file of certificates or lists: [`CRL_BYTES`] as PEM, and half as much for the text around it.
pub const FILE_BYTES: usize = 64 * 1024 * 1024;

/// Blocks of other kinds that are passed over, and named, in a file of certificates. Bundles have none to
/// a few; a file of more is not what it was taken for.
pub const PEM_PASSED_OVER: usize = 256;

/// Characters of a PEM label that a message shows; the longest in use has 23.
pub const PEM_LABEL_SHOWN: usize = 40;

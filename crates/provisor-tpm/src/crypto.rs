//! The asymmetric operations, behind one narrow trait.
//!
//! Hashes, HMACs and AES-CFB cost next to nothing and are computed by ring (without the feature of that name, by
//! `sha2` and `hmac`) and `aes` everywhere.
//! What costs, and what accelerators and other libraries do, are the three operations of
//! [`Crypto`]; [`DefaultCrypto`] does them with `crypto-bigint`, `p256`, `p384`, `p521`, `rsa` and
//! ring, where that is built in. With the feature `aws-lc-rs` there are two more, which are faster and written in C; with
//! the feature `ring-own-random` a third one, which needs no C and is as fast on P-256, for ephemeral
//! keys of its own.

mod agreement;
#[cfg(feature = "aws-lc-rs")]
mod aws_lc;
mod cipher;
mod default;
mod failed;
mod oaep;
mod operations;
#[cfg(feature = "ring-own-random")]
mod ring_own;
mod verify;

#[cfg(feature = "aws-lc-rs")]
pub use aws_lc::{AwsLcCrypto, AwsLcOwnRandom};
pub(crate) use cipher::{cfb_decrypt, cfb_encrypt};
pub use default::DefaultCrypto;
pub use operations::{Agreement, Crypto, SignatureValue};
#[cfg(feature = "ring-own-random")]
pub use ring_own::RingOwnRandom;

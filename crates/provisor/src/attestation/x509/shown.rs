//! What the device showed.

use alloc::vec::Vec;
use alloc::{format, vec};

use provisor_report::{Code, Rejection, Subject, UnixTime};
use provisor_x509::{AnchorValidity, Certificate, PathVerifier, Report, TrustAnchor, profile};

use super::issuers::Issuers;
use crate::attestation::Proof;
use crate::enrollment::{Mark, Thumbprint};
use crate::limits;

/// What the device showed, read.
pub(crate) struct Shown<'a> {
    pub(crate) leaf: Certificate<'a>,
    pub(crate) sent: Vec<Certificate<'a>>,
    pub(crate) issuers: Issuers<'a>,
}

impl<'a> Shown<'a> {
    /// Reads the leaf and the certificates sent along. One that cannot be read refuses the device,
    /// even if no path needs it: what is sent is meant.
    pub(crate) fn read(leaf: &'a [u8], sent: &[&'a [u8]]) -> Result<Self, Rejection> {
        if sent.len() > limits::CERTIFICATES_SENT {
            return Err(Rejection::new(
                Code::AttestTooManyCertificates,
                Subject::field("certificates sent"),
            )
            .expected(format!("at most {}", limits::CERTIFICATES_SENT))
            .found(format!("{}", sent.len())));
        }
        let read = |(depth, der): (u8, &&'a [u8])| Certificate::from_der_at(depth, der);
        let leaf = read((0, &leaf))?;
        let sent: Vec<_> = (1..).zip(sent).map(read).collect::<Result<_, _>>()?;
        let issuers = Issuers::named(core::iter::once(&leaf).chain(&sent));
        Ok(Self {
            leaf,
            sent,
            issuers,
        })
    }

    pub(super) fn verifier<'v>(&'v self, anchors: &'v [TrustAnchor<'a>]) -> PathVerifier<'v, 'a> {
        PathVerifier::new(&profile::DEVICE, anchors)
            .intermediates(&self.sent)
            // What operators register for devices are signing certificates with an end, and the
            // end is meant: an expired one stops devices until the renewed one is registered.
            .anchor_validity(AnchorValidity::Checked)
    }

    /// Every rule that is tried on the paths to these anchors, for people.
    pub(crate) fn explain(&self, anchors: &[TrustAnchor<'_>], now: UnixTime) -> Report {
        self.verifier(anchors).explain(&self.leaf, now)
    }

    pub(super) fn proof(&self) -> Proof {
        Proof::X509 {
            leaf: Thumbprint::of_der(self.leaf.der()),
        }
    }

    /// What the device will be known by: its certificate and its key.
    pub(super) fn marks(&self) -> Vec<Mark> {
        let leaf = &self.leaf;
        vec![
            Mark::leaf(&Thumbprint::of_der(leaf.der())),
            Mark::leaf_key(leaf.public_key_info()),
        ]
    }
}

//! What is said before AMQP: SASL, where the client begins with it.
//!
//! The acceptor of the AMQP library asks for an answer at once, and knows mechanisms of one step or two;
//! a TPM has five, with the engine asked between them. So the frames are read here, and the types of the
//! library say what is in them.

use std::io;

use fe2o3_amqp::frames::sasl::{Frame, FrameCodec};
use fe2o3_amqp_types::primitives::{Array, Binary, Symbol};
use fe2o3_amqp_types::sasl::{
    SaslChallenge, SaslCode, SaslInit, SaslMechanisms, SaslOutcome, SaslResponse,
};
use provisor::Rejection;
use provisor::system::SystemRandom;
use provisor::tpm::{ActivationBlob, EkPublic, SrkPublic};
use provisor_wire::amqp::{Address, MECHANISMS, SaslPlain, SaslTpmInit, SaslTpmMessage, segments};
use provisor_wire::device::{Challenge, DeviceRegistration, TpmAttestation};
use provisor_wire::{ApiVersion, Code, Subject};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio_util::bytes::BytesMut;
use tokio_util::codec::{Decoder as _, Encoder as _};

use super::super::context::Context;
use crate::ask::{Answer, Ask, Peer, What};
use crate::device::amqp::Login;
use crate::limits;

/// Speaks SASL to its end. What comes out is who the client says it is; nothing is judged yet but the form.
///
/// # Errors
/// The connection ended, or nobody could go on from what came.
pub(super) async fn log_in<S: AsyncRead + AsyncWrite + Unpin + Send>(
    context: &Context,
    peer: &Peer,
    stream: &mut S,
) -> io::Result<Login> {
    let mut sasl = Sasl { stream };
    let offered: Vec<Symbol> = MECHANISMS.iter().map(|name| Symbol::from(*name)).collect();
    sasl.send(Frame::Mechanisms(SaslMechanisms {
        sasl_server_mechanisms: Array::from(offered),
    }))
    .await?;
    let Frame::Init(init) = sasl.receive().await? else {
        return Err(io::Error::other("a SASL frame that is no init"));
    };
    let login = match init.mechanism.as_str() {
        "ANONYMOUS" | "EXTERNAL" => Some(Login::default()),
        "PLAIN" => plain(&init),
        "TPM" => return sasl.tpm(context, peer, &init).await,
        _ => None,
    };
    match login {
        Some(login) => sasl.end(SaslCode::Ok).await.map(|()| login),
        None => {
            sasl.end(SaslCode::Auth).await?;
            Err(io::Error::other("a SASL init that cannot be read"))
        }
    }
}

fn plain(init: &SaslInit) -> Option<Login> {
    let bytes = init.initial_response.as_ref()?;
    let plain = SaslPlain::parse(bytes).ok()?;
    Some(Login {
        token: Some(plain.token.expose().to_owned()),
        device: Some(plain.device),
        ..Login::default()
    })
}

struct Sasl<'s, S> {
    stream: &'s mut S,
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Sasl<'_, S> {
    async fn send(&mut self, frame: Frame) -> io::Result<()> {
        let mut bytes = BytesMut::new();
        bytes.extend_from_slice(&[0; 4]);
        let mut body = bytes.split_off(4);
        FrameCodec {}
            .encode(frame, &mut body)
            .map_err(io::Error::other)?;
        let length = u32::try_from(body.len() + 4).map_err(io::Error::other)?;
        self.stream.write_all(&length.to_be_bytes()).await?;
        self.stream.write_all(&body).await?;
        self.stream.flush().await
    }

    async fn receive(&mut self) -> io::Result<Frame> {
        let length = self.stream.read_u32().await?;
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        if !(8..=limits::SASL_FRAME_BYTES).contains(&length) {
            return Err(io::Error::other("a SASL frame of a length that none has"));
        }
        let mut bytes = BytesMut::zeroed(length - 4);
        self.stream.read_exact(&mut bytes).await?;
        FrameCodec {}
            .decode(&mut bytes)
            .map_err(io::Error::other)?
            .ok_or_else(|| io::Error::other("half a SASL frame"))
    }

    async fn end(&mut self, code: SaslCode) -> io::Result<()> {
        let outcome = SaslOutcome {
            code,
            additional_data: None,
        };
        self.send(Frame::Outcome(outcome)).await
    }

    async fn challenge(&mut self, bytes: Vec<u8>) -> io::Result<Vec<u8>> {
        let challenge = Binary::from(bytes);
        self.send(Frame::Challenge(SaslChallenge { challenge }))
            .await?;
        match self.receive().await? {
            Frame::Response(SaslResponse { response }) => Ok(response.into_vec()),
            _ => Err(io::Error::other("a SASL frame that is no response")),
        }
    }

    /// One message of the client, which may come in parts.
    async fn message(&mut self, first: Vec<u8>) -> io::Result<Vec<u8>> {
        let mut message = SaslTpmMessage::new();
        let mut part = first;
        loop {
            match message.push(&part) {
                Ok(Some(whole)) => return Ok(whole),
                Ok(None) => part = self.challenge(vec![0]).await?,
                Err(_) => return Err(io::Error::other("a message that cannot be put together")),
            }
        }
    }

    /// The mechanism `TPM`. Whatever the engine says of the keys, the exchange goes on to its end.
    async fn tpm(&mut self, context: &Context, peer: &Peer, init: &SaslInit) -> io::Result<Login> {
        let unreadable = |_| io::Error::other("a SASL init of TPM that cannot be read");
        let first = init.initial_response.clone().unwrap_or_default().into_vec();
        let init = SaslTpmInit::parse(&first).map_err(unreadable)?;
        let first = self.challenge(vec![0]).await?;
        let srk = self.message(first).await?;
        let keys = TpmAttestation::of(&init.endorsement_key, &srk);
        let (blob, refused) = match ask(context, peer, &init.device, &keys).await {
            Ok(blob) => (blob, None),
            Err(cause) => match nobodys(&init.endorsement_key, &srk, context) {
                Ok(blob) => (blob, Some(cause)),
                // There is no key to make a challenge for.
                Err(_) => {
                    self.end(SaslCode::Auth).await?;
                    return Err(io::Error::other("keys of a TPM that cannot be challenged"));
                }
            },
        };
        let [one, other] = segments(&blob).map_err(|_| io::Error::other("a long blob"))?;
        self.challenge(one).await?;
        let last = self.challenge(other).await?;
        let token = self.message(last).await?;
        let Ok(token) = String::from_utf8(token) else {
            self.end(SaslCode::Auth).await?;
            return Err(io::Error::other("a token that is no text"));
        };
        self.end(SaslCode::Ok).await?;
        Ok(Login {
            device: Some(init.device),
            token: Some(token),
            tpm: Some(keys),
            refused,
        })
    }
}

/// The challenge for these keys, or why there is none.
async fn ask(
    context: &Context,
    peer: &Peer,
    device: &Address,
    keys: &TpmAttestation,
) -> Result<Vec<u8>, Box<Rejection>> {
    let ask = Ask {
        tracking: context.tracking(),
        scope: device.id_scope.clone(),
        registration_id: device.registration_id.clone(),
        api_version: ApiVersion::V2019_03_31,
        token: None,
        what: What::Register {
            body: DeviceRegistration::default().tpm(keys.clone()),
            force: false,
        },
    };
    match context.ask(peer, ask).await {
        Answer::Challenge(Challenge {
            authentication_key: Some(key),
            ..
        }) => data_encoding::BASE64
            .decode(key.as_bytes())
            .map_err(|_| Box::new(unchallenged())),
        Answer::Refused(cause) | Answer::Throttled(cause, _) => Err(cause),
        _ => Err(Box::new(unchallenged())),
    }
}

fn unchallenged() -> Rejection {
    Rejection::new(Code::RegEffect, Subject::field("tpm"))
        .expected("a challenge for the keys of a TPM")
        .found("another answer")
}

/// A challenge that nothing depends on, for a device that will be refused.
fn nobodys(ek: &[u8], srk: &[u8], context: &Context) -> Result<Vec<u8>, Rejection> {
    let (ek, srk) = (EkPublic::from_tpm2b(ek)?, SrkPublic::from_tpm2b(srk)?);
    let (blob, _) =
        ActivationBlob::challenge(&ek, &srk, context.app.clock.now(), &mut SystemRandom::new())?;
    Ok(blob.as_bytes().to_vec())
}

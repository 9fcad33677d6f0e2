//! The registration machine: who says what next, and how long to wait.
//!
//! It has no clock, no transport and no heap. [`Registration::step`] says what to do now; what happened is told to it
//! with the time; the caller does the rest. Its state is plain data without pointers: it may be moved, kept in memory
//! that survives sleep, or written down ([`Registration::store`]).
//!
//! | [`Step`] | what the caller does | and then calls |
//! |---|---|---|
//! | [`Send`](Step::Send) | writes the request and sends it | [`http_response`](Registration::http_response), [`mqtt_message`](Registration::mqtt_message), [`lost`](Registration::lost) |
//! | [`Wait`](Step::Wait) | sleeps so long, or until something comes | whatever came, or `step` |
//! | [`Activate`](Step::Activate) | lets the TPM open the key that the answer brought | [`activated`](Registration::activated), [`activation_failed`](Registration::activation_failed) |
//! | [`Confirm`](Step::Confirm) | connects to the new hub | [`confirmed`](Registration::confirmed), [`not_confirmed`](Registration::not_confirmed) |
//! | [`Done`](Step::Done) | takes the identity over: [`Registration::commit`] | |
//! | [`Ended`](Step::Ended) | reads why: [`Registration::end`] | |
//!
//! # Over HTTP, with a symmetric key
//!
//! ```
//! use provisor_device::message::{Body, http::Head};
//! use provisor_device::registration::{Credential, Identity, Registration, Settings, Step, Transport};
//! use provisor_device::{Key, Writer};
//! # // A service that answers twice, and a clock that stands for the firmware's.
//! # let mut answers = [(202, br#"{"operationId":"5.a","status":"assigning"}"#.as_slice()),
//! #     (200, br#"{"status":"assigned","registrationState":{"assignedHub":"hub-1.example.net","deviceId":"line-7"}}"#)].into_iter();
//! # let mut exchange = |_: &str| answers.next();
//! # let (mut now_ms, unix_time, seed) = (0_u64, 1_790_000_000, 7);
//! # let mut sleep_ms = |_: u32| {};
//!
//! let key = Key::from_base64("c2l4dGVlbiBieXRlcyBhdCBsZWFzdA==")?;
//! let settings = Settings::new("0ne0A1B2C3D", "line-7", Credential::Key, Transport::Http);
//! let mut registration = Registration::begin(&settings, now_ms, seed)?;
//! let mut identity = Identity::none();               // as it was written down the last time
//! let (mut request, mut token) = ([0; 1024], [0; 512]);
//! loop {
//!     match registration.step(now_ms) {
//!         Step::Send(send) => {
//!             let token = registration.token(unix_time + 3600).sign(&key, &mut token)?;
//!             let head = Head::new("dps.example.net").with_authorization(token);
//!             let mut writer = Writer::new(&mut request);
//!             registration.write_http(send, &head, &registration.body(), &mut writer)?;
//!             match exchange(writer.finish()?) {
//!                 Some((status, body)) => registration.http_response(send, status, None, body, now_ms)?,
//!                 None => registration.lost(send, now_ms)?,
//!             }
//!         }
//!         Step::Wait(ms) => { sleep_ms(ms); now_ms += u64::from(ms); }
//!         Step::Confirm => registration.confirmed(now_ms)?,   // after the new hub took the connection
//!         Step::Done => { registration.commit(&mut identity)?; break }
//!         Step::Activate | Step::Ended => break,
//!     }
//! }
//! assert_eq!((identity.hub(), identity.device_id()), (Some("hub-1.example.net"), Some("line-7")));
//! # Ok::<(), provisor_device::Error>(())
//! ```
//!
//! # Over MQTT, with a certificate
//!
//! ```
//! use provisor_device::message::mqtt::FILTER;
//! use provisor_device::registration::{Credential, Registration, Settings, Step, Transport};
//! use provisor_device::Writer;
//! # struct Broker { sent: Vec<(String, String)> }
//! # impl Broker {
//! #     fn connect(_: &str, _: &str) -> Self { Self { sent: vec![] } }
//! #     fn subscribe(&mut self, _: &str) {}
//! #     fn publish(&mut self, topic: &str, body: &str) { self.sent.push((topic.into(), body.into())); }
//! #     fn next(&mut self) -> Option<(String, String)> {
//! #         let (topic, _) = self.sent.pop()?;
//! #         let rid = topic.split("$rid=").nth(1)?.split('&').next()?;
//! #         let body = if topic.contains("/PUT/") { r#"{"operationId":"5.a","status":"assigning"}"# } else {
//! #             r#"{"operationId":"5.a","status":"assigned","registrationState":{"assignedHub":"hub-1","deviceId":"line-7"}}"# };
//! #         Some((format!("$dps/registrations/res/200/?$rid={rid}&retry-after=3"), body.into()))
//! #     }
//! # }
//! # let mut now_ms = 0;
//!
//! let settings = Settings::new("0ne0A1B2C3D", "line-7", Credential::Certificate, Transport::Mqtt);
//! let mut registration = Registration::begin(&settings, now_ms, 7)?;
//! let (mut topic, mut payload) = ([0; 256], [0; 256]);
//! let mut writer = Writer::new(&mut topic);
//! registration.write_username(Some("pump/1.0"), &mut writer);
//! let mut broker = Broker::connect(registration.registration_id(), writer.finish()?);
//! broker.subscribe(FILTER);
//! loop {
//!     while let Some((topic, body)) = broker.next() {
//!         // What is not ours changes nothing.
//!         let _ = registration.mqtt_message(&topic, body.as_bytes(), now_ms);
//!     }
//!     match registration.step(now_ms) {
//!         Step::Send(send) => {
//!             let (mut to, mut with) = (Writer::new(&mut topic), Writer::new(&mut payload));
//!             registration.write_topic(send, &mut to)?;
//!             registration.write_payload(send, &registration.body(), &mut with)?;
//!             broker.publish(to.finish()?, with.finish()?);
//!         }
//!         Step::Wait(ms) => now_ms += u64::from(ms),
//!         Step::Confirm => registration.confirmed(now_ms)?,
//!         Step::Activate | Step::Done | Step::Ended => break,
//!     }
//! }
//! assert_eq!(registration.assignment().map(|found| found.hub), Some("hub-1"));
//! # Ok::<(), provisor_device::Error>(())
//! ```
//!
//! # How long it waits
//!
//! All of it is in [`Pace`]. Before the first request a random part of `spread_ms`, so that a hall full of machines
//! does not ask in the same second when the power comes back. Between the questions for an operation what the service
//! asks for, and up to a quarter more. After a failure what the service asks for, or the back-off that doubles each
//! time, whichever is longer, and up to as much again. What the service asks for counts from [`limits::ASKED_MS`] to
//! `asked_cap_ms`. Each answer, each operation and the whole have an end, and so has the number of requests.
//!
//! A device that sleeps so deeply that its clock begins anew says how long with [`Registration::slept`].
//!
//! # What is given up, and when
//!
//! A device that has a hub keeps it until the new one took it: the [`Identity`] changes in [`Registration::commit`], which
//! refuses before [`Step::Done`]. With a certificate or a symmetric key nothing can be lost, then. With a TPM it
//! depends on where activated keys go:
//!
//! | step | keys stand beside each other (`provisor-tpm`) | one place for the key (the official clients) |
//! |---|---|---|
//! | challenge activated | the old key works; the challenge's stands beside it | **the old key is gone**: [`Identity::lose_key`] before it, and written down |
//! | registered, polled | the old key works | no key works at any hub |
//! | hub's key activated | the old key works; the new one has taken the challenge's place | the new key works, at the new hub |
//! | hub took the device | both work | as before |
//! | [`Registration::commit`], written down | the same, and it is known that the new one counts ([`KeyState::Beside`]) | as before |
//! | old key given up, [`Identity::key_confirmed`] | the new key works | nothing to do |
//!
//! [`limits::ASKED_MS`]: crate::limits::ASKED_MS

mod end;
mod identity;
mod jitter;
mod judge;
mod machine;
mod name;
mod pace;
mod record;
mod settings;
mod step;
mod stored;
mod write;

pub use end::End;
pub use identity::{Assignment, IDENTITY_BYTES, Identity, KeyState};
pub use machine::Registration;
pub use pace::Pace;
pub use settings::{Credential, Settings, Transport};
pub use step::{Request, RequestKind, Step};
pub use stored::STATE_BYTES;

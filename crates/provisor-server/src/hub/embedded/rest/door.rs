//! One request to the registry, from its text to the answer.

use std::sync::{Arc, PoisonError, RwLock};

use provisor::enrollment::SymmetricKeys;
use provisor::operations::{AccessPolicy, PolicyName, Rights, Target, authorize};
use provisor::system::SystemRandom;
use provisor::tpm::Random as _;
use provisor::{Code, DeviceId, HubName, Rejection, Subject};
use provisor_wire::http::Headers;
use provisor_wire::{Guid, IfMatch, header};
use serde_json::{Value, json};

use super::super::super::content::Content;
use super::super::super::limits;
use super::super::super::link::HubConnection;
use super::super::super::merge::Object;
use super::super::device::{Device, Place};
use super::super::registry::{EmbeddedHub, Step};
use super::super::twin::{TwinChange, read_object};
use super::bulk;
use super::identity::{Draft, refused, show, show_twin};
use super::query::Query;
use super::reply::Reply;
use super::route::{Route, is_of_registry, path_of};
use super::write::{check, create, delete, missing, update};
use crate::app::State;
use crate::store::Result;

/// The registry of the embedded hubs, for whoever serves HTTP.
///
/// ```no_run
/// # use std::sync::{Arc, RwLock};
/// # use provisor::HubName;
/// # use provisor_server::app::State;
/// # use provisor_server::hub::embedded::{Call, EmbeddedHub, RegistryDoor};
/// # async fn serve(registry: EmbeddedHub, state: Arc<RwLock<State>>) -> Result<(), provisor::Rejection> {
/// let door = RegistryDoor::new(registry, state);
/// let reply = door
///     .answer(Call {
///         hub: &HubName::parse("127.0.0.2")?,
///         method: "GET",
///         target: "/devices/press-7?api-version=2021-04-12",
///         headers: &[("authorization", "SharedAccessSignature sr=..")],
///         body: b"",
///     })
///     .await;
/// # let _ = reply;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "the state has none")]
pub struct RegistryDoor {
    registry: EmbeddedHub,
    state: Arc<RwLock<State>>,
}

/// A request to the registry of a hub. Every version of the API is taken; what is asked for is that of
/// 2021-04-12.
#[allow(missing_debug_implementations, reason = "it has a token")]
pub struct Call<'a, H: ?Sized = [(&'a str, &'a str)]> {
    /// The hub that the request was sent to: by the address or the name that it came by.
    pub hub: &'a HubName,
    /// The HTTP method.
    pub method: &'a str,
    /// Path and query as they came.
    pub target: &'a str,
    /// The headers.
    pub headers: &'a H,
    /// The body, of at most [`REQUEST_BYTES`](limits::REQUEST_BYTES).
    pub body: &'a [u8],
}

impl RegistryDoor {
    /// The registry of these hubs. Who may call it says the state: the connection string that a hub is
    /// linked by.
    #[must_use]
    pub const fn new(registry: EmbeddedHub, state: Arc<RwLock<State>>) -> Self {
        Self { registry, state }
    }

    /// The hub that a request is for: its header `host`, with a port or without, names an embedded hub that is
    /// linked, and its path is one of a registry. A hub may share its name with the service itself.
    #[must_use]
    pub fn hub(&self, host: &str, path: &str) -> Option<HubName> {
        if !is_of_registry(path) {
            return None;
        }
        let name = match host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
            _ => host,
        };
        let name = HubName::parse(name).ok()?;
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        let link = state.hubs.get(&name)?;
        HubConnection::of(&link.value)
            .is_ok_and(|connection| connection.is_embedded())
            .then_some(name)
    }

    /// Answers a request. A refusal is an answer, too; its whole reason is in the log.
    pub async fn answer<H: Headers + Sync + ?Sized>(&self, call: Call<'_, H>) -> Reply {
        let answer = async {
            self.authorize(&call)?;
            if call.body.len() > limits::REQUEST_BYTES {
                return Err(Rejection::new(Code::WireSize, Subject::field("body"))
                    .expected(format!("at most {} bytes", limits::REQUEST_BYTES))
                    .into());
            }
            self.routed(&call).await
        };
        answer.await.unwrap_or_else(|refusal: Box<Rejection>| {
            let mut random = [0; 16];
            // Without randomness the tracking ID says nothing, and the answer stays right.
            let _ = SystemRandom::new().fill(&mut random);
            let tracking = Guid::from_random(random);
            let reply = Reply::refused(&refusal, &tracking);
            tracing::info!(
                hub = %call.hub,
                method = call.method,
                status = reply.status,
                %tracking,
                code = refusal.code().name(),
                "refused a request to the registry: {refusal}"
            );
            reply
        })
    }

    /// Whether the token is signed by the key of the hub's policy.
    fn authorize<H: Headers + ?Sized>(&self, call: &Call<'_, H>) -> Result<()> {
        let (connection, now) = {
            let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
            let link = state.hubs.get(call.hub);
            let link = link.ok_or_else(|| HubConnection::not_linked(call.hub))?;
            (HubConnection::of(&link.value)?, self.registry.now())
        };
        let HubConnection::Embedded(access) = connection else {
            return Err(HubConnection::not_linked(call.hub));
        };
        let keys = SymmetricKeys::new(access.key.clone(), access.key);
        let policy = AccessPolicy::new(PolicyName::parse(&access.policy)?, keys, Rights::ALL);
        let target = Target::new(call.hub.as_str(), &path_of(call.target)?);
        let token = call.headers.header(header::AUTHORIZATION);
        authorize(token, &target, &[policy], now)?;
        Ok(())
    }

    async fn routed<H: Headers + Sync + ?Sized>(&self, call: &Call<'_, H>) -> Result<Reply> {
        let hub = call.hub;
        let wanted = call
            .headers
            .header(header::IF_MATCH)
            .and_then(IfMatch::parse);
        match (Route::parse(call.target)?, call.method) {
            (Route::Device(id), "GET") => self.show(hub, &id, show, Device::etag).await,
            (Route::Device(id), "PUT") => {
                let body = json_of(call.body)?;
                self.put(hub, &id, &body, wanted.as_ref()).await
            }
            (Route::Device(id), "DELETE") => {
                delete(&self.registry, hub, &id, wanted.as_ref()).await?;
                Ok(Reply::empty())
            }
            (Route::Twin(id), "GET") => {
                self.show(hub, &id, show_twin, |device| device.twin.etag())
                    .await
            }
            (Route::Twin(id), "PATCH" | "PUT") => {
                let body = read_object(call.body, "body", limits::REQUEST_BYTES)?;
                let is_put = call.method == "PUT";
                self.change_twin(hub, &id, &body, is_put, wanted.as_ref())
                    .await
            }
            (Route::Devices(top), "GET") => self.list(hub, top).await,
            (Route::Devices(_), "POST") => {
                bulk::answer(&self.registry, hub, &json_of(call.body)?).await
            }
            (Route::Query, "POST") => self.query(call).await,
            (Route::Modules(id), "GET") => {
                self.show(hub, &id, |_, _, _| json!([]), Device::etag).await
            }
            (Route::Methods(id), "POST") => {
                self.show(hub, &id, |_, _, _| Value::Null, Device::etag)
                    .await?;
                Err(Rejection::new(Code::HubNotOnline, Subject::field("deviceId")).into())
            }
            (Route::DeviceStatistics, "GET") => self.statistics(hub).await,
            (Route::ServiceStatistics, "GET") => {
                let connected = self.registry.connected(hub);
                let (messages, bytes) = self.registry.telemetry(hub);
                Ok(Reply::json(
                    200,
                    &json!({
                        "connectedDeviceCount": connected,
                        // What is received is counted, and nothing more; by this process, since it began.
                        "messageCount": messages,
                        "messageBytes": bytes,
                    }),
                ))
            }
            (route, _) => Err(Rejection::new(Code::WireMethod, Subject::field("method"))
                .expected(match route {
                    Route::Device(_) => "GET, PUT or DELETE",
                    Route::Twin(_) => "GET, PUT or PATCH",
                    Route::Devices(_) => "GET or POST",
                    Route::Query | Route::Methods(_) => "POST",
                    _ => "GET",
                })
                .found(shortened(call.method))
                .into()),
        }
    }

    async fn show(
        &self,
        hub: &HubName,
        id: &DeviceId,
        show: impl Fn(&DeviceId, &Device, Option<provisor::UnixTime>) -> Value,
        etag: impl Fn(&Device) -> String,
    ) -> Result<Reply> {
        let place = self.registry.read(hub, id).await?;
        let Some(device) = place.and_then(|place| place.device) else {
            return Err(missing(hub, id));
        };
        let since = self.registry.live().since(hub, id);
        Ok(Reply::json(200, &show(id, &device, since)).with_etag(&etag(&device)))
    }

    async fn put(
        &self,
        hub: &HubName,
        id: &DeviceId,
        body: &Value,
        wanted: Option<&IfMatch>,
    ) -> Result<Reply> {
        let draft = Draft::read(body, id)?;
        let device = match wanted {
            None => create(&self.registry, hub, id, &draft, Content::default()).await?,
            Some(wanted) => update(&self.registry, hub, id, &draft, Some(wanted)).await?,
        };
        let since = self.registry.live().since(hub, id);
        Ok(Reply::json(200, &show(id, &device, since)).with_etag(&device.etag()))
    }

    async fn change_twin(
        &self,
        hub: &HubName,
        id: &DeviceId,
        body: &Object,
        is_put: bool,
        wanted: Option<&IfMatch>,
    ) -> Result<Reply> {
        let part = |value: Option<&Value>, field| match value {
            None => Ok(None),
            Some(Value::Null) => Ok(Some(None)),
            Some(Value::Object(part)) => Ok(Some(Some(part.clone()))),
            Some(_) => Err(refused(field, "a JSON object")),
        };
        let tags = part(body.get("tags"), "tags")?;
        let desired = body.get("properties").and_then(|it| it.get("desired"));
        let desired = part(desired, "properties.desired")?;
        let now = self.registry.now();
        let changed = self.registry.change(hub, id, |place| {
            let Some((owner, mut device)) = place.and_then(|it| Some((it.owner, it.device?)))
            else {
                return Err(missing(hub, id));
            };
            check(wanted, &device.twin.etag())?;
            // `null` in place of a collection removes all of it.
            let change = TwinChange {
                tags: tags
                    .clone()
                    .map(|it| it.unwrap_or_else(|| nothing_of(&device.twin.tags))),
                desired: desired
                    .clone()
                    .map(|it| it.unwrap_or_else(|| nothing_of(&device.twin.desired.values))),
            };
            let told = device.twin.change(change, is_put, now)?;
            let place = Place::with(owner, device.clone());
            Ok(Step::Write(Box::new(place), (device, told)))
        });
        let (device, told) = changed.await?;
        self.registry.tell(hub, id, told);
        let since = self.registry.live().since(hub, id);
        Ok(Reply::json(200, &show_twin(id, &device, since)).with_etag(&device.twin.etag()))
    }

    async fn list(&self, hub: &HubName, top: Option<usize>) -> Result<Reply> {
        let most = top
            .filter(|top| (1..=limits::PAGE).contains(top))
            .unwrap_or(limits::PAGE);
        let mut devices = Vec::new();
        let mut after = None;
        while devices.len() < most {
            let rows = self.registry.page(hub, "", after.as_deref(), most).await?;
            after = rows.last().map(|(key, _)| key.clone());
            let is_last = rows.len() < most;
            for (id, device) in read_rows(rows)? {
                if devices.len() < most {
                    devices.push(show(&id, &device, self.registry.live().since(hub, &id)));
                }
            }
            if is_last {
                break;
            }
        }
        Ok(Reply::json(200, &Value::Array(devices)))
    }

    async fn query<H: Headers + Sync + ?Sized>(&self, call: &Call<'_, H>) -> Result<Reply> {
        let body = json_of(call.body)?;
        let Some(text) = body.get("query").and_then(Value::as_str) else {
            return Err(refused("query", "the text of a query"));
        };
        let query = Query::parse(text)?;
        let most = call.headers.header(header::MAX_ITEM_COUNT);
        let most = most.and_then(|text| text.trim().parse::<usize>().ok());
        let most = most
            .filter(|most| (1..=limits::PAGE).contains(most))
            .unwrap_or(limits::PAGE);
        let mut after = match call.headers.header(header::CONTINUATION) {
            None | Some("") => None,
            Some(text) => Some(continued(text)?),
        };
        let (mut items, mut count, mut rows_read) = (Vec::new(), 0_u64, 0);
        let is_over = loop {
            let rows = self
                .registry
                .page(call.hub, "", after.as_deref(), limits::PAGE)
                .await?;
            let is_last = rows.len() < limits::PAGE;
            rows_read += rows.len();
            let mut is_full = false;
            for (id, device) in read_rows(rows)? {
                let since = self.registry.live().since(call.hub, &id);
                let twin = show_twin(&id, &device, since);
                after = Some(id.as_str().to_owned());
                if query.is_met(&twin) {
                    count += 1;
                    if query.count_as.is_none() {
                        items.push(twin);
                        is_full = items.len() >= most;
                    }
                }
                if is_full {
                    break;
                }
            }
            if is_full || is_last {
                break !is_full;
            }
            if query.count_as.is_none() && rows_read >= limits::QUERY_ROWS {
                break false;
            }
        };
        if let Some(name) = query.count_as {
            let row = Value::Object([(name, count.into())].into_iter().collect());
            return Ok(
                Reply::json(200, &Value::Array(vec![row])).with_header(header::ITEM_TYPE, "Raw")
            );
        }
        let reply = Reply::json(200, &Value::Array(items)).with_header(header::ITEM_TYPE, "Twin");
        // An empty continuation loops in one client: without more there is none.
        Ok(match after {
            Some(after) if !is_over => {
                reply.with_header(header::CONTINUATION, continuation(&after))
            }
            _ => reply,
        })
    }

    async fn statistics(&self, hub: &HubName) -> Result<Reply> {
        let (mut total, mut enabled) = (0_u64, 0_u64);
        let mut after: Option<String> = None;
        loop {
            let rows = self
                .registry
                .page(hub, "", after.as_deref(), limits::PAGE)
                .await?;
            let is_last = rows.len() < limits::PAGE;
            after = rows.last().map(|(key, _)| key.clone());
            for (_, device) in read_rows(rows)? {
                total += 1;
                enabled += u64::from(device.enabled);
            }
            if is_last {
                break;
            }
        }
        Ok(Reply::json(
            200,
            &json!({
                "totalDeviceCount": total,
                "enabledDeviceCount": enabled,
                "disabledDeviceCount": total - enabled,
            }),
        ))
    }
}

fn json_of(body: &[u8]) -> Result<Value> {
    serde_json::from_slice(body).map_err(|fault| {
        Rejection::new(Code::HubRequest, Subject::field("body"))
            .expected("JSON")
            .found(format!("{fault}"))
            .into()
    })
}

fn read_rows(rows: Vec<(String, crate::store::Document)>) -> Result<Vec<(DeviceId, Device)>> {
    let mut devices = Vec::with_capacity(rows.len());
    for (key, document) in rows {
        if let Some(device) = Place::read(&document.bytes)?.device {
            devices.push((DeviceId::parse(&key)?, device));
        }
    }
    Ok(devices)
}

/// The patch that removes all of it.
fn nothing_of(object: &Object) -> Object {
    object
        .keys()
        .map(|name| (name.clone(), Value::Null))
        .collect()
}

/// The last device of a page, as the client gets it: nothing to be read by it.
fn continuation(after: &str) -> String {
    data_encoding::BASE64URL_NOPAD.encode(after.as_bytes())
}

fn continued(text: &str) -> Result<String> {
    let bytes = data_encoding::BASE64URL_NOPAD.decode(text.as_bytes()).ok();
    let after = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    after.ok_or_else(|| refused("x-ms-continuation", "what an earlier answer had"))
}

fn shortened(method: &str) -> String {
    method.chars().take(20).collect()
}

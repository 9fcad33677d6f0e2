//! A service without sockets, and an operator who asks it.

use std::sync::Arc;

use provisor::allocation::AllocationBasis;
use provisor::enrollment::SymmetricKeys;
use provisor::operations::hub::HubDraft;
use provisor::operations::{
    AccessPolicy, Call, Caller, IfMatch, PolicyName, Right, Rights, ServiceSettings, policy,
    service,
};
use provisor::quota::Quotas;
use provisor::registration::Removal;
use provisor::sas::SasKey;
use provisor::system::SystemRandom;
use provisor::{HubName, IdScope};
use provisor_server::app::service::hub;
use provisor_server::app::{App, Parts};
use provisor_server::clock::Clock;
use provisor_server::hub::{Hub, Put};
use provisor_server::service::{Request, answer};
use provisor_server::show::Show;
use provisor_server::store::memory::MemoryStore;
use provisor_server::store::{Pending, Result, Store};
use provisor_wire::Guid;
use provisor_wire::http::Answer;

pub(crate) const HOST: &str = "dps.example.net";
pub(crate) const READER: &str = "reader";

/// A service with an owner, and a policy that only reads enrollments.
pub(crate) struct Stand {
    pub(crate) app: App,
    pub(crate) owner: SasKey,
    pub(crate) reader: SasKey,
}

/// No hub is asked by the service API.
struct NoHub;

impl Hub for NoHub {
    fn put(&self, _: Put) -> Pending<'_, Result<()>> {
        Box::pin(async { Ok(()) })
    }

    fn remove<'a>(&'a self, _: &'a Removal) -> Pending<'a, Result<()>> {
        Box::pin(async { Ok(()) })
    }
}

impl Stand {
    pub(crate) async fn new() -> Self {
        let scope = IdScope::parse("0ne0A1B2C3D").unwrap();
        Self::on(
            Arc::new(MemoryStore::new(scope.clone())),
            &scope,
            Arc::new(NoHub),
            Quotas::NONE,
        )
        .await
    }

    /// On that store, which is empty yet.
    pub(crate) async fn on(
        store: Arc<dyn Store>,
        scope: &IdScope,
        hubs: Arc<dyn Hub>,
        quotas: Quotas,
    ) -> Self {
        let settings = ServiceSettings::new(scope.clone(), AllocationBasis::UNSALTED);
        let caller = Caller::new("test", Rights::ALL);
        let mut random = SystemRandom::new();
        let mut call = Call::new(scope, &caller, Clock::system().now(), &mut random);
        let mut first = vec![
            service::put(&mut call, settings, &IfMatch::Any, None)
                .begin()
                .0,
        ];
        let mut keys = Vec::new();
        for (name, rights) in [
            (AccessPolicy::OWNER, Rights::ALL),
            (READER, Rights::NONE.with(Right::EnrollmentRead)),
        ] {
            let mut random = SystemRandom::new();
            let drawn = SymmetricKeys::generate(&mut random).unwrap();
            let mut draft = provisor::operations::KeysDraft::default();
            draft.primary = Some(drawn.primary().clone());
            let name = PolicyName::parse(name).unwrap();
            let put = policy::put(&mut call, &name, (rights, draft), &IfMatch::Any, None, &[]);
            first.push(put.begin().0);
            keys.push(drawn.primary().clone());
        }
        for transaction in first {
            store.transact(transaction).await.unwrap();
        }
        let mut parts = Parts::new(store, hubs);
        parts.quotas = quotas;
        let app = App::open(parts).await.unwrap();
        for name in ["hub-a.example.net", "hub-b.example.net"] {
            let name = HubName::parse(name).unwrap();
            let draft = HubDraft::new(name.clone());
            hub::put(&app, &caller, &name, draft, &IfMatch::Any)
                .await
                .unwrap();
        }
        let reader = keys.pop().unwrap();
        let owner = keys.pop().unwrap();
        Self { app, owner, reader }
    }

    /// A token of the owner.
    pub(crate) fn token(&self) -> String {
        let until = self.app.clock.now().saturating_add(3600);
        let token = self
            .owner
            .sign_for_service(HOST, AccessPolicy::OWNER, until);
        token.as_str().to_owned()
    }

    /// As the owner.
    pub(crate) async fn ask(
        &self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let token = self.token();
        let mut all = vec![("authorization", token.as_str())];
        all.extend(headers);
        self.raw(method, target, &all, body).await
    }

    /// With these headers alone.
    pub(crate) async fn raw(
        &self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let headers: Vec<_> = headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let target = if target.contains("api-version") {
            target.to_owned()
        } else if target.contains('?') {
            format!("{target}&api-version=2021-10-01")
        } else {
            format!("{target}?api-version=2021-10-01")
        };
        let request = Request {
            method,
            host: HOST,
            target: &target,
            headers: &headers,
            body: body.as_bytes(),
        };
        sendable(answer(
            &self.app,
            Show::PUBLIC,
            &request,
            Guid::from_random([7; 16]),
        ))
        .await
    }
}

/// Whatever carries connections runs it on any thread.
fn sendable<T>(future: impl Future<Output = T> + Send) -> impl Future<Output = T> + Send {
    future
}

/// The body of an answer.
pub(crate) fn json(answer: &Answer) -> serde_json::Value {
    serde_json::from_str(&answer.body).unwrap_or_else(|_| panic!("{:?}", answer.body))
}

/// The error code of an answer.
pub(crate) fn code(answer: &Answer) -> i64 {
    let body = json(answer);
    assert_eq!(
        body["errorCode"].as_i64().unwrap() / 1000,
        i64::from(answer.status)
    );
    body["errorCode"].as_i64().unwrap()
}

/// An enrollment by symmetric keys.
pub(crate) fn enrollment(id: &str) -> String {
    format!(r#"{{"registrationId":"{id}","attestation":{{"type":"symmetricKey"}}}}"#)
}

/// A group by symmetric keys.
pub(crate) fn group(id: &str) -> String {
    format!(r#"{{"enrollmentGroupId":"{id}","attestation":{{"type":"symmetricKey"}}}}"#)
}

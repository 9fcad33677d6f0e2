//! The store in PostgreSQL.

use std::sync::Arc;

use provisor::{Code, IdScope};
use provisor_server::clock::Clock;
use provisor_server::store::Store;
use provisor_server::store::embedded;
use provisor_server::store::postgres::{Options, Postgres, export, import, schema};
use provisor_server::store::seal::DataKeys;

use super::cluster::Cluster;
use super::contract::{Reopen, keeps_its_promises};
use super::desk::{Desk, keys};
use super::suite::{Fresh, run};

struct Server {
    cluster: Cluster,
    keys: DataKeys,
}

impl Server {
    async fn start() -> Option<Self> {
        let cluster = Cluster::start()?;
        schema::upgrade(&cluster.connection()).await.unwrap();
        let keys = DataKeys::draw().unwrap();
        Some(Self { cluster, keys })
    }

    async fn try_open(&self, scope: &IdScope) -> provisor_server::store::Result<Postgres> {
        let connection = self.cluster.connection();
        let options = Options::new(scope.clone(), self.keys.clone(), connection);
        Postgres::open(&options, Arc::new(Clock::system())).await
    }

    async fn open(&self, scope: &IdScope) -> Arc<dyn Store> {
        Arc::new(self.try_open(scope).await.unwrap())
    }
}

fn scope() -> IdScope {
    IdScope::parse("0ne0A1B2C3D").unwrap()
}

struct Again<'a>(&'a mut Server, bool);

impl Reopen for Again<'_> {
    async fn open(&mut self) -> Arc<dyn Store> {
        if self.1 {
            self.0.cluster.crash_and_restart();
        }
        self.1 = true;
        self.0.open(&scope()).await
    }
}

impl Fresh for Server {
    async fn fresh(&mut self, scope: &IdScope) -> Arc<dyn Store> {
        self.open(scope).await
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_keeps_the_contract_and_passes_the_suite() {
    let Some(mut server) = Server::start().await else {
        return;
    };
    keeps_its_promises(&scope(), &mut Again(&mut server, false)).await;
    run(&mut server).await;

    // Another scope has nothing of it; another data key opens nothing.
    let other = IdScope::parse("0ne0FFFFFFF").unwrap();
    let desk = Desk::new(server.open(&other).await, &other);
    desk.done(desk.put_individual("line-7", keys()).await).await;
    assert_eq!(
        desk.store.counts().await.unwrap().individual_enrollments,
        Some(1)
    );
    let options = Options::new(
        other,
        DataKeys::draw().unwrap(),
        server.cluster.connection(),
    );
    let clock = Arc::new(Clock::system());
    let refused = Postgres::open(&options, clock).await.unwrap_err();
    assert_eq!(refused.code(), Code::StoreDataKey, "{refused}");

    // What is exported is imported by a store of another kind, and back by another database.
    let scope = super::copies::scope();
    let folder = super::Folder::new();
    let options = Options::new(
        scope.clone(),
        server.keys.clone(),
        server.cluster.connection(),
    );
    let clock = || Arc::new(Clock::system());
    let exported = export(&options, clock(), Vec::new()).await.map(drop);
    assert_eq!(
        exported.map_err(|cause| cause.code()),
        Ok(()),
        "the contract's scope is there"
    );
    let scope = IdScope::parse("0ne0E0E0E0E").unwrap();
    let options = Options::new(
        scope.clone(),
        server.keys.clone(),
        server.cluster.connection(),
    );
    let missing = export(&options, clock(), Vec::new()).await.unwrap_err();
    assert_eq!(missing.code(), Code::StoreMissing, "{missing}");
    let from = Desk::new(server.open(&scope).await, &scope);
    super::copies::fill(&from).await;
    let mut exported = Vec::new();
    let rows = export(&options, clock(), &mut exported).await.unwrap();
    let there = import(&options, clock(), &*exported).await.unwrap_err();
    assert_eq!(there.code(), Code::StoreNotEmpty, "{there}");
    let file = folder.path("store");
    let embedded = embedded::Options::new(scope.clone(), server.keys.clone());
    assert_eq!(
        embedded::import(&*exported, &file, &embedded).unwrap(),
        rows
    );
    let store = Arc::new(embedded::Embedded::open(&file, &embedded, clock()).unwrap());
    let here = Desk::new(store, &scope);
    let all = super::copies::all_of(&from).await;
    assert_eq!(super::copies::all_of(&here).await, all);
    let mut exported = Vec::new();
    embedded::export(&file, &mut exported).unwrap();
    let elsewhere = Server {
        cluster: Cluster::start().unwrap(),
        keys: server.keys.clone(),
    };
    schema::upgrade(&elsewhere.cluster.connection())
        .await
        .unwrap();
    let options = Options::new(
        scope.clone(),
        server.keys.clone(),
        elsewhere.cluster.connection(),
    );
    let cut = exported.len() - 20;
    let refused = import(&options, clock(), &exported[..cut])
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::StoreFile, "{refused}");
    import(&options, clock(), &*exported).await.unwrap();
    let back = Desk::new(elsewhere.open(&scope).await, &scope);
    assert_eq!(super::copies::all_of(&back).await, all);
    back.register(
        "line-8",
        "hub-a",
        provisor::attestation::EnrollmentRef::Individual,
    )
    .await;

    // The database goes down and comes back: what is asked meanwhile is asked again.
    server.cluster.crash_and_restart();
    desk.store.check().await.unwrap();
    assert!(desk.device("line-7").await.individual.is_some());
}

#[tokio::test]
async fn a_database_without_a_schema_is_not_written() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let server = Server {
        cluster,
        keys: DataKeys::draw().unwrap(),
    };
    let refused = server.try_open(&scope()).await.unwrap_err();
    assert_eq!(refused.code(), Code::StoreSchema, "{refused}");
    let connection = server.cluster.connection();
    assert_eq!(schema::upgrade(&connection).await.unwrap(), 0);
    assert_eq!(schema::upgrade(&connection).await.unwrap(), schema::VERSION);
    server.try_open(&scope()).await.unwrap();
}

/// What CockroachDB, YugabyteDB or Citus lack, and what poolers in transaction mode lose.
const LACKING: [&str; 31] = [
    "SERIAL",
    "BIGSERIAL",
    "SEQUENCE",
    "NEXTVAL",
    "IDENTITY",
    "REFERENCES",
    "FOREIGN",
    "TRIGGER",
    "LISTEN",
    "NOTIFY",
    "UNLISTEN",
    "PG_ADVISORY",
    "SKIP",
    "NOWAIT",
    "NOW()",
    "CURRENT_TIMESTAMP",
    "CLOCK_TIMESTAMP",
    "RANDOM()",
    "GEN_RANDOM_UUID",
    "WITH",
    "PREPARE",
    "DEALLOCATE",
    "DECLARE",
    "CURSOR",
    "TEMP",
    "TEMPORARY",
    "LOCK TABLE",
    "SET ",
    "OFFSET",
    "EXECUTE",
    "FUNCTION",
];

#[test]
fn no_statement_asks_for_what_its_relatives_lack() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/store/postgres");
    let source = std::fs::read_to_string(format!("{folder}/sql.rs")).unwrap();
    let statements: Vec<&str> = source.split("pub(super) const ").skip(1).collect();
    assert!(statements.len() > 40, "{}", statements.len());
    let mut texts: Vec<String> = Vec::new();
    for statement in &statements {
        let text = statement.split_once('=').unwrap().1;
        let text: String = text.split(';').next().unwrap().replace("\\\n", " ");
        texts.push(text.to_uppercase());
    }
    // `SET` of an UPDATE is no setting of a session.
    for text in &mut texts {
        *text = text.replace("DO UPDATE SET ", "DO UPDATE ");
        if text
            .trim_start()
            .trim_start_matches('"')
            .starts_with("UPDATE")
        {
            *text = text.replacen(" SET ", " ", 1);
        }
    }
    for file in schema::FILES {
        let lines = file.lines().filter(|line| !line.starts_with("--"));
        texts.push(lines.collect::<Vec<_>>().join(" ").to_uppercase());
    }
    for text in &texts {
        for lacking in LACKING {
            let is_word = |at: usize| {
                let before = text[..at].chars().next_back();
                let after = text[at + lacking.len()..].chars().next();
                let letter = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
                !(letter(before) || lacking.ends_with(char::is_alphanumeric) && letter(after))
            };
            let found = text.match_indices(lacking).any(|(at, _)| is_word(at));
            assert!(!found, "{lacking} in {text}");
        }
    }
    // Every table is found by (scope, ID), and so is every row that a decision writes.
    for file in schema::FILES {
        let tables = file.matches("CREATE TABLE").count();
        assert_eq!(file.matches("PRIMARY KEY (scope, id").count(), tables);
    }
    for name in [
        "ACQUIRE",
        "SAVE",
        "RELEASE",
        "PUT_REMOVALS",
        "KEEP_CHALLENGE",
    ] {
        let begins = |text: &&&str| text.starts_with(&format!("{name}:"));
        let statement = statements.iter().find(begins).unwrap();
        assert!(
            statement.contains("scope = $1 AND id = $2") || statement.contains("(scope, id)"),
            "{statement}"
        );
    }
}

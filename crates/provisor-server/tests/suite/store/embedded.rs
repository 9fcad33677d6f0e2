//! The store in one file.

use std::sync::Arc;

use provisor::{Code, IdScope};
use provisor_server::clock::Clock;
use provisor_server::store::Store;
use provisor_server::store::embedded::{Embedded, Options};
use provisor_server::store::seal::DataKeys;

use super::Folder;
use super::contract::{Reopen, keeps_its_promises};
use super::suite::Fresh;

fn scope() -> IdScope {
    IdScope::parse("0ne0A1B2C3D").unwrap()
}

fn options(keys: &DataKeys) -> Options {
    Options::new(scope(), keys.clone())
}

struct File {
    folder: Folder,
    keys: DataKeys,
}

impl File {
    fn new() -> Self {
        Self {
            folder: Folder::new(),
            keys: DataKeys::draw().unwrap(),
        }
    }

    fn try_open(&self, options: &Options) -> provisor_server::store::Result<Embedded> {
        let clock = Arc::new(Clock::system());
        Embedded::open(&self.folder.path("store"), options, clock)
    }

    fn open_now(&self) -> Embedded {
        self.try_open(&options(&self.keys)).unwrap()
    }
}

impl Reopen for File {
    async fn open(&mut self) -> Arc<dyn Store> {
        Arc::new(self.open_now())
    }
}

#[tokio::test]
async fn the_embedded_store_keeps_the_contract() {
    keeps_its_promises(&scope(), &mut File::new()).await;
}

#[tokio::test]
async fn a_file_is_opened_by_one_process_of_its_scope_with_its_key() {
    let file = File::new();
    let open = file.open_now();
    open.check().await.unwrap();
    let refused = file.try_open(&options(&file.keys)).unwrap_err();
    assert_eq!(refused.code(), Code::StoreInUse, "{refused}");
    drop(open);
    let other = Options::new(IdScope::parse("0ne0A1B2C3E").unwrap(), file.keys.clone());
    let refused = file.try_open(&other).unwrap_err();
    assert_eq!(refused.code(), Code::StoreScope, "{refused}");
    let refused = file
        .try_open(&options(&DataKeys::draw().unwrap()))
        .unwrap_err();
    assert_eq!(refused.code(), Code::StoreDataKey, "{refused}");
    let open = file.open_now();
    open.check().await.unwrap();
    drop(open);
    // Somebody stopped while he made it.
    let file = File::new();
    std::fs::write(file.folder.path("store.new"), [0; 5000]).unwrap();
    drop(file.open_now());
    assert!(!file.folder.path("store.new").exists());
    std::fs::write(file.folder.path("store"), b"no store at all, but some text").unwrap();
    let refused = file.try_open(&options(&file.keys)).unwrap_err();
    assert_eq!(refused.code(), Code::StoreUnreadable, "{refused}");
}

#[cfg(unix)]
#[test]
fn the_file_is_its_owners() {
    use std::os::unix::fs::PermissionsExt as _;
    let file = File::new();
    drop(file.open_now());
    let mode = std::fs::metadata(file.folder.path("store")).unwrap();
    assert_eq!(mode.permissions().mode() & 0o777, 0o600);
}

struct Files(Vec<Folder>);

impl Fresh for Files {
    async fn fresh(&mut self, scope: &IdScope) -> Arc<dyn Store> {
        let folder = Folder::new();
        let options = Options::new(scope.clone(), DataKeys::draw().unwrap());
        let clock = Arc::new(Clock::system());
        let store = Embedded::open(&folder.path("store"), &options, clock).unwrap();
        self.0.push(folder);
        Arc::new(store)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_embedded_store_passes_the_suite() {
    super::suite::run(&mut Files(Vec::new())).await;
}

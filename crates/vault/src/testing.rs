//! What the tests of this crate share: vaults on both engines, and copies of keyring and root as a backup would have them.

use std::fs;
use std::path::{Path, PathBuf};

use store::testing::Ground;
use store::{Sql, Store, Value};

use crate::keyring::MIGRATIONS;
use crate::{Compartment, FileId, Vault};

pub(crate) const BOTH: [Compartment; 2] = [Compartment::File, Compartment::Equality];

/// A vault with its keyring store and its root folder.
pub(crate) struct Made {
    pub(crate) vault: Vault,
    pub(crate) keyring: Store,
    pub(crate) root: PathBuf,
}

pub(crate) async fn made(ground: &Ground) -> Made {
    let keyring = ground.store(&MIGRATIONS).await;
    let root = ground.folder().join("root");
    let vault = Vault::create(keyring.clone(), &root).await.unwrap();
    Made { vault, keyring, root }
}

pub(crate) fn file(n: u32) -> FileId {
    let mut bytes = [0xc1; 16];
    bytes[..4].copy_from_slice(&n.to_be_bytes());
    FileId::from_bytes(bytes)
}

/// The keys themselves; empty if there are none.
pub(crate) async fn raw(vault: &Vault, file: FileId) -> Vec<(Compartment, [u8; 32])> {
    vault.evict(file);
    vault.keys(file).await.map(|keys| keys.held.raw()).unwrap_or_default()
}

static HEADS: Sql =
    Sql { name: "HEADS", store: "test", text: "SELECT deployment, epoch, erased, began FROM keyring" };
static KEYS: Sql = Sql {
    name: "KEYS",
    store: "test",
    text: "SELECT file, compartment, version, epoch, created, wrapped FROM wrapped_key",
};
static PUT_HEAD: Sql = Sql {
    name: "PUT_HEAD",
    store: "test",
    text: "INSERT INTO keyring (id, deployment, epoch, erased, began) VALUES (1, $1, $2, $3, $4)",
};
static PUT_KEY: Sql = Sql {
    name: "PUT_KEY",
    store: "test",
    text: "INSERT INTO wrapped_key (file, compartment, version, epoch, created, wrapped) VALUES ($1, $2, $3, $4, $5, $6)",
};

/// A copy of the keyring in a store of its own.
pub(crate) async fn copy_of(keyring: &Store, ground: &Ground, name: &str) -> Store {
    let copy = Store::open(&ground.place(name).await, &MIGRATIONS).await.unwrap();
    let rows = keyring.read(vec![HEADS.with([]), KEYS.with([])]).await.unwrap();
    let mut batch = Vec::new();
    for row in &rows[0].rows {
        let numbers = [1, 2, 3].map(|i| Value::from(row.int(i).unwrap()));
        let [epoch, erased, began] = numbers;
        batch.push(PUT_HEAD.with([row.blob(0).unwrap().into(), epoch, erased, began]));
    }
    for row in &rows[1].rows {
        let numbers = [2, 3, 4].map(|i| Value::from(row.int(i).unwrap()));
        let [version, epoch, created] = numbers;
        let (file, wrapped) = (row.blob(0).unwrap().into(), row.blob(5).unwrap().into());
        batch.push(PUT_KEY.with([file, row.text(1).unwrap().into(), version, epoch, created, wrapped]));
    }
    copy.write(batch).await.unwrap();
    copy
}

/// A copy of the root folder.
pub(crate) fn root_copy(root: &Path, name: &str) -> PathBuf {
    let copy = root.with_file_name(name);
    fs::create_dir(&copy).unwrap();
    fs::set_permissions(&copy, fs::metadata(root).unwrap().permissions()).unwrap();
    for file in fs::read_dir(root).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), copy.join(file.file_name())).unwrap();
    }
    copy
}

/// Which epoch keys stand at a root.
pub(crate) fn keys_at(root: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(root).unwrap().map(|f| f.unwrap().file_name().into_string().unwrap()).collect();
    names.retain(|name| name.contains("epoch"));
    names.sort();
    names
}

//! What a thief of the data files finds.

use std::fs;
use std::path::{Path, PathBuf};

use access::Act;
use notice::Category;
use store::testing::grounds;
use store::{Migrations, Sql};
use vault::Compartment;

use crate::desk::{client, desk, place};

static ROWS: Migrations = Migrations {
    name: "rows",
    steps: &[(1, "rows", "CREATE TABLE entry (sealed {{BLOB}} NOT NULL -- sealed: the content\n);")],
};
static PUT: Sql = Sql { name: "PUT", store: "test", text: "INSERT INTO entry (sealed) VALUES ($1)" };

const MARKER: &str = "Canary-Wexford-Sample-71";

/// The marker as it could stand in a file.
fn spellings() -> Vec<Vec<u8>> {
    let utf16 = |bytes: fn(u16) -> [u8; 2]| MARKER.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
    let hex: String = MARKER.bytes().map(|b| format!("{b:02x}")).collect();
    vec![
        MARKER.as_bytes().to_vec(),
        utf16(u16::to_le_bytes),
        utf16(u16::to_be_bytes),
        hex.to_uppercase().into_bytes(),
        hex.into_bytes(),
        MARKER.bytes().rev().collect(),
    ]
}

fn found(folder: &Path) -> Vec<PathBuf> {
    let mut hits = Vec::new();
    for path in fs::read_dir(folder).unwrap().map(|f| f.unwrap().path()) {
        if path.is_dir() {
            hits.extend(found(&path));
        } else {
            let bytes = fs::read(&path).unwrap();
            if spellings().iter().any(|s| bytes.windows(s.len()).any(|w| w == s)) {
                hits.push(path);
            }
        }
    }
    hits
}

// promise: P14
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_of_a_sealed_value_stands_in_any_file() {
    for ground in grounds().into_iter().filter(|g| g.engine() == store::Engine::Sqlite) {
        let desk = desk(&ground).await;
        let rows = ground.store(&ROWS).await;
        desk.vault.create_file(client(1).into(), &[Compartment::File]).await.unwrap();
        let keys = desk.vault.keys(client(1).into()).await.unwrap();
        let permit = desk.adviser(Act::Write, 1, Category::Contact.into());
        for n in 0..40 {
            let value = (MARKER, "padding ".repeat(n * n));
            let sealed = desk.vault.seal(&permit, &keys, &place(1, Category::Contact), &value).unwrap();
            rows.write(vec![PUT.with([sealed.into()])]).await.unwrap();
        }
        let _ = desk.reading(1, Category::Contact).durable().await.unwrap();
        assert_eq!(found(ground.folder()), Vec::<PathBuf>::new());
        // Negative control: the scan finds the marker where it does stand.
        rows.write(vec![PUT.with([MARKER.as_bytes().into()])]).await.unwrap();
        assert_eq!(found(ground.folder()).len(), 1);
    }
}

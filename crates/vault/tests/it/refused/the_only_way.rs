//! What is left: a permit becomes an entry, the entry opens, its receipt releases. This compiles.
use access::Permit;
use audit::{Action, Detail, Log};
use vault::{FileKeys, Personal, Place, Vault};

async fn read(log: &Log, permit: Permit, vault: &Vault, keys: &FileKeys, place: &Place<'_>) -> Option<Vec<u8>> {
    let entry = log.submit(permit, Action("view-file"), Detail::default());
    let opened: Personal<String> = vault.open(&entry, keys, place, &[]).ok()?;
    let receipt = entry.durable().await.ok()?;
    serde_json::to_vec(&opened.release(&receipt).ok()?).ok()
}

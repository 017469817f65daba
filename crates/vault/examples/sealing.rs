//! How long sealing and opening take: `cargo run --release -p vault --example sealing`.
//!
//! Prints, asserts nothing. A client's page opens about 28 values of about 200 bytes.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use access::{Act, Actor, Circumstances, Permit, Policy, Request, Subject};
use audit::{Action, Detail, Log, SigningKey};
use casework::ClientId;
use notice::{Categories, Category, Purpose};
use store::{Migrations, Store};
use vault::{Compartment, FileId, Place, Vault};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

static RECORDS: Migrations = Migrations {
    name: "records",
    steps: &[(1, "outbox", audit::OUTBOX_MIGRATION), (2, "given", audit::GIVEN_MIGRATION)],
};

const OPENS: usize = 28;
const FILES: u32 = 20_000;

#[tokio::main]
async fn main() -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let (vault, log) = made(folder.path()).await?;
    let policy = Policy::shipped()?;
    let permit = |act| -> Outcome<Permit> { Ok(policy.decide(asked(act))?) };

    let client = ClientId::from_bytes([1; 16]);
    vault.create_file(client.into(), &[Compartment::File]).await?;
    let entry = log.submit(permit(Act::Read)?, Action("benchmark"), Detail::default());
    let writing = permit(Act::Write)?;
    let at = Place {
        table: "entry",
        row: [2; 16],
        version: 1,
        file: client.into(),
        compartment: &Compartment::File,
        category: Category::Identity,
        beside: vault::Beside::NOTHING,
    };
    let note = "Met at the library, talked about the course and the bus. ".repeat(4);
    let note = note.get(..200).unwrap_or(&note);

    let keys = vault.keys(client.into()).await?;
    let sealed = vault.seal(&writing, &keys, &at, &note)?;
    let warm = median(|| async {
        let keys = vault.keys(client.into()).await?;
        for _ in 0..OPENS {
            let _opened = vault.open::<String>(&entry, &keys, &at, &sealed)?;
        }
        Ok(())
    })
    .await?;
    let cold = median(|| async {
        vault.evict(client.into());
        let keys = vault.keys(client.into()).await?;
        for _ in 0..OPENS {
            let _opened = vault.open::<String>(&entry, &keys, &at, &sealed)?;
        }
        Ok(())
    })
    .await?;
    let sealing = median(|| async {
        for _ in 0..OPENS {
            vault.seal(&writing, &keys, &at, &note)?;
        }
        Ok(())
    })
    .await?;
    show(&format!("{OPENS} opens of {} bytes, keys in memory", note.len()), warm);
    show(&format!("{OPENS} opens of {} bytes, keys read from the keyring", note.len()), cold);
    show(&format!("{OPENS} seals of {} bytes", note.len()), sealing);

    let files: Vec<FileId> = (0..FILES).map(file).collect();
    let start = Instant::now();
    for one in &files {
        vault.create_file(*one, &[Compartment::File, Compartment::Equality]).await?;
    }
    show(&format!("making {FILES} files, each durable"), start.elapsed());
    let start = Instant::now();
    let found = vault.keys_of(&files).await?;
    show(&format!("the keys of {} files at once", found.len()), start.elapsed());
    let start = Instant::now();
    vault.roll_anyway().await?;
    show(&format!("moving {} keys to a new epoch", 2 * FILES), start.elapsed());
    log.close().await?;
    Ok(())
}

async fn made(folder: &Path) -> Outcome<(Vault, Log)> {
    let store = async |name: &str, migrations| {
        Store::open(&store::Place::Sqlite(folder.join(format!("{name}.db"))), migrations).await
    };
    let root = folder.join("root");
    let vault = Vault::create(store("keyring", &vault::MIGRATIONS).await?, &root).await?;
    let path = root.join("log-signing.key");
    SigningKey::create(&path)?;
    let (audit, records) = (store("audit", &audit::MIGRATIONS).await?, store("records", &RECORDS).await?);
    let (key, clock) = (SigningKey::load(&path)?, Arc::new(jiff::Timestamp::now));
    let log = Log::open(audit, records, key, &folder.join("checkpoint"), clock).await?;
    Ok((vault, log))
}

fn asked(act: Act) -> Request {
    Request {
        actor: Actor::SYSTEM,
        purpose: Purpose::Keeping,
        act,
        subject: Subject::Everyone,
        categories: Categories::from(Category::Identity),
        circumstances: Circumstances::default(),
    }
}

fn file(n: u32) -> FileId {
    let mut bytes = [0xab; 16];
    for (byte, of) in bytes.iter_mut().zip(n.to_be_bytes()) {
        *byte = of;
    }
    FileId::from_bytes(bytes)
}

/// The median of 201 runs.
async fn median<F: Future<Output = Outcome<()>>>(work: impl Fn() -> F) -> Outcome<Duration> {
    let mut times = Vec::new();
    for _ in 0..201 {
        let start = Instant::now();
        work().await?;
        times.push(start.elapsed());
    }
    times.sort_unstable();
    Ok(times.get(100).copied().unwrap_or_default())
}

#[allow(clippy::print_stdout, reason = "it is what the example is for")]
fn show(what: &str, time: Duration) {
    println!("{:>12.1} µs  {what}", time.as_secs_f64() * 1e6);
}

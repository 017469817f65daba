//! How many entries a second the log takes from 1, 8 and 64 at once, and how long each waits:
//! `cargo run --release -p audit --example audit_rate [FOLDER or postgres:// address of an empty database]`. With
//! `--fill N` it writes N entries and then times a whole verification and a proof.
#![allow(clippy::print_stdout, reason = "it is what this program is for")]

use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use access::{Act, Actor, ActorId, Circumstances, Policy, Request, Role, Subject};
use audit::{Action, Detail, Log, SigningKey};
use casework::ClientId;
use jiff::Timestamp;
use notice::{Category, Purpose};
use store::{Migrations, Place, Store};

static RECORDS: Migrations = Migrations {
    name: "records",
    steps: &[(1, "outbox", audit::OUTBOX_MIGRATION), (2, "given", audit::GIVEN_MIGRATION)],
};
const FOR: Duration = Duration::from_secs(3);

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

#[tokio::main]
async fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1);
    let (mut place, mut fill) = (None, None);
    while let Some(argument) = arguments.next() {
        if argument == "--fill" {
            fill = arguments.next().and_then(|n| n.parse::<u64>().ok());
        } else {
            place = Some(argument);
        }
    }
    let folder = std::env::temp_dir().join(format!("audit-rate-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let (audit, keep) = match place {
        Some(address) if address.starts_with("postgres") => (address.parse()?, folder),
        Some(other) => (Place::Sqlite(PathBuf::from(&other).join("audit-rate.db")), PathBuf::from(other)),
        None => (Place::Sqlite(folder.join("audit.db")), folder),
    };
    let audit = Store::open(&audit, &audit::MIGRATIONS).await?;
    let records = Store::open(&Place::Sqlite(keep.join("records.db")), &RECORDS).await?;
    let key = SigningKey::create(&keep.join("key"))?;
    let public = key.public().to_owned();
    let checkpoint = keep.join("checkpoint");
    let log = Arc::new(Log::open(audit, records, key, &checkpoint, Arc::new(Timestamp::now)).await?);
    let policy = Arc::new(Policy::shipped()?);

    match fill {
        None => {
            println!("at once   entries/s   commits/s   a commit   wait p50     p99");
            for tasks in [1, 8, 64] {
                rate(&log, &policy, tasks).await?;
            }
        }
        Some(entries) => {
            let started = Instant::now();
            let mut waiting = std::collections::VecDeque::new();
            for _ in 0..entries {
                waiting.push_back(submit(&log, &policy)?);
                if waiting.len() > 2000
                    && let Some(entry) = waiting.pop_front()
                {
                    let _receipt = entry.durable().await?;
                }
            }
            for entry in waiting {
                let _receipt = entry.durable().await?;
            }
            println!("{entries} entries in {:.1?}", started.elapsed());
            log.close().await?;
            let started = Instant::now();
            println!("{:?}", log.verify().await?);
            println!("verified in {:.1?}", started.elapsed());
            let entry = log.from(entries / 3, 1).await?.pop().ok_or("no entry")?;
            let started = Instant::now();
            let proof = log.prove(entry.seq).await?;
            println!("proof of {} bytes in {:.1?}", proof.len(), started.elapsed());
            audit::check_proof(&proof, &entry.leaf, &public)?;
            return Ok(());
        }
    }
    log.close().await?;
    println!("{} entries in all, verified: {}", log.size().await?, log.verify().await?.is_ok());
    Ok(())
}

/// An adviser opens one of a thousand files.
fn submit(log: &Log, policy: &Policy) -> Outcome<audit::Entry> {
    static ASKED: AtomicU64 = AtomicU64::new(0);
    let client = ASKED.fetch_add(1, Ordering::Relaxed).wrapping_mul(37) % 1000;
    let request = Request {
        actor: Actor { id: ActorId::from_bytes([9; 16]), role: Role::Adviser },
        purpose: Purpose::Support,
        act: Act::Read,
        subject: Subject::Client(ClientId::from_bytes(u128::from(client).to_be_bytes())),
        categories: Category::Contact.into(),
        circumstances: Circumstances { own_caseload: true, ..Circumstances::default() },
    };
    Ok(log.submit(policy.decide(request)?, Action("audit-rate"), Detail::default()))
}

async fn rate(log: &Arc<Log>, policy: &Arc<Policy>, tasks: usize) -> Outcome<()> {
    let (started, commits) = (Instant::now(), log.commits());
    let running: Vec<_> = (0..tasks)
        .map(|_| {
            let (log, policy) = (Arc::clone(log), Arc::clone(policy));
            tokio::spawn(async move {
                let mut waits = Vec::new();
                while started.elapsed() < FOR {
                    let sent = Instant::now();
                    let _receipt = submit(&log, &policy)?.durable().await?;
                    waits.push(sent.elapsed());
                }
                Outcome::Ok(waits)
            })
        })
        .collect();
    let mut waits = Vec::new();
    for task in running {
        waits.extend(task.await??);
    }
    waits.sort();
    let seconds = started.elapsed().as_secs_f64();
    let made = (log.commits() - commits) as f64;
    let at = |share: f64| waits.get((waits.len() as f64 * share) as usize).copied().unwrap_or_default();
    println!(
        "{tasks:>7}   {:>9.0}   {:>9.0}   {:>8.1}   {:>8.2?}   {:>8.2?}",
        waits.len() as f64 / seconds,
        made / seconds,
        waits.len() as f64 / made,
        at(0.5),
        at(0.99)
    );
    Ok(())
}

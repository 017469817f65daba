//! Killed with SIGKILL at random moments: every acknowledged entry is there, every committed change exactly once.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use audit::{Action, Detail, Log, SigningKey};
use jiff::Timestamp;
use store::{Place, Store};

use crate::desk::{Bench, OUTBOX, VIEW, permit};

const FOLDER: &str = "KEPT_TEST_KILLED_IN";
const AUDIT: &str = "KEPT_TEST_AUDIT_AT";
const RECORDS: &str = "KEPT_TEST_RECORDS_AT";
const ROUNDS: usize = 8;

/// What is killed: eight at once look at files and change them, and say so when each is on disk.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "started by the test below"]
async fn child() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    let place = |name| std::env::var(name).unwrap().parse::<Place>().unwrap();
    let store = Store::open(&place(AUDIT), &audit::MIGRATIONS).await.unwrap();
    let records = Store::open(&place(RECORDS), &OUTBOX).await.unwrap();
    let key = SigningKey::load(&Path::new(&folder).join("key")).unwrap();
    let checkpoint = Path::new(&folder).join("checkpoint");
    let clock = Arc::new(Timestamp::now);
    let log = Arc::new(Log::open(store, records.clone(), key, &checkpoint, clock).await.unwrap());
    let out = Arc::new(Mutex::new(std::io::stdout()));
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..8 {
        let (log, records, out) = (Arc::clone(&log), records.clone(), Arc::clone(&out));
        tasks.spawn(async move {
            let say = |word: &str, id: &str| {
                let mut out = out.lock().unwrap();
                writeln!(out, "\nkept {word} {id}").and_then(|()| out.flush()).unwrap();
            };
            loop {
                let entry = log.submit(permit(n), VIEW, Detail::default());
                let number = entry.durable().await.unwrap().number();
                say("looked", &format!("{number:032x}"));
                // What a change left behind is told apart by its row's digest.
                let digest = uuid::Uuid::new_v4();
                let mut mark = [0; 32];
                mark[..16].copy_from_slice(digest.as_bytes());
                let row = audit::RowMark { table: "entry", row: [n; 16], version: 1, digest: mark };
                let detail = Detail { rows: vec![row], ..Detail::default() };
                let change = log.change(permit(n), Action("record-meeting"), &detail);
                records.write(vec![change.outbox()]).await.unwrap();
                say("changed", &digest.simple().to_string());
                change.committed();
            }
        });
    }
    // None of them ends by itself: the first that does has failed.
    let failed = tasks.join_next().await;
    panic!("{failed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_moment_every_acknowledged_entry_is_there_and_every_change_once() {
    for bench in Bench::all().await {
        let address = |place: Place| match place {
            Place::Sqlite(path) => path.display().to_string(),
            Place::Postgres(address) => address,
        };
        let (audit, records) =
            (address(bench.ground.place("audit").await), address(bench.ground.place("records").await));
        let (mut looked, mut changed) = (BTreeSet::new(), BTreeSet::new());
        for round in 0..ROUNDS {
            let mut child = Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "killed::child", "--ignored", "--nocapture"])
                .env(FOLDER, bench.ground.folder())
                .env(AUDIT, &audit)
                .env(RECORDS, &records)
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            let lines = BufReader::new(child.stdout.take().unwrap()).lines();
            let (send, receive) = mpsc::channel();
            let reading =
                std::thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| send.send(line)));
            // So many acknowledgements later, and then at any moment of the next few commits.
            let words = |line: &String| line.starts_with("kept ");
            let mut said: Vec<String> = receive.iter().filter(words).take(20 + round * 9).collect();
            std::thread::sleep(Duration::from_micros(round as u64 * 1_700 % 9_000));
            child.kill().unwrap();
            child.wait().unwrap();
            said.extend(receive.iter());
            reading.join().unwrap().unwrap();
            for line in said {
                if let ["kept", word, id] = line.split(' ').collect::<Vec<_>>()[..]
                    && id.len() == 32
                {
                    if word == "looked" {
                        looked.insert(id.to_owned())
                    } else {
                        changed.insert(id.to_owned())
                    };
                }
            }
            let log = bench.open().await.unwrap();
            log.verify().await.unwrap().unwrap();
            let (mut numbers, mut digests) = (BTreeSet::new(), BTreeMap::<String, usize>::new());
            for entry in log.from(0, 1_000_000).await.unwrap() {
                assert!(numbers.insert(format!("{:032x}", entry.number)), "each number once");
                for (_, _, _, digest) in entry.rows {
                    *digests.entry(digest[..32].to_owned()).or_default() += 1;
                }
            }
            assert!(looked.iter().all(|number| numbers.contains(number)), "an acknowledged look is lost");
            assert!(changed.iter().all(|digest| digests.contains_key(digest)), "a committed change is lost");
            assert!(digests.values().all(|times| *times == 1), "a change is in the log twice");
            log.close().await.unwrap();
        }
        eprintln!("{} looks and {} changes acknowledged", looked.len(), changed.len());
        assert!(looked.len() >= ROUNDS && changed.len() >= ROUNDS);
    }
}

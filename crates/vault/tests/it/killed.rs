//! Killed with SIGKILL at random moments: nothing acknowledged is lost, nothing erased comes back.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use access::{Act, Policy, Subject};
use casework::ClientId;
use notice::{Categories, Purpose};
use store::{Place, Store};
use vault::{Compartment, FileId, Vault};

use crate::desk::system;

const FOLDER: &str = "KEPT_TEST_KILLED_IN";
const ROUNDS: usize = 14;

async fn keyring(folder: &Path) -> Store {
    Store::open(&Place::Sqlite(folder.join("keyring.db")), &vault::MIGRATIONS).await.unwrap()
}

fn client(n: u64) -> ClientId {
    let mut bytes = [0xee; 16];
    bytes[..8].copy_from_slice(&n.to_be_bytes());
    ClientId::from_bytes(bytes)
}

/// What is killed: makes files, erases every third, rolls, and says so only when each is done.
#[tokio::test]
#[ignore = "started by the test below"]
async fn child() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let folder = Path::new(&folder);
    let vault = Vault::unlock(keyring(folder).await, &folder.join("root")).await.unwrap();
    let policy = Policy::shipped().unwrap();
    let mut out = std::io::stdout();
    let mut say = |word: &str, n: u64| writeln!(out, "\nkept {word} {n}").and_then(|()| out.flush()).unwrap();
    let first = u64::from(std::process::id()) * 100_000;
    for n in first.. {
        vault.create_file(client(n).into(), &[Compartment::File, Compartment::Equality]).await.unwrap();
        say("made", n);
        if n % 3 == 0 {
            let request = system(Purpose::Keeping, Act::Erase, Subject::Client(client(n)), Categories::all());
            let permit = policy.decide(request).ok().unwrap();
            say("erasing", n);
            vault.erase(&permit, client(n).into(), None).await.unwrap();
            say("erased", n);
        }
        if n % 4 == 0 {
            vault.roll().await.unwrap();
        }
    }
}

#[tokio::test]
async fn killed_at_any_moment_every_acknowledged_key_is_there_and_every_erased_one_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("root");
    Vault::create(keyring(folder.path()).await, &root).await.unwrap();
    let (mut made, mut erasing, mut erased) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for round in 0..ROUNDS {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "killed::child", "--ignored", "--nocapture"])
            .env(FOLDER, folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (send, receive) = mpsc::channel();
        let reading =
            std::thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| send.send(line)));
        // Some acknowledgements later, and then at any moment of the next few steps.
        let words = |line: &String| line.starts_with("kept ");
        let mut said: Vec<String> = receive.iter().filter(words).take(3 + round % 7).collect();
        std::thread::sleep(Duration::from_micros(round as u64 * 1_700 % 13_000));
        child.kill().unwrap();
        child.wait().unwrap();
        said.extend(receive.iter());
        reading.join().unwrap().unwrap();
        for line in said {
            let words: Vec<&str> = line.split(' ').collect();
            if let ["kept", word, n] = words[..] {
                let n: u64 = n.parse().unwrap();
                match word {
                    "made" => made.insert(n),
                    "erasing" => erasing.insert(n),
                    _ => erased.insert(n),
                };
            }
        }
        let vault = Vault::unlock(keyring(folder.path()).await, &root).await.unwrap();
        vault.self_test().await.unwrap();
        for n in &made {
            let keys = vault.keys(client(*n).into()).await;
            if erased.contains(n) {
                assert!(keys.is_err(), "{n} came back");
            } else if !erasing.contains(n) {
                assert_eq!(keys.unwrap().compartments().count(), 2, "{n} was lost");
            }
        }
        let keys = std::fs::read_dir(&root).unwrap().map(|f| f.unwrap().file_name().into_string().unwrap());
        assert_eq!(keys.filter(|name| name.ends_with(".key")).count(), 1, "one epoch key is left");
        let all: Vec<FileId> = erased.iter().map(|n| client(*n).into()).collect();
        assert!(vault.holds(&all).await.unwrap().is_empty());
    }
    assert!(made.len() >= ROUNDS && !erased.is_empty(), "{} made, {} erased", made.len(), erased.len());
}

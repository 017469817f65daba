//! The exit export: that nothing is forgotten, that what was written reads back, that it is encrypted and audited.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use access::Role;
use casework::ClientId;
use casework::appointments::{Said, Slot, Way};
use records::appointments::Booking;
use records::export::{Folder, LEFT_OUT, exported};
use records::messages::Step;
use records::{Error, MIGRATIONS, Visit};
use serde_json::Value;

use crate::bench::{Bench, meeting};

const REASON: &str = "We move to another system";

/// The tables that the migrations make.
fn tables() -> BTreeSet<&'static str> {
    let texts = MIGRATIONS.steps.iter().flat_map(|(_, _, text)| text.split("CREATE TABLE ").skip(1));
    texts.filter_map(|rest| rest.split([' ', '(']).next()).collect()
}

#[test]
fn every_table_leaves_or_stays_for_a_reason_that_is_given() {
    let leaves: BTreeSet<&str> = exported().into_iter().map(|(table, _)| table).collect();
    let stays: BTreeSet<&str> = LEFT_OUT.iter().map(|(table, _)| *table).collect();
    assert!(leaves.is_disjoint(&stays));
    let told: BTreeSet<&str> = leaves.union(&stays).copied().collect();
    assert_eq!(told, tables(), "a new table needs its line in crates/records/src/export/tables.rs");
    assert!(LEFT_OUT.iter().all(|(_, why)| why.len() > 15));
    let page = include_str!("../../../../docs/export.md");
    for (_, file) in exported() {
        assert!(page.contains(&format!("`{file}.jsonl`")), "docs/export.md does not tell of {file}");
    }
}

pub(crate) async fn document(bench: &Bench, visit: &Visit, client: ClientId) {
    let sending = records::documents::Sending {
        form: *uuid::Uuid::new_v4().as_bytes(),
        goes: records::documents::Goes::IntoFile,
        name: "cv.txt".into(),
        title: "Marked title of a CV".into(),
        kind: casework::documents::Kind::Cv,
        note: String::new(),
    };
    let begun = bench.service.begin_document(visit, client, sending).await.unwrap();
    let records::documents::Begun::Upload(mut upload) = begun else { panic!("a new form") };
    upload.push(b"Two marked years at the harbour").await.unwrap();
    upload.finish().await.unwrap();
}

/// Books the client for tomorrow, at another time for each number. They are to be told, and nothing can be sent.
pub(crate) async fn book(bench: &Bench, visit: &Visit, client: ClientId, nth: usize) {
    let now = bench.service.surroundings().civil(bench.service.surroundings().now());
    let hour = 9 + i8::try_from(nth % 8).unwrap();
    let at = now.date().tomorrow().unwrap().at(hour, 0, 0, 0);
    let booking = Booking {
        room: None,
        form: *uuid::Uuid::new_v4().as_bytes(),
        adviser: visit.staff,
        slots: vec![Slot::at(at, 30, &now).unwrap()],
        way: Way::Office,
        said: Said { about: "Marked CV".into(), place: String::new() },
        tell: true,
    };
    let _ = bench.service.book(visit, client, booking).await;
    bench.service.send_by(messages::Post::none().unwrap());
    while bench.service.send_next().await.unwrap() == Step::Done {}
}

/// Two clients with something of most kinds.
async fn filled(bench: &Bench) -> Vec<ClientId> {
    let ada = bench.visit("Ada", Role::Adviser).await;
    bench.staff("Gwen", Role::Governance).await;
    let mut clients = Vec::new();
    for (nth, name) in ["Daniel Marked", "Maria Marked"].into_iter().enumerate() {
        let client = bench.client(&ada, name).await;
        let (form, day) = (*uuid::Uuid::new_v4().as_bytes(), bench.service.surroundings().today());
        bench.service.record_meeting(&ada, client, form, day, &meeting("A marked note", true)).await.unwrap();
        book(bench, &ada, client, nth).await;
        document(bench, &ada, client).await;
        let place = casework::paper::Place::read("Office 2", "Cabinet B", "14").unwrap();
        let form = *uuid::Uuid::new_v4().as_bytes();
        bench.service.add_paper(&ada, client, form, "Marked agreement", &place).await.unwrap();
        clients.push(client);
    }
    clients
}

fn lines(folder: &Path) -> BTreeMap<String, Vec<Value>> {
    let mut read = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|end| end == "jsonl") {
            let text = std::fs::read_to_string(&path).unwrap();
            let lines = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
            read.insert(path.file_stem().unwrap().to_str().unwrap().to_owned(), lines);
        }
    }
    read
}

fn bytes_below(folder: &Path) -> Vec<u8> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        all.extend(if path.is_dir() { bytes_below(&path) } else { std::fs::read(path).unwrap() });
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_is_kept_is_written_and_reads_back() {
    for bench in Bench::all().await {
        let clients = filled(&bench).await;
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("leaving");
        let mut folder = Folder::new(&path, None).unwrap();
        let mut heard = Vec::new();
        let by = "gwen@example.org";
        let written =
            bench.service.export(by, REASON, &mut folder, |done, of| heard.push((done, of))).await.unwrap();
        assert_eq!((written.files, written.documents, heard.as_slice()), (2, 2, [(1, 2), (2, 2)].as_slice()));
        let read = lines(&path);
        let manifest: Value =
            serde_json::from_str(&std::fs::read_to_string(path.join("manifest.json")).unwrap()).unwrap();
        let mut told = 0;
        for (name, file) in manifest["files"].as_object().unwrap() {
            use sha2::Digest as _;
            let bytes = std::fs::read(path.join(name)).unwrap();
            assert_eq!(file["sha256"], hex::encode(sha2::Sha256::digest(&bytes)), "{name}");
            if let Some(kind) = name.strip_suffix(".jsonl") {
                assert_eq!(file["lines"], read[kind].len(), "{name}");
                told += read[kind].len();
            }
        }
        assert_eq!(told as u64, written.lines);
        // Whoever has nothing but the folder finds there what each column holds.
        let columns = std::fs::read_to_string(path.join("COLUMNS.md")).unwrap();
        for (kind, lines) in &read {
            let section =
                columns.split(&format!("\n## {kind}.jsonl\n")).nth(1).unwrap_or_else(|| panic!("{kind}"));
            let section = section.split("\n## ").next().unwrap();
            for column in lines.iter().flat_map(|line| line.as_object().unwrap().keys()) {
                let told = section.lines().any(|line| {
                    line.starts_with('|') && line.split('|').nth(1).unwrap().contains(column.as_str())
                });
                assert!(told, "{kind}: {column} in {section}");
            }
        }
        let ids = |kind: &str| -> BTreeSet<String> {
            read[kind].iter().map(|line| line["client"].as_str().unwrap().to_owned()).collect()
        };
        let all: BTreeSet<String> = clients.iter().map(ToString::to_string).collect();
        for kind in ["entries", "appointments", "documents", "paper"] {
            assert_eq!(ids(kind), all, "{kind}");
        }
        // Each: contact page, notice given, agreement, meeting.
        assert_eq!(read["entries"].len(), 8);
        let met = read["entries"].iter().find(|line| line["kind"] == "meeting").unwrap();
        assert_eq!((&met["content"]["note"], &met["day"]), (&"A marked note".into(), &"2026-11-23".into()));
        let page = read["entries"].iter().find(|line| line["kind"] == "profile").unwrap();
        assert!(page["content"]["name"]["text"].as_str().unwrap().ends_with("Marked"), "{page}");
        assert_eq!(read["appointments"][0]["content"]["about"], "Marked CV");
        assert_eq!(
            (ids("messages"), &read["messages"][0]["due"]),
            (all, &Value::Null),
            "nobody asks after it"
        );
        assert_eq!(read["paper"][0]["what"], "Marked agreement");
        assert!(read["paper"][0]["place"].to_string().contains("Cabinet B"));
        assert!(read["staff"].iter().any(|line| line["name"] == "Gwen" && line.get("sealed").is_none()));
        assert_eq!(read["clients"][0]["restricted"], false);
        for line in &read["documents"] {
            let name = format!("{}-{}", line["id"].as_str().unwrap(), line["version"]);
            let bytes = std::fs::read(path.join("documents").join(name)).unwrap();
            assert_eq!(bytes, b"Two marked years at the harbour");
            assert_eq!(line["content"]["title"], "Marked title of a CV");
        }
        assert!(Folder::new(&path, None).is_err(), "a folder that holds something is left alone");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_encrypted_export_holds_nothing_that_can_be_read_without_the_key() {
    for bench in Bench::all().await {
        filled(&bench).await;
        let place = tempfile::tempdir().unwrap();
        let (plain, sealed) = (place.path().join("plain"), place.path().join("sealed"));
        let identity = age::x25519::Identity::generate();
        let recipient = identity.to_public().to_string();
        let mut folder = Folder::new(&plain, None).unwrap();
        bench.service.export("gwen@example.org", REASON, &mut folder, |_, _| {}).await.unwrap();
        let mut folder = Folder::new(&sealed, Some(&recipient)).unwrap();
        bench.service.export("gwen@example.org", REASON, &mut folder, |_, _| {}).await.unwrap();
        let holds = |folder: &Path, mark: &[u8]| bytes_below(folder).windows(mark.len()).any(|w| w == mark);
        for mark in [&b"Marked"[..], b"marked years", b"gwen@example.org", b"Cabinet B"] {
            assert!(holds(&plain, mark) && !holds(&sealed, mark));
        }
        for entry in std::fs::read_dir(&plain).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            if name.ends_with(".jsonl") {
                let bytes = std::fs::read(sealed.join(format!("{name}.age"))).unwrap();
                assert_eq!(
                    age::decrypt(&identity, &bytes).unwrap(),
                    std::fs::read(plain.join(name)).unwrap()
                );
            }
        }
        assert!(Folder::new(&place.path().join("x"), Some("age1nobody")).is_err());
    }
}

// promise: P4
#[tokio::test(flavor = "multi_thread")]
async fn an_export_is_the_governance_leads_and_each_client_can_see_it_with_its_reason() {
    for bench in Bench::all().await {
        let clients = filled(&bench).await;
        let place = tempfile::tempdir().unwrap();
        let path = |name: &str| place.path().join(name);
        for (nth, (by, reason)) in
            [("ada@example.org", REASON), ("nobody@example.org", REASON), ("gwen@example.org", "Because")]
                .into_iter()
                .enumerate()
        {
            let mut folder = Folder::new(&path(&nth.to_string()), None).unwrap();
            assert!(bench.service.export(by, reason, &mut folder, |_, _| {}).await.is_err(), "{by}");
        }
        let mut folder = Folder::new(&path("whole"), None).unwrap();
        bench.service.export("gwen@example.org", REASON, &mut folder, |_, _| {}).await.unwrap();
        let ada = bench.service.directory().everybody()[0].id;
        let ada = bench.visit_of(ada, Role::Adviser);
        for client in &clients {
            let looks = bench.service.who_looked(&ada, *client).await.unwrap().release().await.unwrap().looks;
            let look = looks.iter().find(|look| look.action == "export-file").unwrap();
            assert_eq!((look.reason.as_deref(), look.role), (Some(REASON), Some(Role::Governance)));
            assert_eq!(looks.iter().filter(|look| look.action == "export-file").count(), 1);
        }
        // A file that is closed to whoever exports stops it: an export with a hole is not called whole.
        let gwen = bench.service.directory().everybody().into_iter().find(|m| m.name == "Gwen").unwrap().id;
        let gwen = bench.visit_of(gwen, Role::Governance);
        bench.service.declare_conflict(&gwen, clients[0]).await.unwrap();
        let mut folder = Folder::new(&path("hole"), None).unwrap();
        let refused = bench.service.export("gwen@example.org", REASON, &mut folder, |_, _| {}).await;
        assert!(matches!(refused, Err(Error::Refused(_))));
        assert!(!path("hole").join("manifest.json").exists());
    }
}

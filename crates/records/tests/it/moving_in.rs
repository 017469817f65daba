//! An export that is taken in makes a service that is equal to the one that was left: whatever was done in it, on both engines and
//! from each to the other. What is not whole is not taken in, and leaves nothing behind.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use access::Role;
use casework::ClientId;
use casework::holds::{Authority, Hold};
use casework::profile::fields;
use casework::requests::Kind;
use jiff::civil::date;
use records::documents::Settings;
use records::erasure::Ground as Because;
use records::export::{Folder, exported};
use records::moving_in::{TakenIn, TakingIn, take_in};
use records::{Error, Places, Service, Surroundings};
use store::testing::{Ground, grounds};

use crate::bench::{Bench, meeting, places};
use crate::{programmes, requests};

const REASON: &str = "We move to another machine";
const LEAD: &str = "gwen@example.org";

/// Numbers that follow from a seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % most
    }
}

fn key() -> [u8; 16] {
    *uuid::Uuid::new_v4().as_bytes()
}

/// A service in which so many things happened, one drawn after the other. What the rules refuse does not happen.
async fn lived_in(bench: &Bench, seed: u64, acts: usize) {
    let service = &bench.service;
    let ada = bench.visit("Ada", Role::Adviser).await;
    let meera = bench.visit("Meera", Role::Manager).await;
    let gwen = bench.visit("Gwen", Role::Governance).await;
    let ladder = programmes::ladder(bench).await;
    let mut dice = Dice(seed);
    let mut clients: Vec<ClientId> = Vec::new();
    for nth in 0..4 {
        clients.push(
            bench.client(&ada, ["Daniel Whitfield", "Maria Lopes", "Ann Other", "Zoë Quill"][nth]).await,
        );
    }
    for nth in 0..acts {
        bench.later(600);
        let [ada, meera, gwen] = [(&ada, Role::Adviser), (&meera, Role::Manager), (&gwen, Role::Governance)]
            .map(|(visit, role)| bench.visit_of(visit.staff, role));
        let client = clients[dice.below(clients.len())];
        match dice.below(11) {
            0 => clients.push(programmes::client(bench, &ada, &format!("Somebody Number{nth}")).await),
            1 | 2 => {
                let _ = service
                    .record_meeting(&ada, client, key(), date(2026, 11, 23), &meeting("Came by.", true))
                    .await;
            }
            3 => crate::export::book(bench, &ada, client, nth).await,
            4 => {
                let _ = crate::export::document(bench, &ada, client).await;
            }
            5 => {
                let place = casework::paper::Place::read("Office 2", "Cabinet B", "14").unwrap();
                let _ = service.add_paper(&ada, client, key(), "Signed agreement", &place).await;
            }
            6 => {
                requests::ask(bench, &ada, client, Kind::Complaint).await;
            }
            7 => {
                let _ = service.state_reason(&gwen, client, "A claim that has to be looked after.").await;
                let reason = "A claim is before the tribunal.".into();
                let hold = Hold { authority: Authority::LegalClaim, reason, review: date(2027, 12, 1) };
                let _ = service.set_hold(&gwen, client, key(), &hold).await;
            }
            8 => {
                let _ = programmes::place(bench, &ada, client, ladder).await;
            }
            9 => {
                let other = clients[dice.below(clients.len())];
                let _ = service.say_different(&meera, client, other).await;
            }
            _ => {
                let number = format!("NB-{}", 10_001 + dice.below(clients.len()));
                if clients.len() > 3 && service.erase_file(&number, Because::Request).await.is_ok() {
                    let mut left = Vec::new();
                    for client in clients {
                        if service.erased(client).await.unwrap().is_none() {
                            left.push(client);
                        }
                    }
                    clients = left;
                }
            }
        }
    }
}

async fn exported_to(service: &Service, path: &Path, recipient: Option<&str>) {
    let mut folder = Folder::new(path, recipient).unwrap();
    service.export(LEAD, REASON, &mut folder, |_, _| {}).await.unwrap();
}

/// Every file of an export but the manifest, its lines in the order of their texts.
fn said(folder: &Path) -> BTreeMap<String, Vec<String>> {
    let mut all = BTreeMap::new();
    for (_, kind) in exported() {
        let text = fs::read_to_string(folder.join(format!("{kind}.jsonl"))).unwrap();
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.sort();
        all.insert(kind.to_owned(), lines);
    }
    for entry in fs::read_dir(folder.join("documents")).into_iter().flatten() {
        let path = entry.unwrap().path();
        all.insert(
            path.file_name().unwrap().to_str().unwrap().to_owned(),
            vec![hex::encode(fs::read(path).unwrap())],
        );
    }
    all
}

fn clock(bench: &Bench) -> Surroundings {
    let now = bench.service.surroundings().now();
    Surroundings::with_clock(move || now)
}

/// Takes an export in on this ground.
async fn taken(
    export: &Path,
    identity: Option<&str>,
    ground: &Ground,
    surroundings: &Surroundings,
) -> (Places, Result<TakenIn, Error>) {
    let places = places(ground).await;
    let scratch = ground.folder().join("scratch");
    let _ = fs::create_dir(&scratch);
    let settings = Settings::default();
    let asked = TakingIn { export, identity, places: &places, documents: &settings, scratch: &scratch };
    let made = take_in(&asked, surroundings).await;
    (places, made)
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_was_done_is_the_same_in_the_service_that_takes_it_in() {
    let mut seen = BTreeSet::new();
    for (seed, bench) in (1..).zip(Bench::all().await) {
        lived_in(&bench, seed, 60).await;
        let folder = tempfile::tempdir().unwrap();
        let left = folder.path().join("left");
        exported_to(&bench.service, &left, None).await;
        let before = said(&left);
        seen.extend(before.iter().filter(|(_, lines)| !lines.is_empty()).map(|(kind, _)| kind.clone()));
        for ground in grounds() {
            eprintln!("from {:?} to {:?}", bench.ground.engine(), ground.engine());
            let surroundings = clock(&bench);
            let (places, made) = taken(&left, None, &ground, &surroundings).await;
            assert_eq!(made.unwrap().files as usize, before["clients"].len());
            let service = Service::open(&places, surroundings).await.unwrap();
            let findings = service.examine().await;
            assert!(findings.iter().all(|finding| finding.sound), "{findings:?}");
            assert_eq!(service.people_known(), bench.service.people_known());
            let again = folder.path().join(format!("again-{:?}", ground.engine()));
            exported_to(&service, &again, None).await;
            let after = said(&again);
            for (kind, lines) in &before {
                assert_eq!(Some(lines), after.get(kind), "{kind}");
            }
            assert_eq!(before.len(), after.len());
            // It goes on from there: numbers that were given are not given again.
            let ada = service.directory().everybody().into_iter().find(|one| one.name == "Ada").unwrap().id;
            let ada = bench.visit_of(ada, Role::Adviser);
            let client =
                service.register_client(&ada, crate::bench::registration("Newly Come")).await.unwrap();
            let file = service.open_file(&ada, client, 20).await.unwrap().release().await.unwrap();
            let number = file.profile().text(&fields::CLIENT_NUMBER).unwrap().to_owned();
            assert!(!format!("{before:?}").contains(&number), "{number}");
            service.close().await.unwrap();
        }
    }
    for kind in [
        "entries",
        "appointments",
        "documents",
        "paper",
        "requests",
        "holds",
        "placements",
        "erased",
        "keeping",
    ] {
        assert!(seen.contains(kind), "nothing was drawn that makes {kind}: {seen:?}");
    }
}

/// Whether there is nothing of a service.
fn nothing_at(places: &Places, ground: &Ground) -> bool {
    let documents = ground.folder().join("documents");
    let empty = |path: &PathBuf| path.read_dir().is_ok_and(|mut inside| inside.next().is_some());
    let stores = [&places.records, &places.audit, &places.keyring];
    let files = stores.iter().all(|place| match place {
        store::Place::Sqlite(path) => !path.exists(),
        store::Place::Postgres(_) => true,
    });
    files && !empty(&places.root) && !places.checkpoint.exists() && !empty(&documents)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_whole_is_not_taken_in_and_leaves_nothing_behind() {
    let bench = Bench::all().await.remove(0);
    lived_in(&bench, 7, 25).await;
    let identity = age::x25519::Identity::generate();
    let secret = {
        use age::secrecy::ExposeSecret as _;
        identity.to_string().expose_secret().to_owned()
    };
    let folder = tempfile::tempdir().unwrap();
    let (plain, sealed) = (folder.path().join("plain"), folder.path().join("sealed"));
    exported_to(&bench.service, &plain, None).await;
    exported_to(&bench.service, &sealed, Some(&identity.to_public().to_string())).await;
    let surroundings = clock(&bench);
    let stranger = {
        use age::secrecy::ExposeSecret as _;
        age::x25519::Identity::generate().to_string().expose_secret().to_owned()
    };

    let refused = async |export: &Path, identity: Option<&str>, part: &str| {
        let ground = grounds().remove(0);
        let (places, made) = taken(export, identity, &ground, &surroundings).await;
        let said = made.unwrap_err().to_string();
        assert!(said.contains(part), "{part}: {said}");
        assert!(!said.contains("Whitfield"), "{said}");
        assert!(nothing_at(&places, &ground), "{part}");
    };
    // Each change is taken back before the next.
    let changed = async |name: &str, change: &dyn Fn(String) -> Option<String>, part: &str| {
        let path = plain.join(name);
        let text = fs::read_to_string(&path).unwrap();
        match change(text.clone()) {
            Some(other) => fs::write(&path, other).unwrap(),
            None => fs::remove_file(&path).unwrap(),
        }
        refused(&plain, None, part).await;
        fs::write(&path, text).unwrap();
    };
    changed("manifest.json", &|_| None, "no manifest").await;
    changed("entries.jsonl", &|_| None, "entries.jsonl of the export is missing").await;
    changed(
        "entries.jsonl",
        &|text| Some(text.replace("Came", "Went")),
        "entries.jsonl of the export is not as it was",
    )
    .await;
    changed(
        "manifest.json",
        &|text| Some(text.replace("\"schema\": ", "\"schema\": 9")),
        "another version of Kept",
    )
    .await;
    changed("manifest.json", &|text| Some(text.replace("kept-export-1", "kept-export-9")), "kept-export-9")
        .await;
    changed(
        "manifest.json",
        &|text| Some(text.replace("\"clients.jsonl\"", "\"others.jsonl\"")),
        "names no clients.jsonl",
    )
    .await;
    refused(&sealed, None, "is encrypted").await;
    refused(&sealed, Some(&stranger), "encrypted to somebody else").await;
    refused(&sealed, Some("age1nobody"), "no identity").await;
    refused(folder.path(), None, "no manifest").await;

    let ground = grounds().remove(0);
    let (places, made) = taken(&sealed, Some(&secret), &ground, &surroundings).await;
    made.unwrap();
    let (_, again) = taken(&plain, None, &ground, &surroundings).await;
    assert!(again.unwrap_err().to_string().contains("a service in that place already"));
    Service::open(&places, surroundings.clone()).await.unwrap().close().await.unwrap();

    // It breaks off after keys were drawn and documents were sealed.
    let ground = grounds().remove(0);
    let places = crate::bench::places(&ground).await;
    let (settings, scratch) = (Settings::default(), ground.folder().join("nowhere"));
    let asked =
        TakingIn { export: &plain, identity: None, places: &places, documents: &settings, scratch: &scratch };
    assert!(take_in(&asked, &surroundings).await.is_err());
    assert!(nothing_at(&places, &ground));
}

//! A service whose documents stand in a bucket, from outside: moved there by a backup, used, erased, and moved back.

use std::fs;

use super::backups::{Restored, back_up, copy_keyring, files, json, register, send, text};
use super::s3::{S3, SECRET};
use super::site::{Running, Site, ended, signal};
use super::*;

/// The most memory that a process had so far, in megabytes.
fn peak(running: &Running) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", running.0.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() / 1024
}

/// Writes the configuration of a place whose documents stand in this store.
fn name_the_bucket(site: &Site, place: &Restored<'_>, store: &S3) {
    let own = fs::read_to_string(site.folder().join("kept.toml")).unwrap();
    let bucket = format!(
        "\n[documents.bucket]\nendpoint = \"http://127.0.0.1:{}\"\nregion = \"eu-west-2\"\nname = \"kept\"\nkey = \"kept\"\nsecret_file = \"s3-secret\"\npatience_seconds = 2\n",
        store.port
    );
    fs::write(place.config(), own + &bucket).unwrap();
    fs::write(place.folder.join("s3-secret"), SECRET).unwrap();
}

#[test]
fn documents_move_into_a_bucket_by_a_backup_are_used_there_and_move_back() {
    let Some(mut store) = S3::start() else { return };
    let site = Site::all(2).swap_remove(0);
    let (client, letter) = {
        let running = site.start();
        let adviser = site.sign_in("adviser");
        let client = register(&site, &adviser, "Zqmoves");
        let letter = send(&site, &adviser, &client, "Letter", "Zqletter");
        signal(&running, "-TERM");
        assert!(ended(running).success());
        (client, letter)
    };
    let (backup, keyring) = (back_up(&site), copy_keyring(&site, "keyring"));
    let moved = Restored::empty(&site, &site, "moved", &site.folder().join("root"));
    name_the_bucket(&site, &moved, &store);
    let said = json(&moved.restore(&backup, &["--keyring", text(&keyring)]));
    let put = said["documents"].as_u64().unwrap();
    assert_eq!(store.list().len() as u64, put, "{said}");
    moved.is_sound();
    assert!(well(&moved.kept(&["doctor"])).contains("in the bucket kept, 0 without their bytes"));
    assert!(!moved.folder.join("data/documents").exists());

    let running = moved.start();
    let adviser = site.sign_in("adviser");
    assert_eq!(site.get(&format!("{letter}/1/view"), &adviser).text, "Zqletter");
    let before = peak(&running);
    let long: String = (0..).map(|line| format!("line {line}\n")).take(1_700_000).collect();
    let long = &long[..19_000_000];
    let large = send(&site, &adviser, &client, "Large", long);
    let more = peak(&running) - before;
    assert!(more < 32, "{more} MB more");
    assert!(site.get(&format!("{large}/1/view"), &adviser).text == long);
    assert!(peak(&running) - before < 32);

    // Away: nothing half is kept, and what was typed is on the page.
    store.tell("slow 4");
    let body = format!(
        "--edge\r\nContent-Disposition: form-data; name=\"form\"\r\n\r\n{}\r\n--edge\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nZqtyped\r\n--edge\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\nletter\r\n--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"s.txt\"\r\n\r\nwords\r\n--edge--\r\n",
        super::site::form_key()
    );
    let said = site.send(&format!("{client}/documents"), &adviser, body.as_bytes()).unwrap();
    assert_eq!(said.status, 422);
    assert!(
        said.text.contains("What you typed is still here") && said.text.contains("Zqtyped"),
        "{}",
        said.text
    );
    assert_eq!(site.get(&format!("{letter}/1/view"), &adviser).status, 503);
    store.tell("slow 0");
    signal(&running, "-TERM");
    assert!(ended(running).success());
    assert_eq!(store.list().iter().filter(|name| !name.ends_with("~unfinished")).count() as u64, put + 1);

    let (backup, keyring) = (back_up_of(&moved, "backups-moved"), copy_of(&moved, "keyring-moved"));
    assert_eq!(files(&backup.join("documents")).len() as u64, put + 1);
    well(&moved.kept(&["backup", "verify", text(&backup)]));
    // A bucket that holds something is no place to restore into.
    let full = Restored::empty(&site, &site, "full", &site.folder().join("root"));
    name_the_bucket(&site, &full, &store);
    let said = complaint(&full.restore(&backup, &["--keyring", text(&keyring)]));
    assert!(said.contains("There are documents in that place already"), "{said}");
    assert_eq!(store.list().iter().filter(|name| !name.ends_with("~unfinished")).count() as u64, put + 1);
    let back = Restored::empty(&site, &site, "back", &site.folder().join("root"));
    assert_eq!(json(&back.restore(&backup, &["--keyring", text(&keyring)]))["documents"], put + 1);
    back.is_sound();

    well(&moved.kept(&["erase", "NB-10003", "--ground", "request"]));
    let of_client = client.rsplit('/').next().unwrap();
    assert!(store.list().iter().all(|name| !name.contains(of_client)), "{:?}", store.list());
    moved.is_sound();
}

fn back_up_of(place: &Restored<'_>, name: &str) -> std::path::PathBuf {
    let to = place.folder.with_file_name(name);
    json(&place.kept(&["backup", text(&to), "--json"]))["folder"].as_str().unwrap().into()
}

fn copy_of(place: &Restored<'_>, name: &str) -> std::path::PathBuf {
    let to = place.folder.with_file_name(name);
    json(&place.kept(&["backup", "keyring", text(&to), "--json"]))["files"][0].as_str().unwrap().into()
}

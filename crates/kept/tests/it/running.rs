//! A service that runs, is stopped and is killed.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use super::site::{demo, ended, get, signal};
use super::*;

#[test]
fn a_demo_says_who_can_sign_in_answers_and_ends_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    let (child, said) = demo(folder.path());
    assert_eq!(said["people"].as_array().unwrap().len(), 8);
    assert_eq!(said["people"][0]["totp_secret"].as_str().unwrap().len(), 32);
    assert_eq!(said["clients"], 30);
    let page = get(said["address"].as_str().unwrap(), "/sign-in");
    assert!(page.starts_with("HTTP/1.1 200") && page.contains("ruth.calderbank@example.org"), "{page}");
    signal(&child, "-TERM");
    assert!(ended(child).success());
    assert!(well(&kept(folder.path(), &["doctor"])).contains("30 of 30 people can be found"));
}

#[test]
fn a_service_that_is_killed_is_sound_when_it_is_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    let (mut child, said) = demo(folder.path());
    // It is killed while answers and their entries are on their way.
    let address = said["address"].as_str().unwrap().to_owned();
    let asking = std::thread::spawn(move || {
        while let Ok(mut stream) = TcpStream::connect(address.trim_start_matches("http://")) {
            let form = "email=ruth.calderbank%40example.org&password=wrong";
            let _ = write!(
                stream,
                "POST /sign-in HTTP/1.1\r\nHost: x\r\nOrigin: {address}\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
                form.len()
            );
            let _ = stream.read_to_string(&mut String::new());
        }
    });
    std::thread::sleep(Duration::from_millis(300));
    child.0.kill().unwrap();
    child.0.wait().unwrap();
    asking.join().unwrap();
    let doctor = well(&kept(folder.path(), &["doctor"]));
    assert!(doctor.lines().all(|line| line.starts_with("ok  ")), "{doctor}");
    well(&kept(folder.path(), &["audit", "verify"]));
}

#[test]
fn a_file_that_was_erased_at_the_console_is_gone_for_good() {
    let folder = tempfile::tempdir().unwrap();
    let (child, _) = demo(folder.path());
    signal(&child, "-INT");
    assert!(ended(child).success());
    let here = folder.path();
    let would = well(&kept(here, &["erase", "NB-10001", "--ground", "request", "--dry-run", "--json"]));
    let would: serde_json::Value = serde_json::from_str(&would).unwrap();
    assert!(would["would_erase"]["entries"].as_u64().unwrap() > 3, "{would}");
    assert!(well(&kept(here, &["erase", "NB-10001", "--ground", "request"])).starts_with("Erased."));
    complaint(&kept(here, &["erase", "NB-10001", "--ground", "request"]));
    assert!(well(&kept(here, &["doctor"])).contains("1 wait for the next epoch"));
    assert!(well(&kept(here, &["keyring", "roll"])).contains("epoch 2"));
    let said = kept(here, &["promises", "--json"]);
    let promises: serde_json::Value = serde_json::from_slice(&said.stdout).unwrap();
    let of = |code: &str| {
        let all = promises["promises"].as_array().unwrap();
        all.iter().find(|one| one["code"] == code).unwrap().clone()
    };
    assert_eq!(of("erasures-not-final")["stands"], "kept");
    assert_eq!(of("keyring-epoch")["number"], 2);
    assert_eq!(of("log-verified")["stands"], "kept", "the doctor looked");
    assert_eq!(of("backups")["stands"], "not-known");
    let broken = promises["promises"].as_array().unwrap().iter().any(|one| one["stands"] == "broken");
    assert_eq!(said.status.code(), Some(i32::from(broken)));
    let doctor = well(&kept(here, &["doctor"]));
    assert!(doctor.contains("29 of 29") && doctor.contains("all are final"), "{doctor}");
}

#[test]
fn the_bench_measures_three_pages_in_one_run() {
    let here = Path::new(".");
    let words = ["bench", "page", "--seconds", "0.2", "--connections", "2", "--clients", "20"];
    let table = well(&kept(here, &words));
    for kind in ["bare", "plain", "full"] {
        assert_eq!(
            table.lines().filter(|line| line.contains(kind) && !line.contains("CPU")).count(),
            1,
            "{table}"
        );
    }
}

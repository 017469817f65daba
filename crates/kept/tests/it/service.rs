//! The life of a service from the console.

use std::fs;

use super::*;

#[test]
fn a_new_service_takes_its_first_administrator_and_is_sound() {
    let folder = service();
    let here = folder.path();
    let added =
        ["user", "add", "--role", "administrator", "--name", "Made Up", "--email", "made.up@example.org"];
    let said = well(&kept(here, &added));
    assert!(said.contains("/welcome") && said.contains("Code:"), "{said}");
    let listed = well(&kept(here, &["user", "list", "--json"]));
    let people: serde_json::Value = serde_json::from_str(&listed).unwrap();
    assert_eq!(people[0]["status"], "invited");
    assert_eq!(people[0]["role"], "administrator");

    let doctor = well(&kept(here, &["doctor"]));
    assert!(doctor.lines().count() >= 9 && doctor.lines().all(|line| line.starts_with("ok  ")), "{doctor}");
    assert!(well(&kept(here, &["audit", "verify"])).contains("The log is whole"));
    let shown = well(&kept(here, &["audit", "show"]));
    assert!(shown.contains("add-staff") && !shown.contains("Made Up"), "{shown}");
    let proof = well(&kept(here, &["audit", "prove", "0"]));
    assert!(proof.starts_with("c2sp.org/tlog-proof@v1\nindex 0\n"), "{proof}");
    well(&kept(here, &["keyring", "roll"]));
    well(&kept(here, &["user", "invite", "made.up@example.org"]));
}

#[test]
fn the_same_notice_can_be_published_again_and_other_words_need_a_new_version() {
    let folder = service();
    let here = folder.path();
    let shipped = concat!(env!("CARGO_MANIFEST_DIR"), "/../../notices/employment-service.toml");
    assert!(well(&kept(here, &["notice", "publish", shipped])).contains("In force"));
    let text = fs::read_to_string(shipped).unwrap();
    let changed = here.join("changed.toml");
    fs::write(&changed, format!("{text}\n# other words\n")).unwrap();
    let said = complaint(&kept(here, &["notice", "publish", changed.to_str().unwrap()]));
    assert!(said.contains("new version"), "{said}");

    let dated = |version: &str, from: &str| {
        let lines = text.lines().map(|line| match line.split_once(" = ") {
            Some(("version", _)) => format!("version = \"{version}\""),
            Some(("effective", _)) => format!("effective = {from}"),
            Some(("review", _)) => "review = 2099-12-31".to_owned(),
            _ => line.to_owned(),
        });
        fs::write(&changed, lines.collect::<Vec<_>>().join("\n")).unwrap();
        kept(here, &["notice", "publish", "--despite-errors", changed.to_str().unwrap()])
    };
    let ahead = well(&dated("9.0", "2099-01-01"));
    assert!(ahead.contains("Published: version 9.0. Whoever comes from 2099-01-01 on"), "{ahead}");
    let before = complaint(&dated("9.1", "2020-01-01"));
    assert!(before.contains("would never hold"), "{before}");
}

#[test]
fn a_service_is_not_made_over_another() {
    let folder = service();
    let said = complaint(&kept(folder.path(), &["init", folder.path().to_str().unwrap()]));
    assert!(said.contains("already"), "{said}");
}

#[test]
fn a_program_gets_a_token_that_is_shown_once_and_can_be_stopped() {
    let folder = service();
    let here = folder.path();
    for (role, name) in [("administrator", "Made Up"), ("adviser", "Ruth Calderbank")] {
        let email = format!("{role}@example.org");
        well(&kept(here, &["user", "add", "--role", role, "--name", name, "--email", &email]));
    }
    let token = |words: &[&str]| {
        let all: Vec<&str> = ["token", "add", "--name", "Job board"].iter().chain(words).copied().collect();
        kept(here, &all)
    };
    let adviser =
        ["--role", "adviser", "--purpose", "support", "--for", "adviser@example.org", "--days", "30"];
    let said = well(&token(&adviser));
    let secret = said.lines().find_map(|line| line.trim().strip_prefix("Secret:")).unwrap().trim();
    assert!(secret.starts_with("kept_") && secret.len() == 69, "{said}");
    assert!(complaint(&token(&adviser[..4])).contains("--for"));
    assert!(complaint(&token(&["--role", "administrator", "--purpose", "keeping"])).contains("acts as"));
    assert!(complaint(&token(&["--role", "adviser", "--purpose", "gossip"])).contains("no purpose"));
    let listed: serde_json::Value =
        serde_json::from_str(&well(&kept(here, &["token", "list", "--json"]))).unwrap();
    assert_eq!((&listed[0]["state"], &listed[0]["for"]), (&"holds".into(), &"Ruth Calderbank".into()));
    assert!(!listed.to_string().contains(secret));
    let id = listed[0]["id"].as_str().unwrap();
    assert!(well(&kept(here, &["token", "revoke", &id[..8]])).contains("opens nothing"));
    assert!(well(&kept(here, &["token", "list"])).contains("revoked"));
    assert!(complaint(&kept(here, &["token", "revoke", "zz"])).contains("No token"));
    let shown = well(&kept(here, &["audit", "show"]));
    assert!(shown.contains("add-token") && shown.contains("revoke-token") && !shown.contains("Job board"));
}

#[test]
fn what_is_no_whole_export_is_refused_and_nothing_is_there_that_was_not_before() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::create_dir(path.join("leaving")).unwrap();
    fs::create_dir(path.join("there")).unwrap();
    for new in ["anew/kept.toml", "there/kept.toml"] {
        let (from, into) = (path.join("leaving"), path.join(new));
        let refused = kept(path, &["take-in", from.to_str().unwrap(), "--into", into.to_str().unwrap()]);
        assert!(complaint(&refused).contains("manifest"), "{}", complaint(&refused));
    }
    assert!(!path.join("anew").exists(), "made by us, so it goes");
    assert_eq!(fs::read_dir(path.join("there")).unwrap().count(), 0, "there before, so it stays, empty");
}

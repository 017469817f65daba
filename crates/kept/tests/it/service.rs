//! The life of a service from the console.

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
    let text = std::fs::read_to_string(shipped).unwrap();
    let changed = here.join("changed.toml");
    std::fs::write(&changed, format!("{text}\n# other words\n")).unwrap();
    let said = complaint(&kept(here, &["notice", "publish", changed.to_str().unwrap()]));
    assert!(said.contains("new version"), "{said}");
}

#[test]
fn a_service_is_not_made_over_another() {
    let folder = service();
    let said = complaint(&kept(folder.path(), &["init", folder.path().to_str().unwrap()]));
    assert!(said.contains("already"), "{said}");
}

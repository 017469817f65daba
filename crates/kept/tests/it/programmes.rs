//! `kept programme` on the programmes that come with Kept.

use super::*;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

#[test]
fn programmes_are_added_with_their_notice_and_listed() {
    let folder = service();
    let at = |path: &str| format!("{ROOT}/{path}");
    let none = well(&kept(folder.path(), &["programme", "list"]));
    assert!(none.contains("No programme yet"), "{none}");
    let (ladder, notice) = (at("programmes/skills-ladder.toml"), at("notices/programmes/skills-ladder.toml"));
    let alone = complaint(&kept(folder.path(), &["programme", "add", &ladder]));
    assert!(alone.contains("give it along with the programme"), "{alone}");
    assert!(complaint(&kept(folder.path(), &["programme", "add", &notice])).contains("cannot be added"));
    assert!(complaint(&kept(folder.path(), &["programme", "add", "nowhere.toml"])).contains("nowhere.toml"));
    well(&kept(folder.path(), &["programme", "add", &at("programmes/core.toml")]));
    let added = well(&kept(folder.path(), &["programme", "add", &ladder, "--notice", &notice]));
    assert!(added.contains("Skills Ladder is here"), "{added}");
    let listed = well(&kept(folder.path(), &["programme", "list"]));
    assert!(listed.contains("0 of 60 on it, £18,000.00 left"), "{listed}");
    let json = well(&kept(folder.path(), &["programme", "list", "--json"]));
    let all: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(all.as_array().unwrap().len(), 2);
    assert_eq!(all[1]["budget_pence"], 1_800_000);
    assert!(!well(&kept(folder.path(), &["doctor"])).contains("not sound"));
}

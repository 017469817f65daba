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
    let sound = std::fs::read_to_string(&notice).unwrap();
    let faulty = folder.path().join("faulty.toml");
    let laws = sound.lines().find(|line| line.starts_with("laws = ")).unwrap();
    std::fs::write(&faulty, sound.replacen(laws, "", 1)).unwrap();
    let refused =
        complaint(&kept(folder.path(), &["programme", "add", &ladder, "--notice", faulty.to_str().unwrap()]));
    assert!(refused.contains("L01") && refused.contains("--despite-errors"), "{refused}");
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

#[test]
fn a_return_is_looked_at_without_signing_and_what_does_not_fit_is_told() {
    let folder = service();
    let at = |path: &str| format!("{ROOT}/{path}");
    let (routes, notice) =
        (at("programmes/routes-to-work.toml"), at("notices/programmes/routes-to-work.toml"));
    well(&kept(folder.path(), &["programme", "add", &at("programmes/core.toml")]));
    well(&kept(folder.path(), &["programme", "add", &routes, "--notice", &notice]));
    let preview = |programme: &str, from: &str, recipient: &str, more: &[&str]| {
        let words = ["return", "preview", programme, "--from", from, "--recipient", recipient];
        kept(folder.path(), &[&words, more].concat())
    };
    let shown = well(&preview("routes-to-work", "2026-04-01", "bay-counties", &[]));
    assert!(shown.contains("People who started,0") && shown.contains("Refugee\",0"), "{shown}");
    // Names belong to no recipient's figures, and a fact only to those whom the notice names for it.
    assert!(shown.contains("For Bay Counties Combined Authority only"), "{shown}");
    for (programme, from, recipient, more, said) in [
        ("core", "2026-04-01", "bay-counties", &[][..], "makes no return"),
        ("routes-to-work", "2026-05-01", "bay-counties", &[], "none begins on this day"),
        ("routes-to-work", "2026-04-01", "the-press", &[], "notice names for this"),
        ("routes-to-work", "2026-04-01", "bay-counties", &["--definition", "9"], "There is no version 9"),
        ("nothing", "2026-04-01", "bay-counties", &[], "There is no such programme"),
    ] {
        let told = complaint(&preview(programme, from, recipient, more));
        assert!(told.contains(said), "{programme} {from} {recipient}: {told}");
    }
    assert!(well(&kept(folder.path(), &["return", "list"])).contains("No return yet"));
    assert!(complaint(&kept(folder.path(), &["return", "save", "ff", "x.csv"])).contains("No return"));
    assert!(complaint(&kept(folder.path(), &["return", "save", "ff", "x.exe"])).contains(".ods"));
    let fine = at("crates/casework/data/return-ukspf.toml");
    assert!(well(&kept(folder.path(), &["return", "lint", &fine])).contains("fine"));
    for words in [["return", "lint", &routes], ["return", "add", &routes]] {
        let faulty = kept(folder.path(), &words);
        assert_eq!(faulty.status.code(), Some(1));
        assert!(String::from_utf8_lossy(&faulty.stdout).contains("line 1, column 1: "), "{faulty:?}");
    }
    // A definition of one's own is loaded once, and each version is one text for ever.
    let text = std::fs::read_to_string(&fine).unwrap();
    let own = folder.path().join("own.toml");
    let write = |text: &str| std::fs::write(&own, text).unwrap();
    let add = || kept(folder.path(), &["return", "add", own.to_str().unwrap()]);
    write(&text.replace("title = \"People supported\"", "title = \"Everybody supported\""));
    assert!(complaint(&add()).contains("another text already"), "it comes with Kept under this version");
    let ours =
        text.replace("2026-11-draft", "2027-northbridge").replace("People supported", "Everybody supported");
    write(&ours);
    assert!(well(&add()).contains("made by it"));
    assert!(well(&add()).contains("made by it"), "the same again changes nothing");
    write(&ours.replace("Everybody", "All"));
    assert!(complaint(&add()).contains("another text already"));
    assert!(well(&kept(folder.path(), &["return", "definitions"])).contains("2027-northbridge"));
}

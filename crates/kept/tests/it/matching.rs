//! `kept duplicates` and `kept bench search` on files as people have them.

use std::fs;
use std::path::Path;

use super::*;

/// The command with each file of `folder` by its whole path.
fn on(folder: &Path, args: &[&str]) -> Output {
    let args: Vec<String> =
        args.iter()
            .map(|arg| {
                if arg.ends_with(".csv") { folder.join(arg).display().to_string() } else { (*arg).to_owned() }
            })
            .collect();
    kept(folder, &args.iter().map(String::as_str).collect::<Vec<_>>())
}

const PEOPLE: &str = "\u{feff}id;given_name;surname;date_of_birth;postcode;phone
1;Margaret;Whitfield;14/03/1991;NB1 4QX;07700 900123
2;Peggy;Whitfield;1991-03-14;NB1 4QX;07700900123
3;Daniel;Okafor;02/11/1985;NB2 1AA;07700 900456
4;=HYPERLINK(1);Stone;01/01/1970;NB3 2BB;07700 900789
";

#[test]
fn duplicates_of_a_file_are_written_with_their_reasons() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("people.csv"), PEOPLE).unwrap();
    well(&on(folder.path(), &["duplicates", "people.csv", "--out", "pairs.csv", "--least", "0.5"]));
    let pairs = fs::read_to_string(folder.path().join("pairs.csv")).unwrap();
    let mut lines = pairs.lines();
    assert_eq!(lines.next(), Some("id_l,id_r,score,explanation"));
    assert!(lines.next().is_some_and(|line| line.starts_with("1,2,")), "{pairs}");
    assert!(!pairs.contains(",=") && !pairs.contains("\n="), "{pairs}");
}

#[test]
fn a_file_that_cannot_be_read_is_said_with_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("ages.csv"), "age,town\n30,Northbridge\n").unwrap();
    let said = complaint(&on(folder.path(), &["duplicates", "ages.csv", "--out", "pairs.csv"]));
    assert!(said.contains("surname") && said.contains("age"), "{said}");
    let map = ["duplicates", "ages.csv", "--out", "pairs.csv", "--map", "age=shoe_size"];
    assert!(complaint(&on(folder.path(), &map)).contains("shoe_size"));
    complaint(&on(folder.path(), &["duplicates", "nowhere.csv", "--out", "pairs.csv"]));
    assert!(!folder.path().join("pairs.csv").exists(), "nothing is written");
}

#[test]
fn a_search_is_measured_on_any_file_of_people() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("people.csv"), PEOPLE).unwrap();
    fs::write(folder.path().join("queries.csv"), "qid,kind,query\na,typo,witfield\nb,nobody,zzzz\n").unwrap();
    let bench =
        ["bench", "search", "--people", "people.csv", "--queries", "queries.csv", "--out", "found.csv"];
    well(&on(folder.path(), &bench));
    let found = fs::read_to_string(folder.path().join("found.csv")).unwrap();
    assert!(
        found.starts_with("qid,rank,id,ms") && found.contains("\na,1,") && !found.contains("\nb,"),
        "{found}"
    );
}

//! `kept figures` on files as people have them.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use super::*;

/// The command in `folder`, with a secret of that folder.
fn figures(folder: &Path, args: &[&str]) -> Output {
    let mut all = vec!["figures".to_owned()];
    all.extend(args.iter().map(|arg| {
        let file = [".csv", ".json"].iter().any(|end| arg.ends_with(end));
        if file { folder.join(arg).display().to_string() } else { (*arg).to_owned() }
    }));
    if args.first() != Some(&"audit") {
        all.extend(["--secret".to_owned(), folder.join("figures.key").display().to_string()]);
    }
    kept(folder, &all.iter().map(String::as_str).collect::<Vec<_>>())
}

/// 600 made-up people: byte order mark, semicolons, a column that tells them apart.
fn people(folder: &Path) {
    let mut text = "\u{feff}id;ward;age;disability;religion\n".to_owned();
    for at in 0..600_usize {
        let ward = ["Quayside", "Old Town", "Northgate", "Mill Lane"][(at * at) % 7 % 4];
        let age = ["16-24", "25-49", "50+"][at % 3];
        let has = if at % 6 == 0 { "yes" } else { "no" };
        let _ = writeln!(text, "{at};{ward};{age};{has};{}", ["none", "other"][at % 2]);
    }
    fs::write(folder.join("people.csv"), text).unwrap();
}

fn read(folder: &Path, name: &str) -> serde_json::Value {
    serde_json::from_str(&fs::read_to_string(folder.join(name)).unwrap()).unwrap()
}

#[test]
fn a_release_is_made_checked_and_the_same_again() {
    let folder = tempfile::tempdir().unwrap();
    people(folder.path());
    let made = |out: &str| {
        let table =
            ["--table", "ward*age where age=16-24|25-49", "--sensitive", "disability=no", "--out", out];
        well(&figures(
            folder.path(),
            &[&["people.csv", "--by", "ward", "--by", "disability"], &table[..]].concat(),
        ));
    };
    made("one.json");
    made("two.json");
    let one = read(folder.path(), "one.json");
    assert_eq!(one, read(folder.path(), "two.json"));
    assert_eq!(one["tables"][0]["rule"], serde_json::json!({"kind": "random_round", "base": 5}));
    assert_eq!(one["sensitive"]["disability"], serde_json::json!(["no"]));
    assert_eq!(one["tables"][1]["filter"]["age"], serde_json::json!(["16-24", "25-49"]));
    let cells = one["tables"][0]["cells"].as_array().unwrap();
    let all = cells.iter().find(|cell| cell["k"] == serde_json::json!(["*", "*"])).unwrap();
    assert!(all["v"].as_u64().unwrap().abs_diff(600) < 5);
    well(&figures(folder.path(), &["audit", "one.json"]));

    // The same figures without rounding: the gate says so.
    let told =
        fs::read_to_string(folder.path().join("one.json")).unwrap().replace("\"base\":5", "\"base\":1");
    fs::write(folder.path().join("told.json"), told).unwrap();
    assert_eq!(figures(folder.path(), &["audit", "told.json"]).status.code(), Some(1));
}

#[test]
fn one_person_with_many_rows_is_one_person() {
    let folder = tempfile::tempdir().unwrap();
    let mut text = "id,ward,disability\n".to_owned();
    for at in 0..300 {
        let _ = writeln!(text, "{at},{},{}", ["A", "B"][at % 2], ["no", "yes"][at % 3 / 2]);
    }
    // Twelve rows, but one person: no group of ten.
    (0..12).for_each(|_| text.push_str("x,C,yes\n"));
    text.push_str("0,B,no\n");
    fs::write(folder.path().join("rows.csv"), text).unwrap();
    let by = ["rows.csv", "--by", "ward", "--by", "disability", "--out", "rows.json"];
    let said = well(&figures(folder.path(), &by));
    assert!(said.contains("313 rows are about 301 people") && said.contains("More than one"), "{said}");
    let made = read(folder.path(), "rows.json");
    let cells = made["tables"][0]["cells"].as_array().unwrap();
    let figure = |ward: &str, has: &str| {
        cells.iter().find(|cell| cell["k"] == serde_json::json!([ward, has])).unwrap()["v"].clone()
    };
    assert_eq!(figure("C", "yes"), serde_json::Value::Null);
    assert!(figure("C", "*").as_u64().unwrap() <= 5, "one person counts once");
}

#[test]
fn a_ledger_holds_however_the_rows_are_sorted() {
    let folder = tempfile::tempdir().unwrap();
    people(folder.path());
    let path = folder.path();
    let queries = |name: &str, wards: &str| {
        let text = format!(r#"{{"queries":[{{"id":1,"filter":{{"disability":["yes"]{wards}}}}}]}}"#);
        fs::write(path.join(name), text).unwrap();
    };
    queries("all.json", "");
    queries("ward.json", r#","ward":["Quayside"]"#);
    let ask = |file: &str, queries: &str| {
        let args = [file, "--queries", queries, "--out", "answers.csv", "--ledger", "ledger.json"];
        well(&figures(path, &args));
        fs::read_to_string(path.join("answers.csv")).unwrap()
    };
    let first = ask("people.csv", "ward.json");
    let text = fs::read_to_string(path.join("people.csv")).unwrap();
    let mut lines: Vec<&str> = text.lines().collect();
    lines[1..].reverse();
    fs::write(path.join("turned.csv"), lines.join("\n")).unwrap();
    assert_eq!(ask("turned.csv", "ward.json"), first);
    let groups = |ledger: &serde_json::Value| ledger["ledger"]["groups"].as_array().unwrap().len();
    assert_eq!(groups(&read(path, "ledger.json")), 1, "the same group, not another");
}

#[test]
fn releases_are_checked_together_and_a_later_one_takes_figures_over() {
    let folder = tempfile::tempdir().unwrap();
    people(folder.path());
    let path = folder.path();
    well(&figures(path, &["people.csv", "--by", "ward", "--out", "one.json"]));
    let beside = ["--beside", "one.json", "--out", "two.json"];
    well(&figures(path, &[&["people.csv", "--by", "ward", "--by", "age"], &beside[..]].concat()));
    well(&figures(path, &["audit", "one.json", "two.json"]));
    // The same people with another number.
    let two = fs::read_to_string(path.join("two.json")).unwrap();
    let mut two: serde_json::Value = serde_json::from_str(&two).unwrap();
    for cell in two["tables"][0]["cells"].as_array_mut().unwrap() {
        if cell["k"] == serde_json::json!(["Quayside", "*"]) {
            cell["v"] = (cell["v"].as_u64().unwrap() + 5).into();
        }
    }
    fs::write(path.join("two.json"), two.to_string()).unwrap();
    let told = figures(path, &["audit", "one.json", "two.json"]);
    assert_eq!(told.status.code(), Some(1));
    assert!(complaint(&figures(path, &["audit", "one.json", "people.csv"])).contains("people.csv is not"));
}

#[test]
fn counts_are_answered_or_refused_each_with_its_id() {
    let folder = tempfile::tempdir().unwrap();
    people(folder.path());
    let queries = r#"{"queries":[
        {"id":1,"filter":{"ward":["Quayside"],"disability":["yes"]},"note":"ignored"},
        {"id":"again","filter":{"disability":["yes"],"ward":["Quayside"],"age":["50+","16-24","25-49"]}},
        {"id":"custom","filter":{"ward":["Quayside","Northgate"]}},
        {"id":"two","filter":{"religion":["other"],"disability":["yes"]}},
        {"id":"unknown","filter":{"ward":["Atlantis"]}}], "more": true}"#;
    fs::write(folder.path().join("queries.json"), queries).unwrap();
    let said =
        well(&figures(folder.path(), &["people.csv", "--queries", "queries.json", "--out", "answers.csv"]));
    assert!(said.contains("2 counts answered, 3 refused") && said.contains("Atlantis"), "{said}");
    let answers = fs::read_to_string(folder.path().join("answers.csv")).unwrap();
    let lines: Vec<&str> = answers.lines().collect();
    let value = |line: &str| line.split(',').nth(1).unwrap_or_default().to_owned();
    assert_eq!(lines[0], "id,value");
    assert!(!value(lines[1]).is_empty() && value(lines[1]) == value(lines[2]), "{answers}");
    assert_eq!(lines[3..], ["custom,", "two,", "unknown,"]);
}

#[test]
fn a_file_or_a_question_that_cannot_be_used_is_told_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    people(folder.path());
    let path = folder.path();
    fs::write(path.join("empty.csv"), "").unwrap();
    fs::write(path.join("book.csv"), b"PK\x03\x04").unwrap();
    // Excel's "Unicode text": two bytes a letter.
    let rows: String = (0..40).map(|at| format!("{at}\tQuayside\r\n")).collect();
    let units = format!("\u{feff}ID\tWard\r\n{rows}");
    let utf16: Vec<u8> = units.encode_utf16().flat_map(u16::to_le_bytes).collect();
    fs::write(path.join("utf16.csv"), utf16).unwrap();
    let wide: String = (0..200).map(|at| format!("c{at},")).collect();
    fs::write(path.join("wide.csv"), format!("{wide}ward\n{}A\n", "x,".repeat(200))).unwrap();
    fs::write(path.join("queries.json"), "{\"queries\":[{\"filter\":{}}]}").unwrap();
    for (args, words) in [
        (vec!["empty.csv", "--by", "ward", "--out", "out.json"], "is empty"),
        (vec!["book.csv", "--by", "ward", "--out", "out.json"], "spreadsheet"),
        (vec!["people.csv", "--by", "ward", "--by", "WARD", "--out", "out.json"], "twice"),
        (vec!["nowhere.csv", "--by", "ward", "--out", "out.json"], "cannot be read"),
        (
            vec!["people.csv", "--by", "planet", "--out", "out.json"],
            "no column \"planet\". The columns are: ",
        ),
        (vec!["people.csv", "--by", "ward", "--where", "age=70", "--out", "out.json"], "no category \"70\""),
        (
            vec!["people.csv", "--by", "ward", "--sensitive", "planet", "--out", "out.json"],
            "no column \"planet\"",
        ),
        (vec!["people.csv", "--out", "out.json"], "--by"),
        (vec!["people.csv", "--by", "ward"], "--out"),
        (vec!["people.csv", "--queries", "queries.json", "--out", "out.json"], "id"),
        (vec!["audit", "people.csv"], "not a release"),
    ] {
        let said = complaint(&figures(path, &args));
        assert!(said.contains(words), "{args:?}: {said}");
    }
    assert!(!path.join("out.json").exists());
    well(&figures(path, &["utf16.csv", "--by", "ward", "--out", "utf16.json"]));
    assert_eq!(read(path, "utf16.json")["tables"][0]["vars"][0], "Ward", "as the file has it");
    well(&figures(path, &["wide.csv", "--by", "ward", "--by", "c7", "--out", "wide.json"]));
    assert_eq!(read(path, "wide.json")["tables"][0]["cells"].as_array().unwrap().len(), 4);
}

//! People brought in from another system's list, by the command.

use std::fs;

use serde_json::Value;

use super::*;

const AGREED: [&str; 4] = ["--notice-given", "on-paper", "--agreed", "in-words"];

/// Runs `kept client import` on a file with these bytes.
fn bring(folder: &Path, bytes: &[u8], more: &[&str]) -> Output {
    let list = folder.join("list.csv");
    fs::write(&list, bytes).unwrap();
    let begin = ["client", "import", list.to_str().unwrap(), "--adviser", "ada@example.org"];
    let words = [begin.as_slice(), &AGREED, more];
    kept(folder, &words.concat())
}

fn with_ada() -> tempfile::TempDir {
    let folder = service();
    let first = ["user", "add", "--name", "Marek", "--email", "marek@example.org", "--role", "administrator"];
    well(&kept(folder.path(), &first));
    let ada = ["user", "add", "--name", "Ada", "--email", "ada@example.org", "--role", "adviser"];
    well(&kept(folder.path(), &ada));
    folder
}

#[test]
fn a_list_is_brought_in_and_taken_back_from_the_console() {
    let folder = with_ada();
    let list = b"Client Forename;Client Surname;Client DOB;Tel Mobile;Last Contact Date\nZo\xeb;Lopes;27/3/1987;07700 900124;20/10/2026\nAnn;Other;14/3/1960;12;20/10/2026\n";
    let look = ["--profile", "hanlon-like", "--dry-run", "--json"];
    let looked = bring(folder.path(), list, &look);
    assert_eq!(looked.status.code(), Some(1), "faults end with 1");
    let report: Value = serde_json::from_str(&printed(&looked)).unwrap();
    assert_eq!((report["rows"].as_u64(), report["ready"].as_u64()), (Some(2), Some(1)));
    assert_eq!(report["faults"][0]["line"], 3);
    assert_eq!(report["faults"][0]["heading"], "Tel Mobile");
    let stopped = complaint(&bring(folder.path(), list, &["--profile", "hanlon-like"]));
    assert!(stopped.contains("Nothing was brought in"), "{stopped}");
    let said = well(&bring(folder.path(), list, &["--profile", "hanlon-like", "--leave-faults-out"]));
    assert!(said.contains("Brought in 1 person, left out 1 row") && !said.contains("Lopes"), "{said}");
    let imports: Value =
        serde_json::from_str(&well(&kept(folder.path(), &["client", "imports", "--json"]))).unwrap();
    let id = imports[0]["id"].as_str().unwrap();
    assert!(well(&kept(folder.path(), &["doctor"])).contains("1 of 1 people"));
    let undone = well(&kept(folder.path(), &["client", "undo-import", id]));
    assert!(undone.contains("Erased 1 file"), "{undone}");
    let again = complaint(&kept(folder.path(), &["client", "undo-import", id]));
    assert!(again.contains("undone already"), "{again}");
}

#[test]
fn what_is_wrong_with_a_list_is_said_in_one_line() {
    let folder = with_ada();
    let wide = format!("{}\n", (0..200).map(|at| format!("c{at}")).collect::<Vec<_>>().join(","));
    let cases: [(&[u8], &[&str], &str); 8] = [
        (b"", &[], "empty"),
        (b"PK\x03\x04", &[], "spreadsheet"),
        (b"a\0b\n", &[], "no text"),
        (b"Clients 2026,,\nName,Mobile,\n", &[], "title"),
        (wide.as_bytes(), &[], "Say which column is the name"),
        (
            b"Name,Mobile\n",
            &["--map", "Shoes=name"],
            "there is no column Shoes; the columns are Name, Mobile",
        ),
        (b"Name,Mobile\n", &["--map", "Mobile=shoes"], "names no field shoes"),
        (b"Name,Mobile,Last contact\nAnn Other,07700900123,3/4/26\n", &[], "Nothing was brought in"),
    ];
    for (bytes, more, part) in cases {
        let said = complaint(&bring(folder.path(), bytes, more));
        assert!(said.contains(part), "{part}: {said}");
        assert!(!said.contains("Ann Other"), "{said}");
    }
    let two_ways = b"\xef\xbb\xbfName,Mobile,Last contact\nAnn Other,07700900123,3/4/26\n";
    let look = bring(folder.path(), two_ways, &["--dry-run"]);
    assert!(
        printed(&look).contains("Line 2, column C (Last contact): Dates like 3/4/26 can be read in two ways"),
        "{}",
        printed(&look)
    );
    well(&bring(folder.path(), two_ways, &["--dates", "day"]));
    let nobody = [
        "client",
        "import",
        "list.csv",
        "--adviser",
        "nobody@example.org",
        "--notice-given",
        "on-paper",
        "--agreed",
        "in-words",
    ];
    assert!(complaint(&kept(folder.path(), &nobody)).contains("list.csv"));
}

/// Lists as other systems write them, each in its own encoding, with what separates its cells and its own headings.
const LISTS: [(&str, &[u8]); 3] = [
    ("aptem-like", include_bytes!("../lists/aptem-like.csv")),
    ("hanlon-like", include_bytes!("../lists/hanlon-like.csv")),
    ("plain", include_bytes!("../lists/plain.txt")),
];

#[test]
fn the_list_of_each_kind_of_system_is_brought_in_without_a_word_about_its_columns() {
    for (profile, list) in LISTS {
        let folder = with_ada();
        let looked = bring(folder.path(), list, &["--profile", profile, "--dry-run", "--json"]);
        let report: Value = serde_json::from_str(&well(&looked)).unwrap();
        assert_eq!(
            (report["ready"].as_u64(), report["fault_count"].as_u64()),
            (Some(2), Some(0)),
            "{report}"
        );
        let left_out: Vec<&str> = report["columns"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|column| column["field"] == "")
            .map(|column| column["heading"].as_str().unwrap())
            .collect();
        let unknown: &[&str] = match profile {
            "aptem-like" => &["LearnerStatus"],
            "hanlon-like" => &["Provision"],
            _ => &[],
        };
        assert_eq!(left_out, unknown, "{profile}");
        let said = well(&bring(folder.path(), list, &["--profile", profile]));
        assert!(said.contains("Brought in 2 people"), "{said}");
    }
}

#[test]
fn a_workbook_is_brought_in_by_the_sheet_that_is_named() {
    let folder = with_ada();
    let list = include_bytes!("../../../records/tests/workbooks/sheets.xlsx");
    let asks = complaint(&bring(folder.path(), list, &["--profile", "hanlon-like"]));
    assert!(asks.contains("Say which with --sheet; there are Cover, Clients, Left us"), "{asks}");
    let said = well(&bring(folder.path(), list, &["--profile", "hanlon-like", "--sheet", "Clients"]));
    assert!(said.contains("Brought in 1 person"), "{said}");
    let none = complaint(&bring(folder.path(), list, &["--sheet", "Secret"]));
    assert!(none.contains("There is no sheet Secret"), "{none}");
}

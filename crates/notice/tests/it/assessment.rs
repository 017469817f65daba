//! The impact assessment: made from the notice and the tables, with proofs that are there.

use std::path::Path;

use notice::Notice;
use notice::dpia::{dpia, threats};

use crate::SERVICE;

fn rust_files(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() && !path.ends_with("target") {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(std::fs::read_to_string(path).unwrap());
        }
    }
}

// promise: P29
#[test]
fn each_threat_is_weighed_and_names_tests_that_are_there() {
    let mut code = Vec::new();
    rust_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join(".."), &mut code);
    let threats = threats().unwrap();
    assert!(threats.len() > 10);
    for threat in &threats {
        assert!((1..=3).contains(&threat.likelihood) && (1..=3).contains(&threat.severity), "{}", threat.id);
        for test in &threat.proof {
            let name = format!("fn {test}(");
            assert!(code.iter().any(|text| text.contains(&name)), "{}: there is no test {test}", threat.id);
        }
        if threat.proof.is_empty() {
            assert!(["outage", "memory"].contains(&threat.id.as_str()), "{} has no proof", threat.id);
        }
    }
}

#[test]
fn the_assessment_says_what_article_35_asks_for() {
    let notice = Notice::parse(SERVICE).unwrap();
    let line = ["adviser", "support", "read", "contact", "own-or-reason", "so that"].map(str::to_owned);
    let text = dpia(&notice, &[line], &threats().unwrap()).text();
    for part in [
        "35(7)",
        "Necessity and proportionality",
        "own-or-reason",
        "opens the file of a neighbour",
        "Approved by",
    ] {
        assert!(text.contains(part), "{part}");
    }
    for category in &notice.categories {
        assert!(text.contains(category.label.split_whitespace().next().unwrap()), "{}", category.label);
    }
}

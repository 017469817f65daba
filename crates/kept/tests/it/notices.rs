//! `kept notice` on the notice that comes with Kept and on a faulty one.

use std::path::Path;

use super::*;

const SHIPPED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../notices/employment-service.toml");
const FAULTY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../notice/tests/data/faulty-notice.toml");

#[test]
fn the_shipped_notice_has_no_error() {
    let here = Path::new(".");
    assert!(well(&kept(here, &["notice", "lint", SHIPPED])).contains("0 errors"));
    assert!(well(&kept(here, &["notice", "check", SHIPPED])).contains("can be read"));
}

#[test]
fn every_finding_says_where_it_stands_what_the_law_says_and_what_to_do() {
    let output = kept(Path::new("."), &["notice", "lint", FAULTY, "--json", "--on", "2026-11-23"]);
    assert_eq!(output.status.code(), Some(1));
    let findings: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let findings = findings.as_array().unwrap();
    assert!(findings.len() > 20);
    for finding in findings {
        assert!(finding["line"].as_u64().unwrap() >= 1 && finding["column"].as_u64().unwrap() >= 1);
        assert!(["error", "warning"].contains(&finding["severity"].as_str().unwrap()));
        assert!(
            !finding["what"].as_str().unwrap().is_empty() && !finding["cure"].as_str().unwrap().is_empty()
        );
        assert!(finding["law"].is_string() && finding["rule"].as_str().unwrap().starts_with('L'));
    }
}

#[test]
fn plain_findings_can_be_jumped_to() {
    let output = kept(Path::new("."), &["notice", "lint", FAULTY]);
    assert_eq!(output.status.code(), Some(1));
    let text = printed(&output);
    let (findings, last) = text.trim_end().rsplit_once('\n').unwrap();
    assert!(last.contains(" errors, "), "{last}");
    for line in findings.lines() {
        let place = line.strip_prefix(FAULTY).unwrap();
        let mut parts = place.trim_start_matches(':').splitn(3, ':');
        assert!(parts.next().unwrap().parse::<u32>().is_ok() && parts.next().unwrap().parse::<u32>().is_ok());
    }
}

#[test]
fn a_notice_is_shown_in_every_form() {
    for (format, holds) in [
        ("html", "<!doctype html>"),
        ("md", "# "),
        ("text", "\n"),
        ("dpv", "\"@context\""),
        ("ropa", "Record of processing"),
    ] {
        let shown = well(&kept(Path::new("."), &["notice", "show", SHIPPED, "--format", format]));
        assert!(shown.to_lowercase().contains(&holds.to_lowercase()), "{format}: {shown:.300}");
    }
}

#[test]
fn a_longer_period_is_told_again_and_needs_a_new_version() {
    let folder = tempfile::tempdir().unwrap();
    let text = std::fs::read_to_string(SHIPPED).unwrap();
    let longer = text.replacen("months = 12", "months = 24", 1);
    assert_ne!(text, longer);
    let (old, new) = (SHIPPED, folder.path().join("new.toml"));
    std::fs::write(&new, &longer).unwrap();
    let new = new.to_str().unwrap();
    assert!(complaint(&kept(folder.path(), &["notice", "diff", old, new])).contains("raise `version`"));
    let version = longer.lines().find(|line| line.starts_with("version = ")).unwrap();
    std::fs::write(new, longer.replacen(version, "version = \"99.0\"", 1)).unwrap();
    assert!(well(&kept(folder.path(), &["notice", "diff", old, new])).contains("have to be told again"));
    assert!(well(&kept(folder.path(), &["notice", "diff", old, old])).contains("the same"));
}

//! What the lint says of the shipped notices, of the faulty one, and of the shipped one with one thing changed.

use jiff::civil::{Date, date};
use notice::lint::{Finding, check};

use crate::{PROGRAMME, SERVICE};

const DAY: Date = date(2026, 12, 1);

fn listed(findings: &[Finding]) -> String {
    findings.iter().map(|finding| format!("{finding}\n")).collect()
}

#[test]
fn the_shipped_notices_have_no_findings() {
    for text in [SERVICE, PROGRAMME] {
        let found = check(text, DAY, None);
        assert!(found.is_empty(), "{}", listed(&found));
    }
}

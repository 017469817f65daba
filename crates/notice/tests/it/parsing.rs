//! Broken notice files: every fault at once, each at its place, with a cure.

use jiff::civil::date;
use notice::{Fault, Notice};
use proptest::prelude::*;

use crate::{PROGRAMME, SERVICE};

fn faults(text: &str) -> Vec<Fault> {
    Notice::parse(text).err().unwrap_or_default()
}

/// The shipped notice with one thing changed.
fn changed(from: &str, to: &str) -> String {
    assert!(SERVICE.contains(from), "the shipped notice has no {from:?}");
    SERVICE.replacen(from, to, 1)
}

#[test]
fn each_single_mistake_is_one_fault_with_a_cure() {
    let table: &[(&str, &str, &str, &str)] = &[
        // what was written, what stands there now, what is wrong, what cures it
        ("version = \"1.0\"\n", "", "the notice has no \"version\"", "Add version"),
        ("title = ", "titel = ", "no place for \"titel\"", "Did you mean \"title\"?"),
        ("effective = 2026-12-01", "effective = 2026-02-31", "between 01 and 28", "calendar"),
        (
            "effective = 2026-12-01",
            "effective = \"2026-12-01\"",
            "\"effective\" is a text",
            "without quotation marks",
        ),
        ("effective = 2026-12-01", "effective = 2026-12-01T10:00:00Z", "is a date", "without a time"),
        ("review = 2027-12-01", "review = 2025-12-01", "reviewed before it begins", "later day"),
        ("public_authority = true", "public_authority = \"yes\"", "is a text here", "true or false"),
        ("label = \"Your household\"", "label = \" \"", "\"label\" is empty", "what it should say"),
        (
            "category = \"household\"",
            "category = \"houshold\"",
            "not a known category",
            "Did you mean \"household\"?",
        ),
        ("\"nationality\", \"nino\"]", "\"nationality\", \"nino\", \"nino\"]", "named twice", "Name it once"),
        (
            "\"nationality\", \"nino\"]",
            "\"nationality\", \"nino\", \"email\"]",
            "named twice",
            "Name it once",
        ),
        (
            "\"nationality\", \"nino\"]",
            "\"nationality\", \"nin\"]",
            "no field \"nin\"",
            "Did you mean \"nino\"?",
        ),
        (
            "\"household\", \"dependent_children\"",
            "\"household\", \"shoe_size\"",
            "no field \"shoe_size\"",
            "[[fields]]",
        ),
        (
            "\"household\", \"dependent_children\"",
            "\"household\", \"benefits_x\"",
            "no field",
            "Did you mean \"benefits\"?",
        ),
        ("categories = [\"contact\"]", "categories = []", "uses no category", "Add categories"),
        ("categories = [\"contact\"]", "categories = \"contact\"", "is a text here", "square brackets"),
        ("article = \"6(1)(d)\"", "article = \"6(1)(z)\"", "not a known article", "6(1)(a)"),
        ("schedule1 = 8", "schedule1 = 41", "no condition in paragraph 41", "1 to 37"),
        ("schedule1 = 8", "schedule1 = -8", "is a number here", "not negative"),
        ("months = 12\nafter", "after", "does not say how long", "months = 12"),
        ("months = 12\nafter", "months = 12\ndays = 3\nafter", "more than one length", "Keep one"),
        ("months = 12\nafter", "months = 0\nafter", "no time at all", "at least one day"),
        (
            "warn_months_before = [2, 1]",
            "warn_months_before = [12]",
            "before the period begins",
            "fewer months",
        ),
        ("\"took-part\",\n", "\"took-part\",\n\"took-part\",\n", "stands twice", "Take one"),
        ("\"took-part\",\n", "\"tuk-part\",\n", "not a known kind of contact", "Did you mean \"took-part\"?"),
        ("fields = [\"name\"]\none_of", "fields = [\"nam\"]\none_of", "does not hold it", "Take it out"),
        ("one_of = [\"mobile_phone\"", "one_of = [\"pager\"", "does not hold it", "Take it out"),
        ("id = \"by-law\"", "id = \"adult-learning\"", "stands twice", "Keep one"),
        ("role = \"rights\"", "role = \"complaints\"", "stands twice", "Keep one"),
        (
            "fields = [\"name\", \"mobile_phone\", \"email\"]",
            "fields = [\"shoe_size\"]",
            "would get \"shoe_size\"",
            "Take the field out",
        ),
        (
            "name = \"Kept, our record system\"",
            "name = \"Kept\"\nprocessor = \"nobody\"",
            "kind processor",
            "[[recipients]]",
        ),
    ];
    for (from, to, what, cure) in table {
        let faults = faults(&changed(from, to));
        // A misspelt key that must be there is missing, too; a field that is taken away is missed by its other users.
        let found = faults.iter().find(|fault| fault.what.contains(what) && fault.cure.contains(cure));
        let found = found.unwrap_or_else(|| panic!("{from:?} -> {to:?}: {faults:#?}"));
        assert!(faults.len() <= 3, "{to:?}: {faults:#?}");
        assert!(!found.cure.is_empty() && found.line > 0 && found.column > 0);
    }
}

/// Every stored field belongs to a category of the notice: one that does not cannot even be written down.
// promise: P1
#[test]
fn a_field_stands_in_its_own_category_or_nowhere() {
    let text = changed(
        "fields = [\"date_of_birth\", \"nationality\", \"nino\"]",
        "fields = [\"date_of_birth\", \"religion\"]",
    );
    let found = faults(&text);
    let line = text.lines().position(|line| line.starts_with("fields = [\"date_of_birth\"")).unwrap() + 1;
    assert_eq!((found[0].line, found[0].column), (line, 28));
    assert!(found[0].cure.contains("equality"), "{found:#?}");

    let own = "\n[[fields]]\nid = \"shoe_size\"\nlabel = \"Shoe size\"\nkind = \"number\"\ncategory = \"work\"\ndpv = \"kept:Shoe\"\nwhy = \"Boots.\"\n";
    let found = faults(&format!("{SERVICE}{own}"));
    assert!(found[0].what.contains("belongs to no category"), "{found:#?}");
    let named = changed("\"employment_status\",", "\"employment_status\", \"shoe_size\",");
    assert_eq!(faults(&format!("{named}{own}")), []);
}

#[test]
fn all_faults_come_at_once_in_the_order_of_the_text() {
    let text = SERVICE
        .replacen("version = \"1.0\"", "versoin = \"1.0\"", 1)
        .replacen("effective = 2026-12-01", "effective = 2026-02-31", 1)
        .replacen("\"nino\"]", "\"nini\"]", 1)
        .replacen("layer = \"rights\"", "layer = \"wrongs\"", 1)
        .replacen("right = \"access\"", "right = ", 1);
    let found = faults(&text);
    assert!(found.len() >= 6, "{found:#?}");
    assert!(found.is_sorted());
    for needle in ["versoin", "no \"version\"", "nini", "wrongs"] {
        assert!(found.iter().any(|fault| fault.what.contains(needle)), "{needle}: {found:#?}");
    }
    let line = |text: &str, needle: &str| text.lines().position(|line| line.starts_with(needle)).unwrap() + 1;
    assert!(found.iter().any(|fault| fault.line == line(&text, "effective = ")), "{found:#?}");
    let broken = text.lines().position(|line| line == "right = ").unwrap() + 1;
    assert!(found.iter().any(|fault| fault.line == broken), "{found:#?}");
}

#[test]
fn a_day_that_does_not_exist_is_named() {
    let found = faults(&changed("effective = 2026-12-01", "effective = 2026-02-31"));
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(Notice::parse(SERVICE).unwrap().effective, date(2026, 12, 1));
}

#[test]
fn a_programme_cannot_change_the_periods_of_the_service() {
    let more =
        "\n[[retention]]\nlayer = \"service\"\nmonths = 72\nafter = \"programme-end\"\nsays = \"Longer.\"\n";
    let found = faults(&format!("{PROGRAMME}{more}"));
    assert!(found.iter().any(|fault| fault.what.contains("cannot change")), "{found:#?}");
    let without = PROGRAMME.replace("layer = \"programme\"", "layer = \"rights\"");
    assert!(faults(&without).iter().any(|fault| fault.what.contains("period of its own")));
}

#[test]
fn nothing_and_nonsense_are_faults_not_panics() {
    for text in [
        "",
        "=",
        "[[[",
        "id = ",
        "\u{0}",
        "categories = 1\npurposes = [1]\nretention = [[]]",
        "[controller]\n[controller]",
    ] {
        assert!(!faults(text).is_empty(), "{text:?}");
    }
}

#[test]
fn deep_nesting_is_a_fault_not_an_overflow() {
    let deep = 20_000;
    for text in [
        format!("a = {}{}", "[".repeat(deep), "]".repeat(deep)),
        format!("a = {}1{}", "{ a = ".repeat(deep), " }".repeat(deep)),
        format!("{} = 1", vec!["a"; deep].join(".")),
        format!("[{}]\nb = 1", vec!["a"; deep].join(".")),
    ] {
        assert!(!faults(&text).is_empty());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = Notice::parse(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn no_toml_like_text_makes_it_panic(text in "([a-z\\[\\]]{1,6}( = |\\.|\n|\"|, |\\{|\\}|1|-){1,3}){0,40}") {
        let _ = Notice::parse(&text);
    }

    #[test]
    fn a_notice_with_a_piece_cut_out_or_put_in_never_makes_it_panic(
        at in 0usize..SERVICE.len(), cut in 0usize..400, put in "[\\[\\]\"=a-z0-9\n.{}é]{0,8}", programme in any::<bool>(),
    ) {
        let text = if programme { PROGRAMME } else { SERVICE };
        let from = text.floor_char_boundary(at.min(text.len()));
        let to = text.floor_char_boundary((from + cut).min(text.len()));
        let changed = format!("{}{put}{}", &text[..from], &text[to..]);
        for fault in faults(&changed) {
            prop_assert!(fault.line >= 1 && fault.line <= changed.lines().count() + 1);
            prop_assert!(!fault.what.is_empty() && !fault.cure.is_empty());
        }
    }
}

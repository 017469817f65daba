//! What the lint says of the shipped notices, of the faulty one, and of the shipped one with one thing changed.

use std::collections::BTreeSet;

use jiff::civil::{Date, date};
use notice::lint::{Finding, RULES, Severity, check};
use notice::{Category, Event, FieldId, Layer, Notice, Period, Purpose, SystemFacts};
use proptest::prelude::*;

use crate::{PROGRAMME, SERVICE};

const FAULTY: &str = include_str!("../data/faulty-notice.toml");
const DAY: Date = date(2026, 12, 1);

fn listed(findings: &[Finding]) -> String {
    findings.iter().map(|finding| format!("{finding}\n")).collect()
}

fn rules(findings: &[Finding]) -> BTreeSet<&str> {
    findings.iter().map(|finding| finding.rule).collect()
}

// promise: P9
// promise: P28
#[test]
fn the_shipped_notices_have_no_findings() {
    for text in [SERVICE, PROGRAMME] {
        let found = check(text, DAY, None);
        assert!(found.is_empty(), "{}", listed(&found));
    }
}

/// Every fault of the real notice (N1 to N30), the rule that has to find it, and words of the finding.
const FAULTS: &[(&str, &str, &str)] = &[
    ("N1", "L01", "General Data Protection Act"),
    ("N1", "L01", "Data Protection Act 2018 is not among the laws"),
    ("N2", "L02", "2018-05-25 has passed"),
    ("N2", "L01", "GDPR alone"),
    ("N3", "L09", "rests everything on consent"),
    ("N4", "L11", "9(2)(i)"),
    ("N4", "L12", "secrecy"),
    ("N5", "L13", "not on explicit consent for health"),
    ("N6", "L14", "9(2)(b) holds only with a paragraph"),
    ("N6", "L15", "appropriate policy document"),
    ("N7", "L16", "Paragraph 8 does not cover criminal offences"),
    ("N7", "L16", "neither marital status nor nationality"),
    ("N7", "L16", "equality figures"),
    ("N8", "L18", "take it back"),
    ("N9", "L03", "not the legal name of one body"),
    ("N9", "L03", "no postal address"),
    ("N9", "L03", "cannot be reached"),
    ("N10", "L04", "data protection officer is not named"),
    ("N10", "L27", "is a person"),
    ("N10", "L27", "in one line"),
    ("N10", "L27", "is not an e-mail address"),
    ("N11", "L05", "Nobody is named who gets data"),
    ("N11", "L05", "run by somebody else"),
    ("N11", "L06", "contradicts"),
    ("N12", "L07", "does not say if data leaves"),
    ("N13", "L19", "not defined"),
    ("N13", "L19", "how long \"Characteristics\" is kept"),
    ("N13", "L19", "Programmes are named"),
    ("N13", "L20", "backup copies"),
    ("N13", "L20", "paper"),
    ("N13", "L20", "as if they were the same"),
    ("N14", "L17", "to take data elsewhere is missing"),
    ("N14", "L17", "machine alone is missing"),
    ("N14", "L17", "stands among the others"),
    ("N15", "L22", "machines decide"),
    ("N16", "L23", "contradicts that telling is free"),
    ("N16", "L23", "what follows"),
    ("N17", "L24", "less than the right to complain"),
    ("N17", "L24", "electronic form"),
    ("N17", "L24", "30 days"),
    ("N18", "L25", "second place"),
    ("N18", "L26", "ico.org.uk/concerns"),
    ("N19", "L30", "\"Anonomised\" is misspelt"),
    ("N19", "L30", "\"for\" stands twice"),
    ("N19", "L31", "page number"),
    ("N19", "L31", "school"),
    ("N20", "L28", "where \"Personal records\" comes from"),
    ("N20", "L28", "comes from others"),
    ("N21", "L29", "no version"),
    ("N21", "L29", "no effective"),
    ("N21", "L29", "no review"),
    ("N22", "L10", "does not say which data"),
    ("N22", "L10", "religion or belief, but its words"),
    ("N23", "L16", "criminal offences, but its words"),
    ("N24", "L08", "functions for which we are responsible"),
    ("N24", "L08", "are not named"),
    ("N25", "L09", "vital interests"),
    ("N26", "L20", "without exception"),
    ("N27", "L03", "not who decides about that data"),
    ("N28", "L32", "how long requests take"),
    ("N29", "L06", "speaks of sharing"),
    ("N30", "L32", "how to use the right \"Restriction\""),
    ("N11", "L21", "\"filing\" is named that is not registered"),
];

#[test]
fn every_fault_of_the_real_notice_is_found() {
    let found = check(FAULTY, DAY, None);
    for (number, rule, words) in FAULTS {
        let hit = found.iter().find(|finding| finding.rule == *rule && finding.what.contains(words));
        let hit = hit.unwrap_or_else(|| panic!("{number} {rule} {words:?} is not among\n{}", listed(&found)));
        assert!(hit.line > 0 && !hit.cure.is_empty() && !hit.law.is_empty(), "{number}: {hit}");
    }
    let numbers: BTreeSet<_> = FAULTS.iter().map(|(number, ..)| *number).collect();
    assert_eq!(numbers.len(), 30, "the table covers N1 to N30");
}

#[test]
fn every_rule_but_the_comparison_is_broken_by_the_faulty_notice() {
    let found = check(FAULTY, DAY, None);
    let broken = rules(&found);
    for rule in RULES.iter().filter(|rule| rule.id != "L33") {
        assert!(broken.contains(rule.id), "{} is not broken", rule.id);
    }
    assert_eq!(RULES.len(), 33);
}

#[test]
fn findings_stand_where_the_fault_stands() {
    let table = [
        ("L02", "has passed", "which takes effect", "They are held"),
        ("L30", "misspelt", "Anonomised", "Anonomised"),
        ("L31", "page number", "page 1", "page 1"),
        ("L06", "contradicts", "We will share", "We will share"),
        ("L27", "e-mail", "email = ", "\"wex"),
    ];
    let found = check(FAULTY, DAY, None);
    for (rule, words, on_line, at) in table {
        let hit = found.iter().find(|finding| finding.rule == rule && finding.what.contains(words)).unwrap();
        let line = FAULTY.lines().nth(hit.line - 1).unwrap();
        assert!(line.contains(on_line), "{rule}: {line}");
        let here: String = line.chars().skip(hit.column - 1).collect();
        assert!(here.starts_with(at), "{rule}: {here}");
    }
}

/// One thing of the shipped notice changed, and the rules that are broken then: these and no others.
const CHANGES: &[(&str, &str, &[&str])] = &[
    (
        "fields = [\"name\", \"mobile_phone\", \"email\", \"preferred_contact\", \"highest_qualification\", \"qualification_subject\"]\n",
        "",
        &["L05"],
    ),
    ("laws = [\"UK GDPR\", ", "laws = [", &["L01"]),
    ("laws = [\"UK GDPR\", ", "laws = [\"UK GDPR\", \"General Data Protection Act\", ", &["L01"]),
    ("This page tells you", "The law comes into force on 25 May 2018. This page tells you", &["L02"]),
    ("name = \"Northbridge Council\"", "name = \"Northbridge@work\"", &["L03"]),
    (
        "address = [\"Northbridge Council\", \"Harbour House\", \"1 Quay Street\", \"Northbridge\", \"NB1 4QX\"]\n",
        "",
        &["L03"],
    ),
    (", and it says who decides about that data together with us", "", &["L03"]),
    ("role = \"data-protection-officer\"", "role = \"contact-x\"", &["L00", "L04"]),
    (
        "needs_consent = true\ncountry = \"United Kingdom\"\nsays = \"They give",
        "country = \"United Kingdom\"\nsays = \"They give",
        &["L06"],
    ),
    ("We share nothing about you unless you agree first.", "We will never share anything.", &["L06"]),
    ("[transfers]\ncountries = []", "[transfers]\ncountries = [\"India\"]", &["L07"]),
    ("country = \"United Kingdom\"\nsays = \"This firm", "country = \"India\"\nsays = \"This firm", &["L07"]),
    ("We use it for the tasks listed below.", "We use it for our tasks and other purposes.", &["L08"]),
    ("enactment = \"Localism Act 2011, section 1\"\n", "", &["L08"]),
    ("    { article = \"6(1)(d)\", says = \"If somebody's life is in danger.\" },\n", "", &["L09"]),
    ("enactment = \"UK GDPR, Articles 5 and 32\", ", "", &["L09"]),
    ("bases = [{ article = \"6(1)(a)\", says = \"Each answer is your choice.\" }]", "", &["L09"]),
    (
        "{ article = \"6(1)(a)\", says = \"Each answer is your choice.\" }",
        "{ article = \"6(1)(f)\" }",
        &["L09"],
    ),
    ("your sexual \\\norientation and your religion", "and more", &["L10"]),
    ("People decide.\"", "We rely on Article 9 (2) (f). People decide.\"", &["L11"]),
    ("article9 = \"9(2)(g)\", schedule1 = 8,", "article9 = \"9(2)(h)\", schedule1 = 2,", &["L12"]),
    ("article9 = \"9(2)(g)\", schedule1 = 8,", "article9 = \"9(2)(g)\",", &["L13", "L14"]),
    ("article9 = \"9(2)(g)\", schedule1 = 8,", "article9 = \"9(2)(g)\", schedule1 = 4,", &["L14"]),
    ("policy_document = \"APD-2\", ", "", &["L15"]),
    ("That can be a criminal record, if you choose to tell us. ", "", &["L16"]),
    ("{ covers = [\"offence\"], schedule1 = 29,", "{ covers = [\"offence\"],", &["L16"]),
    ("right = \"portability\"", "right = \"objection\"", &["L17"]),
    ("to = [\"direct-marketing\", ", "to = [", &["L17"]),
    (", which we do not rely on today, you could", " you could", &["L17"]),
    (
        "how = \"Do it in the same way as you gave it, in one step: tell your adviser, ring us or write to us.\"\n",
        "",
        &["L18"],
    ),
    ("categories = [\"rights\"]\nmonths", "categories = []\nmonths", &["L19"]),
    ("until 12 months have gone by", "until 24 months have gone by", &["L19"]),
    ("until 12 months have gone by", "until a year has gone by", &[]),
    ("until 12 months have gone by", "until 7 months or 12 months have gone by", &["L19"]),
    ("We warn you 2 months and", "We warn you two months and", &[]),
    ("We warn you 2 months and", "We warn you 3 months and", &["L19"]),
    ("months = 24\nafter", "months = 12\nafter", &["L19"]),
    ("\"took-part\",\n", "\"took-part\",\n    \"message-sent\",\n", &["L19"]),
    ("layer = \"programme\"\nas_programme = true", "layer = \"programme\"\nmonths = 12", &[]),
    (
        "paper = \"Papers about you are shredded. Your request stays open until somebody has confirmed that.\"\n",
        "",
        &["L20"],
    ),
    ("kind = \"filing\"", "kind = \"records\"", &["L21"]),
    (
        "[automated]\nany = false\nsays = \"No computer decides about you, and none gives you a score. People decide.\"\n",
        "",
        &["L22"],
    ),
    ("any = false\nsays = \"No", "any = true\nsays = \"No", &["L22"]),
    (
        "You can skip every other question",
        "Your date of birth is required. You can skip every other question",
        &["L23"],
    ),
    ("acknowledge_days = 30", "acknowledge_days = 60", &["L24"]),
    ("Use the form on our website, ring", "Ring", &["L24"]),
    ("to_regulator = ", "to_us_too = ", &["L00", "L25"]),
    ("https://ico.org.uk/make-a-complaint/", "https://ico.org.uk/concerns/", &["L26"]),
    ("council@northbridge.example.org", "council@northbridge", &["L27"]),
    ("label = \"Data Protection Officer\"", "label = \"Ms Sample\"", &["L27"]),
    ("source = \"You. We make up the client number.\"\n", "", &["L28"]),
    ("review = 2027-12-01\n", "", &["L29"]),
    ("helps people to find work", "helps helps people to find work", &["L30"]),
    ("helps people to find work", "helps people to recieve work", &["L30"]),
    ("helps people to find work", "helps pupils to find work", &["L31"]),
    ("fee = \"It is free.\"\n", "", &["L32"]),
    ("how = \"Ask the Service Manager.\"\n", "", &["L32"]),
];

#[test]
fn one_change_to_the_shipped_notice_breaks_just_the_rule_that_forbids_it() {
    let mut covered = BTreeSet::new();
    for (from, to, expected) in CHANGES {
        assert!(SERVICE.contains(from), "the shipped notice has no {from:?}");
        let text = SERVICE.replacen(from, to, 1);
        let found = check(&text, DAY, None);
        assert_eq!(
            rules(&found),
            expected.iter().copied().collect(),
            "{from:?} -> {to:?}\n{}",
            listed(&found)
        );
        covered.extend(expected.iter().copied());
    }
    for rule in RULES.iter().filter(|rule| rule.id != "L33") {
        assert!(covered.contains(rule.id), "no change breaks {}", rule.id);
    }
}

/// Configuration and notice tell of the same fields, purposes, recipients and periods, or it is said where they differ.
// promise: P29
// promise: P5
#[test]
fn a_system_that_does_more_or_less_than_the_notice_is_found_out() {
    let honest = Notice::parse(SERVICE).unwrap().facts();
    assert!(check(SERVICE, DAY, Some(&honest)).is_empty());

    type Change = fn(&mut SystemFacts);
    let table: &[(Change, &str)] = &[
        (|facts| _ = facts.fields.insert(FieldId::known("sex"), Category::Equality), "stores \"sex\""),
        (|facts| _ = facts.fields.remove(&FieldId::known("nino")), "cannot store"),
        (
            |facts| _ = facts.fields.insert(FieldId::known("religion"), Category::Needs),
            "\"needs\", the notice under \"equality\"",
        ),
        (|facts| _ = facts.purposes.remove(&Purpose::Bids), "\"bids\", which the system does not have"),
        (
            |facts| _ = facts.recipients.insert("advertiser".to_owned()),
            "\"advertiser\", which the notice does not name",
        ),
        (|facts| _ = facts.recipients.remove("adult-learning"), "\"adult-learning\""),
        (|facts| _ = facts.processors.insert("cloud".to_owned()), "processor \"cloud\""),
        (
            |facts| _ = facts.retention.insert(Layer::Service, (Period::Months(24), Event::LastContact)),
            "24 months",
        ),
        (|facts| _ = facts.retention.remove(&Layer::Equality), "does not keep"),
    ];
    for (change, words) in table {
        let mut facts = honest.clone();
        change(&mut facts);
        let found = check(SERVICE, DAY, Some(&facts));
        assert_eq!(rules(&found), BTreeSet::from(["L33"]), "{words}: {}", listed(&found));
        assert!(found.iter().any(|finding| finding.what.contains(words)), "{words}: {}", listed(&found));
        assert!(found.iter().all(|finding| finding.severity == Severity::Error));
    }

    let fewer = SERVICE.replacen("purpose = \"bids\"", "purpose = \"bid\"", 1);
    assert!(
        rules(&check(&fewer, DAY, Some(&honest))).contains("L33"),
        "a purpose that the notice lost is missed"
    );
}

#[test]
fn complaints_to_the_controller_are_asked_for_only_since_the_law_is_in_force() {
    let text = SERVICE.replacen("acknowledge_days = 30", "acknowledge_days = 60", 1);
    assert!(check(&text, date(2026, 6, 18), None).iter().all(|finding| finding.rule != "L24"));
    assert!(check(&text, date(2026, 6, 19), None).iter().any(|finding| finding.rule == "L24"));
}

#[test]
fn a_notice_grows_old() {
    let found = check(SERVICE, date(2028, 6, 1), None);
    assert_eq!(rules(&found), BTreeSet::from(["L27", "L29"]), "{}", listed(&found));
}

#[test]
fn a_broken_notice_is_looked_at_as_far_as_it_can_be_read() {
    let text = SERVICE.replacen("review = 2027-12-01", "review = 2027-12-41", 1).replacen(
        "countries = []\n",
        "countries = [\"India\"]\n",
        1,
    );
    let found = check(&text, DAY, None);
    assert!(rules(&found).is_superset(&BTreeSet::from(["L00", "L07"])), "{}", listed(&found));
}

/// What stands in the text and could not be read is not missing.
#[test]
fn a_line_that_is_not_toml_brings_no_other_finding_with_it() {
    for (from, to) in [
        ("[controller]\nname = ", "[controller\nname = "),
        ("[controller]\nname = ", "[controller]\nname "),
        ("effective = 2026-12-01", "effective = 2026-02-31"),
        ("version = \"1.0\"", "version = \"1.0"),
        ("countries = []", "countries = ["),
        ("role = \"data-protection-officer\"", "role = "),
    ] {
        assert!(SERVICE.contains(from), "{from}");
        let text = SERVICE.replacen(from, to, 1);
        let found = check(&text, DAY, None);
        assert_eq!(rules(&found), BTreeSet::from(["L00"]), "{to:?}\n{}", listed(&found));
    }
}

#[test]
fn a_programme_that_does_not_say_who_decides_or_how_long_is_found_out() {
    let table: &[(&str, &str, &str)] = &[
        ("[controller]\nname = \"Northbridge Council\"\n", "", "L03"),
        ("arrangement = ", "x = ", "L03"),
        (
            "categories = [\"contact\", \"identity\", \"work\", \"casework\"]\nmonths",
            "categories = [\"contact\"]\nmonths",
            "L19",
        ),
        ("\"public-task\"", "\"equality-monitoring\"", "L17"),
        ("policy_document = \"APD-4\", ", "", "L15"),
    ];
    for (from, to, rule) in table {
        assert!(PROGRAMME.contains(from), "{from:?}");
        let found = check(&PROGRAMME.replacen(from, to, 1), DAY, None);
        assert!(rules(&found).contains(rule), "{rule}: {}", listed(&found));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn no_text_makes_the_lint_panic(at in 0usize..SERVICE.len(), cut in 0usize..2000, put in "\\PC{0,12}") {
        for text in [SERVICE, FAULTY] {
            let from = text.floor_char_boundary(at.min(text.len()));
            let to = text.floor_char_boundary((from + cut).min(text.len()));
            let changed = format!("{}{put}{}", &text[..from], &text[to..]);
            let _ = check(&changed, DAY, Some(&SystemFacts::default()));
        }
    }
}

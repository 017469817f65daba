//! What changed between two versions, and whether people have to be told again.

use notice::Notice;
use notice::diff::{Change, changes, must_tell_again, version_forgotten};
use proptest::prelude::*;
use toml::Value;

use crate::texts::{LEAST, changed, changed_after, each_leaf_changed, notice, shipped};
use crate::{PROGRAMME, SERVICE};

fn service() -> Notice {
    notice(SERVICE)
}

/// What changed from the shipped notice.
fn from_service(new: &Notice) -> Vec<Change> {
    changes(&service(), new)
}

// promise: P29
#[test]
fn nothing_changed_is_no_change() {
    for (name, one) in shipped().into_iter().chain([("least", notice(LEAST))]) {
        assert_eq!(changes(&one, &one), [], "{name}");
        assert!(!must_tell_again(&changes(&one, &one)), "{name}");
    }
    // Only the layout of the file differs.
    let elsewhere = notice(&format!("# Another comment.\n{SERVICE}"));
    assert_eq!(from_service(&elsewhere), []);
}

/// Each kind of change: where it stands, what is said, and whether people are told again.
// promise: P5
// promise: P29
#[test]
fn each_kind_of_change_is_named_and_weighed() {
    let row = "needs_consent = true\ncountry";
    let table: Vec<(Notice, &str, &str, bool)> = vec![
        // Fields and categories.
        (
            changed("\"nationality\", \"nino\"", "\"nationality\""),
            "categories.identity.fields",
            "no longer write down: National Insurance number",
            false,
        ),
        (
            changed("fields = [\"household\", \"dependent_children\"]", "fields = [\"household\"]"),
            "categories.household.fields",
            "no longer write down",
            false,
        ),
        (
            changed(
                "entries = [\"notices\", \"agreements\", \"consents\"]",
                "entries = [\"notices\", \"agreements\", \"consents\", \"photos\"]",
            ),
            "categories.agreement.entries",
            "may now write down photos",
            true,
        ),
        (
            changed("special = [\"health\", \"offence\"]", "special = [\"health\", \"offence\", \"belief\"]"),
            "categories.casework.special",
            "may now show your religion or belief",
            true,
        ),
        (
            changed(
                "says = \"Who depends on you and if anybody at home is in work. We write down numbers, never names.\"",
                "says = \"Numbers.\"",
            ),
            "categories.household.says",
            "The words about",
            false,
        ),
        (
            changed("source = \"You and our staff.\"", "source = \"You, our staff and the press.\""),
            "categories.rights.source",
            "where \"What you asked about your data\" comes from",
            true,
        ),
        // Purposes and grounds.
        (
            changed("categories = [\"contact\"]\nbases", "categories = [\"contact\", \"household\"]\nbases"),
            "purposes.contact.categories",
            "now uses, too: Your household",
            true,
        ),
        (
            changed(
                "\"right-to-work\", \"needs\", \"casework\", \"agreement\"]\nbases",
                "\"right-to-work\", \"needs\", \"casework\"]\nbases",
            ),
            "purposes.support.categories",
            "no longer uses: What we agreed",
            false,
        ),
        (
            changed_after(
                "purpose = \"bids\"",
                "article = \"6(1)(a)\"",
                "article = \"6(1)(e)\", enactment = \"Localism Act 2011, section 1\"",
            ),
            "purposes.bids.bases",
            "now rests on a public task",
            true,
        ),
        (
            changed_after(
                "purpose = \"bids\"",
                "schedule1 = 4",
                "schedule1 = 4, policy_document = \"APD-9\"",
            ),
            "purposes.bids.conditions",
            "protected data",
            false,
        ),
        (
            changed(
                "{ covers = [\"health\"], article9 = \"9(2)(a)\"",
                "{ covers = [\"health\", \"belief\"], article9 = \"9(2)(a)\"",
            ),
            "purposes.support.conditions",
            "has a new ground",
            true,
        ),
        (
            changed("label = \"To learn what works\"", "label = \"To learn\""),
            "purposes.statistics.label",
            "The words about",
            false,
        ),
        (
            changed(
                "enactment = \"Localism Act 2011, section 1\"",
                "enactment = \"Localism Act 2011, section 2\"",
            ),
            "functions",
            "now comes from: Localism Act 2011, section 2",
            true,
        ),
        (
            changed(
                "name = \"Help for young people to stay in learning or training\"",
                "name = \"Help for all\"",
            ),
            "functions",
            "another task: Help for all",
            true,
        ),
        // Periods.
        (
            changed_after("layer = \"service\"", "months = 12", "months = 24"),
            "retention.service.period",
            "kept 24 months after we last had contact with you; it was 12 months",
            true,
        ),
        (
            changed_after("layer = \"service\"", "months = 12", "months = 6"),
            "retention.service.period",
            "kept 6 months",
            false,
        ),
        (
            changed_after("layer = \"service\"", "months = 12", "days = 30"),
            "retention.service.period",
            "kept 30 days",
            false,
        ),
        (
            changed_after("layer = \"service\"", "months = 12", "days = 365"),
            "retention.service.period",
            "kept 365 days",
            true,
        ),
        (
            changed_after(
                "layer = \"rights\"",
                "after = \"request-closed\"",
                "after = \"last-contact\"\ncounts = [\"took-part\"]",
            ),
            "retention.rights.after",
            "kept 24 months after we last had contact",
            true,
        ),
        (
            changed("warn_months_before = [2, 1]", "warn_months_before = [1]"),
            "retention.service.warn_months_before",
            "no longer warned 2 months before",
            true,
        ),
        (
            changed("warn_months_before = [2, 1]", "warn_months_before = [3, 2, 1]"),
            "retention.service.warn_months_before",
            "now warned 3 months before",
            false,
        ),
        (changed("backup_days = 35", "backup_days = 36"), "erasure.backup_days", "gone after 36 days", true),
        (
            changed("backup_days = 35", "backup_days = 7"),
            "erasure.backup_days",
            "gone after 7 days, not 35",
            false,
        ),
        (
            changed("paper = \"Papers about you are shredded.", "paper = \"Papers stay."),
            "erasure.paper",
            "What we promise about paper",
            true,
        ),
        // Recipients.
        (
            changed("id = \"harbour-messaging\"", "id = \"other-messaging\""),
            "recipients.other-messaging",
            "Somebody more can get data: Harbour Messaging Ltd",
            true,
        ),
        (
            changed("name = \"Harbour Messaging Ltd\"", "name = \"Cliff Messaging Ltd\""),
            "recipients.harbour-messaging.name",
            "Instead of Harbour Messaging Ltd, Cliff Messaging Ltd",
            true,
        ),
        (
            changed_after(
                "id = \"harbour-messaging\"",
                "fields = [\"name\", \"mobile_phone\", \"email\"]",
                "fields = [\"name\", \"mobile_phone\", \"email\", \"postcode\"]",
            ),
            "recipients.harbour-messaging.fields",
            "now gets, too: Postcode",
            true,
        ),
        (
            changed_after(
                "id = \"harbour-messaging\"",
                "fields = [\"name\", \"mobile_phone\", \"email\"]",
                "fields = [\"name\", \"email\"]",
            ),
            "recipients.harbour-messaging.fields",
            "no longer gets: Mobile number",
            false,
        ),
        (
            changed_after("id = \"adult-learning\"", row, "country"),
            "recipients.adult-learning.needs_consent",
            "without asking you",
            true,
        ),
        (
            changed_after("id = \"harbour-messaging\"", "country", row),
            "recipients.harbour-messaging.needs_consent",
            "only if you say yes",
            false,
        ),
        (
            changed_after("id = \"harbour-messaging\"", "United Kingdom", "Ireland"),
            "recipients.harbour-messaging.country",
            "in Ireland, not in United Kingdom",
            true,
        ),
        (
            changed(
                "countries = []",
                "countries = [\"Ireland\"]\nsafeguards = \"Regulations under Article 45A\"",
            ),
            "transfers.countries",
            "may now go to Ireland",
            true,
        ),
        (
            changed("We share nothing about you unless you agree first.", "We share."),
            "sharing",
            "how sharing is decided",
            true,
        ),
        // People.
        (
            changed("phone = \"0151 496 0110\"", "phone = \"0151 496 0111\""),
            "contacts",
            "How your data is protected",
            false,
        ),
        (
            changed(
                "email = \"complaints@northbridge.example.org\"",
                "email = \"moan@northbridge.example.org\"",
            ),
            "contacts",
            "Complaints",
            false,
        ),
        (
            changed("phone = \"0151 496 0100\"", "phone = \"0151 496 0101\""),
            "controller.phone",
            "Our telephone number",
            false,
        ),
        (
            changed("name = \"Northbridge Council\"", "name = \"Southbridge Council\""),
            "controller.name",
            "Southbridge Council now decides",
            true,
        ),
        (
            changed(
                "link = \"https://ico.org.uk/make-a-complaint/\"",
                "link = \"https://ico.org.uk/complain/\"",
            ),
            "complaints.regulator.link",
            "The Commissioner's page",
            false,
        ),
        // Rights and asking.
        (
            changed("right = \"portability\"", "right = \"objection\""),
            "rights.portability",
            "A right is gone",
            true,
        ),
        (
            changed("to = [\"direct-marketing\", \"profiling\"", "to = [\"direct-marketing\""),
            "objection.to",
            "can no longer say no to profiling",
            true,
        ),
        (
            changed("acknowledge_days = 30", "acknowledge_days = 20"),
            "complaints.acknowledge_days",
            "within 20 days, not 30",
            false,
        ),
        (changed("any = false", "any = true"), "automated.any", "A computer now decides about you", true),
        (
            changed("fields = [\"name\"]\none_of", "fields = [\"name\", \"email\"]\none_of"),
            "required.fields",
            "now have to tell us: Email address",
            true,
        ),
        (
            changed("\"email\", \"address_line_1\"]\nby_law", "\"email\"]\nby_law"),
            "required.one_of",
            "no longer enough to begin with: Address line 1",
            true,
        ),
        (
            changed("one_of = [\"mobile_phone\", \"other_phone\", \"email\", \"address_line_1\"]\n", ""),
            "required.one_of",
            "no longer have to tell us a way to reach you",
            false,
        ),
        (
            changed("fee = \"It is free.\"", "fee = \"It costs money.\""),
            "requests.fee",
            "what an answer costs",
            true,
        ),
        // Words alone.
        (
            changed("title = \"Your information and how we look after it\"", "title = \"Your information\""),
            "title",
            "the heading",
            false,
        ),
        (
            changed("version = \"1.0\"", "version = \"1.1\""),
            "version",
            "version 1.1 after version 1.0",
            false,
        ),
        (changed("review = 2027-12-01", "review = 2027-11-01"), "review", "looked at again", false),
    ];
    for (new, at, what, tell) in table {
        let found = from_service(&new);
        let change = found.iter().find(|change| change.at == at && change.what.contains(what));
        let change = change.unwrap_or_else(|| panic!("{at}: {what:?} is not among {found:#?}"));
        assert_eq!(change.tell_again, tell, "{}", change.what);
        assert!(!change.why.is_empty() && change.what.ends_with(['.', ')']), "{change:?}");
        assert_eq!(must_tell_again(&found), found.iter().any(|change| change.tell_again));
        if !tell {
            assert!(!must_tell_again(&found), "{at}: nothing else changed: {found:#?}");
        }
    }
}

/// Contacts move often: one edit, and nobody is written to.
// promise: P27
#[test]
fn a_moved_contact_tells_nobody_again() {
    let moved = changed("0151 496 0120", "0151 496 0125");
    let found = from_service(&moved);
    assert!(!found.is_empty() && !must_tell_again(&found));
}

// promise: P13
#[test]
fn a_programme_on_top_is_news_for_the_client() {
    let service = service();
    let both = service.extended(&notice(PROGRAMME)).unwrap();
    let found = changes(&service, &both);
    assert!(must_tell_again(&found));
    assert!(found.iter().any(|change| change.what.contains("Bay Counties Combined Authority")));
    // Leaving it again takes nothing that was promised but what the programme gave.
    let back = changes(&both, &service);
    assert!(back.iter().any(|change| change.what.contains("no longer get data: Bay Counties")));
}

/// A change under an old version would make a version that was given say something else than it did.
// promise: P29
#[test]
fn a_change_without_a_new_version_is_noticed() {
    let same_version = changed("months = 24", "months = 36");
    assert!(version_forgotten(&service(), &same_version));
    let text =
        SERVICE.replace("months = 24", "months = 36").replace("version = \"1.0\"", "version = \"1.1\"");
    assert!(!version_forgotten(&service(), &notice(&text)));
    assert!(!version_forgotten(&service(), &service()));
}

/// Whatever is edited in the file, if it changes the notice, it is a change. Nothing is overlooked.
// promise: P29
#[test]
fn no_edit_of_a_notice_goes_unnoticed() {
    for text in [SERVICE, PROGRAMME] {
        let old = notice(text);
        let mut looked_at = 0;
        for (path, text) in each_leaf_changed(text, edit) {
            let Ok(new) = Notice::parse(&text) else { continue };
            if without_digest(&old) == without_digest(&new) {
                continue;
            }
            looked_at += 1;
            assert!(!changes(&old, &new).is_empty(), "{path} was edited, and nothing was noticed");
            assert!(!changes(&new, &old).is_empty(), "{path} was edited back, and nothing was noticed");
        }
        assert!(looked_at > 80, "only {looked_at} edits were looked at");
    }
}

fn edit(leaf: &mut Value) -> bool {
    match leaf {
        Value::String(words) => words.push_str(" and more"),
        Value::Integer(number) => *number += 1,
        Value::Boolean(yes) => *yes = !*yes,
        Value::Datetime(day) => {
            if let Some(date) = &mut day.date {
                date.day = if date.day == 1 { 2 } else { 1 };
            }
        }
        _ => return false,
    }
    true
}

fn without_digest(notice: &Notice) -> serde_json::Value {
    let mut value = serde_json::to_value(notice).unwrap();
    value.as_object_mut().unwrap().remove("digest");
    value
}

/// Things that only change places.
#[test]
fn another_order_is_noticed_and_nobody_is_told() {
    let order = "fields = [\"nino\", \"nationality\", \"date_of_birth\"]";
    let turned = changed("fields = [\"date_of_birth\", \"nationality\", \"nino\"]", order);
    let found = from_service(&turned);
    assert!(!found.is_empty() && !must_tell_again(&found), "{found:#?}");
}

proptest! {
    /// A longer period is always told, a shorter one never is, and both are noticed.
    #[test]
    fn longer_is_told_and_shorter_is_not(months in 1_u32..120) {
        let new = changed_after("layer = \"rights\"", "months = 24", &format!("months = {months}"));
        let found = from_service(&new);
        prop_assert_eq!(found.is_empty(), months == 24);
        prop_assert_eq!(must_tell_again(&found), months > 24);
    }
}

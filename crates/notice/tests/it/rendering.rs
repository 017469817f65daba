//! The notice as people read it: everything in it, in each of the three forms, made from what is enforced.

use notice::render::{self, words};
use notice::{ContactKind, Notice, RightKind};
use proptest::prelude::*;

use crate::markup::{self, faults, markdown_words, spaced};
use crate::texts::{LEAST, all_sentences_with, changed, changed_after, notice, shipped};
use crate::{PROGRAMME, SERVICE};

/// The three forms, each as the words that its reader reads.
fn forms(notice: &Notice) -> [(&'static str, String); 3] {
    [
        ("html", markup::words(&render::html(notice))),
        ("markdown", markdown_words(&render::markdown(notice))),
        ("text", spaced(&render::text(notice))),
    ]
}

/// Everything that a notice has to say to people, as words that have to stand there.
fn facts(notice: &Notice) -> Vec<String> {
    let mut facts =
        vec![notice.title.clone(), notice.service.clone(), notice.version.clone(), notice.opening.clone()];
    facts.push(words::day(notice.effective));
    facts.extend(notice.review.map(words::day));
    facts.extend(notice.laws.clone());
    facts.push(notice.controller.name.clone());
    facts.extend(notice.controller.address.clone());
    facts.extend(
        notice.controller.joint.iter().flat_map(|joint| [joint.name.clone(), joint.arrangement.clone()]),
    );
    for contact in &notice.contacts {
        facts.push(contact.label.clone());
        facts.extend(contact.phone.clone());
        facts.extend(contact.email.clone());
    }
    for held in &notice.categories {
        facts.extend([held.label.clone(), held.says.clone(), held.source.clone()]);
        facts.extend(held.fields.iter().map(|id| notice.field(id).unwrap().label.clone()));
        facts.extend(held.entries.iter().map(|entry| words::capital(entry)));
    }
    for given in &notice.purposes {
        facts.extend([given.label.clone(), given.says.clone()]);
        for basis in &given.bases {
            facts.extend([words::capital(basis.article.words()), words::basis_law(basis)]);
            facts.extend(basis.says.clone());
        }
        facts.extend(given.conditions.iter().map(words::condition_law));
    }
    facts.extend(
        notice.functions.iter().flat_map(|function| [function.name.clone(), function.enactment.clone()]),
    );
    for rule in &notice.retention {
        facts.extend([words::kept(rule.period, rule.after), rule.says.clone()]);
        facts.extend(rule.authority.clone());
        facts.extend(rule.counts.iter().map(|kind| words::capital(kind.words())));
    }
    for recipient in &notice.recipients {
        facts.extend([recipient.name.clone(), recipient.says.clone(), recipient.country.clone()]);
        facts.extend(recipient.fields.iter().map(|id| notice.field(id).unwrap().label.clone()));
        facts.extend(recipient.legal_ground.clone());
    }
    for system in &notice.systems {
        facts.extend([system.name.clone(), system.says.clone()]);
    }
    facts.extend(notice.transfers.iter().map(|transfers| transfers.says.clone()));
    facts.extend(notice.sources.iter().flat_map(|source| [source.name.clone(), source.says.clone()]));
    for right in notice.rights.iter().filter(|right| render::rights_in_force(notice).contains(&right.right)) {
        facts.extend([right.label.clone(), right.says.clone(), right.how.clone()]);
    }
    if let Some(objection) = &notice.objection {
        facts.extend([objection.says.clone(), objection.how.clone()]);
        facts.extend(objection.to.iter().map(|to| words::capital(words::objection(*to))));
    }
    if let Some(withdrawal) = &notice.withdrawal {
        facts.extend([withdrawal.says.clone(), withdrawal.how.clone(), withdrawal.effect.clone()]);
    }
    if let Some(complaints) = &notice.complaints {
        facts.extend([complaints.to_us.clone(), complaints.how.clone(), complaints.to_regulator.clone()]);
        facts.push(format!("Within {} days", complaints.acknowledge_days));
        facts.extend([complaints.regulator.name.clone(), complaints.regulator.link.clone()]);
        facts.extend(complaints.regulator.address.clone());
        facts.extend(complaints.regulator.phone.clone());
    }
    facts.extend(notice.automated.iter().map(|automated| automated.says.clone()));
    if let Some(required) = &notice.required {
        facts.extend([required.says.clone(), required.consequences.clone(), required.agreement.clone()]);
    }
    if let Some(requests) = &notice.requests {
        facts.extend([requests.time.clone(), requests.fee.clone(), requests.identity.clone()]);
        facts.extend([requests.formats.clone(), requests.under_18.clone(), requests.elsewhere.clone()]);
    }
    let erasure = &notice.erasure;
    facts.extend([
        erasure.says.clone(),
        erasure.on_request.clone(),
        erasure.paper.clone(),
        erasure.holds.clone(),
    ]);
    facts.extend(notice.sections.iter().flat_map(|section| [section.heading.clone(), section.says.clone()]));
    facts.into_iter().map(|fact| spaced(&fact)).filter(|fact| !fact.is_empty()).collect()
}

// promise: P27
// promise: P29
#[test]
fn everything_that_a_notice_says_stands_in_each_of_the_three_forms() {
    for (name, notice) in shipped() {
        for (form, text) in forms(&notice) {
            let missing: Vec<String> =
                facts(&notice).into_iter().filter(|fact| !text.contains(fact)).collect();
            assert_eq!(missing, Vec::<String>::new(), "{name} as {form}");
        }
    }
}

/// What the program enforces is what people read: change the one, and the other changes with it.
// promise: P29
#[test]
fn each_promise_is_read_from_what_is_enforced() {
    let service = changed("version = \"1.0\"", "version = \"1.0\"");
    let table: Vec<(&str, Notice, &str)> = vec![
        (
            "the period",
            changed_after("layer = \"service\"", "months = 12", "months = 18"),
            "It is erased 18 months after we last had contact with you.",
        ),
        (
            "what it is counted from",
            changed_after("layer = \"rights\"", "after = \"request-closed\"", "after = \"case-end\""),
            "24 months after we stop working with you",
        ),
        (
            "the warnings",
            changed("warn_months_before = [2, 1]", "warn_months_before = [3]"),
            "3 months before",
        ),
        (
            "a recipient's facts",
            changed(
                "\"preferred_contact\", \"highest_qualification\"",
                "\"date_of_birth\", \"highest_qualification\"",
            ),
            "They get: Name Mobile number Email address Date of birth Highest qualification",
        ),
        (
            "asking for consent",
            changed_after("id = \"harbour-messaging\"", "country =", "needs_consent = true\ncountry ="),
            "This firm sends our texts and emails. It works for us and may not use them for itself. They get: Name \
             Mobile number Email address What for: To reach you fast Before they get it: We ask you, and you have to \
             say yes.",
        ),
        (
            "the copies",
            changed("backup_days = 35", "backup_days = 21"),
            "Backup copies are gone after 21 days.",
        ),
        ("the confirmation", changed("acknowledge_days = 30", "acknowledge_days = 14"), "Within 14 days"),
        (
            "a field",
            changed("\"nationality\", \"nino\"", "\"nino\""),
            "* Date of birth * National Insurance number",
        ),
        (
            "computers",
            changed("any = false", "any = true"),
            "Does a computer decide about you, or give you a score? Yes",
        ),
    ];
    let before = spaced(&render::text(&service));
    for (what, changed, says) in table {
        assert!(!before.contains(says), "{what}: it was said before");
        let after = spaced(&render::text(&changed));
        assert!(after.contains(says), "{what}: {says:?} is not said");
    }
}

// promise: P16
#[test]
fn people_read_which_contact_counts_and_which_does_not() {
    let text = spaced(&render::text(&changed("    \"portal-action\",\n", "")));
    let (counts, rest) = text.split_once("This does not move it:").unwrap();
    let counts = counts.rsplit_once("Only this moves the date").unwrap().1;
    assert!(!counts.contains("Something you did online in your file"));
    assert!(rest.contains("Something you did online in your file"));
    for kind in ContactKind::ALL.iter().filter(|kind| !kind.two_way()) {
        assert!(rest.contains(&words::capital(kind.words())), "{kind}");
    }
}

/// law.md C.5, as far as a notice as a whole shows it.
// promise: P25
#[test]
fn only_the_rights_that_go_with_the_grounds_are_offered() {
    let consent = notice(SERVICE);
    assert!(render::rights_in_force(&consent).contains(&RightKind::Portability));
    let task = changed(
        "article = \"6(1)(a)\"",
        "article = \"6(1)(e)\", enactment = \"Localism Act 2011, section 1\"",
    );
    let offered = render::rights_in_force(&task);
    assert!(!offered.contains(&RightKind::Portability));
    for right in [RightKind::Access, RightKind::Rectification, RightKind::Erasure, RightKind::Restriction] {
        assert!(offered.contains(&right), "{right}");
    }
    let text = spaced(&render::text(&task));
    assert!(!text.contains("To take your data with you") && !text.contains("Taking back your consent"));
    assert!(spaced(&render::text(&consent)).contains("Taking back your consent"));
}

// promise: P26
#[test]
fn the_right_to_object_stands_apart_from_the_others() {
    let document = render::document(&notice(SERVICE));
    let ids: Vec<&str> = document.parts.iter().map(|part| part.id.as_str()).collect();
    assert!(ids.contains(&"your-rights") && ids.contains(&"right-to-object"));
    let rights = document.parts.iter().find(|part| part.id == "your-rights").unwrap();
    assert!(rights.parts.iter().all(|part| part.id != "right-objection"));
}

// promise: P20
#[test]
fn it_says_what_has_to_be_told_and_what_follows_if_not() {
    let text = spaced(&render::text(&notice(SERVICE)));
    assert!(text.contains(
        "We cannot begin without: * Name And one of these, whichever you choose: * Mobile number * Other phone number \
         * Email address * Address line 1 Does a law or contract make you tell us? No"
    ));
}

#[test]
fn the_page_is_well_formed_for_a_full_a_programmes_and_the_least_notice() {
    let mut notices: Vec<Notice> = shipped().into_iter().map(|(_, notice)| notice).collect();
    notices.push(notice(LEAST));
    for notice in notices {
        for html in [
            render::html(&notice),
            render::html_page(&notice),
            render::ropa(&notice).html(),
            render::ropa(&notice).html_page(),
        ] {
            assert_eq!(faults(&html), Vec::<String>::new(), "{}", notice.id);
        }
        let page = render::html_page(&notice);
        assert!(page.starts_with("<!DOCTYPE html>\n<html lang=\"en-GB\">"));
        assert_eq!(page.matches("<h1").count(), 1);
        assert!(!render::html(&notice).contains("<style"));
    }
}

#[test]
fn headings_do_not_skip_a_level() {
    for (name, notice) in shipped() {
        let html = render::html(&notice);
        let levels = html.split("<h").skip(1).filter_map(|rest| rest.chars().next()?.to_digit(10));
        levels.fold(0, |before, level| {
            assert!(level <= before + 1, "{name}: h{level} after h{before}");
            level
        });
    }
}

/// A notice whose every word tries to be markup.
#[test]
fn a_hostile_notice_stays_words() {
    let attack =
        "\"><script>alert('x')</script><img src=x onerror=alert(1)> &lt; [a](javascript:x) `b` | *c* _d_";
    for text in [SERVICE, PROGRAMME] {
        let hostile = notice(&all_sentences_with(text, attack));
        assert!(hostile.title.contains("<script>"), "the attack is in it");
        for html in [
            render::html(&hostile),
            render::html_page(&hostile),
            render::flow_svg(&hostile),
            render::ropa(&hostile).html(),
        ] {
            assert_eq!(faults(&html), Vec::<String>::new());
            assert!(!html.contains("<script") && !html.contains("<img"));
        }
        let markdown = unescaped(&render::markdown(&hostile));
        for markup in ["<script", "<img", "](javascript", "`b`", "*c*"] {
            assert!(!markdown.contains(markup), "{markup:?} is markup");
        }
        for line in markdown.lines().filter(|line| line.contains('|')) {
            assert!(line.starts_with("| "), "a bar outside a table: {line}");
            assert_eq!(line.matches('|').count(), 4, "a row of three cells: {line}");
        }
    }
}

/// Markdown without what is escaped: what is left is markup.
fn unescaped(markdown: &str) -> String {
    let mut left = String::new();
    let mut letters = markdown.chars();
    while let Some(c) = letters.next() {
        match c {
            '\\' => drop(letters.next()),
            c => left.push(c),
        }
    }
    left
}

#[test]
fn no_line_of_the_text_is_longer_than_a_terminal_or_a_letter_holds() {
    for (name, notice) in shipped() {
        for text in [render::text(&notice), render::ropa(&notice).text()] {
            for line in text.lines() {
                let one_word = line.split_whitespace().count() <= 1;
                assert!(one_word || line.chars().count() <= 78, "{name}: {line:?}");
                assert_eq!(line.trim_end(), line, "{name}: a space at the end");
            }
        }
    }
}

#[test]
fn telephone_numbers_and_addresses_can_be_pressed() {
    let html = render::html(&notice(SERVICE));
    assert!(html.contains("href=\"tel:01514960110\""));
    assert!(html.contains("href=\"mailto:data.protection@northbridge.example.org\""));
    assert!(html.contains("href=\"https://ico.org.uk/make-a-complaint/\""));
}

/// Sentences for people who read like twelve-year-olds: ours, not the service's.
#[test]
fn our_own_sentences_are_short() {
    fn look(part: &render::Part) {
        for block in &part.blocks {
            let render::Block::Paragraph(line) = block else { continue };
            for span in &line.0 {
                let render::Span::Words(words) = span else { continue };
                for sentence in words.split(['.', ':', '?']) {
                    assert!(sentence.split_whitespace().count() <= 16, "{sentence}");
                }
            }
        }
        part.parts.iter().for_each(look);
    }
    render::document(&notice(LEAST)).parts.iter().for_each(look);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_words_at_all_are_rendered_well_formed(title in "\\PC{1,40}", says in "\\PC{1,200}") {
        let quoted = |words: &str| serde_json::to_string(words).unwrap_or_default();
        let text = SERVICE
            .replacen("title = \"Your information and how we look after it\"", &format!("title = {}", quoted(&title)), 1)
            .replacen("fee = \"It is free.\"", &format!("fee = {}", quoted(&says)), 1);
        if let Ok(notice) = Notice::parse(&text) {
            prop_assert_eq!(faults(&render::html(&notice)), Vec::<String>::new());
        }
    }
}

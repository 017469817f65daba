//! Special categories and offences, and the conditions for them: L10 to L16.

use std::collections::BTreeSet;

use super::Look;
use super::text::{has_any, sentences};
use crate::catalogue::Catalogue;
use crate::codes::{Article6, Article9};
use crate::field::Special;
use crate::model::{CategoryNotice, Condition, PurposeNotice};
use crate::vocabulary::Purpose;

/// What paragraph 8 of Schedule 1 (equality) covers.
const PARAGRAPH_8: [Special; 4] =
    [Special::EthnicOrigin, Special::Belief, Special::Health, Special::SexualOrientation];

pub(super) fn check(look: &Look<'_>) {
    let fields = look.notice.catalogue();
    for (index, held) in look.notice.categories.iter().enumerate() {
        named(look, index, held, &specials(held, &fields));
    }
    for (index, given) in look.notice.purposes.iter().enumerate() {
        covered(look, index, given, &fields);
        for (at, condition) in given.conditions.iter().enumerate() {
            let path = format!("purposes[{index}].conditions[{at}]");
            fits(look, &path, condition);
            policy(look, &path, condition);
            paragraph_8(look, &path, given, condition);
        }
    }
    prose(look);
}

/// The specially protected data that a category holds.
fn specials(held: &CategoryNotice, fields: &Catalogue) -> BTreeSet<Special> {
    let of_fields = fields.fields_of(held.category).flat_map(|field| field.special.iter().copied());
    of_fields.chain(held.special.iter().copied()).collect()
}

fn words_for(special: Special) -> &'static [&'static str] {
    match special {
        Special::EthnicOrigin => &["ethnic*", "race", "racial"],
        Special::Belief => &["religio*", "belief*", "faith"],
        Special::Health => &["health", "disab*", "ill", "illness*", "condition*"],
        Special::SexualOrientation => &["sexual orientation"],
        Special::PoliticalOpinion => &["politic*"],
        Special::TradeUnion => &["trade union*"],
        Special::Biometric => &["genetic*", "biometric*"],
        Special::Offence => &["criminal*", "convict*", "offence*"],
    }
}

/// L10, L16: the words of a category name what it holds.
fn named(look: &Look<'_>, index: usize, held: &CategoryNotice, specials: &BTreeSet<Special>) {
    let small = format!("{} {}", held.label, held.says).to_lowercase();
    let labels = if look.programme() { own_labels(look, held) } else { String::new() };
    for special in specials {
        if has_any(&small, words_for(*special)) || has_any(&labels, words_for(*special)) {
            continue;
        }
        let rule = if special.of_article_9() { "L10" } else { "L16" };
        let what =
            format!("{:?} can hold data about {}, but its words do not say so", held.label, special.words());
        look.report(
            rule,
            &format!("categories[{index}].says"),
            what,
            format!("Name {} in says", special.words()),
        );
    }
}

/// A programme's own fields name what they hold by their reasons, too.
fn own_labels(look: &Look<'_>, held: &CategoryNotice) -> String {
    let own = look.notice.fields.iter().filter(|field| held.fields.contains(&field.id));
    own.map(|field| format!("{} {} ", field.label, field.why)).collect::<String>().to_lowercase()
}

/// L10, L13, L16: each purpose has a condition for what it uses.
fn covered(look: &Look<'_>, index: usize, given: &PurposeNotice, fields: &Catalogue) {
    let used = look.notice.categories.iter().filter(|held| given.categories.contains(&held.category));
    let used: BTreeSet<Special> = used.flat_map(|held| specials(held, fields)).collect();
    let consent = given.bases.iter().any(|basis| basis.article == Article6::A);
    let path = format!("purposes[{index}]");
    for special in used {
        let mut covering =
            given.conditions.iter().filter(|condition| condition.covers.contains(&special)).peekable();
        if !special.of_article_9() {
            if covering.peek().is_none() {
                let what = format!(
                    "{:?} may use data about criminal offences without a condition for it",
                    given.label
                );
                look.report(
                    "L16",
                    &path,
                    what,
                    "Add { covers = [\"offence\"], schedule1 = 29 } for consent, or another paragraph",
                );
            }
            continue;
        }
        let mut covering = covering.filter(|condition| condition.article9.is_some()).peekable();
        if covering.peek().is_none() {
            let what = format!(
                "{:?} uses data about {} without a condition of Article 9",
                given.label,
                special.words()
            );
            let cure =
                format!("Add {{ covers = [\"{special}\"], article9 = \"9(2)(...)\" }} to its conditions");
            look.report("L10", &path, what, cure);
            if consent {
                let what = format!(
                    "{:?} rests on consent, but not on explicit consent for {}",
                    given.label,
                    special.words()
                );
                look.report("L13", &path, what, "Add a condition with article9 = \"9(2)(a)\"");
            }
        } else if consent && !covering.any(stands_beside_consent) {
            let what = format!(
                "{:?} rests on consent, but not on explicit consent for {}",
                given.label,
                special.words()
            );
            look.report(
                "L13",
                &path,
                what,
                "Add a condition with article9 = \"9(2)(a)\", or name the paragraph of Schedule 1",
            );
        }
    }
}

fn stands_beside_consent(condition: &Condition) -> bool {
    condition.article9 == Some(Article9::A) || condition.schedule1.is_some()
}

/// L12, L14, L16: a condition has what it needs.
fn fits(look: &Look<'_>, path: &str, condition: &Condition) {
    let offence = condition.covers.contains(&Special::Offence);
    let Some(article9) = condition.article9 else {
        if condition.covers.iter().any(|special| special.of_article_9()) {
            let what = "A condition for special categories names no point of Article 9";
            look.report("L14", path, what, "Add article9 = \"9(2)(...)\"");
        } else if condition.schedule1.is_none() {
            let what = "Data about offences needs a paragraph of Schedule 1";
            look.report(
                "L16",
                path,
                what,
                "Add schedule1 = 29 for consent, or another paragraph of Parts 1 to 3",
            );
        }
        return;
    };
    if offence {
        let what = "Offences do not stand in Article 9";
        look.report("L16", path, what, "Give them a condition of their own, without article9");
    }
    if article9.needs_schedule_1() {
        match condition.schedule1 {
            None => {
                let what = format!("{article9} holds only with a paragraph of Schedule 1, and none is named");
                look.report("L14", path, what, "Add schedule1 = the number of the paragraph");
            }
            Some(paragraph) if !article9.goes_with(paragraph) => {
                let what = format!("Paragraph {paragraph} of Schedule 1 does not belong to {article9}");
                look.report("L14", path, what, "Take the paragraph that does: 1 for (b), 6 to 28 for (g), 2 for (h), 3 for (i), 4 for (j)");
            }
            Some(_) => {}
        }
    }
    if article9 == Article9::H && (condition.secrecy.is_none() || condition.covers != [Special::Health]) {
        let what = "9(2)(h) is for health and social care by people under a duty of secrecy";
        look.report(
            "L12",
            path,
            what,
            "Take 9(2)(g) with paragraph 8 for equality data, or add secrecy = \"...\"",
        );
    }
}

/// L15: Schedule 1 paras 1(1)(b), 5 and 35 ask for a policy document; 13 never does, 10 and 27 do not always.
fn policy(look: &Look<'_>, path: &str, condition: &Condition) {
    let needs = matches!(condition.schedule1, Some(1 | 6..=9 | 11 | 12 | 14..=26 | 28 | 35))
        || (condition.schedule1.is_none() && matches!(condition.article9, Some(Article9::B | Article9::G)));
    if needs && condition.policy_document.is_none() {
        let what = "This condition needs an appropriate policy document, and none is named";
        look.report("L15", path, what, "Write one and add policy_document = \"its number\"");
    }
}

/// L16: paragraph 8 is for figures about four kinds of data, not for decisions about somebody.
fn paragraph_8(look: &Look<'_>, path: &str, given: &PurposeNotice, condition: &Condition) {
    if condition.schedule1 != Some(8) {
        return;
    }
    for special in condition.covers.iter().filter(|special| !PARAGRAPH_8.contains(special)) {
        let what = format!("Paragraph 8 does not cover {}", special.words());
        look.report("L16", path, what, "Find another condition for it");
    }
    if matches!(given.purpose, Purpose::Support | Purpose::Functions | Purpose::Contact) {
        let what =
            format!("Paragraph 8 is for equality figures, but {:?} is about single people", given.label);
        look.report("L16", path, what, "Take explicit consent, or another paragraph");
    }
    let text = condition.says.as_deref().unwrap_or_default().to_lowercase();
    if has_any(&text, &["marital", "nationality", "barriers"]) {
        let what = "Paragraph 8 covers neither marital status nor nationality nor barriers to work";
        look.report("L16", path, what, "Take them out of this condition: they need none, or another");
    }
}

/// L10, L11: what the sentences say about Article 9 is what the conditions say.
fn prose(look: &Look<'_>) {
    let declared: BTreeSet<Article9> = look
        .notice
        .purposes
        .iter()
        .flat_map(|given| &given.conditions)
        .filter_map(|condition| condition.article9)
        .collect();
    for placed in look.texts().filter(|placed| !placed.path.ends_with("article9")) {
        for sentence in sentences(&placed.text) {
            let mentioned = points(sentence);
            let wrong: Vec<_> = mentioned.difference(&declared).map(|point| point.code()).collect();
            if !wrong.is_empty() {
                let what = format!(
                    "The sentence relies on {}, which no purpose names as its condition",
                    wrong.join(", ")
                );
                look.report_phrase(
                    "L11",
                    placed,
                    sentence,
                    what,
                    "Name the conditions once, with their purpose, and nowhere else",
                );
            }
        }
        let small = placed.text.to_lowercase();
        for vague in ["equalities data", "equality data", "special category data", "sensitive data"] {
            let any = Special::ALL.iter().any(|special| has_any(&small, words_for(*special)));
            if small.contains(vague) && !any && placed.path.starts_with("categories") {
                let what = format!("\"{vague}\" does not say which data that is");
                look.report_phrase(
                    "L10",
                    placed,
                    vague,
                    what,
                    "Name each kind: ethnicity, religion, health, sexual orientation",
                );
            }
        }
    }
}

/// The points of Article 9(2) that a sentence names: "Articles 9 (2) (b) and (h)".
fn points(sentence: &str) -> BTreeSet<Article9> {
    let tight: String = sentence.to_lowercase().chars().filter(|c| !c.is_whitespace()).collect();
    let mut found = BTreeSet::new();
    for (at, start) in tight.match_indices("9(2)") {
        let mut rest = tight.get(at + start.len()..).unwrap_or_default();
        while let Some(after) = rest.strip_prefix('(') {
            let Some((letter, after)) = after.split_once(')') else { break };
            let point = Article9::ALL.iter().find(|point| point.code() == format!("9(2)({letter})"));
            let Some(point) = point else { break };
            found.insert(*point);
            rest =
                ["and", "or", ",", "&"].iter().find_map(|joint| after.strip_prefix(joint)).unwrap_or(after);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_of_article_9_are_read_from_sentences() {
        let table: [(&str, &[Article9]); 4] = [
            ("Article 9 (2) (g) is our ground", &[Article9::G]),
            ("under Articles 9 (2) (b) and (h) of the Act", &[Article9::B, Article9::H]),
            ("9(2)(j), (a)", &[Article9::A, Article9::J]),
            ("Article 9 of the Act, 19(2)x", &[]),
        ];
        for (sentence, expected) in table {
            assert_eq!(points(sentence), expected.iter().copied().collect(), "{sentence}");
        }
    }
}

//! How long, and what going means; where data is kept: L19, L20, L21.

use super::Look;
use super::text::{has_any, is_own_words, named_months, sentences};
use crate::codes::{Event, Layer, SystemKind};
use crate::model::{Period, Retention};

pub(super) fn check(look: &Look<'_>) {
    periods(look);
    for (index, rule) in look.notice.retention.iter().enumerate() {
        same_period_in_words(look, index, rule);
    }
    words_of_going(look);
    systems(look);
}

fn periods(look: &Look<'_>) {
    for (index, held) in look.notice.categories.iter().enumerate() {
        if !look.notice.retention.iter().any(|rule| rule.categories.contains(&held.category)) {
            let what = format!("It is not said how long {:?} is kept", held.label);
            let cure = format!("Add \"{}\" to the categories of a [[retention]]", held.category);
            look.report("L19", &format!("categories[{index}]"), what, cure);
        }
    }
    for (index, rule) in look.notice.retention.iter().enumerate() {
        let path = format!("retention[{index}]");
        let small = rule.says.to_lowercase();
        if has_any(&small, &["as long as necessary", "as long as needed", "as long as required"]) {
            look.report(
                "L19",
                &format!("{path}.says"),
                "\"As long as necessary\" is no period",
                "Say how long, counted from what",
            );
        }
        if rule.after == Event::LastContact && rule.counts.is_empty() {
            let what = "\"Contact\" and \"working with us\" are not defined";
            look.report(
                "L19",
                &path,
                what,
                "Add counts = [...] with what counts as contact, and say it in says",
            );
        }
        for kind in rule.counts.iter().filter(|kind| !kind.two_way()) {
            let what = format!("\"{kind}\" is not contact with the client: it would keep data for ever");
            look.report("L19", &format!("{path}.counts"), what, "Take it out");
        }
    }
    let mut told = look.texts().filter(|placed| is_own_words(&placed.path));
    let programmes =
        told.find(|placed| has_any(&placed.text.to_lowercase(), &["programme", "programmes", "project"]));
    if let Some(placed) = programmes
        && look.notice.retention_rule(Layer::Programme).is_none()
    {
        let what = "Programmes are named, but not how long their data is kept";
        look.report("L19", &placed.path, what, "Add a [[retention]] with layer = \"programme\"");
    }
}

/// People read the words and Kept keeps to the number: both have to say the same.
fn same_period_in_words(look: &Look<'_>, index: usize, rule: &Retention) {
    let Period::Months(months) = rule.period else { return };
    let path = format!("retention[{index}].says");
    let named = named_months(&rule.says);
    if !named.contains(&months) {
        let what = format!("Kept for {months} months, and its words do not say so");
        let cure = format!("Say in says that it is {months} months (or so many years), or change months");
        look.report("L19", &path, what, cure);
    }
    // A programme's notice may speak of the service's period as well, which is not known here.
    if look.programme() {
        return;
    }
    let of_others = look.notice.retention.iter().filter_map(|other| match other.period {
        Period::Months(months) => Some(months),
        _ => None,
    });
    let known: Vec<u32> = of_others.chain(rule.warn_months_before.iter().copied()).collect();
    for other in named.into_iter().filter(|named| !known.contains(named)) {
        let what =
            format!("Its words speak of {other} months, and no period or warning of the notice is that long");
        look.report("L19", &path, what, "Let the words and the numbers of the notice say the same");
    }
    for warning in &rule.warn_months_before {
        if !named_months(&rule.says).contains(warning) {
            let what = format!("People are warned {warning} months before, and its words do not say so");
            look.report(
                "L19",
                &path,
                what,
                "Say in says when people are warned, or change warn_months_before",
            );
        }
    }
}

fn words_of_going(look: &Look<'_>) {
    if look.programme() {
        return;
    }
    let erasure = &look.notice.erasure;
    for (key, words, text) in [
        ("says", "what removing, deleting and erasing mean: one thing", &erasure.says),
        ("backups", "what happens to backup copies", &erasure.backups),
        ("paper", "what happens to paper", &erasure.paper),
    ] {
        if text.is_empty() {
            look.report(
                "L20",
                "erasure",
                format!("It does not say {words}"),
                format!("Add {key} = \"...\" under [erasure]"),
            );
        }
    }
    if erasure.says.is_empty() {
        const GOING: [&str; 4] = ["delete*", "remove*", "anonymise*", "destroy*"];
        let used: Vec<&str> =
            GOING.into_iter().filter(|word| look.says_anything_of(&[word]).is_some()).collect();
        if used.len() > 1 {
            let words: Vec<_> = used.iter().map(|word| word.trim_end_matches('*')).collect();
            let what = format!("{} are used as if they were the same", words.join(", "));
            look.report("L20", "erasure", what, "Say what they mean, and use one of them");
        }
    }
    absolute_promise(look);
}

/// "We will delete your record", without a word about programmes or what may delay it.
fn absolute_promise(look: &Look<'_>) {
    if !look.notice.erasure.holds.is_empty() {
        return;
    }
    for placed in look.texts() {
        let promise = sentences(&placed.text).find(|sentence| {
            let small = sentence.to_lowercase();
            has_any(
                &small,
                &[
                    "will delete",
                    "will erase",
                    "agree to delete",
                    "agree to erase",
                    "delete your",
                    "erase your",
                ],
            ) && !has_any(&small, &["unless", "except"])
        });
        if let Some(sentence) = promise {
            let what =
                "Deletion is promised without exception, next to programmes that keep data longer".to_owned();
            look.report_phrase(
                "L20",
                placed,
                sentence,
                what,
                "Say what may delay it: add holds = \"...\" under [erasure]",
            );
            return;
        }
    }
}

fn systems(look: &Look<'_>) {
    if look.programme() {
        return;
    }
    let registered = |kind: SystemKind| look.notice.systems.iter().any(|system| system.kind == kind);
    if look.notice.systems.is_empty() {
        look.report(
            "L21",
            "systems",
            "It does not say where data is kept",
            "Add [[systems]] for each system and filing place",
        );
    }
    for (kind, named) in [
        (SystemKind::Records, ["database", "record system", "crm", "computer system"].as_slice()),
        (SystemKind::Filing, ["filing", "filing system", "cabinets", "paper file"].as_slice()),
    ] {
        let mention = look.says_anything_of(named);
        if let Some(placed) = mention.filter(|_| !registered(kind)) {
            let what = format!("A place of the kind \"{kind}\" is named that is not registered");
            look.report("L21", &placed.path, what, format!("Add a [[systems]] with kind = \"{kind}\""));
        }
    }
}

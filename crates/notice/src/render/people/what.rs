//! What is held, field by field, and what for, with the law that lets us.

use crate::field::Special;
use crate::model::{Basis, CategoryNotice, Condition, Notice, PurposeNotice};
use crate::render::document::{Part, fact};
use crate::render::words;
use crate::vocabulary::Purpose;

use super::label;

pub(super) fn what_we_hold(notice: &Notice) -> Part {
    let mut part = Part::new("what-we-hold", "What we hold about you");
    part.say("This is all that we can write down. There is no place for anything else.");
    for held in &notice.categories {
        part.part(category(notice, held));
    }
    part
}

fn category(notice: &Notice, held: &CategoryNotice) -> Part {
    let mut part = Part::new(&format!("data-{}", held.category), held.label.as_str());
    part.say(&held.says);
    let fields =
        held.fields.iter().map(|id| notice.field(id).map_or_else(|| id.to_string(), |f| f.label.clone()));
    part.list("The facts:", fields);
    part.list("What is written down with its date:", held.entries.iter().map(|entry| words::capital(entry)));
    let special: Vec<&str> = special(notice, held).into_iter().map(Special::words).collect();
    part.facts([
        fact("Where it comes from", [held.source.as_str()]),
        fact(
            "The law protects more",
            (!special.is_empty()).then(|| words::capital(&words::all_of(&special))),
        ),
        fact("How long we keep it", kept(notice, held)),
    ]);
    part
}

/// Specially protected data in the fields and entries of a category.
pub(crate) fn special(notice: &Notice, held: &CategoryNotice) -> Vec<Special> {
    let of_fields = held.fields.iter().filter_map(|id| notice.field(id));
    let mut special: Vec<Special> = of_fields.flat_map(|field| field.special.clone()).collect();
    special.extend(&held.special);
    special.sort_unstable();
    special.dedup();
    special
}

fn kept(notice: &Notice, held: &CategoryNotice) -> Vec<String> {
    let rules = notice.retention.iter().filter(|rule| rule.categories.contains(&held.category));
    rules.map(|rule| words::sentence(&words::kept(rule.period, rule.after))).collect()
}

pub(super) fn why(notice: &Notice) -> Part {
    let mut part = Part::new("why", "What we use it for, and what lets us");
    part.say("We use it for these purposes and for no others.");
    for given in &notice.purposes {
        part.part(purpose(notice, given));
    }
    part
}

fn purpose(notice: &Notice, given: &PurposeNotice) -> Part {
    let mut part = Part::new(&format!("purpose-{}", given.purpose), given.label.as_str());
    part.say(&given.says);
    part.list("For this we use:", given.categories.iter().map(|category| label(notice, *category)));
    part.list("What lets us use it:", given.bases.iter().map(basis));
    part.list("What lets us use data that the law protects more:", given.conditions.iter().map(condition));
    part
}

/// Plain words first, the article after.
pub(crate) fn basis(basis: &Basis) -> String {
    let says = basis.says.as_deref().map_or(String::new(), |says| format!(" {}", words::sentence(says)));
    format!("{}{says} ({})", words::sentence(basis.article.words()), words::basis_law(basis))
}

/// Which data, plain words, then the articles.
pub(crate) fn condition(condition: &Condition) -> String {
    let covers: Vec<&str> = condition.covers.iter().map(|special| special.words()).collect();
    let ground = condition.article9.map_or_else(
        || "a rule of our own country about offences".to_owned(),
        |article| article.words().to_owned(),
    );
    let mut says = vec![format!("About {}: {ground}.", words::all_of(&covers))];
    says.extend(condition.says.as_deref().map(words::sentence));
    says.extend(condition.secrecy.as_deref().map(|secrecy| words::sentence(&format!("Secrecy: {secrecy}"))));
    format!("{} ({})", says.join(" "), words::condition_law(condition))
}

pub(super) fn functions(notice: &Notice) -> Part {
    let heading = "Tasks that the law gives us";
    let mut part = Part::new("functions", heading);
    if let Some(given) = notice.purpose(Purpose::Functions).filter(|_| !notice.functions.is_empty()) {
        part.say(&format!(
            "These are the tasks that we mean by \u{201c}{}\u{201d}. There are no others.",
            given.label
        ));
    }
    part.facts(notice.functions.iter().map(|function| {
        fact(
            function.name.as_str(),
            [function.says.clone(), format!("The law: {}", words::sentence(&function.enactment))],
        )
    }));
    part
}

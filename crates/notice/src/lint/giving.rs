//! What people must tell, and what others tell about them: L23, L28.

use super::Look;
use super::text::{has_any, sentences};

pub(super) fn check(look: &Look<'_>) {
    required(look);
    sources(look);
}

fn required(look: &Look<'_>) {
    let told = &look.notice.required;
    if told.is_none() && !look.programme() {
        let what = "It does not say what people must tell, and what follows if they do not";
        look.report("L23", "required", what, "Add [required] with says, fields and consequences");
    }
    if told.as_ref().is_some_and(|required| required.consequences.is_empty()) {
        look.report(
            "L23",
            "required",
            "It does not say what follows if something is not told",
            "Add consequences = \"...\"",
        );
    }
    const FREE: &[&str] = &["voluntary", "your choice", "you choose"];
    const MUST: &[&str] =
        &["is required to", "are required to", "is required", "must give us", "have to give us"];
    let free = look.texts().find(|placed| has_any(&placed.text.to_lowercase(), FREE));
    if free.is_none() {
        return;
    }
    for placed in look.texts() {
        let must = sentences(&placed.text).find(|sentence| has_any(&sentence.to_lowercase(), MUST));
        if let Some(sentence) = must {
            let what = format!("\"{sentence}\" contradicts that telling is free");
            look.report_phrase(
                "L23",
                placed,
                sentence,
                what,
                "Say once which facts are needed and which are free",
            );
        }
    }
}

fn sources(look: &Look<'_>) {
    let notice = look.notice;
    for (index, held) in notice.categories.iter().enumerate().filter(|(_, held)| held.source.is_empty()) {
        let what = format!("It is not said where {:?} comes from", held.label);
        look.report("L28", &format!("categories[{index}]"), what, "Add source = \"You.\", or who else");
    }
    let others = notice.categories.iter().position(|held| {
        has_any(
            &held.source.to_lowercase(),
            &["may tell", "may confirm", "tells us", "tell us", "they", "from others"],
        )
    });
    if let Some(index) = others.filter(|_| notice.sources.is_empty()) {
        let what = "Some data comes from others, who are not named";
        look.report(
            "L28",
            &format!("categories[{index}].source"),
            what,
            "Add [[sources]] for each, with the categories",
        );
    }
    for held in &notice.sources {
        if held.categories.is_empty() {
            let what = format!("It is not said what {} tells", held.name);
            look.report("L28", "sources", what, "Add categories = [...]");
        }
    }
}

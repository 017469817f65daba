//! Who gets data, and whether it leaves the country: L05, L06, L07.

use super::Look;
use super::text::{has_any, has_word, sentences};
use crate::codes::{RecipientKind, SystemKind};
use crate::source::PlacedText;

pub(super) fn check(look: &Look<'_>) {
    recipients(look);
    contradictions(look);
    transfers(look);
}

fn recipients(look: &Look<'_>) {
    let notice = look.notice;
    let anybody = notice.recipients.iter().any(|who| who.kind == RecipientKind::Recipient);
    let referrals =
        notice.categories.iter().any(|held| held.entries.iter().any(|entry| entry == "referrals"));
    if !look.programme() && notice.recipients.is_empty() {
        look.report(
            "L05",
            "recipients",
            "Nobody is named who gets data",
            "Add [[recipients]] for each, or each kind",
        );
    } else if referrals && !anybody && !look.programme() {
        let what = "Referrals are recorded, but nobody is named who gets them";
        look.report("L05", "recipients", what, "Add [[recipients]] for those whom clients are referred to");
    }
    for (index, system) in notice.systems.iter().enumerate() {
        let says = format!("{} {}", system.name, system.says).to_lowercase();
        let hosted = has_any(&says, &["hosted", "cloud", "supplier", "provider"]);
        if system.kind == SystemKind::Records && hosted && system.processor.is_none() {
            let what = format!("{:?} is run by somebody else, who is not named", system.name);
            look.report(
                "L05",
                &format!("systems[{index}]"),
                what,
                "Add processor = \"...\" and that processor under [[recipients]]",
            );
        }
    }
    for (index, who) in notice.recipients.iter().enumerate() {
        let path = format!("recipients[{index}]");
        if who.kind == RecipientKind::Recipient && !who.needs_consent && who.legal_ground.is_none() {
            let what = format!("{} gets data without consent and without a law", who.name);
            look.report("L06", &path, what, "Add needs_consent = true, or legal_ground = \"...\"");
        }
        if who.kind == RecipientKind::Recipient && who.fields.is_empty() && who.entries.is_empty() {
            let what = format!("It is not said what {} gets", who.name);
            look.report("L05", &path, what, "Add fields = [...] with exactly what is shared");
        }
    }
}

/// What one sentence says about sharing.
#[derive(PartialEq)]
enum Share {
    /// "We will not share" and no more.
    Never,
    /// "We do not share ... unless ...".
    NotUnless,
    /// "We will share ... with ...".
    Does,
    Nothing,
}

fn share(sentence: &str) -> Share {
    let small = sentence.to_lowercase();
    let denies = has_any(
        &small,
        &["not share", "never share", "share nothing", "not pass", "share none", "not be shared"],
    );
    let condition = has_any(
        &small,
        &["unless", "without", "except", "only if", "only when", "only with", "only after", "until"],
    );
    let consent = has_any(&small, &["agree", "agreed", "consent", "permission", "law*"]);
    if denies {
        return if condition { Share::NotUnless } else { Share::Never };
    }
    let gives = has_any(&small, &["will share", "we share", "is shared", "are shared", "be shared"])
        && has_word(&small, "with");
    if gives && !consent { Share::Does } else { Share::Nothing }
}

fn contradictions(look: &Look<'_>) {
    let mut said: Vec<(Share, &PlacedText, String)> = Vec::new();
    for placed in look.texts() {
        said.extend(sentences(&placed.text).map(|sentence| (share(sentence), placed, sentence.to_owned())));
    }
    let denied = said.iter().find(|(share, ..)| *share == Share::Never);
    let denial = denied.or_else(|| said.iter().find(|(share, ..)| *share == Share::NotUnless));
    for (_, placed, sentence) in said.iter().filter(|(share, ..)| *share == Share::Does) {
        if let Some((_, _, other)) = denial {
            let what = format!("\"{sentence}\" contradicts \"{other}\"");
            look.report_phrase(
                "L06",
                placed,
                sentence,
                what,
                "Say once what is shared with whom, and on what condition",
            );
        }
    }
    let gets = look.notice.recipients.iter().any(|who| who.kind == RecipientKind::Recipient);
    if let (Some((_, placed, sentence)), true) = (denied, gets) {
        let what = format!("\"{sentence}\", but recipients are named");
        look.report_phrase("L06", placed, sentence, what, "Say on which condition data is shared");
    }
    if !gets && !look.programme() {
        let opening = look
            .texts()
            .find(|placed| has_word(&placed.text.to_lowercase(), "share") && placed.path != "sharing");
        if let Some(placed) = opening {
            let what = "It speaks of sharing, but names nobody who gets anything".to_owned();
            look.report_phrase(
                "L06",
                placed,
                "share",
                what,
                "Name them under [[recipients]], or take the word out",
            );
        }
    }
}

fn transfers(look: &Look<'_>) {
    let notice = look.notice;
    let Some(transfers) = &notice.transfers else {
        if !look.programme() {
            let what = "It does not say if data leaves the United Kingdom";
            look.report("L07", "transfers", what, "Add [transfers] with countries = [] if it does not");
        }
        return;
    };
    if !transfers.countries.is_empty() && (transfers.safeguards.is_none() || transfers.copy.is_none()) {
        let what = "Data leaves the United Kingdom without named safeguards, or without a way to see them";
        look.report(
            "L07",
            "transfers",
            what,
            "Add safeguards (regulations under Article 45A, or which contract) and copy",
        );
    }
    let abroad = |country: &str| {
        let home = ["united kingdom", "uk", "england", "scotland", "wales", "northern ireland", ""];
        !home.contains(&country.to_lowercase().as_str())
            && !transfers.countries.iter().any(|named| named == country)
    };
    for (index, who) in notice.recipients.iter().enumerate().filter(|(_, who)| abroad(&who.country)) {
        let what = format!("{} is in {}, which is not among the countries", who.name, who.country);
        look.report(
            "L07",
            &format!("recipients[{index}].country"),
            what,
            "Add the country to [transfers], with the safeguards",
        );
    }
    for (index, system) in notice.systems.iter().enumerate().filter(|(_, system)| abroad(&system.country)) {
        let what = format!("{} stands in {}, which is not among the countries", system.name, system.country);
        look.report(
            "L07",
            &format!("systems[{index}].country"),
            what,
            "Add the country to [transfers], with the safeguards",
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_denial_with_a_condition_is_no_contradiction() {
        assert!(share("We will not share anything.") == Share::Never);
        assert!(share("We share nothing unless you agree.") == Share::NotUnless);
        assert!(share("We will share facts with the college.") == Share::Does);
        assert!(share("If you agree, we share facts with the college.") == Share::Nothing);
    }
}

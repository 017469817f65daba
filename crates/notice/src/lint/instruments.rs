//! The laws, and the days from which they hold: L01, L02.

use jiff::civil::Date;

use super::Look;
use super::text::{has_any, has_word, sentences, words};

pub(super) fn check(look: &Look<'_>) {
    laws(look);
    for placed in look.texts() {
        for wrong in ["General Data Protection Act", "Data Protection Act 1998"] {
            if placed.text.contains(wrong) {
                let what = format!("There is no law in force called {wrong:?}");
                look.report_phrase("L01", placed, wrong, what, "Write UK GDPR or Data Protection Act 2018");
            }
        }
        for (at, name) in placed.text.match_indices("GDPR") {
            let before = placed.text.get(..at).unwrap_or_default().trim_end();
            if !before.ends_with("UK") {
                let what = "GDPR alone is the law of the European Union".to_owned();
                look.report_phrase("L01", placed, name, what, "Write UK GDPR");
                break;
            }
        }
        stale_dates(look, placed);
    }
}

fn laws(look: &Look<'_>) {
    for needed in ["UK GDPR", "Data Protection Act 2018"] {
        if !look.notice.laws.iter().any(|law| law.contains(needed)) {
            look.report(
                "L01",
                "laws",
                format!("{needed} is not among the laws"),
                format!("Add {needed:?} to laws = [...]"),
            );
        }
    }
}

fn stale_dates(look: &Look<'_>, placed: &crate::source::PlacedText) {
    const TO_COME: &[&str] = &[
        "comes into force",
        "comes into effect",
        "come into force on",
        "will come into force",
        "will come into effect",
        "takes effect",
        "will take effect",
        "will apply from",
    ];
    for sentence in sentences(&placed.text) {
        let small = sentence.to_lowercase();
        if !has_any(&small, TO_COME) {
            continue;
        }
        if let Some(day) = last_date(&small).filter(|day| *day < look.on) {
            let what = format!("{day} has passed, but the sentence speaks of it as if it were to come");
            look.report_phrase(
                "L02",
                placed,
                sentence,
                what,
                "Say since when it holds, or leave the day out",
            );
        }
    }
}

/// The last day that a sentence names, like "25th May 2018" or "May 2018".
fn last_date(sentence: &str) -> Option<Date> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let words: Vec<&str> = words(sentence).collect();
    let mut last = None;
    for (index, word) in words.iter().enumerate() {
        let Some(month) = MONTHS.iter().position(|month| month == word) else { continue };
        let year = words.get(index + 1).and_then(|year| year.parse::<i16>().ok());
        let day = index.checked_sub(1).and_then(|before| words.get(before));
        let day = day.and_then(|day| day.trim_end_matches(|c: char| c.is_alphabetic()).parse::<i8>().ok());
        let month = i8::try_from(month + 1).ok();
        if let (Some(year), Some(month)) = (year, month) {
            last = Date::new(year, month, day.unwrap_or(1)).ok().or(last);
        }
    }
    last.filter(|_| !has_word(sentence, "since"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_as_people_write_them() {
        let day = Some(Date::constant(2018, 5, 25));
        assert_eq!(last_date("in force on 24th may 2016, comes into effect on the 25th may 2018."), day);
        assert_eq!(last_date("holds since 25 may 2018"), None);
        assert_eq!(last_date("may we help you"), None);
    }
}

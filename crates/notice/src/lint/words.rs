//! The notice as a piece of writing: L29, L30, L31.

use jiff::civil::Date;

use super::Look;
use super::text::{has_word, is_own_words, reading_age, words};

/// The age at which most people can read it with ease. The limit is ours.
const READING_AGE: f64 = 12.0;

/// Words that are often misspelt in notices.
const MISSPELT: &[(&str, &str)] = &[
    ("accomodate", "accommodate"),
    ("accomodation", "accommodation"),
    ("adress", "address"),
    ("anonomised", "anonymised"),
    ("anonymized", "anonymised"),
    ("commisioner", "commissioner"),
    ("consentt", "consent"),
    ("definately", "definitely"),
    ("enviroment", "environment"),
    ("goverment", "government"),
    ("infomation", "information"),
    ("informaton", "information"),
    ("neccessary", "necessary"),
    ("necesary", "necessary"),
    ("occured", "occurred"),
    ("occurence", "occurrence"),
    ("organisaton", "organisation"),
    ("personel", "personal"),
    ("posession", "possession"),
    ("priviledge", "privilege"),
    ("recieve", "receive"),
    ("recieved", "received"),
    ("refered", "referred"),
    ("relevent", "relevant"),
    ("seperate", "separate"),
    ("seperately", "separately"),
    ("sucessful", "successful"),
    ("untill", "until"),
    ("wich", "which"),
    ("withold", "withhold"),
];

/// What notices copied from a school's leave behind.
const RESIDUE: &[&str] =
    &["pupil", "pupils", "school", "educational record", "parents and carers", "school census", "governors"];

pub(super) fn check(look: &Look<'_>) {
    version(look);
    spelling(look);
    ease(look);
    residue(look);
}

fn version(look: &Look<'_>) {
    let notice = look.notice;
    for (key, missing) in [
        ("version", notice.version.is_empty()),
        ("effective", notice.effective == Date::ZERO),
        ("review", notice.review.is_none()),
    ] {
        if missing {
            look.report("L29", key, format!("The notice has no {key}"), format!("Add {key} = ..."));
        }
    }
    if let Some(review) = notice.review.filter(|review| *review < look.on) {
        look.report(
            "L29",
            "review",
            format!("It should have been looked at again by {review}"),
            "Look at it, and set the next day",
        );
    }
}

fn spelling(look: &Look<'_>) {
    for placed in look.texts() {
        let mut before = "";
        for word in words(&placed.text) {
            let small = word.to_lowercase();
            if let Some((_, right)) = MISSPELT.iter().find(|(wrong, _)| *wrong == small) {
                look.report_phrase(
                    "L30",
                    placed,
                    word,
                    format!("{word:?} is misspelt"),
                    &format!("Write {right:?}"),
                );
            }
            let doubled = !before.is_empty()
                && before.to_lowercase() == small
                && !["had", "that"].contains(&small.as_str());
            if doubled && small.chars().any(char::is_alphabetic) {
                let phrase = format!("{before} {word}");
                if placed.text.contains(&phrase) {
                    look.report_phrase(
                        "L30",
                        placed,
                        &phrase,
                        format!("{word:?} stands twice"),
                        "Take one out",
                    );
                }
            }
            before = word;
        }
    }
}

fn ease(look: &Look<'_>) {
    let own = look.places.texts().iter().filter(|placed| is_own_words(&placed.path));
    let Some(age) = reading_age(own.map(|placed| placed.text.as_str())) else { return };
    if age > READING_AGE {
        let what = format!("It reads with ease from the age of {age:.0}; {READING_AGE:.0} is the aim");
        look.report("L30", "opening", what, "Use shorter sentences and everyday words");
    }
}

fn residue(look: &Look<'_>) {
    for placed in look.texts() {
        let small = placed.text.to_lowercase();
        if let Some((at, _)) = small.match_indices("page ").find(|(at, _)| {
            let number = small.get(at + 5..).and_then(|rest| rest.chars().next());
            number.is_some_and(|c| c.is_ascii_digit())
        }) {
            let phrase = placed.text.get(at..at + 6).unwrap_or("page");
            look.report_phrase(
                "L31",
                placed,
                phrase,
                "A page number: there are no pages".to_owned(),
                "Name the heading instead",
            );
        }
        // The right place to point on to schools, who hold their own records.
        if placed.path == "requests.elsewhere" {
            continue;
        }
        for word in RESIDUE.iter().filter(|word| has_word(&small, word)) {
            let what = format!("\"{word}\" seems to be left over from a school's notice");
            look.report_phrase("L31", placed, word, what, "Take it out, or say what it means here");
        }
    }
}

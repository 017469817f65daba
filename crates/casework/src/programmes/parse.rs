//! Reads a programme from its text, strictly: what is unknown, missing or contradictory is a fault.

use super::{Criterion, Evidence, Programme, Terms};
use crate::outcomes::sheet::{Faults, Place, RuleFaults, Table, read};

const MOST_PLACES: u32 = 1_000_000;
const MOST_POUNDS: u32 = 1_000_000_000;
const OLDEST: u32 = 120;

pub(super) fn programme(text: &str) -> Result<Programme, RuleFaults> {
    let mut faults = Faults::default();
    let (mut top, tables) = read(text, &mut faults);
    let mut programme = Programme {
        code: top.text("id", &mut faults),
        title: top.text("title", &mut faults),
        says: top.text("says", &mut faults),
        funder: top.text("funder", &mut faults),
        notice: top.text("notice", &mut faults),
        rules: top.text("rules", &mut faults),
        terms: Terms {
            starts: top.day("starts", &mut faults),
            ends: top.day_if("ends", &mut faults).map(|(_, day)| day),
            places: top.number_between("places", 1, MOST_PLACES, &mut faults),
            budget: top
                .number_between("budget_pounds", 0, MOST_POUNDS, &mut faults)
                .map(|pounds| u64::from(pounds) * 100),
        },
        criteria: Vec::new(),
    };
    top.finish(&mut faults);
    if !is_code(&programme.code) {
        faults.add(
            Place::TOP,
            "\"id\" has to be a few words in small letters with hyphens, like routes-to-work",
        );
    }
    if programme.terms.ends.is_some_and(|ends| ends < programme.terms.starts) {
        faults.add(Place::TOP, "\"ends\" lies before \"starts\"");
    }
    for table in tables {
        let line = table.place;
        match table.name.as_str() {
            "criterion" => {
                let criterion = criterion(table, &mut faults);
                if programme.criteria.iter().any(|known| known.id == criterion.id) {
                    faults.add(line, format!("two criteria have the id \"{}\"", criterion.id));
                }
                programme.criteria.push(criterion);
            }
            "evidence" => evidence(table, &mut programme.criteria, &mut faults),
            name => faults.add(line, format!("[[{name}]] is neither [[criterion]] nor [[evidence]]")),
        }
    }
    for criterion in programme.criteria.iter().filter(|criterion| criterion.evidence.is_empty()) {
        faults.add(
            Place::TOP,
            format!("nothing shows \"{}\": add [[evidence]] with of = \"{}\"", criterion.id, criterion.id),
        );
    }
    if faults.is_empty() { Ok(programme) } else { Err(faults.into_faults()) }
}

fn is_code(id: &str) -> bool {
    !id.is_empty()
        && id.len() <= 40
        && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

fn criterion(mut table: Table, faults: &mut Faults) -> Criterion {
    let line = table.place;
    let criterion = Criterion {
        id: table.text("id", faults),
        says: table.text("says", faults),
        from_age: table.number_between("from_age", 1, OLDEST, faults),
        to_age: table.number_between("to_age", 1, OLDEST, faults),
        evidence: Vec::new(),
    };
    table.finish(faults);
    if !is_code(&criterion.id) {
        faults.add(line, "\"id\" has to be a few words in small letters with hyphens");
    }
    if let (Some(from), Some(to)) = (criterion.from_age, criterion.to_age)
        && from > to
    {
        faults.add(line, "\"from_age\" is more than \"to_age\"");
    }
    criterion
}

fn evidence(mut table: Table, criteria: &mut [Criterion], faults: &mut Faults) {
    let line = table.place;
    let of = table.text("of", faults);
    let evidence = Evidence { id: table.text("id", faults), says: table.text("says", faults) };
    table.finish(faults);
    match criteria.iter_mut().find(|criterion| criterion.id == of) {
        None => faults.add(line, format!("no [[criterion]] above has the id \"{of}\"")),
        Some(criterion) if criterion.evidence.iter().any(|known| known.id == evidence.id) => {
            faults.add(line, format!("two pieces of evidence of \"{of}\" have the id \"{}\"", evidence.id));
        }
        Some(criterion) => criterion.evidence.push(evidence),
    }
}

//! What whoever has a file should know of how it was read: dates that are none, dates that may be two, ids that stand twice.

use std::collections::HashMap;

use super::Record;
use super::birth::Birth;
use super::nothing::said;

/// What is to be said, in sentences. `lines` are the lines of the records in the file.
pub(super) fn remarks(ids: &[String], records: &[Record], lines: &[u64]) -> Vec<String> {
    let mut remarks = Vec::new();
    remarks.extend(ids_twice(ids, lines));
    let births: Vec<(&str, u64)> =
        records.iter().map(|record| said(&record.birth).trim()).zip(lines.iter().copied()).collect();
    remarks.extend(unread(&births));
    remarks.extend(either_way(&births));
    remarks
}

fn ids_twice(ids: &[String], lines: &[u64]) -> Option<String> {
    let mut first: HashMap<&str, u64> = HashMap::new();
    let mut twice = ids.iter().zip(lines).filter_map(|(id, line)| {
        let before = *first.entry(id).or_insert(*line);
        (before != *line).then_some((id, before, *line))
    });
    let (id, before, line) = twice.next()?;
    let more = twice.count();
    let more = match more {
        0 => String::new(),
        1 => ", and 1 more stands twice".to_owned(),
        more => format!(", and {more} more stand twice"),
    };
    Some(format!("The id {id} stands in lines {before} and {line}{more}. Pairs name records by their ids."))
}

fn unread(births: &[(&str, u64)]) -> Option<String> {
    let mut none = births.iter().filter(|(text, _)| !text.is_empty() && Birth::read(text).is_none());
    let (text, line) = none.next()?;
    let many = none.count() + 1;
    let them = match many {
        1 => "1 date of birth is none and counts".to_owned(),
        _ => format!("{many} dates of birth are none and count"),
    };
    Some(format!("{them} as empty, the first in line {line}: {text}."))
}

/// Day and month of a date that is written with its year last, in the order in which they stand.
fn order(text: &str) -> Option<(u8, u8)> {
    let parts: Vec<&str> = text.split(['/', '-', '.', ' ']).filter(|part| !part.is_empty()).collect();
    match *parts.as_slice() {
        [one, two, year, ..] if matches!(year.len(), 2 | 4) && one.len() <= 2 => {
            Some((one.parse().ok()?, two.parse().ok()?))
        }
        _ => None,
    }
}

fn either_way(births: &[(&str, u64)]) -> Option<String> {
    let read = || births.iter().filter_map(|(text, line)| Some((order(text)?, *text, *line)));
    let first_day = read().find(|((one, two), ..)| *one > 12 && *two <= 12);
    let first_month = read().find(|((one, two), ..)| *one <= 12 && *two > 12);
    let (_, text, line) = read().find(|((one, two), ..)| *one <= 12 && *two <= 12 && one != two)?;
    match (first_day, first_month) {
        (Some(_), None) => None,
        (Some((_, day, at)), Some((_, month, beside))) => Some(format!(
            "Some dates of birth begin with the day ({day}, line {at}) and some with the month ({month}, line {beside}). Those that may be either, such as {text} in line {line}, are read with the day first."
        )),
        _ => Some(format!(
            "Dates of birth such as {text} in line {line} may begin with the day or with the month. They are read with the day first."
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(births: &[&str]) -> Vec<String> {
        let record = |birth: &&str| Record { birth: (*birth).to_owned(), ..Record::default() };
        let records: Vec<Record> = births.iter().map(record).collect();
        let ids: Vec<String> = (1..=records.len()).map(|id| id.to_string()).collect();
        remarks(&ids, &records, &(2..).take(records.len()).collect::<Vec<_>>())
    }

    #[test]
    fn what_was_read_in_one_of_two_ways_or_not_at_all_is_said() {
        assert!(
            of(&["1990-03-04", "14/3/1990", "3/4/1990", ""]).is_empty(),
            "others show that the day is first"
        );
        assert!(of(&["3/4/26"])[0].contains("3/4/26 in line 2 may begin with the day or with the month"));
        assert!(
            of(&["12/31/1990", "31/12/1990", "3/4/90"])[0]
                .contains("and some with the month (12/31/1990, line 2)")
        );
        assert_eq!(
            of(&["soon", "1990-01-02", "later"]),
            ["2 dates of birth are none and count as empty, the first in line 2: soon."]
        );
        let ids = ["a", "b", "a", "a"].map(str::to_owned);
        let said = remarks(&ids, &[], &[2, 3, 4, 5]);
        assert_eq!(
            said,
            ["The id a stands in lines 2 and 4, and 1 more stands twice. Pairs name records by their ids."]
        );
    }
}

//! The anonymous extract of a pack: one row for each of four in five people who started in the period.

use casework::figures::{Measure, Period};
use notice::Purpose;
use statistics::Secret;
use statistics::extract::{Extract, Level, RULES, Recoding, extract};

use super::dimensions::Dimension;
use super::everybody::Everybody;
use super::packs::{Pack, Stage};

/// What others may know of somebody.
const KNOWN: [&str; 3] = ["age", "employment_status", "ethnicity_group"];
/// Four in five are drawn, so that nobody can be sure to be in it.
const SAMPLE: u64 = u64::MAX / 5 * 4;

/// The extract for a period and a sentence about it, or why there is none. One that was prepared for the same period is given again,
/// word for word; one whose period has days in common with another's is refused, since both would hold some of the same people.
pub(crate) fn extract_of(
    everybody: &Everybody,
    secret: &Secret,
    period: Period,
    others: &[Pack],
) -> (Option<Extract>, String) {
    let before = others.iter().filter(|pack| pack.stage != Stage::Refused && pack.content.extract.is_some());
    for pack in before {
        if pack.period == period {
            return (pack.content.extract.clone(), pack.content.of_extract.clone());
        }
        if pack.period.overlaps(period) {
            let why = format!(
                "There is no extract: that of {} holds some of the same people, and the two together could tell more than each.",
                pack.period.words()
            );
            return (None, why);
        }
    }
    let started = everybody.happened_in(Measure::Starts, period);
    let is = |all: &[bool], place: u32| all.get(place as usize).copied().unwrap_or(false);
    let drawn = |place: &u32| {
        let number = everybody.number(*place).to_be_bytes();
        is(&started, *place) && secret.person(&[b"extract|".as_slice(), &number].concat()) < SAMPLE
    };
    let people: Vec<u32> = everybody.counted_for(Purpose::Bids).into_iter().filter(drawn).collect();
    let on = period.from.first();
    let known = |id: &str| everybody.dimensions.iter().find(|dimension| dimension.id == id);
    let mut columns = Vec::new();
    let mut rows: Vec<Vec<u32>> = vec![Vec::new(); people.len()];
    for dimension in KNOWN.iter().filter_map(|id| known(id)) {
        columns.push(Recoding {
            name: dimension.label.clone(),
            sensitive: false,
            levels: if dimension.id == "age" { ages(dimension) } else { levels(dimension) },
        });
        for (row, code) in rows.iter_mut().zip(everybody.codes_of(&people, &dimension.id, on)) {
            row.push(code);
        }
    }
    let yes_no = |name: &str| Recoding {
        name: name.to_owned(),
        sensitive: true,
        levels: vec![Level { categories: vec!["No or not known".into(), "Yes".into()], of: vec![0, 1] }],
    };
    if let Some(dimension) = known("disability") {
        columns.push(yes_no("Disability or health condition"));
        let yes = u32::from(dimension.place("Yes"));
        for (row, code) in rows.iter_mut().zip(everybody.codes_of(&people, &dimension.id, on)) {
            row.push(u32::from(code == yes));
        }
    }
    columns.push(yes_no("Outcome in the period"));
    let reached = everybody.happened_in(Measure::Outcomes, period);
    for (row, place) in rows.iter_mut().zip(&people) {
        row.push(u32::from(is(&reached, *place)));
    }
    made(columns, rows)
}

/// The extract with as much of what is protected as the rules allow. Where nearly nobody, or nearly everybody, has something, no
/// class is mixed enough: then that column is left out.
fn made(columns: Vec<Recoding>, rows: Vec<Vec<u32>>) -> (Option<Extract>, String) {
    let protected: Vec<usize> =
        (0..columns.len()).filter(|at| columns.get(*at).is_some_and(|column| column.sensitive)).collect();
    let mut ways: Vec<Vec<usize>> = vec![Vec::new()];
    ways.extend(protected.iter().rev().map(|at| vec![*at]));
    ways.push(protected);
    let mut why = String::new();
    for without in ways {
        let stays = |at: usize| !without.contains(&at);
        let some: Vec<Recoding> =
            columns.iter().enumerate().filter(|(at, _)| stays(*at)).map(|(_, one)| one.clone()).collect();
        let of = |row: &Vec<u32>| -> Vec<u32> {
            row.iter().enumerate().filter(|(at, _)| stays(*at)).map(|(_, code)| *code).collect()
        };
        let rows: Vec<Vec<u32>> = rows.iter().map(of).collect();
        let made = match extract(&some, &rows, RULES) {
            Ok(made) => made,
            Err(no) => {
                why = no.to_string();
                continue;
            }
        };
        let mut about = format!(
            "The extract holds a random four fifths of the people who started in the period, without any name or number, in groups of at least {} people alike in all that others may know. {} of {} rows were taken out for it.",
            made.kept.k,
            made.removed,
            rows.len()
        );
        if some.iter().any(|column| column.sensitive) {
            about.push_str(&format!(
                " In each group at least {} answers are given to what is protected, no further from those of all than {:.2} (0.35 is allowed).",
                made.kept.l, made.kept.t
            ));
        }
        let names: Vec<&str> =
            without.iter().filter_map(|at| Some(columns.get(*at)?.name.as_str())).collect();
        if !names.is_empty() {
            about.push_str(&format!(" Left out, because it could not be told safely: {}.", names.join(", ")));
        }
        return (Some(made), about);
    }
    (None, format!("There is no extract: {why}."))
}

fn level(words: &[&str], of: impl Iterator<Item = u32>) -> Level {
    Level { categories: words.iter().map(|word| (*word).to_owned()).collect(), of: of.collect() }
}

/// Everything, everything known, nothing.
fn levels(dimension: &Dimension) -> Vec<Level> {
    let silent = |name: &String| dimension.harmless.contains(name);
    let fine = Level {
        categories: dimension.categories.clone(),
        of: (0..).take(dimension.categories.len()).collect(),
    };
    let mut categories: Vec<String> =
        dimension.categories.iter().filter(|name| !silent(name)).cloned().collect();
    let last = u32::try_from(categories.len()).unwrap_or(u32::MAX);
    let of = dimension
        .categories
        .iter()
        .map(|name| categories.iter().position(|other| other == name))
        .map(|place| place.and_then(|place| u32::try_from(place).ok()).unwrap_or(last))
        .collect();
    categories.push("Not known".to_owned());
    let all = level(&["All"], dimension.categories.iter().map(|_| 0));
    vec![fine, Level { categories, of }, all]
}

/// Seven bands of ages, four, two, one.
fn ages(dimension: &Dimension) -> Vec<Level> {
    let many = u32::try_from(dimension.categories.len()).unwrap_or(0);
    let fine = Level { categories: dimension.categories.clone(), of: (0..many).collect() };
    let last = many.saturating_sub(1);
    // Under 18 and 18 to 24; 25 to 44; 45 and over.
    let three = |code: u32| {
        if code == last { 3 } else { [0, 0, 1, 1, 2, 2, 2].get(code as usize).copied().unwrap_or(3) }
    };
    let two = |code: u32| u32::from(code > 2);
    vec![
        fine,
        level(&["Under 25", "25 to 44", "45 and over", "Not known"], (0..many).map(three)),
        level(&["Under 35", "35 and over, or not known"], (0..many).map(two)),
        level(&["All"], (0..many).map(|_| 0)),
    ]
}

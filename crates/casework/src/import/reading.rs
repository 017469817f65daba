//! A row becomes a profile, or every fault of it is said. Values of lists are matched by their code, their words, or as a person
//! said; what is not matched is gathered, so that it can be said once for the whole file.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use notice::{Catalogue, Field, FieldId, Kind, Notice};

use super::columns::Target;
use super::dates::{self, Order, Seen};
use super::rows::{Checked, Person, Plan};
use super::{Wrong, plain};
use crate::answers::{self, Typed};
use crate::dates::{DateFault, When};
use crate::profile::fields;
use crate::retention::Rule;
use crate::{Answer, Profile};

/// So many values that are in no list are gathered for each field.
const MOST_VALUES: usize = 40;
/// The longest value that is gathered: longer ones are no values.
const LONGEST_VALUE: usize = 60;

/// What reading needs beside the row.
pub struct Reader<'a> {
    /// How the file is read.
    pub plan: &'a Plan,
    /// The headings, for what is said.
    pub headings: &'a [String],
    /// The fields of the notice.
    pub catalogue: &'a Catalogue,
    /// The notice under which people are brought in.
    pub notice: &'a Notice,
    /// Its rule for the file.
    pub rule: &'a Rule,
    /// Today.
    pub today: Date,
    /// The words of each list, as they are compared, with their codes.
    words: HashMap<&'a FieldId, HashMap<String, &'a str>>,
}

impl<'a> Reader<'a> {
    /// What is needed to read the rows of a file with these headings.
    #[must_use]
    pub fn new(
        plan: &'a Plan,
        headings: &'a [String],
        catalogue: &'a Catalogue,
        notice: &'a Notice,
        rule: &'a Rule,
        today: Date,
    ) -> Reader<'a> {
        let words = plan.mapping.iter().filter_map(|target| {
            let Target::Field(id) = target else { return None };
            let list = catalogue.list_of(catalogue.field(id)?)?;
            let mut words = HashMap::with_capacity(2 * list.values.len());
            for value in &list.values {
                for word in [plain(&value.code), plain(&value.label)] {
                    words.entry(word).or_insert(value.code.as_str());
                }
            }
            Some((id, words))
        });
        Reader { plan, headings, catalogue, notice, rule, today, words: words.collect() }
    }

    /// Looks at the dates of a row, before any is read: what comes first in a column is known once all were seen.
    pub fn look(&self, cells: &[String], line: u64, seen: &mut BTreeMap<usize, Seen>) {
        for (at, target) in self.plan.mapping.iter().enumerate() {
            if target.is_date(self.catalogue)
                && let Some(cell) = cells.get(at)
            {
                seen.entry(at).or_default().look(cell, line);
            }
        }
    }

    /// The orders of all columns, and a fault for each of which somebody has to say it.
    #[must_use]
    pub fn orders(&self, seen: &BTreeMap<usize, Seen>) -> (BTreeMap<usize, Order>, Vec<Wrong>) {
        let (mut orders, mut wrong) = (self.plan.orders.clone(), Vec::new());
        for (at, seen) in seen {
            match (orders.get(at), seen.order()) {
                (None, Some(order)) => {
                    orders.insert(*at, order);
                }
                (None, None) if seen.has_to_be_asked() => {
                    let line = seen.either.or(seen.month_first).unwrap_or(1);
                    let message = if seen.mixed() {
                        "Some dates of this column begin with the day and some with the month. Say which it is; the others are then faults"
                    } else {
                        "Dates like 3/4/26 can be read in two ways. Say whether the day or the month comes first"
                    };
                    wrong.push(self.wrong(line, *at, message));
                }
                _ => {}
            }
        }
        (orders, wrong)
    }

    /// Reads a row.
    ///
    /// # Errors
    /// Every fault of it; values that are in no list are noted in `checked` too.
    pub fn read(
        &self,
        cells: &[String],
        line: u64,
        orders: &BTreeMap<usize, Order>,
        checked: &mut Checked,
    ) -> Result<Person, Vec<Wrong>> {
        let mut wrong = Vec::new();
        let mut profile = Profile::default();
        let (mut first, mut last) = (String::new(), String::new());
        let (mut registered, mut contact, mut adviser, mut basis) = (None, None, None, None);
        for (at, target) in self.plan.mapping.iter().enumerate() {
            let cell = cells.get(at).map_or("", |cell| cell.trim());
            if cell.is_empty() || *target == Target::Leave {
                continue;
            }
            if cell.starts_with('=') {
                wrong.push(self.wrong(line, at, "The cell holds a formula. Save the sheet with its values"));
                continue;
            }
            let order = orders.get(&at).copied().unwrap_or(Order::DayFirst);
            match target {
                Target::Leave => {}
                Target::FirstName => cell.clone_into(&mut first),
                Target::LastName => cell.clone_into(&mut last),
                Target::Adviser => adviser = Some(cell.to_lowercase()),
                Target::Basis => basis = Some(cell.to_owned()),
                Target::Registered | Target::LastContact => {
                    match dates::read(cell, order, When::Past, self.today) {
                        Ok(day) if *target == Target::Registered => registered = Some(day),
                        Ok(day) => contact = Some(day),
                        Err(fault) => wrong.push(self.wrong(line, at, &said(fault))),
                    }
                }
                Target::Field(id) => match self.answer(id, cell, order, checked) {
                    Ok(answer) => profile.set(id.clone(), answer),
                    Err(message) => wrong.push(self.wrong(line, at, &message)),
                },
            }
        }
        if profile.text(&fields::NAME).is_none() && !(first.is_empty() && last.is_empty()) {
            let whole = format!("{first} {last}");
            let at = self.plan.mapping.iter().position(|t| *t == Target::LastName).unwrap_or(0);
            match self.answer(&fields::NAME, whole.trim(), Order::DayFirst, checked) {
                Ok(answer) => profile.set(fields::NAME, answer),
                Err(message) => wrong.push(self.wrong(line, at, &message)),
            }
        }
        if wrong.is_empty() {
            let missing = profile.missing_for_registration(self.notice);
            wrong.extend(missing.into_iter().map(|fault| Wrong::line(line, fault.message)));
        }
        let contact = contact.or(registered).or(self.plan.last_contact);
        let Some(last_contact) = contact else {
            // A day that cannot be read is told already.
            if wrong.iter().any(|fault| self.is_contact(fault)) {
                return Err(wrong);
            }
            wrong.push(Wrong::line(line, "The day of the last contact is missing: a column has to give it, or say one day for all who have none"));
            return Err(wrong);
        };
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let registered = registered.unwrap_or(last_contact).min(last_contact);
        let basis = basis.or_else(|| self.plan.basis.clone());
        Ok(Person { line, profile, registered, last_contact, adviser, basis })
    }

    fn is_contact(&self, fault: &Wrong) -> bool {
        let target = fault.column.and_then(|column| self.plan.mapping.get(column.checked_sub(1)?));
        matches!(target, Some(Target::LastContact | Target::Registered))
    }

    /// Whether somebody's time has passed under the notice, and on which day.
    #[must_use]
    pub fn past(&self, person: &Person) -> Option<Date> {
        let gone = self.rule.after(person.last_contact);
        (gone <= self.today).then_some(gone)
    }

    fn wrong(&self, line: u64, at: usize, message: &str) -> Wrong {
        let heading = self.headings.get(at).cloned().unwrap_or_default();
        Wrong { line, column: Some(at + 1), heading, message: message.to_owned() }
    }

    fn answer(
        &self,
        id: &FieldId,
        cell: &str,
        order: Order,
        checked: &mut Checked,
    ) -> Result<Option<Answer>, String> {
        let field = self.catalogue.field(id).ok_or("The notice does not name this field")?;
        let list = self.catalogue.list_of(field);
        let typed = match &field.kind {
            _ if field.sensitive && plain(cell) == "prefernottosay" => Typed::prefer_not_to_say(),
            Kind::Date => {
                let when = if *id == fields::DATE_OF_BIRTH { When::Birth } else { When::Any };
                let day = dates::read(cell, order, when, self.today).map_err(said)?;
                Typed::one(day.to_string())
            }
            Kind::YesNo => Typed::one(match cell {
                "1" => "yes",
                "0" => "no",
                other => other,
            }),
            Kind::Phone => Typed::one(dialled(cell)),
            Kind::Choice(_) => self.chosen(field, [cell].into_iter(), checked)?,
            Kind::Choices(_) => self.chosen(field, cell.split([';', '|']), checked)?,
            _ => Typed::one(cell),
        };
        answers::read(field, list, &typed, self.today).map_err(|fault| fault.message)
    }

    /// The values of a list that words of the file are.
    fn chosen<'c>(
        &self,
        field: &Field,
        words: impl Iterator<Item = &'c str>,
        checked: &mut Checked,
    ) -> Result<Typed, String> {
        let (mut codes, mut unknown) = (Vec::new(), false);
        let known = self.words.get(&field.id);
        for word in words.map(str::trim).filter(|word| !word.is_empty()) {
            let compared = plain(word);
            let known = known.and_then(|known| known.get(&compared));
            match (known, self.plan.values.get(&(field.id.clone(), compared))) {
                (_, Some(said)) if said.is_empty() => {}
                (_, Some(said)) => codes.push(said.clone()),
                (Some(code), None) => codes.push((*code).to_owned()),
                (None, None) => {
                    unknown = true;
                    let gathered = checked.unknown.entry(field.id.clone()).or_default();
                    if word.len() <= LONGEST_VALUE
                        && (gathered.len() < MOST_VALUES || gathered.contains_key(word))
                    {
                        *gathered.entry(word.to_owned()).or_default() += 1;
                    }
                }
            }
        }
        if unknown {
            return Err(
                "This word is not in the list. Say which value of the list it is, or leave it out".into()
            );
        }
        Ok(Typed::several(codes))
    }
}

/// A telephone number that a sheet took for a number: the 0 in front is lost, or the + before the country. No other number here has
/// these digits.
fn dialled(cell: &str) -> String {
    let digits = cell.bytes().all(|byte| byte.is_ascii_digit());
    match (digits, cell.len(), cell.bytes().next()) {
        (true, 10, Some(b'1'..=b'3' | b'7'..=b'9')) => format!("0{cell}"),
        (true, 12, _) if cell.starts_with("44") => format!("+{cell}"),
        _ => cell.to_owned(),
    }
}

/// What is wrong with a date, without the date.
fn said(fault: DateFault) -> String {
    match fault {
        DateFault::NoSuchDay { .. } | DateFault::NoSuchMonth(_) => {
            "There is no such day. Check day and month, and which of them comes first".into()
        }
        DateFault::TooEarly(_) | DateFault::TooLate(_) => "Check the year of this date".into(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::import::columns::{Shape, guess};
    use crate::import::rows::{headings, is_second_heading};
    use crate::retention::by_contact;

    fn words(cells: &[&str]) -> Vec<String> {
        cells.iter().map(|cell| (*cell).to_owned()).collect()
    }

    /// Reads one row under these headings.
    fn read(
        headings: &[&str],
        cells: &[&str],
        plan: impl Fn(&mut Plan),
    ) -> (Result<Person, Vec<String>>, Checked) {
        let notice = Notice::parse(include_str!("../../../../notices/employment-service.toml")).unwrap();
        let catalogue = Catalogue::standard();
        let headings = words(headings);
        let mut made = Plan { mapping: guess(&headings, Shape::Plain, catalogue), ..Plan::default() };
        plan(&mut made);
        let (_, rule) = by_contact(&notice).remove(0);
        let reader = Reader::new(&made, &headings, catalogue, &notice, &rule, date(2026, 11, 26));
        let mut checked = Checked::default();
        let cells = words(cells);
        reader.look(&cells, 2, &mut checked.dates);
        let (orders, wrong) = reader.orders(&checked.dates);
        let person = reader.read(&cells, 2, &orders, &mut checked);
        for wrong in wrong {
            checked.note(wrong);
        }
        (person.map_err(|wrong| wrong.iter().map(ToString::to_string).collect()), checked)
    }

    const HEADINGS: [&str; 6] = ["First name", "Surname", "DOB", "Mobile", "Last contact", "Postcode"];

    #[test]
    fn a_row_becomes_a_person() {
        let row = ["Maria", "da Silva", "27/3/1987", "07700 900123", "1/11/2026", "ne1 4st"];
        let (person, checked) = read(&HEADINGS, &row, |_| {});
        let person = person.unwrap();
        assert_eq!(person.profile.text(&fields::NAME), Some("Maria da Silva"));
        assert_eq!(person.profile.date(&fields::DATE_OF_BIRTH), Some(date(1987, 3, 27)));
        assert_eq!(person.profile.text(&fields::POSTCODE), Some("NE1 4ST"));
        assert_eq!((person.registered, person.last_contact), (date(2026, 11, 1), date(2026, 11, 1)));
        assert_eq!(checked.faults, 1, "1/11/2026 can be read in two ways: {:?}", checked.wrong);
        assert!(
            checked.wrong[0].to_string().starts_with("Line 2, column E (Last contact): Dates like 3/4/26")
        );
        let month = |plan: &mut Plan| {
            plan.orders.insert(4, Order::MonthFirst);
        };
        assert_eq!(read(&HEADINGS, &row, month).0.unwrap().last_contact, date(2026, 1, 11));
    }

    #[test]
    fn every_fault_of_a_row_is_said_with_line_and_column() {
        let row = ["Maria", "Lopes", "31/2/1987", "12", "27/11/2029", "=A1"];
        let wrong = read(&HEADINGS, &row, |_| {}).0.unwrap_err();
        let parts = [
            "Line 2, column C (DOB)",
            "column D (Mobile)",
            "column E (Last contact)",
            "column F (Postcode): The cell holds a formula",
        ];
        for part in parts {
            assert!(wrong.iter().any(|line| line.contains(part)), "{part}: {wrong:?}");
        }
        assert_eq!(wrong.len(), parts.len(), "a day that cannot be read is not missing: {wrong:?}");
        assert!(
            wrong.iter().all(|line| !line.contains("Maria") && !line.contains("1987")),
            "nobody is in them"
        );
        let (missing, _) = read(&HEADINGS, &["Maria", "", "", "", "27/10/2026", ""], |_| {});
        assert!(missing.unwrap_err()[0].starts_with("Line 2: Enter at least one of these"));
        let (nothing, _) = read(&HEADINGS, &["Maria", "Lopes", "", "07700900123", "", ""], |_| {});
        assert!(nothing.unwrap_err()[0].contains("last contact is missing"));
        let all = |plan: &mut Plan| plan.last_contact = Some(date(2026, 5, 1));
        let (person, _) = read(&HEADINGS, &["Maria", "Lopes", "", "07700900123", "", ""], all);
        assert_eq!(person.unwrap().last_contact, date(2026, 5, 1));
    }

    #[test]
    fn words_of_a_list_are_matched_said_or_gathered() {
        let catalogue = Catalogue::standard();
        let field =
            catalogue.fields().iter().find(|f| matches!(f.kind, Kind::Choice(_)) && !f.sensitive).unwrap();
        let value = &catalogue.list_of(field).unwrap().values[0];
        let headings = ["Name", "Mobile", "Last contact", field.label.as_str()];
        let row = |word: &'static str| ["Ann Other", "07700900123", "27/10/2026", word];
        for word in [value.label.to_uppercase(), value.code.clone()] {
            let cells = ["Ann Other", "07700900123", "27/10/2026", word.as_str()];
            let person = read(&headings, &cells, |_| {}).0.unwrap();
            assert_eq!(person.profile.get(&field.id).unwrap().chosen()[0].code, value.code);
        }
        let (wrong, checked) = read(&headings, &row("Something else entirely"), |_| {});
        assert!(wrong.unwrap_err()[0].contains("not in the list"));
        assert_eq!(checked.unknown[&field.id]["Something else entirely"], 1);
        let (id, code) = (field.id.clone(), value.code.clone());
        let said = |plan: &mut Plan| {
            plan.values.insert((id.clone(), "somethingelseentirely".into()), code.clone());
        };
        let person = read(&headings, &row("Something else entirely"), said).0.unwrap();
        assert_eq!(person.profile.get(&field.id).unwrap().chosen()[0].code, value.code);
        let id = field.id.clone();
        let left = |plan: &mut Plan| {
            plan.values.insert((id.clone(), "somethingelseentirely".into()), String::new());
        };
        assert_eq!(
            read(&headings, &row("Something else entirely"), left).0.unwrap().profile.get(&field.id),
            None
        );
    }

    #[test]
    fn a_second_line_of_headings_and_a_title_are_noticed() {
        let head = words(&["Name", "Date of birth", "Mobile"]);
        assert!(is_second_heading(&words(&["name", "date_of_birth", "text"]), &head, Catalogue::standard()));
        assert!(!is_second_heading(&words(&["Ann Other", "1987", "0770"]), &head, Catalogue::standard()));
        assert!(headings(&words(&["Clients 2026", "", ""]), 1).unwrap_err().to_string().contains("title"));
        assert!(headings(&words(&["", ""]), 1).is_err() && headings(&head, 1).is_ok());
        assert!(headings(&vec![String::from("x"); 401], 1).unwrap_err().to_string().contains("401 columns"));
        assert!(headings(&vec![String::from("x"); 200], 1).is_ok());
    }

    #[test]
    fn people_whose_time_has_passed_are_known() {
        let notice = Notice::parse(include_str!("../../../../notices/employment-service.toml")).unwrap();
        let (_, rule) = by_contact(&notice).remove(0);
        let today = date(2026, 11, 26);
        let (plan, headings) = (Plan::default(), Vec::new());
        let reader = Reader::new(&plan, &headings, Catalogue::standard(), &notice, &rule, today);
        let person = |last_contact| Person {
            line: 2,
            profile: Profile::default(),
            registered: last_contact,
            last_contact,
            adviser: None,
            basis: None,
        };
        assert_eq!(reader.past(&person(today)), None);
        let long_ago = reader.past(&person(date(2020, 1, 15)));
        assert_eq!(long_ago, Some(rule.after(date(2020, 1, 15))));
    }

    proptest! {
        #[test]
        fn no_row_breaks_the_reader(cells in proptest::collection::vec(".{0,30}", 0..8)) {
            let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
            let _ = read(&HEADINGS, &cells, |_| {});
        }
    }
}

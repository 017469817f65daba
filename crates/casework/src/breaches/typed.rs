//! The record of a breach as it was typed.

use jiff::tz::TimeZone;
use jiff::{Timestamp, civil::Time};

use super::{Breach, Decision, Kind};
use crate::answers::Fault;
use crate::dates::{When, read_date};
use crate::formats::text;

/// The form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BreachTyped {
    /// What happened.
    pub what: String,
    /// When it happened, in words.
    pub happened: String,
    /// How it was found.
    pub found: String,
    /// The day on which the service knew.
    pub aware_day: String,
    /// The time of that day, to the second if it is known.
    pub aware_time: String,
    /// `confidentiality`, `integrity` or `availability`.
    pub kind: String,
    /// Which data.
    pub data: String,
    /// About how many people.
    pub people: String,
    /// About how many records.
    pub records: String,
    /// What may follow.
    pub consequences: String,
    /// What is done about it.
    pub measures: String,
    /// `unlikely`, `risk` or `high`; empty before it was judged.
    pub risk: String,
    /// Why.
    pub risk_why: String,
    /// `open`, `report` or `keep`.
    pub decision: String,
    /// Why.
    pub decision_why: String,
    /// The day of the report.
    pub reported_day: String,
    /// The time of that day.
    pub reported_time: String,
    /// Its reference.
    pub reference: String,
    /// Why so late.
    pub late_why: String,
    /// What people are told, or why they are not.
    pub people_told: String,
    /// What was learnt.
    pub lessons: String,
    /// Whether it is closed.
    pub closed: bool,
}

impl BreachTyped {
    /// A form for a breach of which the service knows since `now`.
    #[must_use]
    pub fn begun(now: Timestamp, zone: &TimeZone) -> BreachTyped {
        let (aware_day, aware_time) = civil(now, zone);
        BreachTyped {
            aware_day,
            aware_time,
            decision: Decision::Open.code().into(),
            ..BreachTyped::default()
        }
    }

    /// The form of what is written down already.
    #[must_use]
    pub fn of(breach: &Breach, zone: &TimeZone) -> BreachTyped {
        let (aware_day, aware_time) = civil(breach.aware, zone);
        let (reported_day, reported_time) = breach.reported.map(|at| civil(at, zone)).unwrap_or_default();
        let Breach { what, happened, found, data, consequences, measures, .. } = breach.clone();
        let Breach { risk_why, decision_why, reference, late_why, people_told, lessons, .. } = breach.clone();
        let number = |number: u32| if number == 0 { String::new() } else { number.to_string() };
        BreachTyped {
            what,
            happened,
            found,
            aware_day,
            aware_time,
            kind: breach.kind.code().into(),
            data,
            people: number(breach.people),
            records: number(breach.records),
            consequences,
            measures,
            risk: breach.risk.map(|risk| risk.code().into()).unwrap_or_default(),
            risk_why,
            decision: breach.decision.code().into(),
            decision_why,
            reported_day,
            reported_time,
            reference,
            late_why,
            people_told,
            lessons,
            closed: breach.closed,
        }
    }

    /// Reads it. What is not known yet may stay empty (Art. 33(4)), but what happened, when the service knew and what was
    /// lost; a decision needs its reason, and a closed record everything that the register has to say.
    ///
    /// # Errors
    /// Everything that is wrong, each with its field and what to do.
    pub fn read(&self, now: Timestamp, zone: &TimeZone) -> Result<Breach, Vec<Fault>> {
        let mut faults: Vec<Fault> = Vec::new();
        let mut long = |field: &'static str, typed: &str| {
            text::lines(typed, text::LONGEST_LONG_TEXT).unwrap_or_else(|fault| {
                faults.push(Fault::new(field, fault.to_string()));
                String::new()
            })
        };
        let what = long("what", &self.what);
        let happened = long("happened", &self.happened);
        let found = long("found", &self.found);
        let data = long("data", &self.data);
        let consequences = long("consequences", &self.consequences);
        let measures = long("measures", &self.measures);
        let risk_why = long("risk_why", &self.risk_why);
        let decision_why = long("decision_why", &self.decision_why);
        let reference = long("reference", &self.reference);
        let late_why = long("late_why", &self.late_why);
        let people_told = long("people_told", &self.people_told);
        let lessons = long("lessons", &self.lessons);
        if what.is_empty() {
            faults.push(Fault::new("what", "Say what happened, without naming anybody"));
        }
        let aware = instant("aware", &self.aware_day, &self.aware_time, now, zone)
            .map_err(|mut more| faults.append(&mut more))
            .unwrap_or_default();
        let kind =
            self.kind.parse::<Kind>().map_err(|_| faults.push(Fault::new("kind", "Choose what was lost")));
        let mut number = |field: &'static str, typed: &str| {
            let typed = typed.trim().replace(',', "");
            if typed.is_empty() {
                return 0;
            }
            typed.parse().unwrap_or_else(|_| {
                faults.push(Fault::new(field, "Enter about how many, in figures, like 25"));
                0
            })
        };
        let people = number("people", &self.people);
        let records = number("records", &self.records);
        let risk = match self.risk.as_str() {
            "" => None,
            code => code.parse().map(Some).unwrap_or_else(|_| {
                faults.push(Fault::new("risk", "Choose how great the risk is"));
                None
            }),
        };
        let decision = self.decision.parse().unwrap_or_else(|_| {
            faults.push(Fault::new("decision", "Choose what is decided"));
            Decision::Open
        });
        let mut reported = None;
        if !(self.reported_day.trim().is_empty() && self.reported_time.trim().is_empty()) {
            match instant("reported", &self.reported_day, &self.reported_time, now, zone) {
                Ok(at) => reported = Some(at),
                Err(mut more) => faults.append(&mut more),
            }
        }
        let Ok(kind) = kind else { return Err(faults) };
        let closed = self.closed;
        let breach = Breach {
            what,
            happened,
            found,
            aware,
            kind,
            data,
            people,
            records,
            consequences,
            measures,
            risk,
            risk_why,
            decision,
            decision_why,
            reported,
            reference,
            late_why,
            people_told,
            lessons,
            closed,
        };
        faults.extend(judged(&breach));
        if faults.is_empty() { Ok(breach) } else { Err(faults) }
    }
}

/// What a decision has to say for itself.
fn judged(breach: &Breach) -> Vec<Fault> {
    use super::Risk;
    let mut faults = Vec::new();
    let mut needs = |wanted: bool, field: &'static str, message: &'static str| {
        if wanted {
            faults.push(Fault::new(field, message));
        }
    };
    let decided = breach.decision != Decision::Open;
    let high = breach.risk == Some(Risk::High);
    let late = breach.reported.is_some_and(|at| at > crate::clocks::report_breach_by(breach.aware));
    needs(breach.risk.is_some() && breach.risk_why.is_empty(), "risk_why", "Say why the risk is judged so");
    needs(decided && breach.risk.is_none(), "risk", "Judge the risk before you decide");
    needs(decided && breach.decision_why.is_empty(), "decision_why", "Say why it is decided so");
    needs(
        breach.decision == Decision::Keep && matches!(breach.risk, Some(Risk::Risk | Risk::High)),
        "decision",
        "Where there is a risk, the Information Commissioner has to be told",
    );
    needs(
        breach.reported.is_some() && breach.decision != Decision::Report,
        "decision",
        "It says when it was reported: choose that it is",
    );
    needs(
        breach.reported.is_some_and(|at| at < breach.aware),
        "reported_day",
        "It cannot be reported before you knew of it",
    );
    needs(late && breach.late_why.is_empty(), "late_why", "Say why the report came after 72 hours");
    needs(breach.closed && !decided, "closed", "Decide before you close it");
    needs(
        breach.closed && breach.decision == Decision::Report && breach.reported.is_none(),
        "closed",
        "Report it before you close it",
    );
    needs(
        breach.closed && high && breach.people_told.is_empty(),
        "people_told",
        "Say what the people concerned were told, or why they were not",
    );
    needs(
        breach.closed && breach.measures.is_empty(),
        "measures",
        "Say what was done about it before you close it",
    );
    faults
}

/// A day and a time of `zone` that have passed, from the boxes `FIELD_day` and `FIELD_time`.
///
/// # Errors
/// What is wrong, at which of the two, and what to do.
pub fn instant(
    field: &str,
    day: &str,
    time: &str,
    now: Timestamp,
    zone: &TimeZone,
) -> Result<Timestamp, Vec<Fault>> {
    let mut faults = Vec::new();
    let (day_field, time_field) = (format!("{field}_day"), format!("{field}_time"));
    let today = now.to_zoned_datetime(zone.clone()).date();
    let day = read_date(day, When::Any, today)
        .map_err(|_| faults.push(Fault::new(day_field.as_str(), "Enter a day, like 27 11 2026 or today")));
    let time = to_the_second(time).ok_or_else(|| {
        faults.push(Fault::new(time_field.as_str(), "Enter a time, like 9:30, 14:05 or 14:05:30"))
    });
    let (Ok(day), Ok(time)) = (day, time) else { return Err(faults) };
    // The hour that comes twice in autumn is taken as the first: the clock then runs out sooner, not later.
    let at = zone.to_ambiguous_timestamp(day.to_datetime(time)).earlier();
    match at {
        Ok(at) if at <= now => Ok(at),
        _ => {
            Err(vec![Fault::new(time_field.as_str(), "This is still to come. Enter a time that has passed")])
        }
    }
}

/// `9:30`, `14:05` or `14:05:30`.
fn to_the_second(typed: &str) -> Option<Time> {
    let parts: Vec<&str> = typed.trim().split([':', '.']).collect();
    let number = |at: usize| parts.get(at).map(|part| part.trim().parse::<i8>().ok());
    match (number(0)?, number(1)?, number(2), parts.len()) {
        (Some(hour), Some(minute), None, 2) => Time::new(hour, minute, 0, 0).ok(),
        (Some(hour), Some(minute), Some(Some(second)), 3) => Time::new(hour, minute, second, 0).ok(),
        _ => None,
    }
}

fn civil(at: Timestamp, zone: &TimeZone) -> (String, String) {
    let at = at.to_zoned_datetime(zone.clone());
    (at.strftime("%-d %-m %Y").to_string(), at.strftime("%H:%M:%S").to_string())
}

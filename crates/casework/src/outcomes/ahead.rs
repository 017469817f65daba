//! The milestones that lie ahead of somebody in work: the days on which evidence will be asked for.

use std::sync::LazyLock;

use jiff::ToSpan as _;
use jiff::civil::Date;
use notice::FieldId;

use super::record::SpellKind;
use super::rules::{Measure, Milestone, OutcomeKind, RuleSet};
use crate::{Answer, Written};

/// The rules of every service. Their text comes with Kept, and a test reads it.
static CORE: LazyLock<Vec<Milestone>> =
    LazyLock::new(|| RuleSet::core().map(|rules| rules.milestones).unwrap_or_default());

/// The milestones of so many weeks that work of this kind comes to, each with its code and its day, from `today` on. None once
/// the work has ended. Whether one counts is for [`judge`](super::judge()): a break moves it, and evidence is needed.
#[must_use]
pub fn ahead(spell: &Written, today: Date) -> Vec<(&'static str, Date)> {
    let date = |field: &'static str| spell.answers.date(&FieldId::known(field));
    let kind = match spell.answers.get(&FieldId::known("spell_kind")).map(Answer::chosen) {
        Some([chosen, ..]) => chosen.code.parse::<SpellKind>().ok(),
        _ => None,
    };
    let (Some(kind), Some(started), None) = (kind, date("started_on"), date("ended_on")) else {
        return Vec::new();
    };
    let of_this =
        |milestone: &&Milestone| milestone.outcome != OutcomeKind::Retained && milestone.outcome.takes(kind);
    let day = |milestone: &'static Milestone| match milestone.measure {
        Measure::Weeks { weeks, .. } => {
            let day = started.checked_add(i64::from(weeks).weeks()).ok()?;
            (day >= today).then_some((milestone.id.as_str(), day))
        }
        Measure::Start | Measure::Earnings { .. } => None,
    };
    CORE.iter().filter(of_this).filter_map(day).collect()
}

/// What a milestone is called in lists: `13 weeks in work`.
#[must_use]
pub fn milestone_words(code: &str) -> Option<&'static str> {
    CORE.iter().find(|milestone| milestone.id == code).map(|milestone| milestone.title.as_str())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::Profile;
    use crate::answers::Chosen;

    fn spell(kind: &str, started: Date, ended: Option<Date>) -> Written {
        let mut answers = Profile::default();
        let kind = Chosen { code: kind.to_owned(), other: None, list: "1".to_owned() };
        answers.set(FieldId::known("spell_kind"), Some(Answer::Code(kind)));
        answers.set(FieldId::known("started_on"), Some(Answer::Date(started)));
        answers.set(FieldId::known("ended_on"), ended.map(Answer::Date));
        Written { answers, ..Written::default() }
    }

    #[test]
    fn work_has_its_weeks_ahead_until_it_ends() {
        let june = date(2026, 6, 1);
        let table = [
            ("job", None, june, vec![("job-4-weeks", 29), ("job-13-weeks", 91 + 1), ("job-26-weeks", 183)]),
            ("job", None, date(2026, 7, 1), vec![("job-13-weeks", 92), ("job-26-weeks", 183)]),
            ("job", Some(date(2026, 7, 1)), june, vec![]),
            ("self-employment", None, june, vec![("self-employment-26-weeks", 183)]),
            ("learning", None, june, vec![]),
        ];
        for (kind, ended, today, expected) in table {
            let days: Vec<(&str, i64)> = ahead(&spell(kind, june, ended), today)
                .into_iter()
                .map(|(code, day)| (code, crate::dates::days_between(june, day) + 1))
                .collect();
            assert_eq!(days, expected, "{kind} {today}");
        }
        assert_eq!(milestone_words("job-13-weeks"), Some("13 weeks in work"));
        assert_eq!(milestone_words("nonsense"), None);
    }
}

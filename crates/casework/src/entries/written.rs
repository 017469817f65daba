//! An entry that was written with a form of the notice: a goal, a barrier, support, a referral, a check...

use jiff::civil::Date;
use notice::{EntryForm, Field, FieldId};
use serde::{Deserialize, Serialize};

use super::EARLIEST;
use crate::answers::{self, Answer, Fault};
use crate::dates;
use crate::ids::EntryId;
use crate::profile::Profile;

/// How much of a text stands in a line, in characters.
const LINE: usize = 120;

/// What was written with a form. Its day stands beside it, in the clear.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// The answers.
    pub answers: Profile,
    /// The entries that it is about: the goal of a progress update, the job of a payslip.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub about: Vec<EntryId>,
    /// Why this version took the place of the one before, where somebody said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
}

impl Written {
    /// Everything that is wrong with it as an entry of `form`, each with its field and what to do.
    #[must_use]
    pub fn faults(&self, form: &EntryForm, today: Date) -> Vec<Fault> {
        let mut faults = Vec::new();
        for field in self.answers.answers.keys().filter(|field| form.field(field).is_none()) {
            faults.push(Fault::new(field.clone(), "This does not belong to this form"));
        }
        for field in form.required.iter().filter(|field| self.answers.get(field).is_none()) {
            faults.push(Fault::new(field.clone(), format!("Answer “{}”", question(form, field))));
        }
        for field in &form.past {
            if self.answers.date(field).is_some_and(|day| day > today) {
                let message = format!("The day of “{}” must be today or earlier", question(form, field));
                faults.push(Fault::new(field.clone(), message));
            }
        }
        let earliest = |field: &&FieldId| self.answers.date(field).is_some_and(|day| day < EARLIEST);
        for field in form.day.iter().filter(earliest) {
            let message = format!("Check the year: entries begin on {}", dates::long(EARLIEST));
            faults.push(Fault::new(field.clone(), message).at(answers::Part::Year));
        }
        self.between(form, &mut faults);
        for (first, second) in &form.orders {
            let (Some(one), Some(two)) = (self.answers.date(first), self.answers.date(second)) else {
                continue;
            };
            if one > two {
                let message =
                    format!("The day of “{}” must be {} or later", question(form, second), dates::long(one));
                faults.push(Fault::new(second.clone(), message));
            }
        }
        faults
    }

    /// The same for an entry that is new: what becomes due by it lies ahead, where the form says so.
    #[must_use]
    pub fn faults_when_new(&self, form: &EntryForm, today: Date) -> Vec<Fault> {
        let mut faults = self.faults(form, today);
        for (field, _) in self.due(form).into_iter().filter(|(_, day)| form.ahead && *day < today) {
            if !faults.iter().any(|fault| fault.field == *field) {
                let message =
                    format!("The day of “{}” lies in the past. Enter a day to come", question(form, field));
                faults.push(Fault::new(field.clone(), message));
            }
        }
        faults
    }

    /// What answers ask of each other, and between which numbers they lie.
    fn between(&self, form: &EntryForm, faults: &mut Vec<Fault>) {
        let mut add = |field: &FieldId, says: &str| {
            if !faults.iter().any(|fault| fault.field == *field) {
                faults.push(Fault::new(field.clone(), says));
            }
        };
        for condition in form.conditions.iter().filter(|one| self.says(&one.field, &one.is)) {
            for field in condition.needs.iter().filter(|field| self.answers.get(field).is_none()) {
                add(field, &condition.says);
            }
            for field in condition.never.iter().filter(|field| self.answers.get(field).is_some()) {
                add(field, &condition.says);
            }
        }
        for bounds in &form.bounds {
            let number = match self.answers.get(&bounds.field) {
                Some(Answer::Number(number)) => *number,
                _ => continue,
            };
            if !(bounds.least..=bounds.most).contains(&number) {
                add(&bounds.field, &bounds.says);
            }
        }
    }

    /// The day that it is about: the one that the form asks for, or the day of writing.
    #[must_use]
    pub fn day(&self, form: &EntryForm, today: Date) -> Date {
        form.day.as_ref().and_then(|field| self.answers.date(field)).unwrap_or(today)
    }

    /// Its line in lists: `Course, forklift licence`.
    #[must_use]
    pub fn title(&self, form: &EntryForm) -> String {
        let words: Vec<String> = form
            .title
            .iter()
            .filter_map(|id| Some(shown(form, form.field(id)?, self.answers.get(id)?)))
            .collect();
        let title = words.join(", ");
        let title = title.lines().next().unwrap_or_default();
        match title.char_indices().nth(LINE) {
            Some((end, _)) => format!("{}…", title.get(..end).unwrap_or_default().trim_end()),
            None => title.to_owned(),
        }
    }

    /// Its line in the timeline: `Support: course, forklift licence`.
    #[must_use]
    pub fn headline(&self, form: &EntryForm) -> String {
        let mut noun = form.noun.chars();
        let capital = noun.next().map(|first| first.to_uppercase().collect::<String>()).unwrap_or_default();
        let over = if self.is_over(form) { ", ended" } else { "" };
        format!("{capital}{}{over}: {}", noun.as_str(), self.title(form))
    }

    /// Each answer in words, with the name of its field, in the order of the form.
    #[must_use]
    pub fn lines<'f>(&self, form: &'f EntryForm) -> Vec<(&'f str, String)> {
        let answered =
            |field: &'f Field| Some((field.label.as_str(), shown(form, field, self.answers.get(&field.id)?)));
        form.fields().iter().filter_map(answered).collect()
    }

    /// Whether it is over: the goal reached, the barrier out of the way.
    #[must_use]
    pub fn is_over(&self, form: &EntryForm) -> bool {
        form.ended.as_ref().is_some_and(|(field, values)| self.says(field, values))
    }

    /// What is due by it, and when; nothing once it is over.
    #[must_use]
    pub fn due<'f>(&self, form: &'f EntryForm) -> Vec<(&'f FieldId, Date)> {
        if self.is_over(form) {
            return Vec::new();
        }
        let open = form
            .due
            .iter()
            .filter(|due| !due.settled.as_ref().is_some_and(|(field, values)| self.says(field, values)));
        open.filter_map(|due| Some((&due.field, self.answers.date(&due.field)?))).collect()
    }

    /// Whether a field has one of these values, or any answer if there are none.
    fn says(&self, field: &FieldId, values: &[String]) -> bool {
        let Some(answer) = self.answers.get(field) else { return false };
        if let Answer::YesNo(yes) = answer {
            return values.is_empty() || values.iter().any(|value| value == if *yes { "yes" } else { "no" });
        }
        values.is_empty() || answer.chosen().iter().any(|chosen| values.contains(&chosen.code))
    }
}

fn shown(form: &EntryForm, field: &Field, answer: &Answer) -> String {
    answers::shown(field, form.catalogue().list_of(field), answer)
}

/// What the form asks there; its label where it asks nothing more.
fn question<'f>(form: &'f EntryForm, field: &'f FieldId) -> &'f str {
    form.field(field).map_or(field.as_str(), |field| {
        if field.question.is_empty() { field.label.as_str() } else { field.question.as_str() }
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use notice::forms;

    use super::*;
    use crate::EntryKind;
    use crate::answers::Chosen;

    const TODAY: Date = date(2026, 11, 24);

    fn written(answers: &[(&'static str, Answer)]) -> Written {
        let answers = answers.iter().map(|(id, answer)| (FieldId::known(id), answer.clone()));
        Written { answers: Profile { answers: answers.collect() }, ..Written::default() }
    }

    fn text(text: &str) -> Answer {
        Answer::Text(text.to_owned())
    }

    fn code(code: &str) -> Answer {
        Answer::Code(Chosen { code: code.to_owned(), other: None, list: "1".to_owned() })
    }

    fn form(id: &str) -> &'static EntryForm {
        forms::form(id).unwrap()
    }

    #[test]
    fn no_form_has_the_name_of_another_kind_of_entry() {
        for kind in EntryKind::ALL {
            assert!(forms::form(kind.code()).is_none(), "{kind}");
        }
    }

    #[test]
    fn every_fault_is_told_at_once_and_names_its_field() {
        let barrier = written(&[
            ("since", Answer::Date(date(2026, 11, 25))),
            ("closed_on", Answer::Date(date(2026, 11, 20))),
            ("role", text("x")),
        ]);
        let faults = barrier.faults(form("barrier"), TODAY);
        let fields: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(fields, ["role", "barrier", "since", "closed_on"]);
        let old = written(&[("support_kind", code("travel")), ("given_on", Answer::Date(date(1926, 1, 1)))]);
        assert_eq!(old.faults(form("support"), TODAY).len(), 1);
        let fine = written(&[("barrier", code("TRANSPORT")), ("since", Answer::Date(TODAY))]);
        assert_eq!(fine.faults(form("barrier"), TODAY), []);
    }

    #[test]
    fn a_goal_is_due_until_it_is_reached() {
        let by = date(2026, 12, 1);
        let goal = |progress: Option<&str>| {
            let mut goal = written(&[("goal", text("Have a CV")), ("by", Answer::Date(by))]);
            goal.answers.set(FieldId::known("goal_progress"), progress.map(code));
            goal
        };
        let due = |goal: &Written| goal.due(form("goal")).iter().map(|(_, day)| *day).collect::<Vec<_>>();
        for open in [None, Some("not-started"), Some("under-way")] {
            assert_eq!(due(&goal(open)), [by], "{open:?}");
            assert_eq!(goal(open).headline(form("goal")), "Goal: Have a CV");
        }
        for over in ["achieved", "changed", "given-up"] {
            assert_eq!(due(&goal(Some(over))), [], "{over}");
            assert_eq!(goal(Some(over)).headline(form("goal")), "Goal, ended: Have a CV");
        }
    }

    #[test]
    fn a_referral_that_was_answered_is_no_longer_chased_but_is_not_over() {
        let referral = |status| {
            written(&[
                ("direction", code("out")),
                ("organisation", text("Quay Advice")),
                ("remind_on", Answer::Date(TODAY)),
                ("referral_status", code(status)),
            ])
        };
        let form = form("referral");
        assert_eq!(referral("sent").due(form).len(), 1);
        assert!(referral("accepted").due(form).is_empty() && !referral("accepted").is_over(form));
        assert!(referral("declined").is_over(form));
    }

    #[test]
    fn lines_are_short_and_answers_are_shown_in_the_usual_form() {
        let long = written(&[("progress", text(&"é".repeat(500)))]);
        assert_eq!(long.title(form("progress")).chars().count(), LINE + 1);
        let support = written(&[
            ("support_kind", code("course")),
            ("service", text("Forklift licence")),
            ("cost", Answer::Number(14_500)),
        ]);
        assert_eq!(support.headline(form("support")), "Support: Training course, Forklift licence");
        assert!(support.lines(form("support")).contains(&("Cost", "£145.00".to_owned())));
        assert_eq!(support.day(form("support"), TODAY), TODAY);
    }

    #[test]
    fn what_is_kept_is_written_in_a_form_that_stays() {
        let kept = r#"{"answers":{"goal":{"text":"Have a CV"}}}"#;
        let goal = written(&[("goal", text("Have a CV"))]);
        assert_eq!(serde_json::to_string(&goal).unwrap(), kept);
        assert_eq!(serde_json::from_str::<Written>(kept).unwrap(), goal);
    }

    #[test]
    fn answers_that_contradict_each_other_are_told_apart() {
        let day = |month, day| Answer::Date(date(2026, month, day));
        for (answers, wrong) in [
            (vec![("check_kind", code("ONLINE")), ("document", code("A1"))], vec!["document"]),
            (vec![("check_kind", code("MANUAL"))], vec!["document"]),
            (vec![("check_kind", code("ECS")), ("original_seen", Answer::YesNo(true))], vec!["document"]),
            (vec![("check_kind", code("ECS")), ("original_seen", Answer::YesNo(false))], vec![]),
            (vec![("check_kind", code("MANUAL")), ("document", code("A1"))], vec![]),
            (
                vec![("check_kind", code("MANUAL")), ("document", code("A1")), ("expires_on", day(12, 1))],
                vec!["expires_on"],
            ),
            (
                vec![("check_kind", code("MANUAL")), ("document", code("B1"))],
                vec!["expires_on", "follow_up_on"],
            ),
            (vec![("check_kind", code("MANUAL")), ("document", code("B7"))], vec!["follow_up_on"]),
            (
                vec![
                    ("check_kind", code("MANUAL")),
                    ("document", code("B1")),
                    ("expires_on", day(12, 1)),
                    ("follow_up_on", day(12, 2)),
                ],
                vec!["expires_on"],
            ),
        ] {
            let mut check = written(&answers);
            check.answers.set(FieldId::known("result"), Some(code("limited")));
            let faults = check.faults(form("right_to_work_check"), TODAY);
            let fields: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
            assert_eq!(fields, wrong, "{answers:?}");
        }
    }

    #[test]
    fn numbers_lie_between_their_bounds_and_what_becomes_due_by_a_new_entry_lies_ahead() {
        for (hours, fine) in [(0, false), (1, true), (16, true), (100, true), (300, false)] {
            let job = written(&[
                ("spell_kind", code("job")),
                ("started_on", Answer::Date(date(2026, 11, 2))),
                ("hours", Answer::Number(hours)),
            ]);
            let faults = job.faults(form("spell"), TODAY);
            assert_eq!(!faults.iter().any(|fault| fault.field == FieldId::known("hours")), fine, "{hours}");
        }
        let goal = written(&[("goal", text("A CV")), ("by", Answer::Date(date(2026, 11, 23)))]);
        assert_eq!(goal.faults(form("goal"), TODAY), []);
        let faults = goal.faults_when_new(form("goal"), TODAY);
        assert_eq!(faults.iter().map(|fault| fault.field.as_str()).collect::<Vec<_>>(), ["by"]);
    }
}

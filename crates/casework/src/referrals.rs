//! Referrals to and from other organisations: which step may follow which, and when to ask again if nobody answers.

use jiff::civil::Date;
use notice::{EntryForm, FieldId};

use crate::answers::{Answer, Chosen, Fault};
use crate::dates;
use crate::entries::codes;
use crate::working_days::{BankHolidays, UnknownYear};
use crate::{Profile, Written};

/// The form that referrals are written with.
pub const FORM: &str = "referral";
/// The field that says how one stands; the steps have the codes of its list.
pub const STATUS: FieldId = FieldId::known("referral_status");
/// The day since when.
pub const STATUS_ON: FieldId = FieldId::known("status_on");
/// When to ask if nobody answers.
pub const REMIND_ON: FieldId = FieldId::known("remind_on");
/// What came of it.
pub const OUTCOME: FieldId = FieldId::known("outcome");
/// The organisation.
pub const ORGANISATION: FieldId = FieldId::known("organisation");
/// Who tells the organisation about the client.
pub const TOLD_BY: FieldId = FieldId::known("told_by");
const DIRECTION: FieldId = FieldId::known("direction");
const SENT_ON: FieldId = FieldId::known("sent_on");
const URGENCY: FieldId = FieldId::known("urgency");

codes! {
    /// How a referral stands.
    Step {
        /// Sent or received, without an answer yet.
        Sent = "sent",
        /// Whoever it went to takes the client on.
        Accepted = "accepted",
        /// They do not.
        Declined = "declined",
        /// The client has begun there.
        Started = "started",
        /// It is over there.
        Ended = "ended",
        /// It was taken back.
        Withdrawn = "withdrawn",
    }
}

codes! {
    /// Who tells the organisation about the client, where a referral goes out.
    Told {
        /// We do, which is sharing.
        Us = "us",
        /// The client does, and shares what they wish.
        Client = "client",
    }
}

impl Step {
    /// As a form offers it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Step::Sent => "Sent, no answer yet",
            Step::Accepted => "Accepted",
            Step::Declined => "Declined",
            Step::Started => "Begun",
            Step::Ended => "Ended",
            Step::Withdrawn => "Taken back",
        }
    }

    /// What may come next.
    #[must_use]
    pub const fn next(self) -> &'static [Step] {
        match self {
            Step::Sent => &[Step::Accepted, Step::Declined, Step::Started, Step::Withdrawn],
            Step::Accepted => &[Step::Started, Step::Declined, Step::Ended, Step::Withdrawn],
            Step::Started => &[Step::Ended, Step::Withdrawn],
            Step::Declined | Step::Ended | Step::Withdrawn => &[],
        }
    }

    /// Whether nothing comes after it.
    #[must_use]
    pub const fn is_over(self) -> bool {
        self.next().is_empty()
    }
}

/// How a referral stands, and since when.
#[must_use]
pub fn stands(written: &Written) -> (Step, Option<Date>) {
    let code = match written.answers.get(&STATUS).map(Answer::chosen) {
        Some([chosen, ..]) => chosen.code.parse().unwrap_or(Step::Sent),
        _ => Step::Sent,
    };
    let since = written.answers.date(&STATUS_ON).or_else(|| written.answers.date(&SENT_ON));
    (code, since)
}

/// The dated steps of a referral, from its versions, the oldest first. A version that changed something else adds none.
#[must_use]
pub fn steps<'w>(versions: impl IntoIterator<Item = (&'w Written, Date)>) -> Vec<(Step, Date)> {
    let mut steps: Vec<(Step, Date)> = Vec::new();
    for (written, day) in versions {
        let (step, since) = stands(written);
        let since = since.unwrap_or(day);
        match steps.last_mut() {
            // The day of a step was put right.
            Some(last) if last.0 == step => last.1 = since,
            _ => steps.push((step, since)),
        }
    }
    steps
}

/// What somebody typed about the next step.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StepTyped {
    /// Its code.
    pub step: String,
    /// The day; none for today.
    pub on: Option<Date>,
    /// What came of it.
    pub outcome: String,
}

impl StepTyped {
    /// The referral after this step.
    ///
    /// # Errors
    /// It does not follow, lies before the step before it or in the future, or ends without a word of what came of it.
    pub fn apply(&self, before: &Written, form: &EntryForm, today: Date) -> Result<Written, Vec<Fault>> {
        let (stands, since) = stands(before);
        let step = self.step.parse::<Step>().ok().filter(|step| stands.next().contains(step));
        let Some(step) = step else {
            return Err(vec![Fault::new(STATUS, "Choose what happened")]);
        };
        let (on, mut faults) = (self.on.unwrap_or(today), Vec::new());
        if on > today {
            faults.push(Fault::new(STATUS_ON, "The day must be today or earlier"));
        }
        if let Some(since) = since.filter(|since| on < *since) {
            let message = format!(
                "The day must be {} or later: that is when it came to stand as it does",
                dates::long(since)
            );
            faults.push(Fault::new(STATUS_ON, message));
        }
        let outcome = self.outcome.trim();
        if step == Step::Ended && outcome.is_empty() {
            faults.push(Fault::new(OUTCOME, "Say in a few words what came of it"));
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let mut written = before.clone();
        let list = form.field(&STATUS).and_then(|field| form.catalogue().list_of(field));
        let list = list.map_or_else(|| "1".to_owned(), |list| list.version.clone());
        let chosen = Chosen { code: step.code().to_owned(), other: None, list };
        written.answers.set(STATUS, Some(Answer::Code(chosen)));
        written.answers.set(STATUS_ON, Some(Answer::Date(on)));
        if !outcome.is_empty() {
            written.answers.set(OUTCOME, Some(Answer::Text(outcome.to_owned())));
        }
        Ok(written)
    }
}

/// For how many working days an answer is waited for.
#[must_use]
pub fn days_to_answer(urgency: Option<&str>) -> u8 {
    match urgency {
        Some("soon") => 2,
        Some("later") => 10,
        _ => 5,
    }
}

/// The working day on which to ask if nobody answers.
///
/// # Errors
/// The bank holidays of that year are not known.
pub fn remind_on(sent: Date, urgency: Option<&str>, holidays: &BankHolidays) -> Result<Date, UnknownYear> {
    holidays.later(sent, days_to_answer(urgency))
}

/// The same referral with the day on which to ask again, where it waits for an answer and nobody chose one.
#[must_use]
pub fn completed(form: &EntryForm, written: &Written, today: Date) -> Written {
    let mut written = written.clone();
    if form.id != *FORM || stands(&written).0 != Step::Sent || written.answers.date(&REMIND_ON).is_some() {
        return written;
    }
    let urgency = match written.answers.get(&URGENCY).map(Answer::chosen) {
        Some([chosen, ..]) => Some(chosen.code.as_str()),
        _ => None,
    };
    let sent = written.answers.date(&SENT_ON).unwrap_or(today);
    // In a year whose holidays are not known nobody guesses: the day stays for the adviser to choose.
    if let Ok(day) = remind_on(sent, urgency, &BankHolidays::england_and_wales()) {
        written.answers.set(REMIND_ON, Some(Answer::Date(day)));
    }
    written
}

/// The organisation that we tell about the client by this referral, as it was typed; none if it came in, if the client tells
/// them, or if it says what `before` said, which was asked about then.
///
/// # Errors
/// It goes out and does not say who tells the organisation.
pub fn tells<'w>(before: Option<&Written>, written: &'w Written) -> Result<Option<&'w str>, Fault> {
    let of = |field: &FieldId, written: &Written| match written.answers.get(field).map(Answer::chosen) {
        Some([chosen, ..]) => Some(chosen.code.clone()),
        _ => None,
    };
    let says = |written: &Written| {
        let whom = organisation(&written.answers).map(str::to_owned);
        (of(&DIRECTION, written), of(&TOLD_BY, written), whom)
    };
    let now = says(written);
    if now.0.as_deref() != Some("out") || before.map(says).is_some_and(|before| before == now) {
        return Ok(None);
    }
    match now.1.as_deref().and_then(|code| code.parse().ok()) {
        Some(Told::Us) => Ok(organisation(&written.answers)),
        Some(Told::Client) => Ok(None),
        None => Err(Fault::new(TOLD_BY, "Choose who tells the organisation about the client")),
    }
}

/// What a referral says of its organisation.
#[must_use]
pub fn organisation(answers: &Profile) -> Option<&str> {
    answers.text(&ORGANISATION)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use notice::forms;
    use proptest::prelude::*;

    use super::*;

    fn referral(answers: &[(&'static str, Answer)]) -> Written {
        let answers = answers.iter().map(|(id, answer)| (FieldId::known(id), answer.clone())).collect();
        Written { answers: Profile { answers }, ..Written::default() }
    }

    fn code(code: &str) -> Answer {
        Answer::Code(Chosen { code: code.to_owned(), other: None, list: "1".to_owned() })
    }

    #[test]
    fn the_steps_are_those_of_the_form() {
        let form = forms::form(FORM).unwrap();
        let list = form.field(&STATUS).and_then(|field| form.catalogue().list_of(field)).unwrap();
        for step in Step::ALL {
            assert_eq!(list.value(step.code()).map(|value| value.label.as_str()), Some(step.words()));
        }
        assert_eq!(list.values.len(), Step::ALL.len());
        for field in
            [STATUS, STATUS_ON, REMIND_ON, OUTCOME, ORGANISATION, SENT_ON, URGENCY, DIRECTION, TOLD_BY]
        {
            assert!(form.field(&field).is_some(), "{field}");
        }
    }

    #[test]
    fn we_tell_an_organisation_only_where_the_referral_says_so_anew() {
        let form = forms::form(FORM).unwrap();
        let list = form.field(&TOLD_BY).and_then(|field| form.catalogue().list_of(field)).unwrap();
        assert!(
            list.values.iter().map(|value| value.code.as_str()).eq(Told::ALL.iter().map(|told| told.code()))
        );
        let to = |direction: &str, told: Option<&str>, whom: &str| {
            let mut answers =
                vec![("direction", code(direction)), ("organisation", Answer::Text(whom.to_owned()))];
            answers.extend(told.map(|told| ("told_by", code(told))));
            referral(&answers)
        };
        let ours = to("out", Some("us"), "Quay Advice");
        assert_eq!(tells(None, &ours), Ok(Some("Quay Advice")));
        assert_eq!(tells(None, &to("out", Some("client"), "Quay Advice")), Ok(None));
        assert_eq!(tells(None, &to("in", None, "Quay Advice")), Ok(None));
        let silent = to("out", None, "Quay Advice");
        assert_eq!(tells(None, &silent).unwrap_err().field, TOLD_BY);
        assert_eq!(tells(Some(&silent), &silent), Ok(None), "written before anybody was asked");
        assert_eq!(tells(Some(&ours), &ours), Ok(None), "a step of it tells nothing new");
        let elsewhere = to("out", Some("us"), "Harbour College");
        assert_eq!(tells(Some(&ours), &elsewhere), Ok(Some("Harbour College")));
        assert_eq!(tells(Some(&to("out", Some("client"), "Quay Advice")), &ours), Ok(Some("Quay Advice")));
        assert!(tells(Some(&ours), &to("out", None, "Harbour College")).is_err());
    }

    #[test]
    fn an_answer_is_waited_for_in_working_days() {
        let holidays = BankHolidays::england_and_wales();
        for (sent, urgency, day) in [
            (date(2026, 11, 26), Some("usual"), date(2026, 12, 3)),
            (date(2026, 11, 26), None, date(2026, 12, 3)),
            (date(2026, 11, 26), Some("soon"), date(2026, 11, 30)),
            (date(2026, 12, 23), Some("soon"), date(2026, 12, 29)),
            (date(2026, 12, 18), Some("later"), date(2027, 1, 6)),
            (date(2026, 11, 28), Some("usual"), date(2026, 12, 4)),
        ] {
            assert_eq!(remind_on(sent, urgency, &holidays), Ok(day), "{sent} {urgency:?}");
        }
        assert!(remind_on(date(2028, 12, 29), Some("later"), &holidays).is_err(), "nobody guesses");
    }

    #[test]
    fn a_referral_without_an_answer_gets_its_day_and_keeps_one_that_was_chosen() {
        let form = forms::form(FORM).unwrap();
        let today = date(2026, 11, 26);
        let fresh = completed(form, &referral(&[("direction", code("out"))]), today);
        assert_eq!(fresh.due(form), [(&REMIND_ON, date(2026, 12, 3))]);
        let chosen = referral(&[("remind_on", Answer::Date(date(2027, 2, 1)))]);
        assert_eq!(completed(form, &chosen, today), chosen);
        let answered = referral(&[("referral_status", code("accepted"))]);
        assert_eq!(completed(form, &answered, today), answered);
    }

    #[test]
    fn each_step_follows_the_one_before() {
        let form = forms::form(FORM).unwrap();
        let today = date(2026, 11, 26);
        let sent = referral(&[("sent_on", Answer::Date(date(2026, 11, 20)))]);
        let step = |step: &str, on, outcome: &str| StepTyped {
            step: step.to_owned(),
            on,
            outcome: outcome.to_owned(),
        };
        let accepted = step("accepted", Some(date(2026, 11, 23)), "").apply(&sent, form, today).unwrap();
        assert!(accepted.due(form).is_empty() && !accepted.is_over(form));
        let started = step("started", None, "").apply(&accepted, form, today).unwrap();
        let ended = step("ended", None, "Passed").apply(&started, form, today).unwrap();
        assert!(ended.is_over(form));
        let all = [(&sent, today), (&accepted, today), (&started, today), (&ended, today)];
        assert_eq!(
            steps(all),
            [
                (Step::Sent, date(2026, 11, 20)),
                (Step::Accepted, date(2026, 11, 23)),
                (Step::Started, today),
                (Step::Ended, today)
            ]
        );
        for (typed, before, field) in [
            (step("ended", None, "x"), &sent, "referral_status"),
            (step("nonsense", None, ""), &sent, "referral_status"),
            (step("accepted", None, ""), &ended, "referral_status"),
            (step("accepted", Some(date(2026, 11, 19)), ""), &sent, "status_on"),
            (step("accepted", Some(date(2026, 11, 27)), ""), &sent, "status_on"),
            (step("ended", None, " "), &started, "outcome"),
        ] {
            let faults = typed.apply(before, form, today).unwrap_err();
            assert_eq!(faults.first().map(|fault| fault.field.as_str()), Some(field), "{typed:?}");
        }
    }

    proptest! {
        #[test]
        fn the_day_to_ask_again_is_a_working_day_after_the_sending(days in 0_i16..1000, waits in 1_u8..15) {
            let holidays = BankHolidays::england_and_wales();
            let sent = date(2025, 1, 1).checked_add(jiff::Span::new().days(i64::from(days))).unwrap();
            let day = holidays.later(sent, waits).unwrap();
            prop_assert!(holidays.is_working_day(day).unwrap());
            let mut between = sent;
            let mut counted = 0;
            while between < day {
                between = between.tomorrow().unwrap();
                counted += u8::from(holidays.is_working_day(between).unwrap());
            }
            prop_assert_eq!(counted, waits);
        }
    }
}

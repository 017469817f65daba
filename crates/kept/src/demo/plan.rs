//! What was planned and done with a made-up client: goals, barriers, support, referrals, work found, checks.

use casework::answers::Chosen;
use casework::{Answer, EntryId, Profile, Written};
use jiff::civil::Date;
use notice::{EntryForm, FieldId, forms};

use super::dice::Dice;
use super::notes::Job;
use super::story::{Phase, Story, days_after, days_before};

/// Something that was written with a form.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct MadeUpWritten {
    /// Its id, so that others can be about it.
    pub(crate) id: EntryId,
    /// The day of writing.
    pub(crate) on: Date,
    /// The form.
    pub(crate) form: &'static str,
    /// What.
    pub(crate) written: Written,
}

/// Where goals that are none of a job come from: goal, steps.
const GOALS: [(&str, &str); 8] = [
    ("Have an up-to-date CV", "List jobs so far\nWrite a first draft together\nAsk somebody to read it"),
    ("Apply for two jobs a week", "Set up alerts on two job sites\nKeep a list of what was sent"),
    ("Feel ready for an interview", "Practise three questions\nPlan the way there"),
    ("Get to grips with email and forms online", "Join the digital drop-in\nSet up an email address"),
    ("Pass maths at level 2", "Take the initial assessment\nStart the evening class"),
    ("Sort out childcare for shifts", "Ring two nurseries\nCheck what help with costs there is"),
    ("Find out what work does to benefits", "Book a better-off calculation\nBring the last award letter"),
    ("Build up a routine for working days", "Volunteer one morning a week\nWalk in every day"),
];
const TASKS: [&str; 8] = [
    "Ring the college about the start date",
    "Send the CV once more with the new phone number",
    "Ask reception for a bus pass form",
    "Check whether the interview clothes voucher was used",
    "Find the letter about the better-off calculation",
    "Book a quiet room for the next meeting",
    "Bring the certificate",
    "Chase the reference from the last employer",
];
const REFERRED: [(&str, &str); 6] = [
    ("Quay Debt Advice", "Rent arrears, needs a plan before starting work"),
    ("Harbour College", "Level 2 maths, evening class"),
    ("Northbridge Carers’ Circle", "Looks after a parent, wants to know about breaks"),
    ("Fern Street Talking Therapies", "Would like to talk to somebody about anxiety"),
    ("Tide Housing Help", "Tenancy ends, needs advice"),
    ("Bridge Enterprise Club", "Wants to test a business idea"),
];
const CAME_FROM: [&str; 4] =
    ["Northbridge Jobcentre", "Fern Street Surgery", "Northbridge Library", "Probation service"];
/// Kind, what, pence, how paid.
const SUPPORT: [(&str, &str, i64, &str); 9] = [
    ("travel", "Bus pass, 4 weeks", 6_320, "ticket"),
    ("travel", "Day tickets for an interview", 940, "petty-cash"),
    ("clothes", "Interview clothes", 6_000, "voucher"),
    ("clothes", "Safety boots", 4_599, "paid-back"),
    ("digital", "Data card, 3 months", 3_000, "voucher"),
    ("job-search", "Mock interview", 0, ""),
    ("advice", "Better-off calculation", 0, ""),
    ("skills", "Digital drop-in, 6 mornings", 0, ""),
    ("money", "Session with the money adviser", 0, ""),
];
const HELPED: [&str; 4] = [
    "A steady routine",
    "The support worker came along",
    "Trying it out for a week first",
    "Talking it through with family",
];
const QUALIFICATIONS: [(&str, &str); 6] = [
    ("GCSE English", "3"),
    ("Food hygiene certificate", "3"),
    ("NVQ Business and administration", "5"),
    ("Functional skills maths", "2"),
    ("Forklift licence", "97"),
    ("BTEC Health and social care", "5"),
];

/// Writes entries of one client.
struct Writer<'a> {
    dice: &'a mut Dice,
    story: &'a Story,
    today: Date,
    written: Vec<MadeUpWritten>,
}

/// An entry being written: answers to the fields of its form.
struct Sheet {
    form: &'static EntryForm,
    answers: Profile,
}

impl Sheet {
    fn of(form: &'static str) -> Option<Sheet> {
        Some(Sheet { form: forms::form(form)?, answers: Profile::default() })
    }

    fn with(mut self, field: &'static str, answer: Answer) -> Sheet {
        self.answers.set(FieldId::known(field), Some(answer));
        self
    }

    fn text(self, field: &'static str, text: &str) -> Sheet {
        if text.is_empty() { self } else { self.with(field, Answer::Text(text.to_owned())) }
    }

    fn code(self, field: &'static str, code: &str) -> Sheet {
        let list =
            self.form.field(&FieldId::known(field)).and_then(|field| self.form.catalogue().list_of(field));
        let Some(list) = list.filter(|list| list.value(code).is_some()) else { return self };
        let chosen = Chosen { code: code.to_owned(), other: None, list: list.version.clone() };
        self.with(field, Answer::Code(chosen))
    }

    fn day(self, field: &'static str, day: Date) -> Sheet {
        self.with(field, Answer::Date(day))
    }
}

impl Writer<'_> {
    fn write(&mut self, on: Date, sheet: Option<Sheet>, about: &[EntryId]) -> Option<EntryId> {
        let sheet = sheet?;
        let mut id = [0; 16];
        for part in id.chunks_mut(4) {
            part.copy_from_slice(&self.dice.between(0, u32::MAX - 1).to_le_bytes());
        }
        let id = EntryId::from_bytes(id);
        let written = Written { answers: sheet.answers, about: about.to_vec(), because: None };
        let on = on.min(self.today).max(self.story.registered);
        self.written.push(MadeUpWritten { id, on, form: sheet.form.id.0.as_ref(), written });
        Some(id)
    }

    fn days_on_file(&self) -> u32 {
        u32::try_from(casework::dates::days_between(self.story.registered, self.today)).unwrap_or(0)
    }

    /// A day since the registration, never in the future.
    fn since(&mut self, from: u32, to: u32) -> Date {
        days_after(self.story.registered, self.dice.between(from, to)).min(self.today)
    }

    /// A goal for work, and often one more on the way to it; with how it is going.
    fn goals(&mut self, job: &Job) -> Vec<EntryId> {
        let mut goals = Vec::new();
        let wanted = format!("Work as {}", job.role);
        let steps = format!("Ask about {}\nVisit an employer\nApply", job.course);
        let (other, its_steps) = self.dice.pick(&GOALS);
        for (number, (goal, steps)) in
            [(wanted.as_str(), steps.as_str()), (other, its_steps)].into_iter().enumerate()
        {
            if number == 1 && self.dice.percent(45) {
                break;
            }
            let set = self.since(0, 30);
            let by = days_after(set, self.dice.between(40, 160));
            let reached = (number == 0 && self.story.found_work) || (number == 1 && self.dice.percent(55));
            let over = reached && by < self.today;
            let progress =
                if over { "achieved" } else { self.dice.pick(&["not-started", "under-way", "under-way"]) };
            let by = if over {
                by
            } else {
                // What goes on is due in the weeks to come, or was a few days ago.
                by.max(days_after(days_before(self.today, 5), self.dice.between(0, 70)))
            };
            let mut sheet = Sheet::of("goal").map(|sheet| {
                let who = self.dice.pick(&["client", "client", "both"]);
                sheet
                    .text("goal", goal)
                    .code("who", who)
                    .text("steps", steps)
                    .day("by", by)
                    .code("goal_progress", progress)
            });
            if over {
                let reached_on = days_before(by, self.dice.between(0, 20)).max(set);
                sheet = sheet.map(|sheet| sheet.day("reached_on", reached_on));
            }
            let on = if over { by } else { set };
            goals.extend(self.write(on, sheet, &[]));
        }
        goals
    }

    fn barriers(&mut self, profile: &Profile) {
        let codes: Vec<String> = profile
            .get(&FieldId::known("barriers"))
            .map(|answer| answer.chosen().iter().map(|chosen| chosen.code.clone()).collect())
            .unwrap_or_default();
        for code in codes.iter().take(2) {
            let closed = self.story.found_work && self.dice.percent(55) && self.days_on_file() > 90;
            let severity = self.dice.pick(&["little", "much", "much", "stops"]);
            let mut sheet = Sheet::of("barrier").map(|sheet| {
                sheet.code("barrier", code).day("since", self.story.registered).code("severity", severity)
            });
            let mut on = self.story.registered;
            if closed {
                on = self.since(60, 200);
                let helped = self.dice.pick(&HELPED);
                sheet = sheet.map(|sheet| sheet.day("closed_on", on).text("what_helped", helped));
            }
            self.write(on, sheet, &[]);
        }
    }

    fn reviews(&mut self, goals: &[EntryId], last: Date) {
        if self.days_on_file() < 80 || !self.dice.percent(60) {
            return;
        }
        let held = days_before(last, self.dice.between(0, 40)).max(self.story.registered);
        let next = days_after(held, self.dice.between(50, 100));
        let sheet = Sheet::of("review").map(|sheet| {
            sheet
                .text("went", "Keeps appointments, more at ease on the phone.")
                .text("changes", "Fewer applications, better prepared ones.")
                .day("held_on", held)
                .day("next_on", next)
        });
        self.write(held, sheet, goals.get(..1).unwrap_or_default());
    }

    fn tasks(&mut self, last: Date) {
        if casework::dates::days_between(last, self.today) > 60 || !self.dice.percent(45) {
            return;
        }
        let by = days_after(days_before(self.today, 6), self.dice.between(0, 24));
        let task = self.dice.pick(&TASKS);
        let who = self.dice.pick(&["us", "us", "client"]);
        let sheet =
            Sheet::of("task").map(|sheet| sheet.text("task", task).code("who", who).day("task_by", by));
        self.write(last, sheet, &[]);
    }

    fn support(&mut self, job: &Job, goals: &[EntryId]) {
        let about = goals.get(..1).unwrap_or_default();
        for _ in 0..self.dice.between(0, 2) {
            let (kind, what, pence, paid) = self.dice.pick(&SUPPORT);
            let on = self.since(10, 200);
            let sheet = Sheet::of("support").map(|sheet| {
                let sheet = sheet.code("support_kind", kind).text("service", what).day("given_on", on);
                if pence > 0 {
                    sheet.with("cost", Answer::Number(pence)).code("paid_how", paid)
                } else {
                    sheet
                }
            });
            self.write(on, sheet, &[]);
        }
        if self.dice.percent(30) {
            let (on, pounds) = (self.since(20, 150), i64::from(self.dice.between(60, 420)));
            let course = job.course.trim_start_matches("the ");
            let sheet = Sheet::of("support").map(|sheet| {
                sheet
                    .code("support_kind", "course")
                    .text("service", course)
                    .text("provider", "Harbour College")
                    .day("given_on", on)
                    .with("cost", Answer::Number(pounds * 100))
                    .code("paid_how", "paid-provider")
            });
            self.write(on, sheet, about);
        }
    }

    fn referrals(&mut self) {
        if self.dice.percent(35) {
            let from = self.dice.pick(&CAME_FROM);
            let on = self.story.registered;
            let sheet = Sheet::of("referral").map(|sheet| {
                sheet
                    .code("direction", "in")
                    .text("organisation", from)
                    .text("reason", "Wants help to find work")
                    .day("sent_on", on)
                    .code("referral_status", "started")
            });
            self.write(on, sheet, &[]);
        }
        if !self.dice.percent(32) {
            return;
        }
        let (to, reason) = self.dice.pick(&REFERRED);
        let sent = self.since(7, 250);
        let waited = casework::dates::days_between(sent, self.today);
        let status = match self.dice.between(1, 10) {
            _ if waited < 12 => "sent",
            1 if waited < 40 => "sent",
            1 | 2 => "declined",
            3..=5 => "accepted",
            6..=7 => "started",
            _ => "ended",
        };
        let urgency = self.dice.pick(&["usual", "usual", "soon", "later"]);
        let sheet = Sheet::of("referral").map(|sheet| {
            sheet
                .code("direction", "out")
                .text("organisation", to)
                .code("told_by", "client")
                .text("reason", reason)
                .code("urgency", urgency)
                .day("sent_on", sent)
                .code("referral_status", status)
                .day("remind_on", days_after(sent, 14))
        });
        self.write(sent, sheet, &[]);
    }

    /// Work found, what it paid, and how we know.
    fn work(&mut self, job: &Job, goals: &[EntryId]) {
        let first = self.story.happenings.iter().find(|one| one.phase == Phase::InWork).map(|one| one.day);
        let Some(began) = first.filter(|_| self.story.found_work) else { return };
        let place = self.dice.pick(job.employers);
        let (hours, pence) = (
            i64::from(self.dice.pick(&[16_u32, 20, 24, 30, 37])),
            1_271 + i64::from(self.dice.between(0, 180)),
        );
        let sheet = Sheet::of("spell").map(|sheet| {
            sheet
                .code("spell_kind", "job")
                .text("role", job.role.trim_start_matches("a ").trim_start_matches("an "))
                .text("place", place)
                .day("started_on", began)
                .with("hours", Answer::Number(hours))
                .with("hourly_pay", Answer::Number(pence))
                .with("with_provider", Answer::YesNo(false))
        });
        let Some(spell) = self.write(began, sheet, goals.get(..1).unwrap_or_default()) else { return };
        let weeks = casework::dates::days_between(began, self.today) / 7;
        for month in 1..=u32::try_from(weeks / 4).unwrap_or(0).min(7) {
            let on = days_after(began, month * 28);
            let sheet = Sheet::of("earning").map(|sheet| {
                sheet
                    .code("earning_kind", "wages")
                    .with("amount", Answer::Number(hours * pence * 4))
                    .day("paid_on", on)
            });
            self.write(on, sheet, &[spell]);
            if month % 3 == 1 {
                let sheet = Sheet::of("evidence").map(|sheet| {
                    sheet
                        .code("evidence_kind", "payslip")
                        .day("speaks_of", on)
                        .day("obtained_on", on)
                        .text("obtained_by", "Adviser")
                        .code("obtained_how", "seen")
                });
                let checked = self.dice.percent(70) && days_after(on, 5) <= self.today;
                let sheet = if checked {
                    sheet.map(|sheet| {
                        sheet.text("verified_by", "Manager").day("verified_on", days_after(on, 5))
                    })
                } else {
                    sheet
                };
                self.write(if checked { days_after(on, 5) } else { on }, sheet, &[spell]);
            }
        }
    }

    fn checks(&mut self, profile: &Profile) {
        let code = |field: &'static str| {
            let chosen = profile.get(&FieldId::known(field)).map(Answer::chosen).unwrap_or_default();
            chosen.first().map(|chosen| chosen.code.clone()).unwrap_or_default()
        };
        let (result, check, document) =
            (code("right_to_work"), code("right_to_work_check"), code("right_to_work_document"));
        let seen = profile.date(&FieldId::known("right_to_work_seen_on"));
        if let Some(seen) = seen.filter(|seen| *seen <= self.today) {
            let ends = profile.date(&FieldId::known("right_to_work_expires_on"));
            let sheet = Sheet::of("right_to_work_check").map(|sheet| {
                let sheet = sheet
                    .code("check_kind", &check)
                    .code("document", &document)
                    .code("result", &result)
                    .day("checked_on", seen);
                match ends.filter(|ends| *ends > seen) {
                    Some(ends) => {
                        sheet.day("expires_on", ends).day("follow_up_on", days_before(ends, 28).max(seen))
                    }
                    None => sheet,
                }
            });
            self.write(seen, sheet, &[]);
        }
        if self.dice.percent(40) {
            let (subject, level) = self.dice.pick(&QUALIFICATIONS);
            let how = self.dice.pick(&["told", "told", "seen", "record"]);
            let sheet = Sheet::of("qualification").map(|sheet| {
                sheet.text("subject", subject).code("level", level).code("qualification_evidence", how)
            });
            self.write(self.story.registered, sheet, &[]);
        }
    }
}

/// What was planned and done, the earliest first.
pub(super) fn written(
    dice: &mut Dice,
    story: &Story,
    profile: &Profile,
    job: &Job,
    today: Date,
) -> Vec<MadeUpWritten> {
    let last = story.happenings.iter().filter(|one| one.took_part).map(|one| one.day).max();
    let last = last.unwrap_or(story.registered);
    let mut writer = Writer { dice, story, today, written: Vec::new() };
    writer.checks(profile);
    writer.barriers(profile);
    let goals = if writer.story.happenings.len() > 2 { writer.goals(job) } else { Vec::new() };
    writer.referrals();
    writer.support(job, &goals);
    writer.reviews(&goals, last);
    writer.tasks(last);
    writer.work(job, &goals);
    let mut written = writer.written;
    written.sort_by_key(|one| one.on);
    written
}

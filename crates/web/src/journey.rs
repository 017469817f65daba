//! A client's journey as a picture: from the first contact to today, a line for each kind of work, in SVG with presentation
//! attributes only. The list below it says the same.

use axum::extract::{Path, State};
use axum::response::Response;
use casework::appointments::State as Became;
use casework::dates;
use jiff::civil::Date;
use maud::{Markup, html};
use records::appointments::Appointment;
use records::files::{ALL_ENTRIES, ClientFile, Dated, What};

use crate::App;
use crate::fail::Fail;
use crate::file::{client, first_name, head, title};
use crate::frame::{At, release, staff};
use crate::signed::Signed;
use crate::timeline::headline;
use crate::ui::file::panel;
use crate::ui::list::{Cell, Column, Table, empty, table};
use crate::ui::page::{back, container, heading, printed};

pub(crate) async fn show(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
) -> Result<Response, Fail> {
    let id = client(&id)?;
    let opened = app.service.open_file(&visit, id, ALL_ENTRIES).await?;
    let today = app.service.surroundings().today();
    let page = opened.map(|file| {
        let profile = file.profile();
        let journey = Journey::of(&file, &app.service.surroundings().civil(app.service.surroundings().now()));
        let directory = app.service.directory();
        let body = html! {
            (head(visit.role, &profile, id, today, "File", html! {}))
            (container(html! {
                (back(&format!("/clients/{id}")))
                (heading("The journey so far", html! { p { "From " (dates::long(journey.from)) " to today. To print it, use your browser’s print command." } }))
                @if journey.marks.is_empty() { (empty("Nothing has been written down yet.")) }
                @else {
                    div.app-panel {
                        (journey.picture(first_name(&profile).as_str()))
                        p.app-muted { "Full circle: the client took part, or it was reached. Ring: tried, missed or not over yet. Bar: on a programme. Diamond: work or learning began; what of it counts stands under Outcomes." }
                    }
                    (panel("list", "The same as a list", None, journey.list()))
                }
            }))
            (printed(&format!("Printed by {} {}. Contains personal data: shred when finished.", directory.name(visit.staff), dates::long(today))))
        };
        staff(&app, &visit, if file.own { At::Clients } else { At::Elsewhere }, &title(&profile, "journey"), body)
    });
    release(page).await
}

/// Something that happened, on a line of the picture.
struct Mark {
    line: &'static str,
    day: Date,
    /// The last day of what lasts.
    until: Option<Date>,
    /// Whether the client took part, or it was reached.
    full: bool,
    words: String,
}

/// What is drawn.
struct Journey {
    from: Date,
    to: Date,
    marks: Vec<Mark>,
}

const CONTACT: &str = "Contact";
const PROGRAMMES: &str = "Programmes";
const AGREED: &str = "Agreed";
/// What was paid and what shows it: no outcome by itself.
const PROOF: &str = "Pay, proof";
const OUTCOMES: &str = "Outcomes";
/// Their forms.
const PAYMENT: &str = "earning";
const EVIDENCE: &str = "evidence";
/// A line each, from the top.
const LINES: [&str; 8] = [CONTACT, "Plan", "Support", PROGRAMMES, AGREED, "Checks", PROOF, OUTCOMES];

const WIDTH: i64 = 900;
const NAMES: i64 = 110;
const LINE: i64 = 44;
const TOP: i64 = 34;
const ROOM: i64 = WIDTH - NAMES - 20;
/// How many months may lie between two names of months, and how many names have room beside each other.
const STEPS: [u32; 7] = [1, 3, 6, 12, 24, 60, 120];
const MOST_TICKS: u32 = 12;

impl Journey {
    fn of(file: &ClientFile, now: &jiff::ZonedDateTime) -> Journey {
        let today = now.date();
        let mut marks: Vec<Mark> = file.timeline.iter().map(|entry| mark(entry, today)).collect();
        marks.extend(file.appointments.iter().filter_map(|one| of_appointment(one, now)));
        marks.sort_by_key(|mark| mark.day);
        let first = marks.first().map_or(file.registered, |mark| mark.day);
        Journey { from: first.min(file.registered), to: today, marks }
    }

    /// How far to the right a day stands.
    fn x(&self, day: Date) -> i64 {
        let all = dates::days_between(self.from, self.to).max(1);
        NAMES + dates::days_between(self.from, day).clamp(0, all) * ROOM / all
    }

    fn lines(&self) -> Vec<&'static str> {
        LINES.into_iter().filter(|line| self.marks.iter().any(|mark| mark.line == *line)).collect()
    }

    /// First days of months, as close together as their names have room: each month, quarter or half year, or every few years.
    fn ticks(&self) -> Vec<Date> {
        let first = self.from.first_of_month();
        let months = u32::try_from(dates::days_between(first, self.to) / 30).unwrap_or_default();
        let apart = STEPS.into_iter().find(|apart| months / apart <= MOST_TICKS);
        let apart = apart.unwrap_or(months / MOST_TICKS + 1);
        let of_the_calendar = |day: &Date| month_number(*day).is_multiple_of(apart);
        (1..=months + 1)
            .map(|month| dates::months_later(first, month))
            .take_while(|day| *day <= self.to)
            .filter(of_the_calendar)
            .collect()
    }

    fn picture(&self, name: &str) -> Markup {
        let lines = self.lines();
        let height = TOP + LINE * i64::try_from(lines.len()).unwrap_or_default() + 8;
        let says: Vec<String> = lines
            .iter()
            .map(|line| format!("{line}: {}", self.marks.iter().filter(|mark| mark.line == *line).count()))
            .collect();
        html! { div.app-flow {
            svg xmlns="http://www.w3.org/2000/svg" viewBox={ "0 0 " (WIDTH) " " (height) } role="img" aria-labelledby="journey-title journey-text" {
                title #journey-title { "The journey of " (name) " from " (dates::long(self.from)) " to " (dates::long(self.to)) }
                desc #journey-text { (says.join(", ")) ". The list below names each." }
                @for day in self.ticks() {
                    line x1=(self.x(day)) x2=(self.x(day)) y1=(TOP - 6) y2=(height - 8) stroke="currentColor" stroke-opacity="0.18" {}
                    text x=(self.x(day)) y="18" text-anchor="middle" font-size="12" fill="currentColor" { (short_month(day)) }
                }
                @for (at, line) in lines.iter().enumerate() {
                    @let y = TOP + LINE * i64::try_from(at).unwrap_or_default() + LINE / 2;
                    text x="0" y=(y + 5) font-size="14" fill="currentColor" { (line) }
                    line x1=(NAMES) x2=(NAMES + ROOM) y1=(y) y2=(y) stroke="currentColor" stroke-opacity="0.35" {}
                    @for mark in self.marks.iter().filter(|mark| mark.line == *line) { (self.drawn(mark, y)) }
                }
            }
        } }
    }

    fn drawn(&self, mark: &Mark, y: i64) -> Markup {
        let x = self.x(mark.day);
        let words = format!("{}: {}", dates::short(mark.day), mark.words);
        html! {
            @match mark.until {
                Some(until) => rect x=(x) y=(y - 8) width=((self.x(until) - x).max(8)) height="16" rx="3" fill="currentColor" fill-opacity="0.35" stroke="currentColor" { title { (words) } },
                None if mark.line == OUTCOMES => rect x=(x - 6) y=(y - 6) width="12" height="12" transform={ "rotate(45 " (x) " " (y) ")" } fill="currentColor" { title { (words) } },
                None if mark.full => circle cx=(x) cy=(y) r="6" fill="currentColor" fill-opacity="0.75" { title { (words) } },
                None => circle cx=(x) cy=(y) r="5" fill="none" stroke="currentColor" stroke-width="2" { title { (words) } },
            }
        }
    }

    /// What the picture shows, the earliest first.
    fn list(&self) -> Markup {
        let columns = ["Day", "Line", "What"].map(|label| Column { label, ..Column::default() });
        let row = |mark: &Mark| -> Vec<Cell> {
            let until = mark.until.filter(|until| *until != mark.day && *until != self.to);
            vec![
                html! { (dates::short(mark.day)) @if let Some(until) = until { " to " (dates::short(until)) } },
                html! { (mark.line) },
                html! { (mark.words) },
            ]
        };
        table(Table {
            id: "journey",
            caption: "What happened, the earliest first",
            caption_hidden: true,
            columns: &columns,
            rows: self.marks.iter().map(row).collect(),
        })
    }
}

fn mark(entry: &Dated, today: Date) -> Mark {
    let (line, until, full) = match &entry.what {
        What::Meeting(meeting) => (CONTACT, None, meeting.contact().two_way()),
        What::Placement(placement) => {
            (PROGRAMMES, Some(placement.ended.as_ref().map_or(today, |ended| ended.on).max(entry.day)), true)
        }
        What::Plan(_) => ("Plan", None, true),
        What::NoticeGiven(_) | What::Agreement(_) | What::Consent(_) | What::Disclosure(_) => {
            (AGREED, None, true)
        }
        What::Written(form, written) if matches!(form.id.as_str(), PAYMENT | EVIDENCE) => {
            (PROOF, None, written.is_over(form) || form.due.is_empty())
        }
        What::Written(form, written) => (form.group.words(), None, written.is_over(form)),
    };
    Mark { line, day: entry.day, until, full, words: headline(entry) }
}

/// An appointment that lies behind, as contact: the client came, or did not.
fn of_appointment(one: &Appointment, now: &jiff::ZonedDateTime) -> Option<Mark> {
    let day = one.booked.slot.starts().to_zoned_datetime(now.time_zone().clone());
    let full = matches!(one.booked.state, Became::Attended | Became::Late);
    let words = format!("Appointment: {}", one.booked.state.words().to_lowercase());
    let over = day <= *now && one.booked.state != Became::Booked;
    over.then(|| Mark { line: CONTACT, day: day.date(), until: None, full, words })
}

/// The number of a month in the calendar, so that quarters and years begin where people expect them.
fn month_number(day: Date) -> u32 {
    u32::try_from(i32::from(day.year()) * 12 + i32::from(day.month()) - 1).unwrap_or_default()
}

fn short_month(day: Date) -> String {
    let name = dates::month_name(day.month());
    let short: String = name.chars().take(3).collect();
    if day.month() == 1 { format!("{short} {}", day.year()) } else { short }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn journey(marks: Vec<Mark>) -> Journey {
        Journey { from: date(2025, 1, 10), to: date(2026, 11, 26), marks }
    }

    fn at(line: &'static str, day: Date, until: Option<Date>) -> Mark {
        Mark { line, day, until, full: true, words: "Something <new>".into() }
    }

    #[test]
    fn a_picture_has_a_line_for_each_kind_of_work_and_stays_within_its_frame() {
        let marks = vec![
            at(CONTACT, date(2025, 1, 10), None),
            at(PROGRAMMES, date(2025, 3, 1), Some(date(2026, 11, 26))),
            at("Outcomes", date(2026, 11, 26), None),
        ];
        let journey = journey(marks);
        assert_eq!(journey.lines(), [CONTACT, PROGRAMMES, "Outcomes"]);
        assert_eq!((journey.x(date(2025, 1, 10)), journey.x(date(2026, 11, 26))), (NAMES, NAMES + ROOM));
        assert_eq!(journey.x(date(2020, 1, 1)), NAMES, "what was before the first day stands at its edge");
        let text = journey.picture("Zephyr").into_string();
        assert!(
            text.contains("Contact: 1, Programmes: 1, Outcomes: 1.") && !text.contains("style"),
            "{text}"
        );
        assert!(text.contains("Something &lt;new&gt;"));
        assert_eq!(journey.ticks().first(), Some(&date(2025, 4, 1)), "quarters, for two years");
    }

    #[test]
    fn names_of_months_have_room_however_long_the_journey_is() {
        for years in 0..=90_i16 {
            let from = date(2026 - years, 11, 10);
            let ticks = Journey { from, to: date(2026, 11, 26), marks: Vec::new() }.ticks();
            assert!(ticks.len() <= 13, "{years} years: {}", ticks.len());
            assert!(years == 0 || ticks.len() >= 4, "{years} years: {}", ticks.len());
            assert!(years < 10 || ticks.iter().all(|day| day.month() == 1), "{years} years");
        }
    }

    #[test]
    fn every_group_of_forms_has_its_line() {
        for group in notice::Group::ALL {
            assert!(LINES.contains(&group.words()), "{group}");
        }
    }
}

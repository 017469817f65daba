//! The timeline of a file: what happened, newest first, each with a link to the whole of it.

use std::ops::Range;

use casework::appointments::State;
use casework::{ClientId, MeetingKind, StaffId, dates};
use jiff::ZonedDateTime;
use jiff::civil::Date;
use maud::{Markup, html};
use notice::{Category, Group};
use records::appointments::Appointment;
use records::files::{ClientFile, Dated, What};

use crate::ui::file::{TimelineItem, timeline};
use crate::ui::icon::Icon;
use crate::ui::list::empty;

/// Finds where a text names clients by their numbers.
pub(crate) type Mentioned<'a> = &'a dyn Fn(&str) -> Vec<(Range<usize>, ClientId)>;

/// Who is meant by ids and numbers.
pub(crate) struct Names<'a> {
    /// The name of a member of staff.
    pub(crate) by: &'a dyn Fn(StaffId) -> String,
    /// Where a text mentions clients.
    pub(crate) mentioned: Mentioned<'a>,
}

/// What happened, month by month, and the way to older entries.
pub(crate) fn whole(file: &ClientFile, names: &Names<'_>, now: &ZonedDateTime) -> Markup {
    let lines = lines(file, names, now);
    if lines.is_empty() {
        return empty("Nothing has been recorded that you may see here.");
    }
    let mut months: Vec<(&str, Vec<TimelineItem<'_>>)> = Vec::new();
    for line in &lines {
        match months.last_mut() {
            Some((month, items)) if *month == line.month => items.push(line.item()),
            _ => months.push((&line.month, vec![line.item()])),
        }
    }
    let older = file.entries.saturating_sub(file.timeline.len() as u64);
    html! {
        (timeline(&months))
        @if older > 0 && file.readable.contains(Category::Casework) {
            p.app-older { a.govuk-link href={ "/clients/" (file.client) "?all=1#timeline" } { "Show " (dates::count(older, "older entry").replace("entrys", "entries")) } }
        }
    }
}

/// Entries and the appointments that lie behind, as far back as entries are shown; the newest first.
fn lines(file: &ClientFile, names: &Names<'_>, now: &ZonedDateTime) -> Vec<Line> {
    let mut lines: Vec<Line> = file.timeline.iter().map(|entry| Line::of(file, entry, names)).collect();
    let all = file.entries <= file.timeline.len() as u64;
    let oldest = file.timeline.last().map(|entry| entry.day).filter(|_| !all);
    let behind = file.appointments.iter().filter_map(|one| {
        let at = one.booked.slot.starts().to_zoned_datetime(now.time_zone().clone());
        let shown = at <= *now && oldest.is_none_or(|oldest| at.date() >= oldest);
        shown.then(|| Line::of_appointment(one, at.date(), names))
    });
    lines.extend(behind);
    // What was written of an appointment was written after it, so it stands above it.
    lines.sort_by(|one, other| other.datetime.cmp(&one.datetime));
    lines
}

/// An entry in the words of the timeline.
struct Line {
    month: String,
    day: String,
    datetime: String,
    title: String,
    text: Vec<Markup>,
    icon: Icon,
    by: Markup,
}

impl Line {
    fn of(file: &ClientFile, entry: &Dated, names: &Names<'_>) -> Line {
        let author = (names.by)(entry.author);
        let (text, after) = match &entry.what {
            What::Meeting(meeting) => {
                let counts = if meeting.contact().two_way() { "" } else { " Does not count as contact." };
                (paragraphs(&meeting.note, names.mentioned), counts)
            }
            _ => (Vec::new(), ""),
        };
        let whole = match entry.what {
            What::Meeting(_) | What::Written(..) | What::Plan(_) | What::Consent(_) | What::Disclosure(_) => {
                Some(format!("/clients/{}/entries/{}", file.client, entry.id))
            }
            // A placement has the id of its entry.
            What::Placement(_) => Some(format!("/clients/{}/placements/{}", file.client, entry.id)),
            What::NoticeGiven(_) | What::Agreement(_) => None,
        };
        let title = headline(entry);
        Line {
            month: format!("{} {}", dates::month_name(entry.day.month()), entry.day.year()),
            day: dates::short(entry.day).split(' ').take(2).collect::<Vec<_>>().join(" "),
            datetime: entry.day.to_string(),
            text,
            icon: icon(entry),
            by: html! {
                // Whoever corrects a note did not write it: who did stands on its own page.
                @if entry.version > 1 { "Last changed by " }
                (author) "." (after)
                @if let Some(href) = whole { " " a.govuk-link href=(href) { "Open" span.govuk-visually-hidden { " " (title) } } }
            },
            title,
        }
    }

    fn of_appointment(one: &Appointment, day: Date, names: &Names<'_>) -> Line {
        let booked = &one.booked;
        let (icon, came) = match booked.state {
            State::Attended | State::Late => (Icon::Diary, booked.state.words()),
            State::Booked => (Icon::Diary, "Not said yet who came"),
            _ => (Icon::Cancelled, booked.state.words()),
        };
        let title = format!("Appointment: {}", came.to_lowercase());
        let texts = [&one.said.about, &one.why];
        let text = texts.into_iter().filter(|text| !text.is_empty()).map(|text| html! { (text) });
        Line {
            month: format!("{} {}", dates::month_name(day.month()), day.year()),
            day: dates::short(day).split(' ').take(2).collect::<Vec<_>>().join(" "),
            datetime: day.to_string(),
            text: text.collect(),
            icon,
            by: html! {
                (booked.way.words()) ", " ((names.by)(booked.adviser)) ". "
                a.govuk-link href={ "/appointments/" (booked.id) } { "Open" span.govuk-visually-hidden { " " (title) } }
            },
            title,
        }
    }

    fn item(&self) -> TimelineItem<'_> {
        TimelineItem {
            day: &self.day,
            datetime: &self.datetime,
            icon: self.icon,
            title: &self.title,
            text: self.text.clone(),
            by: self.by.clone(),
        }
    }
}

/// An entry in one line.
pub(crate) fn headline(entry: &Dated) -> String {
    entry.headline()
}

fn icon(entry: &Dated) -> Icon {
    match &entry.what {
        What::Meeting(meeting) => match (meeting.kind, meeting.took_part) {
            (MeetingKind::FileNote, _) => Icon::Change,
            (_, false) => Icon::Cancelled,
            _ => Icon::Talk,
        },
        What::NoticeGiven(_) | What::Consent(_) | What::Disclosure(_) => Icon::Lock,
        What::Agreement(_) | What::Plan(_) | What::Placement(_) => Icon::Done,
        What::Written(form, written) => match form.group {
            Group::Plan if written.is_over(form) => Icon::Done,
            Group::Plan => Icon::Diary,
            Group::Support if form.id == *"referral" => Icon::Sent,
            Group::Support | Group::Outcomes => Icon::Done,
            Group::Checks => Icon::Change,
        },
    }
}

/// A text in paragraphs, each number of another client in it as a link to that file.
pub(crate) fn paragraphs(text: &str, mentioned: Mentioned<'_>) -> Vec<Markup> {
    text.split('\n')
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(|line| linked(line, mentioned))
        .collect()
}

fn linked(line: &str, mentioned: Mentioned<'_>) -> Markup {
    let mut from = 0;
    let mut parts: Vec<Markup> = Vec::new();
    for (place, client) in mentioned(line) {
        let before = line.get(from..place.start).unwrap_or_default();
        let number = line.get(place.clone()).unwrap_or_default();
        parts.push(html! { (before) a.govuk-link href={ "/clients/" (client) } { (number) } });
        from = place.end;
    }
    html! { @for part in &parts { (part) } (line.get(from..).unwrap_or_default()) }
}

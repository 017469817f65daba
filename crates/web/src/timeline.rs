//! The timeline of a file: what happened, newest first, each with a link to the whole of it.

use std::ops::Range;

use casework::{ClientId, MeetingKind, StaffId, dates};
use maud::{Markup, html};
use notice::{Category, Group};
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
pub(crate) fn whole(file: &ClientFile, names: &Names<'_>) -> Markup {
    if file.timeline.is_empty() {
        return empty("Nothing has been recorded that you may see here.");
    }
    let lines: Vec<Line> = file.timeline.iter().map(|entry| Line::of(file, entry, names)).collect();
    let mut months: Vec<(&str, Vec<TimelineItem<'_>>)> = Vec::new();
    for line in &lines {
        match months.last_mut() {
            Some((month, items)) if *month == line.month => items.push(line.item()),
            _ => months.push((&line.month, vec![line.item()])),
        }
    }
    let older = file.entries.saturating_sub(lines.len() as u64);
    html! {
        (timeline(&months))
        @if older > 0 && file.readable.contains(Category::Casework) {
            p.app-older { a.govuk-link href={ "/clients/" (file.client) "?all=1#timeline" } { "Show " (dates::count(older, "older entry").replace("entrys", "entries")) } }
        }
    }
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

//! What stands beside the timeline of a file: what is due, booked, known, kept and promised.

use casework::{answers, dates};
use maud::{Markup, html};
use notice::{Category, FieldId};
use records::appointments::Appointment;
use records::files::ClientFile;

use super::{clock, first_name};
use crate::ui::file::{Meter, TagKind, facts, panel, panel_life, share_list, tag};
use crate::ui::list::{TodoItem, empty, todo_list};

/// The facts that an adviser looks for first.
const KEY_FACTS: [&str; 6] =
    ["employment_status", "benefits", "right_to_work", "barriers", "adjustments", "highest_qualification"];

/// What waits to be done in this file.
pub(super) fn due(file: &ClientFile, today: jiff::civil::Date) -> Markup {
    if file.due.is_empty() && file.tell_again.is_none() {
        return html! {};
    }
    let again = file.tell_again.as_ref().map(|version| TodoItem {
        tag: tag(TagKind::Warn, "Next meeting"),
        text: html! { a.govuk-link href={ "/clients/" (file.client) "/consent" } { "Give the changed privacy notice, version " (version) } },
        act: html! {},
    });
    let due = file
        .due
        .iter()
        .take(8)
        .map(|due| TodoItem {
            tag: if due.day < today {
                tag(TagKind::Stop, &format!("Late: {}", dates::short(due.day)))
            } else {
                tag(TagKind::Warn, &dates::short(due.day))
            },
            text: html! { a.govuk-link href={ "/clients/" (file.client) "/entries/" (due.entry) } { (due.words) } },
            act: html! {},
        });
    let items: Vec<TodoItem> = again.into_iter().chain(due).collect();
    let plan = format!("/clients/{}/entries/in/plan", file.client);
    panel("due", "What is due", Some((&plan, "The plan", "")), todo_list(&items))
}

/// What is to come, the next first, then what was, the latest first.
pub(super) fn booked(
    file: &ClientFile,
    book: Option<&str>,
    now: &jiff::ZonedDateTime,
    by: &dyn Fn(casework::StaffId) -> String,
) -> Markup {
    let line = |appointment: &Appointment| {
        let starts = appointment.booked.slot.starts().to_zoned_datetime(now.time_zone().clone());
        let begun = starts <= *now;
        (
            html! {
                a.govuk-link href={ "/appointments/" (appointment.booked.id) } { (dates::short(starts.date())) ", " (clock(&starts)) }
                " " span.app-muted { (appointment.booked.way.words()) ", " (by(appointment.booked.adviser)) }
            },
            crate::diary::became(appointment.booked.state, begun),
        )
    };
    let (mut coming, past): (Vec<&Appointment>, Vec<&Appointment>) =
        file.appointments.iter().partition(|one| one.booked.slot.ends() > now.timestamp());
    coming.reverse();
    let rows: Vec<(Markup, Markup)> = coming.into_iter().chain(past).take(6).map(line).collect();
    panel(
        "appointments",
        "Appointments",
        book.map(|href| (href, "Book", " an appointment")),
        html! {
            @if rows.is_empty() { (empty("None is booked.")) } @else { (share_list(&rows)) }
            @if file.appointments.len() > 6 { p.app-muted { "And " (file.appointments.len() - 6) " more." } }
        },
    )
}

pub(super) fn key_facts(
    file: &ClientFile,
    profile: &casework::Profile,
    by: &dyn Fn(casework::StaffId) -> String,
) -> Markup {
    let catalogue = notice::Catalogue::standard();
    let mut rows: Vec<(String, Markup)> = Vec::new();
    if let Some(adviser) = file.adviser {
        rows.push(("Adviser".to_owned(), html! { (by(adviser)) }));
    }
    for id in KEY_FACTS {
        let Some(field) = catalogue.field(&FieldId::known(id)) else { continue };
        if let Some(answer) = profile.get(&field.id) {
            rows.push((
                field.label.clone(),
                html! { (answers::glance(field, catalogue.list_of(field), answer)) },
            ));
        }
    }
    let rows: Vec<(&str, Markup)> =
        rows.iter().map(|(label, value)| (label.as_str(), value.clone())).collect();
    let details = format!("/clients/{}/details", file.client);
    panel(
        "facts",
        "Key facts",
        Some((&details, "All details", "")),
        html! {
            (facts(&rows))
            @if !file.readable.contains(Category::Casework) { (empty("You see contact details and appointments of this file.")) }
            @else if rows.len() < 2 { (empty("Nothing more is recorded yet.")) }
        },
    )
}

pub(super) fn life(file: &ClientFile, profile: &casework::Profile, now: &jiff::ZonedDateTime) -> Markup {
    let (until, today) = (&file.until, now.date());
    let days = |n: i64| u32::try_from(n).unwrap_or(0);
    let total = days(dates::days_between(until.last_contact, until.due));
    let done = days(dates::days_between(until.last_contact, today)).min(total);
    let name = first_name(profile);
    let whose = if name.ends_with('s') { format!("{name}’") } else { format!("{name}’s") };
    let lead = match file.waits.holds.first() {
        Some(review) => html! {
            "Nothing of this record is deleted while it is " a.govuk-link href={ "/clients/" (file.client) "/hold" } { "on hold" }
            ". The hold is looked at again on " b { (dates::long(*review)) } "."
        },
        None => {
            html! { "If we hear nothing more, " (whose) " record is " b { "deleted on " (dates::long(until.due)) } "." }
        }
    };
    panel_life(
        "life",
        "How long we keep this record",
        lead,
        Some(Meter { done, total, from: &dates::short(until.last_contact), to: &dates::short(until.due) }),
        html! {
        @if let Some(first) = file.waits.goes.first() {
            p {
                "Consent was taken back, and no other ground is left for "
                a.govuk-link href={ "/clients/" (file.client) "/consent" } { (dates::count(file.waits.goes.len() as u64, "part")) " of it" }
                ": that is " b { "deleted by " (dates::long(*first)) } "."
            }
        }
        "Day " (done) " of " (total) " since we were last in touch. " @for clock in &file.clocks { p { (clock.sentence()) } } (crate::messages::of_ending(file, now.time_zone())) },
    )
}

/// What was promised about this file.
pub(super) fn promised(file: &ClientFile) -> Markup {
    let notice = format!("/notice/{}", file.notice.1);
    let equality = match file.equality_answered {
        Some(_) => tag(TagKind::Lock, "Held apart"),
        None => tag(TagKind::Info, "None held"),
    };
    let mut rows = vec![
        (html! { "Privacy notice given" }, html! { "version " (file.notice.1) }),
        (html! { "Equality answers" }, equality),
        (html! { "Mentioned in other files" }, html! { (file.mentioned) }),
    ];
    rows.extend(file.waits.requests.iter().map(|number| {
        let what =
            html! { a.govuk-link href={ "/clients/" (file.client) "/requests" } { "Request R-" (number) } };
        (what, tag(TagKind::Warn, "Open"))
    }));
    rows.extend(file.waits.objects.iter().map(|to| {
        let what = html! { a.govuk-link href={ "/clients/" (file.client) "/requests" } { "Objects to " (crate::requests::objection_words(*to)) } };
        (what, tag(TagKind::Stop, "Stopped"))
    }));
    if file.waits.erasure {
        let what =
            html! { a.govuk-link href={ "/clients/" (file.client) "/erase" } { "Erasure of this file" } };
        rows.push((what, tag(TagKind::Stop, "Asked for")));
    }
    panel("promised", "What we promised", Some((&notice, "The notice", "")), share_list(&rows))
}

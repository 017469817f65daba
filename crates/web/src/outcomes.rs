//! What counts as an outcome: the client's work, earnings and evidence held against a set of rules, explained line by line.

use axum::extract::{Path, State};
use axum::response::Response;
use casework::formats::money;
use casework::outcomes::{Entry, Progress, Record, Report, RuleSet, Side, Standing, Verdict, judge};
use casework::programmes::Programme;
use casework::{ClientId, dates};
use jiff::civil::Date;
use maud::{Markup, html};
use notice::{Group, forms};
use records::entry_views::Entries;
use serde::Deserialize;

use crate::App;
use crate::entries::written;
use crate::fail::Fail;
use crate::file::{client, head, title};
use crate::frame::{At, release, staff};
use crate::query::Query;
use crate::signed::Signed;
use crate::ui::file::{TagKind, action, panel, tag};
use crate::ui::list::empty;
use crate::ui::page::{container, heading};
use crate::ui::words::notice_banner;

/// Which rules are asked for: the code of a set, the service's own if none.
#[derive(Deserialize)]
pub(crate) struct Asked {
    rules: Option<String>,
}

pub(crate) async fn show(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Fail> {
    let id = client(&id)?;
    let sets = RuleSet::shipped().map_err(|_| Fail::not_found())?;
    if asked.rules.as_ref().is_some_and(|asked| !sets.iter().any(|set| set.id == *asked)) {
        return Err(Fail::not_found());
    }
    let forms: Vec<_> = forms::of_group(Group::Outcomes).collect();
    let opened = app.service.entries_with(&visit, id, &forms).await?;
    let page = opened.map(|entries| {
        let today = app.service.surroundings().today();
        // On a programme, its rules are what counts first, from the day on which the client joined.
        let theirs: Vec<(String, Date, String)> = entries
            .placements
            .iter()
            .filter_map(|placed| {
                let offered = app.service.programme(placed.programme).ok()?;
                let Programme { rules, title, .. } = offered.programme;
                Some((rules, placed.times.placed, title))
            })
            .collect();
        let chosen =
            asked.rules.as_deref().or(theirs.first().map(|(rules, ..)| rules.as_str())).unwrap_or("core");
        let Some(rules) = sets.iter().find(|set| set.id == chosen) else { return html! {} };
        let of = theirs.iter().find(|(of, ..)| of == chosen);
        let (from, of) =
            of.map_or((entries.registered, None), |(_, from, title)| (*from, Some(title.as_str())));
        let back = action(&format!("/clients/{id}/entries/in/outcomes"), "Work, earnings and evidence");
        let body = html! {
            (head(visit.role, &entries.contact, id, today, "Outcomes", back))
            (container(body(id, &sets, rules, &entries, from, of, today)))
        };
        staff(&app, &visit, At::Elsewhere, &title(&entries.contact, "outcomes"), body)
    });
    release(page).await
}

fn body(
    id: ClientId,
    sets: &[RuleSet],
    rules: &RuleSet,
    entries: &Entries,
    from: Date,
    of: Option<&str>,
    today: Date,
) -> Markup {
    let of_forms: Vec<Entry<'_>> = entries
        .entries
        .iter()
        .filter_map(|entry| {
            written(entry).map(|(form, written)| Entry { id: entry.id, form: form.id.as_str(), written })
        })
        .collect();
    let read = Record::from_entries(from, &of_forms);
    html! {
        (heading("What counts as an outcome", html! {
            p { "Judged by " b { (rules.title) } ", version " (rules.version) ", for support that began on " (dates::long(from)) @if let Some(of) = of { ", the day of joining " (of) } "." }
        }))
        nav.app-panel aria-label="Rules" {
            p.govuk-body { "By which rules? "
                @for (at, set) in sets.iter().enumerate() {
                    @if at > 0 { " · " }
                    @if set.id == rules.id { b aria-current="page" { (set.title) } }
                    @else { a.govuk-link href={ "/clients/" (id) "/outcomes?rules=" (set.id) } { (set.title) } }
                }
            }
        }
        @if !read.loose.is_empty() {
            (notice_banner(html! {
                p.govuk-body { "These do not say to which one piece of work they belong, or lack an answer. Open each and put it right:" }
                ul.govuk-list { @for entry in &read.loose {
                    li { a.govuk-link href={ "/clients/" (id) "/entries/" (entry) "/change" } { (called(entries, *entry)) } }
                } }
            }))
        }
        @if read.record.spells.is_empty() {
            (empty("No work or learning is recorded yet. Record it under “Work, earnings and evidence”: what counts shows here by itself."))
        } @else {
            @match judge(&read.record, rules, today) {
                Ok(report) => (verdicts(&report)),
                Err(faults) => div.app-panel { p.govuk-body { "This cannot be judged yet." } ul.govuk-list.govuk-list--bullet {
                    @for fault in &faults.0 { li { (fault) } }
                } },
            }
        }
    }
}

fn called(entries: &Entries, id: casework::EntryId) -> String {
    let entry = entries.entries.iter().find(|entry| entry.id == id);
    entry.and_then(written).map_or_else(String::new, |(form, written)| written.headline(form))
}

fn verdicts(report: &Report) -> Markup {
    html! { @for verdict in &report.verdicts { (one(verdict)) } }
}

fn one(verdict: &Verdict) -> Markup {
    let (kind, words, on) = match verdict.standing {
        Standing::Counts(on) => (TagKind::Ok, "Counts", Some(on)),
        Standing::NeedsEvidence(on) => (TagKind::Warn, "Evidence missing", Some(on)),
        Standing::Projected(on) => (TagKind::Info, "On its way", Some(on)),
        Standing::NotYet => (TagKind::Info, "Not yet", None),
        Standing::Closed => (TagKind::Stop, "Cannot be reached any more", None),
    };
    let when = match (verdict.standing, on) {
        (Standing::Projected(_), Some(on)) => {
            format!("Will be reached on {} if things go on as they are.", dates::long(on))
        }
        (_, Some(on)) => format!("Reached on {}.", dates::long(on)),
        (_, None) => String::new(),
    };
    panel(
        &verdict.milestone,
        &verdict.title,
        None,
        html! {
            p.govuk-body { (tag(kind, words)) " " (when) @if let Some(far) = progress(verdict.progress) { " " (far) } }
            @if let Some(missing) = &verdict.missing { p.govuk-body { b { "Get: " } (missing.words()) "." } }
            ul.govuk-list.govuk-list--bullet { @for line in &verdict.lines {
                li class=[(line.side == Side::Note).then_some("app-muted")] { (line) }
            } }
        },
    )
}

fn progress(progress: Progress) -> Option<String> {
    match progress {
        Progress::Start => None,
        Progress::Days { done, of } => Some(format!("{done} of {of} days.")),
        Progress::Pence { done, of } => {
            let pounds = |pence: u64| money::pounds(i64::try_from(pence).unwrap_or(i64::MAX));
            Some(match of {
                Some(of) => format!("{} of {} earned.", pounds(done), pounds(of)),
                None => format!("{} earned.", pounds(done)),
            })
        }
    }
}

//! To which programme an entry or a document belongs: chosen on its form, kept in that programme's layer, paid out of its money.

use std::collections::BTreeMap;

use axum::response::{IntoResponse, Redirect, Response};
use casework::formats::money;
use casework::referrals::FORM;
use casework::{ClientId, ProgrammeId};
use maud::{Markup, html};
use notice::{EntryForm, Notice};
use records::documents::names_documents;
use records::entry_views::Entries;
use records::placements::PlacedOn;
use records::programmes::{Numbers, Offered};
use records::spending::SUPPORT;
use records::written::PROGRAMME;

use crate::App;
use crate::entries::page_of;
use crate::fail::Fail;
use crate::fields;
use crate::ui::form::{Choice, Choices, radios};

/// Says to which programme something belongs.
pub(crate) fn belongs(offered: &Offered) -> Markup {
    html! { p.govuk-body { "Belongs to " a.govuk-link href={ "/programmes/" (offered.id) } { (offered.programme.title) } ", and is kept as its notice says." } }
}

/// The programmes that a client is on and whose notice, as they were given it, names something.
fn naming(app: &App, placements: &[PlacedOn], named: impl Fn(&Notice) -> bool) -> Vec<Offered> {
    let notices = app.service.notices();
    let on_it = placements.iter().filter(|placed| placed.times.ended.is_none());
    on_it
        .filter_map(|placed| {
            let offered = app.service.programme(placed.programme).ok()?;
            let given = notices.given(&offered.programme.notice, &placed.notice_version)?;
            named(&given.notice).then_some(offered)
        })
        .collect()
}

/// The programmes to whose layer an entry of this form can belong, to choose; nothing if there is none.
pub(crate) fn choice(
    app: &App,
    form: &EntryForm,
    entries: &Entries,
    numbers: &BTreeMap<ProgrammeId, Numbers>,
    chosen: Option<ProgrammeId>,
    error: Option<&str>,
) -> Markup {
    let named = |notice: &Notice| form.layered && form.named_by(notice);
    let options = naming(app, &entries.placements, named).into_iter().map(|offered| {
        let left = numbers.get(&offered.id).and_then(|numbers| numbers.budget.left());
        let words = match left.filter(|_| form.id == *SUPPORT) {
            Some(left) => format!("{} ({} left)", offered.programme.title, money::pounds(left)),
            None => offered.programme.title.clone(),
        };
        (offered.id.to_string(), words)
    });
    let hint = "It is then kept as that programme’s notice says, and paid out of its money";
    let chosen = chosen.map(|id| id.to_string()).unwrap_or_default();
    let asked = which_programme(&options.collect::<Vec<_>>(), &chosen, hint, error);
    html! { @if let Some(asked) = asked { div.app-question.app-question--long { (asked) } } }
}

/// The programmes with which a document can be put, to choose; nothing if there is none.
pub(crate) fn choice_for_document(
    app: &App,
    placements: &[PlacedOn],
    chosen: &str,
    error: Option<&str>,
) -> Markup {
    let options = naming(app, placements, names_documents)
        .into_iter()
        .map(|offered| (offered.id.to_string(), offered.programme.title.clone()));
    let hint = "It is then kept as that programme’s notice says, and goes with what else is kept for it";
    let asked = which_programme(&options.collect::<Vec<_>>(), chosen, hint, error);
    asked.unwrap_or_default()
}

/// Where else a document can be kept than `now`: the file itself, and the programmes with which it can be put.
pub(crate) fn elsewhere(
    app: &App,
    placements: &[PlacedOn],
    now: Option<ProgrammeId>,
) -> Vec<(String, String)> {
    let own = now.map(|_| (String::new(), "The file itself".to_owned()));
    let programmes = naming(app, placements, names_documents).into_iter().filter(|one| Some(one.id) != now);
    own.into_iter().chain(programmes.map(|one| (one.id.to_string(), one.programme.title.clone()))).collect()
}

fn which_programme(
    options: &[(String, String)],
    chosen: &str,
    hint: &str,
    error: Option<&str>,
) -> Option<Markup> {
    if options.is_empty() {
        return None;
    }
    let own =
        Choice { value: "", label: "The service itself", checked: chosen.is_empty(), ..Choice::default() };
    let choices = options.iter().map(|(value, label)| Choice {
        value,
        label,
        checked: value == chosen,
        ..Choice::default()
    });
    Some(radios(Choices {
        name: PROGRAMME,
        legend: "Which programme does it belong to?",
        hint: Some(hint),
        options: std::iter::once(own).chain(choices).collect(),
        error,
        ..Choices::default()
    }))
}

/// The names of the directory, which the browser offers while one types.
pub(crate) async fn organisations(app: &App, form: &EntryForm) -> Result<Markup, Fail> {
    if form.id != *FORM {
        return Ok(html! {});
    }
    let all = app.service.organisations().await?;
    Ok(html! { datalist id=(fields::ORGANISATIONS) { @for one in &all { option value=(one.name) {} } } })
}

/// Back to the page of such entries; with a warning, if more support is promised now than a programme has money for.
pub(crate) async fn saved(
    app: &App,
    id: ClientId,
    form: &EntryForm,
    programme: Option<ProgrammeId>,
) -> Result<Response, Fail> {
    let page = page_of(id, form.group);
    let mut to = format!("{page}?saved=1");
    // What names no programme the service pays itself.
    let service = app.service.notices().service().id.clone();
    let core = app.service.programmes().iter().find(|one| one.programme.is_core(&service)).map(|one| one.id);
    if let Some(programme) = programme.or(core).filter(|_| form.id == *SUPPORT) {
        let numbers = app.service.programme_numbers().await?;
        if numbers.get(&programme).is_some_and(|numbers| numbers.budget.is_over()) {
            to = format!("{page}?over={programme}");
        }
    }
    Ok(Redirect::to(&to).into_response())
}

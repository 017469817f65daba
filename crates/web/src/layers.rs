//! To which programme an entry belongs: chosen on its form, kept in that programme's layer, paid out of its money.

use std::collections::BTreeMap;

use axum::response::{IntoResponse, Redirect, Response};
use casework::formats::money;
use casework::referrals::FORM;
use casework::{ClientId, ProgrammeId};
use maud::{Markup, html};
use notice::EntryForm;
use records::entry_views::Entries;
use records::programmes::Numbers;
use records::spending::SUPPORT;
use records::written::PROGRAMME;

use crate::App;
use crate::entries::page_of;
use crate::fail::Fail;
use crate::fields;
use crate::ui::form::{Choice, Choices, radios};

/// The programmes to whose layer an entry of this form can belong, to choose; nothing if there is none.
pub(crate) fn choice(
    app: &App,
    form: &EntryForm,
    entries: &Entries,
    numbers: &BTreeMap<ProgrammeId, Numbers>,
    chosen: Option<ProgrammeId>,
    error: Option<&str>,
) -> Markup {
    let notices = app.service.notices();
    let mut options: Vec<(String, String)> = Vec::new();
    for placed in entries.placements.iter().filter(|placed| form.layered && placed.times.ended.is_none()) {
        let Ok(offered) = app.service.programme(placed.programme) else { continue };
        let given = notices.given(&offered.programme.notice, &placed.notice_version);
        if given.is_none_or(|given| !form.named_by(&given.notice)) {
            continue;
        }
        let left = numbers.get(&offered.id).and_then(|numbers| numbers.budget.left());
        let words = match left.filter(|_| form.id == *SUPPORT) {
            Some(left) => format!("{} ({} left)", offered.programme.title, money::pounds(left)),
            None => offered.programme.title.clone(),
        };
        options.push((offered.id.to_string(), words));
    }
    if options.is_empty() {
        return html! {};
    }
    let chosen = chosen.map(|id| id.to_string()).unwrap_or_default();
    let own =
        Choice { value: "", label: "The service itself", checked: chosen.is_empty(), ..Choice::default() };
    let choices = options.iter().map(|(value, label)| Choice {
        value,
        label,
        checked: *value == chosen,
        ..Choice::default()
    });
    html! { div.app-question.app-question--long { (radios(Choices {
        name: PROGRAMME,
        legend: "Which programme does it belong to?",
        hint: Some("It is then kept as that programme’s notice says, and paid out of its money"),
        options: std::iter::once(own).chain(choices).collect(),
        error,
        ..Choices::default()
    })) } }
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
    let mut to = page_of(id, form.group);
    if let Some(programme) = programme.filter(|_| form.id == *SUPPORT) {
        let numbers = app.service.programme_numbers().await?;
        if numbers.get(&programme).is_some_and(|numbers| numbers.budget.is_over()) {
            to = format!("{to}?over={programme}");
        }
    }
    Ok(Redirect::to(&to).into_response())
}

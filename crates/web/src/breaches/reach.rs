//! Whom a breach reached: found in the audit log, told, taken off the list.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use casework::{BreachId, ClientId, Fault};
use maud::{Markup, html};
use records::Error;
use records::breaches::{OneBreach, Reach, keeps_breaches};

use super::{Ask, breach_id, one_page, zone};
use crate::App;
use crate::fail::Fail;
use crate::form::Form;
use crate::promises::when;
use crate::signed::Signed;
use crate::ui::file::{TagKind, panel, tag};
use crate::ui::form::{
    ButtonKind, Select, TextArea, TextInput, button, buttons, details, select, text_input, textarea,
};
use crate::ui::list::empty;

/// What was typed to find whom a breach reached.
#[derive(Default)]
pub(super) struct ReachTyped {
    who: String,
    from_day: String,
    from_time: String,
    until_day: String,
    until_time: String,
    numbers: String,
    pub(super) faults: Vec<Fault>,
}

pub(super) fn affected_panel(
    app: &App,
    id: BreachId,
    one: &OneBreach,
    keeps: bool,
    reach: &ReachTyped,
) -> Markup {
    let heading = format!("Whom it reached: {}", one.affected.len());
    panel(
        "affected",
        &heading,
        None,
        html! {
            @if one.affected.is_empty() { (empty("Nobody is listed yet. The audit log can say who opened which files when.")) }
            @else {
                form method="post" action={ "/breaches/" (id) "/affected" } {
                    table.app-t {
                        caption.govuk-visually-hidden { "Whom it reached" }
                        thead { tr { @if keeps { td.app-t__sel {} } th scope="col" { "Client" } th scope="col" { "Told" } } }
                        tbody { @for affected in &one.affected { tr {
                            @let name = affected.shown.as_ref().map_or("A restricted file", |shown| shown.name.as_str());
                            @if keeps { td.app-t__sel { label.app-t__hit {
                                input type="checkbox" name="client" value=(affected.client) checked;
                                span.govuk-visually-hidden { "Select " (name) }
                            } } }
                            th scope="row" { (name) @if let Some(shown) = &affected.shown { span.app-t__sub { span.app-ref { (shown.number) } } } }
                            td { @match affected.told { Some(at) => (tag(TagKind::Ok, &when(app, at))), None => span.app-muted { "Not yet" } } }
                        } } }
                    }
                    @if keeps { (buttons(html! {
                        button class="govuk-button govuk-button--secondary" type="submit" formaction={ "/breaches/" (id) "/letters" } { "Letters to the ticked" }
                        (button(ButtonKind::Secondary, "The ticked were told", Some(("do", "told"))))
                        (button(ButtonKind::Secondary, "It did not reach the ticked", Some(("do", "remove"))))
                    })) }
                }
            }
            @if keeps {
                @let form = reach_form(app, id, reach);
                @if reach.faults.is_empty() && !one.affected.is_empty() { (details("Find more", form)) } @else { (form) }
            }
        },
    )
}

fn reach_form(app: &App, id: BreachId, reach: &ReachTyped) -> Markup {
    let directory = app.service.directory();
    let error = |name: &str| {
        reach.faults.iter().find(|fault| fault.field == *name).map(|fault| fault.message.as_str())
    };
    let line = |name: &'static str, label: &'static str, value: &str| {
        text_input(TextInput {
            name,
            label,
            value,
            error: error(name),
            width: Some(10),
            input_type: "text",
            ..TextInput::default()
        })
    };
    let everybody: Vec<(String, &str)> = directory
        .everybody()
        .into_iter()
        .map(|member| (member.id.to_string(), member.name.as_str()))
        .collect();
    let options =
        std::iter::once(("", "Anybody here")).chain(everybody.iter().map(|(id, name)| (id.as_str(), *name)));
    html! {
        form method="post" action={ "/breaches/" (id) "/affected" } novalidate {
            h3.app-h2 { "Find in the audit log whom it reached" }
            (select(Select { name: "who", label: "What was opened by", options: options.collect(), value: &reach.who, ..Select::default() }))
            (line("from_day", "From this day", &reach.from_day))
            (line("from_time", "From this time", &reach.from_time))
            (line("until_day", "Until this day", &reach.until_day))
            (line("until_time", "Until this time", &reach.until_time))
            (textarea(TextArea { name: "numbers", label: "Only these files", hint: Some("Client numbers, one a line. Without days, these files are listed as they are"), value: &reach.numbers, error: error("numbers"), rows: 3, ..TextArea::default() }))
            (button(ButtonKind::Main, "Find and list", Some(("do", "find"))))
        }
    }
}

pub(super) fn clients(sent: &Form) -> Result<Vec<ClientId>, Fail> {
    let clients: Result<Vec<ClientId>, _> = sent.several("client").into_iter().map(str::parse).collect();
    let clients = clients.map_err(|_| Fail::bad_form("It names a client who is none."))?;
    if clients.is_empty() { Err(Fail::bad_form("Nobody is ticked.")) } else { Ok(clients) }
}

pub(crate) async fn affected(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
    sent: Form,
) -> Result<Response, Fail> {
    let id = breach_id(&id)?;
    let sent =
        sent.only(&["do", "client", "who", "from_day", "from_time", "until_day", "until_time", "numbers"])?;
    let done = match sent.one("do")? {
        "told" => {
            app.service.told_of_breach(&visit, id, &clients(&sent)?).await?;
            "told".to_owned()
        }
        "remove" => {
            app.service.remove_affected(&visit, id, &clients(&sent)?).await?;
            "removed".to_owned()
        }
        "find" => {
            let one = |name: &str| sent.one(name).map(str::to_owned);
            let mut typed = ReachTyped {
                who: one("who")?,
                from_day: one("from_day")?,
                from_time: one("from_time")?,
                until_day: one("until_day")?,
                until_time: one("until_time")?,
                numbers: one("numbers")?,
                faults: Vec::new(),
            };
            let found = match read_reach(&app, &typed) {
                Ok(reach) => app.service.find_affected(&visit, id, &reach).await,
                Err(faults) => Err(Error::Faults(faults)),
            };
            match found {
                Ok(found) => format!("found&files={}&lists={}", found.files, found.lists),
                Err(Error::Faults(faults)) if keeps_breaches(visit.role) => {
                    typed.faults = faults;
                    let page = one_page(&app, &visit, id, &Ask::default(), &typed).await?;
                    return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
                }
                Err(error) => return Err(error.into()),
            }
        }
        _ => return Err(Fail::bad_form("It does not say what to do.")),
    };
    Ok(Redirect::to(&format!("/breaches/{id}?done={done}")).into_response())
}

fn read_reach(app: &App, typed: &ReachTyped) -> Result<Reach, Vec<Fault>> {
    let numbers: Vec<String> = typed
        .numbers
        .split([',', '\n', ' ', '\r'])
        .map(str::trim)
        .filter(|n| !n.is_empty())
        .map(str::to_owned)
        .collect();
    let days = [&typed.from_day, &typed.from_time, &typed.until_day, &typed.until_time];
    let who = match typed.who.as_str() {
        "" => None,
        id => Some(id.parse().map_err(|_| vec![Fault::new("who", "Choose somebody of the list")])?),
    };
    if days.iter().all(|text| text.trim().is_empty()) {
        if numbers.is_empty() || who.is_some() {
            return Err(vec![Fault::new("from_day", "Say from when until when, or which files")]);
        }
        return Ok(Reach { who: None, period: None, numbers });
    }
    let (now, zone) = (app.service.surroundings().now(), zone(app));
    let mut faults = Vec::new();
    let mut at = |field: &str, day: &str, time: &str| {
        casework::breaches::instant(field, day, time, now, &zone).map_err(|mut more| faults.append(&mut more))
    };
    let from = at("from", &typed.from_day, &typed.from_time);
    let until = at("until", &typed.until_day, &typed.until_time);
    match (from, until) {
        (Ok(from), Ok(until)) if from <= until => Ok(Reach { who, period: Some((from, until)), numbers }),
        (Ok(_), Ok(_)) => Err(vec![Fault::new("until_day", "The end cannot come before the beginning")]),
        _ => Err(faults),
    }
}

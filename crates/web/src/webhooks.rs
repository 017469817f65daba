//! Webhooks, for administrators: which programs are told that something changed, where, and what became of it.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use casework::webhooks::{DeliveryState, EventKind, WebhookState};
use casework::{DeliveryId, Fault, StaffId, WebhookId, dates};
use jiff::Timestamp;
use maud::{Markup, html};
use records::api_tokens::ApiToken;
use records::webhooks::{
    BOTH_HOURS, DeliveryLine, NewWebhook, Switch, Webhook, can_be_told, looks_after_webhooks,
};
use records::{Error, Visit};
use serde::Deserialize;

use crate::App;
use crate::fail::Fail;
use crate::fields;
use crate::form::{Form, new_key};
use crate::frame::{At, staff};
use crate::query::Query;
use crate::signed::Signed;
use crate::ui::file::{TagKind, panel, tag};
use crate::ui::form::{
    ButtonKind, Choice, Choices, Select, TextInput, button, buttons, checkboxes, hidden, select, text_input,
};
use crate::ui::list::{Cell, Column, Table, empty, table};
use crate::ui::page::{back, container, heading, reading};
use crate::ui::words::{SummaryRow, banner, summary_list, warning};

/// Webhooks are the administrators' matter; for others there is nothing here.
fn may(visit: &Visit) -> Result<(), Fail> {
    if looks_after_webhooks(visit.role) { Ok(()) } else { Err(Fail::not_found()) }
}

/// What was typed about a new one.
#[derive(Default)]
struct Typed {
    key: String,
    token: String,
    address: String,
    kinds: Vec<String>,
    faults: Vec<Fault>,
}

/// A webhook's state as a tag. One at which nothing arrives says so before it is switched off.
pub(crate) fn state(webhook: &Webhook) -> Markup {
    match (webhook.state, webhook.failing) {
        (WebhookState::On, None) => tag(TagKind::Ok, WebhookState::On.words()),
        (WebhookState::On, Some(_)) => tag(TagKind::Warn, "Nothing arrives"),
        (WebhookState::Off, _) => tag(TagKind::Stop, WebhookState::Off.words()),
        (WebhookState::Ended, _) => tag(TagKind::Info, WebhookState::Ended.words()),
    }
}

/// The name of the token that a webhook belongs to.
fn program(tokens: &[ApiToken], token: StaffId) -> &str {
    tokens.iter().find(|one| one.id == token).map_or("A program", |one| one.name.as_str())
}

fn at(app: &App, at: Timestamp) -> Markup {
    let civil = app.service.surroundings().civil(at);
    html! { span.app-num { (dates::short(civil.date())) ", " (civil.strftime("%H:%M")) } }
}

pub(crate) async fn list(State(app): State<App>, Signed(visit): Signed) -> Result<Response, Fail> {
    may(&visit)?;
    Ok(list_page(&app, &visit, &Typed { key: new_key(), ..Typed::default() }).await?.into_response())
}

async fn list_page(app: &App, visit: &Visit, typed: &Typed) -> Result<Markup, Fail> {
    let tokens = app.service.api_tokens().await?;
    let webhooks = app.service.webhooks().await?;
    let columns =
        ["Program", "Where", "Told of", "Now"].map(|label| Column { label, numeric: false, hidden: false });
    let rows: Vec<Vec<Cell>> = webhooks
        .iter()
        .map(|one| {
            vec![
                html! { a.govuk-link href={ "/webhooks/" (one.id) } { (program(&tokens, one.token)) } },
                html! { (one.address.host()) },
                html! { (dates::count(one.kinds.len() as u64, "kind")) },
                state(one),
            ]
        })
        .collect();
    let body = container(html! {
        (fields::summary(&typed.faults))
        (heading("Webhooks", html! { p { "Programs that are told when something changes. They hear ids, and read the rest with their token." } }))
        (panel("webhooks", "Programs that are told", None, html! {
            @if rows.is_empty() { (empty("No program is told by itself.")) }
            @else { (table(Table { id: "webhook-list", caption: "Webhooks, the oldest first", caption_hidden: true, columns: &columns, rows })) }
        }))
        (panel("add", "Tell a program", None, add_form(app, &tokens, typed)))
    });
    Ok(staff(app, visit, At::Elsewhere, "Webhooks", body))
}

fn add_form(app: &App, tokens: &[ApiToken], typed: &Typed) -> Markup {
    let now = app.service.surroundings().now();
    let error = |name: &str| typed.faults.iter().find(|f| f.field == *name).map(|f| f.message.as_str());
    let choices: Vec<(String, String)> = tokens
        .iter()
        .filter(|token| can_be_told(token) && app.service.opens(token, now))
        .map(|token| (token.id.to_string(), format!("{} ({})", token.name, token.role)))
        .collect();
    if app.service.to_programs().is_none() {
        return html! { p.govuk-body { "Whoever looks after the server names the hosts that may be told in kept.toml, under [webhooks]. Until then no program is told." } };
    }
    if choices.is_empty() {
        return html! { p.govuk-body { "No adviser’s or reception’s token holds. Whoever has the console makes one with " code { "kept token add" } "." } };
    }
    let options = std::iter::once(("", "Choose"))
        .chain(choices.iter().map(|(id, words)| (id.as_str(), words.as_str())))
        .collect();
    let kinds = EventKind::chosen()
        .map(|kind| Choice {
            value: kind.code(),
            label: kind.words(),
            checked: typed.kinds.iter().any(|code| code == kind.code()),
            ..Choice::default()
        })
        .collect();
    html! { form method="post" action="/webhooks" novalidate {
        (hidden("form", &typed.key))
        (select(Select { name: "token", label: "Which program?", hint: Some("It is told of what its token may read, and no more once the token ends"), options, value: &typed.token, error: error("token") }))
        (text_input(TextInput { name: "address", label: "Where is it told?", hint: Some("Begins with https://, on a host that kept.toml names"), value: &typed.address, error: error("address"), autocomplete: Some("off"), input_type: "text", ..TextInput::default() }))
        (checkboxes(Choices { name: "kinds", legend: "What is it told of?", options: kinds, error: error("kinds"), ..Choices::default() }))
        (button(ButtonKind::Main, "Tell this program", None))
    } }
}

pub(crate) async fn add(State(app): State<App>, Signed(visit): Signed, sent: Form) -> Result<Response, Fail> {
    let sent = sent.only(&["form", "token", "address", "kinds"])?;
    let codes = sent.several("kinds");
    let kinds: Result<Vec<EventKind>, _> = codes.iter().map(|code| code.parse()).collect();
    let kinds = kinds.map_err(|_| Fail::bad_form("It asks for something that no program is told."))?;
    let (token, address) = (sent.one("token")?, sent.one("address")?);
    let new = NewWebhook { form: sent.key()?, token, address, kinds: &kinds };
    match app.service.add_webhook(Some(&visit), &new).await {
        Ok(made) => match made.secret {
            Some(secret) => secret_page(&app, &visit, made.id, &secret).await,
            None => Ok(Redirect::to(&format!("/webhooks/{}", made.id)).into_response()),
        },
        Err(Error::Faults(faults)) => {
            let typed = Typed {
                key: sent.one("form")?.to_owned(),
                token: token.to_owned(),
                address: address.to_owned(),
                kinds: codes.into_iter().map(str::to_owned).collect(),
                faults,
            };
            let page = list_page(&app, &visit, &typed).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// The page on which a secret is shown, this once.
async fn secret_page(app: &App, visit: &Visit, id: WebhookId, secret: &str) -> Result<Response, Fail> {
    let webhook = app.service.webhook(id).await?;
    let both = webhook.both_until(app.service.surroundings().now());
    let body = reading(html! {
        (banner("The secret is made"))
        (heading("The secret of this webhook", html! { p { (webhook.address) } }))
        (panel("secret", "Hand it to whoever runs the program", None, html! {
            (warning("It is shown this once. Kept never shows it again."))
            p.govuk-body { code.app-digest { (secret) } }
            p.govuk-body { "With it the program checks that what it hears comes from Kept, as Standard Webhooks describes." }
            @if both.is_some() { p.govuk-body { "The one before holds beside it for " (BOTH_HOURS) " hours." } }
        }))
        p.govuk-body { a.govuk-link href={ "/webhooks/" (id) } { "Go to the webhook" } }
    });
    Ok(staff(app, visit, At::Elsewhere, "The secret of this webhook", body).into_response())
}

#[derive(Deserialize)]
pub(crate) struct Ask {
    #[serde(default)]
    done: Option<String>,
}

fn webhook_id(path: &str) -> Result<WebhookId, Fail> {
    path.parse().map_err(|_| Fail::not_found())
}

pub(crate) async fn show(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
    Query(ask): Query<Ask>,
) -> Result<Response, Fail> {
    may(&visit)?;
    let webhook = app.service.webhook(webhook_id(&id)?).await?;
    let tokens = app.service.api_tokens().await?;
    let told = app.service.deliveries(webhook.id).await?;
    let name = program(&tokens, webhook.token);
    let body = container(html! {
        @if ask.done.is_some() { (banner("Done")) }
        (back("/webhooks"))
        (heading(name, html! { p { (webhook.address) } }))
        (panel("about", "How it stands", None, about(&app, &webhook)))
        @if webhook.state != WebhookState::Ended { (panel("acts", "What you can do", None, acts(&webhook))) }
        (panel("told", "What it was told lately", None, html! {
            @if told.is_empty() { (empty("Nothing yet.")) } @else { (deliveries(&app, &webhook, &told)) }
        }))
    });
    Ok(staff(&app, &visit, At::Elsewhere, name, body).into_response())
}

fn about(app: &App, webhook: &Webhook) -> Markup {
    let directory = app.service.directory();
    let row = |key, value| SummaryRow { key, value, change: None };
    let mut rows = vec![row(
        "Now",
        html! {
            (state(webhook))
            @if let (WebhookState::On, Some(since)) = (webhook.state, webhook.failing) { " since " (at(app, since)) }
            @else if let Some(changed) = webhook.changed { " since " (at(app, changed)) }
        },
    )];
    rows.push(row(
        "Told of",
        html! {
            ul.govuk-list { @for kind in &webhook.kinds { li { (kind.words()) } } }
        },
    ));
    rows.push(row("Made", html! {
        (at(app, webhook.made)) @if let Some(by) = webhook.made_by { " by " (directory.name(by)) } @else { " at the console" }
    }));
    if let Some(until) = webhook.both_until(app.service.surroundings().now()) {
        rows.push(row("Two secrets", html! { "until " (at(app, until)) }));
    }
    summary_list(&rows)
}

fn acts(webhook: &Webhook) -> Markup {
    let on = webhook.state == WebhookState::On;
    html! { form method="post" action={ "/webhooks/" (webhook.id) } novalidate {
        (hidden("version", &webhook.version.to_string()))
        @if !on { p.govuk-body { "What happens while it is off is not kept for it. Look at why it was switched off before you switch it on." } }
        (buttons(html! {
            @if on { (button(ButtonKind::Main, "Send a test", Some(("do", "try")))) }
            @else { (button(ButtonKind::Main, "Switch it on", Some(("do", "on")))) }
            (button(ButtonKind::Secondary, "Make a new secret", Some(("do", "secret"))))
            @if on { (button(ButtonKind::Secondary, "Switch it off", Some(("do", "off")))) }
            (button(ButtonKind::Warning, "End it", Some(("do", "end"))))
        }))
    } }
}

fn deliveries(app: &App, webhook: &Webhook, told: &[DeliveryLine]) -> Markup {
    let columns = [
        ("What", false),
        ("When", false),
        ("Now", false),
        ("Tries", true),
        ("Answer", false),
        ("What to do", false),
    ]
    .map(|(label, numeric)| Column { label, numeric, hidden: label == "What to do" });
    let on = webhook.state == WebhookState::On;
    let rows: Vec<Vec<Cell>> = told
        .iter()
        .map(|one| {
            vec![
                html! { (one.kind.words()) },
                at(app, one.at),
                html! {
                    (how(one.state))
                    @if one.state == DeliveryState::Waiting && one.attempts > 0 { br; span.app-muted { "next try " (at(app, one.due)) } }
                    @if let Some(done) = one.done { br; (at(app, done)) }
                },
                html! { (one.attempts) },
                html! {
                    @if let Some(status) = one.status { (status) }
                    @if let Some(why) = one.why { @if one.status.is_some() { br; } span.app-muted { (why.words()) } }
                },
                html! { @if on && one.state != DeliveryState::Sending {
                    form method="post" action={ "/webhooks/" (webhook.id) } {
                        (hidden("delivery", &one.id.to_string()))
                        button class="govuk-button govuk-button--secondary" name="do" value="again" {
                            "Send again" span.govuk-visually-hidden { ": " (one.kind.words()) ", " (at(app, one.at)) }
                        }
                    }
                } },
            ]
        })
        .collect();
    table(Table {
        id: "deliveries",
        caption: "What it was told, the newest first",
        caption_hidden: true,
        columns: &columns,
        rows,
    })
}

fn how(state: DeliveryState) -> Markup {
    let kind = match state {
        DeliveryState::Delivered => TagKind::Ok,
        DeliveryState::Waiting | DeliveryState::Sending => TagKind::Info,
        DeliveryState::Failed => TagKind::Stop,
        DeliveryState::Dropped => TagKind::Warn,
    };
    tag(kind, state.words())
}

pub(crate) async fn act(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
    sent: Form,
) -> Result<Response, Fail> {
    let id = webhook_id(&id)?;
    let sent = sent.only(&["do", "delivery", "version"])?;
    let by = Some(&visit);
    match sent.one("do")? {
        "try" => app.service.try_webhook(by, id).await?,
        "on" => app.service.switch_webhook(by, id, Switch::On).await?,
        "off" => app.service.switch_webhook(by, id, Switch::Off).await?,
        "end" => app.service.switch_webhook(by, id, Switch::End).await?,
        "secret" => {
            let version =
                sent.one("version")?.parse().map_err(|_| Fail::bad_form("Its version is missing."))?;
            let secret = app.service.new_webhook_secret(by, id, version).await?;
            return secret_page(&app, &visit, id, &secret).await;
        }
        "again" => {
            let delivery: DeliveryId = sent
                .one("delivery")?
                .parse()
                .map_err(|_| Fail::bad_form("It does not say what is to be sent again."))?;
            app.service.tell_again(by, id, delivery).await?;
        }
        _ => return Err(Fail::bad_form("It does not say what to do.")),
    }
    Ok(Redirect::to(&format!("/webhooks/{id}?done=yes")).into_response())
}

//! Consent and sharing in a client's file: the notice given, each consent, who got what; asking, answering, taking back.

pub(crate) mod asking;

use access::Role;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use casework::consents::{Event, State as Stands, Way};
use casework::disclosures::{Stage, TOLD};
use casework::{ClientId, Consent, EntryId, How, OrganisationId, dates};
use maud::{Markup, html};
use notice::Purpose;
use notice::dpv::consent::Form as Record;
use records::Visit;
use records::consents::{About, ConsentPage, SharedLine, Sharing, TheirUse};
use records::files::Dated;
use records::staff::Status;
use records::standing::purpose_of;
use serde::Deserialize;

use crate::App;
use crate::fail::Fail;
use crate::file::{client, head, title};
use crate::form::{Form, new_key};
use crate::frame::{At, release, staff};
use crate::messages;
use crate::plan::signature;
use crate::query::Query;
use crate::signed::Signed;
use crate::ui::file::{TagKind, action_about, panel, tag};
use crate::ui::form::{ButtonKind, Choice, Choices, Select, button, details, hidden, radios, select};
use crate::ui::list::{Cell, Column, Table, empty, table};
use crate::ui::page::{back, container, heading, reading};
use crate::ui::words::{SummaryRow, banner, inset, notice_banner, summary_list};

pub(crate) const TAB: &str = "Consent and sharing";

#[derive(Deserialize)]
pub(crate) struct Ask {
    #[serde(default)]
    done: Option<String>,
}

pub(crate) async fn show(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
    Query(ask): Query<Ask>,
) -> Result<Response, Fail> {
    let id = client(&id)?;
    let opened = app.service.consent_page(&visit, id).await?;
    release(opened.map(|page| whole_page(&app, &visit, id, &page, ask.done.as_deref()))).await
}

fn whole_page(app: &App, visit: &Visit, id: ClientId, page: &ConsentPage, done: Option<&str>) -> Markup {
    let today = app.service.surroundings().today();
    let done = match done {
        Some("given") => Some("The notice is given"),
        Some("answered") => Some("The answer is recorded"),
        Some("withdrawn") => Some("Taken back. It holds at once, everywhere"),
        _ => None,
    };
    let body = html! {
        (head(visit.role, &page.contact, id, today, TAB, html! {}))
        (container(html! {
            @if let Some(done) = done { (banner(done)) }
            (heading("Consent and sharing", html! { p { "What this client was told and agreed to, and who got what. The client can see all of it." } }))
            @if !page.goes.is_empty() { (goes(app, page)) }
            (given(app, id, page))
            (messages::told(app, &page.told, page.writable))
            (sharing(id, page))
            (shared(app, id, page))
            (uses(id, page))
        }))
    };
    staff(app, visit, At::Elsewhere, &title(&page.contact, "consent and sharing"), body)
}

fn goes(app: &App, page: &ConsentPage) -> Markup {
    let notices = app.service.notices();
    let label =
        |category| notices.service().category(category).map_or_else(String::new, |held| held.label.clone());
    notice_banner(html! {
        "Consent was taken back, and no other ground is left for: "
        @for (number, (category, day)) in page.goes.iter().enumerate() {
            @if number > 0 { "; " }
            (label(*category)) " (erased by " (dates::long(*day)) ")"
        }
        "."
    })
}

fn given(app: &App, id: ClientId, page: &ConsentPage) -> Markup {
    let directory = app.service.directory();
    let columns =
        ["When", "Which", "How", "By", "Its words"].map(|label| Column { label, ..Column::default() });
    let mut rows: Vec<Vec<Cell>> = page
        .given
        .iter()
        .map(|(day, by, given)| {
            vec![
                html! { (dates::long(*day)) },
                html! { "Notice " (given.version) @if given.notice != app.service.notices().service().id { " of " (given.notice) } },
                html! { (given.how.words()) },
                html! { (directory.name(*by)) },
                html! {
                    @if let Some(words) = &given.words { a.govuk-link href={ "/notice/text/" (words) } { "Word for word" span.govuk-visually-hidden { ", version " (given.version) } } }
                    @else { a.govuk-link href={ "/notice/" (given.version) } { "Version " (given.version) } }
                },
            ]
        })
        .collect();
    rows.extend(page.agreed.iter().map(|(day, by, agreed)| {
        vec![
            html! { (dates::long(*day)) },
            html! { "Agreed to use the service, under notice " (agreed.version) },
            html! { (agreed.how.words()) },
            html! { (directory.name(*by)) },
            html! {},
        ]
    }));
    panel(
        "given",
        "The notice and the agreement",
        None,
        html! {
            (table(Table { id: "notices", caption: "Notices given and agreements, newest first", caption_hidden: true, columns: &columns, rows }))
            @if let (Some(version), true) = (&page.tell_again, page.writable) {
                div #tell-again { (inset(html! {
                    p.govuk-body { "Version " (version) " changes what this client was told. Give it to them, then it binds us. " a.govuk-link href="/notice" { "Read it" } }
                    form method="post" action="/notices/tell-again" novalidate {
                        (hidden("client", &id.to_string()))
                        (hidden("back", "file"))
                        (radios(Choices {
                            name: "how", legend: "How was it given?", inline: true,
                            options: How::ALL.iter().filter(|how| **how != How::Portal).map(|how| Choice { value: how.code(), label: how.words(), ..Choice::default() }).collect(),
                            ..Choices::default()
                        }))
                        (button(ButtonKind::Main, "It was given", None))
                        @if app.service.tells_of_notices() {
                            " "
                            button class="govuk-button govuk-button--secondary" type="submit" formaction="/notices/tell-again/messages" { "Send a message" }
                        }
                    }
                })) }
            }
        },
    )
}

/// A state as a tag.
fn stands(state: Stands) -> Markup {
    let kind = match state {
        Stands::Given | Stands::Renewed => TagKind::Ok,
        Stands::Withdrawn | Stands::Revoked | Stands::Invalidated | Stands::Refused => TagKind::Stop,
        Stands::Expired => TagKind::Warn,
        _ => TagKind::Info,
    };
    tag(kind, state.words())
}

fn take_back(id: ClientId, about: &str, what: &str) -> Markup {
    html! {
        form.app-inline method="post" action={ "/clients/" (id) "/consent/withdraw" } {
            (hidden("form", &new_key()))
            (hidden("about", about))
            button class="govuk-button govuk-button--secondary" type="submit" { "Take back" span.govuk-visually-hidden { ": " (what) } }
        }
    }
}

fn sharing(id: ClientId, page: &ConsentPage) -> Markup {
    let columns = [("Organisation", false), ("Consent", false), ("What to do", true)]
        .map(|(label, hidden)| Column { label, hidden, ..Column::default() });
    let row = |one: &Sharing| {
        let to = &one.organisation;
        let ask = format!("/clients/{id}/consent/ask/{}", to.id);
        let share = format!("/clients/{id}/share/{}", to.id);
        let holds = one.state.is_some_and(Stands::allows);
        vec![
            html! { (to.name) @if one.by_law { br; span.app-muted { "Under a law, with a second person’s approval" } } },
            html! {
                @if let Err(why) = one.named { span.app-muted { (why.words()) } }
                @else if let Some(state) = one.state {
                    (stands(state))
                    @if let Some(since) = one.since { " " span.app-muted { (dates::short(since)) } }
                    @if let Some(until) = one.until { br; span.app-muted { "until " (dates::long(until)) } }
                    @else if let (Some(review), true) = (one.review, holds) { br; span.app-muted { "ask again by " (dates::long(review)) } }
                    @if let Some(entry) = one.entry { br; a.govuk-link href={ "/clients/" (id) "/entries/" (entry) } { "The record" span.govuk-visually-hidden { " of the consent for " (to.name) } } }
                }
                @else if !one.by_law { span.app-muted { "Not asked" } }
            },
            html! {
                @if one.named.is_ok() {
                    @if holds || one.by_law { (action_about(&share, "Share", &format!(" with {}", to.name))) " " }
                    @if page.writable && !one.by_law {
                        @if holds { (take_back(id, &to.id.to_string(), &to.name)) }
                        @else { (action_about(&ask, "Ask for consent", &format!(": {}", to.name))) }
                    }
                }
            },
        ]
    };
    let rows: Vec<Vec<Cell>> = page.sharing.iter().map(row).collect();
    panel(
        "sharing",
        "Sharing with others",
        Some(("/recipients", "The directory", "")),
        html! {
            @if rows.is_empty() { (empty("No organisation is in the directory yet. A manager or the governance lead adds them.")) }
            @else { (table(Table { id: "sharing-with", caption: "Organisations that could be given facts", caption_hidden: true, columns: &columns, rows })) }
        },
    )
}

/// Where a disclosure stands, as a tag.
pub(crate) fn stage(stage: Stage) -> Markup {
    let kind = match stage {
        Stage::Made => TagKind::Ok,
        Stage::Asked | Stage::Ready => TagKind::Warn,
        Stage::Refused | Stage::Stopped | Stage::Blocked => TagKind::Stop,
    };
    tag(kind, stage.words())
}

fn shared(app: &App, id: ClientId, page: &ConsentPage) -> Markup {
    let directory = app.service.directory();
    let columns = ["When", "To whom", "What", "On what ground", "Who", "Stands"]
        .map(|label| Column { label, ..Column::default() });
    let row = |line: &SharedLine| {
        let at = app.service.surroundings().civil(line.row.made.unwrap_or(line.row.asked));
        vec![
            html! { (dates::short(at.date())) },
            html! {
                @if matches!(line.row.stage, Stage::Blocked) { (line.name) }
                @else { a.govuk-link href={ "/clients/" (id) "/disclosures/" (line.row.id) } { (line.name) } }
            },
            html! { @if line.labels.is_empty() { "Nothing" } @else { (line.labels.join(", ")) } },
            html! { @if line.row.by_law { "A law" } @else { "Consent" } },
            html! {
                (directory.name(line.row.asked_by))
                @if let Some((_, by)) = line.row.decided { br; span.app-muted { "decided by " (directory.name(by)) } }
            },
            html! { (stage(line.row.stage)) @if line.row.told_in().is_some() { br; span.app-muted { (TOLD) } } @if let Some(why) = line.row.why { br; span.app-muted { (why.words()) } } },
        ]
    };
    let rows: Vec<Vec<Cell>> = page.shared.iter().map(row).collect();
    let told = page.to_tell.iter().filter(|one| one.answered.is_none()).count();
    panel(
        "shared",
        "Who got what",
        None,
        html! {
            @if rows.is_empty() { (empty("Nothing about this client was shared.")) }
            @else { (table(Table { id: "who-got-what", caption: "Everything shared or tried, newest first", caption_hidden: true, columns: &columns, rows })) }
            @if told > 0 { p.govuk-body { (dates::count(told as u64, "recipient")) " still to tell or to hear from: " a.govuk-link href="/recipients-to-tell" { "recipients to tell" } "." } }
        },
    )
}

fn uses(id: ClientId, page: &ConsentPage) -> Markup {
    let columns = [("What we do", false), ("Consent", false), ("What to do", true)]
        .map(|(label, hidden)| Column { label, hidden, ..Column::default() });
    let row = |one: &TheirUse| {
        vec![
            html! { (one.label) },
            html! {
                (stands(one.state)) " " span.app-muted { (dates::short(one.since)) }
                @if let Some(entry) = one.entry { br; a.govuk-link href={ "/clients/" (id) "/entries/" (entry) } { "The record" span.govuk-visually-hidden { ": " (one.label) } } }
                @else { br; span.app-muted { "with the agreement" } }
            },
            html! { @if page.writable {
                @if one.state.allows() { (take_back(id, one.purpose.code(), &one.label)) }
                @else { (action_about(&format!("/clients/{id}/consent/ask/{}", one.purpose), "Ask again", &format!(": {}", one.label))) }
            } },
        ]
    };
    let rows: Vec<Vec<Cell>> = page.uses.iter().map(row).collect();
    panel(
        "uses",
        "Our own use",
        None,
        html! {
            p.govuk-body { "Each of these rests on consent and can be taken back by itself. What has no other ground left is then erased within a month." }
            (table(Table { id: "own-use", caption: "What we do with this client’s data by consent", caption_hidden: true, columns: &columns, rows }))
            @if page.writable {
                (details("The client takes everything back", html! {
                    p.govuk-body { "All consents end now: sharing and our own use. We stop working with this file, and what has no other ground is erased within a month. What a programme or a law needs stays until its own day." }
                    form method="post" action={ "/clients/" (id) "/consent/withdraw" } {
                        (hidden("form", &new_key()))
                        (hidden("about", "all"))
                        (button(ButtonKind::Warning, "Take back every consent", None))
                    }
                }))
            }
        },
    )
}

/// What is asked about in a path.
fn about(text: &str) -> Result<About, Fail> {
    text.parse().map_err(|_| Fail::not_found())
}

pub(crate) async fn withdraw(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
    sent: Form,
) -> Result<Response, Fail> {
    let id = client(&id)?;
    let sent = sent.only(&["form", "about", "sure"])?;
    let key = sent.key()?;
    let what = sent.one("about")?;
    // It closes the file to whoever presses the button, who cannot open it again: that is said before.
    if what == Purpose::Support.code() && !sent.ticked("sure") {
        return Ok(sure(&app, &visit, id, sent.one("form")?).into_response());
    }
    match what {
        "all" => app.service.withdraw_everything(&visit, id, key, Way::Told).await?,
        what => app.service.withdraw_consent(&visit, id, about(what)?, key, Way::Told).await?,
    }
    // Whoever works with the file by that consent has no page of it to come back to.
    let closes = what == "all" || what == Purpose::Support.code();
    if closes && purpose_of(visit.role) == Purpose::Support {
        return Ok(taken_back(&app, &visit, what == "all").into_response());
    }
    Ok(Redirect::to(&format!("/clients/{id}/consent?done=withdrawn")).into_response())
}

/// What taking back the consent to be supported does, before it is done.
fn sure(app: &App, visit: &Visit, id: ClientId, key: &str) -> Markup {
    let body = reading(html! {
        (back(&format!("/clients/{id}/consent")))
        (heading("Take back consent to our support?", html! {}))
        ul.govuk-list.govuk-list--bullet {
            li { "Nobody here works with this file any more, from that moment on." }
            li { "What rests on this consent and has no other ground is erased within a month." }
            li { "If the client wants to come back, they have to agree anew: the governance lead opens the file for that." }
        }
        form method="post" action={ "/clients/" (id) "/consent/withdraw" } {
            (hidden("form", key))
            (hidden("about", Purpose::Support.code()))
            (hidden("sure", "yes"))
            (button(ButtonKind::Warning, "Take it back", None))
        }
        p.govuk-body { a.govuk-link href={ "/clients/" (id) "/consent" } { "Leave it as it is" } }
    });
    staff(app, visit, At::Elsewhere, "Take back consent", body)
}

/// What follows when a client takes back what their file was opened for. Nothing on the page is about the client.
fn taken_back(app: &App, visit: &Visit, all: bool) -> Markup {
    let directory = app.service.directory();
    let leads: Vec<String> = directory
        .everybody()
        .into_iter()
        .filter(|member| member.role == Role::Governance && member.status == Status::Active)
        .map(|member| member.name.clone())
        .collect();
    let what = if all { "Every consent was taken back" } else { "Consent to our support was taken back" };
    let body = reading(html! {
        (banner(&format!("{what}. It holds at once, everywhere")))
        (heading("The file is closed", html! { p { "Nobody here works with it any more, so there is no page of it to go back to." } }))
        ul.govuk-list.govuk-list--bullet {
            li { "What rested on this consent and has no other ground is erased within a month." }
            li { "Appointments that are booked stay in the diary as taken time, without a name. Reception can still reach the client to call them off." }
            li { "If the client takes something else back, asks for a copy or wants to come back, the governance lead writes it down" @if !leads.is_empty() { ": " (leads.join(", ")) } "." }
        }
        p.govuk-body { a.govuk-link href="/" { "Go to today" } }
    });
    staff(app, visit, At::Elsewhere, "Taken back", body)
}

pub(crate) async fn record(
    State(app): State<App>,
    Signed(visit): Signed,
    Path((id, consent, file)): Path<(String, String, String)>,
) -> Result<Response, Fail> {
    let id = client(&id)?;
    let consent: EntryId = consent.parse().map_err(|_| Fail::not_found())?;
    let form = match file.as_str() {
        "record.jsonld" => Record::Record,
        "receipt.jsonld" => Record::Receipt,
        _ => return Err(Fail::not_found()),
    };
    let value = app.service.consent_as_json(&visit, id, consent, form).await?;
    let named = format!("attachment; filename=\"consent-{consent}-{file}\"");
    let headers =
        [(header::CONTENT_TYPE, "application/ld+json".to_owned()), (header::CONTENT_DISPOSITION, named)];
    Ok((headers, format!("{value:#}\n")).into_response())
}

/// A consent with all that it says, for the page of its entry.
pub(crate) fn whole(id: ClientId, entry: &Dated, consent: &Consent, became: &[(Event, String)]) -> Markup {
    let download = |file: &str| format!("/clients/{id}/consent/{}/{file}", entry.id);
    let mut rows: Vec<(&str, Markup)> = vec![
        ("What was asked", html! { @for line in consent.wording.lines() { p.govuk-body { (line) } } }),
        ("What was said", stands(consent.state)),
        ("How", html! { (consent.way.words()) }),
    ];
    if let Some(explicit) = &consent.explicit {
        rows.push(("Said expressly", html! { (explicit) }));
    }
    if let Some(signed) = &consent.signature {
        rows.push(("Signature", signature(signed)));
    }
    if !consent.witness.is_empty() {
        rows.push(("Heard or seen by", html! { (consent.witness) }));
    }
    if !consent.representative.is_empty() {
        rows.push(("Answered for the client by", html! { (consent.representative) }));
    }
    rows.push(("Until", html! {
        @if let Some(until) = consent.until { (dates::long(until)) } @else { "it is taken back; asked for again by " (dates::long(consent.review)) }
    }));
    // The first is how it began, which stands above.
    let since: Vec<&(Event, String)> =
        became.iter().filter(|(event, _)| event.state != consent.state).collect();
    if !since.is_empty() {
        rows.push(("What became of it", html! { @for (event, day) in since { p.govuk-body { (stands(event.state)) " on " (day) ", " (event.way.words()) } } }));
    }
    rows.push(("Notice", html! { "version " (consent.version) }));
    rows.push(("Fingerprint of the words", html! { span.app-digest { (consent.wording_digest) } }));
    let rows: Vec<SummaryRow<'_>> =
        rows.into_iter().map(|(key, value)| SummaryRow { key, value, change: None }).collect();
    html! {
        (summary_list(&rows))
        p.govuk-body { a.govuk-link href=(download("receipt.jsonld")) download { "Receipt for the client" } " and " a.govuk-link href=(download("record.jsonld")) download { "record" } ", for machines (ISO/IEC TS 27560)" }
    }
}

/// An organisation named in a path.
pub(crate) fn organisation(path: &str) -> Result<OrganisationId, Fail> {
    path.parse().map_err(|_| Fail::not_found())
}

/// The recipients of the notice, to choose as which an organisation is added.
pub(crate) fn recipients(app: &App, value: &str, error: Option<&str>) -> Markup {
    let notices = app.service.notices();
    let mut options = vec![("", "Choose")];
    for one in notices.all().iter().rev() {
        for recipient in &one.notice.recipients {
            let known = options.iter().any(|(id, _)| *id == recipient.id);
            if !known && recipient.kind == notice::RecipientKind::Recipient {
                options.push((&recipient.id, &recipient.name));
            }
        }
    }
    select(Select {
        name: "named",
        label: "As which recipient does the notice name it?",
        options,
        value,
        error,
        ..Select::default()
    })
}

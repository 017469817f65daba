//! Sharing: what would leave, exactly; a second person's decision; the pack.

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use casework::answers::Boxes;
use casework::disclosures::{LegalTyped, Stage, TOLD};
use casework::{ClientId, Disclosed, EntryId, Fault, OrganisationId, dates};
use maud::{Markup, html};
use records::disclosures::{DisclosureView, Fact, Proposal};
use records::files::Dated;
use records::{Error, Visit};

use crate::App;
use crate::consents::{TAB, organisation, stage};
use crate::fail::Fail;
use crate::fields;
use crate::file::{client, head, title};
use crate::form::{Form, new_key};
use crate::frame::{At, release, staff};
use crate::signed::Signed;
use crate::ui::file::panel;
use crate::ui::form::{
    ButtonKind, Choice, Choices, DateInput, TextArea, TextInput, button, buttons, checkboxes, date_input,
    hidden, text_input, textarea,
};
use crate::ui::list::{Cell, Column, Table, empty, table};
use crate::ui::page::{back, container, heading, reading};
use crate::ui::words::{SummaryRow, notice_banner, summary_list, warning};

pub(crate) async fn propose(
    State(app): State<App>,
    Signed(visit): Signed,
    Path((id, to)): Path<(String, String)>,
) -> Result<Response, Fail> {
    let (id, to) = (client(&id)?, organisation(&to)?);
    let opened = app.service.sharing(&visit, id, to).await?;
    let typed = LegalTyped::default();
    release(opened.map(|proposal| page(&app, &visit, id, &proposal, &new_key(), &typed, &[], false))).await
}

/// The facts, exactly as they leave.
fn facts(facts: &[Fact]) -> Markup {
    let rows: Vec<SummaryRow<'_>> = facts
        .iter()
        .map(|fact| SummaryRow { key: &fact.label, value: html! { (fact.value) }, change: None })
        .collect();
    summary_list(&rows)
}

#[allow(clippy::too_many_arguments, reason = "a form that is shown again is all of these")]
fn page(
    app: &App,
    visit: &Visit,
    id: ClientId,
    proposal: &Proposal,
    key: &str,
    typed: &LegalTyped,
    faults: &[Fault],
    changed: bool,
) -> Markup {
    let today = app.service.surroundings().today();
    let to = &proposal.organisation;
    let body = html! {
        (head(visit.role, &proposal.contact, id, today, TAB, html! {}))
        (reading(html! {
            (back(&format!("/clients/{id}/consent")))
            @if changed { (notice_banner(html! { "The file changed while you were reading. Below is what would leave now." })) }
            (fields::summary(faults))
            (heading(&format!("Share with {}", to.name), html! {}))
            @if !proposal.says.is_empty() { p.govuk-body { (proposal.says) } }
            @if let Some(why) = proposal.blocked {
                (panel("blocked", "This cannot be shared", None, html! {
                    (warning(why.words()))
                    p.app-muted { "That it was tried is written down, and the client can see it." }
                }))
            } @else {
                (panel("leaves", "What leaves, exactly", None, html! {
                    (facts(&proposal.facts))
                    @if !proposal.without.is_empty() { p.app-muted { "Not in the file, so not given: " (proposal.without.join(", ")) "." } }
                    @if let Some(key) = &to.key { p.app-muted { "Encrypted to the key with the fingerprint " span.app-digest { (key.fingerprint()) } "." } }
                }))
                form.app-note method="post" action={ "/clients/" (id) "/share/" (to.id) } novalidate {
                    (hidden("form", key))
                    (hidden("seen", &proposal.versions))
                    @if let Some(law) = &proposal.legal_ground { (by_law(law, proposal, typed, faults)) }
                    (button(ButtonKind::Main, if proposal.legal_ground.is_some() { "Ask for approval" } else { "Share exactly this" }, None))
                }
            }
        }))
    };
    staff(app, visit, At::Elsewhere, &title(&proposal.contact, "share"), body)
}

fn by_law(law: &str, proposal: &Proposal, typed: &LegalTyped, faults: &[Fault]) -> Markup {
    let error = |name: &str| faults.iter().find(|fault| fault.field == *name).map(|f| f.message.as_str());
    let options = proposal.facts.iter().map(|fact| Choice {
        value: fact.field.as_str(),
        label: &fact.label,
        checked: typed.fields.iter().any(|chosen| *chosen == fact.field.as_str()),
        ..Choice::default()
    });
    html! {
        p.govuk-body { "The notice says: " (law) ". The client’s consent is not asked. A manager or the governance lead decides, not you." }
        (checkboxes(Choices { name: "fields", legend: "Which facts are needed?", hint: Some("As few as will do"), options: options.collect(), error: error("fields"), ..Choices::default() }))
        (text_input(TextInput { name: "enactment", label: "Which law, and which section?", hint: Some("For example: Care Act 2014, section 42"), value: &typed.enactment, error: error("enactment"), autocomplete: Some("off"), input_type: "text", ..TextInput::default() }))
        (text_input(TextInput { name: "policy", label: "Which of our policies says how?", value: &typed.policy, error: error("policy"), autocomplete: Some("off"), input_type: "text", ..TextInput::default() }))
        (textarea(TextArea { name: "why", label: "Why is it needed here?", value: &typed.why, error: error("why"), rows: 4, ..TextArea::default() }))
        (date_input(DateInput { name: "review", legend: "Until when does the approval hold?", hint: Some("After that day somebody has to ask again"), day: &typed.review.day, month: &typed.review.month, year: &typed.review.year, error: error("review"), ..DateInput::default() }))
    }
}

const FIELDS: [&str; 9] =
    ["form", "seen", "fields", "enactment", "policy", "why", "review-day", "review-month", "review-year"];

pub(crate) async fn share(
    State(app): State<App>,
    Signed(visit): Signed,
    Path((id, to)): Path<(String, String)>,
    sent: Form,
) -> Result<Response, Fail> {
    let (id, to) = (client(&id)?, organisation(&to)?);
    let sent = sent.only(&FIELDS)?;
    let (key, seen) = (sent.key()?, sent.one("seen")?.to_owned());
    let text = |name: &str| sent.one(name).map(str::to_owned);
    let typed = LegalTyped {
        enactment: text("enactment")?,
        policy: text("policy")?,
        why: text("why")?,
        review: Boxes { day: text("review-day")?, month: text("review-month")?, year: text("review-year")? },
        fields: sent.several("fields").into_iter().map(str::to_owned).collect(),
    };
    let (mut status, mut changed) = (StatusCode::UNPROCESSABLE_ENTITY, false);
    let made = match sent_by_law(&app, to).await? {
        Some(recipient) => match typed.read(&recipient, app.service.surroundings().today()) {
            Ok((law, fields)) => app.service.ask_to_share(&visit, id, to, key, &seen, law, fields).await,
            Err(faults) => Err(Error::Faults(faults)),
        },
        None => app.service.share(&visit, id, to, key, &seen).await,
    };
    let faults = match made {
        Ok(made) => return Ok(Redirect::to(&format!("/clients/{id}/disclosures/{made}")).into_response()),
        Err(Error::Faults(faults)) => faults,
        Err(Error::ChangedMeanwhile) => {
            (status, changed) = (StatusCode::CONFLICT, true);
            Vec::new()
        }
        Err(Error::Blocked(_)) => {
            status = StatusCode::CONFLICT;
            Vec::new()
        }
        Err(error) => return Err(error.into()),
    };
    let opened = app.service.sharing(&visit, id, to).await?;
    let key = sent.one("form")?.to_owned();
    let page = opened.map(|proposal| page(&app, &visit, id, &proposal, &key, &typed, &faults, changed));
    Ok((status, release(page).await?).into_response())
}

/// The recipient as the notice names it, if it gets data under a law.
async fn sent_by_law(app: &App, to: OrganisationId) -> Result<Option<notice::Recipient>, Fail> {
    let directory = app.service.organisations().await?;
    let named = directory.into_iter().find(|one| one.id == to).ok_or_else(Fail::not_found)?.named;
    let notices = app.service.notices();
    let recipient = notices.all().iter().rev().find_map(|one| one.notice.recipient(&named)).cloned();
    Ok(recipient.filter(|recipient| recipient.legal_ground.is_some()))
}

/// A disclosure named in a path.
fn disclosure(path: &str) -> Result<EntryId, Fail> {
    path.parse().map_err(|_| Fail::not_found())
}

pub(crate) async fn show(
    State(app): State<App>,
    Signed(visit): Signed,
    Path((id, which)): Path<(String, String)>,
) -> Result<Response, Fail> {
    let (id, which) = (client(&id)?, disclosure(&which)?);
    let opened = app.service.disclosure(&visit, id, which).await?;
    release(opened.map(|view| one(&app, &visit, id, &view))).await
}

fn one(app: &App, visit: &Visit, id: ClientId, view: &DisclosureView) -> Markup {
    let (row, directory) = (&view.row, app.service.directory());
    let today = app.service.surroundings().today();
    let when = |at| {
        let at = app.service.surroundings().civil(at);
        format!("{} at {}", dates::long(at.date()), crate::file::clock(&at))
    };
    let mut lines: Vec<(&str, Markup)> = vec![
        (
            "Stands",
            html! { (stage(row.stage)) @if let Some(why) = row.why { p.govuk-body { (why.words()) } } },
        ),
        ("To", html! { (view.organisation.name) }),
        (
            "Ground",
            html! { @if row.by_law { "A law, with a second person’s approval" } @else { "The client’s consent" } },
        ),
        ("Facts", html! { (view.labels.join(", ")) }),
        ("Asked by", html! { (directory.name(row.asked_by)) ", " (when(row.asked)) }),
    ];
    if let Some((at, by)) = row.decided {
        lines.push(("Decided by", html! { (directory.name(by)) ", " (when(at)) }));
    }
    if let Some(review) = row.review {
        lines.push(("Approval holds until", html! { (dates::long(review)) }));
    }
    if let Some(referral) = row.told_in() {
        let link = format!("/clients/{id}/entries/{referral}");
        lines.push(("How", html! { a.govuk-link href=(link) { (TOLD) } ". Nothing was sent: these are the facts that the client agreed to" }));
    }
    if let Some(made) = row.made {
        lines.push((if row.told_in().is_some() { "Told" } else { "Left" }, html! { (when(made)) }));
    }
    lines.push(("Reference", html! { span.app-digest { (row.id) } }));
    let lines: Vec<SummaryRow<'_>> =
        lines.into_iter().map(|(key, value)| SummaryRow { key, value, change: None }).collect();
    let address = format!("/clients/{id}/disclosures/{}", row.id);
    let body = html! {
        (head(visit.role, &view.contact, id, today, TAB, html! {}))
        (reading(html! {
            (back(&format!("/clients/{id}/consent")))
            (heading(&format!("Sharing with {}", view.organisation.name), html! {}))
            (summary_list(&lines))
            @if matches!(row.stage, Stage::Ready | Stage::Made) && !view.decides && row.told_in().is_none() {
                (panel("pack", "The pack", None, html! {
                    p.govuk-body { "One file, encrypted so that only " (view.organisation.name) " can open it. Send it in any way; consent and key are checked once more when you download it." }
                    form method="post" action={ (address) "/pack" } { (button(ButtonKind::Main, "Download the encrypted pack", None)) }
                }))
            }
            @if let Some(law) = &view.law {
                (panel("ground", "The ground", None, summary_list(&[
                    SummaryRow { key: "Law", value: html! { (law.enactment) }, change: None },
                    SummaryRow { key: "Our policy", value: html! { (law.policy) }, change: None },
                    SummaryRow { key: "Why here", value: html! { @for line in law.why.lines() { p.govuk-body { (line) } } }, change: None },
                ])))
                (panel("leaves", "What would leave, exactly", None, facts(&view.facts)))
                form method="post" action=(address) novalidate {
                    (buttons(html! {
                        (button(ButtonKind::Main, "Approve exactly this", Some(("do", "approve"))))
                        (button(ButtonKind::Secondary, "Do not approve", Some(("do", "refuse"))))
                    }))
                }
            }
        }))
    };
    staff(app, visit, At::Sharing, &title(&view.contact, "sharing"), body)
}

pub(crate) async fn decide(
    State(app): State<App>,
    Signed(visit): Signed,
    Path((id, which)): Path<(String, String)>,
    sent: Form,
) -> Result<Response, Fail> {
    let (id, which) = (client(&id)?, disclosure(&which)?);
    let sent = sent.only(&["do"])?;
    let approve = match sent.one("do")? {
        "approve" => true,
        "refuse" => false,
        _ => return Err(Fail::bad_form("It does not say what was decided.")),
    };
    app.service.decide_sharing(&visit, id, which, approve).await?;
    Ok(Redirect::to("/approvals").into_response())
}

pub(crate) async fn pack(
    State(app): State<App>,
    Signed(visit): Signed,
    Path((id, which)): Path<(String, String)>,
    sent: Form,
) -> Result<Response, Fail> {
    let (id, which) = (client(&id)?, disclosure(&which)?);
    sent.only(&[])?;
    let pack = app.service.pack(&visit, id, which).await?;
    let named = format!("attachment; filename=\"{}\"", pack.file_name);
    let headers =
        [(header::CONTENT_TYPE, "application/octet-stream".to_owned()), (header::CONTENT_DISPOSITION, named)];
    Ok((headers, pack.bytes).into_response())
}

pub(crate) async fn approvals(State(app): State<App>, Signed(visit): Signed) -> Result<Response, Fail> {
    let waiting = app.service.approvals(&visit).await?;
    let directory = app.service.directory();
    let columns = ["Asked", "To", "Facts", "By", "Decide"].map(|label| Column {
        label,
        hidden: label == "Decide",
        ..Column::default()
    });
    let rows: Vec<Vec<Cell>> = waiting
        .iter()
        .map(|one| {
            let at = app.service.surroundings().civil(one.asked);
            vec![
                html! { (dates::short(at.date())) },
                html! { (one.name) },
                html! { (one.facts) },
                html! { (directory.name(one.asked_by)) },
                html! {
                    @if one.asked_by == visit.staff { span.app-muted { "You asked: somebody else decides" } }
                    @else { a.govuk-link href={ "/clients/" (one.client) "/disclosures/" (one.id) } { "Look and decide" span.govuk-visually-hidden { ": " (one.name) ", asked " (dates::short(at.date())) } } }
                },
            ]
        })
        .collect();
    let body = container(html! {
        (back("/recipients"))
        (heading("Sharing to approve", html! { p { "Under a law and without the client’s consent: a second person looks at exactly what would leave." } }))
        @if rows.is_empty() { (empty("Nothing waits for a decision.")) }
        @else { div.app-panel { (table(Table { id: "approvals", caption: "What waits for a decision, the earliest first", caption_hidden: true, columns: &columns, rows })) } }
    });
    Ok(staff(&app, &visit, At::Sharing, "Sharing to approve", body).into_response())
}

/// What stands in the file about a disclosure, for the page of its entry.
pub(crate) fn written(id: ClientId, entry: &Dated, disclosed: &Disclosed) -> Markup {
    html! {
        p.govuk-body { "To " (disclosed.name) ": " (dates::count(disclosed.fields.len() as u64, "fact")) ". " @if disclosed.told_in.is_some() { (TOLD) ". " } a.govuk-link href={ "/clients/" (id) "/disclosures/" (entry.id) } { "Where it stands" } }
        @if let Some(law) = &disclosed.law {
            (summary_list(&[
                SummaryRow { key: "Law", value: html! { (law.enactment) }, change: None },
                SummaryRow { key: "Our policy", value: html! { (law.policy) }, change: None },
                SummaryRow { key: "Why here", value: html! { (law.why) }, change: None },
            ]))
        }
    }
}

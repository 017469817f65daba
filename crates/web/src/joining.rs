//! Joining a programme: its notice shown in the form itself, what shows that the client may join, its own questions, the
//! agreement.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use casework::entries::Agreed;
use casework::programmes::Said;
use casework::{ClientId, Fault, How, ProgrammeId, Typed, answers};
use jiff::civil::Date;
use maud::{Markup, html};
use notice::{Catalogue, Field, Notice};
use records::placements::{Joining, Placing};
use records::programmes::Offered;
use records::{Error, Visit};

use crate::App;
use crate::fail::Fail;
use crate::fields;
use crate::file::{client, head, title};
use crate::form::{Form, new_key};
use crate::frame::{At, release, staff};
use crate::placements::TAB;
use crate::programmes::programme;
use crate::signed::Signed;
use crate::ui::file::panel;
use crate::ui::form::{ButtonKind, Choice, Choices, button, buttons, details, hidden, radios, tick};
use crate::ui::page::{back, heading, reading};
use crate::ui::words::notice_banner;

/// A programme with the notice that a client is given.
struct With {
    offered: Offered,
    notice: std::sync::Arc<records::notices::Published>,
}

fn with(app: &App, id: ProgrammeId) -> Result<With, Fail> {
    let offered = app.service.programme(id)?;
    // The core has no notice of its own, and nobody is placed on it.
    let notice = app.service.programme_notice(&offered.programme).ok_or_else(Fail::not_found)?;
    Ok(With { offered, notice })
}

/// The programme's own questions.
pub(crate) fn own<'n>(notice: &'n Notice, catalogue: &'n Catalogue) -> impl Iterator<Item = &'n Field> {
    notice.fields.iter().filter_map(|field| catalogue.field(&field.id))
}

pub(crate) async fn begin(
    State(app): State<App>,
    Signed(visit): Signed,
    Path((id, of)): Path<(String, String)>,
) -> Result<Response, Fail> {
    let (id, with) = (client(&id)?, with(&app, programme(&of)?)?);
    let opened = app.service.begin_placing(&visit, id, with.offered.id).await?;
    let sent = Form::read("")?;
    release(
        opened.map(|placing| joining_page(&app, &visit, id, &with, &placing, &sent, &new_key(), &[], false)),
    )
    .await
}

#[allow(clippy::too_many_arguments, reason = "a form that is shown again is all of these")]
fn joining_page(
    app: &App,
    visit: &Visit,
    id: ClientId,
    with: &With,
    placing: &Placing,
    sent: &Form,
    key: &str,
    faults: &[Fault],
    changed: bool,
) -> Markup {
    let today = app.service.surroundings().today();
    let (programme, notice, catalogue) =
        (&with.offered.programme, &with.notice.notice, &with.notice.catalogue);
    let to = format!("/clients/{id}/programmes/{}", with.offered.id);
    let error = |name: &str| faults.iter().find(|f| f.field == *name).map(|f| f.message.as_str());
    let typed = |name: &str| sent.one(name).unwrap_or_default();
    let from = format!("/clients/{id}/programmes");
    let body = html! {
        (head(visit.role, &placing.profile, id, today, TAB, html! {}))
        (reading(html! {
            (back(&from))
            (fields::summary(faults))
            @if changed { (notice_banner(html! { "The notice of this programme, its places or its dates changed while you were writing. Nothing of yours is lost: it is below. Read the notice again with the client, then send it again." })) }
            (heading(&format!("Place on {}", programme.title), html! { p { (programme.says) } }))
            @if let Some(shut) = &placing.shut {
                div #place { (notice_banner(html! { (shut) "." })) }
            } @else {
                form method="post" action=(to) novalidate {
                    (hidden("form", key))
                    (hidden("seen", &notice.version))
                    (the_notice(with))
                    (from_the_file(id, notice, catalogue, placing, faults))
                    (panel("criteria", "Who may join", None, html! {
                        @for criterion in &programme.criteria {
                            @let name = criterion.field();
                            (radios(Choices {
                                name: &name, legend: &criterion.says, hint: Some("What shows it?"), error: error(&name),
                                options: criterion.evidence.iter().map(|one| Choice { value: &one.id, label: &one.says, checked: typed(&name) == one.id, ..Choice::default() }).collect(),
                                ..Choices::default()
                            }))
                        }
                    }))
                    (own_questions(notice, catalogue, &|field| fields::typed(sent, field).unwrap_or_default(), faults, today))
                    (panel("agreement", "The agreement", None, html! {
                        (radios(Choices {
                            name: "how", legend: "How was the notice given?", error: error("how"), inline: true,
                            options: How::ALL.iter().filter(|how| **how != How::Portal).map(|how| Choice { value: how.code(), label: how.words(), checked: typed("how") == how.code(), ..Choice::default() }).collect(),
                            ..Choices::default()
                        }))
                        (radios(Choices {
                            name: "agreed", legend: "How did the client agree to join?", error: error("agreed"), inline: true,
                            options: [Agreed::InWords, Agreed::OnPaper].iter().map(|way| Choice { value: way.code(), label: way.words(), checked: typed("agreed") == way.code(), ..Choice::default() }).collect(),
                            ..Choices::default()
                        }))
                        (tick("begins", "The client begins today", sent.ticked("begins")))
                    }))
                    (buttons(html! {
                        (button(ButtonKind::Main, &format!("Place on {}", programme.title), None))
                        a.govuk-link href=(from) { "Cancel" }
                    }))
                }
            }
        }))
    };
    staff(app, visit, At::Elsewhere, &title(&placing.profile, "place on a programme"), body)
}

/// The notice as it is read out, in the form itself: nobody agrees to what was not shown.
fn the_notice(with: &With) -> Markup {
    let notice = &with.notice.notice;
    let retention = notice.retention_rule(notice::Layer::Programme);
    panel(
        "the-notice",
        "Its notice",
        None,
        html! {
            p.govuk-body { (notice.opening) }
            p.govuk-body { b { "What is held. " } }
            ul.govuk-list.govuk-list--bullet { @for held in &notice.categories { li { b { (held.label) ". " } (held.says) } } }
            p.govuk-body { b { "Who else gets it. " } (notice.sharing) }
            ul.govuk-list.govuk-list--bullet { @for who in &notice.recipients { li { b { (who.name) ". " } (who.says) } } }
            @if let Some(rule) = retention { p.govuk-body { b { "How long. " } (rule.says) } }
            (details(&format!("All of it, version {}, word for word", notice.version), html! { pre.app-words { (notice::render::text(notice)) } }))
        },
    )
}

/// What the programme's layer takes from the file, with what is missing.
fn from_the_file(
    id: ClientId,
    notice: &Notice,
    catalogue: &Catalogue,
    placing: &Placing,
    faults: &[Fault],
) -> Markup {
    let taken: Vec<&Field> = catalogue
        .fields()
        .iter()
        .filter(|field| !notice.fields.iter().any(|own| own.id == field.id))
        .collect();
    panel(
        "taken",
        "Taken from the file",
        Some((&format!("/clients/{id}/details"), "All details", "")),
        html! {
            p.govuk-body { "These facts go into the programme’s own layer, as they are now." }
            dl.app-facts { @for field in taken {
                dt { (field.label) }
                dd id=(field.id) {
                    @match placing.profile.get(&field.id) {
                        Some(answer) => (answers::glance(field, catalogue.list_of(field), answer)),
                        None => {
                            span.app-muted { "Not recorded" }
                            @if faults.iter().any(|fault| fault.field == field.id) { " " a.govuk-link href={ "/clients/" (id) "/details/" (field.category) } { "Record it" span.govuk-visually-hidden { ": " (field.label) } } }
                        }
                    }
                }
            } }
        },
    )
}

fn own_questions(
    notice: &Notice,
    catalogue: &Catalogue,
    typed: &dyn Fn(&Field) -> Typed,
    faults: &[Fault],
    today: Date,
) -> Markup {
    let fields: Vec<&Field> = own(notice, catalogue).collect();
    if fields.is_empty() {
        return html! {};
    }
    panel(
        "own",
        "The programme’s own questions",
        None,
        html! {
            @for field in &fields { (fields::question(field, catalogue, &typed(field), faults, today)) }
            (details("Why we ask these questions", html! { dl.app-why { @for field in fields.iter().filter(|field| !field.sensitive && !field.why.is_empty()) {
                dt { (field.question) } dd { (field.why) }
            } } }))
        },
    )
}

pub(crate) async fn place(
    State(app): State<App>,
    Signed(visit): Signed,
    Path((id, of)): Path<(String, String)>,
    sent: Form,
) -> Result<Response, Fail> {
    let (id, with) = (client(&id)?, with(&app, programme(&of)?)?);
    let (notice, catalogue) = (&with.notice.notice, &with.notice.catalogue);
    let names = fields::names(own(notice, catalogue));
    let mut known = vec!["form", "seen", "how", "agreed", "begins", "criterion-*"];
    known.extend(names.iter().map(String::as_str));
    let sent = sent.only(&known)?;
    let (key, today) = (sent.key()?, app.service.surroundings().today());
    let (answers, mut faults) = fields::read(&sent, catalogue, own(notice, catalogue), today)?;
    let how: Option<How> = sent.one("how")?.parse().ok();
    let agreed: Option<Agreed> = sent.one("agreed")?.parse().ok();
    let said: Vec<Said> = with
        .offered
        .programme
        .criteria
        .iter()
        .map(|criterion| {
            let evidence = sent.one(&criterion.field())?.to_owned();
            Ok(Said { criterion: criterion.id.clone(), evidence })
        })
        .collect::<Result<_, Fail>>()?;
    let mut status = StatusCode::UNPROCESSABLE_ENTITY;
    let seen = sent.one("seen")?.to_owned();
    match (how, agreed) {
        (Some(how), Some(agreed)) if faults.is_empty() => {
            let joining =
                Joining { how, agreed, seen, said, answers, on: today, begins: sent.ticked("begins") };
            match app.service.place_on_programme(&visit, id, with.offered.id, key, joining).await {
                Ok(made) => {
                    let to = format!("/clients/{id}/placements/{made}?done=placed");
                    return Ok(Redirect::to(&to).into_response());
                }
                Err(Error::Faults(more)) => faults = more,
                Err(Error::ChangedMeanwhile) => status = StatusCode::CONFLICT,
                Err(error) => return Err(error.into()),
            }
        }
        _ => {
            if how.is_none() {
                faults.push(Fault::new("how", "Choose how the notice was given"));
            }
            if agreed.is_none() {
                faults.push(Fault::new(
                    "agreed",
                    "Choose how the client agreed. Without that they cannot be placed",
                ));
            }
        }
    }
    let opened = app.service.begin_placing(&visit, id, with.offered.id).await?;
    let key = sent.one("form")?.to_owned();
    let changed = status == StatusCode::CONFLICT;
    let page =
        opened.map(|placing| joining_page(&app, &visit, id, &with, &placing, &sent, &key, &faults, changed));
    Ok((status, release(page).await?).into_response())
}

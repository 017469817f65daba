//! A client's programmes: joining one with its notice shown and agreed to, what it holds, beginning and ending.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use casework::answers::Boxes;
use casework::dates::{When, read_boxes};
use casework::programmes::{Ended, Reason};
use casework::{ClientId, Fault, PlacementId, answers, dates};
use jiff::civil::Date;
use maud::{Markup, html};
use notice::{Catalogue, Field, Notice};
use records::placements::{Becomes, PlacementView, TheirProgrammes};
use records::{Error, Visit};
use serde::Deserialize;

use crate::App;
use crate::fail::Fail;
use crate::fields;
use crate::file::{client, head, title};
use crate::form::Form;
use crate::frame::{At, release, staff};
use crate::joining::own;
use crate::programmes::stands;
use crate::query::Query;
use crate::signed::Signed;
use crate::timeline::headline;
use crate::ui::file::{TagKind, action, panel, tag};
use crate::ui::form::{
    ButtonKind, DateInput, Select, TextArea, button, date_input, hidden, select, textarea,
};
use crate::ui::list::{TodoItem, empty, todo_list};
use crate::ui::page::{back, container, heading};
use crate::ui::words::{SummaryRow, banner, notice_banner, summary_list};

pub(crate) const TAB: &str = "Programmes";

#[derive(Deserialize)]
pub(crate) struct Ask {
    #[serde(default)]
    done: Option<String>,
}

pub(crate) async fn show(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
) -> Result<Response, Fail> {
    let id = client(&id)?;
    let opened = app.service.their_programmes(&visit, id).await?;
    let page = opened.map(|all| {
        let today = app.service.surroundings().today();
        let body = html! {
            (head(visit.role, &all.contact, id, today, TAB, html! {}))
            (container(html! { (theirs(id, &all)) (others(id, &all)) }))
        };
        staff(&app, &visit, At::Elsewhere, &title(&all.contact, "programmes"), body)
    });
    release(page).await
}

fn theirs(id: ClientId, all: &TheirProgrammes) -> Markup {
    let items: Vec<TodoItem> = all
        .placements
        .iter()
        .map(|(placed, placement)| TodoItem {
            tag: stands(&placed.times),
            text: html! {
                a.govuk-link href={ "/clients/" (id) "/placements/" (placed.id) } { (placement.title) }
                " " span.app-muted {
                    "since " (dates::short(placed.times.placed))
                    @if let Some(ended) = &placement.ended { ", until " (dates::short(ended.on)) ": " (ended.reason.words()) }
                }
            },
            act: html! {},
        })
        .collect();
    panel(
        "theirs",
        "On these programmes",
        None,
        html! {
            @if items.is_empty() { (empty("This client is on no programme. The service itself goes on for everybody.")) } @else { (todo_list(&items)) }
        },
    )
}

fn others(id: ClientId, all: &TheirProgrammes) -> Markup {
    panel(
        "others",
        "Programmes to join",
        None,
        html! {
            @if all.others.is_empty() { (empty("There is no other programme.")) }
            @for one in &all.others {
                h3.govuk-heading-s { (one.title) }
                p.govuk-body { (one.says) }
                @if let Some(shut) = &one.shut { p.govuk-body { (tag(TagKind::Stop, "Not now")) " " (shut) "." } }
                @else if all.writable { p.govuk-body { (action(&format!("/clients/{id}/programmes/{}", one.programme), &format!("Place on {}", one.title))) } }
            }
        },
    )
}

fn placement(path: &str) -> Result<PlacementId, Fail> {
    path.parse().map_err(|_| Fail::not_found())
}

pub(crate) async fn one(
    State(app): State<App>,
    Signed(visit): Signed,
    Path((id, which)): Path<(String, String)>,
    Query(ask): Query<Ask>,
) -> Result<Response, Fail> {
    let (id, which) = (client(&id)?, placement(&which)?);
    let opened = app.service.view_placement(&visit, id, which).await?;
    let page = opened.map(|view| one_page(&app, &visit, id, &view, None, &[], ask.done.as_deref(), false));
    match page.release().await? {
        Ok(page) => Ok(page.into_response()),
        Err(fail) => Err(fail),
    }
}

#[allow(clippy::too_many_arguments, reason = "a form that is shown again is all of these")]
fn one_page(
    app: &App,
    visit: &Visit,
    id: ClientId,
    view: &PlacementView,
    sent: Option<&Form>,
    faults: &[Fault],
    done: Option<&str>,
    changed: bool,
) -> Result<Markup, Fail> {
    let today = app.service.surroundings().today();
    let offered = app.service.programme(view.placed.programme)?;
    let notices = app.service.notices();
    let given = notices.given(&view.placement.notice, &view.placement.version).ok_or_else(Fail::not_found)?;
    let done = done.map(|done| match done {
        "placed" => "Placed. The notice and the agreement are recorded",
        "ended" => "Ended. What the programme holds goes on the day below",
        _ => "Saved",
    });
    let goes_on = view.placed.times.ended.is_none();
    let body = html! {
        (head(visit.role, &view.profile, id, today, TAB, html! {}))
        (container(html! {
            (back(&format!("/clients/{id}/programmes")))
            @if let Some(done) = done { (banner(done)) }
            (fields::summary(faults))
            @if changed { (notice_banner(html! { "Somebody else changed this while you were writing. Nothing of yours is lost: it is below. Compare, then save again." })) }
            (heading(&view.placement.title, html! { p { (stands(&view.placed.times)) } }))
            @if offered.removed.is_some() { (notice_banner(html! { "This programme was removed. What was written for it is kept as its notice says." })) }
            (agreed(id, view))
            (facts(view, &given.catalogue))
            (written(id, view))
            (documents(id, view))
            @if goes_on && view.writable {
                (changes(id, view, &given.notice, &given.catalogue, sent, faults, today))
            }
        }))
    };
    Ok(staff(app, visit, At::Elsewhere, &title(&view.profile, "programme"), body))
}

fn agreed(id: ClientId, view: &PlacementView) -> Markup {
    let (placement, times) = (&view.placement, &view.placed.times);
    let row = |key, value: Markup| SummaryRow { key, value, change: None };
    let mut rows = vec![
        row(
            "Agreed to join",
            html! { (dates::long(times.placed)) ", " (placement.agreed.words().to_lowercase()) },
        ),
        row(
            "Notice given",
            html! { "Version " (placement.version) ", " (placement.how.words().to_lowercase()) ". " a.govuk-link href={ "/notice/text/" (placement.words) } { "Word for word" } },
        ),
        row(
            "Begun",
            html! { @match times.started { Some(day) => (dates::long(day)), None => span.app-muted { "Not yet" } } },
        ),
    ];
    if let Some(ended) = &placement.ended {
        rows.push(row("Ended", html! { (dates::long(ended.on)) ": " (ended.reason.words()) @if !ended.note.is_empty() { br; (ended.note) } }));
    }
    rows.push(row("Why they may be on it", html! {
        ul.govuk-list { @for met in &placement.met { li { (met.criterion) ": " span.app-muted { (met.evidence) } } } }
    }));
    rows.push(row("Kept until", html! {
        @match &view.clock { Some(clock) => (clock.sentence()), None => { "Its facts are kept for " (view.kept) ". That day is not known yet." } }
    }));
    let consent = format!("/clients/{id}/consent");
    panel("placement", "Joining and leaving", Some((&consent, "Consent to sharing", "")), summary_list(&rows))
}

fn facts(view: &PlacementView, catalogue: &Catalogue) -> Markup {
    let lines: Vec<(&str, Markup)> = catalogue
        .fields()
        .iter()
        .filter_map(|field| {
            let answer = view.placement.facts.get(&field.id)?;
            Some((field.label.as_str(), html! { (answers::glance(field, catalogue.list_of(field), answer)) }))
        })
        .collect();
    panel(
        "facts",
        "What the programme holds",
        None,
        html! {
            @if lines.is_empty() { (empty("No facts are recorded yet.")) } @else { (crate::ui::file::facts(&lines)) }
        },
    )
}

fn written(id: ClientId, view: &PlacementView) -> Markup {
    let items: Vec<TodoItem> = view
        .entries
        .iter()
        .map(|entry| TodoItem {
            tag: tag(TagKind::Info, &dates::short(entry.day)),
            text: html! { a.govuk-link href={ "/clients/" (id) "/entries/" (entry.id) } { (headline(entry)) } },
            act: html! {},
        })
        .collect();
    let support = format!("/clients/{id}/entries/new/support");
    let link = (view.writable && view.placed.times.ended.is_none()).then_some((
        support.as_str(),
        "Record support",
        "",
    ));
    panel(
        "written",
        "Written for the programme",
        link,
        html! {
            @if items.is_empty() { (empty("Nothing yet. Support, referrals and progress belong here once the programme is chosen on their form.")) }
            @else { (todo_list(&items)) }
        },
    )
}

fn documents(id: ClientId, view: &PlacementView) -> Markup {
    let items: Vec<TodoItem> = view
        .documents
        .iter()
        .filter_map(|document| Some((document.id, &document.newest()?.described)))
        .map(|(document, described)| TodoItem {
            tag: tag(TagKind::Info, described.kind.words()),
            text: html! { a.govuk-link href={ "/clients/" (id) "/documents/" (document) } { (described.title) } },
            act: html! {},
        })
        .collect();
    let add = format!("/clients/{id}/documents?programme={}#add-document", view.placed.programme);
    let link = (view.writable && view.names_documents && view.placed.times.ended.is_none()).then_some((
        add.as_str(),
        "Add a document",
        "",
    ));
    panel(
        "documents",
        "Documents of the programme",
        link,
        html! {
            @if !items.is_empty() { (todo_list(&items)) }
            @else if view.names_documents { (empty("Nothing yet. A document belongs here if the programme is chosen when it is added.")) }
            @else { (empty("The notice of the programme does not name documents, so all of them are kept with the file itself.")) }
        },
    )
}

fn changes(
    id: ClientId,
    view: &PlacementView,
    notice: &Notice,
    catalogue: &Catalogue,
    sent: Option<&Form>,
    faults: &[Fault],
    today: Date,
) -> Markup {
    let to = format!("/clients/{id}/placements/{}", view.placed.id);
    let version = view.placed.version.to_string();
    let error = |name: &str| faults.iter().find(|f| f.field == *name).map(|f| f.message.as_str());
    let typed = |name: &str| sent.and_then(|sent| sent.one(name).ok()).unwrap_or_default();
    let date = |name: &'static str, legend| {
        let part = |part: &str| typed(&format!("{name}-{part}")).to_owned();
        let (day, month, year) = (part("day"), part("month"), part("year"));
        date_input(DateInput {
            name,
            legend,
            hint: Some("Today, if left empty"),
            day: &day,
            month: &month,
            year: &year,
            error: error(name),
            ..DateInput::default()
        })
    };
    let facts = |field: &Field| match sent.filter(|sent| sent.one("do").ok() == Some("facts")) {
        Some(sent) => fields::typed(sent, field).unwrap_or_default(),
        None => fields::held(field, view.placement.facts.get(&field.id)),
    };
    let form = |what: &str, body: Markup| {
        html! {
            form.app-note method="post" action=(to) novalidate { (hidden("version", &version)) (hidden("do", what)) (body) }
        }
    };
    let own: Vec<&Field> = own(notice, catalogue).collect();
    let mut reasons = vec![("", "Choose")];
    reasons.extend(Reason::ALL.iter().map(|reason| (reason.code(), reason.words())));
    html! {
        @if view.placed.times.started.is_none() {
            (panel("begin", "The client begins", None, form("start", html! {
                (date("started_on", "First day on the programme"))
                (button(ButtonKind::Main, "Begin", None))
            })))
        }
        @if !own.is_empty() {
            (panel("own", "Change the programme’s facts", None, form("facts", html! {
                @for field in &own { (fields::question(field, catalogue, &facts(field), faults, today)) }
                (button(ButtonKind::Secondary, "Save these facts", None))
            })))
        }
        (panel("end", "The client leaves", None, form("end", html! {
            (date("ended_on", "Last day on the programme"))
            (select(Select { name: "reason", label: "Why", options: reasons, value: typed("reason"), error: error("reason"), ..Select::default() }))
            (textarea(TextArea { name: "note", label: "What else there is to say", hint: Some("If you like. The client can ask to read this"), value: typed("note"), error: error("note"), rows: 2, ..TextArea::default() }))
            (button(ButtonKind::Warning, "End this placement", None))
        })))
    }
}

/// A day in boxes, today if they are empty.
fn day(sent: &Form, name: &'static str, today: Date) -> Result<Result<Date, Fault>, Fail> {
    let part = |part: &str| sent.one(&format!("{name}-{part}")).map(str::to_owned);
    let boxes = Boxes { day: part("day")?, month: part("month")?, year: part("year")? };
    if boxes.is_empty() {
        return Ok(Ok(today));
    }
    Ok(read_boxes(&boxes, When::Any, today)
        .map_err(|fault| Fault::new(name, fault.to_string()).at(fault.part())))
}

pub(crate) async fn change(
    State(app): State<App>,
    Signed(visit): Signed,
    Path((id, which)): Path<(String, String)>,
    sent: Form,
) -> Result<Response, Fail> {
    let (id, which) = (client(&id)?, placement(&which)?);
    let today = app.service.surroundings().today();
    let version: i64 = sent.one("version")?.parse().map_err(|_| Fail::bad_form("Its version is missing."))?;
    let what = sent.one("do")?.to_owned();
    let (read, sent) = match what.as_str() {
        "start" => {
            let sent =
                sent.only(&["version", "do", "started_on-day", "started_on-month", "started_on-year"])?;
            (day(&sent, "started_on", today)?.map(Becomes::Started).map_err(|fault| vec![fault]), sent)
        }
        "end" => {
            let sent = sent.only(&[
                "version",
                "do",
                "ended_on-day",
                "ended_on-month",
                "ended_on-year",
                "reason",
                "note",
            ])?;
            (ending(&sent, today)?, sent)
        }
        "facts" => {
            // Which questions there are depends on the version of the notice that this client was given.
            let view = app.service.their_placement(id, which).await?;
            let offered = app.service.programme(view.programme)?;
            let notices = app.service.notices();
            let given =
                notices.given(&offered.programme.notice, &view.notice_version).ok_or_else(Fail::not_found)?;
            let names = fields::names(own(&given.notice, &given.catalogue));
            let mut known = vec!["version", "do"];
            known.extend(names.iter().map(String::as_str));
            let sent = sent.only(&known)?;
            let (answers, faults) =
                fields::read(&sent, &given.catalogue, own(&given.notice, &given.catalogue), today)?;
            (if faults.is_empty() { Ok(Becomes::Facts(answers)) } else { Err(faults) }, sent)
        }
        _ => return Err(Fail::bad_form("It does not say what becomes of this placement.")),
    };
    let (faults, changed) = match read {
        Ok(becomes) => match app.service.change_placement(&visit, id, which, version, becomes).await {
            Ok(()) => {
                let done = if what == "end" { "ended" } else { "saved" };
                return Ok(
                    Redirect::to(&format!("/clients/{id}/placements/{which}?done={done}")).into_response()
                );
            }
            Err(Error::Faults(faults)) => (faults, false),
            Err(Error::ChangedMeanwhile) => (Vec::new(), true),
            Err(error) => return Err(error.into()),
        },
        Err(faults) => (faults, false),
    };
    let status = if changed { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY };
    let opened = app.service.view_placement(&visit, id, which).await?;
    let page = opened.map(|view| one_page(&app, &visit, id, &view, Some(&sent), &faults, None, changed));
    Ok((status, page.release().await??).into_response())
}

fn ending(sent: &Form, today: Date) -> Result<Result<Becomes, Vec<Fault>>, Fail> {
    let mut faults = Vec::new();
    let on = day(sent, "ended_on", today)?.map_err(|fault| faults.push(fault)).ok();
    let reason = sent.one("reason")?.parse::<Reason>();
    if reason.is_err() {
        faults.push(Fault::new("reason", "Choose why the client leaves"));
    }
    let note = match casework::formats::text::lines(sent.one("note")?, 2000) {
        Ok(note) => note.trim().to_owned(),
        Err(fault) => {
            faults.push(Fault::new("note", fault.to_string()));
            String::new()
        }
    };
    Ok(match (on, reason) {
        (Some(on), Ok(reason)) if faults.is_empty() => Ok(Becomes::Ended(Ended { on, reason, note })),
        _ => Err(faults),
    })
}

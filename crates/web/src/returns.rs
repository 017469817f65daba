//! Returns to those who pay for a programme: what one would say, what to put right first, two signatures, and the file.

use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use casework::returns::Period;
use casework::{Fault, ProgrammeId, dates};
use jiff::Timestamp;
use jiff::civil::Date;
use maud::{Markup, html};
use notice::Recipient;
use records::figures::{Format, counts};
use records::returns::{Asked, Content, Explained, Preview, Return, Stage, ToPutRight};
use records::{Error, Visit};

use crate::App;
use crate::fail::Fail;
use crate::fields;
use crate::figures::{id, save};
use crate::file::{client, head, title};
use crate::form::{Form, new_key};
use crate::frame::{At, release, staff};
use crate::programmes::{pounds, programme};
use crate::signed::Signed;
use crate::ui::file::{TagKind, panel, tag};
use crate::ui::form::{ButtonKind, Select, button, buttons, details, hidden, select};
use crate::ui::list::{Cell, Column, Table, empty, table};
use crate::ui::page::{back, container, heading};
use crate::ui::words::notice_banner;

/// So many periods are offered.
const PERIODS: usize = 6;

/// What was chosen.
#[derive(Default)]
struct Typed {
    from: String,
    recipient: String,
}

impl Typed {
    fn read(form: &Form) -> Result<Typed, Fail> {
        Ok(Typed { from: form.one("from")?.to_owned(), recipient: form.one("recipient")?.to_owned() })
    }

    /// The first day of the period.
    fn first_day(&self) -> Result<Date, Fault> {
        self.from.parse().map_err(|_| Fault::new("from", "Choose a period of this return"))
    }

    fn asked(&self, programme: ProgrammeId) -> Result<Asked<'_>, Fault> {
        Ok(Asked { programme, from: self.first_day()?, recipient: &self.recipient, version: None })
    }
}

pub(crate) fn stage(stage: Stage) -> Markup {
    match stage {
        Stage::Proposed => tag(TagKind::Warn, "Waits for a second signature"),
        Stage::Signed => tag(TagKind::Ok, "Signed by two"),
        Stage::Refused => tag(TagKind::Stop, "Not signed"),
    }
}

fn day(app: &App, at: Timestamp) -> String {
    dates::long(app.service.surroundings().civil(at).date())
}

pub(crate) async fn list(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(of): Path<String>,
) -> Result<Response, Fail> {
    page(&app, &visit, programme(&of)?, &Typed::default(), &[]).await
}

/// The returns of a programme, and the form that makes the next one.
async fn page(
    app: &App,
    visit: &Visit,
    of: ProgrammeId,
    typed: &Typed,
    faults: &[Fault],
) -> Result<Response, Fail> {
    let returns = app.service.returns_of(visit, of).await?;
    let offered = app.service.programme(of)?;
    let today = app.service.surroundings().today();
    let periods = match app.service.return_definition(of, today, None) {
        Ok(definition) => definition.periods_before(today, PERIODS),
        Err(Error::Faults(_)) => Vec::new(),
        Err(error) => return Err(error.into()),
    };
    let periods: Vec<Period> =
        periods.into_iter().filter(|period| period.to >= offered.programme.terms.starts).collect();
    let recipients = app.service.return_recipients(of);
    let here = format!("/programmes/{of}/returns");
    let title = format!("Returns of {}", offered.programme.title);
    let body = container(html! {
        (back(&format!("/programmes/{of}")))
        (fields::summary(faults))
        (heading(&title, html! { p { "What those who pay are told: how many and how much, never who. Two people sign, and from then on it stays as it is." } }))
        (panel("returns", "All returns", None, html! {
            @if returns.is_empty() { (empty("No return was made yet.")) } @else { (listed(app, &returns)) }
        }))
        @if counts(visit.role) { (panel("next", "Make a return", None, html! {
            @if periods.is_empty() || recipients.is_empty() {
                (empty("There is nothing to return: no period of this programme is over, it has no definition of a return, or its notice names nobody who gets one."))
            } @else { (asking(&here, &periods, &recipients, typed, faults)) }
        })) }
    });
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, staff(app, visit, At::Programmes, &title, body)).into_response())
}

fn listed(app: &App, returns: &[Return]) -> Markup {
    let columns = [("Return", false), ("For", false), ("Prepared", false), ("How it stands", false)]
        .map(|(label, numeric)| Column { label, numeric, hidden: false });
    let row = |one: &Return| -> Vec<Cell> {
        vec![
            html! { a.govuk-link href={ "/returns/" (hex::encode(one.id)) } { (one.period.words()) } },
            html! { (one.content.recipient) },
            html! { (day(app, one.asked.0)) },
            stage(one.stage),
        ]
    };
    let rows = returns.iter().map(row).collect();
    table(Table {
        id: "all-returns",
        caption: "All returns, the newest first",
        caption_hidden: true,
        columns: &columns,
        rows,
    })
}

fn asking(
    here: &str,
    periods: &[Period],
    recipients: &[Recipient],
    typed: &Typed,
    faults: &[Fault],
) -> Markup {
    let error =
        |name: &str| faults.iter().find(|fault| fault.field == *name).map(|fault| fault.message.as_str());
    let periods: Vec<(String, String)> =
        periods.iter().map(|period| (period.from.to_string(), period.words())).collect();
    let periods = periods.iter().map(|(from, words)| (from.as_str(), words.as_str())).collect();
    let recipients = recipients.iter().map(|one| (one.id.as_str(), one.name.as_str())).collect();
    html! { form.app-note method="get" action={ (here) "/preview" } novalidate {
        (select(Select { name: "from", label: "Period", options: periods, value: &typed.from, error: error("from"), ..Select::default() }))
        (select(Select { name: "recipient", label: "Who gets it", options: recipients, value: &typed.recipient, error: error("recipient"), ..Select::default() }))
        (buttons(button(ButtonKind::Main, "Look at it first", None)))
    } }
}

/// What a return would say, and whose data should be put right first.
pub(crate) async fn preview(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(of): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Fail> {
    let of = programme(&of)?;
    let form = Form::read(query.as_deref().unwrap_or_default())?.only(&["from", "recipient"])?;
    let typed = Typed::read(&form)?;
    let asked = match typed.asked(of) {
        Ok(asked) => asked,
        Err(fault) => return page(&app, &visit, of, &typed, &[fault]).await,
    };
    let opened = match app.service.preview_return(&visit, asked).await {
        Ok(opened) => opened,
        Err(Error::Faults(faults)) => return page(&app, &visit, of, &typed, &faults).await,
        Err(error) => return Err(error.into()),
    };
    let shown = opened.map(|preview| {
        let body = previewed(of, &typed, &preview);
        staff(&app, &visit, At::Programmes, "A return before it is signed", body)
    });
    release(shown).await
}

fn previewed(of: ProgrammeId, typed: &Typed, preview: &Preview) -> Markup {
    let here = format!("/programmes/{of}/returns");
    container(html! {
        (back(&here))
        (heading(&preview.content.title, html! { p { "For " b { (preview.content.recipient) } ". Nothing is signed yet: these are the files as they are now." } }))
        (panel("amiss", "Put right first", None, html! {
            @if preview.to_put_right.is_empty() { (empty("Nothing is amiss in the data of those who are counted.")) }
            @else {
                p.govuk-body { "These do not stop the return. Whoever checks it will ask." }
                (to_put_right(of, &typed.from, &preview.to_put_right))
            }
        }))
        (told(&preview.content))
        form.app-note method="post" action=(here) {
            (hidden("form", &new_key()))
            (hidden("from", &typed.from))
            (hidden("recipient", &typed.recipient))
            p.govuk-body { "Preparing it is your signature. The figures are then frozen, and a second person signs." }
            (buttons(button(ButtonKind::Main, "Prepare and sign", None)))
        }
    })
}

fn to_put_right(of: ProgrammeId, from: &str, all: &[ToPutRight]) -> Markup {
    let columns = [("Client", false), ("Number", false), ("What is amiss", false)]
        .map(|(label, numeric)| Column { label, numeric, hidden: false });
    let rows = all
        .iter()
        .map(|one| -> Vec<Cell> {
            vec![
                html! { a.govuk-link href={ "/clients/" (one.who.client) "/returns/" (of) "?from=" (from) } { (one.who.name) } },
                html! { span.app-ref { (one.who.number) } },
                html! { ul.govuk-list { @for amiss in &one.amiss { li { (amiss.words()) } } } },
            ]
        })
        .collect();
    table(Table {
        id: "to-put-right",
        caption: "What is amiss, by client",
        caption_hidden: true,
        columns: &columns,
        rows,
    })
}

/// The figures and how they were made.
fn told(content: &Content) -> Markup {
    let columns =
        [("Line", false), ("Figure", true)].map(|(label, numeric)| Column { label, numeric, hidden: false });
    let rows = content
        .figures
        .iter()
        .map(|one| -> Vec<Cell> {
            let figure = if one.money { pounds(one.figure) } else { one.figure.to_string() };
            vec![html! { (one.title) }, html! { (figure) }]
        })
        .collect();
    panel(
        "figures",
        "Figures",
        None,
        html! {
            p.govuk-body { (tag(TagKind::Warn, "Not for publication")) " Exact figures, for this recipient alone. What is published is made as a " a.govuk-link href="/figures/packs" { "pack" } "." }
            (table(Table { id: "figures-told", caption: "What they are told", caption_hidden: true, columns: &columns, rows }))
            (details("How these figures are made", html! { @for line in &content.method { p.govuk-body { (line) } } }))
        },
    )
}

pub(crate) async fn prepare(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(of): Path<String>,
    form: Form,
) -> Result<Response, Fail> {
    let of = programme(&of)?;
    let form = form.only(&["form", "from", "recipient"])?;
    let typed = Typed::read(&form)?;
    let key = form.key()?;
    let asked = match typed.asked(of) {
        Ok(asked) => asked,
        Err(fault) => return page(&app, &visit, of, &typed, &[fault]).await,
    };
    match app.service.prepare_return(&visit, key, asked).await {
        Ok(id) => Ok(Redirect::to(&format!("/returns/{}", hex::encode(id))).into_response()),
        Err(Error::Faults(faults)) => page(&app, &visit, of, &typed, &faults).await,
        Err(error) => Err(error.into()),
    }
}

pub(crate) async fn show(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(of): Path<String>,
) -> Result<Markup, Fail> {
    let one = app.service.funder_return(&visit, id(&of)?).await?;
    let made_by = app.service.return_made_by(&one).await?;
    let directory = app.service.directory();
    let here = format!("/returns/{}", hex::encode(one.id));
    let body = container(html! {
        (back(&format!("/programmes/{}/returns", one.programme)))
        (heading(&one.content.title, html! { p { (stage(one.stage)) " For " b { (one.content.recipient) } ", by definition " (one.content.definition) "." } }))
        (panel("signatures", "Signatures", None, html! {
            ul.govuk-list {
                li { "Prepared by " b { (directory.name(one.asked.1)) } ", " (day(&app, one.asked.0)) }
                @if let Some((at, by)) = one.decided { li { @if one.stage == Stage::Signed { "Signed" } @else { "Refused" } " by " b { (directory.name(by)) } ", " (day(&app, at)) } }
            }
            @match one.stage {
                Stage::Proposed if one.asked.1 == visit.staff => p.govuk-body { "A second person signs it: another manager, or the governance lead." },
                Stage::Proposed => form method="post" action=(here) { (buttons(html! {
                    (button(ButtonKind::Main, "Sign", Some(("do", "sign"))))
                    (button(ButtonKind::Secondary, "Do not sign", Some(("do", "refuse"))))
                })) },
                Stage::Signed => p.govuk-body { "Save it for them as "
                    @for (at, ending) in ["csv", "xlsx", "ods"].into_iter().enumerate() {
                        @if at > 0 { ", " }
                        a.govuk-link href={ (here) "/return." (ending) } { (ending.to_uppercase()) }
                    }
                },
                Stage::Refused => p.govuk-body { "It does not leave the service. Another one can be prepared for these months." },
            }
        }))
        @if !one.content.amiss.is_empty() { (panel("amiss", "Amiss when it was prepared", None, html! {
            ul.govuk-list.govuk-list--bullet { @for (what, people) in &one.content.amiss { li { (what) ": " (people) } } }
        })) }
        (told(&one.content))
        @if let Some(text) = made_by { (panel("definition", "What it was made by", None, html! {
            p.govuk-body { "As it stood when the return was prepared, whatever was loaded since." }
            (details("The definition, word for word", html! { pre.app-words tabindex="0" { (text) } }))
        })) }
    });
    Ok(staff(&app, &visit, At::Programmes, &one.content.title, body))
}

pub(crate) async fn decide(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(of): Path<String>,
    form: Form,
) -> Result<Response, Fail> {
    let form = form.only(&["do"])?;
    let sign = match form.one("do")? {
        "sign" => true,
        "refuse" => false,
        _ => return Err(Fail::bad_form("It does not say whether to sign.")),
    };
    let id = id(&of)?;
    app.service.decide_return(&visit, id, sign).await?;
    Ok(Redirect::to(&format!("/returns/{}", hex::encode(id))).into_response())
}

pub(crate) async fn file(
    State(app): State<App>,
    Signed(visit): Signed,
    Path((of, file)): Path<(String, String)>,
) -> Result<Response, Fail> {
    let format = file.strip_prefix("return.").and_then(Format::read).ok_or_else(Fail::not_found)?;
    let bytes = app.service.save_return(Some(&visit), id(&of)?, format).await?;
    save("return", &file, format.media_type(), bytes)
}

/// Why one client counts in the lines of a return, as their file is now.
pub(crate) async fn explain(
    State(app): State<App>,
    Signed(visit): Signed,
    Path((who, of)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Result<Response, Fail> {
    let (who, of) = (client(&who)?, programme(&of)?);
    let form = Form::read(query.as_deref().unwrap_or_default())?.only(&["from"])?;
    let typed = Typed { from: form.one("from")?.to_owned(), ..Typed::default() };
    let from = typed.first_day().map_err(|fault| Fail::Faults(vec![fault]))?;
    let opened = app.service.explain_return(&visit, who, of, from).await?;
    let page = opened.map(|explained| {
        let today = app.service.surroundings().today();
        let body = html! {
            (head(visit.role, &explained.contact, who, today, "Programmes", html! {}))
            (container(html! {
                (heading("In the return", html! { p { (explained.programme) ", " (explained.period.words()) ". This is the file as it is now; a return that is signed stays as it was." } }))
                (verdicts(&explained))
            }))
        };
        staff(&app, &visit, At::Elsewhere, &title(&explained.contact, "in the return"), body)
    });
    release(page).await
}

fn verdicts(explained: &Explained) -> Markup {
    html! { @for (nth, judged) in explained.judged.iter().enumerate() {
        @if !judged.amiss.is_empty() { (notice_banner(html! {
            p.govuk-body { "Put this right before the return is signed:" }
            ul.govuk-list { @for amiss in &judged.amiss { li { (amiss.words()) } } }
        })) }
        @for (at, (line, verdict)) in explained.lines.iter().zip(&judged.verdicts).enumerate() {
            (panel(&format!("line-{nth}-{at}"), line, None, html! {
                p.govuk-body { @if verdict.counts { (tag(TagKind::Ok, "Counts")) } @else { (tag(TagKind::Info, "Does not count")) } }
                ul.govuk-list.govuk-list--bullet { @for because in &verdict.because { li { (because) } } }
            }))
        }
    } }
}

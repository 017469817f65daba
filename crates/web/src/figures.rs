//! Figures of the service for managers: choose what is counted, see it as a table and a picture, save it. Nobody is named.

mod chart;
pub(crate) mod equality;
pub(crate) mod packs;
pub(crate) mod published;

use access::Role;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use casework::Fault;
use casework::figures::{Measure, Period, Quarter};
use maud::{Markup, html};
use records::figures::{Dimension, Figures, Format, Question, Sheet, counts};
use records::{Error, Visit};

use crate::App;
use crate::fail::Fail;
use crate::fields;
use crate::form::{Form, new_key};
use crate::frame::{At, staff};
use crate::signed::Signed;
use crate::ui::file::{TagKind, panel, tag};
use crate::ui::form::{
    ButtonKind, Select, TextInput, button, buttons, details, hidden, select, text_input, tick,
};
use crate::ui::list::{Column, Table, table};
use crate::ui::page::{container, heading};

/// So many quarters are offered.
const QUARTERS: i16 = 16;
const NAMES: [&str; 6] = ["what", "by", "and", "from", "to", "compare"];

/// What was chosen, as the address has it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Typed {
    what: String,
    by: String,
    and: String,
    from: String,
    to: String,
    compare: bool,
}

impl Typed {
    /// Starts by age in the last quarter that is over.
    fn first(app: &App) -> Typed {
        let last = Quarter::of(app.service.surroundings().today()).later(-1).to_string();
        Typed {
            what: Measure::Starts.code().to_owned(),
            by: "age".to_owned(),
            and: String::new(),
            from: last.clone(),
            to: last,
            compare: false,
        }
    }

    fn read(app: &App, query: Option<&str>) -> Result<Typed, Fail> {
        let Some(query) = query.filter(|query| !query.is_empty()) else { return Ok(Typed::first(app)) };
        let form = Form::read(query)?.only(&NAMES)?;
        let one = |name: &str| Ok::<_, Fail>(form.one(name)?.to_owned());
        Ok(Typed {
            what: one("what")?,
            by: one("by")?,
            and: one("and")?,
            from: one("from")?,
            to: one("to")?,
            compare: form.ticked("compare"),
        })
    }

    fn question(&self) -> Result<Question, Vec<Fault>> {
        let mut faults = Vec::new();
        let measure = self.what.parse::<Measure>();
        if measure.is_err() {
            faults.push(Fault::new("what", "Choose what is counted"));
        }
        let period = period(&self.from, &self.to);
        if let Err(fault) = &period {
            faults.push(fault.clone());
        }
        match (measure, period) {
            (Ok(measure), Ok(period)) => {
                let by = [&self.by, &self.and].into_iter().filter(|id| !id.is_empty()).cloned().collect();
                Ok(Question { measure, by, period, compare: self.compare })
            }
            _ => Err(faults),
        }
    }

    /// The same as an address. Codes only.
    fn query(&self) -> String {
        let mut pairs = form_urlencoded::Serializer::new(String::new());
        pairs.append_pair("what", &self.what).append_pair("by", &self.by).append_pair("and", &self.and);
        pairs.append_pair("from", &self.from).append_pair("to", &self.to);
        if self.compare {
            pairs.append_pair("compare", "yes");
        }
        pairs.finish()
    }
}

/// A period from two choices.
fn period(from: &str, to: &str) -> Result<Period, Fault> {
    let (Ok(from), Ok(to)) = (from.parse(), to.parse()) else {
        return Err(Fault::new("from", "Choose the first and the last quarter"));
    };
    Period::new(from, to).ok_or_else(|| {
        Fault::new("to", "The last quarter must be the first one or later, and at most five years on")
    })
}

pub(crate) async fn show(
    State(app): State<App>,
    Signed(visit): Signed,
    RawQuery(query): RawQuery,
) -> Result<Response, Fail> {
    let typed = Typed::read(&app, query.as_deref())?;
    answer(&app, &visit, &typed, "", Vec::new()).await
}

/// The page with the answer, or with what was wrong.
async fn answer(
    app: &App,
    visit: &Visit,
    typed: &Typed,
    name: &str,
    mut faults: Vec<Fault>,
) -> Result<Response, Fail> {
    if !counts(visit.role) {
        // Whatever was asked: it is written down and answered with whom to ask.
        let first = Typed::first(app).question().map_err(Fail::Faults)?;
        app.service.figures(visit, &first).await?;
    }
    let figures = match typed.question() {
        Ok(question) => match app.service.figures(visit, &question).await {
            Ok(figures) => Some(figures),
            Err(Error::Faults(found)) => {
                faults.extend(found);
                None
            }
            Err(error) => return Err(error.into()),
        },
        Err(found) => {
            faults.extend(found);
            None
        }
    };
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = page(app, visit, typed, figures.as_ref(), name, &faults).await?;
    Ok((status, page).into_response())
}

async fn page(
    app: &App,
    visit: &Visit,
    typed: &Typed,
    figures: Option<&Figures>,
    name: &str,
    faults: &[Fault],
) -> Result<Markup, Fail> {
    let views = app.service.figure_views().await?;
    let dimensions = app.service.dimensions();
    let query = typed.query();
    let directory = app.service.directory();
    let body = container(html! {
        (fields::summary(faults))
        (heading("Figures", html! { p { "Counted from the files as they are now. Nobody can be found in them." } }))
        (places("figures", visit.role))
        (panel("question", "What to count", None, asking(app, typed, &dimensions, faults)))
        @if let Some(figures) = figures {
            (panel("answer", &figures.sheet.title, None, html! {
                p.govuk-body { (tag(TagKind::Warn, "Not for publication")) " Groups of five and more, for use inside the service. What leaves it is made as a " a.govuk-link href="/figures/packs" { "pack" } "." }
                (shown("figures", &figures.sheet))
                (notes(&figures.notes, &figures.method))
                p.govuk-body { "Save this table as "
                    @for (at, ending) in ["csv", "xlsx", "ods"].into_iter().enumerate() {
                        @if at > 0 { ", " }
                        a.govuk-link href={ "/figures/download/figures." (ending) "?" (query) } { (ending.to_uppercase()) }
                    }
                }
                form.app-note method="post" action="/figures/views" novalidate {
                    (hidden("form", &new_key()))
                    @for (name, value) in [("what", &typed.what), ("by", &typed.by), ("and", &typed.and), ("from", &typed.from), ("to", &typed.to)] { input type="hidden" name=(name) value=(value); }
                    @if typed.compare { input type="hidden" name="compare" value="yes"; }
                    (text_input(TextInput { name: "name", label: "Name of this view", hint: Some("All managers can open it. No name of a client"), value: name, error: fault(faults, "name"), width: Some(20), autocomplete: Some("off"), input_type: "text", ..TextInput::default() }))
                    (button(ButtonKind::Secondary, "Save this view", Some(("do", "save"))))
                }
            }))
        }
        @if !views.is_empty() {
            (panel("views", "Saved views", None, html! { ul.govuk-list { @for view in &views { li {
                form method="post" action="/figures/views" {
                    a.govuk-link href={ "/figures?" (view.question) } { (view.name) } " " span.app-muted { "by " (directory.name(view.staff)) } " "
                    (hidden("view", &hex::encode(view.id)))
                    (button(ButtonKind::Secondary, &format!("Remove {}", view.name), Some(("do", "remove"))))
                }
            } } } }))
        }
    });
    Ok(staff(app, visit, At::Figures, "Figures", body))
}

fn fault<'f>(faults: &'f [Fault], name: &str) -> Option<&'f str> {
    faults.iter().find(|fault| fault.field == *name).map(|fault| fault.message.as_str())
}

/// The three places of figures.
fn places(here: &str, role: Role) -> Markup {
    let all = [
        ("figures", "/figures", "Figures"),
        ("equality", "/figures/equality", "Equality report"),
        ("packs", "/figures/packs", "Packs for bids"),
    ];
    html! { nav.app-panel aria-label="Figures" { p.govuk-body {
        @for (at, (code, href, words)) in all.into_iter().filter(|(code, ..)| *code != "figures" || counts(role)).enumerate() {
            @if at > 0 { " · " }
            @if code == here { b aria-current="page" { (words) } } @else { a.govuk-link href=(href) { (words) } }
        }
        " · " a.govuk-link href="/published" { "What is published" }
    } } }
}

fn asking(app: &App, typed: &Typed, dimensions: &[Dimension], faults: &[Fault]) -> Markup {
    let by: Vec<(&str, &str)> = dimensions
        .iter()
        .filter(|dimension| !dimension.equality)
        .map(|dimension| (dimension.id.as_str(), dimension.label.as_str()))
        .collect();
    let and: Vec<(&str, &str)> = std::iter::once(("", "Nothing else")).chain(by.iter().copied()).collect();
    html! {
        form.app-note method="get" action="/figures" novalidate {
            (measures(&typed.what, fault(faults, "what")))
            div.app-questions {
                (select(Select { name: "by", label: "By", options: by, value: &typed.by, error: fault(faults, "by"), ..Select::default() }))
                (select(Select { name: "and", label: "And by", options: and, value: &typed.and, error: fault(faults, "and"), ..Select::default() }))
                (quarters(app, &typed.from, &typed.to, faults))
            }
            (tick("compare", "Put the quarters beside each other", typed.compare))
            (buttons(button(ButtonKind::Main, "Count", None)))
        }
    }
}

fn measures(value: &str, error: Option<&str>) -> Markup {
    let options = Measure::ALL.iter().map(|measure| (measure.code(), measure.words())).collect();
    select(Select { name: "what", label: "Count", options, value, error, ..Select::default() })
}

/// The first and the last quarter of a period.
fn quarters(app: &App, from: &str, to: &str, faults: &[Fault]) -> Markup {
    let now = Quarter::of(app.service.surroundings().today());
    let all: Vec<(String, String)> = (0..QUARTERS)
        .map(|back| now.later(-back))
        .map(|quarter| (quarter.to_string(), quarter.words()))
        .collect();
    let options = || all.iter().map(|(code, words)| (code.as_str(), words.as_str())).collect();
    html! {
        (select(Select { name: "from", label: "First quarter", options: options(), value: from, error: fault(faults, "from"), ..Select::default() }))
        (select(Select { name: "to", label: "Last quarter", options: options(), value: to, error: fault(faults, "to"), ..Select::default() }))
    }
}

/// A table, and beside it the same as a picture.
fn shown(id: &str, sheet: &Sheet) -> Markup {
    let columns: Vec<Column<'_>> = std::iter::once(Column { label: &sheet.about, ..Column::default() })
        .chain(sheet.columns.iter().map(|label| Column { label, numeric: true, hidden: false }))
        .collect();
    let figure = |figure: &Option<u64>| match figure {
        Some(figure) => html! { (figure) },
        None => html! { abbr title="not shown" { "[c]" } },
    };
    let rows = sheet
        .lines
        .iter()
        .map(|line| std::iter::once(html! { (line.name) }).chain(line.figures.iter().map(figure)).collect())
        .collect();
    // The panel around it has the title as its name; a region inside needs one of its own.
    let caption = format!("Table: {}", sheet.title);
    let table = table(Table { id, caption: &caption, caption_hidden: true, columns: &columns, rows });
    let picture = chart::bars(id, sheet);
    if sheet.columns.len() > 2 {
        return html! { (table) (picture) };
    }
    html! { div.app-questions { div { (table) } div { (picture) } } }
}

/// What was left out, and how the figures were made.
fn notes(left_out: &[String], method: &[String]) -> Markup {
    html! {
        @if !left_out.is_empty() {
            p.govuk-body { "Left out, because it could have given somebody away:" }
            ul.govuk-list.govuk-list--bullet { @for note in left_out { li { (note) } } }
        }
        (details("How these figures are made", html! { @for line in method { p.govuk-body { (line) } } }))
    }
}

/// The table as a file.
pub(crate) async fn download(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(file): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Fail> {
    let format =
        file.rsplit_once('.').and_then(|(_, ending)| Format::read(ending)).ok_or_else(Fail::not_found)?;
    let question = Typed::read(&app, query.as_deref())?.question().map_err(Fail::Faults)?;
    let figures = app.service.figures(&visit, &question).await?;
    let mut method = figures.method.clone();
    method.insert(0, "For use inside the service. Not for publication.".to_owned());
    save("figures", &file, format.media_type(), format.write(&[figures.sheet], &method)?)
}

/// An answer that browsers save. Its name is ours, whatever the address said.
pub(crate) fn save(
    name: &str,
    file: &str,
    media_type: &'static str,
    bytes: Vec<u8>,
) -> Result<Response, Fail> {
    let ending = file.rsplit_once('.').map_or("", |(_, ending)| ending);
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}.{ending}\""));
    headers.insert(header::CONTENT_DISPOSITION, disposition.map_err(|_| Fail::not_found())?);
    Ok(response)
}

/// Saves a view, or removes one.
pub(crate) async fn views(
    State(app): State<App>,
    Signed(visit): Signed,
    form: Form,
) -> Result<Response, Fail> {
    let form = form.only(&["form", "do", "view", "name", "what", "by", "and", "from", "to", "compare"])?;
    if form.one("do")? == "remove" {
        app.service.remove_figure_view(&visit, id(form.one("view")?)?).await?;
        return Ok(Redirect::to("/figures").into_response());
    }
    if !counts(visit.role) {
        // Written down, and answered with what to do.
        app.service.save_figure_view(&visit, [0; 16], "", "").await?;
    }
    let one = |name: &str| Ok::<_, Fail>(form.one(name)?.to_owned());
    let typed = Typed {
        what: one("what")?,
        by: one("by")?,
        and: one("and")?,
        from: one("from")?,
        to: one("to")?,
        compare: form.ticked("compare"),
    };
    if let Err(faults) = typed.question() {
        return Err(Fail::Faults(faults));
    }
    let query = typed.query();
    match app.service.save_figure_view(&visit, form.key()?, form.one("name")?, &query).await {
        Ok(()) => Ok(Redirect::to(&format!("/figures?{query}")).into_response()),
        Err(Error::Faults(faults)) => answer(&app, &visit, &typed, form.one("name")?, faults).await,
        Err(error) => Err(error.into()),
    }
}

/// The id in an address or a form.
pub(crate) fn id(text: &str) -> Result<[u8; 16], Fail> {
    let mut id = [0; 16];
    hex::decode_to_slice(text, &mut id).map_err(|_| Fail::not_found())?;
    Ok(id)
}

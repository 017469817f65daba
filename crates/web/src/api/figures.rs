//! Figures: what is published, for everybody; and counts inside the service, through the same gate and ledger as the page.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use casework::Fault;
use casework::figures::{Measure, Period, Quarter};
use records::Error;
use records::figures::{Pack, Question, Sheet};
use serde::Serialize;
use utoipa::ToSchema;

use super::PathOf;
use super::body::Body;
use super::problem::{Problem, top};
use super::program::Call;
use super::reply;
use crate::App;

/// A line of a table.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LineOut {
    /// What it is about; `All` for the total.
    name: String,
    /// Its figures, each a multiple of 5; null where a figure could say something about somebody.
    figures: Vec<Option<u64>>,
}

/// A table of figures.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TableOut {
    /// What it shows.
    title: String,
    /// What its lines are about.
    about: String,
    /// The headings of its figures.
    columns: Vec<String>,
    /// Its lines.
    lines: Vec<LineOut>,
}

/// A published pack in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PackInList {
    /// Its id.
    #[schema(pattern = "^[0-9a-f]{32}$")]
    id: String,
    /// Its title.
    title: String,
    /// The first day of its period.
    #[schema(format = Date)]
    from: String,
    /// The last one.
    #[schema(format = Date)]
    to: String,
    /// When it was published.
    #[schema(format = DateTime)]
    published: Option<String>,
}

/// What is published, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Packs {
    /// The packs.
    items: Vec<PackInList>,
}

/// A published pack.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PackOut {
    #[serde(flatten)]
    head: PackInList,
    /// Its tables.
    tables: Vec<TableOut>,
    /// What was left out, and why.
    notes: Vec<String>,
    /// How the figures were made.
    method: Vec<String>,
}

/// What is to be counted.
#[derive(Debug, ToSchema)]
#[schema(example = json!({ "what": "starts", "by": ["age"], "from": "2026-07", "to": "2026-07" }))]
#[allow(dead_code, reason = "describes what is read part by part")]
pub(crate) struct Count {
    /// What is counted.
    what: String,
    /// By what, as codes of the page of figures: one or two, as `age` or `programme`.
    #[schema(min_items = 1, max_items = 2)]
    by: Vec<String>,
    /// The first quarter, by its first month.
    #[schema(pattern = "^[0-9]{4}-(01|04|07|10)$")]
    from: String,
    /// The last quarter.
    #[schema(pattern = "^[0-9]{4}-(01|04|07|10)$")]
    to: String,
    /// Whether the quarters stand beside each other.
    #[schema(required = false)]
    compare: bool,
}

/// Figures for use inside the service. They are not for publication.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Counted {
    /// The table.
    table: TableOut,
    /// What was left out, and why.
    notes: Vec<String>,
    /// How the figures were made.
    method: Vec<String>,
}

impl TableOut {
    fn of(sheet: Sheet) -> TableOut {
        let lines =
            sheet.lines.into_iter().map(|line| LineOut { name: line.name, figures: line.figures }).collect();
        TableOut { title: sheet.title, about: sheet.about, columns: sheet.columns, lines }
    }
}

impl PackInList {
    fn of(pack: &Pack) -> PackInList {
        PackInList {
            id: hex::encode(pack.id),
            title: pack.content.title.clone(),
            from: pack.period.from.first().to_string(),
            to: pack.period.to.last().to_string(),
            published: pack.decided.map(|(at, _)| at.to_string()),
        }
    }
}

/// What is published. Everybody may read it.
#[utoipa::path(
    get, path = "/api/v1/figures/published", operation_id = "list_published", tag = "figures", security(()),
    responses((status = 200, description = "The packs", body = Packs))
)]
pub(crate) async fn published(State(app): State<App>, headers: HeaderMap) -> Result<Response, Problem> {
    let packs = app.service.published_packs().await?;
    reply::anonymous(&headers, &Packs { items: packs.iter().map(PackInList::of).collect() })
}

/// The tables of one published pack. Everybody may read them.
#[utoipa::path(
    get, path = "/api/v1/figures/published/{pack}", operation_id = "show_published", tag = "figures", security(()),
    responses((status = 200, description = "The pack", body = PackOut))
)]
pub(crate) async fn pack(
    State(app): State<App>,
    PathOf(pack): PathOf<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let packs = app.service.published_packs().await?;
    let found = packs.into_iter().find(|one| hex::encode(one.id) == pack).ok_or_else(Problem::not_found)?;
    let head = PackInList::of(&found);
    let content = found.content;
    let tables = content.sheets.into_iter().map(TableOut::of).collect();
    reply::anonymous(&headers, &PackOut { head, tables, notes: content.notes, method: content.method })
}

/// Counts people for use inside the service, so that nobody can be found: for a token of a manager.
#[utoipa::path(
    post, path = "/api/v1/figures/count", operation_id = "count", tag = "figures",
    request_body = Count,
    responses((status = 200, description = "The figures", body = Counted))
)]
pub(crate) async fn count(Call { app, visit, headers }: Call, mut body: Body) -> Result<Response, Problem> {
    body.only(&["what", "by", "from", "to", "compare"]);
    let mut faults = Vec::new();
    let measure = body.text("what").parse::<Measure>();
    if measure.is_err() {
        faults.push(Fault::new("what", "Say what is counted"));
    }
    let by: Vec<String> = body.list("by", 2, "codes");
    let mut quarter = |name: &'static str| {
        let read = body.text(name).parse::<Quarter>();
        read.map_err(|_| {
            faults.push(Fault::new(name, "Send a quarter here by its first month, like 2026-07"))
        })
    };
    let period = match (quarter("from"), quarter("to")) {
        (Ok(from), Ok(to)) => Period::new(from, to).ok_or_else(|| {
            let text = "The last quarter must be the first one or later, and at most five years on";
            faults.push(Fault::new("to", text));
        }),
        _ => Err(()),
    };
    let compare = body.flag("compare", false);
    let (Ok(measure), Ok(period), true) = (measure, period, body.is_fine()) else {
        return Err(body.problem(faults, top));
    };
    // An empty list is told by the rules of the page.
    let question = Question { measure, by, period, compare };
    match app.service.figures(&visit, &question).await {
        Ok(figures) => reply::anonymous(
            &headers,
            &Counted { table: TableOut::of(figures.sheet), notes: figures.notes, method: figures.method },
        ),
        Err(Error::Faults(faults)) => {
            Err(body.problem(faults, |field| top(if field == "and" { "by" } else { field })))
        }
        Err(error) => Err(error.into()),
    }
}

//! `kept client`: people brought in from another system's list.

use std::path::PathBuf;
use std::process::ExitCode;

use access::Role;
use casework::entries::Agreed;
use casework::import::columns::{Shape, Target};
use casework::import::dates::Order;
use casework::import::plain;
use casework::import::rows::Plan;
use casework::{How, ImportId, StaffId, dates};
use clap::{Args, Subcommand};
use jiff::civil::Date;
use notice::FieldId;
use records::imports::{AlikeRow, Asked, Begun, Headed, Import, Like, Report, Source, State};
use records::{Error, Service};
use serde_json::json;

use crate::cli::Which;
use crate::fail::{Fail, in_words};
use crate::output;

/// Brings people in, and takes that back.
#[derive(Args)]
pub(crate) struct Client {
    #[command(flatten)]
    which: Which,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Bring people in from a CSV file or a workbook (.xlsx). One fault anywhere stops it before anything is written; the same file given again goes on
    /// where it broke off.
    #[command(
        after_help = "Example: kept client import people.csv --profile aptem-like --adviser ada@example.org --notice-given on-paper --agreed in-words --dry-run"
    )]
    Import(Box<Bring>),
    /// List the imports.
    #[command(after_help = "Example: kept client imports --json")]
    Imports {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Undo an import: erase every file that came with it and that nobody has worked with since.
    #[command(after_help = "Example: kept client undo-import 0f8fad5bd9cb469fa16570867728950e")]
    UndoImport {
        /// The import, as `kept client imports` lists it.
        import: ImportId,
    },
}

#[derive(Args)]
struct Bring {
    /// The list, one person a row, the headings in its first line.
    file: PathBuf,
    /// Of a workbook with several sheets, the one with the list.
    #[arg(long, value_name = "NAME")]
    sheet: Option<String>,
    /// What kind of system it comes from.
    #[arg(long, value_name = "PROFILE", default_value = "plain", value_parser = shape)]
    profile: Shape,
    /// What a column holds, where its heading does not say it: `COLUMN=FIELD`. An empty field leaves it out.
    #[arg(long, value_name = "COLUMN=FIELD", value_parser = pair)]
    map: Vec<(String, String)>,
    /// Which value of a list a word of the file is: `FIELD:WORD=CODE`. An empty code leaves it out.
    #[arg(long, value_name = "FIELD:WORD=CODE", value_parser = pair)]
    value: Vec<(String, String)>,
    /// What comes first in dates like 3/4/26: `day` or `month`.
    #[arg(long, value_name = "ORDER", value_parser = order)]
    dates: Option<Order>,
    /// The day of the last contact with everybody for whom the file gives none.
    #[arg(long, value_name = "DATE")]
    last_contact: Option<Date>,
    /// Why people are brought in whose time has passed under the notice.
    #[arg(long, value_name = "TEXT")]
    basis: Option<String>,
    /// Whose caseload people join where the file names no adviser: a sign-in address.
    #[arg(long, value_name = "EMAIL")]
    adviser: String,
    /// How they were given the notice.
    #[arg(long, value_name = "HOW", value_parser = how)]
    notice_given: How,
    /// How they agreed to use the service.
    #[arg(long, value_name = "HOW", value_parser = agreed)]
    agreed: Agreed,
    /// Leave rows with faults out and bring in the others.
    #[arg(long)]
    leave_faults_out: bool,
    /// Bring people in even if they look very much like somebody on file.
    #[arg(long)]
    even_alike: bool,
    /// Look through the file, say what would happen, write nothing.
    #[arg(long)]
    dry_run: bool,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

fn shape(text: &str) -> Result<Shape, String> {
    let known = || Shape::ALL.map(Shape::code).join(", ");
    Shape::of(text).ok_or_else(|| format!("there is no profile {text}; the profiles are {}", known()))
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (one, other) =
        text.split_once('=').ok_or("write it with = between, like Geburtsdatum=date_of_birth")?;
    Ok((one.trim().to_owned(), other.trim().to_owned()))
}

fn order(text: &str) -> Result<Order, String> {
    Order::of(text).ok_or_else(|| "write day or month".into())
}

fn how(text: &str) -> Result<How, String> {
    let known: Vec<&str> = How::ALL.iter().map(|how| how.code()).collect();
    text.parse().map_err(|_| format!("it is one of {}", known.join(", ")))
}

fn agreed(text: &str) -> Result<Agreed, String> {
    let known: Vec<&str> = Agreed::ALL.iter().map(|agreed| agreed.code()).collect();
    text.parse().map_err(|_| format!("it is one of {}", known.join(", ")))
}

impl Client {
    /// Does what was asked.
    pub(crate) async fn run(self) -> Result<ExitCode, Fail> {
        let act = async |service: &Service| match self.command {
            Command::Import(bring) => bring.run(service).await,
            Command::Imports { json } => list(service, json).await,
            Command::UndoImport { import } => undo(service, import).await,
        };
        self.which.load()?.with(act).await
    }
}

impl Bring {
    async fn run(&self, service: &Service) -> Result<ExitCode, Fail> {
        let source = Source::path(self.file.clone());
        let source = self.sheet.iter().fold(source, |source, name| source.sheet(name));
        let headed = match service.begin_reading(&source, self.profile).await.map_err(|e| self.said(e))? {
            Begun::Headed(headed) => *headed,
            Begun::WhichSheet(sheets) => {
                let file = self.file.display();
                let sheets = sheets.join(", ");
                return Err(Fail::said(format!(
                    "{file}: the workbook has several sheets. Say which with --sheet; there are {sheets}"
                )));
            }
        };
        let asked = Asked {
            plan: self.plan(service, &headed)?,
            notice_given: self.notice_given,
            agreed: self.agreed,
            adviser: adviser(service, &self.adviser)?,
            leave_faults_out: self.leave_faults_out,
            even_alike: self.even_alike,
        };
        output::progress("Looking through the file…");
        let report = service.check_import(&source, &asked).await.map_err(|e| self.said(e))?;
        output::progress("");
        if self.json && self.dry_run {
            output::line(&as_json(&headed, &asked.plan, &report).to_string());
        } else if !self.json {
            print(service, &headed, &asked.plan, &report);
        }
        let stops = report.checked.faults > 0 && !self.leave_faults_out;
        if self.dry_run || stops {
            if stops && !self.dry_run {
                return Err(Fail::said(
                    "Nothing was brought in: put the faults right, or leave those rows out with --leave-faults-out.",
                ));
            }
            return Ok(if stops { ExitCode::from(1) } else { ExitCode::SUCCESS });
        }
        let rows = report.checked.rows;
        let progress = |line: u64, made: u64| {
            output::progress(&format!("Line {line} of about {}: {made} brought in", rows + 1));
            true
        };
        let id = service.run_import(None, &source, &asked, progress).await.map_err(|e| self.said(e))?;
        output::progress("");
        let import = service.import(id).await?;
        if self.json {
            output::line(&import_json(&import).to_string());
        } else {
            output::line(&format!(
                "Brought in {}, left out {}. To take it back: kept client undo-import {id}",
                dates::count(import.made, "person").replace("persons", "people"),
                dates::count(import.left_out, "row"),
            ));
            if report.checked.past.is_empty() && self.basis.is_some() {
                output::line(
                    "Whoever was brought in after their time had passed is due at once: see `kept retention preview`.",
                );
            }
        }
        Ok(ExitCode::SUCCESS)
    }

    /// How the file is read: as remembered or guessed, with what was said.
    fn plan(&self, service: &Service, headed: &Headed) -> Result<Plan, Fail> {
        let notices = service.notices();
        let catalogue = notices.catalogue();
        let mut plan = headed.plan.clone();
        for (column, field) in &self.map {
            let at = headed.headings.iter().position(|heading| plain(heading) == plain(column));
            let known = || headed.headings.join(", ");
            let at = at.ok_or_else(|| {
                Fail::said(format!(
                    "--map {column}={field}: there is no column {column}; the columns are {}",
                    known()
                ))
            })?;
            let target = Target::of(field, catalogue).ok_or_else(|| {
                let all: Vec<String> =
                    Target::all(catalogue).iter().map(|target| target.code().to_owned()).collect();
                Fail::said(format!(
                    "--map {column}={field}: the notice names no field {field}; there are {}",
                    all.join(", ").trim_start_matches(", ")
                ))
            })?;
            if let Some(place) = plan.mapping.get_mut(at) {
                *place = target;
            }
        }
        for (word, code) in &self.value {
            let (field, word) = word
                .split_once(':')
                .ok_or_else(|| Fail::said(format!("--value {word}={code}: write it as FIELD:WORD=CODE")))?;
            let field = FieldId::from(field);
            let list = catalogue.field(&field).and_then(|field| catalogue.list_of(field));
            let known = code.is_empty() || list.is_some_and(|list| list.value(code).is_some());
            if !known {
                let codes: Vec<&str> =
                    list.map(|l| l.values.iter().map(|v| v.code.as_str()).collect()).unwrap_or_default();
                return Err(Fail::said(format!(
                    "--value {field}:{word}={code}: the list of {field} has no value {code}; it has {}",
                    codes.join(", ")
                )));
            }
            plan.values.insert((field, plain(word)), code.clone());
        }
        if let Some(order) = self.dates {
            let dated = plan.mapping.iter().enumerate().filter(|(_, target)| target.is_date(catalogue));
            plan.orders = dated.map(|(at, _)| (at, order)).collect();
        }
        plan.last_contact = self.last_contact;
        plan.basis.clone_from(&self.basis);
        Ok(plan)
    }

    /// What is wrong with the file, fault by fault.
    fn said(&self, error: Error) -> Fail {
        match error {
            Error::Faults(faults) => Fail::said(format!("{}: {}", self.file.display(), in_words(&faults))),
            error => error.into(),
        }
    }
}

fn adviser(service: &Service, email: &str) -> Result<StaffId, Fail> {
    let directory = service.directory();
    let known = directory.everybody().into_iter().filter(|member| member.role == Role::Adviser);
    let found = known.into_iter().find(|member| member.email.eq_ignore_ascii_case(email.trim()));
    found.map(|member| member.id).ok_or_else(|| {
        Fail::said(format!(
            "There is no adviser with the address {email}. `kept user list` shows who there is."
        ))
    })
}

const SHOWN: usize = 20;

fn print(service: &Service, headed: &Headed, plan: &Plan, report: &Report) {
    let notices = service.notices();
    let catalogue = notices.catalogue();
    output::line(if headed.remembered { "Columns, as remembered:" } else { "Columns:" });
    for (heading, target) in headed.headings.iter().zip(&plan.mapping) {
        output::line(&format!("  {heading:<30} {}", target.words(catalogue)));
    }
    for note in &headed.notes {
        output::line(&format!("  {note}"));
    }
    let checked = &report.checked;
    for wrong in checked.wrong.iter().take(SHOWN) {
        output::line(&format!("  {wrong}"));
    }
    let more = checked.faults.saturating_sub(SHOWN as u64);
    if more > 0 {
        output::line(&format!("  … and {}", dates::count(more, "more fault")));
    }
    for (field, words) in &checked.unknown {
        for (word, count) in words {
            output::line(&format!(
                "  Not in the list of {field}: “{word}” ({count}). Say what it is: --value '{field}:{word}=CODE'"
            ));
        }
    }
    for row in report.alike.iter().take(SHOWN) {
        let how = if row.very { "very much like" } else { "may be" };
        let who = match &row.like {
            Like::Line(line) => format!("line {line}"),
            Like::OnFile(number) if number.is_empty() => "somebody whose file is restricted".to_owned(),
            Like::OnFile(number) => number.clone(),
        };
        output::line(&format!("  Line {}: {how} {who}", row.line));
    }
    for (line, day) in checked.past.iter().take(SHOWN) {
        output::line(&format!(
            "  Line {line}: their time passed on {}; left out unless a basis is stated",
            dates::long(*day)
        ));
    }
    output::line(&format!(
        "{} rows, {} with a fault, {} whose time has passed, {} very much like somebody on file or of an earlier line: {} to bring in.",
        checked.rows, checked.faulty_rows, checked.past_count, report.very_alike, report.ready
    ));
}

/// A row with whom it may be: the number of a file, or an earlier line.
fn like_json(row: &AlikeRow) -> serde_json::Value {
    let (number, line) = match &row.like {
        Like::OnFile(number) => (Some(number), None),
        Like::Line(line) => (None, Some(line)),
    };
    json!({ "line": row.line, "number": number, "like_line": line, "very": row.very })
}

fn as_json(headed: &Headed, plan: &Plan, report: &Report) -> serde_json::Value {
    let checked = &report.checked;
    let columns = headed.headings.iter().zip(&plan.mapping);
    json!({
        "columns": columns.map(|(heading, target)| json!({ "heading": heading, "field": target.code() })).collect::<Vec<_>>(),
        "remembered": headed.remembered,
        "notes": headed.notes,
        "rows": checked.rows,
        "faulty_rows": checked.faulty_rows,
        "faults": checked.wrong.iter().map(|wrong| json!({
            "line": wrong.line, "column": wrong.column, "heading": wrong.heading, "message": wrong.message,
        })).collect::<Vec<_>>(),
        "fault_count": checked.faults,
        "unknown": checked.unknown,
        "past": checked.past.iter().map(|(line, day)| json!({ "line": line, "day": day.to_string() })).collect::<Vec<_>>(),
        "past_count": checked.past_count,
        "alike": report.alike.iter().map(like_json).collect::<Vec<_>>(),
        "ready": report.ready,
    })
}

fn import_json(import: &Import) -> serde_json::Value {
    json!({
        "id": import.id.to_string(),
        "begun": import.begun.to_string(),
        "state": words(import.state),
        "line": import.line,
        "made": import.made,
        "left_out": import.left_out,
    })
}

const fn words(state: State) -> &'static str {
    match state {
        State::Running => "running",
        State::Done => "done",
        State::Undone => "undone",
    }
}

async fn list(service: &Service, json: bool) -> Result<ExitCode, Fail> {
    let imports = service.imports().await?;
    if json {
        output::line(&serde_json::Value::from_iter(imports.iter().map(import_json)).to_string());
    } else if imports.is_empty() {
        output::line("Nothing was brought in yet.");
    }
    for import in imports.iter().filter(|_| !json) {
        let begun = service.surroundings().civil(import.begun).date();
        output::line(&format!(
            "{}  {}  {:<8} {:>7} brought in, {} left out",
            import.id,
            dates::short(begun),
            words(import.state),
            import.made,
            import.left_out
        ));
    }
    Ok(ExitCode::SUCCESS)
}

async fn undo(service: &Service, import: ImportId) -> Result<ExitCode, Fail> {
    let undone = service.undo_import(None, import).await.map_err(|error| match error {
        Error::NoSuchFile => Fail::said("There is no such import. `kept client imports` lists them."),
        Error::ChangedMeanwhile => Fail::said("This import was undone already."),
        error => error.into(),
    })?;
    output::line(&format!("Erased {}.", dates::count(undone.erased, "file")));
    if undone.kept > 0 {
        output::line(&format!(
            "{} stay, because somebody has worked with them since. Erase them one by one if they must go.",
            undone.kept
        ));
    }
    Ok(ExitCode::SUCCESS)
}

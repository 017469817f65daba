//! `kept figures`: safe tables from any table of people, counts one after another, and the gate for a release.

mod asked;
mod named;
mod people;
mod secret;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use statistics::{
    ALL, BASE, INTERNAL, Ledger, Limits, PUBLIC, Release, TableSpec, audit, condition_of, release_beside,
};

use crate::fail::Fail;
use crate::{output, written};

/// Makes figures that give nobody away, from a table of people: one row a person, columns of categories.
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Figures {
    #[command(subcommand)]
    what: Option<What>,
    #[command(flatten)]
    make: Make,
}

#[derive(Subcommand)]
enum What {
    /// Attack a release as somebody would who has all its tables: exit status 1 if anything can be worked out.
    #[command(after_help = "Example: kept figures audit spring.json summer.json")]
    Audit {
        /// The release; several are checked together, as about the same people.
        #[arg(required = true, value_name = "RELEASE")]
        releases: Vec<PathBuf>,
    },
}

/// What to make of which people.
#[derive(Args)]
struct Make {
    /// The people: CSV, one row a person.
    file: Option<PathBuf>,
    /// A variable of the table; up to three.
    #[arg(long, value_name = "VAR")]
    by: Vec<String>,
    /// Only people in these categories, for the table of --by.
    #[arg(long = "where", value_name = "VAR=A|B", value_parser = condition)]
    only: Vec<(String, Vec<String>)>,
    /// A table of the release, as often as wanted: "ward*ethnicity where age=16-24|25-34, sex=F".
    #[arg(long, value_name = "SPEC", value_parser = TableSpec::parse)]
    table: Vec<TableSpec>,
    /// A variable that is sensitive, with the categories that are harmless. Without it those count that Kept knows to be.
    #[arg(long, value_name = "VAR[=HARMLESS|HARMLESS]", value_parser = sensitive)]
    sensitive: Vec<(String, Vec<String>)>,
    /// The column that tells people apart; by itself `id` and the like. Without one, rows are told apart by what is in them.
    #[arg(long, value_name = "COLUMN")]
    id: Option<String>,
    /// For managers inside the service: groups of 5 and more are broken down, and the release is marked.
    #[arg(long)]
    internal: bool,
    /// Where the release goes.
    #[arg(long, value_name = "RELEASE.json")]
    out: Option<PathBuf>,
    /// Counts to answer one after another; --out is then `id,value`, empty where refused.
    #[arg(long, value_name = "QUERIES.json", conflicts_with_all = ["by", "only", "table"])]
    queries: Option<PathBuf>,
    /// An earlier release about the same people, as often as there are: its figures are taken over, and all are checked
    /// together.
    #[arg(long, value_name = "RELEASE.json", conflicts_with = "queries")]
    beside: Vec<PathBuf>,
    /// The secret that figures are rounded with: 32 bytes, made if it is not there. The same secret gives the same figures,
    /// on any machine. Without it: `figures.key` in your configuration folder.
    #[arg(long, value_name = "FILE", env = "KEPT_FIGURES_SECRET")]
    secret: Option<PathBuf>,
    /// What was broken down before, of the same people: read if it is there, and written again.
    #[arg(long, value_name = "LEDGER.json")]
    ledger: Option<PathBuf>,
}

fn condition(text: &str) -> Result<(String, Vec<String>), String> {
    condition_of(text).ok_or_else(|| "write it as VAR=A|B, like age=16-24|25-34".to_owned())
}

fn sensitive(text: &str) -> Result<(String, Vec<String>), String> {
    match text.contains('=') {
        true => condition_of(text).ok_or_else(|| "write it as VAR=HARMLESS, like disability=no".to_owned()),
        false => Ok((text.trim().to_owned(), Vec::new())),
    }
}

impl Figures {
    /// Makes them, or checks a release.
    pub(crate) fn run(self) -> Result<ExitCode, Fail> {
        match self.what {
            Some(What::Audit { releases }) => check(&releases),
            None => self.make.run(),
        }
    }
}

impl Make {
    fn run(self) -> Result<ExitCode, Fail> {
        let file = self.file.as_deref();
        let file = file.ok_or_else(|| {
            Fail::said("Say which file of people: kept figures PEOPLE.csv --by ward --out release.json")
        })?;
        let out = self.out.as_deref().ok_or_else(|| Fail::said("Say where the figures go: --out FILE."))?;
        let also = [self.queries.as_deref(), self.ledger.as_deref(), Some(file)];
        let read: Vec<&Path> =
            also.into_iter().flatten().chain(self.beside.iter().map(PathBuf::as_path)).collect();
        written::elsewhere(out, &read)?;
        let secret = secret::load(self.secret.as_deref())?;
        let read = people::read(file, self.id.as_deref(), &self.sensitive, &secret)?;
        read.notes.iter().for_each(|note| output::line(note));
        let ledger = self.read_ledger(&read.snapshot)?;
        let least = if self.internal { INTERNAL } else { PUBLIC };
        if let Some(queries) = &self.queries {
            let ledger = asked::answer(queries, out, &read, &secret, least, ledger)?;
            if self.ledger.is_none() {
                output::line(
                    "Without --ledger FILE the next run knows nothing of these answers, and two runs together may tell more than either: keep a ledger if there will be another.",
                );
            }
            self.write_ledger(&read.snapshot, ledger)?;
            return Ok(ExitCode::SUCCESS);
        }
        let specs = self.specs()?;
        let specs =
            specs.iter().map(|spec| named::spec(file, &read.people, spec)).collect::<Result<Vec<_>, _>>()?;
        let mut ledger = ledger;
        let beside = |path: &PathBuf| about_these(path, read_release(path)?, read.people.len());
        let earlier = self.beside.iter().map(beside).collect::<Result<Vec<_>, _>>()?;
        let limits = Limits { least };
        let made =
            release_beside(&read.people, &secret, &read.sensitive, &specs, limits, &mut ledger, &earlier)
                .map_err(|refused| Fail::said(format!("{}: {refused}.", file.display())))?;
        let mut release = made.release;
        release.audience = self.internal.then(|| "internal".to_owned());
        release.method = method(least);
        let text = serde_json::to_string(&release).map_err(|error| Fail::said(error.to_string()))?;
        std::fs::write(out, text).map_err(Fail::file("written", out))?;
        self.write_ledger(&read.snapshot, ledger)?;
        for (table, share) in release.tables.iter().zip(&made.in_breakdown) {
            let shown = table.cells.iter().filter(|cell| cell.v.is_some()).count();
            let (all, name) = (table.cells.len(), &table.name);
            output::line(&format!(
                "{name}: {shown} of {all} figures, {:.1} % of people in the breakdown",
                share * 100.0
            ));
        }
        made.notes.iter().for_each(|note| output::line(note));
        Ok(ExitCode::SUCCESS)
    }

    fn specs(&self) -> Result<Vec<TableSpec>, Fail> {
        let mut specs = Vec::new();
        if !self.by.is_empty() {
            specs.push(TableSpec { vars: self.by.clone(), filter: self.only.iter().cloned().collect() });
        } else if !self.only.is_empty() {
            return Err(Fail::said(
                "--where goes with --by. For a --table, write it into the table: \"ward*age where sex=F\".",
            ));
        }
        specs.extend(self.table.iter().cloned());
        if specs.is_empty() {
            return Err(Fail::said("Say which figures: --by VAR, --table \"VAR*VAR\" or --queries FILE."));
        }
        Ok(specs)
    }

    fn read_ledger(&self, snapshot: &str) -> Result<Ledger, Fail> {
        let Some(path) = self.ledger.as_deref().filter(|path| path.exists()) else {
            return Ok(Ledger::default());
        };
        let text = written::text(path)?;
        let kept: Kept = serde_json::from_str(&text).map_err(|error| {
            Fail::said(format!("{} is not a ledger of kept figures: {error}.", path.display()))
        })?;
        if kept.snapshot != snapshot {
            return Err(Fail::said(format!(
                "{} belongs to other people or to another day. Begin a new ledger for this file.",
                path.display()
            )));
        }
        Ok(kept.ledger)
    }

    fn write_ledger(&self, snapshot: &str, ledger: Ledger) -> Result<(), Fail> {
        let Some(path) = &self.ledger else { return Ok(()) };
        let kept = Kept { snapshot: snapshot.to_owned(), ledger };
        let text = serde_json::to_string(&kept).map_err(|error| Fail::said(error.to_string()))?;
        std::fs::write(path, text).map_err(Fail::file("written", path))
    }
}

/// A ledger with whom it is about.
#[derive(serde::Serialize, serde::Deserialize)]
struct Kept {
    snapshot: String,
    ledger: Ledger,
}

fn method(least: usize) -> String {
    format!(
        "Each figure is rounded to a multiple of 5, up or down at random, so that it is within 4 of the count; figures need not add up, and a 0 stands for 0 to 4 people. \
         Groups of fewer than {least} people are not broken down by anything sensitive (no figure is shown). All tables were checked together."
    )
}

fn read_release(path: &Path) -> Result<Release, Fail> {
    let release: Release = serde_json::from_str(&written::json(path)?).map_err(|error| {
        Fail::said(format!("{} is not a release of kept figures: {error}.", path.display()))
    })?;
    let misfit = release.misfit().map(|misfit| Fail::said(format!("{}: {misfit}.", path.display())));
    misfit.map_or(Ok(release), Err)
}

/// An earlier release is about these people only if it counts as many of them.
fn about_these(path: &Path, release: Release, people: usize) -> Result<Release, Fail> {
    let of_all = release.tables.iter().filter(|table| table.filter.is_empty()).flat_map(|table| &table.cells);
    let mut whole = of_all.filter(|cell| cell.k.iter().all(|key| key == ALL)).filter_map(|cell| cell.v);
    match whole.find(|figure| figure.abs_diff(people as u64) >= BASE) {
        Some(figure) => Err(Fail::said(format!(
            "{} is about {figure} people, and this file has {people}: these are other people, or another day. Make the figures without --beside, and do not publish both.",
            path.display()
        ))),
        None => Ok(release),
    }
}

fn check(paths: &[PathBuf]) -> Result<ExitCode, Fail> {
    let releases = paths.iter().map(|path| read_release(path)).collect::<Result<Vec<_>, _>>()?;
    let all = Release::together(&releases);
    let names: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
    let found = audit::audit(&all).map_err(|large| Fail::said(format!("{}: {large}.", names.join(", "))))?;
    if found.is_empty() {
        let figures: usize = all.tables.iter().map(|table| table.cells.len()).sum();
        output::line(&format!("Nothing can be worked out from these {figures} figures."));
        return Ok(ExitCode::SUCCESS);
    }
    found.iter().for_each(|one| output::line(&one.to_string()));
    Ok(ExitCode::FAILURE)
}

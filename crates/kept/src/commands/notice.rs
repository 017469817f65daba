//! `kept notice`: privacy notices as files.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand, ValueEnum};
use jiff::civil::Date;
use notice::Notice;
use notice::lint::{self, Severity};
use notice::{diff, render};
use records::Surroundings;
use serde_json::json;

use crate::cli::Which;
use crate::fail::Fail;
use crate::{output, written};

/// Privacy notices.
#[derive(Args)]
pub(crate) struct Command {
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand)]
enum Act {
    /// Say where a notice falls short of the law, line by line.
    #[command(after_help = "Example: kept notice lint our-notice.toml --json")]
    Lint {
        /// The notice.
        file: PathBuf,
        /// As JSON.
        #[arg(long)]
        json: bool,
        /// The day to judge by; without it, today.
        #[arg(long, value_name = "YYYY-MM-DD")]
        on: Option<Date>,
    },
    /// Say whether a notice can be read.
    #[command(after_help = "Example: kept notice check our-notice.toml")]
    Check {
        /// The notice.
        file: PathBuf,
    },
    /// Show a notice as people read it, or as other programs do.
    #[command(after_help = "Example: kept notice show our-notice.toml --format html > notice.html")]
    Show {
        /// The notice.
        file: PathBuf,
        /// As what: a page, Markdown, plain text, the Data Privacy Vocabulary, or the record of processing activities.
        #[arg(long, default_value = "text")]
        format: Format,
    },
    /// Say what changes from one version to the next, and whether people have to be told again.
    #[command(after_help = "Example: kept notice diff in-force.toml draft.toml")]
    Diff {
        /// The version that people were given.
        old: PathBuf,
        /// The version that is to come.
        new: PathBuf,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Publish a new version: new clients are given it from its day on, clients here keep the version they were given.
    #[command(after_help = "Example: kept notice publish our-notice.toml --config /srv/kept/kept.toml")]
    Publish {
        #[command(flatten)]
        which: Which,
        /// The notice.
        file: PathBuf,
        /// Publish it although `kept notice lint` finds errors. Every one is a place where the notice falls short of the law.
        #[arg(long)]
        despite_errors: bool,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Html,
    Md,
    Text,
    Dpv,
    Ropa,
}

impl Command {
    /// Does it.
    pub(crate) async fn run(self) -> Result<ExitCode, Fail> {
        match self.act {
            Act::Lint { file, json, on } => lint(&file, json, on),
            Act::Check { file } => check(&file),
            Act::Show { file, format } => show(&file, format),
            Act::Diff { old, new, json } => differ(&old, &new, json),
            Act::Publish { which, file, despite_errors } => publish(&which, &file, despite_errors).await,
        }
    }
}

fn read(path: &Path) -> Result<String, Fail> {
    written::text(path)
}

/// The text of a notice that can be used.
///
/// # Errors
/// All its faults, a line each.
pub(crate) fn read_sound(path: &Path) -> Result<String, Fail> {
    let text = read(path)?;
    parse(path, &text)?;
    Ok(text)
}

fn parse(path: &Path, text: &str) -> Result<Notice, Fail> {
    let faults = match Notice::parse(text) {
        Ok(notice) => return Ok(notice),
        Err(faults) => faults,
    };
    Err(Fail::Faulty(faults.iter().map(|fault| format!("{}: {fault}", path.display())).collect()))
}

fn lint(path: &Path, json: bool, on: Option<Date>) -> Result<ExitCode, Fail> {
    let text = read(path)?;
    let findings = lint::check(&text, on.unwrap_or_else(|| Surroundings::real().today()), None);
    let errors = findings.iter().filter(|f| f.severity == Severity::Error).count();
    if json {
        let list = serde_json::to_string(&findings);
        output::line(&list.map_err(|error| Fail::said(error.to_string()))?);
    } else {
        for finding in &findings {
            output::line(&format!("{}:{finding}", path.display()));
        }
        let warnings = findings.len() - errors;
        output::line(&format!("{errors} errors, {warnings} warnings"));
    }
    Ok(if errors == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn check(path: &Path) -> Result<ExitCode, Fail> {
    match Notice::parse(&read(path)?) {
        Ok(notice) => {
            output::line(&format!("{} version {} can be read.", notice.id, notice.version));
            Ok(ExitCode::SUCCESS)
        }
        Err(faults) => {
            for fault in &faults {
                output::line(&format!("{}: {fault}", path.display()));
            }
            Ok(ExitCode::from(1))
        }
    }
}

fn show(path: &Path, format: Format) -> Result<ExitCode, Fail> {
    let notice = parse(path, &read(path)?)?;
    let text = match format {
        Format::Html => render::html_page(&notice),
        Format::Md => render::markdown(&notice),
        Format::Text => render::text(&notice),
        Format::Dpv => format!("{:#}", render::dpv(&notice)),
        Format::Ropa => render::ropa(&notice).markdown(),
    };
    output::line(text.trim_end());
    Ok(ExitCode::SUCCESS)
}

fn differ(old: &Path, new: &Path, json: bool) -> Result<ExitCode, Fail> {
    let (before, after) = match (parse(old, &read(old)?), parse(new, &read(new)?)) {
        (Ok(before), Ok(after)) => (before, after),
        // Whoever mends one does not come back for the other.
        (Err(Fail::Faulty(mut faults)), Err(Fail::Faulty(more))) => {
            faults.extend(more);
            return Err(Fail::Faulty(faults));
        }
        (Err(fail), _) | (_, Err(fail)) => return Err(fail),
    };
    let changes = diff::changes(&before, &after);
    if json {
        output::line(&json!({"tell_again": diff::must_tell_again(&changes), "changes": changes}).to_string());
    } else {
        for change in &changes {
            let word = if change.tell_again { "tell " } else { "quiet" };
            output::line(&format!("{word}  {} ({})", change.what, change.why));
        }
        output::line(match (changes.is_empty(), diff::must_tell_again(&changes)) {
            (true, _) => "Both say the same.",
            (false, true) => "People who were given the old version have to be told again.",
            (false, false) => "Nobody has to be told again.",
        });
    }
    if diff::version_forgotten(&before, &after) {
        return Err(Fail::said(format!(
            "Both are version {}. Whatever changes needs a new version: raise `version` in {}.",
            after.version,
            new.display()
        )));
    }
    Ok(ExitCode::SUCCESS)
}

/// What is published binds: a notice that falls short of the law is not, unless that is meant.
///
/// # Errors
/// Every error of the lint, a line each, with what to do.
pub(crate) fn refuse_errors(path: &Path, text: &str, despite: bool) -> Result<(), Fail> {
    let findings = lint::check(text, Surroundings::real().today(), None);
    let errors: Vec<String> = findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .map(|finding| format!("{}:{finding}", path.display()))
        .collect();
    if errors.is_empty() || despite {
        errors.iter().for_each(|error| output::line(error));
        return Ok(());
    }
    Err(Fail::said(format!(
        "{}\nThe notice was not published. Put its errors right, or say --despite-errors if that is meant.",
        errors.join("\n")
    )))
}

async fn publish(which: &Which, path: &Path, despite_errors: bool) -> Result<ExitCode, Fail> {
    let text = read_sound(path)?;
    let new = parse(path, &text)?;
    refuse_errors(path, &text, despite_errors)?;
    let service = which.load()?.open().await?;
    let published = service.publish_notice(&text).await;
    let notices = service.notices();
    service.close().await?;
    published?;
    let holds = notices.service();
    output::line(&format!("In force: {} version {}, from {}.", holds.id, holds.version, holds.effective));
    if holds.version != new.version {
        output::line(&format!(
            "Published: version {}. Whoever comes from {} on is given it; nothing has to be done on that day.",
            new.version, new.effective
        ));
    } else if new.effective > service.surroundings().today() {
        output::line("It holds from now, though its date is to come: there is no other.");
    }
    Ok(ExitCode::SUCCESS)
}

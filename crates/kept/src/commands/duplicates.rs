//! `kept duplicates`: people who stand twice in a file, or in two files.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use matching::duplicates::{self, Listed, POSSIBLE, PROPOSE};
use matching::table::Fault;

use crate::fail::Fail;
use crate::{output, written};

/// What else to do where a column is not recognised.
const MAP: &str = " Or say which it is with --map.";

/// Finds people who may stand twice. Nothing is merged and nothing is kept: the pairs are proposals to a person.
#[derive(Args)]
pub(crate) struct Duplicates {
    /// The people, one a row; columns are recognised by their names.
    file: PathBuf,
    /// Where the pairs go: `id_l,id_r,score,explanation`.
    #[arg(long, value_name = "PAIRS.csv")]
    out: PathBuf,
    /// A second file: pairs of one of each are looked for.
    #[arg(long, value_name = "OTHER.csv")]
    with: Option<PathBuf>,
    /// What a column holds, where its name does not say it: `COLUMN=FIELD`.
    #[arg(long, value_name = "COLUMN=FIELD", value_parser = column)]
    map: Vec<(String, String)>,
    /// The least score of a pair that is written, from 0 to 1.
    #[arg(long, default_value_t = POSSIBLE, value_parser = score)]
    least: f64,
}

fn column(text: &str) -> Result<(String, String), String> {
    let (column, field) =
        text.split_once('=').ok_or("write it as COLUMN=FIELD, like Geburtsname=former_name")?;
    Ok((column.trim().to_owned(), field.trim().to_owned()))
}

fn score(text: &str) -> Result<f64, String> {
    let score: f64 = text.parse().map_err(|_| "write a number from 0 to 1, like 0.9")?;
    if (0.0..=1.0).contains(&score) { Ok(score) } else { Err("write a number from 0 to 1, like 0.9".into()) }
}

impl Duplicates {
    /// Finds them and says how many.
    pub(crate) fn run(self) -> Result<ExitCode, Fail> {
        let read: Vec<&Path> =
            [Some(self.file.as_path()), self.with.as_deref()].into_iter().flatten().collect();
        written::elsewhere(&self.out, &read)?;
        let Listed { ids, records: people, remarks } = self.read(&self.file)?;
        let other = self.with.as_deref().map(|path| self.read(path)).transpose()?;
        let pairs = match &other {
            Some(other) => duplicates::link(&people, &other.records, self.least),
            None => duplicates::find(&people, self.least),
        };
        let right = other.as_ref().map_or(&ids, |other| &other.ids);
        let written = duplicates::write_pairs(&pairs, &ids, right);
        std::fs::write(&self.out, written).map_err(Fail::file("written", &self.out))?;
        let propose = pairs.iter().filter(|pair| pair.score >= PROPOSE).count();
        output::line(&format!(
            "{} records{}: {propose} pairs to propose, {} more that are possible.",
            people.len(),
            other.as_ref().map_or(String::new(), |other| format!(" and {}", other.records.len())),
            pairs.len() - propose,
        ));
        let of_file = remarks.iter().map(|remark| (&self.file, remark));
        let of_other = self
            .with
            .iter()
            .zip(&other)
            .flat_map(|(path, other)| other.remarks.iter().map(move |remark| (path, remark)));
        of_file
            .chain(of_other)
            .for_each(|(path, remark)| output::line(&format!("{}: {remark}", path.display())));
        Ok(ExitCode::SUCCESS)
    }

    fn read(&self, path: &Path) -> Result<Listed, Fail> {
        duplicates::read_file(&written::table(path)?, &self.map).map_err(|fault| {
            let map = if matches!(fault, Fault::Missing { .. }) { MAP } else { "" };
            Fail::said(format!("{}: {fault}{map}", path.display()))
        })
    }
}

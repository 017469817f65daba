//! A pack as a PDF for a bid: every table with its picture, what was left out, and how the figures were made; and the equality
//! report as a PDF, each characteristic beside the people who live here.

use casework::dates;
use press::{Bar, Block, Chart, Column, Document, Level, Table};

use super::equality::{Beside, Equality};
use super::packs::{Pack, Stage};
use super::sheet::{HIDDEN, Sheet};
use crate::{Error, Service};

impl Service {
    /// A pack as a PDF; for a funder with what is said of the extract, which is handed over apart.
    ///
    /// # Errors
    /// `Error::Print` if it cannot be written.
    pub fn printed_pack(&self, pack: &Pack, with_extract: bool) -> Result<Vec<u8>, Error> {
        let day = |at| self.surroundings().civil(at).date();
        let (stands, made) = match (pack.stage, pack.decided) {
            (Stage::Published, Some((at, _))) => (format!("Published on {}.", dates::long(day(at))), day(at)),
            _ => ("Not published: not for use outside the service.".to_owned(), day(pack.asked)),
        };
        let content = &pack.content;
        let mut blocks = vec![Block::Paragraph(stands.as_str().into()), Block::Contents];
        content.sheets.iter().for_each(|sheet| blocks.extend(sheet_printed(sheet)));
        blocks.push(Block::Heading(Level::Part, "How these figures are made".to_owned()));
        if !content.notes.is_empty() {
            let why = "Left out, because it could have given somebody away:";
            blocks.push(Block::Paragraph(why.into()));
            blocks.push(Block::List(content.notes.iter().map(|note| note.as_str().into()).collect()));
        }
        blocks.extend(content.method.iter().map(|line| Block::Paragraph(line.as_str().into())));
        if with_extract {
            blocks.push(Block::Heading(Level::Part, "Anonymous extract".to_owned()));
            blocks.push(Block::Paragraph(content.of_extract.as_str().into()));
        }
        let service = self.notices().service().service.clone();
        let document = Document { title: content.title.clone(), from: service, foot: stands, made, blocks };
        press::pdf(&document).map_err(Error::from)
    }
}

impl Service {
    /// The equality report as a PDF, as [`Service::equality_report`] gave it; `asked` says what was counted and for when.
    ///
    /// # Errors
    /// `Error::Print` if it cannot be written.
    pub fn printed_equality(
        &self,
        asked: &str,
        report: &[Equality],
        method: &[String],
    ) -> Result<Vec<u8>, Error> {
        let what = "For the public sector equality duty (Equality Act 2010, section 149): who uses the service, beside who lives here. It is used for nothing about anybody.";
        let mut blocks = vec![Block::Paragraph(what.into()), Block::Paragraph(asked.into()), Block::Contents];
        report.iter().for_each(|one| blocks.extend(characteristic(one)));
        blocks.push(Block::Heading(Level::Part, "How these figures are made".to_owned()));
        blocks.extend(method.iter().map(|line| Block::Paragraph(line.as_str().into())));
        blocks.push(Block::Paragraph(SHARES.into()));
        let document = Document {
            title: "Equality report".to_owned(),
            from: self.notices().service().service.clone(),
            foot: asked.to_owned(),
            made: self.surroundings().today(),
            blocks,
        };
        press::pdf(&document).map_err(Error::from)
    }
}

/// What holds for the shares of an equality report.
pub const SHARES: &str = "Each table keeps the rules of what is published. Shares are of figures as they are shown, and are left out for fewer than 25 people.";

fn characteristic(one: &Equality) -> Vec<Block> {
    let heading = Block::Heading(Level::Part, one.label.clone());
    if let Some(why) = &one.refused {
        return vec![heading, Block::Paragraph(format!("This cannot be shown: {why}.").into())];
    }
    let hidden = one.lines.iter().any(|line| line.people.is_none());
    let hidden =
        if hidden { format!("; {HIDDEN} stands for a figure that is not shown") } else { String::new() };
    let none = || "\u{2013}".to_owned();
    let cells = |line: &Beside| {
        let people = line.people.map_or_else(|| HIDDEN.to_owned(), |people| people.to_string());
        let share = |share: &Option<String>| share.clone().unwrap_or_else(none);
        vec![line.name.clone(), people, share(&line.share), share(&line.here)]
    };
    let columns =
        [("Category", false), ("People", true), ("Share of ours", true), ("Share of who lives here", true)];
    let columns = columns.map(|(heading, figures)| Column { heading: heading.to_owned(), figures }).into();
    let caption = format!("{}{hidden}", one.title);
    let table = Table { caption, columns, lines: one.lines.iter().map(cells).collect() };
    vec![heading, Block::Table(table)]
}

fn sheet_printed(sheet: &Sheet) -> Vec<Block> {
    let figure = |figure: &Option<u64>| figure.map_or_else(|| HIDDEN.to_owned(), |figure| figure.to_string());
    let hidden = sheet.lines.iter().any(|line| line.figures.contains(&None));
    let hidden =
        if hidden { format!("; {HIDDEN} stands for a figure that is not shown") } else { String::new() };
    let columns = sheet.columns.iter().map(|heading| Column { heading: heading.clone(), figures: true });
    let table = Table {
        caption: format!("Figures by {}{hidden}", sheet.about.to_lowercase()),
        columns: std::iter::once(Column { heading: sheet.about.clone(), figures: false })
            .chain(columns)
            .collect(),
        lines: sheet
            .lines
            .iter()
            .map(|line| std::iter::once(line.name.clone()).chain(line.figures.iter().map(figure)).collect())
            .collect(),
    };
    let mut blocks = vec![Block::Heading(Level::Part, sheet.title.clone()), Block::Table(table)];
    let bars = sheet.bars();
    if bars.iter().any(|(_, figure)| *figure > 0) {
        let words: Vec<String> = bars.iter().map(|(name, figure)| format!("{name}: {figure}")).collect();
        let says = format!("{}. {}.", sheet.title, words.join("; "));
        let bars = bars.into_iter().map(|(name, value)| Bar { name, value: Some(value) }).collect();
        blocks.push(Block::Chart(Chart { says, bars }));
    }
    blocks
}

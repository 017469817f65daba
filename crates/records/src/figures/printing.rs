//! A pack as a PDF for a bid: every table with its picture, what was left out, and how the figures were made.

use casework::dates;
use press::{Bar, Block, Chart, Column, Document, Level, Table};

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

//! A table as it is shown and saved.

use std::io::{Cursor, Write};

use matching::table::harmless;
use maud::{PreEscaped, html};
use serde::{Deserialize, Serialize};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::Error;

/// A line of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// What it is about.
    pub name: String,
    /// Its figures; none where a group is not broken down.
    pub figures: Vec<Option<u64>>,
}

/// A table of figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    /// What it shows.
    pub title: String,
    /// What its lines are about.
    pub about: String,
    /// The headings of its figures.
    pub columns: Vec<String>,
    /// Its lines; the last is the total.
    pub lines: Vec<Line>,
}

/// More bars than this are no picture: then each line has one bar, for all of it.
const MOST_BARS: usize = 40;

impl Sheet {
    /// What is drawn beside the table: each figure that is shown, without the totals.
    #[must_use]
    pub fn bars(&self) -> Vec<(String, u64)> {
        let lines: Vec<&Line> = self.lines.iter().filter(|line| line.name != "All").collect();
        let parts: Vec<(usize, &String)> =
            self.columns.iter().enumerate().filter(|(_, name)| *name != "All").collect();
        if parts.len() > 1 && parts.len() * lines.len() <= MOST_BARS {
            let cell = |line: &Line, (at, column): &(usize, &String)| {
                let figure = line.figures.get(*at).copied().flatten()?;
                Some((format!("{}, {column}", line.name), figure))
            };
            return lines.iter().flat_map(|line| parts.iter().filter_map(|part| cell(line, part))).collect();
        }
        let all = |line: &&Line| Some((line.name.clone(), line.figures.last().copied().flatten()?));
        lines.iter().filter_map(all).take(MOST_BARS).collect()
    }
}

/// How tables are saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Text, for any program.
    Csv,
    /// Excel (ECMA-376).
    Xlsx,
    /// OpenDocument (ISO 26300), what government asks for.
    Ods,
}

/// What stands in the place of a figure that is not shown.
pub(super) const HIDDEN: &str = "[c]";

impl Format {
    /// The format with this ending.
    #[must_use]
    pub fn read(ending: &str) -> Option<Format> {
        match ending {
            "csv" => Some(Format::Csv),
            "xlsx" => Some(Format::Xlsx),
            "ods" => Some(Format::Ods),
            _ => None,
        }
    }

    /// What browsers are told.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Format::Csv => "text/csv; charset=utf-8",
            Format::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Format::Ods => "application/vnd.oasis.opendocument.spreadsheet",
        }
    }

    /// Tables and the note on method, one after another.
    ///
    /// # Errors
    /// It could not be packed.
    pub fn write(self, sheets: &[Sheet], method: &[String]) -> Result<Vec<u8>, Error> {
        let rows = rows(sheets, method);
        match self {
            Format::Csv => Ok(csv(&rows).into_bytes()),
            Format::Xlsx => xlsx(&rows),
            Format::Ods => ods(&rows),
        }
    }
}

/// A cell of a file.
enum Cell {
    Text(String),
    Number(u64),
}

fn rows(sheets: &[Sheet], method: &[String]) -> Vec<Vec<Cell>> {
    let text = |text: &str| Cell::Text(text.to_owned());
    let mut rows = Vec::new();
    for sheet in sheets {
        rows.push(vec![text(&sheet.title)]);
        rows.push(
            std::iter::once(text(&sheet.about)).chain(sheet.columns.iter().map(|name| text(name))).collect(),
        );
        for line in &sheet.lines {
            let figures = line.figures.iter().map(|figure| figure.map_or_else(|| text(HIDDEN), Cell::Number));
            rows.push(std::iter::once(text(&line.name)).chain(figures).collect());
        }
        rows.push(Vec::new());
    }
    rows.extend(method.iter().map(|line| vec![text(line)]));
    rows
}

/// Lines of text as CSV (RFC 4180).
pub(crate) fn csv_line<'t>(cells: impl Iterator<Item = &'t str>) -> String {
    let cells: Vec<String> = cells
        .map(harmless)
        .map(|cell| {
            if cell.contains([',', '"', '\n', '\r']) {
                format!("\"{}\"", cell.replace('"', "\"\""))
            } else {
                cell.into_owned()
            }
        })
        .collect();
    format!("{}\r\n", cells.join(","))
}

fn csv(rows: &[Vec<Cell>]) -> String {
    let cell = |cell: &Cell| match cell {
        Cell::Text(text) => text.clone(),
        Cell::Number(number) => number.to_string(),
    };
    let line = |row: &Vec<Cell>| {
        let cells: Vec<String> = row.iter().map(cell).collect();
        csv_line(cells.iter().map(String::as_str))
    };
    rows.iter().map(line).collect()
}

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

fn xlsx(rows: &[Vec<Cell>]) -> Result<Vec<u8>, Error> {
    let sheet = html! {
        worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" { sheetData {
            @for row in rows { row { @for cell in row { @match cell {
                Cell::Text(text) => c t="inlineStr" { is { t { (text) } } },
                Cell::Number(number) => c { v { (number) } },
            } } } }
        } }
    };
    let workbook = PreEscaped(concat!(
        "<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\">",
        "<sheets><sheet name=\"Figures\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"
    ));
    let types = concat!(
        "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">",
        "<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>",
        "<Override PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/>",
        "<Override PartName=\"/xl/worksheets/sheet1.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/></Types>"
    );
    let relation = |kind: &str, target: &str| {
        format!(
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}\" Target=\"{target}\"/></Relationships>"
        )
    };
    zipped(&[
        ("[Content_Types].xml", &format!("{HEAD}{types}")),
        ("_rels/.rels", &format!("{HEAD}{}", relation("officeDocument", "xl/workbook.xml"))),
        ("xl/workbook.xml", &format!("{HEAD}{}", workbook.into_string())),
        ("xl/_rels/workbook.xml.rels", &format!("{HEAD}{}", relation("worksheet", "worksheets/sheet1.xml"))),
        ("xl/worksheets/sheet1.xml", &format!("{HEAD}{}", sheet.into_string())),
    ])
}

fn ods(rows: &[Vec<Cell>]) -> Result<Vec<u8>, Error> {
    let text = |text: &str| html! { (text) }.into_string();
    let mut table = String::new();
    for row in rows {
        table.push_str("<table:table-row>");
        for cell in row {
            match cell {
                Cell::Text(words) => table.push_str(&format!(
                    "<table:table-cell office:value-type=\"string\"><text:p>{}</text:p></table:table-cell>",
                    text(words)
                )),
                Cell::Number(number) => table.push_str(&format!(
                    "<table:table-cell office:value-type=\"float\" office:value=\"{number}\"><text:p>{number}</text:p></table:table-cell>"
                )),
            }
        }
        if row.is_empty() {
            table.push_str("<table:table-cell/>");
        }
        table.push_str("</table:table-row>");
    }
    let content = format!(
        "{HEAD}<office:document-content xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" office:version=\"1.3\"><office:body><office:spreadsheet><table:table table:name=\"Figures\">{table}</table:table></office:spreadsheet></office:body></office:document-content>"
    );
    let manifest = format!(
        "{HEAD}<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\" manifest:version=\"1.3\"><manifest:file-entry manifest:full-path=\"/\" manifest:version=\"1.3\" manifest:media-type=\"application/vnd.oasis.opendocument.spreadsheet\"/><manifest:file-entry manifest:full-path=\"content.xml\" manifest:media-type=\"text/xml\"/></manifest:manifest>"
    );
    // The type comes first and as it is, so that a program can tell what the file is.
    zipped(&[
        ("mimetype", Format::Ods.media_type()),
        ("content.xml", &content),
        ("META-INF/manifest.xml", &manifest),
    ])
}

fn zipped(files: &[(&str, &str)]) -> Result<Vec<u8>, Error> {
    let failed = |_| Error::Damaged("file of figures");
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, content) in files {
        zip.start_file(*name, options).map_err(failed)?;
        zip.write_all(content.as_bytes()).map_err(|_| Error::Damaged("file of figures"))?;
    }
    Ok(zip.finish().map_err(failed)?.into_inner())
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    fn sheet() -> Sheet {
        Sheet {
            title: "Starts, by \"ward\"".into(),
            about: "Ward".into(),
            columns: vec!["People".into()],
            lines: vec![
                Line { name: "=HYPERLINK(\"x\")".into(), figures: vec![Some(15)] },
                Line { name: "Quay & Mill <b>".into(), figures: vec![None] },
            ],
        }
    }

    #[test]
    fn no_cell_of_a_csv_file_is_a_formula_and_hidden_figures_are_marked() {
        let bytes = Format::Csv.write(&[sheet()], &["Rounded.".into()]).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.contains("\"'=HYPERLINK(\"\"x\"\")\",15\r\n"), "{text}");
        assert!(text.contains("Quay & Mill <b>,[c]\r\n") && text.ends_with("Rounded.\r\n"), "{text}");
    }

    #[test]
    fn spreadsheets_hold_the_same_words_and_numbers_escaped() {
        for (format, part) in [(Format::Xlsx, "xl/worksheets/sheet1.xml"), (Format::Ods, "content.xml")] {
            let bytes = format.write(&[sheet()], &[]).unwrap();
            let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
            let mut text = String::new();
            zip.by_name(part).unwrap().read_to_string(&mut text).unwrap();
            assert!(text.contains("Quay &amp; Mill &lt;b&gt;") && text.contains(">15<"), "{text}");
        }
    }
}

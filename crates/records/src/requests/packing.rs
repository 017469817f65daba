//! The copy that answers a request for access: a PDF and a page to read and print, the same as JSON and CSV, and the documents,
//! in one zip file. It is made in memory from the copy out of which everything was taken, and never stands on disk.

use std::collections::BTreeMap;
use std::io::{Cursor, Write};

use audit::Action;
use casework::redaction::REMOVED;
use casework::requests::Course;
use casework::{Fault, RequestId, dates};
use matching::table::harmless;
use maud::{DOCTYPE, Markup, html};
use serde_json::json;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::copy::{AccessCopy, CopyGroup, CopyPart, Gathered};
use super::marks::Reviewed;
use super::printing::printed;
use crate::documents::{DocumentText, hides};
use crate::sessions::Visit;
use crate::{Error, Opened, Service};

pub(super) const MAKE: Action = Action("make-copy");

/// A file to hand over, and what to call it.
#[derive(Debug)]
pub struct Download {
    /// Its name: the reference of the request, nobody's name.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl Service {
    /// The copy as it is handed over, to read and print: without everything that a second person agreed to take out.
    ///
    /// # Errors
    /// `Error::Faults` while it is not shown who asks, or a mark waits or no longer fits; or as for reading the copy.
    pub async fn access_page(&self, visit: &Visit, id: RequestId) -> Result<Opened<AccessCopy>, Error> {
        self.may_be_made(id).await?;
        let (gathered, entry) = self.gather_copy(visit, id, MAKE, false).await?;
        // What is wrong with a mark is told without anything of the copy.
        let mut failed = None;
        let copy = gathered.map(|gathered| match gathered.copy.clone().redacted() {
            Ok(copy) => copy,
            Err(error) => {
                failed = Some(error);
                gathered.copy
            }
        });
        match failed {
            Some(error) => Err(error),
            None => Ok(Opened::new(copy, entry)),
        }
    }

    /// The same as a zip file: a PDF, a page, JSON, CSV, and the documents that are not left out.
    ///
    /// # Errors
    /// As for the page.
    pub async fn access_pack(&self, visit: &Visit, id: RequestId) -> Result<Download, Error> {
        self.may_be_made(id).await?;
        let (gathered, entry) = self.gather_copy(visit, id, MAKE, true).await?;
        let packed = gathered.map(|Gathered { copy, files }| pack(copy.redacted()?, files));
        Opened::new(packed, entry).release().await?
    }

    /// Nothing is made for somebody who has not shown that they may ask.
    async fn may_be_made(&self, id: RequestId) -> Result<(), Error> {
        let (row, done) = self.find_request(id).await?;
        let course: Course = row.course(&done);
        if course.is_unseen() {
            let text = "It has not been shown who asks. Write down that it was, then make the copy";
            return Err(Error::Faults(vec![Fault::new("step", text)]));
        }
        Ok(())
    }
}

fn pack(mut copy: AccessCopy, files: Vec<(String, Vec<u8>)>) -> Result<Download, Error> {
    files.iter().for_each(|(part, bytes)| leave_nothing_behind(&mut copy, part, bytes));
    let mut named: BTreeMap<String, (String, Vec<u8>)> = BTreeMap::new();
    for (part, bytes) in files {
        // A document that was left out is left out: its part has no file any more.
        let Some((of, file)) =
            copy.parts.iter().find(|one| one.id == part).and_then(|one| Some((one, one.file.as_ref()?)))
        else {
            continue;
        };
        let name = of.lines.iter().find(|(label, _)| label == "File").map_or("document", |(_, name)| name);
        let (ending, bytes) = match &file.text {
            DocumentText::Lines { lines, pictures } if file.changed => {
                (".txt", text_left(of, lines, *pictures))
            }
            _ => ("", bytes),
        };
        let name = format!("documents/{:02}-{}{ending}", named.len() + 1, plain(name));
        named.insert(part, (name, bytes));
    }
    let file_of = |part: &CopyPart| named.get(&part.id).map(|(name, _)| name.clone());
    let page = whole_page(&copy, &file_of).into_string();
    let mut entries: Vec<(String, Vec<u8>)> = vec![
        ("copy.pdf".to_owned(), printed(&copy, &file_of)?),
        ("copy.html".to_owned(), page.into_bytes()),
        ("copy.json".to_owned(), as_json(&copy, &file_of).into_bytes()),
        ("copy.csv".to_owned(), as_csv(&copy).into_bytes()),
    ];
    entries.extend(named.into_values());
    Ok(Download { name: format!("{}.zip", copy.row.reference()), bytes: zipped(&entries)? })
}

/// A document in whose words nothing was taken out may still hold what was marked, unseen, such as the name of its author. Then its
/// words are handed over in its place, too.
fn leave_nothing_behind(copy: &mut AccessCopy, part: &str, bytes: &[u8]) {
    let agreed = copy.marks.iter().filter(|view| view.state == Reviewed::Agreed && view.mark.is_about(part));
    let words: Vec<&str> =
        agreed.map(|view| view.mark.words.trim()).filter(|words| !words.is_empty()).collect();
    let file = copy.parts.iter_mut().find(|one| one.id == part).and_then(|one| one.file.as_mut());
    let Some(file) = file.filter(|_| !words.is_empty()) else { return };
    let packed = bytes.starts_with(b"PK") && matches!(file.text, DocumentText::Lines { .. });
    file.changed |= packed && hides(bytes, &words);
}

/// What is left of a document out of which words were taken: its lines, and nothing else of the file.
fn text_left(part: &CopyPart, lines: &[String], pictures: usize) -> Vec<u8> {
    let mut text = format!("{}\r\n\r\n{TEXT_ALONE} {REMOVED}.\r\n", part.heading);
    if pictures > 0 {
        text.push_str(&format!("Not in it: {}.\r\n", dates::count(pictures as u64, "picture")));
    }
    text.push_str("\r\n");
    for line in lines {
        text.push_str(line);
        text.push_str("\r\n");
    }
    text.into_bytes()
}

/// A name that is a file's name everywhere.
fn plain(name: &str) -> String {
    let kept = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let name: String = name.chars().map(|c| if kept(c) { c } else { '-' }).take(80).collect();
    name.trim_start_matches(['.', '-']).to_owned()
}

pub(super) fn zipped(files: &[(String, Vec<u8>)]) -> Result<Vec<u8>, Error> {
    let failed = |_| Error::Damaged("pack");
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, content) in files {
        zip.start_file(name.as_str(), options).map_err(failed)?;
        zip.write_all(content).map_err(|_| Error::Damaged("pack"))?;
    }
    Ok(zip.finish().map_err(failed)?.into_inner())
}

/// A value in a table. What a spreadsheet would take for a formula is quoted as text.
pub(super) fn csv_cell(text: &str) -> String {
    format!("\"{}\"", harmless(text).replace('"', "\"\""))
}

fn as_csv(copy: &AccessCopy) -> String {
    let mut table = String::from("part,heading,day,what,value\r\n");
    for part in &copy.parts {
        for (label, text) in &part.lines {
            let day = part.day.map(|day| day.to_string()).unwrap_or_default();
            let cells = [part.group.code(), &part.heading, &day, label, text].map(csv_cell);
            table.push_str(&cells.join(","));
            table.push_str("\r\n");
        }
    }
    table
}

fn as_json(copy: &AccessCopy, file: &dyn Fn(&CopyPart) -> Option<String>) -> String {
    let part = |part: &CopyPart| {
        let lines: Vec<_> =
            part.lines.iter().map(|(label, text)| json!({ "what": label, "value": text })).collect();
        json!({
            "part": part.group.code(),
            "heading": part.heading,
            "day": part.day.map(|day| day.to_string()),
            "file": file(part),
            "lines": lines,
        })
    };
    let document = json!({
        "format": "kept-access-1",
        "reference": copy.row.reference(),
        "service": copy.service,
        "controller": copy.controller,
        "made": copy.day.to_string(),
        "removed": copy.removed,
        "parts": copy.parts.iter().map(part).collect::<Vec<_>>(),
    });
    format!("{document:#}\n")
}

/// What a copy is.
pub(super) const EVERYTHING: &str = "This is everything that we hold about you: what you told us, what we wrote, who got it and who looked at it. At the end we tell you what we use it for, how long we keep it and what else you can ask.";
/// What is said of a document of which only the words are handed over.
pub(super) const TEXT_ALONE: &str =
    "These are the words of the document, because something was taken out of it. It stood where you read";
/// What is said before and after the sign for what was taken out.
pub(super) const TAKEN_OUT: (&str, &str) = (
    "Where you read ",
    ", we took something out because it is about somebody else or because a law asks for it. Two people looked at each. You can complain about it: see the end.",
);

/// What a copy is called.
pub(super) fn title_of(copy: &AccessCopy) -> String {
    format!("What {} holds about you", copy.service)
}

/// When a copy was made, and what for.
pub(super) fn made_on(copy: &AccessCopy) -> String {
    let (made, asked) = (dates::long(copy.day), dates::long(copy.row.received));
    format!("Made on {made} for your request {} of {asked}.", copy.row.reference())
}

/// The copy as a page of its own.
fn whole_page(copy: &AccessCopy, file: &dyn Fn(&CopyPart) -> Option<String>) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en-GB" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title_of(copy)) }
            }
            body { main { (copy_markup(copy, file)) } }
        }
    }
}

/// The copy as markup: for its own page, and for the one of the service from which it is printed.
#[must_use]
pub fn copy_markup(copy: &AccessCopy, file: &dyn Fn(&CopyPart) -> Option<String>) -> Markup {
    let groups: Vec<CopyGroup> = CopyGroup::ALL
        .into_iter()
        .filter(|group| copy.parts.iter().any(|part| part.group == *group))
        .collect();
    html! {
        h1 { (title_of(copy)) }
        p { (made_on(copy)) }
        p { (EVERYTHING) }
        @if copy.removed > 0 {
            p { (TAKEN_OUT.0) b { (REMOVED) } (TAKEN_OUT.1) }
        }
        nav aria-label="Contents" { ul class="govuk-list govuk-list--spaced" { @for group in &groups { li { a.govuk-link href={ "#" (group.code()) } { (group.words()) } } } } }
        @for group in &groups {
            section aria-labelledby=(group.code()) {
                h2 #(group.code()) { (group.words()) }
                @for part in copy.parts.iter().filter(|part| part.group == *group) {
                    h3 { (part.heading) @if let Some(day) = part.day { ", " (dates::long(day)) } }
                    @if let Some(name) = file(part) { p { (beside(part)) ": " (name) } }
                    (lines(part))
                }
            }
        }
        p { (copy.controller) }
    }
}

/// How the file of a part is handed over.
pub(super) fn beside(part: &CopyPart) -> &'static str {
    match &part.file {
        Some(file) if file.changed => "Its words, without what was taken out, come with this copy",
        _ => "The file comes with this copy",
    }
}

fn lines(part: &CopyPart) -> Markup {
    html! {
        @if part.lines.iter().all(|(label, _)| label.is_empty()) {
            @for (_, text) in &part.lines { (paragraphs(text)) }
        } @else {
            dl { @for (label, text) in &part.lines { dt { (label) } dd { (paragraphs(text)) } } }
        }
    }
}

fn paragraphs(text: &str) -> Markup {
    html! { @for line in text.lines() { p { (line) } } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_cells_do_no_harm() {
        assert_eq!(plain("../../etc/passwd"), "etc-passwd");
        assert_eq!(plain("Lebenslauf Ä (neu).pdf"), "Lebenslauf----neu-.pdf");
        assert_eq!(csv_cell("=1+1"), "\"'=1+1\"");
        assert_eq!(csv_cell("say \"yes\""), "\"say \"\"yes\"\"\"");
    }
}

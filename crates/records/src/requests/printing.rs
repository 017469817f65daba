//! The copy as a PDF to read, to print and to listen to: the same lines as its page, after everything was taken out.

use casework::dates;
use casework::redaction::REMOVED;
use press::{Block, Document, Level, Span, Text};

use super::copy::{AccessCopy, CopyGroup, CopyPart};
use super::packing::{EVERYTHING, TAKEN_OUT, beside, made_on, title_of};
use crate::Error;

/// Prints a copy out of which everything was taken already.
pub(super) fn printed(
    copy: &AccessCopy,
    file: &dyn Fn(&CopyPart) -> Option<String>,
) -> Result<Vec<u8>, Error> {
    let mut blocks = vec![Block::Paragraph(made_on(copy).into()), Block::Paragraph(EVERYTHING.into())];
    if copy.removed > 0 {
        let (before, after) = TAKEN_OUT;
        blocks.push(Block::Paragraph(Text(vec![
            Span::Plain(before.to_owned()),
            Span::Strong(REMOVED.to_owned()),
            Span::Plain(after.to_owned()),
        ])));
    }
    blocks.push(Block::Contents);
    for group in CopyGroup::ALL {
        let parts: Vec<&CopyPart> = copy.parts.iter().filter(|part| part.group == group).collect();
        if !parts.is_empty() {
            blocks.push(Block::Heading(Level::Part, group.words().to_owned()));
        }
        parts.iter().for_each(|part| blocks.extend(part_printed(part, file(part))));
    }
    blocks.push(Block::Paragraph(copy.controller.as_str().into()));
    let document = Document {
        title: title_of(copy),
        from: copy.service.clone(),
        foot: format!(
            "Copy for request {}. Contains personal data: for the person only.",
            copy.row.reference()
        ),
        made: copy.day,
        blocks,
    };
    press::pdf(&document).map_err(Error::from)
}

fn part_printed(part: &CopyPart, file: Option<String>) -> Vec<Block> {
    let day = part.day.map(|day| format!(", {}", dates::long(day))).unwrap_or_default();
    let mut blocks = vec![Block::Heading(Level::Section, format!("{}{day}", part.heading))];
    if let Some(name) = file {
        blocks.push(Block::Paragraph(format!("{}: {name}", beside(part)).into()));
    }
    if part.lines.iter().all(|(label, _)| label.is_empty()) {
        blocks.extend(part.lines.iter().flat_map(|(_, text)| paragraphs(text)).map(Block::Paragraph));
    } else {
        let term = |label: &str| if label.is_empty() { "Text".to_owned() } else { label.to_owned() };
        let facts = part.lines.iter().map(|(label, text)| (term(label), paragraphs(text).collect()));
        blocks.push(Block::Facts(facts.collect()));
    }
    blocks
}

fn paragraphs(text: &str) -> impl Iterator<Item = Text> {
    text.lines().filter(|line| !line.trim().is_empty()).map(Text::from)
}

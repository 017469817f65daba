//! Plain text: for a letter, an e-mail, a terminal or a reader that speaks.

use super::document::{Block, Document, Fact, Line, Part, Span};

/// The longest line.
pub(super) const WIDTH: usize = 78;

pub(super) fn write(document: &Document) -> String {
    let mut text = String::new();
    heading(&mut text, &document.title, Some('='));
    document.opening.iter().for_each(|block| write_block(&mut text, block));
    for part in &document.parts {
        write_part(&mut text, part, 2);
    }
    text
}

fn write_part(text: &mut String, part: &Part, level: usize) {
    text.push('\n');
    match level {
        2 => heading(text, &part.heading, Some('-')),
        _ => heading(text, &part.heading, None),
    }
    part.blocks.iter().for_each(|block| write_block(text, block));
    part.parts.iter().for_each(|part| write_part(text, part, level + 1));
}

/// A heading with a line of `under` below, or in capitals' stead a line that ends with a colon.
fn heading(text: &mut String, words: &str, under: Option<char>) {
    let lines = wrapped(&clean(words), "", "");
    let longest = lines.lines().map(|line| line.chars().count()).max().unwrap_or_default();
    text.push_str(&lines);
    match under {
        Some(c) => text.push_str(&format!("{}\n", c.to_string().repeat(longest))),
        None => text.push_str(&format!("{}\n", "\u{b7}".repeat(longest.min(WIDTH)))),
    }
}

fn write_block(text: &mut String, block: &Block) {
    text.push('\n');
    match block {
        Block::Paragraph(words) => text.push_str(&wrapped(&line(words), "", "")),
        Block::List(items) => {
            items.iter().for_each(|item| text.push_str(&wrapped(&line(item), "  * ", "    ")))
        }
        Block::Facts(facts) => facts.iter().for_each(|fact| write_fact(text, fact)),
        Block::Table(table) => {
            text.push_str(&wrapped(&clean(&table.caption), "", ""));
            for row in &table.rows {
                text.push('\n');
                for (index, cell) in row.iter().enumerate() {
                    let lines: Vec<String> = cell.iter().map(line).collect();
                    let name = table.head.get(index).map_or("", String::as_str);
                    match index {
                        0 => text.push_str(&wrapped(&lines.join("; "), "  ", "  ")),
                        _ => text.push_str(&wrapped(
                            &format!("{name}: {}", lines.join("; ")),
                            "    ",
                            "      ",
                        )),
                    }
                }
            }
        }
    }
}

fn write_fact(text: &mut String, fact: &Fact) {
    let colon = if fact.name.ends_with('?') { "" } else { ":" };
    text.push_str(&wrapped(&format!("{}{colon}", clean(&fact.name)), "  ", "  "));
    fact.lines.iter().for_each(|words| text.push_str(&wrapped(&line(words), "      ", "      ")));
}

fn line(line: &Line) -> String {
    let spans = line.0.iter().map(|span| match span {
        Span::Words(words) | Span::Link { words, .. } => clean(words),
    });
    spans.collect()
}

/// Without characters that would drive a terminal.
fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// The words on lines that are no longer than the width, if no word is.
fn wrapped(words: &str, first: &str, rest: &str) -> String {
    let mut lines = String::new();
    let mut current = first.to_owned();
    let mut empty = true;
    for word in words.split_whitespace() {
        let longer = current.chars().count() + usize::from(!empty) + word.chars().count();
        if !empty && longer > WIDTH {
            lines.push_str(&current);
            lines.push('\n');
            rest.clone_into(&mut current);
            empty = true;
        }
        if !empty {
            current.push(' ');
        }
        current.push_str(word);
        empty = false;
    }
    lines.push_str(&current);
    lines.push('\n');
    lines
}

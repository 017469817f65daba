//! Markdown, as CommonMark reads it, with the tables of GitHub. Nothing that a notice says becomes markup.

use super::document::{Block, Document, Line, Part, Span};

pub(super) fn write(document: &Document) -> String {
    let mut markdown = format!("# {}\n", escape(&document.title));
    document.opening.iter().for_each(|block| write_block(&mut markdown, block));
    document.parts.iter().for_each(|part| write_part(&mut markdown, part, 2));
    markdown
}

fn write_part(markdown: &mut String, part: &Part, level: usize) {
    *markdown += &format!("\n{} {}\n", "#".repeat(level.min(6)), escape(&part.heading));
    part.blocks.iter().for_each(|block| write_block(markdown, block));
    part.parts.iter().for_each(|part| write_part(markdown, part, level + 1));
}

fn write_block(markdown: &mut String, block: &Block) {
    markdown.push('\n');
    match block {
        Block::Paragraph(words) => *markdown += &format!("{}\n", line(words)),
        Block::List(items) => items.iter().for_each(|item| *markdown += &format!("- {}\n", line(item))),
        Block::Facts(facts) => {
            for fact in facts {
                let lines: Vec<String> = fact.lines.iter().map(line).collect();
                *markdown += &format!("- **{}** {}\n", escape(&named(&fact.name)), lines.join("  \n  "));
            }
        }
        Block::Table(table) => {
            *markdown += &format!("{}\n\n", escape(&table.caption));
            let head: Vec<String> = table.head.iter().map(|name| escape(name)).collect();
            *markdown += &format!("| {} |\n", head.join(" | "));
            *markdown += &format!("|{}\n", " --- |".repeat(head.len()));
            for row in &table.rows {
                let cells: Vec<String> = row.iter().map(|cell| lines(cell)).collect();
                *markdown += &format!("| {} |\n", cells.join(" | "));
            }
        }
    }
}

fn named(name: &str) -> String {
    if name.ends_with('?') { name.to_owned() } else { format!("{name}:") }
}

fn lines(lines: &[Line]) -> String {
    let lines: Vec<String> = lines.iter().map(line).collect();
    lines.join("<br>")
}

fn line(line: &Line) -> String {
    let spans = line.0.iter().map(|span| match span {
        Span::Words(words) => escape(words),
        Span::Link { words, to } => format!("[{}](<{}>)", escape(words), address(to)),
    });
    spans.collect()
}

/// An address between angle brackets: without any, and without spaces or ends of lines.
fn address(to: &str) -> String {
    to.chars().filter(|c| !matches!(c, '<' | '>' | '\\') && !c.is_whitespace() && !c.is_control()).collect()
}

/// Text whose punctuation stays punctuation. One line: what parts lines would end a paragraph or a cell.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for (index, c) in text.char_indices() {
        match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '~' => {
                escaped.push('\\');
                escaped.push(c);
            }
            '&' => escaped.push_str("&amp;"),
            '#' | '+' | '-' | '=' | '!' if index == 0 => {
                escaped.push('\\');
                escaped.push(c);
            }
            '.' | ')' if index > 0 && text.get(..index).is_some_and(is_number) => {
                escaped.push('\\');
                escaped.push(c);
            }
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

/// Whether a text so far would begin a numbered list with the next full stop.
fn is_number(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_digit())
}

//! HTML: an article for a page. Everything that a notice says is escaped; ids are made of ASCII letters alone.

use super::document::{Block, Document, Fact, Line, Part, Span, Table};

/// The document as an article, with its own `h1` and a list of contents.
pub(super) fn article(document: &Document) -> String {
    let mut html = String::new();
    html += &format!("<article class=\"app-document\" lang=\"{}\">\n", escape(&document.language));
    html += &format!("<h1 class=\"govuk-heading-xl\">{}</h1>\n", escape(&document.title));
    document.opening.iter().for_each(|block| write_block(&mut html, block));
    contents(&mut html, document);
    document.parts.iter().for_each(|part| write_part(&mut html, part, 2));
    html += "</article>\n";
    html
}

fn contents(html: &mut String, document: &Document) {
    if document.parts.is_empty() {
        return;
    }
    *html +=
        "<nav class=\"app-contents\" aria-label=\"Contents\">\n<h2 class=\"govuk-heading-m\">Contents</h2>\n";
    *html += "<ol class=\"govuk-list govuk-list--number\">\n";
    for part in &document.parts {
        let (id, heading) = (escape(&part.id), escape(&part.heading));
        *html += &format!("<li><a class=\"govuk-link\" href=\"#{id}\">{heading}</a></li>\n");
    }
    *html += "</ol>\n</nav>\n";
}

fn write_part(html: &mut String, part: &Part, level: usize) {
    let size = match level {
        2 => "l",
        3 => "m",
        _ => "s",
    };
    let level = level.min(6);
    let (id, heading) = (escape(&part.id), escape(&part.heading));
    *html += "<section>\n";
    *html += &format!("<h{level} class=\"govuk-heading-{size}\" id=\"{id}\">{heading}</h{level}>\n");
    part.blocks.iter().for_each(|block| write_block(html, block));
    part.parts.iter().for_each(|part| write_part(html, part, level + 1));
    *html += "</section>\n";
}

fn write_block(html: &mut String, block: &Block) {
    match block {
        Block::Paragraph(words) => *html += &format!("<p class=\"govuk-body\">{}</p>\n", line(words)),
        Block::List(items) => {
            *html += "<ul class=\"govuk-list govuk-list--bullet\">\n";
            items.iter().for_each(|item| *html += &format!("<li>{}</li>\n", line(item)));
            *html += "</ul>\n";
        }
        Block::Facts(facts) => write_facts(html, facts),
        Block::Table(table) => write_table(html, table),
    }
}

fn write_facts(html: &mut String, facts: &[Fact]) {
    *html += "<dl class=\"govuk-summary-list\">\n";
    for fact in facts {
        *html += "<div class=\"govuk-summary-list__row\">\n";
        *html += &format!("<dt class=\"govuk-summary-list__key\">{}</dt>\n", escape(&fact.name));
        *html += &format!("<dd class=\"govuk-summary-list__value\">{}</dd>\n</div>\n", lines(&fact.lines));
    }
    *html += "</dl>\n";
}

/// A table, in a part of the page that scrolls by itself where the page is narrow.
fn write_table(html: &mut String, table: &Table) {
    let caption = escape(&table.caption);
    *html += &format!("<div class=\"app-scroll\" role=\"region\" aria-label=\"{caption}\" tabindex=\"0\">\n");
    *html += "<table class=\"govuk-table\">\n";
    *html +=
        &format!("<caption class=\"govuk-table__caption govuk-table__caption--s\">{caption}</caption>\n");
    *html += "<thead class=\"govuk-table__head\"><tr class=\"govuk-table__row\">\n";
    for name in &table.head {
        *html += &format!("<th scope=\"col\" class=\"govuk-table__header\">{}</th>\n", escape(name));
    }
    *html += "</tr></thead>\n<tbody class=\"govuk-table__body\">\n";
    for row in &table.rows {
        *html += "<tr class=\"govuk-table__row\">\n";
        for (index, cell) in row.iter().enumerate() {
            *html += &match index {
                0 => format!("<th scope=\"row\" class=\"govuk-table__header\">{}</th>\n", lines(cell)),
                _ => format!("<td class=\"govuk-table__cell\">{}</td>\n", lines(cell)),
            };
        }
        *html += "</tr>\n";
    }
    *html += "</tbody>\n</table>\n</div>\n";
}

fn lines(lines: &[Line]) -> String {
    let lines: Vec<String> = lines.iter().map(line).collect();
    lines.join("<br>\n")
}

fn line(line: &Line) -> String {
    let spans = line.0.iter().map(|span| match span {
        Span::Words(words) => escape(words),
        Span::Link { words, to } => {
            format!("<a class=\"govuk-link\" href=\"{}\">{}</a>", escape(to), escape(words))
        }
    });
    spans.collect()
}

/// Text for HTML and SVG, in and out of attributes. Characters that neither can hold are left out.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c if c.is_control() && !matches!(c, '\n' | '\t') => {}
            c => escaped.push(c),
        }
    }
    escaped
}

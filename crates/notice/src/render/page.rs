//! A page that stands by itself: the article, its picture and a stylesheet, in one file without any other.

use crate::flow;
use crate::model::Notice;

use super::document::Document;
use super::html::{self, escape};

/// The look of the page. It stands in the file, so that the page can be saved and printed; the pages of Kept itself
/// have a stylesheet of their own and take the article alone.
const STYLE: &str = include_str!("page.css");

pub(super) fn of_document(document: &Document) -> String {
    whole(document, &html::article(document))
}

/// The notice with the picture of where data goes; the document has the same facts as a table.
pub(super) fn of_notice(notice: &Notice) -> String {
    let document = super::document(notice);
    // Where the page is narrow the picture scrolls by itself, also by keyboard.
    let picture = format!(
        "<figure class=\"flow-figure\" tabindex=\"0\" aria-label=\"Picture: where your data goes\">\n{}</figure>\n",
        flow::svg(notice)
    );
    let article = html::article(&document);
    // The picture stands above the list of contents, where people look first.
    let article = match article.split_once("<nav class=\"app-contents\"") {
        Some((before, after)) => format!("{before}{picture}<nav class=\"app-contents\"{after}"),
        None => article,
    };
    whole(&document, &article)
}

fn whole(document: &Document, article: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n{article}</main>\n</body>\n</html>\n",
        language = escape(&document.language),
        title = escape(&document.title),
    )
}

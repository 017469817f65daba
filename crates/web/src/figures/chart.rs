//! A table of figures as bars, in SVG with presentation attributes only. The table beside it says the same.

use maud::{Markup, html};
use records::figures::Sheet;

/// Narrow, so that its words are read on a telephone, too: names stand above their bars.
const WIDTH: u64 = 400;
const LINE: u64 = 42;
const BAR: u64 = 14;
/// Of the longest bar; its figure stands behind it.
const ROOM: u64 = 340;
/// A longer name is cut; the table has it whole.
const LONGEST: usize = 52;

/// The bars of a table; nothing where there is nothing to draw.
pub(super) fn bars(id: &str, sheet: &Sheet) -> Markup {
    let drawn = sheet.bars();
    let most = drawn.iter().map(|(_, figure)| *figure).max().unwrap_or(0);
    if most == 0 {
        return html! {};
    }
    let height = drawn.len() as u64 * LINE + 8;
    let (title, text) = (format!("{id}-picture"), format!("{id}-picture-text"));
    let words: Vec<String> = drawn.iter().map(|(name, figure)| format!("{name}: {figure}")).collect();
    html! { div.app-flow.app-bars {
        svg xmlns="http://www.w3.org/2000/svg" viewBox={ "0 0 " (WIDTH) " " (height) } role="img" aria-labelledby={ (title) " " (text) } {
            title #(title) { (sheet.title) }
            desc #(text) { (words.join("; ")) "." }
            @for (at, (name, figure)) in drawn.iter().enumerate() {
                @let y = at as u64 * LINE + 4;
                @let long = figure * ROOM / most;
                text x="0" y=(y + 13) font-size="14" fill="currentColor" { (cut(name)) }
                rect x="0" y=(y + 19) width=(long) height=(BAR) rx="2" fill="currentColor" class="app-bar" {}
                text x=(long + 6) y=(y + 31) font-size="14" fill="currentColor" { (figure) }
            }
        }
    } }
}

fn cut(name: &str) -> String {
    match name.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}\u{2026}", name.get(..end).unwrap_or_default().trim_end()),
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use records::figures::Line;

    use super::*;

    fn sheet(columns: &[&str], lines: &[(&str, &[Option<u64>])]) -> Sheet {
        Sheet {
            title: "Starts <by> age".into(),
            about: "Age".into(),
            columns: columns.iter().map(|name| (*name).to_owned()).collect(),
            lines: lines
                .iter()
                .map(|(name, figures)| Line { name: (*name).to_owned(), figures: figures.to_vec() })
                .collect(),
        }
    }

    #[test]
    fn a_picture_says_what_its_table_says_and_hides_what_it_hides() {
        let one =
            sheet(&["People"], &[("Under 18", &[Some(15)]), ("65 and over", &[None]), ("All", &[Some(20)])]);
        let text = bars("t", &one).into_string();
        assert!(
            text.contains("Under 18: 15.") && !text.contains("65 and over") && !text.contains("All"),
            "{text}"
        );
        assert!(text.contains("Starts &lt;by&gt; age") && !text.contains("style"), "{text}");
        let two = sheet(&["Yes", "No", "All"], &[("Under 18", &[Some(5), None, Some(15)])]);
        assert_eq!(two.bars(), [("Under 18, Yes".to_owned(), 5)]);
        assert_eq!(bars("t", &sheet(&["People"], &[("A", &[Some(0)])])).into_string(), "");
    }
}

//! What others read in a printed document: poppler, as text and as structure.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::io::Write as _;
use std::process::Command;

use jiff::civil::date;
use press::{Bar, Block, Chart, Column, Document, Level, Span, Table, Text};
use proptest::prelude::*;

fn document(blocks: Vec<Block>) -> Document {
    Document {
        title: "What Harbour holds about you".to_owned(),
        from: "Harbour Employment Service".to_owned(),
        foot: "For the person only.".to_owned(),
        made: date(2026, 3, 3),
        blocks,
    }
}

/// What a program of poppler-utils says about a file.
fn asked(program: &str, options: &[&str], bytes: &[u8]) -> String {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    let mut command = Command::new(program);
    command.args(options).arg(file.path());
    if program == "pdftotext" {
        command.arg("-");
    }
    let said = command.output().unwrap_or_else(|error| panic!("{program}: {error}: install poppler-utils"));
    assert!(said.status.success(), "{program} refuses the file");
    String::from_utf8(said.stdout).unwrap()
}

fn text(blocks: Vec<Block>) -> String {
    asked("pdftotext", &["-raw"], &press::pdf(&document(blocks)).unwrap())
}

fn table(lines: usize) -> Table {
    let column = |heading: &str, figures| Column { heading: heading.to_owned(), figures };
    Table {
        caption: "People by ward".to_owned(),
        columns: vec![column("Ward", false), column("People", true)],
        lines: (0..lines).map(|at| vec![format!("Ward {at}"), (at * 5).to_string()]).collect(),
    }
}

#[test]
fn the_structure_says_what_everything_is() {
    let bytes = press::pdf(&document(vec![
        Block::Contents,
        Block::Heading(Level::Part, "Who you are".to_owned()),
        Block::Paragraph(Text(vec![
            Span::Plain("Complain to ".to_owned()),
            Span::Link { words: "the ICO".to_owned(), address: "https://ico.org.uk/".to_owned() },
        ])),
        Block::List(vec!["One point".into()]),
        Block::Facts(vec![("Name".to_owned(), vec!["Zephyr".into()])]),
        Block::Heading(Level::Section, "Figures".to_owned()),
        Block::Table(table(2)),
        Block::Chart(Chart {
            says: "Ward 1: 5.".to_owned(),
            bars: vec![
                Bar { name: "Ward 1".to_owned(), value: Some(5) },
                Bar { name: "Ward 2".to_owned(), value: None },
            ],
        }),
    ]))
    .unwrap();
    let tree = asked("pdfinfo", &["-struct-text"], &bytes);
    let mut after = tree.as_str();
    for part in [
        "Document",
        "H1",
        "What Harbour holds about you",
        "TOC",
        "TOCI",
        "Reference",
        "Link",
        "H2",
        "Who you are",
        "P",
        "Complain to",
        "Link",
        "the ICO",
        "L",
        "LI",
        "Lbl",
        "LBody",
        "One point",
        "L",
        "LI",
        "Lbl",
        "Name",
        "LBody",
        "Zephyr",
        "H3",
        "Figures",
        "Table",
        "Caption",
        "People by ward",
        "THead",
        "TR",
        "TH",
        "Ward",
        "TH",
        "People",
        "TBody",
        "TR",
        "TH",
        "Ward 0",
        "TD",
        "0",
        "Figure",
    ] {
        let at =
            after.find(part).unwrap_or_else(|| panic!("{part} is missing, or not in its place:\n{tree}"));
        after = &after[at + part.len()..];
    }
    let whole = asked("pdfinfo", &["-struct"], &bytes);
    assert!(
        whole.contains("Column") && whole.contains("Row"),
        "heads say what they are the heads of:\n{whole}"
    );
    assert!(
        !tree.contains("Page 1 of") && !tree.contains("For the person only"),
        "the frame is not read out:\n{tree}"
    );
    let about = asked("pdfinfo", &[], &bytes);
    for line in ["Tagged:          yes", "Title:           What Harbour holds about you", "(A4)"] {
        assert!(about.contains(line), "{about}");
    }
    let about = asked("pdfinfo", &["-meta"], &bytes);
    assert!(about.contains("<pdfuaid:part>1</pdfuaid:part>"), "{about}");
    assert!(about.contains("<pdfaid:part>2</pdfaid:part>"), "{about}");
    let fonts = asked("pdffonts", &[], &bytes);
    let lines: Vec<&str> = fonts.lines().skip(2).collect();
    assert_eq!(lines.len(), 2, "{fonts}");
    assert!(
        lines.iter().all(|line| line.contains("yes yes yes")),
        "inside, a part of it, with its text:\n{fonts}"
    );
}

#[test]
fn a_long_table_repeats_its_heads_on_each_page_and_says_them_once() {
    let bytes = press::pdf(&document(vec![Block::Table(table(200))])).unwrap();
    let pages = asked("pdftotext", &["-layout"], &bytes);
    let pages: Vec<&str> = pages.split('\u{c}').filter(|page| !page.is_empty()).collect();
    assert!(pages.len() > 3);
    for (at, page) in pages.iter().enumerate() {
        assert_eq!(page.matches("People\n").count(), 1, "page {at}: {page}");
        assert!(page.contains(&format!("Page {} of {}", at + 1, pages.len())), "{page}");
    }
    let tree = asked("pdfinfo", &["-struct-text"], &bytes);
    assert_eq!(tree.matches("\"People\"").count(), 1);
    for line in 0..200 {
        assert!(tree.contains(&format!("\"Ward {line}\"")), "line {line}");
    }
}

#[test]
fn a_table_that_is_too_wide_goes_on_below() {
    let columns = (0..30).map(|at| Column { heading: format!("Column{at}"), figures: at > 0 }).collect();
    let lines = vec![(0..30).map(|at| format!("cell{at}")).collect()];
    let said = text(vec![Block::Table(Table { caption: "Wide".to_owned(), columns, lines })]);
    for at in 0..30 {
        assert!(said.contains(&format!("cell{at}")) && said.contains(&format!("Column{at}")), "{said}");
    }
    assert!(said.contains("(further columns)"));
}

#[test]
fn nothing_at_all_is_a_document_too() {
    let empty = Table { caption: String::new(), columns: Vec::new(), lines: vec![Vec::new()] };
    let blocks = vec![
        Block::Heading(Level::Part, String::new()),
        Block::Paragraph(Text::default()),
        Block::List(vec![Text::default()]),
        Block::Facts(vec![(String::new(), Vec::new())]),
        Block::Contents,
        Block::Table(empty),
        Block::Chart(Chart { says: String::new(), bars: vec![Bar { name: String::new(), value: Some(0) }] }),
    ];
    let nothing = Document {
        title: String::new(),
        from: String::new(),
        foot: String::new(),
        made: date(2026, 3, 3),
        blocks,
    };
    assert!(press::pdf(&nothing).unwrap().starts_with(b"%PDF-1.7"));
}

#[test]
fn what_the_font_lacks_is_seen_as_a_box_and_read_as_it_is() {
    let said = text(vec![Block::Paragraph(
        "Ναι, да, naïve, Nguyễn, e\u{301}te\u{301}, 山田 שלום 👩\u{200d}💻.".into(),
    )]);
    for word in ["Ναι", "да", "naïve", "Nguyễn", "été", "山田", "👩"] {
        assert!(said.contains(word), "{word}: {said}");
    }
    assert!(text(vec![Block::Paragraph("a\u{0}b\u{e000}c".into())]).contains("a□b□c"));
}

#[test]
fn a_hundred_thousand_characters_without_a_space_are_all_there() {
    let word: String = ('a'..='z').cycle().take(100_000).collect();
    let facts = vec![("Text".to_owned(), vec![word.as_str().into()])];
    let said: String = text(vec![Block::Facts(facts)]);
    // The first line of the facts has their term before it.
    let lines = said.lines().map(|line| line.strip_prefix("Text ").unwrap_or(line));
    let letters: usize = lines.filter(|line| !line.contains(' ') && line.len() > 30).map(str::len).sum();
    assert_eq!(letters, word.len());
}

/// What poppler gives back for a character, whatever its order: right-to-left words are turned round by it.
fn letters(text: &str) -> Vec<char> {
    let mut letters: Vec<char> = text.chars().filter(|c| c.is_alphanumeric() && !c.is_whitespace()).collect();
    letters.sort_unstable();
    letters
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn any_text_makes_a_document(
        words in prop::collection::vec(any::<String>(), 0..6),
        heading in any::<String>(),
        term in "\\PC{0,300}",
    ) {
        let texts: Vec<Text> = words.iter().map(|word| word.as_str().into()).collect();
        let cells = words.iter().map(|word| vec![word.clone(), heading.clone()]).collect();
        let columns = vec![
            Column { heading: heading.clone(), figures: false },
            Column { heading: term.clone(), figures: true },
        ];
        let made = press::pdf(&document(vec![
            Block::Heading(Level::Part, heading.clone()),
            Block::Contents,
            Block::Facts(vec![(term.clone(), texts.clone())]),
            Block::List(texts),
            Block::Table(Table { caption: heading.clone(), columns, lines: cells }),
            Block::Chart(Chart { says: heading, bars: vec![Bar { name: term, value: Some(3) }] }),
        ]));
        prop_assert!(made.is_ok(), "{:?}", made.err());
    }

    #[test]
    fn no_letter_is_lost(words in "[a-zA-Z0-9 àéîøßþŁőňΑ-ΡΣ-Ωά-ώА-Яа-яґїў\u{4e00}-\u{4e20}\u{301}.,;()\n-]{0,400}") {
        use unicode_normalization::UnicodeNormalization as _;
        let frame = letters(&text(Vec::new()));
        let said = letters(&text(vec![Block::Paragraph(words.as_str().into())]).nfc().collect::<String>());
        let mut expected: Vec<char> = letters(&words.nfc().collect::<String>());
        expected.extend(frame);
        expected.sort_unstable();
        prop_assert_eq!(said, expected);
    }
}

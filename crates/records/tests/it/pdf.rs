//! What a printed document holds anywhere, as a foreign reader finds it and as its bytes have it.

use std::io::{Read as _, Write as _};
use std::process::Command;

/// What poppler extracts, and every string of the file itself: names of headings, alternative texts, metadata.
pub(crate) fn everything(bytes: &[u8]) -> String {
    assert!(bytes.starts_with(b"%PDF-1.7"));
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    let read = Command::new("pdftotext").args(["-raw", "-q"]).arg(file.path()).arg("-").output();
    let read = read.unwrap_or_else(|error| panic!("pdftotext: {error}: install poppler-utils"));
    assert!(read.status.success(), "a foreign reader refuses the file");
    let text = String::from_utf8(read.stdout).unwrap();
    // Lines are broken anew on pages.
    let words: Vec<&str> = text.split_whitespace().collect();
    format!("{}\n{}", words.join(" "), strings(bytes))
}

/// Whatever stands between streams, and every stream that is text once it is inflated: fonts are none.
fn strings(bytes: &[u8]) -> String {
    let find = |from: usize, what: &[u8]| {
        bytes[from..].windows(what.len()).position(|found| found == what).map(|at| from + at)
    };
    let (mut said, mut from) = (Vec::new(), 0);
    while let Some(begin) = find(from, b"stream\n").map(|at| at + b"stream\n".len()) {
        let end = find(begin, b"endstream").unwrap();
        said.extend_from_slice(&bytes[from..begin]);
        let mut inflated = Vec::new();
        let stream = &bytes[begin..end];
        if flate2::read::ZlibDecoder::new(stream).read_to_end(&mut inflated).is_err() {
            inflated = stream.to_vec();
        }
        if std::str::from_utf8(&inflated).is_ok() {
            said.extend_from_slice(&inflated);
        }
        from = end + b"endstream".len();
    }
    said.extend_from_slice(&bytes[from..]);
    // UTF-16 as it is, and written as hexadecimal digits, without its upper bytes.
    let text = String::from_utf8_lossy(&said).replace('\0', "");
    let hex: Vec<String> = text
        .split('<')
        .filter_map(|rest| hex::decode(rest.split('>').next()?).ok())
        .map(|bytes| String::from_utf8_lossy(&bytes).replace('\0', ""))
        .collect();
    format!("{text}\n{}", hex.join("\n"))
}

#[test]
fn a_word_is_found_wherever_it_stands() {
    let table = press::Table {
        caption: "Quillfeather".to_owned(),
        columns: vec![press::Column { heading: "What".to_owned(), figures: false }],
        lines: vec![vec!["Zephyr".to_owned()]],
    };
    let chart = press::Chart { says: "Marker Ōne".to_owned(), bars: Vec::new() };
    let chart = press::Chart { bars: vec![press::Bar { name: "Bar".to_owned(), value: Some(1) }], ..chart };
    let document = press::Document {
        title: "Title".to_owned(),
        from: "Harbour".to_owned(),
        foot: "Foot".to_owned(),
        made: jiff::civil::date(2026, 3, 3),
        blocks: vec![press::Block::Table(table), press::Block::Chart(chart)],
    };
    let text = everything(&press::pdf(&document).unwrap());
    for word in ["Quillfeather", "Zephyr", "Foot", "Harbour"] {
        assert!(text.contains(word), "{word}");
    }
    let inside = strings(&press::pdf(&document).unwrap());
    assert!(inside.contains("Marker"), "what is only told to readers counts, too");
}

use std::io::Write;

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;

fn package_of(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn lines(format: Format, bytes: &[u8]) -> (Vec<String>, usize) {
    match text_of(Some(format), bytes) {
        DocumentText::Lines { lines, pictures } => (lines, pictures),
        DocumentText::Closed(why) => panic!("{why:?}"),
    }
}

fn docx(body: &str, more: &[(&str, &str)]) -> Vec<u8> {
    let document = format!("<w:document xmlns:w='w'><w:body>{body}</w:body></w:document>");
    package_of(&[&[("word/document.xml", document.as_str())], more].concat())
}

// promise: P21
#[test]
fn a_name_is_read_whole_however_a_document_cuts_it() {
    let body = "<w:p><w:pPr><w:tabs><w:tab w:val='left'/></w:tabs></w:pPr><w:r><w:t>Seen with Sand</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>ra Qu</w:t></w:r><w:r><w:t>ill &amp; her son.</w:t></w:r></w:p>\n<w:p><w:r><w:t>One</w:t><w:tab/><w:t>two</w:t><w:br/><w:t>three</w:t></w:r></w:p>";
    let (found, pictures) = lines(Format::Docx, &docx(body, &[]));
    assert_eq!(found, ["Seen with Sandra Quill & her son.", "One\ttwo three"]);
    assert_eq!(pictures, 0);
}

// promise: P21
#[test]
fn what_stands_outside_the_page_is_read_too() {
    let box_of = |words: &str| format!("<w:p><w:r><w:t>{words}</w:t></w:r></w:p>");
    let body = format!(
        "<w:p><w:r><w:t>Before</w:t><mc:AlternateContent><mc:Choice><w:txbxContent>{0}</w:txbxContent></mc:Choice><mc:Fallback><w:pict>{0}</w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p><w:p><w:del><w:r><w:delText>struck out</w:delText></w:r></w:del></w:p><w:p><w:r><w:drawing><pic:pic/></w:drawing></w:r></w:p>",
        box_of("In a box")
    );
    let at = |name: &'static str, words: &str| (name, format!("<w:x>{}</w:x>", box_of(words)));
    let more = [
        at("word/header1.xml", "Head"),
        at("word/footnotes.xml", "Note"),
        at("word/comments.xml", "Remark"),
        at("word/commentsExtended.xml", "Nobody reads this"),
        at("word/glossary/header1.xml", "Nor this"),
    ];
    let more: Vec<(&str, &str)> = more.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let (found, pictures) = lines(Format::Docx, &docx(&body, &more));
    assert_eq!(found, ["Before", "In a box", "struck out", "Head", "Note", "Remark"]);
    assert_eq!(pictures, 1);
}

#[test]
fn an_open_document_gives_its_paragraphs_and_the_heads_of_its_pages() {
    let content = "<office:document-content><office:automatic-styles><number:date-style><number:text>/</number:text></number:date-style></office:automatic-styles><office:body><office:text><text:h>A heading</text:h><text:p>Came with<text:s/>Sandra <text:span>Qu</text:span>ill<text:line-break/>today. &#228;</text:p><table:table><table:table-cell><text:p>One</text:p></table:table-cell><table:table-cell><text:p>Two</text:p></table:table-cell></table:table><text:p><draw:frame><draw:image/></draw:frame></text:p></office:text></office:body></office:document-content>";
    let styles = "<office:document-styles><style:header><text:p>The head</text:p></style:header></office:document-styles>";
    let odt = package_of(&[("content.xml", content), ("styles.xml", styles)]);
    let (found, pictures) = lines(Format::Odt, &odt);
    assert_eq!(found, ["A heading", "Came with Sandra Quill today. ä", "One", "Two", "The head"]);
    assert_eq!(pictures, 1);
}

#[test]
fn a_workbook_gives_its_rows_hidden_sheets_and_remarks() {
    let sheet = |rows: &str| {
        format!(
            "<worksheet xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><sheetData>{rows}</sheetData></worksheet>"
        )
    };
    let text = |at: &str, words: &str| format!("<c r='{at}' t='inlineStr'><is><t>{words}</t></is></c>");
    let first = sheet(&format!(
        "<row r='1'>{}<c r='B1'><v>3.5</v></c></row><row r='2'>{}</row>",
        text("A1", "Hours"),
        text("A2", "Sandra Quill")
    ));
    let second = sheet(&format!("<row r='1'>{}</row>", text("A1", "Kept apart")));
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let of = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let book = format!(
        "<workbook xmlns='{main}' xmlns:r='{of}'><sheets><sheet name='Week' sheetId='1' r:id='r1'/><sheet name='Other' sheetId='2' state='hidden' r:id='r2'/></sheets></workbook>"
    );
    let rels = format!(
        "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'><Relationship Id='r1' Type='{of}/worksheet' Target='worksheets/sheet1.xml'/><Relationship Id='r2' Type='{of}/worksheet' Target='worksheets/sheet2.xml'/></Relationships>"
    );
    let remarks = format!(
        "<comments xmlns='{main}'><commentList><comment ref='A1'><text><r><t>Ask Qu</t></r><r><t>ill</t></r></text></comment></commentList></comments>"
    );
    let types = "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'/>";
    let top = format!(
        "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'><Relationship Id='r1' Type='{of}/officeDocument' Target='xl/workbook.xml'/></Relationships>"
    );
    let xlsx = package_of(&[
        ("_rels/.rels", &top),
        ("[Content_Types].xml", types),
        ("xl/workbook.xml", &book),
        ("xl/_rels/workbook.xml.rels", &rels),
        ("xl/worksheets/sheet1.xml", &first),
        ("xl/worksheets/sheet2.xml", &second),
        ("xl/comments1.xml", &remarks),
    ]);
    let (found, _) = lines(Format::Xlsx, &xlsx);
    assert_eq!(found, ["Week", "Hours\t3.5", "Sandra Quill", "Other", "Kept apart", "Ask Quill"]);
}

#[test]
fn plain_text_gives_its_lines() {
    let (found, _) = lines(Format::Text, "\u{feff}One\r\n\r\n  Two  \nThree".as_bytes());
    assert_eq!(found, ["One", "Two", "Three"]);
}

#[test]
fn what_has_no_words_or_too_many_or_is_not_what_it_says_is_closed() {
    let closed = |format, bytes: &[u8]| match text_of(format, bytes) {
        DocumentText::Closed(why) => why,
        DocumentText::Lines { lines, .. } => panic!("{lines:?}"),
    };
    let long = "word ".repeat(500_000);
    let endless = docx("<w:p><w:r><w:t>never ended", &[]);
    let entity = docx("<w:p><w:r><w:t>&secret;</w:t></w:r></w:p>", &[]);
    for (format, bytes, why) in [
        (Some(Format::Pdf), b"%PDF-1.7".as_slice(), Closed::Pdf),
        (Some(Format::Png), b"", Closed::Picture),
        (Some(Format::Jpeg), b"", Closed::Picture),
        (Some(Format::Text), long.as_bytes(), Closed::TooLong),
        (Some(Format::Text), b"\xff\xfe", Closed::Unreadable),
        (Some(Format::Docx), b"PK", Closed::Unreadable),
        (Some(Format::Xlsx), b"PK", Closed::Unreadable),
        (Some(Format::Docx), &entity, Closed::Unreadable),
        (Some(Format::Docx), &endless, Closed::Unreadable),
        (None, b"", Closed::Unreadable),
    ] {
        assert_eq!(closed(format, bytes), why, "{format:?}");
    }
}

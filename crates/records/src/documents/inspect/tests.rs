//! Files that are what they say, and files that are not.

use std::io::{Cursor, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::*;

fn looked(format: Format, bytes: &[u8]) -> Result<(), String> {
    match inspect(format, Cursor::new(bytes), bytes.len() as u64) {
        Ok(()) => Ok(()),
        Err(Wrong::Refused(fault)) => Err(fault.message),
        Err(Wrong::Unreadable(error)) => Err(error.to_string()),
    }
}

fn package(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        zip.start_file(*name, options).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn docx(more: &[(&str, &[u8])]) -> Vec<u8> {
    let mut parts: Vec<(&str, &[u8])> =
        vec![("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w:document/>")];
    parts.extend(more);
    package(&parts)
}

fn png(width: u32, after: &[u8]) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut chunk = |kind: &[u8; 4], data: &[u8]| {
        bytes.extend((data.len() as u32).to_be_bytes());
        bytes.extend(kind);
        bytes.extend(data);
        bytes.extend([0; 4]);
    };
    let mut head = width.to_be_bytes().to_vec();
    head.extend(20_u32.to_be_bytes());
    head.extend([8, 2, 0, 0, 0]);
    chunk(b"IHDR", &head);
    chunk(b"IDAT", b"points");
    chunk(b"IEND", b"");
    bytes.extend(after);
    bytes
}

fn jpeg(after: &[u8]) -> Vec<u8> {
    let mut bytes =
        b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x0b\x08\x00\x10\x00\x10\x01\x01\x11\x00".to_vec();
    bytes.extend(b"\xff\xda\x00\x04ab points \xff\xd9");
    bytes.extend(after);
    bytes
}

#[test]
fn what_is_well_built_is_taken() {
    assert_eq!(looked(Format::Docx, &docx(&[])), Ok(()));
    let xlsx = package(&[("[Content_Types].xml", b"<Types/>"), ("xl/workbook.xml", b"<workbook/>")]);
    assert_eq!(looked(Format::Xlsx, &xlsx), Ok(()));
    let odt = package(&[("mimetype", Format::Odt.media_type().as_bytes()), ("content.xml", b"<x/>")]);
    assert_eq!(looked(Format::Odt, &odt), Ok(()));
    assert_eq!(looked(Format::Png, &png(20, b"")), Ok(()));
    assert_eq!(looked(Format::Jpeg, &jpeg(b"")), Ok(()));
    assert_eq!(looked(Format::Pdf, b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n%%EOF\n"), Ok(()));
    assert_eq!(looked(Format::Text, "Grüße, 5 € and <b>no markup</b>\n".as_bytes()), Ok(()));
}

#[test]
fn one_kind_does_not_pass_for_another() {
    let says = "though its name says so";
    for (format, bytes) in [
        (Format::Xlsx, docx(&[])),
        (Format::Odt, docx(&[])),
        (Format::Docx, package(&[("word/document.xml", b"x")])),
        (Format::Odt, package(&[("mimetype", b"application/zip"), ("content.xml", b"")])),
        (Format::Png, b"<svg onload='alert(1)'/>".to_vec()),
        (Format::Png, png(20, b"PK\x03\x04")),
        (Format::Png, png(20, b"")[..60].to_vec()),
        (Format::Jpeg, jpeg(b"<?php")),
        (Format::Jpeg, b"\xff\xd8\xff\xd9".to_vec()),
        (Format::Pdf, b"MZ\x90\0 a program".to_vec()),
        (Format::Pdf, [b"%PDF-1.4\n%%EOF\n".to_vec(), docx(&[])].concat()),
        (Format::Pdf, b"%PDF-1.4 <html><script>alert(1)</script>\n%%EOF".to_vec()),
        (Format::Pdf, b"%PDF-1.4 cut off".to_vec()),
        (Format::Text, b"MZ\x90\0".to_vec()),
        (Format::Docx, [b"MZ".to_vec(), docx(&[])].concat()),
        (Format::Docx, docx(&[])[..80].to_vec()),
    ] {
        let said = looked(format, &bytes).unwrap_err();
        assert!(said.contains(says), "{format}: {said}");
    }
}

#[test]
fn what_acts_is_refused() {
    for more in [
        ("word/vbaProject.bin", &b"x"[..]),
        ("word/activeX/activeX1.xml", b"x"),
        ("word/embeddings/oleObject1.bin", b"x"),
        ("payload.exe", b"x"),
        ("word/_rels/settings.xml.rels", b"<R Type='attachedTemplate' TargetMode='External'/>"),
    ] {
        let said = looked(Format::Docx, &docx(&[more])).unwrap_err();
        assert!(said.contains("macros"), "{}: {said}", more.0);
    }
    let enabled = package(&[
        ("[Content_Types].xml", b"application/vnd.ms-word.document.macroEnabled.main+xml"),
        ("word/document.xml", b""),
    ]);
    assert!(looked(Format::Docx, &enabled).unwrap_err().contains("macros"));
    for act in ["/JavaScript", "/JS (app.alert(1))", "/Launch", "/EmbeddedFile"] {
        // Across the border of two pieces, too.
        let pdf = format!("%PDF-1.7\n{}<< {act} >>\n%%EOF", " ".repeat(32 * 1024 - 14));
        assert!(looked(Format::Pdf, pdf.as_bytes()).unwrap_err().contains("runs commands"), "{act}");
    }
}

#[test]
fn bombs_are_noticed_before_they_go_off() {
    let zeros = vec![0; 30 * 1024 * 1024];
    let bomb = docx(&[("word/media/a.xml", &zeros)]);
    assert!(bomb.len() < 100_000, "{}", bomb.len());
    assert!(looked(Format::Docx, &bomb).unwrap_err().contains("unpack"));
    // Many parts that are each too small for the ratio to count.
    let mega = vec![b'a'; 1024 * 1024];
    let names: Vec<String> = (0..210).map(|n| format!("word/media/{n}.xml")).collect();
    let many: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), mega.as_slice())).collect();
    assert!(looked(Format::Docx, &docx(&many)).unwrap_err().contains("unpack"));
    assert!(looked(Format::Png, &png(200_000, b"")).unwrap_err().contains("points"));
}

#[test]
fn paths_that_lead_out_are_refused() {
    for name in ["../../etc/passwd", "/etc/passwd", "word\\..\\..\\x"] {
        assert!(looked(Format::Docx, &docx(&[(name, b"x")])).is_err(), "{name}");
    }
}

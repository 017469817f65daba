//! Copies of files with documents: words are taken out of what can be read, and then its words are handed over alone; what cannot be
//! read goes whole or not at all.

use access::Role;
use casework::requests::Kind;
use records::Error;
use records::requests::Marking;

use crate::bench::Bench;
use crate::documents::{PDF, send, sending};
use crate::requests::{ask, unzipped};

// promise: P21
#[tokio::test(flavor = "multi_thread")]
async fn words_cannot_be_taken_out_of_a_pdf_so_it_goes_whole_or_not_at_all() {
    for bench in Bench::all().await {
        let ada = bench.visit("Ada", Role::Adviser).await;
        let meera = bench.visit("Meera", Role::Manager).await;
        let lead = bench.visit("Harriet", Role::Governance).await;
        let client = bench.client(&ada, "Daniel Whitfield").await;
        let service = &bench.service;
        send(service, &ada, client, sending("certificate.pdf", None), PDF).await.unwrap();
        let id = ask(&bench, &ada, client, Kind::Access).await;
        let names = |made: &records::requests::Download| -> Vec<String> {
            unzipped(made).into_iter().map(|(name, _)| name).collect()
        };
        let whole = service.access_pack(&lead, id).await.unwrap();
        assert_eq!(
            names(&whole),
            ["copy.pdf", "copy.html", "copy.json", "copy.csv", "documents/01-certificate.pdf"]
        );

        let copy = service.whole_copy(&lead, id).await.unwrap().release().await.unwrap();
        let part = copy.parts.iter().find(|part| part.id.starts_with("document.")).unwrap().id.clone();
        let mark = |words: &str| Marking {
            part: part.clone(),
            words: words.into(),
            because: "It is a certificate of somebody else".into(),
            everywhere: false,
        };
        let form = || *uuid::Uuid::new_v4().as_bytes();
        let in_part = service.mark_copy(&lead, id, form(), &mark("Seen by Ada")).await;
        assert!(
            matches!(&in_part, Err(Error::Faults(faults)) if faults[0].message.contains("it is a PDF") && faults[0].message.contains("whole document")),
            "{in_part:?}"
        );
        service.mark_copy(&lead, id, form(), &mark("")).await.unwrap();
        let review = service.marks_to_review(&meera, id).await.unwrap().release().await.unwrap();
        service.review_marks(&meera, id, &[(review.marks[0].id, true)]).await.unwrap();
        let made = service.access_pack(&lead, id).await.unwrap();
        assert_eq!(names(&made), ["copy.pdf", "copy.html", "copy.json", "copy.csv"]);
        assert!(unzipped(&made).iter().all(|(_, text)| !text.contains("certificate.pdf")));
    }
}

/// A package of two files with these words in its page and among its properties.
fn package(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut zip, text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A document of Word in which the name is cut in two by its formatting, and stands in a remark as well.
fn word_document() -> Vec<u8> {
    let paragraph = |runs: &[&str]| {
        let runs: String = runs.iter().map(|words| format!("<w:r><w:t>{words}</w:t></w:r>")).collect();
        format!("<w:p>{runs}</w:p>")
    };
    let body = paragraph(&["Dear Ms Calderbank,"])
        + &paragraph(&["his sister Sandra Qu", "ill drives him."])
        + &paragraph(&["He starts at eight."]);
    let document = format!("<w:document xmlns:w='w'><w:body>{body}</w:body></w:document>");
    let remarks = format!(
        "<w:comments xmlns:w='w'><w:comment>{}</w:comment></w:comments>",
        paragraph(&["Ask Sandra Quill"])
    );
    package(&[
        ("[Content_Types].xml", "<Types/>"),
        ("word/document.xml", &document),
        ("word/comments.xml", &remarks),
        ("docProps/core.xml", "<creator>Sandra Quill</creator>"),
    ])
}

// promise: P21
#[tokio::test(flavor = "multi_thread")]
async fn words_taken_out_of_a_document_are_nowhere_in_what_is_handed_over() {
    for bench in Bench::all().await {
        let ada = bench.visit("Ada", Role::Adviser).await;
        let meera = bench.visit("Meera", Role::Manager).await;
        let lead = bench.visit("Harriet", Role::Governance).await;
        let client = bench.client(&ada, "Daniel Whitfield").await;
        let service = &bench.service;
        send(service, &ada, client, sending("letter.docx", None), &word_document()).await.unwrap();
        send(service, &ada, client, sending("notes.txt", None), b"Rang at nine.\nSandra  Quill came, too.\n")
            .await
            .unwrap();
        // Two whose words do not hold the name; one has it as the name of its author.
        let page = "<w:document xmlns:w='w'><w:body><w:p><w:r><w:t>Nothing of her</w:t></w:r></w:p></w:body></w:document>";
        for (name, by) in [("written.docx", "Sandra Quill"), ("clean.docx", "Ruth Calderbank")] {
            let bytes = package(&[
                ("[Content_Types].xml", "<Types/>"),
                ("word/document.xml", page),
                ("docProps/core.xml", &format!("<creator>{by}</creator>")),
            ]);
            send(service, &ada, client, sending(name, None), &bytes).await.unwrap();
        }
        let id = ask(&bench, &ada, client, Kind::Access).await;
        let copy = service.whole_copy(&lead, id).await.unwrap().release().await.unwrap();
        let letter =
            copy.parts.iter().find(|part| part.read().iter().any(|line| line.contains("eight"))).unwrap();
        assert_eq!(
            letter.read(),
            [
                "Dear Ms Calderbank,",
                "his sister Sandra Quill drives him.",
                "He starts at eight.",
                "Ask Sandra Quill"
            ]
        );
        // As they are, the documents go byte for byte.
        let whole = unzipped(&service.access_pack(&lead, id).await.unwrap());
        assert!(whole.iter().any(|(name, _)| name.ends_with("-letter.docx")));

        let form = || *uuid::Uuid::new_v4().as_bytes();
        let mark = |part: &str, words: &str, everywhere: bool| Marking {
            part: part.to_owned(),
            words: words.into(),
            because: "It names his sister, who was not asked".into(),
            everywhere,
        };
        let nowhere = service.mark_copy(&lead, id, form(), &mark(&letter.id, "Sandra Quell", false)).await;
        assert!(matches!(&nowhere, Err(Error::Faults(faults)) if faults[0].message.contains("do not stand")));
        service.mark_copy(&lead, id, form(), &mark(&letter.id, "sandra quill", true)).await.unwrap();
        let waits = service.access_pack(&lead, id).await;
        assert!(matches!(&waits, Err(Error::Faults(_))), "a second person looks first");
        let review = service.marks_to_review(&meera, id).await.unwrap().release().await.unwrap();
        assert!(
            review.marks[0].context.contains("his sister Sandra Quill drives him."),
            "{:?}",
            review.marks[0]
        );
        service.review_marks(&meera, id, &[(review.marks[0].id, true)]).await.unwrap();

        let made = unzipped(&service.access_pack(&lead, id).await.unwrap());
        let text_of = |ending: &str| {
            let (_, text) = made.iter().find(|(name, _)| name.ends_with(ending)).unwrap();
            text.clone()
        };
        let letter = text_of("-letter.docx.txt");
        assert!(
            letter.contains("his sister [removed] drives him.\r\nHe starts at eight.\r\nAsk [removed]\r\n"),
            "{letter}"
        );
        assert!(text_of("-written.docx.txt").contains("Nothing of her"), "without its properties");
        assert!(made.iter().any(|(name, _)| name.ends_with("-clean.docx")), "as it is");
        assert!(text_of("-notes.txt.txt").contains("Rang at nine.\r\n[removed] came, too.\r\n"));
        for (name, text) in &made {
            assert!(!text.to_lowercase().contains("quill"), "{name}");
        }
        assert!(text_of("copy.html").contains("Its words, without what was taken out, come with this copy"));

        // What was changed since, so that the mark fits no more, is told before anything leaves.
        let copy = service.whole_copy(&lead, id).await.unwrap().release().await.unwrap();
        let notes =
            copy.parts.iter().find(|part| part.read().iter().any(|line| line.contains("nine"))).unwrap();
        service.mark_copy(&lead, id, form(), &mark(&notes.id, "Rang at nine", false)).await.unwrap();
        let review = service.marks_to_review(&meera, id).await.unwrap().release().await.unwrap();
        let asked = review.marks.iter().find(|mark| mark.mark.words == "Rang at nine").unwrap();
        service.review_marks(&meera, id, &[(asked.id, true)]).await.unwrap();
        let document = notes.id.strip_prefix("document.").unwrap().parse().unwrap();
        send(service, &ada, client, sending("notes.txt", Some((document, 1))), b"Sandra Quill rang.\n")
            .await
            .unwrap();
        let stale = service.access_pack(&lead, id).await;
        assert!(
            matches!(&stale, Err(Error::Faults(faults)) if faults[0].message.contains("mark it anew")),
            "{stale:?}"
        );
    }
}

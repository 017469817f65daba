//! Copies of files with documents: a document goes as it is or not at all.

use access::Role;
use casework::requests::Kind;
use records::Error;
use records::requests::Marking;

use crate::bench::Bench;
use crate::documents::{PDF, send, sending};
use crate::requests::{ask, unzipped};

// promise: P21
#[tokio::test(flavor = "multi_thread")]
async fn words_cannot_be_taken_out_of_a_document_so_it_goes_whole_or_not_at_all() {
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
            matches!(&in_part, Err(Error::Faults(faults)) if faults[0].message.contains("whole document")),
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

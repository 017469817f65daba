//! Documents in a bucket, on both engines: taken in, shown, deleted, erased; and a store that refuses, breaks off or is slow.

use std::io::Write as _;
use std::time::Duration;

use access::Role;
use casework::documents::Kind;
use casework::{ClientId, DocumentId};
use records::doctor::Finding;
use records::documents::{Begun, Bucket, BucketFault, BucketSettings, Goes, Sending, Settings, Stand};
use records::erasure::Ground;
use records::{Error, Service, Visit};

use crate::bench::Bench;
use crate::s3::{S3, SECRET};

/// Documents in the bucket of this store.
fn in_bucket(store: &S3, change: impl Fn(&mut BucketSettings)) -> Settings {
    let mut settings = BucketSettings {
        endpoint: format!("http://127.0.0.1:{}", store.port),
        region: "eu-west-2".into(),
        name: "kept".into(),
        key: ("kept".into(), SECRET.to_owned().into()),
        patience: Duration::from_secs(10),
        authority: None,
    };
    change(&mut settings);
    Settings { stand: Stand::Bucket(Bucket::new(settings).unwrap()), ..Settings::default() }
}

fn sending(name: &str) -> Sending {
    Sending {
        form: *uuid::Uuid::new_v4().as_bytes(),
        goes: Goes::IntoFile,
        name: name.into(),
        title: "Certificate".into(),
        kind: Kind::Certificate,
        note: String::new(),
    }
}

async fn send(
    service: &Service,
    visit: &Visit,
    client: ClientId,
    name: &str,
    bytes: &[u8],
) -> Result<DocumentId, Error> {
    let begun = service.begin_document(visit, client, sending(name)).await?;
    let Begun::Upload(mut upload) = begun else { panic!("a new form") };
    for piece in bytes.chunks(100_003) {
        if let Err(error) = upload.push(piece).await {
            upload.abandon().await;
            return Err(error);
        }
    }
    upload.finish().await
}

async fn read(service: &Service, visit: &Visit, client: ClientId, id: DocumentId) -> Result<Vec<u8>, Error> {
    let shown = service.open_document(visit, client, id, 1, true).await?.release().await?;
    let mut bytes = Vec::new();
    for index in 0..shown.pieces.count() {
        bytes.extend(shown.pieces.fetch(index).await?);
    }
    Ok(bytes)
}

async fn examined(service: &Service) -> Finding {
    service.examine().await.into_iter().find(|finding| finding.name == "documents").unwrap()
}

/// A text of so many bytes in which no two places are alike.
fn text(bytes: usize) -> Vec<u8> {
    (0_u64..).flat_map(|line| format!("line {line}\n").into_bytes()).take(bytes).collect()
}

/// A Word document, whose directory stands at its end.
fn word() -> Vec<u8> {
    let mut package = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let kinds = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";
    let kinds = format!("<Types><Override PartName=\"/word/document.xml\" ContentType=\"{kinds}\"/></Types>");
    for (name, bytes) in [
        ("[Content_Types].xml", kinds.into_bytes()),
        ("_rels/.rels", b"<Relationships/>".to_vec()),
        ("word/document.xml", b"<document/>".to_vec()),
        ("word/media/picture.png", text(3_000_000)),
    ] {
        package.start_file(name, stored).unwrap();
        package.write_all(&bytes).unwrap();
    }
    package.finish().unwrap().into_inner()
}

// promise: P14
#[tokio::test(flavor = "multi_thread")]
async fn a_document_in_a_bucket_comes_back_as_it_was_and_goes_with_its_file() {
    for bench in Bench::all().await {
        let Some(mut store) = S3::start() else { return };
        let bench = bench.reopened_with(in_bucket(&store, |_| ())).await;
        let (service, ada) = (&bench.service, bench.visit("Ada", Role::Adviser).await);
        let client = bench.client(&ada, "Daniel Whitfield").await;
        // Three parts, and a last one.
        let long = text(17_000_000);
        let id = send(service, &ada, client, "long.txt", &long).await.unwrap();
        let standing = store.list();
        assert!(standing.len() == 1 && standing[0].starts_with(&format!("{client}/{id}.")), "{standing:?}");
        assert!(read(service, &ada, client, id).await.unwrap() == long);
        let package = word();
        let cv = send(service, &ada, client, "cv.docx", &package).await.unwrap();
        assert!(read(service, &ada, client, cv).await.unwrap() == package);
        let found = examined(service).await;
        assert!(found.sound, "{found:?}");
        assert!(
            found.detail.starts_with("2 versions of documents in the bucket kept, 0 without"),
            "{found:?}"
        );

        // A file that is not what it says it is leaves nothing.
        let said = send(service, &ada, client, "cv.docx", &long).await;
        assert!(matches!(said, Err(Error::Faults(_))));
        let mut cut = package;
        cut.truncate(2_000_000);
        assert!(matches!(send(service, &ada, client, "cv.docx", &cut).await, Err(Error::Faults(_))));
        assert_eq!(store.list().len(), 2);

        service.delete_document(&ada, client, cv, 1).await.unwrap();
        assert_eq!(store.list(), standing);
        service.erase_file("NB-10001", Ground::Request).await.unwrap();
        assert_eq!(store.list(), Vec::<String>::new());
        let found = examined(service).await;
        assert!(found.sound, "{found:?}");
    }
}

/// The same over TLS, whose authority is this one.
fn over_tls(store: &S3, authority: Option<Vec<u8>>) -> Settings {
    in_bucket(store, |to| {
        to.endpoint = format!("https://127.0.0.1:{}", store.port);
        to.authority.clone_from(&authority);
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn over_tls_a_store_is_trusted_by_its_authority_and_by_no_other() {
    for bench in Bench::all().await {
        let (Some(mut store), Some(other)) = (S3::start_with_tls(), S3::start_with_tls()) else { return };
        let bench = bench.reopened_with(over_tls(&store, Some(store.authority()))).await;
        let ada = bench.staff("Ada", Role::Adviser).await;
        let visit = bench.visit_of(ada, Role::Adviser);
        let client = bench.client(&visit, "Daniel Whitfield").await;
        let long = text(6_000_000);
        let id = send(&bench.service, &visit, client, "long.txt", &long).await.unwrap();
        assert!(read(&bench.service, &visit, client, id).await.unwrap() == long);
        assert!(examined(&bench.service).await.sound);

        // Somebody who stands between, with a certificate of another authority, gets nothing; nor without one.
        let mut bench = bench;
        for authority in [Some(other.authority()), None] {
            bench = bench.reopened_with(over_tls(&store, authority)).await;
            let visit = bench.visit_of(ada, Role::Adviser);
            let said = send(&bench.service, &visit, client, "a.txt", b"harmless").await.unwrap_err();
            let untrusted = BucketFault::Away("its certificate is not trusted");
            assert!(matches!(&said, Error::Bucket(fault) if *fault == untrusted), "{said}");
            let said = read(&bench.service, &visit, client, id).await.unwrap_err();
            assert!(matches!(&said, Error::Bucket(fault) if *fault == untrusted), "{said}");
            let found = examined(&bench.service).await;
            assert!(!found.sound && found.detail.contains("its certificate is not trusted"), "{found:?}");
        }
        assert_eq!(store.list().len(), 1, "nothing was lost, and nothing left over");

        let bench = bench.reopened_with(over_tls(&store, Some(store.authority()))).await;
        let visit = bench.visit_of(ada, Role::Adviser);
        assert!(read(&bench.service, &visit, client, id).await.unwrap() == long);
        bench.service.delete_document(&visit, client, id, 1).await.unwrap();
        assert_eq!(store.list(), Vec::<String>::new());
    }
}

// promise: P14
#[tokio::test(flavor = "multi_thread")]
async fn a_document_in_a_bucket_moves_into_a_programmes_layer_and_a_store_that_dies_leaves_it_where_it_is() {
    for bench in Bench::all().await {
        let Some(mut store) = S3::start() else { return };
        let settings = in_bucket(&store, |to| to.patience = Duration::from_secs(3));
        let bench = bench.reopened_with(settings).await;
        let (service, ada) = (&bench.service, bench.visit("Ada", Role::Adviser).await);
        let on = crate::programmes::ladder(&bench).await;
        let client = crate::programmes::client(&bench, &ada, "Daniel Whitfield").await;
        crate::programmes::place(&bench, &ada, client, on).await.unwrap();
        // Three parts, and a last one.
        let long = text(17_000_000);
        let id = send(service, &ada, client, "long.txt", &long).await.unwrap();
        let stood = store.list();
        let there = service
            .move_document(&ada, client, id, 1, *uuid::Uuid::new_v4().as_bytes(), Some(on))
            .await
            .unwrap();
        assert!(read(service, &ada, client, there).await.unwrap() == long);
        let standing = store.list();
        assert!(standing.len() == 1 && standing != stood, "{standing:?}");
        assert!(examined(service).await.sound);

        // Ends in the middle of a part of the way back.
        let port = store.port;
        store.tell("break 2");
        let form = *uuid::Uuid::new_v4().as_bytes();
        let said = service.move_document(&ada, client, there, 1, form, None).await.unwrap_err();
        assert!(matches!(said, Error::Bucket(BucketFault::Away(_))), "{said}");
        let listed = service.documents(&ada, client).await.unwrap().release().await.unwrap().documents;
        assert_eq!((listed.len(), listed[0].id, listed[0].programme), (1, there, Some(on)));
        drop(store);

        // Its bucket is empty: what is read is missed, and a move finds that before it changes anything.
        let mut store = S3::start_at(port).unwrap();
        let said = service.move_document(&ada, client, there, 1, form, None).await.unwrap_err();
        assert!(matches!(said, Error::Damaged("document")), "{said}");
        assert_eq!(store.list(), Vec::<String>::new());
        let listed = service.documents(&ada, client).await.unwrap().release().await.unwrap().documents;
        assert_eq!((listed.len(), listed[0].id), (1, there));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_browser_left_over_in_a_bucket_is_swept() {
    for bench in Bench::all().await {
        let Some(mut store) = S3::start() else { return };
        let bench = bench.reopened_with(in_bucket(&store, |_| ())).await;
        let (service, ada) = (&bench.service, bench.visit("Ada", Role::Adviser).await);
        let client = bench.client(&ada, "Daniel Whitfield").await;
        let kept = send(service, &ada, client, "a.txt", b"harmless").await.unwrap();
        let begun = service.begin_document(&ada, client, sending("b.txt")).await.unwrap();
        let Begun::Upload(mut upload) = begun else { panic!("a new form") };
        upload.push(&text(6_000_000)).await.unwrap();
        drop(upload);
        assert!(store.list().iter().any(|name| name.ends_with("~unfinished")));
        let found = examined(service).await;
        assert!(found.sound && found.detail.contains("1 left over"), "{found:?}");
        assert_eq!(
            service.sweep_documents(Duration::from_secs(3600)).await.unwrap(),
            0,
            "it may be going on"
        );
        assert_eq!(service.sweep_documents(Duration::ZERO).await.unwrap(), 1);
        assert_eq!(store.list().len(), 1);
        assert_eq!(read(service, &ada, client, kept).await.unwrap(), b"harmless");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_key_region_or_bucket_is_said_and_keeps_nothing() {
    for bench in Bench::all().await {
        let Some(mut store) = S3::start() else { return };
        let mut bench = bench;
        let ada = bench.staff("Ada", Role::Adviser).await;
        let client = bench.client(&bench.visit_of(ada, Role::Adviser), "Daniel Whitfield").await;
        type Spoil = fn(&mut BucketSettings);
        let wrong: [(Spoil, BucketFault); 4] = [
            (|to| to.key.1 = "another".to_owned().into(), BucketFault::KeyRefused),
            (|to| to.key.0 = "nobody".into(), BucketFault::KeyRefused),
            (|to| to.region = "eu-west-1".into(), BucketFault::KeyRefused),
            (|to| to.name = "kept-elsewhere".into(), BucketFault::NoBucket),
        ];
        for (change, why) in wrong {
            bench = bench.reopened_with(in_bucket(&store, change)).await;
            let visit = bench.visit_of(ada, Role::Adviser);
            let said = send(&bench.service, &visit, client, "a.txt", b"harmless").await.unwrap_err();
            assert!(matches!(&said, Error::Bucket(fault) if *fault == why), "{said}");
            let found = examined(&bench.service).await;
            assert!(!found.sound && found.detail.contains(&why.to_string()), "{found:?}");
            let listed = bench.service.documents(&visit, client).await.unwrap().release().await.unwrap();
            assert!(listed.documents.is_empty() && store.list().is_empty());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_dies_half_way_or_is_slow_leaves_no_half_document() {
    for bench in Bench::all().await {
        let Some(mut store) = S3::start() else { return };
        let bench = bench.reopened_with(in_bucket(&store, |to| to.patience = Duration::from_secs(2))).await;
        let (service, ada) = (&bench.service, bench.visit("Ada", Role::Adviser).await);
        let client = bench.client(&ada, "Daniel Whitfield").await;
        store.tell("break 2");
        let said = send(service, &ada, client, "long.txt", &text(17_000_000)).await.unwrap_err();
        assert!(matches!(said, Error::Bucket(BucketFault::Away(_))), "{said}");
        let listed = service.documents(&ada, client).await.unwrap().release().await.unwrap();
        assert!(listed.documents.is_empty(), "no row without bytes");
        let found = examined(service).await;
        assert!(!found.sound && found.detail.contains("it does not answer"), "{found:?}");
        let port = store.port;
        drop(store);

        let mut store = S3::start_at(port).unwrap();
        let id = send(service, &ada, client, "a.txt", b"harmless").await.unwrap();
        assert_eq!(read(service, &ada, client, id).await.unwrap(), b"harmless");

        store.tell("slow 5");
        let said = send(service, &ada, client, "b.txt", b"harmless").await.unwrap_err();
        assert!(matches!(said, Error::Bucket(BucketFault::Away("too slow"))), "{said}");
        let said = read(service, &ada, client, id).await.unwrap_err();
        assert!(matches!(said, Error::Bucket(BucketFault::Away("too slow"))), "{said}");
        store.tell("slow 0");
        assert_eq!(read(service, &ada, client, id).await.unwrap(), b"harmless");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_waits_for_a_store_that_is_away_and_the_file_opens_for_nobody_meanwhile() {
    for bench in Bench::all().await {
        let Some(mut store) = S3::start() else { return };
        let settings = in_bucket(&store, |to| to.patience = Duration::from_secs(4));
        let bench = bench.reopened_with(settings.clone()).await;
        let (service, ada) = (&bench.service, bench.visit("Ada", Role::Adviser).await);
        let client = bench.client(&ada, "Daniel Whitfield").await;
        send(service, &ada, client, "a.txt", b"harmless").await.unwrap();
        store.tell("slow 8");
        let said = service.erase_file("NB-10001", Ground::Request).await.unwrap_err();
        assert!(matches!(said, Error::Bucket(_)), "{said}");
        // A service starts while it waits.
        let bench = bench.reopened_with(settings).await;
        let ada = bench.visit_of(ada.staff, Role::Adviser);
        assert!(bench.service.documents(&ada, client).await.is_err());
        store.tell("slow 0");
        bench.service.finish_erasures().await.unwrap();
        assert_eq!(store.list(), Vec::<String>::new());
        assert!(bench.service.erased(client).await.unwrap().is_some());
    }
}

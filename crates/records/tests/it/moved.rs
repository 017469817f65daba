//! Documents that are kept elsewhere: with a programme, and with the file itself again.

use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use access::{Role, Why};
use casework::documents::Checked;
use casework::programmes::{Ended, Reason};
use casework::requests::Kind;
use casework::{ClientId, DocumentId, Fault, ProgrammeId};
use records::documents::{Begun, Document, Goes, Sending, Settings};
use records::placements::Becomes;
use records::requests::Marking;
use records::{Error, Service, Visit};
use store::Sql;

use crate::bench::Bench;
use crate::documents::{files, listed, read, send, sending, stand_in_for_clamd};
use crate::layers::with;
use crate::programmes::{client, key, ladder, place};
use crate::requests::ask;

static RESTRICT: Sql =
    Sql { name: "RESTRICT", store: "records", text: "UPDATE client SET restricted = $2 WHERE id = $1" };

/// More than one piece.
fn long() -> Vec<u8> {
    b"What the funder asks for. ".iter().copied().cycle().take(150_000).collect()
}

/// A document of two versions in the file itself; the first is the longer one.
async fn two_versions(service: &Service, visit: &Visit, client: ClientId) -> DocumentId {
    let id = send(service, visit, client, sending("proof.txt", None), &long()).await.unwrap();
    send(service, visit, client, sending("proof.txt", Some((id, 1))), b"Better proof").await.unwrap();
    id
}

async fn shift(
    service: &Service,
    visit: &Visit,
    client: ClientId,
    id: DocumentId,
    to: Option<ProgrammeId>,
) -> Result<DocumentId, Error> {
    service.move_document(visit, client, id, 2, key(), to).await
}

fn said<T: std::fmt::Debug>(result: Result<T, Error>) -> Fault {
    match result {
        Err(Error::Faults(mut faults)) => faults.remove(0),
        other => panic!("no fault: {other:?}"),
    }
}

/// What stands of it, the newest version first: everything but its number.
fn versions(document: &Document) -> Vec<(i64, Checked, String, casework::StaffId)> {
    let all = document.versions.iter();
    all.map(|one| (one.number, one.checked, format!("{:?}", one.described), one.author)).collect()
}

async fn keyring(service: &Service) -> String {
    let findings = service.examine().await;
    assert!(findings.iter().all(|finding| finding.sound), "{findings:?}");
    findings.into_iter().find(|finding| finding.name == "keyring").unwrap().detail
}

async fn reads_as_it_was(service: &Service, visit: &Visit, client: ClientId, id: DocumentId) {
    assert_eq!(read(service, visit, client, id, 1).await.unwrap(), long());
    assert_eq!(read(service, visit, client, id, 2).await.unwrap(), b"Better proof");
}

// promise: P13
// promise: P14
#[tokio::test(flavor = "multi_thread")]
async fn a_document_moves_into_a_programmes_layer_and_back_with_all_its_versions() {
    for bench in Bench::all().await {
        let (service, ada) = (&bench.service, bench.visit("Ada", Role::Adviser).await);
        let on = ladder(&bench).await;
        let client = client(&bench, &ada, "Daniel Whitfield").await;
        let placement = place(&bench, &ada, client, on).await.unwrap();
        let id = two_versions(service, &ada, client).await;
        let keys = keyring(service).await;
        let before = listed(service, &ada, client).await.remove(0);
        let (rows, stood) = (crate::layers::rows(&bench).await, files(&bench));
        bench.later(3600);

        let form = key();
        let there = service.move_document(&ada, client, id, 2, form, Some(on)).await.unwrap();
        let again = service.move_document(&ada, client, id, 2, form, Some(on)).await.unwrap();
        assert_eq!(again, there, "sent twice, moved once");
        let after = listed(service, &ada, client).await;
        assert_eq!(after.len(), 1);
        assert_eq!((after[0].id, after[0].programme), (there, Some(on)));
        assert_eq!(versions(&after[0]), versions(&before));
        assert_eq!(after[0].versions[1].written, before.versions[1].written, "when it was sent is kept");
        reads_as_it_was(service, &ada, client, there).await;
        let view = service.view_placement(&ada, client, placement).await.unwrap().release().await.unwrap();
        assert_eq!(view.documents.len(), 1);
        assert_eq!(keyring(service).await, keys, "one key for another");
        assert!(files(&bench).len() == 2 && files(&bench).iter().all(|path| !stood.contains(path)));
        assert!(matches!(read(service, &ada, client, id, 1).await, Err(Error::NoSuchFile)));
        let looks = service.who_looked(&ada, client).await.unwrap().release().await.unwrap().looks;
        assert_eq!(looks.iter().filter(|look| look.action == "move-document").count(), 1);

        // Whoever puts the old rows back has nothing: their key is destroyed.
        let records = bench.ground.store(&records::MIGRATIONS).await;
        for row in rows {
            records
                .write(vec![crate::layers::BACK.with::<11>(row.values().to_vec().try_into().unwrap())])
                .await
                .unwrap();
        }
        assert!(matches!(read(service, &ada, client, id, 2).await, Err(Error::Vault(_) | Error::Damaged(_))));
        let gone = records.write(vec![FORGET.with([id.as_bytes().into()])]).await;
        gone.unwrap();

        let newer =
            Sending { goes: Goes::Replaces { document: there, seen: 2 }, ..sending("proof.txt", None) };
        send(service, &ada, client, newer, b"The best proof").await.unwrap();
        let stale = service.move_document(&ada, client, there, 2, key(), None).await;
        assert!(matches!(stale, Err(Error::ChangedMeanwhile)), "{stale:?}");
        let back = service.move_document(&ada, client, there, 3, key(), None).await.unwrap();
        let document = listed(service, &ada, client).await.remove(0);
        assert_eq!((document.id, document.programme, document.versions.len()), (back, None, 3));
        assert_eq!(read(service, &ada, client, back, 3).await.unwrap(), b"The best proof");
        reads_as_it_was(service, &ada, client, back).await;
        assert_eq!(keyring(service).await, keys);
        assert_eq!(files(&bench).len(), 3);
    }
}

static FORGET: Sql = Sql { name: "FORGET", store: "records", text: "DELETE FROM document WHERE id = $1" };

// promise: P13
#[tokio::test(flavor = "multi_thread")]
async fn what_stands_against_a_move_is_said_and_the_document_stays() {
    for bench in Bench::all().await {
        let ada = bench.visit("Ada", Role::Adviser).await;
        let on = ladder(&bench).await;
        let client = client(&bench, &ada, "Daniel Whitfield").await;
        let service = &bench.service;
        let id = two_versions(service, &ada, client).await;
        let not_on_it = said(shift(service, &ada, client, id, Some(on)).await);
        assert_eq!(
            (not_on_it.field.as_str(), not_on_it.message.as_str()),
            ("programme", "Choose a programme that this client is on")
        );
        let here = said(shift(service, &ada, client, id, None).await);
        assert!(here.message.contains("kept there already"), "{here:?}");
        let placement = place(&bench, &ada, client, on).await.unwrap();

        let bob = bench.visit("Bob", Role::Adviser).await;
        assert!(matches!(shift(service, &bob, client, id, Some(on)).await, Err(Error::Refused(_))));
        let records = bench.ground.store(&records::MIGRATIONS).await;
        let restrict = |on: bool| RESTRICT.with([client.as_bytes().into(), on.into()]);
        records.write(vec![restrict(true)]).await.unwrap();
        let refused = shift(service, &ada, client, id, Some(on)).await;
        assert!(matches!(refused, Err(Error::Refused(refusal)) if refusal.why == Why::Restricted));
        records.write(vec![restrict(false)]).await.unwrap();

        // Marks in a copy that is being made name the document, and only the lead reads them.
        let lead = bench.visit("Harriet", Role::Governance).await;
        let request = ask(&bench, &ada, client, Kind::Access).await;
        let marking = Marking {
            part: format!("document.{id}"),
            words: String::new(),
            because: "It is about somebody else: not asked, no reason to tell it".into(),
            everywhere: false,
        };
        service.mark_copy(&lead, request, key(), &marking).await.unwrap();
        let marked = said(shift(service, &ada, client, id, Some(on)).await);
        assert!(marked.message.contains("parts of it are marked"), "{marked:?}");
        let review = service.marks_to_review(&lead, request).await.unwrap().release().await.unwrap();
        service.unmark_copy(&lead, request, review.marks[0].id).await.unwrap();

        let (address, mood) = stand_in_for_clamd();
        let bench = bench
            .reopened_with(Settings { scanner: Some(address.parse().unwrap()), ..Settings::default() })
            .await;
        let service = &bench.service;
        mood.store(0, std::sync::atomic::Ordering::SeqCst);
        let newer = sending("proof.txt", Some((id, 2)));
        send(service, &ada, client, newer, b"a VIRUS").await.unwrap();
        let moving = async || service.move_document(&ada, client, id, 3, key(), Some(on)).await;
        assert!(said(moving().await).message.contains("waits for the virus check"));
        mood.store(1, std::sync::atomic::Ordering::SeqCst);
        service.check_waiting_documents().await.unwrap();
        assert!(said(moving().await).message.contains("did not pass the virus check"));

        let ended =
            Ended { on: service.surroundings().today(), reason: Reason::Completed, note: String::new() };
        service.change_placement(&ada, client, placement, 1, Becomes::Ended(ended)).await.unwrap();
        let document = listed(service, &ada, client).await.remove(0);
        assert_eq!((document.id, document.programme, document.versions.len()), (id, None, 3));
        reads_as_it_was(service, &ada, client, id).await;
        assert_eq!(files(&bench).len(), 2, "the infected version was destroyed, and nothing was left over");
    }
}

/// Lets it go on so many steps and then drops it, as a process that is killed does. Whether it came to its end.
async fn killed_after<T>(steps: usize, doing: impl Future<Output = T>) -> Option<T> {
    let (mut doing, mut taken) = (pin!(doing), 0);
    std::future::poll_fn(move |context| {
        if taken == steps {
            return Poll::Ready(None);
        }
        taken += 1;
        doing.as_mut().poll(context).map(Some)
    })
    .await
}

// promise: P14
#[tokio::test(flavor = "multi_thread")]
async fn a_move_that_is_cut_off_anywhere_loses_nothing_and_leaves_nothing_twice() {
    for bench in Bench::all().await {
        let (service, ada) = (&bench.service, bench.visit("Ada", Role::Adviser).await);
        let on = ladder(&bench).await;
        let client = client(&bench, &ada, "Daniel Whitfield").await;
        place(&bench, &ada, client, on).await.unwrap();
        two_versions(service, &ada, client).await;
        let keys = keyring(service).await;
        let (mut steps, mut moved) = (0, 0);
        while moved < 2 {
            let now = listed(service, &ada, client).await.remove(0);
            let to = if now.programme.is_some() { None } else { Some(on) };
            match killed_after(steps, shift(service, &ada, client, now.id, to)).await {
                Some(done) => {
                    done.unwrap();
                    (steps, moved) = (0, moved + 1);
                }
                None => steps += 1,
            }
            assert!(steps < 500, "it never comes to its end");
            // What was handed to the store may still be done after the one who asked is gone.
            let mut tries = 0;
            let there = loop {
                let there = listed(service, &ada, client).await;
                assert_eq!(there.len(), 1, "not twice, and not lost");
                let one = read(service, &ada, client, there[0].id, 1).await;
                let two = read(service, &ada, client, there[0].id, 2).await;
                if let (Ok(one), Ok(two)) = (one, two) {
                    assert!(one == long() && two == b"Better proof");
                    break there;
                }
                tries += 1;
                assert!(tries < 20, "it does not open");
                tokio::time::sleep(Duration::from_millis(5)).await;
            };
            assert_eq!(there[0].versions.len(), 2);
        }
        // The sweep takes what those left over who were cut off.
        tokio::time::sleep(Duration::from_millis(200)).await;
        service.sweep_documents(Duration::ZERO).await.unwrap();
        assert_eq!(files(&bench).len(), 2);
        assert_eq!(keyring(service).await, keys);
        let id = listed(service, &ada, client).await.remove(0).id;
        reads_as_it_was(service, &ada, client, id).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_version_that_arrives_while_its_document_moves_is_told_so_and_nothing_is_lost() {
    for bench in Bench::all().await {
        let (service, ada) = (&bench.service, bench.visit("Ada", Role::Adviser).await);
        let on = ladder(&bench).await;
        let client = client(&bench, &ada, "Daniel Whitfield").await;
        place(&bench, &ada, client, on).await.unwrap();
        let id = two_versions(service, &ada, client).await;
        let newer = sending("proof.txt", Some((id, 2)));
        let Begun::Upload(mut upload) = service.begin_document(&ada, client, newer).await.unwrap() else {
            panic!("a new form")
        };
        upload.push(b"Too late").await.unwrap();
        let there = shift(service, &ada, client, id, Some(on)).await.unwrap();
        let late = upload.finish().await;
        assert!(matches!(late, Err(Error::ChangedMeanwhile)), "{late:?}");
        reads_as_it_was(service, &ada, client, there).await;
        assert_eq!(files(&bench).len(), 2);

        // Two who move it at once: one of them does.
        let (one, other) = tokio::join!(
            shift(service, &ada, client, there, None),
            shift(service, &ada, client, there, None)
        );
        assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
        let back = listed(service, &ada, client).await;
        assert_eq!((back.len(), back[0].programme), (1, None));
        reads_as_it_was(service, &ada, client, back[0].id).await;
        assert_eq!(files(&bench).len(), 2);

        // With a programme from the beginning, and into the file.
        let of_programme = send(service, &ada, client, with(on), b"Sent there").await.unwrap();
        let own = service.move_document(&ada, client, of_programme, 1, key(), None).await.unwrap();
        assert_eq!(read(service, &ada, client, own, 1).await.unwrap(), b"Sent there");
    }
}

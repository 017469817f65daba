//! Documents that were put with a programme: they lie in its layer, are shown there, and go with its key and on its day.

use access::Role;
use casework::programmes::{Ended, Reason};
use casework::{Answer, ClientId, DocumentId, Fault, PlacementId, Profile, ProgrammeId};
use notice::{Category, FieldId};
use records::documents::{Document, Goes, Sending};
use records::erasure::{Ground, What};
use records::export::Folder;
use records::placements::Becomes;
use records::{Error, Service, Visit, day_number};
use store::{Row, Sql};

use crate::bench::Bench;
use crate::documents::{files, listed, read, send, sending};
use crate::programmes::{client, ladder, place};

static PROGRAMME_IS_DUE: Sql = Sql {
    name: "PROGRAMME_IS_DUE",
    store: "records",
    text: "UPDATE keeping SET day = $1 WHERE layer LIKE 'programme:%'",
};
static FILE_IS_DUE: Sql = Sql {
    name: "FILE_IS_DUE",
    store: "records",
    text: "UPDATE keeping SET day = $1 WHERE layer = 'service'",
};
static ROWS: Sql = Sql {
    name: "ROWS",
    store: "records",
    text: "SELECT id, version, client, programme, category, state, blob, pieces, written, author, sealed FROM document ORDER BY written",
};
pub(crate) static BACK: Sql = Sql {
    name: "BACK",
    store: "records",
    text: "INSERT INTO document (id, version, client, programme, category, state, blob, pieces, written, author, sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
};

static GONE_AGAIN: Sql =
    Sql { name: "GONE_AGAIN", store: "records", text: "DELETE FROM document WHERE id = $1" };

const OWN: &[u8] = b"Kept with the file itself";

/// More than one piece.
fn proof() -> Vec<u8> {
    b"What the funder asks for. ".iter().copied().cycle().take(150_000).collect()
}

pub(crate) fn with(programme: ProgrammeId) -> Sending {
    Sending { goes: Goes::With(programme), ..sending("proof.txt", None) }
}

/// Somebody on a programme, with a document in the file itself and one in the programme's layer.
struct Laid {
    ada: Visit,
    client: ClientId,
    on: ProgrammeId,
    placement: PlacementId,
    own: DocumentId,
    of_programme: DocumentId,
}

async fn laid(bench: &Bench) -> Laid {
    let ada = bench.visit("Ada", Role::Adviser).await;
    let on = ladder(bench).await;
    let client = client(bench, &ada, "Daniel Whitfield").await;
    let placement = place(bench, &ada, client, on).await.unwrap();
    let own = send(&bench.service, &ada, client, sending("own.txt", None), OWN).await.unwrap();
    bench.later(60);
    let of_programme = send(&bench.service, &ada, client, with(on), &proof()).await.unwrap();
    Laid { ada, client, on, placement, own, of_programme }
}

async fn end(service: &Service, laid: &Laid) {
    let ended = Ended { on: service.surroundings().today(), reason: Reason::Completed, note: String::new() };
    let becomes = Becomes::Ended(ended);
    service.change_placement(&laid.ada, laid.client, laid.placement, 1, becomes).await.unwrap();
}

/// The layers that this statement speaks of are past their day, and the night comes.
async fn night(bench: &Bench, due: &'static Sql) {
    let today = bench.service.surroundings().today();
    let records = bench.ground.store(&records::MIGRATIONS).await;
    records.write(vec![due.with([day_number(today).into()])]).await.unwrap();
    assert_eq!(bench.service.sweep(today).await.unwrap().erased, 1);
}

pub(crate) async fn rows(bench: &Bench) -> Vec<Row> {
    let records = bench.ground.store(&records::MIGRATIONS).await;
    records.read(vec![ROWS.with([])]).await.unwrap().remove(0).rows
}

/// Rows and bytes of documents as an older backup has them.
struct Older {
    rows: Vec<Row>,
    files: Vec<(std::path::PathBuf, Vec<u8>)>,
}

impl Older {
    async fn copied(bench: &Bench) -> Older {
        let all = files(bench).into_iter();
        let files = all.map(|path| (path.clone(), std::fs::read(path).unwrap())).collect();
        Older { rows: rows(bench).await, files }
    }

    /// Puts back what is gone meanwhile.
    async fn back(&self, bench: &Bench) {
        let there: Vec<[u8; 16]> = rows(bench).await.iter().map(|row| row.bytes16(0).unwrap()).collect();
        let records = bench.ground.store(&records::MIGRATIONS).await;
        for row in self.rows.iter().filter(|row| !there.contains(&row.bytes16(0).unwrap())) {
            records.write(vec![BACK.with::<11>(row.values().to_vec().try_into().unwrap())]).await.unwrap();
        }
        for (path, bytes) in &self.files {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
    }
}

fn ids(documents: &[Document]) -> Vec<(DocumentId, Option<ProgrammeId>)> {
    documents.iter().map(|document| (document.id, document.programme)).collect()
}

fn fault(result: Result<DocumentId, Error>) -> Fault {
    match result {
        Err(Error::Faults(mut faults)) => faults.remove(0),
        other => panic!("no fault: {:?}", other.map_err(|error| error.to_string())),
    }
}

// promise: P13
#[tokio::test(flavor = "multi_thread")]
async fn a_document_of_a_programme_goes_with_its_layer_and_the_file_keeps_its_own() {
    for bench in Bench::all().await {
        let laid = laid(&bench).await;
        let Laid { ada, client, on, placement, own, of_programme } = &laid;
        let service = &bench.service;
        assert_eq!(
            ids(&listed(service, ada, *client).await),
            [(*of_programme, Some(*on)), (*own, None)],
            "the newest first"
        );
        let view = service.view_placement(ada, *client, *placement).await.unwrap().release().await.unwrap();
        assert_eq!(ids(&view.documents), [(*of_programme, Some(*on))]);
        assert!(view.names_documents);

        // A new version lies where the document lies.
        let newer = Sending {
            goes: Goes::Replaces { document: *of_programme, seen: 1 },
            ..sending("proof.txt", None)
        };
        send(service, ada, *client, newer, b"Better proof").await.unwrap();
        assert_eq!(read(service, ada, *client, *of_programme, 1).await.unwrap(), proof());
        assert_eq!(read(service, ada, *client, *of_programme, 2).await.unwrap(), b"Better proof");
        assert_eq!(files(&bench).len(), 3);
        end(service, &laid).await;
        let older = Older::copied(&bench).await;

        night(&bench, &PROGRAMME_IS_DUE).await;
        let gwen = bench.visit("Gwen", Role::Governance).await;
        let (_, register) = service.erasures(&gwen).await.unwrap();
        assert_eq!(
            register.iter().map(|one| (one.what, one.documents)).collect::<Vec<_>>(),
            [(What::Programme(*on), 2)]
        );
        assert_eq!(ids(&listed(service, ada, *client).await), [(*own, None)]);
        assert_eq!(files(&bench).len(), 1, "its bytes are removed");
        assert_eq!(read(service, ada, *client, *own, 1).await.unwrap(), OWN);
        assert!(matches!(read(service, ada, *client, *of_programme, 1).await, Err(Error::NoSuchFile)));

        // Whoever puts rows and bytes of an older copy back has nothing: the key went with the layer's.
        older.back(&bench).await;
        for version in [1, 2] {
            assert!(read(service, ada, *client, *of_programme, version).await.is_err());
        }
        assert!(matches!(service.documents(ada, *client).await, Err(Error::Vault(_))));
        assert_eq!(read(service, ada, *client, *own, 1).await.unwrap(), OWN);
    }
}

// promise: P17
#[tokio::test(flavor = "multi_thread")]
async fn when_the_file_goes_first_its_own_documents_go_and_those_of_a_programme_stay() {
    for bench in Bench::all().await {
        let laid = laid(&bench).await;
        let service = &bench.service;
        end(service, &laid).await;
        let keyring = async || {
            let findings = service.examine().await;
            assert!(findings.iter().all(|finding| finding.sound), "{findings:?}");
            findings.into_iter().find(|finding| finding.name == "keyring").unwrap().detail
        };
        let before = keyring().await;
        assert!(before.starts_with("6 keys of 1 files"), "{before}");
        let older = Older::copied(&bench).await;
        night(&bench, &FILE_IS_DUE).await;
        let gwen = bench.visit("Gwen", Role::Governance).await;
        let (_, register) = service.erasures(&gwen).await.unwrap();
        assert_eq!(
            register.iter().map(|one| (one.what, one.documents)).collect::<Vec<_>>(),
            [(What::Service, 1)]
        );
        assert_eq!(files(&bench).len(), 1);
        let left = keyring().await;
        assert!(left.starts_with("2 keys of 1 files"), "the layer's and its document's: {left}");
        assert!(service.open_document(&laid.ada, laid.client, laid.own, 1, false).await.is_err());

        // What the programme keeps can still be shown to its funder: it leaves with an export, with its bytes.
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("leaving");
        let mut folder = Folder::new(&path, None).unwrap();
        let reason = "We move to another system";
        let written = service.export("gwen@example.org", reason, &mut folder, |_, _| {}).await.unwrap();
        assert_eq!((written.files, written.documents), (1, 1));
        let bytes = std::fs::read(path.join("documents").join(format!("{}-1", laid.of_programme))).unwrap();
        assert_eq!(bytes, proof());

        // The file's own document opens from no older copy.
        older.back(&bench).await;
        let mut folder = Folder::new(&place.path().join("again"), None).unwrap();
        let again = service.export("gwen@example.org", reason, &mut folder, |_, _| {}).await;
        assert!(matches!(again, Err(Error::Vault(_))), "{again:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_of_a_programme_is_deleted_alone_by_its_own_key() {
    for bench in Bench::all().await {
        let laid = laid(&bench).await;
        let service = &bench.service;
        let older = Older::copied(&bench).await;
        service.delete_document(&laid.ada, laid.client, laid.of_programme, 1).await.unwrap();
        assert_eq!(files(&bench).len(), 1);
        let view = service.view_placement(&laid.ada, laid.client, laid.placement).await.unwrap();
        assert!(view.release().await.unwrap().documents.is_empty());
        assert!(service.examine().await.iter().all(|finding| finding.sound));
        older.back(&bench).await;
        assert!(read(service, &laid.ada, laid.client, laid.of_programme, 1).await.is_err());
        assert_eq!(read(service, &laid.ada, laid.client, laid.own, 1).await.unwrap(), OWN);
    }
}

// promise: P13
#[tokio::test(flavor = "multi_thread")]
async fn only_a_programme_that_the_client_is_on_and_whose_notice_names_documents_takes_one() {
    const PROGRAMME: &str = include_str!("../../../../programmes/skills-ladder.toml");
    const NOTICE: &str = include_str!("../../../../notices/programmes/skills-ladder.toml");
    for bench in Bench::all().await {
        let service = &bench.service;
        let ada = bench.visit("Ada", Role::Adviser).await;
        let silent = NOTICE.replace(", \"documents\"]", "]");
        assert_ne!(silent, NOTICE);
        let on = service.add_programme(PROGRAMME, Some(&silent)).await.unwrap();
        let client = client(&bench, &ada, "Daniel Whitfield").await;
        let not_on_it = fault(send(service, &ada, client, with(on), OWN).await);
        assert_eq!(not_on_it.field, *"programme");
        assert_eq!(not_on_it.message, "Choose a programme that this client is on");
        place(&bench, &ada, client, on).await.unwrap();
        let not_named = fault(send(service, &ada, client, with(on), OWN).await);
        assert!(not_named.message.contains("does not name this"), "{not_named:?}");
        assert!(listed(service, &ada, client).await.is_empty() && files(&bench).is_empty());
        assert!(service.examine().await.iter().all(|finding| finding.sound));
    }
}

// promise: P23
#[tokio::test(flavor = "multi_thread")]
async fn one_layer_goes_on_request_and_the_rest_of_the_file_stays() {
    for bench in Bench::all().await {
        let laid = laid(&bench).await;
        let Laid { ada, client, on, own, of_programme, .. } = &laid;
        let service = &bench.service;
        let manager = bench.visit("Meera Shah", Role::Manager).await;
        let why = "Asked at the meeting today for this to go";
        let equality = What::Category(Category::Equality);
        let nothing = service.ask_erasure(ada, *client, [1; 16], equality, Ground::Request, why).await;
        assert!(matches!(nothing, Err(Error::Faults(faults)) if faults[0].field == "what"));
        let mut page = Profile::default();
        page.set(FieldId::from("religion"), Some(Answer::PreferNotToSay));
        service.change_details(ada, *client, Category::Equality, 0, page.clone()).await.unwrap();

        let effects = service.erasure_effects(ada, *client).await.unwrap().release().await.unwrap();
        let layers: Vec<_> =
            effects.layers.iter().map(|layer| (layer.what, layer.entries, layer.documents)).collect();
        let programme = What::Programme(*on);
        assert!(layers.contains(&(equality, 1, 0)), "{layers:?}");
        assert!(
            layers.iter().any(|(what, entries, documents)| {
                (*what, *entries > 0, *documents) == (programme, true, 1)
            })
        );

        let older = Older::copied(&bench).await;
        for (form, what) in [([2; 16], programme), ([3; 16], equality)] {
            let id = service.ask_erasure(ada, *client, form, what, Ground::Request, why).await.unwrap();
            let (waiting, _) = service.erasures(&manager).await.unwrap();
            assert_eq!(waiting.iter().map(|one| one.what).collect::<Vec<_>>(), [what]);
            assert!(matches!(service.decide_erasure(ada, id, true).await, Err(Error::NotYours(_))));
            service.decide_erasure(&manager, id, true).await.unwrap();
            let receipt = service.erasure(&manager, id).await.unwrap().unwrap();
            assert_eq!((receipt.what, receipt.asked_by), (what, Some(ada.staff)));
            assert!(receipt.in_service.is_some() && !receipt.shares_a_key());
        }
        let file = service.open_file(ada, *client, 20).await.unwrap().release().await.unwrap();
        assert!(file.equality_answered.is_none() && file.entries > 0);
        let has_day = |file: &records::files::ClientFile| {
            file.clocks.iter().any(|one| one.layer == notice::Layer::Equality)
        };
        assert!(!has_day(&file), "what is gone has no day on which it goes");
        assert!(service.view_placement(ada, *client, laid.placement).await.is_err());
        assert_eq!(ids(&listed(service, ada, *client).await), [(*own, None)]);
        assert_eq!(read(service, ada, *client, *own, 1).await.unwrap(), OWN);
        older.back(&bench).await;
        assert!(read(service, ada, *client, *of_programme, 1).await.is_err(), "its key is gone");
        let records = bench.ground.store(&records::MIGRATIONS).await;
        records.write(vec![GONE_AGAIN.with([of_programme.as_bytes().into()])]).await.unwrap();
        // Who changes their mind answers anew, under a key of its own.
        service.change_details(ada, *client, Category::Equality, 0, page).await.unwrap();
        let file = service.open_file(ada, *client, 20).await.unwrap().release().await.unwrap();
        assert!(has_day(&file));
        let findings = service.examine().await;
        assert!(findings.iter().all(|finding| finding.sound), "{findings:?}");
    }
}

// promise: P22
#[tokio::test(flavor = "multi_thread")]
async fn all_that_no_programme_needs_goes_on_request_and_its_evidence_stays() {
    for bench in Bench::all().await {
        let laid = laid(&bench).await;
        let Laid { ada, client, on, .. } = &laid;
        let manager = bench.visit("Morgan", Role::Manager).await;
        let service = &bench.service;
        let effects = service.erasure_effects(ada, *client).await.unwrap().release().await.unwrap();
        let of = |what: What| effects.layers.iter().find(|layer| layer.what == what).unwrap();
        let (rest, evidence) = (of(What::Service), of(What::Programme(*on)));
        assert_eq!((rest.documents, evidence.documents), (1, 1));
        assert_eq!((rest.entries + evidence.entries, rest.until), (effects.entries, evidence.until));
        let why = "They want all to go that may go";
        let asked = service.ask_erasure(ada, *client, [9; 16], What::Service, Ground::Request, why).await;
        service.decide_erasure(&manager, asked.unwrap(), true).await.unwrap();
        let left = rows(&bench).await;
        assert_eq!(left.len(), 1, "the programme's document alone is left");
        assert_eq!(left[0].opt_bytes16(3).unwrap(), Some(*on.as_bytes()));
        assert!(service.examine().await.iter().all(|f| f.sound), "{:?}", service.examine().await);
    }
}

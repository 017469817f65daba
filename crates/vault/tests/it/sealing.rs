//! Who may seal and open what.

use access::{Act, Actor, Circumstances, Request, Role, Subject};
use notice::{Categories, Category, Purpose};
use store::testing::grounds;
use vault::{Compartment, Error, FileId, Place, Vault};

use crate::desk::{Desk, adviser, client, desk, place, system};

const ALL: [Compartment; 3] = [Compartment::File, Compartment::Equality, Compartment::Rights];

async fn with_files(ground: &store::testing::Ground) -> Desk {
    let desk = desk(ground).await;
    for n in [1, 2] {
        desk.vault.create_file(client(n).into(), &ALL).await.unwrap();
    }
    desk
}

fn governance(act: Act, file: u8, categories: Categories) -> Request {
    let circumstances = Circumstances { reason: true, ..Circumstances::default() };
    let actor = Actor { id: casework::StaffId::from_bytes([8; 16]).into(), role: Role::Governance };
    Request {
        actor,
        purpose: Purpose::Rights,
        act,
        subject: Subject::Client(client(file)),
        categories,
        circumstances,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_adviser_writes_comes_back_with_the_receipt_of_its_entry() {
    for ground in grounds() {
        let desk = with_files(&ground).await;
        let keys = desk.vault.keys(client(1).into()).await.unwrap();
        let at = place(1, Category::Casework);
        let permit = desk.adviser(Act::Write, 1, Category::Casework.into());
        let sealed = desk.vault.seal(&permit, &keys, &at, &"met at the library").unwrap();
        let entry = desk.reading(1, Category::Casework);
        let opened = desk.vault.open::<String>(&entry, &keys, &at, &sealed).unwrap();
        let receipt = entry.durable().await.unwrap();
        assert_eq!(opened.release(&receipt).unwrap(), "met at the library");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_permit_opens_exactly_its_file_its_categories_and_its_act() {
    for ground in grounds() {
        let desk = with_files(&ground).await;
        let keys = desk.vault.keys(client(1).into()).await.unwrap();
        let other_keys = desk.vault.keys(client(2).into()).await.unwrap();
        let at = place(1, Category::Casework);
        let permit = desk.adviser(Act::Write, 1, Category::Casework.into());
        let sealed = desk.vault.seal(&permit, &keys, &at, &1_u8).unwrap();

        let everything = Categories::all();
        let contact_and_identity: Categories = [Category::Contact, Category::Identity].into_iter().collect();
        let read_everyone = |c| system(Purpose::Statistics, Act::Read, Subject::Everyone, c);
        // request to read with, whether it opens the case note of file 1
        let cases = [
            (adviser(Act::Read, 1, Category::Casework.into()), true),
            (adviser(Act::Read, 1, contact_and_identity.with(Category::Casework)), true),
            (adviser(Act::Read, 1, Category::Contact.into()), false),
            (adviser(Act::Read, 2, Category::Casework.into()), false),
            (adviser(Act::Write, 1, Category::Casework.into()), false),
            (governance(Act::Read, 1, everything), true),
            (governance(Act::Erase, 1, everything), false),
            (read_everyone(Category::Casework.into()), true),
            (read_everyone(Category::Work.into()), false),
            (system(Purpose::Keeping, Act::Write, Subject::Everyone, everything), false),
            (
                Request { subject: Subject::Everyone, ..adviser(Act::Search, 1, Category::Contact.into()) },
                false,
            ),
        ];
        for (request, opens) in cases {
            let entry = desk.entry(desk.permit(request));
            let opened = desk.vault.open::<u8>(&entry, &keys, &at, &sealed);
            match opened {
                Ok(_) => assert!(opens, "{request:?}"),
                Err(error) => {
                    assert!(
                        matches!(error, Error::NotPermitted { category: Category::Casework, .. }),
                        "{error}"
                    );
                    assert!(!opens, "{request:?}");
                    assert!(error.to_string().contains("casework"), "{error}");
                }
            }
        }
        // The right permit with the keys of another file.
        let entry = desk.reading(1, Category::Casework);
        assert!(matches!(desk.vault.open::<u8>(&entry, &other_keys, &at, &sealed), Err(Error::NoKeys)));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sealing_needs_a_permit_to_write_that_file_and_category() {
    for ground in grounds() {
        let desk = with_files(&ground).await;
        let keys = desk.vault.keys(client(1).into()).await.unwrap();
        let load = |subject| system(Purpose::Keeping, Act::Write, subject, Categories::all());
        let cases = [
            (adviser(Act::Write, 1, Category::Contact.into()), true),
            (adviser(Act::Write, 1, Category::Work.into()), false),
            (adviser(Act::Write, 2, Category::Contact.into()), false),
            (adviser(Act::Read, 1, Category::Contact.into()), false),
            (load(Subject::Everyone), true),
        ];
        for (request, seals) in cases {
            let permit = desk.permit(request);
            let sealed = desk.vault.seal(&permit, &keys, &place(1, Category::Contact), &"x");
            assert_eq!(sealed.is_ok(), seals, "{request:?}");
        }
    }
}

// promise: P2
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn equality_answers_have_a_key_of_their_own_that_an_adviser_writes_with_and_cannot_read_with() {
    for ground in grounds() {
        let desk = with_files(&ground).await;
        let keys = desk.vault.keys(client(1).into()).await.unwrap();
        let at = place(1, Category::Equality);
        let writing =
            Request { purpose: Purpose::EqualityDuty, ..adviser(Act::Write, 1, Category::Equality.into()) };
        let permit = desk.permit(writing);
        let sealed = desk.vault.seal(&permit, &keys, &at, &"prefer-not-to-say").unwrap();

        // No adviser gets a permit to read it, and one for the rest of the file does not open it.
        assert!(desk.policy.decide(Request { act: Act::Read, ..writing }).is_err());
        let entry = desk.reading(1, Category::Casework);
        assert!(desk.vault.open::<String>(&entry, &keys, &at, &sealed).is_err());
        // It does not pass for another category under another key.
        let moved = Place { compartment: &Compartment::File, ..at };
        assert!(matches!(desk.vault.seal(&permit, &keys, &moved, &"x"), Err(Error::WrongCompartment { .. })));
        // The client's access request opens it.
        let entry = desk.entry(desk.permit(governance(Act::Read, 1, Categories::all())));
        assert!(desk.vault.open::<String>(&entry, &keys, &at, &sealed).is_ok());

        // Withdrawn: its own key goes, the file stays.
        let erase = desk.permit(governance(Act::Erase, 1, Category::Equality.into()));
        desk.vault.erase(&erase, client(1).into(), Some(Compartment::Equality)).await.unwrap();
        let keys = desk.vault.keys(client(1).into()).await.unwrap();
        assert!(!keys.have(&Compartment::Equality) && keys.have(&Compartment::File));
        assert!(matches!(desk.vault.open::<String>(&entry, &keys, &at, &sealed), Err(Error::NoKey(_))));
    }
}

// promise: P15
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_an_erasure_old_rows_do_not_open_even_with_keys_held_before_it() {
    for ground in grounds() {
        let desk = with_files(&ground).await;
        let mut rows = Vec::new();
        for n in [1, 2] {
            let keys = desk.vault.keys(client(n).into()).await.unwrap();
            let permit = desk.adviser(Act::Write, n, Category::Casework.into());
            let sealed = desk.vault.seal(&permit, &keys, &place(n, Category::Casework), &n).unwrap();
            rows.push((n, keys, sealed));
        }
        let bulk = desk.vault.keys_of(&[client(1).into(), client(2).into()]).await.unwrap();

        let not_erasing = desk.adviser(Act::Write, 1, Category::Casework.into());
        let refused = desk.vault.erase(&not_erasing, client(1).into(), None).await;
        assert!(matches!(refused, Err(Error::ErasureNotPermitted)));
        let erase = desk.permit(governance(Act::Erase, 1, Categories::all()));
        let refused = desk.vault.erase(&erase, client(2).into(), None).await;
        assert!(matches!(refused, Err(Error::ErasureNotPermitted)));
        desk.vault.erase(&erase, client(1).into(), None).await.unwrap();

        let (_, held, sealed) = &rows[0];
        let entry = desk.reading(1, Category::Casework);
        let at = place(1, Category::Casework);
        assert!(matches!(desk.vault.open::<u8>(&entry, held, &at, sealed), Err(Error::Erased)));
        let of_bulk = &bulk[&FileId::from(client(1))];
        assert!(matches!(desk.vault.open::<u8>(&entry, of_bulk, &at, sealed), Err(Error::Erased)));
        let write = desk.adviser(Act::Write, 1, Category::Casework.into());
        assert!(matches!(desk.vault.seal(&write, held, &at, &1), Err(Error::Erased)));
        assert!(matches!(desk.vault.keys(client(1).into()).await, Err(Error::NoKeys)));
        desk.vault.roll().await.unwrap();

        // Old rows of a records backup, with the newest keyring: the survivor's open, the erased one's have no key.
        let restored = Vault::unlock(desk.keyring.clone(), &desk.root).await.unwrap();
        assert!(matches!(restored.keys(client(1).into()).await, Err(Error::NoKeys)));
        let keys = restored.keys(client(2).into()).await.unwrap();
        let entry = desk.reading(2, Category::Casework);
        let opened = restored.open::<u8>(&entry, &keys, &place(2, Category::Casework), &rows[1].2).unwrap();
        assert_eq!(opened.release(&entry.durable().await.unwrap()).unwrap(), 2);
        // Nor with the survivor's key.
        let entry = desk.reading(1, Category::Casework);
        assert!(restored.open::<u8>(&entry, &keys, &at, sealed).is_err());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sweep_erases_many_files_at_once_or_none() {
    for ground in grounds() {
        let desk = with_files(&ground).await;
        let all = Categories::all();
        let one = || desk.permit(system(Purpose::Keeping, Act::Erase, Subject::Client(client(1)), all));
        let both: [FileId; 2] = [client(1).into(), client(2).into()];
        let going = [(one(), both[0]), (one(), both[1])];
        assert!(matches!(desk.vault.erase_all(&going).await, Err(Error::ErasureNotPermitted)));
        assert_eq!(desk.vault.holds(&both).await.unwrap(), both);
        desk.vault.erase_all(&[(one(), both[0])]).await.unwrap();
        assert_eq!(desk.vault.holds(&both).await.unwrap(), both[1..]);
        assert_eq!(desk.vault.counts().await.unwrap().erased_since_roll, 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stated_reason_is_sealed_by_whoever_may_open_the_file_and_as_nothing_else() {
    for ground in grounds() {
        let desk = with_files(&ground).await;
        let keys = desk.vault.keys(client(1).into()).await.unwrap();
        let at = Place { table: "reason", ..place(1, Category::Agreement) };
        let reading = desk.adviser(Act::Read, 1, Category::Contact.into());
        let sealed = desk.vault.seal_reason(&reading, &keys, &at, "covers for a colleague").unwrap();
        assert!(desk.vault.seal_reason(&reading, &keys, &place(1, Category::Agreement), "x").is_err());
        let other = desk.adviser(Act::Read, 2, Category::Contact.into());
        assert!(desk.vault.seal_reason(&other, &keys, &at, "x").is_err());
        let entry = desk.entry(desk.permit(governance(Act::Read, 1, Category::Agreement.into())));
        assert!(desk.vault.open::<String>(&entry, &keys, &at, &sealed).is_ok());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_services_own_secrets_open_only_at_their_row_and_version_and_not_as_a_clients() {
    for ground in grounds() {
        let desk = with_files(&ground).await;
        let sealed = desk.vault.seal_service("staff", [3; 16], 1, &"a password hash").unwrap();
        assert_eq!(
            desk.vault.open_service::<String>("staff", [3; 16], 1, &sealed).unwrap(),
            "a password hash"
        );
        for (table, row, version) in [("staff", [3; 16], 2), ("staff", [4; 16], 1), ("setting", [3; 16], 1)] {
            assert!(desk.vault.open_service::<String>(table, row, version, &sealed).is_err());
        }
        let again = Vault::unlock(desk.keyring.clone(), &desk.root).await.unwrap();
        assert!(again.open_service::<String>("staff", [3; 16], 1, &sealed).is_ok());
        again.roll_anyway().await.unwrap();
        let again = Vault::unlock(desk.keyring.clone(), &desk.root).await.unwrap();
        assert!(again.open_service::<String>("staff", [3; 16], 1, &sealed).is_ok());

        // No permit reaches the service's own key, not even one for everyone.
        let keys = desk.vault.keys(client(1).into()).await.unwrap();
        let at = Place { file: FileId::SERVICE, ..place(1, Category::Contact) };
        let load = desk.permit(system(Purpose::Keeping, Act::Write, Subject::Everyone, Categories::all()));
        assert!(matches!(desk.vault.seal(&load, &keys, &at, &1), Err(Error::NotPermitted { .. })));
    }
}

// promise: P4
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_moved_opens_in_its_new_place_and_moves_into_no_other_file_or_category() {
    for ground in grounds() {
        let desk = with_files(&ground).await;
        let of_document = Compartment::of_document(casework::DocumentId::from_bytes([5; 16]), None);
        desk.vault.add_compartment(client(1).into(), of_document).await.unwrap();
        let keys = desk.vault.keys(client(1).into()).await.unwrap();
        let from = place(1, Category::Casework);
        let to = Place { row: [5; 16], compartment: &of_document, ..from };
        let permit = desk.adviser(Act::Write, 1, Category::Casework.into());
        let sealed = desk.vault.seal(&permit, &keys, &from, &"met at the library").unwrap();
        let moved = desk.vault.move_sealed::<String>(&permit, &keys, &from, &to, &sealed).unwrap();
        let entry = desk.reading(1, Category::Casework);
        assert!(desk.vault.open::<String>(&entry, &keys, &from, &moved).is_err());
        let opened = desk.vault.open::<String>(&entry, &keys, &to, &moved).unwrap();
        let receipt = entry.durable().await.unwrap();
        assert_eq!(opened.release(&receipt).unwrap(), "met at the library");

        let pieces = desk.vault.seal_chunks(&permit, &keys, &from).unwrap();
        let piece = pieces.seal(0, true, b"a certificate").unwrap();
        let moving = desk.vault.move_chunks(&permit, &keys, &from, &to).unwrap();
        let there = moving.piece(&pieces.header(), 0, true, &piece).unwrap();
        assert!(moving.piece(&pieces.header(), 1, true, &piece).is_err(), "another piece");
        let entry = desk.reading(1, Category::Casework);
        let chunks = desk.vault.open_chunks(&entry, &keys, &to).unwrap();
        let chunks = chunks.release(&entry.durable().await.unwrap()).unwrap();
        assert!(chunks.open(&moving.header(), 0, true, &there).unwrap().starts_with(b"a certificate\0"));

        let another = Place { file: FileId::from(client(2)), ..to };
        let others = Place { category: Category::Contact, ..to };
        let table = Place { table: "document", ..to };
        for wrong in [another, others, table] {
            let moved = desk.vault.move_sealed::<String>(&permit, &keys, &from, &wrong, &sealed);
            assert!(matches!(moved, Err(Error::NotPermitted { doing: "moving", .. })), "{wrong:?}");
            assert!(desk.vault.move_chunks(&permit, &keys, &from, &wrong).is_err());
        }
        let reading = desk.adviser(Act::Read, 1, Category::Casework.into());
        let moved = desk.vault.move_sealed::<String>(&reading, &keys, &from, &to, &sealed);
        assert!(matches!(moved, Err(Error::NotPermitted { doing: "sealing", .. })));
    }
}

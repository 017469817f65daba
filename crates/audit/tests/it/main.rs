//! The log on both engines: durable before it says so, and every tampering found.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test that cannot go on must say so"
)]

use std::sync::{Arc, OnceLock};

use access::{Act, Actor, ActorId, Circumstances, Policy, Request, Role, Subject};
use audit::{Action, Detail, Error, Log, Outcome, SigningKey, check_proof};
use casework::ClientId;
use jiff::Timestamp;
use notice::{Category, Purpose};
use store::testing::{Ground, grounds};
use store::{Migrations, Store, sql};

static OUTBOX: Migrations = Migrations { name: "records", steps: &[(1, "outbox", audit::OUTBOX_MIGRATION)] };

sql! { audit:
    /// Tampering, for these tests only.
    FLIP = "UPDATE audit_entry SET leaf = $2 WHERE seq = $1";
    COLUMN = "UPDATE audit_entry SET subject = $2 WHERE seq = $1";
    DELETE = "DELETE FROM audit_entry WHERE seq = $1";
    TRUNCATE = "DELETE FROM audit_entry WHERE seq >= $1";
    SHRINK = "UPDATE audit_head SET size = $1";
    MOVE = "UPDATE audit_entry SET seq = $2 WHERE seq = $1";
    HASH = "UPDATE audit_hash SET hash = $2 WHERE place = $1";
    LEAF = "SELECT leaf FROM audit_entry WHERE seq = $1";
    FORGET_HASHES = "DELETE FROM audit_hash WHERE place >= $1";
}

fn client(n: u8) -> ClientId {
    ClientId::from_bytes([n; 16])
}

fn policy() -> &'static Policy {
    static POLICY: OnceLock<Policy> = OnceLock::new();
    POLICY.get_or_init(|| Policy::shipped().unwrap())
}

fn permit(n: u8) -> access::Permit {
    let request = Request {
        actor: Actor { id: ActorId::from_bytes([9; 16]), role: Role::Adviser },
        purpose: Purpose::Support,
        act: Act::Read,
        subject: Subject::Client(client(n)),
        categories: Category::Contact.into(),
        circumstances: Circumstances { own_caseload: true, ..Circumstances::default() },
    };
    policy().decide(request).unwrap()
}

struct Bench {
    ground: Ground,
    audit: Store,
    records: Store,
}

impl Bench {
    async fn all() -> Vec<Bench> {
        let mut all = Vec::new();
        for ground in grounds() {
            eprintln!("on {:?}", ground.engine());
            let audit = ground.store(&audit::MIGRATIONS).await;
            let records = ground.store(&OUTBOX).await;
            SigningKey::create(&ground.folder().join("key")).unwrap();
            all.push(Bench { ground, audit, records });
        }
        all
    }

    async fn open(&self) -> Result<Log, Error> {
        let key = SigningKey::load(&self.ground.folder().join("key")).unwrap();
        let checkpoint = self.ground.folder().join("checkpoint");
        Log::open(self.audit.clone(), self.records.clone(), key, &checkpoint, Arc::new(Timestamp::now)).await
    }

    async fn filled(&self, entries: u8) -> Log {
        let log = self.open().await.unwrap();
        for n in 0..entries {
            let _receipt =
                log.submit(permit(n % 5), Action("view-file"), Detail::default()).durable().await.unwrap();
        }
        log
    }
}

// promise: P21
#[tokio::test(flavor = "multi_thread")]
async fn who_looked_at_a_file_is_told_newest_first() {
    for bench in Bench::all().await {
        let log = bench.filled(12).await;
        let refusal = {
            let request = Request {
                actor: Actor { id: ActorId::from_bytes([8; 16]), role: Role::Receptionist },
                purpose: Purpose::Support,
                act: Act::Read,
                subject: Subject::Client(client(3)),
                categories: Category::Casework.into(),
                circumstances: Circumstances::default(),
            };
            policy().decide(request).err().unwrap()
        };
        log.refused(&refusal, Action("view-file")).durable().await.unwrap();
        log.event(None, Action("sign-in"), Outcome::Refused("unknown")).durable().await.unwrap();
        let about = log.about(client(3), 50).await.unwrap();
        assert_eq!(
            about.iter().map(|e| e.outcome.as_str()).collect::<Vec<_>>(),
            ["refused:not-allowed", "done", "done"]
        );
        assert!(about.windows(2).all(|w| w[0].seq > w[1].seq));
        assert_eq!(about[1].categories, ["contact"]);
        assert_eq!(log.by_actor(ActorId::from_bytes([8; 16]), 9).await.unwrap().len(), 1);
        assert_eq!(log.size().await.unwrap(), 14);
        assert_eq!(log.verify().await.unwrap().unwrap().entries, 14);
        log.close().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_are_all_written_and_the_tree_holds() {
    for bench in Bench::all().await {
        let log = Arc::new(bench.open().await.unwrap());
        let tasks: Vec<_> = (0..32)
            .map(|n| {
                let log = Arc::clone(&log);
                tokio::spawn(async move {
                    for _ in 0..20 {
                        let entry = log.submit(permit(n), Action("view-file"), Detail::default());
                        let number = entry.number();
                        assert!(entry.durable().await.unwrap().number() == number);
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(log.verify().await.unwrap().unwrap().entries, 640);
        log.close().await.unwrap();
        assert_eq!(
            log.submit(permit(1), Action("view-file"), Detail::default()).durable().await.err(),
            Some(Error::Unavailable)
        );
        let again = bench.open().await.unwrap();
        assert_eq!(again.verify().await.unwrap().unwrap().signed, 640);
        again.close().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_write_one_log() {
    for bench in Bench::all().await {
        let one = Arc::new(bench.open().await.unwrap());
        let key = SigningKey::load(&bench.ground.folder().join("key")).unwrap();
        let other = bench.ground.folder().join("other-checkpoint");
        let two =
            Log::open(bench.audit.clone(), bench.records.clone(), key, &other, Arc::new(Timestamp::now))
                .await
                .unwrap();
        let two = Arc::new(two);
        let tasks: Vec<_> = [Arc::clone(&one), Arc::clone(&two), Arc::clone(&one), Arc::clone(&two)]
            .into_iter()
            .map(|log| {
                tokio::spawn(async move {
                    for _ in 0..25 {
                        log.event(None, Action("sign-in"), Outcome::Done).durable().await.unwrap();
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(one.verify().await.unwrap().unwrap().entries, 100);
        one.close().await.unwrap();
        two.close().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_of_a_change_arrives_once_whatever_happens_between() {
    for bench in Bench::all().await {
        let log = bench.open().await.unwrap();
        let change = log.change(permit(1), Action("view-file"), &Detail::default());
        let outbox = change.outbox();
        bench.records.write(vec![outbox.clone()]).await.unwrap();
        change.committed();
        log.close().await.unwrap();
        // As if the server had died after the log's commit and before it cleared the outbox.
        bench.records.write(vec![outbox]).await.unwrap();
        let log = bench.open().await.unwrap();
        assert_eq!(log.size().await.unwrap(), 1);
        assert!(log.verify().await.unwrap().is_ok());
        log.close().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_tampering_is_found_at_its_first_entry() {
    for bench in Bench::all().await {
        let log = bench.filled(20).await;
        log.close().await.unwrap();
        let log = bench.open().await.unwrap();
        assert!(log.verify().await.unwrap().is_ok(), "the untouched log passes");
        let leaf = |rows: Vec<store::Rows>| rows[0].rows[0].blob(0).unwrap().to_vec();
        let kept = leaf(bench.audit.read(vec![LEAF.with([7_i64.into()])]).await.unwrap());
        let other = leaf(bench.audit.read(vec![LEAF.with([8_i64.into()])]).await.unwrap());
        let flipped = String::from_utf8(kept.clone()).unwrap().replace("adviser", "manager").into_bytes();
        let first_bad = async || log.verify().await.unwrap().unwrap_err().entry;

        bench.audit.write(vec![FLIP.with([7_i64.into(), flipped.into()])]).await.unwrap();
        assert_eq!(first_bad().await, 7);
        bench.audit.write(vec![FLIP.with([7_i64.into(), kept.clone().into()])]).await.unwrap();
        assert!(log.verify().await.unwrap().is_ok());

        let subject = client(7 % 5).as_bytes().to_vec();
        bench.audit.write(vec![COLUMN.with([7_i64.into(), vec![1; 16].into()])]).await.unwrap();
        assert_eq!(first_bad().await, 7);
        bench.audit.write(vec![COLUMN.with([7_i64.into(), subject.into()])]).await.unwrap();

        let swap = [(7, 900), (8, 7), (900, 8)].map(|(a, b): (i64, i64)| MOVE.with([a.into(), b.into()]));
        bench.audit.write(swap.to_vec()).await.unwrap();
        assert_eq!(first_bad().await, 7);
        bench.audit.write(swap.to_vec()).await.unwrap();
        assert!(log.verify().await.unwrap().is_ok());
        let _ = other;

        bench.audit.write(vec![MOVE.with([12_i64.into(), 500_i64.into()])]).await.unwrap();
        assert_eq!(first_bad().await, 12);
        bench.audit.write(vec![MOVE.with([500_i64.into(), 12_i64.into()])]).await.unwrap();

        bench.audit.write(vec![HASH.with([2_i64.into(), vec![0; 32].into()])]).await.unwrap();
        assert_eq!(first_bad().await, 1);
        log.close().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_truncated_log_is_found_and_does_not_open() {
    for bench in Bench::all().await {
        bench.filled(20).await.close().await.unwrap();
        let log = bench.open().await.unwrap();
        bench.audit.write(vec![TRUNCATE.with([15_i64.into()])]).await.unwrap();
        assert_eq!(log.verify().await.unwrap().unwrap_err().entry, 15);
        bench
            .audit
            .write(vec![SHRINK.with([15_i64.into()]), FORGET_HASHES.with([26_i64.into()])])
            .await
            .unwrap();
        assert_eq!(log.verify().await.unwrap().unwrap_err().entry, 15);
        log.close().await.unwrap();
        let Err(error) = bench.open().await else { panic!("opened") };
        assert_eq!(error, Error::Behind { found: 15, signed: 20 });
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rewritten_log_does_not_fit_its_checkpoint() {
    for bench in Bench::all().await {
        bench.filled(9).await.close().await.unwrap();
        // Somebody with the database alone writes another log of the same length.
        bench
            .audit
            .write(vec![
                DELETE.with([0_i64.into()]),
                TRUNCATE.with([0_i64.into()]),
                FORGET_HASHES.with([0_i64.into()]),
                SHRINK.with([0_i64.into()]),
            ])
            .await
            .unwrap();
        let (mine, aside) = (bench.ground.folder().join("checkpoint"), bench.ground.folder().join("aside"));
        std::fs::rename(&mine, &aside).unwrap();
        bench.filled(9).await.close().await.unwrap();
        std::fs::rename(&aside, &mine).unwrap();
        let Err(error) = bench.open().await else { panic!("opened") };
        assert_eq!(error, Error::Forked { signed: 9 });
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proof_of_each_entry_holds_and_of_another_does_not() {
    for bench in Bench::all().await {
        bench.filled(23).await.close().await.unwrap();
        let log = bench.open().await.unwrap();
        let entries = log.from(0, 100).await.unwrap();
        for entry in &entries {
            let proof = log.prove(entry.seq).await.unwrap();
            assert_eq!(check_proof(&proof, &entry.leaf, log.public_key()), Ok(entry.seq));
            let other = &entries[(entry.seq as usize + 1) % entries.len()];
            assert!(check_proof(&proof, &other.leaf, log.public_key()).is_err());
            assert!(
                check_proof(&proof.replacen("index", "index 1", 1), &entry.leaf, log.public_key()).is_err()
            );
        }
        assert!(log.prove(23).await.is_err());
        log.close().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_statement_is_understood_and_every_column_classified() {
    for bench in Bench::all().await {
        assert!(bench.audit.prepare_all().await.unwrap() > 8);
        let mut live = bench.audit.columns().await.unwrap();
        let mut known: Vec<_> = store::classify::columns(&audit::MIGRATIONS)
            .unwrap()
            .into_iter()
            .map(|c| (c.table, c.column))
            .collect();
        live.sort();
        known.sort();
        assert_eq!(live, known);
    }
}

#[test]
fn a_key_that_others_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    SigningKey::create(&path).unwrap();
    assert!(SigningKey::create(&path).is_err(), "a key is never overwritten");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o444)).unwrap();
    assert!(SigningKey::load(&path).is_err());
}

//! A log on an engine, with people who ask for files.

use std::sync::{Arc, OnceLock};

use access::{Act, Actor, ActorId, Circumstances, Permit, Policy, Refusal, Request, Role, Subject};
use audit::{Action, Detail, Error, Log, Outcome, SigningKey};
use casework::ClientId;
use jiff::Timestamp;
use notice::{Category, Purpose};
use store::testing::{Ground, grounds};
use store::{Migrations, Store};

pub(crate) static OUTBOX: Migrations = Migrations {
    name: "records",
    steps: &[(1, "outbox", audit::OUTBOX_MIGRATION), (2, "given", audit::GIVEN_MIGRATION)],
};

pub(crate) const VIEW: Action = Action("view-file");

pub(crate) fn client(n: u8) -> ClientId {
    ClientId::from_bytes([n; 16])
}

fn policy() -> &'static Policy {
    static POLICY: OnceLock<Policy> = OnceLock::new();
    POLICY.get_or_init(|| Policy::shipped().unwrap())
}

fn request(actor: u8, role: Role, category: Category, n: u8, own_caseload: bool) -> Request {
    Request {
        actor: Actor { id: ActorId::from_bytes([actor; 16]), role },
        purpose: Purpose::Support,
        act: Act::Read,
        subject: Subject::Client(client(n)),
        categories: category.into(),
        circumstances: Circumstances { own_caseload, ..Circumstances::default() },
    }
}

/// An adviser's permit for the file of client `n`.
pub(crate) fn permit(n: u8) -> Permit {
    policy().decide(request(9, Role::Adviser, Category::Contact, n, true)).unwrap()
}

/// A receptionist who wanted the notes of client `n`.
pub(crate) fn refusal(n: u8) -> Refusal {
    policy().decide(request(8, Role::Receptionist, Category::Casework, n, false)).err().unwrap()
}

pub(crate) struct Bench {
    pub(crate) ground: Ground,
    pub(crate) audit: Store,
    pub(crate) records: Store,
}

impl Bench {
    pub(crate) async fn all() -> Vec<Bench> {
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

    pub(crate) fn key(&self) -> SigningKey {
        SigningKey::load(&self.ground.folder().join("key")).unwrap()
    }

    pub(crate) fn checkpoint(&self) -> std::path::PathBuf {
        self.ground.folder().join("checkpoint")
    }

    /// How many entries the checkpoint in the file covers.
    pub(crate) fn signed(&self) -> u64 {
        let note = std::fs::read_to_string(self.checkpoint()).unwrap();
        note.lines().nth(1).unwrap().parse().unwrap()
    }

    pub(crate) async fn open(&self) -> Result<Log, Error> {
        self.open_at(Arc::new(Timestamp::now)).await
    }

    pub(crate) async fn open_at(&self, clock: audit::Clock) -> Result<Log, Error> {
        Log::open(self.audit.clone(), self.records.clone(), self.key(), &self.checkpoint(), clock).await
    }

    /// A log with so many views of the files of clients 0 to 4 in it.
    pub(crate) async fn filled(&self, entries: u8) -> Log {
        let log = self.open().await.unwrap();
        let all: Vec<_> = (0..entries).map(|n| log.submit(permit(n % 5), VIEW, Detail::default())).collect();
        for entry in all {
            let _receipt = entry.durable().await.unwrap();
        }
        log
    }
}

/// Somebody signs in.
pub(crate) async fn sign_in(log: &Log) -> Result<(), Error> {
    log.event(None, Action("sign-in"), Outcome::Done).durable().await
}

//! A desk to test at: rules, log and vault, as a service has them.

use std::path::PathBuf;
use std::sync::Arc;

use access::{Act, Actor, Circumstances, Permit, Policy, Request, Role, Subject};
use audit::{Action, Detail, Entry, Log};
use casework::ClientId;
use notice::{Categories, Category, Purpose};
use store::testing::Ground;
use store::{Migrations, Store};
use vault::{Compartment, FileId, Place, Vault};

static RECORDS: Migrations = Migrations {
    name: "records",
    steps: &[(1, "outbox", audit::OUTBOX_MIGRATION), (2, "given", audit::GIVEN_MIGRATION)],
};

pub(crate) struct Desk {
    pub(crate) vault: Vault,
    pub(crate) keyring: Store,
    pub(crate) root: PathBuf,
    pub(crate) log: Log,
    pub(crate) policy: Policy,
}

pub(crate) async fn desk(ground: &Ground) -> Desk {
    let keyring = ground.store(&vault::MIGRATIONS).await;
    let root = ground.folder().join("root");
    let vault = Vault::create(keyring.clone(), &root).await.unwrap();
    let key_path = root.join("log-signing.key");
    audit::SigningKey::create(&key_path).unwrap();
    let key = audit::SigningKey::load(&key_path).unwrap();
    let (audit, records) = (ground.store(&audit::MIGRATIONS).await, ground.store(&RECORDS).await);
    let clock = Arc::new(jiff::Timestamp::now);
    let log = Log::open(audit, records, key, &ground.folder().join("checkpoint"), clock).await.unwrap();
    Desk { vault, keyring, root, log, policy: Policy::shipped().unwrap() }
}

impl Desk {
    pub(crate) fn permit(&self, request: Request) -> Permit {
        self.policy.decide(request).map_err(|refusal| format!("{refusal}: {request:?}")).unwrap()
    }

    pub(crate) fn entry(&self, permit: Permit) -> Entry {
        self.log.submit(permit, Action("view-file"), Detail::default())
    }

    /// An adviser's permit for a file of their caseload.
    pub(crate) fn adviser(&self, act: Act, file: u8, categories: Categories) -> Permit {
        self.permit(adviser(act, file, categories))
    }

    pub(crate) fn reading(&self, file: u8, category: Category) -> Entry {
        self.entry(self.adviser(Act::Read, file, category.into()))
    }
}

pub(crate) fn client(n: u8) -> ClientId {
    ClientId::from_bytes([n; 16])
}

pub(crate) fn adviser(act: Act, file: u8, categories: Categories) -> Request {
    Request {
        actor: Actor { id: casework::StaffId::from_bytes([9; 16]).into(), role: Role::Adviser },
        purpose: Purpose::Support,
        act,
        subject: Subject::Client(client(file)),
        categories,
        circumstances: Circumstances { own_caseload: true, ..Circumstances::default() },
    }
}

pub(crate) fn system(purpose: Purpose, act: Act, subject: Subject, categories: Categories) -> Request {
    Request {
        actor: Actor::SYSTEM,
        purpose,
        act,
        subject,
        categories,
        circumstances: Circumstances::default(),
    }
}

pub(crate) fn place(file: u8, category: Category) -> Place<'static> {
    let compartment: &'static Compartment = match category {
        Category::Equality => &Compartment::Equality,
        Category::Rights => &Compartment::Rights,
        _ => &Compartment::File,
    };
    Place {
        table: "entry",
        row: [file; 16],
        version: 1,
        file: FileId::from(client(file)),
        compartment,
        category,
        beside: vault::Beside::NOTHING,
    }
}

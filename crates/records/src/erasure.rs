//! Erasing a file: rows first, keys second, and final everywhere once the keyring's epoch has rolled.
//!
//! Between the two stands the mark `erased`: killed anywhere, the next start carries on from it. A receipt is given only when
//! nothing of the file was found any more ([`remains`]). Who asks for an erasure does not decide about it ([`asking`]).

mod asking;
mod effects;
mod grounds;
mod parts;
mod register;
mod remains;

use access::{Act, Actor, Circumstances, Permit, Request, Subject};
use audit::{Action, Change, Detail};
use casework::{ClientId, ErasureId, StaffId};
use jiff::Timestamp;
use notice::{Categories, Purpose};
use store::{Query, Rows, sql};
use vault::FileId;

use crate::holds::NOT_HELD;
use crate::service::set_setting;
use crate::surroundings::day_number;
use crate::{
    Error, Service, appointments, breaches, changes, closures, consents, disclosures, documents, duplicates,
    hand_over, holds, imports, mentions, merges, messages, notices_given, paper, placements, requests,
    retention, spending, telling, webhooks, written,
};

pub use asking::Waiting;
pub use effects::{Asked, Effects, LayerThere};
pub use parts::What;
pub use register::{Receipt, Registered, Stage};

sql! { records:
    /// The mark that stays: an id that names nobody.
    MARK_ERASED = "INSERT INTO erased (client, ground, asked, in_service, final_from, epoch) VALUES ($1, $2, $3, NULL, NULL, $4) ON CONFLICT (client) DO NOTHING";
    /// An erasure that nobody had to ask for, as it begins.
    BEGIN = "INSERT INTO erasure (id, client, what, ground, state, asked, asked_by, decided, decided_by, entries, documents, paper, recipients, mentions) VALUES ($1, $2, $3, $4, 'begun', $5, NULL, NULL, NULL, 0, 0, 0, 0, 0)";
    /// One that a second person agreed to, as it begins.
    BEGIN_ASKED = "UPDATE erasure SET state = 'begun', decided = $2, decided_by = $3, why = NULL WHERE id = $1 AND state = 'asked' AND (asked_by IS NULL OR asked_by <> $3)";
    /// What is asked about a file that goes in another way is done with.
    LET_GO_ASKED = "DELETE FROM erasure WHERE client = $1 AND state IN ('asked', 'refused') AND id <> $2";
    /// How much goes, before it does.
    COUNT = "UPDATE erasure SET entries = (SELECT COUNT(*) FROM entry e WHERE e.client = erasure.client), documents = (SELECT COUNT(*) FROM document d WHERE d.client = erasure.client), paper = (SELECT COUNT(*) FROM paper p WHERE p.client = erasure.client AND p.state <> 'destroyed'), recipients = (SELECT COUNT(*) FROM disclosure g WHERE g.client = erasure.client AND g.stage = 'made'), mentions = (SELECT COUNT(*) FROM mention m WHERE m.mentioned = erasure.client) WHERE id = $1";
    /// Entries of other files that speak of the client are read by somebody, who takes the person out.
    pub(super) ASK_TO_REDACT = "INSERT INTO to_redact (entry, client, erasure, noted) SELECT m.entry, m.client, r.id, r.asked FROM mention m JOIN erasure r ON r.client = m.mentioned WHERE r.id = $1 AND m.client <> r.client ON CONFLICT (entry, erasure) DO NOTHING";
    /// The rows that go.
    DROP_ENTRIES = "DELETE FROM entry WHERE client = $1";
    DROP_PAST = "DELETE FROM entry_past WHERE client = $1";
    pub(super) DROP_DRAFTS = "DELETE FROM draft WHERE client = $1";
    pub(super) DROP_REASONS = "DELETE FROM stated_reason WHERE client = $1";
    DROP_CONFLICTS = "DELETE FROM conflict WHERE client = $1";
    DROP_REDACTIONS = "DELETE FROM to_redact WHERE client = $1";
    DROP_CLIENT = "DELETE FROM client WHERE id = $1";
    /// Erasures whose keys are still to go.
    UNFINISHED = "SELECT client FROM erased WHERE in_service IS NULL LIMIT 500";
    /// Rows and keys are gone.
    FINISHED = "UPDATE erased SET in_service = $2, epoch = $3 WHERE client = $1 AND in_service IS NULL";
    pub(super) DONE = "UPDATE erasure SET state = 'done', in_service = $3, epoch = $4 WHERE client = $1 AND what = $2 AND state = 'begun'";
    /// The epoch has rolled: final in every copy.
    FINAL = "UPDATE erased SET final_from = $1 WHERE final_from IS NULL AND in_service IS NOT NULL AND epoch < $2";
    FINAL_TOO = "UPDATE erasure SET final_from = $1 WHERE final_from IS NULL AND in_service IS NOT NULL AND epoch < $2";
    /// One erasure.
    ERASED = "SELECT in_service, final_from, (SELECT COUNT(*) FROM paper p WHERE p.erasure = $1 AND p.state = 'to-destroy') FROM erased WHERE client = $1";
}

/// Why a file is erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ground {
    /// The client asked.
    Request,
    /// The time that the notice gives has passed.
    Retention,
    /// Consent was withdrawn and no other basis is left.
    Withdrawal,
    /// It came with an import that is undone.
    Import,
    /// It was erased before, and came back with an older backup that nothing opens any more.
    Restored,
}

impl Ground {
    /// Every ground.
    pub const ALL: [Ground; 5] =
        [Ground::Request, Ground::Retention, Ground::Withdrawal, Ground::Import, Ground::Restored];

    /// As it is stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Ground::Request => "request",
            Ground::Retention => "retention",
            Ground::Withdrawal => "withdrawal",
            Ground::Import => "import-undone",
            Ground::Restored => "restored",
        }
    }

    /// In words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Ground::Request => "The client asked for it",
            Ground::Retention => "The time that the notice gives has passed",
            Ground::Withdrawal => "Consent was taken back and no other ground is left",
            Ground::Import => "The import that it came with was undone",
            Ground::Restored => "It was erased before, and an older backup was restored",
        }
    }

    fn read(code: &str) -> Result<Ground, Error> {
        Ground::ALL.into_iter().find(|ground| ground.code() == code).ok_or(Error::Damaged("ground"))
    }
}

/// The two dates of an erasure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Erased {
    /// From when nothing of the file can be read in the service.
    pub in_service: Timestamp,
    /// From when no copy or backup anywhere can be read, if that is so already.
    pub final_from: Option<Timestamp>,
    /// How many pieces of paper are still to be destroyed: the erasure is complete once there is none.
    pub paper_left: u64,
}

/// One file that goes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Going {
    pub(crate) client: ClientId,
    pub(crate) what: What,
    pub(crate) id: ErasureId,
    pub(crate) ground: Ground,
    /// Who agreed to it, if somebody had asked.
    pub(crate) decided_by: Option<StaffId>,
}

pub(crate) const ERASE: Action = Action("erase");

impl Service {
    /// Erases the file with this number. Afterwards it is unreadable in service; `roll_keys` makes that final everywhere.
    ///
    /// # Errors
    /// There is no file with that number, a hold keeps it, or a store failed; an erasure that was begun is finished at the
    /// next start.
    pub async fn erase_file(&self, number: &str, ground: Ground) -> Result<Erased, Error> {
        let client = self.client_by_number(number).ok_or(Error::NoSuchFile)?;
        let id = ErasureId::from_bytes(self.draw());
        let going = Going { client, what: What::File, id, ground, decided_by: None };
        self.erase_one(&going).await?;
        self.erased(client).await?.ok_or(Error::Damaged("erasure"))
    }

    /// Erases one file that may go, with every file that was taken up in it.
    pub(crate) async fn erase_one(&self, going: &Going) -> Result<(), Error> {
        let (batch, changes) = self.all_that_goes(going).await?;
        self.records().write(batch).await.map_err(|error| match error {
            store::Error::Conflict { sql } if sql == NOT_HELD.name => Error::Held,
            store::Error::Conflict { sql } if sql == BEGIN_ASKED.name => Error::ChangedMeanwhile,
            store::Error::Conflict { .. } => Error::NoSuchFile,
            other => other.into(),
        })?;
        changes.into_iter().for_each(Change::committed);
        self.finish_erasures().await?;
        self.follow_changes().await
    }

    /// The statements by which a file or a part of it goes. What was taken up in the file is the same person's and goes with it.
    pub(crate) async fn all_that_goes(&self, going: &Going) -> Result<(Vec<Query>, Vec<Change>), Error> {
        let (now, mut batch, mut changes) = (self.now(), Vec::new(), Vec::new());
        let mut files = vec![*going];
        if matches!(going.what, What::File | What::Service) {
            files.extend(self.with_taken_up(going.client).await?.into_iter().skip(1).map(|client| Going {
                client,
                what: What::File,
                id: ErasureId::from_bytes(self.draw()),
                ground: going.ground,
                decided_by: None,
            }));
        }
        for file in files {
            let permit = self.permit(erase_request(file.client), ERASE).await?;
            let change = self.log().change(permit, ERASE, &Detail::default());
            batch.extend(match file.what {
                What::File => self.rows_that_go(&file, &change, now),
                _ => self.part_that_goes(&file, &change, now),
            });
            changes.push(change);
        }
        Ok((batch, changes))
    }

    /// The statements by which the rows of a file go, with their entry in the log; nothing goes if it is held.
    fn rows_that_go(&self, going: &Going, change: &Change, now: Timestamp) -> Vec<Query> {
        let client = || going.client.as_bytes().into();
        let (id, at) = (|| going.id.as_bytes().into(), || now.as_microsecond().into());
        let epoch = i64::try_from(self.vault().epoch().number()).unwrap_or(i64::MAX);
        let mut batch = vec![
            NOT_HELD.with([client()]).expecting(1),
            MARK_ERASED.with([client(), going.ground.code().into(), at(), epoch.into()]),
            beginning(going, now),
            LET_GO_ASKED.with([client(), id()]),
            COUNT.with([id()]),
            ASK_TO_REDACT.with([id()]),
            paper::ASK_TO_DESTROY.with([client(), at()]),
            // Whoever was given something is told by its reference, which names nobody; the rest goes.
            telling::TELL_ERASED.with([client(), at()]),
        ];
        let today = day_number(self.surroundings().civil(now).date());
        batch.push(requests::ANSWERED_BY_ERASURE.with([client(), today.into()]));
        batch.extend(self.tell_programs_of_erasure(going.client, now));
        batch.extend(floor_swept(going.client));
        batch.push(DROP_CLIENT.with([client()]).expecting(1));
        batch.push(change.outbox());
        batch.extend(changes::of_client(going.client, now));
        batch
    }

    /// Takes the keys of files whose rows are gone: the second half of an erasure, also after a crash between the two.
    ///
    /// # Errors
    /// Something of a file was still there, or a store or the keyring could not do its part; doing it again carries on.
    pub async fn finish_erasures(&self) -> Result<(), Error> {
        self.finish_parts().await?;
        loop {
            let clients: Vec<ClientId> = first_column(self.records().read(vec![UNFINISHED.with([])]).await?)?;
            if clients.is_empty() {
                return Ok(());
            }
            let mut going: Vec<(Permit, FileId)> = Vec::with_capacity(clients.len());
            for client in &clients {
                going.push((self.policy().decide(erase_request(*client))?, FileId::from(*client)));
            }
            let epoch = self.vault().erase_all(&going).await?;
            // What was being written while the rows went has no key now, and goes too.
            self.records().write(clients.iter().flat_map(|client| floor_swept(*client)).collect()).await?;
            for client in &clients {
                // Nothing opens them any more; now they go.
                self.documents_kept().remove_client(*client).await?;
                self.unlink_from_packs(*client).await?;
            }
            self.nothing_remains(&clients).await?;
            let epoch = i64::try_from(epoch.number()).unwrap_or(i64::MAX);
            let now = self.now().as_microsecond();
            let mut done = Vec::with_capacity(clients.len() * 2);
            for client in &clients {
                done.push(FINISHED.with([client.as_bytes().into(), now.into(), epoch.into()]));
                done.push(DONE.with([
                    client.as_bytes().into(),
                    What::File.code().into(),
                    now.into(),
                    epoch.into(),
                ]));
            }
            self.records().write(done).await?;
            self.records().truncate_log().await?;
        }
    }

    /// Begins a new epoch of the keyring if anything was erased: from then on no older copy of it opens what was erased.
    ///
    /// # Errors
    /// Keyring, root or records could not be written; doing it again carries on.
    pub async fn roll_keys(&self) -> Result<u64, Error> {
        let epoch = self.vault().roll().await?.number();
        let number = i64::try_from(epoch).unwrap_or(i64::MAX);
        let now = || self.now().as_microsecond().into();
        self.records()
            .write(vec![
                FINAL.with([now(), number.into()]),
                FINAL_TOO.with([now(), number.into()]),
                set_setting("epoch", &epoch.to_string()),
            ])
            .await?;
        self.log().event(None, Action("roll-keys"), audit::Outcome::Done).durable().await?;
        Ok(epoch)
    }

    /// The dates of an erasure; none if that file was not erased.
    ///
    /// # Errors
    /// The store failed.
    pub async fn erased(&self, client: ClientId) -> Result<Option<Erased>, Error> {
        let rows = self.records().read(vec![ERASED.with([client.as_bytes().into()])]).await?;
        let Some(row) = rows.first().and_then(|r| r.first()) else { return Ok(None) };
        let Some(in_service) = row.opt_int(0)? else { return Ok(None) };
        let final_from = row.opt_int(1)?.map(changes::time).transpose()?;
        let paper_left = row.int(2)?.unsigned_abs();
        Ok(Some(Erased { in_service: changes::time(in_service)?, final_from, paper_left }))
    }
}

/// The line of the register with which an erasure begins: one of its own, or the one by which it was asked for.
fn beginning(going: &Going, now: Timestamp) -> Query {
    let (id, at) = (going.id.as_bytes().into(), now.as_microsecond().into());
    let begin = match going.decided_by {
        None => {
            let (what, client) = (going.what.code().into(), going.client.as_bytes().into());
            BEGIN.with([id, client, what, going.ground.code().into(), at])
        }
        Some(staff) => BEGIN_ASKED.with([id, at, staff.as_bytes().into()]),
    };
    begin.expecting(1)
}

/// Every statement by which rows of a file go or let go of it, but for the file's own row. Doing them again does no harm.
fn floor_swept(client: ClientId) -> Vec<Query> {
    let id = || client.as_bytes().into();
    let mut batch = vec![
        DROP_ENTRIES.with([id()]),
        DROP_PAST.with([id()]),
        written::DROP_DUE.with([id()]),
        mentions::DROP_MENTIONS.with([id()]),
        DROP_DRAFTS.with([id()]),
        DROP_REASONS.with([id()]),
        DROP_CONFLICTS.with([id()]),
        DROP_REDACTIONS.with([id()]),
        messages::DROP_MESSAGES.with([id()]),
        closures::DROP_FALLEN_OUT.with([id()]),
        appointments::DROP_OFFERED.with([id()]),
        appointments::DROP_UNITS.with([id()]),
        appointments::DROP_APPOINTMENTS.with([id()]),
        documents::DROP_DOCUMENTS.with([id()]),
        hand_over::DROP_HANDED_OVER.with([id()]),
        paper::DROP_DESTROYED.with([id()]),
        telling::LET_GO_TELLING.with([id()]),
        disclosures::DROP_UNMADE.with([id()]),
        disclosures::LET_GO.with([id()]),
        consents::DROP_CONSENTS.with([id()]),
        consents::DROP_CONSENT_EVENTS.with([id()]),
        consents::DROP_SCHEDULED.with([id()]),
        notices_given::DROP_HELD.with([id()]),
        placements::DROP_PLACEMENTS.with([id()]),
        // What was spent on somebody is still spent: the sum stays and says no longer on whom.
        spending::LET_GO_SPEND.with([id()]),
        breaches::DROP_AFFECTED.with([id()]),
        retention::DROP_KEEPING.with([id()]),
        duplicates::DROP_DIFFERENT.with([id()]),
        merges::DROP_MERGES.with([id()]),
        imports::DROP_IMPORTED.with([id()]),
        holds::DROP_HOLDS.with([id()]),
        webhooks::DROP_DELIVERIES.with([id()]),
    ];
    // What was asked about the data stays by its reference, without words and without the client.
    batch.extend(requests::letting_go(client));
    batch
}

/// The clients in the first column of the first answer.
fn first_column(rows: Vec<Rows>) -> Result<Vec<ClientId>, Error> {
    let rows = rows.into_iter().next().unwrap_or_default().rows;
    rows.iter().map(|row| Ok(ClientId::from_bytes(row.bytes16(0)?))).collect()
}

pub(crate) fn erase_request(client: ClientId) -> Request {
    Request {
        actor: Actor::SYSTEM,
        purpose: Purpose::Keeping,
        act: Act::Erase,
        subject: Subject::Client(client),
        categories: Categories::all(),
        circumstances: Circumstances::default(),
    }
}

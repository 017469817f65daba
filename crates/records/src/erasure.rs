//! Erasing a file: rows first, keys second, and final everywhere once the keyring's epoch has rolled.

use access::{Act, Actor, Circumstances, Permit, Request, Subject};
use audit::{Action, Detail};
use casework::ClientId;
use jiff::Timestamp;
use notice::{Categories, Purpose};
use store::{Query, sql};
use vault::Epoch;

use crate::service::set_setting;
use crate::{
    Error, Service, appointments, changes, closures, consents, disclosures, documents, duplicates, hand_over,
    imports, mentions, merges, messages, notices_given, paper, retention, telling, written,
};

sql! { records:
    /// The mark that stays: an id that names nobody.
    MARK_ERASED = "INSERT INTO erased (client, ground, asked, in_service, final_from, epoch) VALUES ($1, $2, $3, NULL, NULL, $4) ON CONFLICT (client) DO NOTHING";
    /// The rows that go.
    DROP_ENTRIES = "DELETE FROM entry WHERE client = $1";
    DROP_PAST = "DELETE FROM entry_past WHERE client = $1";
    DROP_DRAFTS = "DELETE FROM draft WHERE client = $1";
    DROP_REASONS = "DELETE FROM stated_reason WHERE client = $1";
    DROP_CONFLICTS = "DELETE FROM conflict WHERE client = $1";
    DROP_CLIENT = "DELETE FROM client WHERE id = $1";
    /// Erasures whose keys are still to go.
    UNFINISHED = "SELECT client FROM erased WHERE in_service IS NULL";
    /// Rows and keys are gone.
    FINISHED = "UPDATE erased SET in_service = $2, epoch = $3 WHERE client = $1 AND in_service IS NULL";
    /// The epoch has rolled: final in every copy.
    FINAL = "UPDATE erased SET final_from = $1 WHERE final_from IS NULL AND in_service IS NOT NULL AND epoch < $2";
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
}

impl Ground {
    /// As it is stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Ground::Request => "request",
            Ground::Retention => "retention",
            Ground::Withdrawal => "withdrawal",
            Ground::Import => "import-undone",
        }
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

const ERASE: Action = Action("erase");

impl Service {
    /// Erases the file with this number. Afterwards it is unreadable in service; `roll_keys` makes that final everywhere.
    ///
    /// # Errors
    /// There is no file with that number, or a store failed; an erasure that was begun is finished at the next start.
    pub async fn erase_file(&self, number: &str, ground: Ground) -> Result<Erased, Error> {
        let client = self.client_by_number(number).ok_or(Error::NoSuchFile)?;
        let now = self.now();
        let (mut batch, mut written) = (Vec::new(), Vec::new());
        // What was taken up in the file is the same person's and goes with it.
        for file in self.with_taken_up(client).await? {
            let permit = self.permit(erase_request(file), ERASE).await?;
            let change = self.log().change(permit, ERASE, &Detail::default());
            batch.extend(self.rows_that_go(file, ground, now));
            batch.push(change.outbox());
            batch.extend(changes::of_client(file, now));
            written.push(change);
        }
        self.records().write(batch).await.map_err(|error| match error {
            store::Error::Conflict { .. } => Error::NoSuchFile,
            other => other.into(),
        })?;
        for change in written {
            change.committed();
        }
        self.finish_erasures().await?;
        self.follow_changes().await?;
        self.erased(client).await?.ok_or(Error::Damaged("erasure"))
    }

    /// The statements that take the rows of a file away and leave the mark of its erasure.
    pub(crate) fn rows_that_go(&self, client: ClientId, ground: Ground, now: Timestamp) -> Vec<Query> {
        let id = || client.as_bytes().into();
        let epoch = i64::try_from(self.vault().epoch().number()).unwrap_or(i64::MAX);
        vec![
            MARK_ERASED.with([id(), ground.code().into(), now.as_microsecond().into(), epoch.into()]),
            DROP_ENTRIES.with([id()]),
            DROP_PAST.with([id()]),
            written::DROP_DUE.with([id()]),
            mentions::DROP_MENTIONS.with([id()]),
            DROP_DRAFTS.with([id()]),
            DROP_REASONS.with([id()]),
            DROP_CONFLICTS.with([id()]),
            messages::DROP_MESSAGES.with([id()]),
            closures::DROP_FALLEN_OUT.with([id()]),
            appointments::DROP_UNITS.with([id()]),
            appointments::DROP_APPOINTMENTS.with([id()]),
            documents::DROP_DOCUMENTS.with([id()]),
            hand_over::DROP_HANDED_OVER.with([id()]),
            paper::DROP_DESTROYED.with([id()]),
            paper::ASK_TO_DESTROY.with([id(), now.as_microsecond().into()]),
            // Whoever was given something is told by its reference, which names nobody; the rest goes.
            telling::TELL_ERASED.with([id(), now.as_microsecond().into()]),
            telling::LET_GO_TELLING.with([id()]),
            disclosures::DROP_UNMADE.with([id()]),
            disclosures::LET_GO.with([id()]),
            consents::DROP_CONSENTS.with([id()]),
            consents::DROP_CONSENT_EVENTS.with([id()]),
            consents::DROP_SCHEDULED.with([id()]),
            notices_given::DROP_HELD.with([id()]),
            retention::DROP_KEEPING.with([id()]),
            duplicates::DROP_DIFFERENT.with([id()]),
            merges::DROP_MERGES.with([id()]),
            imports::DROP_IMPORTED.with([id()]),
            DROP_CLIENT.with([id()]).expecting(1),
        ]
    }

    /// Takes the keys of files whose rows are gone: the second half of an erasure, also after a crash between the two.
    pub(crate) async fn finish_erasures(&self) -> Result<(), Error> {
        let rows = self.records().read(vec![UNFINISHED.with([])]).await?;
        for row in &rows.first().map(|r| r.rows.as_slice()).unwrap_or_default().iter().collect::<Vec<_>>() {
            let client = ClientId::from_bytes(row.bytes16(0)?);
            let permit: Permit = self.policy().decide(erase_request(client))?;
            let epoch: Epoch = self.vault().erase(&permit, client.into(), None).await?;
            // Nothing opens them any more; now they go.
            self.documents_kept().remove_client(client)?;
            let epoch = i64::try_from(epoch.number()).unwrap_or(i64::MAX);
            let gone =
                FINISHED.with([client.as_bytes().into(), self.now().as_microsecond().into(), epoch.into()]);
            self.records().write(vec![gone]).await?;
            self.records().truncate_log().await?;
        }
        Ok(())
    }

    /// Begins a new epoch of the keyring if anything was erased: from then on no older copy of it opens what was erased.
    ///
    /// # Errors
    /// Keyring, root or records could not be written; doing it again carries on.
    pub async fn roll_keys(&self) -> Result<u64, Error> {
        let epoch = self.vault().roll().await?.number();
        let number = i64::try_from(epoch).unwrap_or(i64::MAX);
        self.records()
            .write(vec![
                FINAL.with([self.now().as_microsecond().into(), number.into()]),
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

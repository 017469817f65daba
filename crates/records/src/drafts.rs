//! Drafts: what is being typed, sealed on the server, so that a session that ends loses nothing.

use access::Act;
use audit::{Action, Detail, Entry};
use casework::ClientId;
use jiff::Timestamp;
use notice::Category;
use serde::{Deserialize, Serialize};
use store::{Query, Row, sql};
use vault::{Beside, Compartment, FileKeys, Personal, Place};

use crate::sessions::Visit;
use crate::{Error, Service, changes};

sql! { records:
    /// Throws away the one that a page began with.
    REMOVE_THIS = "DELETE FROM draft WHERE staff = $1 AND client = $2 AND form = $3 AND saved = $4";
    /// Somebody's draft about a client.
    FIND_DRAFT = "SELECT id, saved, sealed FROM draft WHERE staff = $1 AND client = $2 AND form = $3";
    /// Keeps what is typed, in the place of the draft that the page began with; of another one nothing is touched.
    SAVE_DRAFT = "INSERT INTO draft (staff, client, form, id, saved, sealed) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (staff, client, form) DO UPDATE SET id = excluded.id, saved = excluded.saved, sealed = excluded.sealed WHERE draft.saved = $7";
    /// Which clients somebody has drafts about.
    MY_DRAFTS = "SELECT client, saved FROM draft WHERE staff = $1 ORDER BY saved DESC LIMIT 20";
}

/// The form of the note box.
pub(crate) const NOTE: &str = "note";
/// Longer drafts are refused; a note is shorter.
pub const LONGEST_DRAFT: usize = 50_000;

/// What was typed into a form so far, field by field.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftText {
    /// What kind of meeting was chosen.
    pub kind: String,
    /// The day as typed.
    pub day: String,
    /// The minutes as typed.
    pub minutes: String,
    /// The note.
    pub note: String,
    /// Whether the client took part.
    pub took_part: bool,
}

/// A draft and when it was kept.
#[derive(Debug, Clone)]
pub struct Draft {
    /// When.
    pub saved: Timestamp,
    /// What was typed.
    pub text: DraftText,
}

pub(crate) fn finding(visit: &Visit, client: ClientId, form: &'static str) -> Query {
    FIND_DRAFT.with([visit.staff.as_bytes().into(), client.as_bytes().into(), form.into()])
}

fn place(id: [u8; 16], saved: i64, client: ClientId) -> Place<'static> {
    Place {
        table: "draft",
        row: id,
        version: saved,
        file: client.into(),
        compartment: &Compartment::File,
        category: Category::Casework,
        beside: Beside::NOTHING,
    }
}

impl Service {
    /// Keeps what is being typed into the note box, in the place of the draft of that moment with which the page began. An empty
    /// note throws it away.
    ///
    /// # Errors
    /// `Error::ChangedMeanwhile` if there is another draft: it is being written in another window, and is not written over. The
    /// rules refuse, it is too long, or a store failed.
    pub async fn save_draft(
        &self,
        visit: &Visit,
        client: ClientId,
        text: &DraftText,
        began: Option<Timestamp>,
    ) -> Result<Timestamp, Error> {
        if text.note.len() + text.day.len() + text.minutes.len() + text.kind.len() > LONGEST_DRAFT {
            return Err(Error::Faults(vec![casework::Fault::new(
                "note",
                "The note is too long to keep as a draft. Shorten it",
            )]));
        }
        let standing = self.standing(visit, client).await?;
        let now = self.now();
        let permit =
            self.permit(standing.request(visit, now, Act::Write, Category::Casework.into()), DRAFT).await?;
        let (owner, began) = (visit.staff.as_bytes(), began.map_or(0, Timestamp::as_microsecond));
        let query = if text.note.trim().is_empty() {
            REMOVE_THIS.with([owner.into(), client.as_bytes().into(), NOTE.into(), began.into()])
        } else {
            let keys = self.vault().keys(client.into()).await?;
            let (id, saved) = (self.draw(), now.as_microsecond());
            let sealed = self.vault().seal(&permit, &keys, &place(id, saved, client), text)?;
            let (owner, client) = (owner.into(), client.as_bytes().into());
            let kept = [owner, client, NOTE.into(), id.into(), saved.into(), sealed.into(), began.into()];
            SAVE_DRAFT.with(kept).expecting(1)
        };
        let change = self.log().change(permit, DRAFT, &Detail::default());
        match self.records().write(vec![query, change.outbox()]).await {
            Ok(_) => change.committed(),
            Err(store::Error::Conflict { .. }) => return Err(Error::ChangedMeanwhile),
            Err(error) => return Err(error.into()),
        }
        Ok(now)
    }

    /// Throws away the draft of that moment, once its words are saved. One that another window has written since stays.
    ///
    /// # Errors
    /// The store failed.
    pub async fn drop_draft(
        &self,
        visit: &Visit,
        client: ClientId,
        began: Option<Timestamp>,
    ) -> Result<(), Error> {
        let Some(began) = began else { return Ok(()) };
        let (owner, client) = (visit.staff.as_bytes().into(), client.as_bytes().into());
        let query = REMOVE_THIS.with([owner, client, NOTE.into(), began.as_microsecond().into()]);
        self.records().write(vec![query]).await?;
        Ok(())
    }

    pub(crate) fn open_draft(
        &self,
        entry: &Entry,
        keys: &FileKeys,
        client: ClientId,
        row: &Row,
    ) -> Result<Personal<Draft>, Error> {
        let (id, saved) = (row.bytes16(0)?, row.int(1)?);
        let text = self.vault().open::<DraftText>(entry, keys, &place(id, saved, client), row.blob(2)?)?;
        let saved = changes::time(saved)?;
        Ok(text.map(|text| Draft { saved, text }))
    }

    /// Which clients somebody has unsaved drafts about, the newest first.
    pub(crate) fn my_drafts(visit: &Visit) -> Query {
        MY_DRAFTS.with([visit.staff.as_bytes().into()])
    }
}

const DRAFT: Action = Action("save-draft");

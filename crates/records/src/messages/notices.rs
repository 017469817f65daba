//! Telling clients of a changed notice by message: because somebody asks for it, once a version, and only who has an older one.
//! When the message has arrived, as far as that can be known, the notice counts as given.

use access::{Act, Actor, Circumstances, Request, Subject};
use audit::{Action, Detail};
use casework::{ClientId, How, StaffId};
use jiff::SignedDuration;
use notice::{Category, Purpose};
use store::{Query, Row, sql};

use super::{NEVER, told_columns};
use crate::notices_given::{GIVE, Recipient, held};
use crate::sessions::Visit;
use crate::standing::Standing;
use crate::{Error, Service, retention};

sql! { records:
    /// Queues one: again, if it was not sent.
    QUEUE_NOTICE = "INSERT INTO message (id, client, notice_version, asked_by, template, state, queued, due, expires, attempts) VALUES ($1, $2, $3, $4, 'notice', 'waiting', $5, $6, $7, 0) ON CONFLICT (client, notice_version) DO UPDATE SET state = 'waiting', why = NULL, asked_by = excluded.asked_by, queued = excluded.queued, due = excluded.due, expires = excluded.expires, attempts = 0, claim = NULL, done = NULL WHERE message.state IN ('failed', 'dropped', 'stopped', 'call')";
    /// Whether a client still has another version.
    HAS_ANOTHER = "SELECT id FROM client WHERE id = $1 AND notice_version <> $2";
    /// What a client was told of changed notices, the newest first.
    TOLD_OF_NOTICE = concat!("SELECT ", told_columns!(), " FROM message WHERE client = $1 AND notice_version IS NOT NULL ORDER BY queued DESC LIMIT 20");
    /// The same of a version, for everybody of a caseload.
    pub(crate) TOLD_OF_VERSION = concat!("SELECT ", told_columns!(), " FROM message WHERE notice_version = $1 AND client IN (SELECT c.id FROM client c WHERE c.adviser = $2)");
    /// Messages that arrived, or of which nobody will know more, and whose notice does not count as given yet.
    ARRIVED = "SELECT m.id, m.client, m.asked_by FROM message m JOIN client c ON c.id = m.client WHERE m.notice_version = $1 AND m.noted IS NULL AND (m.state = 'delivered' OR (m.state = 'sent' AND m.due = $2)) AND c.restricted = $3 ORDER BY m.queued LIMIT 50";
    /// It counts as given.
    NOTED = "UPDATE message SET noted = $2 WHERE id = $1 AND noted IS NULL";
}

const TELL: Action = Action("send-notice");
/// A message that could not be sent for so long tells of it no more: whoever is not reached stays on the list.
const GOOD_FOR: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The statement that finds a client who has another version than this one.
pub(super) fn still_has_another(client: ClientId, version: &str) -> Query {
    HAS_ANOTHER.with([client.as_bytes().into(), version.into()])
}

/// The statement that finds what a client was told of changed notices.
pub(crate) fn told_of_notice(client: ClientId) -> Query {
    TOLD_OF_NOTICE.with([client.as_bytes().into()])
}

impl Service {
    /// Whether clients can be told of a changed notice by message: there is a way to send, and an address at which it is read.
    #[must_use]
    pub fn tells_of_notices(&self) -> bool {
        self.post().is_some_and(|post| post.offers().any() && post.house().notice.is_some())
    }

    /// Has a client told of the version in force by message. False if they have it, or a message is on its way already.
    ///
    /// # Errors
    /// The rules refuse, there is no such file, no message can be sent, or a store failed.
    pub async fn tell_of_notice(&self, visit: &Visit, client: ClientId) -> Result<bool, Error> {
        if !self.tells_of_notices() {
            return Err(Error::NotYours(
                "No message tells of a notice here: kept.toml names no address at which it is read.",
            ));
        }
        let standing = self.standing(visit, client).await?;
        let now = self.now();
        let notices = self.notices();
        let newest = notices.service();
        let request = standing.request(visit, now, Act::Write, Category::Agreement.into());
        let permit = self.permit(request, TELL).await?;
        if !notices.must_tell(&standing.notice, &standing.notice_version) {
            return Ok(false);
        }
        let change = self.log().change(permit, TELL, &Detail::default());
        let queue = QUEUE_NOTICE.with([
            self.draw().into(),
            client.as_bytes().into(),
            newest.version.as_str().into(),
            visit.staff.as_bytes().into(),
            now.as_microsecond().into(),
            // At once, as whatever a person sends: only what Kept sends by itself waits for the day.
            now.as_microsecond().into(),
            (now + GOOD_FOR).as_microsecond().into(),
        ]);
        match self.records().write(vec![queue.expecting(1), change.outbox()]).await {
            Ok(_) => {
                change.committed();
                Ok(true)
            }
            // One is on its way or was sent.
            Err(store::Error::Conflict { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Writes down in each file that the notice was given by a message that arrived: in the name of whoever asked for it, by
    /// Kept itself. Gives how many. Whoever was killed between does the rest at the next call.
    ///
    /// # Errors
    /// The store failed; the next call does what is left.
    pub async fn note_notices_given(&self) -> Result<usize, Error> {
        let notices = self.notices();
        let version = notices.service().version.as_str();
        let asked = ARRIVED.with([version.into(), NEVER.into(), false.into()]);
        let rows = self.records().read(vec![asked]).await?;
        let mut given = 0;
        for row in rows.first().map(|rows| rows.rows.as_slice()).unwrap_or_default() {
            match self.note_given(version, row).await {
                Ok(new) => given += usize::from(new),
                // A contact came between: the next call sees to it.
                Err(Error::ChangedMeanwhile) => {}
                // One file that cannot be written to holds up no other, and no message.
                Err(error) => tracing::error!(%error, "that a notice was given cannot be written down yet"),
            }
        }
        Ok(given)
    }

    async fn note_given(&self, version: &str, row: &Row) -> Result<bool, Error> {
        let client = ClientId::from_bytes(row.bytes16(1)?);
        let author = StaffId::from_bytes(row.bytes16(2)?);
        let asked = vec![Standing::of_kept_itself(client), held(client), retention::of_client(client)];
        let rows = self.records().read(asked).await?;
        let [head, held, kept] = rows.as_slice() else { return Err(Error::Damaged("batch")) };
        let standing = Standing::read(client, head.first())?;
        let notices = self.notices();
        let published = notices.in_force(&standing.notice).ok_or(Error::NoSuchFile)?;
        if published.notice.version != version {
            // Another took force meanwhile: that one was not told.
            return Ok(false);
        }
        let request = Request {
            actor: Actor::SYSTEM,
            purpose: Purpose::Rights,
            act: Act::Write,
            subject: Subject::Client(client),
            categories: Category::Agreement.into(),
            circumstances: Circumstances { restricted: standing.restricted, ..Circumstances::default() },
        };
        let permit = self.permit(request, GIVE).await?;
        let recipient = Recipient { standing: &standing, held, kept };
        let new = self.give(permit, &recipient, published, How::ByLink, author).await?;
        let noted = NOTED.with([row.bytes16(0)?.into(), self.now().as_microsecond().into()]);
        self.records().write(vec![noted]).await?;
        Ok(new)
    }
}

//! What was written down is done: client by client, each a change of its own.

use access::{Act, Request, Role};
use audit::{Action, Detail};
use casework::webhooks::EventKind;
use casework::{ClientId, HandOverId, StaffId};
use notice::{Category, Purpose};
use store::{Query, Row, sql};

use super::{Became, Reason};
use crate::staff::{Member, Status};
use crate::standing::Standing;
use crate::webhooks::Event;
use crate::{Error, Service, changes};

sql! { records:
    /// What is still to be done, over all of them.
    WAITING = "SELECT h.id, h.giver, h.taker, h.author, h.reason, x.client FROM hand_over_client x JOIN hand_over h ON h.id = x.hand_over WHERE x.state = 'waiting' ORDER BY h.begun, x.client LIMIT 100";
    /// What became of one.
    BECAME = "UPDATE hand_over_client SET state = $3 WHERE hand_over = $1 AND client = $2 AND state = 'waiting'";
    /// Moves a client.
    MOVE = "UPDATE client SET adviser = $2, version = version + 1 WHERE id = $1 AND adviser = $3";
}

const HAND_OVER: Action = Action("hand-over");

struct Waiting {
    id: HandOverId,
    giver: StaffId,
    taker: StaffId,
    author: StaffId,
    reason: Reason,
    client: ClientId,
}

impl Waiting {
    fn read(row: &Row) -> Result<Waiting, Error> {
        Ok(Waiting {
            id: HandOverId::from_bytes(row.bytes16(0)?),
            giver: StaffId::from_bytes(row.bytes16(1)?),
            taker: StaffId::from_bytes(row.bytes16(2)?),
            author: StaffId::from_bytes(row.bytes16(3)?),
            reason: Reason::of(row.text(4)?).ok_or(Error::Damaged("hand-over"))?,
            client: ClientId::from_bytes(row.bytes16(5)?),
        })
    }

    fn became(&self, became: Became) -> Query {
        BECAME
            .with([self.id.as_bytes().into(), self.client.as_bytes().into(), became.code().into()])
            .expecting(1)
    }
}

impl Service {
    /// Hands over whoever waits for it, client by client. Several may do this at once: each client is handed over once.
    ///
    /// # Errors
    /// A store, the log or a key could not do its part; the next call goes on where this one stopped.
    pub async fn carry_on_hand_overs(&self) -> Result<usize, Error> {
        let mut seen_to = 0;
        loop {
            let rows = self.records().read(vec![WAITING.with([])]).await?;
            let rows = rows.into_iter().next().unwrap_or_default().rows;
            if rows.is_empty() {
                return Ok(seen_to);
            }
            for row in &rows {
                self.hand_one_over(&Waiting::read(row)?).await?;
                seen_to += 1;
            }
            self.follow_changes().await?;
        }
    }

    async fn hand_one_over(&self, waiting: &Waiting) -> Result<(), Error> {
        let (author, taker, now) = (waiting.author, waiting.taker, self.now());
        let asked = [author, taker].map(|staff| Standing::query_of(waiting.client, staff, now));
        let rows = self.records().read(asked.into()).await?;
        let standings: Result<Vec<Standing>, Error> =
            rows.iter().map(|rows| Standing::read(waiting.client, rows.first())).collect();
        let standings = match standings {
            // An erased file took its line of the hand-over with it; one that was taken up goes where the other one is.
            Err(Error::NoSuchFile | Error::TakenUp(_)) => {
                return self.settle_hand_over(vec![waiting.became(Became::Moved)]).await;
            }
            standings => standings?,
        };
        let [standing, takers] = standings.as_slice() else { return Err(Error::Damaged("batch")) };
        if standing.adviser != Some(waiting.giver) {
            return self.settle_hand_over(vec![waiting.became(Became::Moved)]).await;
        }
        if takers.conflict {
            return self.settle_hand_over(vec![waiting.became(Became::Conflict)]).await;
        }
        let request = self.to_move(standing, author);
        let permit = match self.permit(request, HAND_OVER).await {
            Ok(permit) => permit,
            Err(Error::Refused(_)) => {
                return self.settle_hand_over(vec![waiting.became(Became::Refused)]).await;
            }
            Err(error) => return Err(error),
        };
        let keys = self.vault().keys(waiting.client.into()).await?;
        let reason = self.seal_reason(&permit, &keys, waiting.client, waiting.reason.words())?;
        let change =
            self.log().change(permit, HAND_OVER, &Detail { reason: Some(reason), ..Detail::default() });
        let (client, taker, giver) = (waiting.client.as_bytes(), taker.as_bytes(), waiting.giver.as_bytes());
        let mut batch = vec![
            waiting.became(Became::Done),
            MOVE.with([client.into(), taker.into(), giver.into()]).expecting(1),
            change.outbox(),
        ];
        batch.extend(self.tell_programs(Event::of_client(EventKind::ClientChanged, waiting.client), now));
        batch.extend(changes::of_client(waiting.client, now));
        match self.records().write(batch).await {
            Ok(_) => {
                change.committed();
                Ok(())
            }
            // Somebody else has just done it, or moved the client: the next look says which.
            Err(store::Error::Conflict { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// A request to move a file into another caseload. Where the client took back consent to support, it is kept in order for the
    /// day on which they come back or it goes, and for nothing else.
    fn to_move(&self, standing: &Standing, author: StaffId) -> Request {
        let directory = self.directory();
        // A manager who has left, or is none any more, hands nobody over.
        let manages = |member: &&Member| member.status == Status::Active && member.role == Role::Manager;
        let role = directory.member(author).filter(manages).map_or(Role::Public, |member| member.role);
        let purpose = match standing.took_back(Purpose::Support) {
            true => Purpose::Keeping,
            false => Purpose::Support,
        };
        let category = Category::Contact.into();
        let mut request = standing.request_of(author, role, self.now(), Act::Read, category);
        request.purpose = purpose;
        request.circumstances.withdrawn = standing.took_back(purpose);
        request.circumstances.reason = true;
        request
    }

    async fn settle_hand_over(&self, batch: Vec<Query>) -> Result<(), Error> {
        match self.records().write(batch).await {
            Ok(_) | Err(store::Error::Conflict { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

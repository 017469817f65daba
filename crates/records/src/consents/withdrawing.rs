//! Taking consents back: one, or all at once.

use std::sync::Arc;

use access::{Act, Permit};
use audit::{Action, Detail, RowMark};
use casework::consents::{self, Answered, Said, State, Way};
use casework::webhooks::EventKind;
use casework::{ClientId, EntryId, Fault};
use jiff::Timestamp;
use notice::{Category, Purpose};
use store::{Query, sql};
use vault::FileKeys;

use super::asking::{question, record};
use super::{ANSWER, About, OURSELVES, consents_of, event, stored};
use crate::notices::Published;
use crate::notices_given::held;
use crate::sessions::Visit;
use crate::standing::Standing;
use crate::surroundings::day_number;
use crate::webhooks::Event;
use crate::{Error, Service, disclosures, telling};

sql! { records:
    /// Taken back: only what was given can be.
    WITHDRAW = "UPDATE consent SET state = 'withdrawn', changed = $4, version = version + 1 WHERE client = $1 AND purpose = $2 AND organisation = $3 AND state IN ('given', 'renewed')";
}

const WITHDRAWN: Action = Action("withdraw-consent");

impl Service {
    /// The client takes a consent back. It holds at once: what waits to leave is stopped, past recipients have to be told, and
    /// data that has no other ground goes by a day.
    ///
    /// # Errors
    /// `Error::Faults` if there is nothing to take back, a refusal, or a store failed; then nothing is written.
    pub async fn withdraw_consent(
        &self,
        visit: &Visit,
        client: ClientId,
        about: About,
        form: [u8; 16],
        way: Way,
    ) -> Result<(), Error> {
        self.withdraw(visit, client, Some(about), form, way).await
    }

    /// The client takes back every consent that they gave.
    ///
    /// # Errors
    /// As for one of them.
    pub async fn withdraw_everything(
        &self,
        visit: &Visit,
        client: ClientId,
        form: [u8; 16],
        way: Way,
    ) -> Result<(), Error> {
        self.withdraw(visit, client, None, form, way).await
    }

    async fn withdraw(
        &self,
        visit: &Visit,
        client: ClientId,
        about: Option<About>,
        form: [u8; 16],
        way: Way,
    ) -> Result<(), Error> {
        if self.made_by_form(visit, form).await?.is_some() {
            return Ok(());
        }
        let rows = self
            .records()
            .read(vec![Standing::query(client, visit), held(client), consents_of(client)])
            .await?;
        let [head, held, consents] = rows.as_slice() else { return Err(Error::Damaged("batch")) };
        let standing = Standing::read(client, head.first())?;
        let now = self.now();
        let request = standing.request(visit, now, Act::Write, Category::Agreement.into());
        let permit = self.permit(request, WITHDRAWN).await?;
        let given = self.given_to(&standing, &held.rows)?;
        let keys = self.vault().keys(client.into()).await?;
        let mut marks = Vec::new();
        let mut batch = vec![self.form_done(visit, form, *client.as_bytes())];
        let mut taken = 0;
        let known = stored(&consents.rows)?;
        for one in known.iter().filter(|one| about.is_none_or(|about| one.is_about(about))) {
            if one.held.state.allows() {
                let organisation = one.held.organisation.map_or(OURSELVES, |id| *id.as_bytes());
                batch.extend(withdrawing(client, one.held.purpose, organisation, now));
                batch.push(event(one.held.entry, client, State::Withdrawn, now, way, visit));
                taken += 1;
            }
        }
        // Uses that the client agreed to when they signed up have no row of their own yet.
        let service = given.first().ok_or(Error::Damaged("notice"))?;
        for purpose in consents::on_consent(&service.notice) {
            let asked = about.is_none_or(|about| about == About::Use(purpose));
            if !asked || known.iter().any(|one| one.is_about(About::Use(purpose))) {
                continue;
            }
            let entry = EntryId::from_bytes(self.draw());
            let (statements, mark) =
                self.agreed_at_first(&permit, &keys, visit, &standing, &given, purpose, entry, now)?;
            batch.extend(statements);
            batch.push(event(entry, client, State::Withdrawn, now, way, visit));
            marks.push(mark);
            taken += 1;
        }
        if taken == 0 {
            return Err(Error::Faults(vec![Fault::new(
                "about",
                "There is no consent in force here to take back",
            )]));
        }
        let change = self.log().change(permit, WITHDRAWN, &Detail { rows: marks, ..Detail::default() });
        batch.push(change.outbox());
        batch.extend(self.tell_programs(Event::of_client(EventKind::ClientChanged, client), now));
        match self.write_consents(client, batch, &given, now).await {
            Ok(()) => {
                change.committed();
                self.follow_changes().await
            }
            Err(Error::Store(store::Error::AlreadyThere { .. } | store::Error::Conflict { .. })) => {
                match self.made_by_form(visit, form).await? {
                    Some(_) => Ok(()),
                    None => Err(Error::ChangedMeanwhile),
                }
            }
            Err(error) => Err(error),
        }
    }

    /// The record of a use that was agreed to at registration, taken back now.
    #[allow(clippy::too_many_arguments, reason = "one record is all of these")]
    fn agreed_at_first(
        &self,
        permit: &Permit,
        keys: &FileKeys,
        visit: &Visit,
        standing: &Standing,
        given: &[Arc<Published>],
        purpose: Purpose,
        entry: EntryId,
        now: Timestamp,
    ) -> Result<([Query; 2], RowMark), Error> {
        let question = question(About::Use(purpose), given, &[])?;
        let registered = self.surroundings().civil(standing.registered).date();
        let answered = Answered {
            said: Said::Yes,
            way: Way::SigningUp,
            signature: None,
            witness: String::new(),
            representative: String::new(),
            explicit: false,
            until: None,
        };
        let review = consents::review_on(registered, None);
        let consent = record(&question, given.first(), &answered, State::Given, standing.registered, review)?;
        // It is of the day on which they agreed, though its record is made only now.
        let of = (registered, now);
        let (add, mark) = self.seal_consent(permit, keys, standing.client, visit, entry, of, &consent)?;
        let row = ANSWER.with([
            standing.client.as_bytes().into(),
            purpose.code().into(),
            OURSELVES.into(),
            "use".into(),
            entry.as_bytes().into(),
            State::Withdrawn.code().into(),
            store::Value::Null,
            day_number(review).into(),
            "".into(),
            now.as_microsecond().into(),
            0_i64.into(),
        ]);
        Ok(([row.expecting(1), add], mark))
    }
}

/// The statements that take one consent back, with all that hangs on it.
fn withdrawing(client: ClientId, purpose: Purpose, organisation: [u8; 16], now: Timestamp) -> Vec<Query> {
    let id = || client.as_bytes().into();
    let withdraw =
        WITHDRAW.with([id(), purpose.code().into(), organisation.into(), now.as_microsecond().into()]);
    let mut batch = vec![withdraw.expecting(1)];
    if organisation != OURSELVES {
        batch.push(disclosures::stopping(client, purpose, organisation));
        batch.push(telling::of_withdrawal(client, purpose, organisation, now));
    }
    batch
}

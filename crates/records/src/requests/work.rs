//! Working a request off: what was done, the decision, restricting and lifting.

use access::{Act, Permit};
use audit::{Action, Detail};
use casework::requests::{Course, DecisionTyped, Kind, Outcome, Step, StepTyped};
use casework::retention::Rule;
use casework::working_days::BankHolidays;
use casework::{ClientId, Fault, RequestId, dates};
use jiff::Timestamp;
use jiff::civil::Date;
use notice::{Category, ObjectionTo};
use store::{Query, Value, sql};

use super::copy::MOST_LOOKS;
use super::{
    RequestRow, StepRow, marks, objections, opt, packing, place, portable, suppression, to_answer, works_off,
};
use crate::documents::deleting::DELETE_ACTION;
use crate::retention::rights::closed_on;
use crate::sessions::Visit;
use crate::surroundings::day_number;
use crate::{Error, Service, changes};

sql! { records:
    /// Something was done about a request.
    ADD_STEP = "INSERT INTO request_step (request, seq, id, step, day, at, staff, sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    /// It is decided, once.
    DECIDE = "UPDATE request SET outcome = $2, grounds = $3, decided = $4, decided_by = $5, opinion = $6 WHERE id = $1 AND decided IS NULL AND (client = $7 OR (client IS NULL AND $8))";
    /// The answer left.
    CLOSE = "UPDATE request SET closed = $2 WHERE id = $1 AND closed IS NULL AND (client = $3 OR (client IS NULL AND $4))";
    /// It came on another day.
    CAME_ON = "UPDATE request SET received = $2 WHERE id = $1 AND decided IS NULL AND (client = $3 OR (client IS NULL AND $4))";
    /// The file is stored and nothing more, or in use again.
    RESTRICT = "UPDATE client SET restricted = $2, version = version + 1 WHERE id = $1 AND restricted <> $2";
    /// A layer of a file that was erased since a moment.
    ERASED_SINCE = "SELECT id FROM erasure WHERE client = $1 AND what <> 'file' AND state IN ('begun', 'done') AND decided >= $2 LIMIT 1";
    /// What of a file was changed, added or corrected since a moment. What came with the registration and
    /// a new note put nothing right; a correction of them may.
    CHANGED_SINCE = "SELECT (SELECT COUNT(*) FROM entry e WHERE e.client = $1 AND e.written >= $2 AND e.written > (SELECT c.registered FROM client c WHERE c.id = $1) AND (e.kind NOT IN ('meeting', 'notice-given', 'agreement', 'consent', 'disclosure') OR e.version > 1)) + (SELECT COUNT(*) FROM document d WHERE d.client = $1 AND d.written >= $2) + (SELECT COUNT(*) FROM appointment a WHERE a.client = $1 AND a.written >= $2 AND a.version > 1)";
    /// Requests of a client beside this one that restricted the file and have not lifted that.
    STILL_RESTRICTS = "SELECT COUNT(*) FROM request r WHERE r.client = $1 AND r.id <> $2 AND (SELECT COALESCE(MAX(s.seq), -1) FROM request_step s WHERE s.request = r.id AND s.step = 'restricted') > (SELECT COALESCE(MAX(l.seq), -1) FROM request_step l WHERE l.request = r.id AND l.step = 'lifted')";
}

const STEP: Action = Action("work-request");
const DECISION: Action = Action("decide-request");
const RESTRICTED: Action = Action("restrict-file");
const LIFTED: Action = Action("lift-restriction");

/// A request that the lead has in hand, with the permit to write about it.
pub(super) struct InHand {
    row: RequestRow,
    /// Whose file it is about, if there is one.
    client: Option<ClientId>,
    course: Course,
    next: i64,
    extendable: bool,
    today: Date,
    pub(super) now: Timestamp,
    permit: Permit,
    /// How long it is kept once it is closed.
    kept: Option<Rule>,
}

impl InHand {
    /// Whose file it is about.
    pub(super) fn file(&self) -> Result<ClientId, Error> {
        self.client.ok_or(Error::NoSuchFile)
    }

    /// What a statement has to know to find the request in the file in which it was read, or without one.
    fn of(&self) -> [Value; 2] {
        [self.client.map_or(Value::Null, |client| client.as_bytes().into()), self.client.is_none().into()]
    }
}

impl Service {
    pub(super) async fn in_hand(
        &self,
        visit: &Visit,
        id: RequestId,
        action: Action,
    ) -> Result<InHand, Error> {
        self.at_the_desk(visit, works_off(visit.role), action).await?;
        let (row, done) = self.find_request(id).await?;
        let (now, today) = (self.now(), self.surroundings().today());
        let mut kept = None;
        let request = match row.client {
            Some(client) => {
                let standing = self.standing(visit, client).await?;
                kept = self.kept_after_closing(&standing)?;
                to_answer(&standing, visit, now, Act::Write, Category::Rights.into())
            }
            // What is written about it names nobody.
            None => self.search_request(visit),
        };
        let permit = self.permit(request, action).await?;
        let course = row.course(&done);
        let stands = course.stands(today, &BankHolidays::england_and_wales());
        let extendable = stands.is_ok_and(|stands| stands.extension_by.is_some());
        let next = done.last().map_or(0, |last: &StepRow| last.seq + 1);
        Ok(InHand { client: row.client, row, course, next, extendable, today, now, permit, kept })
    }

    /// The statement of a step, sealed.
    async fn step(
        &self,
        visit: &Visit,
        hand: &InHand,
        step: Step,
        day: Date,
        words: &str,
    ) -> Result<Query, Error> {
        let id = self.draw();
        let sealed = if words.is_empty() {
            None
        } else {
            let client = hand.file()?;
            let keys = self.vault().keys(client.into()).await?;
            let at = place("request_step", id, client);
            Some(self.vault().seal(&hand.permit, &keys, &at, &words.to_owned())?)
        };
        Ok(ADD_STEP.with([
            hand.row.id.as_bytes().into(),
            hand.next.into(),
            id.into(),
            step.code().into(),
            day_number(day).into(),
            hand.now.as_microsecond().into(),
            visit.staff.as_bytes().into(),
            sealed.into(),
        ]))
    }

    pub(super) async fn write_work(
        &self,
        visit: &Visit,
        form: [u8; 16],
        hand: InHand,
        action: Action,
        mut batch: Vec<Query>,
    ) -> Result<(), Error> {
        let (id, client, now) = (*hand.row.id.as_bytes(), hand.client, hand.now);
        let change = self.log().change(hand.permit, action, &Detail::default());
        batch.extend(client.into_iter().flat_map(|client| changes::of_client(client, now)));
        match self.write_once(visit, form, id, change, batch).await {
            Ok(_) => Ok(()),
            Err(Error::Store(store::Error::Conflict { .. })) => Err(Error::ChangedMeanwhile),
            Err(error) => Err(error),
        }
    }

    /// Writes down what was done about a request.
    ///
    /// # Errors
    /// `Error::Faults` for what was typed or does not come next, `Error::NotYours`, `Error::ChangedMeanwhile` if somebody else
    /// did something meanwhile, a refusal, or a store failed; then nothing is written.
    pub async fn work_request(
        &self,
        visit: &Visit,
        id: RequestId,
        form: [u8; 16],
        typed: &StepTyped,
    ) -> Result<(), Error> {
        if self.made_by_form(visit, form).await?.is_some() {
            return Ok(());
        }
        let hand = self.in_hand(visit, id, STEP).await?;
        let (step, day, mut words) =
            typed.read(&hand.course, hand.extendable, hand.today).map_err(Error::Faults)?;
        if step == Step::CameOn && hand.client.is_some() {
            words = format!("Until now {} stood here.\n{words}", dates::long(hand.row.received));
        }
        let mut batch = vec![self.step(visit, &hand, step, day, &words).await?];
        if step == Step::CameOn {
            let [client, without] = hand.of();
            let came = CAME_ON.with([hand.row.id.as_bytes().into(), day_number(day).into(), client, without]);
            batch.push(came.expecting(1));
        }
        if step == Step::Sent {
            self.nothing_waits(&hand).await?;
            self.is_done_as_decided(&hand).await?;
            self.is_put_right(&hand).await?;
            self.was_made(&hand).await?;
            batch.extend(self.closing(&hand, day));
        }
        self.write_work(visit, form, hand, STEP, batch).await
    }

    /// Whether a second person agreed to take something out of the copy.
    async fn takes_out(&self, hand: &InHand) -> Result<bool, Error> {
        let rows = self.records().read(vec![marks::STATES.with([hand.row.id.as_bytes().into()])]).await?;
        let rows = rows.into_iter().next().map(|r| r.rows).unwrap_or_default();
        let (_, agreed, _) = marks::counted(&rows)?;
        Ok(agreed > 0)
    }

    /// A copy does not leave while a mark in it waits for its second person.
    async fn nothing_waits(&self, hand: &InHand) -> Result<(), Error> {
        if hand.row.kind != Kind::Access
            || hand.row.outcome.is_some_and(Outcome::lets_it_be)
            || hand.client.is_none()
        {
            return Ok(());
        }
        let rows = self.records().read(vec![marks::STATES.with([hand.row.id.as_bytes().into()])]).await?;
        let rows = rows.into_iter().next().map(|r| r.rows).unwrap_or_default();
        match marks::counted(&rows)? {
            (0, ..) => Ok(()),
            _ => Err(Error::Faults(vec![Fault::new("step", marks::WAITS)])),
        }
    }

    /// What was granted is done: before that, the letter would say what is not so.
    async fn is_done_as_decided(&self, hand: &InHand) -> Result<(), Error> {
        let restricted = hand.course.was(Step::Restricted);
        let text = match (hand.row.kind, hand.row.outcome) {
            (Kind::Erasure, Some(Outcome::Granted)) => {
                "The file is not erased yet. Print the answer, then erase the file from its own page: that closes this request"
            }
            (Kind::Erasure, Some(Outcome::Partly)) if !self.part_is_erased(hand).await? => {
                "Nothing of this file was erased since this was asked. Erase the part first, from the page of the file, or delete the document"
            }
            (Kind::Restriction, Some(Outcome::Granted | Outcome::Partly)) if !restricted => {
                "The file is not restricted yet. Press “Restrict the file” first: until then everybody goes on working with it"
            }
            _ => return Ok(()),
        };
        Err(Error::Faults(vec![Fault::new("step", text)]))
    }

    /// Whether a layer went, or a document, since it was asked.
    async fn part_is_erased(&self, hand: &InHand) -> Result<bool, Error> {
        let Some(client) = hand.client else { return Ok(true) };
        let gone = ERASED_SINCE.with([client.as_bytes().into(), hand.row.noted.as_microsecond().into()]);
        let rows = self.records().read(vec![gone]).await?;
        if rows.first().and_then(|rows| rows.first()).is_some() {
            return Ok(true);
        }
        let recorded = self.log().about(client, MOST_LOOKS).await?;
        let deleted = |entry: &audit::Recorded| {
            entry.action == DELETE_ACTION.0 && entry.outcome == "done" && entry.at >= hand.row.noted
        };
        Ok(recorded.iter().any(deleted))
    }

    /// What was to be put right is another by now: before that, the letter would say what is not so.
    async fn is_put_right(&self, hand: &InHand) -> Result<(), Error> {
        let granted = matches!(hand.row.outcome, Some(Outcome::Granted | Outcome::Partly));
        let Some(client) = hand.client.filter(|_| granted && hand.row.kind == Kind::Rectification) else {
            return Ok(());
        };
        let since = self.midnight(hand.row.received)?.as_microsecond();
        let rows =
            self.records().read(vec![CHANGED_SINCE.with([client.as_bytes().into(), since.into()])]).await?;
        match rows.first().and_then(|rows| rows.first()).ok_or(Error::Damaged("batch"))?.int(0)? {
            0 => {
                let text = "Nothing in this file was changed since this came. Put it right first: whoever has the file does that under Details, or corrects the entry";
                Err(Error::Faults(vec![Fault::new("step", text)]))
            }
            _ => Ok(()),
        }
    }

    /// What is handed over was made: the log knows it.
    async fn was_made(&self, hand: &InHand) -> Result<(), Error> {
        let (action, what) = match hand.row.kind {
            Kind::Access => (packing::MAKE, "copy"),
            Kind::Portability => (portable::MAKE, "file to take elsewhere"),
            _ => return Ok(()),
        };
        let granted = matches!(hand.row.outcome, Some(Outcome::Granted | Outcome::Partly));
        let Some(client) = hand.client.filter(|_| granted) else { return Ok(()) };
        let recorded = self.log().about(client, MOST_LOOKS).await?;
        // An attempt that was refused made nothing.
        let made = |entry: &audit::Recorded| {
            entry.action == action.0 && entry.outcome == "done" && entry.at >= hand.row.noted
        };
        if recorded.iter().any(made) {
            return Ok(());
        }
        let text =
            format!("The {what} was not made since this was asked. Make it first: the answer goes with it");
        Err(Error::Faults(vec![Fault::new("step", text)]))
    }

    /// It is closed, and from then on it is known until when it is kept.
    fn closing(&self, hand: &InHand, day: Date) -> Vec<Query> {
        let [client, without] = hand.of();
        let close = CLOSE.with([hand.row.id.as_bytes().into(), day_number(day).into(), client, without]);
        let kept = hand.client.zip(hand.kept.as_ref()).map(|(client, rule)| closed_on(client, rule, day));
        [close.expecting(1)].into_iter().chain(kept).collect()
    }

    /// Decides a request. One that was taken back is done with it; any other answer has still to leave.
    ///
    /// # Errors
    /// As for a step.
    pub async fn decide_request(
        &self,
        visit: &Visit,
        id: RequestId,
        form: [u8; 16],
        typed: &DecisionTyped,
    ) -> Result<(), Error> {
        if self.made_by_form(visit, form).await?.is_some() {
            return Ok(());
        }
        let hand = self.in_hand(visit, id, DECISION).await?;
        if !hand.course.may(Step::Decided, false) {
            return Err(Error::ChangedMeanwhile);
        }
        let decision = typed.read(&hand.course, hand.today).map_err(Error::Faults)?;
        if hand.course.at_once && decision.outcome.refuses() {
            let text = "An objection to direct marketing cannot be refused (UK GDPR Article 21(3))";
            return Err(Error::Faults(vec![Fault::new("outcome", text)]));
        }
        if hand.row.kind == Kind::Access
            && decision.outcome == Outcome::Granted
            && self.takes_out(&hand).await?
        {
            let text = "Words are taken out of the copy, so not everything is given. Choose “Granted in part” and the ground, which goes into the letter";
            return Err(Error::Faults(vec![Fault::new("outcome", text)]));
        }
        let grounds: Vec<&str> = decision.grounds.iter().map(|ground| ground.code()).collect();
        let [client, without] = hand.of();
        let mut batch = vec![
            self.step(visit, &hand, Step::Decided, hand.today, &decision.because).await?,
            DECIDE
                .with([
                    hand.row.id.as_bytes().into(),
                    decision.outcome.code().into(),
                    grounds.join(" ").into(),
                    hand.now.as_microsecond().into(),
                    visit.staff.as_bytes().into(),
                    opt(decision.opinion),
                    client,
                    without,
                ])
                .expecting(1),
        ];
        match (decision.outcome, hand.client) {
            (outcome, Some(client)) if outcome.lets_it_be() => {
                batch.push(objections::ending(client, id, true));
                if hand.row.objects.contains(&ObjectionTo::DirectMarketing) {
                    let wants_news = outcome == Outcome::TakenBack;
                    batch.extend(suppression::objects_no_more(client, wants_news));
                }
            }
            (Outcome::Refused, Some(client)) => batch.push(objections::ending(client, id, false)),
            _ => {}
        }
        if decision.outcome.ends_it() {
            batch.extend(self.closing(&hand, hand.today));
        }
        self.write_work(visit, form, hand, DECISION, batch).await
    }

    /// Restricts the file: from now on it is stored and nothing more. Or lifts that, after the client was told (Art. 18(3)); the
    /// file stays restricted while another request holds it so.
    ///
    /// # Errors
    /// `Error::Faults` if that does not come next, or as for a step.
    pub async fn restrict_file(
        &self,
        visit: &Visit,
        id: RequestId,
        form: [u8; 16],
        restricted: bool,
    ) -> Result<(), Error> {
        if self.made_by_form(visit, form).await?.is_some() {
            return Ok(());
        }
        let (action, step) = if restricted { (RESTRICTED, Step::Restricted) } else { (LIFTED, Step::Lifted) };
        let hand = self.in_hand(visit, id, action).await?;
        if !hand.course.may(step, false) {
            let text = if restricted {
                "This request does not restrict the file, or has done so already"
            } else {
                "Tell the client first that the restriction ends, and write down that you did"
            };
            return Err(Error::Faults(vec![Fault::new("restrict", text)]));
        }
        let client = hand.file()?;
        let client = client.as_bytes();
        let asked = STILL_RESTRICTS.with([client.into(), id.as_bytes().into()]);
        let rows = self.records().read(vec![asked]).await?;
        let others = rows.first().and_then(|rows| rows.first()).map_or(Ok(0), |row| row.int(0))?;
        let mut batch = vec![self.step(visit, &hand, step, hand.today, "").await?];
        if others == 0 {
            batch.push(RESTRICT.with([client.into(), restricted.into()]));
        }
        self.write_work(visit, form, hand, action, batch).await
    }
}

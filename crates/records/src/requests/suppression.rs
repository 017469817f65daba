//! The list of those who must not be sent news: what is left of an objection to direct marketing once the file is erased.
//!
//! While the file is there, the objection itself stops. Beside it stand keyed digests of the lines by which the client is reached;
//! an erasure takes the client off them and leaves them. They bring nobody back: without the secret nothing can be compared with
//! them, and with it only a line that somebody has already. See docs/decisions/0035-promises-to-the-end.md.

use audit::{Action, Detail, Outcome};
use aws_lc_rs::hmac;
use casework::suppression::Line;
use casework::{ClientId, Profile};
use jiff::Span;
use jiff::civil::Date;
use notice::ObjectionTo;
use store::{Query, sql};

use super::works_off;
use crate::looked::CONTACT_PAGE;
use crate::secrets;
use crate::service::{set_setting, setting};
use crate::sessions::Visit;
use crate::surroundings::{day_from, day_number};
use crate::{Error, Opened, Service};

sql! { records:
    /// A line that no news goes to, once for each client.
    ADD = "INSERT INTO suppression (id, digest, client, scope, since) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (client, digest) DO NOTHING";
    /// Whether a client objects to direct marketing.
    OBJECTS = "SELECT 1 FROM objection WHERE client = $1 AND what = 'direct-marketing'";
    /// Who objected before there was a list.
    EARLIER = "SELECT o.client FROM objection o WHERE o.what = 'direct-marketing' AND NOT EXISTS (SELECT 1 FROM suppression s WHERE s.client = o.client)";
    /// Whether a line is on the list.
    LISTED = "SELECT 1 FROM suppression WHERE digest = $1 LIMIT 1";
    /// How many lines there are, of how many files that are still there, and since when the oldest.
    COUNT = "SELECT COUNT(*), COUNT(client), MIN(since) FROM suppression";
    /// A file is erased: its lines stay and say no longer whose.
    pub(super) LET_GO = "UPDATE suppression SET client = NULL WHERE client = $1";
    /// The client wants news again: what an erased file left of the same lines goes with theirs.
    DROP_LEFT = "DELETE FROM suppression WHERE client IS NULL AND digest IN (SELECT s.digest FROM suppression s WHERE s.client = $1)";
    DROP_OWN = "DELETE FROM suppression WHERE client = $1";
    /// The secret.
    FIND_SECRET = "SELECT sealed FROM suppression_secret WHERE name = 'lines'";
    ADD_SECRET = "INSERT INTO suppression_secret (name, sealed) VALUES ('lines', $1) ON CONFLICT (name) DO NOTHING";
}

/// The list, without a line of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    /// How many lines.
    pub lines: u64,
    /// How many of them belong to files that are still there.
    pub on_file: u64,
    /// The day of the oldest objection.
    pub oldest: Option<Date>,
    /// When somebody last looked whether it is still needed.
    pub reviewed: Option<Date>,
    /// By when somebody has to: a year later.
    pub review_by: Option<Date>,
}

/// What is known of a line that was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// No news may go there.
    MustNot,
    /// Nobody who is reached there objected.
    NotListed,
    /// It is no email address, no number and no address.
    Unreadable,
}

/// A line that was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// As it was typed.
    pub typed: String,
    /// What is known of it.
    pub verdict: Verdict,
}

const SUPPRESS: Action = Action("suppress-news");
const VIEW: Action = Action("view-suppression");
const CHECK: Action = Action("check-suppression");
const REVIEW: Action = Action("review-suppression");
const REVIEWED: &str = "suppression-reviewed";
/// The most lines that are checked at once.
const MOST: usize = 5_000;

/// The statements by which a client's lines go, because their objection is no more. Only who wants news again takes along what an
/// erased file of theirs left.
pub(super) fn objects_no_more(client: ClientId, wants_news: bool) -> Vec<Query> {
    let id = || client.as_bytes().into();
    let left = wants_news.then(|| DROP_LEFT.with([id()]));
    left.into_iter().chain([DROP_OWN.with([id()])]).collect()
}

impl Service {
    /// The statements that put a client on the list. Kept itself opens the contact page for it: whoever writes the objection down
    /// may have no other business with the file, and the file may be restricted.
    pub(super) async fn suppressing(&self, client: ClientId) -> Result<Vec<Query>, Error> {
        let rows = self.records().read(vec![CONTACT_PAGE.with([client.as_bytes().into()])]).await?;
        let rows = rows.into_iter().next().unwrap_or_default().rows;
        let keys = self.vault().keys(client.into()).await?;
        let detail = Detail { count: Some(1), ..Detail::default() };
        let entry = self.log().submit(self.index_permit()?, SUPPRESS, detail);
        let contact = self.open_pages(&entry, &keys, client, &rows)?;
        let contact = Opened::new(contact, entry).release().await?;
        self.lines_to_add(client, &contact).await
    }

    /// Puts those on the list who objected before there was one: at every start.
    pub(crate) async fn suppress_earlier_objections(&self) -> Result<(), Error> {
        let rows = self.records().read(vec![EARLIER.with([])]).await?;
        for row in rows.into_iter().next().unwrap_or_default().rows {
            let client = ClientId::from_bytes(row.bytes16(0)?);
            // Without a key: erased after this copy of the records was made.
            match self.suppressing(client).await {
                Ok(lines) => drop(self.records().write(lines).await?),
                Err(Error::Vault(vault::Error::NoKeys)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// The statements that put new lines of a client on the list, if they object.
    pub(crate) async fn suppressing_new_lines(
        &self,
        client: ClientId,
        contact: &Profile,
    ) -> Result<Vec<Query>, Error> {
        let rows = self.records().read(vec![OBJECTS.with([client.as_bytes().into()])]).await?;
        match rows.first().and_then(|rows| rows.first()) {
            Some(_) => self.lines_to_add(client, contact).await,
            None => Ok(Vec::new()),
        }
    }

    async fn lines_to_add(&self, client: ClientId, contact: &Profile) -> Result<Vec<Query>, Error> {
        let (secret, today) = (self.suppression_secret().await?, self.surroundings().today());
        let add = |line: &Line| {
            ADD.with([
                self.draw().into(),
                hmac::sign(&secret, line.as_bytes()).as_ref().into(),
                client.as_bytes().into(),
                ObjectionTo::DirectMarketing.code().into(),
                day_number(today).into(),
            ])
        };
        Ok(Line::all_of(contact).iter().map(add).collect())
    }

    /// Which of these lines no news may go to.
    pub(super) async fn suppressed(&self, lines: &[Line]) -> Result<Vec<bool>, Error> {
        let secret = self.suppression_secret().await?;
        let asked =
            lines.iter().map(|line| LISTED.with([hmac::sign(&secret, line.as_bytes()).as_ref().into()]));
        let rows = self.records().read(asked.collect()).await?;
        Ok(rows.iter().map(|rows| !rows.rows.is_empty()).collect())
    }

    /// The list in numbers, for the governance lead.
    ///
    /// # Errors
    /// `Error::NotYours` for anybody else; a store failed.
    pub async fn suppression(&self, visit: &Visit) -> Result<Suppression, Error> {
        self.at_the_desk(visit, works_off(visit.role), VIEW).await?;
        let rows = self.records().read(vec![COUNT.with([])]).await?;
        let row = rows.first().and_then(|rows| rows.first()).ok_or(Error::Damaged("count"))?;
        let day = |number: i64| day_from(number).ok_or(Error::Damaged("day"));
        let oldest = row.opt_int(2)?.map(day).transpose()?;
        let reviewed = setting(self.records(), REVIEWED).await?;
        let reviewed = reviewed.map(|day| day.parse().map_err(|_| Error::Damaged("day"))).transpose()?;
        let later = |day: Date| day.checked_add(Span::new().years(1)).ok();
        let list = Suppression {
            lines: row.int(0)?.unsigned_abs(),
            on_file: row.int(1)?.unsigned_abs(),
            oldest,
            reviewed,
            review_by: reviewed.or(oldest).and_then(later),
        };
        self.log().event(Some(visit.staff.into()), VIEW, Outcome::Done).durable().await?;
        Ok(list)
    }

    /// Which of the lines of a mailing, one each, must not be written to. Nothing that was typed is kept.
    ///
    /// # Errors
    /// `Error::Faults` for too many; `Error::NotYours` for anybody but the governance lead; a store failed.
    pub async fn check_for_news(&self, visit: &Visit, typed: &str) -> Result<Vec<Checked>, Error> {
        self.at_the_desk(visit, works_off(visit.role), CHECK).await?;
        let all: Vec<&str> = typed.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        if all.len() > MOST {
            let text = format!("Check {MOST} lines or fewer at once");
            return Err(Error::Faults(vec![casework::Fault::new("lines", text)]));
        }
        let read: Vec<Option<Line>> = all.iter().map(|line| Line::read(line)).collect();
        let lines: Vec<Line> = read.iter().flatten().cloned().collect();
        let mut listed = self.suppressed(&lines).await?.into_iter();
        let verdict = |line: &Option<Line>| match line.as_ref().and_then(|_| listed.next()) {
            Some(true) => Verdict::MustNot,
            Some(false) => Verdict::NotListed,
            None => Verdict::Unreadable,
        };
        let verdicts: Vec<Verdict> = read.iter().map(verdict).collect();
        self.log().event(Some(visit.staff.into()), CHECK, Outcome::Done).durable().await?;
        let checked = |(typed, verdict): (&str, Verdict)| Checked { typed: typed.to_owned(), verdict };
        Ok(all.into_iter().zip(verdicts).map(checked).collect())
    }

    /// Writes down that somebody looked today whether the list is still needed.
    ///
    /// # Errors
    /// `Error::NotYours` for anybody but the governance lead; a store failed.
    pub async fn suppression_reviewed(&self, visit: &Visit) -> Result<(), Error> {
        self.at_the_desk(visit, works_off(visit.role), REVIEW).await?;
        let today = self.surroundings().today().to_string();
        self.records().write(vec![set_setting(REVIEWED, &today)]).await?;
        self.log().event(Some(visit.staff.into()), REVIEW, Outcome::Done).durable().await?;
        Ok(())
    }

    /// The secret under which lines are digested: drawn once for the service.
    async fn suppression_secret(&self) -> Result<hmac::Key, Error> {
        const ROW: [u8; 16] = [0; 16];
        loop {
            let rows = self.records().read(vec![FIND_SECRET.with([])]).await?;
            if let Some(row) = rows.first().and_then(|rows| rows.first()) {
                let text: String = self.vault().open_service("suppression_secret", ROW, 1, row.blob(0)?)?;
                let mut bytes = [0; 32];
                hex::decode_to_slice(text, &mut bytes)
                    .map_err(|_| Error::Damaged("secret of suppression"))?;
                return Ok(hmac::Key::new(hmac::HMAC_SHA256, &bytes));
            }
            let text = hex::encode(secrets::random::<32>()?);
            let sealed = self.vault().seal_service("suppression_secret", ROW, 1, &text)?;
            self.records().write(vec![ADD_SECRET.with([sealed.into()])]).await?;
        }
    }
}

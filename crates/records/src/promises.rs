//! The notice's promises with live evidence, in numbers. No file is opened for it, and nothing in it names anybody.

use std::collections::HashMap;

use access::Role;
use audit::{Action, Outcome};
use casework::promises::{Evidence, Measured, PROMISED, judge};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use notice::Category;
use store::{Row, Rows, sql};

use crate::service::{set_setting, setting};
use crate::sessions::Visit;
use crate::surroundings::{day_from, day_number};
use crate::{Error, Service, changes};

sql! { records:
    /// Layers of files that should be gone. A restricted file stays, since it is stored and nothing more; so does one on hold, or with a request that is open.
    PAST_THEIR_DATE = "SELECT COUNT(*), MIN(k.day) FROM keeping k JOIN client c ON c.id = k.client WHERE k.day < $1 AND c.restricted = $2 AND NOT EXISTS (SELECT 1 FROM hold h WHERE h.client = k.client AND h.lifted IS NULL) AND NOT EXISTS (SELECT 1 FROM request a WHERE a.client = k.client AND a.closed IS NULL)";
    /// Files whose warnings have begun and stand in nobody's list.
    WARNINGS_MISSED = "SELECT COUNT(*) FROM keeping k JOIN client c ON c.id = k.client WHERE k.layer = 'service' AND k.warn <= $1 AND c.restricted = $2 AND NOT EXISTS (SELECT 1 FROM staff s WHERE s.id = c.adviser AND s.status <> 'disabled')";
    /// What lost its ground and should be gone.
    WITHOUT_GROUND = "SELECT COUNT(*), MIN(day) FROM scheduled_erasure WHERE day < $1";
    /// What left without a consent that was in force, and without a second person for a law. Consents of erased files are gone with them.
    SHARES_WITHOUT_GROUND = "SELECT COUNT(*) FROM disclosure d WHERE d.stage = 'made' AND NOT (d.ground = 'law' AND d.decided_by IS NOT NULL AND d.decided_by <> d.asked_by) AND NOT (d.ground = 'consent' AND d.consent IS NOT NULL AND (d.client IS NULL OR (EXISTS (SELECT 1 FROM consent_event e WHERE e.entry = d.consent AND e.state IN ('given', 'renewed') AND e.at <= d.made) AND NOT EXISTS (SELECT 1 FROM consent_event w WHERE w.entry = d.consent AND w.state = 'withdrawn' AND w.at <= d.made))))";
    /// Recipients who have not answered.
    TO_ANSWER = "SELECT COUNT(*), MIN(noted) FROM to_tell WHERE answered IS NULL";
    /// How much is stored in which category under which notice.
    BY_CATEGORY = "SELECT c.notice, c.notice_version, e.category, COUNT(*) FROM entry e JOIN client c ON c.id = e.client GROUP BY c.notice, c.notice_version, e.category";
    /// How many clients have which version.
    BY_VERSION = "SELECT notice, notice_version, COUNT(*) FROM client WHERE restricted = $1 GROUP BY notice, notice_version";
    /// Erasures that are not final.
    NOT_FINAL = "SELECT COUNT(*), MIN(asked) FROM erased WHERE final_from IS NULL";
    /// Paper of erased files.
    TO_DESTROY = "SELECT COUNT(*), MIN(written) FROM paper WHERE state = 'to-destroy'";
    /// Who did not know in time that an appointment fell out or moved, lately.
    NOT_TOLD = "SELECT COUNT(*) FROM message WHERE state IN ('failed', 'unsure', 'stopped', 'call') AND settled IS NULL AND template IN ('cancelled', 'moved') AND expires <= $1 AND expires > $2";
    /// How many files there are.
    FILES = "SELECT COUNT(*) FROM client";
    /// Breaches past their hours without a decision, or without the report that was decided.
    BREACHES_LATE = "SELECT COUNT(*), MIN(b.aware) FROM breach b WHERE b.version = (SELECT MAX(n.version) FROM breach n WHERE n.id = b.id) AND (b.decision = 'open' OR (b.decision = 'report' AND b.reported IS NULL)) AND b.aware <= $1";
}

const LOOKED: Action = Action("view-promises");
const REGISTERS: Action = Action("view-registers");
const PUBLISHING: Action = Action("publish-promises");
const VERIFIED: Action = Action("verify-log");
/// When the log was last found whole.
const LOG_VERIFIED: &str = "log-verified";
/// Whether everybody may see the promises.
const PUBLIC: &str = "promises-public";
/// Who was not told is counted for so long, in hours.
const LATELY: i64 = 31 * 24;

/// All promises as they stand.
#[derive(Debug, Clone)]
pub struct Standing {
    /// When they were looked at.
    pub at: Timestamp,
    /// One by one, in the order of the dashboard.
    pub evidence: Vec<Evidence>,
    /// Whether everybody may see them.
    pub public: bool,
}

/// Whether a role sees the dashboard and the registers that everybody who answers for the service sees.
#[must_use]
pub const fn sees_promises(role: Role) -> bool {
    matches!(role, Role::Manager | Role::Governance)
}

impl Service {
    /// The dashboard, for those who answer for the service.
    ///
    /// # Errors
    /// `Error::NotYours` for everybody else; a store failed.
    pub async fn promises(&self, visit: &Visit) -> Result<Standing, Error> {
        let may = sees_promises(visit.role);
        self.note(visit, LOOKED, may).await?;
        if !may {
            return Err(Error::NotYours("Managers and the governance lead see how the promises stand."));
        }
        self.promises_now().await
    }

    /// Whether somebody may see the record of processing and the impact assessment, which show no file; that they do is noted.
    ///
    /// # Errors
    /// `Error::NotYours`; the log failed.
    pub async fn may_see_promises(&self, visit: &Visit) -> Result<(), Error> {
        let may = sees_promises(visit.role);
        self.note(visit, REGISTERS, may).await?;
        if may {
            Ok(())
        } else {
            Err(Error::NotYours("Managers and the governance lead see these registers."))
        }
    }

    /// The same for everybody, if the service publishes it: none otherwise.
    ///
    /// # Errors
    /// A store failed.
    pub async fn promises_published(&self) -> Result<Option<Standing>, Error> {
        if setting(self.records(), PUBLIC).await?.as_deref() == Some("on") {
            self.promises_now().await.map(Some)
        } else {
            Ok(None)
        }
    }

    /// Whether everybody may see how the promises stand.
    ///
    /// # Errors
    /// The store failed.
    pub async fn promises_are_public(&self) -> Result<bool, Error> {
        Ok(setting(self.records(), PUBLIC).await?.as_deref() == Some("on"))
    }

    /// Publishes the promises, or ends that.
    ///
    /// # Errors
    /// `Error::NotYours` for all but the governance lead; the store failed.
    pub async fn publish_promises(&self, visit: &Visit, on: bool) -> Result<(), Error> {
        let may = visit.role == Role::Governance;
        self.note(visit, PUBLISHING, may).await?;
        if !may {
            return Err(Error::NotYours(
                "The governance lead decides whether everybody sees how the promises stand.",
            ));
        }
        self.records().write(vec![set_setting(PUBLIC, if on { "on" } else { "off" })]).await?;
        Ok(())
    }

    /// Checks the log from end to end and remembers when it was found whole. False if it was touched.
    ///
    /// # Errors
    /// `Error::NotYours` for those who do not see the dashboard; the log could not be read.
    pub async fn verify_log(&self, visit: &Visit) -> Result<bool, Error> {
        let may = sees_promises(visit.role);
        self.note(visit, VERIFIED, may).await?;
        if !may {
            return Err(Error::NotYours("Managers and the governance lead have the log checked."));
        }
        let whole = self.log().verify().await?.is_ok();
        if whole {
            self.log_was_whole().await?;
        }
        Ok(whole)
    }

    /// Remembers that the log was found whole now.
    pub(crate) async fn log_was_whole(&self) -> Result<(), Error> {
        let now = self.now().as_microsecond().to_string();
        self.records().write(vec![set_setting(LOG_VERIFIED, &now)]).await?;
        Ok(())
    }

    /// An entry about the service itself by somebody, done or refused, on disk before anything is answered.
    pub(crate) async fn note(&self, visit: &Visit, action: Action, may: bool) -> Result<(), Error> {
        let outcome = if may { Outcome::Done } else { Outcome::Refused("not-allowed") };
        Ok(self.log().event(Some(visit.staff.into()), action, outcome).durable().await?)
    }

    /// How every promise stands now, from counts.
    ///
    /// # Errors
    /// A store failed.
    pub async fn promises_now(&self) -> Result<Standing, Error> {
        let (now, today) = (self.now(), self.surroundings().today());
        let keys = self.vault().counts().await?;
        let mut measured = self.counted(now, today, keys.files).await?;
        let verified = setting(self.records(), LOG_VERIFIED).await?.and_then(|at| at.parse::<i64>().ok());
        let verified = verified.map(changes::time).transpose()?.map(|at| self.day(at));
        measured.insert("log-verified", Measured::Done(verified));
        measured.insert("keyring-epoch", Measured::Told(keys.epoch.number()));
        measured.insert("looks-to-review", self.reasons_to_review().await?);
        let asked = self.requests_that_press().await?;
        measured.insert("requests-late", Measured::Counted { number: asked.late, oldest: asked.longest });
        let late = Measured::Counted { number: asked.answered_late, oldest: asked.first_late };
        measured.insert("requests-answered-late", late);
        measured.insert("requests-near", Measured::Told(asked.near));
        let notices = self.notices();
        measured.insert("notice-review", Measured::Until(notices.service().review));
        // A service that never had Kept make a copy may have other means, which nothing here sees.
        let copied = self.backed_up().await?.map(|at| self.day(at));
        measured.insert("backups", copied.map_or(Measured::NotKnown, |day| Measured::Done(Some(day))));
        let evidence = PROMISED.iter().filter_map(|promised| {
            let found = measured.get(promised.code).copied().unwrap_or(Measured::NotKnown);
            judge(promised.code, found, today)
        });
        Ok(Standing { at: now, evidence: evidence.collect(), public: self.promises_are_public().await? })
    }

    fn day(&self, at: Timestamp) -> Date {
        self.surroundings().civil(at).date()
    }

    async fn counted(
        &self,
        now: Timestamp,
        today: Date,
        keys: u64,
    ) -> Result<HashMap<&'static str, Measured>, Error> {
        let day: store::Value = day_number(today).into();
        let micros = |at: Timestamp| store::Value::from(at.as_microsecond());
        let ago = |hours: i64| now - SignedDuration::from_hours(hours);
        let rows = self
            .records()
            .read(vec![
                PAST_THEIR_DATE.with([day.clone(), false.into()]),
                WARNINGS_MISSED.with([day.clone(), false.into()]),
                WITHOUT_GROUND.with([day]),
                SHARES_WITHOUT_GROUND.with([]),
                TO_ANSWER.with([]),
                NOT_FINAL.with([]),
                TO_DESTROY.with([]),
                NOT_TOLD.with([micros(now), micros(ago(LATELY))]),
                BREACHES_LATE.with([micros(ago(casework::clocks::BREACH_HOURS))]),
                FILES.with([]),
                BY_CATEGORY.with([]),
                BY_VERSION.with([false.into()]),
            ])
            .await?;
        let [past, warnings, bare, shares, answers, erasures, paper, untold, breaches, files, stored, told] =
            rows.as_slice()
        else {
            return Err(Error::Damaged("batch"));
        };
        let instant = |rows: &Rows| counted(rows, |micros| Ok(self.day(changes::time(micros)?)));
        let dated = |rows: &Rows| counted(rows, |day| day_from(day).ok_or(Error::Damaged("day")));
        let files = plain(files)?;
        Ok(HashMap::from([
            ("past-their-date", dated(past)?),
            ("warnings-missed", number(plain(warnings)?)),
            ("without-ground", dated(bare)?),
            ("shares-without-ground", number(plain(shares)?)),
            ("recipients-to-answer", instant(answers)?),
            ("erasures-not-final", instant(erasures)?),
            ("paper-to-destroy", instant(paper)?),
            ("not-told", number(plain(untold)?)),
            ("breaches-late", instant(breaches)?),
            ("files-without-key", number(files.saturating_sub(keys))),
            ("without-category", number(self.without_category(&stored.rows)?)),
            ("to-tell-again", self.still_to_tell(&told.rows)?),
        ]))
    }

    /// Entries in a category that neither the notice that the client was given nor a programme's on top of it names.
    fn without_category(&self, rows: &[Row]) -> Result<u64, Error> {
        let notices = self.notices();
        let mut without = 0;
        for row in rows {
            let (notice, version) = (row.text(0)?, row.text(1)?);
            let named = row.text(2)?.parse::<Category>().is_ok_and(|category| {
                let given = notices.given(notice, version);
                given.is_some_and(|given| given.notice.category(category).is_some())
                    || notices.all().iter().any(|one| {
                        one.notice.extends() == Some(notice) && one.notice.category(category).is_some()
                    })
            });
            without += if named { 0 } else { row.int(3)?.unsigned_abs() };
        }
        Ok(without)
    }

    /// Clients who have to be told of the notice in force, since it was published.
    fn still_to_tell(&self, rows: &[Row]) -> Result<Measured, Error> {
        let notices = self.notices();
        let mut number = 0;
        for row in rows {
            if notices.must_tell(row.text(0)?, row.text(1)?) {
                number += row.int(2)?.unsigned_abs();
            }
        }
        let service = notices.service();
        let published = notices.given(&service.id, &service.version).map(|one| self.day(one.published));
        Ok(Measured::Counted { number, oldest: published.filter(|_| number > 0) })
    }
}

fn number(number: u64) -> Measured {
    Measured::Counted { number, oldest: None }
}

fn plain(rows: &Rows) -> Result<u64, Error> {
    Ok(rows.first().ok_or(Error::Damaged("batch"))?.int(0)?.unsigned_abs())
}

/// A count with the day of its oldest.
fn counted(rows: &Rows, day: impl Fn(i64) -> Result<Date, Error>) -> Result<Measured, Error> {
    let row = rows.first().ok_or(Error::Damaged("batch"))?;
    Ok(Measured::Counted {
        number: row.int(0)?.unsigned_abs(),
        oldest: row.opt_int(1)?.map(day).transpose()?,
    })
}

/// The decision table line by line, for the impact assessment.
///
/// # Errors
/// The table that this program ships with cannot be read; it does not start then.
pub fn decided() -> Result<Vec<notice::dpia::Decided>, access::Error> {
    let mut decided: Vec<notice::dpia::Decided> = Vec::new();
    let mut told = (0, None);
    for line in access::lines(include_str!("../../../policies/access.csv"))? {
        let purpose = line.purpose.to_string();
        // A line of the file about several purposes is one line here.
        if told == (line.number, Some(line.role)) {
            if let Some(last) = decided.last_mut() {
                last[1].push_str(", ");
                last[1].push_str(&purpose);
            }
            continue;
        }
        told = (line.number, Some(line.role));
        let acts: Vec<&str> = line.acts.iter().map(|act| act.code()).collect();
        let with: Vec<&str> = line.categories.iter().map(|category| category.code()).collect();
        decided.push([
            line.role.to_string(),
            purpose,
            if acts.is_empty() { "nothing".to_owned() } else { acts.join(", ") },
            with.join(", "),
            line.when.to_string(),
            line.because,
        ]);
    }
    Ok(decided)
}

//! The notices that are in force and every version that was ever given.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use audit::{Action, Outcome};
use jiff::civil::Date;
use notice::{Catalogue, Notice};
use sha2::{Digest, Sha256};
use store::sql;

use crate::{Error, Service, changes};

sql! { records:
    /// Every version of every notice, oldest first.
    ALL_NOTICES = "SELECT notice, version, digest, text, published FROM notice_version ORDER BY published, notice, version";
    /// Publishes a version.
    PUBLISH = "INSERT INTO notice_version (notice, version, digest, text, published) VALUES ($1, $2, $3, $4, $5)";
    /// Keeps the words of a version as people read or hear them.
    KEEP_TEXT = "INSERT INTO notice_text (digest, notice, version, text, kept) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (digest) DO NOTHING";
    /// The words that somebody was given.
    TEXT = "SELECT notice, version, text FROM notice_text WHERE digest = $1";
}

/// A notice was published: with a new service its first one.
pub(crate) const PUBLISHED: Action = Action("publish-notice");

/// One version as published, word for word.
pub struct Published {
    /// The notice.
    pub notice: Notice,
    /// The fields that it names.
    pub catalogue: Catalogue,
    /// When it was published here.
    pub published: jiff::Timestamp,
    /// SHA-256 of its words as people read or hear them, in hexadecimal digits.
    pub words: String,
}

/// The words of a version as they were given to somebody.
pub struct Given {
    /// The notice's id.
    pub notice: String,
    /// Its version.
    pub version: String,
    /// Word for word.
    pub text: String,
}

/// All versions, with the ones in force on the day on which they were read.
pub struct Notices {
    all: Vec<Arc<Published>>,
    by_version: HashMap<(String, String), Arc<Published>>,
    /// The version of each notice that holds, by the notice's id.
    in_force: HashMap<String, Arc<Published>>,
    service: Arc<Published>,
    /// The next day on which another version may hold, in Europe/London.
    next_change: Option<Date>,
    /// The day for which it was found out what holds.
    read_on: Date,
    /// Versions of the service's notice whose holders have to be told of the one in force.
    tell: HashSet<String>,
}

impl Notices {
    /// The service's own notice in force: what new clients are given.
    #[must_use]
    pub fn service(&self) -> &Notice {
        &self.service.notice
    }

    /// The fields that the notice in force names.
    #[must_use]
    pub fn catalogue(&self) -> &Catalogue {
        &self.service.catalogue
    }

    /// The version that a client was given.
    #[must_use]
    pub fn given(&self, notice: &str, version: &str) -> Option<&Arc<Published>> {
        self.by_version.get(&(notice.to_owned(), version.to_owned()))
    }

    /// Whether somebody who was given this version has to be told of the one in force: [`notice::diff`] says so.
    #[must_use]
    pub fn must_tell(&self, notice: &str, version: &str) -> bool {
        notice == self.service().id && self.tell.contains(version)
    }

    /// SHA-256 of the words of the notice in force.
    #[must_use]
    pub fn words(&self) -> &str {
        &self.service.words
    }

    /// The version of a notice that holds: what whoever comes now is given.
    #[must_use]
    pub fn in_force(&self, notice: &str) -> Option<&Arc<Published>> {
        self.in_force.get(notice)
    }

    /// Of each notice the version that holds, the service's own first.
    #[must_use]
    pub fn every_in_force(&self) -> Vec<&Arc<Published>> {
        let mut all: Vec<_> = self.in_force.values().collect();
        all.sort_by_key(|one| (one.notice.extends().is_some(), &one.notice.id));
        all
    }

    /// The versions of the service's own notice whose day is to come, the next one first.
    #[must_use]
    pub fn to_come(&self) -> Vec<&Arc<Published>> {
        let own = self.service();
        let ahead = |one: &&Arc<Published>| one.notice.id == own.id && one.notice.effective > own.effective;
        let mut found: Vec<_> = self.all.iter().filter(ahead).collect();
        found.sort_by_key(|one| one.notice.effective);
        found
    }

    /// Whether another version may hold on this day than when these were read.
    pub(crate) fn are_outlived(&self, today: Date) -> bool {
        // A clock that was ahead and was set right again must not leave anybody bound by what is to come.
        today < self.read_on || self.next_change.is_some_and(|day| day <= today)
    }

    /// Every version, oldest first.
    #[must_use]
    pub fn all(&self) -> &[Arc<Published>] {
        &self.all
    }
}

/// What publishing a text would do, or why it cannot.
pub(crate) fn read(text: &str) -> Result<Notice, Error> {
    Notice::parse(text).map_err(|faults| {
        let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
        Error::Notice(lines.join("\n"))
    })
}

/// A version that is dated before the one in force would never hold.
pub(crate) fn refuse_outdated(new: &Notice, holds: Option<&Arc<Published>>) -> Result<(), Error> {
    match holds.map(|published| &published.notice) {
        Some(holds) if new.effective < holds.effective => Err(Error::Notice(format!(
            "version {} is to hold from {}, and version {}, in force now, is from {}: it would never hold. Set `effective` to the day from which it is to hold.",
            new.version, new.effective, holds.version, holds.effective
        ))),
        _ => Ok(()),
    }
}

/// The statements that publish a version.
pub(crate) fn publishing(notice: &Notice, text: &str, now: jiff::Timestamp) -> Vec<store::Query> {
    let mut batch = vec![PUBLISH.with([
        notice.id.as_str().into(),
        notice.version.as_str().into(),
        notice.digest().into(),
        text.into(),
        now.as_microsecond().into(),
    ])];
    batch.push(keeping(notice, now));
    batch.extend(changes::of_service(now));
    batch
}

/// The version of each notice that holds on a day, by the notice's id; `all` from the one published first.
fn holding(all: &[Arc<Published>], today: Date) -> HashMap<String, Arc<Published>> {
    let mut versions: HashMap<&str, Vec<&Arc<Published>>> = HashMap::new();
    for one in all {
        versions.entry(&one.notice.id).or_default().push(one);
    }
    let holds = |versions: Vec<&Arc<Published>>| {
        let days: Vec<Date> = versions.iter().map(|one| one.notice.effective).collect();
        notice::in_force(&days, today).and_then(|place| versions.get(place).map(|one| Arc::clone(one)))
    };
    versions.into_iter().filter_map(|(id, versions)| Some((id.to_owned(), holds(versions)?))).collect()
}

/// The words of a notice as people read or hear them, and their digest.
fn words(notice: &Notice) -> (String, String) {
    let text = notice::render::text(notice);
    let digest = hex::encode(Sha256::digest(&text));
    (text, digest)
}

/// The statement that keeps them.
fn keeping(notice: &Notice, now: jiff::Timestamp) -> store::Query {
    let (text, digest) = words(notice);
    KEEP_TEXT.with([
        digest.into(),
        notice.id.as_str().into(),
        notice.version.as_str().into(),
        text.into(),
        now.as_microsecond().into(),
    ])
}

impl Service {
    /// Publishes a new version of the service's notice. New clients are given it from its day (`effective`) on; clients here keep
    /// the version they were given. Running servers take it up within a second. A faulty text changes nothing.
    ///
    /// # Errors
    /// `Error::Notice` with every fault; the version exists with other words, or is dated before the one in force, so that it
    /// would never hold; the store failed.
    pub async fn publish_notice(&self, text: &str) -> Result<(), Error> {
        let new = read(text)?;
        let known = self.notices();
        if let Some(same) = known.given(&new.id, &new.version) {
            if same.notice.digest() == new.digest() {
                return Ok(());
            }
            return Err(Error::Notice(format!(
                "version {} is published already with other words. Whatever changes needs a new version: raise `version` in the file.",
                new.version
            )));
        }
        if new.id != known.service().id {
            return Err(Error::Notice(format!(
                "this is the notice \"{}\", and this service keeps \"{}\". A programme's notice comes with its programme.",
                new.id,
                known.service().id
            )));
        }
        refuse_outdated(&new, known.in_force(&new.id))?;
        self.records().write(publishing(&new, text, self.now())).await?;
        self.log().event(None, PUBLISHED, Outcome::Done).durable().await?;
        self.follow_changes().await
    }

    /// The words that somebody was given, by their digest.
    ///
    /// # Errors
    /// The store failed.
    pub async fn given_words(&self, digest: &str) -> Result<Option<Given>, Error> {
        let rows = self.records().read(vec![TEXT.with([digest.into()])]).await?;
        let Some(row) = rows.first().and_then(|r| r.first()) else { return Ok(None) };
        let (notice, version) = (row.text(0)?.to_owned(), row.text(1)?.to_owned());
        Ok(Some(Given { notice, version, text: row.text(2)?.to_owned() }))
    }

    /// Keeps the words of every version as this program renders them: another program may render them otherwise.
    pub(crate) async fn keep_words(&self) -> Result<(), Error> {
        let now = self.now();
        let batch = self.notices().all().iter().map(|one| keeping(&one.notice, now)).collect();
        self.records().write(batch).await?;
        Ok(())
    }

    /// Reads every version afresh, checks that each text is the one that was published, and says which hold on this day.
    pub(crate) async fn load_notices(records: &store::Store, today: Date) -> Result<Notices, Error> {
        let rows = records.read(vec![ALL_NOTICES.with([])]).await?;
        let (mut all, mut by_version) = (Vec::new(), HashMap::new());
        for row in rows.first().map(|r| r.rows.as_slice()).unwrap_or_default() {
            let notice = read(row.text(3)?)?;
            if notice.digest() != row.text(2)?
                || notice.id != row.text(0)?
                || notice.version != row.text(1)?
            {
                return Err(Error::DoesNotFit(format!(
                    "The notice {} version {} is not the text that was published. Restore the records from a backup.",
                    row.text(0)?,
                    row.text(1)?
                )));
            }
            let catalogue = notice.catalogue();
            let (_, words) = words(&notice);
            let published = changes::time(row.int(4)?)?;
            let published = Arc::new(Published { catalogue, notice, published, words });
            let key = (published.notice.id.clone(), published.notice.version.clone());
            by_version.insert(key, Arc::clone(&published));
            all.push(published);
        }
        let in_force = holding(&all, today);
        let own = in_force.values().find(|one| one.notice.extends().is_none());
        let service = own
            .cloned()
            .ok_or_else(|| Error::DoesNotFit("No notice is published here. Run `kept init` first.".into()))?;
        let next_change = notice::next_change(all.iter().map(|one| one.notice.effective), today);
        let older = all.iter().filter(|one| one.notice.id == service.notice.id);
        let tell = older
            .filter(|one| {
                notice::diff::changes(&one.notice, &service.notice).iter().any(|change| change.tell_again)
            })
            .map(|one| one.notice.version.clone())
            .collect();
        Ok(Notices { all, by_version, in_force, service, next_change, tell, read_on: today })
    }
}

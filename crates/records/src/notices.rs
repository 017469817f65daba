//! The notices that are in force and every version that was ever given.

use std::collections::HashMap;
use std::sync::Arc;

use audit::{Action, Outcome};
use notice::{Catalogue, Notice};
use store::sql;

use crate::{Error, Service, changes};

sql! { records:
    /// Every version of every notice, oldest first.
    ALL_NOTICES = "SELECT notice, version, digest, text, published FROM notice_version ORDER BY published, notice, version";
    /// Publishes a version.
    PUBLISH = "INSERT INTO notice_version (notice, version, digest, text, published) VALUES ($1, $2, $3, $4, $5)";
}

/// One version as published, word for word.
pub struct Published {
    /// The notice.
    pub notice: Notice,
    /// The fields that it names.
    pub catalogue: Catalogue,
    /// When it was published here.
    pub published: jiff::Timestamp,
}

/// All versions, with the one in force for the service itself.
pub struct Notices {
    all: Vec<Arc<Published>>,
    by_version: HashMap<(String, String), Arc<Published>>,
    service: Arc<Published>,
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

/// The statements that publish a version.
pub(crate) fn publishing(notice: &Notice, text: &str, now: jiff::Timestamp) -> Vec<store::Query> {
    let mut batch = vec![PUBLISH.with([
        notice.id.as_str().into(),
        notice.version.as_str().into(),
        notice.digest().into(),
        text.into(),
        now.as_microsecond().into(),
    ])];
    batch.extend(changes::of_service(now));
    batch
}

impl Service {
    /// Publishes a new version of the service's notice. New clients are given it; clients here keep the version they were given.
    /// Running servers take it up within a second. A faulty text changes nothing.
    ///
    /// # Errors
    /// `Error::Notice` with every fault; the version exists with other words; the store failed.
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
        self.records().write(publishing(&new, text, self.now())).await?;
        self.log().event(None, Action("publish-notice"), Outcome::Done).durable().await?;
        self.follow_changes().await
    }

    /// Reads every version afresh and checks that each text is the one that was published.
    pub(crate) async fn load_notices(records: &store::Store) -> Result<Notices, Error> {
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
            let published = Arc::new(Published { catalogue, notice, published: changes::time(row.int(4)?)? });
            let key = (published.notice.id.clone(), published.notice.version.clone());
            by_version.insert(key, Arc::clone(&published));
            all.push(published);
        }
        let service = all
            .last()
            .cloned()
            .ok_or_else(|| Error::DoesNotFit("No notice is published here. Run `kept init` first.".into()))?;
        Ok(Notices { all, by_version, service })
    }
}

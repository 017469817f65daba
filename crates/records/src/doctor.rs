//! Whether the service is sound: one finding an invariant.

use store::sql;

use crate::{Error, Service};

sql! { records:
    /// How many files there are. One whose time is up, but for what a programme keeps, has no name to be found by.
    COUNT_FILES = "SELECT COUNT(*) FROM client WHERE status NOT IN ('ended', 'merged')";
    /// Files without a contact page, which would be lost to search.
    WITHOUT_PAGE = "SELECT COUNT(*) FROM client c WHERE c.status NOT IN ('ended', 'merged') AND NOT EXISTS (SELECT 1 FROM entry e WHERE e.client = c.id AND e.kind = 'profile' AND e.category = 'contact')";
    /// Entries of files that are no more.
    ORPHANS = "SELECT COUNT(*) FROM entry e WHERE NOT EXISTS (SELECT 1 FROM client c WHERE c.id = e.client)";
    /// Erasures that are not final yet.
    NOT_FINAL = "SELECT COUNT(*) FROM erased WHERE final_from IS NULL";
    /// Paper of erased files that is still there.
    PAPER_LEFT = "SELECT COUNT(*) FROM paper WHERE state = 'to-destroy'";
}

/// One invariant and whether it holds.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Finding {
    /// What is checked.
    pub name: &'static str,
    /// Whether it holds.
    pub sound: bool,
    /// What was found, or what to do.
    pub detail: String,
}

impl Service {
    /// Checks the service and says what was found. An error of a check is a finding too.
    pub async fn examine(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut add = |name, result: Result<(bool, String), Error>| {
            let (sound, detail) = result.unwrap_or_else(|error| (false, error.to_string()));
            findings.push(Finding { name, sound, detail });
        };
        add("records store", self.records_sound().await);
        add("keyring", self.keyring_sound().await);
        add("audit log", self.log_sound().await);
        add("rows as logged", self.rows_as_logged().await);
        add("files and pages", self.files_whole().await);
        add("notice in force", Ok(self.notice_sound()));
        add("access policy", Ok((true, format!("digest {}", short(self.policy().digest())))));
        add("search index", self.index_whole().await);
        add("until when files are kept", self.days_sound().await);
        add("erasures", self.erasures_final().await);
        add("documents", self.documents_sound().await);
        add("last backup", self.last_backup().await);
        add("keyring copies", self.keyring_copies().await);
        findings
    }

    async fn records_sound(&self) -> Result<(bool, String), Error> {
        let sound = self.records().is_sound().await?;
        let statements = self.records().prepare_all().await?;
        Ok((sound, format!("{statements} statements understood")))
    }

    async fn keyring_sound(&self) -> Result<(bool, String), Error> {
        let counts = self.vault().self_test().await?;
        Ok((
            true,
            format!("{} keys of {} files unwrap, epoch {}", counts.keys, counts.files, counts.epoch.number()),
        ))
    }

    async fn log_sound(&self) -> Result<(bool, String), Error> {
        Ok(match self.log().verify().await? {
            Ok(v) => {
                self.log_was_whole().await?;
                (true, format!("{} entries, {} under the last signed checkpoint", v.entries, v.signed))
            }
            Err(bad) => (false, bad.to_string()),
        })
    }

    async fn files_whole(&self) -> Result<(bool, String), Error> {
        let counts = self.count([&COUNT_FILES, &WITHOUT_PAGE, &ORPHANS]).await?;
        let [files, without, orphans] = counts;
        Ok((
            without == 0 && orphans == 0,
            format!("{files} files, {without} without a contact page, {orphans} entries of no file"),
        ))
    }

    fn notice_sound(&self) -> (bool, String) {
        let notices = self.notices();
        let notice = notices.service();
        (
            true,
            format!(
                "{} version {}, digest {}",
                notice.id,
                notice.version,
                notice.digest().get(..12).unwrap_or_default()
            ),
        )
    }

    async fn index_whole(&self) -> Result<(bool, String), Error> {
        let [files] = self.count([&COUNT_FILES]).await?;
        let known = self.people_known() as i64;
        let lost = files - known;
        let detail = format!("{known} of {files} people can be found");
        Ok(if lost > 0 {
            (
                false,
                format!(
                    "{detail}: {lost} files have no key. They were erased after these records were copied, or the keyring is an older copy"
                ),
            )
        } else {
            (lost == 0, detail)
        })
    }

    async fn erasures_final(&self) -> Result<(bool, String), Error> {
        let [waiting, paper] = self.count([&NOT_FINAL, &PAPER_LEFT]).await?;
        let mut detail = if waiting == 0 {
            "all are final everywhere".to_owned()
        } else {
            format!("{waiting} wait for the next epoch of the keyring: `kept keyring roll`")
        };
        if paper > 0 {
            detail.push_str(&format!(", {paper} pieces of paper are still to be destroyed"));
        }
        Ok((true, detail))
    }

    async fn count<const N: usize>(&self, of: [&'static store::Sql; N]) -> Result<[i64; N], Error> {
        let rows = self.records().read(of.iter().map(|sql| sql.with([])).collect()).await?;
        let mut counts = [0; N];
        for (count, rows) in counts.iter_mut().zip(&rows) {
            *count = rows.first().map_or(Ok(0), |row| row.int(0))?;
        }
        Ok(counts)
    }
}

fn short(digest: &[u8; 32]) -> String {
    hex::encode(digest).chars().take(12).collect()
}

//! Looking once more, after rows and keys are gone: a receipt is given only for what is not found any more.

use casework::ClientId;
use store::sql;
use vault::FileId;

use crate::{Error, Service};

sql! { records:
    /// What still stands anywhere under a client's id. The tables left out keep it as a mark that names nobody: `erased`,
    /// `erasure`, `change`.
    pub(crate) REMAINS = "SELECT (SELECT COUNT(*) FROM client WHERE id = $1) + (SELECT COUNT(*) FROM entry WHERE client = $1) + (SELECT COUNT(*) FROM entry_past WHERE client = $1) + (SELECT COUNT(*) FROM draft WHERE client = $1) + (SELECT COUNT(*) FROM stated_reason WHERE client = $1) + (SELECT COUNT(*) FROM conflict WHERE client = $1) + (SELECT COUNT(*) FROM appointment WHERE client = $1) + (SELECT COUNT(*) FROM due WHERE client = $1) + (SELECT COUNT(*) FROM mention WHERE client = $1 OR mentioned = $1) + (SELECT COUNT(*) FROM message WHERE client = $1) + (SELECT COUNT(*) FROM closure_appointment WHERE client = $1) + (SELECT COUNT(*) FROM choosing WHERE client = $1) + (SELECT COUNT(*) FROM document WHERE client = $1) + (SELECT COUNT(*) FROM paper WHERE client = $1) + (SELECT COUNT(*) FROM hand_over_client WHERE client = $1) + (SELECT COUNT(*) FROM notice_held WHERE client = $1) + (SELECT COUNT(*) FROM consent WHERE client = $1) + (SELECT COUNT(*) FROM consent_event WHERE client = $1) + (SELECT COUNT(*) FROM scheduled_erasure WHERE client = $1) + (SELECT COUNT(*) FROM disclosure WHERE client = $1) + (SELECT COUNT(*) FROM to_tell WHERE client = $1) + (SELECT COUNT(*) FROM keeping WHERE client = $1) + (SELECT COUNT(*) FROM hold WHERE client = $1) + (SELECT COUNT(*) FROM to_redact WHERE client = $1) + (SELECT COUNT(*) FROM placement WHERE client = $1) + (SELECT COUNT(*) FROM spend WHERE client = $1) + (SELECT COUNT(*) FROM breach_affected WHERE client = $1) + (SELECT COUNT(*) FROM request WHERE client = $1) + (SELECT COUNT(*) FROM redaction WHERE client = $1) + (SELECT COUNT(*) FROM objection WHERE client = $1) + (SELECT COUNT(*) FROM suppression WHERE client = $1) + (SELECT COUNT(*) FROM imported WHERE client = $1) + (SELECT COUNT(*) FROM merge WHERE survivor = $1 OR absorbed = $1) + (SELECT COUNT(*) FROM different WHERE one = $1 OR other = $1) + (SELECT COUNT(*) FROM webhook_delivery WHERE client = $1)";
}

impl Service {
    /// Whether no row and no key of these files is left.
    ///
    /// # Errors
    /// `Error::Remains` if something is; the stores failed.
    pub(crate) async fn nothing_remains(&self, clients: &[ClientId]) -> Result<(), Error> {
        let looked = clients.iter().map(|client| REMAINS.with([client.as_bytes().into()])).collect();
        let mut left = 0;
        for rows in self.records().read(looked).await? {
            left += rows.first().ok_or(Error::Damaged("batch"))?.int(0)?;
        }
        let files: Vec<FileId> = clients.iter().map(|client| FileId::from(*client)).collect();
        let keys = self.vault().holds(&files).await?;
        if left == 0 && keys.is_empty() { Ok(()) } else { Err(Error::Remains) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a table may keep under a client's id once the file is gone: a mark that names nobody.
    const MARKS: [&str; 3] = ["erased", "erasure", "change"];

    #[test]
    fn every_table_that_knows_a_client_is_looked_through() {
        let mut looked = 0;
        for column in store::classify::columns(&crate::MIGRATIONS).unwrap() {
            if !["client", "mentioned", "survivor", "absorbed", "one", "other"]
                .contains(&column.column.as_str())
                || MARKS.contains(&&*column.table)
            {
                continue;
            }
            let one = format!("FROM {} WHERE", column.table);
            assert!(REMAINS.text.contains(&one), "{} is not looked through", column.table);
            looked += 1;
        }
        assert!(looked > 15, "{looked}");
    }
}

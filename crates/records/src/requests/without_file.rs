//! Requests of people of whom no file was found: what is asked, how it came and when, under a number. No name and no word is
//! kept of them, which would be a file that no notice names; both stay with the letter or the email that bears the number.
//! See docs/decisions/0044-requests-without-a-file.md.

use audit::{Action, Detail};
use casework::RequestId;
use casework::requests::{Asker, ClockRules, TakenWithoutFile};
use store::{Value, sql};

use super::NEXT_NUMBER;
use crate::sessions::Visit;
use crate::surroundings::day_number;
use crate::{Error, Service};

sql! { records:
    /// Writes one down.
    ADD_WITHOUT_FILE = "INSERT INTO request (id, number, client, kind, came, asker, received, noted, noted_by, objects, doubt, notice, notice_version, clock, grounds, sealed) VALUES ($1, $2, NULL, $3, $4, $5, $6, $7, $8, '', $9, $10, $11, $12, '', $13)";
}

const BEGIN: Action = Action("begin-request-without-file");
const RECORD: Action = Action("record-request-without-file");

impl Service {
    /// Asks the rules whether this visitor may write one down, before anything is filled in. It is an entry of the log.
    ///
    /// # Errors
    /// They may not; the refusal is on disk. Or the log failed.
    pub async fn begin_request_without_file(&self, visit: &Visit) -> Result<(), Error> {
        let _permit = self.permit(self.search_request(visit), BEGIN).await?;
        self.note(visit, BEGIN, true).await
    }

    /// Writes down that somebody asked of whom no file was found. Anybody who may look for clients may do it; the clock runs from
    /// the day on which it came.
    ///
    /// # Errors
    /// A refusal, or a store failed; then nothing is written.
    pub async fn record_request_without_file(
        &self,
        visit: &Visit,
        form: [u8; 16],
        taken: &TakenWithoutFile,
    ) -> Result<RequestId, Error> {
        if let Some(made) = self.made_by_form(visit, form).await? {
            return Ok(RequestId::from_bytes(made));
        }
        let permit = self.permit(self.search_request(visit), RECORD).await?;
        let rows = self.records().write(vec![NEXT_NUMBER.with([])]).await?;
        let number = rows.first().and_then(|rows| rows.first()).ok_or(Error::Damaged("counter"))?.int(0)?;
        let id = RequestId::from_bytes(self.draw());
        let notices = self.notices();
        let notice = notices.service();
        let change = self.log().change(permit, RECORD, &Detail::default());
        let added = ADD_WITHOUT_FILE.with([
            id.as_bytes().into(),
            number.into(),
            taken.kind.code().into(),
            taken.came.code().into(),
            Asker::WithoutFile.code().into(),
            day_number(taken.received).into(),
            self.now().as_microsecond().into(),
            visit.staff.as_bytes().into(),
            false.into(),
            notice.id.as_str().into(),
            notice.version.as_str().into(),
            ClockRules::Uk2026.code().into(),
            Value::Null,
        ]);
        Ok(RequestId::from_bytes(self.write_once(visit, form, *id.as_bytes(), change, vec![added]).await?))
    }

    /// How people speak of a request: `R-101`.
    ///
    /// # Errors
    /// There is none, or the store failed.
    pub async fn request_reference(&self, id: RequestId) -> Result<String, Error> {
        Ok(self.find_request(id).await?.0.reference())
    }
}

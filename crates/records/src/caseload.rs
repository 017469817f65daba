//! Somebody's caseload: their clients with what is due, their appointments of today, their unsaved notes.

use std::collections::HashMap;
use std::sync::PoisonError;

use audit::{Action, Detail};
use casework::ClientId;
use casework::caseload::{Known, Reason, reasons};
use jiff::Timestamp;
use jiff::civil::Date;
use notice::Category;
use store::{Query, Row, sql};
use vault::Personal;

use crate::appointments::InDiary;
use crate::due::Due;
use crate::files::kept_until;
use crate::messages::NotTold;
use crate::search::Shown;
use crate::sessions::Visit;
use crate::standing::FileStatus;
use crate::surroundings::day_from;
use crate::{Error, Opened, Service, changes};

sql! { records:
    /// A caseload, the longest without contact first.
    CASELOAD = "SELECT id, status, registered, last_contact, notice, notice_version FROM client WHERE adviser = $1 AND restricted = $2 AND NOT EXISTS (SELECT 1 FROM consent w WHERE w.client = client.id AND w.kind = 'use' AND w.purpose = 'support' AND w.state = 'withdrawn') ORDER BY last_contact, id LIMIT 2000";
    /// The caseloads of colleagues whom somebody covers for at this moment; not what they declared a conflict with.
    COVERED = "SELECT DISTINCT c.id, c.status, c.registered, c.last_contact, c.notice, c.notice_version FROM client c JOIN cover v ON v.absent = c.adviser WHERE v.covering = $1 AND v.starts <= $3 AND v.ends > $3 AND c.restricted = $2 AND NOT EXISTS (SELECT 1 FROM conflict k WHERE k.client = c.id AND k.staff = $1) AND NOT EXISTS (SELECT 1 FROM consent w WHERE w.client = c.id AND w.kind = 'use' AND w.purpose = 'support' AND w.state = 'withdrawn') LIMIT 2000";
    /// What is due in them.
    DUE_OF_COVERED = "SELECT DISTINCT d.entry, d.form, d.field, d.day, d.client FROM due d JOIN client c ON c.id = d.client JOIN cover v ON v.absent = c.adviser WHERE v.covering = $1 AND v.starts <= $3 AND v.ends > $3 AND c.restricted = $2 ORDER BY d.day, d.entry LIMIT 10000";
    /// What is due in the files of a caseload, the earliest first.
    DUE_OF_CASELOAD = "SELECT d.entry, d.form, d.field, d.day, d.client FROM due d JOIN client c ON c.id = d.client WHERE c.adviser = $1 AND c.restricted = $2 ORDER BY d.day, d.entry LIMIT 10000";
}

/// A file of a caseload.
#[derive(Debug, Clone)]
pub struct InCaseload {
    /// Who.
    pub who: Shown,
    /// Whether it is in work.
    pub status: FileStatus,
    /// The last two-way contact.
    pub last_contact: Date,
    /// The day of registration.
    pub registered: Date,
    /// The day on which the file goes if nothing more is heard.
    pub ends: Date,
    /// Whether the time of warnings has come.
    pub near: bool,
    /// What is due, the earliest first.
    pub dues: Vec<Due>,
    /// Whether it is a colleague's, whom the visitor covers for.
    pub covered: bool,
}

impl InCaseload {
    /// Why this client needs something, the most pressing first.
    #[must_use]
    pub fn reasons(&self, today: Date) -> Vec<(Date, Reason)> {
        let due = self.dues.first().map(|due| due.day);
        let known = Known { due, last_contact: self.last_contact, ends: self.ends, near: self.near };
        reasons(&known, today)
    }
}

/// Somebody's caseload and the drafts that wait for them.
#[derive(Debug, Clone)]
pub struct Caseload {
    /// The files, by name.
    pub files: Vec<InCaseload>,
    /// Unsaved notes: about whom, kept when.
    pub drafts: Vec<(Shown, Timestamp)>,
    /// Today's appointments by their beginning: an adviser's own, for others those of the whole office.
    pub today: Vec<InDiary>,
    /// Whom a message about an appointment did not reach.
    pub not_told: NotTold,
}

const LIST: Action = Action("list-caseload");

impl Service {
    /// Somebody's own caseload, and the notes that they have not saved. Restricted files are in no list.
    ///
    /// # Errors
    /// The rules refuse this role, or a store failed.
    pub async fn caseload(&self, visit: &Visit) -> Result<Opened<Caseload>, Error> {
        let request = self.search_request(visit);
        let permit = self.permit(request, LIST).await?;
        let with_birth = request.categories.contains(Category::Identity);
        let staff = || visit.staff.as_bytes().into();
        let [untold, closings] = self.finding_untold(visit);
        let seen = || visit.session.seen.as_microsecond().into();
        let mine: Vec<Query> = vec![
            CASELOAD.with([staff(), false.into()]),
            DUE_OF_CASELOAD.with([staff(), false.into()]),
            Service::my_drafts(visit),
            self.todays(visit)?,
            untold,
            closings,
            COVERED.with([staff(), false.into(), seen()]),
            DUE_OF_COVERED.with([staff(), false.into(), seen()]),
        ];
        let rows = self.records().read(mine).await?;
        let [rows, due, waiting, booked, untold, closings, covered, covered_due] = rows.as_slice() else {
            return Err(Error::Damaged("batch"));
        };
        let today = self.surroundings().today();
        let mut dues = by_client(&due.rows)?;
        dues.extend(by_client(&covered_due.rows)?);
        let mut files = Vec::with_capacity(rows.rows.len());
        let mut unsaved = Vec::new();
        {
            let people = self.people().read().unwrap_or_else(PoisonError::into_inner);
            let all = rows.rows.iter().map(|row| (row, false));
            for (row, covered) in all.chain(covered.rows.iter().map(|row| (row, true))) {
                let client = ClientId::from_bytes(row.bytes16(0)?);
                // What somebody took their consent back from the statement knows at once; what they object to, the index.
                let known = people.known.get(&client).filter(|known| known.is_shown_for(request.purpose));
                let Some(known) = known else { continue };
                let registered = self.surroundings().civil(changes::time(row.int(2)?)?).date();
                let last_contact = day_from(row.int(3)?).ok_or(Error::Damaged("day"))?;
                let until = kept_until(last_contact, registered, &self.rule_of(row.text(4)?, row.text(5)?)?);
                let status = FileStatus::read(row.text(1)?)?;
                let who = known.shown(with_birth);
                files.push((
                    known.sort(),
                    InCaseload {
                        who,
                        status,
                        last_contact,
                        registered,
                        ends: until.due,
                        near: until.is_near(today),
                        dues: dues.remove(&client).unwrap_or_default(),
                        covered,
                    },
                ));
            }
            for row in &waiting.rows {
                if let Some(known) = people
                    .known
                    .get(&ClientId::from_bytes(row.bytes16(0)?))
                    .filter(|known| known.is_shown_for(request.purpose))
                {
                    unsaved.push((known.shown(with_birth), changes::time(row.int(1)?)?));
                }
            }
        }
        files.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.who.number.cmp(&b.1.who.number)));
        let detail = Detail { count: Some(files.len() as u64), ..Detail::default() };
        let entry = self.log().submit(permit, LIST, detail);
        let files = files.into_iter().map(|(_, file)| file).collect();
        let not_told = self.not_told(visit, untold, closings)?;
        let caseload =
            Caseload { files, drafts: unsaved, today: self.in_diary(visit, booked).await?, not_told };
        Ok(Opened::new(Personal::new(&entry, caseload), entry))
    }
}

/// What is due, file by file.
fn by_client(rows: &[Row]) -> Result<HashMap<ClientId, Vec<Due>>, Error> {
    let mut dues: HashMap<ClientId, Vec<Due>> = HashMap::new();
    for row in rows {
        dues.entry(ClientId::from_bytes(row.bytes16(4)?)).or_default().push(Due::read(row)?);
    }
    Ok(dues)
}

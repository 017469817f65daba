//! Returns to those who pay for a programme: worked out from the files as they are, looked through for what is amiss, signed by
//! two people, and frozen from the first signature on.
//!
//! A return says how many and how much, never who: it is a disclosure of figures to a recipient that the programme's notice
//! names for this, and of no fact that the notice does not name for that recipient. Its figures are exact, so they are sealed
//! and not for publication: what is published is made as a pack, which passes the gate.

mod content;
mod definitions;
mod explained;
mod working;

use access::Role;
use audit::{Action, Outcome};
use casework::returns::{Definition, Period, in_force};
use casework::{Fault, ProgrammeId, StaffId};
use jiff::civil::Date;
use notice::{Category, Purpose, Recipient};
use store::{Row, sql};

use crate::figures::{Format, counts, signs};
use crate::programmes::Offered;
use crate::sessions::Visit;
use crate::surroundings::{day_from, day_number};
use crate::{Error, Service, changes};

pub use content::{Content, Figure, Return, Stage};
pub use explained::Explained;
pub use working::{Preview, ToPutRight};

/// The columns of a return, in the order of every statement that reads one.
macro_rules! columns {
    () => {
        "id, programme, first_day, last_day, recipient, stage, asked, asked_by, decided, decided_by, sealed, definition, definition_version"
    };
}

sql! { records:
    /// The returns of a programme, the newest first.
    RETURNS_OF = concat!("SELECT ", columns!(), " FROM funder_return WHERE programme = $1 ORDER BY first_day DESC, asked DESC, id LIMIT 200");
    /// One.
    RETURN = concat!("SELECT ", columns!(), " FROM funder_return WHERE id = $1");
    /// All of them.
    ALL_RETURNS = concat!("SELECT ", columns!(), " FROM funder_return ORDER BY first_day DESC, asked DESC, id LIMIT 2000");
    ADD_RETURN = "INSERT INTO funder_return (id, programme, definition, definition_version, version, first_day, last_day, recipient, stage, asked, asked_by, decided, decided_by, sealed) VALUES ($1, $2, $3, $4, 1, $5, $6, $7, 'proposed', $8, $9, NULL, NULL, $10)";
    /// A second person decides.
    DECIDE_RETURN = "UPDATE funder_return SET stage = $2, decided = $3, decided_by = $4 WHERE id = $1 AND stage = 'proposed' AND asked_by <> $4";
}

const TABLE: &str = "funder_return";
const LIST: Action = Action("list-returns");
const PREPARE: Action = Action("prepare-return");
const VIEW: Action = Action("view-return");
const SIGN: Action = Action("sign-return");
const SAVE: Action = Action("save-return");

/// What is asked for: which months, for whom, and by which version of the definition; the one in force if none is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked<'a> {
    /// Of which programme.
    pub programme: ProgrammeId,
    /// The first day.
    pub from: Date,
    /// The recipient, by its id in the programme's notice.
    pub recipient: &'a str,
    /// The version of the definition.
    pub version: Option<&'a str>,
}

/// What was asked for, once it fits.
pub(crate) struct Fits {
    pub(crate) offered: Offered,
    pub(crate) definition: Definition,
    pub(crate) period: Period,
    pub(crate) recipient: Recipient,
}

fn fault(field: &'static str, text: impl Into<String>) -> Error {
    Error::Faults(vec![Fault::new(field, text)])
}

impl Service {
    /// The definition of the returns of a programme for a period that begins on a day.
    ///
    /// # Errors
    /// `Error::Faults` if the programme makes no return, or none of this version; there is no such programme.
    pub fn return_definition(
        &self,
        programme: ProgrammeId,
        from: Date,
        version: Option<&str>,
    ) -> Result<Definition, Error> {
        let offered = self.programme(programme)?;
        let all = self.return_definitions();
        let rules = &offered.programme.rules;
        if !all.iter().any(|one| one.rules == *rules) {
            let text = format!("{} makes no return: there is no definition for it", offered.programme.title);
            return Err(fault("programme", text));
        }
        let found = match version {
            Some(version) => all.iter().find(|one| one.rules == *rules && one.version == version),
            None => in_force(&all, rules, from),
        };
        found.cloned().ok_or_else(|| match version {
            Some(version) => fault("version", format!("There is no version {version} of this return")),
            None => fault("from", "No version of this return was in force then"),
        })
    }

    /// The recipients that a programme's notice names for accounting to those who pay.
    #[must_use]
    pub fn return_recipients(&self, programme: ProgrammeId) -> Vec<Recipient> {
        let Ok(offered) = self.programme(programme) else { return Vec::new() };
        let Some(published) = self.programme_notice(&offered.programme) else { return Vec::new() };
        let gives = published.notice.gives(Purpose::Functions, Category::Casework);
        let all = published.notice.recipients.iter().filter(|one| gives && one.purpose == Purpose::Functions);
        all.cloned().collect()
    }

    pub(crate) fn fits(&self, asked: Asked<'_>) -> Result<Fits, Error> {
        let definition = self.return_definition(asked.programme, asked.from, asked.version)?;
        let offered = self.programme(asked.programme)?;
        let period = definition
            .period(asked.from)
            .ok_or_else(|| fault("from", "Choose a period of this return: none begins on this day"))?;
        if asked.from < definition.in_force_from {
            return Err(fault("version", "This version was not in force then"));
        }
        if period.to < offered.programme.terms.starts {
            return Err(fault("from", "The programme had not begun then"));
        }
        let recipients = self.return_recipients(asked.programme);
        let recipient = recipients.into_iter().find(|one| one.id == asked.recipient).ok_or_else(|| {
            fault(
                "recipient",
                "Choose who gets it: somebody whom the programme\u{2019}s notice names for this",
            )
        })?;
        Ok(Fits { offered, definition, period, recipient })
    }

    /// The returns of a programme, for those who prepare or sign them.
    ///
    /// # Errors
    /// `Error::NotYours`, there is no such programme, or a store or the log failed.
    pub async fn returns_of(&self, visit: &Visit, programme: ProgrammeId) -> Result<Vec<Return>, Error> {
        self.figures_are_theirs(visit, LIST, signs).await?;
        self.programme(programme)?;
        let rows = self.records().read(vec![RETURNS_OF.with([programme.as_bytes().into()])]).await?;
        self.read_returns(rows.first().map(|rows| rows.rows.as_slice()).unwrap_or_default())
    }

    /// Every return, for whoever runs Kept.
    ///
    /// # Errors
    /// A store or the log failed.
    pub async fn all_returns(&self) -> Result<Vec<Return>, Error> {
        let rows = self.records().read(vec![ALL_RETURNS.with([])]).await?;
        let all = self.read_returns(rows.first().map(|rows| rows.rows.as_slice()).unwrap_or_default())?;
        self.log().event(None, LIST, Outcome::Done).durable().await?;
        Ok(all)
    }

    /// One return.
    ///
    /// # Errors
    /// `Error::NotYours`, there is none, or a store or the log failed.
    pub async fn funder_return(&self, visit: &Visit, id: [u8; 16]) -> Result<Return, Error> {
        self.figures_are_theirs(visit, VIEW, signs).await?;
        self.find_return(id).await
    }

    /// What a return was made by, word for word; none of one that was made before Kept kept it.
    ///
    /// # Errors
    /// The store failed.
    pub async fn return_made_by(&self, one: &Return) -> Result<Option<String>, Error> {
        let (id, version) = &one.made_by;
        self.definition_text(id, version).await
    }

    /// A return as a file. Only one that two people signed leaves. `visit` is none for whoever runs Kept.
    ///
    /// # Errors
    /// `Error::NotYours`, there is none; `Error::Faults` if it is not signed by two; a store or the log failed.
    pub async fn save_return(
        &self,
        visit: Option<&Visit>,
        id: [u8; 16],
        format: Format,
    ) -> Result<Vec<u8>, Error> {
        match visit {
            Some(visit) => self.figures_are_theirs(visit, SAVE, signs).await?,
            None => drop(self.log().event(None, SAVE, Outcome::Done).durable().await?),
        }
        let found = self.find_return(id).await?;
        if found.stage != Stage::Signed {
            return Err(fault("stage", "Only a return that two people signed leaves the service"));
        }
        format.write(&found.content.sheets(), &found.content.notes())
    }

    async fn find_return(&self, id: [u8; 16]) -> Result<Return, Error> {
        let rows = self.records().read(vec![RETURN.with([id.into()])]).await?;
        let rows = rows.first().map(|rows| rows.rows.as_slice()).unwrap_or_default();
        self.read_returns(rows)?.pop().ok_or(Error::NoSuchFile)
    }

    fn read_returns(&self, rows: &[Row]) -> Result<Vec<Return>, Error> {
        let day = |number| day_from(number).ok_or(Error::Damaged("day"));
        rows.iter()
            .map(|row| {
                let id = row.bytes16(0)?;
                let decided = row.opt_int(8)?.zip(row.opt_bytes16(9)?);
                let decided =
                    decided.map(|(at, by)| Ok::<_, Error>((changes::time(at)?, StaffId::from_bytes(by))));
                Ok(Return {
                    id,
                    programme: ProgrammeId::from_bytes(row.bytes16(1)?),
                    period: Period { from: day(row.int(2)?)?, to: day(row.int(3)?)? },
                    recipient: row.text(4)?.to_owned(),
                    stage: Stage::read(row.text(5)?)?,
                    asked: (changes::time(row.int(6)?)?, StaffId::from_bytes(row.bytes16(7)?)),
                    decided: decided.transpose()?,
                    content: self.vault().open_service(TABLE, id, 1, row.blob(10)?)?,
                    made_by: (row.text(11)?.to_owned(), row.text(12)?.to_owned()),
                })
            })
            .collect()
    }

    /// Prepares a return, and so signs it first: from now on its figures are frozen.
    ///
    /// # Errors
    /// `Error::NotYours`; `Error::Faults` for a period that is not over or is returned already, a programme without a return,
    /// an unknown version, a recipient that the notice does not name; a store or the log failed.
    pub async fn prepare_return(
        &self,
        visit: &Visit,
        form: [u8; 16],
        asked: Asked<'_>,
    ) -> Result<[u8; 16], Error> {
        if !counts(visit.role) {
            self.figures_are_theirs(visit, PREPARE, counts).await?;
        }
        if let Some(made) = self.made_by_form(visit, form).await? {
            return Ok(made);
        }
        let fits = self.fits(asked)?;
        if fits.period.to >= self.surroundings().today() {
            let text =
                "Choose a period that is over: figures of a running one would change after they are signed";
            return Err(fault("from", text));
        }
        let there = || fault("from", "This period, or a part of it, is returned to them already");
        let rows = self.records().read(vec![RETURNS_OF.with([asked.programme.as_bytes().into()])]).await?;
        let rows = rows.first().map(|rows| rows.rows.as_slice()).unwrap_or_default();
        let stands = |one: &Return| one.stage != Stage::Refused && one.recipient == fits.recipient.id;
        if self.read_returns(rows)?.iter().any(|one| stands(one) && one.period.overlaps(fits.period)) {
            return Err(there());
        }
        let content = self.work_out(&fits).await?.0;
        let id = self.draw();
        let sealed = self.vault().seal_service(TABLE, id, 1, &content)?;
        let add = ADD_RETURN.with([
            id.into(),
            asked.programme.as_bytes().into(),
            fits.definition.id.as_str().into(),
            fits.definition.version.as_str().into(),
            day_number(fits.period.from).into(),
            day_number(fits.period.to).into(),
            fits.recipient.id.as_str().into(),
            self.now().as_microsecond().into(),
            visit.staff.as_bytes().into(),
            sealed.into(),
        ]);
        let kept = definitions::keeping(&fits.definition, self.now());
        match self.records().write(vec![self.form_done(visit, form, id), add, kept]).await {
            Ok(_) => {}
            Err(store::Error::AlreadyThere { .. }) => {
                return self.made_by_form(visit, form).await?.ok_or_else(there);
            }
            Err(error) => return Err(error.into()),
        }
        self.log().event(Some(visit.staff.into()), PREPARE, Outcome::Done).durable().await?;
        Ok(id)
    }

    /// A second person signs a return, so that it can be handed over, or says no.
    ///
    /// # Errors
    /// `Error::NotYours` for whoever prepared it; `Error::ChangedMeanwhile` if it was decided already.
    pub async fn decide_return(&self, visit: &Visit, id: [u8; 16], sign: bool) -> Result<(), Error> {
        if !signs(visit.role) {
            return self.figures_are_theirs(visit, SIGN, signs).await;
        }
        if self.find_return(id).await?.asked.1 == visit.staff {
            let refused = Outcome::Refused("own-return");
            self.log().event(Some(visit.staff.into()), SIGN, refused).durable().await?;
            return Err(Error::NotYours(
                "You prepared this return, which is the first signature. The second is somebody else\u{2019}s.",
            ));
        }
        let stage = if sign { Stage::Signed } else { Stage::Refused };
        let (now, staff) = (self.now().as_microsecond().into(), visit.staff.as_bytes().into());
        let decide = DECIDE_RETURN.with([id.into(), stage.code().into(), now, staff]).expecting(1);
        self.records().write(vec![decide]).await.map_err(|error| match error {
            store::Error::Conflict { .. } => Error::ChangedMeanwhile,
            other => other.into(),
        })?;
        self.log().event(Some(visit.staff.into()), SIGN, Outcome::Done).durable().await?;
        Ok(())
    }

    /// Whether somebody may prepare returns; whoever may not is written down.
    pub(crate) async fn returns_are_theirs(&self, visit: &Visit, may: fn(Role) -> bool) -> Result<(), Error> {
        if may(visit.role) { Ok(()) } else { self.figures_are_theirs(visit, PREPARE, may).await }
    }
}

//! Bringing in people from another system's list: checked as a whole before anything is written, written in stretches that each
//! say how far they came, taken up again where it broke off, and undone as a whole by erasing what came in.
//!
//! The file itself is never kept: whoever takes an import up again gives the same file again, and it is known by its digest.

mod rows_of_sheet;
mod run;
mod source;
mod undo;
mod workbook;

use std::collections::BTreeMap;
use std::io;

use access::Role;
use audit::Action;
use casework::entries::Agreed;
use casework::import::columns::{self, Shape, Target};
use casework::import::dates::Order;
use casework::import::rows::{Checked, Plan};
use casework::import::text::Unreadable;
use casework::{How, ImportId, StaffId};
use jiff::Timestamp;
use notice::{Catalogue, FieldId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::sql;

use source::List;

use crate::sessions::Visit;
use crate::{Error, Service, changes};

pub use source::Source;
pub use undo::Undone;

sql! { records:
    /// The imports, the newest first.
    IMPORTS = "SELECT id, staff, begun, ended, state, line, made, left_out FROM import ORDER BY begun DESC LIMIT 100";
    /// One of them.
    FIND_IMPORT = "SELECT id, staff, begun, ended, state, line, made, left_out FROM import WHERE id = $1";
    /// How a file with these headings is read.
    MAPPING = "SELECT sealed FROM import_mapping WHERE headings = $1";
    /// Remembers it.
    REMEMBER = "INSERT INTO import_mapping (headings, saved, sealed) VALUES ($1, $2, $3) ON CONFLICT (headings) DO UPDATE SET saved = excluded.saved, sealed = excluded.sealed";
    /// A file that is erased did not come with anything any more.
    pub(crate) DROP_IMPORTED = "DELETE FROM imported WHERE client = $1";
}

/// A file whose headings were read.
#[derive(Debug, Clone)]
pub struct Headed {
    /// Its headings.
    pub headings: Vec<String>,
    /// The first rows, to look at.
    pub first: Vec<Vec<String>>,
    /// How it would be read: as remembered from a file with the same headings, or as guessed.
    pub plan: Plan,
    /// Whether that is remembered.
    pub remembered: bool,
    /// What of the file should be known before it is brought in.
    pub notes: Vec<String>,
}

/// What reading began with.
#[derive(Debug, Clone)]
pub enum Begun {
    /// The headings.
    Headed(Box<Headed>),
    /// A workbook with several sheets: somebody has to say which.
    WhichSheet(Vec<String>),
}

/// What holds for everybody who is brought in.
#[derive(Debug, Clone)]
pub struct Asked {
    /// How the file is read.
    pub plan: Plan,
    /// How they were given the notice.
    pub notice_given: How,
    /// How they agreed to use the service.
    pub agreed: Agreed,
    /// Whose caseload they join, where the file names nobody who works here.
    pub adviser: StaffId,
    /// Whether rows with faults are left out; otherwise one fault stops the import.
    pub leave_faults_out: bool,
    /// Whether people are brought in who look very much like somebody on file or of an earlier line.
    pub even_alike: bool,
}

/// Whom a row may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Like {
    /// Somebody on file, by their number; empty where the file is restricted.
    OnFile(String),
    /// The person of this line, which stands before it in the list.
    Line(u64),
}

/// A row that may be somebody who is on file already, or in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlikeRow {
    /// The line of the file.
    pub line: u64,
    /// Who it may be.
    pub like: Like,
    /// Whether a merge would be proposed: such rows are left out unless somebody says otherwise.
    pub very: bool,
}

/// What an import would do.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// What the file holds and what is wrong with it.
    pub checked: Checked,
    /// Rows that may be somebody on file or of an earlier line, the first of the file first.
    pub alike: Vec<AlikeRow>,
    /// How many rows look very much like somebody on file or of an earlier line.
    pub very_alike: u64,
    /// How many people would be brought in.
    pub ready: u64,
}

/// Where an import stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It goes on, or broke off and can be taken up again.
    Running,
    /// It is through.
    Done,
    /// It was undone.
    Undone,
}

/// One import.
#[derive(Debug, Clone)]
pub struct Import {
    /// Which.
    pub id: ImportId,
    /// Who began it; nobody for the command.
    pub staff: Option<StaffId>,
    /// When.
    pub begun: Timestamp,
    /// When it was through or undone.
    pub ended: Option<Timestamp>,
    /// Where it stands.
    pub state: State,
    /// The last line that was dealt with.
    pub line: u64,
    /// How many files it made.
    pub made: u64,
    /// How many rows were left out.
    pub left_out: u64,
}

impl Import {
    fn read(row: &store::Row) -> Result<Import, Error> {
        let state = match row.text(4)? {
            "running" => State::Running,
            "done" => State::Done,
            "undone" => State::Undone,
            _ => return Err(Error::Damaged("import state")),
        };
        Ok(Import {
            id: ImportId::from_bytes(row.bytes16(0)?),
            staff: row.opt_bytes16(1)?.map(StaffId::from_bytes),
            begun: changes::time(row.int(2)?)?,
            ended: row.opt_int(3)?.map(changes::time).transpose()?,
            state,
            line: row.int(5)?.unsigned_abs(),
            made: row.int(6)?.unsigned_abs(),
            left_out: row.int(7)?.unsigned_abs(),
        })
    }
}

/// How a file is read, as it is remembered.
#[derive(Debug, Serialize, Deserialize)]
struct Remembered {
    mapping: Vec<String>,
    orders: BTreeMap<usize, String>,
    values: Vec<(FieldId, String, String)>,
}

impl Remembered {
    fn of(plan: &Plan) -> Remembered {
        Remembered {
            mapping: plan.mapping.iter().map(|target| target.code().to_owned()).collect(),
            orders: plan.orders.iter().map(|(at, order)| (*at, order.code().to_owned())).collect(),
            values: plan
                .values
                .iter()
                .map(|((field, word), code)| (field.clone(), word.clone(), code.clone()))
                .collect(),
        }
    }

    /// The same under the notice in force: what it does not name any more is left out.
    fn plan(self, catalogue: &Catalogue) -> Plan {
        let target = |code: String| Target::of(&code, catalogue).unwrap_or(Target::Leave);
        Plan {
            mapping: self.mapping.into_iter().map(target).collect(),
            orders: self.orders.into_iter().filter_map(|(at, code)| Some((at, Order::of(&code)?))).collect(),
            values: self.values.into_iter().map(|(field, word, code)| ((field, word), code)).collect(),
            ..Plan::default()
        }
    }
}

/// A file that cannot be read as a table, as a fault of the field that names it.
pub(crate) fn unreadable(fault: &Unreadable) -> Error {
    Error::Faults(vec![casework::Fault::new(FILE, fault.to_string())])
}

/// The name under which faults of the file are told.
pub const FILE: &str = "file";

fn from_disk(fault: io::Error) -> Error {
    unreadable(&Unreadable::From(fault))
}

fn headings_digest(headings: &[String]) -> String {
    let mut digest = Sha256::new();
    for heading in headings {
        digest.update(heading.as_bytes());
        digest.update([0]);
    }
    hex::encode(digest.finalize())
}

/// So many rows are shown to look at.
const SHOWN: usize = 5;

impl Service {
    /// Only managers bring people in through the pages.
    ///
    /// # Errors
    /// `Error::NotYours` for anybody else.
    pub fn may_import(&self, visit: &Visit) -> Result<(), Error> {
        match visit.role {
            Role::Manager => Ok(()),
            _ => Err(Error::NotYours("A manager brings people in from another system.")),
        }
    }

    /// Reads the headings of a file and how it would be read.
    ///
    /// # Errors
    /// `Error::Faults` if it is no table; a store failed.
    pub async fn begin_reading(&self, source: &Source, shape: Shape) -> Result<Begun, Error> {
        let sheets = source.sheets_to_choose_from()?;
        if !sheets.is_empty() {
            return Ok(Begun::WhichSheet(sheets));
        }
        let List { headings, notes, hidden, rows } = source.list()?;
        let first = rows.take(SHOWN).filter_map(Result::ok).map(|(_, cells)| cells).collect();
        let digest = headings_digest(&headings);
        let rows = self.records().read(vec![MAPPING.with([digest.as_str().into()])]).await?;
        let notices = self.notices();
        let row = rows.first().and_then(|rows| rows.first());
        let remembered = match row {
            Some(row) => {
                let held =
                    self.vault().open_service::<Remembered>(MAPPINGS, row_of(&digest), 1, row.blob(0)?)?;
                Some(held.plan(notices.catalogue())).filter(|plan| plan.mapping.len() == headings.len())
            }
            None => None,
        };
        let guess = || {
            let mut mapping = columns::guess(&headings, shape, notices.catalogue());
            let left_out = mapping.iter_mut().enumerate().filter(|(at, _)| hidden.contains(at));
            left_out.for_each(|(_, target)| *target = Target::Leave);
            Plan { mapping, ..Plan::default() }
        };
        let (plan, remembered) = match remembered {
            Some(plan) => (plan, true),
            None => (guess(), false),
        };
        Ok(Begun::Headed(Box::new(Headed { headings, first, plan, remembered, notes })))
    }

    /// Remembers how a file with these headings is read.
    pub(crate) async fn remember(&self, headings: &[String], plan: &Plan) -> Result<(), Error> {
        let digest = headings_digest(headings);
        let sealed = self.vault().seal_service(MAPPINGS, row_of(&digest), 1, &Remembered::of(plan))?;
        let now = self.now().as_microsecond().into();
        self.records().write(vec![REMEMBER.with([digest.into(), now, sealed.into()])]).await?;
        Ok(())
    }

    /// The imports, the newest first. They hold no word of anybody.
    ///
    /// # Errors
    /// A store failed.
    pub async fn imports(&self) -> Result<Vec<Import>, Error> {
        let rows = self.records().read(vec![IMPORTS.with([])]).await?;
        rows.first().map(|rows| rows.rows.as_slice()).unwrap_or_default().iter().map(Import::read).collect()
    }

    /// One of them.
    ///
    /// # Errors
    /// `Error::NoSuchFile` if there is none, or a store failed.
    pub async fn import(&self, id: ImportId) -> Result<Import, Error> {
        let rows = self.records().read(vec![FIND_IMPORT.with([id.as_bytes().into()])]).await?;
        let row = rows.first().and_then(|rows| rows.first()).ok_or(Error::NoSuchFile)?;
        Import::read(row)
    }
}

const MAPPINGS: &str = "import_mapping";
pub(crate) const IMPORT: Action = Action("import");

/// The row of a remembered mapping, as it is sealed: the first bytes of the digest.
fn row_of(digest: &str) -> [u8; 16] {
    let mut row = [0; 16];
    // A digest is 64 hexadecimal digits; its first half names the row.
    if let Some(half) = digest.get(..32) {
        let _ = hex::decode_to_slice(half, &mut row);
    }
    row
}

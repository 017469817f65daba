//! The exit export: everything that a service keeps, in open formats, so that nobody is ever locked in.
//!
//! Each file is opened like any other, by the governance lead and with a reason: one entry of the log each, which the client
//! can see, and nothing is written before that entry is on disk. What each table gives, and what stays and why, stands in
//! `tables`; how it is written, in `folder`; what it means, in docs/export.md, which goes with every export.

mod columns;
mod folder;
pub(crate) mod tables;

use access::{Act, Role};
use audit::{Action, Detail, Entry, Outcome};
use casework::{ClientId, DocumentId, Fault, ProgrammeId};
use jiff::Timestamp;
use notice::Categories;
use serde_json::{Map, Value as Json, json};
use store::{Row, Value, sql};
use vault::{Compartment, FileKeys, Personal, Place};

use crate::documents::{Pieces, Which};
use crate::messages::NEVER;
use crate::secrets::Token;
use crate::sessions::{Level, Session, Visit};
use crate::staff::Status;
use crate::standing::{SHORTEST_REASON, Standing};
use crate::surroundings::day_from;
use crate::{Error, MIGRATIONS, Opened, Service};

use columns::columns;
pub use folder::Folder;
pub use tables::{LEFT_OUT, exported};
use tables::{OF_CLIENTS, OF_SERVICE, Seal, Sealed, Table};

sql! { records:
    /// Every file.
    EVERY_FILE = "SELECT id FROM client ORDER BY id";
}

const EXPORT: Action = Action("export-file");
const LONGEST_REASON: usize = 500;

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// Clients' files.
    pub files: u64,
    /// Lines of all kinds.
    pub lines: u64,
    /// Documents, each version one.
    pub documents: u64,
}

/// A document of a file: under which name it leaves, and its bytes.
struct Attached {
    name: String,
    pieces: Pieces,
}

impl Service {
    /// Writes everything into `folder`, on behalf of the governance lead with this address and for this reason, which every
    /// client can read. `progress` hears how many files are done, of how many.
    ///
    /// # Errors
    /// The reason says nothing, nobody with that address looks after rights here, the rules refuse one of the files (say, for
    /// a declared conflict), or something cannot do its part. What is in the folder then has no manifest: it is not whole.
    pub async fn export(
        &self,
        by: &str,
        reason: &str,
        folder: &mut Folder,
        mut progress: impl FnMut(u64, u64),
    ) -> Result<Written, Error> {
        let reason = reason.trim();
        let length = reason.chars().count();
        if !(SHORTEST_REASON..=LONGEST_REASON).contains(&length) || reason.chars().any(char::is_control) {
            let what =
                format!("Say in {SHORTEST_REASON} to {LONGEST_REASON} characters why everything is exported");
            return Err(Error::Faults(vec![Fault::new("reason", what)]));
        }
        let visit = self.exporter(by)?;
        let who = Some(visit.staff.into());
        self.log().event(who, Action("begin-export"), Outcome::Done).durable().await?;
        let rows = self.records().read(vec![EVERY_FILE.with([])]).await?;
        let rows = rows.into_iter().next().unwrap_or_default().rows;
        let mut written = Written { files: 0, lines: 0, documents: 0 };
        for row in &rows {
            let client = ClientId::from_bytes(row.bytes16(0)?);
            let opened = self.open_whole_file(&visit, client, reason).await?;
            let (lines, documents) = opened.release().await?;
            for (table, line) in lines {
                folder.line(table.file, &line)?;
                written.lines += 1;
            }
            for document in documents {
                folder.document(&document.name, &document.pieces)?;
                written.documents += 1;
            }
            written.files += 1;
            progress(written.files, rows.len() as u64);
        }
        let tables =
            self.records().read(OF_SERVICE.iter().map(|table| table.rows.with([])).collect()).await?;
        for (table, rows) in OF_SERVICE.iter().zip(&tables) {
            for row in &rows.rows {
                folder.line(table.file, &self.service_line(table, row)?)?;
                written.lines += 1;
            }
        }
        let names = OF_CLIENTS.iter().chain(&OF_SERVICE).map(|table| table.file);
        let notices = self.notices();
        let (service, now) = (&notices.service().service, self.now());
        folder.finish(names, service, MIGRATIONS.known(), now, &LEFT_OUT, &columns()?)?;
        self.log().event(who, Action("finish-export"), Outcome::Done).durable().await?;
        Ok(written)
    }

    fn exporter(&self, by: &str) -> Result<Visit, Error> {
        let directory = self.directory();
        let member = directory.by_email(by).and_then(|id| directory.member(id));
        let member =
            member.filter(|member| member.role == Role::Governance && member.status == Status::Active);
        let member = member.ok_or_else(|| {
            Error::Staff("Name the governance lead who exports: --by with their e-mail address.".into())
        })?;
        let now = self.now();
        let session =
            Session { staff: member.id, level: Level::Full, created: now, seen: now, confirmed: None };
        Ok(Visit { staff: member.id, role: member.role, session, token: Token::nobodys() })
    }

    /// Opens everything in a file, under one entry that says why.
    #[allow(
        clippy::type_complexity,
        reason = "lines and documents, which belong to one file, under one entry"
    )]
    async fn open_whole_file(
        &self,
        visit: &Visit,
        client: ClientId,
        reason: &str,
    ) -> Result<Opened<(Vec<(&'static Table, Json)>, Vec<Attached>)>, Error> {
        let mut batch = vec![Standing::query(client, visit)];
        batch.extend(OF_CLIENTS.iter().map(|table| table.rows.with([client.as_bytes().into()])));
        let rows = self.records().read(batch).await?;
        let (head, tables) = rows.split_first().ok_or(Error::Damaged("batch"))?;
        let standing = Standing::read(client, head.first())?;
        let mut request = standing.request(visit, self.now(), Act::Read, Categories::all());
        request.circumstances.reason = true;
        let permit = self.permit(request, EXPORT).await?;
        // With the keys of documents that came a moment ago.
        self.vault().evict(client.into());
        let keys = self.vault().keys(client.into()).await?;
        // Of a file that ended a programme's layer may be left, which has no place for reasons: the entries around it say why.
        let reason = keys
            .have(&Compartment::File)
            .then(|| self.seal_reason(&permit, &keys, client, reason))
            .transpose()?;
        let detail = Detail { reason, ..Detail::default() };
        let entry = self.log().submit(permit, EXPORT, detail);
        let (mut lines, mut documents) = (Vec::new(), Vec::new());
        for (table, rows) in OF_CLIENTS.iter().zip(tables) {
            for row in &rows.rows {
                let line = self.client_line(&entry, &keys, client, table, row)?;
                lines.push(line.map(move |line| (table, line)));
                if table.sealed == Sealed::Document {
                    documents.extend(self.attached(&entry, &keys, client, &Named::of(table, row))?);
                }
            }
        }
        let all = Personal::gather(&entry, lines)?.and(Personal::gather(&entry, documents)?)?;
        Ok(Opened::new(all, entry))
    }

    /// A row of a file, with what is sealed in it opened.
    fn client_line(
        &self,
        entry: &Entry,
        keys: &FileKeys,
        client: ClientId,
        table: &'static Table,
        row: &Row,
    ) -> Result<Personal<Json>, Error> {
        let named = Named::of(table, row);
        let mut clear = named.clear()?;
        if table.name == "client" {
            let mut parts: Vec<String> = keys.compartments().map(|part| part.code().into_owned()).collect();
            parts.sort();
            clear.insert("parts".to_owned(), json!(parts));
        } else {
            // Whose it is, also where that follows from another table.
            clear.entry("client").or_insert_with(|| json!(client.to_string()));
        }
        let mut line = Personal::new(entry, clear);
        for seal in named.seals()? {
            let opened = match (row.opt_blob(named.at(seal.column)?)?, &seal.under) {
                (None, _) => Personal::new(entry, Json::Null),
                (Some(bytes), None) => Personal::new(
                    entry,
                    self.vault().open_service::<Json>(seal.table, named.id()?, seal.version, bytes)?,
                ),
                (Some(bytes), Some((compartment, category))) => {
                    let place = Place {
                        table: seal.table,
                        row: named.id()?,
                        version: seal.version,
                        file: client.into(),
                        compartment,
                        category: *category,
                        beside: seal.beside,
                    };
                    self.vault().open::<Json>(entry, keys, &place, bytes)?
                }
            };
            line = line.and(opened)?.map(|(mut line, value)| {
                line.insert(seal.name.to_owned(), value);
                line
            });
        }
        Ok(line.map(Json::Object))
    }

    /// The bytes of a document; none of one that did not pass the virus scanner.
    fn attached(
        &self,
        entry: &Entry,
        keys: &FileKeys,
        client: ClientId,
        named: &Named<'_>,
    ) -> Result<Option<Personal<Attached>>, Error> {
        let row = named.row;
        if row.text(named.at("state")?)? == "infected" {
            return Ok(None);
        }
        let document = DocumentId::from_bytes(row.bytes16(named.at("id")?)?);
        let programme = row.opt_bytes16(named.at("programme")?)?.map(ProgrammeId::from_bytes);
        let compartment = Compartment::of_document(document, programme);
        let version = row.int(named.at("version")?)?;
        let blob = uuid::Uuid::from_bytes(row.bytes16(named.at("blob")?)?);
        let pieces = row.int(named.at("pieces")?)?.unsigned_abs();
        let sealed = row.blob(named.at("sealed")?)?;
        let which = Which { client, document, blob };
        let opened = self.open_bytes(entry, keys, which, &compartment, version, pieces, sealed)?;
        Ok(Some(opened.map(move |pieces| Attached { name: format!("{document}-{version}"), pieces })))
    }

    /// A row of the service itself.
    fn service_line(&self, table: &'static Table, row: &Row) -> Result<Json, Error> {
        let named = Named::of(table, row);
        let mut line = named.clear()?;
        if table.sealed == Sealed::Staff {
            let (id, version) = (named.id()?, row.int(named.at("version")?)?);
            let page: crate::staff::Page =
                self.vault().open_service("staff", id, version, row.blob(named.at("sealed")?)?)?;
            line.insert("name".to_owned(), json!(page.name));
            line.insert("email".to_owned(), json!(page.email));
        }
        // What stood under the key of a file that is no more went with it.
        for seal in named.seals()?.into_iter().filter(|seal| seal.under.is_none()) {
            let bytes = row.blob(named.at(seal.column)?)?;
            let value: Json = self.vault().open_service(seal.table, named.id()?, seal.version, bytes)?;
            line.insert(seal.name.to_owned(), value);
        }
        Ok(Json::Object(line))
    }
}

/// A row whose columns have names.
struct Named<'r> {
    table: &'static Table,
    columns: Vec<&'static str>,
    row: &'r Row,
}

impl<'r> Named<'r> {
    fn of(table: &'static Table, row: &'r Row) -> Named<'r> {
        Named { table, columns: table.columns(), row }
    }

    fn at(&self, name: &str) -> Result<usize, Error> {
        self.columns.iter().position(|column| *column == name).ok_or(Error::Damaged("column"))
    }

    /// The row's own id; the only row of its kind has none.
    fn id(&self) -> Result<[u8; 16], Error> {
        self.at("id").map_or(Ok([0; 16]), |at| Ok(self.row.bytes16(at)?))
    }

    fn seals(&self) -> Result<Vec<Seal>, Error> {
        let text = |name: &str| {
            let at = self.at(name)?;
            Ok(match self.row.values().get(at) {
                Some(Value::Null) => None,
                Some(Value::Blob(bytes)) => Some(hex::encode(bytes)),
                _ => Some(self.row.text(at)?.to_owned()),
            })
        };
        self.table.seals(text, |name| Ok(self.row.int(self.at(name)?)?))
    }

    /// What stands in the clear: days and instants as ISO 8601 writes them, ids as hexadecimal digits.
    fn clear(&self) -> Result<Map<String, Json>, Error> {
        let hidden: &[&str] = match self.table.sealed {
            Sealed::Nothing => &[],
            Sealed::Appointment => &["sealed", "why"],
            Sealed::Paper => &["place", "what"],
            Sealed::Hold => &["why"],
            Sealed::Groups => &["groups"],
            Sealed::Entry | Sealed::Document | Sealed::Staff | Sealed::Asked => &["sealed"],
            Sealed::Service | Sealed::Merge | Sealed::Secret => &["sealed"],
        };
        let mut line = Map::new();
        for (name, value) in self.columns.iter().zip(self.row.values()) {
            if hidden.contains(name) {
                continue;
            }
            let value = match value {
                Value::Null => Json::Null,
                Value::Bool(flag) => json!(flag),
                Value::Text(text) => json!(text),
                Value::Blob(bytes) => json!(hex::encode(bytes)),
                // SQLite has no type of its own for yes and no.
                Value::Int(number) if ["restricted", "doubt", "paid"].contains(name) => json!(*number != 0),
                Value::Int(day) if self.table.days.contains(name) => {
                    json!(day_from(*day).ok_or(Error::Damaged("day"))?.to_string())
                }
                Value::Int(NEVER) if self.table.times.contains(name) => Json::Null,
                Value::Int(at) if self.table.times.contains(name) => {
                    let at = Timestamp::from_microsecond(*at).map_err(|_| Error::Damaged("time"))?;
                    json!(at.to_string())
                }
                Value::Int(number) => json!(number),
            };
            line.insert((*name).to_owned(), value);
        }
        Ok(line)
    }
}

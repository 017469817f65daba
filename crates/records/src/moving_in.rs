//! Taking in an export: a new service that is equal to the one that was left. Ids and times stay; everything is sealed again under
//! keys that are drawn here. The log of the old service is not continued: the new one begins with where it comes from.
//!
//! The export is looked through as a whole first. What it becomes is written as a copy of a store (`store::copies`) with sealed
//! rows only, and read in one transaction; until then there is no service here.

mod rows;
mod source;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::Path;

use access::{Act, Actor, Circumstances, Permit, Policy, Request, Subject};
use audit::{Action, Outcome, SigningKey};
use casework::{ClientId, DocumentId, ProgrammeId};
use notice::{Categories, Purpose};
use serde_json::{Value as Json, json};
use store::{Place, Store};
use vault::{Compartment, FileId, Vault};

use crate::documents::{Keeping, Settings, Which, seal_again};
use crate::export::tables::{Sealed, Table, every_table};
use crate::service::{SIGNING_KEY, set_setting};
use crate::staff::Page;
use crate::{Error, MIGRATIONS, Places, Service, Surroundings};

use rows::{Line, Shape, shapes};
use source::Export;

const TAKE_IN: Action = Action("take-in");
/// Files whose keys are drawn in one transaction.
const AT_ONCE: usize = 250;

/// What is taken in from where.
#[derive(Debug, Clone)]
pub struct TakingIn<'a> {
    /// The folder of the export.
    pub export: &'a Path,
    /// The text of the age identity that opens it; none if it is in the clear.
    pub identity: Option<&'a str>,
    /// Where the service is made: nothing may be there yet.
    pub places: &'a Places,
    /// Where documents go.
    pub documents: &'a Settings,
    /// A folder for this command alone, on the disk that the service is made on.
    pub scratch: &'a Path,
}

/// What was taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TakenIn {
    /// Clients' files.
    pub files: u64,
    /// Rows of all kinds.
    pub rows: u64,
    /// Documents, each version one.
    pub documents: u64,
}

/// Takes an export in.
///
/// # Errors
/// In one line what does not fit and what to do: the export is not whole, was changed, is of a newer version of Kept or encrypted to
/// somebody else; something is in the place already; the disk is full. Then nothing is there afterwards that was not before.
pub async fn take_in(asked: &TakingIn<'_>, surroundings: &Surroundings) -> Result<TakenIn, Error> {
    let export = Export::open(asked.export, asked.identity)?;
    refuse_a_full_place(asked).await?;
    let root_was_there = asked.places.root.exists();
    // On the heap: it is a large piece of work for the stack of whoever waits for it.
    let done = Box::pin(make(asked, &export, surroundings)).await;
    if done.is_err() {
        remove_what_was_made(asked, root_was_there);
    }
    done
}

async fn refuse_a_full_place(asked: &TakingIn<'_>) -> Result<(), Error> {
    let places = asked.places;
    let mut full =
        places.root.read_dir().is_ok_and(|mut inside| inside.next().is_some()) || places.checkpoint.exists();
    for place in [&places.records, &places.audit, &places.keyring] {
        full |= !store::is_empty(place).await?;
    }
    let documents = Keeping::new(asked.documents.clone(), places);
    full |= !documents.at_blobs(|blobs| blobs.is_empty()).await?;
    if full {
        return Err(Error::DoesNotFit(
            "There is a service in that place already, or part of one. An export is taken into an empty place only: choose another.".into(),
        ));
    }
    Ok(())
}

async fn make(
    asked: &TakingIn<'_>,
    export: &Export<'_>,
    surroundings: &Surroundings,
) -> Result<TakenIn, Error> {
    let places = asked.places;
    for place in [&places.records, &places.audit, &places.keyring] {
        if let Place::Sqlite(path) = place {
            path.parent().map_or(Ok(()), crate::backups::private_folder)?;
        }
    }
    let keyring = Store::open(&places.keyring, &vault::MIGRATIONS).await?;
    let vault = Vault::create(keyring, &places.root).await?;
    SigningKey::create(&places.root.join(SIGNING_KEY))?;
    let permit = Policy::shipped()?.decide(Request {
        actor: Actor::SYSTEM,
        purpose: Purpose::Keeping,
        act: Act::Write,
        subject: Subject::Everyone,
        categories: Categories::all(),
        circumstances: Circumstances::default(),
    })?;
    let taking = Taking { vault: &vault, permit: &permit, export };
    let files = taking.draw_keys().await?;
    let documents = taking.documents(&Keeping::new(asked.documents.clone(), places)).await?;
    let copy = asked.scratch.join("records.jsonl");
    let rows = taking.write_copy(&copy).await?;
    let settings = vec![
        set_setting("deployment", &vault.deployment().to_string()),
        set_setting("epoch", &vault.epoch().to_string()),
    ];
    Store::load(&places.records, &MIGRATIONS, &mut store::open_copy(&copy)?, settings).await?;
    fs::remove_file(&copy).map_err(|error| Error::from_disk(&error))?;
    drop(vault);
    let service = Service::open_with(places, surroundings.clone(), asked.documents.clone()).await?;
    let said = service.log().event(None, TAKE_IN, Outcome::Done).durable().await;
    service.close().await?;
    said?;
    Ok(TakenIn { files, rows, documents })
}

/// After a failure: nothing half made may be taken for a service. Databases of a server are left to whoever runs it.
fn remove_what_was_made(asked: &TakingIn<'_>, root_was_there: bool) {
    let places = asked.places;
    if let Err(error) = Keeping::new(asked.documents.clone(), places).blobs().clear() {
        tracing::warn!(%error, "part of the documents stays in their place: empty it before trying again");
    }
    let _ = fs::remove_file(&places.checkpoint);
    let _ = fs::remove_dir_all(&places.root);
    if root_was_there {
        let _ = crate::backups::private_folder(&places.root);
    }
    for place in [&places.records, &places.audit, &places.keyring] {
        match place {
            Place::Sqlite(path) => {
                for end in ["", "-wal", "-shm"] {
                    let mut file = path.clone().into_os_string();
                    file.push(end);
                    let _ = fs::remove_file(file);
                }
            }
            Place::Postgres(_) => {
                tracing::warn!(
                    "the databases may hold part of the export: make them anew before trying again"
                );
            }
        }
    }
}

/// What taking in needs all along.
struct Taking<'a> {
    vault: &'a Vault,
    permit: &'a Permit,
    export: &'a Export<'a>,
}

impl Taking<'_> {
    /// Draws the keys of every file, each with the parts that it had. Gives how many files.
    async fn draw_keys(&self) -> Result<u64, Error> {
        let mut count = 0;
        let mut waiting: Vec<(FileId, Vec<Compartment>)> = Vec::new();
        for line in self.export.lines("clients")? {
            let line = line?;
            let parts = line.get("parts").and_then(Json::as_array).ok_or_else(|| line.lacks("parts"))?;
            let parts: Option<Vec<Compartment>> =
                parts.iter().map(|part| part.as_str().and_then(|code| code.parse().ok())).collect();
            let file = FileId::from_bytes(line.id("id")?);
            waiting.push((file, parts.ok_or_else(|| line.lacks("parts"))?));
            count += 1;
            if waiting.len() == AT_ONCE {
                self.vault.create_each(&std::mem::take(&mut waiting)).await?;
            }
        }
        if !waiting.is_empty() {
            self.vault.create_each(&waiting).await?;
        }
        Ok(count)
    }

    /// Seals the bytes of every document. Gives how many.
    async fn documents(&self, keeping: &Keeping) -> Result<u64, Error> {
        let mut count = 0;
        for line in self.export.lines("documents")? {
            let line = line?;
            let (document, version) = (DocumentId::from_bytes(line.id("id")?), line.number("version")?);
            let Some(bytes) = self.export.document(&format!("{document}-{version}"))? else { continue };
            let which = Which {
                client: ClientId::from_bytes(line.id("client")?),
                document,
                blob: uuid::Uuid::from_bytes(line.id("blob")?),
            };
            let programme = match line.get("programme") {
                Some(Json::Null) => None,
                _ => Some(ProgrammeId::from_bytes(line.id("programme")?)),
            };
            let compartment = Compartment::of_document(document, programme);
            let keys = self.vault.keys(which.client.into()).await?;
            let (vault, permit) = (self.vault, self.permit);
            let sealing = seal_again(vault, permit, &keys, keeping, which, &compartment, version, bytes);
            let pieces = sealing.await?;
            if pieces != line.number("pieces")?.unsigned_abs() {
                return Err(line.lacks("as many pieces"));
            }
            count += 1;
        }
        Ok(count)
    }

    /// Writes every row, sealed, as a copy of the records. Gives how many.
    async fn write_copy(&self, path: &Path) -> Result<u64, Error> {
        let disk = |error: std::io::Error| Error::from_disk(&error);
        let file = File::create_new(path).map_err(disk)?;
        let mut out = BufWriter::with_capacity(1 << 18, file);
        let mut put = |line: &Json| {
            serde_json::to_writer(&mut out, line)
                .map_err(std::io::Error::from)
                .and_then(|()| out.write_all(b"\n"))
                .map_err(disk)
        };
        put(
            &json!({ "format": "kept-store-1", "store": MIGRATIONS.name, "schema": self.export.schema(), "about": {} }),
        )?;
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        for shape in shapes() {
            // Reviewed looks are places in the old log, which is not continued.
            let of_this = |table: &&Table| table.name == shape.table && table.name != "look_review";
            let Some(table) = every_table().find(of_this) else { continue };
            let names: Vec<&str> = shape.columns.iter().map(|column| column.name.as_str()).collect();
            put(&json!({ "table": shape.table, "columns": names }))?;
            let mut count = 0;
            for line in self.export.lines(table.file)? {
                put(&self.row(table, &shape, &line?).await?)?;
                count += 1;
            }
            counts.insert(shape.table, count);
        }
        let all = counts.values().sum();
        put(&json!({ "end": counts }))?;
        out.into_inner().map_err(|error| disk(error.into_error()))?.sync_all().map_err(disk)?;
        Ok(all)
    }

    /// A row of a copy.
    async fn row(&self, table: &'static Table, shape: &Shape, line: &Line) -> Result<Json, Error> {
        let mut sealed: BTreeMap<&'static str, Vec<u8>> = BTreeMap::new();
        let row = if table.sealed == Sealed::Secret { [0; 16] } else { line.id("id").unwrap_or_default() };
        if table.sealed == Sealed::Staff {
            let page = Page::without_password(line.text("name")?, line.text("email")?);
            let version = line.number("version")?;
            sealed.insert("sealed", self.vault.seal_service("staff", row, version, &page)?);
        }
        let text = |name: &str| match line.get(name) {
            Some(Json::Null) => Ok(None),
            _ => line.text(name).map(|text| Some(text.to_owned())),
        };
        for seal in table.seals(text, |name| line.stored_number(table, name))? {
            // What stood under the key of a file that is no more went with it.
            let content = match line.get(seal.name) {
                None if line.get("client").is_none_or(Json::is_null) => continue,
                Some(Json::Null) => continue,
                content => content.ok_or_else(|| line.lacks(seal.name))?,
            };
            let bytes = match &seal.under {
                None => self.vault.seal_service(seal.table, row, seal.version, content)?,
                Some((compartment, category)) => {
                    let file = FileId::from_bytes(line.id("client")?);
                    let keys = self.vault.keys(file).await?;
                    let (table, version, category, beside) =
                        (seal.table, seal.version, *category, seal.beside);
                    let place = vault::Place { table, row, version, file, compartment, category, beside };
                    self.vault.seal(self.permit, &keys, &place, content)?
                }
            };
            sealed.insert(seal.column, bytes);
        }
        shape.row(table, line, &sealed)
    }
}

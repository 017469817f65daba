//! The same files in a store that keeps no promise: rows in plain JSON, read by the same statements, shown by the same template.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Html;
use axum::routing::get;
use casework::retention::{Clock, Until};
use casework::{ClientId, EntryId, StaffId};
use jiff::Timestamp;
use notice::{Categories, Category};
use records::files::{ClientFile, Dated, FIRST_ENTRIES, ProfilePage, What};
use records::standing::FileStatus;
use records::{day_from, day_number};
use serde::de::DeserializeOwned;
use store::{Migrations, Place, Row, Store, sql};

use crate::fail::Fail;

sql! { plain:
    /// Who is signed in.
    SESSION = "SELECT staff FROM plain_session WHERE token = $1";
    ADD_SESSION = "INSERT INTO plain_session (token, staff) VALUES ($1, $2)";
    /// The head of a file.
    HEAD = "SELECT adviser, registered, last_contact, notice, notice_version FROM plain_client WHERE id = $1";
    ADD_CLIENT = "INSERT INTO plain_client (id, adviser, registered, last_contact, notice, notice_version) VALUES ($1, $2, $3, $4, $5, $6)";
    /// The pages of a profile.
    PAGES = "SELECT id, kind, category, day, written, author, version, content FROM plain_entry WHERE client = $1 AND kind = 'profile'";
    /// The newest dated entries.
    TIMELINE = "SELECT id, kind, category, day, written, author, version, content FROM plain_entry WHERE client = $1 AND kind <> 'profile' ORDER BY day DESC, written DESC LIMIT $2";
    /// How many there are.
    COUNT = "SELECT COUNT(*) FROM plain_entry WHERE client = $1 AND kind <> 'profile'";
    ADD_ENTRY = "INSERT INTO plain_entry (id, client, kind, category, day, written, author, version, content) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    /// A note that was begun.
    DRAFT = "SELECT content FROM plain_draft WHERE staff = $1 AND client = $2";
}

static MIGRATIONS: Migrations =
    Migrations { name: "plain", steps: &[(1, "plain files", include_str!("plain.sql"))] };

/// Pages without promises.
#[derive(Clone)]
pub(super) struct Plain(Arc<Inner>);

struct Inner {
    store: Store,
    /// What the service keeps in memory, too: how long each file is kept.
    until: HashMap<ClientId, (Until, Vec<Clock>)>,
    sample: ClientFile,
    /// Head and foot of the page, so that all three have one size.
    shell: (String, String),
}

const TOKEN: [u8; 32] = [7; 32];

impl Plain {
    /// Copies opened files into a store of their own.
    pub(super) async fn copy(
        place: &Place,
        files: &[ClientFile],
        shell: (String, String),
    ) -> Result<Plain, Fail> {
        let store = Store::open(place, &MIGRATIONS).await?;
        let mut sample = files
            .first()
            .cloned()
            .ok_or_else(|| Fail::said("Nobody is in this caseload. Measure with more --clients."))?;
        // As much as the other two pages show.
        sample.timeline.truncate(FIRST_ENTRIES as usize);
        let staff = sample.adviser.unwrap_or(StaffId::from_bytes([0; 16]));
        store.write(vec![ADD_SESSION.with([TOKEN.into(), staff.as_bytes().into()])]).await?;
        for file in files {
            store.write(rows(file)?).await?;
        }
        let until =
            files.iter().map(|file| (file.client, (file.until.clone(), file.clocks.clone()))).collect();
        Ok(Plain(Arc::new(Inner { store, until, sample, shell })))
    }

    /// The routes of both pages.
    pub(super) fn routes(&self) -> Router {
        Router::new()
            .route("/bench/plain/{client}", get(plain))
            .route("/bench/bare/{client}", get(bare))
            .with_state(self.clone())
    }

    fn page(&self, file: &ClientFile) -> Html<String> {
        let (head, foot) = &self.0.shell;
        Html([head, web::bench_view(file).as_str(), foot].concat())
    }

    async fn file(&self, client: ClientId) -> Result<ClientFile, Fail> {
        let id = || client.as_bytes().into();
        let gone = || Fail::said("no such file");
        let session = self.0.store.read(vec![SESSION.with([TOKEN.into()])]).await?;
        let staff = session.first().and_then(|rows| rows.first()).ok_or_else(gone)?.bytes16(0)?;
        let rows = self
            .0
            .store
            .read(vec![
                HEAD.with([id()]),
                PAGES.with([id()]),
                TIMELINE.with([id(), i64::from(FIRST_ENTRIES).into()]),
                COUNT.with([id()]),
                DRAFT.with([staff.into(), id()]),
            ])
            .await?;
        let [head, pages, timeline, count, _draft] = rows.as_slice() else { return Err(gone()) };
        let head = head.first().ok_or_else(gone)?;
        let adviser = StaffId::from_bytes(head.bytes16(0)?);
        let (until, clocks) = self.0.until.get(&client).cloned().ok_or_else(gone)?;
        Ok(ClientFile {
            client,
            adviser: Some(adviser),
            status: FileStatus::Active,
            own: adviser == StaffId::from_bytes(staff),
            registered: day_from(head.int(1)?).ok_or_else(gone)?,
            pages: pages.rows.iter().map(page).collect::<Result<BTreeMap<_, _>, Fail>>()?,
            equality_answered: None,
            timeline: timeline.rows.iter().map(dated).collect::<Result<Vec<_>, Fail>>()?,
            entries: count.first().map_or(Ok(0), |row| row.int(0))?.unsigned_abs(),
            mentioned: 0,
            due: Vec::new(),
            appointments: Vec::new(),
            draft: None,
            until,
            clocks,
            told: Vec::new(),
            notice: (head.text(3)?.to_owned(), head.text(4)?.to_owned()),
            tell_again: None,
            readable: Categories::all(),
            writable: Categories::all(),
        })
    }
}

async fn plain(State(plain): State<Plain>, Path(client): Path<String>) -> Result<Html<String>, StatusCode> {
    let client = client.parse().map_err(|_| StatusCode::NOT_FOUND)?;
    let file = plain.file(client).await.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok(plain.page(&file))
}

async fn bare(State(plain): State<Plain>) -> Html<String> {
    plain.page(&plain.0.sample)
}

fn json<T: serde::Serialize>(content: &T) -> Result<store::Value, Fail> {
    Ok(serde_json::to_string(content).map_err(|error| Fail::said(error.to_string()))?.into())
}

fn rows(file: &ClientFile) -> Result<Vec<store::Query>, Fail> {
    let id = || file.client.as_bytes().into();
    let adviser = file.adviser.unwrap_or(StaffId::from_bytes([0; 16]));
    let mut rows = vec![ADD_CLIENT.with([
        id(),
        adviser.as_bytes().into(),
        day_number(file.registered).into(),
        day_number(file.until.last_contact).into(),
        file.notice.0.as_str().into(),
        file.notice.1.as_str().into(),
    ])];
    for (category, page) in &file.pages {
        rows.push(ADD_ENTRY.with([
            page.id.as_bytes().into(),
            id(),
            "profile".into(),
            category.code().into(),
            day_number(file.registered).into(),
            page.written.as_microsecond().into(),
            page.author.as_bytes().into(),
            page.version.into(),
            json(&page.profile)?,
        ]));
    }
    for dated in &file.timeline {
        let (kind, content) = match &dated.what {
            What::Meeting(meeting) => ("meeting", json(meeting)?),
            What::NoticeGiven(given) => ("notice-given", json(given)?),
            What::Agreement(agreement) => ("agreement", json(agreement)?),
            What::Plan(plan) => ("agreed-plan", json(plan)?),
            What::Consent(consent) => ("consent", json(consent)?),
            What::Disclosure(disclosed) => ("disclosure", json(disclosed)?),
            What::Placement(placement) => ("placement", json(placement)?),
            What::Written(form, written) => (form.id.as_str(), json(written)?),
        };
        rows.push(ADD_ENTRY.with([
            dated.id.as_bytes().into(),
            id(),
            kind.into(),
            "casework".into(),
            day_number(dated.day).into(),
            dated.written.as_microsecond().into(),
            dated.author.as_bytes().into(),
            1_i64.into(),
            content,
        ]));
    }
    Ok(rows)
}

fn content<T: DeserializeOwned>(row: &Row) -> Result<T, Fail> {
    serde_json::from_str(row.text(7)?).map_err(|error| Fail::said(error.to_string()))
}

fn written(row: &Row) -> Result<Timestamp, Fail> {
    Timestamp::from_microsecond(row.int(4)?).map_err(|error| Fail::said(error.to_string()))
}

fn page(row: &Row) -> Result<(Category, ProfilePage), Fail> {
    let category = row.text(2)?.parse().map_err(|_| Fail::said("no category"))?;
    let page = ProfilePage {
        id: EntryId::from_bytes(row.bytes16(0)?),
        version: row.int(6)?,
        written: written(row)?,
        author: StaffId::from_bytes(row.bytes16(5)?),
        profile: content(row)?,
    };
    Ok((category, page))
}

fn dated(row: &Row) -> Result<Dated, Fail> {
    let kind = row.text(1)?;
    let what = match kind {
        "meeting" => What::Meeting(content(row)?),
        "notice-given" => What::NoticeGiven(content(row)?),
        "agreement" => What::Agreement(content(row)?),
        "agreed-plan" => What::Plan(content(row)?),
        "consent" => What::Consent(content(row)?),
        "disclosure" => What::Disclosure(content(row)?),
        "placement" => What::Placement(content(row)?),
        other => {
            What::Written(notice::forms::form(other).ok_or_else(|| Fail::said("no form"))?, content(row)?)
        }
    };
    Ok(Dated {
        id: EntryId::from_bytes(row.bytes16(0)?),
        version: row.int(6)?,
        day: day_from(row.int(3)?).ok_or_else(|| Fail::said("no day"))?,
        written: written(row)?,
        author: StaffId::from_bytes(row.bytes16(5)?),
        what,
    })
}

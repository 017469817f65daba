//! The same files in a store that keeps no promise: rows in plain JSON, read by the same statements, shown by the same template.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Html;
use axum::routing::get;
use casework::appointments::Slot;
use casework::retention::{Clock, Until};
use casework::{AppointmentId, ClientId, EntryId, StaffId};
use jiff::Timestamp;
use notice::{Categories, Category};
use records::appointments::{Appointment, Booked};
use records::due::Due;
use records::files::{ClientFile, Dated, FIRST_ENTRIES, ProfilePage, Waits, What};
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
    /// The appointments, the latest first.
    APPOINTMENTS = "SELECT id, adviser, starts, ends, way, state, version, said, why FROM plain_appointment WHERE client = $1 ORDER BY starts DESC LIMIT 60";
    ADD_APPOINTMENT = "INSERT INTO plain_appointment (id, client, adviser, starts, ends, way, state, version, said, why) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    /// What is due, the earliest first.
    DUE = "SELECT entry, form, words, day FROM plain_due WHERE client = $1 ORDER BY day, entry LIMIT 200";
    ADD_DUE = "INSERT INTO plain_due (entry, client, form, words, day) VALUES ($1, $2, $3, $4, $5)";
    /// How long each layer is kept.
    KEEPING = "SELECT layer, since, day, reason, programme FROM plain_keeping WHERE client = $1 ORDER BY day, layer DESC";
    ADD_KEEPING = "INSERT INTO plain_keeping (client, layer, since, day, reason, programme) VALUES ($1, $2, $3, $4, $5, $6)";
    /// What waits about it: in this bench nothing, which is asked all the same.
    WAITS = "SELECT kind, at FROM plain_wait WHERE client = $1 ORDER BY kind, at";
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
    /// What the service reckons from the last contact.
    until: HashMap<ClientId, Until>,
    /// What can be due, in the words of the notice.
    words: HashMap<String, &'static str>,
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
        let until = files.iter().map(|file| (file.client, file.until.clone())).collect();
        let words = files.iter().flat_map(|file| &file.due).map(|due| (due.words.to_owned(), due.words));
        Ok(Plain(Arc::new(Inner { store, until, words: words.collect(), sample, shell })))
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
                APPOINTMENTS.with([id()]),
                DUE.with([id()]),
                KEEPING.with([id()]),
                WAITS.with([id()]),
            ])
            .await?;
        let [head, pages, timeline, count, _draft, booked, due, kept, _waits] = rows.as_slice() else {
            return Err(gone());
        };
        let head = head.first().ok_or_else(gone)?;
        let adviser = StaffId::from_bytes(head.bytes16(0)?);
        let until = self.0.until.get(&client).cloned().ok_or_else(gone)?;
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
            due: due.rows.iter().map(|row| self.due(row)).collect::<Result<_, Fail>>()?,
            waits: Waits::default(),
            appointments: booked
                .rows
                .iter()
                .map(|row| appointment(client, row))
                .collect::<Result<_, Fail>>()?,
            draft: None,
            until,
            clocks: kept.rows.iter().map(clock).collect::<Result<_, Fail>>()?,
            told: Vec::new(),
            notice: (head.text(3)?.to_owned(), head.text(4)?.to_owned()),
            tell_again: None,
            readable: Categories::all(),
            writable: Categories::all(),
        })
    }
}

impl Plain {
    fn due(&self, row: &Row) -> Result<Due, Fail> {
        Ok(Due {
            entry: EntryId::from_bytes(row.bytes16(0)?),
            form: notice::forms::form(row.text(1)?).ok_or_else(|| Fail::said("no form"))?,
            words: self.0.words.get(row.text(2)?).copied().ok_or_else(|| Fail::said("nothing is due"))?,
            day: day_from(row.int(3)?).ok_or_else(|| Fail::said("no day"))?,
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
    rows.extend(file.appointments.iter().map(appointment_row).collect::<Result<Vec<_>, Fail>>()?);
    rows.extend(file.due.iter().map(|due| {
        let (entry, form) = (due.entry.as_bytes().into(), due.form.id.as_str().into());
        ADD_DUE.with([entry, id(), form, due.words.into(), day_number(due.day).into()])
    }));
    rows.extend(file.clocks.iter().map(|clock| {
        let (since, due) = (day_number(clock.since).into(), day_number(clock.due).into());
        let programme = clock.programme.as_deref().map_or(store::Value::Null, Into::into);
        ADD_KEEPING.with([
            id(),
            clock.layer.code().into(),
            since,
            due,
            clock.reason.as_str().into(),
            programme,
        ])
    }));
    Ok(rows)
}

fn appointment_row(appointment: &Appointment) -> Result<store::Query, Fail> {
    let Booked { id, client, adviser, slot, way, state, version, .. } = &appointment.booked;
    Ok(ADD_APPOINTMENT.with([
        id.as_bytes().into(),
        client.as_bytes().into(),
        adviser.as_bytes().into(),
        slot.starts().as_microsecond().into(),
        slot.ends().as_microsecond().into(),
        way.code().into(),
        state.code().into(),
        (*version).into(),
        json(&appointment.said)?,
        appointment.why.as_str().into(),
    ]))
}

fn appointment(client: ClientId, row: &Row) -> Result<Appointment, Fail> {
    let no = |what: &'static str| move || Fail::said(what);
    Ok(Appointment {
        booked: Booked {
            id: AppointmentId::from_bytes(row.bytes16(0)?),
            client,
            adviser: StaffId::from_bytes(row.bytes16(1)?),
            room: None,
            series: None,
            slot: Slot::stored(time(row, 2)?, time(row, 3)?).ok_or_else(no("no slot"))?,
            way: row.text(4)?.parse().map_err(|_| Fail::said("no way"))?,
            state: row.text(5)?.parse().map_err(|_| Fail::said("no state"))?,
            version: row.int(6)?,
        },
        said: content(row)?,
        why: row.text(8)?.to_owned(),
    })
}

fn clock(row: &Row) -> Result<Clock, Fail> {
    let day = |at| day_from(row.int(at)?).ok_or_else(|| Fail::said("no day"));
    Ok(Clock {
        layer: row.text(0)?.parse().map_err(|_| Fail::said("no layer"))?,
        since: day(1)?,
        due: day(2)?,
        reason: row.text(3)?.to_owned(),
        programme: row.opt_text(4)?.map(str::to_owned),
    })
}

fn content<T: DeserializeOwned>(row: &Row) -> Result<T, Fail> {
    serde_json::from_str(row.text(7)?).map_err(|error| Fail::said(error.to_string()))
}

fn time(row: &Row, at: usize) -> Result<Timestamp, Fail> {
    Timestamp::from_microsecond(row.int(at)?).map_err(|error| Fail::said(error.to_string()))
}

fn page(row: &Row) -> Result<(Category, ProfilePage), Fail> {
    let category = row.text(2)?.parse().map_err(|_| Fail::said("no category"))?;
    let page = ProfilePage {
        id: EntryId::from_bytes(row.bytes16(0)?),
        version: row.int(6)?,
        written: time(row, 4)?,
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
        written: time(row, 4)?,
        author: StaffId::from_bytes(row.bytes16(5)?),
        what,
    })
}

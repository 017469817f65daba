//! Making the service of the demo: its staff, its clients, and what some of them have beside their entries.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use access::Role;
use casework::appointments::{Slot, Way};
use casework::consents::State;
use casework::disclosures::{LegalGround, Stage};
use casework::paper::Place;
use casework::{ClientId, OrganisationId, RoomId, StaffId};
use jiff::{SignedDuration, ToSpan as _};
use records::cover::Arranging;
use records::documents::{Begun, Goes, Sending};
use records::loading::{Loaded, LoadedAppointment, LoadedConsent, LoadedEntry};
use records::paper::Doing;
use records::sessions::{Level, Session};
use records::{Places, Service, Surroundings, Token, Visit};
use web::DemoPerson;

use super::{PASSWORD, desk, programmes};
use crate::commands::init;
use crate::config::FIRST;
use crate::databases::Databases;
use crate::demo::{self, Diaries, MadeUpAppointment, MadeUpClient, MadeUpDocument};
use crate::fail::Fail;
use crate::output;

/// Files that are made and loaded at a time.
const AT_ONCE: usize = 500;

/// A service with made-up people, and how the staff sign in.
pub(crate) struct Made {
    /// The service.
    pub(crate) service: Arc<Service>,
    /// Its staff.
    pub(crate) people: Vec<DemoPerson>,
}

/// How many clients are made, and how much of their files.
#[derive(Clone, Copy)]
pub(crate) struct Amount {
    /// How many clients.
    pub(crate) clients: usize,
    /// How many meetings each file has at most; with fewer than all, nothing else was written in it.
    pub(crate) meetings: usize,
}

impl From<usize> for Amount {
    /// So many clients with whole files.
    fn from(clients: usize) -> Amount {
        Amount { clients, meetings: usize::MAX }
    }
}

impl Amount {
    fn shorten(self, client: &mut MadeUpClient) {
        if self.meetings < usize::MAX {
            client.written.clear();
            client.entries.drain(..client.entries.len().saturating_sub(self.meetings));
        }
    }
}

/// Makes a service with its root in `folder`, staff and clients included.
pub(crate) async fn make(
    folder: &Path,
    address: &SocketAddr,
    databases: Option<&Databases>,
    seed: u64,
    amount: impl Into<Amount>,
) -> Result<Made, Fail> {
    let text = FIRST.replace("127.0.0.1:8080", &address.to_string());
    let config = init::lay_out(folder, &databases.map_or_else(|| text.clone(), |d| d.written_into(&text)))?;
    fill(&config.places, seed, amount.into()).await
}

/// Makes a service at `places`, staff and clients included.
async fn fill(places: &Places, seed: u64, amount: Amount) -> Result<Made, Fail> {
    let clients = amount.clients;
    let count = AtomicU64::new(0);
    let surroundings =
        Surroundings::real().drawing_ids(move || demo::id(seed, count.fetch_add(1, Ordering::Relaxed)));
    let service = Arc::new(Service::create(places, init::SHIPPED_NOTICE, surroundings).await?);
    let hash = records::passwords::hash(PASSWORD).await;
    let hash = hash.ok_or_else(|| Fail::said("There is not enough memory for a password hash (19 MiB)."))?;
    let (mut people, mut ids, mut advisers) = (Vec::new(), Vec::new(), Vec::new());
    for (number, made_up) in (0..).zip(demo::staff()) {
        let role: Role = made_up.role.parse().map_err(|_| Fail::said("a made-up role is none"))?;
        let totp_secret = demo::code_secret(seed, number);
        let id = service.add_ready_staff(made_up.name, made_up.email, role, &hash, totp_secret).await?;
        ids.push(id);
        advisers.extend((role == Role::Adviser).then_some(id));
        people.push(DemoPerson {
            role: made_up.role,
            name: made_up.name.to_owned(),
            email: made_up.email.to_owned(),
            password: PASSWORD.to_owned(),
            totp_secret,
        });
    }
    for (number, (name, email)) in (demo::staff().len() as u64..).zip(demo::colleagues(seed, clients)) {
        let secret = demo::code_secret(seed, number);
        advisers.push(service.add_ready_staff(&name, &email, Role::Adviser, &hash, secret).await?);
    }
    let today = service.surroundings().today();
    let notices = service.notices();
    let visits = Visits::of(&service, &people, &ids);
    let organisations = directory(&service, &visits).await?;
    let rooms = rooms(&service, &visits, advisers.len()).await?;
    let mut coming = demo::people(seed, clients, today, notices.catalogue());
    let mut diaries = Diaries::new(seed, today);
    let mut loaded = 0;
    loop {
        let stretch: Option<Vec<Loaded>> = coming
            .by_ref()
            .take(AT_ONCE)
            .map(|mut client| {
                amount.shorten(&mut client);
                let booked = diaries.next(&client);
                let room = rooms.get(client.adviser).copied();
                file(client, booked, room, &advisers, &organisations, service.surroundings())
            })
            .collect();
        let stretch = stretch.ok_or_else(|| Fail::said("a made-up client has no adviser"))?;
        if stretch.is_empty() {
            break;
        }
        loaded += stretch.len();
        service.load_files(stretch).await?;
        output::progress(&format!("{loaded} of {clients} made-up clients"));
    }
    share(&service, &visits, &organisations).await?;
    programmes::directory(&service, &visits).await?;
    programmes::programmes(&service, &visits).await?;
    output::progress("");
    papers(&service, &advisers).await?;
    if clients >= WITH_A_DESK {
        desk::desk(&service, &visits).await?;
    }
    Ok(Made { service, people })
}

/// From how many clients on the governance lead has something to do: a smaller service is one to try things in, with nothing open yet.
const WITH_A_DESK: usize = 1000;

/// How many clients have documents and paper: enough to see, few enough to start at once.
const WITH_DOCUMENTS: usize = 16;

/// Gives some clients documents and paper, lends some of it, and has one adviser covered by another: each as somebody here
/// would do it, through the same sentences.
async fn papers(service: &Service, staff: &[StaffId]) -> Result<(), Fail> {
    let today = service.surroundings().today();
    let day = |days: i64| today.checked_add(days.days()).unwrap_or(today);
    let (Some(first), Some(second), Some(third)) = (staff.first(), staff.get(1), staff.get(2)) else {
        return Ok(());
    };
    for (of, share) in [(first, WITH_DOCUMENTS / 2), (second, WITH_DOCUMENTS / 2)] {
        let visit = visit(service, *of)?;
        let caseload = service.caseload(&visit).await?.release().await?;
        for (turn, file) in caseload.files.into_iter().take(share).enumerate() {
            let client = file.who.client;
            for made in demo::documents(turn) {
                send(service, &visit, client, made, Goes::IntoFile).await?;
            }
            let (what, folder) = demo::paper(turn);
            let place = Place { room: "Filing room".into(), cabinet: "Cabinet B".into(), folder };
            let paper =
                service.add_paper(&visit, client, service.surroundings().draw(), what, &place).await?;
            if turn % 3 == 1 {
                let lend = Doing::Lend { to: *third, due_back: day(if turn == 1 { 0 } else { 9 }) };
                service.change_paper(&visit, paper, 1, lend).await?;
            }
        }
    }
    let form = service.surroundings().draw();
    let cover = Arranging { form, absent: *third, covering: *first, from: today, until: day(6) };
    service.arrange_cover(&visit(service, *third)?, cover).await?;
    Ok(())
}

/// Sends a document as an adviser would.
pub(super) async fn send(
    service: &Service,
    visit: &Visit,
    client: ClientId,
    made: MadeUpDocument,
    goes: Goes,
) -> Result<(), Fail> {
    let sending = Sending {
        form: service.surroundings().draw(),
        goes,
        name: made.name.to_owned(),
        title: made.title.to_owned(),
        kind: made.kind,
        note: String::new(),
    };
    if let Begun::Upload(mut upload) = service.begin_document(visit, client, sending).await? {
        upload.push(&made.bytes).await?;
        upload.finish().await?;
    }
    Ok(())
}

/// A visit by one of the made-up advisers, for what they did before the demonstration began.
fn visit(service: &Service, staff: StaffId) -> Result<Visit, Fail> {
    let now = service.surroundings().now();
    let session = Session { staff, level: Level::Full, created: now, seen: now, confirmed: None };
    let token = Token::from_cookie(&"00".repeat(32)).ok_or_else(|| Fail::said("no token"))?;
    Ok(Visit { staff, role: Role::Adviser, session, token })
}

fn file(
    client: MadeUpClient,
    booked: Option<MadeUpAppointment>,
    room: Option<RoomId>,
    advisers: &[StaffId],
    organisations: &[OrganisationId],
    surroundings: &Surroundings,
) -> Option<Loaded> {
    let now = surroundings.now();
    let at_ten =
        client.registered.at(10, 0, 0, 0).to_zoned_datetime(surroundings.civil(now).time_zone().clone());
    let zone = surroundings.civil(now).time_zone().clone();
    let appointments = booked.into_iter().filter_map(|one| {
        let starts = one.day.to_datetime(one.at).to_zoned_datetime(zone.clone()).ok()?.timestamp();
        let slot = Slot::stored(starts, starts + SignedDuration::from_mins(i64::from(one.minutes)))?;
        let MadeUpAppointment { way, state, said, why, .. } = one;
        let room = room.filter(|_| way == Way::Office);
        Some(LoadedAppointment { slot, room, way, state, said, why })
    });
    let appointments = appointments.collect();
    let meetings = client.entries.into_iter().map(|e| Some((*advisers.get(e.adviser)?, e.day, e.meeting)));
    let author = *advisers.get(client.adviser)?;
    let written = client.written.into_iter().map(|one| {
        let form = notice::forms::form(one.form)?;
        Some(LoadedEntry { id: one.id, form, author, on: one.on, written: one.written })
    });
    Some(Loaded {
        last_contact: None,
        profile: client.profile,
        registered: at_ten.map_or(now, |at| at.timestamp().min(now)),
        adviser: *advisers.get(client.adviser)?,
        notice_given: client.notice_given,
        agreed: client.agreed,
        meetings: meetings.collect::<Option<_>>()?,
        written: written.collect::<Option<_>>()?,
        appointments,
        consents: client
            .consents
            .into_iter()
            .map(|one| {
                Some(LoadedConsent {
                    organisation: *organisations.get(one.organisation)?,
                    said: one.said,
                    signature: one.signature,
                    witness: one.witness.to_owned(),
                    on: one.on,
                    withdrawn: one.withdrawn,
                })
            })
            .collect::<Option<_>>()?,
    })
}

/// The staff of the demo, as if each had signed in.
pub(super) struct Visits {
    pub(super) advisers: Vec<Visit>,
    pub(super) manager: Visit,
    pub(super) governance: Visit,
}

impl Visits {
    fn of(service: &Service, people: &[DemoPerson], ids: &[StaffId]) -> Visits {
        let now = service.surroundings().now();
        let visit = |staff: StaffId, role: Role| Visit {
            staff,
            role,
            session: records::sessions::Session {
                staff,
                level: records::sessions::Level::Full,
                created: now,
                seen: now,
                confirmed: None,
            },
            token: Token::nobodys(),
        };
        let with = |role: Role| -> Vec<Visit> {
            let those = people.iter().zip(ids).filter(|(person, _)| person.role == role.code());
            those.map(|(_, id)| visit(*id, role)).collect()
        };
        let one = |role: Role| with(role).pop().unwrap_or_else(|| visit(StaffId::from_bytes([0; 16]), role));
        Visits {
            advisers: with(Role::Adviser),
            manager: one(Role::Manager),
            governance: one(Role::Governance),
        }
    }
}

/// A room for each adviser.
async fn rooms(service: &Service, visits: &Visits, count: usize) -> Result<Vec<RoomId>, Fail> {
    for number in 1..=count {
        let form = service.surroundings().draw();
        service.add_room(&visits.manager, form, &format!("Room {number}")).await?;
    }
    Ok(service.rooms().await?.into_iter().map(|room| room.id).collect())
}

/// The organisations of the demo, each with a key that two people confirmed.
async fn directory(service: &Service, visits: &Visits) -> Result<Vec<OrganisationId>, Fail> {
    let mut all = Vec::new();
    for made_up in &demo::ORGANISATIONS {
        let form = service.surroundings().draw();
        let id = service.add_organisation(&visits.manager, form, made_up.named, made_up.name).await?;
        service.enter_key(&visits.manager, id, made_up.key).await?;
        for who in [&visits.manager, &visits.governance] {
            let known = service.organisations().await?.into_iter().find(|one| one.id == id);
            let Some(key) = known.and_then(|one| one.key) else { continue };
            let fingerprint = key.fingerprint().replace(' ', "");
            service.confirm_key(who, id, key.id, fingerprint.get(24..).unwrap_or_default()).await?;
        }
        all.push(id);
    }
    Ok(all)
}

/// Two things shared with adult learning, and one that waits for a second person: through the gate, like everybody's.
async fn share(service: &Service, visits: &Visits, organisations: &[OrganisationId]) -> Result<(), Fail> {
    let [learning, _, law] = organisations else { return Ok(()) };
    let (mut shared, mut asked) = (0, false);
    for adviser in &visits.advisers {
        let clients: Vec<ClientId> = service
            .caseload(adviser)
            .await?
            .release()
            .await?
            .files
            .iter()
            .map(|file| file.who.client)
            .collect();
        for client in clients.into_iter().take(40) {
            if shared == 2 && asked {
                return Ok(());
            }
            let page = service.consent_page(adviser, client).await?.release().await?;
            let agreed = page
                .sharing
                .iter()
                .any(|one| one.organisation.id == *learning && one.state.is_some_and(State::allows));
            if agreed && shared < 2 {
                let shown = service.sharing(adviser, client, *learning).await?.release().await?;
                let form = service.surroundings().draw();
                let made = service.share(adviser, client, *learning, form, &shown.versions).await?;
                service.pack(adviser, client, made).await?;
                shared += 1;
            } else if !asked && page.shared.iter().all(|line| line.row.stage != Stage::Asked) {
                let shown = service.sharing(adviser, client, *law).await?.release().await?;
                let today = service.surroundings().today();
                let ground = LegalGround {
                    enactment: "Care Act 2014, section 42".into(),
                    policy: "Safeguarding policy, part 3".into(),
                    why: "Said at the last meeting that somebody at home takes their money. They are not ready to talk to the team themselves.".into(),
                    review: casework::dates::months_later(today, 1),
                };
                let fields = shown.facts.iter().take(3).map(|fact| fact.field.clone()).collect();
                let form = service.surroundings().draw();
                service.ask_to_share(adviser, client, *law, form, &shown.versions, ground, fields).await?;
                asked = true;
            }
        }
    }
    Ok(())
}

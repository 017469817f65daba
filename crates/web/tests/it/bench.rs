//! A service with its pages, called without a socket.

use std::sync::Arc;

use access::Role;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use casework::entries::Agreed;
use casework::profile::fields;
use casework::{Answer, ClientId, How, Profile, StaffId};
use records::clients::Registration;
use records::{Places, Service, Surroundings};
use store::testing::{Ground, grounds};
use store::{Store, sql};
use tower::ServiceExt;
use web::{Options, app};

pub(crate) const ORIGIN: &str = "https://kept.example.org";
const NOTICE: &str = include_str!("../../../../notices/employment-service.toml");
pub(crate) const LADDER: &str = include_str!("../../../../programmes/skills-ladder.toml");
pub(crate) const LADDER_NOTICE: &str = include_str!("../../../../notices/programmes/skills-ladder.toml");
const PASSWORD: &str = "copper kettle drifts north";
const SECRET: [u8; 20] = *b"a secret of 20 bytes";

sql! { records:
    /// Entries of changes that the log's writer has not moved yet.
    ON_THEIR_WAY = "SELECT COUNT(*) FROM outbox";
}

pub(crate) struct Bench {
    pub(crate) ground: Ground,
    places: Places,
    /// The records, looked at past the service.
    records: Store,
    pub(crate) service: Arc<Service>,
    router: Router,
    hash: String,
}

/// Ids of something shared.
pub(crate) struct Shared {
    organisation: String,
    consent: String,
    disclosure: String,
}

impl Shared {
    /// A route's path with these ids.
    pub(crate) fn put_into(&self, path: &str) -> String {
        path.replace("{organisation}", &self.organisation)
            .replace("{consent}", &self.consent)
            .replace("{disclosure}", &self.disclosure)
    }
}

/// Ids of a programme that a client is on, and of one that they could join.
pub(crate) struct Placed {
    pub(crate) programme: String,
    pub(crate) placement: String,
}

impl Placed {
    /// A route's path with these ids.
    pub(crate) fn put_into(&self, path: &str) -> String {
        path.replace("{programme}", &self.programme).replace("{placement}", &self.placement)
    }
}

/// A public key of age. Nobody has the secret one.
pub(crate) const KEY: &str = "age1kvyx8ze7ttgq2avzd6rf6524yu4cy0zhtmg7f3aglnmkyxywe93q4tdedh";

pub(crate) struct Answered {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Bench {
    pub(crate) async fn all() -> Vec<Bench> {
        let hash = records::passwords::hash(PASSWORD).await.unwrap();
        let mut all = Vec::new();
        for ground in grounds() {
            eprintln!("on {:?}", ground.engine());
            let places = Places {
                records: ground.place("records").await,
                audit: ground.place("audit").await,
                keyring: ground.place("keyring").await,
                root: ground.folder().join("root"),
                checkpoint: ground.folder().join("checkpoint"),
            };
            std::fs::create_dir(&places.root).unwrap();
            std::fs::set_permissions(&places.root, std::os::unix::fs::PermissionsExt::from_mode(0o700))
                .unwrap();
            let service = Arc::new(Service::create(&places, NOTICE, Surroundings::real()).await.unwrap());
            let router = pages(&service);
            let records = Store::open(&places.records, &records::MIGRATIONS).await.unwrap();
            all.push(Bench { ground, places, records, service, router, hash: hash.clone() });
        }
        all
    }

    /// The same service, opened again: with nothing in memory but what opening brings.
    pub(crate) async fn opened_again(mut self) -> Bench {
        self.service.close().await.unwrap();
        self.service = Arc::new(Service::open(&self.places, Surroundings::real()).await.unwrap());
        self.router = pages(&self.service);
        self
    }

    /// Somebody signed in, through the pages: their id and cookie.
    pub(crate) async fn signed_in(&self, name: &str, role: Role) -> (StaffId, String) {
        let email = format!("{}@example.org", name.to_lowercase());
        let staff = self.service.add_ready_staff(name, &email, role, &self.hash, SECRET).await.unwrap();
        let half = self
            .post("/sign-in", &format!("email={email}&password={}", PASSWORD.replace(' ', "+")), None)
            .await;
        assert_eq!(half.status, StatusCode::OK, "{}", half.text);
        let now = self.service.surroundings().now().as_second().unsigned_abs();
        let code = records::sign_in::code_at(SECRET, now);
        let full = self.post("/sign-in/code", &format!("code={code}"), Some(&cookie(&half))).await;
        assert_eq!(full.status, StatusCode::SEE_OTHER, "{}", full.text);
        (staff, cookie(&full))
    }

    /// A client in the caseload of `adviser`.
    pub(crate) async fn client(&self, adviser: StaffId, name: &str) -> ClientId {
        let visit = self.visit_of(adviser);
        let mut contact = Profile::default();
        contact.set(fields::NAME, Some(Answer::Text(name.into())));
        contact.set(fields::MOBILE_PHONE, Some(Answer::Text("+447700900123".into())));
        let form = *uuid::Uuid::new_v4().as_bytes();
        let registration =
            Registration { form, contact, notice_given: How::OnPaper, agreed: Agreed::InWords };
        self.service.register_client(&visit, registration).await.unwrap()
    }

    /// An appointment of a client with `adviser` that nobody else has the time of.
    pub(crate) async fn appointment(&self, adviser: StaffId, client: &str) -> casework::AppointmentId {
        let client = client.parse::<ClientId>().unwrap();
        let now = self.service.surroundings().civil(self.service.surroundings().now());
        // On a Friday nobody is free tomorrow; the day after the weekend somebody is.
        let (mut day, mut slots) = (now.date(), Vec::new());
        for _ in 0..7 {
            day = day.tomorrow().unwrap();
            slots = self.service.free_times(adviser, None, day, 15).await.unwrap();
            if !slots.is_empty() {
                break;
            }
        }
        let at = slots.first().copied().unwrap_or_else(|| {
            let minute = i8::try_from(uuid::Uuid::new_v4().as_bytes()[0] % 12).unwrap() * 5;
            casework::appointments::Slot::at(day.at(18, minute, 0, 0), 5, &now).unwrap()
        });
        let visit = self.visit_of(adviser);
        let booking = records::appointments::Booking {
            room: None,
            form: *uuid::Uuid::new_v4().as_bytes(),
            adviser,
            slots: vec![at],
            way: casework::appointments::Way::Office,
            said: casework::appointments::Said::default(),
            tell: false,
        };
        self.service.book(&visit, client, booking).await.unwrap()
    }

    /// A message about an appointment of a client that could not be sent: the service has no way to.
    pub(crate) async fn message(&self, adviser: StaffId, client: &str) -> messages::MessageId {
        if self.service.post().is_none() {
            self.service.send_by(messages::Post::none().unwrap());
        }
        let visit = self.visit_of(adviser);
        let id = self.appointment(adviser, client).await;
        let ended = casework::appointments::State::CancelledByUs;
        self.service.end_appointment(&visit, id, 1, ended, "", true).await.unwrap();
        while self.service.send_next().await.unwrap() == records::messages::Step::Done {}
        self.service.appointment(&visit, id).await.unwrap().release().await.unwrap().told[0].id
    }

    /// A meeting or a task in a client's file.
    pub(crate) async fn entry(&self, adviser: StaffId, client: &str, meeting: bool) -> String {
        let client = client.parse::<ClientId>().unwrap();
        let (visit, form) = (self.visit_of(adviser), *uuid::Uuid::new_v4().as_bytes());
        let day = jiff::civil::date(2026, 11, 2);
        let made = if meeting {
            let typed = casework::entries::MeetingTyped {
                kind: "phone".into(),
                note: "Rang.".into(),
                ..Default::default()
            };
            let (_, meeting) = typed.read(day).unwrap();
            self.service.record_meeting(&visit, client, form, day, &meeting).await
        } else {
            let mut task = casework::Written::default();
            let today = self.service.surroundings().today();
            let (what, by) =
                (casework::Answer::Text("Ring the college".into()), casework::Answer::Date(today));
            task.answers.set("task".into(), Some(what));
            task.answers.set("task_by".into(), Some(by));
            let of = notice::forms::form("task").unwrap();
            let made = self.service.write_entry(&visit, client, form, of, &task).await.unwrap();
            // A new one lies ahead; this one is late.
            task.answers.set("task_by".into(), Some(casework::Answer::Date(day)));
            self.service.change_entry(&visit, client, made, 1, of, &task).await.map(|()| made)
        };
        made.unwrap().to_string()
    }

    /// A text in a client's file, as a document.
    pub(crate) async fn document(&self, adviser: StaffId, client: &str) -> String {
        let (client, visit) = (client.parse::<ClientId>().unwrap(), self.visit_of(adviser));
        let sending = records::documents::Sending {
            form: *uuid::Uuid::new_v4().as_bytes(),
            goes: records::documents::Goes::IntoFile,
            name: "cv.txt".into(),
            title: "CV".into(),
            kind: casework::documents::Kind::Cv,
            note: String::new(),
        };
        let begun = self.service.begin_document(&visit, client, sending).await.unwrap();
        let records::documents::Begun::Upload(mut upload) = begun else { panic!("a new form") };
        upload.push(b"Two years at the harbour").await.unwrap();
        upload.finish().await.unwrap().to_string()
    }

    /// A piece of paper of a client.
    pub(crate) async fn paper(&self, adviser: StaffId, client: &str) -> String {
        let (client, visit) = (client.parse::<ClientId>().unwrap(), self.visit_of(adviser));
        let place = casework::paper::Place::read("Office 2", "Cabinet B", "14").unwrap();
        let form = *uuid::Uuid::new_v4().as_bytes();
        self.service.add_paper(&visit, client, form, "Signed agreement", &place).await.unwrap().to_string()
    }

    /// Sends a form in parts, as browsers do with files: fields first, then the file.
    pub(crate) async fn send(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        file: Option<(&str, &[u8])>,
        cookie: Option<&str>,
    ) -> Answered {
        let mut body = Vec::new();
        for (name, value) in fields {
            let part =
                format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend(part.as_bytes());
        }
        if let Some((name, bytes)) = file {
            let head = format!(
                "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: text/html\r\n\r\n"
            );
            body.extend(head.as_bytes());
            body.extend(bytes);
            body.extend(b"\r\n");
        }
        body.extend(b"--edge--\r\n");
        self.send_raw(path, body, cookie).await
    }

    pub(crate) async fn send_raw(&self, path: &str, body: Vec<u8>, cookie: Option<&str>) -> Answered {
        let mut request = Request::builder()
            .method("POST")
            .uri(path)
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "multipart/form-data; boundary=edge");
        if let Some(cookie) = cookie {
            request = request.header("cookie", cookie);
        }
        let response = self.router.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Answered { status: parts.status, headers: parts.headers, text }
    }

    /// Something shared of a client: an organisation with a confirmed key, a consent, a disclosure.
    pub(crate) async fn shared(&self, adviser: StaffId, client: &str) -> Shared {
        let (visit, client) = (self.visit_of(adviser), client.parse::<ClientId>().unwrap());
        let mut keepers = Vec::new();
        for (name, role) in [("Mina", Role::Manager), ("Gwen", Role::Governance)] {
            let email = format!("{}@example.org", name.to_lowercase());
            let staff = self.service.add_ready_staff(name, &email, role, &self.hash, SECRET).await.unwrap();
            keepers.push(records::Visit { role, ..self.visit_of(staff) });
        }
        let form = || *uuid::Uuid::new_v4().as_bytes();
        let (service, first) = (&self.service, &keepers[0]);
        let to = service.add_organisation(first, form(), "adult-learning", "Learning Centre").await.unwrap();
        service.enter_key(first, to, KEY).await.unwrap();
        for who in &keepers {
            let key = service.organisations().await.unwrap().remove(0).key.unwrap();
            let heard = key.fingerprint().replace(' ', "")[24..].to_owned();
            service.confirm_key(who, to, key.id, &heard).await.unwrap();
        }
        let about = records::consents::About::Sharing(to);
        let asking = service.begin_consent(&visit, client, about).await.unwrap().release().await.unwrap();
        let typed = casework::consents::ConsentTyped {
            said: "yes".into(),
            way: "paper".into(),
            ..Default::default()
        };
        let answered = typed.read(false, service.surroundings().today()).unwrap();
        let consent =
            service.answer_consent(&visit, client, about, form(), &asking.digest, answered).await.unwrap();
        let shown = service.sharing(&visit, client, to).await.unwrap().release().await.unwrap();
        let made = service.share(&visit, client, to, form(), &shown.versions).await.unwrap();
        Shared { organisation: to.to_string(), consent: consent.to_string(), disclosure: made.to_string() }
    }

    /// A client on a programme.
    pub(crate) async fn placed(&self, adviser: StaffId, client: &str) -> Placed {
        let (visit, client) = (self.visit_of(adviser), client.parse::<ClientId>().unwrap());
        let programme = self.service.add_programme(LADDER, Some(LADDER_NOTICE)).await.unwrap();
        let version = self.service.edit_details(&visit, client, notice::Category::Identity).await.unwrap();
        let version = version.release().await.unwrap().version;
        let mut born = Profile::default();
        born.set(fields::DATE_OF_BIRTH, Some(Answer::Date(jiff::civil::date(1991, 3, 14))));
        let identity = notice::Category::Identity;
        self.service.change_details(&visit, client, identity, version, born).await.unwrap();
        let offered = self.service.programme(programme).unwrap();
        let said = offered.programme.criteria.iter().map(|criterion| casework::programmes::Said {
            criterion: criterion.id.clone(),
            evidence: criterion.evidence[0].id.clone(),
        });
        let none = casework::answers::Chosen { code: "NONE".into(), other: None, list: "1".into() };
        let mut answers = Profile::default();
        answers.set("pay_band".into(), Some(Answer::Code(none)));
        let joining = records::placements::Joining {
            how: How::OnPaper,
            agreed: Agreed::InWords,
            seen: "1.0".into(),
            said: said.collect(),
            answers,
            on: self.service.surroundings().today(),
            begins: true,
        };
        let form = *uuid::Uuid::new_v4().as_bytes();
        let made = self.service.place_on_programme(&visit, client, programme, form, joining).await.unwrap();
        Placed { programme: programme.to_string(), placement: made.to_string() }
    }

    pub(crate) fn visit_of(&self, adviser: StaffId) -> records::Visit {
        let now = self.service.surroundings().now();
        let session = records::sessions::Session {
            staff: adviser,
            level: records::sessions::Level::Full,
            created: now,
            seen: now,
            confirmed: None,
        };
        let token = records::Token::from_cookie(&"00".repeat(32)).unwrap();
        records::Visit { staff: adviser, role: Role::Adviser, session, token }
    }

    pub(crate) async fn get(&self, path: &str, cookie: Option<&str>) -> Answered {
        self.call(
            "GET",
            path,
            &[("sec-fetch-site", "same-origin"), ("sec-fetch-mode", "navigate")],
            None,
            cookie,
        )
        .await
    }

    pub(crate) async fn post(&self, path: &str, body: &str, cookie: Option<&str>) -> Answered {
        self.call("POST", path, &[("sec-fetch-site", "same-origin")], Some(body), cookie).await
    }

    pub(crate) async fn call(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&str>,
        cookie: Option<&str>,
    ) -> Answered {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if body.is_some() {
            request = request.header("content-type", "application/x-www-form-urlencoded");
        }
        if let Some(cookie) = cookie {
            request = request.header("cookie", cookie);
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_owned()));
        let response = self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        Answered {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    /// A call of the API: with a body, it is JSON.
    pub(crate) async fn api(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&str>,
    ) -> Answered {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if body.is_some() {
            request = request.header("content-type", "application/json");
        }
        self.answer(request.body(body.map_or_else(Body::empty, |body| Body::from(body.to_owned()))).unwrap())
            .await
    }

    /// The same with another type of body.
    pub(crate) async fn post_as(&self, path: &str, kind: &str, body: &str, by: &str) -> Answered {
        let request = Request::builder().method("POST").uri(path);
        let request = request.header("authorization", by).header("content-type", kind);
        self.answer(request.body(Body::from(body.to_owned())).unwrap()).await
    }

    async fn answer(&self, request: Request<Body>) -> Answered {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        Answered {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    /// How many entries of the audit log name this actor.
    pub(crate) async fn entries_of(&self, staff: StaffId) -> usize {
        // A change's entry stands in the outbox until it is in the log.
        loop {
            let rows = self.records.read(vec![ON_THEIR_WAY.with([])]).await.unwrap();
            if rows[0].first().unwrap().int(0).unwrap() == 0 {
                return self.service.entries_of(staff).await.unwrap();
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    }
}

fn pages(service: &Arc<Service>) -> Router {
    app(Arc::clone(service), Options { origin: ORIGIN.into(), demo: None, behind_proxy: false })
}

fn cookie(answered: &Answered) -> String {
    let set = answered.headers.get("set-cookie").unwrap().to_str().unwrap();
    assert!(
        set.starts_with("__Host-kept=")
            && set.contains("Secure; HttpOnly; SameSite=Lax")
            && set.contains("Path=/")
    );
    set.split(';').next().unwrap().to_owned()
}

/// The form of a booking with this adviser.
pub(crate) fn booking(day: &str, time: &str, adviser: StaffId) -> String {
    let form = uuid::Uuid::new_v4().simple();
    format!(
        "form={form}&day={}&minutes=30&adviser={adviser}&way=office&about=CV&place=&every=0&repeat=&other_time=&anyway=on&time={}",
        day.replace(' ', "+"),
        time.replace(':', "%3A")
    )
}

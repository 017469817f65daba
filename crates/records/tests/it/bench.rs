//! A fresh service on each engine, with a clock that the test turns.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use access::Role;
use casework::entries::Agreed;
use casework::profile::fields;
use casework::{Answer, ClientId, How, Meeting, MeetingKind, Profile, StaffId};
use jiff::Timestamp;
use records::clients::Registration;
use records::{Error, Places, Service, Surroundings, Token, Visit};
use store::testing::{Ground, grounds};

pub(crate) const NOTICE: &str = include_str!("../../../../notices/employment-service.toml");
pub(crate) const PASSWORD: &str = "copper kettle drifts north";
pub(crate) const SECRET: [u8; 20] = *b"a secret of 20 bytes";

/// A service and everything around it.
pub(crate) struct Bench {
    pub(crate) ground: Ground,
    pub(crate) service: Service,
    clock: Arc<AtomicI64>,
}

impl Bench {
    /// One on each engine.
    pub(crate) async fn all() -> Vec<Bench> {
        let mut all = Vec::new();
        for ground in grounds() {
            eprintln!("on {:?}", ground.engine());
            let clock =
                Arc::new(AtomicI64::new("2026-11-23T10:00:00Z".parse::<Timestamp>().unwrap().as_second()));
            let places = places(&ground).await;
            std::fs::create_dir(&places.root).unwrap();
            std::fs::set_permissions(&places.root, std::os::unix::fs::PermissionsExt::from_mode(0o700))
                .unwrap();
            let service = Service::create(&places, NOTICE, surroundings(&clock)).await.unwrap();
            all.push(Bench { ground, service, clock });
        }
        all
    }

    pub(crate) fn later(&self, seconds: i64) {
        self.clock.fetch_add(seconds, Ordering::Relaxed);
    }

    pub(crate) fn code(&self) -> String {
        let totp = totp_rs::Builder::new().with_secret(totp_rs::Secret::from(SECRET)).build_noncompliant();
        totp.generate(self.service.surroundings().now().as_second().unsigned_abs()).to_string()
    }

    /// Closes the service and opens it again from what it kept.
    pub(crate) async fn reopened(self) -> Result<Bench, Error> {
        self.service.close().await.unwrap();
        drop(self.service);
        let service = Service::open(&places(&self.ground).await, surroundings(&self.clock)).await?;
        Ok(Bench { ground: self.ground, service, clock: self.clock })
    }

    /// Closes the service and opens it again with documents kept otherwise.
    pub(crate) async fn reopened_with(self, settings: records::documents::Settings) -> Bench {
        self.service.close().await.unwrap();
        drop(self.service);
        let places = places(&self.ground).await;
        let service = Service::open_with(&places, surroundings(&self.clock), settings).await.unwrap();
        Bench { ground: self.ground, service, clock: self.clock }
    }

    /// Opens again a service that was closed.
    pub(crate) async fn reopen_only(self) -> Result<Bench, Error> {
        let service = Service::open(&places(&self.ground).await, surroundings(&self.clock)).await?;
        Ok(Bench { ground: self.ground, service, clock: self.clock })
    }

    /// Somebody who works here.
    pub(crate) async fn staff(&self, name: &str, role: Role) -> StaffId {
        let email = format!("{}@example.org", name.to_lowercase().replace(' ', "."));
        // A hash that fits PASSWORD would cost a tenth of a second for each; tests of passwords make their own.
        self.service.add_ready_staff(name, &email, role, "$argon2id$none", SECRET).await.unwrap()
    }

    /// A visit by somebody, without the trouble of signing in.
    pub(crate) async fn visit(&self, name: &str, role: Role) -> Visit {
        let staff = self.staff(name, role).await;
        self.visit_of(staff, role)
    }

    pub(crate) fn visit_of(&self, staff: StaffId, role: Role) -> Visit {
        let now = self.service.surroundings().now();
        let session = records::sessions::Session {
            staff,
            level: records::sessions::Level::Full,
            created: now,
            seen: now,
            confirmed: None,
        };
        Visit { staff, role, session, token: Token::from_cookie(&"00".repeat(32)).unwrap() }
    }

    /// A registered client with this name and number.
    pub(crate) async fn registered(&self, visit: &Visit, name: &str, phone: &str) -> ClientId {
        let mut wanted = registration(name);
        wanted.contact.set(fields::MOBILE_PHONE, Some(Answer::Text(phone.into())));
        self.service.register_client(visit, wanted).await.unwrap()
    }

    /// A registered client with this name.
    pub(crate) async fn client(&self, visit: &Visit, name: &str) -> ClientId {
        self.service.register_client(visit, registration(name)).await.unwrap()
    }
}

pub(crate) async fn places(ground: &Ground) -> Places {
    Places {
        records: ground.place("records").await,
        audit: ground.place("audit").await,
        keyring: ground.place("keyring").await,
        root: ground.folder().join("root"),
        checkpoint: ground.folder().join("checkpoint"),
    }
}

fn surroundings(clock: &Arc<AtomicI64>) -> Surroundings {
    let clock = Arc::clone(clock);
    Surroundings::with_clock(move || Timestamp::from_second(clock.load(Ordering::Relaxed)).unwrap())
}

pub(crate) fn registration(name: &str) -> Registration {
    let mut contact = Profile::default();
    contact.set(fields::NAME, Some(Answer::Text(name.into())));
    contact.set(fields::MOBILE_PHONE, Some(Answer::Text("+447700900123".into())));
    Registration {
        form: *uuid::Uuid::new_v4().as_bytes(),
        contact,
        notice_given: How::OnPaper,
        agreed: Agreed::InWords,
    }
}

pub(crate) fn meeting(note: &str, took_part: bool) -> Meeting {
    Meeting {
        kind: MeetingKind::Meeting,
        minutes: Some(30),
        note: note.into(),
        took_part,
        about: vec![],
        because: None,
    }
}

//! Registering a client: a name, one way of contact, the notice given, the agreement. Everything else can wait.

use access::{Act, Actor, Circumstances, Request, Subject};
use audit::{Action, Detail};
use casework::client_number::ClientNumber;
use casework::entries::{Agreed, EntryKind};
use casework::profile::fields;
use casework::webhooks::EventKind;
use casework::{Agreement, Answer, ClientId, EntryId, Fault, How, NoticeGiven, Profile};
use notice::{Categories, Category};
use store::sql;
use vault::Compartment;

use crate::entries::{Head, compartment_of};
use crate::sessions::Visit;
use crate::standing::purpose_of;
use crate::surroundings::day_number;
use crate::webhooks::Event;
use crate::{Error, Service, changes, retention};

sql! { records:
    /// The next client number.
    pub(crate) NEXT_NUMBER = "UPDATE counter SET value = value + $1 WHERE name = 'client-number' RETURNING value";
    /// Adds a client.
    pub(crate) ADD_CLIENT = "INSERT INTO client (id, adviser, status, restricted, registered, last_contact, notice, notice_version, version) VALUES ($1, $2, 'active', $3, $4, $5, $6, $7, 1)";
}

/// The letters before a client's number.
pub const NUMBER_PREFIX: &str = "NB";

/// What is known at registration.
#[derive(Debug, Clone)]
pub struct Registration {
    /// The random number of the form, so that sending it twice registers once.
    pub form: [u8; 16],
    /// Answers of the category `contact`, and the date of birth if it was asked: by it people are told apart.
    pub contact: Profile,
    /// How the notice was given.
    pub notice_given: How,
    /// How the client agreed to use the service.
    pub agreed: Agreed,
}

/// What it takes to register a client.
fn registering(visit: &Visit, client: ClientId, categories: Categories) -> Request {
    Request {
        actor: Actor { id: visit.staff.into(), role: visit.role },
        purpose: purpose_of(visit.role),
        act: Act::Write,
        subject: Subject::Client(client),
        categories,
        circumstances: Circumstances { own_caseload: true, ..Circumstances::default() },
    }
}

impl Service {
    /// Asks the rules whether this visitor may register anybody, before anything is filled in.
    ///
    /// # Errors
    /// They may not; the refusal is on disk. Or the log failed.
    pub async fn begin_registering(&self, visit: &Visit) -> Result<(), Error> {
        let asked = Categories::from(Category::Contact).with(Category::Agreement);
        let nobody_yet = ClientId::from_bytes(self.draw());
        let _permit = self.permit(registering(visit, nobody_yet, asked), BEGIN).await?;
        Ok(())
    }

    /// Registers a client: makes the file's keys, then its first page, the notice given and the agreement, in one transaction.
    ///
    /// # Errors
    /// `Error::Faults` names what is missing; the rules refuse; a store failed.
    pub async fn register_client(
        &self,
        visit: &Visit,
        registration: Registration,
    ) -> Result<ClientId, Error> {
        if let Some(made) = self.made_by_form(visit, registration.form).await? {
            return Ok(ClientId::from_bytes(made));
        }
        let mut contact = registration.contact;
        let mut identity = Profile::default();
        identity.set(fields::DATE_OF_BIRTH, contact.answers.remove(&fields::DATE_OF_BIRTH));
        self.belongs(Category::Contact, &contact)?;
        self.belongs(Category::Identity, &identity)?;
        let missing = contact.missing_for_registration(self.notices().service());
        if !missing.is_empty() {
            return Err(Error::Faults(missing));
        }
        let client = ClientId::from_bytes(self.draw());
        let mut categories = Categories::from(Category::Contact).with(Category::Agreement);
        if !identity.is_empty() {
            categories = categories.with(Category::Identity);
        }
        let permit = self.permit(registering(visit, client, categories), REGISTER).await?;
        let number = self.reserve_numbers(1).await?;
        contact.set(fields::CLIENT_NUMBER, Some(Answer::Text(number_text(number)?)));

        // Keys first: at no moment does an acknowledged row lack a durable key.
        self.vault()
            .create_file(client.into(), &[Compartment::File, Compartment::Equality, Compartment::Rights])
            .await?;
        let keys = self.vault().keys(client.into()).await?;
        let (now, today) = (self.now(), self.surroundings().today());
        let notices = self.notices();
        let notice = notices.service();
        let (id, version) = (notice.id.clone(), notice.version.clone());
        let head = |kind: EntryKind, category: Category| Head {
            id: EntryId::from_bytes(self.draw()),
            client,
            kind: kind.code().into(),
            category,
            compartment: compartment_of(category),
            day: day_number(today),
            written: now,
            author: visit.staff,
            version: 1,
        };
        let given = NoticeGiven {
            notice: id.clone(),
            version: version.clone(),
            digest: notice.digest().to_owned(),
            how: registration.notice_given,
            words: Some(notices.words().to_owned()),
        };
        let agreement = Agreement { notice: id.clone(), version: version.clone(), how: registration.agreed };
        let (page, page_mark) =
            self.seal_new(&permit, &keys, &head(EntryKind::Profile, Category::Contact), &contact)?;
        let (given, given_mark) =
            self.seal_new(&permit, &keys, &head(EntryKind::NoticeGiven, Category::Agreement), &given)?;
        let (agreed, agreed_mark) =
            self.seal_new(&permit, &keys, &head(EntryKind::Agreement, Category::Agreement), &agreement)?;

        let mut marks = vec![page_mark, given_mark, agreed_mark];
        let mut pages = vec![page, given, agreed];
        if !identity.is_empty() {
            let (page, mark) =
                self.seal_new(&permit, &keys, &head(EntryKind::Profile, Category::Identity), &identity)?;
            pages.push(page);
            marks.push(mark);
        }
        let detail = Detail { rows: marks, ..Detail::default() };
        let change = self.log().change(permit, REGISTER, &detail);
        let caseload = self.directory().caseload_of(visit.staff);
        let add = ADD_CLIENT.with([
            client.as_bytes().into(),
            caseload.as_bytes().into(),
            false.into(),
            now.as_microsecond().into(),
            day_number(today).into(),
            id.into(),
            version.into(),
        ]);
        let mut batch = vec![add];
        batch.extend(pages);
        let layers = casework::retention::by_contact(notice);
        batch.extend(retention::keeping(client, &layers, &[], today));
        batch.extend(self.tell_programs(Event::of_client(EventKind::ClientRegistered, client), now));
        batch.extend(changes::of_client(client, now));
        let made = self.write_once(visit, registration.form, *client.as_bytes(), change, batch).await?;
        Ok(ClientId::from_bytes(made))
    }

    /// Whether the notice in force names each of these fields in that category (P1): nothing else can be stored.
    pub(crate) fn belongs(&self, category: Category, page: &Profile) -> Result<(), Error> {
        let notices = self.notices();
        let catalogue = notices.catalogue();
        let foreign = page
            .answers
            .keys()
            .filter(|id| catalogue.field(id).is_none_or(|field| field.category != category));
        let faults: Vec<Fault> = foreign
            .map(|id| {
                Fault::new(id.clone(), "The notice does not name this field here, so it cannot be stored")
            })
            .collect();
        if faults.is_empty() { Ok(()) } else { Err(Error::Faults(faults)) }
    }

    /// Reserves client numbers and gives the last of them. A number that is not used in the end stays unused.
    pub(crate) async fn reserve_numbers(&self, how_many: i64) -> Result<i64, Error> {
        let rows = self.records().write(vec![NEXT_NUMBER.with([how_many.into()])]).await?;
        Ok(rows.first().and_then(|r| r.first()).ok_or(Error::Damaged("counter"))?.int(0)?)
    }
}

const BEGIN: Action = Action("begin-registering");
const REGISTER: Action = Action("register-client");

/// A client's number as people write it.
pub(crate) fn number_text(number: i64) -> Result<String, Error> {
    let number = u32::try_from(number).map_err(|_| Error::Damaged("counter"))?;
    let number = ClientNumber::new(NUMBER_PREFIX, number).map_err(|_| Error::Damaged("counter"))?;
    Ok(number.to_string())
}

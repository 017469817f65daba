//! Loading many files at once, as the demo and later an import do: one bulk permit, a few large transactions.

use std::collections::HashSet;

use access::{Act, Actor, Circumstances, Permit, Request, Subject};
use audit::{Action, Detail};
use casework::appointments::{Said, Slot, State, Way};
use casework::consents::Said as SaidToIt;
use casework::entries::{Agreed, EntryKind, Signature};
use casework::profile::fields;
use casework::retention::{ContactDay, by_contact, until};
use casework::webhooks::EventKind;
use casework::{
    Agreement, Answer, ClientId, EntryId, How, Meeting, NoticeGiven, OrganisationId, Profile, RoomId,
    StaffId, Written,
};
use jiff::Timestamp;
use jiff::civil::Date;
use notice::{Categories, Category, ContactKind, EntryForm, Purpose};
use vault::{Compartment, FileKeys};

use crate::clients::{ADD_CLIENT, number_text};
use crate::consents::Loading;
use crate::entries::{Head, compartment_of};
use crate::organisations::Organisation;
use crate::spending::spend;
use crate::surroundings::day_number;
use crate::webhooks::Event;
use crate::written::{due, milestones};
use crate::{Error, Service, changes, retention};

/// A file to load.
pub struct Loaded {
    /// All answers; they are parted by category here.
    pub profile: Profile,
    /// When the client was registered.
    pub registered: Timestamp,
    /// The last two-way contact, where it is known from elsewhere than from what is loaded.
    pub last_contact: Option<Date>,
    /// Whose caseload.
    pub adviser: StaffId,
    /// How the notice was given.
    pub notice_given: How,
    /// How the client agreed.
    pub agreed: Agreed,
    /// Meetings: by whom and on which day.
    pub meetings: Vec<(StaffId, Date, Meeting)>,
    /// What was written with forms, the oldest first.
    pub written: Vec<LoadedEntry>,
    /// Appointments with the client's adviser.
    pub appointments: Vec<LoadedAppointment>,
    /// What the client answered when they were asked for their consent to sharing.
    pub consents: Vec<LoadedConsent>,
}

/// An answer to a question for consent, to load.
pub struct LoadedConsent {
    /// With whom facts would be shared.
    pub organisation: OrganisationId,
    /// What the client said.
    pub said: SaidToIt,
    /// The signature, if there is one.
    pub signature: Option<Signature>,
    /// Who heard it, if it was spoken.
    pub witness: String,
    /// When.
    pub on: Date,
    /// The day on which it was taken back.
    pub withdrawn: Option<Date>,
}

/// An entry to load that was written with a form.
pub struct LoadedEntry {
    /// Its id, so that others can be about it.
    pub id: EntryId,
    /// With which form.
    pub form: &'static EntryForm,
    /// By whom.
    pub author: StaffId,
    /// The day of writing.
    pub on: Date,
    /// What.
    pub written: Written,
}

/// An appointment to load.
pub struct LoadedAppointment {
    /// When.
    pub slot: Slot,
    /// In which room.
    pub room: Option<RoomId>,
    /// How they meet.
    pub way: Way,
    /// What became of it.
    pub state: State,
    /// What it is about.
    pub said: Said,
    /// Why it was called off or missed.
    pub why: String,
}

const LOAD: Action = Action("load");
const AT_ONCE: usize = 250;

impl Service {
    /// Loads files. What the notice in force does not name is refused, file by file, before anything is written.
    ///
    /// # Errors
    /// `Error::Faults` for a field that the notice does not name; a store failed.
    pub async fn load_files(&self, files: Vec<Loaded>) -> Result<(), Error> {
        let notices = self.notices();
        let catalogue = notices.catalogue();
        for file in &files {
            let foreign = file.profile.answers.keys().find(|id| catalogue.field(id).is_none());
            if let Some(id) = foreign {
                return Err(Error::Faults(vec![casework::Fault::new(
                    id.clone(),
                    "The notice does not name this field",
                )]));
            }
            for one in &file.written {
                if !one.form.named_by(notices.service()) {
                    let version = notices.service().version.clone();
                    return Err(Error::NotNamed { what: one.form.plural.clone(), version });
                }
                let faults = one.written.faults(one.form, one.on);
                if !faults.is_empty() {
                    return Err(Error::Faults(faults));
                }
            }
        }
        let directory = self.organisations().await?;
        let mut files = files.into_iter().peekable();
        while files.peek().is_some() {
            let stretch: Vec<Loaded> = files.by_ref().take(AT_ONCE).collect();
            self.load_stretch(stretch, &directory, |_| Vec::new()).await?;
        }
        self.follow_changes().await
    }

    /// Loads a stretch of files in one transaction, with what `beside` says of them.
    pub(crate) async fn load_stretch(
        &self,
        files: Vec<Loaded>,
        directory: &[Organisation],
        beside: impl FnOnce(&[ClientId]) -> Vec<store::Query>,
    ) -> Result<(), Error> {
        let permit = self.policy().decide(Request {
            actor: Actor::SYSTEM,
            purpose: Purpose::Keeping,
            act: Act::Write,
            subject: Subject::Everyone,
            categories: Categories::all(),
            circumstances: Circumstances::default(),
        })?;
        let count = files.len() as i64;
        let first = self.reserve_numbers(count).await? - count + 1;
        let named: Vec<(ClientId, Loaded)> =
            files.into_iter().map(|file| (ClientId::from_bytes(self.draw()), file)).collect();
        let compartments = [Compartment::File, Compartment::Equality, Compartment::Rights];
        let ids: Vec<vault::FileId> = named.iter().map(|(client, _)| (*client).into()).collect();
        self.vault().create_files(&ids, &compartments).await?;
        let keys = self.vault().keys_of(&ids).await?;
        let clients: Vec<ClientId> = named.iter().map(|(client, _)| *client).collect();
        let mut batch = beside(&clients);
        for ((client, file), number) in named.into_iter().zip(first..) {
            let keys = keys.get(&client.into()).ok_or(Error::Damaged("key"))?;
            self.load_one(&permit, keys, client, number, file, directory, &mut batch)?;
        }
        let change = self.log().change(
            permit,
            LOAD,
            &Detail { count: Some(count.unsigned_abs()), ..Detail::default() },
        );
        batch.push(change.outbox());
        self.records().write(batch).await?;
        change.committed();
        Ok(())
    }

    #[allow(clippy::too_many_arguments, reason = "one file is all of these")]
    fn load_one(
        &self,
        permit: &Permit,
        keys: &FileKeys,
        client: ClientId,
        number: i64,
        file: Loaded,
        directory: &[Organisation],
        batch: &mut Vec<store::Query>,
    ) -> Result<(), Error> {
        let notices = self.notices();
        let (notice, catalogue) = (notices.service(), notices.catalogue());
        let registered = self.surroundings().civil(file.registered).date();
        let met =
            file.meetings.iter().map(|(_, day, meeting)| ContactDay { day: *day, kind: meeting.contact() });
        let came = file
            .appointments
            .iter()
            .filter(|one| matches!(one.state, State::Attended | State::Late))
            .map(|one| self.surroundings().civil(one.slot.starts()).date())
            .map(|day| ContactDay { day, kind: ContactKind::TookPart });
        let rule = self.rule_of(&notice.id, &notice.version)?;
        let counts = ContactKind::ALL.iter().copied().find(|kind| rule.counts(*kind));
        let elsewhere = file.last_contact.zip(counts).map(|(day, kind)| ContactDay { day, kind });
        let contacts: Vec<ContactDay> = met.chain(came).chain(elsewhere).collect();
        let last_contact = until(&contacts, &rule, registered).last_contact;
        batch.extend(retention::keeping(client, &by_contact(notice), &contacts, registered));
        batch.push(ADD_CLIENT.with([
            client.as_bytes().into(),
            file.adviser.as_bytes().into(),
            false.into(),
            file.registered.as_microsecond().into(),
            day_number(last_contact).into(),
            notice.id.as_str().into(),
            notice.version.as_str().into(),
        ]));
        let head =
            |kind: EntryKind, category: Category, day: Date, written: Timestamp, author: StaffId| Head {
                id: EntryId::from_bytes(self.draw()),
                client,
                kind: kind.code().into(),
                category,
                compartment: compartment_of(category),
                day: day_number(day),
                written,
                author,
                version: 1,
            };
        let mut profile = file.profile;
        profile.set(fields::CLIENT_NUMBER, Some(Answer::Text(number_text(number)?)));
        let categories: HashSet<Category> =
            profile.answers.keys().filter_map(|id| catalogue.field(id)).map(|field| field.category).collect();
        for category in Category::ALL.iter().filter(|category| categories.contains(category)) {
            let answers = profile
                .answers
                .iter()
                .filter(|(id, _)| catalogue.field(id).is_some_and(|f| f.category == *category));
            let page =
                Profile { answers: answers.map(|(id, answer)| (id.clone(), answer.clone())).collect() };
            let head = head(EntryKind::Profile, *category, registered, file.registered, file.adviser);
            batch.push(self.seal_new(permit, keys, &head, &page)?.0);
        }
        let given = NoticeGiven {
            notice: notice.id.clone(),
            version: notice.version.clone(),
            digest: notice.digest().to_owned(),
            how: file.notice_given,
            words: Some(notices.words().to_owned()),
        };
        let given_head =
            head(EntryKind::NoticeGiven, Category::Agreement, registered, file.registered, file.adviser);
        batch.push(self.seal_new(permit, keys, &given_head, &given)?.0);
        let agreement =
            Agreement { notice: notice.id.clone(), version: notice.version.clone(), how: file.agreed };
        let agreed_head =
            head(EntryKind::Agreement, Category::Agreement, registered, file.registered, file.adviser);
        batch.push(self.seal_new(permit, keys, &agreed_head, &agreement)?.0);
        for (author, day, meeting) in file.meetings {
            // Nobody has written it later than now.
            let written = half_past_four(day)?.max(file.registered).min(self.now());
            let head = head(EntryKind::Meeting, Category::Casework, day, written, author);
            batch.push(self.seal_new(permit, keys, &head, &meeting)?.0);
        }
        for LoadedEntry { id, form, author, on, written } in file.written {
            let day = written.day(form, on);
            let head = Head {
                id,
                kind: form.id.0.clone(),
                ..head(
                    EntryKind::Meeting,
                    form.category,
                    day,
                    half_past_four(on)?.max(file.registered),
                    author,
                )
            };
            batch.push(self.seal_new(permit, keys, &head, &written)?.0);
            batch.extend(due(&head, form, &written, None));
            batch.extend(milestones(&head, form, &written, self.surroundings().today()));
            batch.extend(spend(&head, form, &written));
        }
        let service = self.given(&notice.id, &notice.version)?;
        for one in file.consents {
            let at = half_past_four(one.on)?.max(file.registered);
            let loading = Loading {
                organisation: one.organisation,
                directory,
                service: &service,
                said: one.said,
                signature: one.signature,
                witness: one.witness,
                at,
                day: one.on,
                withdrawn: one.withdrawn.map(half_past_four).transpose()?.map(|after| after.max(at)),
                author: file.adviser,
            };
            batch.extend(self.load_consent(permit, keys, client, loading)?);
        }
        for one in file.appointments {
            batch.extend(self.load_appointment(permit, keys, client, file.adviser, one)?);
        }
        let now = self.now();
        batch.extend(self.tell_programs(Event::of_client(EventKind::ClientRegistered, client), now));
        batch.extend(changes::of_client(client, now));
        Ok(())
    }
}

/// When what happened on a day is written down, where nobody knows better.
fn half_past_four(day: Date) -> Result<Timestamp, Error> {
    let at = day.at(16, 30, 0, 0).to_zoned_datetime(jiff::tz::TimeZone::UTC);
    at.map(|at| at.timestamp()).map_err(|_| Error::Damaged("day"))
}

//! Asking for a consent in the words of the client's own notice, and recording what they answered.

use std::sync::Arc;

use access::Act;
use audit::{Action, Detail};
use casework::consents::{self, Answered, Receiver, Said, State, Wording};
use casework::disclosures::{Blocked, named};
use casework::{ClientId, Consent, EntryId, Fault, Profile};
use jiff::Timestamp;
use jiff::civil::Date;
use notice::{Categories, Category, FieldId, Notice, Purpose};
use sha2::{Digest, Sha256};
use vault::Personal;

use super::{ANSWER, About, OURSELVES, consents_of, event, fields_text, stored};
use crate::entries::Stored;
use crate::entry_views::CONTACT_PAGE;
use crate::notices::Published;
use crate::notices_given::held;
use crate::organisations::{self, Organisation};
use crate::sessions::Visit;
use crate::standing::Standing;
use crate::surroundings::day_number;
use crate::webhooks::Event;
use crate::{Error, Opened, Service};

const ASK: Action = Action("ask-consent");
const ANSWERED: Action = Action("answer-consent");

/// What a client is asked, and in which words.
#[derive(Debug, Clone)]
pub struct Asking {
    /// Who is asked.
    pub contact: Profile,
    /// About what: the organisation's name, or what the use is called.
    pub title: String,
    /// The words.
    pub wording: Wording,
    /// SHA-256 of the words: the form sends it back, so that nobody answers words that they did not see.
    pub digest: String,
    /// Where an earlier answer stands.
    pub before: Option<State>,
}

/// The words of a question with all that its record needs.
pub(super) struct Question {
    pub(super) purpose: Purpose,
    pub(super) receiver: Option<Receiver>,
    pub(super) fields: Vec<FieldId>,
    pub(super) title: String,
    pub(super) wording: Wording,
    pub(super) digest: String,
}

impl Service {
    /// What a client is asked about sharing or a use, in the words of the notice that they were given.
    ///
    /// # Errors
    /// `Error::Blocked` if that notice does not name it; the rules refuse, or something cannot do its part.
    pub async fn begin_consent(
        &self,
        visit: &Visit,
        client: ClientId,
        about: About,
    ) -> Result<Opened<Asking>, Error> {
        let rows = self
            .records()
            .read(vec![
                Standing::query(client, visit),
                CONTACT_PAGE.with([client.as_bytes().into()]),
                held(client),
                consents_of(client),
                organisations::everybody(),
            ])
            .await?;
        let [head, contact, held, consents, directory] = rows.as_slice() else {
            return Err(Error::Damaged("batch"));
        };
        let standing = Standing::read(client, head.first())?;
        let wanted = Categories::from(Category::Contact).with(Category::Agreement);
        let permit = self.permit(standing.request(visit, self.now(), Act::Read, wanted), ASK).await?;
        let given = self.given_to(&standing, &held.rows)?;
        let question = question(about, &given, &organisations::read(&directory.rows)?)?;
        let before = stored(&consents.rows)?.into_iter().find(|one| one.is_about(about));
        let today = self.surroundings().today();
        let before = before.map(|one| consents::standing(one.held.state, one.held.until, today));
        let keys = self.vault().keys(client.into()).await?;
        let entry = self.log().submit(permit, ASK, Detail::default());
        let contact = match contact.first() {
            Some(row) => self.open_page(&entry, &keys, client, &Stored::read(row)?)?.map(|page| page.profile),
            None => Personal::new(&entry, Profile::default()),
        };
        let Question { title, wording, digest, .. } = question;
        Ok(Opened::new(contact.map(move |contact| Asking { contact, title, wording, digest, before }), entry))
    }

    /// Records what a client answered to the words whose digest is `seen`.
    ///
    /// # Errors
    /// `Error::ChangedMeanwhile` if those are no longer the words, `Error::Blocked` if their notice does not name it,
    /// `Error::Faults`, a refusal, or a store failed; then nothing is written.
    pub async fn answer_consent(
        &self,
        visit: &Visit,
        client: ClientId,
        about: About,
        form: [u8; 16],
        seen: &str,
        answered: Answered,
    ) -> Result<EntryId, Error> {
        if let Some(made) = self.made_by_form(visit, form).await? {
            return Ok(EntryId::from_bytes(made));
        }
        let rows = self
            .records()
            .read(vec![
                Standing::query(client, visit),
                held(client),
                consents_of(client),
                organisations::everybody(),
            ])
            .await?;
        let [head, held, consents, directory] = rows.as_slice() else { return Err(Error::Damaged("batch")) };
        let standing = Standing::read(client, head.first())?;
        let now = self.now();
        let request = standing.request(visit, now, Act::Write, Category::Agreement.into());
        let permit = self.permit(request, ANSWERED).await?;
        let given = self.given_to(&standing, &held.rows)?;
        self.consents_are_named(&given, &standing)?;
        let question = question(about, &given, &organisations::read(&directory.rows)?)?;
        if question.digest != seen {
            return Err(Error::ChangedMeanwhile);
        }
        let today = self.surroundings().today();
        let before = stored(&consents.rows)?.into_iter().find(|one| one.is_about(about));
        let state_before =
            before.as_ref().map(|one| consents::standing(one.held.state, one.held.until, today));
        if answered.said != Said::Yes && state_before.is_some_and(State::allows) {
            return Err(Error::Faults(vec![Fault::new(
                "said",
                "The consent that was given before still holds. If the client takes it back, use “Take back” on the page before",
            )]));
        }
        let writer = self.directory().name(visit.staff).to_lowercase();
        if !answered.witness.is_empty() && answered.witness.trim().to_lowercase() == writer {
            let text = "You write it down, so you are not the witness. Enter somebody else who heard it, or have the client sign";
            return Err(Error::Faults(vec![Fault::new("witness", text)]));
        }
        let state = State::answered(state_before, answered.said);
        let entry = EntryId::from_bytes(self.draw());
        let version = before.as_ref().map_or(0, |one| one.version);
        let review = consents::review_on(today, answered.until);
        let consent = record(&question, given.first(), &answered, state, now, review)?;
        let keys = self.vault().keys(client.into()).await?;
        let (add, mark) = self.seal_consent(
            &permit,
            &keys,
            client,
            visit,
            entry,
            (self.surroundings().today(), now),
            &consent,
        )?;
        let change = self.log().change(permit, ANSWERED, &Detail { rows: vec![mark], ..Detail::default() });
        let organisation = question.receiver.as_ref().map_or(OURSELVES, |r| *r.organisation.as_bytes());
        let answer = ANSWER.with([
            client.as_bytes().into(),
            question.purpose.code().into(),
            organisation.into(),
            kind(&consent).into(),
            entry.as_bytes().into(),
            state.code().into(),
            answered.until.map(day_number).into(),
            day_number(review).into(),
            fields_text(&question.fields).into(),
            now.as_microsecond().into(),
            version.into(),
        ]);
        let mut batch = vec![
            self.form_done(visit, form, *entry.as_bytes()),
            answer.expecting(1),
            add,
            event(entry, client, state, now, answered.way, visit),
        ];
        batch.push(change.outbox());
        batch.extend(self.tell_programs(Event::of_new_entry(client, entry, Category::Agreement), now));
        match self.write_consents(client, batch, &given, now).await {
            Ok(()) => {
                change.committed();
                self.follow_changes().await?;
                Ok(entry)
            }
            Err(Error::Store(store::Error::AlreadyThere { .. })) => {
                let made = self.made_by_form(visit, form).await?;
                made.map(EntryId::from_bytes).ok_or(Error::ChangedMeanwhile)
            }
            Err(Error::Store(store::Error::Conflict { .. })) => Err(Error::ChangedMeanwhile),
            Err(error) => Err(error),
        }
    }

    /// The notice that a client was given has to name consents as something that is kept (P1).
    fn consents_are_named(&self, given: &[Arc<Published>], standing: &Standing) -> Result<(), Error> {
        let names = given
            .iter()
            .filter_map(|one| one.notice.category(Category::Agreement))
            .any(|held| held.entries.iter().any(|entry| entry == "consents"));
        if names {
            Ok(())
        } else {
            Err(Error::NotNamed { what: "Consents".into(), version: standing.notice_version.clone() })
        }
    }
}

/// Use or sharing.
const fn kind(consent: &Consent) -> &'static str {
    if consent.receiver.is_some() { "sharing" } else { "use" }
}

/// What is asked, in the words of the notices that were given.
pub(super) fn question(
    about: About,
    given: &[Arc<Published>],
    directory: &[Organisation],
) -> Result<Question, Error> {
    let notices: Vec<&Notice> = given.iter().map(|one| &one.notice).collect();
    let (purpose, receiver, fields, title, wording) = match about {
        About::Sharing(id) => {
            let organisation = directory.iter().find(|one| one.id == id).ok_or(Error::NoSuchFile)?;
            let recipient = named(&notices, &organisation.named).map_err(Error::Blocked)?;
            let wording = consents::for_sharing(&notices, recipient, &organisation.name);
            let Organisation { named, name, .. } = organisation.clone();
            let receiver = Receiver { organisation: id, named, name: name.clone() };
            (recipient.purpose, Some(receiver), recipient.fields.clone(), name, wording)
        }
        About::Use(purpose) => {
            let service = *notices.first().ok_or(Error::Damaged("notice"))?;
            if !consents::on_consent(service).contains(&purpose) {
                return Err(Error::Blocked(Blocked::NotNamed));
            }
            let stated = service.purpose(purpose).ok_or(Error::Damaged("notice"))?;
            (purpose, None, Vec::new(), stated.label.clone(), consents::for_use(service, stated))
        }
    };
    let mut hash = Sha256::new();
    hash.update(&wording.text);
    hash.update(wording.explicit.as_deref().unwrap_or_default());
    let digest = hex::encode(hash.finalize());
    Ok(Question { purpose, receiver, fields, title, wording, digest })
}

/// The record of an answer.
pub(super) fn record(
    question: &Question,
    service: Option<&Arc<Published>>,
    answered: &Answered,
    state: State,
    at: Timestamp,
    review: Date,
) -> Result<Consent, Error> {
    let notice = &service.ok_or(Error::Damaged("notice"))?.notice;
    Ok(Consent {
        purpose: question.purpose,
        receiver: question.receiver.clone(),
        notice: notice.id.clone(),
        version: notice.version.clone(),
        digest: notice.digest().to_owned(),
        wording: question.wording.text.clone(),
        wording_digest: question.digest.clone(),
        fields: question.fields.clone(),
        explicit: question.wording.explicit.clone().filter(|_| answered.explicit),
        way: answered.way,
        signature: answered.signature.clone(),
        witness: answered.witness.clone(),
        representative: answered.representative.clone(),
        until: answered.until,
        review,
        state,
        at,
    })
}

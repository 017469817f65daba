//! Loading consents that made-up or moved files bring.

use std::sync::Arc;

use access::Permit;
use casework::consents::{self, Answered, Said, State, Way};
use casework::entries::Signature;
use casework::{ClientId, EntryId, EntryKind, OrganisationId};
use jiff::Timestamp;
use jiff::civil::Date;
use notice::Category;
use store::Query;
use vault::FileKeys;

use super::asking::{question, record};
use super::{ADD_EVENT, ANSWER, About, fields_text};
use crate::entries::{Head, compartment_of};
use crate::notices::Published;
use crate::organisations::Organisation;
use crate::surroundings::day_number;
use crate::{Error, Service};

/// A consent to load, as made-up or moved files bring it.
pub(crate) struct Loading<'a> {
    pub(crate) organisation: OrganisationId,
    pub(crate) directory: &'a [Organisation],
    pub(crate) service: &'a Arc<Published>,
    pub(crate) said: Said,
    pub(crate) signature: Option<Signature>,
    pub(crate) witness: String,
    pub(crate) at: Timestamp,
    pub(crate) day: Date,
    pub(crate) withdrawn: Option<Timestamp>,
    pub(crate) author: casework::StaffId,
}

impl Service {
    /// The statements that load one.
    pub(crate) fn load_consent(
        &self,
        permit: &Permit,
        keys: &FileKeys,
        client: ClientId,
        one: Loading<'_>,
    ) -> Result<Vec<Query>, Error> {
        let given = [Arc::clone(one.service)];
        let question = question(About::Sharing(one.organisation), &given, one.directory)?;
        let way = if one.signature.is_some() { Way::Signed } else { Way::Spoken };
        let answered = Answered {
            said: one.said,
            way,
            signature: one.signature,
            witness: one.witness,
            representative: String::new(),
            explicit: question.wording.explicit.is_some(),
            until: None,
        };
        let state = State::answered(None, one.said);
        let review = consents::review_on(one.day, None);
        let consent = record(&question, given.first(), &answered, state, one.at, review)?;
        let entry = EntryId::from_bytes(self.draw());
        let head = Head {
            id: entry,
            client,
            kind: EntryKind::Consent.code().into(),
            category: Category::Agreement,
            compartment: compartment_of(Category::Agreement),
            day: day_number(one.day),
            written: one.at,
            author: one.author,
            version: 1,
        };
        let now = if one.withdrawn.is_some() { State::Withdrawn } else { state };
        let row = ANSWER.with([
            client.as_bytes().into(),
            question.purpose.code().into(),
            one.organisation.as_bytes().into(),
            "sharing".into(),
            entry.as_bytes().into(),
            now.code().into(),
            store::Value::Null,
            day_number(review).into(),
            fields_text(&question.fields).into(),
            one.withdrawn.unwrap_or(one.at).as_microsecond().into(),
            0_i64.into(),
        ]);
        let event = |state: State, at: Timestamp| {
            ADD_EVENT.with([
                entry.as_bytes().into(),
                client.as_bytes().into(),
                state.code().into(),
                at.as_microsecond().into(),
                way.code().into(),
                one.author.as_bytes().into(),
            ])
        };
        let mut batch = vec![row, self.seal_new(permit, keys, &head, &consent)?.0, event(state, one.at)];
        batch.extend(one.withdrawn.map(|at| event(State::Withdrawn, at)));
        Ok(batch)
    }
}

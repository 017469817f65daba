//! A client's profile: the answers to the fields of the notice, and what follows from them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use notice::{FieldId, Notice};
use serde::{Deserialize, Serialize};

use crate::answers::{Answer, Fault};
use crate::{dates, names};

/// The standard fields that rules look at. All others are data only.
pub mod fields {
    use notice::FieldId;

    /// Full name.
    pub const NAME: FieldId = FieldId::known("name");
    /// The name that the client likes to be called.
    pub const KNOWN_AS: FieldId = FieldId::known("known_as");
    /// A name that papers still show.
    pub const FORMER_NAME: FieldId = FieldId::known("former_name");
    /// The client's number.
    pub const CLIENT_NUMBER: FieldId = FieldId::known("client_number");
    /// First line of the address.
    pub const ADDRESS_LINE_1: FieldId = FieldId::known("address_line_1");
    /// Second line of the address.
    pub const ADDRESS_LINE_2: FieldId = FieldId::known("address_line_2");
    /// Town or city.
    pub const TOWN: FieldId = FieldId::known("town");
    /// Postcode.
    pub const POSTCODE: FieldId = FieldId::known("postcode");
    /// Mobile number.
    pub const MOBILE_PHONE: FieldId = FieldId::known("mobile_phone");
    /// Other telephone number.
    pub const OTHER_PHONE: FieldId = FieldId::known("other_phone");
    /// E-mail address.
    pub const EMAIL: FieldId = FieldId::known("email");
    /// Date of birth.
    pub const DATE_OF_BIRTH: FieldId = FieldId::known("date_of_birth");
    /// National Insurance number.
    pub const NINO: FieldId = FieldId::known("nino");
    /// The day on which a right-to-work document was seen.
    pub const RIGHT_TO_WORK_SEEN_ON: FieldId = FieldId::known("right_to_work_seen_on");
    /// Ways of contact that are safe.
    pub const SAFE_CONTACT: FieldId = FieldId::known("safe_contact");
}

/// The answers of one client, or those of one category of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Profile {
    /// Each answer by its field. A field without one was not asked or was skipped.
    pub answers: BTreeMap<FieldId, Answer>,
}

/// An answer that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The field.
    pub field: FieldId,
    /// What was held before.
    pub before: Option<Answer>,
    /// What is held now.
    pub now: Option<Answer>,
}

impl Profile {
    /// The answer to a field.
    #[must_use]
    pub fn get(&self, field: &FieldId) -> Option<&Answer> {
        self.answers.get(field)
    }

    /// The text of the answer to a field.
    #[must_use]
    pub fn text(&self, field: &FieldId) -> Option<&str> {
        self.get(field).and_then(Answer::text).filter(|text| !text.is_empty())
    }

    /// The day that is the answer to a field.
    #[must_use]
    pub fn date(&self, field: &FieldId) -> Option<Date> {
        self.get(field).and_then(Answer::date)
    }

    /// Sets the answer to a field, or takes it away.
    pub fn set(&mut self, field: FieldId, answer: Option<Answer>) {
        match answer {
            Some(answer) => self.answers.insert(field, answer),
            None => self.answers.remove(&field),
        };
    }

    /// Whether nothing is held.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.answers.is_empty()
    }

    /// These answers and those of another part of the profile; where both answer, the other's stands.
    #[must_use]
    pub fn joined(mut self, other: Profile) -> Profile {
        self.answers.extend(other.answers);
        self
    }

    /// The name to show: the full name, or what the client likes to be called.
    #[must_use]
    pub fn display_name(&self) -> Option<&str> {
        self.text(&fields::NAME).or_else(|| self.text(&fields::KNOWN_AS))
    }

    /// What the client likes to be called, where that is no part of the full name.
    #[must_use]
    pub fn known_as(&self) -> Option<&str> {
        let known_as = self.text(&fields::KNOWN_AS)?;
        let name = self.text(&fields::NAME).unwrap_or_default();
        let first = names::parts(name).first;
        (known_as != name && known_as != first).then_some(known_as)
    }

    /// The name by which lists are sorted: surname first.
    #[must_use]
    pub fn sort_name(&self) -> String {
        self.display_name().map(names::sort_name).unwrap_or_default()
    }

    /// Up to two letters that stand for the name.
    #[must_use]
    pub fn initials(&self) -> String {
        self.display_name().map(names::initials).unwrap_or_default()
    }

    /// The client's age in full years.
    #[must_use]
    pub fn age(&self, on: Date) -> Option<u16> {
        self.date(&fields::DATE_OF_BIRTH).and_then(|born| dates::age(born, on))
    }

    /// Address and postcode, line by line.
    #[must_use]
    pub fn address(&self) -> Vec<&str> {
        let lines = [fields::ADDRESS_LINE_1, fields::ADDRESS_LINE_2, fields::TOWN, fields::POSTCODE];
        lines.iter().filter_map(|field| self.text(field)).collect()
    }

    /// What is still missing before a client can be registered: a name, and what the notice says it cannot begin without
    /// (S19). Everything else can be skipped.
    #[must_use]
    pub fn missing_for_registration(&self, notice: &Notice) -> Vec<Fault> {
        let mut missing = Vec::new();
        if self.display_name().is_none() {
            missing.push(Fault::new(fields::NAME, "Enter a name, or what the client likes to be called"));
        }
        let Some(required) = &notice.required else { return missing };
        let label =
            |id: &FieldId| notice.field(id).map_or_else(|| id.to_string(), |field| field.label.clone());
        let others =
            required.fields.iter().filter(|field| **field != fields::NAME && self.get(field).is_none());
        missing
            .extend(others.map(|field| Fault::new(field.clone(), format!("Enter this: {}", label(field)))));
        if let Some(first) = required.one_of.first()
            && !required.one_of.iter().any(|way| self.get(way).is_some())
        {
            let labels: Vec<String> = required.one_of.iter().map(label).collect();
            missing.push(Fault::new(
                first.clone(),
                format!("Enter at least one of these: {}", labels.join(", ")),
            ));
        }
        missing
    }
}

/// What changed from one state of a profile to the next, in the order of the fields' names.
#[must_use]
pub fn changes(before: &Profile, now: &Profile) -> Vec<Change> {
    let fields: BTreeSet<&FieldId> = before.answers.keys().chain(now.answers.keys()).collect();
    fields
        .into_iter()
        .map(|field| Change {
            field: field.clone(),
            before: before.get(field).cloned(),
            now: now.get(field).cloned(),
        })
        .filter(|change| match (&change.before, &change.now) {
            (Some(before), Some(now)) => !before.says_the_same(now),
            (before, now) => before != now,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shipped() -> Notice {
        Notice::parse(include_str!("../../../notices/employment-service.toml")).unwrap()
    }

    fn profile(answers: &[(FieldId, &str)]) -> Profile {
        let answers = answers.iter().map(|(field, text)| (field.clone(), Answer::Text((*text).to_owned())));
        Profile { answers: answers.collect() }
    }

    // promise: P12
    #[test]
    fn a_name_and_one_way_of_contact_are_enough_to_register() {
        let missing = |answers: &[(FieldId, &str)]| profile(answers).missing_for_registration(&shipped());
        for way in [fields::MOBILE_PHONE, fields::OTHER_PHONE, fields::EMAIL, fields::ADDRESS_LINE_1] {
            assert_eq!(missing(&[(fields::NAME, "Ann"), (way, "x")]), []);
        }
        assert_eq!(missing(&[(fields::KNOWN_AS, "Ann"), (fields::EMAIL, "x")]), []);
        let missing = missing(&[(fields::POSTCODE, "NB1 4XY")]);
        let of: Vec<&FieldId> = missing.iter().map(|fault| &fault.field).collect();
        assert_eq!(of, [&fields::NAME, &fields::MOBILE_PHONE]);
    }

    // promise: P29
    #[test]
    fn what_is_needed_to_register_is_what_the_notice_says() {
        let mut notice = shipped();
        let required = notice.required.as_mut().unwrap();
        required.fields = vec![fields::NAME, fields::DATE_OF_BIRTH];
        required.one_of = vec![];
        let missing = profile(&[(fields::NAME, "Ann")]).missing_for_registration(&notice);
        assert_eq!(missing, [Fault::new(fields::DATE_OF_BIRTH, "Enter this: Date of birth")]);
        notice.required = None;
        assert_eq!(profile(&[(fields::NAME, "Ann")]).missing_for_registration(&notice), []);
    }

    #[test]
    fn a_client_is_shown_by_the_full_name_and_called_as_they_like() {
        let ann = profile(&[(fields::NAME, "Margaret van der Other"), (fields::KNOWN_AS, "Peggy")]);
        assert_eq!(ann.display_name(), Some("Margaret van der Other"));
        assert_eq!(ann.known_as(), Some("Peggy"));
        assert_eq!(ann.sort_name(), "van der Other, Margaret");
        assert_eq!(ann.initials(), "MO");
        let only = profile(&[(fields::KNOWN_AS, "Peggy")]);
        assert_eq!((only.display_name(), only.initials().as_str()), (Some("Peggy"), "P"));
        assert_eq!(profile(&[(fields::NAME, "Peggy Other"), (fields::KNOWN_AS, "Peggy")]).known_as(), None);
    }

    #[test]
    fn history_holds_what_changed_and_nothing_else() {
        let before = profile(&[
            (fields::NAME, "Ann"),
            (fields::TOWN, "Northbridge"),
            (fields::EMAIL, "a@example.org"),
        ]);
        let now = profile(&[(fields::NAME, "Ann Other"), (fields::TOWN, "Northbridge"), (fields::NINO, "x")]);
        let text = |text: &str| Some(Answer::Text(text.to_owned()));
        assert_eq!(
            changes(&before, &now),
            [
                Change { field: fields::EMAIL, before: text("a@example.org"), now: None },
                Change { field: fields::NAME, before: text("Ann"), now: text("Ann Other") },
                Change { field: fields::NINO, before: None, now: text("x") },
            ]
        );
        assert_eq!(changes(&now, &now), []);
    }
}

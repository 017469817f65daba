//! Two files of one person made one: what is put side by side, what is taken, and which of two promises holds.
//!
//! Nothing is decided here by itself where two files say different things: a person chooses, field by field. Where two consents
//! or two notices meet, the stricter holds, so that nobody loses a no that they have said.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use notice::FieldId;

use crate::answers::Answer;
use crate::consents::State;
use crate::profile::fields;
use crate::{Fault, Profile};

/// A field of two files beside each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The field.
    pub field: FieldId,
    /// What the file that goes on says.
    pub survivor: Option<Answer>,
    /// What the file that is taken up says.
    pub absorbed: Option<Answer>,
}

impl Line {
    /// Whether both answer, and differently: then somebody has to choose.
    #[must_use]
    pub fn differs(&self) -> bool {
        match (&self.survivor, &self.absorbed) {
            (Some(one), Some(other)) => !one.says_the_same(other) && self.field != fields::CLIENT_NUMBER,
            _ => false,
        }
    }
}

/// Which file an answer is taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The file that goes on.
    Survivor,
    /// The file that is taken up.
    Absorbed,
}

impl Side {
    /// The code in forms.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Side::Survivor => "survivor",
            Side::Absorbed => "absorbed",
        }
    }

    /// Reads a code.
    #[must_use]
    pub fn of(code: &str) -> Option<Side> {
        [Side::Survivor, Side::Absorbed].into_iter().find(|from| from.code() == code)
    }
}

/// Every field that one of two files answers.
#[must_use]
pub fn lines(survivor: &Profile, absorbed: &Profile) -> Vec<Line> {
    let all: BTreeSet<&FieldId> = survivor.answers.keys().chain(absorbed.answers.keys()).collect();
    let line = |field: &FieldId| Line {
        field: field.clone(),
        survivor: survivor.get(field).cloned(),
        absorbed: absorbed.get(field).cloned(),
    };
    all.into_iter().map(line).collect()
}

/// The answers of both as one: what only one says is taken, the number is that of the file that goes on, and where they differ
/// it is as somebody chose.
///
/// # Errors
/// A fault for each field in which they differ and nothing was chosen.
pub fn merged(
    survivor: &Profile,
    absorbed: &Profile,
    chosen: &BTreeMap<FieldId, Side>,
) -> Result<Profile, Vec<Fault>> {
    let (mut page, mut faults) = (Profile::default(), Vec::new());
    for line in lines(survivor, absorbed) {
        let answer = if line.differs() {
            match chosen.get(&line.field) {
                Some(Side::Survivor) => line.survivor,
                Some(Side::Absorbed) => line.absorbed,
                None => {
                    faults.push(Fault::new(line.field, "Choose which of the two is right"));
                    continue;
                }
            }
        } else if line.field == fields::CLIENT_NUMBER {
            line.survivor
        } else {
            line.survivor.or(line.absorbed)
        };
        page.set(line.field, answer);
    }
    if faults.is_empty() { Ok(page) } else { Err(faults) }
}

/// How a consent stands in one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stands {
    /// Its state.
    pub state: State,
    /// The last day on which it holds.
    pub until: Option<Date>,
    /// The day on which to ask again.
    pub review: Date,
    /// What may be given.
    pub fields: Vec<FieldId>,
}

/// The stricter of two consents to the same thing, and from which file its record is: a no before a yes; of two yeses the shorter,
/// with only what both allow.
#[must_use]
pub fn stricter(survivor: &Stands, absorbed: &Stands) -> (Stands, Side) {
    match (survivor.state.allows(), absorbed.state.allows()) {
        (true, true) => {
            let until = match (survivor.until, absorbed.until) {
                (Some(one), Some(other)) => Some(one.min(other)),
                (one, other) => one.or(other),
            };
            let both = survivor.fields.iter().filter(|field| absorbed.fields.contains(field)).cloned();
            let stands = Stands {
                state: survivor.state,
                until,
                review: survivor.review.min(absorbed.review),
                fields: both.collect(),
            };
            (stands, Side::Survivor)
        }
        (true, false) => (absorbed.clone(), Side::Absorbed),
        // A yes that was taken back weighs more than a question that was never answered.
        (false, false) if absorbed.state == State::Withdrawn && survivor.state != State::Withdrawn => {
            (absorbed.clone(), Side::Absorbed)
        }
        (false, _) => (survivor.clone(), Side::Survivor),
    }
}

/// Which of two notices binds us from now on: the one by which the file goes earlier; if that is the same day, the one that was
/// published earlier, since it promises no more uses than the client was told of in both.
#[must_use]
pub fn stricter_notice(survivor: (Date, Timestamp), absorbed: (Date, Timestamp)) -> Side {
    if absorbed < survivor { Side::Absorbed } else { Side::Survivor }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn profile(answers: &[(&'static str, &str)]) -> Profile {
        let mut page = Profile::default();
        for (field, text) in answers {
            page.set(FieldId::known(field), Some(Answer::Text((*text).to_owned())));
        }
        page
    }

    #[test]
    fn what_only_one_file_says_is_taken_and_where_they_differ_somebody_chooses() {
        let survivor =
            profile(&[("name", "John Smith"), ("town", "Northbridge"), ("client_number", "NB-10001")]);
        let absorbed =
            profile(&[("name", "Jon Smyth"), ("postcode", "NE1 4ST"), ("client_number", "NB-10002")]);
        let faults = merged(&survivor, &absorbed, &BTreeMap::new()).unwrap_err();
        assert_eq!(faults.len(), 1);
        assert_eq!(faults[0].field, fields::NAME);
        for (from, name) in [(Side::Survivor, "John Smith"), (Side::Absorbed, "Jon Smyth")] {
            let page = merged(&survivor, &absorbed, &[(fields::NAME, from)].into()).unwrap();
            assert_eq!(page.text(&fields::NAME), Some(name));
            assert_eq!(page.text(&fields::POSTCODE), Some("NE1 4ST"));
            assert_eq!(page.text(&fields::TOWN), Some("Northbridge"));
            assert_eq!(page.text(&fields::CLIENT_NUMBER), Some("NB-10001"), "the number is never mixed up");
        }
    }

    #[test]
    fn the_stricter_of_two_consents_holds() {
        let stands = |state, until: Option<Date>, given: &[&'static str]| Stands {
            state,
            until,
            review: date(2028, 1, 1),
            fields: given.iter().map(|field| FieldId::known(field)).collect(),
        };
        let yes = stands(State::Given, None, &["name", "email"]);
        let shorter = stands(State::Renewed, Some(date(2027, 3, 1)), &["name"]);
        for no in [State::Refused, State::Withdrawn, State::Deferred, State::Revoked, State::Expired] {
            let no = stands(no, None, &["name", "email"]);
            assert_eq!(stricter(&yes, &no), (no.clone(), Side::Absorbed));
            assert_eq!(stricter(&no, &yes), (no.clone(), Side::Survivor));
        }
        let (both, from) = stricter(&yes, &shorter);
        assert_eq!((both.until, both.fields.len(), from), (Some(date(2027, 3, 1)), 1, Side::Survivor));
        let (asked, taken_back) = (stands(State::Requested, None, &[]), stands(State::Withdrawn, None, &[]));
        assert_eq!(stricter(&asked, &taken_back).0.state, State::Withdrawn);
    }

    #[test]
    fn the_notice_under_which_less_is_kept_binds() {
        let (soon, late) = (date(2027, 1, 1), date(2027, 6, 1));
        let published = |second| Timestamp::from_second(second).unwrap();
        let (first, second) = (published(0), published(1));
        assert_eq!(stricter_notice((late, first), (soon, second)), Side::Absorbed);
        assert_eq!(stricter_notice((soon, second), (late, first)), Side::Survivor);
        assert_eq!(stricter_notice((soon, second), (soon, first)), Side::Absorbed);
        assert_eq!(stricter_notice((soon, first), (soon, first)), Side::Survivor);
    }

    proptest! {
        #[test]
        fn no_answer_is_invented_and_none_is_lost_unasked(one in "[a-c]{0,4}", other in "[a-c]{0,4}") {
            let of = |text: &str| {
                let mut page = Profile::default();
                for letter in text.chars() {
                    page.set(FieldId::from(format!("f{letter}").as_str()), Some(Answer::Text(text.to_owned())));
                }
                page
            };
            let (survivor, absorbed) = (of(&one), of(&other));
            let chosen: BTreeMap<FieldId, Side> =
                lines(&survivor, &absorbed).into_iter().map(|line| (line.field, Side::Absorbed)).collect();
            let page = merged(&survivor, &absorbed, &chosen).unwrap();
            for line in lines(&survivor, &absorbed) {
                let held = page.get(&line.field).cloned();
                prop_assert!(held.is_some() && (held == line.survivor || held == line.absorbed));
            }
        }
    }
}

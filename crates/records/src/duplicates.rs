//! People who stand twice: who may be on file already while somebody is being registered, and the pairs of the whole service.
//!
//! What is compared stands in memory beside the search index and is never written down. Nothing is merged here: a score is a
//! proposal to a person, and what a person decided is remembered.

use std::collections::HashSet;
use std::sync::{Arc, PoisonError};

use access::{Act, Permit, Role, Subject};
use audit::{Action, Detail};
use casework::profile::fields;
use casework::{ClientId, Profile, names};
use matching::duplicates::{Band, POSSIBLE, Reason, Record, Register, Roll, Twice};
use notice::{FieldId, Purpose};
use store::{Query, sql};
use vault::Personal;

use crate::merges::Merge;
use crate::search::{People, Shown};
use crate::sessions::Visit;
use crate::{Error, Opened, Service};

sql! { records:
    /// Whose files somebody must never see.
    CLOSED_TO = "SELECT client FROM conflict WHERE staff = $1";
    /// Pairs that are two people, as somebody decided.
    DIFFERENT = "SELECT one, other FROM different";
    /// Somebody decides that two are not one.
    SAY_DIFFERENT = "INSERT INTO different (one, other, decided, staff) VALUES ($1, $2, $3, $4) ON CONFLICT (one, other) DO NOTHING";
    /// Decisions about a file go with it.
    pub(crate) DROP_DIFFERENT = "DELETE FROM different WHERE one = $1 OR other = $1";
}

/// Somebody on file who may be the person that is being registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Likely {
    /// Who.
    pub who: Shown,
    /// Whether they are so alike that a merge would be proposed.
    pub very: bool,
    /// What speaks for it and against it.
    pub why: String,
}

/// Who may be on file already.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OnFile {
    /// Those who may be shown, the likeliest first.
    pub likely: Vec<Likely>,
    /// Whether there is somebody whose file is closed to this visitor: of them nothing is said.
    pub closed: bool,
}

/// Two files that may be one person's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alike {
    /// One of them.
    pub one: Shown,
    /// The other.
    pub other: Shown,
    /// Whether a merge is proposed; otherwise it is possible.
    pub proposed: bool,
    /// What speaks for it and against it.
    pub why: String,
}

/// The pairs of the service.
#[derive(Debug, Clone, Default)]
pub struct Pairs {
    /// The pairs, the likeliest first.
    pub pairs: Vec<Alike>,
    /// How many more there are with a file that is closed to this visitor.
    pub closed: usize,
    /// The merges that can be undone, the newest first.
    pub merges: Vec<Merge>,
}

/// From here on somebody is shown while a person is being registered.
const WORTH_A_LOOK: f64 = 0.5;
/// So many are shown then.
const MOST_SHOWN: usize = 5;
/// More pairs than anybody looks through in a day.
const MOST_PAIRS: usize = 500;

const ON_FILE: Action = Action("look-for-duplicates");
const LIST: Action = Action("list-duplicates");
const DIFFERENT_PEOPLE: Action = Action("say-different");

/// Everybody in the form in which people are compared.
#[derive(Default)]
pub(crate) struct Twins {
    register: Register,
    /// The pairs, until somebody changes.
    found: Option<Arc<Vec<Twice>>>,
}

impl Twins {
    pub(crate) fn put(&mut self, client: ClientId, profile: &Profile) {
        self.register.insert(*client.as_bytes(), &record(profile));
        self.found = None;
    }

    pub(crate) fn forget(&mut self, client: ClientId) {
        self.register.remove(client.as_bytes());
        self.found = None;
    }
}

impl People {
    /// Whom somebody is most like: how sure that is, and their number. A file that is not shown for support has none here.
    pub(crate) fn alike(&self, one: &Record, least: f64) -> Option<(Band, String)> {
        let found = self.twins.register.candidates(one, least, 1).into_iter().next()?;
        let known = self.known.get(&ClientId::from_bytes(found.key))?;
        let number =
            if known.is_shown_for(Purpose::Support) { known.shown(false).number } else { String::new() };
        Some((found.band()?, number))
    }
}

/// A profile as people are compared by it.
pub(crate) fn record(profile: &Profile) -> Record {
    let text = |field: &FieldId| profile.text(field).unwrap_or_default().to_owned();
    let name = names::parts(profile.display_name().unwrap_or_default());
    let (first, last) =
        if name.last.is_empty() { (String::new(), name.given) } else { (name.given.to_owned(), name.last) };
    let phone = [fields::MOBILE_PHONE, fields::OTHER_PHONE].iter().find_map(|field| profile.text(field));
    Record {
        first,
        last: last.to_owned(),
        known_as: text(&fields::KNOWN_AS),
        former: text(&fields::FORMER_NAME),
        birth: profile.date(&fields::DATE_OF_BIRTH).map(|born| born.to_string()).unwrap_or_default(),
        street: text(&fields::ADDRESS_LINE_1),
        locality: text(&fields::ADDRESS_LINE_2),
        town: text(&fields::TOWN),
        postcode: text(&fields::POSTCODE),
        nino: text(&fields::NINO),
        phone: phone.unwrap_or_default().to_owned(),
        email: text(&fields::EMAIL),
        ..Record::default()
    }
}

/// The reasons as people say them: what speaks for it, then what speaks against it.
fn said(reasons: &[Reason]) -> String {
    let words = |wanted: fn(f64) -> bool| {
        let list: Vec<&str> =
            reasons.iter().filter(|reason| wanted(reason.weight)).take(4).map(|reason| reason.what).collect();
        list.join(", ")
    };
    let (for_it, against) = (words(|weight| weight > 0.0), words(|weight| weight < 0.0));
    if against.is_empty() { for_it } else { format!("{for_it}; but {against}") }
}

/// Two ids in the order in which pairs are kept.
fn ordered(one: ClientId, other: ClientId) -> (ClientId, ClientId) {
    if one < other { (one, other) } else { (other, one) }
}

impl Service {
    /// Who on file may be the person with these answers; none if nobody is like them, then nothing is shown and nothing logged.
    /// Files that are restricted, closed to the visitor, or whose client said no to support are not shown: only that somebody
    /// else must look. A form that has registered
    /// somebody finds nobody: it was sent twice.
    ///
    /// # Errors
    /// The rules refuse this role, or something cannot do its part.
    pub async fn on_file(
        &self,
        visit: &Visit,
        form: [u8; 16],
        typed: &Profile,
    ) -> Result<Option<Opened<OnFile>>, Error> {
        if self.made_by_form(visit, form).await?.is_some() {
            return Ok(None);
        }
        let permit = self.permit(self.search_request(visit), ON_FILE).await?;
        let closed = self.closed_to(visit).await?;
        let alike: Vec<Likely> = {
            let people = self.people().read().unwrap_or_else(PoisonError::into_inner);
            let candidates = people.twins.register.candidates(&record(typed), WORTH_A_LOOK, 3 * MOST_SHOWN);
            let likely = candidates.iter().filter_map(|candidate| {
                let known = people.known.get(&ClientId::from_bytes(candidate.key))?;
                let very = candidate.band() == Some(Band::Propose);
                Some(Likely { who: known.shown(true), very, why: said(&candidate.reasons) })
            });
            likely.collect()
        };
        let clients: Vec<ClientId> = alike.iter().map(|one| one.who.client).collect();
        let shown = self.shown_now(visit, &clients).await?;
        let mut found = OnFile::default();
        for one in alike {
            if !shown.contains(&one.who.client) || closed.contains(&one.who.client) {
                found.closed = true;
            } else if found.likely.len() < MOST_SHOWN {
                found.likely.push(one);
            }
        }
        if found.likely.is_empty() && !found.closed {
            return Ok(None);
        }
        let detail = Detail { count: Some(found.likely.len() as u64), ..Detail::default() };
        let entry = self.log().submit(permit, ON_FILE, detail);
        Ok(Some(Opened::new(Personal::new(&entry, found), entry)))
    }

    /// The pairs of files of the whole service that may be one person's, the likeliest first, without those that somebody
    /// decided are two people.
    ///
    /// # Errors
    /// `Error::NotYours` for anybody but managers; the rules refuse, or something cannot do its part.
    pub async fn duplicates(&self, visit: &Visit) -> Result<Opened<Pairs>, Error> {
        let permit = self.duplicates_permit(visit, LIST).await?;
        let closed = self.closed_to(visit).await?;
        let rows = self.records().read(vec![DIFFERENT.with([])]).await?;
        let mut different = HashSet::new();
        for row in rows.first().map(|r| r.rows.as_slice()).unwrap_or_default() {
            different.insert((row.bytes16(0)?, row.bytes16(1)?));
        }
        let found = self.alike().await?;
        let mut pairs = Pairs { merges: self.merges_that_hold().await?, ..Pairs::default() };
        let undecided = found.iter().filter(|pair| !different.contains(&(pair.one, pair.other)));
        let undecided: Vec<(&Twice, [ClientId; 2])> =
            undecided.map(|pair| (pair, [pair.one, pair.other].map(ClientId::from_bytes))).collect();
        let clients: Vec<ClientId> = undecided.iter().flat_map(|(_, ids)| *ids).collect();
        let shown = self.shown_now(visit, &clients).await?;
        {
            let people = self.people().read().unwrap_or_else(PoisonError::into_inner);
            for (pair, ids) in undecided {
                let [Some(one), Some(other)] = ids.map(|id| people.known.get(&id)) else { continue };
                if ids.iter().any(|id| !shown.contains(id) || closed.contains(id)) {
                    pairs.closed += 1;
                } else if pairs.pairs.len() < MOST_PAIRS {
                    let proposed = pair.band() == Some(Band::Propose);
                    let why = said(&pair.reasons);
                    pairs.pairs.push(Alike { one: one.shown(true), other: other.shown(true), proposed, why });
                }
            }
        }
        let detail = Detail { count: Some(pairs.pairs.len() as u64), ..Detail::default() };
        let entry = self.log().submit(permit, LIST, detail);
        Ok(Opened::new(Personal::new(&entry, pairs), entry))
    }

    /// Remembers that two files are two people's: the pair is not proposed again.
    ///
    /// # Errors
    /// `Error::NotYours` for anybody but managers; there is no such file, or a store failed.
    pub async fn say_different(&self, visit: &Visit, one: ClientId, other: ClientId) -> Result<(), Error> {
        let permit = self.duplicates_permit(visit, DIFFERENT_PEOPLE).await?;
        if one == other {
            return Err(Error::NoSuchFile);
        }
        for client in [one, other] {
            self.standing(visit, client).await?;
        }
        let (one, other) = ordered(one, other);
        let change = self.log().change(permit, DIFFERENT_PEOPLE, &Detail::default());
        let say: Query = SAY_DIFFERENT.with([
            one.as_bytes().into(),
            other.as_bytes().into(),
            self.now().as_microsecond().into(),
            visit.staff.as_bytes().into(),
        ]);
        self.records().write(vec![say, change.outbox()]).await?;
        change.committed();
        Ok(())
    }

    /// What looking through the whole service needs: to be a manager, and to be let search.
    async fn duplicates_permit(&self, visit: &Visit, action: Action) -> Result<Permit, Error> {
        let request = self.search_request(visit);
        debug_assert!(request.act == Act::Search && request.subject == Subject::Everyone);
        let permit = self.permit(request, action).await?;
        match visit.role {
            Role::Manager => Ok(permit),
            _ => Err(Error::NotYours("Duplicates of the whole service are for managers.")),
        }
    }

    /// Files that this visitor must never see.
    async fn closed_to(&self, visit: &Visit) -> Result<HashSet<ClientId>, Error> {
        let rows = self.records().read(vec![CLOSED_TO.with([visit.staff.as_bytes().into()])]).await?;
        let rows = rows.first().map(|r| r.rows.as_slice()).unwrap_or_default();
        rows.iter().map(|row| Ok(ClientId::from_bytes(row.bytes16(0)?))).collect()
    }

    /// The pairs of everybody, worked out again only when somebody has changed.
    async fn alike(&self) -> Result<Arc<Vec<Twice>>, Error> {
        let roll: Roll = {
            let people = self.people().read().unwrap_or_else(PoisonError::into_inner);
            if let Some(found) = &people.twins.found {
                return Ok(Arc::clone(found));
            }
            people.twins.register.roll()
        };
        let count = roll.len();
        // Nobody waits for it but who asked: other pages go on.
        let found = tokio::task::spawn_blocking(move || roll.pairs(POSSIBLE)).await;
        let found = Arc::new(found.map_err(|_| Error::Damaged("duplicates"))?);
        let mut people = self.people().write().unwrap_or_else(PoisonError::into_inner);
        // Somebody may have come meanwhile; then the next to ask looks again.
        if people.twins.register.len() == count {
            people.twins.found = Some(Arc::clone(&found));
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use casework::Answer;

    use super::*;

    #[test]
    fn a_profile_is_compared_by_its_name_in_parts_and_by_what_tells_people_apart() {
        let mut profile = Profile::default();
        profile.set(fields::NAME, Some(Answer::Text("Maria da Silva".into())));
        profile.set(fields::OTHER_PHONE, Some(Answer::Text("+441632960123".into())));
        profile.set(fields::DATE_OF_BIRTH, Some(Answer::Date(jiff::civil::date(1991, 3, 14))));
        let record = record(&profile);
        assert_eq!((record.first.as_str(), record.last.as_str()), ("Maria", "da Silva"));
        assert_eq!((record.birth.as_str(), record.phone.as_str()), ("1991-03-14", "+441632960123"));
        profile.set(fields::NAME, Some(Answer::Text("Zephyr".into())));
        assert_eq!(super::record(&profile).last, "Zephyr");
    }

    #[test]
    fn reasons_are_said_for_and_against_without_figures() {
        let reason = |what, weight| Reason { what, weight };
        let all = [reason("same postcode", 8.0), reason("other sex", -5.0), reason("same surname", 3.0)];
        assert_eq!(said(&all), "same postcode, same surname; but other sex");
        assert_eq!(said(&all[..1]), "same postcode");
    }
}

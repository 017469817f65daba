//! Everybody as codes, in memory and nowhere else.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::PoisonError;

use casework::ClientId;
use casework::figures::Happened;
use jiff::civil::Date;
use notice::Purpose;
use statistics::Ledger;

use super::dimensions::Dimension;
use crate::{Error, Service};

/// From so many changed files on everybody is read again.
const MANY: usize = 2000;

/// Somebody as codes. No name, no id of anything but the file.
pub(crate) struct Person {
    /// What the secret draws for them.
    pub(crate) number: u64,
    pub(crate) born: Option<Date>,
    /// A code for each dimension, in their order; 0 where it hangs on the period.
    pub(crate) codes: Vec<u16>,
    pub(crate) happened: Happened,
    pub(crate) took_back: i64,
}

impl Person {
    /// Whether they are counted for a purpose: those who took their consent back are not.
    pub(crate) fn counts_for(&self, purpose: Purpose) -> bool {
        self.took_back & (1 << purpose as u8) == 0
    }
}

/// Everybody who can be counted, as things stood when it was read.
pub(crate) struct Everybody {
    pub(crate) dimensions: Vec<Dimension>,
    pub(crate) people: BTreeMap<ClientId, Person>,
    /// Which notice the dimensions come from.
    pub(crate) notice: String,
    /// Changes whenever anybody does.
    pub(crate) generation: u64,
    /// What was answered inside the service about these very people.
    pub(crate) answered: Ledger,
}

/// What is held in memory.
#[derive(Default)]
pub(crate) struct Columns {
    everybody: Option<Everybody>,
    /// Files that changed since.
    changed: BTreeSet<ClientId>,
    generations: u64,
    /// Whether everybody is to be read again.
    forgotten: bool,
}

impl Columns {
    /// Notes that a file changed; one that is no more is dropped at once.
    pub(crate) fn changed(&mut self, client: ClientId, gone: bool) {
        if gone && let Some(everybody) = &mut self.everybody {
            everybody.people.remove(&client);
            self.generations += 1;
            everybody.others(self.generations);
        }
        self.changed.insert(client);
    }
}

impl Columns {
    /// Remembers what was answered, if it was about the people who are there now.
    pub(crate) fn answered(&mut self, generation: u64, ledger: Ledger) {
        if let Some(everybody) = self.everybody.as_mut().filter(|now| now.generation == generation) {
            everybody.answered.join(ledger);
        }
    }
}

impl Everybody {
    /// Nobody yet.
    pub(crate) fn nobody(dimensions: Vec<Dimension>, notice: &str) -> Everybody {
        Everybody {
            dimensions,
            people: BTreeMap::new(),
            notice: notice.to_owned(),
            generation: 0,
            answered: Ledger::default(),
        }
    }

    /// These are other people than before: what was answered was about others.
    fn others(&mut self, generation: u64) {
        self.generation = generation;
        self.answered = Ledger::default();
    }
}

impl Service {
    /// Works on everybody as they are now. What changed since the last question is read first.
    pub(crate) async fn with_everybody<T>(&self, work: impl FnOnce(&mut Everybody) -> T) -> Result<T, Error> {
        let _turn = self.gathering().lock().await;
        // What changes while it is read is read again: somebody erased meanwhile does not come back.
        loop {
            let notice = format!("{} {}", self.notices().words(), self.notices().all().len());
            let (whole, changed) = {
                let mut columns = self.columns().write().unwrap_or_else(PoisonError::into_inner);
                let fits = columns.everybody.as_ref().is_some_and(|known| known.notice == notice);
                let forgotten = std::mem::take(&mut columns.forgotten);
                let whole = forgotten || !fits || columns.changed.len() > MANY;
                (whole, std::mem::take(&mut columns.changed))
            };
            if !whole && changed.is_empty() {
                break;
            }
            let gathered = self.gather(&notice, (!whole).then_some(&changed)).await;
            let mut columns = self.columns().write().unwrap_or_else(PoisonError::into_inner);
            let new = match gathered {
                Ok(new) => new,
                Err(error) => {
                    columns.changed.extend(changed);
                    columns.forgotten |= whole;
                    return Err(error);
                }
            };
            columns.generations += 1;
            let generation = columns.generations;
            let known = columns.everybody.get_or_insert_with(|| Everybody::nobody(Vec::new(), ""));
            if whole {
                *known = new;
            } else {
                known.people.retain(|client, _| !changed.contains(client));
                known.people.extend(new.people);
            }
            known.others(generation);
        }
        let mut columns = self.columns().write().unwrap_or_else(PoisonError::into_inner);
        columns.everybody.as_mut().map(work).ok_or(Error::ChangedMeanwhile)
    }
}

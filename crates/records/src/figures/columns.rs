//! Everybody who can be counted, kept as they are now.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::PoisonError;

use casework::ClientId;
use statistics::Ledger;

use super::everybody::{Everybody, Person};
use crate::{Error, Service};

/// From so many changed files on everybody is read again.
const MANY: usize = 2000;

/// What was read.
enum Gathered {
    Everybody(Box<Everybody>),
    These(BTreeMap<ClientId, Person>),
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
            everybody.forget(client);
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
            let gathered = if whole {
                self.gather_everybody(&notice).await.map(|new| Gathered::Everybody(Box::new(new)))
            } else {
                self.gather_these(&changed).await.map(Gathered::These)
            };
            let mut columns = self.columns().write().unwrap_or_else(PoisonError::into_inner);
            let gathered = gathered.inspect_err(|_| {
                columns.changed.extend(&changed);
                columns.forgotten |= whole;
            })?;
            columns.generations += 1;
            let generation = columns.generations;
            match (gathered, &mut columns.everybody) {
                (Gathered::Everybody(new), known) => known.insert(*new).others(generation),
                (Gathered::These(people), Some(known)) => {
                    known.replace(&changed, people);
                    known.others(generation);
                }
                // Nobody is there whom they could stand beside: all are read.
                (Gathered::These(_), None) => columns.forgotten = true,
            }
        }
        let mut columns = self.columns().write().unwrap_or_else(PoisonError::into_inner);
        columns.everybody.as_mut().map(work).ok_or(Error::ChangedMeanwhile)
    }
}

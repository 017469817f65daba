//! Lists that somebody is bringing in: in memory, for an hour, for whoever sent them.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use casework::StaffId;
use casework::import::columns::Shape;
use jiff::{SignedDuration, Timestamp};
use records::imports::{Asked, Begun, Source};
use records::{Error, Visit};

use crate::App;
use crate::form::new_key;

/// So many lists are held at once: the oldest goes for a new one.
const MOST: usize = 4;

/// How far a list is.
#[derive(Debug, Clone)]
pub(crate) enum Going {
    /// Its columns are being said.
    Waiting,
    /// It is being brought in.
    Running {
        /// The last line that was dealt with.
        line: u64,
        /// How many files were made.
        made: u64,
        /// How many rows there are.
        rows: u64,
    },
    /// It is through, or was stopped.
    Done {
        /// How many files were made.
        made: u64,
        /// Whether somebody stopped it.
        stopped: bool,
    },
    /// It broke off, and why.
    Failed(String),
}

/// A list and what was read of it.
#[derive(Clone)]
pub(super) struct Listed {
    pub(super) source: Source,
    /// From what kind of system it comes.
    pub(super) shape: Shape,
    pub(super) begun: Begun,
}

/// A list that is held.
#[derive(Clone)]
pub(crate) struct Held {
    pub(super) id: String,
    by: StaffId,
    since: Timestamp,
    pub(super) list: Listed,
    going: Arc<Mutex<Going>>,
    stop: Arc<AtomicBool>,
}

impl Held {
    pub(super) fn going(&self) -> Going {
        self.going.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, going: Going) {
        *self.going.lock().unwrap_or_else(PoisonError::into_inner) = going;
    }

    /// Asks it to stop after the stretch that is being written.
    pub(super) fn stop(&self) {
        self.stop.store(true, Ordering::Release);
    }
}

/// The lists that are held.
#[derive(Default)]
pub(crate) struct Shelf(Mutex<HashMap<String, Held>>);

impl Shelf {
    /// Holds a list and gives the name under which it is found.
    pub(super) fn hold(&self, by: StaffId, list: Listed, now: Timestamp) -> String {
        let id = new_key();
        let held = Held {
            id: id.clone(),
            by,
            since: now,
            list,
            going: Arc::new(Mutex::new(Going::Waiting)),
            stop: Arc::default(),
        };
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, held| now.duration_since(held.since) < SignedDuration::from_hours(1));
        while all.len() >= MOST {
            let oldest = all.values().min_by_key(|held| held.since).map(|held| held.id.clone());
            let Some(oldest) = oldest else { break };
            all.remove(&oldest);
        }
        all.insert(id.clone(), held);
        id
    }

    /// Holds in the place of a list the same with its sheet chosen.
    pub(super) fn choose(&self, by: StaffId, id: &str, list: Listed) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(held) = all.get_mut(id).filter(|held| held.by == by) {
            held.list = list;
        }
    }

    /// A list of this member of staff.
    pub(super) fn find(&self, by: StaffId, id: &str) -> Option<Held> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(id).filter(|held| held.by == by).cloned()
    }

    /// Begins to bring a list in; it goes on while nobody looks.
    pub(super) fn set_out(&self, app: &App, visit: Visit, held: &Held, asked: Asked, rows: u64) {
        {
            let mut going = held.going.lock().unwrap_or_else(PoisonError::into_inner);
            // Sent twice, begun once.
            if matches!(*going, Going::Running { .. }) {
                return;
            }
            *going = Going::Running { line: 1, made: 0, rows };
        }
        let (service, held) = (Arc::clone(&app.service), held.clone());
        tokio::spawn(async move {
            let beside = held.clone();
            let progress = move |line: u64, made: u64| {
                beside.set(Going::Running { line, made, rows });
                !beside.stop.load(Ordering::Acquire)
            };
            let ended = match service.run_import(Some(&visit), &held.list.source, &asked, progress).await {
                Ok(id) => service
                    .import(id)
                    .await
                    .map(|import| Going::Done { made: import.made, stopped: import.ended.is_none() }),
                Err(error) => Err(error),
            };
            held.set(ended.unwrap_or_else(|error| {
                tracing::warn!(%error, "an import broke off");
                Going::Failed(match error {
                    Error::Faults(faults) => {
                        faults.into_iter().map(|fault| fault.message).collect::<Vec<_>>().join(". ")
                    }
                    other => other.to_string(),
                })
            }));
        });
    }
}

//! Decisions made once. Everything that a policy can look at is in the key, and there are few keys, so each has a byte.

use std::sync::atomic::{AtomicU8, Ordering};

use notice::Category;

use crate::{Act, Request, Role, Subject};

/// What was decided for one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decided {
    Allow,
    Deny,
    Broken,
}

const PURPOSES: usize = notice::Purpose::ALL.len();
const KEYS: usize = Role::ALL.len() * PURPOSES * Act::ALL.len() * Category::ALL.len() * 128;

pub(crate) struct Cache(Vec<AtomicU8>);

impl Cache {
    pub(crate) fn new() -> Cache {
        Cache((0..KEYS).map(|_| AtomicU8::new(0)).collect())
    }

    pub(crate) fn decided(
        &self,
        request: &Request,
        category: Category,
        decide: impl FnOnce() -> Decided,
    ) -> Decided {
        let Some(cell) = self.0.get(key(request, category)) else { return Decided::Broken };
        match cell.load(Ordering::Relaxed) {
            1 => Decided::Allow,
            2 => Decided::Deny,
            _ => {
                let decided = decide();
                // A broken evaluation is not remembered: it is tried, and logged, each time.
                let code = match decided {
                    Decided::Allow => 1,
                    Decided::Deny => 2,
                    Decided::Broken => 0,
                };
                cell.store(code, Ordering::Relaxed);
                decided
            }
        }
    }
}

fn key(request: &Request, category: Category) -> usize {
    let c = &request.circumstances;
    let everyone = request.subject == Subject::Everyone;
    let bits = [everyone, c.own_caseload, c.own_file, c.restricted, c.conflict, c.reason, c.withdrawn];
    let bits = bits.iter().fold(0, |sum, bit| sum * 2 + usize::from(*bit));
    let mut key = request.actor.role as usize;
    key = key * PURPOSES + request.purpose as usize;
    key = key * Act::ALL.len() + request.act as usize;
    key = key * Category::ALL.len() + category as usize;
    key * 128 + bits
}

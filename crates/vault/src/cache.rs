//! Unwrapped keys for as short as possible: a bounded cache that forgets after a minute, and a register of what was
//! erased, so that keys held at that moment stop working too.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use crate::keys::Held;
use crate::{Compartment, FileId};

/// How long unwrapped keys are kept. Another server's erasure reaches this one at the latest after this time.
pub(crate) const TTL: Duration = Duration::from_secs(60);
/// How many files' keys are kept.
pub(crate) const BOUND: usize = 1_000;

/// The cache.
pub(crate) struct Cache {
    files: Mutex<HashMap<FileId, (Instant, Arc<Held>)>>,
}

impl Cache {
    pub(crate) fn new() -> Cache {
        Cache { files: Mutex::default() }
    }

    /// The file's keys, if they came less than a minute ago.
    pub(crate) fn get(&self, file: FileId, now: Instant) -> Option<Arc<Held>> {
        let mut files = self.files();
        let (came, held) = files.get(&file)?;
        if now.saturating_duration_since(*came) < TTL {
            return Some(Arc::clone(held));
        }
        files.remove(&file);
        None
    }

    /// Keeps a file's keys. When full, what is out of time goes, or else the oldest.
    pub(crate) fn put(&self, held: Arc<Held>, now: Instant) {
        let mut files = self.files();
        if files.len() >= BOUND && !files.contains_key(&held.file()) {
            files.retain(|_, (came, _)| now.saturating_duration_since(*came) < TTL);
            if files.len() >= BOUND {
                let oldest = files.iter().min_by_key(|(_, (came, _))| *came).map(|(file, _)| *file);
                if let Some(oldest) = oldest {
                    files.remove(&oldest);
                }
            }
        }
        files.insert(held.file(), (now, held));
    }

    pub(crate) fn forget(&self, file: FileId) {
        self.files().remove(&file);
    }

    fn files(&self) -> MutexGuard<'_, HashMap<FileId, (Instant, Arc<Held>)>> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What this process erased, in order, so that keys that were read before an erasure are refused after it.
#[derive(Default)]
pub(crate) struct Erasures {
    count: AtomicU64,
    of: RwLock<HashMap<(FileId, Option<Compartment>), u64>>,
}

impl Erasures {
    /// How many there were: taken before keys are read, it tells whether they are older than an erasure.
    pub(crate) fn so_far(&self) -> u64 {
        self.count.load(Ordering::Acquire)
    }

    /// Notes that the file, or one compartment of it, was erased.
    pub(crate) fn note(&self, file: FileId, compartment: Option<Compartment>) {
        let mut of = self.of.write().unwrap_or_else(PoisonError::into_inner);
        let number = self.count.fetch_add(1, Ordering::AcqRel) + 1;
        of.insert((file, compartment), number);
    }

    /// Whether this process erased the whole file: then it never gets a key again.
    pub(crate) fn whole_file(&self, file: FileId) -> bool {
        self.of.read().unwrap_or_else(PoisonError::into_inner).contains_key(&(file, None))
    }

    /// Whether keys that were read when there had been `before` erasures have been erased since.
    pub(crate) fn reached(&self, file: FileId, compartment: Compartment, before: u64) -> bool {
        if self.so_far() == before {
            return false;
        }
        let of = self.of.read().unwrap_or_else(PoisonError::into_inner);
        let since = |part: Option<Compartment>| of.get(&(file, part)).is_some_and(|number| *number > before);
        since(None) || since(Some(compartment)) || compartment.within().is_some_and(|part| since(Some(part)))
    }
}

#[cfg(test)]
mod tests {
    use casework::{DocumentId, ProgrammeId};

    use super::*;

    fn held(n: u16) -> Arc<Held> {
        let mut bytes = [0; 16];
        bytes[..2].copy_from_slice(&n.to_be_bytes());
        Arc::new(Held::new(FileId::from_bytes(bytes), 0, Vec::new()))
    }

    #[test]
    fn keys_are_forgotten_after_a_minute() {
        let (cache, start) = (Cache::new(), Instant::now());
        cache.put(held(1), start);
        assert!(cache.get(held(1).file(), start + Duration::from_secs(59)).is_some());
        assert!(cache.get(held(1).file(), start + Duration::from_secs(60)).is_none());
        assert!(cache.files().is_empty(), "what is out of time is dropped, not only passed over");
    }

    #[test]
    fn the_cache_never_grows_beyond_its_bound_and_drops_the_oldest() {
        let (cache, start) = (Cache::new(), Instant::now());
        let bound = u16::try_from(BOUND).unwrap();
        for n in 0..bound + 10 {
            cache.put(held(n), start + Duration::from_millis(n.into()));
        }
        assert_eq!(cache.files().len(), BOUND);
        let now = start + Duration::from_secs(2);
        assert!(cache.get(held(9).file(), now).is_none() && cache.get(held(10).file(), now).is_some());
        cache.forget(held(10).file());
        assert!(cache.get(held(10).file(), now).is_none());
    }

    #[test]
    fn an_erasure_reaches_keys_read_before_it_and_no_others() {
        let erasures = Erasures::default();
        let (one, two) = (held(1).file(), held(2).file());
        let before = erasures.so_far();
        erasures.note(one, Some(Compartment::Equality));
        assert!(erasures.reached(one, Compartment::Equality, before));
        assert!(!erasures.reached(one, Compartment::File, before));
        assert!(!erasures.reached(two, Compartment::Equality, before));
        let between = erasures.so_far();
        assert!(!erasures.reached(one, Compartment::Equality, between));
        let document = DocumentId::from_bytes([1; 16]);
        let (own, of_programme) = (
            Compartment::of_document(document, None),
            Compartment::of_document(document, Some(ProgrammeId::from_bytes([2; 16]))),
        );
        erasures.note(one, of_programme.within());
        assert!(erasures.reached(one, of_programme, between), "it goes with its layer");
        assert!(!erasures.reached(one, own, between));
        let between = erasures.so_far();
        erasures.note(one, None);
        assert!(erasures.reached(one, Compartment::File, between));
        assert!(!erasures.reached(one, Compartment::File, erasures.so_far()));
    }
}

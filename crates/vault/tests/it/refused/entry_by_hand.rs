//! An entry comes from the log only.
use audit::Entry;

fn none_at_all() -> Entry {
    Entry::default()
}

fn main() {}

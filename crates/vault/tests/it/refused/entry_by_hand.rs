//! An entry comes from the log only.
use audit::Entry;

fn none_at_all() -> Entry {
    Entry::default()
    //~^ E0599: no function or associated item named `default` found for struct `audit::Entry` in the current scope
}

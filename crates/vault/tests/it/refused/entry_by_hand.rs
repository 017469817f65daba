//! An entry comes from the log only.
use access::Permit;
use audit::Entry;

fn made(permit: Permit) -> Entry {
    Entry { permit, number: 1 }
}

fn none_at_all() -> Entry {
    Entry::default()
}

fn main() {}

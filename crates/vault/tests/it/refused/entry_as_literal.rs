//! An entry's fields are its own.
use access::Permit;
use audit::Entry;

fn made(permit: Permit, waiting: audit::Waiting) -> Entry {
    Entry { permit, number: 1, waiting }
}

fn main() {}

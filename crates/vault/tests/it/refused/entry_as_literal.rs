//! An entry's fields are its own.
use access::Permit;
use audit::Entry;

fn made(permit: Permit, waiting: audit::Waiting) -> Entry {
    Entry { permit, number: 1, waiting }
    //~^ E0451: fields `permit`, `number` and `waiting` of struct `audit::Entry` are private
}

//! Searching as people do it.

mod duplicates;
mod made_up;
mod properties;
mod searches;

use matching::{Index, Key, Person};

/// A key that is easy to read in a failure.
fn key(number: u8) -> Key {
    [number; 16]
}

fn named(number: u8, names: &[&str]) -> Person {
    Person {
        key: key(number),
        names: names.iter().map(|name| (*name).to_owned()).collect(),
        ..Person::default()
    }
}

fn index(people: &[Person]) -> Index {
    let mut index = Index::new();
    for person in people {
        index.insert(person);
    }
    index
}

/// The numbers of those found, the best first.
fn found(index: &Index, typed: &str) -> Vec<u8> {
    index.search(typed, 20).iter().map(|hit| hit.key[0]).collect()
}

use std::collections::BTreeMap;

use matching::{Index, Key, Person};
use proptest::prelude::*;

fn people() -> impl Strategy<Value = Person> {
    let names = proptest::collection::vec("[A-Za-zÀ-ÿ'-]{1,8}( [A-Za-zÀ-ÿ'-]{1,8}){0,3}|\\PC{0,12}", 1..3);
    let dob = proptest::option::of((1930_i16..2010, 1_u8..=12, 1_u8..=28));
    let phones = proptest::collection::vec("07700900[0-9]{3}", 0..2);
    let rest =
        (proptest::option::of("NB[1-9] [1-9][A-HJ-N][A-HJ-N]"), proptest::option::of("NB-[1-9][0-9]{1,5}"));
    (0_u8..20, names, dob, phones, rest).prop_map(|(key, names, dob, phones, (postcode, number))| Person {
        key: [key; 16],
        names,
        dob,
        postcode,
        phones,
        number,
        emails: vec![format!("p{key}@example.org")],
        ..Person::default()
    })
}

/// What somebody could type to find the person by: each word of each name, and every code.
fn ways(person: &Person) -> Vec<String> {
    let names: Vec<String> = person.names.iter().map(|name| matching::fold::fold(name)).collect();
    let words = names.iter().flat_map(|name| name.split(|c: char| !(c.is_alphanumeric() || c == '\'')));
    // A word without letters is a code to the search: nobody looks for a name so.
    let mut ways: Vec<String> = words
        .filter(|w| w.chars().any(char::is_alphabetic) && !w.chars().any(char::is_numeric))
        .map(Into::into)
        .collect();
    ways.extend(person.dob.map(|(year, month, day)| format!("{day}/{month}/{year}")));
    ways.extend(person.dob.map(|(year, month, day)| format!("{year}-{month:02}-{day:02}")));
    ways.extend(person.postcode.clone());
    ways.extend(person.number.clone());
    ways.extend(person.phones.iter().cloned());
    ways.extend(person.phones.iter().map(|phone| phone[5..].to_owned()));
    ways.extend(person.emails.iter().cloned());
    ways
}

fn finds(index: &Index, typed: &str, key: &Key) -> bool {
    index.search(typed, 1000).iter().any(|hit| hit.key == *key)
}

proptest! {
    #[test]
    fn everybody_inserted_is_found_by_each_of_their_own_words_and_nobody_removed_ever_is(
        steps in proptest::collection::vec((people(), any::<bool>()), 1..25),
    ) {
        let mut index = Index::new();
        let mut there: BTreeMap<Key, Person> = BTreeMap::new();
        let mut gone: Vec<Person> = Vec::new();
        for (person, stays) in steps {
            if stays {
                index.insert(&person);
                gone.extend(there.insert(person.key, person));
            } else {
                prop_assert_eq!(index.remove(&person.key), there.contains_key(&person.key));
                gone.extend(there.remove(&person.key));
            }
        }
        prop_assert_eq!(index.len(), there.len());
        for (key, person) in &there {
            for way in ways(person) {
                prop_assert!(finds(&index, &way, key), "{:?} not found by {:?}", person, way);
            }
        }
        for person in &gone {
            if !there.contains_key(&person.key) {
                prop_assert!(ways(person).iter().all(|way| !finds(&index, way, &person.key)));
            }
        }
    }

    #[test]
    fn when_everybody_is_gone_nothing_is_left(list in proptest::collection::vec(people(), 1..20)) {
        let mut index = Index::new();
        let empty = format!("{:?}", Index::new());
        for person in &list {
            index.insert(person);
        }
        for person in &list {
            index.remove(&person.key);
        }
        // The shape may keep empty places; no word, number or date may be in them.
        let left = format!("{index:?}").replace("None, ", "").replace("None", "");
        let without_numbers: String = left.chars().filter(|c| !c.is_ascii_digit() && *c != ',' && *c != ' ').collect();
        let expected: String = empty.chars().filter(|c| !c.is_ascii_digit() && *c != ',' && *c != ' ').collect();
        prop_assert_eq!(without_numbers, expected);
    }

    #[test]
    fn no_text_breaks_the_search(
        list in proptest::collection::vec(people(), 0..8),
        typed in "\\PC{0,30}|[0-9 /.+()-]{0,20}|[a-z]{1,3}[0-9]{0,6} ?[a-z0-9]{0,4}",
    ) {
        let mut index = Index::new();
        for person in &list {
            index.insert(person);
        }
        let hits = index.search(&typed, 5);
        prop_assert!(hits.len() <= 5);
        prop_assert!(hits.iter().all(|hit| hit.score > 0.0 && hit.score <= 1.0));
        prop_assert!(hits.is_sorted_by(|one, two| one.score >= two.score));
    }
}

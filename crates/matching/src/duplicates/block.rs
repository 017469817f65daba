//! Which pairs are worth comparing: those that share at least one key. Every kind of fault leaves some key whole.

use std::sync::Arc;

use super::compare::hash;
use super::names::Name;
use super::record::Prepared;

/// Of a key that more people share, not all are compared with all: that would take a time that grows with their square.
pub(super) const MOST_SHARING: usize = 250;
/// Of such a key everybody is compared with so many that come next, by name and by date of birth.
const NEIGHBOURS: usize = 20;

/// The keys of a record.
pub(super) fn keys(record: &Prepared) -> Vec<u64> {
    let mut keys = Vec::with_capacity(32);
    let firsts = first_keys(record);
    let lasts = last_keys(record);
    let birth = record.birth.map(|birth| {
        let (year, low, high) = birth.unordered();
        (year.to_string(), format!("{low}-{high}"), birth.month.to_string())
    });
    let words = words(record);
    let mut key = |kind: u8, parts: &[&str]| {
        if parts.iter().all(|part| !part.is_empty()) {
            keys.push(hash(kind, parts));
        }
    };
    key(1, &[record.nino()]);
    key(2, &[record.phone()]);
    key(3, &[record.email()]);
    if let Some((year, day, month)) = &birth {
        key(4, &[year, day]);
        for last in &lasts {
            key(5, &[last, year]);
            key(6, &[last, day]);
        }
        for first in &firsts {
            key(7, &[first, year, month]);
            key(8, &[first, day]);
        }
        key(9, &[record.house(), record.street(), year]);
        key(10, &[record.postcode(), year]);
        key(10, &[record.postcode(), day]);
    }
    for first in &firsts {
        for last in &lasts {
            key(11, &[first, last]);
        }
        key(12, &[first, record.postcode()]);
        key(13, &[first, record.house(), record.street()]);
        key(13, &[first, record.street(), record.town()]);
    }
    for last in &lasts {
        key(14, &[last, record.postcode()]);
        key(15, &[last, record.house(), record.street()]);
    }
    // Swapped names have the same two words.
    if let (Some(first), Some(last)) = (record.first.first(), record.last.first()) {
        let (low, high) = if first.text < last.text { (first, last) } else { (last, first) };
        key(16, &[&low.text, &high.text]);
        let start = |text: &str, letters: usize| text.chars().take(letters).collect::<String>();
        if let Some((year, ..)) = &birth {
            key(17, &[&start(&low.text, 3), &start(&high.text, 3), year]);
        }
        key(18, &[&start(&last.text, 4), &start(&first.text, 1), record.postcode()]);
    }
    // Whichever of the names it is: they may be swapped, and one of them another.
    let start = |text: &str| text.chars().take(6).collect::<String>();
    let street = start(record.street());
    for word in &words {
        key(20, &[word, record.postcode()]);
        key(21, &[word, &street, record.house()]);
        key(22, &[word, &street, record.town()]);
        key(23, &[word, record.locality(), record.town()]);
        if let Some((year, day, month)) = &birth {
            key(24, &[word, year, month]);
            key(25, &[word, day]);
        }
    }
    if let [one, two, ..] = words.as_slice() {
        key(26, &[one, two]);
    }
    // The lines of an address may stand in the other order: both have keys of one kind.
    let locality = start(record.locality());
    for line in [&street, &locality] {
        key(19, &[record.house(), line, record.town()]);
        key(27, &[record.house(), line, record.postcode()]);
    }
    key(29, &[&street, record.locality(), record.postcode()]);
    key(29, &[record.locality(), &street, record.postcode()]);
    let (low, high) = if street < locality { (&street, &locality) } else { (&locality, &street) };
    key(30, &[low, high, record.town()]);
    key(31, &[&street, record.postcode()]);
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// First name and surname by their sound, in the order of the alphabet.
fn words(record: &Prepared) -> Vec<String> {
    let heard = |name: &Arc<Name>| name.sounds.first().cloned().unwrap_or_else(|| name.text.clone());
    let mut words: Vec<String> =
        record.first.iter().take(1).chain(record.last.iter().take(1)).map(heard).collect();
    words.sort_unstable();
    words.dedup();
    words
}

/// The first name by its short forms, or by itself.
fn first_keys(record: &Prepared) -> Vec<String> {
    let mut keys = Vec::new();
    for name in record.first.iter().take(3) {
        if name.lines.is_empty() {
            keys.push(name.sounds.first().cloned().unwrap_or_else(|| name.text.clone()));
        }
        keys.extend(name.lines.iter().map(|line| format!("#{line}")));
    }
    keys
}

/// The surname and its parts by their sound.
fn last_keys(record: &Prepared) -> Vec<String> {
    let mut keys: Vec<String> = Vec::new();
    for name in record.last.iter().take(4) {
        if name.sounds.is_empty() {
            keys.push(name.text.clone());
        }
        keys.extend(name.sounds.iter().cloned());
    }
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// Every pair of records that share a key, the smaller number first, each once. With `parted`, only pairs of one record
/// before that number and one from it on.
pub(super) fn pairs(records: &[Prepared], parted: Option<u32>) -> Vec<(u32, u32)> {
    let mut keyed: Vec<(u64, u32)> = Vec::with_capacity(records.len() * 20);
    for (at, record) in (0_u32..).zip(records) {
        keyed.extend(keys(record).into_iter().map(|key| (key, at)));
    }
    keyed.sort_unstable();
    let mut pairs: Vec<u64> = Vec::new();
    let mut add = |one: u32, two: u32| {
        let (one, two) = (one.min(two), one.max(two));
        if parted.is_none_or(|from| one < from && two >= from) {
            pairs.push(u64::from(one) << 32 | u64::from(two));
        }
    };
    let mut orders: Option<[Vec<u32>; 2]> = None;
    for block in keyed.chunk_by(|one, two| one.0 == two.0) {
        let mut sharing: Vec<u32> = block.iter().map(|(_, at)| *at).collect();
        if sharing.len() <= MOST_SHARING {
            near(&sharing, MOST_SHARING, &mut add);
            continue;
        }
        for order in orders.get_or_insert_with(|| orders_of(records)) {
            sharing.sort_unstable_by_key(|at| order.get(*at as usize));
            near(&sharing, NEIGHBOURS, &mut add);
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    let split =
        |pair: u64| (u32::try_from(pair >> 32).unwrap_or(0), u32::try_from(pair & 0xffff_ffff).unwrap_or(0));
    pairs.into_iter().map(split).collect()
}

/// Each with as many as `most` that come after it.
fn near(sharing: &[u32], most: usize, add: &mut impl FnMut(u32, u32)) {
    for (at, one) in sharing.iter().enumerate() {
        sharing.iter().skip(at + 1).take(most).for_each(|two| add(*one, *two));
    }
}

/// The place of every record in the order of names and in that of dates of birth: records of one person lie side by side
/// in at least one of them.
fn orders_of(records: &[Prepared]) -> [Vec<u32>; 2] {
    let name = |record: &Prepared| {
        let text = |names: &[Arc<Name>]| names.first().map(|name| name.text.clone());
        (text(&record.last), text(&record.first))
    };
    let mut by_name: Vec<_> =
        records.iter().zip(0_u32..).map(|(record, at)| (name(record), record.birth, at)).collect();
    by_name.sort_unstable();
    let mut by_birth: Vec<_> =
        by_name.iter().zip(0_u32..).map(|((.., birth, at), place)| (*birth, place, *at)).collect();
    by_birth.sort_unstable();
    [places(by_name.iter().map(|(.., at)| *at)), places(by_birth.iter().map(|(.., at)| *at))]
}

/// The place of each record in an order.
fn places(order: impl ExactSizeIterator<Item = u32>) -> Vec<u32> {
    let mut places = vec![0; order.len()];
    for (at, place) in order.zip(0_u32..) {
        if let Some(held) = places.get_mut(at as usize) {
            *held = place;
        }
    }
    places
}

//! How alike two records are: a level for each field, from the same to another, never a number made of several fields.

use std::sync::Arc;

use super::birth::Birth;
use super::field::Levels;
use super::names::Name;
use super::record::Prepared;

/// FNV-1a over the parts: the same on every machine.
pub(super) fn hash(kind: u8, parts: &[&str]) -> u64 {
    const PRIME: u64 = 0x0100_0000_01b3;
    let mut hash = (0xcbf2_9ce4_8422_2325_u64 ^ u64::from(kind)).wrapping_mul(PRIME);
    for part in parts {
        for byte in part.bytes().chain([0x1f]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(PRIME);
        }
    }
    hash
}

/// Compares two records field by field.
pub(super) fn compare(one: &Prepared, two: &Prepared) -> Levels {
    let straight = (first(&one.first, &two.first), last(&one.last, &two.last));
    let (mut names, mut order) = (straight, 1);
    // Swapped only where neither fits as it stands.
    if other_first(straight.0) && other_last(straight.1) {
        let crossed = crossed((&one.first, &one.last), (&two.first, &two.last));
        let good = |level: u8| (1..=3).contains(&level);
        if good(crossed.0) && good(crossed.1) {
            (names, order) = (crossed, 2);
        }
    }
    let postcode = postcode(one.postcode(), two.postcode());
    let mut place = (street(one, two), text(one.locality(), two.locality()));
    // Lines of an address written in the other order.
    if place.0 >= 3
        && (1..=2).contains(&text(one.street(), two.locality()))
        && (1..=2).contains(&text(one.locality(), two.street()))
    {
        place = (2, 2);
    }
    [
        names.0,
        names.1,
        if names.0 == 0 || names.1 == 0 { 0 } else { order },
        birth(one.birth, two.birth),
        match (one.sex, two.sex) {
            (Some(one), Some(two)) => 1 + u8::from(one != two),
            _ => 0,
        },
        match code(one.nino(), two.nino()) {
            3 if !(is_nino(one.nino()) && is_nino(two.nino())) => 4,
            level => level,
        },
        // Addresses made of one name are alike whoever has that name.
        match super::email::compare(one, two) {
            2 if (1..=3).contains(&names.0) && (1..=3).contains(&names.1) => 0,
            level => level,
        },
        code(one.phone(), two.phone()),
        postcode,
        place.0,
        place.1,
        // Whoever has the same postcode has the same town: that says nothing more.
        if postcode == 1 { 0 } else { text(one.town(), two.town()) },
    ]
}

const fn other_first(level: u8) -> bool {
    matches!(level, 0 | 4 | 7)
}

const fn other_last(level: u8) -> bool {
    matches!(level, 0 | 4 | 5)
}

fn first(one: &[Arc<Name>], two: &[Arc<Name>]) -> u8 {
    let (Some(head), Some(other)) = (one.first(), two.first()) else { return 0 };
    if head.text == other.text {
        return 1;
    }
    let any = |good: fn(&Name, &Name) -> bool| one.iter().any(|a| two.iter().any(|b| good(a, b)));
    let main = |good: fn(&Name, &Name) -> bool| good(head, other);
    if any(is_short_form) {
        2
    } else if main(is_near) {
        3
    } else if any(|a, b| a.text == b.text && a.text.len() > 1) {
        6
    } else if main(is_initial) {
        5
    } else if any(is_near) {
        3
    } else if main(sounds_alike) {
        4
    } else {
        7
    }
}

fn last(one: &[Arc<Name>], two: &[Arc<Name>]) -> u8 {
    let (Some(head), Some(other)) = (one.first(), two.first()) else { return 0 };
    if head.text == other.text {
        1
    } else if one.iter().any(|a| two.iter().any(|b| a.text == b.text && a.text.len() > 2)) {
        2
    } else if is_near(head, other) {
        3
    } else if sounds_alike(head, other) {
        4
    } else {
        5
    }
}

/// Names that stand in each other's place. Which of the two is the first name is not known, so a short form counts in either.
fn crossed(one: (&[Arc<Name>], &[Arc<Name>]), two: (&[Arc<Name>], &[Arc<Name>])) -> (u8, u8) {
    let level = |one: &[Arc<Name>], two: &[Arc<Name>]| {
        let (Some(head), Some(other)) = (one.first(), two.first()) else { return 0 };
        match () {
            () if head.text == other.text => 1,
            () if is_near(head, other) || is_short_form(head, other) => 3,
            () => 5,
        }
    };
    (level(one.0, two.1), level(one.1, two.0))
}

fn is_short_form(one: &Name, two: &Name) -> bool {
    one.lines.iter().any(|line| two.lines.contains(line))
}

fn is_initial(one: &Name, two: &Name) -> bool {
    (one.text.len() == 1 || two.text.len() == 1) && one.text.chars().next() == two.text.chars().next()
}

/// One slip, or nearly the same by Jaro-Winkler; short names allow neither.
fn is_near(one: &Name, two: &Name) -> bool {
    near(&one.text, &two.text)
}

fn near(one: &str, two: &str) -> bool {
    let (short, long) = (one.len().min(two.len()), one.len().max(two.len()));
    if short < 3 || long - short > 3 {
        return false;
    }
    // Two names that begin and end differently are not one slip apart.
    let ends =
        one.as_bytes().first() == two.as_bytes().first() || one.as_bytes().last() == two.as_bytes().last();
    if !ends {
        return false;
    }
    let distance = strsim::osa_distance(one, two);
    distance <= 1
        || (long >= 5 && distance <= 2 && strsim::jaro_winkler(one, two) >= 0.92)
        || (long >= 8 && distance <= 2)
}

fn sounds_alike(one: &Name, two: &Name) -> bool {
    one.sounds.iter().any(|sound| two.sounds.contains(sound))
        || (one.text.len().min(two.text.len()) >= 4 && strsim::jaro_winkler(&one.text, &two.text) >= 0.88)
}

fn birth(one: Option<Birth>, two: Option<Birth>) -> u8 {
    let (Some(one), Some(two)) = (one, two) else { return 0 };
    if one == two {
        return 1;
    }
    if one.unordered() == two.unordered() {
        return 2;
    }
    // The first of January stands where only the year was known.
    if one.year == two.year && (one.is_new_year() || two.is_new_year()) {
        return 4;
    }
    let (a, b) = (one.digits(), two.digits());
    let differ: Vec<usize> = (0..8).filter(|at| a.get(*at) != b.get(*at)).collect();
    let swapped = match *differ.as_slice() {
        [at, next] => next == at + 1 && a.get(at) == b.get(next) && a.get(next) == b.get(at),
        _ => false,
    };
    let apart = one.year.abs_diff(two.year);
    if (differ.len() == 1 && (apart < 15 || apart % 10 == 0)) || swapped {
        return 3;
    }
    let parts =
        u8::from(one.year == two.year) + u8::from(one.month == two.month) + u8::from(one.day == two.day);
    match apart {
        0..15 if parts == 2 => 4,
        0..=2 => 5,
        3..15 => 6,
        _ => 7,
    }
}

fn code(one: &str, two: &str) -> u8 {
    match () {
        () if one.is_empty() || two.is_empty() => 0,
        () if one == two => 1,
        () if one.len().abs_diff(two.len()) <= 1 && one.len() >= 5 && strsim::osa_distance(one, two) <= 1 => {
            2
        }
        () => 3,
    }
}

/// Whether it has the form of a National Insurance number, with or without its last letter.
fn is_nino(code: &str) -> bool {
    let code = code.as_bytes();
    matches!(code.len(), 8 | 9)
        && code.iter().enumerate().all(|(at, byte)| match at {
            2..8 => byte.is_ascii_digit(),
            _ => byte.is_ascii_alphabetic(),
        })
}

fn postcode(one: &str, two: &str) -> u8 {
    if one.is_empty() || two.is_empty() {
        return 0;
    }
    if one == two {
        return 1;
    }
    let start = |text: &str, less: usize| {
        text.len().checked_sub(less).and_then(|end| text.get(..end)).map(str::to_owned)
    };
    let is_uk = |text: &str| text.len() >= 5 && text.starts_with(|c: char| c.is_alphabetic());
    let uk = is_uk(one) && is_uk(two);
    if one.len().abs_diff(two.len()) <= 1 && strsim::osa_distance(one, two) <= 1 {
        2
    } else if uk && start(one, 2) == start(two, 2) {
        3
    } else if uk && start(one, 3) == start(two, 3) {
        4
    } else {
        5
    }
}

fn street(one: &Prepared, two: &Prepared) -> u8 {
    if one.street().is_empty() || two.street().is_empty() {
        return 0;
    }
    let same = one.street() == two.street();
    let alike = same
        || near(one.street(), two.street())
        || (one.street().len().min(two.street().len()) >= 5
            && strsim::jaro_winkler(one.street(), two.street()) >= 0.93);
    let house = code(one.house(), two.house());
    let similar_house = house == 2
        || (house == 3
            && strsim::osa_distance(one.house(), two.house()) <= 1
            && one.house().len().max(two.house().len()) > 1);
    match (alike, house) {
        (true, 0 | 1) if same => 1,
        (true, 0 | 1) => 2,
        (true, _) if similar_house => 2,
        (true, _) => 3,
        (false, 1) => 4,
        (false, _) => 5,
    }
}

fn text(one: &str, two: &str) -> u8 {
    match () {
        () if one.is_empty() || two.is_empty() => 0,
        () if one == two => 1,
        () if near(one, two) || strsim::jaro_winkler(one, two) >= 0.9 => 2,
        () => 3,
    }
}

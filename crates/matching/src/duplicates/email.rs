//! How alike two e-mail addresses are, beyond what the names say already.

use super::record::Prepared;

/// So many digits behind a name make an address that no namesake has by chance.
const OWN_DIGITS: usize = 3;

/// The level of two addresses: 1 the same, 2 similar, 3 another; 4 and 5 the same, but made of the names both have, with
/// digits and without. 0 where either is not known, or where the names explain how similar they are.
pub(super) fn compare(one: &Prepared, two: &Prepared) -> u8 {
    let (a, b) = (one.email(), two.email());
    if a.is_empty() || b.is_empty() {
        return 0;
    }
    let (first, second) = (local(a), local(b));
    let named = is_made_of(first, one, two) && is_made_of(second, one, two);
    let digits = first.bytes().filter(u8::is_ascii_digit).count();
    match () {
        () if a == b && named && digits == 0 => 5,
        () if a == b && named && digits < OWN_DIGITS => 4,
        () if a == b => 1,
        () if !are_similar(a, b) => 3,
        () if named && digits < OWN_DIGITS => 0,
        () => 2,
    }
}

fn local(email: &str) -> &str {
    email.split('@').next().unwrap_or("")
}

/// One slip in the letters, or another provider. Whoever has other digits has another address: that is what they are for.
fn are_similar(one: &str, two: &str) -> bool {
    let (a, b) = (local(one), local(two));
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    if a == b {
        return a.len() >= 5 || strsim::osa_distance(one, two) <= 2;
    }
    let short = a.len().min(b.len());
    let slips = match short {
        0..5 => 0,
        5..10 => 1,
        _ => 2,
    };
    digits(a) == digits(b)
        && one.len().abs_diff(two.len()) <= slips
        && strsim::osa_distance(one, two) <= slips
}

/// Whether the letters are a name that each of the two has, or several, or the first letter of one beside another.
fn is_made_of(local: &str, one: &Prepared, two: &Prepared) -> bool {
    let letters: String = local.chars().filter(|c| c.is_alphabetic()).collect();
    !letters.is_empty() && [one, two].into_iter().all(|record| is_spelt(&letters, record))
}

/// Whether nothing is left of the letters when the names of a record are taken from their beginning.
fn is_spelt(letters: &str, record: &Prepared) -> bool {
    let names = || record.names().map(|name| name.text.as_str());
    let is_name = |part: &str| part.is_empty() || names().any(|name| name == part);
    let is_initial = |part: &str| names().any(|name| name.starts_with(part));
    names().any(|name| {
        letters.strip_prefix(name).is_some_and(|rest| is_name(rest) || is_short(rest, is_initial))
    }) || letters
        .split_at_checked(1)
        .is_some_and(|(head, rest)| is_initial(head) && names().any(|name| name == rest))
}

fn is_short(part: &str, is_initial: impl Fn(&str) -> bool) -> bool {
    part.chars().count() == 1 && is_initial(part)
}

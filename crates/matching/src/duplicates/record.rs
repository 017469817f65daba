//! A person as a register or a file has them, and the form in which two are compared.

use crate::fold::{Role, fold, joined, words_of_name};
use crate::nicknames;
use crate::person::phone_digits;
use crate::sound::sounds;

use super::birth::Birth;

/// What is known of a person. What is not known is left empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    /// First names.
    pub first: String,
    /// Surname.
    pub last: String,
    /// Other first names: known as.
    pub known_as: String,
    /// Other surnames: former, maiden.
    pub former: String,
    /// Date of birth in any usual form.
    pub birth: String,
    /// Sex or gender as written.
    pub sex: String,
    /// House number or name.
    pub house: String,
    /// Street; may begin with the house number.
    pub street: String,
    /// A part of the town, or a second line of the address.
    pub locality: String,
    /// Town.
    pub town: String,
    /// Postcode.
    pub postcode: String,
    /// National Insurance number or another national number.
    pub nino: String,
    /// Telephone number.
    pub phone: String,
    /// E-mail address.
    pub email: String,
}

/// One word of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) text: String,
    pub(super) sounds: Vec<String>,
    /// The lines of the list of short forms in which it stands.
    pub(super) lines: Vec<u16>,
}

/// A record folded and cut up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Prepared {
    /// The first name, its further words, then other first names.
    pub(super) first: Vec<Name>,
    /// The surname without what stands between its words, its words, then other surnames.
    pub(super) last: Vec<Name>,
    pub(super) birth: Option<Birth>,
    pub(super) sex: Option<char>,
    pub(super) house: String,
    pub(super) street: String,
    pub(super) locality: String,
    pub(super) town: String,
    pub(super) postcode: String,
    pub(super) nino: String,
    pub(super) phone: String,
    pub(super) email: String,
}

impl Record {
    pub(super) fn prepare(&self) -> Prepared {
        let (house, street) = address(&self.house, &self.street);
        Prepared {
            first: names(&self.first, &self.known_as, false),
            last: names(&self.last, &self.former, true),
            birth: Birth::read(&self.birth),
            sex: fold(self.sex.trim())
                .chars()
                .next()
                .map(|c| if c == 'w' { 'f' } else { c })
                .filter(|c| "mf".contains(*c)),
            house,
            street,
            locality: plain(&self.locality),
            town: plain(&self.town),
            postcode: plain(&self.postcode),
            nino: plain(&self.nino),
            phone: phone_digits(&self.phone),
            email: fold(self.email.trim()),
        }
    }
}

/// The whole name joined first, then its words, then the words of other names.
fn names(main: &str, others: &str, whole: bool) -> Vec<Name> {
    let mut list: Vec<String> = Vec::new();
    let found = words_of_name(main);
    if whole || found.is_empty() {
        list.push(joined(&fold(main)));
    }
    let words = found.into_iter().chain(words_of_name(others));
    list.extend(words.filter(|(_, role)| *role != Role::Extra).map(|(word, _)| word));
    let mut seen: Vec<Name> = Vec::new();
    for text in list {
        if !text.is_empty() && seen.iter().all(|name| name.text != text) && seen.len() < 6 {
            seen.push(Name { sounds: sounds(&text), lines: nicknames::lines(&text).to_vec(), text });
        }
    }
    seen
}

/// House number and street; a number at the beginning of the street is the house.
fn address(house: &str, street: &str) -> (String, String) {
    let mut house = words(house);
    let mut street = words(street);
    if house.is_empty() && street.starts_with(|c: char| c.is_ascii_digit()) {
        let (number, rest) = street.split_once(' ').unwrap_or((street.as_str(), ""));
        (house, street) = (number.to_owned(), rest.to_owned());
    }
    let short = [
        ("rd", "road"),
        ("st", "street"),
        ("ave", "avenue"),
        ("ln", "lane"),
        ("cl", "close"),
        ("dr", "drive"),
        ("ct", "court"),
        ("pl", "place"),
        ("cres", "crescent"),
        ("gdns", "gardens"),
        ("tce", "terrace"),
        ("sq", "square"),
    ];
    if let Some((before, last)) = street.rsplit_once(' ')
        && let Some((_, long)) = short.iter().find(|(short, _)| *short == last)
    {
        street = format!("{before} {long}");
    }
    (house.replace(' ', ""), street.replace(' ', ""))
}

fn words(text: &str) -> String {
    let folded = fold(text);
    let words =
        folded.split(|c: char| !(c.is_alphanumeric() || c == '\'')).map(|word| word.replace('\'', ""));
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

fn plain(text: &str) -> String {
    joined(&fold(text))
}

//! A person as a register or a file has them, and the form in which two are compared.

use std::sync::Arc;

use crate::fold::{Role, fold, joined, words_of_name};
use crate::person::phone_digits;

use super::birth::Birth;
use super::names::{Name, Names};
use super::nothing::{named, said};

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

/// A record folded and cut up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Prepared {
    /// The first name, its further words, then other first names.
    pub(super) first: Box<[Arc<Name>]>,
    /// The surname without what stands between its words, its words, then other surnames.
    pub(super) last: Box<[Arc<Name>]>,
    pub(super) birth: Option<Birth>,
    pub(super) sex: Option<char>,
    texts: Texts,
}

/// What is compared as a whole.
#[derive(Debug, Clone, Copy)]
enum Which {
    House,
    Street,
    Locality,
    Town,
    Postcode,
    Nino,
    Phone,
    Email,
}

/// How many texts there are.
const TEXTS: usize = 8;
/// So many bytes of a text are compared at most.
const LONGEST: usize = 1000;

/// The texts of a record in one piece: a million records are held at once.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Texts {
    all: Box<str>,
    ends: [u16; TEXTS],
}

impl Texts {
    /// Takes the texts in the order of [`Which`].
    fn new(texts: [String; TEXTS]) -> Texts {
        let (mut all, mut ends) = (String::new(), [0; TEXTS]);
        for (text, end) in texts.iter().zip(&mut ends) {
            let length = text.floor_char_boundary(LONGEST);
            all.push_str(text.get(..length).unwrap_or_default());
            *end = u16::try_from(all.len()).unwrap_or(u16::MAX);
        }
        Texts { all: all.into(), ends }
    }

    fn get(&self, which: Which) -> &str {
        let at = which as usize;
        let end = |at: usize| self.ends.get(at).map_or(0, |end| usize::from(*end));
        self.all.get(at.checked_sub(1).map_or(0, end)..end(at)).unwrap_or_default()
    }
}

impl Prepared {
    pub(super) fn house(&self) -> &str {
        self.texts.get(Which::House)
    }

    pub(super) fn street(&self) -> &str {
        self.texts.get(Which::Street)
    }

    pub(super) fn locality(&self) -> &str {
        self.texts.get(Which::Locality)
    }

    pub(super) fn town(&self) -> &str {
        self.texts.get(Which::Town)
    }

    pub(super) fn postcode(&self) -> &str {
        self.texts.get(Which::Postcode)
    }

    pub(super) fn nino(&self) -> &str {
        self.texts.get(Which::Nino)
    }

    pub(super) fn phone(&self) -> &str {
        self.texts.get(Which::Phone)
    }

    pub(super) fn email(&self) -> &str {
        self.texts.get(Which::Email)
    }

    /// The words of all names.
    pub(super) fn names(&self) -> impl Iterator<Item = &Name> {
        self.first.iter().chain(&self.last).map(Arc::as_ref)
    }
}

impl Record {
    /// The form in which it is compared; `names` holds the words of names.
    pub(super) fn prepare(&self, names: &mut Names) -> Prepared {
        let (house, street) = address(said(&self.house), said(&self.street));
        let mut take = |words: Vec<String>| words.into_iter().map(|word| names.take(word)).collect();
        Prepared {
            first: take(words_of(named(&self.first), said(&self.known_as), false)),
            last: take(words_of(named(&self.last), said(&self.former), true)),
            birth: Birth::read(&self.birth).filter(|birth| !birth.is_nothing()),
            sex: fold(said(&self.sex).trim())
                .chars()
                .next()
                .map(|c| if c == 'w' { 'f' } else { c })
                .filter(|c| "mf".contains(*c)),
            texts: Texts::new([
                house,
                street,
                plain(said(&self.locality)),
                plain(said(&self.town)),
                plain(said(&self.postcode)),
                plain(said(&self.nino)),
                phone_digits(said(&self.phone)),
                fold(said(&self.email).trim()),
            ]),
        }
    }
}

/// The whole name joined first, then its words, then the words of other names; each once.
fn words_of(main: &str, others: &str, whole: bool) -> Vec<String> {
    let mut list: Vec<String> = Vec::new();
    let found = words_of_name(main);
    if whole || found.is_empty() {
        list.push(joined(&fold(main)));
    }
    let words = found.into_iter().chain(words_of_name(others));
    list.extend(words.filter(|(_, role)| *role != Role::Extra).map(|(word, _)| word));
    let mut seen: Vec<String> = Vec::new();
    for text in list {
        if !text.is_empty() && !seen.contains(&text) && seen.len() < 6 {
            seen.push(text);
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

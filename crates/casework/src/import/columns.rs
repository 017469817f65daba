//! Which column is which field: guessed from its heading, with profiles of what other systems call things; and said by a person.

use notice::{Catalogue, FieldId, Kind};

use super::plain;
use crate::profile::fields;

/// What a column is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// It is not brought in.
    Leave,
    /// A field of the notice.
    Field(FieldId),
    /// The first names; with the surname they make the full name.
    FirstName,
    /// The surname.
    LastName,
    /// The day on which the client was registered.
    Registered,
    /// The day of the last two-way contact.
    LastContact,
    /// The adviser, by the address with which they sign in.
    Adviser,
    /// Why somebody is brought in whose time has passed.
    Basis,
}

/// The codes of what is no field of the notice.
const OTHERS: [(&str, Target); 7] = [
    ("", Target::Leave),
    ("first-name", Target::FirstName),
    ("last-name", Target::LastName),
    ("registered", Target::Registered),
    ("last-contact", Target::LastContact),
    ("adviser", Target::Adviser),
    ("basis", Target::Basis),
];

impl Target {
    /// The code in forms, options and the remembered mapping.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Target::Field(field) => field.as_str(),
            other => OTHERS.iter().find(|(_, target)| target == other).map_or("", |(code, _)| code),
        }
    }

    /// Reads a code: one of ours, or a field that the notice names.
    #[must_use]
    pub fn of(code: &str, catalogue: &Catalogue) -> Option<Target> {
        if let Some((_, target)) = OTHERS.iter().find(|(known, _)| *known == code) {
            return Some(target.clone());
        }
        let field = catalogue.field(&FieldId::from(code))?;
        (field.id != fields::CLIENT_NUMBER).then(|| Target::Field(field.id.clone()))
    }

    /// In words, for a list to choose from.
    #[must_use]
    pub fn words(&self, catalogue: &Catalogue) -> String {
        match self {
            Target::Leave => "Leave this column out".into(),
            Target::Field(id) => {
                catalogue.field(id).map_or_else(|| id.to_string(), |field| field.label.clone())
            }
            Target::FirstName => "First names".into(),
            Target::LastName => "Surname".into(),
            Target::Registered => "Registered on".into(),
            Target::LastContact => "Last contact".into(),
            Target::Adviser => "Adviser (their sign-in address)".into(),
            Target::Basis => "Basis for keeping longer".into(),
        }
    }

    /// Whether its cells are dates.
    #[must_use]
    pub fn is_date(&self, catalogue: &Catalogue) -> bool {
        match self {
            Target::Registered | Target::LastContact => true,
            Target::Field(id) => catalogue.field(id).is_some_and(|field| field.kind == Kind::Date),
            _ => false,
        }
    }

    /// Everything that a column can be, the fields of the notice last.
    #[must_use]
    pub fn all(catalogue: &Catalogue) -> Vec<Target> {
        let others = OTHERS.iter().map(|(_, target)| target.clone());
        let fields = catalogue.fields().iter().filter(|field| field.id != fields::CLIENT_NUMBER);
        others.chain(fields.map(|field| Target::Field(field.id.clone()))).collect()
    }
}

/// From what kind of system an export comes. The headings are those that such systems commonly have; none of their names is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shape {
    /// A plain list.
    #[default]
    Plain,
    /// An export like those of Aptem: one word, each part with a capital letter.
    AptemLike,
    /// An export like those of Hanlon: short headings, "Client" in front.
    HanlonLike,
}

impl Shape {
    /// Every one of them.
    pub const ALL: [Shape; 3] = [Shape::Plain, Shape::AptemLike, Shape::HanlonLike];

    /// The code in forms and options.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Shape::Plain => "plain",
            Shape::AptemLike => "aptem-like",
            Shape::HanlonLike => "hanlon-like",
        }
    }

    /// Reads a code.
    #[must_use]
    pub fn of(code: &str) -> Option<Shape> {
        Shape::ALL.into_iter().find(|shape| shape.code() == code)
    }

    /// In words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Shape::Plain => "A list of our own",
            Shape::AptemLike => "An export like those of Aptem",
            Shape::HanlonLike => "An export like those of Hanlon",
        }
    }

    /// What its headings mean, as heading and code.
    const fn headings(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Shape::Plain => &[],
            Shape::AptemLike => &[
                ("GivenName", "first-name"),
                ("FamilyName", "last-name"),
                ("PreferredName", "known_as"),
                ("BirthDate", "date_of_birth"),
                ("NationalInsuranceNumber", "nino"),
                ("AddressLine1", "address_line_1"),
                ("AddressLine2", "address_line_2"),
                ("AddressTown", "town"),
                ("AddressPostcode", "postcode"),
                ("MobileNumber", "mobile_phone"),
                ("HomeNumber", "other_phone"),
                ("EmailAddress", "email"),
                ("CaseOwnerEmail", "adviser"),
                ("StartDate", "registered"),
                ("LastInteractionDate", "last-contact"),
            ],
            Shape::HanlonLike => &[
                ("Client Forename", "first-name"),
                ("Client Surname", "last-name"),
                ("Client DOB", "date_of_birth"),
                ("Client NI No", "nino"),
                ("Address 1", "address_line_1"),
                ("Address 2", "address_line_2"),
                ("Post Town", "town"),
                ("PCode", "postcode"),
                ("Tel Mobile", "mobile_phone"),
                ("Tel Home", "other_phone"),
                ("E-mail", "email"),
                ("Adviser Email", "adviser"),
                ("Registration Date", "registered"),
                ("Last Contact Date", "last-contact"),
            ],
        }
    }
}

/// What people commonly call these columns, beside the names and labels of the fields.
const COMMON: &[(&str, &[&str])] = &[
    ("name", &["fullname", "clientname"]),
    ("first-name", &["firstname", "firstnames", "forename", "forenames", "givenname"]),
    ("last-name", &["lastname", "surname", "familyname"]),
    ("known_as", &["preferredname", "knownas"]),
    ("date_of_birth", &["dob", "birthdate", "born", "dateofbirth"]),
    ("nino", &["ni", "nino", "ninumber", "nationalinsurancenumber", "nationalinsurance"]),
    ("address_line_1", &["address", "address1", "addressline1", "street"]),
    ("address_line_2", &["address2", "addressline2"]),
    ("town", &["town", "city", "posttown"]),
    ("postcode", &["postcode", "postalcode"]),
    ("mobile_phone", &["mobile", "mobilephone", "mobilenumber", "phone", "telephone", "tel"]),
    ("other_phone", &["homephone", "landline", "otherphone", "hometelephone"]),
    ("email", &["email", "emailaddress", "mail"]),
    ("registered", &["registered", "registeredon", "registrationdate", "dateregistered"]),
    ("last-contact", &["lastcontact", "lastcontactdate", "dateoflastcontact", "lastseen"]),
    ("adviser", &["adviser", "advisor", "adviseremail", "keyworker", "caseowner"]),
    ("basis", &["basis", "reasontokeep"]),
];

/// Whether people commonly call a column so; the word is compared, see [`plain`].
pub(super) fn is_common(word: &str) -> bool {
    COMMON.iter().any(|(_, names)| names.contains(&word))
}

/// Which column is which, in the order of the columns.
pub type Mapping = Vec<Target>;

/// Guesses from the headings; what is not recognised is left out, and of two columns for one thing the first is taken.
#[must_use]
pub fn guess(headings: &[String], shape: Shape, catalogue: &Catalogue) -> Mapping {
    let mut mapping: Mapping = Vec::with_capacity(headings.len());
    for heading in headings {
        let heading = plain(heading);
        let of_shape = shape.headings().iter().find(|(known, _)| plain(known) == heading);
        let common = COMMON.iter().find(|(_, names)| names.contains(&heading.as_str()));
        let named = catalogue
            .fields()
            .iter()
            .find(|field| plain(field.id.as_str()) == heading || plain(&field.label) == heading);
        let code = of_shape
            .map(|(_, code)| *code)
            .or_else(|| named.map(|field| field.id.as_str()))
            .or_else(|| common.map(|(code, _)| *code));
        let target = code.and_then(|code| Target::of(code, catalogue)).unwrap_or(Target::Leave);
        let taken = mapping.contains(&target);
        mapping.push(if taken { Target::Leave } else { target });
    }
    mapping
}

/// What is wrong with a mapping as a whole.
#[must_use]
pub fn faults(mapping: &[Target], catalogue: &Catalogue) -> Vec<String> {
    let mut wrong = Vec::new();
    for (at, target) in mapping.iter().enumerate() {
        let again = mapping.iter().take(at).any(|earlier| earlier == target);
        if *target != Target::Leave && again {
            wrong.push(format!("Two columns are “{}”. Leave one of them out", target.words(catalogue)));
        }
    }
    let named = [Target::Field(fields::NAME), Target::LastName, Target::Field(fields::KNOWN_AS)];
    if !named.iter().any(|target| mapping.contains(target)) {
        wrong.push("Say which column is the name: the full name, or the surname and the first names".into());
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(headings: &[&str], shape: Shape) -> Vec<String> {
        let headings: Vec<String> = headings.iter().map(|heading| (*heading).to_owned()).collect();
        guess(&headings, shape, Catalogue::standard()).iter().map(|target| target.code().to_owned()).collect()
    }

    #[test]
    fn columns_are_recognised_by_what_people_call_them() {
        assert_eq!(
            codes(
                &["Full Name", "D.O.B.", "Post code", "Mobile", "Shoe size", "E-Mail", "email address"],
                Shape::Plain
            ),
            ["name", "date_of_birth", "postcode", "mobile_phone", "", "email", ""]
        );
        assert_eq!(
            codes(&["GivenName", "FamilyName", "BirthDate", "CaseOwnerEmail"], Shape::AptemLike),
            ["first-name", "last-name", "date_of_birth", "adviser"]
        );
        assert_eq!(
            codes(&["Client Forename", "Client Surname", "Client DOB", "PCode"], Shape::HanlonLike),
            ["first-name", "last-name", "date_of_birth", "postcode"]
        );
        assert_eq!(codes(&["Client number"], Shape::Plain), [""], "numbers are ours to give");
    }

    #[test]
    fn every_heading_of_a_shape_leads_somewhere() {
        for shape in Shape::ALL {
            assert_eq!(Shape::of(shape.code()), Some(shape));
            for (heading, code) in shape.headings() {
                assert!(Target::of(code, Catalogue::standard()).is_some(), "{heading}");
            }
        }
        for target in Target::all(Catalogue::standard()) {
            assert_eq!(Target::of(target.code(), Catalogue::standard()), Some(target));
        }
    }

    #[test]
    fn a_mapping_needs_a_name_and_nothing_twice() {
        let catalogue = Catalogue::standard();
        assert!(faults(&[Target::LastName, Target::Leave, Target::Leave], catalogue).is_empty());
        let wrong = faults(&[Target::Registered, Target::Registered], catalogue);
        assert!(
            wrong.len() == 2 && wrong[0].contains("Registered on") && wrong[1].contains("name"),
            "{wrong:?}"
        );
    }
}

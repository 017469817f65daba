//! The catalogue: every field that can be recorded, with the lists that answers come from.
//!
//! The standard fields are data (`data/*.toml`) in the same form in which a service writes fields of its own. To add
//! one, write it there; nothing can store it before a notice names it.

use std::sync::LazyLock;

use jiff::civil::Date;
use toml::de::DeTable;

use crate::fault::Fault;
use crate::field::{Field, FieldId, ListId, Special, Value, ValueList};
use crate::read_fields;
use crate::reader::{Faults, Part};
use crate::vocabulary::Category;

const DATA: [&str; 3] = [
    include_str!("../data/catalogue.toml"),
    include_str!("../data/lists.toml"),
    include_str!("../data/nationalities.toml"),
];

/// Fields and the lists that their answers come from.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Catalogue {
    fields: Vec<Field>,
    lists: Vec<ValueList>,
}

impl Catalogue {
    /// The fields that come with Kept.
    #[must_use]
    pub fn standard() -> &'static Catalogue {
        static STANDARD: LazyLock<Catalogue> = LazyLock::new(|| {
            let mut standard = Catalogue::default();
            for text in DATA {
                let (mut part, _) = read(text);
                standard.fields.append(&mut part.fields);
                standard.lists.append(&mut part.lists);
            }
            standard
        });
        &STANDARD
    }

    /// A catalogue of these fields and lists.
    #[must_use]
    pub fn new(fields: Vec<Field>, lists: Vec<ValueList>) -> Catalogue {
        Catalogue { fields, lists }
    }

    /// Every field, in order.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// The field of this name.
    #[must_use]
    pub fn field(&self, id: &FieldId) -> Option<&Field> {
        self.fields.iter().find(|field| field.id == *id)
    }

    /// The fields of a category, in order.
    pub fn fields_of(&self, category: Category) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(move |field| field.category == category)
    }

    /// The fields that statistics may count by.
    pub fn dimensions(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| field.dimension)
    }

    /// Every list.
    #[must_use]
    pub fn lists(&self) -> &[ValueList] {
        &self.lists
    }

    /// The list of this name.
    #[must_use]
    pub fn list(&self, id: &ListId) -> Option<&ValueList> {
        self.lists.iter().find(|list| list.id == *id)
    }

    /// The list that answers to `field` come from, if they come from one.
    #[must_use]
    pub fn list_of(&self, field: &Field) -> Option<&ValueList> {
        field.kind.list().and_then(|list| self.list(list))
    }

    /// The values that a form offers for `field` on `day`.
    #[must_use]
    pub fn choices(&self, field: &Field, day: Date) -> Vec<&Value> {
        self.list_of(field).map(|list| list.offered(day).collect()).unwrap_or_default()
    }

    /// Whether any field of `category` holds `special`.
    #[must_use]
    pub fn holds(&self, category: Category, special: Special) -> bool {
        self.fields_of(category).any(|field| field.special.contains(&special))
    }
}

/// Fields and lists of a text, with what is wrong with it.
fn read(text: &str) -> (Catalogue, Vec<Fault>) {
    let (table, broken) = DeTable::parse_recoverable(text);
    let faults = Faults::of(text);
    for error in broken {
        faults.add(&error.span().unwrap_or_default(), error.message(), "");
    }
    let mut root = Part::root(&table, &faults);
    let fields = root.parts("fields").into_iter().filter_map(read_fields::field).collect();
    let lists = root.parts("lists").into_iter().map(read_fields::list).collect();
    root.done();
    (Catalogue { fields, lists }, faults.into_sorted())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::field::Kind;

    #[test]
    fn the_data_of_the_catalogue_has_no_faults() {
        for text in DATA {
            assert_eq!(read(text).1, []);
        }
    }

    #[test]
    fn every_field_and_list_has_a_name_of_its_own_and_every_choice_its_list() {
        let standard = Catalogue::standard();
        let names: BTreeSet<_> = standard.fields().iter().map(|field| &field.id).collect();
        assert_eq!(names.len(), standard.fields().len());
        let lists: BTreeSet<_> = standard.lists().iter().map(|list| &list.id).collect();
        assert_eq!(lists.len(), standard.lists().len());
        let used: BTreeSet<_> = standard.fields().iter().filter_map(|field| field.kind.list()).collect();
        assert_eq!(used, lists, "a list that no field uses, or a field without its list");
    }

    /// The fields F1-F20 that the notice names, and those that hold them.
    // promise: P1
    // promise: P2
    #[test]
    fn every_field_that_the_notice_names_is_there() {
        let table: &[(&str, &str, Category, &[&str])] = &[
            ("F1", "pd:Name", Category::Contact, &["name", "known_as", "former_name"]),
            ("F2", "pd:Identifier", Category::Contact, &["client_number"]),
            ("F3", "pd:PhysicalAddress", Category::Contact, &["address_line_1", "address_line_2", "town"]),
            ("F4", "pd:TelephoneNumber", Category::Contact, &["mobile_phone", "other_phone"]),
            ("F5", "pd:EmailAddress", Category::Contact, &["email"]),
            ("F6", "pd:PostalCode", Category::Contact, &["postcode"]),
            ("F7", "pd:Nationality", Category::Identity, &["nationality"]),
            ("F8", "pd:BirthDate", Category::Identity, &["date_of_birth"]),
            ("F9", "pd:OfficialID", Category::Identity, &["nino"]),
            ("F10", "pd:CurrentEmployment", Category::Work, &["employment_status"]),
            ("F11", "kept:BenefitType", Category::Work, &["benefits"]),
            (
                "F12",
                "pd:EducationQualification",
                Category::Work,
                &["highest_qualification", "qualifications"],
            ),
            ("F13", "pd:Household", Category::Household, &["household"]),
            ("F14", "kept:RightToWork", Category::RightToWork, &["right_to_work"]),
            ("F15", "pd:EthnicOrigin", Category::Equality, &["ethnicity"]),
            ("F16", "pd:Disability", Category::Needs, &["disability", "learning_difficulty"]),
            ("F16", "pd:Disability", Category::Equality, &["long_term_condition", "condition_effect"]),
            ("F17", "pd:MaritalStatus", Category::Equality, &["marital_status"]),
            ("F18", "pd:SexualPreference", Category::Equality, &["sexual_orientation"]),
            ("F19", "pd:Religion", Category::Equality, &["religion"]),
            ("F20", "pd:Vulnerability", Category::Needs, &["barriers"]),
        ];
        for (number, term, category, fields) in table {
            for id in *fields {
                let field = Catalogue::standard().field(&FieldId::known(id));
                let field = field.unwrap_or_else(|| panic!("{number}: no field {id}"));
                assert_eq!((field.dpv.as_str(), field.category), (*term, *category), "{number} {id}");
            }
        }
        for absent in ["sex", "gender"] {
            assert_eq!(Catalogue::standard().field(&FieldId::known(absent)), None);
        }
    }

    #[test]
    fn the_equality_pages_hold_nothing_that_cannot_be_refused() {
        for field in Catalogue::standard().fields_of(Category::Equality) {
            assert!(field.sensitive && field.dimension, "{}", field.id);
        }
        for field in Catalogue::standard().fields_of(Category::Needs) {
            assert!(field.sensitive, "{}", field.id);
        }
    }

    #[test]
    fn marital_status_and_nationality_are_no_special_categories() {
        for id in ["marital_status", "nationality"] {
            let field = Catalogue::standard().field(&FieldId::known(id)).unwrap();
            assert!(field.sensitive && field.special.is_empty(), "{id}");
        }
    }

    #[test]
    fn the_lists_have_the_values_of_their_standards() {
        let table = [
            ("ethnicity", 19),
            ("religion", 8),
            ("sexual_orientation", 4),
            ("marital_status", 9),
            ("long_term_condition", 3),
            ("condition_effect", 3),
            ("impairment", 10),
            ("qualification_level", 13),
            ("barriers", 26),
            ("right_to_work_document", 15),
        ];
        for (list, values) in table {
            assert_eq!(
                Catalogue::standard().list(&ListId::known(list)).unwrap().values.len(),
                values,
                "{list}"
            );
        }
    }

    #[test]
    fn values_that_reveal_health_or_offences_say_so() {
        let table = [
            ("benefits", "PIP", Some(Special::Health)),
            ("benefits", "UC", None),
            ("barriers", "OFFENCE", Some(Special::Offence)),
            ("barriers", "HEALTH-M", Some(Special::Health)),
            ("barriers", "DEBT", None),
        ];
        for (list, code, reveals) in table {
            let list = Catalogue::standard().list(&ListId::known(list)).unwrap();
            let value = list.value(code).unwrap();
            assert_eq!(value.reveals, reveals, "{code}");
        }
        let barriers = Catalogue::standard().list(&ListId::known("barriers")).unwrap();
        assert!(barriers.value("DEBT").unwrap().sensitive && !barriers.value("MATHS").unwrap().sensitive);
    }

    #[test]
    fn a_value_that_has_ended_is_kept_but_not_offered() {
        let standard = Catalogue::standard();
        let field = standard.field(&FieldId::known("benefits")).unwrap();
        assert_eq!(field.kind, Kind::Choices(ListId::known("benefits")));
        let offered = |day| standard.choices(field, day).iter().any(|value| value.code == "TC");
        assert!(offered(Date::constant(2025, 4, 5)) && !offered(Date::constant(2025, 4, 6)));
        assert!(standard.list_of(field).unwrap().value("TC").is_some());
    }
}

//! What is compared, and what each level of it means.

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Field {
    /// First names.
    First,
    /// Surname.
    Last,
    /// Whether first name and surname have to be swapped to fit.
    Order,
    /// Date of birth.
    Birth,
    /// Sex.
    Sex,
    /// National number.
    Nino,
    /// E-mail address.
    Email,
    /// Telephone number.
    Phone,
    /// Postcode.
    Postcode,
    /// House and street.
    Street,
    /// A part of the town.
    Locality,
    /// Town.
    Town,
}

/// How many fields are compared.
pub(super) const FIELDS: usize = 12;
/// No field has more levels, "not known" included.
pub(super) const LEVELS: usize = 9;

impl Field {
    pub(super) const ALL: [Field; FIELDS] = [
        Field::First,
        Field::Last,
        Field::Order,
        Field::Birth,
        Field::Sex,
        Field::Nino,
        Field::Email,
        Field::Phone,
        Field::Postcode,
        Field::Street,
        Field::Locality,
        Field::Town,
    ];

    /// Whether it says where somebody lives rather than who they are.
    pub(super) const fn is_of_place(self) -> bool {
        matches!(self, Field::Postcode | Field::Street | Field::Locality | Field::Town)
    }

    /// What each level means, level 0 (not known) first.
    pub(super) const fn levels(self) -> &'static [&'static str] {
        match self {
            Field::First => &[
                "",
                "same first name",
                "short form of the first name",
                "similar first name",
                "first name sounds alike",
                "initial fits",
                "one of the first names fits",
                "other first name",
            ],
            Field::Last => &[
                "",
                "same surname",
                "part of the surname is the same",
                "similar surname",
                "surname sounds alike",
                "other surname",
            ],
            Field::Order => &["", "", "first name and surname swapped"],
            Field::Birth => &[
                "",
                "same date of birth",
                "day and month of birth swapped",
                "date of birth differs in one digit",
                "two of day, month and year of birth are the same",
                "close year of birth",
                "other date of birth",
                "born 15 or more years apart",
            ],
            Field::Sex => &["", "same sex", "other sex"],
            Field::Nino => &[
                "",
                "same national number",
                "national number differs in one character",
                "other national number",
                "other national number, one of them incomplete",
            ],
            Field::Email => &[
                "",
                "same email",
                "similar email",
                "other email",
                "same email, made of the name and a number",
                "same email, made of the name",
            ],
            Field::Phone => &["", "same phone", "phone differs in one digit", "other phone"],
            Field::Postcode => &[
                "",
                "same postcode",
                "postcode differs in one character",
                "same postcode sector",
                "same postcode district",
                "other postcode",
            ],
            Field::Street => &[
                "",
                "same house and street",
                "similar house and street",
                "same street",
                "same house number only",
                "other street",
            ],
            Field::Locality => &["", "same locality", "similar locality", "other locality"],
            Field::Town => &["", "same town", "similar town", "other town"],
        }
    }
}

/// The level of each field; 0 where either does not say.
pub(super) type Levels = [u8; FIELDS];

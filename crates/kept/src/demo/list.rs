//! A list of made-up people as another system would export it.

use super::dice::Dice;
use super::{names, town};

/// The headings of the list.
pub(crate) const HEADINGS: &str =
    "First name,Surname,Date of birth,Mobile,Email,Address line 1,Town,Postcode,Registered,Last contact";

/// A row of the list. The telephone numbers are Ofcom's for drama, of which there are a thousand.
pub(crate) fn row(number: u32) -> String {
    let mut dice = Dice::new(1, number.into());
    let background = names::background(&mut dice);
    let (name, home) = (names::full_name(&mut dice, background), town::home(&mut dice));
    let born = (dice.between(1, 28), dice.between(1, 12), dice.between(1950, 2008));
    let (came, seen) = (dice.between(1, 28), dice.between(1, 28));
    format!(
        "{},{},{}/{}/{},{},person.{number}@example.org,\"{}\",{},{},{came}/05/2026,{seen}/10/2026",
        name.first,
        name.last,
        born.0,
        born.1,
        born.2,
        town::mobile(&mut dice),
        home.street,
        town::TOWN,
        home.postcode
    )
}

//! Northbridge: its streets, its postcodes, its telephone numbers. None of them exists.

use casework::formats::{Phone, Postcode};

use super::dice::Dice;

/// A place to live.
#[derive(Debug, Clone)]
pub(super) struct Home {
    pub(super) street: String,
    pub(super) district: &'static str,
    pub(super) postcode: String,
}

pub(super) const TOWN: &str = "Northbridge";

/// A home with a postcode that no home has: there is no postcode area NB, though its form is right.
pub(super) fn home(dice: &mut Dice) -> Home {
    let at = dice.between(0, 8);
    let district = DISTRICTS.get(at as usize).copied().unwrap_or(TOWN);
    let street = format!("{} {}", dice.pick(&STREETS), dice.pick(&WAYS));
    let street = match dice.between(1, 10) {
        1 => format!("Flat {}, {} {street}", dice.between(1, 24), dice.between(1, 90)),
        2 => format!("{}a {street}", dice.between(1, 140)),
        _ => format!("{} {street}", dice.between(1, 160)),
    };
    let (one, two) = (dice.pick(&INWARD), dice.pick(&INWARD));
    let typed = format!("NB{} {}{one}{two}", at + 1, dice.between(1, 9));
    let postcode = Postcode::parse(&typed).map_or(typed, |postcode| postcode.to_string());
    Home { street, district, postcode }
}

/// A mobile number for drama: 07700 900000 to 900999.
pub(super) fn mobile(dice: &mut Dice) -> String {
    kept(format!("07700 900{:03}", dice.between(0, 999)))
}

/// A landline number for drama: 0151 496 0000 to 0999.
pub(super) fn landline(dice: &mut Dice) -> String {
    kept(format!("0151 496 0{:03}", dice.between(0, 999)))
}

fn kept(typed: String) -> String {
    Phone::parse(&typed).map(|phone| phone.e164().to_owned()).unwrap_or(typed)
}

/// Letters that stand in the second half of postcodes.
const INWARD: [char; 20] =
    ['A', 'B', 'D', 'E', 'F', 'G', 'H', 'J', 'L', 'N', 'P', 'Q', 'R', 'S', 'T', 'U', 'W', 'X', 'Y', 'Z'];

const DISTRICTS: [&str; 9] = [
    "Town Quay",
    "Millbeck",
    "Saltergate",
    "Upper Marsh",
    "Coldharbour",
    "St Brannock's",
    "Ferry Side",
    "Newlands",
    "Holm Park",
];
const STREETS: [&str; 48] = [
    "Alderman",
    "Anchor",
    "Barley",
    "Beacon",
    "Bellfounder",
    "Blackthorn",
    "Boatyard",
    "Bobbin",
    "Bramble",
    "Canal",
    "Chandler",
    "Chapel",
    "Cinder",
    "Cooper",
    "Cotton",
    "Dray",
    "Ferry",
    "Flax",
    "Foundry",
    "Garnet",
    "Gasworks",
    "Glebe",
    "Hawthorn",
    "Heron",
    "Jubilee",
    "Kiln",
    "Lamplighter",
    "Lantern",
    "Lime",
    "Loom",
    "Malt",
    "Mariner",
    "Mercer",
    "Orchard",
    "Packhorse",
    "Pinfold",
    "Plover",
    "Quarry",
    "Rope",
    "Saddler",
    "Sandpiper",
    "Shuttle",
    "Tannery",
    "Turnpike",
    "Viaduct",
    "Weaver",
    "Wharf",
    "Willow",
];
const WAYS: [&str; 12] = [
    "Street", "Street", "Road", "Road", "Lane", "Close", "Avenue", "Terrace", "Walk", "Court", "Drive",
    "Grove",
];

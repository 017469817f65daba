//! The staff of the invented service.

use std::collections::BTreeSet;

use super::dice::Dice;
use super::names;

/// How many of the staff who sign in are advisers; they stand first.
const NAMED: usize = 4;
/// How many clients an adviser looks after, about.
const CASELOAD: usize = 80;
/// However many clients there are, there are no more advisers.
const MOST: usize = 60;

/// Somebody who works there and signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MadeUpStaff {
    /// Their name.
    pub(crate) name: &'static str,
    /// Their e-mail address.
    pub(crate) email: &'static str,
    /// The code of their role.
    pub(crate) role: &'static str,
}

/// Everybody who signs in, the advisers first.
pub(crate) const fn staff() -> &'static [MadeUpStaff; 8] {
    &STAFF
}

/// How many advisers there are for so many clients.
pub(crate) fn advisers(clients: usize) -> usize {
    (clients / CASELOAD).clamp(NAMED, MOST)
}

/// The advisers beside those who sign in: name and e-mail address of each. Nobody has to be them, but somebody looks after the
/// other clients.
pub(crate) fn colleagues(seed: u64, clients: usize) -> Vec<(String, String)> {
    let mut taken: BTreeSet<String> = STAFF.iter().map(|known| known.email.to_owned()).collect();
    let mut dice = Dice::new(seed, COLLEAGUES);
    let mut all = Vec::new();
    while all.len() < advisers(clients) - NAMED {
        let background = names::background(&mut dice);
        let name = names::full_name(&mut dice, background);
        let whole = format!("{} {}", name.first, name.last);
        let mail: String = matching::fold::fold(&whole)
            .chars()
            .map(|letter| if letter == ' ' { '.' } else { letter })
            .filter(|letter| letter.is_ascii_alphanumeric() || *letter == '.')
            .collect();
        let email = format!("{mail}@example.org");
        if taken.insert(email.clone()) {
            all.push((whole, email));
        }
    }
    all
}

const STAFF: [MadeUpStaff; 8] = [
    MadeUpStaff { name: "Ruth Calderbank", email: "ruth.calderbank@example.org", role: "adviser" },
    MadeUpStaff { name: "Imtiaz Sohrab", email: "imtiaz.sohrab@example.org", role: "adviser" },
    MadeUpStaff { name: "Bernadette Fearnley", email: "bernadette.fearnley@example.org", role: "adviser" },
    MadeUpStaff { name: "Tomos Arkwright", email: "tomos.arkwright@example.org", role: "adviser" },
    MadeUpStaff { name: "Delphine Adjei", email: "delphine.adjei@example.org", role: "receptionist" },
    MadeUpStaff { name: "Colm Rushworth", email: "colm.rushworth@example.org", role: "manager" },
    MadeUpStaff { name: "Harriet Okoro-Lunt", email: "harriet.okoro-lunt@example.org", role: "governance" },
    MadeUpStaff { name: "Marek Thistlewood", email: "marek.thistlewood@example.org", role: "administrator" },
];

/// Numbers from here on are staff's and ids, so that clients are the same however many of these were drawn.
const CODES: u64 = 1 << 40;
const IDS: u64 = 1 << 41;
const COLLEAGUES: u64 = 1 << 42;

/// The secret of somebody's code generator. It follows from the seed, so it protects nobody: for made-up people only.
pub(crate) fn code_secret(seed: u64, person: u64) -> [u8; 20] {
    drawn(&mut Dice::new(seed, CODES + person))
}

/// The id that is drawn as the `count`th: the same seed gives the same addresses.
pub(crate) fn id(seed: u64, count: u64) -> [u8; 16] {
    drawn(&mut Dice::new(seed, IDS + count))
}

fn drawn<const N: usize>(dice: &mut Dice) -> [u8; N] {
    std::array::from_fn(|_| u8::try_from(dice.between(0, 255)).unwrap_or(0))
}

//! The staff of the invented service.

use super::dice::Dice;

/// How many of the staff are advisers; they stand first.
pub(crate) const ADVISERS: usize = 4;

/// Somebody who works there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MadeUpStaff {
    /// Their name.
    pub(crate) name: &'static str,
    /// Their e-mail address.
    pub(crate) email: &'static str,
    /// The code of their role.
    pub(crate) role: &'static str,
}

/// Everybody who works there, the advisers first.
pub(crate) const fn staff() -> &'static [MadeUpStaff; 8] {
    &STAFF
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

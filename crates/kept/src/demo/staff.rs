//! The staff of the invented service.

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

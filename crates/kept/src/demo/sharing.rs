//! Consents of made-up clients, the organisations that they are about, and what was shared with them.

use casework::consents::Said;
use casework::entries::Signature;
use jiff::civil::Date;

use super::dice::Dice;
use super::story::days_before;

/// An organisation of the demo's directory.
pub(crate) struct MadeUpOrganisation {
    /// As which recipient the notice names it.
    pub(crate) named: &'static str,
    /// Its name.
    pub(crate) name: &'static str,
    /// Its public key. Nobody reads what is encrypted to it.
    pub(crate) key: &'static str,
}

/// Those that clients are asked about, and one that is given facts under a law.
pub(crate) const ORGANISATIONS: [MadeUpOrganisation; 3] = [
    MadeUpOrganisation {
        named: "adult-learning",
        name: "Northbridge Adult Learning",
        key: "age1kvyx8ze7ttgq2avzd6rf6524yu4cy0zhtmg7f3aglnmkyxywe93q4tdedh",
    },
    MadeUpOrganisation {
        named: "support-partners",
        name: "Quay Advice",
        key: "age10u7guv9qkggrdrq0fmlyz5yrckzxtahst97hcx6p45fm7t7qkvzqhk3rum",
    },
    MadeUpOrganisation {
        named: "by-law",
        name: "Northbridge Safeguarding Team",
        key: "age1kum2ts6tae5q8dr6p5ad9d23kz9xjffa9fd92xz5gttsrta9n9rs4chzzh",
    },
];

/// What a client answered when they were asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MadeUpConsent {
    /// About which organisation: its place among the demo's.
    pub(crate) organisation: usize,
    /// What they said.
    pub(crate) said: Said,
    /// The signature, if they signed.
    pub(crate) signature: Option<Signature>,
    /// Who heard it, if they did not.
    pub(crate) witness: &'static str,
    /// When.
    pub(crate) on: Date,
    /// When they took it back.
    pub(crate) withdrawn: Option<Date>,
}

/// One client in four is asked about adult learning and one in ten about an advice centre; most say yes, and some of those
/// take it back.
pub(super) fn consents(dice: &mut Dice, name: &str, registered: Date, today: Date) -> Vec<MadeUpConsent> {
    let days = u32::try_from(casework::dates::days_between(registered, today)).unwrap_or(0);
    let mut all = Vec::new();
    for (organisation, asked) in [(0, 25), (1, 10)] {
        if !dice.percent(asked) {
            continue;
        }
        let ago = dice.between(0, days);
        let said = dice.weighted(&[(78, Said::Yes), (17, Said::No), (5, Said::Later)]).unwrap_or(Said::Yes);
        let signed = dice.percent(80);
        let back = said == Said::Yes && dice.percent(14);
        let later = dice.between(0, ago);
        all.push(MadeUpConsent {
            organisation,
            said,
            signature: (signed && said == Said::Yes).then(|| Signature::Typed(name.to_owned())),
            witness: if signed { "" } else { "The colleague at the front desk" },
            on: days_before(today, ago),
            withdrawn: back.then(|| days_before(today, later)),
        });
    }
    all
}

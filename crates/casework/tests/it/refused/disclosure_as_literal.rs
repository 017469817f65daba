//! A disclosure is made by going through the gate, not by writing one down.

use casework::OrganisationId;
use casework::disclosures::{Disclosure, Ground};
use notice::{FieldId, Purpose};

fn leak(ground: Ground) -> Disclosure {
    Disclosure {
        organisation: OrganisationId::from_bytes([1; 16]),
        purpose: Purpose::Support,
        fields: vec![FieldId::known("nino")],
        ground,
    }
}

fn main() {}

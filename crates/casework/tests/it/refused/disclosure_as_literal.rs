//! A disclosure is made by going through the gate, not by writing one down.

use casework::OrganisationId;
use casework::disclosures::{Disclosure, Ground};
use notice::{FieldId, Purpose};

fn leak(ground: Ground) -> Disclosure {
    Disclosure {
        organisation: OrganisationId::from_bytes([1; 16]),
        //~^ E0451: fields `organisation`, `purpose`, `fields` and `ground` of struct `casework::disclosures::Disclosure` are private
        purpose: Purpose::Support,
        fields: vec![FieldId::known("nino")],
        ground,
    }
}

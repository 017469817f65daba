//! That a consent is in force is found out by asking it.

use casework::consents::InForce;
use casework::{EntryId, OrganisationId};
use notice::Purpose;

fn pretend() -> InForce {
    InForce {
        entry: EntryId::from_bytes([1; 16]),
        //~^ E0451: fields `entry`, `purpose` and `organisation` of struct `InForce` are private
        purpose: Purpose::Support,
        organisation: OrganisationId::from_bytes([1; 16]),
    }
}

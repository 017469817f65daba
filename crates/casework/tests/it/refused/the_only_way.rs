//! What is left: through the gate, with a ground. This compiles.

use casework::disclosures::{Asked, Blocked, Disclosure, Ground};
use notice::Notice;

fn disclosed(notice: &Notice, asked: &Asked<'_>, ground: Ground) -> Result<Disclosure, Blocked> {
    Disclosure::through(&[notice], asked, ground)
}

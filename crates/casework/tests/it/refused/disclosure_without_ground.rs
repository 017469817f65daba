//! The gate asks for a ground.

use casework::disclosures::{Asked, Disclosure};
use notice::Notice;

fn leak(notice: &Notice, asked: &Asked<'_>) {
    let _ = Disclosure::through(&[notice], asked);
    //~^ E0061: this function takes 3 arguments but 2 arguments were supplied
}

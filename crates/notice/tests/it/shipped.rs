//! The notices that the project ships.

use notice::{Catalogue, Category, FieldId, Kind, Layer, Notice, Period, Purpose};

use crate::{PROGRAMME, SERVICE};

fn service() -> Notice {
    Notice::parse(SERVICE).unwrap_or_else(|faults| panic!("{faults:#?}"))
}

fn programme() -> Notice {
    Notice::parse(PROGRAMME).unwrap_or_else(|faults| panic!("{faults:#?}"))
}

#[test]
fn the_shipped_notices_have_no_faults() {
    service();
    programme();
}

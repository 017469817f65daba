//! A receipt's field is its own.
use audit::Receipt;

fn made() -> Receipt {
    Receipt { number: 1 }
    //~^ E0451: field `number` of struct `Receipt` is private
}

//! A receipt's field is its own.
use audit::Receipt;

fn made() -> Receipt {
    Receipt { number: 1 }
}

fn main() {}

//! A receipt comes from a durable entry only.
use audit::Receipt;

fn wrapped() -> Receipt {
    Receipt(1)
}

fn none_at_all() -> Receipt {
    Receipt::default()
}

fn main() {}

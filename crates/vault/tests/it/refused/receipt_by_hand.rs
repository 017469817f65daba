//! A receipt comes from a durable entry only.
use audit::Receipt;

fn wrapped() -> Receipt {
    Receipt(1)
    //~^ E0423: expected function, tuple struct or tuple variant, found struct `Receipt`
}

fn none_at_all() -> Receipt {
    Receipt::default()
    //~^ E0599: no function or associated item named `default` found for struct `Receipt` in the current scope
}

//! A receipt is not copied, printed or written out.
use audit::Receipt;

fn copied(receipt: &Receipt) -> Receipt {
    receipt.clone()
    //~^ E0308: mismatched types
}

fn debugged(receipt: &Receipt) -> String {
    format!("{receipt:?}")
    //~^ E0277: `Receipt` doesn't implement `Debug`
}

fn displayed(receipt: &Receipt) -> String {
    receipt.to_string()
    //~^ E0599: the method `to_string` exists for reference `&Receipt`, but its trait bounds were not satisfied
}

fn written(receipt: &Receipt) -> Vec<u8> {
    serde_json::to_vec(receipt).unwrap_or_default()
    //~^ E0277: the trait bound `Receipt: serde::Serialize` is not satisfied
}

//! A receipt is not copied, printed or written out.
use audit::Receipt;

fn copied(receipt: &Receipt) -> Receipt {
    receipt.clone()
}

fn debugged(receipt: &Receipt) -> String {
    format!("{receipt:?}")
}

fn displayed(receipt: &Receipt) -> String {
    receipt.to_string()
}

fn written(receipt: &Receipt) -> Vec<u8> {
    serde_json::to_vec(receipt).unwrap_or_default()
}

fn main() {}

//! A permit is not copied, printed or written out.
use access::Permit;

fn copied(permit: &Permit) -> Permit {
    permit.clone()
}

fn debugged(permit: &Permit) -> String {
    format!("{permit:?}")
}

fn displayed(permit: &Permit) -> String {
    permit.to_string()
}

fn written(permit: &Permit) -> Vec<u8> {
    serde_json::to_vec(permit).unwrap_or_default()
}

fn main() {}

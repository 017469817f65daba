//! Personal data is not copied, printed, compared or written out.
use vault::Personal;

fn copied(personal: &Personal<String>) -> Personal<String> {
    personal.clone()
}

fn debugged(personal: &Personal<String>) -> String {
    format!("{personal:?}")
}

fn displayed(personal: &Personal<String>) -> String {
    personal.to_string()
}

fn compared(one: &Personal<String>, other: &Personal<String>) -> bool {
    one == other
}

fn written(personal: &Personal<String>) -> Vec<u8> {
    serde_json::to_vec(personal).unwrap_or_default()
}

fn main() {}

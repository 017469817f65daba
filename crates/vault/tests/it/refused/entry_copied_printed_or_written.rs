//! An entry is not copied, printed or written out.
use audit::Entry;

fn copied(entry: &Entry) -> Entry {
    entry.clone()
}

fn debugged(entry: &Entry) -> String {
    format!("{entry:?}")
}

fn displayed(entry: &Entry) -> String {
    entry.to_string()
}

fn written(entry: &Entry) -> Vec<u8> {
    serde_json::to_vec(entry).unwrap_or_default()
}

fn main() {}

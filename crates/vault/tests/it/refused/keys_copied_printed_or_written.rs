//! Keys are not copied, printed or written out.
use vault::FileKeys;

fn copied(keys: &FileKeys) -> FileKeys {
    keys.clone()
}

fn debugged(keys: &FileKeys) -> String {
    format!("{keys:?}")
}

fn written(keys: &FileKeys) -> Vec<u8> {
    serde_json::to_vec(keys).unwrap_or_default()
}

fn reached_into(keys: &FileKeys) {
    let _ = &keys.held;
}

fn main() {}

//! Keys are not copied, printed or written out.
use vault::FileKeys;

fn copied(keys: &FileKeys) -> FileKeys {
    keys.clone()
    //~^ E0308: mismatched types
}

fn debugged(keys: &FileKeys) -> String {
    format!("{keys:?}")
    //~^ E0277: `FileKeys` doesn't implement `Debug`
}

fn written(keys: &FileKeys) -> Vec<u8> {
    serde_json::to_vec(keys).unwrap_or_default()
    //~^ E0277: the trait bound `FileKeys: serde::Serialize` is not satisfied
}

fn reached_into(keys: &FileKeys) {
    let _ = &keys.held;
    //~^ E0616: field `held` of struct `FileKeys` is private
}

//! An entry is not copied, printed or written out.
use audit::Entry;

fn copied(entry: &Entry) -> Entry {
    entry.clone()
    //~^ E0308: mismatched types
}

fn debugged(entry: &Entry) -> String {
    format!("{entry:?}")
    //~^ E0277: `audit::Entry` doesn't implement `Debug`
}

fn displayed(entry: &Entry) -> String {
    entry.to_string()
    //~^ E0599: the method `to_string` exists for reference `&audit::Entry`, but its trait bounds were not satisfied
}

fn written(entry: &Entry) -> Vec<u8> {
    serde_json::to_vec(entry).unwrap_or_default()
    //~^ E0277: the trait bound `audit::Entry: serde::Serialize` is not satisfied
}

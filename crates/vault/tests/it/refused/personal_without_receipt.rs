//! Personal data leaves with a receipt only.
use audit::Entry;
use vault::Personal;

fn without(personal: Personal<String>) -> Option<String> {
    personal.release().ok()
}

fn with_an_entry_that_is_not_durable(personal: Personal<String>, entry: &Entry) -> Option<String> {
    personal.release(entry).ok()
}

fn reached_into(personal: Personal<String>) -> String {
    personal.value
}

fn dereferenced(personal: &Personal<String>) -> &str {
    &**personal
}

fn borrowed(personal: &Personal<String>) -> &str {
    personal.as_ref()
}

fn main() {}

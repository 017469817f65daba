//! Personal data leaves with a receipt only.
use audit::Entry;
use vault::Personal;

fn without(personal: Personal<String>) -> Option<String> {
    personal.release().ok()
    //~^ E0061: this method takes 1 argument but 0 arguments were supplied
}

fn with_an_entry_that_is_not_durable(personal: Personal<String>, entry: &Entry) -> Option<String> {
    personal.release(entry).ok()
    //~^ E0308: mismatched types
}

fn reached_into(personal: Personal<String>) -> String {
    personal.value
    //~^ E0616: field `value` of struct `Personal` is private
}

fn dereferenced(personal: &Personal<String>) -> &str {
    &**personal
    //~^ E0614: type `Personal<String>` cannot be dereferenced
}

fn borrowed(personal: &Personal<String>) -> &str {
    personal.as_ref()
    //~^ E0599: the method `as_ref` exists for reference `&Personal<String>`, but its trait bounds were not satisfied
}

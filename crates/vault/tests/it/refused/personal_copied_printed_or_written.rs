//! Personal data is not copied, printed, compared or written out.
use vault::Personal;

fn copied(personal: &Personal<String>) -> Personal<String> {
    personal.clone()
    //~^ E0308: mismatched types
}

fn debugged(personal: &Personal<String>) -> String {
    format!("{personal:?}")
    //~^ E0277: `Personal<std::string::String>` doesn't implement `Debug`
}

fn displayed(personal: &Personal<String>) -> String {
    personal.to_string()
    //~^ E0599: the method `to_string` exists for reference `&Personal<std::string::String>`, but its trait bounds were not satisfied
}

fn compared(one: &Personal<String>, other: &Personal<String>) -> bool {
    one == other
    //~^ E0369: binary operation `==` cannot be applied to type `&Personal<std::string::String>`
}

fn written(personal: &Personal<String>) -> Vec<u8> {
    serde_json::to_vec(personal).unwrap_or_default()
    //~^ E0277: the trait bound `Personal<std::string::String>: serde::Serialize` is not satisfied
}

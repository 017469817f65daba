//! A permit is not copied, printed or written out.
use access::Permit;

fn copied(permit: &Permit) -> Permit {
    permit.clone()
    //~^ E0308: mismatched types
}

fn debugged(permit: &Permit) -> String {
    format!("{permit:?}")
    //~^ E0277: `Permit` doesn't implement `Debug`
}

fn displayed(permit: &Permit) -> String {
    permit.to_string()
    //~^ E0599: the method `to_string` exists for reference `&Permit`, but its trait bounds were not satisfied
}

fn written(permit: &Permit) -> Vec<u8> {
    serde_json::to_vec(permit).unwrap_or_default()
    //~^ E0277: the trait bound `Permit: serde::Serialize` is not satisfied
}

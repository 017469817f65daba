//! A permit comes from the rules only.
use access::{Permit, Request};

fn called(request: Request) -> Permit {
    Permit::new(request, [0; 8])
    //~^ E0624: associated function `new` is private
}

fn none_at_all() -> Permit {
    Permit::default()
    //~^ E0599: no function or associated item named `default` found for struct `Permit` in the current scope
}

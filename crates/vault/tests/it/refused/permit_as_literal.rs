//! A permit's fields are its own: with every name right, it still cannot be written down.
use access::{Permit, Request};

fn made(request: Request) -> Permit {
    Permit { request, policy: [0; 8] }
    //~^ E0451: fields `request` and `policy` of struct `Permit` are private
}

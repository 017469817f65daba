//! A permit comes from the rules only.
use access::{Permit, Request};

fn called(request: Request) -> Permit {
    Permit::new(request, [0; 8])
}

fn none_at_all() -> Permit {
    Permit::default()
}

fn main() {}

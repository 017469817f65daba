//! Personal data stands under an entry from the beginning.
use vault::Personal;

fn without_an_entry(value: String) -> Personal<String> {
    Personal::new(value)
}

fn main() {}

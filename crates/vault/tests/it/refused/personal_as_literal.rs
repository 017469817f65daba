//! The fields of personal data are its own.
use vault::Personal;

fn made(value: String) -> Personal<String> {
    Personal { value, entry: 1 }
}

fn main() {}

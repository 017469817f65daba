//! The fields of personal data are its own.
use vault::Personal;

fn made(value: String) -> Personal<String> {
    Personal { value, entry: 1 }
    //~^ E0451: fields `value` and `entry` of struct `Personal` are private
}

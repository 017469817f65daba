//! Personal data stands under an entry from the beginning.
use vault::Personal;

fn without_an_entry(value: String) -> Personal<String> {
    Personal::new(value)
    //~^ E0061: this function takes 2 arguments but 1 argument was supplied
}

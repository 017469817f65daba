//! Chores of the workspace, run as `cargo xtask NAME`.

mod floors;
mod links;
mod promises;
mod vendor;

use std::env;
use std::process::ExitCode;

#[expect(clippy::print_stderr, reason = "a chore talks to the person who runs it")]
fn main() -> ExitCode {
    let chore = env::args().nth(1).unwrap_or_default();
    let done = match chore.as_str() {
        "vendor" => vendor::run(),
        "promises" => promises::run(env::args().any(|word| word == "--check")),
        _ => Err("which chore? vendor, promises [--check]".to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("xtask: {why}");
            ExitCode::FAILURE
        }
    }
}

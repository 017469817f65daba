//! Writes a notice as DPV JSON-LD, for the foreign check in `tests/dpv`: `cargo run -q -p notice --example dpv -- FILE`.

use std::process::ExitCode;

use notice::Notice;

fn main() -> ExitCode {
    let Some(path) = std::env::args().nth(1) else { return failed("Give the path of a notice.") };
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) => return failed(&format!("{path} cannot be read: {error}")),
    };
    match Notice::parse(&text) {
        Ok(notice) => {
            write(std::io::stdout(), &format!("{:#}", notice::render::dpv(&notice)));
            ExitCode::SUCCESS
        }
        Err(faults) => {
            let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
            failed(&faults.join("\n"))
        }
    }
}

fn failed(why: &str) -> ExitCode {
    write(std::io::stderr(), why);
    ExitCode::FAILURE
}

/// Nobody is there to be told if this fails, too.
fn write(mut to: impl std::io::Write, text: &str) {
    let _ = writeln!(to, "{text}");
}

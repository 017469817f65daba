//! What is printed: results on standard output, complaints and progress on standard error.

use std::io::{IsTerminal as _, Write as _};

/// Prints a line of the result. A reader that has gone (`| head`) is no fault.
pub(crate) fn line(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{text}").and_then(|()| out.flush());
}

/// Says in one line what went wrong and what to do.
pub(crate) fn complain(text: &str) {
    let one = text.split('\n').map(str::trim).filter(|l| !l.is_empty()).collect::<Vec<_>>().join("; ");
    let _ = writeln!(std::io::stderr().lock(), "kept: {one}");
}

/// Says on a terminal how far something is; empty text ends it. Elsewhere it says nothing.
pub(crate) fn progress(text: &str) {
    let mut err = std::io::stderr().lock();
    if err.is_terminal() {
        let _ = write!(err, "\r\x1b[2K{text}").and_then(|()| err.flush());
    }
}

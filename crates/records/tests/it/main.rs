//! The service's sentences on both engines: the same scenarios, written once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test that cannot go on must say so"
)]

mod api_tokens;
mod appointments;
mod bench;
mod caseloads;
mod consents;
mod documents;
mod duplicates;
mod erasures;
mod export;
mod figures;
mod files;
mod imports;
mod messages;
mod post;
mod programmes;
mod registers;
mod requests;
mod retention;
mod signing_in;
mod sweeps;
mod moving_in;
mod written;

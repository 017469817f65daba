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
mod erasures;
mod export;
mod files;
mod messages;
mod post;
mod retention;
mod signing_in;
mod written;

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
mod bucket;
mod caseloads;
mod choosing;
mod consents;
mod copies;
mod documents;
mod duplicates;
mod endings;
mod erasures;
mod export;
mod figures;
mod files;
mod imports;
mod layers;
mod messages;
mod moved;
mod moving_in;
mod notices_told;
mod pdf;
mod post;
mod programmes;
#[path = "../../../messages/tests/support/python.rs"]
mod python;
#[path = "../../../messages/tests/support/receiver.rs"]
mod receiver;
mod registers;
mod requests;
mod retention;
mod returns;
#[path = "../s3/store.rs"]
mod s3;
mod signing_in;
mod sweeps;
mod taking_in;
mod tampered;
mod webhooks;
mod written;

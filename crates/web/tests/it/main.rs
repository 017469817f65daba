//! Every route of the table, called as a browser would and as it never should be.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test that cannot go on must say so"
)]

mod api;
mod api_referrals;
mod appointments;
mod bench;
mod closures;
mod documents;
mod duplicates;
mod erasing;
mod failing;
mod figures;
mod forms;
mod imports;
mod lists;
mod programmes;
mod registers;
mod requests;
mod sharing;
mod table;
mod taking_in;
mod webhooks;

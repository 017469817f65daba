//! The log on both engines: durable before it says so, and every tampering found.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test that cannot go on must say so"
)]

mod checkpoints;
mod crowd;
mod desk;
mod faults;
mod killed;
mod older;
mod outbox;
mod proofs;
mod schema;
mod tampering;
mod who;

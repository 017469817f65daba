//! The vault with real permits and real audit entries, on both engines.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "what the tests share is not a test in clippy's eyes"
)]

mod desk;
mod killed;
mod personal;
mod sealing;
mod stolen;
mod types;

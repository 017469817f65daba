//! The program as somebody at a console meets it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr
)]

mod backups;
mod bringing;
mod bucket;
mod canary;
mod figures;
mod killed;
mod matching;
mod notices;
mod programmes;
#[path = "../../../messages/tests/support/python.rs"]
mod python;
#[path = "../../../messages/tests/support/receiver.rs"]
mod receiver;
mod running;
#[path = "../../../records/tests/s3/store.rs"]
mod s3;
mod sending;
mod service;
mod site;
mod webhooks;
mod wrong;

use std::path::Path;
use std::process::{Command, Output};

/// The program, about the service in `folder`.
fn kept(folder: &Path, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_kept"))
        .args(words)
        .env("KEPT_CONFIG", folder.join("kept.toml"))
        .output()
        .unwrap()
}

/// What it printed, when all went well.
fn well(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{} {said} {}", output.status, printed(output));
    printed(output)
}

fn printed(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The one line on standard error of a command that ended with 1.
fn complaint(output: &Output) -> String {
    let said = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}{}", printed(output));
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.starts_with("kept: ") && !said.contains("panicked"), "{said}");
    said
}

/// A new service in a folder of its own.
fn service() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    well(&kept(folder.path(), &["init", folder.path().to_str().unwrap()]));
    folder
}

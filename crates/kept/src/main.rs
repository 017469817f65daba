//! The program `kept`: its commands, and how a service is put together from the crates below.
//!
//! Each command stands in its file under `commands`; what runs a service stands in `serving`; where a service keeps its
//! things is read by `config`; `messages` sends to clients. `demo` makes up people. To add a command, write its file and give it its line in `cli`.
//!
//! A command ends with 0, with 1 when something is wrong (a line on standard error says what and what to do, one for each fault of a file), with 2
//! when it was called in a way that it does not know.

mod bench;
mod cli;
mod commands;
mod config;
mod databases;
mod demo;
mod fail;
mod messages;
mod office;
mod output;
mod serving;
mod webhooks;
mod written;

use std::process::ExitCode;

use clap::Parser as _;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let called = cli::Kept::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            output::complain(&format!(
                "The system gives no threads: {error}. Close something and try again."
            ));
            return ExitCode::from(1);
        }
    };
    let ended = runtime.block_on(called.run());
    // Work that was abandoned half-way must not keep the program open.
    runtime.shutdown_timeout(std::time::Duration::from_secs(2));
    match ended {
        Ok(code) => code,
        Err(fail) => {
            fail.complain();
            ExitCode::from(1)
        }
    }
}

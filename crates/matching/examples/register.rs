//! How much memory a register of made-up people takes, and how quick it answers: `cargo run --release -p matching --example
//! register [PEOPLE]`.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    dead_code,
    missing_docs,
    unreachable_pub
)]

use std::time::Instant;

use matching::duplicates::Register;

#[path = "../tests/it/made_up.rs"]
mod made_up;

/// The memory of this process in bytes.
fn memory() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").expect("a system that says");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("a line of memory");
    line.split_whitespace().next().and_then(|n| n.parse::<usize>().ok()).expect("a number") * 1024
}

fn main() {
    let count: usize = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(100_000);
    let (records, _) = made_up::register(count, 5);
    let key = |at: usize| {
        let mut key = [0; 16];
        key[..8].copy_from_slice(&(at as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes());
        key
    };
    let (before, begun) = (memory(), Instant::now());
    let mut register = Register::new();
    for (at, record) in records.iter().enumerate() {
        register.insert(key(at), record);
    }
    let (took, held) = (begun.elapsed(), memory().saturating_sub(before));
    println!("{} people in {took:.1?}: {} bytes each", register.len(), held / register.len());
    let mut times = Vec::new();
    for record in records.iter().step_by(records.len() / 500 + 1) {
        let begun = Instant::now();
        assert!(!register.candidates(record, 0.5, 10).is_empty());
        times.push(begun.elapsed());
    }
    times.sort_unstable();
    let at = |share: usize| times[(times.len() - 1) * share / 100];
    println!("a new one against all: p50 {:.1?}, p95 {:.1?}, max {:.1?}", at(50), at(95), at(100));
}

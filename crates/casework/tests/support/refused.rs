//! Programs that must not compile, each refused for the reasons that it gives itself.
//!
//! A reason is the compiler's code and words: `//~ E0451: field ...` in the line that is refused, or `//~^ E0451: field ...`
//! below it. A program that gives none has to compile: it shows that the others are not refused for want of a library.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what the tests share is not a test in clippy's eyes"
)]

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Compiles every program in the crate's `tests/it/refused` with `subject`, the crate under test, and `others` that it
/// was built with.
pub(crate) fn each_for_its_reasons(subject: &str, others: &[&str]) {
    let libraries = libraries(subject, others);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/refused");
    let (mut refused, mut compiled, mut wrong) = (0, 0, String::new());
    for entry in std::fs::read_dir(&folder).unwrap() {
        let program = entry.unwrap().path();
        let (expected, found) =
            (reasons(&std::fs::read_to_string(&program).unwrap()), errors(&program, &libraries));
        if expected.is_empty() {
            compiled += 1;
        } else {
            refused += 1;
        }
        if expected != found {
            wrong += &format!("{}\n  expected {expected:#?}\n  found {found:#?}\n", program.display());
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(refused > 0 && compiled > 0, "{refused} programs have to be refused, {compiled} to compile");
}

/// The reasons that a program gives, with their lines.
fn reasons(text: &str) -> Vec<(usize, String)> {
    let reason = |(line, text): (usize, &str)| {
        let (_, reason) = text.split_once("//~")?;
        let words = reason.trim_start_matches('^');
        Some((line + 1 - (reason.len() - words.len()), words.trim().to_owned()))
    };
    let mut reasons: Vec<_> = text.lines().enumerate().filter_map(reason).collect();
    reasons.sort();
    reasons
}

/// What the compiler finds wrong, with the lines.
fn errors(program: &Path, libraries: &Libraries) -> Vec<(usize, String)> {
    let output = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
        .args([
            "--edition=2024",
            "--crate-type=lib",
            "--emit=metadata",
            "--error-format=json",
            "--cap-lints=allow",
        ])
        .args(["--out-dir", env!("CARGO_TARGET_TMPDIR")])
        .arg("-L")
        .arg(format!("dependency={}", libraries.folder.display()))
        .args(&libraries.named)
        .arg(program)
        .output()
        .expect("the compiler is there");
    let said = String::from_utf8(output.stderr).unwrap();
    let mut errors: Vec<_> =
        said.lines().filter_map(|line| error(&serde_json::from_str(line).unwrap())).collect();
    errors.sort();
    assert_eq!(output.status.success(), errors.is_empty(), "{}: {said}", program.display());
    errors
}

fn error(said: &Value) -> Option<(usize, String)> {
    let words = said["message"].as_str()?;
    // The last one only counts the others.
    if said["level"] != "error" || words.starts_with("aborting due to ") {
        return None;
    }
    let spans = said["spans"].as_array()?.iter().filter(|span| span["is_primary"] == true);
    let line = spans.filter_map(|span| span["line_start"].as_u64()).min().unwrap_or(0);
    let code = said["code"]["code"].as_str().unwrap_or("error");
    Some((usize::try_from(line).unwrap(), format!("{code}: {words}")))
}

/// The libraries that this test was built with.
struct Libraries {
    folder: PathBuf,
    /// What the compiler is told about them.
    named: Vec<String>,
}

/// Cargo keeps a library under several names if it was built with several sets of features. What this test was built with
/// is not older than any change of the source, so the newest of its subject was made from that source, too; and a library
/// names those that it was made with.
fn libraries(subject: &str, others: &[&str]) -> Libraries {
    let folder = std::env::current_exe().unwrap().parent().unwrap().to_owned();
    let kept = |name: &str| -> Vec<PathBuf> {
        let begins = format!("lib{name}-");
        let paths = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
        paths
            .filter(|path| {
                let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
                name.starts_with(&begins) && name.ends_with(".rmeta") && path.with_extension("rlib").exists()
            })
            .collect()
    };
    let newest = kept(subject).into_iter().max_by_key(|path| path.metadata().unwrap().modified().unwrap());
    let newest = newest.unwrap_or_else(|| panic!("no library of {subject} in {}", folder.display()));
    let made_of = std::fs::read(&newest).unwrap();
    let made_of = String::from_utf8_lossy(&made_of);
    let mut named = vec!["--extern".to_owned(), format!("{subject}={}", newest.display())];
    for other in others {
        let its = |path: &PathBuf| {
            let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
            made_of.contains(stem.trim_start_matches("lib").trim_start_matches(other))
        };
        let path = kept(other).into_iter().find(its);
        let path = path.unwrap_or_else(|| panic!("{} was not made with {other}", newest.display()));
        named.extend(["--extern".to_owned(), format!("{other}={}", path.display())]);
    }
    Libraries { folder, named }
}

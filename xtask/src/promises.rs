//! The page docs/promises.md: each promise of the notice with the tests that prove it.
//!
//! A test says what it proves by a line `// promise: P16` directly above it. A promise that is due and has no test fails,
//! and so does such a line above anything else than a test: a proof must not get lost unnoticed.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{fs, io};

use serde::Deserialize;

#[derive(Deserialize)]
struct Promises {
    promise: Vec<Promise>,
}

#[derive(Deserialize)]
struct Promise {
    id: String,
    part: String,
    says: String,
    #[serde(default)]
    due: bool,
    /// What is not there yet of a promise that is due.
    open: Option<String>,
}

/// Writes the page, or with `check` fails if it is not what it should be.
pub(crate) fn run(check: bool) -> Result<(), String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let list = fs::read_to_string(root.join("docs/promises.toml"))
        .map_err(|e| format!("docs/promises.toml: {e}"))?;
    let promises: Promises = toml::from_str(&list).map_err(|e| format!("docs/promises.toml: {e}"))?;
    let mut proofs: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    let mut files = Vec::new();
    for folder in ["crates", "tests"] {
        sources(&root.join(folder), &mut files).map_err(|e| format!("{folder}: {e}"))?;
    }
    files.sort();
    for file in files {
        let text = fs::read_to_string(&file).map_err(|e| format!("{}: {e}", file.display()))?;
        let name = file.strip_prefix(&root).unwrap_or(&file).display().to_string();
        for (promise, test) in
            claims(&text).map_err(|line| format!("{name}:{line} claims a promise, and no test follows"))?
        {
            proofs.entry(promise).or_default().push((name.clone(), test));
        }
    }
    let unknown = proofs.keys().find(|id| promises.promise.iter().all(|p| p.id != **id));
    if let Some(id) = unknown {
        return Err(format!("a test claims promise {id}, which docs/promises.toml does not have"));
    }
    let unproved = promises.promise.iter().find(|p| p.due && !proofs.contains_key(&p.id));
    if let Some(promise) = unproved {
        return Err(format!("promise {} is due and no test proves it", promise.id));
    }
    let page = page(&promises.promise, &proofs);
    let path = root.join("docs/promises.md");
    if !check {
        return fs::write(path, page).map_err(|e| format!("docs/promises.md: {e}"));
    }
    if fs::read_to_string(path).is_ok_and(|kept| kept == page) {
        Ok(())
    } else {
        Err("docs/promises.md is not up to date: run `cargo xtask promises`".to_owned())
    }
}

fn sources(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default();
        if path.is_dir() && name != "node_modules" && name != "target" {
            sources(&path, files)?;
        } else if matches!(path.extension().and_then(|e| e.to_str()), Some("rs" | "mjs")) {
            files.push(path);
        }
    }
    Ok(())
}

/// The promises that tests of a file claim, each with the test's name; or the line of a claim that no test follows.
fn claims(text: &str) -> Result<Vec<(String, String)>, usize> {
    let (mut claims, mut waiting) = (Vec::new(), Vec::new());
    let (mut since, mut marked) = (0, false);
    for (number, line) in text.lines().map(str::trim).enumerate() {
        if let Some(rest) = line.strip_prefix("// promise: ") {
            since = number + 1;
            waiting.extend(rest.split([',', ' ']).filter(|id| id.starts_with('P')).map(str::to_owned));
        } else if line.starts_with("#[") {
            marked |= line.starts_with("#[test]") || line.starts_with("#[tokio::test");
        } else if !(line.starts_with("//") || line.is_empty()) {
            if !waiting.is_empty() {
                let name = rust_test(line).filter(|_| marked).or_else(|| script_test(line)).ok_or(since)?;
                claims.extend(waiting.drain(..).map(|id| (id, name.clone())));
            }
            marked = false;
        }
    }
    if waiting.is_empty() { Ok(claims) } else { Err(since) }
}

fn rust_test(line: &str) -> Option<String> {
    let rest = line.strip_prefix("async fn ").or_else(|| line.strip_prefix("fn "))?;
    rest.split(['(', '<']).next().map(|name| name.replace('_', " "))
}

fn script_test(line: &str) -> Option<String> {
    let rest = line.strip_prefix("test(")?;
    let quote = rest.chars().next().filter(|c| matches!(c, '\'' | '"' | '`'))?;
    rest.split(quote).nth(1).map(str::to_owned)
}

fn page(promises: &[Promise], proofs: &BTreeMap<String, Vec<(String, String)>>) -> String {
    let mut text = String::from(
        "# Promises\n\nThe notice as numbered promises, each with the tests that prove it. Made by `cargo xtask promises`.\n",
    );
    let proved = promises.iter().filter(|p| proofs.contains_key(&p.id)).count();
    let _ = writeln!(
        text,
        "\n{proved} of {} have tests; a promise counts as kept when its issue is done (`due`).",
        promises.len()
    );
    for promise in promises {
        let _ = writeln!(text, "\n## {}: {}\n\n{}\n", promise.id, promise.part, promise.says);
        match proofs.get(&promise.id) {
            None => text.push_str("- open: no test yet\n"),
            Some(tests) => {
                let _ = match &promise.open {
                    _ if !promise.due => writeln!(text, "partly: the rest is open\n"),
                    Some(rest) => writeln!(text, "kept, but for {rest}\n"),
                    None => writeln!(text, "kept\n"),
                };
                for (file, test) in tests {
                    let _ = writeln!(text, "- {test} (`{file}`)");
                }
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_belongs_to_the_test_below_it() {
        let text = "// promise: P1\n// promise: P4\n#[tokio::test]\nasync fn it_holds() {\n}\n#[test]\nfn other() {}\n// promise: P2\ntest('in a browser', async () => {\n// promise: P3\ntest(`of ${many}`, () =>";
        let found = claims(text).unwrap();
        let found: Vec<(&str, &str)> = found.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        let expected = [("P1", "it holds"), ("P4", "it holds"), ("P2", "in a browser"), ("P3", "of ${many}")];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_claim_above_something_else_is_a_fault() {
        for (text, line) in [
            ("#[test]\nfn a() {}\n// promise: P9\nlet x = 1;\n#[test]\nfn other() {}", 3),
            ("// promise: P9\nfn no_test() {}", 1),
            ("\n// promise: P9\n", 2),
        ] {
            assert_eq!(claims(text), Err(line), "{text}");
        }
    }
}

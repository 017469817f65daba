//! The page docs/promises.md: each promise of the notice with the tests that prove it.
//!
//! A test says what it proves by a line `// promise: P16` directly above it. A promise that is due and has no test fails.

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
        for (promise, test) in claims(&text) {
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

/// The promises that tests of a file claim, each with the test's name.
fn claims(text: &str) -> Vec<(String, String)> {
    let (mut claims, mut waiting) = (Vec::new(), Vec::new());
    for line in text.lines().map(str::trim) {
        if let Some(rest) = line.strip_prefix("// promise: ") {
            waiting.extend(rest.split([',', ' ']).filter(|id| id.starts_with('P')).map(str::to_owned));
        } else if let Some(name) = test_name(line) {
            claims.extend(waiting.drain(..).map(|id| (id, name.clone())));
        } else if !(line.starts_with("#[") || line.starts_with("//") || line.is_empty()) {
            waiting.clear();
        }
    }
    claims
}

fn test_name(line: &str) -> Option<String> {
    let rust = line.strip_prefix("async fn ").or_else(|| line.strip_prefix("fn "));
    if let Some(rest) = rust {
        return rest.split(['(', '<']).next().map(|name| name.replace('_', " "));
    }
    let rest = line.strip_prefix("test('").or_else(|| line.strip_prefix("test(\""))?;
    rest.split(['\'', '"']).next().map(str::to_owned)
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
                let state = if promise.due { "kept" } else { "partly: the rest is open" };
                let _ = writeln!(text, "{state}\n");
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
        let text = "// promise: P1\n// promise: P4\n#[tokio::test]\nasync fn it_holds() {\n}\n// promise: P9\nlet x = 1;\n#[test]\nfn other() {}\n// promise: P2\ntest('in a browser', async () => {";
        let found = claims(text);
        let found: Vec<(&str, &str)> = found.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        assert_eq!(found, [("P1", "it holds"), ("P4", "it holds"), ("P2", "in a browser")]);
    }
}

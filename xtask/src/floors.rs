//! The house stands on its floors: a crate imports only what stands below it, and the ground floor is pure.

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    /// From the ground up.
    const HOUSE: [&str; 13] = [
        "matching",
        "statistics",
        "notice",
        "casework",
        "press",
        "store",
        "access",
        "audit",
        "vault",
        "messages",
        "records",
        "web",
        "kept",
    ];

    fn upward(name: &str, manifest: &toml::Table) -> Vec<String> {
        let height = |name: &str| HOUSE.iter().position(|floor| *floor == name);
        let own = height(name);
        imports(manifest)
            .into_iter()
            .filter(|import| height(import).is_some_and(|other| Some(other) > own))
            .collect()
    }

    /// What a manifest imports, under the name that the crate really has.
    fn imports(manifest: &toml::Table) -> Vec<String> {
        let platforms =
            manifest.get("target").and_then(|t| t.as_table()).into_iter().flat_map(|t| t.values());
        let mut parts: Vec<&toml::Table> = platforms.filter_map(|p| p.as_table()).collect();
        parts.push(manifest);
        let sections = ["dependencies", "dev-dependencies", "build-dependencies"];
        let tables = parts.iter().flat_map(|part| sections.iter().filter_map(|s| part.get(*s)?.as_table()));
        tables
            .flatten()
            .map(|(name, value)| value.get("package").and_then(|p| p.as_str()).unwrap_or(name).to_owned())
            .collect()
    }

    fn manifest_of(name: &str) -> toml::Table {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates").join(name).join("Cargo.toml");
        std::fs::read_to_string(path).unwrap().parse().unwrap()
    }

    fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, found);
            } else if path.extension().is_some_and(|e| e == "rs") {
                found.push(path);
            }
        }
    }

    #[test]
    fn no_crate_imports_what_stands_above_it() {
        let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates");
        let mut seen = 0;
        for entry in std::fs::read_dir(crates).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            assert!(HOUSE.contains(&name.as_str()), "{name} has no floor yet");
            assert_eq!(upward(&name, &manifest_of(&name)), Vec::<String>::new(), "{name} imports upwards");
            seen += 1;
        }
        assert_eq!(seen, HOUSE.len());
    }

    #[test]
    fn an_upward_import_is_found() {
        let manifest: toml::Table =
            "[dependencies]\nweb.workspace = true\nnotice.workspace = true".parse().unwrap();
        assert_eq!(upward("records", &manifest), ["web"]);
        let renamed: toml::Table =
            "[target.'cfg(unix)'.dev-dependencies]\npages = { package = \"web\" }".parse().unwrap();
        assert_eq!(upward("records", &renamed), ["web"]);
    }

    #[test]
    fn the_ground_floor_does_no_input_or_output_and_reads_no_clock() {
        // What it may import besides its own floor; to add a crate here, be sure that it is pure.
        const PURE: [&str; 20] = [
            "csv",
            "hex",
            "hmac",
            "jiff",
            "krilla",
            "matching",
            "microlp",
            "notice",
            "rphonetic",
            "serde",
            "serde_json",
            "sha2",
            "skrifa",
            "strsim",
            "thiserror",
            "toml",
            "unicode-linebreak",
            "unicode-normalization",
            "uuid",
            "zeroize",
        ];
        const REACHING: [&str; 10] = [
            "std::fs",
            "std::net",
            "std::process",
            "std::env::",
            "SystemTime",
            "Instant::now",
            "Timestamp::now",
            "Zoned::now",
            "new_v4",
            "thread_rng",
        ];
        for name in ["matching", "statistics", "notice", "casework", "press"] {
            for import in manifest_of(name)["dependencies"].as_table().unwrap().keys() {
                assert!(PURE.contains(&import.as_str()), "{name} imports {import}");
            }
            let mut files = Vec::new();
            sources(
                &Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates").join(name).join("src"),
                &mut files,
            );
            assert!(!files.is_empty());
            for file in files {
                let text = std::fs::read_to_string(&file).unwrap();
                let code = text.split("#[cfg(test)]").next().unwrap();
                let tests = file.file_name().is_some_and(|n| n == "tests.rs");
                for word in REACHING {
                    assert!(tests || !code.contains(word), "{} uses {word}", file.display());
                }
            }
        }
    }

    #[test]
    fn every_dependency_of_the_workspace_is_explained() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let manifest: toml::Table =
            std::fs::read_to_string(root.join("Cargo.toml")).unwrap().parse().unwrap();
        let page = std::fs::read_to_string(root.join("docs/dependencies.md")).unwrap();
        let listed = manifest["workspace"]["dependencies"].as_table().unwrap().keys();
        let mut listed: Vec<&str> = listed.map(String::as_str).filter(|name| !HOUSE.contains(name)).collect();
        listed.sort_unstable();
        let crates = page.split("\n## ").next().unwrap();
        let rows = crates.lines().filter_map(|line| line.strip_prefix("| ")?.split(" |").next());
        let mut told: Vec<&str> = rows.filter(|name| !matches!(*name, "crate" | "---")).collect();
        told.sort_unstable();
        assert_eq!(told, listed, "the rows of docs/dependencies.md and the dependencies in Cargo.toml");
    }
}

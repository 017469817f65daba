//! The house stands on its floors: a crate imports only what stands below it.

#[cfg(test)]
mod tests {
    use std::path::Path;

    /// From the ground up.
    const HOUSE: [&str; 10] =
        ["matching", "notice", "casework", "store", "access", "audit", "vault", "records", "web", "kept"];

    fn upward(name: &str, manifest: &toml::Table) -> Vec<String> {
        let height = |name: &str| HOUSE.iter().position(|floor| *floor == name);
        let own = height(name);
        ["dependencies", "dev-dependencies", "build-dependencies"]
            .iter()
            .filter_map(|section| manifest.get(*section)?.as_table())
            .flat_map(|section| section.keys())
            .filter(|import| height(import).is_some_and(|other| Some(other) > own))
            .cloned()
            .collect()
    }

    #[test]
    fn no_crate_imports_what_stands_above_it() {
        let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates");
        let mut seen = 0;
        for entry in std::fs::read_dir(crates).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            assert!(HOUSE.contains(&name.as_str()), "{name} has no floor yet");
            let manifest: toml::Table =
                std::fs::read_to_string(path.join("Cargo.toml")).unwrap().parse().unwrap();
            assert_eq!(upward(&name, &manifest), Vec::<String>::new(), "{name} imports upwards");
            seen += 1;
        }
        assert_eq!(seen, HOUSE.len());
    }

    #[test]
    fn an_upward_import_is_found() {
        let manifest: toml::Table =
            "[dependencies]\nweb.workspace = true\nnotice.workspace = true".parse().unwrap();
        assert_eq!(upward("records", &manifest), ["web"]);
    }

    #[test]
    fn every_dependency_of_the_workspace_is_explained() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let manifest: toml::Table =
            std::fs::read_to_string(root.join("Cargo.toml")).unwrap().parse().unwrap();
        let page = std::fs::read_to_string(root.join("docs/dependencies.md")).unwrap();
        let listed = manifest["workspace"]["dependencies"].as_table().unwrap().keys();
        for name in listed.filter(|name| !HOUSE.contains(&name.as_str())) {
            assert!(page.contains(&format!("| {name} |")), "docs/dependencies.md has no row for {name}");
        }
    }
}

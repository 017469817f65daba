//! The documents lead where they say: every relative link is to something that exists.

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    fn links(text: &str) -> Vec<String> {
        let after = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        let targets = after.filter_map(|target| target.split('#').next());
        targets.filter(|target| !target.is_empty() && !target.contains("://")).map(str::to_owned).collect()
    }

    fn documents(root: &Path) -> Vec<PathBuf> {
        ["", "docs", "docs/decisions"]
            .iter()
            .flat_map(|folder| std::fs::read_dir(root.join(folder)).unwrap())
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|e| e == "md"))
            .collect()
    }

    #[test]
    fn every_link_of_the_documents_leads_somewhere() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let documents = documents(&root);
        assert!(documents.len() > 10);
        let mut dead = Vec::new();
        for document in documents {
            for link in links(&std::fs::read_to_string(&document).unwrap()) {
                if !document.parent().unwrap().join(&link).exists() {
                    dead.push(format!("{}: {link}", document.display()));
                }
            }
        }
        assert!(dead.is_empty(), "{dead:#?}");
    }

    #[test]
    fn links_are_found_and_addresses_left_alone() {
        assert_eq!(links("[a](b.md#c) ![d](e/f.png) [g](https://example.org) [h](#i)"), ["b.md", "e/f.png"]);
    }
}

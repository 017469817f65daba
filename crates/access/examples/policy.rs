//! Makes policies/kept.cedar and docs/access.md from policies/access.csv.

use std::path::Path;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let csv = std::fs::read_to_string(root.join("policies/access.csv"))?;
    let lines = access::lines(&csv)?;
    std::fs::write(root.join("policies/kept.cedar"), access::cedar(&lines))?;
    std::fs::write(root.join("docs/access.md"), access::page(&lines))?;
    Ok(())
}

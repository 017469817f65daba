//! Makes policies/kept.cedar from policies/access.csv.

use std::path::Path;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies");
    let csv = std::fs::read_to_string(folder.join("access.csv"))?;
    std::fs::write(folder.join("kept.cedar"), access::cedar(&access::lines(&csv)?))?;
    Ok(())
}

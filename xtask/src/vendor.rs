//! `cargo xtask vendor`: fetches the two front-end packages Kept serves itself and prepares them.
//!
//! Needs `npm` and a network; nothing else in the build does, because the prepared files are
//! committed. Packages are pinned, install scripts never run, and every file written is listed with
//! its SHA-256 in `manifest.txt`, which a test of the `web` crate checks.
//!
//! The Government Digital Service licenses GOV.UK Frontend's code (MIT), but not its typeface nor the
//! royal arms to services outside gov.uk. Both are cut out here, before a file reaches the repository.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io, process};

use sha2::{Digest, Sha256};

const FRONTEND: &str = "govuk-frontend@6.6.0";
const FONT: &str = "@fontsource-variable/source-sans-3@5.3.0";
const FONT_FILE: &str = "source-sans-3-latin-wght-normal.woff2";

/// The npm package holds no licence file, only `"license": "MIT"`; this is the repository's.
const FRONTEND_LICENCE: &str = include_str!("vendor/govuk-frontend-LICENCE.txt");

/// Fetches, prepares and writes the vendored files.
///
/// # Errors
/// When npm fails or a package does not look as expected: then nothing is written.
pub(crate) fn run() -> Result<(), String> {
    let fetched = env::temp_dir().join(format!("kept-vendor-{}", process::id()));
    let done = fetch(&fetched).and_then(|()| prepare(&fetched.join("node_modules")));
    let swept = fs::remove_dir_all(&fetched);
    let files = done?;
    swept.map_err(|e| format!("could not remove {}: {e}", fetched.display()))?;
    write(&files).map_err(|e| format!("could not write the vendored files: {e}"))
}

fn fetch(into: &Path) -> Result<(), String> {
    fs::create_dir_all(into).map_err(|e| format!("could not make {}: {e}", into.display()))?;
    let status = Command::new("npm")
        .args(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-save", "--prefix"])
        .arg(into)
        .args([FRONTEND, FONT])
        .status()
        .map_err(|e| format!("could not start npm ({e}): install Node.js, then run again"))?;
    if status.success() { Ok(()) } else { Err(format!("npm ended with {status}")) }
}

type File = (&'static str, Vec<u8>);

fn prepare(modules: &Path) -> Result<Vec<File>, String> {
    let govuk = modules.join("govuk-frontend/dist/govuk");
    let font = modules.join("@fontsource-variable/source-sans-3");
    let script = text(&govuk.join("govuk-frontend.min.js"))?;
    Ok(vec![
        ("govuk-frontend.min.css", unbranded(&text(&govuk.join("govuk-frontend.min.css"))?)?.into_bytes()),
        ("govuk-frontend.min.js", without_source_map(&script).into_bytes()),
        ("govuk-frontend-LICENCE.txt", FRONTEND_LICENCE.as_bytes().to_vec()),
        (FONT_FILE, bytes(&font.join("files").join(FONT_FILE))?),
        ("source-sans-3-OFL.txt", bytes(&font.join("LICENSE"))?),
    ])
}

/// The stylesheet without the typeface and the royal arms.
fn unbranded(css: &str) -> Result<String, String> {
    let css = cut_blocks(css, "@font-face{");
    let css = cut_blocks(&css, ".govuk-footer__crown{");
    let css = css
        .replace("GDS Transport,arial,sans-serif", "var(--app-font)")
        .replace("url(/assets/images/govuk-crest.svg)", "none");
    let css = without_source_map(&css);
    match ["GDS Transport", "crown", "crest", "url(/"].into_iter().find(|mark| css.contains(mark)) {
        Some(mark) => Err(format!("the stylesheet still names {mark:?}: teach vendor.rs the new form")),
        None => Ok(css),
    }
}

/// Drops every rule that opens with `opening` (none of them nests).
fn cut_blocks(css: &str, opening: &str) -> String {
    let mut kept = String::with_capacity(css.len());
    let mut rest = css;
    while let Some((before, after)) = rest.split_once(opening) {
        kept.push_str(before);
        rest = after.split_once('}').map_or("", |(_, tail)| tail);
    }
    kept.push_str(rest);
    kept
}

/// The maps are not vendored, so the pointer to them would be a 404 in every developer's console.
fn without_source_map(source: &str) -> String {
    let cut =
        ["/*# sourceMappingURL", "//# sourceMappingURL"].iter().filter_map(|mark| source.rfind(mark)).min();
    let body = cut.and_then(|at| source.get(..at)).unwrap_or(source);
    format!("{}\n", body.trim_end())
}

fn write(files: &[File]) -> io::Result<()> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../crates/web/assets/vendor");
    fs::create_dir_all(&folder)?;
    let mut manifest = format!("# {FRONTEND} (MIT), {FONT} (OFL-1.1); written by `cargo xtask vendor`\n");
    for (name, content) in files {
        fs::write(folder.join(name), content)?;
        for byte in Sha256::digest(content) {
            // Writing to a String cannot fail.
            let _ = write!(manifest, "{byte:02x}");
        }
        let _ = writeln!(manifest, "  {name}");
    }
    fs::write(folder.join("manifest.txt"), manifest)
}

fn text(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|e| format!("could not read {}: {e}", path.display()))
}

fn bytes(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|e| format!("could not read {}: {e}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typeface_and_royal_arms_are_cut_and_the_rest_stays() {
        let css = "a{b:c}@font-face{font-family:GDS Transport;src:url(/assets/x)}\
                   .x{font-family:GDS Transport,arial,sans-serif}.govuk-footer__crown{margin:0}\
                   .y{background:url(/assets/images/govuk-crest.svg)}/*# sourceMappingURL=z */";
        assert_eq!(
            unbranded(css).as_deref(),
            Ok("a{b:c}.x{font-family:var(--app-font)}.y{background:none}\n")
        );
    }

    #[test]
    fn a_mark_in_a_new_form_is_refused() {
        assert!(unbranded(".new-crown{color:red}").is_err());
    }
}

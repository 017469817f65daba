//! Files of text that commands read, however they were written: UTF-8 with or without a mark, UTF-16, Windows-1252.

use std::io::Read as _;
use std::path::Path;

use casework::import::text::{Decoded, look};

use crate::fail::Fail;

/// A table as UTF-8 without a mark.
pub(crate) fn table(path: &Path) -> Result<Vec<u8>, Fail> {
    let bytes = std::fs::read(path).map_err(Fail::file("read", path))?;
    let said = |what: String| Fail::said(format!("{}: {what}", path.display()));
    let written = look(bytes.as_slice()).map_err(|fault| said(fault.to_string()))?;
    let mut text = Vec::with_capacity(bytes.len());
    Decoded::new(bytes.as_slice(), written.encoding)
        .read_to_end(&mut text)
        .map_err(Fail::file("read", path))?;
    Ok(text)
}

/// A text for people and programs, as UTF-8 without a mark.
pub(crate) fn text(path: &Path) -> Result<String, Fail> {
    let bytes = std::fs::read(path).map_err(Fail::file("read", path))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let before = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        Fail::said(format!(
            "{}: line {line} has a letter that is not written in UTF-8. Save the file as UTF-8 (in an editor: Save as, Encoding).",
            path.display()
        ))
    })?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// JSON without a mark before it.
pub(crate) fn json(path: &Path) -> Result<String, Fail> {
    text(path)
}

/// Refuses to write over what was read: a slip in a name must not cost anybody their list.
pub(crate) fn elsewhere(out: &Path, read: &[&Path]) -> Result<(), Fail> {
    let Ok(out_is) = out.canonicalize() else { return Ok(()) };
    let same = read.iter().any(|path| path.canonicalize().is_ok_and(|path| path == out_is));
    if same {
        return Err(Fail::said(format!(
            "{} is read, so it cannot be where the result goes: that would destroy it. Name another file with --out.",
            out.display()
        )));
    }
    Ok(())
}

//! The folder of an export, read: every file is held against its digest before anything is made of it.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value as Json;
use sha2::{Digest as _, Sha256};

use super::rows::Line;
use crate::export::tables::every_table;
use crate::{Error, MIGRATIONS};

/// What an export says about itself.
#[derive(Debug, Deserialize)]
struct Manifest {
    format: String,
    schema: i64,
    encrypted: bool,
    files: BTreeMap<String, Told>,
}

#[derive(Debug, Deserialize)]
struct Told {
    lines: u64,
    sha256: String,
}

/// An export that is whole.
pub(super) struct Export<'a> {
    folder: &'a Path,
    manifest: Manifest,
    identity: Option<age::x25519::Identity>,
}

fn wrong(message: impl Into<String>) -> Error {
    Error::DoesNotFit(message.into())
}

impl<'a> Export<'a> {
    /// Looks through the export as a whole.
    ///
    /// # Errors
    /// What is missing or was changed, by its name; it is of another version; it is encrypted to somebody else.
    pub(super) fn open(folder: &'a Path, identity: Option<&str>) -> Result<Export<'a>, Error> {
        let at = folder.display();
        let text = std::fs::read_to_string(folder.join("manifest.json")).map_err(|_| {
            wrong(format!(
                "{at} is no whole export: it has no manifest, which is written last. Export again."
            ))
        })?;
        let manifest: Manifest = serde_json::from_str(&text).map_err(|_| {
            wrong(format!("The manifest of {at} is not as this version of Kept writes it. Export again with this version."))
        })?;
        if manifest.format != "kept-export-1" {
            return Err(wrong(format!(
                "{at} has a format that this version of Kept does not know: {}.",
                manifest.format
            )));
        }
        let known = MIGRATIONS.known();
        if manifest.schema != known {
            return Err(wrong(format!(
                "{at} was made by another version of Kept (its tables have step {}, ours {known}). Take it in with the version that made it, then upgrade.",
                manifest.schema
            )));
        }
        let identity = identity.map(|text| {
            let keys = text.lines().map(str::trim).filter(|line| line.starts_with("AGE-SECRET-KEY-1"));
            keys.filter_map(|key| key.parse().ok()).next().ok_or_else(|| {
                wrong("That is no identity of age: it has a line that begins with AGE-SECRET-KEY-1.")
            })
        });
        let export = Export { folder, manifest, identity: identity.transpose()? };
        if export.manifest.encrypted && export.identity.is_none() {
            return Err(wrong(format!(
                "{at} is encrypted. Name the file with the age identity that opens it."
            )));
        }
        export.look_through()?;
        Ok(export)
    }

    fn look_through(&self) -> Result<(), Error> {
        let end = if self.manifest.encrypted { ".age" } else { "" };
        for table in every_table() {
            let name = format!("{}.jsonl{end}", table.file);
            if !self.manifest.files.contains_key(&name) {
                return Err(wrong(format!("The manifest names no {name}. Export again with this version.")));
            }
        }
        for (name, told) in &self.manifest.files {
            let mut file = File::open(self.folder.join(name)).map_err(|_| {
                wrong(format!("{name} of the export is missing or cannot be read. Take a whole one."))
            })?;
            let mut digest = Sha256::new();
            io::copy(&mut file, &mut digest).map_err(|error| Error::from_disk(&error))?;
            if hex::encode(digest.finalize()) != told.sha256 {
                return Err(wrong(format!(
                    "{name} of the export is not as it was written. Take another one."
                )));
            }
        }
        Ok(())
    }

    /// The step of the schema that it has.
    pub(super) fn schema(&self) -> i64 {
        self.manifest.schema
    }

    fn path(&self, name: &str) -> (String, PathBuf) {
        let name = if self.manifest.encrypted { format!("{name}.age") } else { name.to_owned() };
        let path = self.folder.join(&name);
        (name, path)
    }

    fn read(&self, path: &Path) -> Result<Box<dyn Read + Send>, Error> {
        let file = File::open(path).map_err(|error| Error::from_disk(&error))?;
        let file = BufReader::with_capacity(1 << 16, file);
        let Some(identity) = self.identity.as_ref().filter(|_| self.manifest.encrypted) else {
            return Ok(Box::new(file));
        };
        let opened = age::Decryptor::new_buffered(file)
            .and_then(|sealed| sealed.decrypt(std::iter::once(identity as &dyn age::Identity)));
        Ok(Box::new(opened.map_err(|_| {
            wrong("This identity does not open the export: it is encrypted to somebody else.")
        })?))
    }

    /// The lines of a kind.
    pub(super) fn lines(&self, kind: &str) -> Result<Lines, Error> {
        let (name, path) = self.path(&format!("{kind}.jsonl"));
        let expected = self.manifest.files.get(&name).map_or(0, |told| told.lines);
        Ok(Lines { from: BufReader::new(self.read(&path)?), file: name, number: 0, expected })
    }

    /// The bytes of a document; none of one that left without.
    pub(super) fn document(&self, name: &str) -> Result<Option<Box<dyn Read + Send>>, Error> {
        let (name, path) = self.path(&format!("documents/{name}"));
        if self.manifest.files.contains_key(&name) { self.read(&path).map(Some) } else { Ok(None) }
    }
}

/// The lines of a kind, as they come.
pub(super) struct Lines {
    from: BufReader<Box<dyn Read + Send>>,
    file: String,
    number: u64,
    expected: u64,
}

impl Iterator for Lines {
    type Item = Result<Line, Error>;

    fn next(&mut self) -> Option<Result<Line, Error>> {
        let mut text = String::new();
        self.number += 1;
        let read = match self.from.read_line(&mut text) {
            Ok(0) if self.number > self.expected => return None,
            Ok(0) => Err(wrong(format!("{} of the export ends too early. Take another one.", self.file))),
            Ok(_) => serde_json::from_str::<Json>(&text)
                .ok()
                .and_then(|line| match line {
                    Json::Object(values) => {
                        Some(Line { file: self.file.clone(), number: self.number, values })
                    }
                    _ => None,
                })
                .ok_or_else(|| {
                    wrong(format!("Line {} of {} is no line of an export.", self.number, self.file))
                }),
            Err(error) => Err(Error::from_disk(&error)),
        };
        Some(read)
    }
}

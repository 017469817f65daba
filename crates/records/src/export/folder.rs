//! The folder of an export: a file of JSON lines for each kind, the documents, a manifest at the end.

use std::collections::BTreeMap;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use age::Encryptor;
use age::stream::StreamWriter;
use jiff::Timestamp;
use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};

use crate::Error;
use crate::documents::Pieces;

/// What goes with every export, so that it can be read without us.
const README: &str = include_str!("../../../../docs/export.md");
const MANIFEST: &str = "manifest.json";

/// Where an export is written.
pub struct Folder {
    path: PathBuf,
    recipient: Option<age::x25519::Recipient>,
    open: BTreeMap<&'static str, (Out, u64)>,
    done: BTreeMap<String, (u64, String)>,
}

impl Folder {
    /// A new folder, or an empty one that is there. With a recipient (`age1...`) everything in it but its manifest and its
    /// description is encrypted to them; without one it is written in the clear, readable for its owner alone.
    ///
    /// # Errors
    /// `Error::DoesNotFit` says what is wrong: the folder holds something, cannot be made, or the recipient is none.
    pub fn new(path: &Path, recipient: Option<&str>) -> Result<Folder, Error> {
        let recipient = recipient
            .map(|text| text.trim().parse::<age::x25519::Recipient>())
            .transpose()
            .map_err(|_| Error::DoesNotFit("That is no recipient of age: it begins with age1.".into()))?;
        let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
        made.and_then(|()| std::fs::read_dir(path)).map_err(|error| disk(&error)).and_then(|mut held| {
            match held.next() {
                None => Ok(()),
                Some(_) => Err(Error::DoesNotFit("Choose a new folder: this one holds something.".into())),
            }
        })?;
        Ok(Folder { path: path.to_owned(), recipient, open: BTreeMap::new(), done: BTreeMap::new() })
    }

    /// Writes a line of a kind.
    #[allow(clippy::map_entry, reason = "making the file can fail, and needs the folder")]
    pub(crate) fn line(&mut self, kind: &'static str, line: &Json) -> Result<(), Error> {
        if !self.open.contains_key(kind) {
            let out = self.create(&format!("{kind}.jsonl"))?;
            self.open.insert(kind, (out, 0));
        }
        let Some((out, lines)) = self.open.get_mut(kind) else { return Err(Error::Damaged("export")) };
        *lines += 1;
        serde_json::to_writer(&mut *out, line).map_err(|error| disk(&error.into()))?;
        out.write_all(b"\n").map_err(|error| disk(&error))
    }

    /// Writes the bytes of a document.
    pub(crate) fn document(&mut self, name: &str, pieces: &Pieces) -> Result<(), Error> {
        let name = format!("documents/{name}");
        let folder = self.path.join("documents");
        DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(|error| disk(&error))?;
        let mut out = self.create(&name)?;
        for index in 0..pieces.count() {
            out.write_all(&pieces.piece(index)?).map_err(|error| disk(&error))?;
        }
        self.finished(name, out, 1)
    }

    /// Closes every file, those of kinds without a line too, and writes the manifest: only then the export is whole.
    #[allow(clippy::map_entry, reason = "making the file can fail, and needs the folder")]
    pub(crate) fn finish(
        &mut self,
        kinds: impl Iterator<Item = &'static str>,
        service: &str,
        schema: i64,
        now: Timestamp,
        left_out: &[(&str, &str)],
        columns: &str,
    ) -> Result<(), Error> {
        for kind in kinds {
            if !self.open.contains_key(kind) {
                let out = self.create(&format!("{kind}.jsonl"))?;
                self.open.insert(kind, (out, 0));
            }
        }
        for (kind, (out, lines)) in std::mem::take(&mut self.open) {
            self.finished(format!("{kind}.jsonl"), out, lines)?;
        }
        let files: serde_json::Map<String, Json> = self
            .done
            .iter()
            .map(|(name, (lines, digest))| (name.clone(), json!({ "lines": lines, "sha256": digest })))
            .collect();
        let left_out: serde_json::Map<String, Json> =
            left_out.iter().map(|(table, why)| ((*table).to_owned(), json!(why))).collect();
        let manifest = json!({
            "format": "kept-export-1",
            "schema": schema,
            "service": service,
            "made": now.to_string(),
            "encrypted": self.recipient.is_some(),
            "files": files,
            "left_out": left_out,
        });
        self.clear("README.md", README)?;
        self.clear("COLUMNS.md", columns)?;
        self.clear(MANIFEST, &format!("{manifest:#}\n"))
    }

    fn finished(&mut self, name: String, out: Out, lines: u64) -> Result<(), Error> {
        let digest = out.finish().map_err(|error| disk(&error))?;
        self.done.insert(self.on_disk(&name), (lines, digest));
        Ok(())
    }

    /// What a file is called: encrypted ones say so.
    fn on_disk(&self, name: &str) -> String {
        format!("{name}{}", if self.recipient.is_some() { ".age" } else { "" })
    }

    fn create(&self, name: &str) -> Result<Out, Error> {
        let file = fresh(&self.path.join(self.on_disk(name))).map_err(|error| disk(&error))?;
        let plain = Hashed { file: BufWriter::new(file), digest: Sha256::new() };
        let Some(recipient) = &self.recipient else { return Ok(Out::Plain(plain)) };
        let encryptor = Encryptor::with_recipients(std::iter::once(recipient as &dyn age::Recipient));
        let encryptor = encryptor.map_err(|_| Error::Damaged("encryption"))?;
        Ok(Out::Encrypted(Box::new(encryptor.wrap_output(plain).map_err(|error| disk(&error))?)))
    }

    fn clear(&self, name: &str, text: &str) -> Result<(), Error> {
        let written = fresh(&self.path.join(name)).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()
        });
        written.map_err(|error| disk(&error))
    }
}

fn fresh(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

fn disk(error: &io::Error) -> Error {
    Error::DoesNotFit(format!(
        "The export cannot be written ({}): check the folder and the disk. Without its manifest it is not whole.",
        error.kind()
    ))
}

/// A file and the digest of what was written to it.
struct Hashed {
    file: BufWriter<File>,
    digest: Sha256,
}

impl Hashed {
    fn finish(mut self) -> io::Result<String> {
        self.file.flush()?;
        self.file.get_ref().sync_all()?;
        Ok(hex::encode(self.digest.finalize()))
    }
}

impl Write for Hashed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.digest.update(bytes.get(..written).unwrap_or_default());
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// A file of the export, in the clear or encrypted.
enum Out {
    Plain(Hashed),
    Encrypted(Box<StreamWriter<Hashed>>),
}

impl Out {
    fn finish(self) -> io::Result<String> {
        match self {
            Out::Plain(hashed) => hashed.finish(),
            Out::Encrypted(writer) => writer.finish()?.finish(),
        }
    }
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Out::Plain(hashed) => hashed.write(bytes),
            Out::Encrypted(writer) => writer.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Out::Plain(hashed) => hashed.flush(),
            Out::Encrypted(writer) => writer.flush(),
        }
    }
}

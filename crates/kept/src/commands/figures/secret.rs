//! The secret that figures are rounded with, in a file of its own.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use rand_core::{OsRng, RngCore as _};
use statistics::Secret;

use crate::fail::Fail;

/// Its usual name.
const NAME: &str = "figures.key";

/// Loads the secret from a file, or from the user's configuration folder; makes it if it is not there.
pub(super) fn load(path: Option<&Path>) -> Result<Secret, Fail> {
    let path = match path {
        Some(path) => path.to_owned(),
        None => usual()?,
    };
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(Fail::file("made", folder))?;
    }
    let mut bytes = [0_u8; 32];
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path) {
        Ok(mut file) => {
            OsRng
                .try_fill_bytes(&mut bytes)
                .map_err(|_| Fail::said("The system gives no random numbers. Try again."))?;
            file.write_all(&bytes).and_then(|()| file.sync_all()).map_err(Fail::file("written", &path))?;
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let mut held = Vec::new();
            let file = OpenOptions::new().read(true).open(&path).map_err(Fail::file("read", &path))?;
            file.take(33).read_to_end(&mut held).map_err(Fail::file("read", &path))?;
            bytes = held.try_into().map_err(|_| {
                Fail::said(format!("{} is not a secret for figures: it has to be 32 bytes.", path.display()))
            })?;
        }
        Err(error) => return Err(Fail::file("made", &path)(error)),
    }
    Ok(Secret::new(bytes))
}

fn usual() -> Result<PathBuf, Fail> {
    let of = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let folder = of("XDG_CONFIG_HOME").or_else(|| of("HOME").map(|home| home.join(".config")));
    let folder = folder.ok_or_else(|| {
        Fail::said("There is no configuration folder (HOME is not set): say --secret FILE.")
    })?;
    Ok(folder.join("kept").join(NAME))
}

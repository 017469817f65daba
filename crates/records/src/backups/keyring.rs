//! Copies of the keyring, and the escrow copy of the root: only the newest of each, in places of their own.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use audit::{Action, Outcome};
use jiff::Timestamp;
use store::{Place, Store};

use super::{KEYRING, LAST_ESCROW_COPY, LAST_KEYRING_COPY, MANIFEST, folder, open};
use crate::service::set_setting;
use crate::{Error, Places, Surroundings};

const COPY_KEYRING: Action = Action("copy-keyring");
const COPY_ROOT: Action = Action("escrow-root");
/// The name of the escrow copy.
const ESCROW: &str = "kept-root.age";

/// Where the escrow copy goes, and who can open it.
#[derive(Debug, Clone)]
pub struct Escrow {
    /// The folder.
    pub folder: PathBuf,
    /// Age recipients: each of them alone can open it.
    pub officers: Vec<String>,
}

/// The keyring was copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyringCopied {
    /// When.
    pub made: Timestamp,
    /// In which epoch.
    pub epoch: u64,
    /// How many keys, each of which was seen to unwrap.
    pub keys: u64,
    /// The files.
    pub files: Vec<PathBuf>,
    /// The escrow copy, if one was asked for.
    pub escrow: Option<PathBuf>,
}

/// What is remembered of a copy.
pub(super) struct Noted {
    pub(super) made: i64,
    pub(super) epoch: u64,
}

impl Noted {
    pub(super) fn read(text: &str) -> Option<Noted> {
        let (made, epoch) = text.split_once(' ')?;
        Some(Noted { made: made.parse().ok()?, epoch: epoch.parse().ok()? })
    }

    pub(super) fn text(made: Timestamp, epoch: u64) -> String {
        format!("{} {epoch}", made.as_microsecond())
    }
}

/// Copies the keyring into each folder of `to`, over the older copy there, once every key of the copy was seen to unwrap; and
/// the root into escrow, if that is asked for. `scratch` is an empty folder to look through the copy in.
///
/// # Errors
/// A folder is that of a backup of the records or of the root, the copy does not hold, the epoch is being changed, or a folder
/// cannot be written; the older copies stand until the new one is whole.
pub async fn copy_keyring(
    places: &Places,
    surroundings: &Surroundings,
    to: &[PathBuf],
    escrow: Option<&Escrow>,
    scratch: &Path,
) -> Result<KeyringCopied, Error> {
    for place in to {
        apart(places, place)?;
    }
    if let Some(escrow) = escrow {
        escrow_apart(places, &escrow.folder, to)?;
    }
    let opened = open(places, surroundings).await?;
    // Before the looking, so that whatever was written by then has its key in the copy.
    let made = surroundings.now();
    let keyring = Store::open(&places.keyring, &vault::MIGRATIONS).await?;
    let about = BTreeMap::from([
        ("made".to_owned(), made.to_string()),
        ("deployment".to_owned(), opened.deployment.clone()),
    ]);
    let whole = scratch.join(KEYRING);
    folder::Sums::default().store(scratch, KEYRING, &mut keyring.snapshot().await?, &about).await?;
    let looked = Place::Sqlite(scratch.join("keyring.db"));
    Store::load(&looked, &vault::MIGRATIONS, &mut store::open_copy(&whole)?, vec![]).await?;
    let checked =
        vault::check_keyring(&Store::open(&looked, &vault::MIGRATIONS).await?, &places.root).await?;
    if checked.deployment.to_string() != opened.deployment {
        return Err(Error::DoesNotFit("These records and this keyring belong to different services.".into()));
    }
    let mut files = Vec::new();
    for place in to {
        folder::private_folder(place)?;
        let file = place.join(KEYRING);
        let mut copy = File::open(&whole).map_err(|error| folder::on_disk("read", &error))?;
        folder::replace(&file, &mut copy)?;
        files.push(file);
    }
    let epoch = checked.epoch.number();
    let noted = Noted::text(made, epoch);
    let mut settings = vec![set_setting(LAST_KEYRING_COPY, &noted)];
    let mut escrowed = None;
    if let Some(Escrow { folder: place, officers }) = escrow {
        let sealed = vault::escrow(&places.root, officers)?;
        folder::private_folder(place)?;
        let file = place.join(ESCROW);
        folder::replace(&file, &mut sealed.as_slice())?;
        settings.push(set_setting(LAST_ESCROW_COPY, &noted));
        escrowed = Some(file);
    }
    opened.records.write(settings).await?;
    opened.log.event(None, COPY_KEYRING, Outcome::Done).durable().await?;
    if escrowed.is_some() {
        opened.log.event(None, COPY_ROOT, Outcome::Done).durable().await?;
    }
    opened.log.close().await?;
    Ok(KeyringCopied { made, epoch, keys: checked.keys, files, escrow: escrowed })
}

/// Records and keyring in one place would be taken by the same thief and lost in the same fire.
fn apart(places: &Places, place: &Path) -> Result<(), Error> {
    let wrong = |what: &str| Error::DoesNotFit(format!("{} {what}", place.display()));
    if folder::is_within(place, &places.root) {
        return Err(wrong(
            "lies within the root folder, and the keyring is kept apart from it. Choose another folder.",
        ));
    }
    let below = fs::read_dir(place).into_iter().flatten().flatten().any(|e| e.path().join(MANIFEST).exists());
    let above = place.ancestors().any(|above| above.join(MANIFEST).exists());
    if below || above {
        return Err(wrong(
            "holds a backup of the records. Keep the keyring apart from it: choose another folder.",
        ));
    }
    Ok(())
}

/// The root opens the keyring, so their copies do not stand together.
fn escrow_apart(places: &Places, place: &Path, keyrings: &[PathBuf]) -> Result<(), Error> {
    apart(places, place)?;
    let beside =
        place.join(KEYRING).exists() || keyrings.iter().any(|of| of == place || folder::is_within(place, of));
    if beside {
        return Err(Error::DoesNotFit(format!(
            "{} holds the keyring, and the escrow copy of the root is kept apart from it. Choose another folder.",
            place.display()
        )));
    }
    Ok(())
}

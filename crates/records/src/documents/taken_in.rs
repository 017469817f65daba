//! A document that comes with an export: its bytes, sealed again under a key of this service.

use std::io::Read;

use access::Permit;
use vault::{CHUNK_BYTES, Compartment, FileKeys, Vault};
use zeroize::Zeroizing;

use super::blobs::Which;
use super::{BYTES, Keeping, place};
use crate::Error;

/// Seals a version piece by piece and puts it in its place. Gives how many pieces that are.
///
/// # Errors
/// It cannot be read or written, or there is no key for it.
#[allow(clippy::too_many_arguments, reason = "where it belongs, what seals it, and the bytes")]
pub(crate) async fn seal_again(
    vault: &Vault,
    permit: &Permit,
    keys: &FileKeys,
    keeping: &Keeping,
    which: Which,
    compartment: &Compartment,
    version: i64,
    mut bytes: Box<dyn Read + Send>,
) -> Result<u64, Error> {
    let at = place(BYTES, *which.blob.as_bytes(), version, which.client, compartment);
    let seal = vault.seal_chunks(permit, keys, &at)?;
    let mut writing = keeping.blobs().begin(which)?;
    writing.push(&seal.header()).await?;
    let mut pieces = 0;
    let mut piece = next(&mut bytes)?;
    loop {
        let following = next(&mut bytes)?;
        writing.push(&seal.seal(pieces, following.is_empty(), &piece)?).await?;
        pieces += 1;
        if following.is_empty() {
            break;
        }
        piece = following;
    }
    writing.settle().await?;
    writing.publish().await?;
    Ok(pieces)
}

fn next(bytes: &mut impl Read) -> Result<Zeroizing<Vec<u8>>, Error> {
    let mut piece = Zeroizing::new(Vec::with_capacity(CHUNK_BYTES));
    bytes.take(CHUNK_BYTES as u64).read_to_end(&mut piece).map_err(|error| Error::from_disk(&error))?;
    Ok(piece)
}

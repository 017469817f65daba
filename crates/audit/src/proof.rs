//! Proofs that an entry is in the log, for somebody who has only the public key (C2SP tlog-proof v1).

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use store::Store;
use tlog_tiles::tlog::{self, Hash};

use crate::checkpoint::{self, Signed};
use crate::{Error, tree};

const HEADING: &str = "c2sp.org/tlog-proof@v1";

pub(crate) async fn prove(store: &Store, signed: &Signed, seq: u64) -> Result<String, Error> {
    if seq >= signed.size {
        return Err(Error::File(format!(
            "entry {seq} is not under the last signed checkpoint of {} entries yet: try again in a second",
            signed.size
        )));
    }
    Ok(text(seq, &tree::path(store, signed.size, seq).await?, &signed.note))
}

/// The proof as a file.
fn text(seq: u64, path: &[Hash], note: &[u8]) -> String {
    let mut text = format!("{HEADING}\nindex {seq}\n");
    for hash in path {
        text.push_str(&BASE64_STANDARD.encode(hash.0));
        text.push('\n');
    }
    text.push('\n');
    text.push_str(&String::from_utf8_lossy(note));
    text
}

/// Checks a proof for the bytes of an entry with the service's public key. Gives the entry's place in the log.
///
/// # Errors
/// What does not hold.
pub fn check_proof(proof: &str, leaf: &[u8], public: &str) -> Result<u64, Error> {
    let bad = || Error::File("this is not a proof for this entry".to_owned());
    let (head, note) = proof.split_once("\n\n").ok_or_else(bad)?;
    let mut lines = head.split('\n').peekable();
    if lines.next() != Some(HEADING) {
        return Err(bad());
    }
    // Others may put something of their own there; nothing vouches for it.
    if lines.peek().is_some_and(|line| line.starts_with("extra ")) {
        lines.next();
    }
    let index = lines.next().and_then(|line| line.strip_prefix("index ")).ok_or_else(bad)?;
    let seq: u64 = index.parse().map_err(|_| bad())?;
    if index != seq.to_string() {
        return Err(bad());
    }
    let path: Option<Vec<Hash>> =
        lines.map(|line| BASE64_STANDARD.decode(line).ok()?.try_into().ok().map(Hash)).collect();
    let signed = checkpoint::read(note.as_bytes(), public).map_err(|_| bad())?;
    tlog::check_record(&path.ok_or_else(bad)?, signed.size, signed.root, seq, tlog::record_hash(leaf))
        .map_err(|_| bad())?;
    Ok(seq)
}

#[cfg(test)]
mod tests;

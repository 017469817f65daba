//! Whether a permit covers what is asked of the vault. Whatever it does not clearly cover is refused.

use access::{Act, Permit, Role, Subject};
use notice::Category;

use crate::{Compartment, Error, FileId, Place};

/// Opening needs a permit to read that very file, or one for everyone (a bulk opening or a search).
pub(crate) fn opening(permit: &Permit, place: &Place<'_>) -> Result<(), Error> {
    let act = match permit.act() {
        Act::Read => true,
        Act::Search => matches!(permit.subject(), Subject::Everyone),
        Act::Write | Act::Erase => false,
    };
    let subject = match permit.subject() {
        Subject::Client(client) => is_file(FileId::from(client), place.file),
        Subject::Everyone => place.file != FileId::SERVICE,
        Subject::Service => false,
    };
    covers(act && subject, permit, "opening", place.category)
}

/// Sealing needs a permit to write that very file; only the system itself may write for everyone (loading, imports).
pub(crate) fn sealing(permit: &Permit, place: &Place<'_>) -> Result<(), Error> {
    let act = permit.act() == Act::Write;
    let subject = match permit.subject() {
        Subject::Client(client) => is_file(FileId::from(client), place.file),
        Subject::Everyone => permit.actor().role == Role::System && place.file != FileId::SERVICE,
        Subject::Service => false,
    };
    covers(act && subject, permit, "sealing", place.category)
}

/// A stated reason is written by whoever is allowed to act on that file, whatever the act is.
pub(crate) fn stating_a_reason(permit: &Permit, place: &Place<'_>) -> Result<(), Error> {
    let subject = match permit.subject() {
        Subject::Client(client) => is_file(FileId::from(client), place.file),
        Subject::Everyone | Subject::Service => false,
    };
    if subject {
        Ok(())
    } else {
        Err(Error::NotPermitted { doing: "stating a reason", category: place.category })
    }
}

/// Erasing needs a permit to erase that very file; a compartment with readers of its own, its category too.
pub(crate) fn erasing(permit: &Permit, file: FileId, compartment: Option<&Compartment>) -> Result<(), Error> {
    let act = permit.act() == Act::Erase;
    let subject = match permit.subject() {
        Subject::Client(client) => is_file(FileId::from(client), file),
        Subject::Everyone => permit.actor().role == Role::System && file != FileId::SERVICE,
        Subject::Service => false,
    };
    let category = match compartment {
        Some(Compartment::Equality) => permit.categories().contains(Category::Equality),
        Some(Compartment::Rights) => permit.categories().contains(Category::Rights),
        Some(
            Compartment::File
            | Compartment::Programme(_)
            | Compartment::Document(_)
            | Compartment::ProgrammeDocument(..),
        )
        | None => true,
    };
    if act && subject && category { Ok(()) } else { Err(Error::ErasureNotPermitted) }
}

fn is_file(permitted: FileId, asked: FileId) -> bool {
    permitted == asked && asked != FileId::SERVICE
}

fn covers(so_far: bool, permit: &Permit, doing: &'static str, category: Category) -> Result<(), Error> {
    if so_far && permit.categories().contains(category) {
        Ok(())
    } else {
        Err(Error::NotPermitted { doing, category })
    }
}

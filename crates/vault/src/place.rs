//! Where a sealed value belongs: whose file, which compartment, which row. It opens nowhere else.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use casework::{ClientId, DocumentId, ProgrammeId};
use notice::Category;

use crate::{Beside, Error};

/// Whose keys: a client's file, or the service's own secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId([u8; 16]);

impl FileId {
    /// The service's own: the staff directory, second factors, settings that are secret. Never clients' data.
    pub const SERVICE: FileId = FileId([0; 16]);

    /// From 16 bytes, as stored.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> FileId {
        FileId(bytes)
    }

    /// The 16 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl From<ClientId> for FileId {
    fn from(client: ClientId) -> FileId {
        FileId(*client.as_bytes())
    }
}

/// A part of a file with a key of its own, because it has a retention or readers of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Compartment {
    /// The file itself.
    File,
    /// Answers to equality questions.
    Equality,
    /// Requests about the client's own data, and complaints; they outlive the file.
    Rights,
    /// What one programme holds, kept as long as its own notice says.
    Programme(ProgrammeId),
    /// One document of the file itself, with all its versions: deleted by its key.
    Document(DocumentId),
    /// One document that was put with a programme.
    ProgrammeDocument(ProgrammeId, DocumentId),
}

const PROGRAMME: &str = "programme:";
const DOCUMENT: &str = "document:";

impl Compartment {
    /// That of a document, in the layer into which it was put.
    #[must_use]
    pub fn of_document(document: DocumentId, programme: Option<ProgrammeId>) -> Compartment {
        match programme {
            None => Compartment::Document(document),
            Some(programme) => Compartment::ProgrammeDocument(programme, document),
        }
    }

    /// Which document it is, if it is one.
    #[must_use]
    pub fn document(&self) -> Option<DocumentId> {
        match self {
            Compartment::Document(document) | Compartment::ProgrammeDocument(_, document) => Some(*document),
            Compartment::File | Compartment::Equality | Compartment::Rights | Compartment::Programme(_) => {
                None
            }
        }
    }

    /// The compartment in which it lies, if it lies in another: its key goes with that one's.
    #[must_use]
    pub fn within(&self) -> Option<Compartment> {
        match self {
            Compartment::Document(_) => Some(Compartment::File),
            Compartment::ProgrammeDocument(programme, _) => Some(Compartment::Programme(*programme)),
            Compartment::File | Compartment::Equality | Compartment::Rights | Compartment::Programme(_) => {
                None
            }
        }
    }

    /// What the codes of those begin with that lie in it, if any can.
    pub(crate) fn inside(&self) -> Option<Cow<'static, str>> {
        match self {
            Compartment::File => Some(DOCUMENT.into()),
            Compartment::Programme(id) => Some(format!("{PROGRAMME}{id}/{DOCUMENT}").into()),
            Compartment::Equality
            | Compartment::Rights
            | Compartment::Document(_)
            | Compartment::ProgrammeDocument(..) => None,
        }
    }

    /// The code that stands in columns and in associated data.
    #[must_use]
    pub fn code(&self) -> Cow<'static, str> {
        match self {
            Compartment::File => "file".into(),
            Compartment::Equality => "equality".into(),
            Compartment::Rights => "rights".into(),
            Compartment::Programme(id) => format!("{PROGRAMME}{id}").into(),
            Compartment::Document(id) => format!("{DOCUMENT}{id}").into(),
            Compartment::ProgrammeDocument(programme, id) => {
                format!("{PROGRAMME}{programme}/{DOCUMENT}{id}").into()
            }
        }
    }

    /// Equality answers and rights requests have keys of their own, and nothing else is under those keys.
    pub(crate) fn takes(&self, category: Category) -> Result<(), Error> {
        let fits = match self {
            Compartment::Equality => category == Category::Equality,
            Compartment::Rights => category == Category::Rights,
            Compartment::File
            | Compartment::Programme(_)
            | Compartment::Document(_)
            | Compartment::ProgrammeDocument(..) => {
                category != Category::Equality && category != Category::Rights
            }
        };
        if fits { Ok(()) } else { Err(Error::WrongCompartment { category, compartment: *self }) }
    }
}

impl fmt::Display for Compartment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.code())
    }
}

/// A code that names no compartment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not the code of a compartment")]
pub struct NotACompartment;

impl FromStr for Compartment {
    type Err = NotACompartment;

    fn from_str(code: &str) -> Result<Compartment, NotACompartment> {
        match code {
            "file" => Ok(Compartment::File),
            "equality" => Ok(Compartment::Equality),
            "rights" => Ok(Compartment::Rights),
            _ => {
                let document = |code: &str| {
                    let id = code.strip_prefix(DOCUMENT).ok_or(NotACompartment)?;
                    id.parse().map_err(|_| NotACompartment)
                };
                let programme = |id: &str| id.parse().map_err(|_| NotACompartment);
                let parsed = match code.strip_prefix(PROGRAMME).map(|rest| rest.split_once('/').ok_or(rest)) {
                    None => Compartment::Document(document(code)?),
                    Some(Err(id)) => Compartment::Programme(programme(id)?),
                    Some(Ok((id, inside))) => {
                        Compartment::ProgrammeDocument(programme(id)?, document(inside)?)
                    }
                };
                // One spelling only: the code is part of what a seal is bound to.
                if parsed.code() == code { Ok(parsed) } else { Err(NotACompartment) }
            }
        }
    }
}

/// Where one sealed value belongs. All of it is bound into the seal.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The table.
    pub table: &'static str,
    /// The row.
    pub row: [u8; 16],
    /// The row's version, so that an older one does not pass for the newest.
    pub version: i64,
    /// Whose file.
    pub file: FileId,
    /// Which of the file's keys.
    pub compartment: &'a Compartment,
    /// The category of the notice.
    pub category: Category,
    /// What stands in the clear beside it and must be as it was when it was sealed.
    pub beside: Beside,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compartments_come_back_from_their_codes_and_have_one_spelling_each() {
        let programme = Compartment::Programme(ProgrammeId::from_bytes([0xab; 16]));
        let id = DocumentId::from_bytes([0xcd; 16]);
        let of_programme = Compartment::of_document(id, Some(ProgrammeId::from_bytes([0xab; 16])));
        let own = Compartment::of_document(id, None);
        for compartment in
            [Compartment::File, Compartment::Equality, Compartment::Rights, programme, own, of_programme]
        {
            assert_eq!(compartment.code().parse(), Ok(compartment));
            let inside = compartment.within().and_then(|within| within.inside());
            assert_eq!(inside.is_some(), compartment.document().is_some());
            assert!(inside.is_none_or(|inside| compartment.code().starts_with(&*inside)));
        }
        let deeper = format!("{}/{}", of_programme.code(), own.code());
        let elsewhere = format!("{}/file", programme.code());
        let upper = format!("{PROGRAMME}{}", "AB".repeat(16));
        for bad in [
            "",
            "document:",
            "document:zz",
            "File",
            "programme",
            "programme:",
            "programme:zz",
            "file ",
            upper.as_str(),
            deeper.as_str(),
            elsewhere.as_str(),
        ] {
            assert_eq!(bad.parse::<Compartment>(), Err(NotACompartment), "{bad}");
        }
    }

    // promise: P2
    #[test]
    fn equality_answers_are_sealed_under_their_own_key_and_under_no_other() {
        let programme = Compartment::Programme(ProgrammeId::from_bytes([1; 16]));
        for category in Category::ALL {
            assert_eq!(Compartment::Equality.takes(*category).is_ok(), *category == Category::Equality);
            assert_eq!(Compartment::Rights.takes(*category).is_ok(), *category == Category::Rights);
            let own = matches!(category, Category::Equality | Category::Rights);
            assert_eq!(Compartment::File.takes(*category).is_ok(), !own);
            assert_eq!(programme.takes(*category).is_ok(), !own);
        }
    }
}

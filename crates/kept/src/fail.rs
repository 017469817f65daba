//! Why a command could not do its part.

use std::path::Path;

use casework::Fault;

use crate::output;

/// What failed and what to do, in one line.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fail {
    /// The service could not.
    #[error(transparent)]
    Records(records::Error),
    /// The log could not.
    #[error(transparent)]
    Audit(#[from] audit::Error),
    /// A store could not.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The access policy is faulty.
    #[error(transparent)]
    Policy(#[from] access::Error),
    /// Faults of a file, each with its line and column: a line each.
    #[error("{}", .0.join("\n"))]
    Faulty(Vec<String>),
    /// Anything else, in words.
    #[error("{0}")]
    Said(String),
}

impl From<records::Error> for Fail {
    /// Whoever sits at the console typed what is wrong, so each fault is said.
    fn from(error: records::Error) -> Fail {
        match error {
            records::Error::Faults(faults) => Fail::Said(in_words(&faults)),
            other => Fail::Records(other),
        }
    }
}

/// Faults as sentences, one after the other.
pub(crate) fn in_words(faults: &[Fault]) -> String {
    let sentence = |fault: &Fault| format!("{}.", fault.message.trim_end_matches('.'));
    faults.iter().map(sentence).collect::<Vec<_>>().join(" ")
}

impl Fail {
    /// A fault in words.
    pub(crate) fn said(text: impl Into<String>) -> Fail {
        Fail::Said(text.into())
    }

    /// Says it: in one line, or a line for each fault of a file.
    pub(crate) fn complain(&self) {
        match self {
            Fail::Faulty(faults) => faults.iter().for_each(|fault| output::complain(fault)),
            other => output::complain(&other.to_string()),
        }
    }

    /// A file or folder that could not be used.
    pub(crate) fn file(doing: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Fail {
        let path = path.display().to_string();
        move |error| {
            Fail::Said(format!("{path} cannot be {doing}: {error}. Check the path and who may use it."))
        }
    }
}

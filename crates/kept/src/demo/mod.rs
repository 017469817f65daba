//! Made-up people for the demo: clients with their files, and the staff of an invented service.
//!
//! Nobody here exists. Names are mixed by chance from lists; Northbridge is no town and `NB` is no postcode area;
//! telephone numbers come from the ranges that Ofcom keeps for drama, e-mail addresses end in `example.org`, and the
//! few National Insurance numbers begin with letters that are never issued to people. Everything follows from a seed:
//! the same seed, day and notice make the same people, on any machine.

mod diary;
mod dice;
mod documents;
pub(crate) mod list;
mod names;
mod notes;
mod people;
mod plan;
mod profiles;
mod programmes;
mod sharing;
mod staff;
mod story;
mod town;

pub(crate) use diary::{Diaries, MadeUpAppointment};
pub(crate) use documents::{MadeUpDocument, documents, paper};
pub(crate) use people::{MadeUpClient, people, person};
pub(crate) use programmes::{PLACES, PROGRAMMES, SUPPORT, own_answers};
pub(crate) use sharing::ORGANISATIONS;
pub(crate) use staff::{code_secret, colleagues, id, staff};

#[cfg(test)]
mod tests;

//! The service's sentences: register a client, record a meeting, find somebody, erase. Each reads as the trade says it.
//!
//! A sentence asks the rules (`access`), sends its entry to the log (`audit`), opens or seals (`vault`) and speaks to the
//! store; its SQL stands beside it. Personal data leaves as [`Opened`], which is released only once its entry is on disk.
//!
//! It never answers a refusal before the refusal is logged, and never writes a change without its entry in the same
//! transaction. To add a sentence, write it in the file of its topic, with its statements above it.

pub mod api_tokens;
pub mod appointments;
pub mod caseload;
mod changes;
pub mod clients;
pub mod closures;
pub mod consents;
mod corrections;
pub mod cover;
pub mod details;
pub mod disclosures;
pub mod doctor;
pub mod documents;
pub mod drafts;
pub mod due;
mod entries;
pub mod entry_views;
pub mod erasure;
mod error;
pub mod export;
pub mod files;
pub mod hand_over;
pub mod lists;
pub mod loading;
pub mod looked;
pub mod meetings;
mod mentions;
pub mod messages;
pub mod notices;
pub mod notices_given;
mod once;
mod opened;
pub mod organisations;
pub mod packs;
pub mod paper;
pub mod passwords;
pub mod plans;
pub mod retention;
pub mod search;
mod secrets;
mod service;
pub mod sessions;
pub mod sign_in;
pub mod staff;
pub mod standing;
mod surroundings;
pub mod tasks;
pub mod team;
pub mod telling;
pub mod written;

pub use error::Error;
pub use opened::Opened;
pub use secrets::Token;
pub use service::{MIGRATIONS, Places, Service};
pub use sessions::Visit;
pub use sign_in::Denied;
pub use surroundings::{Surroundings, day_from, day_number};

//! The service's sentences: register a client, record a meeting, find somebody, erase. Each reads as the trade says it.
//!
//! A sentence asks the rules (`access`), sends its entry to the log (`audit`), opens or seals (`vault`) and speaks to the
//! store; its SQL stands beside it. Personal data leaves as [`Opened`], which is released only once its entry is on disk.
//!
//! It never answers a refusal before the refusal is logged, and never writes a change without its entry in the same
//! transaction. To add a sentence, write it in the file of its topic, with its statements above it.

pub mod access_review;
pub mod api_tokens;
pub mod appointments;
mod as_logged;
pub mod backups;
pub mod breaches;
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
pub mod duplicates;
mod entries;
pub mod entry_views;
pub mod erasure;
mod error;
pub mod export;
pub mod figures;
pub mod files;
pub mod hand_over;
pub mod holds;
pub mod imports;
mod indexing;
pub mod lists;
pub mod loading;
pub mod looked;
pub mod meetings;
mod mentions;
pub mod merges;
pub mod messages;
pub mod moving_in;
pub mod my_settings;
pub mod notices;
pub mod notices_given;
mod once;
mod opened;
pub mod organisation_details;
pub mod organisations;
pub mod packs;
pub mod paper;
pub mod passwords;
pub mod placements;
pub mod plans;
pub mod programmes;
pub mod promises;
pub mod redactions;
pub mod referrals;
pub mod requests;
pub mod retention;
pub mod returns;
pub mod rooms;
pub mod search;
mod secrets;
mod service;
pub mod sessions;
pub mod sign_in;
pub mod spending;
pub mod staff;
pub mod standing;
mod surroundings;
pub mod sweep;
mod taken_up;
pub mod taking_in;
pub mod tasks;
pub mod team;
pub mod telling;
pub mod waiting;
pub mod webhooks;
pub mod written;

pub use error::Error;
pub use opened::Opened;
pub use secrets::Token;
pub use service::{MIGRATIONS, Places, Service};
pub use sessions::Visit;
pub use sign_in::Denied;
pub use surroundings::{Surroundings, day_from, day_number};

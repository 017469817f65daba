//! What we know and do: clients, their profile, meetings, and the rules about them.
//!
//! Pure: no input or output, no clock, no random source. Time is an argument.

pub mod ids;

pub use ids::{ClientId, EntryId, NotAnId, ProgrammeId, StaffId};

//! What we know and do: clients, their profile, meetings, and the rules about them.
//!
//! Pure: no input or output, no clock, no random source. Time is an argument.
//!
//! What people type is parsed at the edge ([`formats`], [`dates`], [`answers`]) and trusted from there on. To add a
//! kind of dated entry, write a form of it in the `notice` crate; see [`entries`].

pub mod answers;
pub mod appointments;
pub mod backups;
pub mod breaches;
pub mod caseload;
pub mod client_number;
pub mod clocks;
pub mod closures;
pub mod consents;
pub mod dates;
pub mod disclosures;
pub mod documents;
pub mod entries;
pub mod figures;
pub mod formats;
pub mod holds;
pub mod ids;
pub mod import;
pub mod looks;
pub mod merges;
pub mod messages;
pub mod names;
pub mod outcomes;
pub mod paper;
pub mod portability;
pub mod profile;
pub mod programmes;
pub mod promises;
pub mod redaction;
pub mod referrals;
pub mod requests;
pub mod retention;
pub mod returns;
pub mod safe_contact;
pub mod suppression;
pub mod webhooks;
pub mod working_days;

pub use answers::{Answer, Chosen, Fault, Part, Typed};
pub use client_number::ClientNumber;
pub use consents::Consent;
pub use disclosures::Disclosed;
pub use entries::{AgreedPlan, Agreement, EntryKind, How, Meeting, MeetingKind, NoticeGiven, Written};
pub use ids::{
    AppointmentId, BreachId, ClientId, ClosureId, DeliveryId, DocumentId, EntryId, ErasureId, HandOverId,
    HoldId, ImportId, MergeId, NotAnId, OrganisationId, PaperId, PlacementId, ProgrammeId, RequestId, RoomId,
    StaffId, WebhookId,
};
pub use profile::Profile;
pub use programmes::Placement;

//! What the service promised: the notice as a file, its catalogue of fields, its lint and its renderings.
//!
//! Pure: no input or output, no clock. Dates that matter are arguments.

pub mod catalogue;
pub mod codes;
pub mod extend;
pub mod facts;
pub mod fault;
pub mod field;
pub mod lint;
mod lookup;
pub mod model;
mod parse;
mod read_fields;
mod reader;
mod source;
pub mod vocabulary;

pub use catalogue::Catalogue;
pub use codes::{
    Article6, Article9, ContactKind, ContactRole, Event, Layer, ObjectionTo, RecipientKind, RightKind,
    SystemKind,
};
pub use extend::NotExtended;
pub use facts::SystemFacts;
pub use fault::Fault;
pub use field::{Field, FieldId, Kind, ListId, Special, Value, ValueList};
pub use model::{
    Automated, Basis, CategoryNotice, Complaints, Condition, Contact, Controller, Erasure, Function,
    JointController, Notice, Objection, Period, PurposeNotice, Recipient, Regulator, Requests, Required,
    Retention, Right, Section, Source, System, Transfers, Withdrawal,
};
pub use vocabulary::{Categories, Category, Purpose, UnknownCode};

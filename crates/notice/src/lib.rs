//! What the service promised: the notice as a file, its catalogue of fields, its lint and its renderings.
//!
//! A notice is read once ([`Notice::parse`], strict, every fault at once) and then asked: which fields may be stored
//! ([`Notice::catalogue`]), whether a purpose is given for a category ([`Notice::gives`]), how long a layer of a file is
//! kept ([`Notice::retention_rule`]), who may get what, and what a running system has to do ([`Notice::facts`]). The
//! notice of a programme goes on top of the service's ([`Notice::extended`]). [`lint::check`] says what a text lacks in
//! law, and where it differs from the system.
//!
//! To add a standard field: a table in `data/catalogue.toml`, its list in `data/lists.toml`. To add a kind of dated
//! entry: a table in `data/forms.toml` ([`forms`]). To let a notice say
//! something new: a type in `model`, its reading in `parse/parts.rs`, its rendering. To add a rule of the lint: see
//! [`lint`].
//!
//! Pure: no input or output, no clock. Dates that matter are arguments.

pub mod catalogue;
pub mod codes;
pub mod diff;
pub mod dpia;
pub mod dpv;
pub mod extend;
pub mod facts;
pub mod fault;
pub mod field;
pub mod flow;
pub mod forms;
mod in_force;
pub mod lint;
mod lookup;
pub mod model;
mod parse;
mod read_fields;
mod reader;
pub mod render;
pub mod ropa;
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
pub use forms::{DueDate, EntryForm, FormId, Group};
pub use in_force::{in_force, next_change};
pub use model::{
    Automated, Basis, CategoryNotice, Complaints, Condition, Contact, Controller, Erasure, Function,
    JointController, Notice, Objection, Period, PurposeNotice, Recipient, Regulator, Requests, Required,
    Retention, Right, Section, Source, System, Transfers, Withdrawal,
};
pub use vocabulary::{Categories, Category, Purpose, UnknownCode};

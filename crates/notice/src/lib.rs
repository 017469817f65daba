//! What the service promised: the notice as a file, its catalogue of fields, its lint and its renderings.
//!
//! Pure: no input or output, no clock. Dates that matter are arguments.

pub mod vocabulary;

pub use vocabulary::{Categories, Category, Purpose, UnknownCode};

//! The components every page is made of: plain functions that give markup, one family a file.
//!
//! Each is written once, with GOV.UK Frontend's markup, ids and error behaviour. No component needs
//! JavaScript, an inline style or an inline script.

pub mod barcode;
mod choices;
pub mod file;
pub mod form;
pub mod icon;
pub mod list;
pub mod page;
pub mod words;

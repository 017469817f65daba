//! Figures that give nobody away: counts of people by codes, rounded by a secret, checked before they are published.
//!
//! Pure: no input or output, no clock; the secret is an argument. It holds nothing that names anybody: people are rows of
//! codes with a random number each.
//!
//! - `people` is the column store that everything is counted from;
//! - `keys` rounds a count by a draw that depends on who is counted and on a secret, so that the same people give the same
//!   number however they are asked for;
//! - `group` decides whether a group may be broken down by something sensitive, without looking at what is sensitive, and
//!   `ledger` remembers the groups that were;
//! - `session` answers counts one after another, `build` makes a release of tables, `audit` attacks one before anybody
//!   else does; `beside` puts it beside earlier ones;
//! - `extract` makes rows that are nobody's.
//!
//! What is rounded how, and why, stands in `docs/figures.md`. To add another protection, write it where a count becomes a
//! figure (`keys`), and let `audit` know what an attacker can conclude from it.

pub mod audit;
mod beside;
mod build;
pub mod extract;
mod group;
mod keys;
mod ledger;
mod people;
mod release;
mod sensitive;
mod session;
pub mod shares;
mod spec;

pub use build::{Limits, Made, Refused, release, release_beside};
pub use keys::{BASE, Secret};
pub use ledger::Ledger;
pub use people::{Coded, Column, People, TooMany, Variable};
pub use release::{ALL, Cell, Misfit, Release, Rule, Table, Within};
pub use sensitive::Sensitive;
pub use session::{Answer, No, Session};
pub use spec::{Filter, SpecFault, TableSpec, condition_of};

/// The least number of people that may be broken down by something sensitive in what is published.
pub const PUBLIC: usize = 10;
/// The same for managers inside the service, who may see files anyway.
pub const INTERNAL: usize = 5;
/// More variables than this cross only in small groups.
pub const MOST_DIMENSIONS: usize = 3;

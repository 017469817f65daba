//! May they? A [`Request`] becomes a [`Permit`] or a [`Refusal`].
//!
//! The rules are one table, `policies/access.csv`; the Cedar policies and the page docs/access.md are made from it. What
//! always wins stands in `always.cedar`: a restricted file is stored and nothing more, a declared conflict of interest is
//! refused even with a reason. Everything else is denied by default. The crate never reads a file and never sees personal
//! data.
//!
//! To allow something new, change a line of the table, run `cargo run -p access --example policy`, and read what changed
//! in the policies and on the page. A new role, purpose or category is refused at start until the table decides it.

mod cache;
mod generate;
mod page;
mod permit;
mod policy;
mod request;
mod table;

pub use generate::cedar;
pub use page::page;
pub use permit::{Permit, Refusal, Why};
pub use policy::{Error, Policy};
pub use request::{Act, Actor, ActorId, Circumstances, Request, Role, Subject};
pub use table::{Line, TableFault, When, lines};

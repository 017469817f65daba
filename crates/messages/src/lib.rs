//! Sending messages: e-mail by SMTP, texts and e-mail by GOV.UK Notify, in words that give nobody away; and telling programs of
//! others that something changed ([`webhooks`]).
//!
//! # What it is for
//!
//! [`Post`] is what a service sends by: its ways, its words and what it says of itself. Who calls it needs nothing else.
//!
//! A [`Template`] is checked when it is written and [filled](Template::fill) when it is sent. [`Smtp`] and [`Notify`] take what
//! was filled and answer with an [`Outcome`]: sent, try again, refused, or *unsure*. Nobody is told twice and nobody is
//! forgotten, if the caller keeps this order:
//!
//! 1. Store the message under its [`MessageId`], as waiting.
//! 2. Store that it is being sent. What is found in this state at a start is *unsure*: the program stopped meanwhile.
//! 3. Send it, and store the outcome. [`Outcome::TryAgain`] waits for [`backoff::wait`] and goes back to 2.
//! 4. Ask for an unsure one: [`Notify::find`] knows whether it was taken. SMTP has no such question, so an unsure e-mail is
//!    shown to staff, and sent again only if they say so; under the same id, so that mail programs can drop the second one.
//!
//! # What it never does
//!
//! - It never stores anything. What was filled lives in memory only, is wiped when it is dropped, and shows nothing in `Debug`.
//! - It never puts a name, an address, a number, a body or what a server said about them into an error: [`Why`] holds codes.
//! - It never sends over a network without TLS. Only the machine itself may be spoken to in the clear.
//! - It never sends again by itself, and never follows a redirection.
//! - It never reads a clock: the time is an argument. (How long a server may take is measured, of course.)
//!
//! # What it cannot do
//!
//! What is given to a library for TLS or HTTP is copied into buffers that are not wiped. The name of the place, and of the
//! sender, are the service's own: [`shipped::reveals`] says which of their words would give a client away.
//!
//! # How to add a thing of its kind
//!
//! A new placeholder: a variant of [`Placeholder`] with its name. A new message: a variant of [`shipped::Occasion`] with its
//! three texts; a test holds that they are discreet and fit. A new way to send: a module beside `smtp` whose `send` gives an
//! [`Outcome`], and its reasons in [`Why`].

pub mod backoff;
mod filled;
pub mod http;
mod length;
pub mod notify;
mod outcome;
mod placeholder;
mod post;
pub mod shipped;
pub mod smtp;
mod template;
pub mod webhooks;
mod wordings;

pub use filled::{Filled, Filling, FillingFault};
pub use length::{Coding, Length};
pub use notify::Notify;
pub use outcome::{MessageId, Outcome, Step, Why};
pub use placeholder::Placeholder;
pub use post::{Carrier, House, Letter, Post, Templates};
pub use smtp::Smtp;
pub use template::{Fault, Form, Template, Wrong};
pub use wordings::{WordingFault, Wordings};

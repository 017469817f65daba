//! What the tests of sending share.

pub(crate) mod python;

use casework::formats::Email;
use messages::{Filled, Filling, Form, MessageId, Placeholder, Template};

pub(crate) use python::Server;

pub(crate) fn filled(form: Form, words: &str, name: &str) -> Filled {
    let template = Template::parse(form, words).unwrap();
    template.fill(&Filling::new().with(Placeholder::Name, name)).unwrap()
}

pub(crate) fn id() -> MessageId {
    MessageId(uuid::Uuid::new_v4())
}

pub(crate) fn email(text: &str) -> Email {
    Email::parse(text).unwrap()
}

/// The certificate of a server's authority.
pub(crate) fn authority(server: &Server) -> Vec<u8> {
    std::fs::read(server.authority()).unwrap()
}

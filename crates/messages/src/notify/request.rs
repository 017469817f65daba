//! What is said to Notify.

use std::fmt;
use std::io;

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::ser::Formatter;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::{Filled, MessageId};

/// What goes into the `((gaps))` of a template in Notify. It is wiped when dropped and shows only the names in `Debug`.
#[derive(Default)]
pub struct Personalisation(Vec<(String, Zeroizing<String>)>);

impl Personalisation {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Personalisation {
        Personalisation::default()
    }

    /// With these words in that gap.
    #[must_use]
    pub fn with(mut self, gap: &str, words: &Filled) -> Personalisation {
        self.0.retain(|(known, _)| known != gap);
        self.0.push((gap.to_owned(), Zeroizing::new(words.text().to_owned())));
        self
    }
}

impl fmt::Debug for Personalisation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(gap, _)| gap)).finish()
    }
}

impl Serialize for Personalisation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(gap, words)| (gap, words.as_str())))
    }
}

struct Request<'a> {
    way: &'static str,
    to: &'a str,
    template: Uuid,
    words: &'a Personalisation,
    id: MessageId,
}

impl Serialize for Request<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(self.way, self.to)?;
        map.serialize_entry("template_id", &self.template)?;
        // The official client leaves an empty one out.
        if !self.words.0.is_empty() {
            map.serialize_entry("personalisation", self.words)?;
        }
        map.serialize_entry("reference", &self.id.0)?;
        map.end()
    }
}

/// The body of a request to send.
pub(super) fn body(
    way: &'static str,
    to: &str,
    template: Uuid,
    words: &Personalisation,
    id: MessageId,
) -> Option<Zeroizing<Vec<u8>>> {
    // Room for all of it at once: growing would leave copies behind that are not wiped. A character takes twelve bytes at most.
    let room = words.0.iter().map(|(gap, words)| (gap.len() + words.len()) * 6 + 16).sum::<usize>();
    let mut written = Zeroizing::new(Vec::with_capacity(room + to.len() * 6 + 256));
    let mut serializer = serde_json::Serializer::with_formatter(&mut *written, AsTheOfficialClient);
    Request { way, to, template, words, id }.serialize(&mut serializer).ok()?;
    Some(written)
}

/// JSON as Python writes it: a space after comma and colon, and nothing but ASCII.
struct AsTheOfficialClient;

impl Formatter for AsTheOfficialClient {
    fn begin_object_key<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b": ")
    }

    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        for c in fragment.chars() {
            if c.is_ascii() {
                write!(writer, "{c}")?;
            } else {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    write!(writer, "\\u{unit:04x}")?;
                }
            }
        }
        Ok(())
    }
}

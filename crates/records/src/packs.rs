//! The pack that a recipient gets: the facts as JSON and as a page to read, in one zip file, encrypted with age to the
//! recipient's key. It is made in memory and never stands on disk in the clear.

use std::io::{Cursor, Write};

use casework::disclosures::Disclosure;
use casework::{EntryId, dates};
use jiff::civil::Date;
use maud::{DOCTYPE, html};
use serde_json::json;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::Error;
use crate::disclosures::Fact;

/// What the pack says of itself.
#[derive(Debug, Clone)]
pub struct About {
    /// By which the recipient is told later what to put right or to erase.
    pub reference: EntryId,
    /// The service that gives it.
    pub service: String,
    /// Who is responsible for the service.
    pub controller: String,
    /// Whom it is for.
    pub recipient: String,
    /// What for, in the words of the notice.
    pub purpose: String,
    /// Whether it rests on a law instead of consent.
    pub by_law: bool,
    /// The day on which it was packed.
    pub day: Date,
}

/// An encrypted pack, and what to call its file.
pub struct Pack {
    /// The name of the file: its reference, nobody's name.
    pub file_name: String,
    /// An age file.
    pub bytes: Vec<u8>,
}

/// Packs and encrypts what may leave. A [`Disclosure`] is needed for it, and only its fields go in.
pub(crate) fn encrypted(
    disclosure: &Disclosure,
    about: &About,
    facts: &[Fact],
    address: &str,
) -> Result<Pack, Error> {
    let facts: Vec<&Fact> = facts.iter().filter(|fact| disclosure.fields().contains(&fact.field)).collect();
    let zip = zipped(&[("facts.json", as_json(about, &facts)), ("facts.html", as_page(about, &facts))])?;
    let recipient = address.parse::<age::x25519::Recipient>().map_err(|_| Error::Damaged("recipient key"))?;
    let bytes = age::encrypt(&recipient, &zip).map_err(|_| Error::Damaged("encryption"))?;
    Ok(Pack { file_name: format!("{}.zip.age", about.reference), bytes })
}

fn as_json(about: &About, facts: &[&Fact]) -> String {
    let list: Vec<_> = facts
        .iter()
        .map(|fact| json!({ "field": fact.field.as_str(), "label": fact.label, "value": fact.value }))
        .collect();
    let document = json!({
        "format": "kept-disclosure-1",
        "reference": about.reference.to_string(),
        "from": { "service": about.service, "controller": about.controller },
        "to": about.recipient,
        "purpose": about.purpose,
        "ground": if about.by_law { "law" } else { "consent" },
        "packed": about.day.to_string(),
        "facts": list,
    });
    format!("{document:#}\n")
}

fn as_page(about: &About, facts: &[&Fact]) -> String {
    let ground = if about.by_law {
        "A law lets us share this."
    } else {
        "The person agreed to this, and can take that back."
    };
    let page = html! {
        (DOCTYPE)
        html lang="en-GB" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "Facts shared by " (about.service) }
            }
            body { main {
                h1 { "Facts shared by " (about.service) }
                p { "For " (about.recipient) ". Packed on " (dates::long(about.day)) ". Reference " (about.reference) "." }
                p { (about.purpose) }
                p { (ground) " Use it for this and nothing else. We tell you by the reference if something has to be put right or erased; please answer when you have done so." }
                table border="1" cellpadding="6" {
                    caption { "The facts" }
                    thead { tr { th scope="col" { "What" } th scope="col" { "Answer" } } }
                    tbody { @for fact in facts { tr { th scope="row" { (fact.label) } td { (fact.value) } } } }
                }
                p { (about.controller) }
            } }
        }
    };
    page.into_string()
}

fn zipped(files: &[(&str, String)]) -> Result<Vec<u8>, Error> {
    let failed = |_| Error::Damaged("pack");
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, content) in files {
        zip.start_file(*name, options).map_err(failed)?;
        zip.write_all(content.as_bytes()).map_err(|_| Error::Damaged("pack"))?;
    }
    Ok(zip.finish().map_err(failed)?.into_inner())
}

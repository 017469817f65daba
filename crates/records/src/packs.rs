//! The pack that a recipient gets: the facts as JSON, as a PDF and as a page to read, in one zip file, encrypted with age to the
//! recipient's key. It is made in memory and never stands on disk in the clear.

use std::io::{Cursor, Write};

use casework::disclosures::Disclosure;
use casework::{EntryId, dates};
use jiff::civil::Date;
use maud::{DOCTYPE, html};
use press::{Block, Column, Document, Table};
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
    let zip = zipped(&[
        ("facts.json", as_json(about, &facts).into_bytes()),
        ("facts.pdf", as_pdf(about, &facts)?),
        ("facts.html", as_page(about, &facts).into_bytes()),
    ])?;
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

/// For whom and when, what for, and what the recipient has to keep to.
fn terms(about: &About) -> [String; 3] {
    let ground = if about.by_law {
        "A law lets us share this."
    } else {
        "The person agreed to this, and can take that back."
    };
    [
        format!(
            "For {}. Packed on {}. Reference {}.",
            about.recipient,
            dates::long(about.day),
            about.reference
        ),
        about.purpose.clone(),
        format!(
            "{ground} Use it for this and nothing else. We tell you by the reference if something has to be put right or erased; please answer when you have done so."
        ),
    ]
}

fn title(about: &About) -> String {
    format!("Facts shared by {}", about.service)
}

fn as_pdf(about: &About, facts: &[&Fact]) -> Result<Vec<u8>, Error> {
    let mut blocks: Vec<Block> = terms(about).into_iter().map(|line| Block::Paragraph(line.into())).collect();
    let column = |heading: &str| Column { heading: heading.to_owned(), figures: false };
    blocks.push(Block::Table(Table {
        caption: "The facts".to_owned(),
        columns: vec![column("What"), column("Answer")],
        lines: facts.iter().map(|fact| vec![fact.label.clone(), fact.value.clone()]).collect(),
    }));
    blocks.push(Block::Paragraph(about.controller.as_str().into()));
    let foot = format!("Shared under reference {}. For {} only.", about.reference, about.recipient);
    let (title, from, made) = (title(about), about.service.clone(), about.day);
    Ok(press::pdf(&Document { title, from, foot, made, blocks })?)
}

fn as_page(about: &About, facts: &[&Fact]) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en-GB" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title(about)) }
            }
            body { main {
                h1 { (title(about)) }
                @for line in terms(about) { p { (line) } }
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

fn zipped(files: &[(&str, Vec<u8>)]) -> Result<Vec<u8>, Error> {
    let failed = |_| Error::Damaged("pack");
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, content) in files {
        zip.start_file(*name, options).map_err(failed)?;
        zip.write_all(content).map_err(|_| Error::Damaged("pack"))?;
    }
    Ok(zip.finish().map_err(failed)?.into_inner())
}

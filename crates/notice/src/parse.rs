//! Reads a notice file: strict, in one pass, with every fault at once.
//!
//! What could be read is kept beside the faults, so that the lint can say something about a broken notice too.

mod broken;
mod checks;
mod parts;

use jiff::civil::Date;
use sha2::{Digest, Sha256};
use toml::de::DeTable;

pub(crate) use broken::Broken;

use crate::codes::Layer;
use crate::fault::Fault;
use crate::model::{Controller, Erasure, Notice};
use crate::read_fields;
use crate::reader::{Faults, Part};
use crate::source::Places;

/// A text as far as it could be read.
pub(crate) struct Reading {
    pub(crate) notice: Notice,
    pub(crate) faults: Vec<Fault>,
    /// Where it is not TOML: what was read may lack what stands there.
    pub(crate) broken: Broken,
    pub(crate) places: Places,
}

impl Notice {
    /// Reads the text of a notice file.
    ///
    /// # Errors
    /// Everything that is wrong with it, in the order of the text.
    pub fn parse(text: &str) -> Result<Notice, Vec<Fault>> {
        let reading = read(text);
        if reading.faults.is_empty() { Ok(reading.notice) } else { Err(reading.faults) }
    }
}

/// Reads as much as can be read.
pub(crate) fn read(text: &str) -> Reading {
    let (table, broken) = DeTable::parse_recoverable(text);
    let faults = Faults::of(text);
    let places = Places::of(&table);

    let mut root = Part::root(&table, &faults);
    let mut notice = notice(&mut root);
    root.done();
    if notice.extends.is_some() {
        hold_what_is_named(&mut notice);
    }
    notice.digest = hex::encode(Sha256::digest(text));
    checks::check(&notice, &places, &faults);

    let syntax = Faults::of(text);
    for error in broken {
        syntax.add(&error.span().unwrap_or_default(), capitalised(error.message()), cure_of(error.message()));
    }
    let syntax = syntax.into_sorted();
    let broken = Broken::of(text, &syntax);
    Reading { notice, faults: merged(syntax, faults.into_sorted(), &broken), broken, places }
}

/// A programme's layer holds the fields that the programme's notice names, and no more.
fn hold_what_is_named(programme: &mut Notice) {
    let named: Vec<_> = programme.categories.iter().flat_map(|held| held.fields.clone()).collect();
    for rule in programme.retention.iter_mut().filter(|rule| rule.layer == Layer::Programme) {
        rule.fields.clone_from(&named);
    }
}

/// Faults of the form and of the content together. What was guessed from a line that is not TOML would only confuse.
fn merged(syntax: Vec<Fault>, mut content: Vec<Fault>, broken: &Broken) -> Vec<Fault> {
    content.retain(|fault| !broken.is_about(fault) && !syntax.iter().any(|line| line.line == fault.line));
    let mut all = syntax;
    all.append(&mut content);
    all.sort();
    all
}

fn cure_of(message: &str) -> &'static str {
    if message.contains("date") {
        "Write a day that is in the calendar, like 2026-12-01"
    } else if message.contains("duplicate") {
        "Keep one of the two"
    } else {
        "Look at the quotation marks, brackets and equals signs in this line"
    }
}

fn capitalised(message: &str) -> String {
    let mut letters = message.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn notice(root: &mut Part<'_, '_>) -> Notice {
    let extends = root.opt_text("extends");
    let programme = extends.is_some();
    Notice {
        id: root.text("id"),
        title: root.text("title"),
        service: root.text("service"),
        version: root.text("version"),
        effective: root.date("effective").unwrap_or(Date::ZERO),
        review: root.opt_date("review"),
        language: root.opt_text("language").unwrap_or_else(|| "en-GB".to_owned()),
        opening: root.opt_text("opening").unwrap_or_default(),
        laws: root.texts("laws"),
        controller: controller(root, programme),
        contacts: root.parts("contacts").into_iter().filter_map(parts::contact).collect(),
        categories: some(root, "categories").into_iter().filter_map(parts::category).collect(),
        fields: root.parts("fields").into_iter().filter_map(read_fields::field).collect(),
        lists: root.parts("lists").into_iter().map(read_fields::list).collect(),
        whys: parts::whys(root),
        purposes: some(root, "purposes").into_iter().filter_map(parts::purpose).collect(),
        functions: root.parts("functions").into_iter().map(parts::function).collect(),
        retention: some(root, "retention").into_iter().filter_map(parts::retention).collect(),
        erasure: root.part("erasure").map_or_else(Erasure::default, parts::erasure),
        recipients: root.parts("recipients").into_iter().filter_map(parts::recipient).collect(),
        sharing: root.opt_text("sharing").unwrap_or_default(),
        systems: root.parts("systems").into_iter().filter_map(parts::system).collect(),
        transfers: root.part("transfers").map(parts::transfers),
        rights: root.parts("rights").into_iter().filter_map(parts::right).collect(),
        objection: root.part("objection").map(parts::objection),
        withdrawal: root.part("withdrawal").map(parts::withdrawal),
        complaints: root.part("complaints").map(parts::complaints),
        automated: root.part("automated").map(parts::automated),
        required: root.part("required").map(parts::required),
        sources: root.parts("sources").into_iter().map(parts::source).collect(),
        requests: root.part("requests").map(parts::requests),
        sections: root.parts("sections").into_iter().map(parts::section).collect(),
        extends,
        digest: String::new(),
    }
}

fn controller(root: &mut Part<'_, '_>, programme: bool) -> Controller {
    let Some(part) = root.part("controller") else {
        if !programme && !root.has("controller") {
            let what = "The notice does not say who decides about the data";
            root.fault(&(0..0), what, "Add [controller] with name, address, phone and email");
        }
        return Controller::default();
    };
    parts::controller(part, programme)
}

/// The tables under a key of which a notice needs at least one.
fn some<'a, 'i>(root: &mut Part<'a, 'i>, key: &'static str) -> Vec<Part<'a, 'i>> {
    let found = root.parts(key);
    if found.is_empty() {
        root.fault(
            &root.span_of(key),
            format!("The notice has no {key}"),
            format!("Add at least one [[{key}]]"),
        );
    }
    found
}

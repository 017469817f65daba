//! The built-in font in two weights: Source Sans 3 (fonts/LICENSE.md), with Latin, Greek and Cyrillic.

use std::collections::HashMap;
use std::sync::OnceLock;

use krilla::text::{Font, GlyphId};
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};

use crate::Error;

static REGULAR: &[u8] = include_bytes!("../fonts/SourceSans3-Regular.otf");
static BOLD: &[u8] = include_bytes!("../fonts/SourceSans3-Bold.otf");

/// What is drawn for a character that the font does not have.
pub(crate) const MISSING: char = '\u{25A1}';

/// How heavy words are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    Regular,
    Bold,
}

/// A glyph and how far it moves the pen, in ems.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sign {
    pub(crate) glyph: GlyphId,
    pub(crate) advance: f32,
}

/// One weight.
pub(crate) struct Face {
    pub(crate) font: Font,
    signs: HashMap<char, Sign>,
    missing: Sign,
}

impl Face {
    fn read(bytes: &'static [u8]) -> Result<Face, Error> {
        let file = FontRef::new(bytes).map_err(|_| Error::Font)?;
        let font = Font::new(bytes.into(), 0).ok_or(Error::Font)?;
        let metrics = file.glyph_metrics(Size::new(1.0), LocationRef::default());
        let signs: HashMap<char, Sign> = file
            .charmap()
            .mappings()
            .filter_map(|(code, glyph)| {
                let advance = metrics.advance_width(glyph)?;
                Some((char::from_u32(code)?, Sign { glyph: GlyphId::new(glyph.to_u32()), advance }))
            })
            .collect();
        let missing = *signs.get(&MISSING).ok_or(Error::Font)?;
        Ok(Face { font, signs, missing })
    }

    /// The sign of a character, if the font has it.
    pub(crate) fn sign(&self, character: char) -> Option<Sign> {
        self.signs.get(&character).copied()
    }

    /// What is drawn for one that it does not have.
    pub(crate) fn missing(&self) -> Sign {
        self.missing
    }
}

/// Both weights.
pub(crate) struct Faces {
    regular: Face,
    bold: Face,
}

impl Faces {
    /// The built-in font, read once.
    pub(crate) fn built_in() -> Result<&'static Faces, Error> {
        static READ: OnceLock<Option<Faces>> = OnceLock::new();
        let read = || Some(Faces { regular: Face::read(REGULAR).ok()?, bold: Face::read(BOLD).ok()? });
        READ.get_or_init(read).as_ref().ok_or(Error::Font)
    }

    pub(crate) fn of(&self, weight: Weight) -> &Face {
        match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        }
    }
}

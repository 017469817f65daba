//! From words to lines of a width: which glyphs, and where a line may end (UAX #14).

use krilla::text::KrillaGlyph;
use unicode_linebreak::{BreakOpportunity, linebreaks};
use unicode_normalization::UnicodeNormalization as _;

use crate::faces::{Faces, MISSING, Weight};
use crate::model::{Span, Text};

/// Words of one kind within a line.
#[derive(Debug, Clone)]
pub(crate) struct Piece {
    /// How far from the beginning of the line, in points.
    pub(crate) x: f32,
    pub(crate) width: f32,
    pub(crate) weight: Weight,
    /// What the glyphs below stand for.
    pub(crate) words: String,
    pub(crate) glyphs: Vec<KrillaGlyph>,
    /// What stands here really, if the font has no glyphs for it.
    pub(crate) said: Option<String>,
    /// The span of the text that it comes from.
    pub(crate) span: usize,
}

/// A line.
#[derive(Debug, Default)]
pub(crate) struct Line {
    pub(crate) pieces: Vec<Piece>,
    /// Without the spaces at its end, in points.
    pub(crate) width: f32,
}

/// A character that is drawn.
struct Atom {
    /// The character, for finding where a line may end.
    character: char,
    /// What the glyph stands for.
    drawn: char,
    glyph: krilla::text::GlyphId,
    /// In points.
    advance: f32,
    weight: Weight,
    span: usize,
    /// What is really there, where the font has nothing.
    said: Option<String>,
    missing: bool,
}

/// Characters that are not drawn and take no room (Unicode: `Default_Ignorable_Code_Point`).
fn invisible(character: char) -> bool {
    matches!(character,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}'..='\u{1160}' | '\u{17B4}'..='\u{17B5}' | '\u{180B}'..='\u{180F}'
        | '\u{200C}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}'
        | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFF8}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}'
        | '\u{E0000}'..='\u{E0FFF}')
}

/// Whether a character may be told to a reader: controls, private ones and those that are none have no meaning outside.
fn telling(character: char) -> bool {
    let code = u32::from(character);
    let private = matches!(code, 0xE000..=0xF8FF | 0xF0000..=0x10_FFFF);
    !character.is_control() && !private && !matches!(code, 0xFDD0..=0xFDEF) && code & 0xFFFE != 0xFFFE
}

/// One look for characters that look the same: the font has one glyph for them.
fn plain(character: char) -> char {
    match character {
        '\t' | '\u{A0}' => ' ',
        '\u{2010}' | '\u{2011}' => '-',
        '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{B}' | '\u{C}' | '\r' => '\n',
        other => other,
    }
}

fn atoms(text: &Text, base: Weight, size: f32, faces: &Faces) -> Vec<Atom> {
    let mut atoms: Vec<Atom> = Vec::new();
    for (span, part) in text.0.iter().enumerate() {
        let weight = if matches!(part, Span::Strong(_)) { Weight::Bold } else { base };
        let face = faces.of(weight);
        let mut previous = ' ';
        for character in part.words().nfc() {
            let drawn = plain(character);
            // A line that ends in two characters ends once.
            let twice = character == '\n' && previous == '\r';
            previous = character;
            if twice {
                continue;
            }
            if invisible(character) {
                // Within a run that the font lacks it matters: it joins the parts of an emoji.
                if let Some(said) = atoms.last_mut().and_then(|last| last.said.as_mut()) {
                    said.push(character);
                }
                continue;
            }
            let sign = if drawn == '\n' { face.sign(' ') } else { face.sign(drawn) };
            let missing = sign.is_none();
            let sign = sign.unwrap_or(face.missing());
            atoms.push(Atom {
                character: if drawn == '\n' || character == '\t' { drawn } else { character },
                drawn: if missing { MISSING } else { drawn },
                glyph: sign.glyph,
                advance: if drawn == '\n' { 0.0 } else { sign.advance * size },
                weight,
                span,
                said: (missing && telling(character)).then(|| character.to_string()),
                missing,
            });
        }
    }
    atoms
}

/// Where lines may end: for each atom whether one may, or must, end after it.
fn ends(atoms: &[Atom]) -> Vec<Option<BreakOpportunity>> {
    let text: String = atoms.iter().map(|atom| atom.character).collect();
    let mut ends = vec![None; atoms.len()];
    let mut breaks = linebreaks(&text).peekable();
    let mut at = 0;
    for (atom, end) in atoms.iter().zip(&mut ends) {
        at += atom.character.len_utf8();
        while breaks.peek().is_some_and(|(index, _)| *index < at) {
            breaks.next();
        }
        if let Some((index, kind)) = breaks.peek()
            && *index == at
        {
            *end = Some(*kind);
        }
    }
    ends
}

fn line_of(atoms: &[Atom], size: f32) -> Line {
    let mut line = Line::default();
    let mut x = 0.0;
    for atom in atoms.iter().filter(|atom| atom.drawn != '\n') {
        let same = |piece: &Piece| {
            piece.span == atom.span
                && piece.weight == atom.weight
                && piece.said.is_some() == atom.said.is_some()
        };
        if !line.pieces.last().is_some_and(same) {
            line.pieces.push(Piece {
                x,
                width: 0.0,
                weight: atom.weight,
                words: String::new(),
                glyphs: Vec::new(),
                said: atom.said.as_ref().map(|_| String::new()),
                span: atom.span,
            });
        }
        let Some(piece) = line.pieces.last_mut() else { continue };
        let begins = piece.words.len();
        piece.words.push(atom.drawn);
        let range = begins..piece.words.len();
        piece.glyphs.push(KrillaGlyph::new(atom.glyph, atom.advance / size, 0.0, 0.0, 0.0, range, None));
        if let (Some(all), Some(said)) = (piece.said.as_mut(), atom.said.as_ref()) {
            all.push_str(said);
        }
        piece.width += atom.advance;
        x += atom.advance;
        if !atom.drawn.is_whitespace() || atom.missing {
            line.width = x;
        }
    }
    line
}

/// Breaks a text into lines of at most this width, in points; a word that is too long is broken where it must be.
pub(crate) fn broken(text: &Text, base: Weight, size: f32, width: f32, faces: &Faces) -> Vec<Line> {
    let atoms = atoms(text, base, size, faces);
    let ends = ends(&atoms);
    let mut lines = Vec::new();
    // The line so far, from `begin`: how wide, and where it could end.
    let (mut begin, mut x, mut possible) = (0, 0.0_f32, None);
    let mut at = 0;
    while let (Some(atom), Some(end)) = (atoms.get(at), ends.get(at)) {
        let fits = atom.drawn == ' ' || x + atom.advance <= width || at == begin || atom.advance == 0.0;
        if !fits {
            let next = possible.unwrap_or(at);
            lines.push(line_of(atoms.get(begin..next).unwrap_or_default(), size));
            (begin, x, possible, at) = (next, 0.0, None, next);
            continue;
        }
        x += atom.advance;
        at += 1;
        match end {
            Some(BreakOpportunity::Mandatory) => {
                lines.push(line_of(atoms.get(begin..at).unwrap_or_default(), size));
                (begin, x, possible) = (at, 0.0, None);
            }
            Some(BreakOpportunity::Allowed) => possible = Some(at),
            None => {}
        }
    }
    if begin < atoms.len() {
        lines.push(line_of(atoms.get(begin..).unwrap_or_default(), size));
    }
    lines
}

/// How wide a text is in one line, and its widest word: what a column would like and what it needs.
pub(crate) fn widths(words: &str, base: Weight, size: f32, faces: &Faces) -> (f32, f32) {
    let atoms = atoms(&words.into(), base, size, faces);
    let (mut all, mut word, mut widest) = (0.0, 0.0, 0.0_f32);
    for (atom, end) in atoms.iter().zip(ends(&atoms)) {
        all += atom.advance;
        if !atom.drawn.is_whitespace() {
            word += atom.advance;
        }
        widest = widest.max(word);
        if end.is_some() {
            word = 0.0;
        }
    }
    (all, widest)
}

//! Where everything stands on the pages: marks at places, each with its place in the structure.

mod chart;
mod rows;
mod table;

use std::num::NonZeroU16;

use krilla::tagging::{ListNumbering, Tag};

use crate::faces::{Faces, Weight};
use crate::lines::{Line, Piece, broken};
use crate::model::{Block, Document, Level, Span, Text};
use crate::structure::{Leaf, Node, Structure};
use rows::{Cell, Paragraph, Row, Shown};

/// A4, in points.
pub(crate) const PAGE: (f32, f32) = (595.28, 841.89);
/// What stands between the edge of the sheet and the words at its left and right.
pub(crate) const SIDE: f32 = 62.0;
/// Where the words of a page begin and end.
const TOP: f32 = 84.0;
const BOTTOM: f32 = PAGE.1 - 74.0;
/// How wide lines are.
pub(crate) const WIDTH: f32 = PAGE.0 - 2.0 * SIDE;

/// A colour: red, green, blue.
pub(crate) type Ink = [u8; 3];
pub(crate) const INK: Ink = [0x17, 0x21, 0x2b];
pub(crate) const MUTED: Ink = [0x4a, 0x56, 0x61];
pub(crate) const BRAND: Ink = [0x14, 0x53, 0x5f];
pub(crate) const HAIRLINE: Ink = [0xd9, 0xd6, 0xcc];
const LINK: Ink = [0x0b, 0x5c, 0x6b];

/// How words look.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Style {
    pub(crate) size: f32,
    /// From one line to the next.
    pub(crate) leading: f32,
    pub(crate) weight: Weight,
    pub(crate) ink: Ink,
}

const fn style(size: f32, leading: f32, weight: Weight, ink: Ink) -> Style {
    Style { size, leading, weight, ink }
}

const TITLE: Style = style(24.0, 28.0, Weight::Bold, BRAND);
const PART: Style = style(15.5, 20.0, Weight::Bold, BRAND);
const SECTION: Style = style(11.5, 15.0, Weight::Bold, INK);
pub(crate) const BODY: Style = style(10.5, 15.0, Weight::Regular, INK);
pub(crate) const TERM: Style = style(10.5, 15.0, Weight::Bold, INK);
pub(crate) const SMALL: Style = style(8.5, 11.0, Weight::Regular, MUTED);

/// To whom a mark belongs.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Owner {
    /// To nobody: decoration, or a head that is repeated.
    Decoration,
    /// To the structure.
    Leaf(Leaf),
}

/// Where a link leads.
#[derive(Debug, Clone)]
pub(crate) enum Target {
    Address(String),
    /// The heading with this number.
    Heading(usize),
}

/// What is drawn.
#[derive(Debug)]
pub(crate) enum Drawn {
    /// Words that begin here, on this base line.
    Words { x: f32, y: f32, size: f32, ink: Ink, piece: Piece },
    /// A filled rectangle: left, top, width, height.
    Area { x: f32, y: f32, width: f32, height: f32, ink: Ink },
    /// The page on which a heading stands, ending here.
    PageOf { heading: usize, right: f32, y: f32, style: Style },
    /// A place that leads somewhere: left, top, width, height.
    Link { x: f32, y: f32, width: f32, height: f32, target: Target, says: String },
}

/// Something on a page.
#[derive(Debug)]
pub(crate) struct Mark {
    pub(crate) owner: Owner,
    pub(crate) drawn: Drawn,
}

/// A heading, for the bookmarks.
#[derive(Debug)]
pub(crate) struct Heading {
    pub(crate) level: Level,
    pub(crate) words: String,
    pub(crate) page: usize,
    pub(crate) y: f32,
}

/// The pages of a document.
#[derive(Default)]
pub(crate) struct Pages {
    pub(crate) pages: Vec<Vec<Mark>>,
    pub(crate) headings: Vec<Heading>,
    pub(crate) structure: Structure,
}

/// Where the next thing stands.
struct Layout<'f> {
    faces: &'f Faces,
    made: Pages,
    y: f32,
    /// What is drawn again at the head of a new page: the heads of a table.
    again: Option<Row>,
}

/// Lays a document out.
pub(crate) fn lay_out(document: &Document, faces: &Faces) -> Pages {
    let made = Pages { pages: vec![Vec::new()], ..Pages::default() };
    let mut layout = Layout { faces, made, y: TOP, again: None };
    let title = layout.made.structure.node(None, heading(1, &document.title));
    layout.text(title, &document.title.as_str().into(), TITLE, 0.0);
    layout.y += 10.0;
    let parts: Vec<(usize, &str)> = headings(&document.blocks)
        .enumerate()
        .filter_map(|(at, (level, words))| (level == Level::Part).then_some((at, words)))
        .collect();
    for block in &document.blocks {
        layout.block(block, &parts);
    }
    layout.made
}

/// All headings below the title.
fn headings(blocks: &[Block]) -> impl Iterator<Item = (Level, &str)> {
    blocks.iter().filter_map(|block| match block {
        Block::Heading(level, words) => Some((*level, words.as_str())),
        _ => None,
    })
}

/// Names in the structure and in bookmarks are kept short.
pub(crate) fn short(words: &str) -> String {
    let name: String = words.chars().map(|c| if c.is_control() { ' ' } else { c }).take(200).collect();
    if name.trim().is_empty() { "Untitled".to_owned() } else { name }
}

fn heading(level: u16, words: &str) -> Tag<krilla::tagging::kind::Hn> {
    Tag::Hn(NonZeroU16::new(level).unwrap_or(NonZeroU16::MIN), Some(short(words)))
}

impl Layout<'_> {
    fn block(&mut self, block: &Block, parts: &[(usize, &str)]) {
        match block {
            Block::Heading(level, words) => self.heading(*level, words),
            Block::Paragraph(text) => {
                let node = self.made.structure.node(None, Tag::P);
                self.text(node, text, BODY, 7.0);
            }
            Block::List(points) => self.list(points),
            Block::Facts(facts) => self.facts(facts),
            Block::Contents => self.contents(parts),
            Block::Table(table) => self.table(table),
            Block::Chart(chart) => self.chart(chart),
        }
    }

    fn mark(&mut self, owner: Owner, drawn: Drawn) {
        if let Some(page) = self.made.pages.last_mut() {
            page.push(Mark { owner, drawn });
        }
    }

    fn page(&self) -> usize {
        self.made.pages.len().saturating_sub(1)
    }

    fn new_page(&mut self) {
        self.made.pages.push(Vec::new());
        self.y = TOP;
        if let Some(again) = self.again.take() {
            self.row(&again, Shown::Again);
            self.again = Some(again);
        }
    }

    /// Begins a new page unless this much room is left.
    fn need(&mut self, height: f32) {
        if self.y + height > BOTTOM && self.y > TOP {
            self.new_page();
        }
    }

    fn broken(&self, text: &Text, style: Style, width: f32) -> Vec<Line> {
        broken(text, style.weight, style.size, width, self.faces)
    }

    /// A text over the whole width, for an element.
    fn text(&mut self, node: Node, text: &Text, style: Style, after: f32) {
        let paragraph = Paragraph { node, lines: self.broken(text, style, WIDTH), links: links(text), style };
        self.row(&Row::of(vec![Cell::new(SIDE, WIDTH, vec![paragraph])], after), Shown::First);
    }

    fn heading(&mut self, level: Level, words: &str) {
        let (style, above, deep) = match level {
            Level::Part => (PART, 18.0, 2),
            Level::Section => (SECTION, 10.0, 3),
        };
        if self.y > TOP {
            self.y += above;
        }
        // A heading does not stand alone at the foot of a page.
        self.need(style.leading + 4.0 * BODY.leading);
        let place = Heading { level, words: short(words), page: self.page(), y: self.y };
        self.made.headings.push(place);
        let node = self.made.structure.node(None, heading(deep, words));
        self.text(node, &words.into(), style, 3.0);
        if level == Level::Part {
            let (y, ink) = (self.y, HAIRLINE);
            self.mark(Owner::Decoration, Drawn::Area { x: SIDE, y, width: WIDTH, height: 0.75, ink });
            self.y += 9.0;
        }
    }

    fn list(&mut self, points: &[Text]) {
        let list = self.made.structure.node(None, Tag::L(ListNumbering::Disc));
        for point in points {
            let item = self.made.structure.node(Some(list), Tag::LI);
            let bullet = self.made.structure.node(Some(item), Tag::Lbl);
            let body = self.made.structure.node(Some(item), Tag::LBody);
            let lines = self.broken(&"\u{2022}".into(), BODY, 12.0);
            let bullet = Paragraph { node: bullet, lines, links: Vec::new(), style: BODY };
            let lines = self.broken(point, BODY, WIDTH - 14.0);
            let body = Paragraph { node: body, lines, links: links(point), style: BODY };
            let cells = vec![
                Cell::new(SIDE + 2.0, 12.0, vec![bullet]),
                Cell::new(SIDE + 14.0, WIDTH - 14.0, vec![body]),
            ];
            self.row(&Row::of(cells, 3.0), Shown::First);
        }
        self.y += 4.0;
    }

    fn facts(&mut self, facts: &[(String, Vec<Text>)]) {
        const TERMS: f32 = 138.0;
        const GAP: f32 = 14.0;
        let (x, width) = (SIDE + TERMS + GAP, WIDTH - TERMS - GAP);
        let list = self.made.structure.node(None, Tag::L(ListNumbering::None));
        for (term, said) in facts {
            let item = self.made.structure.node(Some(list), Tag::LI);
            let label = self.made.structure.node(Some(item), Tag::Lbl);
            let body = self.made.structure.node(Some(item), Tag::LBody);
            let lines = self.broken(&term.as_str().into(), TERM, TERMS);
            let label = Paragraph { node: label, lines, links: Vec::new(), style: TERM };
            let mut paragraphs = Vec::new();
            for text in said {
                let node = self.made.structure.node(Some(body), Tag::P);
                let lines = self.broken(text, BODY, width);
                paragraphs.push(Paragraph { node, lines, links: links(text), style: BODY });
            }
            let cells = vec![Cell::new(SIDE, TERMS, vec![label]), Cell::new(x, width, paragraphs)];
            self.row(&Row::of(cells, 4.0), Shown::First);
        }
        self.y += 4.0;
    }

    fn contents(&mut self, parts: &[(usize, &str)]) {
        const NUMBERS: f32 = 40.0;
        let contents = self.made.structure.node(None, Tag::TOC);
        for (heading, words) in parts {
            let item = self.made.structure.node(Some(contents), Tag::TOCI);
            let reference = self.made.structure.node(Some(item), Tag::Reference);
            let link = self.made.structure.node(Some(reference), Tag::Link);
            let style = Style { ink: LINK, ..BODY };
            let lines = self.broken(&(*words).into(), style, WIDTH - NUMBERS);
            let height = style.leading * lines.len().max(1) as f32;
            self.need(height);
            let y = self.y;
            let words_shown = Paragraph { node: link, lines, links: Vec::new(), style };
            self.row(&Row::of(vec![Cell::new(SIDE, WIDTH - NUMBERS, vec![words_shown])], 2.0), Shown::First);
            let leaf = Owner::Leaf(self.made.structure.leaf(link));
            let number =
                Drawn::PageOf { heading: *heading, right: SIDE + WIDTH, y: y + base(style), style: BODY };
            self.mark(leaf, number);
            let leaf = Owner::Leaf(self.made.structure.leaf(link));
            let (target, says) = (Target::Heading(*heading), short(words));
            self.mark(leaf, Drawn::Link { x: SIDE, y, width: WIDTH, height, target, says });
        }
        self.y += 6.0;
    }
}

/// How far the base line of a line stands below its top.
pub(crate) fn base(style: Style) -> f32 {
    (style.leading - style.size) / 2.0 + 0.8 * style.size
}

/// The addresses of the spans of a text that are links, by their number.
fn links(text: &Text) -> Vec<(usize, String)> {
    let link = |(at, span): (usize, &Span)| match span {
        Span::Link { address, .. } => Some((at, address.clone())),
        Span::Plain(_) | Span::Strong(_) => None,
    };
    text.0.iter().enumerate().filter_map(link).collect()
}

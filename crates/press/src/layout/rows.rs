//! Rows: cells beside each other whose lines flow from page to page. Every text of a document is one.

use krilla::tagging::Tag;

use super::{BODY, BOTTOM, Drawn, Ink, LINK, Layout, Owner, Style, TOP, Target, base};
use crate::lines::{Line, Piece};
use crate::structure::Node;

/// Lines that belong to one element.
pub(super) struct Paragraph {
    pub(super) node: Node,
    pub(super) lines: Vec<Line>,
    /// The spans that lead somewhere, and where.
    pub(super) links: Vec<(usize, String)>,
    pub(super) style: Style,
}

/// A column of paragraphs.
pub(super) struct Cell {
    x: f32,
    width: f32,
    paragraphs: Vec<Paragraph>,
    /// Whether lines end at the right edge.
    right: bool,
}

impl Cell {
    pub(super) fn new(x: f32, width: f32, paragraphs: Vec<Paragraph>) -> Cell {
        Cell { x, width, paragraphs, right: false }
    }

    pub(super) fn at_the_right(self, right: bool) -> Cell {
        Cell { right, ..self }
    }

    /// All lines, each with the room above it.
    fn lines(&self) -> Vec<(&Paragraph, &Line, f32)> {
        let mut lines = Vec::new();
        for paragraph in &self.paragraphs {
            for (at, line) in paragraph.lines.iter().enumerate() {
                let above = if at == 0 && !lines.is_empty() { BETWEEN } else { 0.0 };
                lines.push((paragraph, line, above));
            }
        }
        lines
    }
}

/// The room between two paragraphs of a cell.
const BETWEEN: f32 = 4.0;

/// Cells beside each other.
pub(super) struct Row {
    pub(super) cells: Vec<Cell>,
    /// The room above and below the lines, within the row.
    pub(super) inside: f32,
    /// The room below the row.
    pub(super) after: f32,
    /// A line below the row: how thick and in which colour.
    pub(super) rule: Option<(f32, Ink)>,
}

impl Row {
    /// A row without anything around it.
    pub(super) fn of(cells: Vec<Cell>, after: f32) -> Row {
        Row { cells, inside: 0.0, after, rule: None }
    }

    /// How high it is if no page ends within it.
    pub(super) fn height(&self) -> f32 {
        let height = |cell: &Cell| cell.lines().iter().map(|(one, _, above)| above + one.style.leading).sum();
        self.cells.iter().map(height).fold(0.0, f32::max) + 2.0 * self.inside
    }
}

/// To whom the lines of a row belong.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    /// To the elements of their paragraphs.
    First,
    /// To nobody: the same row was there before.
    Again,
}

impl Layout<'_> {
    /// Places a row. One that fits on a page is broken only if it is long.
    pub(super) fn row(&mut self, row: &Row, shown: Shown) {
        let height = row.height();
        self.need(if height < (BOTTOM - TOP) / 4.0 { height } else { row.inside + 2.0 * BODY.leading });
        let mut rest: Vec<_> =
            row.cells.iter().map(|cell| (cell, cell.lines().into_iter().peekable())).collect();
        self.y += row.inside;
        loop {
            let top = self.y;
            let mut lowest = top;
            for (cell, lines) in &mut rest {
                let mut y = top;
                while let Some((paragraph, line, above)) =
                    lines.next_if(|(one, _, above)| y == top || y + above + one.style.leading <= BOTTOM)
                {
                    y += if y == top { 0.0 } else { above };
                    self.line(cell, paragraph, line, y, shown);
                    y += paragraph.style.leading;
                }
                lowest = lowest.max(y);
            }
            self.y = lowest;
            if rest.iter_mut().all(|(_, lines)| lines.peek().is_none()) {
                break;
            }
            self.new_page();
        }
        self.y += row.inside;
        if let Some((height, ink)) = row.rule {
            let (x, right) = row.cells.iter().fold((f32::MAX, 0.0_f32), |(x, right), cell| {
                (x.min(cell.x), right.max(cell.x + cell.width))
            });
            self.mark(Owner::Decoration, Drawn::Area { x, y: self.y, width: right - x, height, ink });
        }
        self.y += row.after;
    }

    fn line(&mut self, cell: &Cell, paragraph: &Paragraph, line: &Line, y: f32, shown: Shown) {
        let style = paragraph.style;
        let left = if cell.right { cell.x + cell.width - line.width } else { cell.x };
        for piece in &line.pieces {
            let link = paragraph.links.iter().find(|(span, _)| *span == piece.span);
            match (shown, link) {
                (Shown::Again, _) => self.words(Owner::Decoration, left, y, style, piece),
                (Shown::First, None) => {
                    let leaf = self.made.structure.leaf(paragraph.node);
                    self.words(Owner::Leaf(leaf), left, y, style, piece);
                }
                (Shown::First, Some((_, address))) => {
                    let node = self.made.structure.node(Some(paragraph.node), Tag::Link);
                    let leaf = self.made.structure.leaf(node);
                    self.words(Owner::Leaf(leaf), left, y, Style { ink: LINK, ..style }, piece);
                    let leaf = self.made.structure.leaf(node);
                    let (target, says) = (Target::Address(address.clone()), address.clone());
                    let (x, width, height) = (left + piece.x, piece.width, style.leading);
                    self.mark(Owner::Leaf(leaf), Drawn::Link { x, y, width, height, target, says });
                }
            }
        }
    }

    fn words(&mut self, owner: Owner, left: f32, y: f32, style: Style, piece: &Piece) {
        let (x, y) = (left + piece.x, y + base(style));
        self.mark(owner, Drawn::Words { x, y, size: style.size, ink: style.ink, piece: piece.clone() });
    }
}

//! Tables: quiet lines, heads that are repeated on each page; one that is too wide goes on below with its next columns.

use krilla::tagging::{TableHeaderScope, Tag, kind};

use super::rows::{Cell, Paragraph, Row, Shown};
use super::{BRAND, HAIRLINE, INK, Layout, SIDE, Style, TERM, WIDTH, style};
use crate::faces::Weight;
use crate::lines::widths;
use crate::model::Table;
use crate::structure::Node;

const CELL: Style = style(9.5, 12.5, Weight::Regular, INK);
const HEAD: Style = style(9.5, 12.5, Weight::Bold, INK);
/// Between two columns.
const GAP: f32 = 12.0;

/// What a column needs and would like, in points.
#[derive(Clone, Copy)]
struct Wish {
    needs: f32,
    likes: f32,
}

/// A column of a table as it is placed.
#[derive(Clone, Copy)]
struct Place {
    column: usize,
    x: f32,
    width: f32,
}

impl Layout<'_> {
    pub(super) fn table(&mut self, table: &Table) {
        let wishes: Vec<Wish> = (0..table.columns.len()).map(|column| self.wish(table, column)).collect();
        for (at, group) in groups(&wishes).iter().enumerate() {
            let caption =
                if at == 0 { table.caption.clone() } else { format!("{} (further columns)", table.caption) };
            self.part(table, &caption, &places(group, &wishes));
        }
        self.y += 10.0;
    }

    fn wish(&self, table: &Table, column: usize) -> Wish {
        let head = table.columns.get(column).map_or("", |column| column.heading.as_str());
        let (mut likes, mut needs) = widths(head, HEAD.weight, HEAD.size, self.faces);
        let weight = if column == 0 { HEAD.weight } else { CELL.weight };
        for line in &table.lines {
            let words = line.get(column).map_or("", String::as_str);
            let (like, need) = widths(words, weight, CELL.size, self.faces);
            (likes, needs) = (likes.max(like), needs.max(need));
        }
        // One word that is longer than half a line is broken instead.
        Wish { needs: (needs + 0.5).min(WIDTH / 2.0 - GAP), likes: likes + 0.5 }
    }

    /// Some columns of a table, as a table of its own.
    fn part(&mut self, table: &Table, caption: &str, places: &[Place]) {
        let node = self.made.structure.node(None, Tag::Table);
        let lines = self.broken(&caption.into(), TERM, WIDTH);
        let caption = self.made.structure.node(Some(node), Tag::Caption);
        let caption = Paragraph { node: caption, lines, links: Vec::new(), style: TERM };
        let caption = Row::of(vec![Cell::new(SIDE, WIDTH, vec![caption])], 4.0);
        let head = self.made.structure.node(Some(node), Tag::THead);
        let head = self.made.structure.node(Some(head), Tag::TR);
        let mut cells = Vec::new();
        for place in places {
            let cell = self.made.structure.node(Some(head), Tag::TH(TableHeaderScope::Column));
            let words = table.columns.get(place.column).map_or("", |column| column.heading.as_str());
            cells.push(self.cell(table, *place, cell, words, HEAD));
        }
        let head = Row { cells, inside: 4.0, after: 0.0, rule: Some((1.2, BRAND)) };
        // The caption stands together with the head and the first lines.
        self.need(caption.height() + head.height() + 3.0 * CELL.leading);
        self.row(&caption, Shown::First);
        self.row(&head, Shown::First);
        self.again = Some(head);
        let body = self.made.structure.node(Some(node), Tag::TBody);
        for line in &table.lines {
            let row = self.made.structure.node(Some(body), Tag::TR);
            let mut cells = Vec::new();
            for (at, place) in places.iter().enumerate() {
                let words = line.get(place.column).map_or("", String::as_str);
                let (cell, style) = if at == 0 {
                    (self.made.structure.node(Some(row), row_head()), HEAD)
                } else {
                    (self.made.structure.node(Some(row), Tag::TD), CELL)
                };
                cells.push(self.cell(table, *place, cell, words, style));
            }
            self.row(&Row { cells, inside: 3.0, after: 0.0, rule: Some((0.5, HAIRLINE)) }, Shown::First);
        }
        self.again = None;
        self.y += 12.0;
    }

    fn cell(&self, table: &Table, place: Place, node: Node, words: &str, style: Style) -> Cell {
        let lines = self.broken(&words.into(), style, place.width);
        let figures = table.columns.get(place.column).is_some_and(|column| column.figures);
        let paragraph = Paragraph { node, lines, links: Vec::new(), style };
        Cell::new(place.x, place.width, vec![paragraph]).at_the_right(figures)
    }
}

fn row_head() -> Tag<kind::TH> {
    Tag::TH(TableHeaderScope::Row)
}

/// Which columns stand beside each other: the first one in every group, and as many others as fit.
fn groups(wishes: &[Wish]) -> Vec<Vec<usize>> {
    let first = wishes.first().map_or(0.0, |wish| wish.needs);
    let mut groups = vec![vec![0]];
    let mut used = first;
    for (at, wish) in wishes.iter().enumerate().skip(1) {
        if used + GAP + wish.needs > WIDTH && groups.last().is_some_and(|group| group.len() > 1) {
            groups.push(vec![0]);
            used = first;
        }
        used += GAP + wish.needs;
        if let Some(group) = groups.last_mut() {
            group.push(at);
        }
    }
    groups
}

/// Where the columns of a group stand: as wide as they like, or what they need and a fair share of the rest.
fn places(group: &[usize], wishes: &[Wish]) -> Vec<Place> {
    let of = |at: &usize| wishes.get(*at).copied().unwrap_or(Wish { needs: 0.0, likes: 0.0 });
    let room = WIDTH - GAP * group.len().saturating_sub(1) as f32;
    let needs: f32 = group.iter().map(|at| of(at).needs).sum();
    let wants = |at: &usize| (of(at).likes - of(at).needs).max(0.0);
    let wanted: f32 = group.iter().map(wants).sum();
    let spare = (room - needs).max(0.0);
    let share = if wanted > spare { spare / wanted } else { 1.0 };
    let left = (spare - wanted).max(0.0);
    let mut x = SIDE;
    let mut places = Vec::new();
    for (nth, at) in group.iter().enumerate() {
        // What nobody wants goes to the headings of the lines.
        let width = of(at).needs + share * wants(at) + if nth == 0 { left } else { 0.0 };
        places.push(Place { column: *at, x, width });
        x += width + GAP;
    }
    places
}

//! Charts: a bar for each line of a table, with its name at the left and its figure at its end.

use krilla::geom::Rect;
use krilla::tagging::{BBox, Tag};

use super::{BRAND, Drawn, HAIRLINE, INK, Layout, Owner, SIDE, Style, WIDTH, base, short, style};
use crate::faces::Weight;
use crate::model::{Bar, Chart, Text};
use crate::structure::Node;

const LABEL: Style = style(9.0, 12.0, Weight::Regular, INK);
const NAMES: f32 = 150.0;
const GAP: f32 = 8.0;
/// What is left for a figure at the end of the longest bar.
const FIGURES: f32 = 56.0;
const STEP: f32 = 17.0;
/// How many bars stand in one picture: as many as fit on a page.
const AT_ONCE: usize = 36;

impl Layout<'_> {
    pub(super) fn chart(&mut self, chart: &Chart) {
        let longest = chart.bars.iter().filter_map(|bar| bar.value).max().unwrap_or(0);
        for bars in chart.bars.chunks(AT_ONCE) {
            let height = STEP * bars.len() as f32;
            self.need(height + 4.0);
            // The picture has to say what it shows where it stands, so its element is made with its place.
            let place = Rect::from_xywh(SIDE, self.y, WIDTH, height).map(|rect| BBox::new(self.page(), rect));
            let tag = Tag::Figure(Some(short_alternative(&chart.says))).with_bbox(place);
            let node = self.made.structure.node(None, tag);
            let leaf = Owner::Leaf(self.made.structure.leaf(node));
            let axis =
                Drawn::Area { x: SIDE + NAMES + GAP - 1.0, y: self.y, width: 1.0, height, ink: HAIRLINE };
            self.mark(leaf, axis);
            for bar in bars {
                self.bar(node, bar, longest);
            }
            self.y += 12.0;
        }
    }

    fn bar(&mut self, node: Node, bar: &Bar, longest: u64) {
        let top = self.y;
        let left = SIDE + NAMES + GAP;
        let room = WIDTH - NAMES - GAP - FIGURES;
        let share = bar.value.map_or(0.0, |value| value as f32 / longest.max(1) as f32);
        self.label(node, &bar.name.as_str().into(), top, |width| SIDE + NAMES - width);
        if share > 0.0 {
            let leaf = Owner::Leaf(self.made.structure.leaf(node));
            let (y, height) = (top + 3.0, STEP - 6.0);
            self.mark(leaf, Drawn::Area { x: left, y, width: room * share, height, ink: BRAND });
        }
        let figure = bar.value.map_or_else(|| "not shown".to_owned(), |value| value.to_string());
        self.label(node, &figure.into(), top, |_| left + room * share + 5.0);
        self.y += STEP;
    }

    /// One line of words; what does not fit beside a bar stands in the table.
    fn label(&mut self, node: Node, words: &Text, top: f32, x: impl Fn(f32) -> f32) {
        let lines = self.broken(words, LABEL, NAMES);
        let Some(line) = lines.into_iter().next() else { return };
        let left = x(line.width);
        for piece in line.pieces {
            let leaf = Owner::Leaf(self.made.structure.leaf(node));
            let (x, y) = (left + piece.x, top + (STEP - LABEL.leading) / 2.0 + base(LABEL));
            self.mark(leaf, Drawn::Words { x, y, size: LABEL.size, ink: LABEL.ink, piece });
        }
    }
}

fn short_alternative(says: &str) -> String {
    if says.trim().is_empty() {
        short("Chart")
    } else {
        says.chars().filter(|c| !c.is_control()).take(4000).collect()
    }
}

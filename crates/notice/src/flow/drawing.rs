//! The picture itself: three columns of boxes, and curves between them.

use std::fmt::Write as _;

use super::lettering::wrapped;
use super::{Flow, Node};
use crate::render::escape;

const WIDTH: f32 = 1160.0;
const BOX: f32 = 284.0;
const GAP: f32 = 14.0;
const WIDEST_GAP: f32 = 46.0;
const TOP: f32 = 52.0;
const PAD: f32 = 14.0;
const BAR: f32 = 6.0;
const SIZE: f32 = 17.0;
const NOTE: f32 = 15.0;
const LINE: f32 = 22.0;
const COLUMNS: [f32; 3] = [0.0, (WIDTH - BOX) / 2.0, WIDTH - BOX];
const HEADINGS: [&str; 3] = ["What we hold", "What for", "Who else gets some of it"];

/// One colour for each purpose, with all that leads to it and from it. The class comes first, the colour is for pages
/// without a stylesheet. All stand out from white paper by 4.5 to 1.
const COLOURS: [&str; 8] =
    ["#14535f", "#7a4a00", "#5b2a6e", "#1e6b45", "#a6231f", "#31598f", "#66531c", "#4a5661"];

/// A box in its place.
struct Placed {
    x: f32,
    y: f32,
    height: f32,
    label: Vec<String>,
    note: Vec<String>,
}

impl Placed {
    fn new(node: &Node, x: f32) -> Placed {
        let room = BOX - 2.0 * PAD - BAR;
        let (label, note) = (wrapped(&node.label, SIZE, room), wrapped(&node.note, NOTE, room));
        let lines = label.len() + note.len();
        // As many lines as a box can have, a float holds exactly.
        #[expect(clippy::cast_precision_loss, reason = "a few lines")]
        let height = lines as f32 * LINE + 2.0 * PAD - 4.0;
        Placed { x, y: 0.0, height, label, note }
    }
}

pub(super) fn draw(flow: &Flow) -> String {
    let mut columns = [&flow.categories, &flow.purposes, &flow.recipients]
        .map(Vec::as_slice)
        .into_iter()
        .zip(COLUMNS)
        .map(|(nodes, x)| nodes.iter().map(|node| Placed::new(node, x)).collect::<Vec<_>>())
        .collect::<Vec<_>>();
    let tallest = columns.iter().map(|column| height(column, GAP)).fold(0.0_f32, f32::max);
    columns.iter_mut().for_each(|column| spread(column, tallest));
    let [categories, purposes, recipients] = columns.as_slice() else { return String::new() };

    let height = TOP + tallest + 8.0;
    let (title, desc) = (format!("flow-title-{}", flow.name), format!("flow-desc-{}", flow.name));
    let mut svg = format!(
        "<svg class=\"flow\" xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"100%\" \
         viewBox=\"-2 0 {} {height:.0}\" aria-labelledby=\"{title}\" aria-describedby=\"{desc}\" \
         font-family=\"'Source Sans 3', 'Helvetica Neue', Helvetica, Arial, sans-serif\">\n",
        WIDTH + 4.0,
    );
    let _ = writeln!(svg, "<title id=\"{title}\">Where your data goes</title>");
    let _ = writeln!(svg, "<desc id=\"{desc}\">{}</desc>", escape(&description(flow)));
    for (heading, x) in HEADINGS.iter().zip(COLUMNS) {
        let _ = writeln!(
            svg,
            "<text class=\"flow-heading\" x=\"{x:.0}\" y=\"24\" font-size=\"19\" font-weight=\"700\" \
             fill=\"#17212b\">{heading}</text>",
        );
    }
    let single = flow.uses.iter().filter(|(_, purpose)| !flow.uses_all.contains(purpose)).copied();
    links(&mut svg, &single.collect::<Vec<_>>(), categories, purposes, Colour::Target);
    rails(&mut svg, &flow.uses_all, categories, purposes);
    links(&mut svg, &flow.goes, purposes, recipients, Colour::Source);
    for (column, nodes, class) in [
        (categories, &flow.categories, "category"),
        (purposes, &flow.purposes, "purpose"),
        (recipients, &flow.recipients, "recipient"),
    ] {
        for (index, (placed, node)) in column.iter().zip(nodes).enumerate() {
            boxed(&mut svg, placed, node, class, index);
        }
    }
    svg.push_str("</svg>\n");
    svg
}

fn description(flow: &Flow) -> String {
    let others = flow.recipients.iter().filter(|node| !node.nobody).count();
    format!(
        "Lines lead from {} kinds of data to {} purposes, and from there to {} others who get some of it. \
         The table says the same in words.",
        flow.categories.len(),
        flow.purposes.len(),
        if others == 0 { "no".to_owned() } else { others.to_string() },
    )
}

fn height(column: &[Placed], gap: f32) -> f32 {
    let boxes: f32 = column.iter().map(|placed| placed.height).sum();
    boxes + gap * gaps(column)
}

#[expect(clippy::cast_precision_loss, reason = "a few boxes")]
fn gaps(column: &[Placed]) -> f32 {
    column.len().saturating_sub(1) as f32
}

/// Spreads the boxes of a column over the height, not too far apart, and in the middle.
fn spread(column: &mut [Placed], tallest: f32) {
    let gap = match gaps(column) {
        0.0 => GAP,
        gaps => (GAP + (tallest - height(column, GAP)) / gaps).min(WIDEST_GAP),
    };
    let mut y = TOP + (tallest - height(column, gap)) / 2.0;
    for placed in column {
        placed.y = y;
        y += placed.height + gap;
    }
}

/// By which end of a link its colour is chosen: always the purpose.
#[derive(Clone, Copy)]
enum Colour {
    Source,
    Target,
}

/// Curves between two columns. Those that end at one box are fanned out along its side in the order of their other
/// ends, so that they do not cross more than they must.
fn links(svg: &mut String, links: &[(usize, usize)], left: &[Placed], right: &[Placed], colour: Colour) {
    for &(from, to) in links {
        let (Some(start), Some(end)) = (left.get(from), right.get(to)) else { continue };
        let leaving: Vec<usize> = links.iter().filter(|link| link.0 == from).map(|link| link.1).collect();
        let arriving: Vec<usize> = links.iter().filter(|link| link.1 == to).map(|link| link.0).collect();
        let y1 = fanned(start, &leaving, to);
        let y2 = fanned(end, &arriving, from);
        let (x1, x2) = (start.x + BOX, end.x);
        let middle = f32::midpoint(x1, x2);
        let purpose = match colour {
            Colour::Source => from,
            Colour::Target => to,
        };
        let (number, stroke) = coloured(purpose);
        let _ = writeln!(
            svg,
            "<path class=\"flow-link flow-link--{number}\" d=\"M{x1:.1} {y1:.1} C{middle:.1} {y1:.1} {middle:.1} {y2:.1} \
             {x2:.1} {y2:.1}\" fill=\"none\" stroke=\"{stroke}\" stroke-width=\"2\" stroke-opacity=\"0.5\"/>",
        );
    }
}

/// A bracket along the categories and one line from it, for each purpose that uses all of them: one line says it
/// better than ten.
#[expect(clippy::cast_precision_loss, reason = "a few brackets")]
fn rails(svg: &mut String, purposes: &[usize], left: &[Placed], right: &[Placed]) {
    let (Some(first), Some(last)) = (left.first(), left.last()) else { return };
    for (nth, purpose) in purposes.iter().enumerate() {
        let Some(end) = right.get(*purpose) else { continue };
        let rail = first.x + BOX + 9.0 + 7.0 * nth as f32;
        let (top, bottom) = (first.y + 6.0, last.y + last.height - 6.0);
        let y = end.y + end.height / 2.0;
        // The line leaves the bracket beside the purpose, as far as the bracket reaches.
        let leaves = y.clamp(top, bottom);
        let (number, stroke) = coloured(*purpose);
        let middle = f32::midpoint(rail, end.x);
        let _ = writeln!(
            svg,
            "<path class=\"flow-link flow-link--{number} flow-link--all\" d=\"M{rail:.1} {top:.1} V{bottom:.1} M{rail:.1} \
             {leaves:.1} C{middle:.1} {leaves:.1} {middle:.1} {y:.1} {:.1} {y:.1}\" fill=\"none\" stroke=\"{stroke}\" \
             stroke-width=\"3\" stroke-opacity=\"0.6\" stroke-linecap=\"round\"/>",
            end.x,
        );
    }
}

/// The height at which a link touches a box: its place among those that touch it there.
#[expect(clippy::cast_precision_loss, reason = "a few links")]
fn fanned(placed: &Placed, others: &[usize], other: usize) -> f32 {
    let before = others.iter().filter(|one| **one < other).count() as f32;
    let room = placed.height - 20.0;
    let step = (room / others.len().max(1) as f32).min(9.0);
    let first = placed.y + placed.height / 2.0 - step * (others.len().saturating_sub(1) as f32) / 2.0;
    first + before * step
}

/// The number of a purpose's colour, from 1, and the colour.
fn coloured(purpose: usize) -> (usize, &'static str) {
    let index = purpose % COLOURS.len();
    (index + 1, COLOURS.get(index).copied().unwrap_or("currentColor"))
}

fn boxed(svg: &mut String, placed: &Placed, node: &Node, class: &str, index: usize) {
    let Placed { x, y, height, .. } = *placed;
    let (fill, dashes) = match (class, node.nobody) {
        (_, true) => ("none", " stroke-dasharray=\"5 4\""),
        ("purpose", _) => ("#eef3f3", ""),
        _ => ("#ffffff", ""),
    };
    let state = if node.nobody { " flow-nobody" } else { "" };
    let _ = writeln!(svg, "<g class=\"flow-{class}{state}\">");
    let _ = writeln!(
        svg,
        "<rect class=\"flow-box\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{BOX:.0}\" height=\"{height:.1}\" rx=\"6\" \
         fill=\"{fill}\" stroke=\"#b9cdd1\" stroke-width=\"1.5\"{dashes}/>",
    );
    if class == "purpose" {
        let (number, colour) = coloured(index);
        let (bar_y, bar_height) = (y + 8.0, height - 16.0);
        let _ = writeln!(
            svg,
            "<rect class=\"flow-bar flow-bar--{number}\" x=\"{:.1}\" y=\"{bar_y:.1}\" width=\"{BAR:.0}\" \
             height=\"{bar_height:.1}\" rx=\"3\" fill=\"{colour}\"/>",
            x + 8.0,
        );
    }
    let indent = x + PAD + if class == "purpose" { BAR + 4.0 } else { 0.0 };
    let mut baseline = y + PAD + SIZE - 4.0;
    for line in &placed.label {
        let _ = writeln!(
            svg,
            "<text class=\"flow-label\" x=\"{indent:.1}\" y=\"{baseline:.1}\" font-size=\"{SIZE:.0}\" \
             font-weight=\"600\" fill=\"#17212b\">{}</text>",
            escape(line),
        );
        baseline += LINE;
    }
    for line in &placed.note {
        let _ = writeln!(
            svg,
            "<text class=\"flow-note\" x=\"{indent:.1}\" y=\"{baseline:.1}\" font-size=\"{NOTE:.0}\" \
             fill=\"#4a5661\">{}</text>",
            escape(line),
        );
        baseline += LINE;
    }
    svg.push_str("</g>\n");
}

//! From pages of marks to the bytes of a file.

use krilla::action::{Action, LinkAction};
use krilla::annotation::{Annotation, LinkAnnotation, Target as Goal};
use krilla::color::rgb;
use krilla::configure::{Accessibility, Archival, ConfigurationBuilder};
use krilla::destination::{Destination, XyzDestination};
use krilla::error::KrillaError;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::{DateTime, Metadata};
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag, SpanTag};
use krilla::{Document as File, SerializeSettings};

use crate::Error;
use crate::faces::{Faces, Weight};
use crate::layout::{
    BRAND, Drawn, HAIRLINE, Heading, Ink, Mark, Owner, PAGE, Pages, SIDE, SMALL, Style, Target, WIDTH, short,
};
use crate::lines::{Line, broken};
use crate::model::{Document, Level};

/// Writes the file; nothing is written that breaks PDF/UA-1 or PDF/A-2a.
pub(crate) fn paint(document: &Document, mut made: Pages, faces: &Faces) -> Result<Vec<u8>, Error> {
    let configuration = ConfigurationBuilder::new()
        .with_archival_validator(Archival::A2_A)
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .map_err(|_| Error::Refused("standards that do not go together"))?;
    let mut file = File::new_with(SerializeSettings { configuration, ..SerializeSettings::default() });
    let count = made.pages.len();
    for (number, marks) in std::mem::take(&mut made.pages).into_iter().enumerate() {
        let settings = PageSettings::from_wh(PAGE.0, PAGE.1).ok_or(Error::Refused("size of the page"))?;
        let mut page = file.start_page_with(settings);
        let mut pen = Pen { surface: page.surface(), faces };
        pen.frame(document, number + 1, count);
        let links = pen.marks(marks, &mut made);
        for link in links {
            if let (Owner::Leaf(leaf), Some(annotation)) =
                (link.owner, annotation(link.drawn, &made.headings))
            {
                let drawn = page.add_tagged_annotation(annotation);
                made.structure.draw(leaf, drawn);
            }
        }
        page.finish();
    }
    file.set_outline(bookmarks(&document.title, &made.headings));
    file.set_metadata(about(document));
    file.set_tag_tree(made.structure.tree());
    file.finish().map_err(|error| match error {
        KrillaError::Validation(_) => Error::Refused("a rule of PDF/UA or PDF/A is broken"),
        KrillaError::Limit(_) => Error::Refused("it is too large"),
        KrillaError::Font(..) => Error::Font,
        _ => Error::Refused("its structure does not fit together"),
    })
}

fn about(document: &Document) -> Metadata {
    let part = |value: i8| u8::try_from(value).unwrap_or(1);
    let year = u16::try_from(document.made.year()).unwrap_or(0);
    let made = DateTime::new(year).month(part(document.made.month())).day(part(document.made.day()));
    Metadata::new()
        .title(short(&document.title))
        .language("en-GB".to_owned())
        .authors(vec![short(&document.from)])
        .creator("Kept".to_owned())
        .creation_date(made)
}

/// The title, the parts below it, their sections below these.
fn bookmarks(title: &str, headings: &[Heading]) -> Outline {
    let node = |words: &str, page: usize, y: f32| {
        OutlineNode::new(
            words.to_owned(),
            XyzDestination::new(page, Point::from_xy(0.0, (y - 12.0).max(0.0))),
        )
    };
    let mut top = node(&short(title), 0, 0.0).with_open(true);
    let mut part: Option<OutlineNode> = None;
    for heading in headings {
        let here = node(&heading.words, heading.page, heading.y);
        match (heading.level, part.as_mut()) {
            (Level::Section, Some(part)) => part.push_child(here),
            (Level::Section, None) => top.push_child(here),
            (Level::Part, _) => {
                if let Some(done) = part.replace(here) {
                    top.push_child(done);
                }
            }
        }
    }
    if let Some(last) = part {
        top.push_child(last);
    }
    let mut outline = Outline::new();
    outline.push_child(top);
    outline
}

fn annotation(drawn: Drawn, headings: &[Heading]) -> Option<Annotation> {
    let Drawn::Link { x, y, width, height, target, says } = drawn else { return None };
    let goal = match target {
        Target::Address(address) => Goal::Action(Action::Link(LinkAction::new(address))),
        Target::Heading(at) => {
            let heading = headings.get(at)?;
            let place = Point::from_xy(0.0, (heading.y - 12.0).max(0.0));
            Goal::Destination(Destination::Xyz(XyzDestination::new(heading.page, place)))
        }
    };
    let place = Rect::from_xywh(x, y, width.max(1.0), height)?;
    Some(Annotation::new_link(LinkAnnotation::new(place, goal), Some(says)))
}

struct Pen<'p, 'f> {
    surface: Surface<'p>,
    faces: &'f Faces,
}

impl Pen<'_, '_> {
    fn ink(&mut self, [red, green, blue]: Ink) {
        let paint = rgb::Color::new(red, green, blue).into();
        self.surface.set_fill(Some(Fill { paint, ..Fill::default() }));
    }

    fn decoration(&mut self, kind: ArtifactType, draw: impl FnOnce(&mut Self)) {
        self.surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(kind)));
        draw(self);
        self.surface.end_tagged();
    }

    fn area(&mut self, x: f32, y: f32, width: f32, height: f32, ink: Ink) {
        self.ink(ink);
        let mut path = PathBuilder::new();
        if let Some(rect) = Rect::from_xywh(x, y, width, height) {
            path.push_rect(rect);
        }
        if let Some(path) = path.finish() {
            self.surface.draw_path(&path);
        }
    }

    /// Draws everything but the links, which stand on the finished page and are given back.
    fn marks(mut self, marks: Vec<Mark>, made: &mut Pages) -> Vec<Mark> {
        let mut links = Vec::new();
        for mark in marks {
            let said = match &mark.drawn {
                Drawn::Words { piece, .. } => piece.said.as_deref(),
                Drawn::PageOf { .. } | Drawn::Area { .. } => None,
                Drawn::Link { .. } => {
                    links.push(mark);
                    continue;
                }
            };
            match mark.owner {
                Owner::Decoration => {
                    self.decoration(ArtifactType::Layout, |pen| pen.draw(&mark.drawn, &made.headings));
                }
                Owner::Leaf(leaf) => {
                    let tag = ContentTag::Span(SpanTag::empty().with_actual_text(said));
                    let drawn = self.surface.start_tagged(tag);
                    self.draw(&mark.drawn, &made.headings);
                    self.surface.end_tagged();
                    made.structure.draw(leaf, drawn);
                }
            }
        }
        self.surface.finish();
        links
    }

    fn line(&mut self, line: Option<&Line>, x: f32, y: f32, style: Style) {
        self.ink(style.ink);
        for piece in line.into_iter().flat_map(|line| &line.pieces) {
            let font = self.faces.of(piece.weight).font.clone();
            let start = Point::from_xy(x + piece.x, y);
            self.surface.draw_glyphs(start, &piece.glyphs, font, &piece.words, style.size, false);
        }
    }

    fn draw(&mut self, drawn: &Drawn, headings: &[Heading]) {
        match drawn {
            Drawn::Words { x, y, size, ink, piece } => {
                self.ink(*ink);
                let font = self.faces.of(piece.weight).font.clone();
                let start = Point::from_xy(*x, *y);
                self.surface.draw_glyphs(start, &piece.glyphs, font, &piece.words, *size, false);
            }
            Drawn::Area { x, y, width, height, ink } => self.area(*x, *y, *width, *height, *ink),
            Drawn::PageOf { heading, right, y, style } => {
                let page = headings.get(*heading).map_or(0, |heading| heading.page) + 1;
                self.at_the_right(&page.to_string(), *right, *y, *style);
            }
            Drawn::Link { .. } => {}
        }
    }

    fn at_the_right(&mut self, words: &str, right: f32, y: f32, style: Style) {
        let lines = broken(&words.into(), style.weight, style.size, WIDTH, self.faces);
        let line = lines.first();
        self.line(line, right - line.map_or(0.0, |line| line.width), y, style);
    }

    /// What stands at the head and the foot of every page.
    fn frame(&mut self, document: &Document, number: usize, count: usize) {
        let strong = Style { weight: Weight::Bold, ink: BRAND, ..SMALL };
        let first = |words: &str, style: Style, width: f32| {
            broken(&words.into(), style.weight, style.size, width, self.faces).into_iter().next()
        };
        let (from, title) =
            (first(&document.from, strong, WIDTH / 2.0), first(&document.title, SMALL, WIDTH / 2.0));
        let foot = first(&document.foot, SMALL, WIDTH - 80.0);
        let wide = title.as_ref().map_or(0.0, |line| line.width);
        self.decoration(ArtifactType::Header, |pen| {
            pen.area(0.0, 0.0, PAGE.0, 5.0, BRAND);
            pen.line(from.as_ref(), SIDE, 46.0, strong);
            // The title stands large on the first page.
            if number > 1 {
                pen.line(title.as_ref(), SIDE + WIDTH - wide, 46.0, SMALL);
            }
            pen.area(SIDE, 54.0, WIDTH, 0.5, HAIRLINE);
        });
        let y = PAGE.1 - 44.0;
        self.decoration(ArtifactType::Footer, |pen| {
            pen.area(SIDE, y - 13.0, WIDTH, 0.5, HAIRLINE);
            pen.line(foot.as_ref(), SIDE, y, SMALL);
            pen.at_the_right(&format!("Page {number} of {count}"), SIDE + WIDTH, y, SMALL);
        });
    }
}

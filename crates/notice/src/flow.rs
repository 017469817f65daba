//! Where data goes, as a picture: what is held -> what for -> who else gets it. And the same facts as a table.
//!
//! Both are drawn from the notice's own categories, purposes and recipients. The picture carries no style and no script
//! of its own: class names (`flow-category`, `flow-purpose`, `flow-recipient`, `flow-link`, ...) for the page's
//! stylesheet, and presentation attributes for where there is none.

mod drawing;
mod lettering;

use crate::codes::RecipientKind;
use crate::model::{Notice, Recipient};
use crate::render::document::{Line, Table, slug};
use crate::render::people;
use crate::vocabulary::{Category, Purpose};

/// What the picture shows, before it is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Flow {
    /// A name that keeps the ids of two pictures on one page apart.
    pub(crate) name: String,
    /// What is held.
    pub(crate) categories: Vec<Node>,
    /// What for.
    pub(crate) purposes: Vec<Node>,
    /// Who else gets it.
    pub(crate) recipients: Vec<Node>,
    /// From a category to a purpose, by their places in the lists.
    pub(crate) uses: Vec<(usize, usize)>,
    /// The purposes that use every category.
    pub(crate) uses_all: Vec<usize>,
    /// From a purpose to a recipient.
    pub(crate) goes: Vec<(usize, usize)>,
}

/// A box of the picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Node {
    /// What it is called.
    pub(crate) label: String,
    /// A word beside it.
    pub(crate) note: String,
    /// Whether it stands for nobody: data that stays here.
    pub(crate) nobody: bool,
}

impl Node {
    fn new(label: impl Into<String>, note: impl Into<String>) -> Node {
        Node { label: label.into(), note: note.into(), nobody: false }
    }
}

/// The picture: an accessible SVG that fills the width of its place.
#[must_use]
pub fn svg(notice: &Notice) -> String {
    drawing::draw(&flow(notice))
}

/// The same facts, for those who do not see the picture.
#[must_use]
pub fn table(notice: &Notice) -> Table {
    let flow = flow(notice);
    let name = |nodes: &[Node], index: usize| nodes.get(index).map(words).unwrap_or_default();
    let rows = flow.purposes.iter().enumerate().map(|(index, purpose)| {
        let uses = flow.uses.iter().filter(|(_, to)| *to == index);
        let goes = flow.goes.iter().filter(|(from, _)| *from == index);
        vec![
            vec![Line::from(words(purpose))],
            uses.map(|(from, _)| Line::from(name(&flow.categories, *from))).collect(),
            goes.map(|(_, to)| Line::from(name(&flow.recipients, *to))).collect(),
        ]
    });
    Table {
        caption: "What is used for what, and who else gets some of it".to_owned(),
        head: vec!["What for".to_owned(), "What we use".to_owned(), "Who else gets some of it".to_owned()],
        rows: rows.collect(),
    }
}

fn words(node: &Node) -> String {
    if node.note.is_empty() { node.label.clone() } else { format!("{} ({})", node.label, node.note) }
}

pub(crate) fn flow(notice: &Notice) -> Flow {
    let mut held: Vec<Category> = notice.categories.iter().map(|held| held.category).collect();
    let mut purposes: Vec<Purpose> = notice.purposes.iter().map(|given| given.purpose).collect();
    // A programme's notice may lean on what only the service's describes.
    let used = notice.purposes.iter().flat_map(|given| given.categories.iter().copied());
    used.for_each(|category| add_new(&mut held, category));
    notice.recipients.iter().for_each(|recipient| add_new(&mut purposes, recipient.purpose));

    let mut recipients: Vec<Node> = notice
        .recipients
        .iter()
        .map(|recipient| Node::new(recipient.name.as_str(), condition(recipient)))
        .collect();
    let mut goes: Vec<(usize, usize)> = Vec::new();
    for (to, recipient) in notice.recipients.iter().enumerate() {
        goes.extend(purposes.iter().position(|purpose| *purpose == recipient.purpose).map(|from| (from, to)));
    }
    let alone: Vec<usize> =
        (0..purposes.len()).filter(|purpose| !goes.iter().any(|(from, _)| from == purpose)).collect();
    if !alone.is_empty() {
        goes.extend(alone.into_iter().map(|from| (from, recipients.len())));
        recipients.push(Node { nobody: true, ..Node::new("Nobody else", "it stays with us") });
    }
    let place = |category: &Category| held.iter().position(|one| one == category);
    let mut uses: Vec<(usize, usize)> = Vec::new();
    for (to, purpose) in purposes.iter().enumerate() {
        let categories =
            notice.purpose(*purpose).map(|given| given.categories.as_slice()).unwrap_or_default();
        uses.extend(categories.iter().filter_map(place).map(|from| (from, to)));
    }
    goes.sort_unstable();
    let uses_of = |purpose: usize| uses.iter().filter(|(_, to)| *to == purpose).count();
    let uses_all: Vec<usize> =
        (0..purposes.len()).filter(|purpose| held.len() > 2 && uses_of(*purpose) == held.len()).collect();
    let named = |(index, purpose): (usize, &Purpose)| {
        let note = if uses_all.contains(&index) { "uses all of it" } else { "" };
        Node::new(purpose_label(notice, *purpose), note)
    };
    Flow {
        name: slug(&notice.id),
        categories: held.iter().map(|category| Node::new(people::label(notice, *category), "")).collect(),
        purposes: purposes.iter().enumerate().map(named).collect(),
        recipients,
        uses,
        uses_all,
        goes,
    }
}

fn add_new<T: PartialEq>(list: &mut Vec<T>, item: T) {
    if !list.contains(&item) {
        list.push(item);
    }
}

fn purpose_label(notice: &Notice, purpose: Purpose) -> String {
    notice.purpose(purpose).map_or_else(|| purpose.code().replace('-', " "), |given| given.label.clone())
}

fn condition(recipient: &Recipient) -> &'static str {
    match (recipient.needs_consent, &recipient.legal_ground, recipient.kind) {
        (true, _, _) => "only if you say yes",
        (false, Some(_), _) => "only if a law says so",
        (false, None, RecipientKind::Processor) => "works for us",
        (false, None, RecipientKind::Recipient) => "",
    }
}

//! The structure of a document: what screen readers follow. It grows while pages are laid out; what is drawn later finds its
//! place by number.

use krilla::tagging::{Identifier, TagGroup, TagKind, TagTree};

/// An element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Node(usize);

/// A place for something drawn, within an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Leaf(usize);

enum Child {
    Node(Node),
    Leaf(Leaf),
}

struct Element {
    tag: TagKind,
    children: Vec<Child>,
}

/// All elements, and what was drawn for them.
#[derive(Default)]
pub(crate) struct Structure {
    elements: Vec<Element>,
    top: Vec<Node>,
    drawn: Vec<Option<Identifier>>,
}

impl Structure {
    /// A new element at the end of another, or of the document.
    pub(crate) fn node(&mut self, parent: Option<Node>, tag: impl Into<TagKind>) -> Node {
        let node = Node(self.elements.len());
        self.elements.push(Element { tag: tag.into(), children: Vec::new() });
        match parent.and_then(|parent| self.elements.get_mut(parent.0)) {
            Some(parent) => parent.children.push(Child::Node(node)),
            None => self.top.push(node),
        }
        node
    }

    /// A place for something that will be drawn, at the end of an element.
    pub(crate) fn leaf(&mut self, parent: Node) -> Leaf {
        let leaf = Leaf(self.drawn.len());
        self.drawn.push(None);
        if let Some(parent) = self.elements.get_mut(parent.0) {
            parent.children.push(Child::Leaf(leaf));
        }
        leaf
    }

    /// What was drawn for a place.
    pub(crate) fn draw(&mut self, leaf: Leaf, identifier: Identifier) {
        if let Some(drawn) = self.drawn.get_mut(leaf.0) {
            *drawn = Some(identifier);
        }
    }

    fn group(&self, node: Node) -> Option<TagGroup> {
        let element = self.elements.get(node.0)?;
        let mut group = TagGroup::new(element.tag.clone());
        for child in &element.children {
            match child {
                Child::Node(node) => self.group(*node).into_iter().for_each(|child| group.push(child)),
                Child::Leaf(leaf) => {
                    self.drawn.get(leaf.0).copied().flatten().into_iter().for_each(|drawn| group.push(drawn));
                }
            }
        }
        Some(group)
    }

    /// The tree as the file holds it.
    pub(crate) fn tree(&self) -> TagTree {
        let mut tree = TagTree::new();
        self.top.iter().filter_map(|node| self.group(*node)).for_each(|group| tree.push(group));
        tree
    }
}

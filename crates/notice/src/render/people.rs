//! The notice in sentences for the people whom it is about. Reading age 12: short words, "you" and "we".

mod asking;
mod keeping;
mod sharing;
mod what;
mod who;

use std::collections::BTreeSet;

use crate::codes::{Article6, RightKind};
use crate::model::Notice;
use crate::vocabulary::Category;

use super::document::{Block, Document};

pub(crate) use keeping::covered;
pub(crate) use sharing::{gets, way_of_consent};
pub(crate) use what::{basis, condition, special};
pub(crate) use who::{WHO_DECIDES, contact, controller};

/// The notice as a document, in the order in which people ask: who, what, why, how long, who else, and what can I do?
#[must_use]
pub fn document(notice: &Notice) -> Document {
    let mut document =
        Document { title: notice.title.clone(), language: notice.language.clone(), ..Document::default() };
    for paragraph in notice.opening.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty()) {
        document.opening.push(Block::Paragraph(paragraph.into()));
    }
    document.part(who::who_we_are(notice));
    document.part(what::what_we_hold(notice));
    document.part(what::why(notice));
    document.part(what::functions(notice));
    document.part(keeping::how_long(notice));
    document.part(keeping::contact(notice));
    document.part(keeping::going(notice));
    document.part(sharing::who_else(notice));
    document.part(sharing::where_it_is(notice));
    document.part(sharing::transfers(notice));
    document.part(sharing::all_of_it(notice));
    document.part(sharing::sources(notice));
    document.part(asking::required(notice));
    document.part(asking::rights(notice));
    document.part(asking::objection(notice));
    document.part(asking::withdrawal(notice));
    document.part(asking::automated(notice));
    document.part(asking::requests(notice));
    document.part(asking::complaints(notice));
    for section in &notice.sections {
        let mut part = super::document::Part::new(&section.heading, section.heading.as_str());
        part.say(&section.says);
        document.part(part);
    }
    document.part(who::about(notice));
    document
}

/// What the lawful bases of a notice give people (law.md C.5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applying {
    bases: BTreeSet<Article6>,
}

impl Applying {
    /// What applies under this notice.
    #[must_use]
    pub fn under(notice: &Notice) -> Applying {
        let bases = notice.purposes.iter().flat_map(|given| &given.bases).map(|basis| basis.article);
        Applying { bases: bases.collect() }
    }

    /// Whether people have this right for anything that is held. What the service promises beyond the law (erasure
    /// whatever the basis, S25) it promises by naming the right; taking data along needs consent or a contract.
    #[must_use]
    pub fn gives(&self, right: RightKind) -> bool {
        match right {
            RightKind::Portability => {
                self.bases.is_empty() || self.bases.iter().any(|basis| portable(*basis))
            }
            _ => true,
        }
    }

    /// Whether anything rests on consent, so that it can be taken back.
    #[must_use]
    pub fn withdrawal(&self) -> bool {
        self.bases.is_empty() || self.bases.contains(&Article6::A)
    }
}

/// Whether data under this basis can be taken elsewhere (Article 20(1)(a)).
pub(crate) const fn portable(basis: Article6) -> bool {
    matches!(basis, Article6::A | Article6::B)
}

/// The rights of the notice that apply to the bases that it uses. The right to object stands apart.
#[must_use]
pub fn rights_in_force(notice: &Notice) -> Vec<RightKind> {
    let applying = Applying::under(notice);
    let named = notice.rights.iter().map(|right| right.right);
    named.filter(|right| *right != RightKind::Objection && applying.gives(*right)).collect()
}

/// The notice's own heading for a category; its code where a programme's notice leaves it to the service's.
pub(crate) fn label(notice: &Notice, category: Category) -> String {
    notice.category(category).map_or_else(|| category.code().replace('-', " "), |held| held.label.clone())
}

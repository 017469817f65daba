//! A programme's notice on top of the service's.

use sha2::{Digest, Sha256};

use crate::codes::Layer;
use crate::field::FieldId;
use crate::model::{CategoryNotice, Notice, PurposeNotice};
use crate::vocabulary::{Category, Purpose};

/// Why two notices do not go together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotExtended {
    /// The second is not a programme's.
    #[error("the notice {0:?} extends no other: give the notice of a programme, with extends = \"...\"")]
    NotAProgramme(String),
    /// It is a programme of another service.
    #[error(
        "the notice {programme:?} extends {wanted:?}, not {given:?}: give it the notice that it was written for"
    )]
    AnotherService {
        /// The programme's notice.
        programme: String,
        /// The notice that it names.
        wanted: String,
        /// The notice that was given.
        given: String,
    },
    /// It shares a field that neither names.
    #[error(
        "{recipient:?} would get {field:?}, which neither notice holds: name the field in a category, or take it out"
    )]
    Unheld {
        /// Who would get it.
        recipient: String,
        /// The field.
        field: FieldId,
    },
    /// It uses a category that neither describes.
    #[error(
        "the purpose {purpose:?} uses {category:?}, which neither notice describes: add it to the categories, or take it out"
    )]
    Undescribed {
        /// What for.
        purpose: Purpose,
        /// The category.
        category: Category,
    },
}

impl Notice {
    /// What holds for a client on one programme: the service's notice and the programme's together.
    ///
    /// The service's periods stay as they are. The programme's period covers the programme's own layer, which holds the
    /// fields that its notice names and nothing else.
    ///
    /// # Errors
    /// If `programme` was not written for this notice, or relies on something that neither says.
    pub fn extended(&self, programme: &Notice) -> Result<Notice, NotExtended> {
        let Some(wanted) = programme.extends() else {
            return Err(NotExtended::NotAProgramme(programme.id.clone()));
        };
        if wanted != self.id {
            let (programme, wanted) = (programme.id.clone(), wanted.to_owned());
            return Err(NotExtended::AnotherService { programme, wanted, given: self.id.clone() });
        }
        let mut both = self.clone();
        both.fields.extend(programme.fields.iter().cloned());
        both.lists.extend(programme.lists.iter().cloned());
        both.functions.extend(programme.functions.iter().cloned());
        both.recipients.extend(programme.recipients.iter().cloned());
        both.systems.extend(programme.systems.iter().cloned());
        both.sources.extend(programme.sources.iter().cloned());
        both.sections.extend(programme.sections.iter().cloned());
        both.controller.joint.extend(programme.controller.joint.iter().cloned());
        both.whys.extend(programme.whys.iter().map(|(field, why)| (field.clone(), why.clone())));
        both.laws.extend(programme.laws.iter().filter(|law| !self.laws.contains(law)).cloned());
        for held in &programme.categories {
            add_category(&mut both.categories, held);
        }
        for given in &programme.purposes {
            add_purpose(&mut both.purposes, given);
        }
        both.retention.retain(|rule| rule.layer != Layer::Programme);
        both.retention
            .extend(programme.retention.iter().filter(|rule| rule.layer == Layer::Programme).cloned());
        if let Some(more) = &programme.objection {
            let to = both.objection.get_or_insert_with(|| more.clone());
            let new = more.to.iter().filter(|ground| !to.to.contains(ground)).copied().collect::<Vec<_>>();
            to.to.extend(new);
        }
        stands_together(&both)?;
        both.digest = hex::encode(Sha256::digest(format!("{}\n{}\n", self.digest, programme.digest)));
        Ok(both)
    }
}

/// What a programme's notice may leave to the service's is there in one of them.
fn stands_together(both: &Notice) -> Result<(), NotExtended> {
    for who in &both.recipients {
        if let Some(field) = who.fields.iter().find(|field| !both.names(field)) {
            return Err(NotExtended::Unheld { recipient: who.name.clone(), field: field.clone() });
        }
    }
    for given in &both.purposes {
        if let Some(category) = given.categories.iter().find(|category| both.category(**category).is_none()) {
            return Err(NotExtended::Undescribed { purpose: given.purpose, category: *category });
        }
    }
    Ok(())
}

fn add_category(held: &mut Vec<CategoryNotice>, more: &CategoryNotice) {
    let Some(same) = held.iter_mut().find(|held| held.category == more.category) else {
        held.push(more.clone());
        return;
    };
    join(&mut same.says, &more.says);
    add_new(&mut same.fields, &more.fields);
    add_new(&mut same.entries, &more.entries);
    add_new(&mut same.special, &more.special);
}

fn add_purpose(given: &mut Vec<PurposeNotice>, more: &PurposeNotice) {
    let Some(same) = given.iter_mut().find(|given| given.purpose == more.purpose) else {
        given.push(more.clone());
        return;
    };
    join(&mut same.says, &more.says);
    add_new(&mut same.categories, &more.categories);
    add_new(&mut same.bases, &more.bases);
    add_new(&mut same.conditions, &more.conditions);
}

fn join(says: &mut String, more: &str) {
    if !says.contains(more) {
        says.push(' ');
        says.push_str(more);
    }
}

fn add_new<T: Clone + PartialEq>(list: &mut Vec<T>, more: &[T]) {
    for item in more {
        if !list.contains(item) {
            list.push(item.clone());
        }
    }
}

//! What the rest of the program asks a notice: its fields, why they are asked for, in which layer they lie.

use std::borrow::Cow;

use crate::catalogue::Catalogue;
use crate::codes::Layer;
use crate::field::{Field, FieldId, ValueList};
use crate::model::Notice;
use crate::vocabulary::{Categories, Category};

impl Notice {
    /// The fields that this notice names, standard and its own, each with its reason, in the order of the notice.
    #[must_use]
    pub fn catalogue(&self) -> Catalogue {
        let named = self.categories.iter().flat_map(|held| &held.fields);
        let fields: Vec<Field> = named.filter_map(|id| self.field(id).map(Cow::into_owned)).collect();
        let mut lists: Vec<ValueList> = Vec::new();
        for id in fields.iter().filter_map(|field| field.kind.list()) {
            if lists.iter().any(|list| list.id == *id) {
                continue;
            }
            let own = self.lists.iter().find(|list| list.id == *id);
            lists.extend(own.or_else(|| Catalogue::standard().list(id)).cloned());
        }
        Catalogue::new(fields, lists)
    }

    /// The field of this name, if this notice names it.
    #[must_use]
    pub fn field(&self, id: &FieldId) -> Option<Cow<'_, Field>> {
        if !self.names(id) {
            return None;
        }
        let own = self.fields.iter().find(|field| field.id == *id);
        let field = own.or_else(|| Catalogue::standard().field(id))?;
        Some(match self.whys.get(id) {
            Some(why) => Cow::Owned(Field { why: why.clone(), ..field.clone() }),
            None => Cow::Borrowed(field),
        })
    }

    /// Whether this notice names the field. What it does not name cannot be stored.
    #[must_use]
    pub fn names(&self, id: &FieldId) -> bool {
        self.categories.iter().any(|held| held.fields.contains(id))
    }

    /// Why the field is asked for, in plain words, if this notice names it.
    #[must_use]
    pub fn why(&self, id: &FieldId) -> Option<String> {
        self.field(id).map(|field| field.why.clone())
    }

    /// The categories that this notice describes.
    #[must_use]
    pub fn held(&self) -> Categories {
        self.categories.iter().map(|held| held.category).collect()
    }

    /// The layer of a file in which a category lies under this notice: a programme's notice speaks of its own layer.
    #[must_use]
    pub fn layer_of(&self, category: Category) -> Layer {
        match category {
            Category::Equality => Layer::Equality,
            Category::Rights => Layer::Rights,
            _ if self.extends.is_some() => Layer::Programme,
            _ => Layer::Service,
        }
    }
}

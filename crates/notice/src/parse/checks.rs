//! What must hold between the parts of a notice, so that the program can enforce it at all.

use std::collections::BTreeMap;
use std::fmt::Display;

use crate::catalogue::Catalogue;
use crate::codes::{Event, Layer, RecipientKind};
use crate::field::{Field, FieldId};
use crate::model::{Notice, Period};
use crate::reader::{Faults, nearest};
use crate::source::Places;

pub(super) fn check(notice: &Notice, places: &Places, faults: &Faults<'_>) {
    let checks = Checks { notice, places, faults };
    checks.own_fields();
    checks.categories();
    checks.whys();
    checks.purposes();
    checks.retention();
    checks.recipients_and_systems();
    checks.required();
    checks.dates();
    checks.nothing_twice();
}

struct Checks<'a> {
    notice: &'a Notice,
    places: &'a Places,
    faults: &'a Faults<'a>,
}

impl Checks<'_> {
    fn fault(&self, path: &str, what: impl Into<String>, cure: impl Into<String>) {
        self.faults.add(&self.places.span(path), what, cure);
    }

    fn known(&self, id: &FieldId) -> Option<&Field> {
        self.notice.fields.iter().find(|field| field.id == *id).or_else(|| Catalogue::standard().field(id))
    }

    /// The index in the file of the `n`th that could be read is the same only if all could be: places are found by
    /// what stands there instead.
    fn place_of(&self, list: &str, key: &str, text: &str) -> String {
        let wanted = |path: &str| {
            path.strip_prefix(list)
                .is_some_and(|rest| rest.starts_with('[') && rest.ends_with(&format!("].{key}")))
        };
        let texts = self.places.texts();
        let found = texts.iter().rev().find(|placed| wanted(&placed.path) && placed.text.trim() == text);
        found.map_or_else(|| list.to_owned(), |placed| placed.path.clone())
    }

    fn own_fields(&self) {
        let named: Vec<&FieldId> = self.notice.categories.iter().flat_map(|held| &held.fields).collect();
        for field in &self.notice.fields {
            let path = self.place_of("fields", "id", field.id.as_str());
            if Catalogue::standard().field(&field.id).is_some() {
                let cure = "Take it out of [[fields]]; own words for why it is asked go under [whys]";
                self.fault(&path, format!("{:?} is a standard field", field.id.as_str()), cure);
            } else if !named.contains(&&field.id) {
                let cure = format!(
                    "Name it in the fields of the category {:?}, or take it out",
                    field.category.code()
                );
                self.fault(
                    &path,
                    format!("{:?} belongs to no category of this notice", field.id.as_str()),
                    cure,
                );
            }
            if let Some(list) = field.kind.list()
                && !self.notice.lists.iter().any(|own| own.id == *list)
                && Catalogue::standard().list(list).is_none()
            {
                let path = path.replace("].id", "].list");
                let what = format!("There is no list {:?}", list.as_str());
                self.fault(&path, what, "Add it as [[lists]], or name a standard one");
            }
        }
        for list in &self.notice.lists {
            let path = self.place_of("lists", "id", list.id.as_str());
            if Catalogue::standard().list(&list.id).is_some() {
                let what = format!("{:?} is a standard list", list.id.as_str());
                self.fault(&path, what, "Give yours a name of its own");
            }
        }
    }

    fn categories(&self) {
        let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
        for placed in self.places.texts() {
            let Some((category, _)) = self.category_at(&placed.path) else { continue };
            let id = FieldId::from(placed.text.trim());
            if let Some(other) = seen.insert(placed.text.trim(), category.code()) {
                let what = format!(
                    "The field {:?} is named twice, in {other:?} and {:?}",
                    placed.text,
                    category.code()
                );
                self.fault(&placed.path, what, "Name it once, in the category that it belongs to");
                continue;
            }
            match self.known(&id) {
                Some(field) if field.category != category => {
                    let what = format!("{:?} does not belong to {:?}", placed.text, category.code());
                    let cure = format!("Move it to the category {:?}", field.category.code());
                    self.fault(&placed.path, what, cure);
                }
                Some(_) => {}
                None => self.unknown_field(&placed.path, &placed.text),
            }
        }
        for (index, held) in self.notice.categories.iter().enumerate() {
            let used = self.notice.purposes.iter().any(|given| given.categories.contains(&held.category));
            if !used && !self.notice.purposes.is_empty() {
                let path = self.place_of("categories", "category", held.category.code());
                let what = format!("No purpose uses {:?}: what is it held for?", held.category.code());
                self.fault(&path, what, "Add it to the categories of a purpose, or take it out");
            }
            let path = format!("categories[{index}]");
            if held.fields.is_empty() && held.entries.is_empty() && self.places.has(&path) {
                let what = format!("The category {:?} holds nothing", held.category.code());
                self.fault(&path, what, "Add fields = [...] or entries = [...], or take it out");
            }
        }
    }

    /// The category whose list of fields `path` belongs to.
    fn category_at(&self, path: &str) -> Option<(crate::Category, usize)> {
        let (index, rest) = path.strip_prefix("categories[")?.split_once("].fields[")?;
        let head = format!("categories[{index}].category");
        let code = self.places.texts().iter().find(|placed| placed.path == head)?;
        Some((code.text.trim().parse().ok()?, rest.trim_end_matches(']').parse().ok()?))
    }

    fn unknown_field(&self, path: &str, name: &str) {
        let standard = Catalogue::standard().fields().iter().chain(&self.notice.fields);
        let cure = match nearest(name, standard.map(|field| field.id.as_str())) {
            Some(near) => format!("Did you mean {near:?}?"),
            None => "Name a standard field, or describe your own under [[fields]]".to_owned(),
        };
        self.fault(path, format!("There is no field {name:?}"), cure);
    }

    fn whys(&self) {
        for id in self.notice.whys.keys() {
            if !self.held(id) {
                let path = format!("whys.{id}");
                self.fault(
                    &path,
                    format!("This notice holds no field {:?}", id.as_str()),
                    "Take this line out",
                );
            }
        }
    }

    fn held(&self, id: &FieldId) -> bool {
        self.notice.categories.iter().any(|held| held.fields.contains(id))
    }

    fn purposes(&self) {
        // A programme may use what the service's notice describes; a category that could not be read is missed once.
        let unread = self.places.has(&format!("categories[{}]", self.notice.categories.len()));
        if self.notice.extends.is_some() || unread {
            return;
        }
        for given in &self.notice.purposes {
            for category in &given.categories {
                if self.notice.category(*category).is_none() {
                    let path = self.place_of("purposes", "purpose", given.purpose.code());
                    let path = path.replace("].purpose", "].categories");
                    let what = format!(
                        "The purpose {:?} uses {:?}, which the notice does not describe",
                        given.purpose.code(),
                        category.code()
                    );
                    self.fault(
                        &path,
                        what,
                        format!("Add a [[categories]] with category = {:?}", category.code()),
                    );
                }
            }
        }
    }

    fn retention(&self) {
        for rule in &self.notice.retention {
            let path = self.place_of("retention", "layer", rule.layer.code());
            if rule.after == Event::LastContact && rule.counts.is_empty() {
                let what = "The period runs from the last contact, but nothing counts as contact";
                self.fault(&path, what, "Add counts = [\"took-part\", \"reply-to-us\"] and what else counts");
            }
            if rule.period == Period::Months(0) || rule.period == Period::Days(0) {
                self.fault(
                    &path,
                    "Nothing can be kept for no time at all",
                    "Write a period of at least one day",
                );
            }
            if let Period::Months(months) = rule.period
                && rule.warn_months_before.iter().any(|before| *before >= months)
            {
                let what = "A warning would come before the period begins";
                self.fault(
                    &path.replace("].layer", "].warn_months_before"),
                    what,
                    "Warn fewer months before the end",
                );
            }
            if rule.period == Period::AsProgramme
                && (rule.layer != Layer::Programme || self.notice.extends.is_some())
            {
                let what = "Only a service's notice leaves the period to its programmes";
                self.fault(&path, what, "Write months, days or until");
            }
        }
        if self.notice.extends.is_some() {
            for rule in self.notice.retention.iter().filter(|rule| rule.layer != Layer::Programme) {
                let path = self.place_of("retention", "layer", rule.layer.code());
                let what = format!(
                    "A programme's notice cannot change the period of the layer {:?}",
                    rule.layer.code()
                );
                self.fault(&path, what, "Keep only the rule with layer = \"programme\"");
            }
        }
        let programme = self.notice.extends.is_some() && !self.notice.retention.is_empty();
        if programme && self.notice.retention_rule(Layer::Programme).is_none() {
            let what = "A programme's notice needs a period of its own";
            self.fault("retention", what, "Add a [[retention]] with layer = \"programme\"");
        }
    }

    fn recipients_and_systems(&self) {
        for recipient in &self.notice.recipients {
            let path = self.place_of("recipients", "id", &recipient.id);
            for field in &recipient.fields {
                let held = self.held(field) || (self.notice.extends.is_some() && self.known(field).is_some());
                if !held {
                    let what = format!(
                        "{} would get {:?}, which the notice does not hold",
                        recipient.name,
                        field.as_str()
                    );
                    self.fault(
                        &path.replace("].id", "].fields"),
                        what,
                        "Take the field out, or name it in its category",
                    );
                }
            }
        }
        for system in &self.notice.systems {
            let Some(processor) = &system.processor else { continue };
            let named =
                self.notice.recipient(processor).is_some_and(|who| who.kind == RecipientKind::Processor);
            if !named && self.notice.extends.is_none() {
                let path = self.place_of("systems", "id", &system.id).replace("].id", "].processor");
                let what = format!("No recipient of kind processor is called {processor:?}");
                self.fault(&path, what, "Add it under [[recipients]] with kind = \"processor\"");
            }
        }
    }

    fn required(&self) {
        let Some(required) = &self.notice.required else { return };
        for (key, fields) in [("required.fields", &required.fields), ("required.one_of", &required.one_of)] {
            for field in fields.iter().filter(|field| !self.held(field)) {
                let what = format!("{:?} is required, but the notice does not hold it", field.as_str());
                self.fault(key, what, "Take it out, or name it in its category");
            }
        }
    }

    fn dates(&self) {
        if let Some(review) = self.notice.review
            && review < self.notice.effective
        {
            self.fault("review", "The notice is reviewed before it begins", "Write a later day");
        }
    }

    fn nothing_twice(&self) {
        let notice = self.notice;
        self.once("categories", "category", notice.categories.iter().map(|held| held.category));
        self.once("purposes", "purpose", notice.purposes.iter().map(|given| given.purpose));
        self.once("retention", "layer", notice.retention.iter().map(|rule| rule.layer));
        self.once("contacts", "role", notice.contacts.iter().map(|contact| contact.role));
        self.once("rights", "right", notice.rights.iter().map(|right| right.right));
        self.once("fields", "id", notice.fields.iter().map(|field| &field.id));
        self.once("lists", "id", notice.lists.iter().map(|list| &list.id));
        self.once("recipients", "id", notice.recipients.iter().map(|recipient| &recipient.id));
        self.once("systems", "id", notice.systems.iter().map(|system| &system.id));
    }

    fn once<T: Display>(&self, list: &str, key: &str, names: impl Iterator<Item = T>) {
        let mut seen = Vec::new();
        for name in names.map(|name| name.to_string()).filter(|name| !name.is_empty()) {
            if seen.contains(&name) {
                let path = self.place_of(list, key, &name);
                self.fault(
                    &path,
                    format!("{name:?} stands twice under {list:?}"),
                    "Keep one and take the other out",
                );
            }
            seen.push(name);
        }
    }
}

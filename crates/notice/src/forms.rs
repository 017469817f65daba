//! The forms of dated entries: what an adviser can write into a file beside notes, and what is asked each time.
//!
//! A form is data (`data/forms.toml`). It belongs to a category of the notice and to one of the entries that the notice
//! has to list under it; a service whose notice does not list it cannot use the form (promise P1).

use std::sync::LazyLock;

use toml::de::DeTable;

use crate::catalogue::Catalogue;
use crate::fault::Fault;
use crate::field::{Field, FieldId, ListId, ValueList, name_of};
use crate::model::Notice;
use crate::read_fields;
use crate::reader::{Faults, Part};
use crate::vocabulary::{Category, closed_list};

const DATA: &str = include_str!("../data/forms.toml");

name_of! {
    /// The name of a form, `goal`. Entries are stored under it: it never changes.
    FormId
}

closed_list! {
    /// The page of a file on which entries stand together.
    Group {
        /// Goals, what stands in the way, reviews, tasks.
        Plan = "plan",
        /// Support given, referrals.
        Support = "support",
        /// Work, learning and volunteering, with earnings and evidence.
        Outcomes = "outcomes",
        /// Right to work and qualifications.
        Checks = "checks",
    }
}

impl Group {
    /// The name of its page.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Group::Plan => "Plan",
            Group::Support => "Support",
            Group::Outcomes => "Outcomes",
            Group::Checks => "Checks",
        }
    }
}

/// A date by which something is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueDate {
    /// The field that holds it.
    pub field: FieldId,
    /// What is due, without a word about the person: it stands in lists.
    pub words: String,
    /// It is no longer due when this other field has one of these values; nor when the entry is over.
    pub settled: Option<(FieldId, Vec<String>)>,
}

/// What an answer asks of other fields: a document of list B needs its end, a check online has no document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// The field that is looked at.
    pub field: FieldId,
    /// The answers with which it holds; `yes` and `no` for a question of yes or no.
    pub is: Vec<String>,
    /// Fields that need an answer then.
    pub needs: Vec<FieldId>,
    /// Fields that have none then.
    pub never: Vec<FieldId>,
    /// What is wrong and what to do, in words for the person who typed.
    pub says: String,
}

/// Between which numbers an answer lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounds {
    /// The field: a number, or an amount.
    pub field: FieldId,
    /// The least that can be: whole, or pence.
    pub least: i64,
    /// The most.
    pub most: i64,
    /// What is wrong and what to do.
    pub says: String,
}

/// One kind of dated entry: what is asked, and the rules between the answers.
#[derive(Debug, Clone)]
pub struct EntryForm {
    /// Its name in stored entries and addresses.
    pub id: FormId,
    /// What one is called: "goal".
    pub noun: String,
    /// What several are called: "Goals".
    pub plural: String,
    /// What the link to a new one says: "Add a goal".
    pub add: String,
    /// The page on which they stand.
    pub group: Group,
    /// The category of the notice to which they belong.
    pub category: Category,
    /// The word by which that category has to list them.
    pub entries: String,
    /// The fields whose answers make its line in lists.
    pub title: Vec<FieldId>,
    /// The field that holds the day it is about; without one it is the day of writing.
    pub day: Option<FieldId>,
    /// Fields that need an answer.
    pub required: Vec<FieldId>,
    /// Dates that cannot lie in the future.
    pub past: Vec<FieldId>,
    /// Pairs of dates of which the second cannot come before the first.
    pub orders: Vec<(FieldId, FieldId)>,
    /// What answers ask of other fields.
    pub conditions: Vec<Condition>,
    /// Between which numbers answers lie.
    pub bounds: Vec<Bounds>,
    /// Whether what becomes due by a new one lies ahead.
    pub ahead: bool,
    /// The field that says that it is over, and the values that do; any answer does if there are none.
    pub ended: Option<(FieldId, Vec<String>)>,
    /// Fields that are asked once it is there, not when it is new.
    pub later: Vec<FieldId>,
    /// What becomes due by it.
    pub due: Vec<DueDate>,
    /// Whether a new one takes the place of what was due by the earlier ones.
    pub latest: bool,
    /// The forms of the entries with which it can be linked.
    pub links: Vec<FormId>,
    /// Whether it may belong to a programme, and is then kept as that programme's notice says.
    pub layered: bool,
    catalogue: Catalogue,
}

impl EntryForm {
    /// Its fields and their lists.
    #[must_use]
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// Its fields, in the order of the form.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        self.catalogue.fields()
    }

    /// The field of this name.
    #[must_use]
    pub fn field(&self, id: &FieldId) -> Option<&Field> {
        self.catalogue.field(id)
    }

    /// Whether `notice` names such entries, so that they may be stored.
    #[must_use]
    pub fn named_by(&self, notice: &Notice) -> bool {
        notice.category(self.category).is_some_and(|held| held.entries.contains(&self.entries))
    }
}

/// Every form that comes with Kept, in the order of the pages.
#[must_use]
pub fn all() -> &'static [EntryForm] {
    static ALL: LazyLock<Vec<EntryForm>> = LazyLock::new(|| read(DATA).0);
    &ALL
}

/// The form of this name.
#[must_use]
pub fn form(id: &str) -> Option<&'static EntryForm> {
    all().iter().find(|form| form.id == *id)
}

/// The forms of a page, in order.
pub fn of_group(group: Group) -> impl Iterator<Item = &'static EntryForm> {
    all().iter().filter(move |form| form.group == group)
}

/// Forms of a text, with what is wrong with it.
fn read(text: &str) -> (Vec<EntryForm>, Vec<Fault>) {
    let (table, broken) = DeTable::parse_recoverable(text);
    let faults = Faults::of(text);
    for error in broken {
        faults.add(&error.span().unwrap_or_default(), error.message(), "");
    }
    let mut root = Part::root(&table, &faults);
    let lists: Vec<ValueList> = root.parts("lists").into_iter().map(read_fields::list).collect();
    let forms = root.parts("forms").into_iter().filter_map(|part| entry_form(part, &lists)).collect();
    root.done();
    (forms, faults.into_sorted())
}

fn entry_form(mut part: Part<'_, '_>, lists: &[ValueList]) -> Option<EntryForm> {
    let category: Option<Category> = part.code("category");
    let fields: Vec<Field> = part
        .parts("fields")
        .into_iter()
        .filter_map(|field| read_fields::form_field(field, category.unwrap_or(Category::Casework)))
        .collect();
    let used: Vec<&ListId> = fields.iter().filter_map(|field| field.kind.list()).collect();
    let known = lists.iter().chain(Catalogue::standard().lists());
    let lists = known.filter(|list| used.contains(&&list.id)).cloned().collect();
    let ended = part.opt_text("ended").map(FieldId::from);
    let ended_values = part.texts("ended_values");
    let orders = part.texts("orders");
    let form = EntryForm {
        id: FormId::from(part.text("id")),
        noun: part.text("noun"),
        plural: part.text("plural"),
        add: part.text("add"),
        group: part.code("group")?,
        category: category?,
        entries: part.text("entries"),
        title: names(part.texts("title")),
        day: part.opt_text("day").map(FieldId::from),
        required: names(part.texts("required")),
        past: names(part.texts("past")),
        orders: orders
            .iter()
            .filter_map(|pair| pair.split_once(" <= "))
            .map(|(first, second)| (FieldId::from(first), FieldId::from(second)))
            .collect(),
        conditions: part.parts("conditions").into_iter().map(condition).collect(),
        bounds: part.parts("bounds").into_iter().map(bounds).collect(),
        ahead: part.flag("ahead", false),
        ended: ended.map(|field| (field, ended_values)),
        later: names(part.texts("later")),
        due: part.parts("due").into_iter().map(due_date).collect(),
        latest: part.flag("latest", false),
        links: part.texts("links").into_iter().map(FormId::from).collect(),
        layered: part.flag("layered", false),
        catalogue: Catalogue::new(fields, lists),
    };
    part.done();
    Some(form)
}

fn due_date(mut part: Part<'_, '_>) -> DueDate {
    let settled = part.opt_text("settled").map(FieldId::from);
    let values = part.texts("settled_values");
    let due = DueDate {
        field: FieldId::from(part.text("field")),
        words: part.text("words"),
        settled: settled.map(|field| (field, values)),
    };
    part.done();
    due
}

fn condition(mut part: Part<'_, '_>) -> Condition {
    let condition = Condition {
        field: FieldId::from(part.text("field")),
        is: part.texts("is"),
        needs: names(part.texts("needs")),
        never: names(part.texts("never")),
        says: part.text("says"),
    };
    part.done();
    condition
}

fn bounds(mut part: Part<'_, '_>) -> Bounds {
    let bounds = Bounds {
        field: FieldId::from(part.text("field")),
        least: part.number("least").map_or(0, i64::from),
        most: part.number("most").map_or(i64::MAX, i64::from),
        says: part.text("says"),
    };
    part.done();
    bounds
}

fn names(texts: Vec<String>) -> Vec<FieldId> {
    texts.into_iter().map(FieldId::from).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::field::Kind;

    fn shipped() -> Notice {
        Notice::parse(include_str!("../../../notices/employment-service.toml")).unwrap()
    }

    #[test]
    fn the_data_of_the_forms_has_no_faults() {
        assert_eq!(read(DATA).1, []);
    }

    // promise: P1
    #[test]
    fn the_shipped_notice_names_every_form_and_without_its_word_it_is_not_named() {
        for form in all() {
            let mut notice = shipped();
            assert!(form.named_by(&notice), "{}", form.id);
            for held in &mut notice.categories {
                held.entries.retain(|word| *word != form.entries);
            }
            assert!(!form.named_by(&notice), "{}", form.id);
        }
    }

    #[test]
    fn forms_have_names_of_their_own_and_so_have_their_fields() {
        let ids: BTreeSet<&str> = all().iter().map(|form| form.id.as_str()).collect();
        assert_eq!(ids.len(), all().len());
        for form in all() {
            assert!(read_fields::is_name(form.id.as_str()), "{}", form.id);
            let fields: BTreeSet<&FieldId> = form.fields().iter().map(|field| &field.id).collect();
            assert_eq!(fields.len(), form.fields().len(), "{}", form.id);
        }
    }

    #[test]
    fn rules_speak_of_fields_that_are_there_and_of_the_right_kind() {
        for form in all() {
            let kind =
                |id: &FieldId| &form.field(id).unwrap_or_else(|| panic!("{}: no field {id}", form.id)).kind;
            let due = form.due.iter().map(|due| &due.field);
            let orders = form.orders.iter().flat_map(|(first, second)| [first, second]);
            for id in form.day.iter().chain(&form.past).chain(due).chain(orders) {
                assert_eq!(*kind(id), Kind::Date, "{} {id}", form.id);
            }
            assert!(!form.title.is_empty() && !form.required.is_empty(), "{}", form.id);
            for id in form.title.iter().chain(&form.required).chain(&form.later) {
                kind(id);
            }
            assert!(form.required.iter().all(|id| !form.later.contains(id)), "{}", form.id);
            let conditions = form.due.iter().filter_map(|due| due.settled.as_ref());
            for (id, values) in form.ended.iter().chain(conditions) {
                let Some(list) = kind(id).list() else { continue };
                let list = form.catalogue().list(list).unwrap();
                assert!(values.iter().all(|v| list.value(v).is_some()), "{} {id}", form.id);
            }
            for condition in &form.conditions {
                let of = kind(&condition.field);
                let list = of.list().and_then(|list| form.catalogue().list(list));
                let known = |is: &String| match list {
                    Some(list) => list.value(is).is_some(),
                    None => *of == Kind::YesNo && ["yes", "no"].contains(&is.as_str()),
                };
                assert!(!condition.is.is_empty() && condition.is.iter().all(known), "{}", form.id);
                assert!(condition.needs.len() + condition.never.len() > 0, "{}", form.id);
                for id in condition.needs.iter().chain(&condition.never) {
                    kind(id);
                }
            }
            for bounds in &form.bounds {
                assert!(matches!(kind(&bounds.field), Kind::Number | Kind::Money), "{}", form.id);
                assert!(bounds.least <= bounds.most, "{}", form.id);
            }
            for field in form.fields() {
                let list = form.catalogue().list_of(field);
                assert_eq!(list.is_some(), field.kind.list().is_some(), "{} {}", form.id, field.id);
            }
            for link in &form.links {
                assert!(super::form(link.as_str()).is_some(), "{} {link}", form.id);
            }
        }
    }

    #[test]
    fn nothing_sensitive_is_asked_outside_a_category_that_says_so() {
        let notice = shipped();
        for form in all() {
            for field in form.fields().iter().filter(|field| !field.special.is_empty()) {
                let held = notice.category(form.category).unwrap();
                let says = held.special.is_empty() && form.category == Category::Needs;
                assert!(says || !held.special.is_empty(), "{} {}", form.id, field.id);
            }
        }
    }
}

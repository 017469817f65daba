//! Reads fields and lists of values: the same form in the catalogue and in a service's own notice.

use crate::field::{Field, FieldId, Kind, ListId, Special, Value, ValueList};
use crate::reader::{Part, nearest};
use crate::vocabulary::Category;

const KINDS: &[&str] = &[
    "text",
    "long-text",
    "name",
    "date",
    "nino",
    "postcode",
    "phone",
    "email",
    "yes-no",
    "number",
    "money",
    "choice",
    "choices",
];

/// One `[[fields]]` table.
pub(crate) fn field(mut part: Part<'_, '_>) -> Option<Field> {
    let id = part.text("id");
    let id_span = part.span_of("id");
    if !is_name(&id) {
        part.fault(&id_span, format!("{id:?} cannot be the name of a field"), NAMES);
    }
    let kind = kind(&mut part);
    let category = part.code("category");
    let special: Vec<Special> = part.codes("special");
    let sensitive = part.flag("sensitive", !special.is_empty());
    if !sensitive && !special.is_empty() {
        let span = part.span_of("sensitive");
        part.fault(
            &span,
            format!("the field {id:?} holds specially protected data but is not sensitive"),
            "Take out sensitive = false: people must be able to say that they prefer not to tell",
        );
    }
    let label = part.text("label");
    let question = part.opt_text("question").unwrap_or_else(|| label.clone());
    let field = Field {
        id: FieldId::from(id),
        label,
        question,
        hint: part.opt_text("hint"),
        kind: kind?,
        category: category?,
        sensitive: true,
        special,
        dpv: part.text("dpv"),
        dimension: part.flag("dimension", false),
        portable: part.flag("portable", true),
        why: part.text("why"),
    };
    let field = Field { sensitive, ..field };
    part.done();
    Some(field)
}

/// One field of a form of entries. It belongs to the form's category; why it is asked is for the form to make plain.
pub(crate) fn form_field(mut part: Part<'_, '_>, category: Category) -> Option<Field> {
    let kind = kind(&mut part);
    let special: Vec<Special> = part.codes("special");
    let label = part.text("label");
    let field = Field {
        id: FieldId::from(part.text("id")),
        question: part.opt_text("question").unwrap_or_else(|| label.clone()),
        label,
        hint: part.opt_text("hint"),
        kind: kind?,
        category,
        sensitive: false,
        special,
        dpv: "kept:Casework".to_owned(),
        dimension: part.flag("dimension", false),
        portable: true,
        why: String::new(),
    };
    part.done();
    Some(field)
}

fn kind(part: &mut Part<'_, '_>) -> Option<Kind> {
    let word = part.text("kind");
    let list = part.opt_text("list").map(ListId::from);
    let list_span = part.span_of("list");
    let kind = match (word.as_str(), list) {
        ("choice", Some(list)) => return Some(Kind::Choice(list)),
        ("choices", Some(list)) => return Some(Kind::Choices(list)),
        ("choice" | "choices", None) => {
            part.fault(
                &list_span,
                "a choice needs a list to choose from",
                "Add list = \"...\" with the name of the list",
            );
            return None;
        }
        (_, Some(_)) => {
            part.fault(
                &list_span,
                format!("a field of kind {word:?} has no list"),
                "Take the list out, or write kind = \"choice\"",
            );
            return None;
        }
        ("text", None) => Kind::Text,
        ("long-text", None) => Kind::LongText,
        ("name", None) => Kind::Name,
        ("date", None) => Kind::Date,
        ("nino", None) => Kind::Nino,
        ("postcode", None) => Kind::Postcode,
        ("phone", None) => Kind::Phone,
        ("email", None) => Kind::Email,
        ("yes-no", None) => Kind::YesNo,
        ("number", None) => Kind::Number,
        ("money", None) => Kind::Money,
        ("", None) => return None,
        (other, None) => {
            let span = part.span_of("kind");
            let cure = match nearest(other, KINDS.iter().copied()) {
                Some(near) => format!("Did you mean {near:?}?"),
                None => format!("Write one of: {}", KINDS.join(", ")),
            };
            part.fault(&span, format!("{other:?} is not a kind of field"), cure);
            return None;
        }
    };
    Some(kind)
}

/// One `[[lists]]` table.
pub(crate) fn list(mut part: Part<'_, '_>) -> ValueList {
    let id = part.text("id");
    if !is_name(&id) {
        let span = part.span_of("id");
        part.fault(&span, format!("{id:?} cannot be the name of a list"), NAMES);
    }
    let mut values: Vec<Value> = Vec::new();
    for mut row in part.parts("values") {
        let value = Value {
            code: row.text("code"),
            label: row.text("label"),
            group: row.opt_text("group"),
            write_in: row.flag("write_in", false),
            sensitive: row.flag("sensitive", false),
            reveals: row.opt_code("reveals"),
            ilr: row.opt_text("ilr"),
            ended: row.opt_date("ended"),
        };
        let value = Value { sensitive: value.sensitive || value.reveals.is_some(), ..value };
        if values.iter().any(|other| other.code == value.code) {
            let span = row.span_of("code");
            row.fault(
                &span,
                format!("the code {:?} stands twice in this list", value.code),
                "Give each value a code of its own",
            );
        }
        values.push(value);
        row.done();
    }
    if values.is_empty() {
        let span = part.span().clone();
        part.fault(
            &span,
            format!("the list {id:?} has no values"),
            "Add values = [{ code = \"...\", label = \"...\" }]",
        );
    }
    let list = ValueList {
        id: ListId::from(id),
        version: part.text("version"),
        source: part.opt_text("source").unwrap_or_default(),
        values,
    };
    part.done();
    list
}

const NAMES: &str = "Use small letters, digits and underscores, a letter first";

/// Whether `name` can be the name of a field or list: it stands in forms, columns and audit entries.
pub(crate) fn is_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.len() <= 64
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

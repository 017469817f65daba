//! The words to which a client says yes or no: made from the notice that they were given, never written by hand.

use notice::{FieldId, Notice, PurposeNotice, Recipient, Special};

/// What is shown or read out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wording {
    /// The words, a paragraph a line.
    pub text: String,
    /// The express statement, where specially protected data is among it (Art. 9(2)(a)).
    pub explicit: Option<String>,
}

/// The words for sharing with somebody whom the notice names. `name` is the organisation itself, `notices` those that the
/// client was given: a programme's recipient may get fields of the service's notice.
#[must_use]
pub fn for_sharing(notices: &[&Notice], recipient: &Recipient, name: &str) -> Wording {
    let service = notices.first().map_or("The service", |notice| notice.service.as_str());
    let described = |id: &FieldId| notices.iter().find_map(|notice| notice.field(id));
    let labels: Vec<String> =
        recipient.fields.iter().filter_map(|id| Some(described(id)?.label.clone())).collect();
    let mut special: Vec<Special> =
        recipient.fields.iter().filter_map(described).flat_map(|field| field.special.clone()).collect();
    special.sort_unstable();
    special.dedup();
    let mut lines = vec![
        format!("I agree that {service} gives {name} these facts about me, and no others:"),
        format!("{}.", labels.join("; ")),
        format!("What it is for: {}", recipient.says),
    ];
    lines.extend(free_to_choose(notices));
    let explicit = (!special.is_empty()).then(|| {
        let kinds: Vec<&str> = special.iter().map(|special| special.words()).collect();
        format!("I agree expressly that these facts can show my {}.", kinds.join(" and my "))
    });
    Wording { text: lines.join("\n"), explicit }
}

/// The words for what the service itself does.
#[must_use]
pub fn for_use(notice: &Notice, given: &PurposeNotice) -> Wording {
    let held: Vec<&str> = given
        .categories
        .iter()
        .filter_map(|category| notice.category(*category))
        .map(|held| held.label.as_str())
        .collect();
    let mut lines = vec![
        format!(
            "I agree that {} uses facts about me for one purpose: {}.",
            notice.service,
            lower(&given.label)
        ),
        given.says.clone(),
        format!("The facts: {}.", held.join("; ")),
    ];
    lines.extend(free_to_choose(&[notice]));
    Wording { text: lines.join("\n"), explicit: None }
}

/// What has to be told before consent is given (Art. 7(3), 7(4)).
fn free_to_choose(notices: &[&Notice]) -> Vec<String> {
    let mut lines = vec!["This is my choice. If I say no, I get the same help as before.".to_owned()];
    if let Some(withdrawal) = notices.iter().find_map(|notice| notice.withdrawal.as_ref()) {
        lines.push(format!("I can take it back at any time. {}", withdrawal.how));
    }
    lines
}

fn lower(label: &str) -> String {
    let mut letters = label.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_lowercase().collect::<String>() + letters.as_str())
}

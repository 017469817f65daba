//! Questions answered by choosing.

use maud::{Markup, html};

use super::form::{described_by, group, hint_and_error, legend};

/// What 'Prefer not to say' sends.
const DECLINED: &str = "prefer-not-to-say";

/// One answer to choose.
#[derive(Debug, Clone, Default)]
pub struct Choice<'a> {
    /// What it sends.
    pub value: &'a str,
    /// Its words.
    pub label: &'a str,
    /// What helps to choose it.
    pub hint: Option<&'a str>,
    /// Whether it is chosen.
    pub checked: bool,
    /// A box below for one's own words: (name, label, what was typed).
    pub write_in: Option<(&'a str, &'a str, &'a str)>,
}

/// A question answered by choosing.
#[derive(Debug, Clone, Default)]
pub struct Choices<'a> {
    /// The field's name, and the first answer's id.
    pub name: &'a str,
    /// The question.
    pub legend: &'a str,
    /// What helps to answer it.
    pub hint: Option<&'a str>,
    /// The answers.
    pub options: Vec<Choice<'a>>,
    /// What is wrong and what to do.
    pub error: Option<&'a str>,
    /// Whether to offer 'Prefer not to say', and if so whether it is chosen.
    pub prefer_not_to_say: Option<bool>,
    /// Whether the question is the page's heading.
    pub legend_heading: bool,
    /// Whether the answers stand side by side: for two or three short ones.
    pub inline: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    One,
    Several,
}

/// A question with one answer.
#[must_use]
pub fn radios(choices: Choices<'_>) -> Markup {
    asked(Kind::One, choices)
}

/// A question with several answers.
#[must_use]
pub fn checkboxes(choices: Choices<'_>) -> Markup {
    asked(Kind::Several, choices)
}

fn asked(kind: Kind, choices: Choices<'_>) -> Markup {
    let (block, module) = match kind {
        Kind::One => ("govuk-radios", "govuk-radios"),
        Kind::Several => ("govuk-checkboxes", "govuk-checkboxes"),
    };
    let class = if choices.inline && kind == Kind::One { "govuk-radios govuk-radios--inline" } else { block };
    let name = choices.name;
    group(
        choices.error.is_some(),
        html! {
            fieldset.govuk-fieldset aria-describedby=[described_by(name, choices.hint.is_some(), choices.error.is_some())] {
                (legend(choices.legend, choices.legend_heading))
                (hint_and_error(name, choices.hint, choices.error))
                div class=(class) data-module=(module) {
                    @for (at, choice) in choices.options.iter().enumerate() {
                        (item(kind, name, &id(name, at), choice, false))
                    }
                    @if let Some(checked) = choices.prefer_not_to_say {
                        @let last = Choice { value: DECLINED, label: "Prefer not to say", checked, ..Choice::default() };
                        div class={ (block) "__divider" } { "or" }
                        (item(kind, name, &id(name, choices.options.len()), &last, kind == Kind::Several))
                    }
                }
            }
        },
    )
}

fn id(name: &str, at: usize) -> String {
    if at == 0 { name.to_owned() } else { format!("{name}-{}", at + 1) }
}

fn item(kind: Kind, name: &str, id: &str, choice: &Choice<'_>, exclusive: bool) -> Markup {
    let (block, input) = match kind {
        Kind::One => ("govuk-radios", "radio"),
        Kind::Several => ("govuk-checkboxes", "checkbox"),
    };
    let hint_id = format!("{id}-item-hint");
    html! {
        div class={ (block) "__item" } {
            input class={ (block) "__input" } #(id) name=(name) type=(input) value=(choice.value) checked[choice.checked]
                aria-describedby=[choice.hint.map(|_| hint_id.as_str())] data-behaviour=[exclusive.then_some("exclusive")];
            label class={ "govuk-label " (block) "__label" } for=(id) { (choice.label) }
            @if let Some(hint) = choice.hint { div class={ "govuk-hint " (block) "__hint" } #(hint_id) { (hint) } }
        }
        @if let Some((field, label, value)) = choice.write_in {
            div.app-write-in {
                label.govuk-label for=(field) { (label) }
                input.govuk-input #(field) name=(field) type="text" autocomplete="off" value=[Some(value).filter(|v| !v.is_empty())];
            }
        }
    }
}

/// A short choice as a row of pills: (value, words, chosen).
#[must_use]
pub fn segments(name: &str, legend: &str, options: &[(&str, &str, bool)]) -> Markup {
    html! { fieldset.app-seg {
        legend { (legend) }
        @for (value, words, checked) in options {
            label { input type="radio" name=(name) value=(value) checked[*checked]; span { (words) } }
        }
    } }
}

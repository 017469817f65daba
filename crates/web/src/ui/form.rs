//! Questions and their answers, with GOV.UK Frontend's markup.
//!
//! The id of a field is its name, its hint's is `NAME-hint`, its error's `NAME-error`; a link to
//! `#NAME` leads to the first box of the question. Nothing is revealed by choosing: what belongs to
//! a choice stands below it, to be filled or left.

use maud::{Markup, html};

pub use super::choices::{Choice, Choices, checkboxes, radios, segments};

/// A question answered in one line.
#[derive(Debug, Clone, Copy, Default)]
pub struct TextInput<'a> {
    /// The field's name and id.
    pub name: &'a str,
    /// The question.
    pub label: &'a str,
    /// What helps to answer it.
    pub hint: Option<&'a str>,
    /// What was typed so far.
    pub value: &'a str,
    /// What is wrong and what to do.
    pub error: Option<&'a str>,
    /// How many characters wide: 2, 3, 4, 5, 10, 20 or 30; none is the whole width.
    pub width: Option<u8>,
    /// What the browser may fill in.
    pub autocomplete: Option<&'a str>,
    /// Which keyboard a phone shows.
    pub inputmode: Option<&'a str>,
    /// "text" (also if empty), "password", "email", "tel" or "search".
    pub input_type: &'a str,
    /// Whether the question is the page's heading.
    pub label_heading: bool,
    /// The id of a list of words that the browser offers while one types.
    pub list: Option<&'a str>,
}

/// A question answered in several lines.
#[derive(Debug, Clone, Copy, Default)]
pub struct TextArea<'a> {
    /// The field's name and id.
    pub name: &'a str,
    /// The question.
    pub label: &'a str,
    /// What helps to answer it.
    pub hint: Option<&'a str>,
    /// What was typed so far.
    pub value: &'a str,
    /// What is wrong and what to do.
    pub error: Option<&'a str>,
    /// How many lines it shows; 0 shows five.
    pub rows: u8,
    /// Whether the question is the page's heading.
    pub label_heading: bool,
    /// Whether the question is only for screen readers, a heading above saying the same.
    pub label_hidden: bool,
}

/// A question answered with one of a long list.
#[derive(Debug, Clone, Default)]
pub struct Select<'a> {
    /// The field's name and id.
    pub name: &'a str,
    /// The question.
    pub label: &'a str,
    /// What helps to answer it.
    pub hint: Option<&'a str>,
    /// The choices: (value, words).
    pub options: Vec<(&'a str, &'a str)>,
    /// The value chosen so far.
    pub value: &'a str,
    /// What is wrong and what to do.
    pub error: Option<&'a str>,
}

/// Which box of a date is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatePart {
    /// The day.
    Day,
    /// The month.
    Month,
    /// The year.
    Year,
}

/// A date, in three boxes named `NAME-day`, `NAME-month` and `NAME-year`.
#[derive(Debug, Clone, Copy, Default)]
pub struct DateInput<'a> {
    /// The beginning of the boxes' names, and the first box's id.
    pub name: &'a str,
    /// The question.
    pub legend: &'a str,
    /// What helps to answer it, mostly an example.
    pub hint: Option<&'a str>,
    /// The day as typed.
    pub day: &'a str,
    /// The month as typed.
    pub month: &'a str,
    /// The year as typed.
    pub year: &'a str,
    /// What is wrong and what to do.
    pub error: Option<&'a str>,
    /// The box that is wrong; none marks all three.
    pub wrong_part: Option<DatePart>,
    /// Whether the question is the page's heading.
    pub legend_heading: bool,
    /// Whether it is a date of birth, which browsers may fill in for the person themselves.
    pub birthday: bool,
}

/// What a button does to the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ButtonKind {
    /// The one thing the page is for.
    #[default]
    Main,
    /// Another thing one can do.
    Secondary,
    /// Something that cannot be undone.
    Warning,
}

/// The ids of hint and error, as `aria-describedby` wants them.
pub(crate) fn described_by(name: &str, hint: bool, error: bool) -> Option<String> {
    match (hint, error) {
        (true, true) => Some(format!("{name}-hint {name}-error")),
        (true, false) => Some(format!("{name}-hint")),
        (false, true) => Some(format!("{name}-error")),
        (false, false) => None,
    }
}

/// A group of a question's parts, marked when wrong.
pub(crate) fn group(wrong: bool, body: Markup) -> Markup {
    let class = if wrong { "govuk-form-group govuk-form-group--error" } else { "govuk-form-group" };
    html! { div class=(class) { (body) } }
}

/// The hint and the error of a question.
pub(crate) fn hint_and_error(name: &str, hint: Option<&str>, error: Option<&str>) -> Markup {
    html! {
        @if let Some(hint) = hint { div.govuk-hint id=(format!("{name}-hint")) { (hint) } }
        @if let Some(error) = error {
            p.govuk-error-message id=(format!("{name}-error")) { span.govuk-visually-hidden { "Error:" } " " (error) }
        }
    }
}

fn label(name: &str, text: &str, heading: bool, hidden: bool) -> Markup {
    html! {
        @if heading {
            h1.govuk-label-wrapper { label class="govuk-label govuk-label--l" for=(name) { (text) } }
        } @else if hidden {
            label class="govuk-label govuk-visually-hidden" for=(name) { (text) }
        } @else {
            label.govuk-label for=(name) { (text) }
        }
    }
}

/// A question answered in one line.
#[must_use]
pub fn text_input(input: TextInput<'_>) -> Markup {
    let kind = if input.input_type.is_empty() { "text" } else { input.input_type };
    let password = kind == "password";
    let mut class = String::from("govuk-input");
    if let Some(width) = input.width {
        class.push_str(&format!(" govuk-input--width-{width}"));
    }
    if password {
        class.push_str(" govuk-password-input__input govuk-js-password-input-input");
    }
    if input.error.is_some() {
        class.push_str(" govuk-input--error");
    }
    let exact = password || kind == "email" || input.autocomplete.is_some();
    let boxed = html! { input class=(class) #(input.name) name=(input.name) type=(kind)
    value=[(!password).then_some(input.value).filter(|v| !v.is_empty())]
    aria-describedby=[described_by(input.name, input.hint.is_some(), input.error.is_some())]
    autocomplete=(input.autocomplete.unwrap_or("off")) list=[input.list] inputmode=[input.inputmode]
    spellcheck=[exact.then_some("false")] autocapitalize=[(password || kind == "email").then_some("none")]; };
    let parts = html! {
        (label(input.name, input.label, input.label_heading, false))
        (hint_and_error(input.name, input.hint, input.error))
        @if password {
            div class="govuk-input__wrapper govuk-password-input__wrapper" {
                (boxed)
                button type="button" class="govuk-button govuk-button--secondary govuk-password-input__toggle govuk-js-password-input-toggle"
                    aria-controls=(input.name) aria-label="Show password" hidden { "Show" }
            }
        } @else { (boxed) }
    };
    if !password {
        return group(input.error.is_some(), parts);
    }
    let wrong = if input.error.is_some() { " govuk-form-group--error" } else { "" };
    html! { div class={ "govuk-form-group govuk-password-input" (wrong) } data-module="govuk-password-input" { (parts) } }
}

/// A question answered in several lines.
#[must_use]
pub fn textarea(area: TextArea<'_>) -> Markup {
    let class = if area.error.is_some() { "govuk-textarea govuk-textarea--error" } else { "govuk-textarea" };
    let rows = if area.rows == 0 { 5 } else { area.rows };
    group(
        area.error.is_some(),
        html! {
            (label(area.name, area.label, area.label_heading, area.label_hidden))
            (hint_and_error(area.name, area.hint, area.error))
            // The line break is eaten by browsers; without it they would eat the first one of the answer.
            textarea class=(class) #(area.name) name=(area.name) rows=(rows)
                aria-describedby=[described_by(area.name, area.hint.is_some(), area.error.is_some())] { "\n" (area.value) }
        },
    )
}

/// A question answered with one of a long list.
#[must_use]
pub fn select(select: Select<'_>) -> Markup {
    let class = if select.error.is_some() { "govuk-select govuk-select--error" } else { "govuk-select" };
    group(
        select.error.is_some(),
        html! {
            (label(select.name, select.label, false, false))
            (hint_and_error(select.name, select.hint, select.error))
            select class=(class) #(select.name) name=(select.name)
                aria-describedby=[described_by(select.name, select.hint.is_some(), select.error.is_some())] {
                @for (value, words) in &select.options { option value=(value) selected[*value == select.value] { (words) } }
            }
        },
    )
}

/// A date, in three boxes.
#[must_use]
pub fn date_input(date: DateInput<'_>) -> Markup {
    let parts = [
        (DatePart::Day, "day", "Day", date.day, 2, "bday-day"),
        (DatePart::Month, "month", "Month", date.month, 2, "bday-month"),
        (DatePart::Year, "year", "Year", date.year, 4, "bday-year"),
    ];
    group(
        date.error.is_some(),
        html! {
            fieldset.govuk-fieldset role="group"
                aria-describedby=[described_by(date.name, date.hint.is_some(), date.error.is_some())] {
                (legend(date.legend, date.legend_heading))
                (hint_and_error(date.name, date.hint, date.error))
                div.govuk-date-input { @for (part, suffix, label, value, width, fill) in parts {
                    @let named = format!("{}-{suffix}", date.name);
                    @let id = if part == DatePart::Day { date.name } else { named.as_str() };
                    @let wrong = date.error.is_some() && date.wrong_part.is_none_or(|w| w == part);
                    @let error = if wrong { " govuk-input--error" } else { "" };
                    div.govuk-date-input__item { div.govuk-form-group {
                        label class="govuk-label govuk-date-input__label" for=(id) { (label) }
                        input class={ "govuk-input govuk-date-input__input govuk-input--width-" (width) (error) }
                            #(id) name=(named) type="text" inputmode="numeric" value=[Some(value).filter(|v| !v.is_empty())]
                            autocomplete=(if date.birthday { fill } else { "off" });
                    } }
                } }
            }
        },
    )
}

/// The question of a group of boxes.
pub(crate) fn legend(text: &str, heading: bool) -> Markup {
    html! {
        @if heading {
            legend class="govuk-fieldset__legend govuk-fieldset__legend--l" { h1.govuk-fieldset__heading { (text) } }
        } @else {
            legend class="govuk-fieldset__legend govuk-fieldset__legend--s" { (text) }
        }
    }
}

/// A file to send. The form needs `enctype="multipart/form-data"`, and its other fields before this one.
#[must_use]
pub fn file_input(name: &str, text: &str, hint: &str, accept: &str, error: Option<&str>) -> Markup {
    let class =
        if error.is_some() { "govuk-file-upload govuk-file-upload--error" } else { "govuk-file-upload" };
    group(
        error.is_some(),
        html! {
            (label(name, text, false, false))
            (hint_and_error(name, Some(hint), error))
            input class=(class) #(name) name=(name) type="file" accept=(accept)
                aria-describedby=[described_by(name, true, error.is_some())];
        },
    )
}

/// A value the form carries along.
#[must_use]
pub fn hidden(name: &str, value: &str) -> Markup {
    html! { input type="hidden" name=(name) value=(value); }
}

/// A button that sends the form; `sends` is the (name, value) it adds.
#[must_use]
pub fn button(kind: ButtonKind, label: &str, sends: Option<(&str, &str)>) -> Markup {
    let class = match kind {
        ButtonKind::Main => "govuk-button",
        ButtonKind::Secondary => "govuk-button govuk-button--secondary",
        ButtonKind::Warning => "govuk-button govuk-button--warning",
    };
    html! { button class=(class) type="submit" name=[sends.map(|s| s.0)] value=[sends.map(|s| s.1)] { (label) } }
}

/// Buttons and links in a row.
#[must_use]
pub fn buttons(body: Markup) -> Markup {
    html! { div.govuk-button-group { (body) } }
}

/// All that is wrong with a form, on top: (field name, what is wrong and what to do). Nothing if empty.
#[must_use]
pub fn error_summary(errors: &[(&str, &str)]) -> Markup {
    html! { @if !errors.is_empty() {
        div.govuk-error-summary data-module="govuk-error-summary" { div role="alert" {
            h2.govuk-error-summary__title { "There is a problem" }
            div.govuk-error-summary__body { ul class="govuk-list govuk-error-summary__list" {
                @for (name, text) in errors { li {
                    @if name.is_empty() { (text) } @else { a href={ "#" (name) } { (text) } }
                } }
            } }
        } }
    } }
}

/// Words folded away, mostly why a question is asked.
#[must_use]
pub fn details(summary: &str, body: Markup) -> Markup {
    html! { details.govuk-details {
        summary.govuk-details__summary { span.govuk-details__summary-text { (summary) } }
        div.govuk-details__text { (body) }
    } }
}

/// One tick box in a line, for the foot of a note.
#[must_use]
pub fn tick(name: &str, label: &str, checked: bool) -> Markup {
    html! { label.app-check { input type="checkbox" name=(name) value="yes" checked[checked]; " " (label) } }
}

/// Where the page says that the draft was saved. Put it into a form with `data-draft-url`.
#[must_use]
pub fn draft_status(text: &str) -> Markup {
    html! { span.app-saved role="status" data-draft-status { (text) } }
}

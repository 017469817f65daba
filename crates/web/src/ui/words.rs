//! Words that stand apart: warnings, what was done, answers to check.

use maud::{Markup, PreEscaped, html};

/// A warning that must be read before going on.
#[must_use]
pub fn warning(text: &str) -> Markup {
    html! { div.govuk-warning-text {
        span.govuk-warning-text__icon aria-hidden="true" { "!" }
        strong.govuk-warning-text__text { span.govuk-visually-hidden { "Warning" } " " (text) }
    } }
}

/// Words set apart from the rest.
#[must_use]
pub fn inset(body: Markup) -> Markup {
    html! { div.govuk-inset-text { (body) } }
}

/// Says that something was done.
#[must_use]
pub fn banner(text: &str) -> Markup {
    notification(
        "govuk-notification-banner govuk-notification-banner--success",
        "alert",
        "Done",
        html! { (text) },
    )
}

/// Says something one should know here: a hold, a restriction, an office closed.
#[must_use]
pub fn notice_banner(body: Markup) -> Markup {
    notification("govuk-notification-banner", "region", "Important", body)
}

fn notification(class: &str, role: &str, title: &str, body: Markup) -> Markup {
    // A page may show one of each.
    let id = if role == "alert" { "banner-done" } else { "banner-notice" };
    html! { div class=(class) role=(role) aria-labelledby=(id) data-module="govuk-notification-banner" {
        div.govuk-notification-banner__header {
            h2.govuk-notification-banner__title #(id) { (title) }
        }
        div.govuk-notification-banner__content { p.govuk-notification-banner__heading { (body) } }
    } }
}

/// How far long work is, as a bar and in words.
#[must_use]
pub fn progress(label: &str, done: usize, all: usize) -> Markup {
    html! { p.app-progress {
        label for="progress" { (label) }
        progress #progress value=(done) max=(all.max(1)) { (done) " of " (all) }
        span class="app-num app-muted" { (done) " of " (all) }
    } }
}

/// A line of a [`summary_list`].
#[derive(Debug, Clone, Default)]
pub struct SummaryRow<'a> {
    /// What was asked.
    pub key: &'a str,
    /// What was answered.
    pub value: Markup,
    /// Where to change it, and what, for those who hear only the link.
    pub change: Option<(&'a str, &'a str)>,
}

/// Answers, each with a link to change it.
#[must_use]
pub fn summary_list(rows: &[SummaryRow<'_>]) -> Markup {
    html! { dl.govuk-summary-list { @for row in rows {
        div class={ "govuk-summary-list__row" @if row.change.is_none() { " govuk-summary-list__row--no-actions" } } {
            dt.govuk-summary-list__key { (row.key) }
            dd.govuk-summary-list__value { (row.value) }
            @if let Some((href, hidden)) = row.change {
                dd.govuk-summary-list__actions {
                    a.govuk-link href=(href) { "Change" span.govuk-visually-hidden { " " (hidden) } }
                }
            }
        }
    } } }
}

/// What goes wrong, in a heading and plain paragraphs: for [`super::page::narrow`].
#[must_use]
pub fn problem(heading: &str, paragraphs: &[&str], next: Markup) -> Markup {
    html! {
        h1.app-h1 { (heading) }
        @for text in paragraphs { p.govuk-body { (text) } }
        (next)
    }
}

/// Markup that the notice's own writers made and escaped. Nothing that anybody typed comes this way.
#[must_use]
pub fn rendered(markup: &str) -> Markup {
    PreEscaped(markup.to_owned())
}

/// A heading within a sentence: its first letter small, and names as they are.
#[must_use]
pub fn within(heading: &str) -> String {
    let mut letters = heading.chars();
    match (letters.next(), heading.chars().nth(1)) {
        (Some(first), second) if !second.is_some_and(char::is_uppercase) => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => heading.to_owned(),
    }
}

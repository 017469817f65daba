//! The pieces of one person's file: who it is, what happened, what we promised.

use maud::{Markup, html};

use super::icon::{self, Icon, StepState};
pub use super::list::{Cell, Column, Table, TodoItem, empty, table, todo_list};

/// Who the file is about: stays on top while one scrolls.
#[derive(Debug, Clone, Default)]
pub struct IdentityBar<'a> {
    /// The name, the page's `h1`.
    pub name: &'a str,
    /// The client's number.
    pub number: &'a str,
    /// Date of birth in words and the age today.
    pub born: Option<(&'a str, u16)>,
    /// Phone number.
    pub phone: Option<&'a str>,
    /// What everybody must know first: safe contact, restriction, hold. See [`tag`].
    pub tags: Vec<Markup>,
    /// Links and buttons: [`action`], [`more_actions`].
    pub actions: Markup,
}

/// The bar with the client's name, number and warnings.
#[must_use]
pub fn identity_bar(bar: IdentityBar<'_>) -> Markup {
    html! { div.app-id { div class="govuk-width-container app-id__in" {
        div {
            h1 { (bar.name) }
            ul class="app-id__facts app-num" {
                li { span.app-muted { "Ref" } " " b.app-ref { (bar.number) } }
                @if let Some((date, age)) = bar.born {
                    li { span.app-muted { "Born" } " " b { (date) } " (" (age) ")" }
                }
                @if let Some(phone) = bar.phone {
                    li { span.app-muted { "Phone" } " " a.app-tel href=(format!("tel:{}", dialled(phone))) { (phone) } }
                }
                @for tag in &bar.tags { li { (tag) } }
            }
        }
        div.app-id__act { (bar.actions) }
    } } }
}

/// A phone number without the blanks people write in it.
fn dialled(phone: &str) -> String {
    phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect()
}

/// A link that looks like a button of the second rank.
#[must_use]
pub fn action(href: &str, label: &str) -> Markup {
    html! { a class="govuk-button govuk-button--secondary" href=(href) { (label) } }
}

/// The same in a list, where the line says already what it is about: that is said to those only who hear the link alone.
#[must_use]
pub fn action_about(href: &str, label: &str, about: &str) -> Markup {
    html! { a class="govuk-button govuk-button--secondary" href=(href) { (label) span.govuk-visually-hidden { (about) } } }
}

/// A link that looks like the page's main button.
#[must_use]
pub fn main_action(href: &str, label: &str) -> Markup {
    html! { a.govuk-button href=(href) { (label) } }
}

/// The rarer acts, folded away: (href, label).
#[must_use]
pub fn more_actions(links: &[(&str, &str)]) -> Markup {
    html! { details.app-more {
        summary { "More actions" }
        ul { @for (href, label) in links { li { a href=(href) { (label) } } } }
    } }
}

/// The pages of one file. `label` says whose.
#[must_use]
pub fn sub_nav(label: &str, items: &[super::page::NavItem<'_>]) -> Markup {
    html! { nav.app-sub aria-label=(label) { div.govuk-width-container { ul { @for item in items {
        li { a href=(item.href) aria-current=[item.current.then_some("page")] {
            (item.label)
            @if let Some(count) = item.count { " " span.app-count { (count) } }
        } }
    } } } } }
}

/// A card. `link` is (href, text, words only a screen reader needs).
#[must_use]
pub fn panel(id: &str, heading: &str, link: Option<(&str, &str, &str)>, body: Markup) -> Markup {
    section(id, "app-panel", heading, link, body)
}

/// A card without a margin inside, for a table or list that reaches its edges.
#[must_use]
pub fn panel_flush(id: &str, heading: &str, body: Markup) -> Markup {
    let named = format!("{id}-h");
    html! { section class="app-panel app-panel--flush" #(id) aria-labelledby=(named) {
        h2.govuk-visually-hidden #(named) { (heading) }
        (body)
    } }
}

/// How far a promised period has run.
#[derive(Debug, Clone, Copy, Default)]
pub struct Meter<'a> {
    /// Days gone by.
    pub done: u32,
    /// Days in all.
    pub total: u32,
    /// The day it began, in words.
    pub from: &'a str,
    /// The day it ends, in words.
    pub to: &'a str,
}

/// The card 'What we promised': the period as a bar, what it means in `lead`, and why in `rest`.
#[must_use]
pub fn panel_life(id: &str, heading: &str, lead: Markup, meter: Option<Meter<'_>>, rest: Markup) -> Markup {
    section(
        id,
        "app-panel app-panel--life",
        heading,
        None,
        html! {
            p { (lead) }
            @if let Some(meter) = meter {
                (bar(meter.done, meter.total))
                p class="app-meter__ends app-num" {
                    span { span.govuk-visually-hidden { "From " } (meter.from) }
                    span { span.govuk-visually-hidden { "to " } (meter.to) }
                }
            }
            div.app-muted { (rest) }
        },
    )
}

/// How much of a whole is done, as a bar. The words beside it say the same.
#[must_use]
pub fn bar(done: u32, total: u32) -> Markup {
    let whole = u64::from(total.max(1));
    let width = (u64::from(done).min(whole) * 328 / whole).max(12);
    html! {
        svg.app-meter viewBox="0 0 328 12" preserveAspectRatio="none" aria-hidden="true" focusable="false" {
            rect.a width="328" height="12" rx="6" {}
            rect.b width=(width) height="12" rx="6" {}
        }
    }
}

fn section(id: &str, class: &str, heading: &str, link: Option<(&str, &str, &str)>, body: Markup) -> Markup {
    let named = format!("{id}-h");
    html! { section class=(class) #(id) aria-labelledby=(named) tabindex="-1" {
        @if let Some((href, text, hidden)) = link {
            div.app-panel__head {
                h2.app-h2 #(named) { (heading) }
                a.govuk-link href=(href) { (text) @if !hidden.is_empty() { span.govuk-visually-hidden { " " (hidden) } } }
            }
        } @else {
            h2.app-h2 #(named) { (heading) }
        }
        (body)
    } }
}

/// The next thing to happen, with its main acts.
#[derive(Debug, Clone, Default)]
pub struct NextUp<'a> {
    /// The day: "Today", "Friday 27 November".
    pub day: &'a str,
    /// The time: "10:30am".
    pub time: &'a str,
    /// What it is.
    pub heading: &'a str,
    /// More about it.
    pub text: &'a str,
    /// Buttons.
    pub actions: Markup,
}

/// The card of the next appointment.
#[must_use]
pub fn next_up(next: NextUp<'_>) -> Markup {
    html! { section class="app-panel app-next" #next aria-labelledby="next-h" {
        div class="app-next__when app-num" { span { (next.day) } " " (next.time) }
        div { h2.app-h2 #next-h { (next.heading) } p.app-muted { (next.text) } }
        div.app-next__act { (next.actions) }
    } }
}

/// Labels and what stands beside them.
#[must_use]
pub fn facts(rows: &[(&str, Markup)]) -> Markup {
    html! { dl.app-facts { @for (label, value) in rows { dt { (label) } dd { (value) } } } }
}

/// Labels and figures.
#[must_use]
pub fn figures(rows: &[(&str, Markup)]) -> Markup {
    html! { dl class="app-facts app-facts--num" { @for (label, value) in rows { dt { (label) } dd { (value) } } } }
}

/// Lines with something at their right end, mostly a [`tag`].
#[must_use]
pub fn share_list(rows: &[(Markup, Markup)]) -> Markup {
    html! { ul.app-share { @for (left, right) in rows { li { span { (left) } (right) } } } }
}

/// The steps of an action plan.
#[must_use]
pub fn steps(rows: &[(StepState, Markup)]) -> Markup {
    html! { ul.app-steps { @for (state, text) in rows { li { (icon::step(*state)) span { (text) } } } } }
}

/// One thing that happened.
#[derive(Debug, Clone, Default)]
pub struct TimelineItem<'a> {
    /// The day, short: "19 Nov".
    pub day: &'a str,
    /// The day for machines: "2026-11-19".
    pub datetime: &'a str,
    /// What kind of thing.
    pub icon: Icon,
    /// What, in one line.
    pub title: &'a str,
    /// What was written, in paragraphs.
    pub text: Vec<Markup>,
    /// Who, and links to change it.
    pub by: Markup,
}

/// What happened, newest first, under headings of months.
#[must_use]
pub fn timeline(months: &[(&str, Vec<TimelineItem<'_>>)]) -> Markup {
    html! { @for (month, items) in months {
        h3.app-month { (month) }
        ol.app-tl { @for item in items { li {
            time.app-num datetime=(item.datetime) { (item.day) }
            (item.icon.round())
            div {
                h4 { (item.title) }
                @for text in &item.text { p { (text) } }
                p.app-by { (item.by) }
            }
        } } }
    } }
}

/// What a tag means. Its shape and word say it, colour only helps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TagKind {
    /// Right, done, agreed.
    Ok,
    /// Take care.
    Warn,
    /// Late, refused, not allowed.
    Stop,
    /// Worth knowing.
    Info,
    /// Held apart, restricted.
    Lock,
}

/// A word that stands out.
#[must_use]
pub fn tag(kind: TagKind, text: &str) -> Markup {
    let (class, drawing) = match kind {
        TagKind::Ok => ("app-tag app-tag--ok", icon::tick()),
        TagKind::Warn => ("app-tag app-tag--warn", icon::caution()),
        TagKind::Stop => ("app-tag app-tag--stop", icon::stop()),
        TagKind::Info => ("app-tag app-tag--info", html! {}),
        TagKind::Lock => ("app-tag app-tag--lock", icon::lock()),
    };
    html! { span class=(class) { (drawing) (text) } }
}

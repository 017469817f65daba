//! Lists and tables: the day, what is due, whom we found.

use maud::{Markup, html};

/// A column of a table.
#[derive(Debug, Clone, Copy, Default)]
pub struct Column<'a> {
    /// Its heading.
    pub label: &'a str,
    /// Figures: right-aligned, of equal width.
    pub numeric: bool,
    /// Whether the heading is only for screen readers.
    pub hidden: bool,
}

/// One cell.
pub type Cell = Markup;

/// A table of data. The first cell of each row names the row.
#[derive(Debug, Clone, Default)]
pub struct Table<'a> {
    /// Unique on the page; "" takes "table".
    pub id: &'a str,
    /// What the table shows.
    pub caption: &'a str,
    /// Whether the caption is only for screen readers, a heading above saying the same.
    pub caption_hidden: bool,
    /// The columns.
    pub columns: &'a [Column<'a>],
    /// The rows, as many cells each as there are columns.
    pub rows: Vec<Vec<Cell>>,
}

/// A table; where it is too wide for the page it scrolls by itself, by keyboard too.
#[must_use]
pub fn table(table: Table<'_>) -> Markup {
    let id = if table.id.is_empty() { "table" } else { table.id };
    let caption = format!("{id}-caption");
    html! { div.app-scroll role="region" aria-labelledby=(caption) tabindex="0" { table class="app-t app-t--data" {
        caption #(caption) class=(if table.caption_hidden { "govuk-visually-hidden" } else { "app-h2" }) { (table.caption) }
        thead { tr { @for column in table.columns {
            th scope="col" class=[column.numeric.then_some("app-t__num")] {
                @if column.hidden { span.govuk-visually-hidden { (column.label) } } @else { (column.label) }
            }
        } } }
        tbody { @for row in &table.rows { tr { @for (at, (cell, column)) in row.iter().zip(table.columns).enumerate() {
            @if at == 0 { th scope="row" { (cell) } }
            // On a narrow screen each cell stands on a line of its own, after its column's name.
            @else { td class=[column.numeric.then_some("app-t__num")] data-label=[(!column.hidden).then_some(column.label)] { (cell) } }
        } } } }
    } } }
}

/// A line of a [`todo_list`].
#[derive(Debug, Clone, Default)]
pub struct TodoItem {
    /// When, or how late: a tag.
    pub tag: Markup,
    /// What, with a link to whom.
    pub text: Markup,
    /// The link or button that does it.
    pub act: Markup,
}

/// What waits to be done.
#[must_use]
pub fn todo_list(items: &[TodoItem]) -> Markup {
    html! { ul.app-todo { @for item in items { li { (item.tag) span { (item.text) } (item.act) } } } }
}

/// Says that there is nothing, and what to do first.
#[must_use]
pub fn empty(text: &str) -> Markup {
    html! { p.app-empty { (text) } }
}

/// Choices of what a list shows: (href, label, whether shown now).
#[must_use]
pub fn filters(label: &str, items: &[(&str, &str, bool)]) -> Markup {
    html! { nav aria-label=(label) { ul.app-filters { @for (href, text, current) in items {
        li { a href=(href) aria-current=[current.then_some("true")] { (text) } }
    } } } }
}

/// The way through a long list, by what its pages are called: addresses of the page before and after, and where we are ("21 to 40
/// of 93").
#[must_use]
pub fn pages(label: &str, before: Option<&str>, here: &str, after: Option<&str>) -> Markup {
    html! { nav.app-turn aria-label=(label) {
        @if let Some(href) = before { a.govuk-link rel="prev" href=(href) { "Previous page" } }
        span class="app-muted app-num" { (here) }
        @if let Some(href) = after { a.govuk-link rel="next" href=(href) { "Next page" } }
    } }
}

/// One appointment in the list of a day.
#[derive(Debug, Clone, Default)]
pub struct DayRow<'a> {
    /// What ticking it sends.
    pub value: &'a str,
    /// "10:30am".
    pub time: &'a str,
    /// "45 min".
    pub length: &'a str,
    /// The client's file.
    pub href: &'a str,
    /// The client's name.
    pub name: &'a str,
    /// The client's number.
    pub number: &'a str,
    /// What kind of appointment.
    pub what: &'a str,
    /// What to know: a tag, or nothing.
    pub note: Option<Markup>,
    /// What to do: tags and buttons.
    pub act: Markup,
    /// Whether it is the one now.
    pub now: bool,
}

/// The appointments of a day with tick boxes named `name`. Put it, with [`bulk_bar`], into a form.
#[must_use]
pub fn day_table(caption: &str, name: &str, rows: &[DayRow<'_>]) -> Markup {
    html! { table.app-t {
        caption.govuk-visually-hidden { (caption) }
        thead { tr {
            td.app-t__sel {}
            th scope="col" { "Time" } th scope="col" { "Client" } th scope="col" { "Appointment" }
            th scope="col" { span.govuk-visually-hidden { "What to do" } }
        } }
        tbody { @for row in rows { tr class=[row.now.then_some("app-t--now")] {
            td.app-t__sel { label.app-t__hit {
                input type="checkbox" name=(name) value=(row.value);
                span.govuk-visually-hidden { "Select " (row.name) ", " (row.time) }
            } }
            th scope="row" class="app-num app-t__time" { (row.time) span { (row.length) } }
            td { a class="govuk-link app-t__name" href=(row.href) { (row.name) } span.app-t__sub { span.app-ref { (row.number) } } }
            td { (row.what) @if let Some(note) = &row.note { span.app-t__sub { (note) } } }
            td.app-t__act { (row.act) }
        } } }
    } }
}

/// Acts on the ticked lines: buttons named `do`, as (value, label).
#[must_use]
pub fn bulk_bar(acts: &[(&str, &str)]) -> Markup {
    html! { div.app-bulk {
        span.app-muted { "With the ticked ones:" }
        @for (value, label) in acts {
            " " button class="govuk-button govuk-button--secondary" type="submit" name="do" value=(value) { (label) }
        }
    } }
}

/// A client the search found.
#[derive(Debug, Clone, Copy, Default)]
pub struct FoundClient<'a> {
    /// The file.
    pub href: &'a str,
    /// The name.
    pub name: &'a str,
    /// The client's number.
    pub number: &'a str,
    /// Date of birth in words.
    pub born: &'a str,
    /// Why it was found: "same phone", "sounds alike".
    pub why: &'a str,
}

/// Whom the search found, best first.
#[must_use]
pub fn results(found: &[FoundClient<'_>]) -> Markup {
    html! { ol.app-results { @for client in found { li {
        a class="govuk-link app-t__name" href=(client.href) { (client.name) }
        span class="app-num app-muted" { span.app-ref { (client.number) } @if !client.born.is_empty() { ", born " (client.born) } }
        @if !client.why.is_empty() { span.app-results__why { (client.why) } }
    } } } }
}

/// One change of a field.
#[derive(Debug, Clone, Default)]
pub struct Change<'a> {
    /// When, in words.
    pub at: &'a str,
    /// Who.
    pub by: &'a str,
    /// What changed.
    pub field: &'a str,
    /// What stood there before.
    pub before: Option<&'a str>,
    /// What stands there since.
    pub after: Option<&'a str>,
}

/// What changed, newest first.
#[must_use]
pub fn history(changes: &[Change<'_>]) -> Markup {
    html! { ol.app-history { @for change in changes { li {
        p { b { (change.field) } }
        p {
            @if let Some(before) = change.before { span.govuk-visually-hidden { "Before: " } del { (before) } " " }
            @else { span.app-muted { "Not recorded before" } " " }
            @if let Some(after) = change.after { span.govuk-visually-hidden { "Since then: " } ins { (after) } }
            @else { span.app-muted { "Removed" } }
        }
        p class="app-by app-num" { (change.by) ", " (change.at) }
    } } } }
}

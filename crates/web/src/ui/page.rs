//! Whole pages: the frame around a page's own markup.

use maud::{DOCTYPE, Markup, html};

use super::icon;
use crate::assets;

/// One place in the service's navigation.
#[derive(Debug, Clone, Copy, Default)]
pub struct NavItem<'a> {
    /// The word on it.
    pub label: &'a str,
    /// Where it leads.
    pub href: &'a str,
    /// Whether the page shown stands here.
    pub current: bool,
    /// How many wait there.
    pub count: Option<u64>,
}

/// A page for people who work here.
#[derive(Debug, Clone, Default)]
pub struct StaffPage<'a> {
    /// What the page is, with the client's number where there is one (never the name: titles stay in histories).
    pub title: &'a str,
    /// The organisation's name for its service.
    pub service: &'a str,
    /// Who is signed in.
    pub user: &'a str,
    /// The places this person may go.
    pub nav: &'a [NavItem<'a>],
    /// Whether to offer the search for a client.
    pub search: bool,
    /// Whether lists stand close together.
    pub compact: bool,
    /// What single keys do, if this person switched them on.
    pub shortcuts: Option<Markup>,
    /// When the session ends, in Unix seconds: the page warns five minutes before.
    pub session_ends: Option<i64>,
    /// The page itself: see [`container`], [`reading`] and [`columns`].
    pub body: Markup,
}

/// A page with one narrow card: signing in, and pages that say what went wrong.
#[derive(Debug, Clone, Default)]
pub struct NarrowPage<'a> {
    /// What the page is.
    pub title: &'a str,
    /// The organisation's name for its service.
    pub service: &'a str,
    /// The page itself; it begins with its `h1`.
    pub body: Markup,
}

/// A page for the public, at the reading size of GOV.UK.
#[derive(Debug, Clone, Default)]
pub struct PublicPage<'a> {
    /// What the page is.
    pub title: &'a str,
    /// The organisation's name for its service.
    pub service: &'a str,
    /// Places to go, if any.
    pub nav: &'a [NavItem<'a>],
    /// The page itself; it begins with its `h1`.
    pub body: Markup,
}

/// A whole page for people who work here.
#[must_use]
pub fn staff(page: StaffPage<'_>) -> Markup {
    let head = Head { title: page.title, service: page.service, session_ends: page.session_ends, hide: true };
    document(
        &head,
        if page.compact {
            "govuk-template__body app-staff app-compact"
        } else {
            "govuk-template__body app-staff"
        },
        html! {
            header.app-header {
                div class="govuk-width-container app-header__in" {
                    (logo(page.service, "/"))
                    @if page.search { (search_box()) }
                    div.app-user {
                        span { (page.user) }
                        a href="/help" { "Help" }
                        form method="post" action="/sign-out" { button.app-linkish type="submit" { "Sign out" } }
                    }
                }
            }
            (navigation(page.nav))
            main #main-content tabindex="-1" { (page.body) }
            (footer(html! { "Every view of a record is logged." }))
            @if let Some(keys) = page.shortcuts {
                dialog.app-dialog #key-list aria-labelledby="key-list-h" {
                    h2.app-h2 #key-list-h { "Keyboard shortcuts" }
                    (keys)
                    p.govuk-body { a.govuk-link href="/account/settings" { "Switch them off" } }
                    form method="dialog" { button.govuk-button type="submit" { "Close" } }
                }
            }
        },
    )
}

/// A whole page with one narrow card, without navigation.
#[must_use]
pub fn narrow(page: NarrowPage<'_>) -> Markup {
    let head = Head { title: page.title, service: page.service, session_ends: None, hide: true };
    document(
        &head,
        "govuk-template__body app-staff",
        html! {
            header.app-header { div class="govuk-width-container app-header__in" { (logo(page.service, "/")) } }
            main.app-narrow #main-content tabindex="-1" { div.app-panel { (page.body) } }
            (footer(html! {}))
        },
    )
}

/// A page that says to nobody whose it is: somebody else may look at the phone of whom it is for.
#[must_use]
pub fn neutral(title: &str, body: Markup) -> Markup {
    let head = Head { title, service: "Appointments", session_ends: None, hide: true };
    document(
        &head,
        "govuk-template__body app-portal",
        html! {
            header.app-header { div class="govuk-width-container app-header__in" { span.app-logo { "Appointments" } } }
            div.govuk-width-container {
                main.govuk-main-wrapper #main-content tabindex="-1" { div.govuk-grid-row {
                    div.govuk-grid-column-two-thirds { (body) }
                } }
            }
        },
    )
}

/// A whole page for the public.
#[must_use]
pub fn public(page: PublicPage<'_>) -> Markup {
    let head = Head { title: page.title, service: page.service, session_ends: None, hide: false };
    document(
        &head,
        "govuk-template__body app-portal",
        html! {
            header.app-header { div class="govuk-width-container app-header__in" { (logo(page.service, "/notice")) } }
            (navigation(page.nav))
            div.govuk-width-container {
                main.govuk-main-wrapper #main-content tabindex="-1" { div.govuk-grid-row {
                    div.govuk-grid-column-two-thirds { (page.body) }
                } }
            }
            (footer(html! {}))
        },
    )
}

/// A body as wide as the page.
#[must_use]
pub fn container(body: Markup) -> Markup {
    html! { div class="govuk-width-container app-body" { (body) } }
}

/// A body at a comfortable line length: questions and long reading.
#[must_use]
pub fn reading(body: Markup) -> Markup {
    html! { div class="govuk-width-container app-body" { div.app-reading { (body) } } }
}

/// A body with a narrower second column, whose content `label` names. `top` stands above both.
#[must_use]
pub fn columns(top: Markup, main: Markup, label: &str, side: Markup) -> Markup {
    html! { div class="govuk-width-container app-body" {
        (top)
        div.app-cols { div { (main) } aside aria-label=(label) { (side) } }
    } }
}

/// A page's heading in the size of staff pages, with a line beside it.
#[must_use]
pub fn heading(h1: &str, beside: Markup) -> Markup {
    html! { div class="app-panel__head app-day" { h1 { (h1) } div.app-muted { (beside) } } }
}

/// The way back, for question pages.
#[must_use]
pub fn back(href: &str) -> Markup {
    html! { a.govuk-back-link href=(href) { "Back" } }
}

/// A line that only paper shows: who printed it, when, and to shred it.
#[must_use]
pub fn printed(text: &str) -> Markup {
    html! { p class="app-print govuk-width-container" { (text) } }
}

struct Head<'a> {
    title: &'a str,
    service: &'a str,
    session_ends: Option<i64>,
    hide: bool,
}

fn document(head: &Head<'_>, class: &str, content: Markup) -> Markup {
    html! {
        (DOCTYPE)
        html.govuk-template lang="en" data-theme="auto" {
            head {
                meta charset="utf-8";
                title { (head.title) " – " (head.service) }
                meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover";
                meta name="theme-color" content="#0f3d47";
                @if head.hide { meta name="robots" content="noindex"; }
                @if let Some(ends) = head.session_ends { meta name="kept-session-ends" content=(ends); }
                link rel="icon" href=(assets::url("favicon.svg")) type="image/svg+xml";
                link rel="preload" href=(assets::url("source-sans-3.woff2")) as="font" type="font/woff2" crossorigin;
                link rel="stylesheet" href=(assets::url("govuk.css"));
                link rel="stylesheet" href=(assets::url("app.css"));
            }
            body class=(class) {
                script type="module" src=(assets::url("boot.js")) {}
                a.app-skip href="#main-content" { "Skip to main content" }
                (content)
                script type="module" src=(assets::url("app.js")) {}
            }
        }
    }
}

fn logo(service: &str, href: &str) -> Markup {
    html! { a.app-logo href=(href) { (icon::mark()) (service) } }
}

fn search_box() -> Markup {
    html! { search.app-find { form action="/clients/find" method="post" {
        label.govuk-visually-hidden for="q" { "Find a client by name, reference, phone or date of birth" }
        input #q name="q" type="search" autocomplete="off" spellcheck="false" maxlength="100"
            placeholder="Find a client: name, reference, phone, date of birth" aria-keyshortcuts="Control+K"
            data-suggest-url="/clients/suggest";
        button type="submit" { "Find" }
    } } }
}

fn navigation(items: &[NavItem<'_>]) -> Markup {
    html! { @if !items.is_empty() {
        nav.app-nav aria-label="Service" { div.govuk-width-container { ul { @for item in items {
            li { a href=(item.href) aria-current=[item.current.then_some("page")] {
                (item.label)
                @if let Some(count) = item.count { " " span.app-count { (count) } }
            } }
        } } } }
    } }
}

fn footer(last: Markup) -> Markup {
    html! { div.govuk-width-container { footer.app-foot {
        a href="/accessibility" { "Accessibility statement" }
        a href="/notice" { "Privacy notice" }
        a href="/help" { "Help" }
        (last)
    } } }
}

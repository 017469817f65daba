//! Letters about a request, ready to print. Each says how to complain to us, to the Commissioner and to a court (Art. 12(4)).

use axum::extract::{Path, State};
use axum::response::Response;
use casework::dates;
use casework::profile::fields as known;
use casework::requests::{Asker, Kind, Outcome, Phase, Pressing, Step};
use maud::{Markup, html};
use notice::ContactRole;
use records::Visit;
use records::requests::RequestPage;

use super::{objection_words, request};
use crate::App;
use crate::fail::Fail;
use crate::file::title;
use crate::frame::{At, release, staff};
use crate::letter;
use crate::signed::Signed;
use crate::ui::page::{back, heading, reading};

/// A letter.
pub(crate) struct Letter {
    /// As addresses name it.
    pub(crate) code: &'static str,
    /// As the list of letters calls it.
    pub(crate) name: &'static str,
    /// Whether there is something to write.
    pub(crate) fits: fn(&RequestPage) -> bool,
    text: fn(&RequestPage) -> Markup,
}

pub(crate) const LETTERS: [Letter; 7] = [
    Letter {
        code: "received",
        name: "We have your request",
        fits: |page| page.course.phase() != Phase::Done,
        text: received,
    },
    Letter {
        code: "identity",
        name: "Please show who you are",
        fits: |page| page.course.phase() == Phase::Identity,
        text: identity,
    },
    Letter {
        code: "meaning",
        name: "Please tell us what you mean",
        fits: |page| page.course.phase() == Phase::Meaning,
        text: meaning,
    },
    Letter {
        code: "longer",
        name: "It takes longer",
        fits: |page| page.words_of(Step::Extended).is_some(),
        text: longer,
    },
    Letter {
        code: "progress",
        name: "How far it is",
        fits: |page| page.words_of(Step::Progress).is_some(),
        text: progress,
    },
    Letter {
        code: "answer",
        name: "Our answer",
        fits: |page| page.words_of(Step::Decided).is_some(),
        text: answer,
    },
    Letter {
        code: "lifting",
        name: "The restriction ends",
        fits: |page| page.course.restricts(),
        text: lifting,
    },
];

fn what(page: &RequestPage) -> &'static str {
    if page.row.kind == Kind::Complaint { "complaint" } else { "request" }
}

fn received(page: &RequestPage) -> Markup {
    let due = page.stands.as_ref().ok().and_then(|stands| stands.due);
    html! {
        p.govuk-body {
            "We have your " (what(page)) " of " (dates::long(page.row.received))
            @if page.row.kind != Kind::Complaint { ": " (page.row.kind.noun().to_lowercase()) }
            "."
        }
        @if page.row.kind == Kind::Complaint { p.govuk-body { "We look into it without delay, tell you how far it is, and tell you what came of it." } }
        @else if is_late(page) { p.govuk-body { "We should have answered you by now. We are sorry: you get our answer as soon as it is ready. It is free." } }
        @else if let Some(day) = due { p.govuk-body { "We answer by " (dates::long(day)) ". It is free." } }
        @else { p.govuk-body { "It is free. The time for our answer begins once you have shown us who you are." } }
    }
}

/// Whether its day has passed: no letter promises a day that is over.
fn is_late(page: &RequestPage) -> bool {
    page.stands.as_ref().is_ok_and(|stands| stands.pressing == Pressing::Late)
}

fn words(page: &RequestPage, step: Step) -> Markup {
    html! { @if let Some(one) = page.words_of(step) { @for line in one.words.lines() { p.govuk-body { (line) } } } }
}

fn identity(page: &RequestPage) -> Markup {
    html! {
        p.govuk-body { "Before we answer we have to be sure who asks, so that nobody else gets your data." }
        (words(page, Step::IdentityAsked))
        p.govuk-body { "We keep nothing of what you show us but a note that you did. The time for our answer begins then." }
    }
}

fn meaning(page: &RequestPage) -> Markup {
    html! {
        p.govuk-body { "To find what you want we have to know a little more." }
        (words(page, Step::MeaningAsked))
        p.govuk-body { "The time for our answer stands still until you tell us. If you want everything, tell us that." }
    }
}

fn longer(page: &RequestPage) -> Markup {
    let due = page.stands.as_ref().ok().and_then(|stands| stands.due);
    html! {
        p.govuk-body { "We cannot answer your request within a month, so we need up to two months more." @if let Some(day) = due.filter(|_| !is_late(page)) { " We answer by " (dates::long(day)) "." } }
        p.govuk-body { "The reasons:" }
        (words(page, Step::Extended))
    }
}

fn progress(page: &RequestPage) -> Markup {
    html! { p.govuk-body { "This is how far we are with your " (what(page)) "." } (words(page, Step::Progress)) }
}

fn answer(page: &RequestPage) -> Markup {
    html! {
        p.govuk-body {
            @if page.row.kind == Kind::Complaint { "You complained to us on " (dates::long(page.row.received)) }
            @else { "You asked us on " (dates::long(page.row.received)) ": " (page.row.kind.noun().to_lowercase()) }
            " (" (page.row.kind.law()) ")."
        }
        @match page.row.outcome {
            Some(Outcome::TakenBack) => p.govuk-body { b { "You told us that you no longer ask for it, so we have closed it." } },
            Some(Outcome::Mistaken) => p.govuk-body { b { "We wrote this down by mistake: you did not ask for it, so we have closed it." } },
            Some(Outcome::NothingHeld) => p.govuk-body { b { "We searched, and hold nothing about you." } },
            Some(outcome) => p.govuk-body { b { "Our decision: " (outcome.words().to_lowercase()) "." } },
            None => {}
        }
        (words(page, Step::Decided))
        @if !page.row.grounds.is_empty() {
            p.govuk-body { "What we do not give or do, and the law that says so:" }
            ul.govuk-list.govuk-list--bullet { @for ground in &page.row.grounds { li { (ground.words()) " (" (ground.law()) ")." } } }
        }
        (follows(page))
    }
}

/// What our decision means for the data: an answer that leaves it open is asked about again.
fn follows(page: &RequestPage) -> Markup {
    let agreed = page.row.outcome.is_some_and(|one| matches!(one, Outcome::Granted | Outcome::Partly));
    match page.row.kind {
        Kind::Objection if agreed && !page.objections.is_empty() => html! {
            p.govuk-body { "We have stopped, and keep a note that you said no, so that it does not begin again:" }
            ul.govuk-list.govuk-list--bullet { @for (to, _) in &page.objections { li { (objection_words(*to)) } } }
        },
        Kind::Erasure if agreed => html! {
            p.govuk-body { "Once the file is erased nobody can read it, us included; what is left of it in backups cannot be read either once the last older backup is overwritten. What a law or a hold obliges us to keep stays until that ends. We keep a line that names nobody: that a file was erased, when and why." }
            p.govuk-body { "Whoever got your data from us is told to erase it as well. Ask us, and we tell you who they are." }
        },
        Kind::Access if agreed && page.marks.1 > 0 => html! {
            p.govuk-body { "Where your copy says [removed], something about somebody else stood, or something that a law lets us keep back." }
        },
        _ => html! {},
    }
}

fn lifting(page: &RequestPage) -> Markup {
    html! { p.govuk-body { "You asked us on " (dates::long(page.row.received)) " to leave your data alone. That ends now: from the day after you get this letter we work with your file again. Tell us if you do not agree." } }
}

pub(crate) async fn show(
    State(app): State<App>,
    Signed(visit): Signed,
    Path((id, code)): Path<(String, String)>,
) -> Result<Response, Fail> {
    let which = LETTERS.iter().find(|letter| letter.code == code).ok_or_else(Fail::not_found)?;
    let opened = app.service.request_page(&visit, request(&id)?).await?;
    let mut fits = true;
    let page = opened.map(|page| {
        fits = (which.fits)(&page);
        whole(&app, &visit, &page, which)
    });
    if fits { release(page).await } else { Err(Fail::not_found()) }
}

/// To whom the letter goes. What somebody else asked for the client goes to them, never to the client's home.
fn addressed(page: &RequestPage) -> Markup {
    let asked = &page.asked;
    if page.row.asker == Asker::Client || page.row.client.is_none() {
        return letter::address(&page.contact);
    }
    html! {
        p.govuk-body { (asked.who) br; @for part in asked.address.lines() { (part) br; } }
        @if asked.address.is_empty() { p.app-noprint.app-muted { "Where they live is not written down here: add their address by hand. The client’s is not theirs." } }
        @if let Some(name) = page.contact.text(&known::NAME) { p.govuk-body { "For " (name) } }
    }
}

fn whole(app: &App, visit: &Visit, page: &RequestPage, which: &Letter) -> Markup {
    let notices = app.service.notices();
    let notice = notices.service();
    let today = app.service.surroundings().today();
    let contact = notice.contact(ContactRole::Complaints).or(notice.contact(ContactRole::Rights));
    let body = reading(html! {
        (back(&format!("/requests/{}", page.row.id)))
        div.app-noprint { (heading(which.name, html! { p.app-muted { "Print this page. When it is sent, write down that it was." } })) }
        (letter::how_they_are_reached(&page.contact))
        section.app-panel.app-letter {
            @if page.row.client.is_none() { p.app-noprint.app-muted { "Kept holds neither name nor address nor reasons: add them to the letter by hand." } }
            (addressed(page))
            p.govuk-body { (dates::long(today)) }
            p.govuk-body { b { (which.name) } br; "Our reference: " (page.row.reference()) }
            ((which.text)(page))
            @if let Some(complaints) = &notice.complaints {
                p.govuk-body { (complaints.to_us) @if let Some(contact) = contact { " " (contact.label) @if let Some(phone) = &contact.phone { ", " (phone) } @if let Some(email) = &contact.email { ", " (email) } "." } }
                p.govuk-body {
                    "You can complain to the " (complaints.regulator.name) " as well: " (complaints.regulator.address.join(", "))
                    @if let Some(phone) = &complaints.regulator.phone { ", " (phone) } ", " (complaints.regulator.link)
                    ". Or you can ask a court to order us to do what the law says (Data Protection Act 2018, sections 164A, 165 and 167)."
                }
            }
            p.govuk-body { (notice.service) br; (notice.controller.name) }
        }
    });
    let page_title = match page.row.client {
        Some(_) => title(&page.contact, "letter"),
        None => format!("{} letter", page.row.reference()),
    };
    staff(app, visit, At::Requests, &page_title, body)
}

//! Messages to clients: what was said of an appointment, whom it did not reach, and the words that are sent.

use ::messages::shipped::Occasion;
use ::messages::{Filling, MessageId, Placeholder, Post};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use casework::dates;
use casework::formats::{Email, Phone};
use casework::messages::{Address, MessageState, NotSent};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use notice::Category;
use records::Error;
use records::files::ClientFile;
use records::messages::{About, NotTold, ToRing, Told, Untold};
use serde::Deserialize;
use uuid::Uuid;

use crate::App;
use crate::fail::Fail;
use crate::file::clock;
use crate::form::Form;
use crate::frame::{At, release, staff};
use crate::query::Query;
use crate::signed::Signed;
use crate::ui::file::{TagKind, panel, tag};
use crate::ui::form::{ButtonKind, button, hidden, tick};
use crate::ui::list::{TodoItem, empty, todo_list};
use crate::ui::page::{container, heading};
use crate::ui::words::{banner, notice_banner};

/// The most that one form ticks off.
const MOST: usize = 5000;

/// The box that has the client told of what is done with an appointment.
pub(crate) fn tell(app: &App, label: &str, ticked: bool) -> Markup {
    tell_named(app, "tell", label, ticked)
}

/// The same under another name, where a page has two.
pub(crate) fn tell_named(app: &App, name: &str, label: &str, ticked: bool) -> Markup {
    html! {
        @if app.service.offers().any() { p { (tick(name, label, ticked)) } }
        @else { p.app-muted { "The client gets no message: no mail server is configured." } }
    }
}

fn moment(app: &App, at: Timestamp) -> String {
    let at = app.service.surroundings().civil(at);
    format!("{}, {}", dates::short(at.date()), clock(&at))
}

/// A number of people: `1 person`, `2 people`.
pub(crate) fn people(number: u64) -> String {
    if number == 1 { "1 person".to_owned() } else { format!("{number} people") }
}

/// How far a message came, as a tag with its reason.
pub(crate) fn state_tag(told: &Told) -> Markup {
    let kind = match told.state {
        MessageState::Sent | MessageState::Delivered => TagKind::Ok,
        MessageState::Waiting | MessageState::Sending | MessageState::Dropped => TagKind::Info,
        MessageState::Unsure | MessageState::Stopped | MessageState::Call if told.settled => TagKind::Info,
        MessageState::Failed if told.settled => TagKind::Info,
        MessageState::Unsure | MessageState::Call => TagKind::Warn,
        MessageState::Failed | MessageState::Stopped => TagKind::Stop,
    };
    html! {
        (tag(kind, told.why.map_or(told.state.words(), |why| in_the_place_of(told.state, why))))
        @if let Some(why) = told.why { " " span.app-muted { (why.words()) } }
    }
}

/// What is to be done where a message has no way: only who may be rung is to be rung.
pub(crate) const fn in_the_place_of(state: MessageState, why: NotSent) -> &'static str {
    match (state, why) {
        (
            MessageState::Call,
            NotSent::NotSafe | NotSent::NoWay | NotSent::WayNotSetUp | NotSent::NotSetUp,
        ) => "To be told another way",
        (MessageState::Call, NotSent::PrefersLetter) => "To be written to",
        _ => state.words(),
    }
}

/// What a client was told of an appointment, and what can be done about it.
pub(crate) fn told(app: &App, all: &[Told], may_act: bool) -> Markup {
    if all.is_empty() {
        return html! {};
    }
    let now = app.service.surroundings().now();
    let items: Vec<TodoItem> = all
        .iter()
        .map(|told| {
            let handed_over = matches!(told.state, MessageState::Sent | MessageState::Delivered | MessageState::Unsure);
            let open = told.state.wants_a_call() && !told.settled;
            let mut acts = Vec::new();
            if handed_over && told.answered.is_none() && told.channel.is_some() {
                acts.push(("answered", "They answered"));
            }
            if open && told.expires > now && app.service.offers().any() {
                acts.push(("again", "Send again"));
            }
            if open {
                acts.push(("known", "The client knows"));
            }
            TodoItem {
                tag: state_tag(told),
                text: html! {
                    (told.occasion.words())
                    @if let Some(channel) = told.channel { ", " (channel.words()) }
                    " " span.app-muted { (moment(app, told.done.unwrap_or(told.queued))) }
                    @if let Some(day) = told.answered { " " (tag(TagKind::Ok, &format!("Answered on {}", dates::short(day)))) }
                    @if told.settled && told.answered.is_none() { " " (tag(TagKind::Ok, "The client knows")) }
                },
                act: html! { @if may_act && !acts.is_empty() {
                    form method="post" action={ "/messages/" (told.id) } { @for (act, label) in &acts {
                        (button(ButtonKind::Secondary, label, Some(("do", act)))) " "
                    } }
                } },
            }
        })
        .collect();
    panel("messages", "Messages", None, todo_list(&items))
}

/// What a client was told of the end of their file, for the panel that says until when it is kept.
pub(crate) fn of_ending(file: &ClientFile, zone: &TimeZone) -> Markup {
    let may_act = file.writable.contains(Category::Contact);
    html! { @for told in &file.told {
        @let day = told.done.unwrap_or(told.queued).to_zoned_datetime(zone.clone()).date();
        p { "Message to the client"
            @if let Some(channel) = told.channel { ", " (channel.words().to_lowercase()) }
            ", " (dates::short(day)) ": " (state_tag(told))
            @if let Some(day) = told.answered { " " (tag(TagKind::Ok, &format!("Answered on {}", dates::short(day)))) }
        }
        @if may_act && told.channel.is_some() && told.answered.is_none() {
            form method="post" action={ "/messages/" (told.id) } { (button(ButtonKind::Secondary, "They answered", Some(("do", "answered")))) }
        }
    } }
}

/// The page on which something can be done about a message.
fn place(told: &Told) -> String {
    match told.about {
        About::Appointment(appointment) => format!("/appointments/{appointment}"),
        About::Ending(_) => format!("/clients/{}", told.client),
        About::Notice => format!("/clients/{}/consent", told.client),
    }
}

/// The time that a message was to tell.
fn tells_of(app: &App, told: &Told) -> String {
    match told.about {
        About::Appointment(_) => moment(app, told.expires),
        About::Ending(day) => dates::short(day),
        About::Notice => moment(app, told.queued),
    }
}

/// Those whom a message did not reach, for the first page of the day.
pub(crate) fn not_told(app: &App, not_told: &NotTold, listed: usize) -> Markup {
    if not_told.is_empty() {
        return html! {};
    }
    let mut items: Vec<TodoItem> = not_told.closings.iter().map(of_closing).collect();
    items.extend(not_told.single.iter().take(listed).map(|untold| line(app, untold)));
    let rest = not_told.single.len().saturating_sub(listed);
    panel(
        "untold",
        "Messages that did not arrive",
        (!not_told.single.is_empty()).then_some(("/messages", "Tick off", " those who know by now")),
        html! {
            (todo_list(&items))
            @if rest > 0 { p.app-muted { "And " (rest) " more." } }
        },
    )
}

fn of_closing(closing: &ToRing) -> TodoItem {
    TodoItem {
        tag: tag(TagKind::Stop, &dates::short(closing.day)),
        text: html! { "Office closed: " (people(closing.count)) " to ring" },
        act: html! { a.govuk-link href={ "/closures/" (closing.closure) "/sheet" } { "Contact sheet" span.govuk-visually-hidden { " of " (dates::short(closing.day)) } } },
    }
}

fn line(app: &App, untold: &Untold) -> TodoItem {
    let (told, who) = (&untold.told, &untold.who);
    TodoItem {
        tag: state_tag(told),
        text: html! {
            a.govuk-link href={ "/clients/" (who.client) } { (who.name) } " " span class="app-ref app-muted" { (who.number) }
            ", " (told.occasion.words().to_lowercase()) ": " span.app-num { (tells_of(app, told)) }
        },
        act: html! { a.govuk-link href=(place(told)) { "Open" span.govuk-visually-hidden { ": " (told.occasion.words().to_lowercase()) ", " (who.name) } } },
    }
}

#[derive(Deserialize)]
pub(crate) struct Ask {
    #[serde(default)]
    done: Option<usize>,
    #[serde(default)]
    left: Option<usize>,
}

/// What was ticked off, after the form was sent.
pub(crate) fn said(done: Option<usize>, left: Option<usize>) -> Markup {
    html! {
        @if let Some(done) = done.filter(|done| *done > 0) { (banner(&format!("{} ticked off", people(done as u64)))) }
        @if let Some(left) = left.filter(|left| *left > 0) {
            (notice_banner(html! { (people(left as u64)) " could not be ticked off: somebody else did it, or the file is closed to you." }))
        }
    }
}

pub(crate) async fn show(
    State(app): State<App>,
    Signed(visit): Signed,
    Query(ask): Query<Ask>,
) -> Result<Response, Fail> {
    let opened = app.service.caseload(&visit).await?;
    let page = opened.map(|caseload| {
        let single = &caseload.not_told.single;
        let body = container(html! {
            (heading("Messages that did not arrive", html! { p { (dates::count(single.len() as u64, "message")) } }))
            (said(ask.done, ask.left))
            @if !caseload.not_told.closings.is_empty() {
                (panel("closings", "Closings", None, todo_list(&caseload.not_told.closings.iter().map(of_closing).collect::<Vec<_>>())))
            }
            section.app-panel aria-labelledby="untold-h" {
                h2.app-h2 #untold-h { "To be told another way" }
                @if single.is_empty() { (empty("There is no message of which we know that it did not arrive.")) } @else { (to_tick(&app, single)) }
            }
            p.app-muted { "They are messages about appointments, the end of a file and a changed notice, not marketing: who objects to marketing still gets them. " a.govuk-link href="/messages/wording" { "What the messages say" } }
        });
        staff(&app, &visit, At::Today, "Messages that did not arrive", body)
    });
    release(page).await
}

fn to_tick(app: &App, single: &[Untold]) -> Markup {
    html! {
        form method="post" action="/messages" novalidate {
            (hidden("back", ""))
            table.app-t {
                caption.govuk-visually-hidden { "Messages that did not arrive, the nearest first" }
                thead { tr {
                    td.app-t__sel {}
                    th scope="col" { "Client" } th scope="col" { "What" } th scope="col" { "Why" }
                } }
                tbody { @for Untold { told, who } in single { tr {
                    td.app-t__sel { label.app-t__hit {
                        input type="checkbox" name="message" value=(told.id);
                        span.govuk-visually-hidden { (who.name) " knows" }
                    } }
                    th scope="row" { a class="govuk-link app-t__name" href={ "/clients/" (who.client) } { (who.name) } span.app-t__sub { span.app-ref { (who.number) } } }
                    td { a.govuk-link href=(place(told)) { (told.occasion.words()) span.govuk-visually-hidden { " of " (who.name) } } span.app-t__sub { (tells_of(app, told)) } }
                    td { (state_tag(told)) }
                } } }
            }
            (button(ButtonKind::Main, "These clients know by now", None))
        }
    }
}

fn message(text: &str) -> Option<MessageId> {
    Uuid::try_parse(text).ok().map(MessageId)
}

/// Ticks off who knows by now, each by itself.
pub(crate) async fn see_to(
    State(app): State<App>,
    Signed(visit): Signed,
    form: Form,
) -> Result<Response, Fail> {
    let form = form.only(&["message", "back"])?;
    let chosen: Option<Vec<MessageId>> = form.several("message").into_iter().map(message).collect();
    let chosen = chosen.ok_or_else(|| Fail::bad_form("It names a message that is none."))?;
    if chosen.len() > MOST {
        return Err(Fail::bad_form("It ticks off too many at once."));
    }
    let back = match form.one("back")?.parse::<casework::ClosureId>() {
        Ok(closure) => format!("/closures/{closure}/sheet"),
        Err(_) => "/messages".to_owned(),
    };
    let (mut done, mut left) = (0, 0);
    for id in chosen {
        match app.service.see_to_message(&visit, id).await {
            Ok(()) => done += 1,
            Err(Error::ChangedMeanwhile | Error::NoSuchFile | Error::Refused(_)) => left += 1,
            Err(error) => return Err(error.into()),
        }
    }
    Ok(Redirect::to(&format!("{back}?done={done}&left={left}")).into_response())
}

/// Does something about one message, from the page of its appointment.
pub(crate) async fn act(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Fail> {
    let id = message(&id).ok_or_else(Fail::not_found)?;
    let form = form.only(&["do"])?;
    match form.one("do")? {
        "answered" => app.service.record_reply(&visit, id).await?,
        "again" => app.service.send_again(&visit, id).await?,
        "known" => app.service.see_to_message(&visit, id).await?,
        _ => return Err(Fail::bad_form("It does not say what to do with the message.")),
    }
    let told = app.service.message(id).await?;
    let panel = if matches!(told.about, About::Ending(_)) { "life" } else { "messages" };
    Ok(Redirect::to(&format!("{}#{panel}", place(&told))).into_response())
}

/// What the messages say, each with an example. Nobody real is in it.
pub(crate) async fn wording(State(app): State<App>, Signed(visit): Signed) -> Result<Response, Fail> {
    let nothing = Post::none();
    let post = app.service.post().or(nothing.as_ref()).ok_or_else(Fail::broken)?;
    let offers = post.offers();
    let ways = match (offers.text, offers.email) {
        (true, true) => "Texts and emails are sent.",
        (true, false) => "Texts are sent. No mail server is configured, so no emails are.",
        (false, true) => "Emails are sent. Texts are not: GOV.UK Notify is not configured.",
        (false, false) => "No mail server is configured, so nothing is sent. Everybody is listed to be rung.",
    };
    let body = container(html! {
        (heading("What the messages say", html! { p { (ways) } }))
        p.govuk-body { "Somebody else may see a client’s phone. So no message says what the service does, or what an appointment is about." }
        @for occasion in Occasion::ALL { (one_wording(post, occasion)) }
        p.app-muted { "Your administrator changes the words in the section " code { "[messages]" } " of kept.toml. Gaps: "
            @for (at, gap) in Placeholder::ALL.iter().enumerate() { @if at > 0 { ", " } code { (gap) } } "." }
    });
    Ok(staff(&app, &visit, At::Elsewhere, "What the messages say", body).into_response())
}

fn one_wording(post: &Post, occasion: Occasion) -> Markup {
    let filling = || {
        Filling::new()
            .with(Placeholder::Name, "Sam")
            .with(Placeholder::Day, "Tuesday 4 May")
            .with(Placeholder::Time, "2:30pm")
            .with(Placeholder::Place, post.place(""))
            .with(Placeholder::ServicePhone, "0151 496 0100")
    };
    let unused = occasion == Occasion::Notice && post.house().notice.is_none();
    let example = |to: Option<Address>| to.and_then(|to| post.letter(occasion, to, filling()).ok());
    let text = example(Phone::parse("07700 900123").ok().map(Address::Text));
    let email = example(Email::parse("sam@example.org").ok().map(Address::Email));
    panel(
        occasion.code(),
        occasion.words(),
        None,
        html! {
            @if unused { p.app-muted { "It is not sent: notice_link in the section [messages] of kept.toml names no address at which the notice is read." } }
            h3.app-month { "Text message" }
            @if let Some(letter) = text { p.govuk-body { (letter.words().text()) } }
            @else { (empty("The example needs a phone number: set phone in the section [messages] of kept.toml.")) }
            h3.app-month { "Email" }
            @if let Some(letter) = email {
                p.govuk-body { b { (letter.subject().map(|subject| subject.text()).unwrap_or_default()) } }
                @for line in letter.words().text().split('\n').filter(|line| !line.is_empty()) { p.govuk-body { (line) } }
            }
        },
    )
}

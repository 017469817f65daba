//! Who looked at a file.

use axum::extract::{Path, State};
use axum::response::Response;
use casework::dates;
use maud::html;

use crate::App;
use crate::fail::Fail;
use crate::file::{client, clock, head, title};
use crate::frame::{At, release, staff};
use crate::signed::Signed;
use crate::ui::file::{TagKind, tag};
use crate::ui::list::{Cell, Column, Table, table};
use crate::ui::page::{container, heading};

pub(crate) async fn show(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
) -> Result<Response, Fail> {
    let id = client(&id)?;
    let opened = app.service.who_looked(&visit, id).await?;
    let page = opened.map(|looks| {
        let (directory, notices) = (app.service.directory(), app.service.notices());
        let columns = ["When", "Who", "What", "What for", "Refused"].map(|label| Column { label, hidden: label == "Refused", ..Column::default() });
        let rows: Vec<Vec<Cell>> = looks
            .looks
            .iter()
            .map(|look| {
                let at = app.service.surroundings().civil(look.at);
                let who = look.who.map_or("Kept itself", |who| directory.name(who));
                let purpose = look.purpose.as_deref().and_then(|p| p.parse().ok());
                let purpose = purpose.and_then(|p| notices.service().purpose(p)).map_or(String::new(), |p| p.label.clone());
                vec![
                    html! { span.app-num { (dates::long(at.date())) " " (clock(&at)) } },
                    html! { (who) @if let Some(role) = look.role.filter(|_| look.who.is_some()) { br; span.app-muted { (role) } } },
                    html! { (words(&look.action)) @if let Some(reason) = &look.reason { br; span.app-muted { "“" (reason) "”" } } },
                    html! { (purpose) },
                    html! { @if look.outcome.starts_with("refused") { (tag(TagKind::Stop, "Refused")) } },
                ]
            })
            .collect();
        let body = html! {
            (head(&looks.contact, id, app.service.surroundings().today(), "Who looked", html! {}))
            (container(html! {
                (heading("Who looked at this file", html! { p { "The client can ask for this list. Nobody can change it." } }))
                div.app-panel { (table(Table { id: "looks", caption: "Everything done with this file, newest first", caption_hidden: true, columns: &columns, rows })) }
            }))
        };
        staff(&app, &visit, At::Elsewhere, &title(&looks.contact, "who looked"), body)
    });
    release(page).await
}

/// An action of the log in plain words.
fn words(action: &str) -> &str {
    match action {
        "view-file" => "Opened the file",
        "edit-details" => "Opened details to change them",
        "change-details" => "Changed details",
        "view-history" => "Looked at the history",
        "view-looked" => "Looked at this list",
        "record-meeting" => "Recorded a meeting or note",
        "save-draft" => "Saved a draft note",
        "register-client" => "Registered the client",
        "state-reason" => "Gave a reason for opening the file",
        "begin-booking" => "Began to book an appointment",
        "book-appointment" => "Booked an appointment",
        "view-appointment" => "Opened an appointment",
        "move-appointment" => "Moved an appointment",
        "end-appointment" => "Said what became of an appointment",
        "close-office" => "Called off appointments: the office is closed",
        "send-message" => "Opened contact details to send a message",
        "settle-message" => "Said that the client knows",
        "record-reply" => "Recorded an answer to a message",
        "send-again" => "Had a message sent again",
        "list-documents" => "Looked at documents and paper",
        "send-document" => "Added a document",
        "view-document" => "Looked at a document",
        "download-document" => "Downloaded a document",
        "delete-document" => "Deleted a document",
        "check-document" => "Checked a document for viruses",
        "add-paper" => "Added paper to the register",
        "view-paper" => "Looked up a piece of paper",
        "lend-paper" => "Lent paper",
        "return-paper" => "Took paper back",
        "move-paper" => "Moved paper",
        "destroy-paper" => "Destroyed paper",
        "hand-over" => "Gave the file to another adviser",
        "erase" => "Erased",
        "give-notice" => "Gave the privacy notice",
        "print-notice-letter" => "Printed a letter about the changed notice",
        "view-consents" => "Looked at consents and sharing",
        "ask-consent" => "Opened the question for consent",
        "answer-consent" => "Recorded an answer about consent",
        "withdraw-consent" => "Recorded that consent was taken back",
        "export-consent" => "Downloaded a record of consent",
        "view-sharing" => "Looked at what would be shared",
        "share" => "Decided to share",
        "ask-sharing" => "Asked to share under a law",
        "decide-sharing" => "Decided about sharing under a law",
        "view-disclosure" => "Looked at something shared",
        "view-legal-ground" => "Read the legal ground for sharing",
        "print-breach-letter" => "Opened contact details for a letter about a breach",
        "pack-disclosure" => "Opened facts to pack them for a recipient",
        "made-disclosure" => "Shared facts with a recipient",
        other => other,
    }
}

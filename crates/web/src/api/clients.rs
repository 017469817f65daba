//! Clients: the caseload, a search, one file, registering, and the reason for a file outside the caseload.

use std::collections::BTreeMap;

use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use casework::entries::{Agreed, How};
use casework::{ClientId, Fault, StaffId};
use jiff::civil::Date;
use notice::Category;
use records::Error;
use records::clients::Registration;
use records::files::ClientFile;
use records::lists::ClientLine;
use records::search::Found;
use records::staff::Directory;
use records::standing::FileStatus;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::body::Body;
use super::cursor::{Paged, Paging, Place as _};
use super::problem::{Problem, top};
use super::program::{Call, once};
use super::reply::{self, Made};
use super::{PathOf, id, profile};

/// Somebody who works here, or a program.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Person {
    /// Their id.
    #[schema(pattern = "^[0-9a-f]{32}$")]
    id: String,
    /// Their name.
    #[schema(example = "Ruth Calderbank")]
    name: String,
}

impl Person {
    pub(crate) fn of(directory: &Directory, id: StaffId) -> Person {
        Person { id: id.to_string(), name: directory.name(id).to_owned() }
    }
}

/// A client in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClientInList {
    /// Whose file.
    #[schema(pattern = "^[0-9a-f]{32}$")]
    id: String,
    /// The client's number.
    #[schema(example = "NB-20417")]
    number: String,
    /// Name.
    #[schema(example = "Daniel Whitfield")]
    name: String,
    /// Date of birth, where the token may see it and it is known.
    #[schema(format = Date)]
    born: Option<String>,
    /// Whose caseload.
    adviser: Option<Person>,
    /// Whether the file is in work: active or closed.
    status: &'static str,
    /// The day of registration.
    #[schema(format = Date)]
    registered: String,
    /// The last two-way contact.
    #[schema(format = Date)]
    last_contact: String,
    /// The day on which the file goes if nothing more is heard.
    #[schema(format = Date)]
    kept_until: String,
}

/// A page of clients.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Clients {
    /// The clients.
    items: Vec<ClientInList>,
    /// The cursor of the next page; null on the last one.
    next: Option<String>,
}

/// A client who was found.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FoundClient {
    /// Whose file.
    #[schema(pattern = "^[0-9a-f]{32}$")]
    id: String,
    /// The client's number.
    #[schema(example = "NB-20417")]
    number: String,
    /// Name.
    #[schema(example = "Daniel Whitfield")]
    name: String,
    /// Date of birth, where the token may see it and it is known.
    #[schema(format = Date)]
    born: Option<String>,
    /// What matched, in words.
    why: String,
}

/// What a search found, the best first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FoundClients {
    /// The clients.
    items: Vec<FoundClient>,
}

/// What is searched for.
#[derive(Debug, ToSchema)]
#[schema(example = json!({ "words": "Whitfeld 1991" }))]
#[allow(dead_code, reason = "describes what is read part by part")]
pub(crate) struct Search {
    /// A name or a part of it, number, telephone number, postcode or date of birth. Slips of the keyboard are forgiven.
    #[schema(min_length = 1)]
    words: String,
}

/// A page of the profile: the answers of one category.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AnswersOut {
    /// Its version.
    version: i64,
    /// When it was last changed.
    #[schema(format = DateTime)]
    written: String,
    /// By whom.
    author: Person,
    /// Each answer by the id of its field in the notice: text, number, true or false, a day, a code, a list of codes;
    /// `prefer-not-to-say` where the client was asked and would rather not.
    answers: BTreeMap<String, Value>,
}

/// The notice that a client was given.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NoticeOut {
    /// Its id.
    id: String,
    /// Its version.
    version: String,
}

/// A client's file, as far as the token may read it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Client {
    /// Whose file.
    #[schema(pattern = "^[0-9a-f]{32}$")]
    id: String,
    /// Whose caseload.
    adviser: Option<Person>,
    /// Whether the file is in work: active or closed.
    status: &'static str,
    /// The day of registration.
    #[schema(format = Date)]
    registered: String,
    /// The day on which the file goes if nothing more is heard.
    #[schema(format = Date)]
    kept_until: String,
    /// Why then.
    kept_because: String,
    /// The notice that the client was given.
    notice: NoticeOut,
    /// The profile by category of the notice.
    profile: BTreeMap<String, AnswersOut>,
    /// The categories that the token may read.
    readable: Vec<&'static str>,
    /// The categories that the token may write.
    writable: Vec<&'static str>,
}

/// A client to register.
#[derive(Debug, ToSchema)]
#[schema(
    example = json!({ "notice_given": "on-paper", "agreed": "in-words", "contact": { "name": "Daniel Whitfield", "mobile_phone": "07700 900123" } })
)]
#[allow(dead_code, reason = "describes what is read part by part")]
pub(crate) struct NewClient {
    /// How the privacy notice was given.
    notice_given: String,
    /// How the client agreed to use the service.
    agreed: String,
    /// Answers of the category contact by the id of their field: a name and one way of contact are needed.
    contact: BTreeMap<String, Value>,
}

/// Why a file is needed.
#[derive(Debug, ToSchema)]
#[schema(example = json!({ "reason": "Covering for a colleague who is ill" }))]
#[allow(dead_code, reason = "describes what is read part by part")]
pub(crate) struct Reason {
    /// The reason, which the client can see.
    #[schema(min_length = 10, max_length = 500)]
    reason: String,
}

const fn status(status: FileStatus) -> &'static str {
    match status {
        FileStatus::Active => "active",
        FileStatus::Closed => "closed",
        // Neither is in a list; its own address says what became of it.
        FileStatus::Ended => "ended",
        FileStatus::TakenUp => "merged",
    }
}

fn day(day: Date) -> String {
    day.to_string()
}

impl ClientInList {
    fn of(line: ClientLine, directory: &Directory) -> ClientInList {
        ClientInList {
            id: line.who.client.to_string(),
            number: line.who.number,
            name: line.who.name,
            born: line.who.born.map(day),
            adviser: line.who.adviser.map(|id| Person::of(directory, id)),
            status: status(line.status),
            registered: day(line.registered),
            last_contact: day(line.last_contact),
            kept_until: day(line.ends),
        }
    }
}

impl FoundClient {
    fn of(found: Found) -> FoundClient {
        FoundClient {
            id: found.who.client.to_string(),
            number: found.who.number,
            name: found.who.name,
            born: found.who.born.map(day),
            why: found.why,
        }
    }
}

impl Client {
    fn of(file: &ClientFile, directory: &Directory) -> Client {
        let pages = file.pages.iter().map(|(category, page)| {
            let page = AnswersOut {
                version: page.version,
                written: page.written.to_string(),
                author: Person::of(directory, page.author),
                answers: profile::write(&page.profile).into_iter().collect(),
            };
            (category.code().to_owned(), page)
        });
        Client {
            id: file.client.to_string(),
            adviser: file.adviser.map(|id| Person::of(directory, id)),
            status: status(file.status),
            registered: day(file.registered),
            kept_until: day(file.until.due),
            kept_because: file.until.because.clone(),
            notice: NoticeOut { id: file.notice.0.clone(), version: file.notice.1.clone() },
            profile: pages.collect(),
            readable: file.readable.iter().map(Category::code).collect(),
            writable: file.writable.iter().map(Category::code).collect(),
        }
    }
}

/// The clients of the caseload on which the token works, a page at a time.
#[utoipa::path(
    get, path = "/api/v1/clients", operation_id = "list_clients", tag = "clients",
    params(Paged),
    responses((status = 200, description = "A page", body = Clients))
)]
pub(crate) async fn list(Call { app, visit, headers }: Call, paging: Paging) -> Result<Response, Problem> {
    let opened = app.service.list_clients(&visit, paging.after::<ClientId>()?, paging.limit).await?;
    let directory = app.service.directory();
    let page = opened.map(|page| Clients {
        items: page.lines.into_iter().map(|line| ClientInList::of(line, &directory)).collect(),
        next: page.next.map(|next| next.write()),
    });
    reply::read(&headers, page).await
}

/// Finds clients by name, number, telephone number, postcode or date of birth. A restricted file is not found.
#[utoipa::path(
    post, path = "/api/v1/clients/search", operation_id = "find_clients", tag = "clients",
    request_body = Search,
    responses((status = 200, description = "The best matches, 25 at most", body = FoundClients))
)]
pub(crate) async fn search(Call { app, visit, .. }: Call, mut body: Body) -> Result<Response, Problem> {
    body.only(&["words"]);
    let words = body.text("words");
    if words.is_empty() {
        return Err(body.problem(vec![Fault::new("words", "Say whom you look for")], top));
    }
    if !body.is_fine() {
        return Err(body.problem(Vec::new(), top));
    }
    let found = app.service.find_clients(&visit, &words, 25).await?;
    let found = found.map(|found| FoundClients { items: found.into_iter().map(FoundClient::of).collect() });
    reply::read(&HeaderMap::new(), found).await
}

/// A client's file without its entries, as far as the token may read it.
#[utoipa::path(
    get, path = "/api/v1/clients/{client}", operation_id = "show_client", tag = "clients",
    responses((status = 200, description = "The file", body = Client))
)]
pub(crate) async fn show(
    Call { app, visit, headers }: Call,
    PathOf(client): PathOf<String>,
) -> Result<Response, Problem> {
    let opened = app.service.open_file(&visit, id(&client)?, 0).await?;
    let directory = app.service.directory();
    reply::read(&headers, opened.map(|file| Client::of(&file, &directory))).await
}

/// Registers a client, in the caseload on which the token works.
#[utoipa::path(
    post, path = "/api/v1/clients", operation_id = "register_client", tag = "clients",
    request_body = NewClient,
    responses((status = 201, description = "Registered", body = Made))
)]
pub(crate) async fn register(
    Call { app, visit, headers }: Call,
    mut body: Body,
) -> Result<Response, Problem> {
    body.only(&["notice_given", "agreed", "contact"]);
    let (notices, today) = (app.service.notices(), app.service.surroundings().today());
    let how = body.text("notice_given").parse::<How>().ok().filter(|how| *how != How::Portal);
    let agreed = body.text("agreed").parse::<Agreed>().ok();
    let contact = profile::read(&mut body, "contact", notices.catalogue(), Category::Contact, today);
    let mut faults = Vec::new();
    if how.is_none() {
        faults.push(Fault::new("notice_given", "Say how the privacy notice was given"));
    }
    if agreed.is_none() {
        faults.push(Fault::new("agreed", "Say how the client agreed to use the service"));
    }
    faults.extend(contact.missing_for_registration(notices.service()));
    let (Some(notice_given), Some(agreed), true, true) = (how, agreed, faults.is_empty(), body.is_fine())
    else {
        return Err(body.problem(faults, pointer));
    };
    let form = once(&app, &visit, &headers, "/api/v1/clients", &body.bytes).await?;
    let registration = Registration { form, contact, notice_given, agreed };
    let made = app.service.register_client(&visit, registration).await;
    let made = made.map_err(|error| Problem::of(error, pointer))?;
    Ok(reply::made(&made, &format!("/api/v1/clients/{made}")))
}

/// What is wrong with an answer stands in `contact`.
fn pointer(field: &str) -> String {
    match field {
        "notice_given" | "agreed" => top(field),
        _ => format!("/contact{}", top(field)),
    }
}

/// Says why a file outside the caseload is needed: it opens to this token for half an hour.
#[utoipa::path(
    post, path = "/api/v1/clients/{client}/reason", operation_id = "state_reason", tag = "clients",
    request_body = Reason,
    responses((status = 204, description = "The file opens"))
)]
pub(crate) async fn reason(
    Call { app, visit, .. }: Call,
    PathOf(client): PathOf<String>,
    mut body: Body,
) -> Result<Response, Problem> {
    body.only(&["reason"]);
    let reason = body.text("reason");
    if !body.is_fine() {
        return Err(body.problem(Vec::new(), top));
    }
    match app.service.state_reason(&visit, id(&client)?, &reason).await {
        Ok(()) => Ok(StatusCode::NO_CONTENT.into_response()),
        Err(Error::Faults(faults)) => Err(body.problem(faults, top)),
        Err(error) => Err(error.into()),
    }
}

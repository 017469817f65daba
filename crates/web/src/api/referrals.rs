//! Referrals: those of a client, one with its steps, recording, and the next step.

use axum::response::Response;
use casework::referrals::{self, FORM, STATUS, STATUS_ON, StepTyped};
use casework::{EntryId, Fault, ProgrammeId, Written};
use jiff::civil::Date;
use notice::{Field, forms};
use records::Error;
use records::entry_views::EntryView;
use records::files::{Dated, What};
use records::lists::AfterEntry;
use records::staff::Directory;
use records::written::{ABOUT, PROGRAMME};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::body::Body;
use super::clients::Person;
use super::cursor::{Paged, Paging, Place as _};
use super::problem::{Problem, top};
use super::program::{Call, once};
use super::reply::{self, Changes, Made};
use super::{PathOf, id, profile};

/// A referral.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Referral {
    /// Its id.
    #[schema(pattern = "^[0-9a-f]{32}$")]
    id: String,
    /// Its version, which its ETag says, too.
    version: i64,
    /// The day on which it was sent or received.
    #[schema(format = Date)]
    day: String,
    /// When it was written as it stands.
    #[schema(format = DateTime)]
    written: String,
    /// By whom.
    author: Person,
    /// How it stands.
    #[schema(example = "sent")]
    stands: &'static str,
    /// Since when.
    #[schema(format = Date)]
    since: Option<String>,
    /// What can come next.
    #[schema(example = json!(["accepted", "declined", "started", "withdrawn"]))]
    next: Vec<&'static str>,
    /// Its answers by the id of their field.
    #[schema(value_type = Object, example = json!({ "direction": "out", "organisation": "Harbour Skills Centre", "told_by": "client", "reason": "Forklift licence" }))]
    answers: Map<String, Value>,
    /// The ids of the goals and barriers that it is about.
    about: Vec<String>,
}

/// A page of referrals.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Referrals {
    /// The referrals, the newest first. A page can have fewer than were asked for: what may not be read is passed over.
    items: Vec<Referral>,
    /// The cursor of the next page; null on the last one.
    next: Option<String>,
}

/// A step of a referral.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StepOut {
    /// How it came to stand.
    step: &'static str,
    /// On which day.
    #[schema(format = Date)]
    on: String,
}

/// A referral with the steps that led to where it stands.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReferralShown {
    #[serde(flatten)]
    referral: Referral,
    /// Its steps, the first one first.
    steps: Vec<StepOut>,
}

/// The answers of a referral.
#[derive(Debug, ToSchema)]
#[schema(example = json!({ "direction": "out", "organisation": "Harbour Skills Centre", "told_by": "client", "reason": "Forklift licence" }))]
#[allow(dead_code, reason = "describes what is read part by part")]
pub(crate) struct ReferralAnswers {
    /// Which way: a code of the list of directions, as `out` or `in`.
    direction: String,
    /// Which organisation.
    organisation: String,
    /// Who tells the organisation about the client, where it goes out: `us`, which needs the client's consent to sharing with
    /// this organisation of the directory, or `client`.
    #[schema(required = false)]
    told_by: String,
    /// What for.
    reason: String,
    /// How urgent it is: a code of the list of urgencies.
    #[schema(required = false)]
    urgency: String,
    /// When it was sent or received; today if it is left out.
    #[schema(required = false, format = Date)]
    sent_on: String,
    /// When to ask if nobody answers; worked out from the urgency if it is left out.
    #[schema(required = false, format = Date)]
    remind_on: String,
}

/// A referral to record.
#[derive(Debug, ToSchema)]
#[schema(
    example = json!({ "answers": { "direction": "out", "organisation": "Harbour Skills Centre", "told_by": "client", "reason": "Forklift licence" } })
)]
#[allow(dead_code, reason = "describes what is read part by part")]
pub(crate) struct NewReferral {
    /// Its answers.
    answers: ReferralAnswers,
    /// The ids of the goals and barriers that it is about.
    #[schema(required = false, max_items = 20)]
    about: Vec<String>,
    /// The id of the programme to which it belongs, if it is one that the client is on.
    #[schema(required = false, pattern = "^[0-9a-f]{32}$")]
    programme: String,
}

/// What happened next with a referral.
#[derive(Debug, ToSchema)]
#[schema(example = json!({ "step": "accepted", "on": "2026-11-26" }))]
#[allow(dead_code, reason = "describes what is read part by part")]
pub(crate) struct NextStep {
    /// How it stands now; one of `next` of the referral.
    step: String,
    /// Since when; today if it is left out.
    #[schema(required = false, format = Date)]
    on: String,
    /// What came of it: needed once it has ended.
    #[schema(required = false, max_length = 4000)]
    outcome: String,
}

impl Referral {
    /// A dated entry that is one.
    fn of(dated: &Dated, directory: &Directory) -> Option<Referral> {
        let written = written(dated)?;
        let (stands, since) = referrals::stands(written);
        Some(Referral {
            id: dated.id.to_string(),
            version: dated.version,
            day: dated.day.to_string(),
            written: dated.written.to_string(),
            author: Person::of(directory, dated.author),
            stands: stands.code(),
            since: since.map(|day| day.to_string()),
            next: stands.next().iter().map(|step| step.code()).collect(),
            answers: profile::write(&written.answers),
            about: written.about.iter().map(ToString::to_string).collect(),
        })
    }
}

impl ReferralShown {
    fn of(view: &EntryView, directory: &Directory) -> Option<ReferralShown> {
        let versions = view.earlier.iter().rev().chain(std::iter::once(&view.entry));
        let steps = referrals::steps(versions.filter_map(|dated| Some((written(dated)?, dated.day))));
        Some(ReferralShown {
            referral: Referral::of(&view.entry, directory)?,
            steps: steps
                .into_iter()
                .map(|(step, on)| StepOut { step: step.code(), on: on.to_string() })
                .collect(),
        })
    }
}

fn written(dated: &Dated) -> Option<&Written> {
    match &dated.what {
        What::Written(form, written) if form.id == *FORM => Some(written),
        _ => None,
    }
}

/// The referrals of a client, the newest first, a page at a time.
#[utoipa::path(
    get, path = "/api/v1/clients/{client}/referrals", operation_id = "list_referrals", tag = "referrals",
    params(Paged),
    responses((status = 200, description = "A page", body = Referrals))
)]
pub(crate) async fn list(
    Call { app, visit, headers }: Call,
    PathOf(client): PathOf<String>,
    paging: Paging,
) -> Result<Response, Problem> {
    let after = paging.after::<AfterEntry>()?;
    let opened = app.service.list_referrals(&visit, id(&client)?, after, paging.limit).await?;
    let directory = app.service.directory();
    let page = opened.map(|page| Referrals {
        items: page.lines.iter().filter_map(|dated| Referral::of(dated, &directory)).collect(),
        next: page.next.map(|next| next.write()),
    });
    reply::read(&headers, page).await
}

/// One referral with its steps. Its ETag is what the next step has to send as If-Match.
#[utoipa::path(
    get, path = "/api/v1/clients/{client}/referrals/{entry}", operation_id = "show_referral", tag = "referrals",
    responses((status = 200, description = "The referral", body = ReferralShown))
)]
pub(crate) async fn show(
    Call { app, visit, headers }: Call,
    PathOf((client, entry)): PathOf<(String, String)>,
) -> Result<Response, Problem> {
    let opened = app.service.referral(&visit, id(&client)?, id(&entry)?).await?;
    let directory = app.service.directory();
    let one = opened.map(|view| (view.entry.version, ReferralShown::of(&view, &directory)));
    reply::version(&headers, one).await
}

/// Records a referral that was sent or received.
#[utoipa::path(
    post, path = "/api/v1/clients/{client}/referrals", operation_id = "record_referral", tag = "referrals",
    request_body = NewReferral,
    responses((status = 201, description = "Recorded", body = Made))
)]
pub(crate) async fn record(
    Call { app, visit, headers }: Call,
    PathOf(client): PathOf<String>,
    mut body: Body,
) -> Result<Response, Problem> {
    let client = id(&client)?;
    let form = forms::form(FORM).ok_or(Error::Damaged("form of referrals"))?;
    body.only(&["answers", ABOUT, PROGRAMME]);
    let today = app.service.surroundings().today();
    // How it stands is told by its steps, each with its version.
    let later =
        |field: &&Field| field.id == STATUS || field.id == STATUS_ON || form.later.contains(&field.id);
    let asked: Vec<&Field> = form.fields().iter().filter(|field| !later(field)).collect();
    let answers = profile::read_fields(&mut body, "answers", form.catalogue(), &asked, today);
    let about = body.ids::<EntryId>(ABOUT, 20);
    let written = Written { answers, about, because: None };
    let mut faults = written.faults(form, today);
    let programme = body.text(PROGRAMME);
    let programme: Option<ProgrammeId> = match (body.has(PROGRAMME), programme.parse()) {
        (false, _) => None,
        (true, Ok(programme)) => Some(programme),
        (true, Err(_)) => {
            faults.push(Fault::new(PROGRAMME, "Send the id of a programme that this client is on"));
            None
        }
    };
    if !faults.is_empty() || !body.is_fine() {
        return Err(body.problem(faults, pointer));
    }
    let path = format!("/api/v1/clients/{client}/referrals");
    let key = once(&app, &visit, &headers, &path, &body.bytes).await?;
    match app.service.write_entry_for(&visit, client, key, form, &written, programme).await {
        Ok(made) => Ok(reply::made(&made, &format!("{path}/{made}"))),
        Err(Error::Faults(faults)) => Err(body.problem(faults, pointer)),
        Err(error) => Err(error.into()),
    }
}

/// What is wrong with an answer stands in `answers`.
fn pointer(field: &str) -> String {
    match field {
        ABOUT | PROGRAMME => top(field),
        _ => format!("/answers{}", top(field)),
    }
}

/// Says what became of a referral: accepted, declined, begun, ended with its outcome, taken back.
#[utoipa::path(
    post, path = "/api/v1/clients/{client}/referrals/{entry}/step", operation_id = "step_referral", tag = "referrals",
    params(Changes),
    request_body = NextStep,
    responses((status = 204, description = "Written down"))
)]
pub(crate) async fn step(
    Call { app, visit, headers }: Call,
    PathOf((client, entry)): PathOf<(String, String)>,
    mut body: Body,
) -> Result<Response, Problem> {
    let (client, entry): (_, EntryId) = (id(&client)?, id(&entry)?);
    let version = reply::expected(&headers)?;
    body.only(&["step", "on", "outcome"]);
    let (step, on) = (body.text("step"), body.text("on"));
    let outcome = casework::formats::text::lines(&body.text("outcome"), 4000);
    let mut faults = Vec::new();
    let on = match on.parse::<Date>() {
        Ok(day) => Some(day),
        Err(_) if !body.has("on") => None,
        Err(_) => {
            faults.push(Fault::new("on", "Send a day here, like 2026-11-26"));
            None
        }
    };
    let outcome = outcome.map_err(|fault| faults.push(Fault::new("outcome", fault.to_string())));
    let (Ok(outcome), true, true) = (outcome, faults.is_empty(), body.is_fine()) else {
        return Err(body.problem(faults, top));
    };
    let typed = StepTyped { step, on, outcome };
    match app.service.refer_on(&visit, client, entry, version, &typed).await {
        Err(Error::Faults(faults)) => Err(body.problem(faults, |field| match field {
            field if STATUS == *field => top("step"),
            field if STATUS_ON == *field => top("on"),
            field => top(field),
        })),
        other => reply::done(other, version, body),
    }
}

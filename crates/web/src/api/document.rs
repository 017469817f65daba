//! The API as an OpenAPI document: made from the calls themselves, so that it cannot say anything else.

use std::sync::LazyLock;

use axum::http::header;
use axum::response::{IntoResponse, Response};
use casework::MeetingKind;
use casework::appointments::{State, Way};
use casework::entries::{Agreed, How};
use casework::figures::Measure;
use casework::referrals::Step;
use serde_json::{Value, json};
use utoipa::OpenApi;

use super::{appointments, clients, entries, figures, problem, referrals, webhooks};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Kept",
        version = "1",
        description = "For programs that work with a service: each with a token of one role and purpose, under the same rules and the same audit log as people. Calls that make something take an Idempotency-Key; calls that change something take If-Match. What goes wrong is a problem (RFC 9457)."
    ),
    paths(
        clients::list, clients::search, clients::show, clients::register, clients::reason,
        entries::list, entries::show, entries::record_meeting,
        appointments::list, appointments::show, appointments::book, appointments::change_time, appointments::end,
        referrals::list, referrals::show, referrals::record, referrals::step,
        figures::published, figures::pack, figures::count,
    ),
    components(schemas(problem::Problem, problem::Wrong)),
    tags(
        (name = "clients", description = "Clients and their files"),
        (name = "entries", description = "What was said and done"),
        (name = "appointments", description = "Appointments"),
        (name = "referrals", description = "Referrals to and from other organisations, step by step"),
        (name = "figures", description = "Figures in which nobody can be found"),
        (name = "webhooks", description = "What programs are told by themselves"),
    )
)]
struct Described;

/// What every call can answer besides what it is for.
const ALWAYS: [(&str, &str); 4] = [
    ("401", "There is no token that holds"),
    ("403", "The rules refuse this token"),
    ("429", "Too many calls: wait as long as Retry-After says"),
    ("503", "Something that protects clients' data cannot do its part"),
];

/// What programs send: nothing else gets in.
const SENT: [&str; 11] = [
    "Search",
    "NewClient",
    "Reason",
    "NewMeeting",
    "NewAppointment",
    "NewTime",
    "Ending",
    "NewReferral",
    "ReferralAnswers",
    "NextStep",
    "Count",
];

static DOCUMENT: LazyLock<Vec<u8>> =
    LazyLock::new(|| serde_json::to_vec_pretty(&described()).unwrap_or_default());

/// The document with what holds for all calls: the token, the problems, the codes.
fn described() -> Value {
    let mut document = serde_json::to_value(Described::openapi()).unwrap_or_default();
    set(
        &mut document,
        "/components",
        "securitySchemes",
        json!({
            "token": { "type": "http", "scheme": "bearer", "description": "A token of `kept token add`" }
        }),
    );
    set(&mut document, "", "security", json!([{ "token": [] }]));
    let codes: [(&str, &str, Vec<&str>); 9] = [
        ("NewMeeting", "kind", MeetingKind::ALL.iter().map(|kind| kind.code()).collect()),
        ("NewAppointment", "way", Way::ALL.iter().map(|way| way.code()).collect()),
        ("AppointmentOut", "way", Way::ALL.iter().map(|way| way.code()).collect()),
        ("AppointmentOut", "state", State::ALL.iter().map(|state| state.code()).collect()),
        ("Ending", "state", State::ALL.iter().filter(|s| **s != State::Booked).map(|s| s.code()).collect()),
        (
            "NewClient",
            "notice_given",
            How::ALL.iter().filter(|h| **h != How::Portal).map(|h| h.code()).collect(),
        ),
        (
            "NextStep",
            "step",
            Step::ALL.iter().filter(|step| **step != Step::Sent).map(|step| step.code()).collect(),
        ),
        ("Count", "what", Measure::ALL.iter().map(|measure| measure.code()).collect()),
        ("NewClient", "agreed", Agreed::ALL.iter().map(|agreed| agreed.code()).collect()),
    ];
    for (schema, field, codes) in codes {
        set(&mut document, &format!("/components/schemas/{schema}/properties/{field}"), "enum", json!(codes));
    }
    for schema in SENT {
        set(&mut document, &format!("/components/schemas/{schema}"), "additionalProperties", json!(false));
    }
    set(&mut document, "", "webhooks", webhooks::described());
    let paths = document.pointer_mut("/paths").and_then(Value::as_object_mut).into_iter().flatten();
    for (path, item) in paths {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            asks(path, method == "get", operation);
            answers(path, operation);
        }
    }
    document
}

fn set(document: &mut Value, at: &str, name: &str, value: Value) {
    if let Some(object) = document.pointer_mut(at).and_then(Value::as_object_mut) {
        object.insert(name.to_owned(), value);
    }
}

/// Adds what follows from the path and the method of an operation: ids, tags, the key of what makes something.
fn asks(path: &str, reads: bool, operation: &mut Value) {
    let ids = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let mut all: Vec<Value> = ids
        .map(|name| {
            let schema = json!({ "type": "string", "pattern": "^[0-9a-f]{32}$" });
            json!({ "name": name, "in": "path", "required": true, "description": "Its id", "schema": schema })
        })
        .collect();
    let header = |name: &str, required: bool, words: &str, schema: Value| json!({ "name": name, "in": "header", "required": required, "description": words, "schema": schema });
    let text = || json!({ "type": "string" });
    if reads {
        all.push(header("If-None-Match", false, "The ETag that you have", text()));
        let tag = json!({ "ETag": { "description": "Its tag; that of something that can be changed is what a change sends as If-Match", "schema": text() } });
        set(operation, "/responses/200", "headers", tag);
        set(operation, "/responses", "304", json!({ "description": "You have it already" }));
    }
    if operation.pointer("/responses/201").is_some() {
        let words = "A random key, the same when this is sent again: it then acts once";
        let schema = json!({ "type": "string", "pattern": "^[A-Za-z0-9_-]{16,64}$" });
        all.push(header("Idempotency-Key", true, words, schema));
        let place = json!({ "Location": { "description": "Where it can be read", "schema": text() } });
        set(operation, "/responses/201", "headers", place);
    }
    let own = operation.get("parameters").and_then(Value::as_array).cloned().unwrap_or_default();
    let changes = own.iter().any(|one| one.get("name").is_some_and(|name| name == "If-Match"));
    if changes && operation.pointer("/responses/204").is_some() {
        let tag = json!({ "ETag": { "description": "The tag of its version now", "schema": text() } });
        set(operation, "/responses/204", "headers", tag);
    }
    all.extend(own);
    set(operation, "", "parameters", Value::Array(all));
}

/// Adds the problems that an operation can answer.
fn answers(path: &str, operation: &mut Value) {
    let has = |operation: &Value, name: &str| {
        let parameters = operation.get("parameters").and_then(Value::as_array);
        parameters.is_some_and(|all| all.iter().any(|one| one.get("name").is_some_and(|n| n == name)))
    };
    let public =
        operation.get("security").and_then(Value::as_array).is_some_and(|any| any.contains(&json!({})));
    let mut all: Vec<(&str, &str)> =
        ALWAYS.iter().filter(|(status, _)| !public || *status == "503").copied().collect();
    let writes = operation.get("requestBody").is_some();
    if writes || has(operation, "limit") {
        all.push(("400", "The request cannot be read"));
    }
    if path.contains('{') {
        all.push(("404", "There is nothing here, or not for this token"));
    }
    if writes {
        all.push(("413", "The body is too large"));
        all.push(("415", "The body is not JSON"));
        all.push(("422", "Something in the body is wrong: each error points at its part"));
        all.push(("409", "Somebody else changed this meanwhile"));
    }
    if has(operation, "If-Match") {
        all.push(("412", "Somebody else changed this: read it again"));
        all.push(("428", "If-Match is missing"));
    }
    for (status, words) in all {
        let problem = json!({
            "description": words,
            "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } }
        });
        set(operation, "/responses", status, problem);
    }
}

/// The document. Everybody may read it: it tells of nobody.
pub(crate) async fn serve() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], DOCUMENT.as_slice()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routes::{Method, ROUTES};

    #[test]
    fn the_document_tells_every_call_of_the_table_and_no_other() {
        let document = described();
        let mut told: Vec<String> = document["paths"]
            .as_object()
            .unwrap()
            .iter()
            .flat_map(|(path, item)| {
                item.as_object().unwrap().keys().map(move |method| format!("{method} {path}"))
            })
            .collect();
        let mut routed: Vec<String> = ROUTES
            .iter()
            .filter(|route| route.path.starts_with("/api/") && route.path != "/api/v1/openapi.json")
            .map(|route| match route.method {
                Method::Get => format!("get {}", route.path),
                Method::Post => format!("post {}", route.path),
            })
            .collect();
        told.sort();
        routed.sort();
        assert_eq!(told, routed);
    }

    #[test]
    fn what_programs_are_told_by_themselves_is_in_the_document_and_names_nobody() {
        let document = described();
        let webhooks = document["webhooks"].as_object().unwrap();
        assert_eq!(webhooks.len(), casework::webhooks::EventKind::ALL.len());
        for (kind, item) in webhooks {
            let schema = &item["post"]["requestBody"]["content"]["application/json"]["schema"];
            assert_eq!(schema["properties"]["type"]["const"], json!(kind));
            for (name, shape) in schema["properties"]["data"]["properties"].as_object().unwrap() {
                assert!(["client", "entry", "appointment", "referral"].contains(&name.as_str()), "{name}");
                assert_eq!(shape["pattern"], "^[0-9a-f]{32}$");
            }
        }
    }

    #[test]
    fn codes_problems_and_examples_are_in_the_document() {
        let document = described();
        let kinds = &document["components"]["schemas"]["NewMeeting"]["properties"]["kind"]["enum"];
        assert!(kinds.as_array().unwrap().contains(&json!("phone")), "{kinds}");
        for (schema, shape) in document["components"]["schemas"].as_object().unwrap() {
            let sent = shape["additionalProperties"] == json!(false);
            assert!(!sent || shape.get("example").is_some(), "{schema} has no example");
        }
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let public = operation["security"] == json!([{}]);
                assert_eq!(operation["responses"].get("401").is_none(), public, "{method} {path}");
                let key = operation.to_string().contains("Idempotency-Key");
                assert_eq!(key, operation["responses"].get("201").is_some(), "{method} {path}");
                let sent = &operation["requestBody"]["content"]["application/json"]["schema"]["$ref"];
                let known = |sent: &str| SENT.iter().any(|name| sent.ends_with(&format!("/{name}")));
                assert!(sent.as_str().is_none_or(known), "{method} {path} {sent}");
            }
        }
    }
}

//! What programs are told by themselves, as the API's document describes it.

use casework::webhooks::EventKind;
use serde_json::{Map, Value, json};

/// The section `webhooks` of the document: one path item a kind of event.
pub(super) fn described() -> Value {
    EventKind::ALL.iter().map(|kind| (kind.code().to_owned(), told(*kind))).collect::<Map<_, _>>().into()
}

fn told(kind: EventKind) -> Value {
    let id = |what: &str| json!({ "type": "string", "pattern": "^[0-9a-f]{32}$", "description": what });
    let mut data = Map::new();
    if kind != EventKind::Test {
        data.insert("client".to_owned(), id("Whose file"));
    }
    if let Some(name) = kind.names() {
        data.insert(name.to_owned(), id("Which"));
    }
    let required: Vec<&String> = data.keys().collect();
    let header = |name: &str, words: &str| json!({ "name": name, "in": "header", "required": true, "description": words, "schema": { "type": "string" } });
    json!({ "post": {
        "operationId": format!("told_{}", kind.code().replace('.', "_")),
        "summary": kind.words(),
        "description": "Sent to the webhooks of tokens that may read what it is about. It holds ids: read the rest with the token. Signed as Standard Webhooks describes (https://www.standardwebhooks.com).",
        "tags": ["webhooks"],
        "security": [],
        "parameters": [
            header("webhook-id", "Which telling: the same at each try, so drop what you have had"),
            header("webhook-timestamp", "The time of this try, in seconds since 1970"),
            header("webhook-signature", "One or two signatures, `v1,` and base 64 of HMAC-SHA256 of `id.timestamp.body`, a space between them"),
        ],
        "requestBody": { "required": true, "content": { "application/json": { "schema": {
            "type": "object",
            "required": ["type", "timestamp", "data"],
            "properties": {
                "type": { "const": kind.code() },
                "timestamp": { "type": "string", "format": "date-time", "description": "When it happened" },
                "data": { "type": "object", "required": required, "properties": data }
            }
        } } } },
        "responses": {
            "2XX": { "description": "You have it" },
            "410": { "description": "You are gone for good: the webhook is switched off" },
            "default": { "description": "You do not have it: it is told again, for three days" }
        }
    } })
}

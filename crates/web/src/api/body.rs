//! What a program sends: read as strictly as a form, part by part, so that each fault names its place.

use std::sync::Arc;

use axum::body::{Bytes, to_bytes};
use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use casework::Fault;
use serde_json::{Map, Value};

use super::problem::{Problem, Wrong, of_faults, top};

/// The largest body: as large as the largest form.
const LARGEST: usize = 16 * 1024 * 1024;

/// A JSON object, and what was found wrong in it so far.
pub(crate) struct Body {
    map: Map<String, Value>,
    /// The bytes as they came.
    pub(crate) bytes: Arc<[u8]>,
    wrong: Vec<Wrong>,
}

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Body, Problem> {
        let json = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let json = json.is_some_and(|value| {
            value.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
        });
        if !json {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "not-json",
                "This takes JSON",
                "Send the body as JSON, with Content-Type: application/json.",
            ));
        }
        let bytes = to_bytes(request.into_body(), LARGEST).await.map_err(|_| {
            Problem::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "too-large",
                "This is too much at once",
                "What you sent is larger than 16 megabytes, so nothing was saved.",
            )
        })?;
        Body::read(&bytes)
    }
}

impl Body {
    fn read(bytes: &Bytes) -> Result<Body, Problem> {
        let unreadable = |detail: &str| Problem::wrong_part(StatusCode::BAD_REQUEST, "", detail);
        let value: Value = serde_json::from_slice(bytes)
            .map_err(|error| unreadable(&format!("This is not JSON: see line {}.", error.line())))?;
        match value {
            Value::Object(map) => Ok(Body { map, bytes: bytes.to_vec().into(), wrong: Vec::new() }),
            _ => Err(unreadable("Send an object: its fields stand between { and }.")),
        }
    }

    /// Notes each field that is not one of these.
    pub(crate) fn only(&mut self, names: &[&str]) {
        for name in self.map.keys().filter(|name| !names.contains(&name.as_str())) {
            self.wrong.push(Wrong { pointer: top(name), detail: "This call has no such field".to_owned() });
        }
    }

    fn expected(&mut self, name: &str, what: &str) {
        self.wrong.push(Wrong { pointer: top(name), detail: format!("Send {what} here") });
    }

    /// Notes a fault at a pointer.
    pub(crate) fn fault(&mut self, pointer: String, detail: impl Into<String>) {
        self.wrong.push(Wrong { pointer, detail: detail.into() });
    }

    /// Whether a field came.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.map.contains_key(name)
    }

    /// The text of a field; empty if it did not come.
    pub(crate) fn text(&mut self, name: &str) -> String {
        match self.map.get(name) {
            None => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(_) => {
                self.expected(name, "a text");
                String::new()
            }
        }
    }

    /// A whole number as a form would have it; empty if it did not come.
    pub(crate) fn number(&mut self, name: &str) -> String {
        match self.map.get(name) {
            None => String::new(),
            // 30.0 is a whole number in JSON, too.
            Some(Value::Number(number)) => match number.as_f64() {
                Some(whole) if whole.fract() == 0.0 && whole.abs() < 1e15 => format!("{whole:.0}"),
                _ => {
                    self.expected(name, "a whole number");
                    String::new()
                }
            },
            Some(_) => {
                self.expected(name, "a whole number");
                String::new()
            }
        }
    }

    /// Yes or no; `default` if it did not come.
    pub(crate) fn flag(&mut self, name: &str, default: bool) -> bool {
        match self.map.get(name) {
            None => default,
            Some(Value::Bool(flag)) => *flag,
            Some(_) => {
                self.expected(name, "true or false");
                default
            }
        }
    }

    /// Ids; none if the field did not come.
    pub(crate) fn ids<T: std::str::FromStr>(&mut self, name: &str, most: usize) -> Vec<T> {
        self.list(name, most, "ids of 32 hexadecimal digits")
    }

    /// A list of `what`; empty if the field did not come.
    pub(crate) fn list<T: std::str::FromStr>(&mut self, name: &str, most: usize, what: &str) -> Vec<T> {
        let read = match self.map.get(name) {
            None => Some(Vec::new()),
            Some(Value::Array(all)) if all.len() <= most => {
                all.iter().map(|one| one.as_str().and_then(|id| id.parse().ok())).collect::<Option<Vec<T>>>()
            }
            Some(_) => None,
        };
        read.unwrap_or_else(|| {
            self.expected(name, &format!("a list of at most {most} {what}"));
            Vec::new()
        })
    }

    /// The fields of an object within; none if it did not come.
    pub(crate) fn object(&mut self, name: &str) -> Map<String, Value> {
        match self.map.get(name) {
            None => Map::new(),
            Some(Value::Object(map)) => map.clone(),
            Some(_) => {
                self.expected(name, "an object");
                Map::new()
            }
        }
    }

    /// What the rules found wrong, with what was found wrong before: a part is told once.
    pub(crate) fn problem(self, faults: Vec<Fault>, pointer: impl Fn(&str) -> String) -> Problem {
        let mut wrong = self.wrong;
        for one in of_faults(faults, pointer) {
            if wrong.iter().all(|before| before.pointer != one.pointer) {
                wrong.push(one);
            }
        }
        Problem::wrong(wrong)
    }

    /// Whether nothing is wrong so far.
    pub(crate) fn is_fine(&self) -> bool {
        self.wrong.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use casework::EntryId;

    use super::*;

    fn body(text: &str) -> Body {
        Body::read(&Bytes::from(text.to_owned())).unwrap()
    }

    #[test]
    fn each_wrong_part_is_named_by_its_pointer_once() {
        let mut sent = body(r#"{"note": 1, "minutes": 30.5, "took_part": "yes", "about": ["x"], "a/b": 1}"#);
        sent.only(&["note", "minutes", "took_part", "about"]);
        assert_eq!((sent.text("note"), sent.number("minutes")), (String::new(), String::new()));
        assert!(!sent.flag("took_part", false) && sent.ids::<EntryId>("about", 5).is_empty());
        let problem =
            sent.problem(vec![Fault::new("note", "Write something"), Fault::new("kind", "Choose")], top);
        let text = serde_json::to_value(&problem).unwrap();
        let pointers: Vec<&str> =
            text["errors"].as_array().unwrap().iter().map(|e| e["pointer"].as_str().unwrap()).collect();
        assert_eq!(pointers, ["/a~1b", "/note", "/minutes", "/took_part", "/about", "/kind"]);
    }

    #[test]
    fn what_is_no_object_is_no_body() {
        for text in ["", "[]", "1", "{", "\"x\"", "{\"a\":}"] {
            assert!(Body::read(&Bytes::from_static(text.as_bytes())).is_err(), "{text}");
        }
        let mut fine = body(r#"{"minutes": 45, "n": 3e1}"#);
        assert_eq!((fine.number("minutes"), fine.number("n")), ("45".to_owned(), "30".to_owned()));
        assert!(fine.is_fine());
    }
}

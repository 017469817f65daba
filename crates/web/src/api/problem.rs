//! What goes wrong, as `application/problem+json` (RFC 9457). None shows data, a path or a trace.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use casework::Fault;
use records::{Denied, Error};
use serde::Serialize;
use utoipa::ToSchema;

/// A part of what was sent that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Wrong {
    /// Which part: a JSON pointer (RFC 6901) into the body; of a header or a query, its name.
    #[schema(example = "/contact/mobile_phone")]
    pub(crate) pointer: String,
    /// What is wrong and what to do.
    #[schema(example = "Enter a phone number, like 07700 900123")]
    pub(crate) detail: String,
}

/// Why a call was not carried out.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// Which problem it is: for programs to tell apart.
    #[serde(rename = "type")]
    #[schema(example = "urn:kept:problem:wrong-input")]
    kind: String,
    /// What it is called.
    #[schema(example = "Something needs another look")]
    title: &'static str,
    /// The HTTP status.
    #[schema(example = 422, minimum = 400, maximum = 599)]
    status: u16,
    /// What to do.
    detail: String,
    /// What was wrong, part by part.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    errors: Vec<Wrong>,
    #[serde(skip)]
    #[schema(ignore)]
    retry_after: Option<u32>,
}

impl Problem {
    pub(crate) fn new(
        status: StatusCode,
        kind: &'static str,
        title: &'static str,
        detail: impl Into<String>,
    ) -> Problem {
        let kind = format!("urn:kept:problem:{kind}");
        Problem {
            kind,
            title,
            status: status.as_u16(),
            detail: detail.into(),
            errors: Vec::new(),
            retry_after: None,
        }
    }

    /// Wrong input, part by part.
    pub(crate) fn wrong(errors: Vec<Wrong>) -> Problem {
        let problem = Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "wrong-input",
            "Something needs another look",
            "Nothing was saved. Each error says which part is wrong and what to do.",
        );
        Problem { errors, ..problem }
    }

    /// One wrong part of a header or a query.
    pub(crate) fn wrong_part(status: StatusCode, name: &str, detail: impl Into<String>) -> Problem {
        let detail = detail.into();
        let errors = vec![Wrong { pointer: name.to_owned(), detail: detail.clone() }];
        let problem = Problem::new(status, "wrong-request", "The request cannot be read", detail);
        Problem { errors, ..problem }
    }

    pub(crate) fn no_token() -> Problem {
        Problem::new(
            StatusCode::UNAUTHORIZED,
            "no-token",
            "A token is needed",
            "Send a token that holds in the header Authorization, as Bearer. Tokens are made with `kept token add`; one that has run out or was stopped opens nothing.",
        )
    }

    pub(crate) fn too_often(seconds: u32) -> Problem {
        let problem = Problem::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too-often",
            "Too many calls",
            "Wait as long as Retry-After says, then go on more slowly.",
        );
        Problem { retry_after: Some(seconds), ..problem }
    }

    pub(crate) fn not_found() -> Problem {
        Problem::new(
            StatusCode::NOT_FOUND,
            "not-found",
            "Nothing here",
            "There is nothing here, or not for this token. Check the address.",
        )
    }

    /// The version that the caller knows is no longer the one that stands.
    pub(crate) fn changed() -> Problem {
        Problem::new(
            StatusCode::PRECONDITION_FAILED,
            "changed-meanwhile",
            "Somebody else changed this",
            "Nothing was saved. Read it again, compare, and send it with the new ETag.",
        )
    }

    fn unavailable(why: &Error) -> Problem {
        tracing::error!(error = %why, "answered 503");
        Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "unavailable",
            "Kept cannot do this now",
            "Something that protects clients' data cannot do its part, so nothing is given and nothing was changed. Try again in a minute.",
        )
    }

    /// From an error, with the pointer of each fault told by `pointer`.
    pub(crate) fn of(error: Error, pointer: impl Fn(&str) -> String) -> Problem {
        match error {
            Error::Faults(faults) => Problem::wrong(of_faults(faults, pointer)),
            Error::NoSuchFile | Error::Vault(vault::Error::NoKeys | vault::Error::Erased) => {
                Problem::not_found()
            }
            Error::SignIn(Denied::SignedOut) => Problem::no_token(),
            Error::Refused(refusal) if refusal.why == access::Why::PolicyBroken => {
                Problem::unavailable(&error)
            }
            Error::Refused(refusal) if refusal.why == access::Why::NeedsReason => Problem::new(
                StatusCode::FORBIDDEN,
                "needs-reason",
                "A reason is needed",
                "This file opens with a reason: send one to its address /reason. The client can see it.",
            ),
            Error::Refused(refusal) => {
                Problem::new(StatusCode::FORBIDDEN, "refused", "Not allowed", refusal.to_string())
            }
            Error::ChangedMeanwhile => Problem::new(
                StatusCode::CONFLICT,
                "changed-meanwhile",
                "Somebody else changed this",
                error.to_string(),
            ),
            Error::TakenUp(survivor) => Problem::new(
                StatusCode::GONE,
                "taken-up",
                "This file was made one with another",
                format!("Its client stands under /api/v1/clients/{survivor} now."),
            ),
            Error::Held => Problem::new(StatusCode::CONFLICT, "held", "On hold", error.to_string()),
            Error::Blocked(_) => {
                Problem::new(StatusCode::CONFLICT, "blocked", "Nothing was shared", error.to_string())
            }
            Error::NotNamed { .. } | Error::Notice(_) | Error::Staff(_) | Error::Programme(_) => {
                Problem::new(
                    StatusCode::UNPROCESSABLE_ENTITY,
                    "not-possible",
                    "That did not work",
                    error.to_string(),
                )
            }
            Error::SignIn(_) | Error::NotYours(_) => {
                Problem::new(StatusCode::FORBIDDEN, "refused", "Not allowed", error.to_string())
            }
            Error::Store(_)
            | Error::Remains
            | Error::Audit(_)
            | Error::Vault(_)
            | Error::Damaged(_)
            | Error::Print(_)
            | Error::DoesNotFit(_)
            | Error::Documents(_)
            | Error::Bucket(_)
            | Error::Policy(_) => Problem::unavailable(&error),
        }
    }
}

/// Faults of fields, each with its pointer.
pub(crate) fn of_faults(faults: Vec<Fault>, pointer: impl Fn(&str) -> String) -> Vec<Wrong> {
    faults
        .into_iter()
        .map(|fault| Wrong { pointer: pointer(fault.field.as_str()), detail: fault.message })
        .collect()
}

/// The pointer of a field of the body itself.
pub(crate) fn top(field: &str) -> String {
    format!("/{}", field.replace('~', "~0").replace('/', "~1"))
}

impl From<Error> for Problem {
    fn from(error: Error) -> Problem {
        Problem::of(error, top)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let retry_after = self.retry_after;
        let mut response = (status, Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"Kept\""));
        }
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// A path of the API that leads nowhere.
pub(crate) fn no_such_call() -> Response {
    Problem::not_found().into_response()
}

/// A path that does not take this kind of request.
pub(crate) fn wrong_method() -> Response {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "wrong-method",
        "This cannot be done here",
        "The address does not take this kind of request. Nothing was done.",
    )
    .into_response()
}

//! What goes wrong, as a page: one mapping from errors to pages. None shows data, a path or a trace.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use casework::Fault;
use maud::{Markup, html};
use records::{Denied, Error};

use crate::requests::without_file::ADDRESS as WITHOUT_FILE;
use crate::ui;

/// An answer that is not the page that was asked for.
pub(crate) enum Fail {
    /// Nobody is signed in: to the sign-in page, and back.
    SignedOut,
    /// A page that says what is wrong and what to do.
    Page(StatusCode, &'static str, String),
    /// The file was made one with this one: what was sent is not lost silently.
    TakenUp(casework::ClientId),
    /// The file is outside the caseload, and no reason holds: to the page that asks for one.
    NeedsReason(casework::ClientId),
    /// The file is shut to whoever wants to write down what its client asks about their data, with the reason. That counts all the
    /// same, so the way on is said.
    AskedElsewhere(String),
    /// Faults of a form that its own page did not show beside the fields.
    Faults(Vec<Fault>),
}

impl Fail {
    pub(crate) fn page(status: StatusCode, heading: &'static str, text: impl Into<String>) -> Fail {
        Fail::Page(status, heading, text.into())
    }

    pub(crate) fn not_found() -> Fail {
        Fail::page(
            StatusCode::NOT_FOUND,
            "Page not found",
            "There is nothing here, or not for you. Check the address, or find the client by name.",
        )
    }

    pub(crate) fn elsewhere() -> Fail {
        Fail::page(
            StatusCode::FORBIDDEN,
            "This did not come from Kept",
            "What you sent came from another site, so nothing was done. Open the page here and try again.",
        )
    }

    pub(crate) fn bad_form(what: &str) -> Fail {
        Fail::page(
            StatusCode::UNPROCESSABLE_ENTITY,
            "This form cannot be read",
            format!("{what} Nothing was saved. Go back: what you typed is still there."),
        )
    }

    pub(crate) fn broken() -> Fail {
        Fail::page(
            StatusCode::INTERNAL_SERVER_ERROR,
            "Something went wrong",
            "This is our fault. Nothing was lost: what you typed is kept as a draft. Try again, and tell your administrator if it goes on.",
        )
    }

    /// What is said where requests are written down in a file that is shut.
    pub(crate) fn of_requests(error: Error) -> Fail {
        match error {
            Error::Refused(refusal)
                if !matches!(refusal.why, access::Why::NeedsReason | access::Why::PolicyBroken) =>
            {
                Fail::AskedElsewhere(refusal.to_string())
            }
            other => other.into(),
        }
    }

    fn unavailable(why: &Error) -> Fail {
        tracing::error!(error = %why, "answered 503");
        Fail::page(
            StatusCode::SERVICE_UNAVAILABLE,
            "Kept cannot show this now",
            "Something that protects clients' data cannot do its part, so nothing is shown. If you were saving something, it may have been saved or not: go back, where what you typed still stands, and in a minute send the same page again. It is never saved twice by that. If it goes on, tell your administrator.",
        )
    }
}

impl From<Error> for Fail {
    fn from(error: Error) -> Fail {
        match error {
            Error::NoSuchFile => Fail::not_found(),
            Error::TakenUp(survivor) => Fail::TakenUp(survivor),
            Error::Refused(refusal) if refusal.why == access::Why::PolicyBroken => Fail::unavailable(&error),
            Error::Refused(refusal) if refusal.why == access::Why::NeedsReason => {
                match refusal.request.subject {
                    access::Subject::Client(client) => Fail::NeedsReason(client),
                    _ => Fail::page(StatusCode::FORBIDDEN, "You cannot open this", refusal.to_string()),
                }
            }
            Error::Refused(refusal) => {
                Fail::page(StatusCode::FORBIDDEN, "You cannot open this", refusal.to_string())
            }
            Error::ChangedMeanwhile => {
                Fail::page(StatusCode::CONFLICT, "Somebody else changed this", error.to_string())
            }
            Error::Faults(faults) => Fail::Faults(faults),
            Error::SignIn(Denied::SignedOut) => Fail::SignedOut,
            Error::SignIn(denied) => {
                Fail::page(StatusCode::FORBIDDEN, "That did not work", denied.to_string())
            }
            Error::Vault(vault::Error::NoKeys | vault::Error::Erased) => Fail::not_found(),
            Error::NotNamed { .. } => Fail::page(
                StatusCode::UNPROCESSABLE_ENTITY,
                "The notice does not name this",
                error.to_string(),
            ),
            Error::Blocked(_) => Fail::page(StatusCode::CONFLICT, "Nothing was shared", error.to_string()),
            Error::Held => Fail::page(StatusCode::CONFLICT, "This file is on hold", error.to_string()),
            Error::NotYours(text) => Fail::page(StatusCode::FORBIDDEN, "You cannot do this", text),
            Error::Notice(text) | Error::Programme(text) | Error::Staff(text) => {
                Fail::page(StatusCode::UNPROCESSABLE_ENTITY, "That did not work", text)
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
            | Error::Policy(_) => Fail::unavailable(&error),
        }
    }
}

/// Marks an answer to somebody who is not signed in, for `signed::carry`.
#[derive(Clone, Copy)]
pub(crate) struct NotSignedIn;

impl IntoResponse for Fail {
    fn into_response(self) -> Response {
        let (status, heading, text) = match self {
            Fail::SignedOut => {
                let mut response = StatusCode::SEE_OTHER.into_response();
                response.headers_mut().insert(header::LOCATION, HeaderValue::from_static("/sign-in"));
                response.extensions_mut().insert(NotSignedIn);
                return response;
            }
            Fail::TakenUp(survivor) => {
                let said = Error::TakenUp(survivor).to_string();
                let link = html! { a.govuk-link href={ "/clients/" (survivor) } { "Open the file" } };
                let body = ui::words::problem("This file was made one with another", &[&said], link);
                let title = "This file was made one with another";
                return Problem { title, body }.answer(StatusCode::CONFLICT);
            }
            Fail::NeedsReason(client) => {
                let texts = [
                    "This file is not in your caseload. Say why you need it: then it opens for half an hour.",
                    "If you were writing something, nothing of it was saved: go back to it afterwards, what you typed is still there.",
                ];
                let link =
                    html! { a.govuk-link href={ "/clients/" (client) } { "Say why you need this file" } };
                let body = ui::words::problem("Say why you need this file", &texts, link);
                let title = "Say why you need this file";
                return Problem { title, body }.answer(StatusCode::FORBIDDEN);
            }
            Fail::AskedElsewhere(why) => {
                let counts = "What the client asks about their data counts from the day on which they ask, whoever they ask. Write it down without the file, and give its number to the governance lead with that of the client.";
                let link = html! { a.govuk-link href=(WITHOUT_FILE) { "Write down what they ask" } };
                let title = "You cannot open this";
                let body = ui::words::problem(title, &[&why, counts], link);
                return Problem { title, body }.answer(StatusCode::FORBIDDEN);
            }
            Fail::Page(status, heading, text) => (status, heading, text),
            Fail::Faults(faults) => {
                let texts: Vec<String> = faults.into_iter().map(|fault| fault.message).collect();
                (StatusCode::UNPROCESSABLE_ENTITY, "Something needs another look", texts.join(". "))
            }
        };
        let body = ui::words::problem(heading, &[&text], html! { a.govuk-link href="/" { "Go to today" } });
        Problem { title: heading, body }.answer(status)
    }
}

/// A page that says what is wrong, on its way out: the outermost layer, which knows the service, puts it under its name.
#[derive(Clone)]
pub(crate) struct Problem {
    title: &'static str,
    body: Markup,
}

impl Problem {
    /// The page under the name of a service.
    pub(crate) fn page(&self, service: &str) -> Markup {
        ui::page::narrow(ui::page::NarrowPage { title: self.title, service, body: self.body.clone() })
    }

    fn answer(self, status: StatusCode) -> Response {
        let mut response = (status, self.page("Kept")).into_response();
        response.extensions_mut().insert(self);
        response
    }
}

//! The JSON API under `/api/v1`: for programs, with a token, through the same sentences as the pages.
//!
//! A call is a short function like that of a page: which program asks (`Call`), which sentence of `records`, how it is
//! written. What goes wrong is a problem (RFC 9457). Lists come a page at a time, what is read carries an `ETag`, what
//! makes something takes an `Idempotency-Key`, what changes something an `If-Match`. A cookie opens nothing here, so no
//! page of another site can call it from a browser; and no personal data stands in an address, so a search is a POST.
//!
//! To add a call: write it with its `utoipa::path`, name it in `document`, and give it its line in the table of routes. What
//! follows from its path and method (ids, tags, keys, problems) the document says by itself.

pub(crate) mod appointments;
mod body;
pub(crate) mod clients;
mod cursor;
pub(crate) mod document;
pub(crate) mod entries;
pub(crate) mod figures;
mod problem;
mod profile;
mod program;
pub(crate) mod referrals;
mod reply;
mod webhooks;

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use problem::Problem;
pub(crate) use problem::{no_such_call, wrong_method};
pub(crate) use program::Rates;

/// Whether a path is one of the API.
pub(crate) fn is_api(path: &str) -> bool {
    path == "/api" || path.starts_with("/api/")
}

/// The varying parts of a path. What cannot be read leads nowhere.
pub(crate) struct PathOf<T>(T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for PathOf<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<PathOf<T>, Problem> {
        let Path(read) =
            Path::<T>::from_request_parts(parts, state).await.map_err(|_| Problem::not_found())?;
        Ok(PathOf(read))
    }
}

/// An id in a path. What is none leads nowhere.
fn id<T: std::str::FromStr>(text: &str) -> Result<T, Problem> {
    text.parse().map_err(|_| Problem::not_found())
}

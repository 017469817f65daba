//! What stands behind the question mark of an address, read strictly: what does not fit is a page that says so.

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use crate::fail::Fail;

/// The values that a page asks for.
pub(crate) struct Query<T>(pub(crate) T);

impl<S: Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Fail;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Query<T>, Fail> {
        axum::extract::Query::try_from_uri(&parts.uri).map(|axum::extract::Query(asked)| Query(asked)).map_err(
            |_| {
                Fail::page(
                    StatusCode::BAD_REQUEST,
                    "This address is not right",
                    "Something behind the question mark of the address cannot be read, such as the number of a page. Go back and follow the link again, or begin at the first page.",
                )
            },
        )
    }
}

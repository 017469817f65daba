//! How an answer leaves: released with the receipt of its entry, with an `ETag`, or not at all if the caller has it already.

use axum::Json;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use records::{Error, Opened};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use utoipa::{IntoParams, ToSchema};

use super::body::Body;
use super::problem::{Problem, top};

/// The id of what was made.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Made {
    /// Its id.
    #[schema(example = "0123456789abcdef0123456789abcdef", pattern = "^[0-9a-f]{32}$")]
    pub(crate) id: String,
}

/// What a change says.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[allow(dead_code, reason = "describes what is read part by part")]
pub(crate) struct Changes {
    /// The ETag under which you read it.
    #[param(rename = "If-Match")]
    if_match: String,
}

/// What was opened, as JSON, once its entry is on disk. Its tag is made of its bytes.
pub(crate) async fn read<T: Serialize>(headers: &HeaderMap, opened: Opened<T>) -> Result<Response, Problem> {
    let opened = opened.map(|value| serde_json::to_vec(&value));
    let bytes = opened.release().await?.map_err(|_| Problem::from(Error::Damaged("answer")))?;
    Ok(with_own_tag(headers, bytes))
}

/// What tells of nobody, as JSON.
pub(crate) fn anonymous<T: Serialize>(headers: &HeaderMap, value: &T) -> Result<Response, Problem> {
    let bytes = serde_json::to_vec(value).map_err(|_| Problem::from(Error::Damaged("answer")))?;
    Ok(with_own_tag(headers, bytes))
}

fn with_own_tag(headers: &HeaderMap, bytes: Vec<u8>) -> Response {
    let digest = Sha256::digest(&bytes);
    let tag = format!("\"{}\"", hex::encode(digest.get(..16).unwrap_or_default()));
    with_tag(headers, &tag, bytes)
}

/// The same for what has a version: its tag says it.
pub(crate) async fn version<T: Serialize>(
    headers: &HeaderMap,
    opened: Opened<(i64, T)>,
) -> Result<Response, Problem> {
    let opened = opened.map(|(version, value)| (version, serde_json::to_vec(&value)));
    let (version, bytes) = opened.release().await?;
    let bytes = bytes.map_err(|_| Problem::from(Error::Damaged("answer")))?;
    Ok(with_tag(headers, &tag_of(version), bytes))
}

/// The tag of a version.
pub(crate) fn tag_of(version: i64) -> String {
    format!("\"v{version}\"")
}

fn with_tag(headers: &HeaderMap, tag: &str, bytes: Vec<u8>) -> Response {
    let mut response = if has(headers, tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, "application/json")], bytes).into_response()
    };
    if let Ok(value) = HeaderValue::from_str(tag) {
        response.headers_mut().insert(header::ETAG, value);
    }
    response
}

/// Whether `If-None-Match` names this tag (RFC 9110, section 13.1.2: weakly compared).
fn has(headers: &HeaderMap, tag: &str) -> bool {
    let values = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    values
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag)
}

/// The version that `If-Match` names; a change needs one.
pub(crate) fn expected(headers: &HeaderMap) -> Result<i64, Problem> {
    let mut all = headers.get_all(header::IF_MATCH).iter();
    let (Some(value), None) = (all.next(), all.next()) else {
        return Err(Problem::new(
            StatusCode::PRECONDITION_REQUIRED,
            "no-version",
            "Say which version you know",
            "Send If-Match with the ETag under which you read this, so that nobody's change is lost.",
        ));
    };
    let text = value.to_str().unwrap_or_default().trim();
    let version = text.strip_prefix("\"v").and_then(|rest| rest.strip_suffix('"'));
    version.and_then(|digits| digits.parse().ok()).ok_or_else(Problem::changed)
}

/// What was made, and where it can be read.
pub(crate) fn made(id: &impl ToString, address: &str) -> Response {
    let mut response = (StatusCode::CREATED, Json(Made { id: id.to_string() })).into_response();
    if let Ok(value) = HeaderValue::from_str(address) {
        response.headers_mut().insert(header::LOCATION, value);
    }
    response
}

/// A change was made; this is the version that stands now.
pub(crate) fn changed(version: i64) -> Response {
    (StatusCode::NO_CONTENT, [(header::ETAG, tag_of(version))]).into_response()
}

/// What a change answers: whoever knows an older version hears so.
pub(crate) fn done(changed: Result<(), Error>, version: i64, body: Body) -> Result<Response, Problem> {
    match changed {
        Ok(()) => Ok(self::changed(version.saturating_add(1))),
        Err(Error::ChangedMeanwhile) => Err(Problem::changed()),
        Err(Error::Faults(faults)) => Err(body.problem(faults, top)),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: header::HeaderName, value: &'static str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(name, HeaderValue::from_static(value));
        headers
    }

    #[test]
    fn a_tag_is_found_in_a_list_and_weakly() {
        for value in ["\"v3\"", "W/\"v3\"", "\"v1\", \"v3\"", "*"] {
            assert!(has(&headers(header::IF_NONE_MATCH, value), "\"v3\""), "{value}");
        }
        assert!(
            !has(&headers(header::IF_NONE_MATCH, "\"v33\""), "\"v3\"") && !has(&HeaderMap::new(), "\"v3\"")
        );
    }

    #[test]
    fn a_change_names_one_version() {
        assert_eq!(expected(&headers(header::IF_MATCH, "\"v12\"")).unwrap(), 12);
        for value in ["*", "\"12\"", "W/\"v12\"", "\"v1\", \"v2\"", "v12"] {
            assert!(expected(&headers(header::IF_MATCH, value)).is_err(), "{value}");
        }
        assert!(expected(&HeaderMap::new()).is_err());
    }
}

//! Who is signed in: the cookie, and what was sent when a session had ended.

use axum::body::{Body, to_bytes};
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use records::{Token, Visit};

use crate::fail::{Fail, NotSignedIn};
use crate::{App, api, sign_in};

const COOKIE: &str = "__Host-kept";
/// What is carried over a sign-in; more than any note.
const CARRIED: usize = 256 * 1024;

/// Somebody who is signed in.
pub(crate) struct Signed(pub(crate) Visit);

impl FromRequestParts<App> for Signed {
    type Rejection = Fail;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Signed, Fail> {
        let token = token(&parts.headers).ok_or(Fail::SignedOut)?;
        Ok(Signed(app.service.visit(&token).await?))
    }
}

/// The token that a browser carries.
pub(crate) fn token(headers: &HeaderMap) -> Option<Token> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|v| v.to_str().ok());
    let mut ours = cookies
        .flat_map(|v| v.split(';'))
        .filter_map(|c| c.trim().split_once('='))
        .filter(|(n, _)| *n == COOKIE);
    let (_, value) = ours.next()?;
    Token::from_cookie(value)
}

/// Puts the token into the browser.
pub(crate) fn with_cookie(mut response: Response, token: &Token) -> Response {
    let cookie = format!("{COOKIE}={}; Path=/; Secure; HttpOnly; SameSite=Lax", token.cookie());
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        response.headers_mut().insert(header::SET_COOKIE, value);
    }
    response
}

/// Takes it away, and whatever else the browser may keep of us.
pub(crate) fn without_cookie(mut response: Response) -> Response {
    let cookie = HeaderValue::from_static("__Host-kept=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0");
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    response.headers_mut().insert("clear-site-data", HeaderValue::from_static("\"cache\", \"storage\""));
    response
}

/// A form that was sent after its session had ended is carried through the sign-in, so that nothing typed is lost.
pub(crate) async fn carry(State(app): State<App>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    if api::is_api(&path) {
        return next.run(request).await;
    }
    if *request.method() != Method::POST || path.starts_with("/sign-") || path.starts_with("/welcome") {
        let page = *request.method() == Method::GET
            && request.headers().get("sec-fetch-mode").is_none_or(|m| m == "navigate");
        let response = next.run(request).await;
        let lost = response.extensions().get::<NotSignedIn>().is_some();
        return if lost && page && path != "/" { sign_in::then_to(&path) } else { response };
    }
    // A document is read while it arrives and never held here as a whole: who was signed out chooses it again.
    let carries = |v: &HeaderValue| v.as_bytes().starts_with(b"multipart/form-data");
    if request.headers().get(header::CONTENT_TYPE).is_some_and(carries) {
        let response = next.run(request).await;
        return match response.extensions().get::<NotSignedIn>() {
            Some(_) => sign_in::then_to(&path),
            None => response,
        };
    }
    let (parts, body) = request.into_parts();
    // The largest form is let in whole; only what fits is carried.
    let Ok(bytes) = to_bytes(body, 17 * 1024 * 1024).await else {
        return Fail::page(
            axum::http::StatusCode::PAYLOAD_TOO_LARGE,
            "This is too much at once",
            "What you sent is larger than 16 megabytes, so nothing was saved. Shorten it and send it again.",
        )
        .into_response();
    };
    let script = parts.headers.get("sec-fetch-dest").is_some_and(|d| d == "empty");
    let response = next.run(Request::from_parts(parts, Body::from(bytes.clone()))).await;
    if response.extensions().get::<NotSignedIn>().is_none() {
        return response;
    }
    match std::str::from_utf8(&bytes) {
        Ok(text) if text.len() <= CARRIED && !script => sign_in::carrying(&app, &path, text),
        _ if script => axum::http::StatusCode::UNAUTHORIZED.into_response(),
        _ => response,
    }
}

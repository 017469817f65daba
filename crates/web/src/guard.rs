//! What holds for every answer and every request: headers, where a form comes from, how often somebody tries.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, DefaultBodyLimit, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use tower_http::catch_panic::CatchPanicLayer;

use crate::fail::{Fail, Problem};
use crate::{App, api, signed};

/// Nothing but our own files, no inline code, no frames, no strings turned into code.
pub(crate) const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; \
connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'; \
require-trusted-types-for 'script'; trusted-types 'none'";

/// What a browser shows by itself (a document of a client) runs nothing, loads nothing and has no origin.
pub(crate) const SHOWN: &str =
    "sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The largest form: a long note with everything that was typed can always be answered with a message.
const LARGEST_FORM: usize = 16 * 1024 * 1024;

/// Puts the guards around all routes.
pub(crate) fn guarded(router: Router<App>, app: &App) -> Router<App> {
    router
        .layer(from_fn_with_state(app.clone(), signed::carry))
        .layer(from_fn_with_state(app.clone(), from_here))
        .layer(DefaultBodyLimit::max(LARGEST_FORM))
        .layer(CatchPanicLayer::custom(|_| Fail::broken().into_response()))
        .layer(from_fn_with_state(app.clone(), headers))
}

async fn headers(State(app): State<App>, request: Request, next: Next) -> Response {
    let asset = request.uri().path().starts_with("/assets/");
    let mut response = next.run(request).await;
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        let page = problem.page(&app.service.notices().service().service).into_string();
        response.headers_mut().remove(header::CONTENT_LENGTH);
        *response.body_mut() = Body::from(page);
    }
    let headers = response.headers_mut();
    let fixed = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        ),
    ];
    for (name, value) in fixed {
        // A document that is shown by itself comes with a policy that allows it even less.
        if name == header::CONTENT_SECURITY_POLICY && headers.contains_key(&name) {
            continue;
        }
        headers.insert(name, HeaderValue::from_static(value));
    }
    if !asset {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

/// Acts only come from our own pages: `Sec-Fetch-Site` says so, or `Origin` is ours; without either there is no act.
/// The API is not asked: no cookie opens anything there, and no browser sends a token by itself.
async fn from_here(State(app): State<App>, request: Request<Body>, next: Next) -> Response {
    if api::is_api(request.uri().path()) {
        return next.run(request).await;
    }
    let headers = request.headers();
    let site = headers.get("sec-fetch-site").map(|v| v.to_str().unwrap_or("?"));
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let ours = match (reads, site) {
        // A page of another site may lead here, and may embed nothing of ours.
        (true, Some("cross-site" | "same-site")) => {
            headers.get("sec-fetch-mode").is_some_and(|m| m == "navigate")
        }
        (true, _) => true,
        (false, Some(site)) => site == "same-origin",
        (false, None) => {
            headers.get(header::ORIGIN).is_some_and(|o| o.as_bytes() == app.options.origin.as_bytes())
        }
    };
    if ours { next.run(request).await } else { Fail::elsewhere().into_response() }
}

/// Tries to sign in, by the address that they come from.
#[derive(Default)]
pub(crate) struct Callers {
    tries: Mutex<HashMap<IpAddr, Vec<Instant>>>,
}

const TRIES: usize = 20;
const WITHIN: Duration = Duration::from_secs(60);
const REMEMBERED: usize = 10_000;

impl Callers {
    /// Counts a try. False when there were too many in the last minute.
    fn may_try(&self, caller: IpAddr, now: Instant) -> bool {
        let mut tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
        if tries.len() >= REMEMBERED {
            tries.retain(|_, times| times.iter().any(|t| now.duration_since(*t) < WITHIN));
        }
        let times = tries.entry(caller).or_default();
        times.retain(|t| now.duration_since(*t) < WITHIN);
        times.push(now);
        times.len() <= TRIES
    }

    /// A try that went well is none to slow anybody down for: a whole office may come from one address in the morning.
    fn went_well(&self, caller: IpAddr) {
        let mut tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(times) = tries.get_mut(&caller) {
            times.pop();
        }
    }
}

/// Where a try to sign in comes from.
pub(crate) struct Caller(IpAddr);

impl FromRequestParts<App> for Caller {
    type Rejection = Fail;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Caller, Fail> {
        let forwarded = parts
            .headers
            .get("x-forwarded-for")
            .and_then(|v| v.to_str().ok())
            .and_then(|v| v.rsplit(',').next());
        let named = forwarded.filter(|_| app.options.behind_proxy).and_then(|v| v.trim().parse().ok());
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip());
        Ok(Caller(named.or(peer).unwrap_or(IpAddr::from([0, 0, 0, 0]))))
    }
}

/// Refuses a try when its caller has tried too often.
pub(crate) fn not_too_often(app: &App, caller: &Caller) -> Result<(), Fail> {
    if app.callers.may_try(caller.0, Instant::now()) {
        Ok(())
    } else {
        Err(Fail::page(
            StatusCode::TOO_MANY_REQUESTS,
            "Too many tries",
            "There were too many tries to sign in from where you are. Wait a minute, then try again.",
        ))
    }
}

/// Forgets a try that went well.
pub(crate) fn went_well(app: &App, caller: &Caller) {
    app.callers.went_well(caller.0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_twenty_first_try_in_a_minute_waits_and_others_do_not() {
        let (callers, start) = (Callers::default(), Instant::now());
        let (one, other) = (IpAddr::from([127, 0, 0, 1]), IpAddr::from([127, 0, 0, 2]));
        assert!((0..TRIES).all(|_| callers.may_try(one, start)));
        assert!(!callers.may_try(one, start));
        assert!(callers.may_try(other, start));
        assert!(callers.may_try(one, start + WITHIN));
    }

    #[test]
    fn a_whole_office_may_sign_in_at_once() {
        let (callers, start) = (Callers::default(), Instant::now());
        let office = IpAddr::from([127, 0, 0, 1]);
        for _ in 0..3 * TRIES {
            assert!(callers.may_try(office, start));
            callers.went_well(office);
        }
    }
}

//! Which program calls: its token, how often it may, and what it has sent before.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use casework::StaffId;
use records::Visit;

use super::problem::Problem;
use crate::App;
use crate::guard::{self, Caller};

/// A call of a program with a token that holds.
pub(crate) struct Call {
    /// The service that is called.
    pub(crate) app: App,
    /// The visit of the program.
    pub(crate) visit: Visit,
    /// What the call says beside its body.
    pub(crate) headers: HeaderMap,
}

impl FromRequestParts<App> for Call {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Call, Problem> {
        let Some(secret) = bearer(&parts.headers) else { return Err(Problem::no_token()) };
        let found = app.service.api_visit(secret).await.map_err(Problem::from);
        let visit = match found {
            Ok(visit) => visit,
            Err(problem) => {
                // Whoever tries secrets is slowed down, by where they come from.
                let caller = Caller::from_request_parts(parts, app).await.map_err(|_| Problem::no_token())?;
                guard::not_too_often(app, &caller).map_err(|_| Problem::too_often(60))?;
                return Err(problem);
            }
        };
        if app.rates.may_call(visit.staff, Instant::now()) {
            Ok(Call { app: app.clone(), visit, headers: parts.headers.clone() })
        } else {
            Err(Problem::too_often(5))
        }
    }
}

/// The secret of the header, if there is one and no more.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut all = headers.get_all(header::AUTHORIZATION).iter();
    let (one, None) = (all.next()?.to_str().ok()?, all.next()) else { return None };
    let (scheme, secret) = one.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim())
}

/// How many calls each token has left.
#[derive(Default)]
pub(crate) struct Rates {
    left: Mutex<HashMap<StaffId, (f64, Instant)>>,
}

/// So many calls at once, and as many again in a minute.
const BURST: f64 = 1200.0;
const MINUTE: Duration = Duration::from_secs(60);

impl Rates {
    /// Counts a call. False when its token has none left.
    fn may_call(&self, token: StaffId, now: Instant) -> bool {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        let (calls, since) = left.entry(token).or_insert((BURST, now));
        let back = now.duration_since(*since).as_secs_f64() / MINUTE.as_secs_f64() * BURST;
        (*calls, *since) = ((*calls + back).min(BURST), now);
        let may = *calls >= 1.0;
        if may {
            *calls -= 1.0;
        }
        may
    }
}

/// The number under which a call acts once, by its `Idempotency-Key` and what it sends.
pub(crate) async fn once(
    app: &App,
    visit: &Visit,
    headers: &HeaderMap,
    path: &str,
    body: &Arc<[u8]>,
) -> Result<[u8; 16], Problem> {
    let key = key(headers)?;
    app.service.api_call(visit, key, &[path.as_bytes(), body]).await?.ok_or_else(|| {
        Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "key-used",
            "This key came with something else before",
            "The same Idempotency-Key was sent with another body or to another address. Use a new key for each act, and the same one only to send the same act again.",
        )
    })
}

fn key(headers: &HeaderMap) -> Result<&str, Problem> {
    let mut all = headers.get_all("idempotency-key").iter();
    let key = all.next().and_then(|value| value.to_str().ok());
    let fine = |key: &&str| {
        (16..=64).contains(&key.len())
            && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    match (key.filter(fine), all.next()) {
        (Some(key), None) => Ok(key),
        _ => Err(Problem::wrong_part(
            StatusCode::BAD_REQUEST,
            "Idempotency-Key",
            "Send an Idempotency-Key of 16 to 64 letters, digits, - and _, say a UUID: the same one when you send the same act again.",
        )),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn a_token_has_its_calls_of_a_minute_and_others_have_theirs() {
        let (rates, start) = (Rates::default(), Instant::now());
        let (one, other) = (StaffId::from_bytes([1; 16]), StaffId::from_bytes([2; 16]));
        let mut done = 0;
        while rates.may_call(one, start) {
            done += 1;
        }
        assert_eq!(done, 1200);
        assert!(rates.may_call(other, start));
        assert!(rates.may_call(one, start + Duration::from_millis(60)));
        assert!(!rates.may_call(one, start + Duration::from_millis(60)));
    }

    #[test]
    fn a_secret_comes_once_and_as_bearer() {
        let headers = |values: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(header::AUTHORIZATION, HeaderValue::from_static(value));
            }
            headers
        };
        assert_eq!(bearer(&headers(&["Bearer kept_00"])), Some("kept_00"));
        assert_eq!(bearer(&headers(&["bearer kept_00"])), Some("kept_00"));
        for wrong in [&["Basic kept_00"][..], &["kept_00"], &[], &["Bearer a", "Bearer b"]] {
            assert_eq!(bearer(&headers(wrong)), None, "{wrong:?}");
        }
    }

    #[test]
    fn a_key_is_long_enough_to_be_random() {
        let of = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert("idempotency-key", HeaderValue::from_static(value));
            key(&headers).is_ok()
        };
        assert!(of("5f0c6a52-6ac0-4a8e-8a07-0f1d4c6a9d11") && of("0123456789abcdef"));
        assert!(!of("1") && !of("with spaces in it, too") && !of(""));
        assert!(key(&HeaderMap::new()).is_err());
    }
}

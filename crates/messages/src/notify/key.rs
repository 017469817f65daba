//! The key of a service in Notify, and the tokens that are signed with it.

use std::fmt;

use aws_lc_rs::hmac;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::Timestamp;
use uuid::Uuid;
use zeroize::Zeroizing;

/// A key of Notify: a name, the service's id, and a secret that nothing prints.
pub struct ApiKey {
    service: String,
    secret: Zeroizing<String>,
}

/// Why a key cannot be read. The key itself is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "This is no API key of GOV.UK Notify. It is a name, the service's id and a secret, with hyphens between; Notify shows it once, when it is made. Copy all of it, or make a new one."
)]
pub struct ApiKeyFault;

/// The length of an id in text.
const ID: usize = 36;

impl ApiKey {
    /// Reads `name-service-secret`, where service and secret are ids. The name may have hyphens of its own.
    ///
    /// # Errors
    /// It is anything else.
    pub fn parse(text: &str) -> Result<ApiKey, ApiKeyFault> {
        let text = text.trim();
        let cut = |text: &str| -> Option<(usize, String)> {
            let start = text.len().checked_sub(ID)?;
            let id = text.get(start..)?;
            Uuid::try_parse(id).ok()?;
            Some((start, id.to_owned()))
        };
        let read = || {
            let (start, secret) = cut(text)?;
            let secret = Zeroizing::new(secret);
            let (start, service) = cut(text.get(..start)?.strip_suffix('-')?)?;
            let name = text.get(..start)?.strip_suffix('-')?;
            (!name.is_empty()).then_some(ApiKey { service, secret })
        };
        read().ok_or(ApiKeyFault)
    }

    /// The service's id in Notify.
    #[must_use]
    pub fn service(&self) -> &str {
        &self.service
    }

    /// A token for one request (RFC 7519, HS256). Notify takes it for thirty seconds around `now`.
    pub(crate) fn token(&self, now: Timestamp) -> Zeroizing<String> {
        let claims = format!(r#"{{"iss":"{}","iat":{}}}"#, self.service, now.as_second());
        let mut token = Zeroizing::new(String::with_capacity(256));
        BASE64_URL_SAFE_NO_PAD.encode_string(r#"{"alg":"HS256","typ":"JWT"}"#, &mut token);
        token.push('.');
        BASE64_URL_SAFE_NO_PAD.encode_string(claims, &mut token);
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.secret.as_bytes());
        let signature = hmac::sign(&key, token.as_bytes());
        token.push('.');
        BASE64_URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        token
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiKey").field("service", &self.service).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SERVICE: &str = "26785a09-ab16-4eb0-8407-a37497a57506";
    const SECRET: &str = "3d844edf-8d35-48ac-975b-e847b4f122b0";

    #[test]
    fn a_key_is_cut_from_its_end() {
        for name in ["live", "my-team-key", "26785a09-ab16-4eb0-8407-a37497a57506"] {
            let key = ApiKey::parse(&format!(" {name}-{SERVICE}-{SECRET}\n")).unwrap();
            assert_eq!((key.service(), key.secret.as_str()), (SERVICE, SECRET));
            assert!(!format!("{key:?}").contains(SECRET));
        }
    }

    #[test]
    fn anything_else_is_no_key_and_is_not_repeated() {
        for text in [
            String::new(),
            "live".into(),
            format!("{SERVICE}-{SECRET}"),
            format!("-{SERVICE}-{SECRET}"),
            format!("live{SERVICE}-{SECRET}"),
            format!("live-{SERVICE}{SECRET}"),
            format!("live-{SERVICE}-{}", &SECRET[..35]),
            format!("live-{SERVICE}-{SECRET}0"),
            format!("live-{}-{SECRET}", SERVICE.replace('a', "g")),
            format!("live-{SERVICE}-{}é{}", &SECRET[..20], &SECRET[22..]),
        ] {
            let fault = ApiKey::parse(&text).unwrap_err();
            assert!(!fault.to_string().contains("3d844edf"));
        }
    }
}

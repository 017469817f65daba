//! Signatures as the Standard Webhooks specification has them: `v1`, HMAC-SHA256 over the id, the time and the body.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// What every secret begins with, so that scanners for leaked secrets know it.
const PREFIX: &str = "whsec_";
/// The specification asks for 24 to 64 bytes.
const BYTES: usize = 32;

/// A text that is no secret of a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no secret of a webhook: it begins with whsec_ and holds 32 bytes in base 64")]
pub struct NotASecret;

/// The secret of a webhook.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Secret(Zeroizing<[u8; BYTES]>);

impl Secret {
    /// From 32 random bytes.
    #[must_use]
    pub fn new(bytes: [u8; BYTES]) -> Secret {
        Secret(Zeroizing::new(bytes))
    }

    /// As the receiver is told it, once.
    #[must_use]
    pub fn text(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("{PREFIX}{}", BASE64_STANDARD.encode(self.0.as_slice())))
    }
}

impl FromStr for Secret {
    type Err = NotASecret;

    fn from_str(text: &str) -> Result<Secret, NotASecret> {
        let bytes = text.strip_prefix(PREFIX).and_then(|rest| BASE64_STANDARD.decode(rest).ok());
        let bytes = Zeroizing::new(bytes.ok_or(NotASecret)?);
        bytes.as_slice().try_into().map(Secret::new).map_err(|_| NotASecret)
    }
}

impl TryFrom<String> for Secret {
    type Error = NotASecret;

    fn try_from(text: String) -> Result<Secret, NotASecret> {
        Zeroizing::new(text).parse()
    }
}

impl From<Secret> for String {
    fn from(secret: Secret) -> String {
        secret.text().to_string()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// The signature of one telling, with its version in front.
#[must_use]
pub fn signature(secret: &Secret, id: &str, at: i64, body: &[u8]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.0.as_slice());
    let mut context = hmac::Context::with_key(&key);
    context.update(format!("{id}.{at}.").as_bytes());
    context.update(body);
    format!("v1,{}", BASE64_STANDARD.encode(context.sign()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key and the signature of the specification's own library, computed with it: see tests/webhooks.rs, where that
    /// library itself checks what is sent.
    #[test]
    fn a_secret_is_read_as_it_is_written_and_shows_itself_nowhere() {
        let secret = Secret::new(*b"32 bytes that are a secret, so !");
        assert_eq!(secret.text().parse::<Secret>().unwrap(), secret);
        assert_eq!(format!("{secret:?}"), "Secret");
        for wrong in ["", "whsec_", "whsec_AAAA", "MzIgYnl0ZXM=", &secret.text().replace("whsec_", "whsec-")]
        {
            assert!(wrong.parse::<Secret>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_signature_is_of_the_id_the_time_and_the_body() {
        let secret = Secret::new([7; 32]);
        let one = signature(&secret, "a", 1, b"{}");
        assert!(one.starts_with("v1,") && one.len() == 3 + 44);
        for other in [
            signature(&secret, "b", 1, b"{}"),
            signature(&secret, "a", 2, b"{}"),
            signature(&secret, "a", 1, b"{ }"),
            signature(&Secret::new([8; 32]), "a", 1, b"{}"),
        ] {
            assert_ne!(one, other);
        }
    }
}

//! Random secrets that people or browsers carry: session tokens, invitation and recovery codes. Only their SHA-256 is kept.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

/// A session's secret: 256 random bits, shown to the browser only.
#[derive(Clone, PartialEq, Eq)]
pub struct Token([u8; 32]);

impl Token {
    /// A new one from the system's random source.
    ///
    /// # Errors
    /// The random source failed; then nobody signs in.
    pub(crate) fn new() -> Result<Token, crate::Error> {
        Ok(Token(random()?))
    }

    /// A token that no session has: for work that is done without a browser, as the demo's.
    #[must_use]
    pub const fn nobodys() -> Token {
        Token([0; 32])
    }

    /// As the cookie carries it: 64 hexadecimal digits.
    #[must_use]
    pub fn cookie(&self) -> String {
        hex::encode(self.0)
    }

    /// From a cookie; none if it is not one of ours.
    #[must_use]
    pub fn from_cookie(text: &str) -> Option<Token> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).ok()?;
        Some(Token(bytes))
    }

    /// What the store keeps of it.
    pub(crate) fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.0).into()
    }
}

/// `N` bytes from the system's random source.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], crate::Error> {
    let mut bytes = [0; N];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| crate::Error::Damaged("random source"))?;
    Ok(bytes)
}

/// A code of 120 random bits that a person can type: `ABCDE-...`, in base 32 without letters that look like digits.
pub(crate) fn typed_code() -> Result<String, crate::Error> {
    const LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let bytes: [u8; 24] = random()?;
    let mut code = String::with_capacity(29);
    for (i, byte) in bytes.iter().enumerate() {
        if i > 0 && i % 6 == 0 {
            code.push('-');
        }
        // 256 is a multiple of 32, so each letter is as likely as any other.
        code.push(char::from(*LETTERS.get(usize::from(byte % 32)).unwrap_or(&b'A')));
    }
    Ok(code)
}

/// The digest to keep of a typed code: spaces, dashes and case do not matter.
pub(crate) fn code_digest(code: &str) -> String {
    let plain: String =
        code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
    let mut text = String::with_capacity(64);
    for byte in Sha256::digest(plain.as_bytes()) {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_typed_back_in_any_shape() {
        let code = typed_code().unwrap();
        assert_eq!(code.len(), 27);
        assert_eq!(code_digest(&code), code_digest(&code.to_lowercase().replace('-', " ")));
        assert_ne!(code_digest(&code), code_digest(&typed_code().unwrap()));
    }

    #[test]
    fn a_token_comes_back_from_its_cookie_and_nothing_else_does() {
        let token = Token::new().unwrap();
        assert!(Token::from_cookie(&token.cookie()).is_some_and(|t| t == token));
        for bad in ["", "zz", "00", &token.cookie()[1..], &format!("{}0", token.cookie())] {
            assert!(Token::from_cookie(bad).is_none(), "{bad}");
        }
    }
}

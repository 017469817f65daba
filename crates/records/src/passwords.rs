//! Passwords: what is good enough, how they are kept, how they are checked.
//!
//! argon2id with 64 MiB, two passes, one lane (ASVS 5.0 11.4.2, OWASP password storage sheet); at most as many at once
//! as there are cores, so that a flood of sign-ins cannot take the memory.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use tokio::sync::Semaphore;

/// Shortest password accepted, in characters. Everybody has a second factor too.
pub const SHORTEST: usize = 12;
/// Longest password accepted, in characters.
pub const LONGEST: usize = 128;

const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 2;

static AT_ONCE: Semaphore = Semaphore::const_new(2);

/// What is wrong with a new password, and what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Weak {
    /// Fewer characters than `SHORTEST`.
    #[error("Enter a password of at least 12 characters. Three or four random words are easy to remember.")]
    Short,
    /// More characters than `LONGEST`.
    #[error("Enter a password of at most 128 characters.")]
    Long,
    /// Known to everybody who guesses passwords, or made of what they know about you.
    #[error(
        "Choose a password that is harder to guess: not your name, the service's name or a well-known one."
    )]
    Guessable,
}

/// Whether a new password will do for somebody with this name and e-mail address.
///
/// # Errors
/// What is wrong with it.
pub fn good_enough(password: &str, known: &[&str]) -> Result<(), Weak> {
    let length = password.chars().count();
    if length < SHORTEST {
        return Err(Weak::Short);
    }
    if length > LONGEST {
        return Err(Weak::Long);
    }
    let lower = password.to_lowercase();
    let mut letters: Vec<char> = lower.chars().collect();
    letters.sort_unstable();
    letters.dedup();
    // What is left once the words that a guesser tries first are taken away must still be long.
    let mut rest = lower.clone();
    let own = known.iter().flat_map(|k| k.split(|c: char| !c.is_alphanumeric())).filter(|w| w.len() > 2);
    for word in COMMON.iter().copied().chain(own) {
        rest = rest.replace(&word.to_lowercase(), "");
    }
    if letters.len() < 5 || rest.chars().filter(|c| c.is_alphabetic()).count() < 5 && rest.chars().count() < 8
    {
        return Err(Weak::Guessable);
    }
    Ok(())
}

const COMMON: &[&str] = &[
    "password",
    "passw0rd",
    "letmein",
    "welcome",
    "qwertyuiop",
    "qwerty",
    "asdfghjkl",
    "zxcvbnm",
    "iloveyou",
    "admin",
    "administrator",
    "football",
    "liverpool",
    "everton",
    "arsenal",
    "chelsea",
    "sunshine",
    "princess",
    "monkey",
    "dragon",
    "master",
    "secret",
    "summer",
    "winter",
    "spring",
    "autumn",
    "january",
    "february",
    "october",
    "november",
    "december",
    "monday",
    "friday",
    "council",
    "adviser",
    "advisor",
    "employment",
    "casework",
    "kept",
    "changeme",
    "default",
    "login",
    "abc123",
    "1234567890",
    "123456789",
    "12345678",
    "1234567",
    "123456",
    "12345",
    "1234",
    "0000",
    "1111",
    "2024",
    "2025",
    "2026",
    "2027",
];

fn hasher() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// The hash to keep of a password, as a PHC string. None if the hasher fails.
pub async fn hash(password: &str) -> Option<String> {
    let _turn = AT_ONCE.acquire().await.ok()?;
    let password = password.to_owned();
    tokio::task::spawn_blocking(move || {
        hasher().hash_password(password.as_bytes()).ok().map(|h| h.to_string())
    })
    .await
    .ok()?
}

/// Whether `password` is the one that was hashed. With no hash (an unknown person) the same work is done and the answer is no,
/// so that the time taken does not tell who works here.
pub async fn is_right(password: &str, kept: Option<&str>) -> bool {
    let Ok(_turn) = AT_ONCE.acquire().await else { return false };
    let password = password.to_owned();
    let kept = kept.map(str::to_owned);
    tokio::task::spawn_blocking(move || match kept.as_deref().map(PasswordHash::new) {
        Some(Ok(hash)) => hasher().verify_password(password.as_bytes(), &hash).is_ok(),
        _ => {
            let _ = hasher().hash_password(password.as_bytes());
            false
        }
    })
    .await
    .unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weak_passwords_are_refused_with_the_reason() {
        let table = [
            ("short", Err(Weak::Short)),
            ("password1234", Err(Weak::Guessable)),
            ("aaaaaaaaaaaaaaaa", Err(Weak::Guessable)),
            ("amara.okafor2026", Err(Weak::Guessable)),
            ("Northbridge2026!", Err(Weak::Guessable)),
            ("copper kettle drifts north", Ok(())),
            ("tr4m-violet-anchor", Ok(())),
        ];
        for (password, expected) in table {
            assert_eq!(
                good_enough(password, &["Amara Okafor", "amara.okafor@example.org", "Northbridge"]),
                expected
            );
        }
        assert_eq!(good_enough(&"x1y2z3w4".repeat(20), &[]), Err(Weak::Long));
    }

    #[tokio::test]
    async fn a_hash_knows_its_own_password_only() {
        let kept = hash("copper kettle drifts north").await.unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=65536,t=2,p=1$"), "{kept}");
        assert!(is_right("copper kettle drifts north", Some(&kept)).await);
        assert!(!is_right("copper kettle drifts south", Some(&kept)).await);
        assert!(!is_right("copper kettle drifts north", None).await);
        assert!(!is_right("x", Some("not a hash")).await);
    }
}

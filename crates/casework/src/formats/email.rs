//! E-mail addresses, read pragmatically: what mail servers carry every day, not all that RFC 5321 allows.

use std::fmt;

use super::kept_as_text;

/// The longest address that mail servers carry (RFC 5321, with its erratum).
const LONGEST: usize = 254;
/// The longest part before the @.
const LONGEST_NAME: usize = 64;

/// An e-mail address, its domain in small letters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Email(String);

/// Why a text is no e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EmailFault {
    /// Not one name, one @ and one domain.
    #[error("Enter an email address, like name@example.org")]
    Shape,
    /// A space or line break inside.
    #[error("An email address has no spaces. Enter one address, like name@example.org")]
    Space,
    /// A domain without a dot, or with an empty part.
    #[error("The part after the @ is not complete. Enter it like name@example.org")]
    Domain,
    /// Longer than any mail server takes.
    #[error("This email address is longer than {LONGEST} characters. Check it")]
    TooLong,
}

impl Email {
    /// Reads an address.
    ///
    /// # Errors
    /// What is wrong with it and what to do.
    pub fn parse(typed: &str) -> Result<Email, EmailFault> {
        let typed = typed.trim();
        if typed.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(EmailFault::Space);
        }
        let (name, domain) = typed.split_once('@').ok_or(EmailFault::Shape)?;
        if typed.len() > LONGEST || name.len() > LONGEST_NAME {
            return Err(EmailFault::TooLong);
        }
        // Brackets, commas and quotes come from address books and lists of several addresses.
        let strange =
            |c: char| matches!(c, '@' | ',' | ';' | ':' | '<' | '>' | '(' | ')' | '[' | ']' | '"' | '\\');
        if name.is_empty()
            || name.chars().any(strange)
            || domain.chars().any(strange)
            || name.starts_with('.')
            || name.ends_with('.')
            || name.contains("..")
        {
            return Err(EmailFault::Shape);
        }
        let domain = domain.to_lowercase();
        let label_fits = |label: &str| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        };
        let last_fits = domain
            .rsplit('.')
            .next()
            .is_some_and(|l| l.chars().count() >= 2 && !l.chars().all(|c| c.is_ascii_digit()));
        if !domain.contains('.') || !domain.split('.').all(label_fits) || !last_fits {
            return Err(EmailFault::Domain);
        }
        // Small letters may take more bytes than capitals.
        if name.len() + 1 + domain.len() > LONGEST {
            return Err(EmailFault::TooLong);
        }
        Ok(Email(format!("{name}@{domain}")))
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address in small letters throughout, for comparing: nobody tells mailboxes apart by capitals any more.
    #[must_use]
    pub fn folded(&self) -> String {
        self.0.to_lowercase()
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

kept_as_text!(Email, EmailFault);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses_are_read_as_people_write_them() {
        for (typed, kept) in [
            ("ann@example.org", "ann@example.org"),
            (" Ann.Other+jobs@Example.ORG ", "Ann.Other+jobs@example.org"),
            ("o'neill@mail.example.org", "o'neill@mail.example.org"),
            ("zoë@example.org", "zoë@example.org"),
        ] {
            assert_eq!(Email::parse(typed).unwrap().as_str(), kept, "{typed}");
        }
        assert_eq!(Email::parse("ANN@example.org").unwrap().folded(), "ann@example.org");
    }

    #[test]
    fn what_is_no_address_is_refused_with_what_to_do() {
        let long = format!("{}@example.org", "a".repeat(65));
        for (typed, fault) in [
            ("", EmailFault::Shape),
            ("ann", EmailFault::Shape),
            ("@example.org", EmailFault::Shape),
            ("ann@@example.org", EmailFault::Shape),
            ("ann@one.org,bob@two.org", EmailFault::Shape),
            ("Ann<ann@example.org>", EmailFault::Shape),
            ("ann..b@example.org", EmailFault::Shape),
            ("ann @example.org", EmailFault::Space),
            ("ann@example.org bob@example.org", EmailFault::Space),
            ("ann@example", EmailFault::Domain),
            ("ann@example.", EmailFault::Domain),
            ("ann@.org", EmailFault::Domain),
            ("ann@example.o", EmailFault::Domain),
            ("ann@127.0.0.1", EmailFault::Domain),
            ("ann@-example.org", EmailFault::Domain),
            (long.as_str(), EmailFault::TooLong),
        ] {
            assert_eq!(Email::parse(typed), Err(fault), "{typed}");
        }
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_reader_and_what_is_shown_reads_the_same(typed in "\\PC{0,20}|\\PC{1,8}@[a-zA-Zß-ÿ0-9.-]{1,12}\\.[a-z]{1,3}") {
            if let Ok(email) = Email::parse(&typed) {
                prop_assert_eq!(Email::parse(&email.to_string()), Ok(email));
            }
        }
    }
}

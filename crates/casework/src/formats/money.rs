//! Amounts of money: typed as people write pounds, kept in pence.

/// The largest amount that anybody here pays or earns at once: 9,999,999.99 pounds.
const LARGEST: i64 = 999_999_999;

/// What is wrong with an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyFault {
    /// Not an amount at all.
    #[error("Enter an amount in pounds, like 145 or 145.50")]
    NotAnAmount,
    /// Below nothing.
    #[error("Enter 0 or more")]
    Negative,
    /// More than anybody here pays or earns at once.
    #[error("Enter an amount below 10,000,000 pounds")]
    TooLarge,
}

/// Reads an amount in pounds as pence: `£1,234.50`, `145`, `145.5` (which is 145.50).
///
/// # Errors
/// What is wrong and what to do.
pub fn read(typed: &str) -> Result<i64, MoneyFault> {
    let text = typed.trim();
    let (negative, text) = text.strip_prefix(['-', '−']).map_or((false, text), |rest| (true, rest));
    let text = text.trim_start().strip_prefix('£').unwrap_or(text);
    let text: String = text.chars().filter(|c| !matches!(c, ' ' | ',')).collect();
    let (pounds, pence) = text.split_once('.').unwrap_or((&text, ""));
    let digits = |part: &str| part.chars().all(|c| c.is_ascii_digit());
    if !digits(pounds) || !digits(pence) || pence.len() > 2 || (pounds.is_empty() && pence.is_empty()) {
        return Err(MoneyFault::NotAnAmount);
    }
    if negative {
        return Err(MoneyFault::Negative);
    }
    format!("{pounds}{pence:0<2}").parse().ok().filter(|pence| *pence <= LARGEST).ok_or(MoneyFault::TooLarge)
}

/// An amount as pages show it: `£1,234.50`.
#[must_use]
pub fn pounds(pence: i64) -> String {
    let digits = (pence.unsigned_abs() / 100).to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let sign = if pence < 0 { "−" } else { "" };
    format!("{sign}£{grouped}.{:02}", pence.unsigned_abs() % 100)
}

/// An amount as a form holds it: `1234.50`.
#[must_use]
pub fn plain(pence: i64) -> String {
    format!("{}.{:02}", pence / 100, pence.unsigned_abs() % 100)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn amounts_are_read_as_people_write_them() {
        let table = [
            ("145", Ok(14_500)),
            ("£ 1,234.5", Ok(123_450)),
            (".99", Ok(99)),
            ("0", Ok(0)),
            ("9,999,999.99", Ok(LARGEST)),
            ("10000000", Err(MoneyFault::TooLarge)),
            ("99999999999999999999", Err(MoneyFault::TooLarge)),
            ("-5", Err(MoneyFault::Negative)),
            ("12.345", Err(MoneyFault::NotAnAmount)),
            ("1.2.3", Err(MoneyFault::NotAnAmount)),
            ("a lot", Err(MoneyFault::NotAnAmount)),
            (".", Err(MoneyFault::NotAnAmount)),
            ("£", Err(MoneyFault::NotAnAmount)),
        ];
        for (typed, read_as) in table {
            assert_eq!(read(typed), read_as, "{typed}");
        }
        assert_eq!(pounds(123_456_705), "£1,234,567.05");
    }

    proptest! {
        #[test]
        fn what_is_shown_reads_the_same_again(pence in 0..=LARGEST) {
            prop_assert_eq!(read(&pounds(pence)), Ok(pence));
            prop_assert_eq!(read(&plain(pence)), Ok(pence));
        }

        #[test]
        fn nothing_that_can_be_typed_breaks_it(typed in ".{0,40}") {
            let _ = read(&typed);
        }
    }
}

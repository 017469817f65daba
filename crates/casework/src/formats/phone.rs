//! Telephone numbers: any spacing in, E.164 kept, the national form shown.

use std::fmt;

use super::kept_as_text;

/// A telephone number, kept as E.164: `+447700900123`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Phone(String);

/// Why a text is no telephone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PhoneFault {
    /// Other things than digits.
    #[error("Enter a phone number in digits, like 07700 900 123 or +44 151 496 0123")]
    Characters,
    /// Too few digits.
    #[error("This phone number is too short. Enter all of it with its area code, like 0151 496 0123")]
    TooShort,
    /// Too many digits.
    #[error("This phone number is too long. Enter one number in each box, like 07700 900 123")]
    TooLong,
    /// Neither 0 nor + at the beginning.
    #[error("Enter the phone number with its area code, beginning with 0, or with + and the country")]
    NoAreaCode,
    /// Begins with what no number in the United Kingdom begins with.
    #[error("No phone number in the UK begins like this. Check the first digits")]
    NotInUse,
}

impl Phone {
    /// Reads a number in any spacing, with 0, +44 or 0044 in front, or + and another country.
    ///
    /// # Errors
    /// What is wrong with it and what to do.
    pub fn parse(typed: &str) -> Result<Phone, PhoneFault> {
        // "+44 (0)151 496 0123": the trunk 0 in brackets is not dialled from abroad.
        let typed = typed.trim().replace("(0)", "");
        let mut digits = String::new();
        let mut international = false;
        for c in typed.chars() {
            match c {
                '+' if digits.is_empty() && !international => international = true,
                '0'..='9' if digits.len() < 20 => digits.push(c),
                '0'..='9' => return Err(PhoneFault::TooLong),
                ' ' | '-' | '.' | '/' | '(' | ')' | '\u{a0}' | '\u{2010}'..='\u{2013}' => {}
                _ => return Err(PhoneFault::Characters),
            }
        }
        if digits.is_empty() {
            return Err(PhoneFault::Characters);
        }
        let abroad = match (international, digits.strip_prefix("00")) {
            (true, _) => Some(digits.as_str()),
            (false, after) => after,
        };
        match abroad {
            Some(number) => match number.strip_prefix("44") {
                Some(national) => of_the_uk(national.strip_prefix('0').unwrap_or(national)),
                None => of_another_country(number),
            },
            None => match digits.strip_prefix('0') {
                Some(national) => of_the_uk(national),
                // 447700900123, as spreadsheets leave it.
                None => match digits.strip_prefix("44") {
                    Some(national) if national.len() == 10 => of_the_uk(national),
                    _ => Err(PhoneFault::NoAreaCode),
                },
            },
        }
    }

    /// As kept: `+447700900123`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As kept, the name that standards use for it; also what a `tel:` link takes.
    #[must_use]
    pub fn e164(&self) -> &str {
        &self.0
    }

    /// As people in the United Kingdom write it: `07700 900 123`; numbers of other countries keep their +.
    #[must_use]
    pub fn national(&self) -> String {
        let Some(rest) = self.0.strip_prefix("+44") else { return self.0.clone() };
        let number = format!("0{rest}");
        let area = area_digits(&number);
        let (area, rest) = number.split_at_checked(area).unwrap_or((&number, ""));
        match rest.len() {
            0..=5 => format!("{area} {rest}"),
            6 => spaced(area, rest, 3),
            7 => spaced(area, rest, 3),
            _ => spaced(area, rest, 4),
        }
    }

    /// Whether it is a mobile of the United Kingdom: 07, without personal numbers (070) and pagers (076; the Isle of
    /// Man's mobiles, 07624, are no pagers).
    #[must_use]
    pub fn is_mobile(&self) -> bool {
        let number = self.0.as_str();
        number.len() == 13
            && number.starts_with("+447")
            && !number.starts_with("+4470")
            && (!number.starts_with("+4476") || number.starts_with("+447624"))
    }

    /// Whether a text message can be sent to it: a mobile here, or any number abroad, where nobody can tell.
    #[must_use]
    pub fn may_text(&self) -> bool {
        self.is_mobile() || !self.0.starts_with("+44")
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.national())
    }
}

kept_as_text!(Phone, PhoneFault);

/// A number of the United Kingdom without its 0: ten digits; nine in a few old areas and for 0800 numbers.
fn of_the_uk(national: &str) -> Result<Phone, PhoneFault> {
    if !matches!(national.as_bytes().first(), None | Some(b'1' | b'2' | b'3' | b'5' | b'7' | b'8' | b'9')) {
        return Err(PhoneFault::NotInUse);
    }
    let nine_will_do = matches!(national.as_bytes().first(), Some(b'1' | b'8'));
    match national.len() {
        10 => Ok(Phone(format!("+44{national}"))),
        9 if nine_will_do => Ok(Phone(format!("+44{national}"))),
        0..=9 => Err(PhoneFault::TooShort),
        _ => Err(PhoneFault::TooLong),
    }
}

/// A number of another country with its country code: up to 15 digits in all.
fn of_another_country(number: &str) -> Result<Phone, PhoneFault> {
    match number.len() {
        _ if number.starts_with('0') => Err(PhoneFault::NotInUse),
        0..=6 => Err(PhoneFault::TooShort),
        7..=15 => Ok(Phone(format!("+{number}"))),
        _ => Err(PhoneFault::TooLong),
    }
}

/// How many digits of a number with its 0 are the area or service code.
fn area_digits(number: &str) -> usize {
    let is = |prefix: &str| number.starts_with(prefix);
    if is("02") {
        3
    } else if is("03")
        || is("08")
        || is("09")
        || is("011")
        || (is("01") && number.as_bytes().get(3) == Some(&b'1'))
    {
        4
    } else {
        5
    }
}

fn spaced(area: &str, rest: &str, first: usize) -> String {
    let (one, two) = rest.split_at_checked(first).unwrap_or((rest, ""));
    format!("{area} {one} {two}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (typed, kept, shown) in [
            ("07700 900123", "+447700900123", "07700 900 123"),
            ("07700-900-123", "+447700900123", "07700 900 123"),
            ("(0151) 496 0123", "+441514960123", "0151 496 0123"),
            ("+44 (0)151 496 0123", "+441514960123", "0151 496 0123"),
            ("+44 0151 496 0123", "+441514960123", "0151 496 0123"),
            ("0044 7700 900 123", "+447700900123", "07700 900 123"),
            ("447700900123", "+447700900123", "07700 900 123"),
            ("020 7946 0123", "+442079460123", "020 7946 0123"),
            ("01632 960123", "+441632960123", "01632 960 123"),
            ("08081 570123", "+448081570123", "0808 157 0123"),
            ("+353 20 912 3456", "+353209123456", "+353209123456"),
        ] {
            let phone = Phone::parse(typed).unwrap();
            assert_eq!((phone.e164(), phone.national().as_str()), (kept, shown), "{typed}");
        }
    }

    #[test]
    fn what_is_no_number_is_refused_with_what_to_do() {
        for (typed, fault) in [
            ("", PhoneFault::Characters),
            ("ring mum", PhoneFault::Characters),
            ("07700 900123 (after 5)", PhoneFault::Characters),
            ("07700 90012", PhoneFault::TooShort),
            ("07700 9001234", PhoneFault::TooLong),
            ("496 0123", PhoneFault::NoAreaCode),
            ("04700 900123", PhoneFault::NotInUse),
            ("+0 12345678", PhoneFault::NotInUse),
            ("07700+900123", PhoneFault::Characters),
            ("+1234567890123456", PhoneFault::TooLong),
        ] {
            assert_eq!(Phone::parse(typed), Err(fault), "{typed}");
        }
    }

    #[test]
    fn texts_go_to_mobiles_only() {
        for (typed, mobile, text) in [
            ("07700 900 123", true, true),
            ("07000 900 123", false, false),
            ("07600 900 123", false, false),
            ("07624 900 123", true, true),
            ("0151 496 0123", false, false),
            ("+353 20 912 3456", false, true),
        ] {
            let phone = Phone::parse(typed).unwrap();
            assert_eq!((phone.is_mobile(), phone.may_text()), (mobile, text), "{typed}");
        }
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_reader_and_what_is_shown_reads_the_same(typed in "\\PC{0,16}|[+0]?[0-9 ()-]{6,18}") {
            if let Ok(phone) = Phone::parse(&typed) {
                prop_assert_eq!(Phone::parse(&phone.to_string()), Ok(phone.clone()));
                prop_assert_eq!(Phone::parse(phone.e164()), Ok(phone));
            }
        }
    }
}

//! Dates of birth as files have them, faults included: the 31st of a 14th month is still something to compare.

use crate::fold::fold;

/// A date of birth that need not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Birth {
    pub(super) year: u16,
    pub(super) month: u8,
    pub(super) day: u8,
}

/// Two digits of a year up to this one are after 2000.
const YOUNGEST: u16 = 15;

impl Birth {
    /// 1991-03-14, 14/03/1991, 14.3.91, 19910314, 14 March 1991, with or without a time behind it.
    pub(super) fn read(text: &str) -> Option<Birth> {
        let text = fold(text.trim());
        let day =
            text.split_once('t').filter(|(day, _)| day.len() == 10).map_or(text.as_str(), |(day, _)| day);
        let tokens: Vec<&str> =
            day.split(|c: char| !c.is_alphanumeric()).filter(|token| !token.is_empty()).take(3).collect();
        match *tokens.as_slice() {
            [run] if run.len() == 8 && run.bytes().all(|b| b.is_ascii_digit()) => {
                let piece = |from: usize, to: usize| run.get(from..to).unwrap_or("");
                let by_year = Birth::of(piece(0, 4), piece(4, 6), piece(6, 8));
                by_year.or_else(|| Birth::of(piece(4, 8), piece(2, 4), piece(0, 2)))
            }
            [year, month, day] if year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit()) => {
                Birth::of(year, month, day)
            }
            [month, day, year] if month.starts_with(|c: char| c.is_alphabetic()) => {
                Birth::of(year, month, day)
            }
            [day, month, year] => Birth::of(year, month, day),
            _ => None,
        }
    }

    fn of(year: &str, month: &str, day: &str) -> Option<Birth> {
        const MONTHS: [&str; 12] =
            ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
        let named = MONTHS.iter().position(|name| month.starts_with(name));
        let month = match named {
            Some(at) => u8::try_from(at + 1).ok()?,
            None => month.parse().ok().filter(|month| *month < 100)?,
        };
        let day = day.trim_end_matches(char::is_alphabetic).parse().ok().filter(|day| *day < 100)?;
        let year = match (year.parse::<u16>().ok()?, year.len()) {
            (full @ 1850..2200, 4) => full,
            (short, 2) => short + if short <= YOUNGEST { 2000 } else { 1900 },
            _ => return None,
        };
        Some(Birth { year, month, day })
    }

    /// The same with the smaller of day and month first: equal for both ways to write it.
    pub(super) fn unordered(self) -> (u16, u8, u8) {
        (self.year, self.month.min(self.day), self.month.max(self.day))
    }

    /// Whether it is what programs write where there is no date: the first day of the century before, or day 0 of a spreadsheet.
    pub(super) const fn is_nothing(self) -> bool {
        self.year <= 1901 && (self.is_new_year() || (self.month == 12 && self.day >= 30))
    }

    /// Whether it is what forms hold where nobody knew the day.
    pub(super) const fn is_new_year(self) -> bool {
        self.month == 1 && self.day == 1
    }

    /// Its eight digits.
    pub(super) fn digits(self) -> [u8; 8] {
        let mut rest = u32::from(self.year) * 10_000 + u32::from(self.month) * 100 + u32::from(self.day);
        let mut digits = [0; 8];
        for place in digits.iter_mut().rev() {
            *place = u8::try_from(rest % 10).unwrap_or(0);
            rest /= 10;
        }
        digits
    }
}

#[cfg(test)]
mod tests {
    use super::Birth;

    #[test]
    fn a_day_is_read_in_any_usual_form() {
        let day = Some(Birth { year: 1991, month: 3, day: 14 });
        for text in [
            "1991-03-14",
            "14/03/1991",
            "14.3.91",
            "19910314",
            "14031991",
            "14 March 1991",
            "14th Mar 1991",
            "March 14, 1991",
            "1991-03-14T00:00:00",
            "1991-03-14 00:00:00",
            " 14-Mar-91 ",
        ] {
            assert_eq!(Birth::read(text), day, "{text}");
        }
        for (text, nothing) in
            [("1900-01-01", true), ("30/12/1899", true), ("1900-01-02", false), ("2001-01-01", false)]
        {
            assert_eq!(Birth::read(text).unwrap().is_nothing(), nothing, "{text}");
        }
        for text in ["", "unknown", "14", "1991", "14/3", "99999999999"] {
            assert_eq!(Birth::read(text), None, "{text}");
        }
        assert!(Birth::read("19913214").is_some(), "a fault can be compared");
    }
}

//! Dates in files: 3/4/26 is the third of April here and the fourth of March elsewhere. A column says itself which it is if one of
//! its dates can be read in one way only; otherwise somebody is asked.

use jiff::civil::Date;

use crate::answers::Boxes;
use crate::dates::{self, DateFault, When};

/// What comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Order {
    /// The day: 3/4/26 is 3 April.
    DayFirst,
    /// The month: 3/4/26 is 4 March.
    MonthFirst,
}

impl Order {
    /// The code in forms and options.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Order::DayFirst => "day",
            Order::MonthFirst => "month",
        }
    }

    /// Reads a code.
    #[must_use]
    pub fn of(code: &str) -> Option<Order> {
        [Order::DayFirst, Order::MonthFirst].into_iter().find(|order| order.code() == code)
    }
}

/// What the dates of a column have shown, each with the first line that showed it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Seen {
    /// A date that can only have its day first.
    pub day_first: Option<u64>,
    /// A date that can only have its month first.
    pub month_first: Option<u64>,
    /// A date that can be read in both ways.
    pub either: Option<u64>,
}

/// Three numbers with the year last.
fn numbers(cell: &str) -> Option<[u16; 3]> {
    // A time after the date, as exports have it, says nothing about the day.
    let date = cell.split_whitespace().next()?;
    let mut parts = date.split(['/', '.', '-']);
    let mut next = || parts.next().filter(|part| !part.is_empty() && part.len() <= 4)?.parse().ok();
    let three = [next()?, next()?, next()?];
    (parts.next().is_none() && date.split(['/', '.', '-']).next().is_some_and(|first| first.len() <= 2))
        .then_some(three)
}

impl Seen {
    /// Looks at a cell.
    pub fn look(&mut self, cell: &str, line: u64) {
        let Some([first, second, _]) = numbers(cell) else { return };
        let note = match (first > 12, second > 12) {
            (true, false) => &mut self.day_first,
            (false, true) => &mut self.month_first,
            (false, false) if first != second => &mut self.either,
            _ => return,
        };
        note.get_or_insert(line);
    }

    /// The order that the column itself shows; none if it shows none or both.
    #[must_use]
    pub fn order(&self) -> Option<Order> {
        match (self.day_first, self.month_first) {
            (Some(_), None) => Some(Order::DayFirst),
            (None, Some(_)) => Some(Order::MonthFirst),
            _ => None,
        }
    }

    /// Whether somebody has to say which it is.
    #[must_use]
    pub fn has_to_be_asked(&self) -> bool {
        self.order().is_none() && (self.either.is_some() || self.mixed())
    }

    /// Whether the column has dates of both kinds.
    #[must_use]
    pub fn mixed(&self) -> bool {
        self.day_first.is_some() && self.month_first.is_some()
    }
}

/// Reads a cell.
///
/// # Errors
/// What is wrong with it.
pub fn read(cell: &str, order: Order, when: When, today: Date) -> Result<Date, DateFault> {
    let Some([first, second, year]) = numbers(cell) else {
        // 2026-04-03T00:00:00 and 2026-04-03 00:00:00 are dates with a midnight that nobody meant.
        let date = cell.split('T').next().filter(|date| date.len() == 10).unwrap_or(cell);
        let date = match date.split_once(' ') {
            Some((day, time)) if time.contains(':') => day,
            _ => date,
        };
        return dates::read_date(date, when, today);
    };
    let (day, month) = if order == Order::DayFirst { (first, second) } else { (second, first) };
    let year = if year < 100 { format!("{year:02}") } else { year.to_string() };
    let boxes = Boxes { day: day.to_string(), month: month.to_string(), year };
    dates::read_boxes(&boxes, when, today)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_column_says_itself_what_comes_first_or_somebody_is_asked() {
        let seen = |cells: &[&str]| {
            let mut seen = Seen::default();
            for (line, cell) in (2..).zip(cells) {
                seen.look(cell, line);
            }
            seen
        };
        let cases: [(&[&str], Option<Order>, bool); 8] = [
            (&["3/4/26", "27/3/1987"], Some(Order::DayFirst), false),
            (&["3/4/26", "3/27/1987 00:00"], Some(Order::MonthFirst), false),
            (&["3/4/26", "4.3.2026"], None, true),
            (&["27/3/26", "3/27/26"], None, true),
            (&["4/4/26"], None, false),
            (&["2026-04-03", "27 March 1987", "", "unknown"], None, false),
            (&[], None, false),
            (&["3/4"], None, false),
        ];
        for (cells, order, asked) in cases {
            let seen = seen(cells);
            assert_eq!((seen.order(), seen.has_to_be_asked()), (order, asked), "{cells:?}");
        }
        assert_eq!(seen(&["", "3/4/26"]).either, Some(3));
    }

    #[test]
    fn dates_are_read_in_the_order_that_was_said() {
        let today = date(2026, 11, 26);
        let read = |cell, order| read(cell, order, When::Any, today).ok();
        assert_eq!(read("3/4/26", Order::DayFirst), Some(date(2026, 4, 3)));
        assert_eq!(read("3/4/26", Order::MonthFirst), Some(date(2026, 3, 4)));
        for cell in ["2026-04-03", "2026-04-03T00:00:00", "2026-04-03 00:00:00", "3 April 2026"] {
            assert_eq!(read(cell, Order::MonthFirst), Some(date(2026, 4, 3)), "{cell}");
        }
        assert_eq!(read("31/2/2026", Order::DayFirst), None);
    }
}

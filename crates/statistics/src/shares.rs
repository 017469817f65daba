//! Percentages and averages of figures that are rounded already.

/// A share is shown only of at least so many.
pub const LEAST_OF: u64 = 25;
/// An average is shown only of at least so many people.
pub const LEAST_AVERAGED: u64 = 8;
/// From so many on a share has a decimal.
const DECIMAL_FROM: u64 = 100;

/// `part` of `of` in per cent, both as they are shown; none of fewer than 25. Without decimals under 100.
#[must_use]
pub fn percentage(part: u64, of: u64) -> Option<String> {
    if of < LEAST_OF {
        return None;
    }
    // Rounded figures need not add up: nothing is more than all.
    let share = (part as f64 / of as f64 * 100.0).min(100.0);
    Some(if of < DECIMAL_FROM { format!("{share:.0} %") } else { format!("{share:.1} %") })
}

/// The mean of the values of some people; none of fewer than 8.
#[must_use]
pub fn average(values: &[f64]) -> Option<f64> {
    let enough = values.len() as u64 >= LEAST_AVERAGED;
    enough.then(|| values.iter().sum::<f64>() / values.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_and_averages_of_few_are_not_shown() {
        assert_eq!(percentage(10, 20), None);
        assert_eq!(percentage(10, 25).as_deref(), Some("40 %"));
        assert_eq!(percentage(35, 105).as_deref(), Some("33.3 %"));
        assert_eq!(percentage(110, 105).as_deref(), Some("100.0 %"));
        assert_eq!(average(&[1.0; 7]), None);
        assert_eq!(average(&[2.0; 8]), Some(2.0));
    }
}

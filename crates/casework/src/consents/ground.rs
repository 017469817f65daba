//! On what data rests, and what is left of that when consent is taken back (UK GDPR Art. 17(1)(b)).

use jiff::civil::Date;
use notice::{Article6, Category, Notice, Purpose};

use crate::dates;

/// The purposes that this notice rests on consent: those whose consent can be taken back, each by itself.
#[must_use]
pub fn on_consent(notice: &Notice) -> Vec<Purpose> {
    let asks = |purpose: &Purpose| {
        notice.purpose(*purpose).is_some_and(|given| given.bases.iter().any(|b| b.article == Article6::A))
    };
    Purpose::ALL.iter().copied().filter(asks).collect()
}

/// Whether a purpose is a reason to hold data at all. Keeping it safe and answering about it are not: they follow it.
const fn holds(purpose: Purpose) -> bool {
    !matches!(purpose, Purpose::Rights | Purpose::Keeping)
}

/// The categories for which these notices leave no ground once the consents to `withdrawn` are taken back, in the order of
/// the notice. Vital interests (d) are a ground to act in an emergency, none to go on holding a file.
#[must_use]
pub fn without_ground(notices: &[&Notice], withdrawn: &[Purpose]) -> Vec<Category> {
    let left = |category: Category| {
        notices.iter().flat_map(|notice| &notice.purposes).any(|given| {
            holds(given.purpose)
                && given.categories.contains(&category)
                && given.bases.iter().any(|basis| match basis.article {
                    Article6::A => !withdrawn.contains(&given.purpose),
                    Article6::D => false,
                    _ => true,
                })
        })
    };
    let held_on_consent = |category: Category| {
        notices.iter().flat_map(|notice| &notice.purposes).any(|given| {
            holds(given.purpose)
                && given.categories.contains(&category)
                && withdrawn.contains(&given.purpose)
                && given.bases.iter().any(|basis| basis.article == Article6::A)
        })
    };
    Category::ALL.iter().copied().filter(|c| held_on_consent(*c) && !left(*c)).collect()
}

/// The day on which data without a ground is erased: within a month of the withdrawal (Art. 12(3), 12A), so that whoever
/// takes it back by mistake can still say so.
#[must_use]
pub fn erase_on(withdrawn: Date) -> Date {
    dates::months_later(withdrawn, 1)
}

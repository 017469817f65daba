//! Requests that come near their day, passed it, or were answered after it, for the dashboard of promises.

use casework::dates;
use casework::requests::{Pressing, Stands};
use casework::working_days::BankHolidays;
use jiff::civil::Date;

use super::{CLOSED_SINCE, OPEN_ONES, RequestRow, STEPS_OF_LISTED, steps};
use crate::surroundings::day_number;
use crate::{Error, Service};

/// Open requests that press.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Pressed {
    pub(crate) late: u64,
    /// The earliest day that has passed.
    pub(crate) longest: Option<Date>,
    pub(crate) near: u64,
    /// Those that were answered after their day in the last twelve months.
    pub(crate) answered_late: u64,
    /// The day on which the first of these was answered.
    pub(crate) first_late: Option<Date>,
}

impl Service {
    /// How many open requests are past their day or come near it. One whose day cannot be reckoned counts as near: somebody has
    /// to look.
    pub(crate) async fn requests_that_press(&self) -> Result<Pressed, Error> {
        let today = self.surroundings().today();
        let since = day_number(dates::months_earlier(today, 12));
        let asked =
            vec![OPEN_ONES.with([]), CLOSED_SINCE.with([since.into()]), STEPS_OF_LISTED.with([since.into()])];
        let rows = self.records().read(asked).await?;
        let [open, closed, done] = rows.as_slice() else { return Err(Error::Damaged("batch")) };
        let (done, holidays) = (steps(&done.rows)?, BankHolidays::england_and_wales());
        let mut pressed = Pressed::default();
        for row in &open.rows {
            match RequestRow::read(row)?.course(&done).stands(today, &holidays) {
                Ok(Stands { pressing: Pressing::Late, due, .. }) => {
                    pressed.late += 1;
                    pressed.longest = pressed.longest.into_iter().chain(due).min();
                }
                Ok(Stands { pressing: Pressing::Soon | Pressing::Urgent, .. }) | Err(_) => pressed.near += 1,
                Ok(_) => {}
            }
        }
        for row in &closed.rows {
            let row = RequestRow::read(row)?;
            if row.course(&done).answered_late(&holidays).unwrap_or_default() {
                pressed.answered_late += 1;
                pressed.first_late = pressed.first_late.or(row.closed);
            }
        }
        Ok(pressed)
    }
}

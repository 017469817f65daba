//! Open requests that come near their day or passed it, for the dashboard of promises.

use casework::requests::{Pressing, Stands};
use casework::working_days::BankHolidays;
use jiff::civil::Date;

use super::{OPEN_ONES, RequestRow, STEPS_OF_LISTED, steps};
use crate::surroundings::day_number;
use crate::{Error, Service};

/// Open requests that press.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Pressed {
    pub(crate) late: u64,
    /// The earliest day that has passed.
    pub(crate) longest: Option<Date>,
    pub(crate) near: u64,
}

impl Service {
    /// How many open requests are past their day or come near it. One whose day cannot be reckoned counts as near: somebody has
    /// to look.
    pub(crate) async fn requests_that_press(&self) -> Result<Pressed, Error> {
        let today = self.surroundings().today();
        let since = day_number(today.checked_add(jiff::Span::new().days(1)).unwrap_or(today));
        let asked = vec![OPEN_ONES.with([]), STEPS_OF_LISTED.with([since.into()])];
        let rows = self.records().read(asked).await?;
        let [open, done] = rows.as_slice() else { return Err(Error::Damaged("batch")) };
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
        Ok(pressed)
    }
}

//! The diaries of the made-up advisers: some weeks back, today, and two weeks ahead, six appointments a day each.

use casework::appointments::{Said, State, Way};
use jiff::ToSpan as _;
use jiff::civil::{Date, Time, Weekday, time};

use super::dice::Dice;
use super::people::MadeUpClient;

const DAYS_AHEAD: usize = 10;
const DAYS_BACK: usize = 20;
/// When they begin; each takes 45 minutes.
const TIMES: [Time; 6] = [
    time(9, 0, 0, 0),
    time(9, 45, 0, 0),
    time(11, 0, 0, 0),
    time(13, 30, 0, 0),
    time(14, 15, 0, 0),
    time(15, 30, 0, 0),
];
const ABOUT: [&str; 8] = [
    "CV and covering letter",
    "Review of the plan",
    "Getting ready for an interview",
    "Benefits and what changes with work",
    "Courses that start soon",
    "First meeting",
    "Job search together",
    "",
];
const WHY: [&str; 4] = ["Child was ill", "No answer on the phone", "Bus did not come", ""];

/// One appointment of a made-up client.
pub(crate) struct MadeUpAppointment {
    /// The day.
    pub(crate) day: Date,
    /// When it begins.
    pub(crate) at: Time,
    /// How long it is, in minutes.
    pub(crate) minutes: u32,
    /// How they meet.
    pub(crate) way: Way,
    /// What became of it.
    pub(crate) state: State,
    /// What it is about.
    pub(crate) said: Said,
    /// Why it was called off or missed.
    pub(crate) why: String,
}

/// Gives each adviser's next client the next place in the diary; when it is full, nobody more.
pub(crate) struct Diaries {
    seed: u64,
    given: Vec<usize>,
    /// Working days: today or the next one first, then one before and one after in turn, so that few clients fill both.
    days: Vec<Date>,
    today: Date,
}

impl Diaries {
    pub(crate) fn new(seed: u64, today: Date) -> Diaries {
        let works = |day: &Date| !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        let mut ahead = today.series(1.day()).filter(works).take(DAYS_AHEAD);
        let mut back = today.series(-1.day()).skip(1).filter(works).take(DAYS_BACK);
        let mut days = Vec::from_iter(ahead.next());
        loop {
            let (before, after) = (back.next(), ahead.next());
            if before.is_none() && after.is_none() {
                break;
            }
            days.extend(before.into_iter().chain(after));
        }
        Diaries { seed, given: Vec::new(), days, today }
    }

    /// The next place in the diary of this client's adviser.
    pub(crate) fn next(&mut self, client: &MadeUpClient) -> Option<MadeUpAppointment> {
        if self.given.len() <= client.adviser {
            self.given.resize(client.adviser + 1, 0);
        }
        let turn = self.given.get_mut(client.adviser)?;
        let day = *self.days.get(*turn / TIMES.len())?;
        if day < client.registered {
            return None;
        }
        let at = *TIMES.get(*turn % TIMES.len())?;
        *turn += 1;
        let mut dice = Dice::new(self.seed ^ 0x5eed, ((client.adviser as u64) << 32) + *turn as u64);
        let ways = [(70, Way::Office), (20, Way::Phone), (6, Way::Video), (4, Way::Elsewhere)];
        let way = dice.weighted(&ways).unwrap_or(Way::Office);
        let outcomes = [
            (72, State::Attended),
            (8, State::Late),
            (10, State::DidNotAttend),
            (7, State::CancelledByClient),
            (3, State::CancelledByUs),
        ];
        // Of the last appointment of a day nobody has said yet what became of it, as it goes.
        let last = TIMES.last() == Some(&at);
        let state = if day < self.today && !last { dice.weighted(&outcomes)? } else { State::Booked };
        let about = dice.pick(&ABOUT).to_owned();
        let place = if way == Way::Office { format!("Room {}", client.adviser + 1) } else { String::new() };
        let why = if state.wants_reason() { dice.pick(&WHY).to_owned() } else { String::new() };
        Some(MadeUpAppointment { day, at, minutes: 45, way, state, said: Said { about, place }, why })
    }
}

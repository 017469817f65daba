//! What happens to a client over two years: when they came, how often they were seen, what they want to do for work.

use casework::MeetingKind;
use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use super::dice::Dice;

/// Where a client stands today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// Seen in the last three weeks.
    Active,
    /// Came this week for the first time.
    New,
    /// Not heard from for more than five weeks.
    Slipping,
    /// Not heard from for ten months and more: their file goes soon.
    Quiet,
}

/// One thing that happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Happening {
    pub(super) day: Date,
    pub(super) kind: MeetingKind,
    pub(super) took_part: bool,
    pub(super) phase: Phase,
}

/// How far the work with a client has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// The first meeting.
    First,
    /// Making a plan, getting ready.
    Prepare,
    /// Looking for work.
    Search,
    /// In work, with support.
    InWork,
    /// Nothing heard.
    Silent,
}

/// A client's story.
#[derive(Debug, Clone)]
pub(super) struct Story {
    pub(super) registered: Date,
    pub(super) happenings: Vec<Happening>,
    pub(super) found_work: bool,
}

/// Draws a story that ends today or before.
pub(super) fn story(dice: &mut Dice, today: Date) -> Story {
    let standing = dice.weighted(&[
        (80, Standing::Active),
        (3, Standing::New),
        (10, Standing::Slipping),
        (7, Standing::Quiet),
    ]);
    let standing = standing.unwrap_or(Standing::Active);
    // Days ago: when they came, and when they last took part in something.
    let (came, last) = match standing {
        Standing::New => (dice.between(0, 6), 0),
        Standing::Active => (dice.between(40, 730), dice.between(0, 21)),
        Standing::Slipping => (dice.between(110, 730), dice.between(36, 75)),
        Standing::Quiet => (dice.between(420, 730), dice.between(305, 360)),
    };
    let registered = working_day(days_before(today, came), today);
    let last =
        if standing == Standing::New { registered } else { working_day(days_before(today, last), today) };
    let last = last.max(registered);
    let found_work = standing != Standing::New && dice.percent(38);
    let mut story = Story { registered, happenings: Vec::new(), found_work };
    story.happenings.push(Happening {
        day: registered,
        kind: MeetingKind::Meeting,
        took_part: true,
        phase: Phase::First,
    });
    story.between(dice, last);
    if last > registered {
        let kind =
            dice.weighted(&[(6, MeetingKind::Meeting), (3, MeetingKind::Phone), (1, MeetingKind::Text)]);
        let kind = kind.unwrap_or(MeetingKind::Meeting);
        let phase = story.phase(last, last);
        story.happenings.push(Happening { day: last, kind, took_part: true, phase });
    }
    story.after(dice, standing, last, today);
    story
}

impl Story {
    /// What happened between the first meeting and the last contact: five things at least, forty at most.
    fn between(&mut self, dice: &mut Dice, last: Date) {
        let days = u32::try_from(casework::dates::days_between(self.registered, last)).unwrap_or(0);
        let count = (days / dice.between(13, 32)).clamp(if days > 8 { 5 } else { 0 }, 36);
        let mut offsets: Vec<u32> =
            (0..count).map(|_| dice.between(1, days.saturating_sub(1).max(1))).collect();
        offsets.sort_unstable();
        offsets.dedup();
        for offset in offsets {
            let day = working_day(days_after(self.registered, offset), last).max(self.registered);
            let kind = dice.weighted(&[
                (46, MeetingKind::Meeting),
                (22, MeetingKind::Phone),
                (12, MeetingKind::Text),
                (8, MeetingKind::Email),
                (2, MeetingKind::Letter),
                (10, MeetingKind::FileNote),
            ]);
            let kind = kind.unwrap_or(MeetingKind::Meeting);
            let took_part = dice.percent(match kind {
                MeetingKind::Meeting => 88,
                MeetingKind::Phone => 76,
                MeetingKind::Text => 55,
                MeetingKind::Email => 60,
                MeetingKind::Letter => 20,
                MeetingKind::FileNote => 0,
            });
            let phase = self.phase(day, last);
            self.happenings.push(Happening { day, kind, took_part, phase });
        }
    }

    /// What we tried after the last contact, in vain.
    fn after(&mut self, dice: &mut Dice, standing: Standing, last: Date, today: Date) {
        let tries = match standing {
            Standing::New | Standing::Active => 0,
            Standing::Slipping => dice.between(0, 2),
            Standing::Quiet => dice.between(2, 4),
        };
        let mut day = last;
        for _ in 0..tries {
            day = working_day(days_after(day, dice.between(8, 30)), today);
            if day <= last || day > today {
                return;
            }
            let kind = dice.weighted(&[
                (4, MeetingKind::Phone),
                (3, MeetingKind::Text),
                (2, MeetingKind::Letter),
                (2, MeetingKind::Meeting),
                (1, MeetingKind::FileNote),
            ]);
            let kind = kind.unwrap_or(MeetingKind::Phone);
            self.happenings.push(Happening { day, kind, took_part: false, phase: Phase::Silent });
        }
    }

    fn phase(&self, day: Date, last: Date) -> Phase {
        let whole = casework::dates::days_between(self.registered, last).max(1);
        match casework::dates::days_between(self.registered, day) * 100 / whole {
            ..=30 => Phase::Prepare,
            31..=72 => Phase::Search,
            _ if self.found_work => Phase::InWork,
            _ => Phase::Search,
        }
    }
}

/// The day itself, or the Friday before where it falls on a weekend; never after `latest`.
fn working_day(day: Date, latest: Date) -> Date {
    let day = day.min(latest);
    match day.weekday() {
        Weekday::Saturday => days_before(day, 1),
        Weekday::Sunday => days_before(day, 2),
        _ => day,
    }
}

pub(super) fn days_before(day: Date, days: u32) -> Date {
    day.checked_sub(i64::from(days).days()).unwrap_or(day)
}

pub(super) fn days_after(day: Date, days: u32) -> Date {
    day.checked_add(i64::from(days).days()).unwrap_or(day)
}

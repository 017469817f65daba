//! How long a file is kept: so many months after the last contact in which the client took part (S27).
//!
//! Only two-way contact moves the clock: a visit that was missed, a message without an answer or a note of ours does
//! not. The date is plain calendar arithmetic; it is never rolled over weekends, because data is to go on time.

use jiff::civil::Date;
use notice::{ContactKind, Event, Layer, Notice, Period, Retention};

use crate::dates;

mod ahead;
pub mod guard;

pub use ahead::{Ahead, ahead};

/// How long something is kept after the last contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    period: Length,
    counts: Vec<ContactKind>,
    warn_months_before: Vec<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Length {
    Months(u32),
    Days(u32),
}

/// A rule of a notice that is not counted from the last contact, or keeps for no time at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this rule of the notice does not count months or days after the last contact")]
pub struct NotByContact;

/// One contact with a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContactDay {
    /// When.
    pub day: Date,
    /// What it was.
    pub kind: ContactKind,
}

/// Until when a file is kept, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Until {
    /// The last contact that counts.
    pub last_contact: Date,
    /// The day on which the file goes.
    pub due: Date,
    /// The reason in one sentence.
    pub because: String,
    /// The days on which a warning goes out, the earliest first.
    pub warn_on: Vec<Date>,
}

impl Rule {
    /// A rule of a notice.
    ///
    /// # Errors
    /// The rule counts from something else than the last contact.
    pub fn of(retention: &Retention) -> Result<Rule, NotByContact> {
        if retention.after != Event::LastContact {
            return Err(NotByContact);
        }
        let period = length(retention.period)?;
        let (counts, warn) = (retention.counts.clone(), retention.warn_months_before.clone());
        Ok(Rule { period, counts, warn_months_before: warn })
    }

    /// So many calendar months after any two-way contact, with warnings so many months before.
    ///
    /// # Errors
    /// No months at all.
    pub fn months(months: u32, warn_months_before: &[u32]) -> Result<Rule, NotByContact> {
        if months == 0 {
            return Err(NotByContact);
        }
        let counts = ContactKind::ALL.iter().copied().filter(|kind| kind.two_way()).collect();
        Ok(Rule { period: Length::Months(months), counts, warn_months_before: warn_months_before.to_vec() })
    }

    /// Whether a contact of this kind moves the clock. Whatever a notice says, one without the client never does.
    #[must_use]
    pub fn counts(&self, kind: ContactKind) -> bool {
        kind.two_way() && self.counts.contains(&kind)
    }

    /// The day on which what had its last contact on `day` goes.
    #[must_use]
    pub fn after(&self, day: Date) -> Date {
        match self.period {
            Length::Months(months) => dates::months_later(day, months),
            Length::Days(days) => {
                day.checked_add(jiff::Span::new().days(i64::from(days.min(3_000_000)))).unwrap_or(Date::MAX)
            }
        }
    }

    /// The days on which a warning goes out for what had its last contact on `day`, the earliest first.
    #[must_use]
    pub fn warnings(&self, day: Date) -> Vec<Date> {
        let due = self.after(day);
        let warnings = self.warn_months_before.iter().map(|months| dates::months_earlier(due, *months));
        let mut warnings: Vec<Date> = warnings.filter(|warn| *warn > day && *warn < due).collect();
        warnings.sort_unstable();
        warnings.dedup();
        warnings
    }

    /// The length in words: `12 months`.
    #[must_use]
    pub fn length(&self) -> String {
        match self.period {
            Length::Months(months) => dates::count(u64::from(months), "month"),
            Length::Days(days) => dates::count(u64::from(days), "day"),
        }
    }
}

/// Until when a file is kept that was registered on `registered` and has had these contacts since.
#[must_use]
pub fn until(contacts: &[ContactDay], rule: &Rule, registered: Date) -> Until {
    let counted = contacts.iter().filter(|contact| rule.counts(contact.kind) && contact.day >= registered);
    let last = counted.max_by_key(|contact| contact.day);
    let last_contact = last.map_or(registered, |contact| contact.day);
    let what = last.map_or("when the file was made", |contact| words(contact.kind));
    let due = rule.after(last_contact);
    let because = format!(
        "Kept until {}, because the last contact was on {} ({what}) and the notice says {}.",
        dates::long(due),
        dates::long(last_contact),
        rule.length(),
    );
    Until { last_contact, due, because, warn_on: rule.warnings(last_contact) }
}

/// The layers of a notice whose clock runs from the last contact, each with its rule.
#[must_use]
pub fn by_contact(notice: &Notice) -> Vec<(Layer, Rule)> {
    let rules = notice.retention.iter();
    rules.filter_map(|retention| Some((retention.layer, Rule::of(retention).ok()?))).collect()
}

/// How long what was asked about the data is kept after it was closed; none if the notice does not count it from there. Each
/// request goes on a day of its own, and no contact moves it.
#[must_use]
pub fn by_closing(notice: &Notice) -> Option<Rule> {
    let retention = notice.retention_rule(Layer::Rights).filter(|rule| rule.after == Event::RequestClosed)?;
    let period = length(retention.period).ok()?;
    Some(Rule { period, counts: Vec::new(), warn_months_before: Vec::new() })
}

fn length(period: Period) -> Result<Length, NotByContact> {
    match period {
        Period::Months(months @ 1..) => Ok(Length::Months(months)),
        Period::Days(days @ 1..) => Ok(Length::Days(days)),
        _ => Err(NotByContact),
    }
}

/// From what a clock runs, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// There was no contact after the client was registered.
    Registration,
    /// A contact; which one it was is sealed.
    Contact,
    /// A contact that may be named: `meeting`, `phone call`.
    Named(&'static str),
    /// The end of a programme as a whole.
    ProgrammeEnd,
    /// The end of the client's own time on it.
    PlacementEnd,
    /// The day on which a request about the data was closed.
    Closing,
}

/// Until when one layer of a file is kept, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clock {
    /// Which layer.
    pub layer: Layer,
    /// The day from which it is counted.
    pub since: Date,
    /// The day on which the layer goes.
    pub due: Date,
    /// The reason: `12 months after the meeting of 3 March 2026`.
    pub reason: String,
    /// Which programme's layer it is, if it is one.
    pub programme: Option<String>,
}

/// The clock of one layer that runs from `since`.
#[must_use]
pub fn clock(layer: Layer, rule: &Rule, since: Date, from: Since) -> Clock {
    let day = dates::long(since);
    let from = match from {
        Since::Registration => format!("the registration on {day}"),
        Since::Contact => format!("the last contact on {day}"),
        Since::Named(what) => format!("the {what} of {day}"),
        Since::ProgrammeEnd => format!("the end of the programme on {day}"),
        Since::PlacementEnd => format!("the client left the programme on {day}"),
        Since::Closing => format!("the request of that time was closed on {day}"),
    };
    let reason = format!("{} after {from}", rule.length());
    Clock { layer, since, due: rule.after(since), reason, programme: None }
}

/// How long a programme's layer of a file is kept. No contact moves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProgrammeRule {
    rule: Rule,
    from: Since,
}

impl ProgrammeRule {
    /// The rule of a programme's notice.
    ///
    /// # Errors
    /// The notice has no layer of a programme, or counts it from something else than the end of the programme or of the
    /// client's time on it.
    pub fn of(notice: &Notice) -> Result<ProgrammeRule, NotByContact> {
        let retention = notice.retention_rule(Layer::Programme).ok_or(NotByContact)?;
        let from = match retention.after {
            Event::ProgrammeEnd => Since::ProgrammeEnd,
            Event::PlacementEnd => Since::PlacementEnd,
            _ => return Err(NotByContact),
        };
        let period = length(retention.period)?;
        Ok(ProgrammeRule { rule: Rule { period, counts: Vec::new(), warn_months_before: Vec::new() }, from })
    }

    /// The day from which it is counted, if that is known: the client's own last day, or that of the programme.
    #[must_use]
    pub fn since(&self, placement_ended: Option<Date>, programme_ends: Option<Date>) -> Option<Date> {
        match self.from {
            Since::PlacementEnd => placement_ended,
            _ => programme_ends,
        }
    }

    /// The day on which what is counted from `since` goes.
    #[must_use]
    pub fn after(&self, since: Date) -> Date {
        self.rule.after(since)
    }

    /// The clock of the layer of the programme called `title`.
    #[must_use]
    pub fn clock(&self, title: &str, since: Date) -> Clock {
        Clock { programme: Some(title.to_owned()), ..clock(Layer::Programme, &self.rule, since, self.from) }
    }

    /// What holds while no day can be given: `72 months after the client leaves the programme`.
    #[must_use]
    pub fn words(&self) -> String {
        let end = match self.from {
            Since::PlacementEnd => "the client leaves the programme",
            _ => "the programme ends",
        };
        format!("{} after {end}", self.rule.length())
    }

    /// The same as a rule that no contact moves.
    #[must_use]
    pub fn rule(&self) -> &Rule {
        &self.rule
    }
}

impl Clock {
    /// What goes, in words.
    #[must_use]
    pub const fn what(&self) -> &'static str {
        layer_words(self.layer)
    }

    /// All in one sentence: `The file is erased on 3 March 2027: 12 months after the meeting of 3 March 2026.`
    #[must_use]
    pub fn sentence(&self) -> String {
        let verb = if matches!(self.layer, Layer::Service) { "is" } else { "are" };
        let what = match &self.programme {
            Some(title) => format!("The facts for {title}"),
            None => self.what().to_owned(),
        };
        format!("{what} {verb} erased on {}: {}.", dates::long(self.due), self.reason)
    }
}

/// A layer in words.
#[must_use]
pub const fn layer_words(layer: Layer) -> &'static str {
    match layer {
        Layer::Service => "The file",
        Layer::Programme => "The facts for the programme",
        Layer::Equality => "Equality answers",
        Layer::Rights => "Requests about the data",
    }
}

impl Until {
    /// Whether the file goes today or should have gone before.
    #[must_use]
    pub fn is_due(&self, today: Date) -> bool {
        today >= self.due
    }

    /// Whether the time of warnings has come.
    #[must_use]
    pub fn is_near(&self, today: Date) -> bool {
        self.warn_on.first().is_some_and(|first| today >= *first) || self.is_due(today)
    }
}

/// A contact in a word or two that fits for the client and for staff.
const fn words(kind: ContactKind) -> &'static str {
    match kind {
        ContactKind::TookPart => "a meeting, call or visit",
        ContactKind::CallFromClient => "a phone call",
        ContactKind::EmailFromClient => "an email",
        ContactKind::TextFromClient => "a text message",
        ContactKind::LetterFromClient => "a letter",
        ContactKind::PortalAction => "something done online",
        ContactKind::SignedDocument => "a signed paper",
        ContactKind::ReplyToUs => "an answer to a message",
        ContactKind::RightsRequest => "a question about the data",
        // None of the others moves the clock.
        _ => "contact",
    }
}

#[cfg(test)]
mod tests;

//! What people ask about their own data, and complaints: what came, how it went, and by when it is answered.
//!
//! A request is a [`Course`]: the day on which it came, and the steps since. Everything else follows from them and from the
//! clocks of [`crate::clocks`]: where it stands, what may be done next, when it is late. Which reading of the law was in force
//! is frozen on the request as a [`ClockRules`].

mod decision;
mod grounds;
mod typed;

use jiff::ToSpan as _;
use jiff::civil::Date;

use crate::clocks::{Identity, Pause, RequestClock, acknowledge_complaint_by};
use crate::dates::days_between;
use crate::entries::codes;
use crate::working_days::{BankHolidays, UnknownYear};

pub use decision::{Decision, DecisionTyped, Outcome};
pub use grounds::Ground;
pub use typed::{Asked, RequestTyped, StepTyped, Taken, TakenWithoutFile, WithoutFileTyped, is_at_once};

codes! {
    /// What is asked.
    Kind {
        /// A copy of the data and what belongs to it.
        Access = "access",
        /// That something is put right or completed.
        Rectification = "rectification",
        /// That data is erased.
        Erasure = "erasure",
        /// That data is kept and not used.
        Restriction = "restriction",
        /// The data for another service.
        Portability = "portability",
        /// That a use stops.
        Objection = "objection",
        /// How the data is used.
        Informed = "informed",
        /// That we did something wrong.
        Complaint = "complaint",
    }
}

impl Kind {
    /// As a form offers it, in the words of the person who asks.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Kind::Access => "A copy of what we hold",
            Kind::Rectification => "Something put right or added",
            Kind::Erasure => "Their data erased",
            Kind::Restriction => "Their data left alone",
            Kind::Portability => "Their data to take elsewhere",
            Kind::Objection => "A use stopped",
            Kind::Informed => "How we use their data",
            Kind::Complaint => "A complaint about their data",
        }
    }

    /// What the law calls it.
    #[must_use]
    pub const fn noun(self) -> &'static str {
        match self {
            Kind::Access => "Access",
            Kind::Rectification => "Rectification",
            Kind::Erasure => "Erasure",
            Kind::Restriction => "Restriction",
            Kind::Portability => "Portability",
            Kind::Objection => "Objection",
            Kind::Informed => "Being informed",
            Kind::Complaint => "Complaint",
        }
    }

    /// Where it stands in the law.
    #[must_use]
    pub const fn law(self) -> &'static str {
        match self {
            Kind::Access => "UK GDPR Article 15",
            Kind::Rectification => "UK GDPR Article 16",
            Kind::Erasure => "UK GDPR Article 17",
            Kind::Restriction => "UK GDPR Article 18",
            Kind::Portability => "UK GDPR Article 20",
            Kind::Objection => "UK GDPR Article 21",
            Kind::Informed => "UK GDPR Articles 13 and 14",
            Kind::Complaint => "Data Protection Act 2018, section 164A",
        }
    }
}

codes! {
    /// How it came. Each way is as good as another, and anybody here can take it.
    Came {
        /// Said to somebody here.
        InPerson = "in-person",
        /// On the telephone.
        Spoken = "spoken",
        /// A letter.
        Letter = "letter",
        /// An e-mail.
        Email = "email",
    }
}

impl Came {
    /// As a form offers it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Came::InPerson => "In person",
            Came::Spoken => "By phone",
            Came::Letter => "In a letter",
            Came::Email => "By email",
        }
    }
}

codes! {
    /// Who asks.
    Asker {
        /// The client.
        Client = "client",
        /// Somebody who acts for them.
        Representative = "representative",
        /// Somebody who answers for a child.
        ForChild = "for-child",
        /// Somebody of whom no file was found when they asked.
        WithoutFile = "without-file",
    }
}

impl Asker {
    /// As a form offers it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Asker::Client => "The client",
            Asker::Representative => "Somebody who acts for the client",
            Asker::ForChild => "Somebody who answers for the client, who is a child",
            Asker::WithoutFile => "Somebody of whom no file was found",
        }
    }

    /// Those who can ask about a file, as its form offers them.
    pub fn of_a_file() -> impl Iterator<Item = Asker> {
        Asker::ALL.iter().copied().filter(|one| *one != Asker::WithoutFile)
    }
}

codes! {
    /// Something that was done about it.
    Step {
        /// We doubt who it is and asked for something that shows it (Art. 12(6)); or that somebody may act for the client.
        IdentityAsked = "identity-asked",
        /// It was shown.
        IdentityShown = "identity-shown",
        /// We asked which data or which use is meant (Art. 12A(5)).
        MeaningAsked = "meaning-asked",
        /// They told us.
        MeaningTold = "meaning-told",
        /// Two more months, with the reasons told (Art. 12A(3)).
        Extended = "extended",
        /// We confirmed that we have it.
        Acknowledged = "acknowledged",
        /// We told them how far it is.
        Progress = "progress",
        /// Somebody searched.
        Searched = "searched",
        /// They were told whom to ask for what is not held here.
        PointedOn = "pointed-on",
        /// The file is restricted.
        Restricted = "restricted",
        /// They were told that the restriction ends (Art. 18(3)).
        LiftingTold = "lifting-told",
        /// The restriction has ended.
        Lifted = "lifted",
        /// Decided.
        Decided = "decided",
        /// The answer left.
        Sent = "sent",
        /// It came on another day than was written down.
        CameOn = "came-on",
        /// Something to remember.
        Note = "note",
    }
}

impl Step {
    /// As the history says it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Step::IdentityAsked => "Asked who it is",
            Step::IdentityShown => "Identity or authority shown",
            Step::MeaningAsked => "Asked which data is meant",
            Step::MeaningTold => "Told which data is meant",
            Step::Extended => "Extended by two months",
            Step::Acknowledged => "Confirmed that we have it",
            Step::Progress => "Told how far it is",
            Step::Searched => "Searched",
            Step::PointedOn => "Pointed on to the education provider",
            Step::Restricted => "File restricted",
            Step::LiftingTold => "Told that the restriction ends",
            Step::Lifted => "Restriction lifted",
            Step::Decided => "Decided",
            Step::Sent => "Answer sent",
            Step::CameOn => "Came on another day: put right",
            Step::Note => "Note",
        }
    }

    /// What has to be written beside it; none where nothing has to be.
    #[must_use]
    pub const fn asks(self) -> Option<&'static str> {
        match self {
            Step::IdentityAsked => {
                Some("Say what you asked for and why you doubt: no more than is needed to be sure")
            }
            Step::MeaningAsked => Some("Say what you asked and why you cannot go on without it"),
            Step::Extended => {
                Some("Say why: it is complex, or one of many requests. These reasons go into the letter")
            }
            Step::Progress => Some("Say what you told them"),
            Step::Searched => {
                Some("Say where you searched: file, paper, emails, other files that mention them")
            }
            Step::PointedOn => Some("Say whom they were pointed to"),
            Step::LiftingTold => Some("Say how and when they were told"),
            Step::CameOn => Some("Say how you know: the postmark, the email, whom they asked first"),
            Step::Note => Some("Write the note"),
            _ => None,
        }
    }

    /// Steps that the desk takes by an act of its own, never by saying so.
    #[must_use]
    pub const fn is_an_act(self) -> bool {
        matches!(self, Step::Restricted | Step::Lifted | Step::Decided)
    }
}

codes! {
    /// Which reading of the clock holds for a request: the one in force when it came.
    ClockRules {
        /// UK GDPR Articles 12 and 12A since 5 February 2026, DPA 2018 section 164A since 19 June 2026; bank holidays of
        /// England and Wales.
        Uk2026 = "uk-2026-06-19",
    }
}

/// Where a request is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// We wait to see who it is; the clock has not begun.
    Identity,
    /// We wait to be told what is meant; the clock stands still.
    Meaning,
    /// It is being worked on.
    Work,
    /// It is decided and the answer has to leave.
    ToSend,
    /// It is done.
    Done,
}

impl Phase {
    /// In a word or two.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Phase::Identity => "Waits for identity",
            Phase::Meaning => "Waits for an answer",
            Phase::Work => "In work",
            Phase::ToSend => "To send",
            Phase::Done => "Done",
        }
    }
}

/// How pressing it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pressing {
    /// There is time.
    No,
    /// Seven days or fewer.
    Soon,
    /// Two days or fewer: the manager sees it, too.
    Urgent,
    /// The day has passed.
    Late,
}

impl Pressing {
    fn by(due: Date, today: Date) -> Pressing {
        match days_between(today, due) {
            ..0 => Pressing::Late,
            0..=2 => Pressing::Urgent,
            3..=7 => Pressing::Soon,
            _ => Pressing::No,
        }
    }
}

/// Where a request stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stands {
    /// Where on its way.
    pub phase: Phase,
    /// The day to work to; none while identity is awaited, once it is done, or for a complaint that was acknowledged.
    pub due: Option<Date>,
    /// The last day by the words of the Act, where it is later.
    pub statutory: Option<Date>,
    /// The day by which they must be told of an extension, while one is possible.
    pub extension_by: Option<Date>,
    /// The day that the house aims for: 28 days, so that no month is too short (ICO).
    pub aim: Option<Date>,
    /// How pressing it is.
    pub pressing: Pressing,
}

/// A request as it went so far. Where there is no file, because none was found or it was erased since, no words are kept of
/// what is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Course {
    /// What is asked.
    pub kind: Kind,
    /// Whether it asks for something that is done at once: an objection to direct marketing (Art. 21(3)).
    pub at_once: bool,
    /// Whether whoever took it was not sure who asks, or if they may ask for the client.
    pub doubt: bool,
    /// Whether there is a file that it is about.
    pub has_file: bool,
    /// When it came.
    pub received: Date,
    /// What was done, in the order in which it was.
    pub steps: Vec<(Step, Date)>,
}

/// The days that the house gives itself.
const AIM_DAYS: i64 = 28;

impl Course {
    fn last(&self, step: Step) -> Option<usize> {
        self.steps.iter().rposition(|(one, _)| *one == step)
    }

    fn day_of(&self, step: Step) -> Option<Date> {
        self.last(step).and_then(|at| self.steps.get(at)).map(|(_, day)| *day)
    }

    /// Whether this was done.
    #[must_use]
    pub fn was(&self, step: Step) -> bool {
        self.last(step).is_some()
    }

    /// Whether the first was done and the second not since.
    fn open(&self, begins: Step, ends: Step) -> bool {
        self.last(begins) > self.last(ends)
    }

    /// Where on its way it is.
    #[must_use]
    pub fn phase(&self) -> Phase {
        if self.was(Step::Sent) {
            Phase::Done
        } else if self.was(Step::Decided) {
            Phase::ToSend
        } else if self.open(Step::IdentityAsked, Step::IdentityShown) {
            Phase::Identity
        } else if self.open(Step::MeaningAsked, Step::MeaningTold) {
            Phase::Meaning
        } else {
            Phase::Work
        }
    }

    /// Whether it has not been shown who asks: it was asked for, or whoever took the request was not sure. Nothing is given out and
    /// nothing decided for the client until it is (Art. 12(6)); the clock goes on until somebody asks.
    #[must_use]
    pub fn is_unseen(&self) -> bool {
        self.phase() == Phase::Identity || (self.doubt && !self.was(Step::IdentityShown))
    }

    /// Whether a restriction that this request began holds.
    #[must_use]
    pub fn restricts(&self) -> bool {
        self.open(Step::Restricted, Step::Lifted)
    }

    /// Its clock. A pause that is open counts as if it ended today. Only requests for access have pauses (Art. 12A(5)).
    #[must_use]
    pub fn clock(&self, today: Date) -> RequestClock {
        let mut pauses = Vec::new();
        let mut asked = None;
        for (step, day) in self.steps.iter().filter(|_| self.kind == Kind::Access) {
            match step {
                Step::MeaningAsked => asked = Some(*day),
                Step::MeaningTold => pauses.extend(asked.take().map(|asked| Pause { asked, answered: *day })),
                _ => {}
            }
        }
        pauses.extend(asked.map(|asked| Pause { asked, answered: today.max(asked) }));
        RequestClock {
            // What was shown without being asked for holds nothing up.
            identity: self
                .day_of(Step::IdentityAsked)
                .map(|asked| Identity { asked, shown: self.day_of(Step::IdentityShown) }),
            extended: self.was(Step::Extended),
            pauses,
            ..RequestClock::started(self.received)
        }
    }

    /// Where it stands on a day.
    ///
    /// # Errors
    /// The bank holidays of the year are not known.
    pub fn stands(&self, today: Date, holidays: &BankHolidays) -> Result<Stands, UnknownYear> {
        let phase = self.phase();
        let nothing = Stands {
            phase,
            due: None,
            statutory: None,
            extension_by: None,
            aim: None,
            pressing: Pressing::No,
        };
        // A complaint is confirmed to whoever sent it.
        let waits =
            phase == Phase::Identity && self.kind != Kind::Complaint && self.clock(today).waits(holidays)?;
        if phase == Phase::Done || waits {
            return Ok(nothing);
        }
        let later = |from: Date| from.checked_add(AIM_DAYS.days()).unwrap_or(from);
        if self.kind == Kind::Complaint {
            if self.was(Step::Acknowledged) {
                // Without undue delay (s. 164A(4)): there is no last day, so silence is what presses.
                let heard = self.day_of(Step::Progress).or(self.day_of(Step::Acknowledged));
                let aim = later(heard.unwrap_or(self.received));
                let pressing = if aim < today { Pressing::Soon } else { Pressing::No };
                return Ok(Stands { aim: Some(aim), pressing, ..nothing });
            }
            let due = acknowledge_complaint_by(self.received, holidays)?;
            // Read to the letter the period is a day shorter, so it presses a day early.
            let early = due.yesterday().unwrap_or(due);
            return Ok(Stands { due: Some(due), pressing: Pressing::by(early, today), ..nothing });
        }
        if self.at_once {
            let pressing = Pressing::by(self.received, today);
            return Ok(Stands { due: Some(self.received), pressing, ..nothing });
        }
        let clock = self.clock(today);
        let (start, due) = (clock.start(holidays)?, clock.due(holidays)?);
        let extendable = !clock.extended && due.tell_of_extension_by >= today && phase != Phase::ToSend;
        Ok(Stands {
            due: Some(due.on),
            statutory: (due.statutory > due.on).then_some(due.statutory),
            extension_by: extendable.then_some(due.tell_of_extension_by),
            aim: (!clock.extended).then(|| later(start).min(due.on)),
            pressing: Pressing::by(due.on, today),
            ..nothing
        })
    }

    /// Whether it was answered after its day; a complaint, confirmed after it. False while it is open.
    ///
    /// # Errors
    /// The bank holidays of the year are not known.
    pub fn answered_late(&self, holidays: &BankHolidays) -> Result<bool, UnknownYear> {
        let Some(sent) = self.day_of(Step::Sent) else { return Ok(false) };
        let due = match self.kind {
            Kind::Complaint => {
                let heard = self.steps.iter().find(|(step, _)| *step == Step::Acknowledged);
                let heard = heard.map_or(sent, |(_, day)| *day).min(sent);
                return Ok(heard > acknowledge_complaint_by(self.received, holidays)?);
            }
            _ if self.at_once => self.received,
            _ => self.clock(sent).due(holidays)?.on,
        };
        Ok(sent > due)
    }

    /// Whether something may be done next. `extendable` is whether the day for telling of an extension has not passed.
    #[must_use]
    pub fn may(&self, step: Step, extendable: bool) -> bool {
        let phase = self.phase();
        let open = !matches!(phase, Phase::ToSend | Phase::Done);
        match step {
            Step::Note => self.has_file,
            Step::IdentityAsked => {
                matches!(phase, Phase::Work | Phase::Meaning) && !self.was(Step::IdentityShown)
            }
            Step::IdentityShown => open && self.is_unseen(),
            Step::MeaningAsked => phase == Phase::Work && self.kind == Kind::Access,
            Step::MeaningTold => phase == Phase::Meaning,
            Step::Extended => {
                open && extendable && !self.at_once && self.kind != Kind::Complaint && !self.was(step)
            }
            Step::Acknowledged => open && !self.was(step),
            Step::Progress => open && self.kind == Kind::Complaint && self.was(Step::Acknowledged),
            Step::Searched => open && matches!(self.kind, Kind::Access | Kind::Portability | Kind::Complaint),
            Step::PointedOn => open && self.kind == Kind::Access,
            Step::Restricted => {
                matches!(phase, Phase::Work | Phase::ToSend) && self.may_restrict() && !self.restricts()
            }
            Step::LiftingTold => {
                self.has_file && self.restricts() && !self.open(Step::LiftingTold, Step::Restricted)
            }
            Step::Lifted => {
                self.has_file && self.restricts() && self.open(Step::LiftingTold, Step::Restricted)
            }
            Step::CameOn | Step::Decided => open,
            Step::Sent => phase == Phase::ToSend,
        }
    }

    /// A file may be restricted because that is asked, while accuracy is checked, while an objection is weighed, or in the
    /// place of an erasure (Art. 18(1)).
    const fn may_restrict(&self) -> bool {
        self.has_file
            && matches!(self.kind, Kind::Restriction | Kind::Rectification | Kind::Objection | Kind::Erasure)
    }
}

#[cfg(test)]
mod tests;

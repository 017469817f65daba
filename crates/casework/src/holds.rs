//! Holds: the few reasons for which a file is kept though its day has come or its client asked for its erasure.
//!
//! The list is closed. Each hold says why, is looked at again within three months, and is told to the client.

use jiff::civil::Date;

use crate::answers::{Boxes, Fault};
use crate::dates::{self, When, read_boxes};
use crate::entries::codes;
use crate::formats::text;

codes! {
    /// By what authority a file is held.
    Authority {
        /// A request, a complaint or a breach that concerns the client is open (DPA 2018 s. 173: nothing is deleted to defeat it).
        OpenRequest = "open-request",
        /// The client asked us to keep it instead of erasing it, or needs it for a claim (UK GDPR Art. 18(1)(b), (c)).
        ClientAsked = "client-asked",
        /// A legal claim is made or expected (UK GDPR Art. 17(3)(e)).
        LegalClaim = "legal-claim",
        /// A court or a law says so (UK GDPR Art. 17(3)(b)).
        LegalDuty = "legal-duty",
        /// Somebody has to be kept safe.
        Safeguarding = "safeguarding",
    }
}

impl Authority {
    /// In words, as a form offers it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Authority::OpenRequest => "A request, a complaint or a breach is still open",
            Authority::ClientAsked => "The client asked us to keep it",
            Authority::LegalClaim => "A legal claim is made or expected",
            Authority::LegalDuty => "A court or a law says so",
            Authority::Safeguarding => "Somebody has to be kept safe",
        }
    }
}

/// The most months until somebody looks at a hold again.
pub const MOST_MONTHS: u32 = 3;
const SHORTEST_REASON: usize = 10;
const LONGEST_REASON: usize = 2_000;

/// A hold as it is set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// By what authority.
    pub authority: Authority,
    /// Why, in a sentence or more.
    pub reason: String,
    /// The day on which somebody looks at it again.
    pub review: Date,
}

/// A hold as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HoldTyped {
    /// The code of the authority.
    pub authority: String,
    /// Why.
    pub reason: String,
    /// The day of its review.
    pub review: Boxes,
}

impl HoldTyped {
    /// Reads it.
    ///
    /// # Errors
    /// Everything that is wrong, each with its field and what to do.
    pub fn read(&self, today: Date) -> Result<Hold, Vec<Fault>> {
        let mut faults = Vec::new();
        let authority: Option<Authority> = self.authority.parse().ok();
        if authority.is_none() {
            faults.push(Fault::new("authority", "Choose by what authority the file is kept"));
        }
        let reason = reason(&self.reason, "Say in a sentence or more why the file has to be kept")
            .map_err(|fault| faults.push(fault));
        let last = dates::months_later(today, MOST_MONTHS);
        let review = match read_boxes(&self.review, When::Any, today) {
            Ok(day) if day <= today || day > last => {
                let range =
                    format!("The review date must be after today and no later than {}", dates::long(last));
                faults.push(Fault::new("review", range));
                None
            }
            Ok(day) => Some(day),
            Err(fault) => {
                faults.push(Fault::new("review", fault.to_string()).at(fault.part()));
                None
            }
        };
        match (authority, reason, review) {
            (Some(authority), Ok(reason), Some(review)) => Ok(Hold { authority, reason, review }),
            _ => Err(faults),
        }
    }
}

/// Reads why something is done, from the field `reason`.
///
/// # Errors
/// It says too little or too much.
pub fn reason(typed: &str, ask: &str) -> Result<String, Fault> {
    match text::lines(typed, LONGEST_REASON) {
        Ok(words) if words.chars().count() < SHORTEST_REASON => Err(Fault::new("reason", ask)),
        Ok(words) => Ok(words),
        Err(fault) => Err(Fault::new("reason", fault.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn typed(authority: &str, reason: &str, day: &str, month: &str, year: &str) -> HoldTyped {
        let review = Boxes { day: day.into(), month: month.into(), year: year.into() };
        HoldTyped { authority: authority.into(), reason: reason.into(), review }
    }

    #[test]
    fn a_hold_needs_authority_reason_and_a_review_within_three_months() {
        let today = date(2026, 11, 30);
        let faults = |typed: HoldTyped| -> Vec<String> {
            typed.read(today).unwrap_err().iter().map(|fault| fault.field.to_string()).collect()
        };
        let good = typed("legal-claim", "A claim about pay is before the tribunal.", "28", "2", "2027");
        let hold = good.read(today).unwrap();
        assert_eq!((hold.authority, hold.review), (Authority::LegalClaim, date(2027, 2, 28)));
        assert_eq!(faults(typed("", "", "", "", "")), ["authority", "reason", "review"]);
        assert_eq!(faults(typed("because", "short", "31", "2", "2027")), ["authority", "reason", "review"]);
        assert_eq!(
            faults(HoldTyped { review: typed("", "", "1", "3", "2027").review, ..good.clone() }),
            ["review"]
        );
        assert_eq!(
            faults(HoldTyped { review: typed("", "", "30", "11", "2026").review, ..good }),
            ["review"]
        );
    }

    #[test]
    fn every_authority_has_its_own_code_and_words() {
        for (place, authority) in Authority::ALL.iter().enumerate() {
            assert_eq!(authority.code().parse::<Authority>().unwrap(), *authority);
            assert!(Authority::ALL.iter().skip(place + 1).all(|other| other.words() != authority.words()));
        }
    }
}

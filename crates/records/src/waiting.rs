//! What waits for those who answer for the service, in numbers: decisions of a second person, requests, dates to look at.

use access::Role;
use store::sql;

use crate::sessions::Visit;
use crate::surroundings::day_number;
use crate::{Error, Service};

sql! { records:
    /// What is open of each kind; what somebody asked for is for others to decide.
    WAITING = "SELECT (SELECT COUNT(*) FROM erasure WHERE state = 'asked' AND asked_by <> $1), (SELECT COUNT(*) FROM disclosure WHERE stage = 'asked' AND asked_by <> $1), (SELECT COUNT(*) FROM redaction WHERE state = 'asked' AND marked_by <> $1), (SELECT COUNT(*) FROM request WHERE closed IS NULL), (SELECT COUNT(*) FROM sweep s WHERE s.state = 'asks' AND s.day = (SELECT MAX(n.day) FROM sweep n) AND (s.first_by IS NULL OR s.first_by <> $1)), (SELECT COUNT(*) FROM hold WHERE lifted IS NULL AND review <= $2), (SELECT COUNT(*) FROM to_tell WHERE answered IS NULL), (SELECT COUNT(*) FROM to_redact WHERE done IS NULL), (SELECT COUNT(*) FROM figure_pack WHERE stage = 'proposed' AND asked_by <> $1), (SELECT COUNT(*) FROM breach b WHERE b.state = 'open' AND b.decision = 'open' AND b.version = (SELECT MAX(n.version) FROM breach n WHERE n.id = b.id))";
}

/// What waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Erasures that somebody else asked for.
    Erasures,
    /// Sharing under a law that somebody else asked for.
    Sharing,
    /// What somebody else marked to be taken out of a copy.
    Copies,
    /// Requests about data that are open.
    Requests,
    /// A sweep that asks before it erases.
    Sweep,
    /// Holds whose day of review has come.
    Holds,
    /// Recipients who have not answered.
    Recipients,
    /// Entries that still speak of somebody who was erased.
    Mentions,
    /// Figures that somebody else prepared for publication.
    Packs,
    /// Breaches of which nobody has decided yet whether they are reported.
    Breaches,
}

impl Kind {
    /// What waits, so many times.
    #[must_use]
    pub fn words(self, count: u64) -> String {
        let (one, many) = match self {
            Kind::Erasures => ("erasure to decide", "erasures to decide"),
            Kind::Sharing => ("sharing under a law to decide", "sharings under a law to decide"),
            Kind::Copies => ("mark in a copy to review", "marks in copies to review"),
            Kind::Requests => ("request about somebody’s data", "requests about people’s data"),
            Kind::Sweep => ("sweep that asks before it erases", "sweeps that ask before they erase"),
            Kind::Holds => ("hold to look at again", "holds to look at again"),
            Kind::Recipients => ("recipient who has not answered", "recipients who have not answered"),
            Kind::Mentions => {
                ("entry that speaks of somebody erased", "entries that speak of somebody erased")
            }
            Kind::Packs => ("publication of figures to sign", "publications of figures to sign"),
            Kind::Breaches => ("breach to judge within 72 hours", "breaches to judge, each within 72 hours"),
        };
        format!("{count} {}", if count == 1 { one } else { many })
    }
}

const ORDER: [Kind; 10] = [
    Kind::Erasures,
    Kind::Sharing,
    Kind::Copies,
    Kind::Requests,
    Kind::Sweep,
    Kind::Holds,
    Kind::Recipients,
    Kind::Mentions,
    Kind::Packs,
    Kind::Breaches,
];

impl Service {
    /// What waits for somebody in this role, what there is none of left out: nothing for those who decide nothing. It names
    /// nobody, and is a part of a page whose own entry stands in the log.
    ///
    /// # Errors
    /// The store failed.
    pub async fn waiting_for(&self, visit: &Visit) -> Result<Vec<(Kind, u64)>, Error> {
        if !matches!(visit.role, Role::Manager | Role::Governance) {
            return Ok(Vec::new());
        }
        let today = day_number(self.surroundings().today());
        let rows =
            self.records().read(vec![WAITING.with([visit.staff.as_bytes().into(), today.into()])]).await?;
        let row = rows.first().and_then(|rows| rows.first()).ok_or(Error::Damaged("batch"))?;
        let mut waiting = Vec::new();
        for (place, kind) in ORDER.into_iter().enumerate() {
            let count = row.int(place)?.unsigned_abs();
            // Holds, requests and breaches are the governance lead's.
            let for_lead = matches!(kind, Kind::Holds | Kind::Requests | Kind::Breaches);
            if count > 0 && (visit.role == Role::Governance || !for_lead) {
                waiting.push((kind, count));
            }
        }
        Ok(waiting)
    }
}

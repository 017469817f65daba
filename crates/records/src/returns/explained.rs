//! Why somebody counts in a return, or does not: one file, opened for accounting to those who pay, as the rules let this person.

use access::Act;
use audit::{Action, Detail};
use casework::returns::{Judged, Period};
use casework::{ClientId, EntryId, Profile, ProgrammeId};
use jiff::civil::Date;
use notice::{Categories, Category, Purpose};
use store::sql;
use vault::{Compartment, Personal};

use super::fault;
use super::working::{Piece, Theirs, rule_sets, times};
use crate::entries::{Stored, entry_columns};
use crate::entry_views::CONTACT_PAGE;
use crate::sessions::Visit;
use crate::standing::Standing;
use crate::surroundings::day_from;
use crate::{Error, Opened, Service};

sql! { records:
    /// A client's placements on one programme.
    THEIR_PLACEMENTS = "SELECT id, placed, started, ended FROM placement WHERE client = $1 AND programme = $2 ORDER BY placed, id";
    /// What was agreed, and what tells of outcomes.
    THEIR_PIECES = concat!("SELECT ", entry_columns!(), " FROM entry WHERE client = $1 AND kind IN ('placement', 'spell', 'earning', 'evidence') LIMIT 2000");
    /// The days of support that the programme gave.
    THEIR_SUPPORT = "SELECT day FROM entry WHERE client = $1 AND kind = 'support' AND compartment = $2";
}

/// Why somebody counts in the lines of a return.
#[derive(Debug, Clone)]
pub struct Explained {
    /// Who it is about, for the head of the page.
    pub contact: Profile,
    /// The programme.
    pub programme: String,
    /// The months.
    pub period: Period,
    /// The names of the lines that count people.
    pub lines: Vec<String>,
    /// What is said of each time on the programme, a verdict for each line.
    pub judged: Vec<Judged>,
}

/// What was opened, before it is put together.
enum Opening {
    Contact(Profile),
    Piece(Piece),
}

const EXPLAIN: Action = Action("explain-return");

impl Service {
    /// Why a client counts in the lines of a return of this programme for the period that begins on `from`, as the file is now.
    ///
    /// # Errors
    /// `Error::Faults` if there is no such return; the rules refuse, there is no such file or the client was never on the
    /// programme, or something cannot do its part.
    pub async fn explain_return(
        &self,
        visit: &Visit,
        client: ClientId,
        programme: ProgrammeId,
        from: Date,
    ) -> Result<Opened<Explained>, Error> {
        let mut definition = self.return_definition(programme, from, None)?;
        // Money is nobody's.
        definition.lines.retain(|line| !line.counts.is_money());
        let period = definition
            .period(from)
            .ok_or_else(|| fault("from", "No period of this return begins on this day"))?;
        let layer = Compartment::Programme(programme);
        let id = || client.as_bytes().into();
        let rows = self
            .records()
            .read(vec![
                Standing::query(client, visit),
                CONTACT_PAGE.with([id()]),
                THEIR_PLACEMENTS.with([id(), programme.as_bytes().into()]),
                THEIR_PIECES.with([id()]),
                THEIR_SUPPORT.with([id(), layer.code().as_ref().into()]),
            ])
            .await?;
        let [head, contact, placements, pieces, support] = rows.as_slice() else {
            return Err(Error::Damaged("batch"));
        };
        let standing = Standing::read(client, head.first())?;
        let wanted = Categories::from(Category::Contact).with(Category::Casework);
        let request = standing.request_for(visit, self.now(), Purpose::Functions, Act::Read, wanted);
        let permit = self.permit(request, EXPLAIN).await?;
        let mut theirs = Theirs::default();
        for row in &placements.rows {
            theirs.placements.push((EntryId::from_bytes(row.bytes16(0)?), times(row, 1)?));
        }
        if theirs.placements.is_empty() {
            return Err(Error::NoSuchFile);
        }
        for row in &support.rows {
            theirs.supported.push(day_from(row.int(0)?).ok_or(Error::Damaged("day"))?);
        }
        let keys = self.vault().keys(client.into()).await?;
        let entry = self.log().submit(permit, EXPLAIN, Detail::default());
        let mut found = Vec::new();
        if let Some(row) = contact.first() {
            let page = self.open_page(&entry, &keys, client, &Stored::read(row)?)?;
            found.push(page.map(|page| Opening::Contact(page.profile)));
        }
        for row in &pieces.rows {
            let stored = Stored::read(row)?;
            if self.counts_for_return(&stored, &layer) {
                found.push(self.open_piece(&entry, &keys, client, &stored)?.map(Opening::Piece));
            }
        }
        let offered = self.programme(programme)?;
        let (sets, today) = (rule_sets()?, self.surroundings().today());
        let personal = Personal::gather(&entry, found)?.map(move |found| {
            let mut who = Profile::default();
            for one in found {
                match one {
                    Opening::Contact(profile) => who = profile,
                    Opening::Piece(piece) => theirs.pieces.push(piece),
                }
            }
            let judged = theirs.judged(&definition, offered.programme.criteria.len(), period, &sets, today);
            Explained {
                contact: who,
                programme: offered.programme.title,
                period,
                lines: definition.lines.into_iter().map(|line| line.title).collect(),
                judged,
            }
        });
        Ok(Opened::new(personal, entry))
    }
}

//! What is taken out of a copy because it is about somebody else: marked by the lead with a reason, reviewed by a second
//! person, then removed in fact.
//!
//! A mark holds the words, the line in which they stand and why, sealed in the compartment of rights: whoever reviews it sees
//! those lines and nothing else of the file.

use access::Act;
use audit::{Action, Detail};
use casework::redaction::{Mark, stands_in};
use casework::requests::Kind;
use casework::{ClientId, EntryId, Fault, RequestId, StaffId};
use jiff::Timestamp;
use notice::Category;
use serde::{Deserialize, Serialize};
use store::{Row, sql};
use vault::Personal;

use super::copy::{AccessCopy, CopyPart};
use super::{RequestRow, place, sees_queue, to_answer, works_off};
use crate::documents::DocumentText;
use crate::sessions::Visit;
use crate::{Error, Opened, Service, changes};

sql! { records:
    /// Something is marked.
    ADD_MARK = "INSERT INTO redaction (id, request, client, state, marked, marked_by, sealed) VALUES ($1, $2, $3, 'asked', $4, $5, $6)";
    /// A mark is taken away.
    REMOVE_MARK = "DELETE FROM redaction WHERE id = $1 AND request = $2 AND client = $3";
    /// The marks of a copy.
    MARKS = "SELECT id, state, marked, marked_by, reviewed, reviewed_by, sealed FROM redaction WHERE request = $1 AND client = $2 ORDER BY marked, id";
    /// How they stand.
    pub(super) STATES = "SELECT state, COUNT(*) FROM redaction WHERE request = $1 GROUP BY state";
    /// In which copies something waits for a second person.
    pub(super) WAITING = "SELECT DISTINCT request FROM redaction WHERE state = 'asked'";
    /// A second person, who did not mark it, says yes or no.
    REVIEW = "UPDATE redaction SET state = $4, reviewed = $5, reviewed_by = $6 WHERE id = $1 AND request = $2 AND client = $3 AND state = 'asked' AND marked_by <> $6";
    /// What goes with an erased file.
    pub(super) DROP_MARKS = "DELETE FROM redaction WHERE client = $1";
}

const MARK: Action = Action("mark-copy");
const UNMARK: Action = Action("unmark-copy");
const LOOK: Action = Action("look-at-marks");
const REVIEWED: Action = Action("review-marks");
/// What is said where a mark stops a copy from leaving.
pub(super) const WAITS: &str = "Something that was marked waits for a second person. A manager, or another governance lead, looks at it first";

/// How the names of parts begin that are documents.
pub(super) const FILES: &str = "document.";

/// What is sealed of a mark: beside the mark itself the line in which it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    mark: Mark,
    heading: String,
    context: String,
}

/// Where a mark stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reviewed {
    /// It waits for a second person.
    Asked,
    /// It is taken out.
    Agreed,
    /// It stays in.
    Refused,
}

impl Reviewed {
    fn read(code: &str) -> Result<Reviewed, Error> {
        match code {
            "asked" => Ok(Reviewed::Asked),
            "agreed" => Ok(Reviewed::Agreed),
            "refused" => Ok(Reviewed::Refused),
            _ => Err(Error::Damaged("mark")),
        }
    }
}

/// A mark as the desk and the second person see it.
#[derive(Debug, Clone)]
pub struct MarkView {
    /// Which.
    pub id: EntryId,
    /// Where it stands.
    pub state: Reviewed,
    /// What is taken out, and why.
    pub mark: Mark,
    /// The heading of the part.
    pub heading: String,
    /// The lines in which it stands.
    pub context: String,
    /// When it was marked.
    pub marked: Timestamp,
    /// By whom.
    pub marked_by: StaffId,
    /// When a second person looked, and who.
    pub reviewed: Option<(Timestamp, StaffId)>,
}

/// The marks of one copy, for the second person.
#[derive(Debug, Clone)]
pub struct Review {
    /// The request.
    pub row: RequestRow,
    /// What is marked.
    pub marks: Vec<MarkView>,
}

/// What is to be marked, as it was typed.
#[derive(Debug, Clone, Default)]
pub struct Marking {
    /// The name of the part.
    pub part: String,
    /// The words; empty for the whole part.
    pub words: String,
    /// Why.
    pub because: String,
    /// Whether the words go wherever they stand.
    pub everywhere: bool,
}

/// How many marks wait, were agreed, were refused.
pub(super) fn counted(rows: &[Row]) -> Result<(u64, u64, u64), Error> {
    let mut counted = (0, 0, 0);
    for row in rows {
        let count = row.int(1)?.unsigned_abs();
        match Reviewed::read(row.text(0)?)? {
            Reviewed::Asked => counted.0 += count,
            Reviewed::Agreed => counted.1 += count,
            Reviewed::Refused => counted.2 += count,
        }
    }
    Ok(counted)
}

fn fault<T>(field: &'static str, text: &str) -> Result<T, Error> {
    Err(Error::Faults(vec![Fault::new(field, text)]))
}

impl Marking {
    /// The mark, with the lines in which it stands, if it fits the copy.
    fn read(&self, copy: &AccessCopy) -> Result<Kept, Error> {
        let words = self.words.trim();
        let because = self.because.trim();
        if because.chars().count() < 10 || because.chars().count() > 1_000 {
            return fault(
                "because",
                "Say why in a sentence: whom it is about, if they were asked, and why it is not reasonable to tell it",
            );
        }
        if words.chars().count() > 500 {
            return fault("words", "Mark 500 characters or fewer at once, or leave out the whole part");
        }
        if !words.is_empty() && words.chars().filter(|c| c.is_alphanumeric()).count() < 2 {
            // One letter stands everywhere: the copy would be unreadable, and nobody's name would be hidden by it.
            return fault("words", "Mark a whole word or a name: two letters or figures at the least");
        }
        if self.everywhere && words.is_empty() {
            return fault("words", "Enter the words that go wherever they stand");
        }
        let Some(part) = copy.parts.iter().find(|part| part.id == self.part && part.markable()) else {
            return fault("words", "This part is no longer there. Open the copy again");
        };
        let closed = part.file.as_ref().and_then(|file| match file.text {
            DocumentText::Closed(why) => Some(why),
            DocumentText::Lines { .. } => None,
        });
        if let (Some(why), false, false) = (closed, self.everywhere, words.is_empty()) {
            // Covered words would still stand in the file that is handed over beside.
            let why = why.words();
            return fault(
                "words",
                &format!(
                    "Words cannot be taken out of this document: {why}. Leave the whole document out, or hand it over as it is"
                ),
            );
        }
        let in_lines =
            part.lines.iter().filter(|(_, text)| words.is_empty() || stands_in(text, words)).map(
                |(label, text)| if label.is_empty() { text.clone() } else { format!("{label}: {text}") },
            );
        let in_file = part.read().iter().filter(|text| !words.is_empty() && stands_in(text, words)).cloned();
        let context: Vec<String> = in_lines.chain(in_file).collect();
        if context.is_empty() && !stands_in(&part.heading, words) {
            return fault("words", "These words do not stand in this part. Copy them exactly as they are");
        }
        let mark = Mark {
            part: (!self.everywhere).then(|| part.id.clone()),
            words: words.to_owned(),
            because: because.to_owned(),
        };
        Ok(Kept { mark, heading: part.heading.clone(), context: context.join("\n") })
    }
}

impl CopyPart {
    /// The lines that were read of its document.
    #[must_use]
    pub fn read(&self) -> &[String] {
        match self.file.as_ref().map(|file| &file.text) {
            Some(DocumentText::Lines { lines, .. }) => lines,
            _ => &[],
        }
    }

    /// Whether something can be taken out of it: not out of what the service says of itself.
    #[must_use]
    pub fn markable(&self) -> bool {
        self.group != super::CopyGroup::Told
    }
}

impl Service {
    /// Marks something in the copy that answers a request for access.
    ///
    /// # Errors
    /// `Error::Faults` for what was typed, `Error::NotYours`, a refusal, or a store failed; then nothing is marked.
    pub async fn mark_copy(
        &self,
        visit: &Visit,
        id: RequestId,
        form: [u8; 16],
        marking: &Marking,
    ) -> Result<(), Error> {
        if self.made_by_form(visit, form).await?.is_some() {
            return Ok(());
        }
        let copy = self.whole_copy(visit, id).await?.release().await?;
        let kept = marking.read(&copy)?;
        let client = copy.row.client.ok_or(Error::NoSuchFile)?;
        let standing = self.standing(visit, client).await?;
        let now = self.now();
        let request = to_answer(&standing, visit, now, Act::Write, Category::Rights.into());
        let permit = self.permit(request, MARK).await?;
        let keys = self.vault().keys(client.into()).await?;
        let mark = self.draw();
        let sealed = self.vault().seal(&permit, &keys, &place("redaction", mark, client), &kept)?;
        let change = self.log().change(permit, MARK, &Detail::default());
        let mut batch = vec![ADD_MARK.with([
            mark.into(),
            id.as_bytes().into(),
            client.as_bytes().into(),
            now.as_microsecond().into(),
            visit.staff.as_bytes().into(),
            sealed.into(),
        ])];
        batch.extend(changes::of_client(client, now));
        self.write_once(visit, form, mark, change, batch).await?;
        Ok(())
    }

    /// Takes a mark away: what it covered stands in the copy again.
    ///
    /// # Errors
    /// `Error::NotYours`, there is no such mark, the answer has left, a refusal, or a store failed.
    pub async fn unmark_copy(&self, visit: &Visit, id: RequestId, mark: EntryId) -> Result<(), Error> {
        self.at_the_desk(visit, works_off(visit.role), UNMARK).await?;
        let (row, _) = self.find_request(id).await?;
        let client = row.client.ok_or(Error::NoSuchFile)?;
        if row.closed.is_some() {
            return Err(Error::ChangedMeanwhile);
        }
        let standing = self.standing(visit, client).await?;
        let now = self.now();
        let request = to_answer(&standing, visit, now, Act::Write, Category::Rights.into());
        let permit = self.permit(request, UNMARK).await?;
        let change = self.log().change(permit, UNMARK, &Detail::default());
        let away = REMOVE_MARK.with([mark.as_bytes().into(), id.as_bytes().into(), client.as_bytes().into()]);
        let mut batch = vec![away.expecting(1), change.outbox()];
        batch.extend(changes::of_client(client, now));
        self.records().write(batch).await.map_err(crate::staff::changed_meanwhile)?;
        change.committed();
        self.follow_changes().await
    }

    /// What is marked in the copy of a request: the lines and the reasons, and nothing else of the file.
    ///
    /// # Errors
    /// `Error::NotYours`, there is no such request, a refusal, or something cannot do its part.
    pub async fn marks_to_review(&self, visit: &Visit, id: RequestId) -> Result<Opened<Review>, Error> {
        self.at_the_desk(visit, sees_queue(visit.role), LOOK).await?;
        let (row, _) = self.find_request(id).await?;
        let client = row.client.filter(|_| row.kind == Kind::Access).ok_or(Error::NoSuchFile)?;
        let standing = self.standing(visit, client).await?;
        let request = to_answer(&standing, visit, self.now(), Act::Read, Category::Rights.into());
        let permit = self.permit(request, LOOK).await?;
        let keys = self.vault().keys(client.into()).await?;
        let entry = self.log().submit(permit, LOOK, Detail::default());
        let rows = self.mark_rows(id, client).await?;
        let marks = self.open_marks(&entry, &keys, client, &rows)?;
        Ok(Opened::new(marks.map(move |marks| Review { row, marks }), entry))
    }

    /// A second person says of each mark if it is taken out.
    ///
    /// # Errors
    /// `Error::NotYours` for whoever marked it, `Error::ChangedMeanwhile` if one was reviewed already, a refusal, or a store
    /// failed; then none is.
    pub async fn review_marks(
        &self,
        visit: &Visit,
        id: RequestId,
        said: &[(EntryId, bool)],
    ) -> Result<(), Error> {
        self.at_the_desk(visit, sees_queue(visit.role), REVIEWED).await?;
        let (row, _) = self.find_request(id).await?;
        let client = row.client.ok_or(Error::NoSuchFile)?;
        if said.is_empty() {
            return fault("marks", "Say of each what becomes of it");
        }
        let standing = self.standing(visit, client).await?;
        let now = self.now();
        let request = to_answer(&standing, visit, now, Act::Write, Category::Rights.into());
        let permit = self.permit(request, REVIEWED).await?;
        for mark in self.mark_rows(id, client).await? {
            let own = StaffId::from_bytes(mark.bytes16(3)?) == visit.staff;
            if own && said.iter().any(|(id, _)| mark.bytes16(0).is_ok_and(|row| row == *id.as_bytes())) {
                let refused = audit::Outcome::Refused("same-person");
                self.log().event(Some(visit.staff.into()), REVIEWED, refused).durable().await?;
                return Err(Error::NotYours("Whoever marked something does not review it. Ask a manager."));
            }
        }
        let change = self.log().change(permit, REVIEWED, &Detail::default());
        let mut batch = Vec::with_capacity(said.len() + 3);
        for (mark, agreed) in said {
            let state = if *agreed { "agreed" } else { "refused" };
            batch.push(
                REVIEW
                    .with([
                        mark.as_bytes().into(),
                        id.as_bytes().into(),
                        client.as_bytes().into(),
                        state.into(),
                        now.as_microsecond().into(),
                        visit.staff.as_bytes().into(),
                    ])
                    .expecting(1),
            );
        }
        batch.push(change.outbox());
        batch.extend(changes::of_client(client, now));
        self.records().write(batch).await.map_err(crate::staff::changed_meanwhile)?;
        change.committed();
        self.follow_changes().await
    }

    pub(super) async fn mark_rows(&self, id: RequestId, client: ClientId) -> Result<Vec<Row>, Error> {
        let asked = MARKS.with([id.as_bytes().into(), client.as_bytes().into()]);
        Ok(self.records().read(vec![asked]).await?.into_iter().next().map(|r| r.rows).unwrap_or_default())
    }

    pub(super) fn open_marks(
        &self,
        entry: &audit::Entry,
        keys: &vault::FileKeys,
        client: ClientId,
        rows: &[Row],
    ) -> Result<Personal<Vec<MarkView>>, Error> {
        let mut opened = Vec::with_capacity(rows.len());
        for row in rows {
            let id = row.bytes16(0)?;
            let state = Reviewed::read(row.text(1)?)?;
            let (marked, marked_by) = (changes::time(row.int(2)?)?, StaffId::from_bytes(row.bytes16(3)?));
            let reviewed = row.opt_int(4)?.zip(row.opt_bytes16(5)?);
            let reviewed =
                reviewed.map(|(at, by)| Ok::<_, Error>((changes::time(at)?, StaffId::from_bytes(by))));
            let reviewed = reviewed.transpose()?;
            let kept =
                self.vault().open::<Kept>(entry, keys, &place("redaction", id, client), row.blob(6)?)?;
            opened.push(kept.map(move |kept| MarkView {
                id: EntryId::from_bytes(id),
                state,
                mark: kept.mark,
                heading: kept.heading,
                context: kept.context,
                marked,
                marked_by,
                reviewed,
            }));
        }
        Ok(Personal::gather(entry, opened)?)
    }
}

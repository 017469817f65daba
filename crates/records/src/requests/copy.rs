//! Everything that is held about a client, gathered in one act: for the lead to read, to mark, and to hand over (Art. 15).
//!
//! A copy is a list of parts with lines of text. What is taken out is taken out of these lines, before anything is made from
//! them, so that no page, table or file of the copy can hold it.

mod words;

use std::collections::BTreeSet;

use access::Act;
use audit::{Action, Detail, Entry};
use casework::redaction::{Mark, REMOVED, without};
use casework::requests::Kind;
use casework::{Fault, Profile, RequestId};
use jiff::civil::Date;
use notice::{Categories, Category};
use store::{Rows, sql};
use vault::{CHUNK_BYTES, Personal};

use super::marks::{MarkView, Reviewed};
use super::page::WithWords;
use super::{OF_CLIENT, RequestRow, STEPS_OF_CLIENT, to_answer, works_off};
use crate::appointments::{self, Appointment, StoredAppointment};
use crate::consents::{consents_of, stored};
use crate::disclosures::DisclosureRow;
use crate::documents::{self, Copied, Document, DocumentText};
use crate::entries::{Stored, entry_columns};
use crate::files::{Dated, ProfilePage};
use crate::looked::Look;
use crate::messages::{self, Told};
use crate::organisations::{Organisation, everybody};
use crate::paper::{self, Paper};
use crate::sessions::Visit;
use crate::standing::Standing;
use crate::{Error, Opened, Service, disclosures, drafts};

use words::Writing;

sql! { records:
    /// Every page and entry of a file as it stands.
    EVERYTHING = concat!("SELECT ", entry_columns!(), " FROM entry WHERE client = $1 ORDER BY day DESC, written DESC LIMIT 20000");
    /// Every earlier version.
    EVERYTHING_PAST = concat!("SELECT ", entry_columns!(), " FROM entry_past WHERE client = $1 ORDER BY day DESC, written DESC LIMIT 20000");
    /// What somebody is typing about a client.
    DRAFTS = "SELECT id, saved, sealed FROM draft WHERE client = $1 ORDER BY saved DESC LIMIT 200";
}

const READ: Action = Action("read-copy");
/// Lines of the log in a copy.
pub(super) const MOST_LOOKS: u32 = 50_000;
/// What fits into one copy of documents; the rest is handed over apart.
const MOST_BYTES: u64 = 200 * 1024 * 1024;

/// Where a part stands in the copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CopyGroup {
    /// Who the client is.
    Person,
    /// What was said and done.
    Happened,
    /// How things stood before they were changed.
    Earlier,
    /// Appointments and messages.
    Appointments,
    /// Documents and paper.
    Documents,
    /// Consents, and who got what.
    Sharing,
    /// What was asked about the data.
    Asked,
    /// Who looked.
    Looked,
    /// What is told with it: what for, to whom, how long, which rights (Art. 15(1)).
    Told,
}

impl CopyGroup {
    /// All of them, in their order.
    pub const ALL: [CopyGroup; 9] = [
        CopyGroup::Person,
        CopyGroup::Happened,
        CopyGroup::Earlier,
        CopyGroup::Appointments,
        CopyGroup::Documents,
        CopyGroup::Sharing,
        CopyGroup::Asked,
        CopyGroup::Looked,
        CopyGroup::Told,
    ];

    /// As files name it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            CopyGroup::Person => "person",
            CopyGroup::Happened => "entries",
            CopyGroup::Earlier => "earlier",
            CopyGroup::Appointments => "appointments",
            CopyGroup::Documents => "documents",
            CopyGroup::Sharing => "sharing",
            CopyGroup::Asked => "requests",
            CopyGroup::Looked => "looked",
            CopyGroup::Told => "about",
        }
    }

    /// As the copy calls it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            CopyGroup::Person => "Who you are",
            CopyGroup::Happened => "What was said and done",
            CopyGroup::Earlier => "How it stood before it was changed",
            CopyGroup::Appointments => "Appointments and messages",
            CopyGroup::Documents => "Documents and paper",
            CopyGroup::Sharing => "Your consents, and who got what",
            CopyGroup::Asked => "What you asked about your data",
            CopyGroup::Looked => "Who looked at your file",
            CopyGroup::Told => "What we do with it, and your rights",
        }
    }
}

/// One part of a copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyPart {
    /// Its name, by which a mark is about it.
    pub id: String,
    /// Where it stands.
    pub group: CopyGroup,
    /// Its heading.
    pub heading: String,
    /// The day that it is about.
    pub day: Option<Date>,
    /// Each line: what it is, and what stands there.
    pub lines: Vec<(String, String)>,
    /// The file that is handed over with it.
    pub file: Option<CopyFile>,
}

/// A document in a copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyFile {
    /// Its words.
    pub text: DocumentText,
    /// Whether some were taken out: then what is left of them is handed over in place of the document.
    pub changed: bool,
}

/// Everything about a client.
#[derive(Debug, Clone)]
pub struct AccessCopy {
    /// The request that it answers.
    pub row: RequestRow,
    /// Whose it is, for the heads of pages.
    pub contact: Profile,
    /// Its parts, in their order.
    pub parts: Vec<CopyPart>,
    /// What is marked.
    pub marks: Vec<MarkView>,
    /// The name of the service.
    pub service: String,
    /// Who is responsible for it.
    pub controller: String,
    /// The day on which it was gathered.
    pub day: Date,
    /// How many times something was taken out.
    pub removed: usize,
}

impl AccessCopy {
    /// The copy with everything taken out that a second person agreed to.
    ///
    /// # Errors
    /// A mark waits for its second person, or no longer fits since the file was changed.
    pub(super) fn redacted(mut self) -> Result<AccessCopy, Error> {
        if self.marks.iter().any(|mark| mark.state == Reviewed::Asked) {
            return Err(Error::Faults(vec![Fault::new("marks", super::marks::WAITS)]));
        }
        let agreed = self.marks.iter().filter(|mark| mark.state == Reviewed::Agreed);
        let mut agreed: Vec<(&Mark, usize)> = agreed.map(|view| (&view.mark, 0)).collect();
        for part in self.parts.iter_mut().filter(|part| part.markable()) {
            let mut here: Vec<_> = agreed.iter_mut().filter(|(mark, _)| mark.is_about(&part.id)).collect();
            let words: Vec<&str> = here.iter().map(|(mark, _)| mark.words.as_str()).collect();
            let texts = std::iter::once(&mut part.heading).chain(part.lines.iter_mut().map(|(_, text)| text));
            for text in texts {
                let (left, times) = without(text, &words);
                *text = left;
                here.iter_mut().zip(times).for_each(|((_, found), times)| *found += times);
            }
            if let Some(CopyFile { text: DocumentText::Lines { lines, .. }, changed }) = &mut part.file {
                for text in lines {
                    let (left, times) = without(text, &words);
                    *text = left;
                    *changed |= times.iter().any(|times| *times > 0);
                    here.iter_mut().zip(times).for_each(|((_, found), times)| *found += times);
                }
            }
            // Words that stood in it count as taken out even where another mark takes the whole part.
            let mut whole = false;
            for (_, found) in here.iter_mut().filter(|(mark, _)| mark.takes_all()) {
                (whole, *found) = (true, *found + 1);
            }
            if whole {
                part.heading = REMOVED.to_owned();
                part.lines = vec![(String::new(), REMOVED.to_owned())];
                part.file = None;
            }
        }
        let found: Vec<usize> = agreed.into_iter().map(|(_, found)| found).collect();
        if found.contains(&0) {
            return Err(Error::Faults(vec![Fault::new(
                "marks",
                "The file was changed, and something that was marked no longer stands where it was. Open the copy, take that mark away and mark it anew",
            )]));
        }
        self.removed += found.iter().sum::<usize>();
        Ok(self)
    }
}

/// A copy with the bytes of its documents, each by the name of its part.
pub(super) struct Gathered {
    pub(super) copy: AccessCopy,
    pub(super) files: Vec<(String, Vec<u8>)>,
}

/// What was opened, before it is put together.
enum Piece {
    Page(Category, ProfilePage, bool),
    Dated(Box<Dated>, bool),
    Draft(drafts::Draft),
    Appointment(Appointment),
    Documents(Vec<Document>),
    Papers(Vec<Paper>),
    Looks(Vec<Look>),
    Requests(Vec<WithWords>),
    Marks(Vec<MarkView>),
    File(String, Copied),
}

impl Service {
    /// Everything that is held about the client of a request for access, for the lead to read and to mark.
    ///
    /// # Errors
    /// `Error::NotYours`, there is no such request or it is answered, the rules refuse, or something cannot do its part.
    pub async fn whole_copy(&self, visit: &Visit, id: RequestId) -> Result<Opened<AccessCopy>, Error> {
        let (gathered, entry) = self.gather_copy(visit, id, READ, false).await?;
        Ok(Opened::new(gathered.map(|gathered| gathered.copy), entry))
    }

    pub(super) async fn gather_copy(
        &self,
        visit: &Visit,
        id: RequestId,
        action: Action,
        with_files: bool,
    ) -> Result<(Personal<Gathered>, Entry), Error> {
        self.at_the_desk(visit, works_off(visit.role), action).await?;
        let (row, _) = self.find_request(id).await?;
        let client = row.client.filter(|_| row.kind == Kind::Access).ok_or(Error::NoSuchFile)?;
        if row.closed.is_some() {
            return Err(Error::NotYours(
                "The answer has left. A copy is made for an open request only: write a new one down if somebody asks again.",
            ));
        }
        let of = || client.as_bytes().into();
        let rows = self
            .records()
            .read(vec![
                Standing::query(client, visit),
                EVERYTHING.with([of()]),
                EVERYTHING_PAST.with([of()]),
                DRAFTS.with([of()]),
                appointments::EVERY_OF_CLIENT.with([of()]),
                messages::OF_CLIENT.with([of()]),
                documents::OF_CLIENT.with([of()]),
                paper::OF_CLIENT.with([of()]),
                disclosures::OF_CLIENT.with([of()]),
                consents_of(client),
                everybody(),
                OF_CLIENT.with([of()]),
                STEPS_OF_CLIENT.with([of()]),
            ])
            .await?;
        let [head, now, past, typing, booked, told, docs, papers, shared, consents, directory, asked, done] =
            rows.as_slice()
        else {
            return Err(Error::Damaged("batch"));
        };
        let standing = Standing::read(client, head.first())?;
        let given = self.given(&standing.notice, &standing.notice_version)?;
        let request = to_answer(&standing, visit, self.now(), Act::Read, Categories::all());
        let permit = self.permit(request, action).await?;
        let keys = self.keys_with(client, &docs.rows).await?;
        let recorded = self.log().about(client, MOST_LOOKS).await?;
        let marked = self.mark_rows(id, client).await?;
        let entry = self.log().submit(permit, action, Detail::default());

        let mut pieces: Vec<Personal<Piece>> = Vec::with_capacity(now.rows.len() + past.rows.len() + 8);
        for (rows, earlier) in [(now, false), (past, true)] {
            for row in &rows.rows {
                let stored = Stored::read(row)?;
                let category = stored.category;
                pieces.push(if stored.kind == "profile" {
                    let page = self.open_page(&entry, &keys, client, &stored)?;
                    page.map(move |page| Piece::Page(category, page, earlier))
                } else {
                    let dated = self.open_dated(&entry, &keys, client, &stored)?;
                    dated.map(move |dated| Piece::Dated(Box::new(dated), earlier))
                });
            }
        }
        for row in &typing.rows {
            pieces.push(self.open_draft(&entry, &keys, client, row)?.map(Piece::Draft));
        }
        for row in &booked.rows {
            let stored = StoredAppointment::read(row)?;
            pieces.push(self.open_appointment(&entry, &keys, stored)?.map(Piece::Appointment));
        }
        pieces.push(self.open_documents(&entry, &keys, &docs.rows)?.map(Piece::Documents));
        pieces.push(self.open_papers(&entry, &keys, papers, true)?.map(Piece::Papers));
        pieces.push(self.open_looks(&entry, &keys, client, recorded)?.map(Piece::Looks));
        let requests = self.open_requests(&entry, &keys, client, &asked.rows, &done.rows)?;
        pieces.push(requests.map(Piece::Requests));
        pieces.push(self.open_marks(&entry, &keys, client, &marked)?.map(Piece::Marks));
        self.gather_files(&entry, &keys, docs, with_files, &mut pieces).await?;

        let directory: Vec<Organisation> =
            directory.rows.iter().map(Organisation::read).collect::<Result<_, _>>()?;
        let shared: Vec<DisclosureRow> =
            shared.rows.iter().map(DisclosureRow::read).collect::<Result<_, _>>()?;
        let told: Vec<Told> = told.rows.iter().map(Told::read).collect::<Result<_, _>>()?;
        let consents = stored(&consents.rows)?;
        let day = self.surroundings().today();
        let mut writing = Writing::new(self, &given.notice);
        writing.shared(&shared, &consents, &directory);
        writing.messages(&told);
        let personal = Personal::gather(&entry, pieces)?.map(move |pieces| {
            let (mut marks, mut files, mut contact) = (Vec::new(), Vec::new(), Profile::default());
            for piece in pieces {
                match piece {
                    Piece::Page(Category::Contact, page, false) => {
                        contact = page.profile.clone();
                        writing.page(Category::Contact, &page, false);
                    }
                    Piece::Page(category, page, earlier) => writing.page(category, &page, earlier),
                    Piece::Dated(dated, earlier) => writing.dated(&dated, earlier),
                    Piece::Draft(draft) => writing.draft(&draft),
                    Piece::Appointment(appointment) => writing.appointment(&appointment),
                    Piece::Documents(documents) => writing.documents(&documents),
                    Piece::Papers(papers) => writing.papers(&papers),
                    Piece::Looks(looks) => writing.looks(&looks),
                    Piece::Requests(requests) => writing.requests(&requests),
                    Piece::Marks(found) => marks = found,
                    Piece::File(part, copied) => {
                        writing.file(&part, copied.text);
                        files.extend(copied.bytes.map(|bytes| (part, bytes)));
                    }
                }
            }
            writing.told();
            let Writing { mut parts, notice, .. } = writing;
            parts.sort_by_key(|part| part.group);
            let copy = AccessCopy {
                row,
                contact,
                parts,
                marks,
                service: notice.service.clone(),
                controller: notice.controller.name.clone(),
                day,
                removed: 0,
            };
            Gathered { copy, files }
        });
        Ok((personal, entry))
    }

    /// The newest version of each document, as far as they fit.
    async fn gather_files(
        &self,
        entry: &Entry,
        keys: &vault::FileKeys,
        rows: &Rows,
        with_bytes: bool,
        pieces: &mut Vec<Personal<Piece>>,
    ) -> Result<(), Error> {
        let mut newest: Vec<&store::Row> = rows.rows.iter().collect();
        newest.sort_by_key(|row| std::cmp::Reverse(row.int(1).unwrap_or(0)));
        let (mut seen, mut bytes) = (BTreeSet::new(), 0);
        for row in newest {
            let id = row.bytes16(0)?;
            let size = row.int(5)?.unsigned_abs().saturating_mul(CHUNK_BYTES as u64);
            if !seen.insert(id) || bytes + size > MOST_BYTES {
                continue;
            }
            if let Some(opened) = self.document_copied(entry, keys, row, with_bytes).await? {
                bytes += size;
                let part = format!("document.{}", hex::encode(id));
                pieces.push(opened.map(move |copied| Piece::File(part, copied)));
            }
        }
        Ok(())
    }
}

//! Everything that is held about a client, gathered in one act: for the lead to read, to mark, and to hand over (Art. 15).
//!
//! A copy is a list of parts with lines of text. What is taken out is taken out of these lines, before anything is made from
//! them, so that no page, table or file of the copy can hold it.

use std::collections::BTreeSet;

use access::Act;
use audit::{Action, Detail, Entry};
use casework::redaction::{REMOVED, without};
use casework::requests::Kind;
use casework::{Fault, Placement, Profile, RequestId, answers, dates};
use jiff::Timestamp;
use jiff::civil::Date;
use notice::{Catalogue, Categories, Category, Notice};
use store::{Rows, sql};
use vault::{CHUNK_BYTES, Personal};

use super::marks::{MarkView, Reviewed};
use super::page::WithWords;
use super::{OF_CLIENT, RequestRow, STEPS_OF_CLIENT, to_answer, works_off};
use crate::appointments::{self, Appointment, StoredAppointment};
use crate::consents::{StoredConsent, consents_of, stored};
use crate::disclosures::DisclosureRow;
use crate::documents::{self, Document};
use crate::entries::{Stored, entry_columns};
use crate::files::{Dated, ProfilePage, What};
use crate::looked::{Look, action_words};
use crate::messages::{self, Told};
use crate::organisations::{Organisation, everybody};
use crate::paper::{self, Paper};
use crate::sessions::Visit;
use crate::standing::Standing;
use crate::{Error, Opened, Service, disclosures, drafts};

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
const MOST_LOOKS: u32 = 50_000;
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
        for mark in self.marks.iter().filter(|mark| mark.state == Reviewed::Agreed).map(|view| &view.mark) {
            let mut found = 0;
            let fits = |part: &&mut CopyPart| part.markable() && mark.is_about(&part.id);
            for part in self.parts.iter_mut().filter(fits) {
                if mark.takes_all() {
                    part.heading = REMOVED.to_owned();
                    part.lines = vec![(String::new(), REMOVED.to_owned())];
                    found += 1;
                    continue;
                }
                let (heading, times) = without(&part.heading, &mark.words);
                part.heading = heading;
                found += times;
                for (_, text) in &mut part.lines {
                    let (left, times) = without(text, &mark.words);
                    *text = left;
                    found += times;
                }
            }
            // Words that an earlier mark took out with a whole part are out as well.
            let gone = self.parts.iter().any(|part| mark.is_about(&part.id) && part.heading == REMOVED);
            if found == 0 && !gone {
                return Err(Error::Faults(vec![Fault::new(
                    "marks",
                    "The file was changed, and something that was marked no longer stands where it was. Open the copy, take that mark away and mark it anew",
                )]));
            }
            self.removed += found.max(1);
        }
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
    File(String, Vec<u8>),
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
        if with_files {
            self.gather_files(&entry, &keys, docs, &mut pieces)?;
        }

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
                    Piece::File(part, bytes) => files.push((part, bytes)),
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

    /// The bytes of the newest version of each document, as far as they fit.
    fn gather_files(
        &self,
        entry: &Entry,
        keys: &vault::FileKeys,
        rows: &Rows,
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
            if let Some(opened) = self.document_bytes(entry, keys, row)? {
                bytes += size;
                let part = format!("document.{}", hex::encode(id));
                pieces.push(opened.map(move |bytes| Piece::File(part, bytes)));
            }
        }
        Ok(())
    }
}

/// Writes the parts of a copy in words.
struct Writing {
    parts: Vec<CopyPart>,
    notice: Notice,
    catalogue: Catalogue,
    notices: std::sync::Arc<crate::notices::Notices>,
    staff: std::sync::Arc<crate::staff::Directory>,
    surroundings: crate::Surroundings,
}

impl Writing {
    fn new(service: &Service, notice: &Notice) -> Writing {
        let given = service.notices();
        let own = given.given(&notice.id, &notice.version).map(|one| one.catalogue.clone());
        let notices = service.notices();
        Writing {
            parts: Vec::new(),
            notices,
            notice: notice.clone(),
            catalogue: own.unwrap_or_else(|| Catalogue::standard().clone()),
            staff: service.current_directory(),
            surroundings: service.surroundings().clone(),
        }
    }

    fn put(
        &mut self,
        id: String,
        group: CopyGroup,
        heading: String,
        day: Option<Date>,
        lines: Vec<(String, String)>,
    ) {
        let lines = lines.into_iter().filter(|(_, text)| !text.is_empty()).collect();
        self.parts.push(CopyPart { id, group, heading, day, lines });
    }

    fn when(&self, at: Timestamp) -> String {
        let at = self.surroundings.civil(at);
        format!("{} at {:02}:{:02}", dates::long(at.date()), at.hour(), at.minute())
    }

    fn written(&self, by: casework::StaffId, at: Timestamp) -> (String, String) {
        line("Written", format!("by {} on {}", self.staff.name(by), self.when(at)))
    }

    fn page(&mut self, category: Category, page: &ProfilePage, earlier: bool) {
        let label =
            self.notice.category(category).map_or_else(|| category.to_string(), |held| held.label.clone());
        let mut lines: Vec<(String, String)> = page
            .profile
            .answers
            .iter()
            .map(|(id, answer)| match self.catalogue.field(id) {
                Some(field) => {
                    line(&field.label, answers::shown(field, self.catalogue.list_of(field), answer))
                }
                None => line(id.as_str(), answer.text().unwrap_or_default().to_owned()),
            })
            .collect();
        if let Some(held) = self.notice.category(category) {
            lines.push(line("Where it comes from", held.source.clone()));
        }
        lines.push(self.written(page.author, page.written));
        let group = if earlier { CopyGroup::Earlier } else { CopyGroup::Person };
        let day = self.surroundings.civil(page.written).date();
        self.put(format!("entry.{}.{}", page.id, page.version), group, label, Some(day), lines);
    }

    fn dated(&mut self, dated: &Dated, earlier: bool) {
        let mut lines = match &dated.what {
            What::Meeting(meeting) => vec![
                line("Note", meeting.note.clone()),
                line("You took part", if meeting.took_part { "Yes" } else { "No" }),
                line("Why it was corrected", meeting.because.clone().unwrap_or_default()),
            ],
            What::Written(form, written) => {
                let mut lines: Vec<_> =
                    written.lines(form).into_iter().map(|(label, text)| line(label, text)).collect();
                lines.push(line("Why it was changed", written.because.clone().unwrap_or_default()));
                lines
            }
            What::NoticeGiven(given) => {
                vec![line("Version", given.version.clone()), line("How", given.how.words())]
            }
            What::Agreement(agreed) => {
                vec![line("Under notice", agreed.version.clone()), line("How", agreed.how.words())]
            }
            What::Plan(plan) => {
                let goals = plan.goals.iter().flat_map(|goal| goal.lines.iter().cloned());
                let mut lines: Vec<_> = goals.collect();
                lines.push(line("What else was agreed", plan.also.clone()));
                lines.push(line("Signed", plan.signed(dated.day)));
                lines
            }
            What::Consent(consent) => vec![
                line("What was asked", consent.wording.clone()),
                line("Asked in particular", consent.explicit.clone().unwrap_or_default()),
                line("Answer", consent.state.words()),
                line("How", consent.way.words()),
                line("Who heard or saw it", consent.witness.clone()),
                line("Who answered for you", consent.representative.clone()),
                line("Holds until", consent.until.map(dates::long).unwrap_or_default()),
            ],
            What::Disclosure(disclosed) => {
                let fields: Vec<&str> = disclosed.fields.iter().map(|id| self.label(id)).collect();
                let law = disclosed.law.as_ref();
                vec![
                    line("To", disclosed.name.clone()),
                    line("Which facts", fields.join(", ")),
                    line("Law", law.map(|law| law.enactment.clone()).unwrap_or_default()),
                    line("Our policy", law.map(|law| law.policy.clone()).unwrap_or_default()),
                    line("Why", law.map(|law| law.why.clone()).unwrap_or_default()),
                ]
            }
            What::Placement(placement) => self.placement(placement),
        };
        lines.push(self.written(dated.author, dated.written));
        let group = match (&dated.what, earlier) {
            (_, true) => CopyGroup::Earlier,
            (What::Consent(_) | What::Disclosure(_) | What::NoticeGiven(_) | What::Agreement(_), _) => {
                CopyGroup::Sharing
            }
            _ => CopyGroup::Happened,
        };
        let id = format!("entry.{}.{}", dated.id, dated.version);
        self.put(id, group, dated.headline(), Some(dated.day), lines);
    }

    /// What a programme's layer holds, named as its own notice names it.
    fn placement(&self, placement: &Placement) -> Vec<(String, String)> {
        let given = self.notices.given(&placement.notice, &placement.version);
        let catalogue = given.map_or(&self.catalogue, |given| &given.catalogue);
        let mut lines = vec![
            line("Programme", placement.title.clone()),
            line("Version of its notice", placement.version.clone()),
            line("How it was given", placement.how.words()),
        ];
        lines.extend(placement.met.iter().map(|met| line(&met.criterion, met.evidence.clone())));
        lines.extend(placement.facts.answers.iter().map(|(id, answer)| match catalogue.field(id) {
            Some(field) => line(&field.label, answers::shown(field, catalogue.list_of(field), answer)),
            None => line(id.as_str(), answer.text().unwrap_or_default().to_owned()),
        }));
        if let Some(ended) = &placement.ended {
            lines.push(line("Ended", format!("{}. {}", ended.reason.words(), ended.note)));
        }
        lines
    }

    fn label<'a>(&'a self, id: &'a notice::FieldId) -> &'a str {
        self.catalogue.field(id).map_or(id.as_str(), |field| field.label.as_str())
    }

    fn draft(&mut self, draft: &drafts::Draft) {
        let lines = vec![line("Note", draft.text.note.clone())];
        let id = format!("draft.{}", draft.saved.as_microsecond());
        let day = self.surroundings.civil(draft.saved).date();
        self.put(id, CopyGroup::Happened, "A note that is not finished".to_owned(), Some(day), lines);
    }

    fn appointment(&mut self, appointment: &Appointment) {
        let booked = &appointment.booked;
        let lines = vec![
            line("When", self.when(booked.slot.starts())),
            line("How", booked.way.words()),
            line("With", self.staff.name(booked.adviser)),
            line("What became of it", booked.state.words()),
            line("About", appointment.said.about.clone()),
            line("Where", appointment.said.place.clone()),
            line("Why it ended so", appointment.why.clone()),
        ];
        let day = self.surroundings.civil(booked.slot.starts()).date();
        let id = format!("appointment.{}", booked.id);
        self.put(id, CopyGroup::Appointments, "Appointment".to_owned(), Some(day), lines);
    }

    fn messages(&mut self, told: &[Told]) {
        for one in told {
            let lines = vec![
                line("What it told", one.occasion.code().to_owned()),
                line("By", one.channel.map(casework::messages::Channel::words).unwrap_or_default()),
                line("What became of it", one.state.words()),
                line("When", self.when(one.done.unwrap_or(one.queued))),
            ];
            let day = self.surroundings.civil(one.queued).date();
            let id = format!("message.{}", one.id.0.as_simple());
            self.put(id, CopyGroup::Appointments, "Message to you".to_owned(), Some(day), lines);
        }
    }

    fn documents(&mut self, documents: &[Document]) {
        for document in documents {
            let Some(newest) = document.newest() else { continue };
            let described = &newest.described;
            let mut lines = vec![
                line("File", described.name.clone()),
                line("What it is", described.kind.words()),
                line("Note", described.note.clone()),
                self.written(newest.author, newest.written),
            ];
            let earlier = document.versions.len().saturating_sub(1);
            if earlier > 0 {
                lines.push(line("Earlier versions", format!("{earlier}: ask for them if you want them")));
            }
            let day = self.surroundings.civil(newest.written).date();
            let id = format!("document.{}", document.id);
            self.put(id, CopyGroup::Documents, described.title.clone(), Some(day), lines);
        }
    }

    fn papers(&mut self, papers: &[Paper]) {
        for paper in papers {
            let lines = vec![
                line("What it is", paper.what.clone().unwrap_or_default()),
                line("Label", casework::paper::label(paper.label)),
                line("Since", self.when(paper.written)),
            ];
            let day = self.surroundings.civil(paper.written).date();
            let id = format!("paper.{}", paper.id);
            self.put(id, CopyGroup::Documents, "Paper in our filing system".to_owned(), Some(day), lines);
        }
    }

    fn shared(&mut self, shared: &[DisclosureRow], consents: &[StoredConsent], directory: &[Organisation]) {
        let name = |id| directory.iter().find(|one| one.id == id).map_or("", |one| one.name.as_str());
        for row in shared {
            let fields: Vec<&str> = row.fields.iter().map(|id| self.label(id)).collect();
            let lines = vec![
                line("To", name(row.organisation)),
                line("Which facts", fields.join(", ")),
                line("Ground", if row.by_law { "A law" } else { "Your consent" }),
                line(
                    "Asked for",
                    format!("by {} on {}", self.staff.name(row.asked_by), self.when(row.asked)),
                ),
                line("Left", row.made.map(|at| self.when(at)).unwrap_or_default()),
                line("Reference", row.id.to_string()),
            ];
            let heading = format!("Sharing: {}", row.stage.words());
            let day = self.surroundings.civil(row.asked).date();
            self.put(format!("disclosure.{}", row.id), CopyGroup::Sharing, heading, Some(day), lines);
        }
        for consent in consents {
            let what = match consent.held.organisation {
                Some(id) => format!("Consent to sharing with {}", name(id)),
                None => self.notice.purpose(consent.held.purpose).map_or_else(
                    || "Consent to a use".to_owned(),
                    |stated| format!("Consent: {}", stated.label),
                ),
            };
            let lines =
                vec![line("Stands", consent.held.state.words()), line("Since", self.when(consent.changed))];
            let id = format!("consent.{}", consent.held.entry);
            self.put(id, CopyGroup::Sharing, what, None, lines);
        }
    }

    fn looks(&mut self, looks: &[Look]) {
        let of = |look: &Look| {
            let who = look.who.map_or("Kept itself", |who| self.staff.name(who));
            let role = look.role.filter(|_| look.who.is_some());
            let role = role.map(|role| format!(" ({role})")).unwrap_or_default();
            let purpose = look.purpose.as_deref().and_then(|code| code.parse().ok());
            let purpose = purpose.and_then(|purpose| self.notice.purpose(purpose));
            let purpose = purpose.map(|stated| format!(", {}", stated.label)).unwrap_or_default();
            let refused = if look.outcome.starts_with("refused") { ". Refused" } else { "" };
            let reason = look.reason.as_ref().map(|reason| format!(". Reason: {reason}")).unwrap_or_default();
            line(
                &self.when(look.at),
                format!("{who}{role}: {}{purpose}{refused}{reason}", action_words(&look.action)),
            )
        };
        let lines = looks.iter().map(of).collect();
        self.put(
            "looked".to_owned(),
            CopyGroup::Looked,
            "Everything that was done with your file, newest first".to_owned(),
            None,
            lines,
        );
    }

    fn requests(&mut self, requests: &[WithWords]) {
        for (row, asked, steps) in requests {
            let mut lines = vec![
                line("What you asked", row.kind.words()),
                line("In your words", asked.words.clone()),
                line("Who asked for you", asked.who.clone()),
                line("Answer", row.outcome.map(casework::requests::Outcome::words).unwrap_or_default()),
            ];
            lines.extend(
                steps.iter().map(|step| {
                    line(&dates::long(step.day), format!("{}. {}", step.step.words(), step.words))
                }),
            );
            let heading = format!("{}: {}", row.reference(), row.kind.noun());
            self.put(format!("request.{}", row.id), CopyGroup::Asked, heading, Some(row.received), lines);
        }
    }

    /// What is told with the data, from the notice that the client was given (Art. 15(1)(a) to (h)).
    fn told(&mut self) {
        let notice = self.notice.clone();
        let mut told = |id: &str, heading: &str, lines: Vec<(String, String)>| {
            self.put(format!("about.{id}"), CopyGroup::Told, heading.to_owned(), None, lines);
        };
        let purposes = notice.purposes.iter().map(|purpose| {
            let laws: Vec<String> = purpose.bases.iter().map(notice::render::words::basis_law).collect();
            line(&purpose.label, format!("{} ({})", purpose.says, laws.join("; ")))
        });
        told("purposes", "What we use it for, and by which law", purposes.collect());
        let held = notice
            .categories
            .iter()
            .map(|held| line(&held.label, format!("{} From: {}", held.says, held.source)));
        told("categories", "What we hold, and where it comes from", held.collect());
        let sources = notice.sources.iter().map(|source| line(&source.name, source.says.clone()));
        told("sources", "Others who tell us something", sources.collect());
        let recipients = notice.recipients.iter().map(|one| line(&one.name, one.says.clone()));
        told("recipients", "Who can get it", recipients.collect());
        told(
            "keeping",
            "How long we keep it",
            notice.retention.iter().map(|rule| line("", rule.says.clone())).collect(),
        );
        if let Some(transfers) = &notice.transfers {
            told("transfers", "If it leaves the United Kingdom", vec![line("", transfers.says.clone())]);
        }
        if let Some(automated) = &notice.automated {
            told("automated", "Decisions by computers", vec![line("", automated.says.clone())]);
        }
        let mut rights: Vec<_> = notice
            .rights
            .iter()
            .map(|right| line(&right.label, format!("{} {}", right.says, right.how)))
            .collect();
        if let Some(objection) = &notice.objection {
            rights.push(line("To object", format!("{} {}", objection.says, objection.how)));
        }
        if let Some(withdrawal) = &notice.withdrawal {
            rights.push(line("To take consent back", format!("{} {}", withdrawal.says, withdrawal.how)));
        }
        told("rights", "What else you can ask", rights);
        if let Some(complaints) = &notice.complaints {
            let to = &complaints.regulator;
            let address = to.address.join(", ");
            let reach = [address, to.phone.clone().unwrap_or_default(), to.link.clone()].join("; ");
            told(
                "complaints",
                "If you are not content",
                vec![
                    line("To us", format!("{} {}", complaints.to_us, complaints.how)),
                    line(&to.name, format!("{} {reach}", complaints.to_regulator)),
                ],
            );
        }
        if let Some(requests) = &notice.requests {
            told(
                "elsewhere",
                "What is not held here",
                vec![line("School and college records", requests.elsewhere.clone())],
            );
        }
    }
}

fn line(label: &str, text: impl Into<String>) -> (String, String) {
    (label.to_owned(), text.into())
}

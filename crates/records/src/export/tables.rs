//! Every table of the records store: what of it leaves with an export, or why it stays. A test holds this list against the
//! migrations, so that a new table is not forgotten: a table without a line here fails it.

use notice::Category;
use store::{Sql, sql};
use vault::{Beside, Compartment};

use crate::{Error, changes, entries};

sql! { records:
    /// Files, one by one.
    CLIENT = "SELECT id, adviser, status, restricted, registered, last_contact, notice, notice_version, version FROM client WHERE id = $1";
    /// The entries of a file as they stand.
    ENTRY = "SELECT id, client, kind, category, compartment, day, written, author, version, sealed FROM entry WHERE client = $1 ORDER BY day, written, id";
    /// Their earlier versions.
    ENTRY_PAST = "SELECT id, client, kind, category, compartment, day, written, author, version, sealed FROM entry_past WHERE client = $1 ORDER BY id, version";
    /// Appointments.
    APPOINTMENT = "SELECT id, client, adviser, room, series, starts, ends, way, state, written, author, version, said, sealed, why FROM appointment WHERE client = $1 ORDER BY starts, id";
    /// Documents, each version a line.
    DOCUMENT = "SELECT id, version, client, category, state, blob, pieces, written, author, sealed, programme FROM document WHERE client = $1 ORDER BY id, version";
    /// Paper in the filing system.
    PAPER = "SELECT id, label, client, erasure, state, lent_to, due_back, written, author, version, place, what FROM paper WHERE client = $1 ORDER BY label";
    /// Paper of erased files that is still to be destroyed.
    PAPER_OF_NOBODY = "SELECT id, label, client, erasure, state, lent_to, due_back, written, author, version, place, what FROM paper WHERE client IS NULL ORDER BY label";
    /// Messages about appointments and the end of the file.
    MESSAGE = "SELECT id, client, appointment, version, closure, ending, warned, notice_version, asked_by, noted, template, channel, carrier, state, why, queued, due, expires, attempts, done, answered, settled, settled_by FROM message WHERE client = $1 ORDER BY queued, id";
    /// Where each consent stands.
    CONSENT = "SELECT client, purpose, organisation, kind, entry, state, until, review, fields, changed, version FROM consent WHERE client = $1 ORDER BY changed, purpose";
    /// What became of consents.
    CONSENT_EVENT = "SELECT entry, client, state, at, way, staff FROM consent_event WHERE client = $1 ORDER BY at, entry";
    /// Programmes' notices that were given.
    NOTICE_HELD = "SELECT client, notice, version, given FROM notice_held WHERE client = $1 ORDER BY given, notice";
    /// What goes by which day.
    SCHEDULED = "SELECT client, category, day, reason, noted FROM scheduled_erasure WHERE client = $1 ORDER BY day, category";
    /// What was shared with whom.
    DISCLOSURE = "SELECT id, client, organisation, named, purpose, ground, consent, fields, versions, stage, why, asked, asked_by, decided, decided_by, review, recipient_key, made FROM disclosure WHERE client = $1 ORDER BY asked, id";
    /// The same of erased files.
    DISCLOSURE_OF_NOBODY = "SELECT id, client, organisation, named, purpose, ground, consent, fields, versions, stage, why, asked, asked_by, decided, decided_by, review, recipient_key, made FROM disclosure WHERE client IS NULL ORDER BY asked, id";
    /// What recipients have to be told.
    TO_TELL = "SELECT disclosure, kind, noted, client, organisation, fields, told, told_by, answered, answered_by, answer FROM to_tell WHERE client = $1 ORDER BY noted, disclosure";
    /// The same of erased files.
    TO_TELL_OF_NOBODY = "SELECT disclosure, kind, noted, client, organisation, fields, told, told_by, answered, answered_by, answer FROM to_tell WHERE client IS NULL ORDER BY noted, disclosure";
    /// Who must never see a file.
    CONFLICT = "SELECT staff, client, declared FROM conflict WHERE client = $1 ORDER BY declared, staff";
    /// What was handed over to whom.
    HAND_OVER_CLIENT = "SELECT hand_over, client, state FROM hand_over_client WHERE client = $1 ORDER BY hand_over";
    /// Which appointments fell out by a closing.
    CLOSURE_APPOINTMENT = "SELECT appointment, closure, client FROM closure_appointment WHERE client = $1 ORDER BY appointment";
    /// The notices, word for word.
    NOTICE_VERSION = "SELECT notice, version, digest, text, published FROM notice_version ORDER BY published, notice";
    /// The same as people read them.
    NOTICE_TEXT = "SELECT digest, notice, version, text, kept FROM notice_text ORDER BY kept, digest";
    /// Who works here or did.
    STAFF = "SELECT id, role, status, version, created, sealed FROM staff ORDER BY created, id";
    /// Rooms in which clients are met.
    ROOM = "SELECT id, name, added, added_by, closed FROM room ORDER BY added, id";
    /// Organisations.
    ORGANISATION = "SELECT id, named, name, added, added_by FROM organisation ORDER BY added, id";
    /// Their keys.
    ORGANISATION_KEY = "SELECT id, organisation, address, added, added_by, first_at, first_by, second_at, second_by, replaced FROM organisation_key ORDER BY added, id";
    /// Cover for colleagues.
    COVER = "SELECT id, absent, covering, starts, ends, author, written FROM cover ORDER BY starts, id";
    /// Hand-overs.
    HAND_OVER = "SELECT id, giver, taker, author, reason, begun FROM hand_over ORDER BY begun, id";
    /// Days that were closed.
    CLOSURE = "SELECT id, staff, made, day, begins, ends, way, adviser, room, left_out FROM closure ORDER BY made, id";
    /// What was asked about the data, with the words.
    REQUEST = "SELECT id, number, client, kind, came, asker, received, noted, noted_by, objects, doubt, notice, notice_version, clock, outcome, grounds, decided, decided_by, opinion, closed, sealed FROM request WHERE client = $1 ORDER BY number";
    /// The same of erased files, without words.
    REQUEST_OF_NOBODY = "SELECT id, number, client, kind, came, asker, received, noted, noted_by, objects, doubt, notice, notice_version, clock, outcome, grounds, decided, decided_by, opinion, closed FROM request WHERE client IS NULL ORDER BY number";
    /// What was done about each.
    REQUEST_STEP = "SELECT request, seq, id, step, day, at, staff, sealed FROM request_step WHERE request IN (SELECT id FROM request WHERE client = $1) ORDER BY request, seq";
    REQUEST_STEP_OF_NOBODY = "SELECT request, seq, id, step, day, at, staff FROM request_step WHERE request IN (SELECT id FROM request WHERE client IS NULL) ORDER BY request, seq";
    /// What is taken out of copies, and why.
    REDACTION = "SELECT id, request, client, state, marked, marked_by, reviewed, reviewed_by, sealed FROM redaction WHERE client = $1 ORDER BY marked, id";
    /// Objections.
    OBJECTION = "SELECT client, what, stops, since, request FROM objection WHERE client = $1 ORDER BY since, what";
    /// Holds, with why.
    HOLD = "SELECT id, client, authority, review, placed, placed_by, lifted, lifted_by, why FROM hold WHERE client = $1 ORDER BY placed, id";
    /// Entries that still speak of somebody who was erased.
    TO_REDACT = "SELECT entry, client, erasure, noted, done, done_by FROM to_redact WHERE client = $1 ORDER BY noted, entry";
    /// Whom a breach reached.
    BREACH_AFFECTED = "SELECT breach, client, added, added_by, told FROM breach_affected WHERE client = $1 ORDER BY added, breach";
    /// Who is on which programme.
    PLACEMENT = "SELECT id, client, programme, notice_version, placed, started, ended, version FROM placement WHERE client = $1 ORDER BY placed, id";
    /// What support cost.
    SPEND = "SELECT entry, client, programme, pence, paid, day FROM spend WHERE client = $1 ORDER BY day, entry";
    /// The same of erased files.
    SPEND_OF_NOBODY = "SELECT entry, client, programme, pence, paid, day FROM spend WHERE client IS NULL ORDER BY day, entry";
    /// With which import a file came.
    IMPORTED = "SELECT client, import, line FROM imported WHERE client = $1";
    /// Imports.
    IMPORT = "SELECT id, digest, staff, begun, ended, state, line, made, left_out FROM import ORDER BY begun, id";
    /// Programmes.
    PROGRAMME = "SELECT id, code, text, starts, ends, places, budget, removed, added, version FROM programme ORDER BY added, id";
    /// How organisations are reached.
    ORGANISATION_DETAILS = "SELECT organisation, description, url, email, phone, address, areas, changed, changed_by, version FROM organisation_details ORDER BY organisation";
    /// Breaches, each version of what is known.
    BREACH = "SELECT id, version, aware, state, decision, reported, written, author, sealed FROM breach ORDER BY aware, id, version";
    /// Which looks at files were reviewed.
    LOOK_REVIEW = "SELECT seq, verdict, reviewed, reviewed_by FROM look_review ORDER BY seq";
    /// Who are two people, as a person decided.
    DIFFERENT = "SELECT one, other, decided, staff FROM different ORDER BY decided, one";
    /// Which files were made one.
    MERGE = "SELECT id, survivor, absorbed, staff, made, undone, undone_by, sealed FROM merge WHERE survivor = $1 ORDER BY made, id";
    /// Figures as they were published.
    FIGURE_PACK = "SELECT id, story, period, stage, asked, asked_by, decided, decided_by, content, version, groups FROM figure_pack ORDER BY asked, id";
    /// Figures of the people who live here.
    FIGURE_POPULATION = "SELECT name, loaded, loaded_by, text FROM figure_population ORDER BY name";
    /// Returns to those who pay for a programme.
    FUNDER_RETURN = "SELECT id, programme, definition, definition_version, version, first_day, last_day, recipient, stage, asked, asked_by, decided, decided_by, sealed FROM funder_return ORDER BY asked, id";
    /// What returns are made by.
    RETURN_DEFINITION = "SELECT definition, version, own, added, text FROM return_definition ORDER BY added, definition, version";
    /// The register of erasures.
    ERASURE = "SELECT id, client, what, ground, state, asked, asked_by, decided, decided_by, entries, documents, paper, recipients, mentions, in_service, final_from FROM erasure ORDER BY asked, id";
    /// By what figures are rounded.
    FIGURE_SECRET = "SELECT name, sealed FROM figure_secret ORDER BY name";
    /// The lines that no news goes to, of a file.
    SUPPRESSION = "SELECT id, digest, client, scope, since FROM suppression WHERE client = $1 ORDER BY since, id";
    /// The same of erased files.
    SUPPRESSION_OF_NOBODY = "SELECT id, digest, client, scope, since FROM suppression WHERE client IS NULL ORDER BY since, id";
    /// Under what they are digested.
    SUPPRESSION_SECRET = "SELECT name, sealed FROM suppression_secret ORDER BY name";
    /// What is due of a file.
    DUE = "SELECT entry, field, client, form, day FROM due WHERE client = $1 ORDER BY day, entry, field";
    /// Whom its entries speak of.
    MENTION = "SELECT entry, client, mentioned FROM mention WHERE client = $1 ORDER BY entry, mentioned";
    /// Until when its layers are kept.
    KEEPING = "SELECT client, layer, since, warn, day FROM keeping WHERE client = $1 ORDER BY layer";
    /// Which five minutes its appointments take.
    APPOINTMENT_UNIT = "SELECT holder, unit, appointment FROM appointment_unit WHERE appointment IN (SELECT id FROM appointment WHERE client = $1) ORDER BY unit, holder";
    /// The last numbers that were given.
    COUNTER = "SELECT name, value FROM counter ORDER BY name";
    /// The sweeps.
    SWEEP = "SELECT day, begun, state, doubt, due, erased, ended, first_at, first_by, second_at, second_by FROM sweep ORDER BY day";
    /// Which files are no more; names nobody.
    ERASED = "SELECT client, ground, asked, in_service, final_from FROM erased ORDER BY asked, client";
}

/// What of a row is sealed, and under which place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sealed {
    /// Nothing.
    Nothing,
    /// `sealed`, as an entry.
    Entry,
    /// `sealed` and `why`, as an appointment.
    Appointment,
    /// `sealed`, under the document's own key, and the bytes beside it.
    Document,
    /// `place` under the service's key, `what` under the file's.
    Paper,
    /// `sealed`: name and address; passwords and second factors stay.
    Staff,
    /// `sealed`, of a request, a step of it or a mark in a copy, under the key of what was asked.
    Asked,
    /// `why`, of a hold, under the same key.
    Hold,
    /// `sealed`, under the service's key.
    Service,
    /// `sealed`, of a merge, under the key of the file that went on.
    Merge,
    /// `groups`, of figures that were published, under the service's key.
    Groups,
    /// `sealed`, one for the whole service.
    Secret,
}

/// A sealed column: what it is called in an export, and the place under which it is sealed.
pub(crate) struct Seal {
    pub(crate) column: &'static str,
    pub(crate) name: &'static str,
    pub(crate) table: &'static str,
    pub(crate) version: i64,
    /// Under which key of the client's file, and as what; under the service's own if none.
    pub(crate) under: Option<(Compartment, Category)>,
    /// What stands beside it and is bound into the seal.
    pub(crate) beside: Beside,
}

/// A table that leaves.
#[derive(Debug)]
pub(crate) struct Table {
    /// Its name in the store.
    pub(crate) name: &'static str,
    /// The file that its rows are written to, without the ending.
    pub(crate) file: &'static str,
    /// Its rows: `$1` is a file's id where it is read file by file.
    pub(crate) rows: &'static Sql,
    /// Columns that hold a day.
    pub(crate) days: &'static [&'static str],
    /// Columns that hold an instant.
    pub(crate) times: &'static [&'static str],
    pub(crate) sealed: Sealed,
}

const fn plain(
    name: &'static str,
    file: &'static str,
    rows: &'static Sql,
    days: &'static [&'static str],
    times: &'static [&'static str],
) -> Table {
    Table { name, file, rows, days, times, sealed: Sealed::Nothing }
}

const fn with(table: Table, sealed: Sealed) -> Table {
    Table { sealed, ..table }
}

const SHARED_TIMES: &[&str] = &["asked", "decided", "made"];
const REQUEST_DAYS: &[&str] = &["received", "opinion", "closed"];
const TOLD_TIMES: &[&str] = &["noted", "told", "answered"];

/// What is read file by file, under a permit for that file.
pub(crate) static OF_CLIENTS: [Table; 32] = [
    plain("client", "clients", &CLIENT, &["last_contact"], &["registered"]),
    with(plain("entry", "entries", &ENTRY, &["day"], &["written"]), Sealed::Entry),
    with(plain("entry_past", "earlier-entries", &ENTRY_PAST, &["day"], &["written"]), Sealed::Entry),
    with(
        plain("appointment", "appointments", &APPOINTMENT, &[], &["starts", "ends", "written"]),
        Sealed::Appointment,
    ),
    with(plain("document", "documents", &DOCUMENT, &[], &["written"]), Sealed::Document),
    with(plain("paper", "paper", &PAPER, &["due_back"], &["written"]), Sealed::Paper),
    plain(
        "message",
        "messages",
        &MESSAGE,
        &["ending", "warned", "answered"],
        &["noted", "queued", "due", "expires", "done", "settled"],
    ),
    plain("consent", "consents", &CONSENT, &["until", "review"], &["changed"]),
    plain("consent_event", "consent-events", &CONSENT_EVENT, &[], &["at"]),
    plain("notice_held", "notices-given", &NOTICE_HELD, &[], &["given"]),
    plain("scheduled_erasure", "scheduled-erasures", &SCHEDULED, &["day"], &["noted"]),
    plain("disclosure", "disclosures", &DISCLOSURE, &["review"], SHARED_TIMES),
    plain("to_tell", "to-tell", &TO_TELL, &[], TOLD_TIMES),
    plain("conflict", "conflicts", &CONFLICT, &[], &["declared"]),
    plain("hand_over_client", "hand-over-clients", &HAND_OVER_CLIENT, &[], &[]),
    plain("closure_appointment", "closure-appointments", &CLOSURE_APPOINTMENT, &[], &[]),
    with(plain("request", "requests", &REQUEST, REQUEST_DAYS, &["noted", "decided"]), Sealed::Asked),
    with(plain("request_step", "request-steps", &REQUEST_STEP, &["day"], &["at"]), Sealed::Asked),
    with(plain("redaction", "redactions", &REDACTION, &[], &["marked", "reviewed"]), Sealed::Asked),
    plain("objection", "objections", &OBJECTION, &[], &["since"]),
    plain("suppression", "suppression", &SUPPRESSION, &["since"], &[]),
    with(plain("hold", "holds", &HOLD, &["review"], &["placed", "lifted"]), Sealed::Hold),
    plain("to_redact", "to-redact", &TO_REDACT, &[], &["noted", "done"]),
    plain("breach_affected", "breach-affected", &BREACH_AFFECTED, &[], &["added", "told"]),
    plain("placement", "placements", &PLACEMENT, &["placed", "started", "ended"], &[]),
    plain("spend", "spending", &SPEND, &["day"], &[]),
    plain("imported", "imported", &IMPORTED, &[], &[]),
    with(plain("merge", "merges", &MERGE, &[], &["made", "undone"]), Sealed::Merge),
    plain("due", "due", &DUE, &["day"], &[]),
    plain("mention", "mentions", &MENTION, &[], &[]),
    plain("keeping", "keeping", &KEEPING, &["since", "warn", "day"], &[]),
    plain("appointment_unit", "appointment-times", &APPOINTMENT_UNIT, &[], &[]),
];

/// What belongs to the service, and what is left of files that are no more.
pub(crate) static OF_SERVICE: [Table; 32] = [
    plain("notice_version", "notices", &NOTICE_VERSION, &[], &["published"]),
    plain("notice_text", "notice-texts", &NOTICE_TEXT, &[], &["kept"]),
    with(plain("staff", "staff", &STAFF, &[], &["created"]), Sealed::Staff),
    plain("room", "rooms", &ROOM, &[], &["added", "closed"]),
    plain("organisation", "organisations", &ORGANISATION, &[], &["added"]),
    plain(
        "organisation_key",
        "organisation-keys",
        &ORGANISATION_KEY,
        &[],
        &["added", "first_at", "second_at", "replaced"],
    ),
    plain("cover", "cover", &COVER, &[], &["starts", "ends", "written"]),
    plain("hand_over", "hand-overs", &HAND_OVER, &[], &["begun"]),
    plain("closure", "closures", &CLOSURE, &["day"], &["made", "begins", "ends"]),
    plain("erased", "erased", &ERASED, &[], &["asked", "in_service", "final_from"]),
    with(plain("paper", "paper", &PAPER_OF_NOBODY, &["due_back"], &["written"]), Sealed::Paper),
    plain("disclosure", "disclosures", &DISCLOSURE_OF_NOBODY, &["review"], SHARED_TIMES),
    plain("to_tell", "to-tell", &TO_TELL_OF_NOBODY, &[], TOLD_TIMES),
    plain("request", "requests", &REQUEST_OF_NOBODY, REQUEST_DAYS, &["noted", "decided"]),
    plain("request_step", "request-steps", &REQUEST_STEP_OF_NOBODY, &["day"], &["at"]),
    plain("spend", "spending", &SPEND_OF_NOBODY, &["day"], &[]),
    plain("import", "imports", &IMPORT, &[], &["begun", "ended"]),
    plain("programme", "programmes", &PROGRAMME, &["starts", "ends"], &["removed", "added"]),
    plain("organisation_details", "organisation-details", &ORGANISATION_DETAILS, &[], &["changed"]),
    with(plain("breach", "breaches", &BREACH, &[], &["aware", "reported", "written"]), Sealed::Service),
    plain("look_review", "look-reviews", &LOOK_REVIEW, &[], &["reviewed"]),
    plain("different", "different-people", &DIFFERENT, &[], &["decided"]),
    with(
        plain("funder_return", "returns", &FUNDER_RETURN, &["first_day", "last_day"], &["asked", "decided"]),
        Sealed::Service,
    ),
    plain("return_definition", "return-definitions", &RETURN_DEFINITION, &[], &["added"]),
    with(plain("figure_pack", "figure-packs", &FIGURE_PACK, &[], &["asked", "decided"]), Sealed::Groups),
    with(plain("figure_secret", "figure-secret", &FIGURE_SECRET, &[], &[]), Sealed::Secret),
    plain("suppression", "suppression", &SUPPRESSION_OF_NOBODY, &["since"], &[]),
    with(plain("suppression_secret", "suppression-secret", &SUPPRESSION_SECRET, &[], &[]), Sealed::Secret),
    plain("counter", "counters", &COUNTER, &[], &[]),
    plain("figure_population", "figure-population", &FIGURE_POPULATION, &[], &["loaded"]),
    plain("erasure", "erasures", &ERASURE, &[], &["asked", "decided", "in_service", "final_from"]),
    plain("sweep", "sweeps", &SWEEP, &["day"], &["begun", "ended", "first_at", "second_at"]),
];

/// What stays, and why.
pub const LEFT_OUT: [(&str, &str); 16] = [
    ("setting", "which deployment and epoch this is: another service has its own"),
    ("session", "who is signed in now"),
    ("draft", "notes that nobody has saved: save or drop them first"),
    ("stated_reason", "opens a file for half an hour; the reasons themselves stand in the audit log"),
    ("form_done", "random numbers of forms that were sent"),
    ("change", "the order of changes, for the memory of running servers"),
    ("calendar_address", "digests of secrets: another service makes new ones"),
    ("choosing", "digests of secrets in messages that were sent: their addresses lead here"),
    ("import_mapping", "how a list with certain headings was read: a help for the next one"),
    ("figure_view", "questions that somebody saved under a name: ask them again"),
    ("api_token", "digests of secrets: another service makes new ones"),
    ("api_call", "digests of keys that programs sent"),
    ("webhook", "where the programs of this service are told: they belong to its tokens"),
    ("webhook_delivery", "what those programs are told, as ids"),
    ("outbox_given", "how many entries the audit log of this service was given"),
    ("outbox", "entries on their way to the audit log, which is copied as it is (`kept audit show --json`)"),
];

impl Table {
    /// The names of its columns, in the order of its statement.
    pub(crate) fn columns(&self) -> Vec<&'static str> {
        let text = self.rows.text.strip_prefix("SELECT ").and_then(|rest| rest.split(" FROM ").next());
        text.unwrap_or_default().split(", ").collect()
    }
}

impl Table {
    /// What is sealed of a row, with the text and the numbers that stand in its other columns: days and instants as they are
    /// stored.
    pub(crate) fn seals(
        &self,
        text: impl Fn(&str) -> Result<Option<String>, Error>,
        number: impl Fn(&str) -> Result<i64, Error>,
    ) -> Result<Vec<Seal>, Error> {
        let said = |name| text(name)?.ok_or(Error::Damaged("column"));
        let compartment = || said("compartment")?.parse().map_err(|_| Error::Damaged("compartment"));
        let category = || said("category")?.parse().map_err(|_| Error::Damaged("category"));
        let version = || number("version");
        let beside = Beside::NOTHING;
        let seal = |column, name, table, version, under| Seal { column, name, table, version, under, beside };
        let content = |table, version, under| seal("sealed", "content", table, version, under);
        let asked = || Some((Compartment::Rights, Category::Rights));
        let of_file = |category| Some((Compartment::File, category));
        Ok(match self.sealed {
            // Members of staff are taken apart: their passwords stay.
            Sealed::Nothing | Sealed::Staff => vec![],
            Sealed::Entry => {
                let (compartment, category): (Compartment, Category) = (compartment()?, category()?);
                let id = |name| said(name)?.parse().map_err(|_| Error::Damaged("id"));
                let beside = entries::beside(
                    id("client")?,
                    &said("kind")?,
                    category,
                    &compartment,
                    number("day")?,
                    changes::time(number("written")?)?,
                    said("author")?.parse().map_err(|_| Error::Damaged("id"))?,
                );
                let under = Some((compartment, category));
                vec![Seal { beside, ..content("entry", version()?, under) }]
            }
            Sealed::Document => {
                let document = said("id")?.parse().map_err(|_| Error::Damaged("document"))?;
                let programme = text("programme")?.map(|id| id.parse()).transpose();
                let programme = programme.map_err(|_| Error::Damaged("programme"))?;
                let own = Compartment::of_document(document, programme);
                vec![content("document", version()?, Some((own, category()?)))]
            }
            Sealed::Appointment => vec![
                content("appointment", number("said")?, of_file(Category::Contact)),
                seal("why", "why", "appointment_why", version()?, of_file(Category::Contact)),
            ],
            Sealed::Paper => vec![
                seal("place", "place", "paper", 1, None),
                seal("what", "what", "paper", 1, of_file(Category::Casework)),
            ],
            Sealed::Asked => vec![content(self.name, 1, asked())],
            Sealed::Hold => vec![seal("why", "why", "hold", 1, asked())],
            Sealed::Merge => vec![content("merge", 1, of_file(Category::Agreement))],
            Sealed::Service => vec![content(self.name, version()?, None)],
            Sealed::Groups => vec![seal("groups", "groups", "figure_pack", version()?, None)],
            Sealed::Secret => vec![seal("sealed", "secret", self.name, 1, None)],
        })
    }
}

/// Every table that leaves, each once; of one that is read in two ways, the way of the files.
pub(crate) fn every_table() -> impl Iterator<Item = &'static Table> {
    OF_CLIENTS
        .iter()
        .chain(OF_SERVICE.iter().filter(|table| OF_CLIENTS.iter().all(|of| of.name != table.name)))
}

/// Every table that leaves, and the file that it is written to.
#[must_use]
pub fn exported() -> Vec<(&'static str, &'static str)> {
    OF_CLIENTS.iter().chain(&OF_SERVICE).map(|table| (table.name, table.file)).collect()
}

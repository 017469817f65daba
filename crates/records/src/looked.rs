//! Who looked at a file, when and what for.

use access::{Act, Role};
use audit::{Action, Detail, Entry, Recorded};
use casework::{ClientId, Profile, StaffId};
use jiff::Timestamp;
use notice::{Categories, Category};
use store::sql;
use vault::{FileKeys, Personal};

use crate::entries::{Stored, entry_columns};
use crate::sessions::Visit;
use crate::standing::{Standing, reason_place};
use crate::{Error, Opened, Service};

sql! { records:
    /// The contact page, for the head of the list.
    pub(crate) CONTACT_PAGE = concat!("SELECT ", entry_columns!(), " FROM entry WHERE client = $1 AND kind = 'profile' AND category = 'contact'");
}

/// One line of the list.
#[derive(Debug, Clone)]
pub struct Look {
    /// Its number in the log, for a proof.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// Who; Kept itself if nobody.
    pub who: Option<StaffId>,
    /// As what.
    pub role: Option<Role>,
    /// What was done, as a code.
    pub action: String,
    /// What for, as a code of the notice.
    pub purpose: Option<String>,
    /// Which categories, as codes of the notice.
    pub categories: Vec<String>,
    /// How it ended: `done` or `refused:why`.
    pub outcome: String,
    /// The reason that was stated.
    pub reason: Option<String>,
}

/// Who looked at a file, newest first.
#[derive(Debug, Clone)]
pub struct Looks {
    /// Whose file.
    pub contact: Profile,
    /// The list.
    pub looks: Vec<Look>,
}

/// The longest list.
pub const MOST_LOOKS: u32 = 500;

const LOOKED: Action = Action("view-looked");

impl Service {
    /// How many of the newest entries of the log are of this member of staff, up to 10,000.
    ///
    /// # Errors
    /// The log cannot be read.
    pub async fn entries_of(&self, staff: StaffId) -> Result<usize, Error> {
        Ok(self.log().by_actor(staff.into(), 10_000).await?.len())
    }

    /// Who looked at a client's file. Asking is itself an entry.
    ///
    /// # Errors
    /// The rules refuse, there is no such file, or something cannot do its part.
    pub async fn who_looked(&self, visit: &Visit, client: ClientId) -> Result<Opened<Looks>, Error> {
        let rows = self
            .records()
            .read(vec![Standing::query(client, visit), CONTACT_PAGE.with([client.as_bytes().into()])])
            .await?;
        let [head, contact] = rows.as_slice() else { return Err(Error::Damaged("batch")) };
        let standing = Standing::read(client, head.first())?;
        let wanted = Categories::from(Category::Contact).with(Category::Agreement);
        let permit = self.permit(standing.request(visit, self.now(), Act::Read, wanted), LOOKED).await?;
        let keys = self.vault().keys(client.into()).await?;
        let recorded = self.log().about(client, MOST_LOOKS).await?;
        let entry = self.log().submit(permit, LOOKED, Detail::default());
        let looks = self.open_looks(&entry, &keys, client, recorded)?;
        let contact = match contact.first() {
            Some(row) => self.open_page(&entry, &keys, client, &Stored::read(row)?)?.map(|page| page.profile),
            None => Personal::new(&entry, Profile::default()),
        };
        let personal = contact.and(looks)?.map(|(contact, looks)| Looks { contact, looks });
        Ok(Opened::new(personal, entry))
    }

    /// Lines of the log about a file, with the reasons that were stated.
    pub(crate) fn open_looks(
        &self,
        entry: &Entry,
        keys: &FileKeys,
        client: ClientId,
        recorded: Vec<Recorded>,
    ) -> Result<Personal<Vec<Look>>, Error> {
        let mut looks = Vec::with_capacity(recorded.len());
        for line in recorded {
            let reason = match line.sealed.as_deref().and_then(|sealed| sealed.split_first_chunk::<16>()) {
                Some((row, sealed)) => {
                    self.vault().open::<String>(entry, keys, &reason_place(*row, client), sealed)?.map(Some)
                }
                None => Personal::new(entry, None),
            };
            looks.push(reason.map(move |reason| look(line, reason)));
        }
        Ok(Personal::gather(entry, looks)?)
    }
}

fn look(line: Recorded, reason: Option<String>) -> Look {
    let kept = line.role == Some(Role::System);
    Look {
        seq: line.seq,
        at: line.at,
        who: line.actor.filter(|_| !kept).map(|actor| StaffId::from_bytes(*actor.as_bytes())),
        role: line.role,
        action: line.action,
        purpose: line.purpose,
        categories: line.categories,
        outcome: line.outcome,
        reason,
    }
}

/// An action of the log in plain words.
#[must_use]
pub fn action_words(action: &str) -> &str {
    match action {
        "view-file" => "Opened the file",
        "edit-details" => "Opened details to change them",
        "change-details" => "Changed details",
        "view-history" => "Looked at the history",
        "view-looked" => "Looked at this list",
        "record-meeting" => "Recorded a meeting or note",
        "save-draft" => "Saved a draft note",
        "register-client" => "Registered the client",
        "state-reason" => "Gave a reason for opening the file",
        "begin-booking" => "Began to book an appointment",
        "book-appointment" => "Booked an appointment",
        "choose-again" => "Chose another time by the address that was sent",
        "view-appointment" => "Opened an appointment",
        "move-appointment" => "Moved an appointment",
        "end-appointment" => "Said what became of an appointment",
        "close-office" => "Called off appointments: the office is closed",
        "tell-program" => "Was told that something in the file changed, not what",
        "send-message" => "Opened contact details to send a message",
        "settle-message" => "Said that the client knows",
        "record-reply" => "Recorded an answer to a message",
        "send-again" => "Had a message sent again",
        "list-documents" => "Looked at documents and paper",
        "send-document" => "Added a document",
        "view-document" => "Looked at a document",
        "download-document" => "Downloaded a document",
        "delete-document" => "Deleted a document",
        "move-document" => "Moved a document to or from a programme",
        "check-document" => "Checked a document for viruses",
        "add-paper" => "Added paper to the register",
        "view-paper" => "Looked up a piece of paper",
        "lend-paper" => "Lent paper",
        "return-paper" => "Took paper back",
        "move-paper" => "Moved paper",
        "destroy-paper" => "Destroyed paper",
        "hand-over" => "Gave the file to another adviser",
        "erase" => "Erased",
        "view-erasure-effects" => "Looked at what an erasure would do",
        "ask-erasure" => "Asked for the erasure",
        "view-erasure-asked" => "Looked at an erasure that was asked for",
        "decide-erasure" => "Decided about the erasure",
        "view-holds" => "Looked at holds",
        "set-hold" => "Put the file on hold",
        "lift-hold" => "Lifted a hold",
        "redact" => "Took an erased person out of an entry",
        "print-breach-letter" => "Opened contact details for a letter about a breach",
        "give-notice" => "Gave the privacy notice",
        "send-notice" => "Had a message about the changed notice sent",
        "print-notice-letter" => "Printed a letter about the changed notice",
        "view-consents" => "Looked at consents and sharing",
        "ask-consent" => "Opened the question for consent",
        "answer-consent" => "Recorded an answer about consent",
        "withdraw-consent" => "Recorded that consent was taken back",
        "export-consent" => "Downloaded a record of consent",
        "view-sharing" => "Looked at what would be shared",
        "share" => "Decided to share",
        "ask-sharing" => "Asked to share under a law",
        "decide-sharing" => "Decided about sharing under a law",
        "view-disclosure" => "Looked at something shared",
        "view-legal-ground" => "Read the legal ground for sharing",
        "pack-disclosure" => "Opened facts to pack them for a recipient",
        "made-disclosure" => "Shared facts with a recipient",
        "told-in-referral" => "Told an organisation about the client, in a referral",
        "open-rights" => "Opened the page about rights",
        "record-request" => "Wrote down a request or a complaint",
        "view-request" => "Looked at a request",
        "work-request" => "Wrote down what was done about a request",
        "decide-request" => "Decided a request",
        "restrict-file" => "Restricted the file",
        "lift-restriction" => "Lifted the restriction of the file",
        "read-copy" => "Read the copy that answers a request",
        "make-copy" => "Made the copy that answers a request",
        "make-portable" => "Made the file to take elsewhere",
        "mark-copy" => "Marked something to take out of a copy",
        "unmark-copy" => "Took away a mark in a copy",
        "look-at-marks" => "Looked at what is taken out of a copy",
        "review-marks" => "Reviewed what is taken out of a copy",
        "print-letter" => "Printed a letter about a request",
        "ask-news" => "Asked if news may be sent",
        "view-entry" => "Looked at an entry",
        "view-entries" | "list-entries" => "Looked at a page of entries",
        "write-entry" => "Wrote an entry",
        "change-entry" => "Changed an entry",
        "correct-meeting" => "Corrected a note",
        "view-plan" => "Looked at the plan",
        "agree-plan" => "Recorded that the plan was agreed",
        "list-appointments" => "Looked at the appointments",
        "view-programmes" | "list-placements" => "Looked at the programmes of the file",
        "view-placement" => "Looked at a placement on a programme",
        "begin-placing" => "Began to place the client on a programme",
        "place-on-programme" => "Placed the client on a programme",
        "change-placement" => "Changed a placement on a programme",
        "explain-return" => "Looked at why the client counts in a return",
        "find-affected" => "Listed the file with a breach",
        "remove-affected" => "Took the file off the list of a breach",
        "told-of-breach" => "Recorded that the client was told of a breach",
        "suppress-news" => "Put the client on the list of those who get no news",
        "declare-conflict" => "Said that they know the client privately",
        "compare-files" | "open-to-merge" => "Compared two files of what may be one person",
        "merge-files" | "take-up-file" => "Made two files of one person one",
        "open-to-part" => "Looked at two files that were made one",
        "undo-merge" => "Parted two files that were made one",
        "say-different" => "Said that two files are of two people",
        "tell-again" => "Gave the changed privacy notice",
        "tell-recipient" => "Told a recipient of a change",
        "import" | "load" | "take-in" => "Took the file in",
        "undo-import" => "Took an import back",
        "export-file" => "Wrote the file into an export of everything",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::action_words;

    /// What is said of a file in the log stands in the client's own list, so each act on a file has words: those that are
    /// written down with a permit for one file, as far as they can be told from the sources.
    #[test]
    fn acts_on_a_file_have_words_that_a_client_understands() {
        for action in [
            "view-entry",
            "write-entry",
            "change-entry",
            "correct-meeting",
            "agree-plan",
            "begin-placing",
            "place-on-programme",
            "change-placement",
            "merge-files",
            "undo-merge",
            "told-of-breach",
            "export-file",
        ] {
            let words = action_words(action);
            assert!(words != action && words.chars().next().is_some_and(char::is_uppercase), "{action}");
        }
    }
}

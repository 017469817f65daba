//! Recording a meeting, a call, a message or a note.

use access::Act;
use audit::{Action, Detail};
use casework::entries::EntryKind;
use casework::{ClientId, EntryId, Meeting};
use jiff::civil::Date;
use notice::Category;
use store::sql;

use crate::entries::{Head, compartment_of};
use crate::sessions::Visit;
use crate::surroundings::day_number;
use crate::webhooks::Event;
use crate::{Error, Service, changes};

sql! { records:
    /// Two-way contact moves the clock, forwards only.
    pub(crate) MOVE_CLOCK = "UPDATE client SET last_contact = $2 WHERE id = $1 AND last_contact < $2";
}

const RECORD: Action = Action("record-meeting");

impl Service {
    /// Records a meeting that was on `day`. If the client took part, and the notice counts its kind, the retention clock
    /// starts again from that day. The draft of the note is done with.
    ///
    /// # Errors
    /// The rules refuse, there is no such file, or a store failed; then nothing is written.
    pub async fn record_meeting(
        &self,
        visit: &Visit,
        client: ClientId,
        form: [u8; 16],
        day: Date,
        meeting: &Meeting,
    ) -> Result<EntryId, Error> {
        if let Some(made) = self.made_by_form(visit, form).await? {
            return Ok(EntryId::from_bytes(made));
        }
        let standing = self.standing(visit, client).await?;
        let now = self.now();
        let permit =
            self.permit(standing.request(visit, now, Act::Write, Category::Casework.into()), RECORD).await?;
        let keys = self.vault().keys(client.into()).await?;
        let head = Head {
            id: EntryId::from_bytes(self.draw()),
            client,
            kind: EntryKind::Meeting.code().into(),
            category: Category::Casework,
            compartment: compartment_of(Category::Casework),
            day: day_number(day),
            written: now,
            author: visit.staff,
            version: 1,
        };
        let (add, mark) = self.seal_new(&permit, &keys, &head, meeting)?;
        let change = self.log().change(permit, RECORD, &Detail { rows: vec![mark], ..Detail::default() });
        let mut batch = vec![add];
        batch.extend(self.contact_moves(&standing, meeting.contact(), day)?);
        batch.extend(self.note_mentions(client, head.id, meeting));
        batch.extend(self.tell_programs(Event::of_entry(&head), now));
        batch.extend(changes::of_client(client, now));
        let made = self.write_once(visit, form, *head.id.as_bytes(), change, batch).await?;
        Ok(EntryId::from_bytes(made))
    }
}

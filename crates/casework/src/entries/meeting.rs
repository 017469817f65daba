//! Meetings and all that is like them: calls, messages, letters, notes.

use jiff::civil::Date;
use notice::ContactKind;
use serde::{Deserialize, Serialize};

use super::{EARLIEST, codes};
use crate::answers::{Fault, Typed};
use crate::dates::{self, When};
use crate::formats::text;
use crate::ids::EntryId;

/// A meeting, a call, a message or a note. Its day stands beside it, in the clear.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meeting {
    /// What it was.
    pub kind: MeetingKind,
    /// How long it took.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes: Option<u32>,
    /// What was said and agreed.
    pub note: String,
    /// Whether the client took part: came, answered, wrote.
    pub took_part: bool,
    /// The goals that it was about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub about: Vec<EntryId>,
    /// Why this version took the place of the one before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
}

codes! {
    /// What kind of meeting.
    MeetingKind {
        /// Face to face, or on a video call.
        Meeting = "meeting",
        /// A telephone call.
        Phone = "phone",
        /// Text messages.
        Text = "text",
        /// E-mails.
        Email = "email",
        /// A letter.
        Letter = "letter",
        /// A note of ours, without the client.
        FileNote = "file-note",
    }
}

impl MeetingKind {
    /// As a form offers it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            MeetingKind::Meeting => "Meeting",
            MeetingKind::Phone => "Phone call",
            MeetingKind::Text => "Text message",
            MeetingKind::Email => "Email",
            MeetingKind::Letter => "Letter",
            MeetingKind::FileNote => "File note",
        }
    }
}

impl MeetingKind {
    /// In the middle of a sentence: `the phone call of 3 March 2026`.
    #[must_use]
    pub const fn noun(self) -> &'static str {
        match self {
            MeetingKind::Meeting => "meeting",
            MeetingKind::Phone => "phone call",
            MeetingKind::Text => "text message",
            MeetingKind::Email => "email",
            MeetingKind::Letter => "letter",
            MeetingKind::FileNote => "file note",
        }
    }
}

impl Meeting {
    /// What it counts as for the clock of retention. A note of ours never moves it, nor does anything without the client.
    #[must_use]
    pub const fn contact(&self) -> ContactKind {
        match (self.kind, self.took_part) {
            (MeetingKind::FileNote, _) => ContactKind::StaffNote,
            (MeetingKind::Meeting | MeetingKind::Phone, true) => ContactKind::TookPart,
            (MeetingKind::Text, true) => ContactKind::TextFromClient,
            (MeetingKind::Email, true) => ContactKind::EmailFromClient,
            (MeetingKind::Letter, true) => ContactKind::LetterFromClient,
            (MeetingKind::Meeting, false) => ContactKind::MissedAppointment,
            (_, false) => ContactKind::MessageSent,
        }
    }

    /// Its line in the timeline: `Meeting, 40 minutes`.
    #[must_use]
    pub fn title(&self) -> String {
        let mut title = self.kind.words().to_owned();
        match (self.kind, self.took_part) {
            (MeetingKind::Meeting, false) => title.push_str(", client did not come"),
            (MeetingKind::Phone, false) => title.push_str(", no answer"),
            (MeetingKind::Text | MeetingKind::Email | MeetingKind::Letter, false) => title.push_str(" sent"),
            _ => {}
        }
        if let Some(minutes) = self.minutes.filter(|minutes| *minutes > 0) {
            title.push_str(", ");
            title.push_str(&dates::count(u64::from(minutes), "minute"));
        }
        title
    }
}

/// What came from the form of a meeting.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MeetingTyped {
    /// The code of its kind.
    pub kind: String,
    /// The day; nothing typed is today.
    pub day: Typed,
    /// How many minutes.
    pub minutes: String,
    /// The note.
    pub note: String,
    /// Whether the client took part.
    pub took_part: bool,
    /// The goals that it was about.
    pub about: Vec<EntryId>,
}

impl MeetingTyped {
    /// The names of the form's fields in faults.
    pub const FIELDS: [&str; 5] = ["kind", "day", "minutes", "note", "took_part"];

    /// Reads the meeting and its day.
    ///
    /// # Errors
    /// Everything that is wrong, each with its field and what to do.
    pub fn read(&self, today: Date) -> Result<(Date, Meeting), Vec<Fault>> {
        let mut faults = Vec::new();
        let kind = self.kind.trim().parse::<MeetingKind>();
        if kind.is_err() {
            faults.push(Fault::new("kind", "Choose what it was: a meeting, a call, a message or a note"));
        }
        let day = self.read_day(today).map_err(|fault| faults.push(fault));
        let minutes = self.read_minutes().map_err(|fault| faults.push(fault));
        let note = self.read_note().map_err(|fault| faults.push(fault));
        match (kind, day, minutes, note) {
            (Ok(kind), Ok(day), Ok(minutes), Ok(note)) => {
                let took_part = self.took_part && kind != MeetingKind::FileNote;
                let about = self.about.clone();
                Ok((day, Meeting { kind, minutes, note, took_part, about, because: None }))
            }
            _ => Err(faults),
        }
    }

    fn read_day(&self, today: Date) -> Result<Date, Fault> {
        if self.day.is_empty() {
            return Ok(today);
        }
        let read = match &self.day.boxes {
            Some(boxes) if !boxes.is_empty() => dates::read_boxes(boxes, When::Past, today),
            _ => dates::read_date(self.day.text(), When::Past, today),
        };
        let day = read.map_err(|fault| Fault::new("day", fault.to_string()).at(fault.part()))?;
        if day < EARLIEST {
            let message = format!("Check the year: entries begin on {}", dates::long(EARLIEST));
            return Err(Fault::new("day", message).at(crate::answers::Part::Year));
        }
        Ok(day)
    }

    fn read_minutes(&self) -> Result<Option<u32>, Fault> {
        match self.minutes.trim() {
            "" => Ok(None),
            minutes => match minutes.parse() {
                Ok(minutes @ 0..=1440) => Ok(Some(minutes)),
                _ => Err(Fault::new("minutes", "Enter how many minutes it took, like 40: a day has 1,440")),
            },
        }
    }

    fn read_note(&self) -> Result<String, Fault> {
        let note = text::lines(&self.note, text::LONGEST_LONG_TEXT)
            .map_err(|f| Fault::new("note", f.to_string()))?;
        if note.is_empty() {
            return Err(Fault::new("note", "Write what was said or agreed, in a sentence or more"));
        }
        Ok(note)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const TODAY: Date = date(2026, 11, 23);

    fn typed(kind: &str, day: &str, minutes: &str, note: &str, took_part: bool) -> MeetingTyped {
        MeetingTyped {
            kind: kind.into(),
            day: Typed::one(day),
            minutes: minutes.into(),
            note: note.into(),
            took_part,
            about: vec![],
        }
    }

    fn meeting(kind: MeetingKind, minutes: Option<u32>, took_part: bool) -> Meeting {
        Meeting { kind, minutes, note: "x".into(), took_part, about: vec![], because: None }
    }

    #[test]
    fn a_meeting_is_read_from_its_form() {
        let (day, meeting) = typed("meeting", "", "40", "Talked about jobs.\r\n", true).read(TODAY).unwrap();
        assert_eq!((day, meeting.title().as_str()), (TODAY, "Meeting, 40 minutes"));
        assert_eq!(meeting.note, "Talked about jobs.");
        let (day, meeting) = typed("phone", "9 11 26", "1", "Rang.", false).read(TODAY).unwrap();
        assert_eq!((day, meeting.title().as_str()), (date(2026, 11, 9), "Phone call, no answer, 1 minute"));
    }

    #[test]
    fn every_fault_is_told_at_once_and_names_its_field() {
        let faults = typed("gossip", "24 11 2026", "lots", " \n ", true).read(TODAY).unwrap_err();
        let fields: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(fields, ["kind", "day", "minutes", "note"]);
        for (day, minutes) in [("31 12 1989", ""), ("23 11 2026", "1441"), ("23 11 2026", "-1")] {
            assert!(typed("text", day, minutes, "x", true).read(TODAY).is_err(), "{day} {minutes}");
        }
        assert!(typed("text", "1 1 1990", "1440", "x", true).read(TODAY).is_ok());
    }

    // promise: P16
    #[test]
    fn a_file_note_is_never_contact_and_a_missed_meeting_neither() {
        for kind in MeetingKind::ALL {
            for took_part in [true, false] {
                let (_, meeting) = typed(kind.code(), "", "", "x", took_part).read(TODAY).unwrap();
                let counts = took_part && *kind != MeetingKind::FileNote;
                assert_eq!(meeting.contact().two_way(), counts, "{kind} {took_part}");
                assert_eq!(meeting.took_part, counts, "{kind} {took_part}");
            }
        }
        let forged = meeting(MeetingKind::FileNote, None, true);
        assert!(!forged.contact().two_way());
    }

    #[test]
    fn what_is_kept_is_written_in_a_form_that_stays() {
        let meeting = meeting(MeetingKind::FileNote, Some(5), false);
        let kept = r#"{"kind":"file-note","minutes":5,"note":"x","took_part":false}"#;
        assert_eq!(serde_json::to_string(&meeting).unwrap(), kept);
        assert_eq!(serde_json::from_str::<Meeting>(kept).unwrap(), meeting);
    }
}

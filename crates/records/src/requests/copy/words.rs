//! The parts of a copy in words: each fact that is held, with what it is called and where it comes from.

use casework::disclosures::TOLD;
use casework::{Placement, answers, dates};
use jiff::Timestamp;
use jiff::civil::Date;
use notice::{Catalogue, Category, Notice};

use super::{CopyFile, CopyGroup, CopyPart};
use crate::Service;
use crate::appointments::Appointment;
use crate::consents::StoredConsent;
use crate::disclosures::DisclosureRow;
use crate::documents::{Document, DocumentText};
use crate::drafts;
use crate::files::{Dated, ProfilePage, What};
use crate::looked::{Look, action_words};
use crate::messages::Told;
use crate::organisations::Organisation;
use crate::paper::Paper;
use crate::requests::marks::FILES;
use crate::requests::page::WithWords;

/// Writes the parts of a copy in words.
pub(super) struct Writing {
    pub(super) parts: Vec<CopyPart>,
    pub(super) notice: Notice,
    catalogue: Catalogue,
    notices: std::sync::Arc<crate::notices::Notices>,
    staff: std::sync::Arc<crate::staff::Directory>,
    surroundings: crate::Surroundings,
}

impl Writing {
    pub(super) fn new(service: &Service, notice: &Notice) -> Writing {
        let notices = service.notices();
        let own = notices.given(&notice.id, &notice.version).map(|one| one.catalogue.clone());
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
        self.parts.push(CopyPart { id, group, heading, day, lines, file: None });
    }

    /// What can be read of a document that was put already.
    pub(super) fn file(&mut self, part: &str, text: DocumentText) {
        if let Some(of) = self.parts.iter_mut().find(|of| of.id == part) {
            of.file = Some(CopyFile { text, changed: false });
        }
    }

    fn when(&self, at: Timestamp) -> String {
        let at = self.surroundings.civil(at);
        format!("{} at {:02}:{:02}", dates::long(at.date()), at.hour(), at.minute())
    }

    fn written(&self, by: casework::StaffId, at: Timestamp) -> (String, String) {
        line("Written", format!("by {} on {}", self.staff.name(by), self.when(at)))
    }

    pub(super) fn page(&mut self, category: Category, page: &ProfilePage, earlier: bool) {
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

    pub(super) fn dated(&mut self, dated: &Dated, earlier: bool) {
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

    pub(super) fn draft(&mut self, draft: &drafts::Draft) {
        let lines = vec![line("Note", draft.text.note.clone())];
        let id = format!("draft.{}", draft.saved.as_microsecond());
        let day = self.surroundings.civil(draft.saved).date();
        self.put(id, CopyGroup::Happened, "A note that is not finished".to_owned(), Some(day), lines);
    }

    pub(super) fn appointment(&mut self, appointment: &Appointment) {
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

    pub(super) fn messages(&mut self, told: &[Told]) {
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

    pub(super) fn documents(&mut self, documents: &[Document]) {
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
            let id = format!("{FILES}{}", document.id);
            self.put(id, CopyGroup::Documents, described.title.clone(), Some(day), lines);
        }
    }

    pub(super) fn papers(&mut self, papers: &[Paper]) {
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

    pub(super) fn shared(
        &mut self,
        shared: &[DisclosureRow],
        consents: &[StoredConsent],
        directory: &[Organisation],
    ) {
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
                line("How", row.told_in().map(|_| TOLD).unwrap_or_default()),
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

    pub(super) fn looks(&mut self, looks: &[Look]) {
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

    pub(super) fn requests(&mut self, requests: &[WithWords]) {
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
    pub(super) fn told(&mut self) {
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

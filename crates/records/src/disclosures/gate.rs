//! The gate: everything that decides whether something may leave, read at once; what would leave; and a gate that was shut.

use std::collections::BTreeSet;
use std::sync::Arc;

use access::{Act, Request};
use audit::Detail;
use casework::disclosures::{Approved, Asked, Blocked, Disclosure, Ground, Stage, named};
use casework::programmes::Placement;
use casework::{ClientId, OrganisationId, Profile, answers};
use jiff::civil::Date;
use notice::{Categories, Category, FieldId, Notice, Purpose, Recipient};
use vault::{FileKeys, Personal};

use super::{ADD, DisclosureRow, Fact, PAGES, PLACEMENTS, SHARE};
use crate::consents::{StoredConsent, consents_of, stored};
use crate::entries::Stored;
use crate::notices::Published;
use crate::notices_given::held;
use crate::organisations::{Organisation, finding};
use crate::sessions::Visit;
use crate::standing::Standing;
use crate::{Error, Service};

/// Everything that the gate looks at, read at once.
pub(super) struct AtTheGate {
    pub(super) standing: Standing,
    pub(super) organisation: Organisation,
    pub(super) notices: Vec<Arc<Published>>,
    pub(super) consent: Option<StoredConsent>,
    /// What the notice says of the recipient; or why it is none.
    pub(super) recipient: Result<Recipient, Blocked>,
}

impl AtTheGate {
    pub(super) fn named(&self) -> Vec<&Notice> {
        self.notices.iter().map(|one| &one.notice).collect()
    }

    /// The name and category of a field in the notices that were given.
    pub(super) fn field(&self, id: &FieldId) -> Option<&notice::Field> {
        self.notices.iter().find_map(|one| one.catalogue.field(id))
    }

    pub(super) fn labels(&self, ids: &[FieldId]) -> Vec<String> {
        ids.iter().filter_map(|id| Some(self.field(id)?.label.clone())).collect()
    }

    /// The categories that hold the answers to these fields. A programme's own are in the entry of the placement.
    pub(super) fn categories(&self, ids: &[FieldId]) -> Categories {
        let asked: Categories = ids.iter().filter_map(|id| Some(self.field(id)?.category)).collect();
        let own = ids.iter().any(|id| self.notices.iter().any(|one| is_own(&one.notice, id)));
        if own { asked.with(Category::Casework) } else { asked }
    }

    /// Those of these answers of a placement that its programme asked for itself.
    fn own_answers(&self, ids: &[FieldId], placement: &Placement) -> Profile {
        let notice = self.notices.iter().find(|one| one.notice.id == placement.notice);
        let own = |id: &&FieldId| notice.is_some_and(|one| is_own(&one.notice, id));
        let found =
            ids.iter().filter(own).filter_map(|id| Some((id.clone(), placement.facts.get(id)?.clone())));
        Profile { answers: found.collect() }
    }

    /// Whether the recipient's key can be encrypted to.
    pub(super) fn key(&self) -> Result<[u8; 16], Blocked> {
        let key = self.organisation.key.as_ref().ok_or(Blocked::NoKey)?;
        if key.confirmed() { Ok(key.id) } else { Err(Blocked::KeyNotConfirmed) }
    }

    /// The consent, as a ground, with the fields that were agreed.
    pub(super) fn by_consent(&self, today: Date) -> Result<(Ground, Vec<FieldId>), Blocked> {
        let recipient = self.recipient.as_ref().map_err(|why| *why)?;
        let consent = self.consent.as_ref().ok_or(Blocked::NoConsent)?;
        let proof = consent.held.in_force(recipient.purpose, self.organisation.id, today)?;
        // What was agreed, as far as the notice still gives it.
        let agreed = consent.fields.iter().filter(|id| recipient.fields.contains(id)).cloned().collect();
        Ok((Ground::Consent(proof), agreed))
    }
}

/// Whether a field is a question of the notice's own, which the rest of the file does not hold.
fn is_own(notice: &Notice, id: &FieldId) -> bool {
    notice.fields.iter().any(|field| field.id == *id)
}

/// What is opened to be given.
enum Page {
    Contact(Profile),
    Other(Profile),
    Placement(Box<Placement>),
}

/// The facts of a profile in these fields, the names of those without an answer, and the versions of the pages.
pub(super) struct Found {
    pub(super) contact: Profile,
    pub(super) facts: Vec<Fact>,
    pub(super) without: Vec<String>,
    pub(super) versions: String,
}

impl Service {
    pub(super) async fn at_the_gate(
        &self,
        visit: &Visit,
        client: ClientId,
        organisation: OrganisationId,
    ) -> Result<AtTheGate, Error> {
        let rows = self
            .records()
            .read(vec![
                Standing::query(client, visit),
                finding(organisation),
                held(client),
                consents_of(client),
            ])
            .await?;
        let [head, found, held, consents] = rows.as_slice() else { return Err(Error::Damaged("batch")) };
        let standing = Standing::read(client, head.first())?;
        let organisation = found.first().map(Organisation::read).transpose()?.ok_or(Error::NoSuchFile)?;
        let notices = self.given_to(&standing, &held.rows)?;
        let recipient = {
            let given: Vec<&Notice> = notices.iter().map(|one| &one.notice).collect();
            named(&given, &organisation.named).cloned()
        };
        let consent =
            stored(&consents.rows)?.into_iter().find(|one| one.held.organisation == Some(organisation.id));
        Ok(AtTheGate { standing, organisation, notices, consent, recipient })
    }

    /// A request to read what a recipient gets, for the purpose that the notice gives it. The request of a decision is itself
    /// the reason for which whoever decides opens the file.
    pub(super) fn to_read(
        &self,
        visit: &Visit,
        gate: &AtTheGate,
        purpose: Purpose,
        categories: Categories,
        deciding: bool,
    ) -> Request {
        let mut request = gate.standing.request_for(visit, self.now(), purpose, Act::Read, categories);
        request.circumstances.reason |= deciding;
        request
    }

    /// Writes down that the gate was shut, in the file's list and in the log that the client can see.
    pub(super) async fn blocked(
        &self,
        visit: &Visit,
        client: ClientId,
        gate: &AtTheGate,
        why: Blocked,
    ) -> Result<Error, Error> {
        let now = self.now();
        let request =
            gate.standing.request_for(visit, now, Purpose::Rights, Act::Write, Category::Rights.into());
        let permit = self.permit(request, SHARE).await?;
        let detail = Detail { stopped: Some(why.code()), ..Detail::default() };
        let change = self.log().change(permit, SHARE, &detail);
        let purpose = gate.recipient.as_ref().map_or(Purpose::Support, |recipient| recipient.purpose);
        let law = gate.recipient.as_ref().is_ok_and(|recipient| recipient.legal_ground.is_some());
        let row = ADD.with([
            self.draw().into(),
            client.as_bytes().into(),
            gate.organisation.id.as_bytes().into(),
            gate.organisation.named.as_str().into(),
            purpose.code().into(),
            if law { "law" } else { "consent" }.into(),
            store::Value::Null,
            "".into(),
            "".into(),
            Stage::Blocked.code().into(),
            why.code().into(),
            now.as_microsecond().into(),
            visit.staff.as_bytes().into(),
            store::Value::Null,
            store::Value::Null,
            store::Value::Null,
        ]);
        self.records().write(vec![row, change.outbox()]).await?;
        change.committed();
        Ok(Error::Blocked(why))
    }

    /// Opens the answers to these fields.
    pub(super) async fn facts(
        &self,
        entry: &audit::Entry,
        keys: &FileKeys,
        client: ClientId,
        gate: &AtTheGate,
        wanted: &[FieldId],
        categories: Categories,
    ) -> Result<Personal<Found>, Error> {
        let id = || client.as_bytes().into();
        let rows = self.records().read(vec![PAGES.with([id()]), PLACEMENTS.with([id()])]).await?;
        let [pages, placements] = rows.as_slice() else { return Err(Error::Damaged("batch")) };
        let of_facts: BTreeSet<Category> = gate.categories(wanted).iter().collect();
        let mut versions = Vec::new();
        let mut opened = Vec::new();
        for row in &pages.rows {
            let stored = Stored::read(row)?;
            if !categories.contains(stored.category) {
                continue;
            }
            if of_facts.contains(&stored.category) {
                versions.push(format!("{}:{}", stored.category, stored.version));
            }
            let contact = stored.category == Category::Contact;
            opened.push(self.open_page(entry, keys, client, &stored)?.map(move |page| match contact {
                true => Page::Contact(page.profile),
                false => Page::Other(page.profile),
            }));
        }
        for row in placements.rows.iter().filter(|_| of_facts.contains(&Category::Casework)) {
            let stored = Stored::read(row)?;
            versions.push(format!("{}:{}.{}", stored.category, stored.id, stored.version));
            let placement = self.open_entry::<Placement>(entry, keys, client, &stored)?;
            opened.push(placement.map(|placement| Page::Placement(Box::new(placement))));
        }
        let described: Vec<(FieldId, notice::Field, Option<notice::ValueList>)> = wanted
            .iter()
            .filter_map(|id| {
                let catalogue = &gate.notices.iter().find(|one| one.catalogue.field(id).is_some())?.catalogue;
                let field = catalogue.field(id)?;
                Some((id.clone(), field.clone(), catalogue.list_of(field).cloned()))
            })
            .collect();
        let own = |placement: &Placement| gate.own_answers(wanted, placement);
        Ok(Personal::gather(entry, opened)?.map(move |opened| {
            let mut found = Found {
                contact: Profile::default(),
                facts: Vec::new(),
                without: Vec::new(),
                versions: versions.join(" "),
            };
            let mut all = Profile::default();
            for page in opened {
                match page {
                    Page::Contact(profile) => {
                        found.contact = profile.clone();
                        all = all.joined(profile);
                    }
                    Page::Other(profile) => all = all.joined(profile),
                    Page::Placement(placement) => all = all.joined(own(&placement)),
                }
            }
            for (field, described, list) in described {
                match all.get(&field) {
                    Some(answer) => {
                        let value = answers::shown(&described, list.as_ref(), answer);
                        found.facts.push(Fact { field, label: described.label.clone(), value });
                    }
                    None => found.without.push(described.label.clone()),
                }
            }
            found
        }))
    }
}

/// The gate for a disclosure that was written down before.
pub(super) fn through(gate: &AtTheGate, row: &DisclosureRow, today: Date) -> Result<Disclosure, Blocked> {
    match row.stage {
        Stage::Ready | Stage::Made => {}
        Stage::Asked | Stage::Refused => return Err(Blocked::NotApproved),
        Stage::Stopped | Stage::Blocked => return Err(row.why.unwrap_or(Blocked::NoConsent)),
    }
    let ground = if row.by_law {
        let approver = row.decided.map(|(_, by)| by);
        Ground::Law(Approved::by(row.asked_by, approver, row.review, today)?)
    } else {
        let (ground, _) = gate.by_consent(today)?;
        match &ground {
            Ground::Consent(consent) if Some(consent.entry()) == row.consent => ground,
            _ => return Err(Blocked::NoConsent),
        }
    };
    let asked = Asked { organisation: row.organisation, named: &row.named, fields: &row.fields };
    Disclosure::through(&gate.named(), &asked, ground)
}

impl Found {
    pub(super) fn versions_of(&self, gate: &AtTheGate, fields: &[FieldId]) -> BTreeSet<String> {
        versions_within(&self.versions, gate, fields)
    }
}

/// The versions of those pages that hold these fields.
pub(super) fn versions_within(versions: &str, gate: &AtTheGate, fields: &[FieldId]) -> BTreeSet<String> {
    let wanted = gate.categories(fields);
    versions
        .split_ascii_whitespace()
        .filter(|part| {
            let category = part.split(':').next().and_then(|code| code.parse::<Category>().ok());
            category.is_some_and(|category| wanted.contains(category))
        })
        .map(str::to_owned)
        .collect()
}

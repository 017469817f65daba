//! The plan that a client and their adviser agree on: the goals as they stand, signed and frozen.

use access::Act;
use audit::{Action, Detail};
use casework::entries::{AgreedGoal, Signed};
use casework::{AgreedPlan, ClientId, EntryId, EntryKind, Profile, Written};
use notice::{Categories, Category, forms};
use sha2::{Digest, Sha256};
use store::{Row, sql};
use vault::{FileKeys, Personal};

use crate::entries::{Head, Stored, compartment_of, entry_columns};
use crate::entry_views::CONTACT_PAGE;
use crate::sessions::Visit;
use crate::standing::Standing;
use crate::surroundings::day_number;
use crate::webhooks::Event;
use crate::{Error, Opened, Service, changes};

sql! { records:
    /// The goals of a file, the earliest first.
    GOALS = concat!("SELECT ", entry_columns!(), " FROM entry WHERE client = $1 AND kind = 'goal' ORDER BY day, written, id LIMIT 200");
    /// How many plans were agreed.
    COUNT_PLANS = "SELECT COUNT(*) FROM entry WHERE client = $1 AND kind = 'agreed-plan'";
}

/// The plan as it stands now.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Who it is about, for the head of the page.
    pub contact: Profile,
    /// The goals that go on.
    pub goals: Vec<AgreedGoal>,
    /// The number that it would get.
    pub number: u32,
    /// What the form sends back: it is agreed only if nothing changed meanwhile.
    pub digest: String,
    /// Whether it may be agreed.
    pub writable: bool,
}

const VIEW: Action = Action("view-plan");
const AGREE: Action = Action("agree-plan");

impl Service {
    /// The plan of a client: the goals that go on.
    ///
    /// # Errors
    /// The rules refuse, there is no such file, or something cannot do its part.
    pub async fn plan(&self, visit: &Visit, client: ClientId) -> Result<Opened<Plan>, Error> {
        let rows = self
            .records()
            .read(vec![
                Standing::query(client, visit),
                CONTACT_PAGE.with([client.as_bytes().into()]),
                GOALS.with([client.as_bytes().into()]),
                COUNT_PLANS.with([client.as_bytes().into()]),
            ])
            .await?;
        let [head, contact, goals, count] = rows.as_slice() else { return Err(Error::Damaged("batch")) };
        let standing = Standing::read(client, head.first())?;
        let now = self.now();
        let wanted = Categories::from(Category::Contact).with(Category::Casework);
        let permit = self.permit(standing.request(visit, now, Act::Read, wanted), VIEW).await?;
        let keys = self.vault().keys(client.into()).await?;
        let entry = self.log().submit(permit, VIEW, Detail::default());
        let contact = match contact.first() {
            Some(row) => self.open_page(&entry, &keys, client, &Stored::read(row)?)?.map(|page| page.profile),
            None => Personal::new(&entry, Profile::default()),
        };
        let goals = self.open_goals(&entry, &keys, client, &goals.rows)?;
        let number = next_number(count.first())?;
        let writing = standing.request(visit, now, Act::Write, Categories::all());
        let writable = self.policy().allowed(&writing).contains(Category::Casework);
        let plan = contact.and(goals)?.map(move |(contact, goals)| {
            let digest = digest(&goals);
            Plan { contact, goals, number, digest, writable }
        });
        Ok(Opened::new(plan, entry))
    }

    fn open_goals(
        &self,
        entry: &audit::Entry,
        keys: &FileKeys,
        client: ClientId,
        rows: &[Row],
    ) -> Result<Personal<Vec<AgreedGoal>>, Error> {
        let form = forms::form("goal").ok_or(Error::Damaged("form"))?;
        let mut pieces = Vec::with_capacity(rows.len());
        for row in rows {
            let stored = Stored::read(row)?;
            let (id, version) = (stored.id, stored.version);
            let goal = self.open_entry::<Written>(entry, keys, client, &stored)?;
            pieces.push(
                goal.map(move |goal| (!goal.is_over(form)).then(|| AgreedGoal::of(id, version, form, &goal))),
            );
        }
        Ok(Personal::gather(entry, pieces)?.map(|goals| goals.into_iter().flatten().collect()))
    }

    /// Freezes the plan as client and adviser agreed on it. `seen` is the digest of what they read.
    ///
    /// # Errors
    /// `Error::ChangedMeanwhile` if the goals are no longer those, `Error::Faults` if there are none, a refusal, or a store
    /// failed; then nothing is written.
    pub async fn agree_plan(
        &self,
        visit: &Visit,
        client: ClientId,
        key: [u8; 16],
        seen: &str,
        signed: Signed,
    ) -> Result<EntryId, Error> {
        if let Some(made) = self.made_by_form(visit, key).await? {
            return Ok(EntryId::from_bytes(made));
        }
        let plan = self.plan(visit, client).await?.release().await?;
        if plan.digest != seen {
            return Err(Error::ChangedMeanwhile);
        }
        if plan.goals.is_empty() {
            return Err(Error::Faults(vec![casework::Fault::new(
                "way",
                "Add a goal before you agree on a plan",
            )]));
        }
        let standing = self.standing(visit, client).await?;
        let given = self.given(&standing.notice, &standing.notice_version)?;
        if !forms::form("goal").is_some_and(|form| form.named_by(&given.notice)) {
            return Err(Error::NotNamed { what: "Plan".into(), version: standing.notice_version.clone() });
        }
        let now = self.now();
        let request = standing.request(visit, now, Act::Write, Category::Casework.into());
        let permit = self.permit(request, AGREE).await?;
        let keys = self.vault().keys(client.into()).await?;
        let Signed { signature, also, witness } = signed;
        let agreed = AgreedPlan { number: plan.number, goals: plan.goals, also, signature, witness };
        let head = Head {
            id: EntryId::from_bytes(self.draw()),
            client,
            kind: EntryKind::AgreedPlan.code().into(),
            category: Category::Casework,
            compartment: compartment_of(Category::Casework),
            day: day_number(self.surroundings().today()),
            written: now,
            author: visit.staff,
            version: 1,
        };
        let (add, mark) = self.seal_new(&permit, &keys, &head, &agreed)?;
        let change = self.log().change(permit, AGREE, &Detail { rows: vec![mark], ..Detail::default() });
        let mut batch = vec![add];
        batch.extend(self.tell_programs(Event::of_entry(&head), now));
        batch.extend(changes::of_client(client, now));
        let made = self.write_once(visit, key, *head.id.as_bytes(), change, batch).await?;
        Ok(EntryId::from_bytes(made))
    }
}

fn next_number(row: Option<&Row>) -> Result<u32, Error> {
    let count = row.map_or(Ok(0), |row| row.int(0))?;
    u32::try_from(count + 1).map_err(|_| Error::Damaged("plan number"))
}

/// The same goals in the same versions have the same digest.
fn digest(goals: &[AgreedGoal]) -> String {
    let mut hash = Sha256::new();
    for goal in goals {
        hash.update(goal.entry.as_bytes());
        hash.update(goal.version.to_be_bytes());
    }
    hex::encode(hash.finalize())
}

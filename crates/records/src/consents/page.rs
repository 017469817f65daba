//! The page "Consent and sharing" of a file: the notice given, the agreement, each consent, and who got what.

use access::Act;
use audit::{Action, Detail};
use casework::consents::{self, State};
use casework::disclosures::{Blocked, named};
use casework::{Agreement, ClientId, EntryId, NoticeGiven, Profile, StaffId};
use jiff::civil::Date;
use notice::{Categories, Category, Notice, Purpose};
use store::sql;
use vault::Personal;

use super::{SCHEDULED_IN, consents_of, stored};
use crate::disclosures::{DisclosureRow, OF_CLIENT};
use crate::entries::{Stored, entry_columns};
use crate::entry_views::CONTACT_PAGE;
use crate::files::{Dated, What};
use crate::messages::{Told, told_of_notice};
use crate::notices_given::held;
use crate::organisations::{Organisation, everybody};
use crate::sessions::Visit;
use crate::standing::Standing;
use crate::surroundings::day_from;
use crate::telling::{OPEN_OF_CLIENT, ToTell};
use crate::{Error, Opened, Service};

sql! { records:
    /// The notices that a client was given, and that they agreed to use the service, newest first.
    GIVEN_AND_AGREED = concat!("SELECT ", entry_columns!(), " FROM entry WHERE client = $1 AND kind IN ('notice-given', 'agreement') ORDER BY day DESC, written DESC, kind LIMIT 200");
}

/// A use by the service that rests on consent.
#[derive(Debug, Clone)]
pub struct TheirUse {
    /// What for.
    pub purpose: Purpose,
    /// What the notice calls it.
    pub label: String,
    /// Where the consent stands; given with the agreement if nothing else was said.
    pub state: State,
    /// Since when.
    pub since: Date,
    /// The record, if something was said besides the agreement.
    pub entry: Option<EntryId>,
}

/// An organisation that could be given data.
#[derive(Debug, Clone)]
pub struct Sharing {
    /// Which.
    pub organisation: Organisation,
    /// Whether it is under a law and not by consent.
    pub by_law: bool,
    /// Whether the client's notice names it.
    pub named: Result<(), Blocked>,
    /// Where the consent stands, if one was asked for.
    pub state: Option<State>,
    /// Since when.
    pub since: Option<Date>,
    /// The last day, if there is one.
    pub until: Option<Date>,
    /// The day on which to ask again.
    pub review: Option<Date>,
    /// The record.
    pub entry: Option<EntryId>,
}

/// One line of who got what.
#[derive(Debug, Clone)]
pub struct SharedLine {
    /// As it stands.
    pub row: DisclosureRow,
    /// To whom.
    pub name: String,
    /// The names of the fields.
    pub labels: Vec<String>,
}

/// The page.
#[derive(Debug, Clone)]
pub struct ConsentPage {
    /// Who it is about.
    pub contact: Profile,
    /// Notices given, newest first.
    pub given: Vec<(Date, StaffId, NoticeGiven)>,
    /// Agreements, newest first.
    pub agreed: Vec<(Date, StaffId, Agreement)>,
    /// The version of the service's notice that binds us.
    pub version: String,
    /// The version that they have to be told about.
    pub tell_again: Option<String>,
    /// What they were told of changed notices by message, newest first.
    pub told: Vec<Told>,
    /// Uses that rest on consent.
    pub uses: Vec<TheirUse>,
    /// Organisations that could be given data.
    pub sharing: Vec<Sharing>,
    /// Who got what.
    pub shared: Vec<SharedLine>,
    /// What recipients of this client's data have to be told.
    pub to_tell: Vec<ToTell>,
    /// What goes by which day, because consent to it was taken back.
    pub goes: Vec<(Category, Date)>,
    /// Whether consents may be recorded here.
    pub writable: bool,
}

const VIEW: Action = Action("view-consents");

enum Piece {
    Contact(Profile),
    Dated(Box<Dated>),
}

impl Service {
    /// The notice given, the agreement, every consent and disclosure of a client.
    ///
    /// # Errors
    /// The rules refuse, there is no such file, or something cannot do its part.
    pub async fn consent_page(&self, visit: &Visit, client: ClientId) -> Result<Opened<ConsentPage>, Error> {
        let id = || client.as_bytes().into();
        let rows = self
            .records()
            .read(vec![
                Standing::query(client, visit),
                CONTACT_PAGE.with([id()]),
                GIVEN_AND_AGREED.with([id()]),
                held(client),
                consents_of(client),
                everybody(),
                OF_CLIENT.with([id()]),
                OPEN_OF_CLIENT.with([id()]),
                SCHEDULED_IN.with([id()]),
                told_of_notice(client),
            ])
            .await?;
        let [head, contact, given, held, consents, directory, shared, to_tell, goes, told] = rows.as_slice()
        else {
            return Err(Error::Damaged("batch"));
        };
        let standing = Standing::read(client, head.first())?;
        let now = self.now();
        let wanted = Categories::from(Category::Contact).with(Category::Agreement);
        let permit = self.permit(standing.request(visit, now, Act::Read, wanted), VIEW).await?;
        let keys = self.vault().keys(client.into()).await?;
        let entry = self.log().submit(permit, VIEW, Detail::default());
        let mut opened = Vec::new();
        if let Some(row) = contact.first() {
            let page = self.open_page(&entry, &keys, client, &Stored::read(row)?)?;
            opened.push(page.map(|page| Piece::Contact(page.profile)));
        }
        for row in &given.rows {
            opened.push(
                self.open_dated(&entry, &keys, client, &Stored::read(row)?)?
                    .map(|dated| Piece::Dated(Box::new(dated))),
            );
        }
        let notices = self.given_to(&standing, &held.rows)?;
        let named_in: Vec<&Notice> = notices.iter().map(|one| &one.notice).collect();
        let service = *named_in.first().ok_or(Error::Damaged("notice"))?;
        let today = self.surroundings().today();
        let registered = self.surroundings().civil(standing.registered).date();
        let known = stored(&consents.rows)?;
        let day_of = |at| self.surroundings().civil(at).date();
        let uses = consents::on_consent(service)
            .into_iter()
            .filter_map(|purpose| {
                let label = service.purpose(purpose)?.label.clone();
                let own =
                    known.iter().find(|one| one.held.organisation.is_none() && one.held.purpose == purpose);
                Some(TheirUse {
                    purpose,
                    label,
                    state: own.map_or(State::Given, |one| {
                        consents::standing(one.held.state, one.held.until, today)
                    }),
                    since: own.map_or(registered, |one| day_of(one.changed)),
                    entry: own.map(|one| one.held.entry),
                })
            })
            .collect();
        let directory: Vec<Organisation> =
            directory.rows.iter().map(Organisation::read).collect::<Result<_, _>>()?;
        let sharing = directory.iter().map(|organisation| {
            let recipient = named(&named_in, &organisation.named);
            let own = known.iter().find(|one| one.held.organisation == Some(organisation.id));
            Sharing {
                organisation: organisation.clone(),
                by_law: recipient.is_ok_and(|recipient| recipient.legal_ground.is_some()),
                named: recipient.map(|_| ()),
                state: own.map(|one| consents::standing(one.held.state, one.held.until, today)),
                since: own.map(|one| day_of(one.changed)),
                until: own.and_then(|one| one.held.until),
                review: own.map(|one| one.review),
                entry: own.map(|one| one.held.entry),
            }
        });
        let sharing = sharing.collect();
        let label = |id: &notice::FieldId| {
            notices.iter().find_map(|one| one.catalogue.field(id)).map(|field| field.label.clone())
        };
        let mut lines = Vec::with_capacity(shared.rows.len());
        for row in &shared.rows {
            let row = DisclosureRow::read(row)?;
            let to = directory.iter().find(|one| one.id == row.organisation);
            let labels = row.fields.iter().filter_map(label).collect();
            lines.push(SharedLine { name: to.map(|one| one.name.clone()).unwrap_or_default(), labels, row });
        }
        let mut page = ConsentPage {
            contact: Profile::default(),
            given: Vec::new(),
            agreed: Vec::new(),
            version: standing.notice_version.clone(),
            tell_again: self
                .notices()
                .must_tell(&standing.notice, &standing.notice_version)
                .then(|| self.notices().service().version.clone()),
            told: told.rows.iter().map(Told::read).collect::<Result<_, _>>()?,
            uses,
            sharing,
            shared: lines,
            to_tell: to_tell
                .rows
                .iter()
                .map(|row| ToTell::read(row, &directory))
                .collect::<Result<_, _>>()?,
            goes: goes
                .rows
                .iter()
                .map(|row| {
                    let category = row.text(0)?.parse().map_err(|_| Error::Damaged("category"))?;
                    Ok((category, day_from(row.int(1)?).ok_or(Error::Damaged("day"))?))
                })
                .collect::<Result<_, Error>>()?,
            writable: self
                .policy()
                .allowed(&standing.request(visit, now, Act::Write, Category::Agreement.into()))
                .contains(Category::Agreement),
        };
        let personal = Personal::gather(&entry, opened)?.map(move |pieces| {
            for piece in pieces {
                match piece {
                    Piece::Contact(contact) => page.contact = contact,
                    Piece::Dated(dated) => match dated.what {
                        What::NoticeGiven(given) => page.given.push((dated.day, dated.author, given)),
                        What::Agreement(agreed) => page.agreed.push((dated.day, dated.author, agreed)),
                        _ => {}
                    },
                }
            }
            page
        });
        Ok(Opened::new(personal, entry))
    }
}

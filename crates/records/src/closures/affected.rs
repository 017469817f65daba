//! Who is affected when an office closes: whose appointments fall out, and by what each would be told.

use std::collections::BTreeMap;

use access::Request;
use audit::Detail;
use casework::closures::Closing;
use casework::messages::{Channel, NotSent, way};
use casework::{ClientId, Fault};
use notice::Purpose;
use sha2::{Digest as _, Sha256};
use store::sql;

use super::{CLOSE_ACTION, LOOK, closing_request, touching};
use crate::appointments::{Booked, StoredAppointment, columns};
use crate::search::Shown;
use crate::sessions::Visit;
use crate::standing::Standing;
use crate::{Error, Opened, Service};

sql! { records:
    /// What is booked and overlaps with a stretch of time. No appointment is longer than eight hours.
    OVERLAPPING = concat!("SELECT ", columns!(), " FROM appointment WHERE state = 'booked' AND starts > $1 AND starts < $2 AND ends > $3 ORDER BY starts, id LIMIT 5001");
}

/// The most appointments that one closing calls off.
const MOST: usize = 5000;

/// A client whose appointments fall out.
#[derive(Debug, Clone)]
pub struct Affected {
    /// Who.
    pub who: Shown,
    /// Their appointments, by their beginning.
    pub booked: Vec<Booked>,
    /// By what they will be told, or why they have to be rung.
    pub way: Result<Channel, NotSent>,
}

/// Everybody whose appointments fall out.
#[derive(Debug, Clone)]
pub struct AffectedBy {
    /// By the time of their first appointment.
    pub clients: Vec<Affected>,
    /// Appointments in files that are restricted or closed to the visitor: nothing is done with them.
    pub left_out: usize,
    /// What stands on the page, as a digest: only what was seen is called off.
    pub seen: String,
}

/// A client with what falls out, before anything is opened.
pub(super) struct FallingOut {
    pub(super) standing: Standing,
    pub(super) booked: Vec<Booked>,
}

/// What falls out, file by file in the order of the first appointment, and how many appointments are left out.
pub(super) struct Found {
    pub(super) files: Vec<FallingOut>,
    pub(super) left_out: usize,
    refused: Vec<Request>,
}

impl Found {
    /// What a page shows of it, as a digest.
    pub(super) fn seen(&self) -> String {
        let mut digest = Sha256::new();
        for one in self.files.iter().flat_map(|file| &file.booked) {
            digest.update(one.id.as_bytes());
            digest.update(one.version.to_be_bytes());
        }
        let digest: [u8; 32] = digest.finalize().into();
        hex::encode(digest.get(..16).unwrap_or_default())
    }
}

impl Service {
    /// Everybody whose appointment would fall out, and by what they would be told. The look is an entry of its own.
    ///
    /// # Errors
    /// The rules refuse this role, there are too many at once, or something cannot do its part.
    pub async fn affected_by(&self, visit: &Visit, closing: &Closing) -> Result<Opened<AffectedBy>, Error> {
        let permit = self.permit(closing_request(visit), LOOK).await?;
        let found = self.falling_out(visit, closing).await?;
        self.note_refusals(&found).await?;
        let clients: Vec<ClientId> = found.files.iter().map(|file| file.standing.client).collect();
        let detail = Detail { count: Some(clients.len() as u64), ..Detail::default() };
        let entry = self.log().submit(permit, LOOK, detail);
        let contacts = self.contacts_of(&entry, &clients).await?;
        let (seen, left_out, offers) = (found.seen(), found.left_out, self.offers());
        let known: Vec<Option<Shown>> =
            clients.iter().map(|client| self.known_as(*client, Purpose::Contact)).collect();
        let opened = contacts.map(|contacts| {
            let files = found.files.into_iter().zip(known).zip(contacts);
            let clients = files.filter_map(|((file, who), contact)| {
                let way = way(&contact, offers).map(|address| address.channel());
                Some(Affected { who: who?, booked: file.booked, way })
            });
            AffectedBy { clients: clients.collect(), left_out, seen }
        });
        Ok(Opened::new(opened, entry))
    }

    /// What falls out. Whether a file may be touched is decided for each.
    pub(super) async fn falling_out(&self, visit: &Visit, closing: &Closing) -> Result<Found, Error> {
        let now = self.now();
        let query = OVERLAPPING.with([
            now.as_microsecond().into(),
            closing.to.as_microsecond().into(),
            closing.from.as_microsecond().into(),
        ]);
        let rows = self.records().read(vec![query]).await?;
        let mut files: Vec<(ClientId, Vec<Booked>)> = Vec::new();
        let mut place: BTreeMap<ClientId, usize> = BTreeMap::new();
        let mut count = 0;
        for row in rows.first().map(|rows| rows.rows.as_slice()).unwrap_or_default() {
            let booked = StoredAppointment::read(row)?.booked;
            if !closing.reaches(&booked.slot, &booked.needs(), now) {
                continue;
            }
            count += 1;
            let at = *place.entry(booked.client).or_insert_with(|| {
                files.push((booked.client, Vec::new()));
                files.len() - 1
            });
            if let Some((_, all)) = files.get_mut(at) {
                all.push(booked);
            }
        }
        if count > MOST {
            let what = format!(
                "More than {MOST} appointments fall out. Choose some hours or an adviser, one after the other"
            );
            return Err(Error::Faults(vec![Fault::new("day", what)]));
        }
        let asking = files.iter().map(|(client, _)| Standing::query(*client, visit)).collect();
        let standings = if files.is_empty() { Vec::new() } else { self.records().read(asking).await? };
        let mut found = Found { files: Vec::with_capacity(files.len()), left_out: 0, refused: Vec::new() };
        for ((client, booked), row) in files.into_iter().zip(&standings) {
            let standing = Standing::read(client, row.first())?;
            let request = touching(visit, &standing, now);
            if self.policy().allowed(&request).is_empty() {
                found.left_out += booked.len();
                found.refused.push(request);
            } else {
                found.files.push(FallingOut { standing, booked });
            }
        }
        Ok(found)
    }

    /// A refusal is on disk before it is answered.
    pub(super) async fn note_refusals(&self, found: &Found) -> Result<(), Error> {
        let refusals = found.refused.iter().filter_map(|request| self.policy().decide(*request).err());
        let waiting: Vec<_> = refusals.map(|refusal| self.log().refused(&refusal, CLOSE_ACTION)).collect();
        for one in waiting {
            one.durable().await?;
        }
        Ok(())
    }
}

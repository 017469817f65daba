//! Whether a file may go on the ground that somebody names: what the register says of it afterwards has to be so.

use casework::{ClientId, Fault, dates};
use store::sql;

use super::{Effects, Erased, Ground, What};
use crate::surroundings::{day_from, day_number};
use crate::{Error, Service};

sql! { records:
    /// What speaks against: whether it is restricted, and its day.
    GROUNDS = "SELECT c.restricted, (SELECT MAX(k.day) FROM keeping k WHERE k.client = c.id AND k.layer <> 'rights') FROM client c WHERE c.id = $1";
    /// How many consents of a client were taken back, and how many of them were to be supported.
    TAKEN_BACK = "SELECT COUNT(*), COALESCE(SUM(CASE WHEN w.kind = 'use' AND w.purpose = 'support' THEN 1 ELSE 0 END), 0) FROM consent w WHERE w.client = $1 AND w.state = 'withdrawn'";
    /// The first request of its client that is open and asks for something else.
    ALSO_ASKED = "SELECT MIN(number) FROM request WHERE client = $1 AND closed IS NULL AND kind <> 'erasure'";
}

impl Service {
    /// Erases the file with this number, if the ground is there. Afterwards it is unreadable in service; `roll_keys` makes that
    /// final everywhere.
    ///
    /// # Errors
    /// `Error::Faults` if the ground is not there, the file is restricted or a request of its client is open; as `erase_file`.
    pub async fn erase_on_ground(&self, number: &str, ground: Ground) -> Result<Erased, Error> {
        let client = self.client_by_number(number).ok_or(Error::NoSuchFile)?;
        self.ground_is_there(client, ground).await?;
        self.erase_file(number, ground).await
    }

    /// What `erase_on_ground` would do, in numbers.
    ///
    /// # Errors
    /// As for erasing.
    pub async fn erasure_effects_at_the_console(
        &self,
        number: &str,
        ground: Ground,
    ) -> Result<Effects, Error> {
        let client = self.client_by_number(number).ok_or(Error::NoSuchFile)?;
        self.ground_is_there(client, ground).await?;
        self.effects_of(client).await
    }

    /// A file stays while its client waits for an answer that needs it, however it is to be erased.
    pub(super) async fn nothing_else_is_asked(&self, client: ClientId) -> Result<(), Error> {
        let rows = self.records().read(vec![ALSO_ASKED.with([client.as_bytes().into()])]).await?;
        match rows.first().and_then(|rows| rows.first()).ok_or(Error::Damaged("batch"))?.opt_int(0)? {
            None => Ok(()),
            Some(open) => {
                refuse(format!("R-{open} of this client is open and needs the file. Answer it first"))
            }
        }
    }

    /// That consent was taken back is only said of somebody who did: of the whole file, consent to be supported.
    pub(super) async fn was_taken_back(&self, client: ClientId, what: What) -> Result<(), Error> {
        let rows = self.records().read(vec![TAKEN_BACK.with([client.as_bytes().into()])]).await?;
        let row = rows.first().and_then(|rows| rows.first()).ok_or(Error::Damaged("batch"))?;
        let (any, support) = (row.int(0)? > 0, row.int(1)? > 0);
        match what {
            What::File if !support => refuse("The client did not take back their consent to be supported. If they ask for erasure, that is the ground: request".to_owned()),
            _ if !any => refuse("The client did not take back any consent. If they ask for erasure, that is the ground: request".to_owned()),
            _ => Ok(()),
        }
    }

    async fn ground_is_there(&self, client: ClientId, ground: Ground) -> Result<(), Error> {
        let rows = self.records().read(vec![GROUNDS.with([client.as_bytes().into()])]).await?;
        let row = rows.first().and_then(|rows| rows.first()).ok_or(Error::NoSuchFile)?;
        if row.bool(0)? {
            return refuse("The file is restricted: it is stored and nothing more. Lift the restriction first, on the page of its request".to_owned());
        }
        self.nothing_else_is_asked(client).await?;
        match ground {
            Ground::Retention => {
                let day = row.opt_int(1)?.and_then(day_from).ok_or(Error::Damaged("day"))?;
                if day_number(day) > day_number(self.surroundings().today()) {
                    return refuse(format!(
                        "The file is kept until {}: its time has not passed. If the client asks for it, the ground is request",
                        dates::long(day)
                    ));
                }
                Ok(())
            }
            Ground::Withdrawal => self.was_taken_back(client, What::File).await,
            Ground::Request | Ground::Import | Ground::Restored => Ok(()),
        }
    }
}

fn refuse(why: String) -> Result<(), Error> {
    Err(Error::Faults(vec![Fault::new("ground", why)]))
}

//! Erasing a part of a file, each on its own day: one category, a programme's layer, or all that no programme needs.
//!
//! A programme's layer has a key of its own and holds by itself what its notice names, so it can outlive the rest: of such a
//! file a row without a name is left, in no caseload and in no search, until the layer's day.

use audit::Change;
use casework::webhooks::EventKind;
use casework::{ClientId, DocumentId, ProgrammeId};
use jiff::Timestamp;
use notice::Category;
use store::{Query, sql};
use vault::Compartment;

use super::{DONE, DROP_DRAFTS, DROP_REASONS, Going, beginning, erase_request};
use crate::holds::NOT_HELD;
use crate::retention::rights;
use crate::webhooks::Event;
use crate::{
    Error, Service, appointments, breaches, changes, closures, consents, disclosures, documents, hand_over,
    merges, messages, paper, requests, telling, webhooks,
};

sql! { records:
    /// How many requests go.
    COUNT_RIGHTS = "UPDATE erasure SET entries = (SELECT COUNT(*) FROM request r WHERE r.client = erasure.client AND r.closed <= (SELECT k.since FROM keeping k WHERE k.client = erasure.client AND k.layer = 'rights')) WHERE id = $1";
    /// How many entries and documents of one category go.
    COUNT_CATEGORY = "UPDATE erasure SET entries = (SELECT COUNT(*) FROM entry e WHERE e.client = erasure.client AND e.category = erasure.what), documents = (SELECT COUNT(*) FROM document d WHERE d.client = erasure.client AND d.category = erasure.what AND d.programme IS NULL) WHERE id = $1";
    /// How much of a programme's layer.
    COUNT_LAYER = "UPDATE erasure SET entries = (SELECT COUNT(*) FROM entry e WHERE e.client = erasure.client AND e.compartment = erasure.what), documents = (SELECT COUNT(*) FROM document d WHERE d.client = erasure.client AND d.programme = $2) WHERE id = $1";
    /// How much goes of a file when all goes that no programme needs.
    COUNT_SERVICE = "UPDATE erasure SET entries = (SELECT COUNT(*) FROM entry e WHERE e.client = erasure.client AND e.compartment NOT LIKE 'programme:%'), documents = (SELECT COUNT(*) FROM document d WHERE d.client = erasure.client AND d.programme IS NULL), paper = (SELECT COUNT(*) FROM paper p WHERE p.client = erasure.client AND p.state <> 'destroyed'), recipients = (SELECT COUNT(*) FROM disclosure g WHERE g.client = erasure.client AND g.stage = 'made'), mentions = (SELECT COUNT(*) FROM mention m WHERE m.mentioned = erasure.client) WHERE id = $1";
    /// The rows of one category.
    DROP_CATEGORY = "DELETE FROM entry WHERE client = $1 AND category = $2 AND compartment NOT LIKE 'programme:%'";
    DROP_CATEGORY_PAST = "DELETE FROM entry_past WHERE client = $1 AND category = $2 AND compartment NOT LIKE 'programme:%'";
    DROP_CATEGORY_DOCUMENTS = "DELETE FROM document WHERE client = $1 AND category = $2 AND programme IS NULL";
    /// Whom entries spoke of that are gone.
    DROP_MENTIONS_OF_GONE = "DELETE FROM mention WHERE client = $1 AND NOT EXISTS (SELECT 1 FROM entry e WHERE e.id = mention.entry)";
    /// The documents that stay.
    DOCUMENTS_LEFT = "SELECT DISTINCT id FROM document WHERE client = $1";
    /// The rows of a programme's layer.
    DROP_LAYER = "DELETE FROM entry WHERE client = $1 AND compartment = $2";
    DROP_LAYER_PAST = "DELETE FROM entry_past WHERE client = $1 AND compartment = $2";
    DROP_PLACEMENTS_ON = "DELETE FROM placement WHERE client = $1 AND programme = $2";
    LET_GO_SPEND_ON = "UPDATE spend SET client = NULL WHERE client = $1 AND programme = $2";
    DROP_LAYER_DAY = "DELETE FROM keeping WHERE client = $1 AND layer = $2";
    /// The rows of all that no programme needs.
    DROP_SERVICE = "DELETE FROM entry WHERE client = $1 AND compartment NOT LIKE 'programme:%'";
    DROP_SERVICE_PAST = "DELETE FROM entry_past WHERE client = $1 AND compartment NOT LIKE 'programme:%'";
    DROP_SERVICE_DAYS = "DELETE FROM keeping WHERE client = $1 AND layer NOT LIKE 'programme:%'";
    /// What was to be done with entries that are gone, and whom they spoke of.
    DROP_LOOSE_DUE = "DELETE FROM due WHERE client = $1 AND NOT EXISTS (SELECT 1 FROM entry e WHERE e.id = due.entry)";
    DROP_LOOSE_MENTIONS = "DELETE FROM mention WHERE (client = $1 AND NOT EXISTS (SELECT 1 FROM entry e WHERE e.id = mention.entry)) OR mentioned = $1";
    /// The row that is left has no name and no adviser.
    END_FILE = "UPDATE client SET status = 'ended', adviser = NULL, version = version + 1 WHERE id = $1 AND status <> 'ended'";
    /// Parts whose rows are gone and whose keys are still to go.
    UNFINISHED = "SELECT client, what FROM erasure WHERE state = 'begun' AND what <> 'file' LIMIT 500";
}

/// What of a file is erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// All of it.
    File,
    /// All that no programme needs, while a programme's time is not up.
    Service,
    /// One category.
    Category(Category),
    /// What a programme needed.
    Programme(ProgrammeId),
}

impl What {
    /// As it is stored.
    #[must_use]
    pub fn code(self) -> String {
        match self {
            What::File => "file".to_owned(),
            What::Service => "service".to_owned(),
            What::Category(category) => category.code().to_owned(),
            What::Programme(programme) => Compartment::Programme(programme).code().into_owned(),
        }
    }

    /// What somebody may ask for by this code: the file, all of it that no programme needs, the equality answers, or what a
    /// programme needed.
    #[must_use]
    pub fn asked(code: &str) -> Option<What> {
        let may = |what: &What| {
            matches!(
                what,
                What::File | What::Service | What::Category(Category::Equality) | What::Programme(_)
            )
        };
        What::read(code).ok().filter(may)
    }

    pub(crate) fn read(code: &str) -> Result<What, Error> {
        match code {
            "file" => Ok(What::File),
            "service" => Ok(What::Service),
            _ => match (code.parse(), code.parse()) {
                (Ok(category), _) => Ok(What::Category(category)),
                (_, Ok(Compartment::Programme(programme))) => Ok(What::Programme(programme)),
                _ => Err(Error::Damaged("what was erased")),
            },
        }
    }

    /// The keys that go with it, and with each those of the documents that lie in its part. A category other than the equality
    /// answers shares its key with the rest of the file; its documents have keys of their own
    /// ([`Service::keys_of_gone_documents`]).
    fn keys(self) -> Vec<Compartment> {
        match self {
            What::File => Vec::new(),
            What::Service => vec![Compartment::File, Compartment::Equality, Compartment::Rights],
            What::Category(Category::Equality) => vec![Compartment::Equality],
            What::Category(_) => Vec::new(),
            What::Programme(programme) => vec![Compartment::Programme(programme)],
        }
    }
}

impl Service {
    /// The statements by which a part of a file goes, with their entry in the log; nothing goes if the file is held.
    pub(super) fn part_that_goes(&self, going: &Going, change: &Change, now: Timestamp) -> Vec<Query> {
        let (client, id) = (|| going.client.as_bytes().into(), || going.id.as_bytes().into());
        let mut batch = vec![NOT_HELD.with([client()]).expecting(1), beginning(going, now)];
        batch.extend(match going.what {
            What::Service => self.tell_programs_of_erasure(going.client, now),
            _ => self.tell_programs(Event::of_client(EventKind::ClientChanged, going.client), now),
        });
        batch.extend(match going.what {
            What::File => Vec::new(),
            What::Service => service_swept(going, now),
            What::Category(Category::Rights) => {
                [vec![COUNT_RIGHTS.with([id()])], layer_swept(going.client, going.what)].concat()
            }
            What::Category(_) => {
                [vec![COUNT_CATEGORY.with([id()])], layer_swept(going.client, going.what)].concat()
            }
            What::Programme(programme) => {
                let mut batch = vec![COUNT_LAYER.with([id(), programme.as_bytes().into()])];
                batch.extend(layer_swept(going.client, going.what));
                batch
            }
        });
        batch.push(DROP_LOOSE_DUE.with([client()]));
        if matches!(going.what, What::Service) {
            batch.push(DROP_LOOSE_MENTIONS.with([client()]));
        }
        batch.push(change.outbox());
        batch.extend(changes::of_client(going.client, now));
        batch
    }

    /// Takes the keys of parts whose rows are gone.
    pub(super) async fn finish_parts(&self) -> Result<(), Error> {
        let rows = self.records().read(vec![UNFINISHED.with([])]).await?;
        for row in rows.into_iter().next().unwrap_or_default().rows {
            let client = ClientId::from_bytes(row.bytes16(0)?);
            let what = What::read(row.text(1)?)?;
            let mut epoch = self.vault().epoch();
            let mut going = what.keys();
            if what == What::Category(documents::CATEGORY) {
                going.extend(self.keys_of_gone_documents(client).await?);
            }
            for compartment in going {
                let permit = self.policy().decide(erase_request(client))?;
                epoch = self.vault().erase(&permit, client.into(), Some(compartment)).await?;
            }
            // What was being written while the rows went has no key now, and goes too.
            if !what.keys().is_empty() {
                self.records().write(layer_swept(client, what)).await?;
            }
            if matches!(what, What::Service | What::Programme(_) | What::Category(documents::CATEGORY)) {
                self.remove_locked_documents(client).await?;
            }
            if matches!(what, What::Service | What::Category(documents::CATEGORY)) {
                self.unlink_from_packs(client).await?;
            }
            let epoch = i64::try_from(epoch.number()).unwrap_or(i64::MAX);
            let (id, now) = (client.as_bytes().into(), self.now().as_microsecond().into());
            self.records().write(vec![DONE.with([id, row.text(1)?.into(), now, epoch.into()])]).await?;
            self.records().truncate_log().await?;
        }
        Ok(())
    }
}

impl Service {
    /// The keys of documents that no row knows any more: with them the documents are gone from every older copy, too.
    async fn keys_of_gone_documents(&self, client: ClientId) -> Result<Vec<Compartment>, Error> {
        let rows = self.records().read(vec![DOCUMENTS_LEFT.with([client.as_bytes().into()])]).await?;
        let mut left = Vec::new();
        for row in rows.into_iter().next().unwrap_or_default().rows {
            left.push(DocumentId::from_bytes(row.bytes16(0)?));
        }
        let keys = match self.vault().keys(client.into()).await {
            Ok(keys) => keys,
            // The whole file went meanwhile.
            Err(vault::Error::NoKeys) => return Ok(Vec::new()),
            Err(error) => return Err(error.into()),
        };
        let gone = |key: &Compartment| key.document().is_some_and(|document| !left.contains(&document));
        Ok(keys.compartments().filter(gone).collect())
    }
}

/// The statements by which the rows of one category, or of a programme's layer, go. Doing them again does no harm.
fn layer_swept(client: ClientId, what: What) -> Vec<Query> {
    let (id, code) = (|| client.as_bytes().into(), what.code());
    let named = || code.as_str().into();
    match what {
        What::File | What::Service => Vec::new(),
        What::Category(Category::Rights) => rights::let_go(client),
        What::Category(category) => {
            let mut batch = vec![
                DROP_CATEGORY.with([id(), named()]),
                DROP_CATEGORY_PAST.with([id(), named()]),
                DROP_CATEGORY_DOCUMENTS.with([id(), named()]),
                DROP_MENTIONS_OF_GONE.with([id()]),
            ];
            if category == Category::Equality {
                batch.push(DROP_LAYER_DAY.with([id(), named()]));
            }
            if category == documents::CATEGORY {
                // What was being typed is a note, too.
                batch.push(DROP_DRAFTS.with([id()]));
            }
            batch
        }
        What::Programme(programme) => vec![
            DROP_LAYER.with([id(), named()]),
            DROP_LAYER_PAST.with([id(), named()]),
            documents::DROP_DOCUMENTS_OF_PROGRAMME.with([id(), programme.as_bytes().into()]),
            DROP_PLACEMENTS_ON.with([id(), programme.as_bytes().into()]),
            // What was spent is still spent: the sum stays and says no longer on whom.
            LET_GO_SPEND_ON.with([id(), programme.as_bytes().into()]),
            DROP_LAYER_DAY.with([id(), named()]),
        ],
    }
}

/// The statements by which all goes that no programme needs.
fn service_swept(going: &Going, now: Timestamp) -> Vec<Query> {
    let (client, id) = (|| going.client.as_bytes().into(), || going.id.as_bytes().into());
    let at = || now.as_microsecond().into();
    let mut batch = vec![
        COUNT_SERVICE.with([id()]),
        super::ASK_TO_REDACT.with([id()]),
        paper::ASK_TO_DESTROY.with([client(), at()]),
        telling::NOT_TOLD_ANY_MORE.with([client()]),
        telling::TELL_ERASED.with([client(), at()]),
        DROP_SERVICE.with([client()]),
        DROP_SERVICE_PAST.with([client()]),
        DROP_SERVICE_DAYS.with([client()]),
        DROP_DRAFTS.with([client()]),
        DROP_REASONS.with([client()]),
        messages::DROP_MESSAGES.with([client()]),
        closures::DROP_FALLEN_OUT.with([client()]),
        appointments::DROP_OFFERED.with([client()]),
        appointments::DROP_UNITS.with([client()]),
        appointments::DROP_APPOINTMENTS.with([client()]),
        documents::DROP_OWN_DOCUMENTS.with([client()]),
        hand_over::DROP_HANDED_OVER.with([client()]),
        paper::DROP_DESTROYED.with([client()]),
        telling::LET_GO_TELLING.with([client()]),
        disclosures::DROP_UNMADE.with([client()]),
        disclosures::LET_GO.with([client()]),
        consents::DROP_CONSENTS.with([client()]),
        consents::DROP_CONSENT_EVENTS.with([client()]),
        consents::DROP_SCHEDULED.with([client()]),
        breaches::DROP_AFFECTED.with([client()]),
        merges::DROP_MERGES.with([client()]),
        webhooks::DROP_DELIVERIES.with([client()]),
        END_FILE.with([client()]).expecting(1),
    ];
    batch.extend(requests::letting_go(going.client));
    batch
}

//! What holds of two files that are made one: the stricter of two consents and of two notices, every conflict of interest, the last
//! contact with the person; and the statements that put it back.

use std::collections::BTreeMap;

use casework::consents::{self, State};
use casework::merges::{Side, Stands, stricter, stricter_notice};
use casework::{ClientId, EntryId, StaffId};
use jiff::civil::Date;
use notice::Layer;
use store::{Query, Rows, sql};

use super::{ConsentMoved, ConsentRow, Done, Head, Keeping, null_or};
use crate::consents::fields_text;
use crate::standing::{FileStatus, Standing};
use crate::surroundings::{day_from, day_number};
use crate::{Error, Service, retention};

sql! { records:
    /// Until when a file is kept, as it is stored.
    KEEPING_OF = "SELECT layer, since, warn, day FROM keeping WHERE client = $1 ORDER BY layer";
    /// A file's consents as they are stored.
    CONSENT_ROWS = "SELECT purpose, organisation, kind, entry, state, until, review, fields, changed, version FROM consent WHERE client = $1";
    /// Who must never see a file, what it was given, and what of it goes by a day.
    CONFLICTS_OF = "SELECT staff FROM conflict WHERE client = $1";
    NOTICES_OF = "SELECT notice FROM notice_held WHERE client = $1";
    SCHEDULED_OF = "SELECT category FROM scheduled_erasure WHERE client = $1";
    /// Entries of other files that mention one of the two and not the other.
    MENTION_ONE = "SELECT entry FROM mention WHERE mentioned = $1 AND NOT EXISTS (SELECT 1 FROM mention o WHERE o.entry = mention.entry AND o.mentioned = $2)";
    pub(super) MENTION_OTHER = "UPDATE mention SET mentioned = $2 WHERE entry = $3 AND mentioned = $1";
    /// What holds of both from now on.
    pub(super) PUT_CONSENT = "INSERT INTO consent (client, purpose, organisation, kind, entry, state, until, review, fields, changed, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (client, purpose, organisation) DO UPDATE SET entry = excluded.entry, state = excluded.state, until = excluded.until, review = excluded.review, fields = excluded.fields, changed = excluded.changed, version = excluded.version";
    COPY_CONFLICT = "INSERT INTO conflict (staff, client, declared) VALUES ($1, $2, $3) ON CONFLICT (staff, client) DO NOTHING";
    COPY_NOTICE = "INSERT INTO notice_held (client, notice, version, given) SELECT $2, h.notice, h.version, h.given FROM notice_held h WHERE h.client = $1 AND h.notice = $3";
    COPY_SCHEDULED = "INSERT INTO scheduled_erasure (client, category, day, reason, noted) SELECT $2, s.category, s.day, s.reason, s.noted FROM scheduled_erasure s WHERE s.client = $1 AND s.category = $3";
    pub(super) PUT_KEEPING = "INSERT INTO keeping (client, layer, since, warn, day) VALUES ($1, $2, $3, $4, $5)";
    /// The file that goes on.
    pub(super) SET_SURVIVOR = "UPDATE client SET adviser = $2, status = $3, last_contact = $4, notice = $5, notice_version = $6, version = version + 1 WHERE id = $1 AND restricted = $7";
}

/// What stands in the clear beside the entries of both files, for the batch that reads it.
pub(super) fn in_the_clear(survivor: ClientId, absorbed: ClientId) -> Vec<Query> {
    let mut batch = Vec::new();
    for client in [survivor, absorbed] {
        let id = || client.as_bytes().into();
        batch.extend([KEEPING_OF.with([id()]), CONSENT_ROWS.with([id()])]);
        batch.extend([CONFLICTS_OF.with([id()]), NOTICES_OF.with([id()]), SCHEDULED_OF.with([id()])]);
    }
    batch.push(MENTION_ONE.with([absorbed.as_bytes().into(), survivor.as_bytes().into()]));
    batch
}

impl Service {
    /// What holds of both files from now on: the stricter of two consents and of two notices, every conflict of interest, the
    /// last contact with the person.
    pub(super) fn what_holds(
        &self,
        one: &Standing,
        other: &Standing,
        clear: &[Rows],
        done: &mut Done,
    ) -> Result<Vec<Query>, Error> {
        let (survivor, absorbed) = (one.client, other.client);
        let [
            keeping,
            consents,
            conflicts,
            notices,
            scheduled,
            keeping_2,
            consents_2,
            conflicts_2,
            notices_2,
            scheduled_2,
            mentions,
        ] = clear
        else {
            return Err(Error::Damaged("batch"));
        };
        let mut batch = Vec::new();
        let (to, from) = (|| survivor.as_bytes().into(), || absorbed.as_bytes().into());
        self.stricter_consents(survivor, consents, consents_2, done, &mut batch)?;
        for staff in missing(conflicts, conflicts_2, |row| Ok(StaffId::from_bytes(row.bytes16(0)?)))? {
            batch.push(COPY_CONFLICT.with([
                staff.as_bytes().into(),
                to(),
                self.now().as_microsecond().into(),
            ]));
            done.conflicts.push(staff);
        }
        for notice in missing(notices, notices_2, |row| Ok(row.text(0)?.to_owned()))? {
            batch.push(COPY_NOTICE.with([from(), to(), notice.as_str().into()]));
            done.notices.push(notice);
        }
        for category in missing(scheduled, scheduled_2, |row| Ok(row.text(0)?.to_owned()))? {
            batch.push(COPY_SCHEDULED.with([from(), to(), category.as_str().into()]));
            done.scheduled.push(category);
        }
        for row in &mentions.rows {
            let entry = EntryId::from_bytes(row.bytes16(0)?);
            batch.push(MENTION_OTHER.with([from(), to(), entry.as_bytes().into()]));
            done.mentioned_in.push(entry);
        }

        done.survivor_before = head_of(one);
        let last_contact = one.last_contact.max(other.last_contact);
        let side = self.notice_that_binds(one, other, last_contact)?;
        let bound = if side == Side::Survivor { one } else { other };
        let status = if other.status == FileStatus::Active { FileStatus::Active } else { one.status };
        done.survivor_after = Head {
            adviser: one.adviser.or(other.adviser),
            status: status.code().to_owned(),
            last_contact,
            notice: bound.notice.clone(),
            notice_version: bound.notice_version.clone(),
        };
        batch.push(set_survivor(survivor, &done.survivor_after));
        done.keeping_before = kept(keeping)?;
        done.keeping = kept(keeping_2)?;
        let day = day_from(last_contact).ok_or(Error::Damaged("day"))?;
        for (layer, rule) in self.layers_of(&bound.notice, &bound.notice_version)? {
            let since = since(&done.keeping_before, &done.keeping, layer).unwrap_or(day);
            done.keeping_after.push(Keeping {
                layer: layer.code().to_owned(),
                since: day_number(since),
                warn: rule.warnings(since).first().map(|day| day_number(*day)),
                day: day_number(rule.after(since)),
            });
        }
        // What a programme's notice says holds on.
        let programmes =
            done.keeping_before.iter().filter(|kept| kept.layer.starts_with("programme:")).cloned();
        done.keeping_after.extend(programmes.collect::<Vec<_>>());
        batch.extend([retention::DROP_KEEPING.with([to()]), retention::DROP_KEEPING.with([from()])]);
        batch.extend(done.keeping_after.iter().map(|one| put_keeping(survivor, one)));
        Ok(batch)
    }

    /// Which of the two notices binds: the one by which the file would go earlier.
    fn notice_that_binds(&self, one: &Standing, other: &Standing, last_contact: i64) -> Result<Side, Error> {
        let last = day_from(last_contact).ok_or(Error::Damaged("day"))?;
        let when = |standing: &Standing| {
            let rule = self.rule_of(&standing.notice, &standing.notice_version)?;
            let given = self.given(&standing.notice, &standing.notice_version)?;
            Ok::<_, Error>((rule.after(last), given.published))
        };
        Ok(stricter_notice(when(one)?, when(other)?))
    }

    fn stricter_consents(
        &self,
        survivor: ClientId,
        here: &Rows,
        there: &Rows,
        done: &mut Done,
        batch: &mut Vec<Query>,
    ) -> Result<(), Error> {
        let today = self.surroundings().today();
        let here = consent_rows(here)?;
        for ((purpose, organisation), theirs) in consent_rows(there)? {
            let ours = here.get(&(purpose.clone(), organisation));
            let row = match ours {
                None => ConsentRow { version: 1, ..theirs },
                Some(ours) => {
                    let (stands, side) = stricter(&stands(ours, today)?, &stands(&theirs, today)?);
                    let record = if side == Side::Survivor { ours } else { &theirs };
                    ConsentRow {
                        until: stands.until.map(day_number),
                        review: day_number(stands.review),
                        fields: fields_text(&stands.fields),
                        version: ours.version + 1,
                        ..record.clone()
                    }
                }
            };
            batch.push(put_consent(survivor, &purpose, organisation, &row));
            let (version, before) = (row.version, ours.cloned());
            done.consents.push(ConsentMoved { purpose, organisation, version, before });
        }
        Ok(())
    }
}

/// What stands in one file's rows and not in the other's.
fn missing<T: PartialEq>(
    here: &Rows,
    there: &Rows,
    read: impl Fn(&store::Row) -> Result<T, Error>,
) -> Result<Vec<T>, Error> {
    let held: Vec<T> = here.rows.iter().map(&read).collect::<Result<_, _>>()?;
    let theirs: Vec<T> = there.rows.iter().map(&read).collect::<Result<_, _>>()?;
    Ok(theirs.into_iter().filter(|one| !held.contains(one)).collect())
}

fn head_of(standing: &Standing) -> Head {
    Head {
        adviser: standing.adviser,
        status: standing.status.code().to_owned(),
        last_contact: standing.last_contact,
        notice: standing.notice.clone(),
        notice_version: standing.notice_version.clone(),
    }
}

pub(super) fn set_survivor(client: ClientId, head: &Head) -> Query {
    let adviser = head.adviser.map_or(store::Value::Null, |id| id.as_bytes().into());
    let set = SET_SURVIVOR.with([
        client.as_bytes().into(),
        adviser,
        head.status.as_str().into(),
        head.last_contact.into(),
        head.notice.as_str().into(),
        head.notice_version.as_str().into(),
        false.into(),
    ]);
    set.expecting(1)
}

pub(super) fn kept(rows: &Rows) -> Result<Vec<Keeping>, Error> {
    let row = |row: &store::Row| {
        Ok(Keeping {
            layer: row.text(0)?.to_owned(),
            since: row.int(1)?,
            warn: row.opt_int(2)?,
            day: row.int(3)?,
        })
    };
    rows.rows.iter().map(row).collect()
}

pub(super) fn keeping_of(client: ClientId) -> Query {
    KEEPING_OF.with([client.as_bytes().into()])
}

pub(super) fn put_keeping(client: ClientId, one: &Keeping) -> Query {
    PUT_KEEPING.with([
        client.as_bytes().into(),
        one.layer.as_str().into(),
        one.since.into(),
        null_or(one.warn),
        one.day.into(),
    ])
}

/// From when a layer counts: the later of the two files' contacts.
fn since(here: &[Keeping], there: &[Keeping], layer: Layer) -> Option<Date> {
    let days = here.iter().chain(there).filter(|one| one.layer == layer.code()).map(|one| one.since);
    days.max().and_then(day_from)
}

fn consent_rows(rows: &Rows) -> Result<BTreeMap<(String, [u8; 16]), ConsentRow>, Error> {
    let row = |row: &store::Row| {
        let about = (row.text(0)?.to_owned(), row.bytes16(1)?);
        let held = ConsentRow {
            kind: row.text(2)?.to_owned(),
            entry: row.bytes16(3)?,
            state: row.text(4)?.to_owned(),
            until: row.opt_int(5)?,
            review: row.int(6)?,
            fields: row.text(7)?.to_owned(),
            changed: row.int(8)?,
            version: row.int(9)?,
        };
        Ok((about, held))
    };
    rows.rows.iter().map(row).collect()
}

/// How a stored consent stands today.
fn stands(row: &ConsentRow, today: Date) -> Result<Stands, Error> {
    let day = |number| day_from(number).ok_or(Error::Damaged("day"));
    let state: State = row.state.parse().map_err(|_| Error::Damaged("consent state"))?;
    let until = row.until.map(day).transpose()?;
    Ok(Stands {
        state: consents::standing(state, until, today),
        until,
        review: day(row.review)?,
        fields: crate::consents::fields(&row.fields),
    })
}

pub(super) fn put_consent(
    client: ClientId,
    purpose: &str,
    organisation: [u8; 16],
    row: &ConsentRow,
) -> Query {
    PUT_CONSENT.with([
        client.as_bytes().into(),
        purpose.into(),
        organisation.into(),
        row.kind.as_str().into(),
        row.entry.into(),
        row.state.as_str().into(),
        null_or(row.until),
        row.review.into(),
        row.fields.as_str().into(),
        row.changed.into(),
        row.version.into(),
    ])
}

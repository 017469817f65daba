//! What a client takes elsewhere: their own answers as JSON, with a schema (docs/portability.md), and as CSV (Art. 20).

use access::Act;
use audit::{Action, Detail};
use casework::portability::is_portable;
use casework::requests::{Kind, Phase};
use casework::{Answer, Fault, Profile, RequestId, answers};
use notice::{Catalogue, Categories, Notice};
use serde_json::json;
use vault::Personal;

use super::packing::{csv_cell, zipped};
use super::{Download, RequestRow, to_answer, works_off};
use crate::entries::Stored;
use crate::files::PROFILE_PAGES;
use crate::sessions::Visit;
use crate::standing::Standing;
use crate::{Error, Opened, Service};

pub(super) const MAKE: Action = Action("make-portable");

impl Service {
    /// What the client of a request for portability gave, as a zip file of JSON and CSV.
    ///
    /// # Errors
    /// `Error::NotYours`, there is no such request or it is answered, it is not shown who asks, the rules refuse, or something
    /// cannot do its part.
    pub async fn portable_pack(&self, visit: &Visit, id: RequestId) -> Result<Download, Error> {
        self.at_the_desk(visit, works_off(visit.role), MAKE).await?;
        let (row, done) = self.find_request(id).await?;
        let client = row.client.filter(|_| row.kind == Kind::Portability).ok_or(Error::NoSuchFile)?;
        let course = row.course(&done);
        if course.is_unseen() || course.phase() == Phase::Done {
            let text = "It has not been shown who asks, or the answer has left already";
            return Err(Error::Faults(vec![Fault::new("step", text)]));
        }
        let asked = vec![Standing::query(client, visit), PROFILE_PAGES.with([client.as_bytes().into()])];
        let rows = self.records().read(asked).await?;
        let [head, pages] = rows.as_slice() else { return Err(Error::Damaged("batch")) };
        let standing = Standing::read(client, head.first())?;
        let request = to_answer(&standing, visit, self.now(), Act::Read, Categories::all());
        let permit = self.permit(request, MAKE).await?;
        let keys = self.vault().keys(client.into()).await?;
        let entry = self.log().submit(permit, MAKE, Detail::default());
        let mut opened = Vec::with_capacity(pages.rows.len());
        for row in &pages.rows {
            opened.push(self.open_page(&entry, &keys, client, &Stored::read(row)?)?);
        }
        let given = self.given(&standing.notice, &standing.notice_version)?;
        let made = self.surroundings().today().to_string();
        let packed = Personal::gather(&entry, opened)?.map(|pages| {
            let profile = pages.into_iter().fold(Profile::default(), |all, page| all.joined(page.profile));
            let files = [
                ("data.json".to_owned(), as_json(&row, &given.notice, &given.catalogue, &profile, &made)),
                ("data.csv".to_owned(), as_csv(&given.notice, &given.catalogue, &profile)),
            ];
            let files = files.map(|(name, text)| (name, text.into_bytes()));
            Ok(Download { name: format!("{}-data.zip", row.reference()), bytes: zipped(&files)? })
        });
        Opened::new(packed, entry).release().await?
    }
}

/// The answers that can be taken, with their fields, in the order of the catalogue.
fn taken<'a>(
    notice: &'a Notice,
    catalogue: &'a Catalogue,
    profile: &'a Profile,
) -> impl Iterator<Item = (&'a notice::Field, &'a Answer)> {
    let fields = catalogue.fields().iter().filter(|field| is_portable(notice, field));
    fields.filter_map(|field| Some((field, profile.get(&field.id)?)))
}

fn as_json(
    row: &RequestRow,
    notice: &Notice,
    catalogue: &Catalogue,
    profile: &Profile,
    made: &str,
) -> String {
    let fields: Vec<_> = taken(notice, catalogue, profile)
        .map(|(field, answer)| {
            json!({
                "field": field.id.as_str(),
                "label": field.label,
                "category": field.category.code(),
                "value": answer,
                "shown": answers::shown(field, catalogue.list_of(field), answer),
            })
        })
        .collect();
    let document = json!({
        "format": "kept-portable-1",
        "reference": row.reference(),
        "made": made,
        "from": { "service": notice.service, "controller": notice.controller.name },
        "notice": { "id": notice.id, "version": notice.version },
        "fields": fields,
    });
    format!("{document:#}\n")
}

fn as_csv(notice: &Notice, catalogue: &Catalogue, profile: &Profile) -> String {
    let mut table = String::from("field,label,category,value\r\n");
    for (field, answer) in taken(notice, catalogue, profile) {
        let shown = answers::shown(field, catalogue.list_of(field), answer);
        let cells = [field.id.as_str(), &field.label, field.category.code(), &shown].map(csv_cell);
        table.push_str(&cells.join(","));
        table.push_str("\r\n");
    }
    table
}

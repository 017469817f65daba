//! Files of people: which column is which, and the pairs as a file.

use crate::table::{Fault, Table, write};

use super::nothing::{may_be_a_name, named};
use super::remarks::remarks;
use super::{Pair, Record};

/// The field that a column holds, said by the caller: column, field.
pub type Map = [(String, String)];

/// Each field with the headings by which its column is recognised.
pub const RECOGNISED: [(&str, &[&str]); 16] = [
    (
        "id",
        &[
            "id",
            "rec_id",
            "record_id",
            "client_id",
            "person_id",
            "uid",
            "uuid",
            "unique_id",
            "unique_reference",
            "client_number",
            "client_no",
            "client_ref",
            "client_reference",
            "reference",
            "reference_number",
            "ref",
            "case_number",
            "case_id",
            "record_number",
            "record_no",
            "number",
            "key",
        ],
    ),
    (
        "first_name",
        &[
            "first_name",
            "given_name",
            "forename",
            "first",
            "firstname",
            "fname",
            "given",
            "forenames",
            "first_names",
            "given_names",
            "forename_1",
            "christian_name",
        ],
    ),
    ("last_name", &["last_name", "surname", "family_name", "last", "lname", "family"]),
    ("name", &["name", "full_name", "client_name", "person_name"]),
    (
        "known_as",
        &[
            "known_as",
            "preferred_name",
            "preferred_first_name",
            "middle_name",
            "middle_names",
            "other_names",
            "nickname",
            "alias",
            "aka",
        ],
    ),
    (
        "former_name",
        &[
            "former_name",
            "maiden_name",
            "previous_surname",
            "previous_name",
            "birth_name",
            "former_surname",
            "nee",
        ],
    ),
    ("dob", &["dob", "date_of_birth", "birth_date", "birthdate", "birthday", "born", "d_o_b"]),
    ("sex", &["sex", "gender"]),
    ("house", &["house", "street_number", "house_number", "house_no", "building", "house_name_or_number"]),
    (
        "street",
        &[
            "street",
            "address_1",
            "address1",
            "address_line_1",
            "addr_1",
            "addr_line_1",
            "address",
            "street_name",
            "street_address",
            "road",
        ],
    ),
    ("locality", &["locality", "address_2", "address2", "address_line_2", "addr_2", "addr_line_2"]),
    ("town", &["town", "suburb", "city", "post_town", "town_or_city", "town_city"]),
    ("postcode", &["postcode", "post_code", "pcode", "zip", "postal_code", "zip_code"]),
    (
        "nino",
        &[
            "nino",
            "soc_sec_id",
            "ni_number",
            "ni_no",
            "nat_ins_no",
            "national_insurance_number",
            "national_insurance",
            "national_insurance_no",
            "ssn",
            "ni",
        ],
    ),
    (
        "phone",
        &[
            "phone",
            "telephone",
            "mobile",
            "phone_number",
            "mobile_phone",
            "mobile_number",
            "telephone_number",
            "phone_no",
            "mobile_no",
            "tel",
            "tel_no",
            "contact_number",
        ],
    ),
    ("email", &["email", "e_mail", "email_address", "e_mail_address", "mail"]),
];

/// A word is common from so many records on, and from one in so many.
const COMMON: (usize, usize) = (3, 200);

/// The people of a file.
#[derive(Debug, Clone, Default)]
pub struct Listed {
    /// By which id each is named; by the number of their row where no column holds one, and by their line where it is empty.
    pub ids: Vec<String>,
    /// The people.
    pub records: Vec<Record>,
    /// What whoever has the file should know of how it was read.
    pub remarks: Vec<String>,
}

/// Reads a file of people.
///
/// # Errors
/// The table cannot be read, holds neither names nor a map to them, or the map names what is not there.
pub fn read_file(bytes: &[u8], map: &Map) -> Result<Listed, Fault> {
    let table = Table::read(bytes, "id,first_name,last_name,dob,postcode")?;
    let mut places: Vec<Option<usize>> = RECOGNISED.iter().map(|(_, names)| table.column(names)).collect();
    for (column, field) in map {
        let at = table.needed(&[column.as_str()])?;
        let known =
            RECOGNISED.iter().position(|(name, names)| name == field || names.contains(&field.as_str()));
        let Some(place) = known.and_then(|known| places.get_mut(known)) else {
            let fields: Vec<&str> = RECOGNISED.iter().map(|(name, _)| *name).collect();
            return Err(Fault::Unreadable {
                line: 1,
                why: format!(
                    "--map {column}={field}: there is no field {field}; the fields are {}",
                    fields.join(", ")
                ),
            });
        };
        *place = Some(at);
    }
    let place = |field: &str| {
        let at = RECOGNISED.iter().position(|(name, _)| *name == field);
        at.and_then(|at| places.get(at).copied().flatten())
    };
    let whole = place("name");
    if whole.is_none() && place("last_name").is_none() {
        let wanted = |field: &str| {
            RECOGNISED
                .iter()
                .find(|(name, _)| *name == field)
                .map_or(String::new(), |(_, names)| names.join(", "))
        };
        let wanted =
            format!("for the surname ({}) or the whole name ({})", wanted("last_name"), wanted("name"));
        return Err(Fault::Missing { wanted, found: table.headings().join(", ") });
    }
    let mut ids = Vec::with_capacity(table.len());
    let mut records = Vec::with_capacity(table.len());
    for row in 0..table.len() {
        let cell = |field: &str| place(field).map_or("", |at| table.cell(row, at)).to_owned();
        let id = cell("id");
        ids.push(match (id.is_empty(), place("id")) {
            (false, _) => id,
            (true, Some(_)) => format!("line {}", table.line(row)),
            (true, None) => (row + 1).to_string(),
        });
        let (mut first, mut last) = (cell("first_name"), cell("last_name"));
        if named(&first).is_empty() && named(&last).is_empty() && whole.is_some() {
            (first, last) = parted(&cell("name"));
        }
        records.push(Record {
            first,
            last,
            known_as: cell("known_as"),
            former: cell("former_name"),
            birth: cell("dob"),
            sex: cell("sex"),
            house: cell("house"),
            street: cell("street"),
            locality: cell("locality"),
            town: cell("town"),
            postcode: cell("postcode"),
            nino: cell("nino"),
            phone: cell("phone"),
            email: cell("email"),
        });
    }
    for name in [(|record| &mut record.first) as fn(&mut Record) -> &mut String, |record| &mut record.last] {
        leave_out_nothing(&mut records, name);
    }
    let lines: Vec<u64> = (0..table.len()).map(|row| table.line(row)).collect();
    let remarks = remarks(&ids, &records, &lines);
    Ok(Listed { ids, records, remarks })
}

/// Names such as Null that more of a file has than of any country are what its program wrote where there was no name.
fn leave_out_nothing(records: &mut [Record], name: fn(&mut Record) -> &mut String) {
    let many = records.iter_mut().filter_map(|record| may_be_a_name(name(record)).then_some(())).count();
    if many >= COMMON.0 && many * COMMON.1 >= records.len() {
        records.iter_mut().map(name).filter(|name| may_be_a_name(name)).for_each(String::clear);
    }
}

/// "Ann Mary Other" or "Other, Ann Mary".
fn parted(name: &str) -> (String, String) {
    let parts = match name.split_once(',') {
        Some((last, first)) => (first, last),
        None => name.trim().rsplit_once(' ').unwrap_or(("", name)),
    };
    (parts.0.trim().to_owned(), parts.1.trim().to_owned())
}

/// The pairs as CSV: `id_l,id_r,score,explanation`.
#[must_use]
pub fn write_pairs(pairs: &[Pair], left: &[String], right: &[String]) -> Vec<u8> {
    let mut rows: Vec<[String; 4]> = vec![["id_l", "id_r", "score", "explanation"].map(str::to_owned)];
    rows.extend(pairs.iter().filter_map(|pair| {
        let (one, two) = (left.get(pair.left)?, right.get(pair.right)?);
        Some([one.clone(), two.clone(), format!("{:.6}", pair.score), pair.explanation()])
    }));
    write(rows.iter().map(|row| row.iter().map(String::as_str)))
}

//! Answers to the fields of the notice: some given, some skipped, some not told.

use casework::profile::fields;
use casework::{Answer, Chosen, Profile};
use jiff::civil::Date;
use notice::{Catalogue, FieldId};

use super::dice::Dice;
use super::names::{Background, FullName};
use super::story::{Story, days_after};
use super::town::{Home, TOWN};

/// Who somebody is.
#[derive(Debug, Clone)]
pub(super) struct Basics {
    pub(super) name: FullName,
    pub(super) known_as: Option<&'static str>,
    pub(super) background: &'static Background,
    pub(super) born: Date,
    pub(super) home: Home,
    pub(super) fixed_address: bool,
    pub(super) mobile: String,
    pub(super) landline: Option<String>,
    pub(super) email: Option<String>,
    pub(super) nino: Option<String>,
    pub(super) from_abroad: bool,
}

/// The profile of a client whose story this is.
pub(super) fn profile(dice: &mut Dice, catalogue: &Catalogue, basics: &Basics, story: &Story) -> Profile {
    let mut sheet = Sheet { catalogue, profile: Profile::default() };
    contact(&mut sheet, dice, basics);
    identity(&mut sheet, dice, basics);
    let in_work = work(&mut sheet, dice, story.found_work);
    household(&mut sheet, dice, in_work);
    right_to_work(&mut sheet, dice, basics, story.registered);
    needs(&mut sheet, dice, basics, story.registered);
    equality(&mut sheet, dice, basics);
    sheet.profile
}

/// Answers being written down: only to fields that the notice names, only values that their lists have.
struct Sheet<'c> {
    catalogue: &'c Catalogue,
    profile: Profile,
}

impl Sheet<'_> {
    fn set(&mut self, field: impl Into<FieldId>, answer: Answer) {
        let field = field.into();
        if self.catalogue.field(&field).is_some() {
            self.profile.set(field, Some(answer));
        }
    }

    fn text(&mut self, field: impl Into<FieldId>, text: impl Into<String>) {
        self.set(field, Answer::Text(text.into()));
    }

    /// Values of the field's list, in the order of the list.
    fn chosen(&self, field: &FieldId, codes: &[&str]) -> Vec<Chosen> {
        let list = self.catalogue.field(field).and_then(|field| self.catalogue.list_of(field));
        let Some(list) = list else { return Vec::new() };
        let values =
            list.values.iter().filter(|value| value.ended.is_none() && codes.contains(&value.code.as_str()));
        values
            .map(|value| Chosen { code: value.code.clone(), other: None, list: list.version.clone() })
            .collect()
    }

    fn code(&mut self, field: &str, code: &str) {
        let field = FieldId::from(field);
        if let Some(chosen) = self.chosen(&field, &[code]).pop() {
            self.set(field, Answer::Code(chosen));
        }
    }

    fn codes(&mut self, field: impl Into<FieldId>, codes: &[&str]) {
        let field = field.into();
        let chosen = self.chosen(&field, codes);
        if !chosen.is_empty() {
            self.set(field, Answer::Codes(chosen));
        }
    }

    /// "Prefer not to say", where it is offered.
    fn not_told(&mut self, field: &str) {
        let field = FieldId::from(field);
        if self.catalogue.field(&field).is_some_and(|field| field.sensitive) {
            self.set(field, Answer::PreferNotToSay);
        }
    }
}

fn contact(sheet: &mut Sheet<'_>, dice: &mut Dice, basics: &Basics) {
    sheet.text(fields::NAME, format!("{} {}", basics.name.first, basics.name.last));
    if let Some(known_as) = basics.known_as {
        sheet.text(fields::KNOWN_AS, known_as);
    }
    if basics.fixed_address {
        sheet.text(fields::ADDRESS_LINE_1, basics.home.street.clone());
        if dice.percent(60) {
            sheet.text(fields::ADDRESS_LINE_2, basics.home.district);
        }
        sheet.text(fields::TOWN, TOWN);
        sheet.text(fields::POSTCODE, basics.home.postcode.clone());
    }
    sheet.text(fields::MOBILE_PHONE, basics.mobile.clone());
    if let Some(landline) = &basics.landline {
        sheet.text(fields::OTHER_PHONE, landline.clone());
    }
    if let Some(email) = &basics.email {
        sheet.text(fields::EMAIL, email.clone());
    }
    let way = dice.weighted(&[(5, "TEXT"), (4, "PHONE"), (2, "EMAIL"), (1, "LETTER")]).unwrap_or("TEXT");
    sheet.code("preferred_contact", way);
    let safe: &[&str] = match dice.between(1, 10) {
        1 => &["TEXT"],
        2 => &["CALL", "TEXT"],
        3..=5 => &["CALL", "TEXT", "EMAIL", "LETTER"],
        _ => &["CALL", "VOICEMAIL", "TEXT", "EMAIL", "LETTER", "NAME-US"],
    };
    sheet.codes(fields::SAFE_CONTACT, safe);
}

fn identity(sheet: &mut Sheet<'_>, dice: &mut Dice, basics: &Basics) {
    if dice.percent(97) {
        sheet.set(fields::DATE_OF_BIRTH, Answer::Date(basics.born));
    }
    if let Some(nino) = &basics.nino {
        sheet.text(fields::NINO, nino.clone());
    }
    let own = basics.background.nationality;
    match dice.between(1, 20) {
        1 => sheet.not_told("nationality"),
        2 | 3 => {}
        _ if basics.from_abroad => {
            let other: Vec<&str> = own.iter().copied().filter(|code| *code != "GB").collect();
            sheet.codes("nationality", &[dice.pick(&other)]);
        }
        _ => sheet.codes("nationality", &["GB"]),
    }
}

/// Work and benefits; says whether they are in work.
fn work(sheet: &mut Sheet<'_>, dice: &mut Dice, found_work: bool) -> bool {
    let in_work = if found_work { dice.percent(80) } else { dice.percent(12) };
    if in_work {
        sheet.code("employment_status", if dice.percent(8) { "SEI" } else { "10" });
        sheet.code("hours_worked", dice.weighted(&[(2, "5"), (4, "6"), (4, "7"), (6, "8")]).unwrap_or("7"));
    } else {
        sheet.code("employment_status", dice.weighted(&[(70, "11"), (25, "12"), (5, "98")]).unwrap_or("11"));
        let time = dice.weighted(&[(30, "1"), (20, "2"), (20, "3"), (10, "4"), (20, "5")]).unwrap_or("1");
        sheet.code("time_out_of_work", time);
    }
    let benefits: &[&str] = match (in_work, dice.between(1, 12)) {
        (true, 1..=3) => &["UC"],
        (true, 4) => &["CB"],
        (true, _) => &["NONE"],
        (false, 1..=5) => &["UC"],
        (false, 6) => &["UC-LCW"],
        (false, 7) => &["UC-LCWRA", "PIP"],
        (false, 8) => &["UC", "HB", "CTR"],
        (false, 9) => &["UC", "CB"],
        (false, 10) => &["NSJSA"],
        (false, 11) => &["CA", "UC"],
        (false, _) => &["NONE"],
    };
    if dice.percent(92) {
        sheet.codes("benefits", benefits);
    }
    let level =
        [(12, "99"), (14, "1"), (22, "2"), (20, "3"), (18, "5"), (6, "7"), (7, "9"), (3, "10"), (4, "97")];
    let level = dice.weighted(&level).unwrap_or("3");
    sheet.code("highest_qualification", level);
    if level != "99" && dice.percent(45) {
        sheet.text("qualification_subject", dice.pick(&SUBJECTS));
    }
    if dice.percent(35) {
        let (one, two) = (dice.pick(&CERTIFICATES), dice.pick(&CERTIFICATES));
        sheet.text("qualifications", if one == two { one.to_owned() } else { format!("{one}\n{two}") });
    }
    in_work
}

fn household(sheet: &mut Sheet<'_>, dice: &mut Dice, in_work: bool) {
    let children = if dice.percent(36) { dice.between(1, 4) } else { 0 };
    let codes: &[&str] = match (children, dice.between(1, 10)) {
        (_, 1) => return sheet.not_told("household"),
        (1.., 2..=4) if in_work => &["3"],
        (_, _) if in_work => &["99"],
        (0, 2..=6) => &["2"],
        (0, _) => &["99"],
        (_, 2..=4) => &["1", "3"],
        (_, 5..=6) => &["1"],
        (_, 7) => &["3"],
        _ => &["99"],
    };
    sheet.codes("household", codes);
    if dice.percent(85) {
        sheet.set("dependent_children", Answer::Number(i64::from(children)));
    }
}

fn right_to_work(sheet: &mut Sheet<'_>, dice: &mut Dice, basics: &Basics, registered: Date) {
    if dice.percent(22) {
        return sheet.code("right_to_work", "not_checked");
    }
    let limited = basics.from_abroad && dice.percent(45);
    sheet.code("right_to_work", if limited { "limited" } else { "unrestricted" });
    let (check, document) = match (limited, dice.between(1, 4)) {
        (true, 1..=3) => ("ONLINE", ""),
        (true, _) => ("MANUAL", "B1"),
        (false, 1..=3) if basics.from_abroad => ("ONLINE", ""),
        (false, _) if basics.from_abroad => ("MANUAL", "A4"),
        (false, 1..=2) => ("MANUAL", "A1"),
        (false, _) => ("MANUAL", "A6"),
    };
    sheet.code("right_to_work_check", check);
    sheet.code("right_to_work_document", document);
    sheet.set("right_to_work_seen_on", Answer::Date(registered));
    if limited {
        let ends = days_after(registered, dice.between(760, 1800));
        sheet.set("right_to_work_expires_on", Answer::Date(ends));
    }
}

fn needs(sheet: &mut Sheet<'_>, dice: &mut Dice, basics: &Basics, registered: Date) {
    let mut barriers: Vec<&str> = (0..dice.between(0, 4)).map(|_| dice.pick(&BARRIERS)).collect();
    match dice.between(1, 10) {
        1 => sheet.not_told("disability"),
        2..=4 => {
            sheet.set("disability", Answer::YesNo(true));
            let (impairment, barrier) = dice.pick(&IMPAIRMENTS);
            sheet.codes("impairments", &[impairment]);
            barriers.push(barrier);
            if dice.percent(70) {
                sheet.text("adjustments", dice.pick(&ADJUSTMENTS));
            }
        }
        5 => {}
        _ => sheet.set("disability", Answer::YesNo(false)),
    }
    if dice.percent(11) {
        sheet.codes("learning_difficulty", &[dice.pick(&["10", "12", "12", "13", "14", "94"])]);
        barriers.push("LEARN");
    }
    if basics.from_abroad && dice.percent(50) {
        barriers.push("ENGLISH");
    }
    match casework::dates::age(basics.born, registered) {
        Some(50..) => barriers.push("AGE50"),
        Some(..=24) if dice.percent(60) => barriers.push("NEET"),
        _ => {}
    }
    if dice.percent(5) {
        sheet.not_told("barriers");
    } else {
        sheet.codes("barriers", &barriers);
    }
}

/// Two in three answer all, some nothing, the others as they like.
fn equality(sheet: &mut Sheet<'_>, dice: &mut Dice, basics: &Basics) {
    let willing = dice.weighted(&[(66, 97), (14, 0), (20, 55)]).unwrap_or(97);
    if willing == 0 {
        return;
    }
    let condition = dice.weighted(&[(62, "N"), (33, "Y"), (5, "DK")]).unwrap_or("N");
    let answers = [
        ("ethnicity", dice.pick(basics.background.ethnicity)),
        ("long_term_condition", condition),
        ("marital_status", dice.weighted(&MARITAL).unwrap_or("NM")),
        (
            "sexual_orientation",
            dice.weighted(&[(91, "HET"), (4, "GL"), (4, "BI"), (1, "OTH")]).unwrap_or("HET"),
        ),
        ("religion", dice.pick(basics.background.religion)),
    ];
    for (field, code) in answers {
        if dice.percent(willing) {
            sheet.code(field, code);
        } else if dice.percent(60) {
            sheet.not_told(field);
        }
    }
    if condition == "Y" && dice.percent(willing) {
        sheet.code(
            "condition_effect",
            dice.weighted(&[(3, "LOT"), (5, "LITTLE"), (2, "NOT")]).unwrap_or("LITTLE"),
        );
    }
}

const MARITAL: [(u32, &str); 7] =
    [(52, "NM"), (28, "MA"), (1, "CP"), (6, "SM"), (10, "DI"), (2, "WI"), (1, "SP")];
const IMPAIRMENTS: [(&str, &str); 8] = [
    ("MOB", "HEALTH-P"),
    ("STA", "HEALTH-P"),
    ("DEX", "HEALTH-P"),
    ("HEA", "HEALTH-P"),
    ("VIS", "HEALTH-P"),
    ("MEN", "HEALTH-M"),
    ("MEN", "HEALTH-M"),
    ("LRN", "LEARN"),
];
const BARRIERS: [&str; 17] = [
    "TRANSPORT",
    "CONFIDENCE",
    "DIGITAL",
    "LTU",
    "CHILDCARE",
    "NOQUAL",
    "MATHS",
    "DEBT",
    "HOUSING",
    "CARER",
    "LONEPARENT",
    "HEALTH-M",
    "OFFENCE",
    "CARELEAVER",
    "ARMEDFORCES",
    "CONFIDENCE",
    "TRANSPORT",
];
const SUBJECTS: [&str; 18] = [
    "Hospitality",
    "Business administration",
    "Health and social care",
    "Childcare",
    "Bricklaying",
    "Hairdressing",
    "Engineering",
    "Biology",
    "Sport and fitness",
    "Accounting",
    "English",
    "Electrical installation",
    "Art and design",
    "Nursing",
    "Travel and tourism",
    "Joinery",
    "History",
    "Computing",
];
const CERTIFICATES: [&str; 14] = [
    "Food hygiene, level 2",
    "First aid at work",
    "Fork-lift licence, counterbalance",
    "Full driving licence",
    "Construction site safety card",
    "Security licence",
    "Manual handling",
    "Safeguarding adults, level 1",
    "Customer service, level 2",
    "ESOL entry 3",
    "Spreadsheets and word processing",
    "Sign language, level 1",
    "Personal licence for alcohol",
    "Class 2 lorry licence",
];
const ADJUSTMENTS: [&str; 14] = [
    "A room on the ground floor, and a chair with arms.",
    "Letters in large print, please.",
    "Appointments after 11, because of morning medication.",
    "A quiet room. Busy places make it hard to follow.",
    "Short meetings with a break.",
    "Tell me beforehand what we will talk about.",
    "Face me when you speak, so that I can read your lips.",
    "Text messages rather than calls.",
    "Forms read out and filled in together.",
    "My support worker may come with me.",
    "A parking space close to the door.",
    "Yellow paper for anything long.",
    "Please do not change the appointment at short notice.",
    "Time to stand up and walk about.",
];

//! The parts of a notice, each read from its own table.

use std::collections::BTreeMap;

use crate::field::FieldId;
use crate::model::{
    Automated, Basis, CategoryNotice, Complaints, Condition, Contact, Controller, Erasure, Function,
    JointController, Objection, Period, PurposeNotice, Recipient, Regulator, Requests, Required, Retention,
    Right, Section, Source, System, Transfers, Withdrawal,
};
use crate::reader::Part;

fn ids(part: &mut Part<'_, '_>, key: &'static str) -> Vec<FieldId> {
    part.texts(key).into_iter().map(FieldId::from).collect()
}

pub(super) fn controller(mut part: Part<'_, '_>, programme: bool) -> Controller {
    let controller = Controller {
        name: if programme { part.opt_text("name").unwrap_or_default() } else { part.text("name") },
        address: part.texts("address"),
        phone: part.opt_text("phone"),
        email: part.opt_text("email"),
        public_authority: part.flag("public_authority", false),
        registration: part.opt_text("registration"),
        joint: part.parts("joint").into_iter().map(joint).collect(),
    };
    part.done();
    controller
}

fn joint(mut part: Part<'_, '_>) -> JointController {
    let joint = JointController {
        name: part.text("name"),
        contact: part.opt_text("contact").unwrap_or_default(),
        arrangement: part.opt_text("arrangement").unwrap_or_default(),
    };
    part.done();
    joint
}

pub(super) fn contact(mut part: Part<'_, '_>) -> Option<Contact> {
    let role = part.code("role");
    let contact = Contact {
        label: part.text("label"),
        phone: part.opt_text("phone"),
        email: part.opt_text("email"),
        address: part.texts("address"),
        verified: part.opt_date("verified"),
        role: crate::codes::ContactRole::ServiceManager,
    };
    part.done();
    Some(Contact { role: role?, ..contact })
}

pub(super) fn category(mut part: Part<'_, '_>) -> Option<CategoryNotice> {
    let category = part.code("category");
    let (label, says) = (part.text("label"), part.text("says"));
    let source = part.opt_text("source").unwrap_or_default();
    let (fields, entries, special) = (ids(&mut part, "fields"), part.texts("entries"), part.codes("special"));
    part.done();
    Some(CategoryNotice { category: category?, label, says, source, fields, entries, special })
}

pub(super) fn whys(root: &mut Part<'_, '_>) -> BTreeMap<FieldId, String> {
    let Some(part) = root.part("whys") else { return BTreeMap::new() };
    part.entries().into_iter().map(|(field, _, why)| (FieldId::from(field), why)).collect()
}

pub(super) fn purpose(mut part: Part<'_, '_>) -> Option<PurposeNotice> {
    let purpose = part.code("purpose");
    let (label, says) = (part.text("label"), part.text("says"));
    let categories = part.codes("categories");
    if categories.is_empty() {
        let what = "This purpose uses no category of data";
        part.fault(&part.span_of("categories"), what, "Add categories = [\"...\"], or take the purpose out");
    }
    let bases = part.parts("bases").into_iter().filter_map(basis).collect();
    let conditions = part.parts("conditions").into_iter().map(condition).collect();
    part.done();
    Some(PurposeNotice { purpose: purpose?, label, says, categories, bases, conditions })
}

fn basis(mut part: Part<'_, '_>) -> Option<Basis> {
    let article = part.code("article");
    let (enactment, says) = (part.opt_text("enactment"), part.opt_text("says"));
    part.done();
    Some(Basis { article: article?, enactment, says })
}

fn condition(mut part: Part<'_, '_>) -> Condition {
    let covers = part.codes("covers");
    if covers.is_empty() {
        let what = "This condition covers no kind of data";
        part.fault(&part.span_of("covers"), what, "Add covers = [\"health\"] or what it is about");
    }
    let article9 = part.opt_code("article9");
    let schedule1 = part.number("schedule1").and_then(|number| {
        let paragraph = u8::try_from(number).ok().filter(|paragraph| (1..=37).contains(paragraph));
        if paragraph.is_none() {
            let what = format!("Schedule 1 has no condition in paragraph {number}");
            part.fault(&part.span_of("schedule1"), what, "Write a paragraph from 1 to 37");
        }
        paragraph
    });
    let condition = Condition {
        covers,
        article9,
        schedule1,
        policy_document: part.opt_text("policy_document"),
        secrecy: part.opt_text("secrecy"),
        says: part.opt_text("says"),
    };
    part.done();
    condition
}

pub(super) fn function(mut part: Part<'_, '_>) -> Function {
    let function = Function {
        name: part.text("name"),
        enactment: part.opt_text("enactment").unwrap_or_default(),
        says: part.opt_text("says").unwrap_or_default(),
    };
    part.done();
    function
}

pub(super) fn retention(mut part: Part<'_, '_>) -> Option<Retention> {
    let (layer, after) = (part.code("layer"), part.code("after"));
    let categories = part.codes("categories");
    let period = period(&mut part);
    let counts = part.codes("counts");
    let warn_months_before = part.numbers("warn_months_before");
    let (authority, says) = (part.opt_text("authority"), part.text("says"));
    part.done();
    Some(Retention {
        layer: layer?,
        categories,
        fields: Vec::new(),
        period: period?,
        after: after?,
        counts,
        warn_months_before,
        authority,
        says,
    })
}

fn period(part: &mut Part<'_, '_>) -> Option<Period> {
    let periods: Vec<Period> = [
        part.number("months").map(Period::Months),
        part.number("days").map(Period::Days),
        part.opt_date("until").map(Period::Until),
        part.flag("as_programme", false).then_some(Period::AsProgramme),
    ]
    .into_iter()
    .flatten()
    .collect();
    match periods.as_slice() {
        [period] => return Some(*period),
        [] => part.fault(
            part.span(),
            "This rule does not say how long",
            "Add one of: months = 12, days = 30, until = 2034-12-31, as_programme = true",
        ),
        _ => part.fault(part.span(), "This rule gives more than one length of time", "Keep one of them"),
    }
    None
}

pub(super) fn erasure(mut part: Part<'_, '_>) -> Erasure {
    let mut text = |key| part.opt_text(key).unwrap_or_default();
    let (says, on_request, backups) = (text("says"), text("on_request"), text("backups"));
    let (paper, stays, holds) = (text("paper"), text("stays"), text("holds"));
    let erasure =
        Erasure { says, on_request, backups, backup_days: part.number("backup_days"), paper, stays, holds };
    part.done();
    erasure
}

pub(super) fn recipient(mut part: Part<'_, '_>) -> Option<Recipient> {
    let (id, name) = (part.text("id"), part.text("name"));
    let (kind, purpose) = (part.code("kind"), part.code("purpose"));
    let fields = ids(&mut part, "fields");
    let entries = part.texts("entries");
    let needs_consent = part.flag("needs_consent", false);
    let legal_ground = part.opt_text("legal_ground");
    let country = part.opt_text("country").unwrap_or_default();
    let says = part.opt_text("says").unwrap_or_default();
    part.done();
    let (kind, purpose) = (kind?, purpose?);
    Some(Recipient { id, name, kind, purpose, fields, entries, needs_consent, legal_ground, country, says })
}

pub(super) fn system(mut part: Part<'_, '_>) -> Option<System> {
    let (id, name, kind) = (part.text("id"), part.text("name"), part.code("kind"));
    let processor = part.opt_text("processor");
    let country = part.opt_text("country").unwrap_or_default();
    let says = part.opt_text("says").unwrap_or_default();
    part.done();
    Some(System { id, name, kind: kind?, processor, country, says })
}

pub(super) fn transfers(mut part: Part<'_, '_>) -> Transfers {
    let transfers = Transfers {
        countries: part.texts("countries"),
        safeguards: part.opt_text("safeguards"),
        copy: part.opt_text("copy"),
        says: part.text("says"),
    };
    part.done();
    transfers
}

pub(super) fn right(mut part: Part<'_, '_>) -> Option<Right> {
    let right = part.code("right");
    let (label, says) = (part.text("label"), part.text("says"));
    let how = part.opt_text("how").unwrap_or_default();
    part.done();
    Some(Right { right: right?, label, says, how })
}

pub(super) fn objection(mut part: Part<'_, '_>) -> Objection {
    let objection = Objection {
        to: part.codes("to"),
        says: part.text("says"),
        how: part.opt_text("how").unwrap_or_default(),
    };
    part.done();
    objection
}

pub(super) fn withdrawal(mut part: Part<'_, '_>) -> Withdrawal {
    let withdrawal = Withdrawal {
        says: part.text("says"),
        how: part.opt_text("how").unwrap_or_default(),
        effect: part.opt_text("effect").unwrap_or_default(),
    };
    part.done();
    withdrawal
}

pub(super) fn complaints(mut part: Part<'_, '_>) -> Complaints {
    let regulator = part.part("regulator").map(regulator);
    let complaints = Complaints {
        to_us: part.opt_text("to_us").unwrap_or_default(),
        how: part.opt_text("how").unwrap_or_default(),
        acknowledge_days: part.number("acknowledge_days").unwrap_or_default(),
        to_regulator: part.opt_text("to_regulator").unwrap_or_default(),
        regulator: regulator.unwrap_or_default(),
    };
    part.done();
    complaints
}

fn regulator(mut part: Part<'_, '_>) -> Regulator {
    let regulator = Regulator {
        name: part.text("name"),
        address: part.texts("address"),
        phone: part.opt_text("phone"),
        link: part.opt_text("link").unwrap_or_default(),
    };
    part.done();
    regulator
}

pub(super) fn automated(mut part: Part<'_, '_>) -> Automated {
    let automated = Automated { any: part.flag("any", false), says: part.text("says") };
    part.done();
    automated
}

pub(super) fn required(mut part: Part<'_, '_>) -> Required {
    let required = Required {
        fields: ids(&mut part, "fields"),
        one_of: ids(&mut part, "one_of"),
        by_law: part.flag("by_law", false),
        says: part.text("says"),
        consequences: part.opt_text("consequences").unwrap_or_default(),
        agreement: part.opt_text("agreement").unwrap_or_default(),
    };
    part.done();
    required
}

pub(super) fn source(mut part: Part<'_, '_>) -> Source {
    let source =
        Source { name: part.text("name"), categories: part.codes("categories"), says: part.text("says") };
    part.done();
    source
}

pub(super) fn requests(mut part: Part<'_, '_>) -> Requests {
    let mut text = |key| part.opt_text(key).unwrap_or_default();
    let requests = Requests {
        time: text("time"),
        fee: text("fee"),
        identity: text("identity"),
        formats: text("formats"),
        under_18: text("under_18"),
        elsewhere: text("elsewhere"),
    };
    part.done();
    requests
}

pub(super) fn section(mut part: Part<'_, '_>) -> Section {
    let section = Section { heading: part.text("heading"), says: part.text("says") };
    part.done();
    section
}

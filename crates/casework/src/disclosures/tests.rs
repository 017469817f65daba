use jiff::civil::date;
use notice::Notice;

use super::*;
use crate::consents::{Held, State};

const SERVICE: &str = include_str!("../../../../notices/employment-service.toml");
const PROGRAMME: &str = include_str!("../../../../notices/programmes/routes-to-work.toml");
const ORGANISATION: OrganisationId = OrganisationId::from_bytes([5; 16]);
const TODAY: Date = date(2026, 11, 26);

fn consent(purpose: Purpose) -> Ground {
    let entry = EntryId::from_bytes([1; 16]);
    let held = Held { entry, purpose, organisation: Some(ORGANISATION), state: State::Given, until: None };
    Ground::Consent(held.in_force(purpose, ORGANISATION, TODAY).unwrap())
}

fn law() -> Ground {
    let (asker, approver) = (StaffId::from_bytes([1; 16]), StaffId::from_bytes([2; 16]));
    Ground::Law(Approved::by(asker, Some(approver), Some(TODAY), TODAY).unwrap())
}

fn through(
    notices: &[&Notice],
    named: &str,
    fields: &[&'static str],
    ground: Ground,
) -> Result<usize, Blocked> {
    let fields: Vec<FieldId> = fields.iter().map(|id| FieldId::known(id)).collect();
    let asked = Asked { organisation: ORGANISATION, named, fields: &fields };
    Disclosure::through(notices, &asked, ground).map(|made| made.fields().len())
}

// promise: P18
#[test]
fn the_gate_lets_through_what_the_notice_names_and_nothing_else() {
    let (service, programme) = (Notice::parse(SERVICE).unwrap(), Notice::parse(PROGRAMME).unwrap());
    let (alone, both) = ([&service], [&service, &programme]);
    let (support, functions) = (|| consent(Purpose::Support), || consent(Purpose::Functions));
    let name: &[&'static str] = &["name"];
    for (notices, named, fields, ground, expected) in [
        (&alone[..], "adult-learning", &["name", "email"][..], support(), Ok(2)),
        (&alone, "adult-learning", &["name", "nino"], support(), Err(Blocked::OtherFields)),
        (&alone, "adult-learning", &[], support(), Err(Blocked::Nothing)),
        (&alone, "adult-learning", name, functions(), Err(Blocked::NoConsent)),
        (&alone, "adult-learning", name, law(), Err(Blocked::NoLegalGround)),
        (&alone, "by-law", name, law(), Ok(1)),
        (&alone, "by-law", &["name", "email"], law(), Err(Blocked::OtherFields)),
        (&alone, "harbour-messaging", name, support(), Err(Blocked::Processor)),
        (&alone, "bay-counties", name, functions(), Err(Blocked::NotNamed)),
        (&both, "bay-counties", &["name", "job_hours"], functions(), Ok(2)),
        (&both, "bay-counties", &["email"], functions(), Err(Blocked::OtherFields)),
        (&alone, "nobody", name, support(), Err(Blocked::NotNamed)),
    ] {
        assert_eq!(through(notices, named, fields, ground), expected, "{named} {fields:?}");
    }
}

#[test]
fn a_consent_for_one_organisation_lets_nothing_go_to_another() {
    let service = Notice::parse(SERVICE).unwrap();
    let other = OrganisationId::from_bytes([6; 16]);
    let asked = Asked { organisation: other, named: "adult-learning", fields: &[FieldId::known("name")] };
    let made = Disclosure::through(&[&service], &asked, consent(Purpose::Support));
    assert_eq!(made, Err(Blocked::NoConsent));
}

#[test]
fn a_law_needs_a_second_person_before_its_review_date() {
    let (asker, other) = (StaffId::from_bytes([1; 16]), StaffId::from_bytes([2; 16]));
    let (yesterday, today) = (Some(date(2026, 11, 25)), Some(TODAY));
    for (approver, review, expected) in [
        (None, today, Err(Blocked::NotApproved)),
        (Some(asker), today, Err(Blocked::SamePerson)),
        (Some(other), yesterday, Err(Blocked::ReviewDue)),
        (Some(other), None, Err(Blocked::ReviewDue)),
        (Some(other), today, Ok(other)),
    ] {
        assert_eq!(Approved::by(asker, approver, review, TODAY).map(|a| a.approver()), expected);
    }
}

#[test]
fn a_legal_ground_is_written_out_in_full_or_not_taken() {
    let service = Notice::parse(SERVICE).unwrap();
    let recipient = service.recipient("by-law").unwrap();
    let boxes = |day: &str| Boxes { day: day.into(), month: "12".into(), year: "2026".into() };
    let whole = LegalTyped {
        enactment: "Care Act 2014, section 42".into(),
        policy: "Safeguarding policy, part 3".into(),
        why: "The client may be at risk at home".into(),
        review: boxes("10"),
        fields: vec!["name".into(), "postcode".into()],
    };
    let (ground, fields) = whole.read(recipient, TODAY).unwrap();
    assert_eq!((ground.review, fields.len()), (date(2026, 12, 10), 2));
    for (wrong, field) in [
        (LegalTyped { enactment: "law".into(), ..whole.clone() }, "enactment"),
        (LegalTyped { policy: String::new(), ..whole.clone() }, "policy"),
        (LegalTyped { why: "because".into(), ..whole.clone() }, "why"),
        (LegalTyped { fields: vec![], ..whole.clone() }, "fields"),
        (LegalTyped { fields: vec!["name".into(), "email".into()], ..whole.clone() }, "fields"),
        (LegalTyped { review: boxes("32"), ..whole.clone() }, "review"),
        (LegalTyped { review: Boxes { year: "2025".into(), ..boxes("1") }, ..whole.clone() }, "review"),
    ] {
        let faults = wrong.read(recipient, TODAY).unwrap_err();
        assert_eq!((faults.len(), faults[0].field.as_str()), (1, field));
    }
}

//! The notices that the project ships: what they promise, and how a programme's stands on the service's.

use std::collections::BTreeSet;

use notice::{
    Article6, Category, ContactKind, ContactRole, Event, FieldId, Kind, Layer, NotExtended, Notice,
    ObjectionTo, Period, Purpose, RecipientKind, RightKind, Special, SystemKind,
};

use crate::{PROGRAMME, SERVICE};

fn service() -> Notice {
    Notice::parse(SERVICE).unwrap_or_else(|faults| panic!("{faults:#?}"))
}

fn programme() -> Notice {
    Notice::parse(PROGRAMME).unwrap_or_else(|faults| panic!("{faults:#?}"))
}

/// The fourteen kinds of personal information and the six characteristics, and nothing else.
// promise: P1
// promise: P2
#[test]
fn it_names_the_fields_of_the_promise_and_no_others() {
    let notice = service();
    let promised: BTreeSet<&str> = [
        "name",
        "known_as",
        "former_name",
        "client_number",
        "address_line_1",
        "address_line_2",
        "town",
        "postcode",
        "mobile_phone",
        "other_phone",
        "email",
        "preferred_contact",
        "safe_contact",
        "date_of_birth",
        "nationality",
        "nino",
        "employment_status",
        "hours_worked",
        "time_out_of_work",
        "benefits",
        "highest_qualification",
        "qualification_subject",
        "qualifications",
        "household",
        "dependent_children",
        "right_to_work",
        "right_to_work_check",
        "right_to_work_document",
        "right_to_work_seen_on",
        "right_to_work_expires_on",
        "right_to_work_limits",
        "disability",
        "impairments",
        "learning_difficulty",
        "adjustments",
        "barriers",
        "ethnicity",
        "long_term_condition",
        "condition_effect",
        "marital_status",
        "sexual_orientation",
        "religion",
    ]
    .into();
    let catalogue = notice.catalogue();
    assert_eq!(catalogue.fields().iter().map(|field| field.id.as_str()).collect::<BTreeSet<_>>(), promised);
    assert!(!notice.names(&FieldId::known("sex")) && notice.field(&FieldId::known("sex")).is_none());
    for field in catalogue.fields() {
        assert!(
            notice.category(field.category).is_some_and(|held| held.fields.contains(&field.id)),
            "{}",
            field.id
        );
        assert_eq!(field.kind.list().is_some(), catalogue.list_of(field).is_some(), "{}", field.id);
    }
    assert_eq!(notice.held(), notice::Categories::all());
}

#[test]
fn the_four_kinds_of_casework_are_named_and_what_they_are_made_of() {
    let notice = service();
    let named = &notice.category(Category::Casework).unwrap().entries;
    for kind in ["meetings", "progress", "support", "referrals"] {
        assert!(named.iter().any(|entry| entry == kind), "{kind}");
    }
    assert_eq!(named.len(), 9, "plan, tasks, outcomes, documents and paper are named by their own words");
}

// promise: P5
#[test]
fn functions_are_named_with_their_law_and_a_new_one_is_another_notice() {
    let notice = service();
    assert!(!notice.functions.is_empty());
    for function in &notice.functions {
        assert!(function.enactment.contains("Act"), "{}", function.name);
    }
    assert!(!notice.purpose(Purpose::Functions).unwrap().bases.is_empty());
    let more =
        "\n[[functions]]\nname = \"Parking\"\nenactment = \"Some Act 2030, section 1\"\nsays = \"Cars.\"\n";
    assert_ne!(Notice::parse(&format!("{SERVICE}{more}")).unwrap().digest(), notice.digest());
}

/// Data rests on consent, except what the law makes the council do with it.
// promise: P8
#[test]
fn what_clients_come_for_rests_on_their_consent() {
    let notice = service();
    for given in &notice.purposes {
        let consent = given.bases.iter().any(|basis| basis.article == Article6::A);
        let by_law = matches!(given.purpose, Purpose::Rights | Purpose::Keeping);
        assert_eq!(consent, !by_law, "{}", given.purpose);
    }
    assert!(notice.withdrawal.is_some());
}

// promise: P9
#[test]
fn each_special_category_has_its_condition_its_paragraph_and_its_document() {
    let notice = service();
    let fields = notice.catalogue();
    for given in &notice.purposes {
        for special in Special::ALL {
            let used = given.categories.iter().any(|category| fields.holds(*category, *special));
            let covering: Vec<_> =
                given.conditions.iter().filter(|condition| condition.covers.contains(special)).collect();
            assert!(!used || !covering.is_empty(), "{} uses {special}", given.purpose);
            for condition in covering {
                let needs = condition.article9.is_some_and(notice::Article9::needs_schedule_1);
                assert!(!needs || condition.schedule1.is_some(), "{} {special}", given.purpose);
            }
        }
    }
    let equality = notice.purpose(Purpose::EqualityDuty).unwrap();
    assert!(equality.conditions.iter().any(|it| it.schedule1 == Some(8) && it.policy_document.is_some()));
    assert!(!notice.gives(Purpose::Support, Category::Equality), "support never reads equality answers");
    assert_eq!(
        notice.purpose(Purpose::Contact).unwrap().categories,
        [Category::Contact],
        "nothing but contact details"
    );
}

// promise: P16
#[test]
fn a_file_goes_twelve_months_after_the_last_real_contact() {
    let notice = service();
    let rule = notice.retention_rule(Layer::Service).unwrap();
    assert_eq!((rule.period, rule.after), (Period::Months(12), Event::LastContact));
    assert_eq!(rule.warn_months_before, [2, 1]);
    for kind in ContactKind::ALL {
        assert_eq!(rule.counts.contains(kind), kind.two_way(), "{kind}");
    }
}

/// The programme's notice comes into force for its own data; its longer period covers that data only.
// promise: P13
// promise: P17
#[test]
fn a_programmes_longer_period_covers_the_data_of_the_programme_only() {
    let (service, programme) = (service(), programme());
    let both = service.extended(&programme).unwrap();

    let longer = both.retention_rule(Layer::Programme).unwrap();
    assert_eq!((longer.period, longer.after), (Period::Months(72), Event::ProgrammeEnd));
    let named: Vec<_> = programme.categories.iter().flat_map(|held| &held.fields).cloned().collect();
    assert_eq!(longer.fields, named);
    for outside in ["ethnicity", "barriers", "household", "right_to_work", "qualifications"] {
        assert!(!longer.fields.contains(&FieldId::known(outside)), "{outside}");
    }
    for layer in [Layer::Service, Layer::Equality, Layer::Rights] {
        assert_eq!(both.retention_rule(layer), service.retention_rule(layer), "{layer}");
    }

    assert_eq!(programme.layer_of(Category::Work), Layer::Programme);
    assert_eq!(service.layer_of(Category::Work), Layer::Service);
    assert_eq!(both.layer_of(Category::Equality), Layer::Equality);
    assert!(both.recipient("bay-counties").is_some() && both.recipient("adult-learning").is_some());
    assert!(both.names(&FieldId::known("job_employer")) && !service.names(&FieldId::known("job_employer")));
    assert!(both.objection.as_ref().unwrap().to.contains(&ObjectionTo::PublicTask));
    assert!(both.digest() != service.digest() && both.digest() != programme.digest());
}

#[test]
fn a_programme_brings_fields_of_its_own_with_their_lists() {
    let catalogue = programme().catalogue();
    let field = catalogue.field(&FieldId::known("eligible_group")).unwrap();
    assert!(field.sensitive && matches!(&field.kind, Kind::Choice(list) if list == "eligible_group"));
    let list = catalogue.list_of(field).unwrap();
    assert_eq!(list.value("DISABLED").unwrap().reveals, Some(Special::Health));
}

#[test]
fn only_a_programme_of_this_service_can_be_put_on_top() {
    let (service, programme) = (service(), programme());
    assert!(matches!(service.extended(&service), Err(NotExtended::NotAProgramme(_))));
    let other =
        Notice::parse(&PROGRAMME.replace("extends = \"employment-service\"", "extends = \"other\"")).unwrap();
    let error = service.extended(&other).unwrap_err();
    assert!(error.to_string().contains("\"other\""), "{error}");
    assert_eq!(programme.extends(), Some("employment-service"));
}

#[test]
fn a_programme_cannot_share_what_neither_notice_holds() {
    let service = Notice::parse(&SERVICE.replace("\"dependent_children\"", "")).unwrap();
    let sharing =
        PROGRAMME.replace("\"postcode\", \"eligible_group\"", "\"dependent_children\", \"eligible_group\"");
    let error = service.extended(&Notice::parse(&sharing).unwrap()).unwrap_err();
    assert!(matches!(&error, NotExtended::Unheld { field, .. } if field == "dependent_children"), "{error}");
}

/// Whatever notice is put into the folder has to stand the same tests.
#[test]
fn every_notice_in_the_folder_is_read_and_found_good() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../notices");
    let mut texts = Vec::new();
    for folder in [folder.clone(), folder.join("programmes")] {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "toml") {
                texts.push((path.clone(), std::fs::read_to_string(path).unwrap()));
            }
        }
    }
    assert!(texts.len() >= 2);
    for (path, text) in texts {
        let found = notice::lint::check(&text, jiff::civil::date(2026, 12, 1), None);
        assert!(found.is_empty(), "{}: {found:#?}", path.display());
    }
}

/// Sharing needs recorded consent, or a law: also with adult learning, which gets a fixed set of fields.
// promise: P18
// promise: P19
#[test]
fn nobody_gets_data_without_consent_or_a_law() {
    for notice in [service(), programme()] {
        for who in notice.recipients.iter().filter(|who| who.kind == RecipientKind::Recipient) {
            assert!(who.needs_consent != who.legal_ground.is_some(), "{}", who.id);
            assert!(!who.fields.is_empty(), "{}", who.id);
            assert!(
                who.fields
                    .iter()
                    .all(|field| notice.field(field).is_some_and(|it| it.category != Category::Equality))
            );
        }
    }
    let learning = service().recipient("adult-learning").cloned().unwrap();
    assert!(learning.needs_consent && learning.fields.len() == 6);
}

// promise: P14
#[test]
fn both_places_where_data_is_kept_are_named() {
    let kinds: Vec<_> = service().systems.iter().map(|system| system.kind).collect();
    assert_eq!(kinds, [SystemKind::Records, SystemKind::Filing]);
}

/// Each question can say why it is asked, from the notice; the notice may say it in words of its own.
// promise: P20
#[test]
fn each_field_has_a_reason_that_the_notice_can_put_in_its_own_words() {
    let notice = service();
    for field in notice.catalogue().fields() {
        let why = notice.why(&field.id).unwrap();
        assert!(why.starts_with("So that") && why.ends_with('.'), "{}: {why}", field.id);
    }
    let own = Notice::parse(&format!("{SERVICE}\n[whys]\nnino = \"Because our funder asks.\"\n")).unwrap();
    assert_eq!(own.why(&FieldId::known("nino")).as_deref(), Some("Because our funder asks."));
    let field = own.catalogue().field(&FieldId::known("nino")).cloned().unwrap();
    assert_eq!(field.why, "Because our funder asks.");
    assert_eq!(own.why(&FieldId::known("sex")), None);
}

// promise: P12
#[test]
fn a_name_and_a_way_to_reach_somebody_is_all_that_is_required() {
    let required = service().required.unwrap();
    assert_eq!(required.fields, ["name"]);
    assert!(!required.by_law && !required.consequences.is_empty() && !required.agreement.is_empty());
}

/// Objection stands apart from the other rights and covers marketing, profiling and legitimate interests; there is no
/// scoring to object to.
// promise: P26
#[test]
fn people_can_object_and_nobody_is_scored() {
    let notice = service();
    let objection = notice.objection.as_ref().unwrap();
    for ground in [ObjectionTo::DirectMarketing, ObjectionTo::Profiling, ObjectionTo::LegitimateInterests] {
        assert!(objection.to.contains(&ground), "{ground}");
    }
    assert!(notice.right(RightKind::Objection).is_none(), "it has a place of its own");
    assert!(!notice.automated.as_ref().unwrap().any);
}

/// Named contacts answer; to change one is one edit and a new fingerprint.
// promise: P27
#[test]
fn contacts_are_data_and_every_version_has_a_fingerprint() {
    let notice = service();
    for role in ContactRole::ALL {
        let contact = notice.contact(*role).unwrap_or_else(|| panic!("no contact for {role}"));
        assert!(contact.phone.is_some() && contact.email.is_some(), "{role}");
    }
    let changed = SERVICE.replacen("0151 496 0110", "0151 496 0111", 1);
    let changed = Notice::parse(&changed).unwrap();
    assert_eq!(
        changed.contact(ContactRole::DataProtectionOfficer).unwrap().phone.as_deref(),
        Some("0151 496 0111")
    );
    assert_ne!(changed.digest(), notice.digest());
    assert_eq!(service().digest(), notice.digest());
    assert_eq!(notice.digest().len(), 64);
    for kind in RightKind::ALL.iter().filter(|kind| **kind != RightKind::Objection) {
        assert!(notice.right(*kind).is_some_and(|right| !right.how.is_empty()), "{kind}");
    }
}

// promise: P28
#[test]
fn complaints_go_to_us_within_thirty_days_and_to_the_commissioner_with_an_address() {
    let complaints = service().complaints.unwrap();
    assert_eq!(complaints.acknowledge_days, 30);
    assert!(complaints.to_regulator.contains("Information Commissioner"));
    assert!(complaints.regulator.address.len() >= 3 && complaints.regulator.link.starts_with("https://"));
}

/// What the system does is derived from the notice, so a change there is a change here.
// promise: P29
#[test]
fn the_facts_of_a_notice_are_what_a_system_has_to_do() {
    let notice = service();
    let facts = notice.facts();
    assert_eq!(facts.fields.len(), notice.catalogue().fields().len());
    assert_eq!(facts.fields.get("religion"), Some(&Category::Equality));
    assert_eq!(facts.purposes.len(), Purpose::ALL.len());
    assert!(
        facts.processors.contains("harbour-messaging") && !facts.recipients.contains("harbour-messaging")
    );
    assert_eq!(facts.retention.get(&Layer::Rights), Some(&(Period::Months(24), Event::RequestClosed)));
    let longer = SERVICE.replacen("months = 12", "months = 18", 1);
    assert_ne!(Notice::parse(&longer).unwrap().facts(), facts);
}

//! Notices given, consent and sharing, on both engines.

use std::io::Read as _;
use std::str::FromStr as _;

use access::Role;
use casework::consents::{Answered, Said, State, Way};
use casework::disclosures::{Blocked, LegalGround, Reply, Stage, Tell};
use casework::entries::Signature;
use casework::profile::fields;
use casework::{Answer, ClientId, EntryId, How, OrganisationId};
use jiff::civil::date;
use notice::dpv::consent::Form;
use notice::{Category, FieldId, Purpose};
use records::consents::About;
use records::erasure::Ground;
use records::telling::Step;
use records::{Error, Service, Visit};
use store::Sql;

use crate::bench::{Bench, NOTICE, places};
use crate::pdf;

const PROGRAMME: &str = include_str!("../../../../notices/programmes/routes-to-work.toml");

static OBJECT: Sql = Sql {
    name: "OBJECT",
    store: "records",
    text: "INSERT INTO objection (client, what, stops, since, request) VALUES ($1, 'public-task', 8, 0, $1)",
};

fn key() -> [u8; 16] {
    *uuid::Uuid::new_v4().as_bytes()
}

pub(crate) fn yes() -> Answered {
    Answered {
        said: Said::Yes,
        way: Way::Signed,
        signature: Some(Signature::Typed("Daniel Whitfield".into())),
        witness: String::new(),
        representative: String::new(),
        explicit: true,
        until: None,
    }
}

/// An organisation with a key that two people confirmed, and the secret key of its owner.
pub(crate) async fn recipient(
    bench: &Bench,
    named: &str,
    name: &str,
) -> (OrganisationId, age::x25519::Identity) {
    let (meera, harriet) = managers(bench).await;
    let organisation = bench.service.add_organisation(&meera, key(), named, name).await.unwrap();
    let identity = age::x25519::Identity::generate();
    new_key(bench, &meera, &harriet, organisation, &identity).await;
    (organisation, identity)
}

async fn managers(bench: &Bench) -> (Visit, Visit) {
    let of = |name: &str, role| {
        let directory = bench.service.directory();
        let known = directory.everybody().into_iter().find(|m| m.name == name).map(|m| m.id);
        (known, name.to_owned(), role)
    };
    let mut found = Vec::new();
    for (known, name, role) in [of("Meera", Role::Manager), of("Harriet", Role::Governance)] {
        found.push(match known {
            Some(id) => bench.visit_of(id, role),
            None => bench.visit(&name, role).await,
        });
    }
    let harriet = found.pop().unwrap();
    (found.pop().unwrap(), harriet)
}

async fn new_key(
    bench: &Bench,
    one: &Visit,
    other: &Visit,
    organisation: OrganisationId,
    identity: &age::x25519::Identity,
) {
    bench.service.enter_key(one, organisation, &identity.to_public().to_string()).await.unwrap();
    for who in [one, other] {
        let known = bench.service.organisations().await.unwrap();
        let known = known.into_iter().find(|o| o.id == organisation).unwrap().key.unwrap();
        let heard = known.fingerprint().chars().rev().take(9).collect::<Vec<_>>();
        let heard: String = heard.into_iter().rev().collect();
        bench.service.confirm_key(who, organisation, known.id, &heard).await.unwrap();
    }
}

pub(crate) async fn answer(
    service: &Service,
    visit: &Visit,
    client: ClientId,
    about: About,
    answered: Answered,
) -> Result<EntryId, Error> {
    let asking = service.begin_consent(visit, client, about).await?.release().await?;
    service.answer_consent(visit, client, about, key(), &asking.digest, answered).await
}

async fn share(
    service: &Service,
    visit: &Visit,
    client: ClientId,
    to: OrganisationId,
) -> Result<EntryId, Error> {
    let shown = service.sharing(visit, client, to).await?.release().await?;
    service.share(visit, client, to, key(), &shown.versions).await
}

/// A referral that goes out.
fn referral(told: &'static str, whom: &str) -> casework::Written {
    casework::Written {
        answers: crate::programmes::answers(&[
            ("direction", crate::programmes::code("out")),
            ("organisation", Answer::Text(whom.into())),
            ("told_by", crate::programmes::code(told)),
            ("reason", Answer::Text("Debt advice".into())),
        ]),
        ..casework::Written::default()
    }
}

/// Another server over the same stores. SQLite has one server; there it is the same one.
async fn another_server(bench: &Bench) -> Option<Service> {
    match bench.ground.engine() {
        store::Engine::Postgres => {
            let mut beside = places(&bench.ground).await;
            beside.checkpoint = bench.ground.folder().join("checkpoint-beside");
            // It begins with a copy of what was signed.
            std::fs::copy(bench.ground.folder().join("checkpoint"), &beside.checkpoint).unwrap();
            Some(Service::open(&beside, bench.service.surroundings().clone()).await.unwrap())
        }
        store::Engine::Sqlite => None,
    }
}

/// Who is found by this name.
async fn found(service: &Service, visit: &Visit, name: &str) -> Vec<ClientId> {
    let found = service.find_clients(visit, name, 5).await.unwrap().release().await.unwrap();
    found.into_iter().map(|one| one.who.client).collect()
}

fn why<T>(result: Result<T, Error>) -> Blocked {
    match result {
        Err(Error::Blocked(why)) => why,
        Err(other) => panic!("not blocked: {other:?}"),
        Ok(_) => panic!("it was let through"),
    }
}

fn opened(bytes: &[u8], identity: &age::x25519::Identity) -> (serde_json::Value, String) {
    let plain = age::decrypt(identity, bytes).unwrap();
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(plain)).unwrap();
    assert_eq!(zip.len(), 3);
    let mut read = |name: &str| {
        let mut text = String::new();
        zip.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    };
    let (json, page) = (serde_json::from_str(&read("facts.json")).unwrap(), read("facts.html"));
    let mut printed = Vec::new();
    zip.by_name("facts.pdf").unwrap().read_to_end(&mut printed).unwrap();
    let printed = pdf::everything(&printed);
    assert!(printed.contains("Facts shared by"), "{printed}");
    // What the page does not say the PDF does not say either.
    (json, format!("{page}{printed}"))
}

// promise: P12
// promise: P18
// promise: P19
#[tokio::test(flavor = "multi_thread")]
async fn what_was_agreed_leaves_encrypted_to_its_recipient_and_nothing_else_does() {
    for bench in Bench::all().await {
        let ada = bench.visit("Ada", Role::Adviser).await;
        let client = bench.client(&ada, "Daniel Whitfield").await;
        let (to, identity) = recipient(&bench, "adult-learning", "Northbridge Adult Learning").await;
        assert_eq!(why(share(&bench.service, &ada, client, to).await), Blocked::NoConsent);

        answer(&bench.service, &ada, client, About::Sharing(to), yes()).await.unwrap();
        let shown = bench.service.sharing(&ada, client, to).await.unwrap().release().await.unwrap();
        assert_eq!(shown.blocked, None);
        let facts: Vec<(&str, &str)> =
            shown.facts.iter().map(|f| (f.field.as_str(), f.value.as_str())).collect();
        assert_eq!(facts, [("name", "Daniel Whitfield"), ("mobile_phone", "07700 900 123")]);
        let form = key();
        let made = bench.service.share(&ada, client, to, form, &shown.versions).await.unwrap();
        let again = bench.service.share(&ada, client, to, form, &shown.versions).await.unwrap();
        assert_eq!(made, again, "a form that is sent twice shares once");

        let pack = bench.service.pack(&ada, client, made).await.unwrap();
        assert_eq!(pack.file_name, format!("{made}.zip.age"));
        let raw = String::from_utf8_lossy(&pack.bytes).into_owned();
        assert!(raw.starts_with("age-encryption.org/v1") && !raw.contains("Daniel"));
        let (json, page) = opened(&pack.bytes, &identity);
        let left: Vec<(&str, &str)> = json["facts"]
            .as_array()
            .unwrap()
            .iter()
            .map(|f| (f["field"].as_str().unwrap(), f["value"].as_str().unwrap()))
            .collect();
        assert_eq!(left, facts, "exactly what was shown");
        assert_eq!(json["reference"], made.to_string());
        assert!(page.contains("Daniel Whitfield") && page.contains("07700 900 123"));
        assert!(!page.contains("NB-") && !json.to_string().contains("NB-"), "no number of ours");
        assert!(
            age::decrypt(&age::x25519::Identity::generate(), &pack.bytes).is_err(),
            "nobody else opens it"
        );

        let file = bench.service.consent_page(&ada, client).await.unwrap().release().await.unwrap();
        let stages: Vec<Stage> = file.shared.iter().map(|line| line.row.stage).collect();
        assert_eq!(stages.iter().filter(|s| **s == Stage::Made).count(), 1);
        assert_eq!(
            stages.iter().filter(|s| **s == Stage::Blocked).count(),
            1,
            "what was tried is there, too"
        );
        let looks = bench.service.who_looked(&ada, client).await.unwrap().release().await.unwrap().looks;
        assert!(looks.iter().any(|l| l.action == "made-disclosure" && l.outcome == "done"));
        assert!(looks.iter().any(|l| l.action == "share" && l.outcome == "refused:no-consent"));
    }
}

// promise: P8
#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawal_stops_what_is_ready_and_a_second_server_refuses_at_once() {
    for bench in Bench::all().await {
        let ada = bench.visit("Ada", Role::Adviser).await;
        let client = bench.client(&ada, "Daniel Whitfield").await;
        let (to, _) = recipient(&bench, "adult-learning", "Northbridge Adult Learning").await;
        answer(&bench.service, &ada, client, About::Sharing(to), yes()).await.unwrap();
        let left = share(&bench.service, &ada, client, to).await.unwrap();
        bench.service.pack(&ada, client, left).await.unwrap();
        let ready = share(&bench.service, &ada, client, to).await.unwrap();
        let second = another_server(&bench).await;
        let second = second.as_ref().unwrap_or(&bench.service);
        assert_eq!(second.sharing(&ada, client, to).await.unwrap().release().await.unwrap().blocked, None);

        bench.later(60);
        let form = key();
        bench.service.withdraw_consent(&ada, client, About::Sharing(to), form, Way::Spoken).await.unwrap();
        assert_eq!(why(second.pack(&ada, client, ready).await), Blocked::Withdrawn, "at once");
        assert_eq!(why(share(second, &ada, client, to).await), Blocked::Withdrawn);
        bench.service.withdraw_consent(&ada, client, About::Sharing(to), form, Way::Spoken).await.unwrap();
        let once_more =
            bench.service.withdraw_consent(&ada, client, About::Sharing(to), key(), Way::Spoken).await;
        assert!(matches!(once_more, Err(Error::Faults(_))), "there is nothing left to take back");

        let file = second.consent_page(&ada, client).await.unwrap().release().await.unwrap();
        let stopped = file.shared.iter().find(|line| line.row.id == ready).unwrap();
        assert_eq!(stopped.row.stage, Stage::Stopped);
        let tell: Vec<_> = file.to_tell.iter().map(|one| (one.kind, one.reference)).collect();
        assert_eq!(tell, [(Tell::Withdrawn, left)], "whoever got something is told");

        bench.later(60);
        answer(&bench.service, &ada, client, About::Sharing(to), yes()).await.unwrap();
        assert_eq!(
            why(second.pack(&ada, client, ready).await),
            Blocked::Withdrawn,
            "what was stopped stays so"
        );
        share(second, &ada, client, to).await.unwrap();
    }
}

// promise: P18
#[tokio::test(flavor = "multi_thread")]
async fn no_path_lets_data_out() {
    for bench in Bench::all().await {
        let ada = bench.visit("Ada", Role::Adviser).await;
        let (meera, harriet) = managers(&bench).await;
        let client = bench.client(&ada, "Daniel Whitfield").await;
        let (to, _) = recipient(&bench, "adult-learning", "Northbridge Adult Learning").await;
        let service = &bench.service;
        let mut tried = 0;
        let mut shut = async |expected: Blocked| {
            assert_eq!(why(share(service, &ada, client, to).await), expected);
            tried += 1;
        };
        // No answer, no, later.
        shut(Blocked::NoConsent).await;
        answer(service, &ada, client, About::Sharing(to), Answered { said: Said::Later, ..yes() })
            .await
            .unwrap();
        shut(Blocked::NoConsent).await;
        answer(service, &ada, client, About::Sharing(to), Answered { said: Said::No, ..yes() })
            .await
            .unwrap();
        shut(Blocked::SaidNo).await;
        // A consent that runs out.
        let short = Answered { until: Some(date(2026, 11, 24)), ..yes() };
        answer(service, &ada, client, About::Sharing(to), short).await.unwrap();
        let ready = share(service, &ada, client, to).await.unwrap();
        bench.later(2 * 86_400);
        shut(Blocked::Expired).await;
        assert_eq!(why(service.pack(&ada, client, ready).await), Blocked::Expired);
        let state = |page: &records::consents::ConsentPage| page.sharing[0].state;
        let page = service.consent_page(&ada, client).await.unwrap().release().await.unwrap();
        assert_eq!(state(&page), Some(State::Expired));
        answer(service, &ada, client, About::Sharing(to), yes()).await.unwrap();
        let page = service.consent_page(&ada, client).await.unwrap().release().await.unwrap();
        assert_eq!(state(&page), Some(State::Renewed));
        // A key that changed: nothing leaves before two people confirmed the new one, and nothing that was ready with the old.
        let ready = share(service, &ada, client, to).await.unwrap();
        let newer = age::x25519::Identity::generate();
        service.enter_key(&meera, to, &newer.to_public().to_string()).await.unwrap();
        shut(Blocked::KeyNotConfirmed).await;
        assert_eq!(why(service.pack(&ada, client, ready).await), Blocked::KeyNotConfirmed);
        let known = service.organisations().await.unwrap().remove(0).key.unwrap();
        let digits = known.fingerprint().replace(' ', "");
        let heard = digits[24..].to_owned();
        for (who, heard) in [(&meera, "00000000"), (&meera, "")] {
            assert!(matches!(service.confirm_key(who, to, known.id, heard).await, Err(Error::Faults(_))));
        }
        service.confirm_key(&meera, to, known.id, &heard).await.unwrap();
        assert!(
            matches!(service.confirm_key(&meera, to, known.id, &heard).await, Err(Error::Faults(_))),
            "not twice"
        );
        shut(Blocked::KeyNotConfirmed).await;
        assert!(matches!(service.confirm_key(&ada, to, known.id, &heard).await, Err(Error::NotYours(_))));
        service.confirm_key(&harriet, to, known.id, &heard).await.unwrap();
        assert_eq!(why(service.pack(&ada, client, ready).await), Blocked::KeyChanged);
        // Values that changed after they were shown.
        let shown = service.sharing(&ada, client, to).await.unwrap().release().await.unwrap();
        let ready = share(service, &ada, client, to).await.unwrap();
        let mut contact = crate::bench::registration("Daniel Whitfield").contact;
        contact.set(fields::MOBILE_PHONE, Some(Answer::Text("+447700900999".into())));
        service.change_details(&ada, client, Category::Contact, 1, contact).await.unwrap();
        assert!(matches!(
            service.share(&ada, client, to, key(), &shown.versions).await,
            Err(Error::ChangedMeanwhile)
        ));
        assert!(matches!(service.pack(&ada, client, ready).await, Err(Error::ChangedMeanwhile)));
        // A recipient that the client's notice does not name, a firm that works for us, nobody at all.
        let law = LegalGround {
            enactment: "Care Act 2014, section 42".into(),
            policy: "Safeguarding policy".into(),
            why: "At risk at home".into(),
            review: date(2027, 1, 1),
        };
        let chosen = || vec![FieldId::known("name")];
        let asked = service.ask_to_share(&ada, client, to, key(), "", law.clone(), chosen()).await;
        assert_eq!(why(asked), Blocked::NoLegalGround);
        let faults = service.add_organisation(&meera, key(), "harbour-messaging", "Harbour").await;
        assert!(matches!(faults, Err(Error::Faults(_))), "a processor is no recipient");
        let nobody = OrganisationId::from_bytes([9; 16]);
        assert!(matches!(service.sharing(&ada, client, nobody).await, Err(Error::NoSuchFile)));
        // Whoever may not: another adviser without a reason, the receptionist, the administrator.
        for (name, role) in
            [("Bob", Role::Adviser), ("Rita", Role::Receptionist), ("Marek", Role::Administrator)]
        {
            let other = bench.visit(name, role).await;
            assert!(matches!(service.sharing(&other, client, to).await, Err(Error::Refused(_))), "{name}");
            assert!(matches!(
                service.pack(&other, client, ready).await,
                Err(Error::Refused(_) | Error::ChangedMeanwhile)
            ));
        }
        let page = service.consent_page(&ada, client).await.unwrap().release().await.unwrap();
        assert!(page.shared.iter().all(|line| line.row.made.is_none()), "nothing has left");
        let blocked = page.shared.iter().filter(|line| line.row.stage == Stage::Blocked).count();
        assert!(blocked >= tried, "each try is written down: {blocked} of {tried}");
    }
}

// promise: P18
#[tokio::test(flavor = "multi_thread")]
async fn what_a_law_lets_us_share_needs_a_second_person_who_sees_exactly_what_leaves() {
    for bench in Bench::all().await {
        let ada = bench.visit("Ada", Role::Adviser).await;
        let client = bench.client(&ada, "Daniel Whitfield").await;
        let (to, identity) = recipient(&bench, "by-law", "Safeguarding team").await;
        let (meera, harriet) = managers(&bench).await;
        let service = &bench.service;
        let law = LegalGround {
            enactment: "Care Act 2014, section 42".into(),
            policy: "Safeguarding policy, part 3".into(),
            why: "Zqmark at risk at home".into(),
            review: date(2026, 11, 25),
        };
        let shown = service.sharing(&ada, client, to).await.unwrap().release().await.unwrap();
        let other = vec![FieldId::known("email")];
        let refused =
            service.ask_to_share(&ada, client, to, key(), &shown.versions, law.clone(), other).await;
        assert_eq!(why(refused), Blocked::OtherFields);
        let fields = vec![FieldId::known("name"), FieldId::known("date_of_birth")];
        let asked =
            service.ask_to_share(&ada, client, to, key(), &shown.versions, law, fields).await.unwrap();
        assert_eq!(why(service.pack(&ada, client, asked).await), Blocked::NotApproved);
        assert_eq!(why(service.decide_sharing(&ada, client, asked, true).await), Blocked::SamePerson);
        assert!(matches!(service.approvals(&ada).await, Err(Error::NotYours(_))));
        let bob = bench.visit("Bob", Role::Adviser).await;
        assert!(matches!(service.decide_sharing(&bob, client, asked, true).await, Err(Error::NotYours(_))));

        let waiting = service.approvals(&meera).await.unwrap();
        assert_eq!((waiting.len(), waiting[0].id), (1, asked));
        let view = service.disclosure(&meera, client, asked).await.unwrap().release().await.unwrap();
        assert!(view.decides && view.law.unwrap().why.contains("Zqmark"));
        assert_eq!(view.facts.len(), 1, "what the file holds of it: {:?}", view.facts);
        let own = service.disclosure(&ada, client, asked).await.unwrap().release().await.unwrap();
        assert!(!own.decides && own.law.is_none());
        service.decide_sharing(&meera, client, asked, true).await.unwrap();
        assert!(matches!(
            service.decide_sharing(&harriet, client, asked, false).await,
            Err(Error::ChangedMeanwhile)
        ));
        let pack = service.pack(&ada, client, asked).await.unwrap();
        let (json, _) = opened(&pack.bytes, &identity);
        assert_eq!((json["ground"].as_str(), json["facts"].as_array().unwrap().len()), (Some("law"), 1));
        bench.later(3 * 86_400);
        assert_eq!(why(service.pack(&ada, client, asked).await), Blocked::ReviewDue);
    }
}

// promise: P22
// promise: P23
#[tokio::test(flavor = "multi_thread")]
async fn recipients_are_told_of_corrections_and_erasures_until_each_has_answered() {
    for bench in Bench::all().await {
        let ada = bench.visit("Ada", Role::Adviser).await;
        let client = bench.client(&ada, "Daniel Whitfield").await;
        let (to, _) = recipient(&bench, "adult-learning", "Northbridge Adult Learning").await;
        let service = &bench.service;
        answer(service, &ada, client, About::Sharing(to), yes()).await.unwrap();
        let made = share(service, &ada, client, to).await.unwrap();
        service.pack(&ada, client, made).await.unwrap();
        let mut contact = crate::bench::registration("Daniel Whitfield").contact;
        contact.set("town".into(), Some(Answer::Text("Northbridge".into())));
        service.change_details(&ada, client, Category::Contact, 1, contact.clone()).await.unwrap();
        assert_eq!(service.recipients_to_tell(&ada).await.unwrap().0, [], "the town was not given");
        bench.later(60);
        contact.set(fields::MOBILE_PHONE, Some(Answer::Text("+447700900999".into())));
        service.change_details(&ada, client, Category::Contact, 2, contact).await.unwrap();
        let (open, _) = service.recipients_to_tell(&ada).await.unwrap();
        assert_eq!((open.len(), open[0].kind, open[0].reference), (1, Tell::Rectified, made));
        assert_eq!(open[0].fields, [FieldId::known("mobile_phone")]);
        let item = open[0].key();
        service.recipient_told(&ada, &item, Step::Answered(Reply::Done)).await.unwrap();
        assert_eq!(service.recipients_to_tell(&ada).await.unwrap().0.len(), 1, "not before they were told");
        for step in [Step::Told, Step::Told, Step::Answered(Reply::Cannot), Step::Answered(Reply::Done)] {
            service.recipient_told(&ada, &item, step).await.unwrap();
        }
        let (open, answered) = service.recipients_to_tell(&ada).await.unwrap();
        assert!(open.is_empty() && answered[0].told.is_some() && answered[0].answered.is_some());
        assert_eq!(answered[0].answer, Some(Reply::Cannot), "what was answered first stands");
        assert!(matches!(service.recipient_told(&ada, "nonsense", Step::Told).await, Err(Error::NoSuchFile)));

        service.erase_file("NB-10001", Ground::Request).await.unwrap();
        let (open, _) = service.recipients_to_tell(&ada).await.unwrap();
        assert_eq!((open.len(), open[0].kind, open[0].client), (1, Tell::Erased, None));
        assert_eq!(open[0].reference, made, "they know it by its reference; nobody is named");
    }
}

// promise: P8
#[tokio::test(flavor = "multi_thread")]
async fn a_use_that_was_taken_back_stops_and_what_has_no_ground_left_is_scheduled_to_go() {
    for bench in Bench::all().await {
        let ada = bench.visit("Ada", Role::Adviser).await;
        let client = bench.client(&ada, "Daniel Whitfield").await;
        let (_, harriet) = managers(&bench).await;
        let service = &bench.service;
        let back = async |purpose| {
            service.withdraw_consent(&ada, client, About::Use(purpose), key(), Way::Spoken).await
        };
        for purpose in [Purpose::Statistics, Purpose::EqualityDuty] {
            back(purpose).await.unwrap();
        }
        let page = service.consent_page(&ada, client).await.unwrap().release().await.unwrap();
        assert_eq!(page.goes, [], "the bids still use the equality answers");
        assert!(matches!(back(Purpose::Rights).await, Err(Error::Faults(_))), "that rests on the law");
        back(Purpose::Bids).await.unwrap();
        let page = service.consent_page(&ada, client).await.unwrap().release().await.unwrap();
        assert_eq!(page.goes, [(Category::Equality, date(2026, 12, 23))]);
        for (day, due, later) in [(date(2026, 12, 22), 0, 1), (date(2026, 12, 23), 1, 0)] {
            let ahead = service.taken_back_ahead(day).await.unwrap();
            let ahead: Vec<_> = ahead.iter().map(|one| (one.category, one.due, one.later)).collect();
            assert_eq!(ahead, [(Category::Equality, due, later)]);
        }
        let stands: Vec<State> = page.uses.iter().map(|one| one.state).collect();
        assert_eq!(stands.iter().filter(|s| **s == State::Withdrawn).count(), 3);
        // Equality answers cannot be written any more.
        let refused =
            service.change_details(&ada, client, Category::Equality, 0, casework::Profile::default()).await;
        assert!(matches!(refused, Err(Error::Refused(r)) if r.why == access::Why::Withdrawn));
        // Given again, there is a ground again.
        bench.later(60);
        answer(service, &ada, client, About::Use(Purpose::Bids), yes()).await.unwrap();
        let page = service.consent_page(&ada, client).await.unwrap().release().await.unwrap();
        assert_eq!(page.goes, []);
        // Everything: nobody works with the file any more, but to answer its client.
        bench.later(60);
        let form = key();
        service.withdraw_everything(&ada, client, form, Way::Spoken).await.unwrap();
        let refused = service.open_file(&ada, client, 5).await;
        assert!(matches!(refused, Err(Error::Refused(r)) if r.why == access::Why::Withdrawn));
        let caseload = service.caseload(&ada).await.unwrap().release().await.unwrap();
        assert!(caseload.files.is_empty(), "in no list");
        service.state_reason(&harriet, client, "The client asked what is left").await.unwrap();
        let page = service.consent_page(&harriet, client).await.unwrap().release().await.unwrap();
        assert_eq!(page.goes.len(), 9);
        bench.later(60);
        answer(service, &harriet, client, About::Use(Purpose::Support), yes()).await.unwrap();
        service.open_file(&ada, client, 5).await.unwrap().release().await.unwrap();
        let page = service.consent_page(&harriet, client).await.unwrap().release().await.unwrap();
        assert_eq!(page.goes, [(Category::Equality, date(2026, 12, 23))]);
    }
}

// promise: P4
// promise: P8
#[tokio::test(flavor = "multi_thread")]
async fn who_took_back_consent_to_support_is_found_for_it_no_more_on_any_server_nor_after_a_restart() {
    for bench in Bench::all().await {
        let ada = bench.visit("Ada", Role::Adviser).await;
        let desk = bench.visit("Dan", Role::Receptionist).await;
        let (meera, harriet) = managers(&bench).await;
        let service = &bench.service;
        let client = bench.client(&ada, "Daniel Whitfield").await;
        let other = bench.client(&ada, "Daniela Whitfield").await;
        let second = another_server(&bench).await;
        let second = second.as_ref().unwrap_or(service);
        for visit in [&ada, &desk, &meera, &harriet] {
            assert!(found(second, visit, "Daniel Whitfield").await.contains(&client), "{:?}", visit.role);
        }
        assert_eq!(service.duplicates(&meera).await.unwrap().release().await.unwrap().closed, 0);

        service
            .withdraw_consent(&ada, client, About::Use(Purpose::Support), key(), Way::Spoken)
            .await
            .unwrap();
        // No server has followed the feed of changes yet but the one that wrote; both say the same at once.
        for server in [service, second] {
            for visit in [&ada, &meera] {
                let left = found(server, visit, "Daniel Whitfield").await;
                assert!(!left.contains(&client) && left.contains(&other), "{:?}: {left:?}", visit.role);
            }
            for visit in [&desk, &harriet] {
                let left = found(server, visit, "Daniel Whitfield").await;
                assert!(left.contains(&client), "{:?} asks for another purpose", visit.role);
            }
            // Whoever comes again is not registered beside the file unknowingly, and nothing is said of it.
            let typed = crate::bench::registration("Daniel Whitfield").contact;
            let on_file =
                server.on_file(&ada, key(), &typed).await.unwrap().unwrap().release().await.unwrap();
            assert!(on_file.closed && on_file.likely.iter().all(|one| one.who.client != client));
            let pairs = server.duplicates(&meera).await.unwrap().release().await.unwrap();
            assert!(pairs.pairs.iter().all(|pair| pair.one.client != client && pair.other.client != client));
        }
        let bench = bench.reopened().await.unwrap();
        assert!(!found(&bench.service, &ada, "Daniel Whitfield").await.contains(&client));
        assert!(found(&bench.service, &harriet, "Daniel Whitfield").await.contains(&client));

        // An objection to what reception does stops that, and consent given again brings the file back to who works with it.
        let records = bench.ground.store(&records::MIGRATIONS).await;
        records.write(vec![OBJECT.with([client.as_bytes().into()])]).await.unwrap();
        assert!(!found(&bench.service, &desk, "Daniel Whitfield").await.contains(&client), "at once");
        bench.service.state_reason(&harriet, client, "The client wants to come back").await.unwrap();
        bench.later(60);
        answer(&bench.service, &harriet, client, About::Use(Purpose::Support), yes()).await.unwrap();
        assert!(found(&bench.service, &ada, "Daniel Whitfield").await.contains(&client));
    }
}

// promise: P18
#[tokio::test(flavor = "multi_thread")]
async fn a_referral_by_which_we_tell_somebody_needs_the_clients_consent_and_one_by_the_client_does_not() {
    for bench in Bench::all().await {
        let ada = bench.visit("Ada", Role::Adviser).await;
        let client = bench.client(&ada, "Daniel Whitfield").await;
        let (to, _) = recipient(&bench, "support-partners", "Quay Advice").await;
        let service = &bench.service;
        let form = notice::forms::form("referral").unwrap();
        let write =
            async |written: &casework::Written| service.write_entry(&ada, client, key(), form, written).await;
        let said = |result: Result<EntryId, Error>| match result {
            Err(Error::Faults(faults)) => (faults[0].field.to_string(), faults[0].message.clone()),
            other => panic!("{other:?}"),
        };
        let shut = |why: Blocked| ("organisation".to_owned(), why.words().to_owned());
        assert_eq!(said(write(&referral("us", "Quay Advice")).await), shut(Blocked::NoConsent));
        let (field, message) = said(write(&referral("us", "Nobody in Particular")).await);
        assert!(field == "organisation" && message.contains("not in the directory"), "{message}");
        let mut silent = referral("us", "Quay Advice");
        silent.answers.set(FieldId::known("told_by"), None);
        assert_eq!(said(write(&silent).await).0, "told_by");
        // What the client says themselves is theirs, and that it was so is written down.
        let by_client = write(&referral("client", "Quay Advice")).await.unwrap();
        let turned =
            service.change_entry(&ada, client, by_client, 1, form, &referral("us", "Quay Advice")).await;
        assert!(matches!(turned, Err(Error::Faults(_))), "nor by a change afterwards");

        answer(service, &ada, client, About::Sharing(to), yes()).await.unwrap();
        let ours = write(&referral("us", " quay advice ")).await.unwrap();
        bench.later(60);
        service.withdraw_consent(&ada, client, About::Sharing(to), key(), Way::Spoken).await.unwrap();
        assert_eq!(said(write(&referral("us", "Quay Advice")).await), shut(Blocked::Withdrawn));
        // What was told before goes its way, and a word in it can be put right.
        let step =
            casework::referrals::StepTyped { step: "accepted".into(), on: None, outcome: String::new() };
        service.refer_on(&ada, client, ours, 1, &step).await.unwrap();
        let view = service.view_entry(&ada, client, ours).await.unwrap().release().await.unwrap();
        let records::files::What::Written(_, mut corrected) = view.entry.what else { panic!() };
        corrected.answers.set(FieldId::known("reason"), Some(Answer::Text("Advice on debts".into())));
        service.change_entry(&ada, client, ours, 2, form, &corrected).await.unwrap();

        // Whoever was told is a recipient like any other, and a step or a better word told them nothing new.
        let page = service.consent_page(&ada, client).await.unwrap().release().await.unwrap();
        let told: Vec<_> = page.shared.iter().filter(|line| line.row.told_in().is_some()).collect();
        assert_eq!(told.len(), 1);
        assert_eq!((told[0].row.told_in(), told[0].row.organisation), (Some(ours), to));
        let blocked: Vec<_> = page.shared.iter().filter_map(|line| line.row.why).collect();
        assert_eq!(blocked.len(), 3, "each that was stopped at the gate is in the file's list: {blocked:?}");
        let looks = service.who_looked(&ada, client).await.unwrap().release().await.unwrap().looks;
        let stopped = |why: &str| {
            looks.iter().filter(|l| l.action == "share" && l.outcome == format!("refused:{why}")).count()
        };
        assert_eq!((stopped("no-consent"), stopped("not-named"), stopped("consent-withdrawn")), (2, 1, 1));
    }
}

// promise: P8
// promise: P22
// promise: P23
#[tokio::test(flavor = "multi_thread")]
async fn whom_we_told_in_a_referral_is_told_of_a_correction_a_withdrawal_and_an_erasure() {
    for bench in Bench::all().await {
        let ada = bench.visit("Ada", Role::Adviser).await;
        let client = bench.client(&ada, "Daniel Whitfield").await;
        let (first, _) = recipient(&bench, "support-partners", "Quay Advice").await;
        let (second, _) = recipient(&bench, "support-partners", "Harbour Advice").await;
        let service = &bench.service;
        let form = notice::forms::form("referral").unwrap();
        for to in [first, second] {
            answer(service, &ada, client, About::Sharing(to), yes()).await.unwrap();
        }
        let sent = key();
        let quay = referral("us", "Quay Advice");
        let entry = service.write_entry(&ada, client, sent, form, &quay).await.unwrap();
        assert_eq!(service.write_entry(&ada, client, sent, form, &quay).await.unwrap(), entry);
        let shared = async || {
            let page = service.consent_page(&ada, client).await.unwrap().release().await.unwrap();
            let shared: Vec<_> = page.shared.into_iter().map(|line| (line.row, line.name)).collect();
            shared
        };
        let told = shared().await.remove(0).0;
        assert_eq!(shared().await.len(), 1, "a form that is sent twice tells once");
        assert_eq!((told.stage, told.told_in(), told.key), (Stage::Made, Some(entry), None));
        assert!(told.made.is_some() && told.fields.contains(&fields::NAME), "{:?}", told.fields);
        assert!(matches!(service.pack(&ada, client, told.id).await, Err(Error::NoSuchFile)), "no pack");
        let looks = service.who_looked(&ada, client).await.unwrap().release().await.unwrap().looks;
        assert_eq!(looks.iter().filter(|look| look.action == "told-in-referral").count(), 1);
        let promises = service.promises_now().await.unwrap().evidence;
        let grounds = promises.iter().find(|one| one.promised.code == "shares-without-ground").unwrap();
        assert_eq!(grounds.stands, casework::promises::Stands::Kept);

        // Corrected to another organisation: that one is told, and the first one was.
        bench.later(60);
        let harbour = referral("us", "Harbour Advice");
        service.change_entry(&ada, client, entry, 1, form, &harbour).await.unwrap();
        let names: Vec<String> = shared().await.into_iter().map(|(_, name)| name).collect();
        assert_eq!(names, ["Harbour Advice", "Quay Advice"], "the newest first");

        // A fact that they may have been told is put right.
        let mut contact = crate::bench::registration("Daniel Whitfield").contact;
        contact.set(fields::NAME, Some(Answer::Text("Daniel Whitfeld".into())));
        service.change_details(&ada, client, Category::Contact, 1, contact).await.unwrap();
        let open = service.recipients_to_tell(&ada).await.unwrap().0;
        let mut corrected: Vec<_> = open.iter().map(|one| (one.kind, one.organisation)).collect();
        corrected.sort_by_key(|(_, to)| *to != first);
        assert_eq!(corrected, [(Tell::Rectified, first), (Tell::Rectified, second)]);

        // Consent taken back: the one it was given for is told, and nobody else.
        bench.later(60);
        service.withdraw_consent(&ada, client, About::Sharing(first), key(), Way::Spoken).await.unwrap();
        let open = service.recipients_to_tell(&ada).await.unwrap().0;
        let withdrawn: Vec<_> = open.iter().filter(|one| one.kind == Tell::Withdrawn).collect();
        assert_eq!(withdrawn.len(), 1);
        assert_eq!((withdrawn[0].reference, withdrawn[0].organisation), (told.id, first));

        service.erase_file("NB-10001", Ground::Request).await.unwrap();
        let open = service.recipients_to_tell(&ada).await.unwrap().0;
        let erased: Vec<_> = open.iter().filter(|one| one.kind == Tell::Erased).collect();
        assert_eq!(erased.len(), 2);
        assert!(erased.iter().all(|one| one.client.is_none()), "they know it by its reference");
    }
}

// promise: P27
// promise: P29
#[tokio::test(flavor = "multi_thread")]
async fn a_changed_notice_is_told_only_if_it_has_to_be_and_binds_once_it_was_given() {
    for bench in Bench::all().await {
        let ada = bench.visit("Ada", Role::Adviser).await;
        let client = bench.client(&ada, "Daniel Whitfield").await;
        let service = &bench.service;
        let file = || async { service.open_file(&ada, client, 50).await.unwrap().release().await.unwrap() };
        // A moved telephone is not told again.
        let moved = NOTICE
            .replace("0151 496 0120", "0151 496 0121")
            .replace("version = \"1.0\"", "version = \"1.1\"");
        service.publish_notice(&moved).await.unwrap();
        assert_eq!(file().await.tell_again, None);
        assert!(service.to_tell_again(&ada).await.unwrap().release().await.unwrap().mine.is_empty());
        // One more fact for adult learning is.
        let more = moved
            .replace(
                r#"fields = ["name", "mobile_phone", "email", "preferred_contact", "highest"#,
                r#"fields = ["name", "postcode", "mobile_phone", "email", "preferred_contact", "highest"#,
            )
            .replace("version = \"1.1\"", "version = \"2.0\"");
        assert_ne!(more, moved);
        service.publish_notice(&more).await.unwrap();
        let file_now = file().await;
        assert_eq!((file_now.notice.1.as_str(), file_now.tell_again.as_deref()), ("1.0", Some("2.0")));
        let list = service.to_tell_again(&ada).await.unwrap().release().await.unwrap();
        assert_eq!((list.mine.len(), list.newest.as_str()), (1, "2.0"));
        assert!(list.changes["1.0"].iter().any(|change| change.tell_again));
        // Until it is given, the old version decides what leaves.
        let (to, _) = recipient(&bench, "adult-learning", "Northbridge Adult Learning").await;
        let asking =
            service.begin_consent(&ada, client, About::Sharing(to)).await.unwrap().release().await.unwrap();
        assert!(!asking.wording.text.contains("Postcode"));
        let stale = asking.digest;
        assert!(service.give_notice(&ada, client, "employment-service", How::ReadAloud).await.unwrap());
        assert!(
            !service.give_notice(&ada, client, "employment-service", How::ReadAloud).await.unwrap(),
            "once"
        );
        let answered = service.answer_consent(&ada, client, About::Sharing(to), key(), &stale, yes()).await;
        assert!(
            matches!(answered, Err(Error::ChangedMeanwhile)),
            "nobody answers words that they did not see"
        );
        let asking =
            service.begin_consent(&ada, client, About::Sharing(to)).await.unwrap().release().await.unwrap();
        assert!(asking.wording.text.contains("Postcode"), "{}", asking.wording.text);
        let file_now = file().await;
        assert_eq!((file_now.notice.1.as_str(), file_now.tell_again), ("2.0", None));
        let page = service.consent_page(&ada, client).await.unwrap().release().await.unwrap();
        let versions: Vec<&str> = page.given.iter().map(|(_, _, given)| given.version.as_str()).collect();
        assert_eq!(versions, ["2.0", "1.0"], "what was given before stays in the file");
        for (_, _, given) in &page.given {
            let words = service.given_words(given.words.as_deref().unwrap()).await.unwrap().unwrap();
            assert_eq!(words.version, given.version);
            assert!(words.text.contains("Northbridge at Work"), "word for word");
        }
    }
}

// promise: P13
#[tokio::test(flavor = "multi_thread")]
async fn a_programmes_recipient_gets_something_only_once_its_notice_was_given() {
    for bench in Bench::all().await {
        // As publishing a programme leaves it.
        let programme = notice::Notice::parse(PROGRAMME).unwrap();
        let sql = format!(
            "INSERT INTO notice_version (notice, version, digest, text, published) VALUES ('{}', '{}', '{}', '{}', 1)",
            programme.id,
            programme.version,
            programme.digest(),
            PROGRAMME.replace('\'', "''")
        );
        bench.ground.run("records", &sql).await;
        let bench = bench.reopened().await.unwrap();
        assert_eq!(bench.service.notices().service().id, "employment-service");
        let ada = bench.visit("Ada", Role::Adviser).await;
        let client = bench.client(&ada, "Daniel Whitfield").await;
        let (to, identity) = recipient(&bench, "bay-counties", "Bay Counties Combined Authority").await;
        let service = &bench.service;
        assert_eq!(why(share(service, &ada, client, to).await), Blocked::NotNamed);
        assert_eq!(why(answer(service, &ada, client, About::Sharing(to), yes()).await), Blocked::NotNamed);
        assert!(service.give_notice(&ada, client, "routes-to-work", How::OnPaper).await.unwrap());
        assert!(!service.give_notice(&ada, client, "routes-to-work", How::OnPaper).await.unwrap());
        answer(service, &ada, client, About::Sharing(to), yes()).await.unwrap();
        let made = share(service, &ada, client, to).await.unwrap();
        let (json, _) = opened(&service.pack(&ada, client, made).await.unwrap().bytes, &identity);
        let facts: Vec<&str> =
            json["facts"].as_array().unwrap().iter().map(|f| f["field"].as_str().unwrap()).collect();
        assert_eq!(facts, ["name"], "the phone is not among what its notice gives it");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_of_consent_says_what_happened_to_it_and_names_nobody() {
    for bench in Bench::all().await {
        let ada = bench.visit("Ada", Role::Adviser).await;
        let client = bench.client(&ada, "Daniel Whitfield").await;
        let (to, _) = recipient(&bench, "adult-learning", "Northbridge Adult Learning").await;
        let service = &bench.service;
        let entry = answer(service, &ada, client, About::Sharing(to), yes()).await.unwrap();
        bench.later(60);
        service.withdraw_consent(&ada, client, About::Sharing(to), key(), Way::Spoken).await.unwrap();
        for (form, class) in [(Form::Record, "dpv:ConsentRecord"), (Form::Receipt, "dpv:ConsentReceipt")] {
            let value = service.consent_as_json(&ada, client, entry, form).await.unwrap();
            let head = &value["@graph"][0];
            assert_eq!(head["@type"], class);
            assert_eq!(head["dpv:hasConsentStatus"]["@id"], "dpv:ConsentWithdrawn");
            assert_eq!(head["dct:hasPart"].as_array().unwrap().len(), 2);
            assert!(!value.to_string().contains("Daniel"), "the signature stays in the file");
        }
        let other = bench.client(&ada, "Maria Lopes").await;
        let stolen = service.consent_as_json(&ada, other, entry, Form::Record).await;
        assert!(matches!(stolen, Err(Error::NoSuchFile)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_public_ones_and_a_secret_one_is_refused() {
    for bench in Bench::all().await {
        let (meera, _) = managers(&bench).await;
        let form = key();
        let made =
            bench.service.add_organisation(&meera, form, "adult-learning", "Adult Learning").await.unwrap();
        let again =
            bench.service.add_organisation(&meera, form, "adult-learning", "Adult Learning").await.unwrap();
        assert_eq!(made, again);
        let identity = age::x25519::Identity::generate();
        use age::secrecy::ExposeSecret as _;
        let secret = identity.to_string().expose_secret().to_owned();
        for wrong in ["", "age1nonsense", &secret, "ssh-ed25519 AAAA"] {
            let refused = bench.service.enter_key(&meera, made, wrong).await;
            let Err(Error::Faults(faults)) = refused else { panic!("{wrong}: {refused:?}") };
            assert!(!faults[0].message.contains(&secret));
        }
        let good = identity.to_public().to_string();
        bench.service.enter_key(&meera, made, &format!("  {good} \n")).await.unwrap();
        assert!(
            matches!(bench.service.enter_key(&meera, made, &good).await, Err(Error::Faults(_))),
            "the same"
        );
        assert!(age::x25519::Recipient::from_str(&good).is_ok());
    }
}

// promise: P5
#[tokio::test(flavor = "multi_thread")]
async fn whoever_writes_a_spoken_consent_down_is_not_its_witness() {
    for bench in Bench::all().await {
        let service = &bench.service;
        let ada = bench.visit("Ada", Role::Adviser).await;
        let client = bench.client(&ada, "Daniel Whitfield").await;
        let (quay, _) = recipient(&bench, "adult-learning", "Northbridge Adult Learning").await;
        let about = About::Sharing(quay);
        let asking = service.begin_consent(&ada, client, about).await.unwrap().release().await.unwrap();
        let heard =
            |witness: &str| Answered { way: Way::Spoken, signature: None, witness: witness.into(), ..yes() };
        let own = service.answer_consent(&ada, client, about, key(), &asking.digest, heard("ada ")).await;
        assert!(matches!(own, Err(Error::Faults(faults)) if faults[0].field == "witness"));
        service.answer_consent(&ada, client, about, key(), &asking.digest, heard("Bea")).await.unwrap();
    }
}

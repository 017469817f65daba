//! Requests about data, on both engines: written down by anybody, worked off by the lead, answered in fact.

use std::io::Read as _;

use access::Role;
use casework::answers::Boxes;
use casework::appointments::{Said, Slot};
use casework::profile::fields;
use casework::requests::{
    Asked, Asker, Came, DecisionTyped, Kind, Phase, Step, StepTyped, Taken, TakenWithoutFile,
};
use casework::{Answer, ClientId, RequestId};
use jiff::civil::{Date, date};
use notice::{Category, ObjectionTo};
use records::appointments::Booking;
use records::erasure::Ground;
use records::requests::{CopyGroup, Download, Marking, Verdict};
use records::{Error, Service, Visit};
use store::Sql;

use crate::bench::{Bench, meeting};
use crate::pdf;

const TODAY: Date = date(2026, 11, 23);

fn key() -> [u8; 16] {
    *uuid::Uuid::new_v4().as_bytes()
}

fn taken(kind: Kind) -> Taken {
    Taken {
        kind,
        came: Came::Spoken,
        from: Asker::Client,
        received: TODAY,
        objects: Vec::new(),
        doubt: false,
        asked: Asked { words: "I want to know what you have".into(), ..Asked::default() },
    }
}

async fn step(service: &Service, lead: &Visit, id: RequestId, step: Step, words: &str) -> Result<(), Error> {
    let typed = StepTyped { step: step.code().into(), day: Boxes::default(), words: words.into() };
    service.work_request(lead, id, key(), &typed).await
}

async fn decide(
    service: &Service,
    lead: &Visit,
    id: RequestId,
    outcome: &str,
    grounds: &[&str],
) -> Result<(), Error> {
    let typed = DecisionTyped {
        outcome: outcome.into(),
        grounds: grounds.iter().map(|ground| (*ground).to_owned()).collect(),
        because: "This is why we decided so.".into(),
        opinion: Boxes::default(),
    };
    service.decide_request(lead, id, key(), &typed).await
}

/// Decided for the client, and the answer sent.
pub(crate) async fn answered(service: &Service, lead: &Visit, id: RequestId) {
    decide(service, lead, id, "granted", &[]).await.unwrap();
    step(service, lead, id, Step::Sent, "").await.unwrap();
}

// promise: P21
#[tokio::test(flavor = "multi_thread")]
async fn somebody_without_a_file_is_answered_and_nothing_is_kept_of_them() {
    for bench in Bench::all().await {
        let desk = bench.visit("Dan", Role::Receptionist).await;
        let lead = bench.visit("Harriet", Role::Governance).await;
        let service = &bench.service;
        let taken = TakenWithoutFile { kind: Kind::Access, came: Came::Letter, received: TODAY };
        let form = key();
        let id = service.record_request_without_file(&desk, form, &taken).await.unwrap();
        let twice = service.record_request_without_file(&desk, form, &taken).await.unwrap();
        assert_eq!(id, twice);
        assert_eq!(service.request_reference(id).await.unwrap(), "R-101");
        let queue = service.request_queue(&lead).await.unwrap().release().await.unwrap();
        let [listed] = queue.open.as_slice() else { panic!("{queue:?}") };
        assert_eq!((listed.row.client, listed.row.asker), (None, Asker::WithoutFile));
        assert!(listed.stands.as_ref().unwrap().due.is_some(), "the clock runs");

        let worded = step(service, &lead, id, Step::Searched, "Looked for Daniel Whitfield").await;
        assert!(matches!(worded, Err(Error::Faults(_))), "{worded:?}");
        step(service, &lead, id, Step::Searched, "").await.unwrap();
        assert!(matches!(decide(service, &lead, id, "nothing-held", &[]).await, Err(Error::Faults(_))));
        let silent = DecisionTyped { outcome: "nothing-held".into(), ..DecisionTyped::default() };
        service.decide_request(&lead, id, key(), &silent).await.unwrap();
        step(service, &lead, id, Step::Sent, "").await.unwrap();
        let page = service.request_page(&lead, id).await.unwrap().release().await.unwrap();
        assert_eq!(page.row.outcome, Some(casework::requests::Outcome::NothingHeld));
        assert_eq!((page.row.closed, page.steps.len()), (Some(TODAY), 3));
        let restricted = service.restrict_file(&lead, id, key(), true).await;
        assert!(matches!(restricted, Err(Error::Faults(_))), "{restricted:?}");

        let other = TakenWithoutFile { kind: Kind::Erasure, ..taken };
        let id = service.record_request_without_file(&lead, key(), &other).await.unwrap();
        let goes_on = DecisionTyped { outcome: "in-their-file".into(), ..DecisionTyped::default() };
        service.decide_request(&lead, id, key(), &goes_on).await.unwrap();
        let row = service.request_numbered("R-102").await.unwrap();
        assert_eq!(row.closed, Some(TODAY), "nothing more has to be answered under this number");
        assert!(service.examine().await.iter().all(|finding| finding.sound), "the doctor finds nothing");
    }
}

/// A complaint outlives the file: it is worked off without its words.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_open_when_a_file_is_erased_can_be_answered_afterwards() {
    for bench in Bench::all().await {
        let ada = bench.visit("Ada", Role::Adviser).await;
        let lead = bench.visit("Harriet", Role::Governance).await;
        let service = &bench.service;
        let client = bench.client(&ada, "Daniel Whitfield").await;
        let complaint = service.record_request(&ada, client, key(), &taken(Kind::Complaint)).await.unwrap();
        service.erase_file("NB-10001", Ground::Request).await.unwrap();
        let upheld = DecisionTyped { outcome: "upheld".into(), ..DecisionTyped::default() };
        step(service, &lead, complaint, Step::Acknowledged, "").await.unwrap();
        service.decide_request(&lead, complaint, key(), &upheld).await.unwrap();
        step(service, &lead, complaint, Step::Sent, "").await.unwrap();
        let queue = service.request_queue(&lead).await.unwrap().release().await.unwrap();
        assert!(queue.open.is_empty(), "{queue:?}");
    }
}

/// A doubt that is only noted shuts copy and decision as one that was acted on.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_given_to_whom_somebody_had_a_doubt_about() {
    for bench in Bench::all().await {
        let ada = bench.visit("Ada", Role::Adviser).await;
        let lead = bench.visit("Harriet", Role::Governance).await;
        let service = &bench.service;
        let client = bench.client(&ada, "Daniel Whitfield").await;
        for kind in [Kind::Access, Kind::Portability] {
            let doubted = Taken { doubt: true, ..taken(kind) };
            let id = service.record_request(&ada, client, key(), &doubted).await.unwrap();
            let shut = decide(service, &lead, id, "granted", &[]).await;
            assert!(
                matches!(shut, Err(Error::Faults(faults)) if faults[0].message.contains("has not been shown"))
            );
            let shut = match kind {
                Kind::Access => service.access_pack(&lead, id).await,
                _ => service.portable_pack(&lead, id).await,
            };
            assert!(matches!(shut, Err(Error::Faults(_))));
            step(service, &lead, id, Step::IdentityShown, "Showed a bank card at the desk").await.unwrap();
            match kind {
                Kind::Access => service.access_pack(&lead, id).await.map(drop).unwrap(),
                _ => service.portable_pack(&lead, id).await.map(drop).unwrap(),
            }
            decide(service, &lead, id, "granted", &[]).await.unwrap();
        }
    }
}

pub(crate) async fn ask(bench: &Bench, visit: &Visit, client: ClientId, kind: Kind) -> RequestId {
    bench.service.record_request(visit, client, key(), &taken(kind)).await.unwrap()
}

/// The files of a copy as text: what a reader finds in the PDF, and the rest as it is.
pub(crate) fn unzipped(made: &Download) -> Vec<(String, String)> {
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(made.bytes.clone())).unwrap();
    (0..zip.len())
        .map(|at| {
            let mut file = zip.by_index(at).unwrap();
            let name = file.name().unwrap().into_owned();
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).unwrap();
            let text = if name == "copy.pdf" {
                pdf::everything(&bytes)
            } else {
                String::from_utf8_lossy(&bytes).into_owned()
            };
            (name, text)
        })
        .collect()
}

// promise: P21
// promise: P28
#[tokio::test(flavor = "multi_thread")]
async fn anybody_writes_a_request_down_and_the_lead_works_it_off_with_its_clock() {
    for bench in Bench::all().await {
        let ada = bench.visit("Ada", Role::Adviser).await;
        let bea = bench.visit("Bea", Role::Adviser).await;
        let desk = bench.visit("Dan", Role::Receptionist).await;
        let meera = bench.visit("Meera", Role::Manager).await;
        let lead = bench.visit("Harriet", Role::Governance).await;
        let client = bench.client(&ada, "Daniel Whitfield").await;
        let service = &bench.service;

        let form = key();
        let id = service.record_request(&desk, client, form, &taken(Kind::Access)).await.unwrap();
        let again = service.record_request(&desk, client, form, &taken(Kind::Access)).await.unwrap();
        assert_eq!(id, again, "a form that is sent twice asks once");
        let refused = service.record_request(&bea, client, key(), &taken(Kind::Access)).await;
        assert!(
            matches!(refused, Err(Error::Refused(_))),
            "not without a reason, for somebody else's client"
        );
        let complaint = ask(&bench, &ada, client, Kind::Complaint).await;

        for visit in [&ada, &desk] {
            assert!(matches!(service.request_queue(visit).await, Err(Error::NotYours(_))));
            assert!(matches!(service.request_page(visit, id).await, Err(Error::NotYours(_))));
        }
        let queue = service.request_queue(&meera).await.unwrap().release().await.unwrap();
        let due: Vec<_> = queue.open.iter().map(|one| one.stands.unwrap().due).collect();
        assert_eq!(due, [Some(date(2026, 12, 23)); 2], "a month, and thirty days");
        assert!(
            queue.open.iter().all(|one| one.who.as_ref().is_some_and(|who| who.name == "Daniel Whitfield"))
        );

        let page = service.request_page(&lead, id).await.unwrap().release().await.unwrap();
        assert_eq!(page.asked.words, "I want to know what you have");
        assert_eq!(page.row.notice, ("employment-service".to_owned(), "1.0".to_owned()), "frozen");
        step(service, &lead, id, Step::IdentityAsked, "A bill will do: the voice was new to us")
            .await
            .unwrap();
        assert!(matches!(service.access_pack(&lead, id).await, Err(Error::Faults(_))), "to nobody unknown");
        assert!(matches!(decide(service, &lead, id, "granted", &[]).await, Err(Error::Faults(_))));
        bench.later(4 * 86_400);
        step(service, &lead, id, Step::IdentityShown, "").await.unwrap();
        let page = service.request_page(&lead, id).await.unwrap().release().await.unwrap();
        assert_eq!(
            page.stands.unwrap().due,
            Some(date(2026, 12, 29)),
            "from the day it was shown: 27 December rolls"
        );
        assert!(
            matches!(step(service, &lead, id, Step::Sent, "").await, Err(Error::Faults(_))),
            "not decided"
        );
        decide(service, &lead, id, "granted", &[]).await.unwrap();
        assert!(matches!(decide(service, &lead, id, "granted", &[]).await, Err(Error::ChangedMeanwhile)));
        let empty = step(service, &lead, id, Step::Sent, "").await;
        assert!(matches!(empty, Err(Error::Faults(_))), "no copy was made: {empty:?}");
        service.access_pack(&lead, id).await.unwrap();
        step(service, &lead, id, Step::Sent, "").await.unwrap();

        step(service, &lead, complaint, Step::Acknowledged, "").await.unwrap();
        step(service, &lead, complaint, Step::Progress, "Rang: we look at the letters").await.unwrap();
        decide(service, &lead, complaint, "partly-upheld", &[]).await.unwrap();
        step(service, &lead, complaint, Step::Sent, "").await.unwrap();
        let queue = service.request_queue(&lead).await.unwrap().release().await.unwrap();
        assert!(queue.open.is_empty() && queue.closed.len() == 2);
        assert!(queue.closed.iter().all(|one| one.stands.unwrap().phase == Phase::Done));
    }
}

// promise: P21
#[tokio::test(flavor = "multi_thread")]
async fn one_act_makes_the_copy_and_what_two_people_took_out_is_in_no_part_of_it() {
    for bench in Bench::all().await {
        let ada = bench.visit("Ada", Role::Adviser).await;
        let meera = bench.visit("Meera", Role::Manager).await;
        let lead = bench.visit("Harriet", Role::Governance).await;
        let client = bench.client(&ada, "Daniel Whitfield").await;
        let service = &bench.service;
        let mut page = casework::Profile::default();
        page.set(
            "ethnicity".into(),
            Some(Answer::Code(casework::Chosen { code: "31".into(), other: None, list: "1".into() })),
        );
        service.change_details(&ada, client, Category::Equality, 0, page).await.unwrap();
        let note = meeting(
            "Came with his neighbour Sandra Quill, who minds\nthe children. SANDRA QUILL is ill.",
            true,
        );
        service.record_meeting(&ada, client, key(), TODAY, &note).await.unwrap();
        let id = ask(&bench, &ada, client, Kind::Access).await;

        let copy = service.whole_copy(&lead, id).await.unwrap().release().await.unwrap();
        for group in [
            CopyGroup::Person,
            CopyGroup::Happened,
            CopyGroup::Sharing,
            CopyGroup::Asked,
            CopyGroup::Looked,
            CopyGroup::Told,
        ] {
            assert!(copy.parts.iter().any(|part| part.group == group && !part.lines.is_empty()), "{group:?}");
        }
        let text = |copy: &records::requests::AccessCopy| format!("{:?}", copy.parts);
        for held in [
            "Daniel Whitfield",
            "07700 900 123",
            "Sandra Quill",
            "UK GDPR Article 6(1)(a)",
            "Ada",
            "Information Commissioner",
        ] {
            assert!(text(&copy).contains(held), "{held}");
        }
        assert!(
            copy.parts
                .iter()
                .any(|part| part.heading.contains("equality") || part.heading.contains("Equality")),
            "equality answers, too"
        );

        let part = copy.parts.iter().find(|part| text_of(part).contains("Sandra")).unwrap().id.clone();
        let mark = |words: &str, everywhere| Marking {
            part: part.clone(),
            words: words.into(),
            because: "A neighbour and her health: not asked, no reason to tell it".into(),
            everywhere,
        };
        for wrong in
            [mark("Sandra Quilt", false), Marking { because: "no".into(), ..mark("Sandra Quill", false) }]
        {
            assert!(matches!(service.mark_copy(&lead, id, key(), &wrong).await, Err(Error::Faults(_))));
        }
        service.mark_copy(&lead, id, key(), &mark("sandra quill", true)).await.unwrap();
        service.mark_copy(&lead, id, key(), &mark("is ill", false)).await.unwrap();
        assert!(
            matches!(service.access_pack(&lead, id).await, Err(Error::Faults(_))),
            "it waits for a second person"
        );

        let review = service.marks_to_review(&meera, id).await.unwrap().release().await.unwrap();
        assert_eq!(review.marks.len(), 2);
        assert!(review.marks[0].context.contains("SANDRA QUILL is ill"), "the lines, and no more");
        let said: Vec<_> = review.marks.iter().map(|mark| (mark.id, true)).collect();
        assert!(
            matches!(service.review_marks(&lead, id, &said).await, Err(Error::NotYours(_))),
            "not one's own"
        );
        assert!(matches!(service.review_marks(&ada, id, &said).await, Err(Error::NotYours(_))));
        service.review_marks(&meera, id, &said).await.unwrap();
        assert!(matches!(service.review_marks(&meera, id, &said).await, Err(Error::ChangedMeanwhile)));

        let whole = said_not(decide(service, &lead, id, "granted", &[]).await);
        assert!(whole.contains("Words are taken out of the copy"), "{whole}");
        let made = service.access_pack(&lead, id).await.unwrap();
        assert_eq!(made.name, "R-101.zip");
        let files = unzipped(&made);
        let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["copy.pdf", "copy.html", "copy.json", "copy.csv"]);
        for (name, text) in &files {
            let lower = text.to_lowercase();
            assert!(
                !lower.contains("sandra") && !lower.contains("quill") && !lower.contains("is ill"),
                "{name}"
            );
            assert!(
                text.contains("[removed]")
                    && text.contains("the children")
                    && text.contains("Daniel Whitfield"),
                "{name}"
            );
        }
        let json: serde_json::Value = serde_json::from_str(&files[2].1).unwrap();
        assert_eq!((json["format"].as_str(), json["removed"].as_u64()), (Some("kept-access-1"), Some(3)));

        // A mark that no longer fits stops the copy.
        let meetings = service.open_file(&ada, client, 20).await.unwrap().release().await.unwrap();
        let own =
            meetings.timeline.iter().find(|dated| dated.headline().starts_with("Meeting")).unwrap().clone();
        let mut corrected = meeting("Came with a neighbour.", true);
        corrected.because = Some("Names do not belong here".into());
        service.correct_meeting(&ada, client, own.id, 1, TODAY, &corrected).await.unwrap();
        let made = service.access_pack(&lead, id).await;
        assert!(made.is_ok(), "the earlier version is held, too, and there it is taken out");
        assert!(!unzipped(&made.unwrap()).iter().any(|(_, text)| text.to_lowercase().contains("sandra")));
    }
}

fn text_of(part: &records::requests::CopyPart) -> String {
    part.lines.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join("\n")
}

// promise: P24
#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_restricted_by_the_desk_and_opened_again_after_the_client_was_told() {
    for bench in Bench::all().await {
        let ada = bench.visit("Ada", Role::Adviser).await;
        let lead = bench.visit("Harriet", Role::Governance).await;
        let client = bench.client(&ada, "Daniel Whitfield").await;
        let service = &bench.service;
        let id = ask(&bench, &ada, client, Kind::Restriction).await;
        let now = service.surroundings().civil(service.surroundings().now());
        let slot = Slot::at(jiff::civil::date(2026, 11, 27).at(10, 0, 0, 0), 45, &now).unwrap();
        let booking = Booking {
            form: key(),
            adviser: ada.staff,
            room: None,
            slots: vec![slot],
            way: casework::appointments::Way::Office,
            said: Said::default(),
            tell: false,
        };
        let booked = service.book(&ada, client, booking).await.unwrap();
        let early = service.call_off_while_restricted(&lead, id, key(), booked).await;
        assert!(matches!(early, Err(Error::Faults(_))), "not restricted yet");
        let form = key();
        service.restrict_file(&lead, id, form, true).await.unwrap();
        service.restrict_file(&lead, id, form, true).await.unwrap();
        assert!(matches!(service.open_file(&ada, client, 20).await, Err(Error::Refused(_))));
        let found = service.find_clients(&ada, "Daniel", 5).await.unwrap().release().await.unwrap();
        assert!(found.is_empty(), "in no list");
        let queue = service.request_queue(&lead).await.unwrap().release().await.unwrap();
        assert!(queue.open[0].who.is_none() && queue.open[0].row.client == Some(client));
        // Nobody but the lead can see to what is booked.
        let page = service.request_page(&lead, id).await.unwrap().release().await.unwrap();
        assert_eq!(page.booked.iter().map(|one| one.id).collect::<Vec<_>>(), [booked]);
        let other = service.call_off_while_restricted(&ada, id, key(), booked).await;
        assert!(matches!(other, Err(Error::NotYours(_))));
        service.call_off_while_restricted(&lead, id, key(), booked).await.unwrap();
        let page = service.request_page(&lead, id).await.unwrap().release().await.unwrap();
        assert!(page.booked.is_empty());
        let again = service.call_off_while_restricted(&lead, id, key(), booked).await;
        assert!(matches!(again, Err(Error::ChangedMeanwhile)));
        decide(service, &lead, id, "granted", &[]).await.unwrap();
        step(service, &lead, id, Step::Sent, "").await.unwrap();
        assert!(
            matches!(service.restrict_file(&lead, id, key(), false).await, Err(Error::Faults(_))),
            "not told yet"
        );
        assert!(
            matches!(step(service, &lead, id, Step::Lifted, "").await, Err(Error::Faults(_))),
            "not by saying so"
        );
        step(service, &lead, id, Step::LiftingTold, "By letter of today").await.unwrap();
        service.restrict_file(&lead, id, key(), false).await.unwrap();
        assert!(service.open_file(&ada, client, 20).await.is_ok());
    }
}

// promise: P21
#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_came_on_another_day_is_put_right_and_its_clock_with_it() {
    for bench in Bench::all().await {
        let ada = bench.visit("Ada", Role::Adviser).await;
        let lead = bench.visit("Harriet", Role::Governance).await;
        let client = bench.client(&ada, "Daniel Whitfield").await;
        let service = &bench.service;
        let id = service.record_request(&ada, client, key(), &taken(Kind::Access)).await.unwrap();
        let due = || async {
            let page = service.request_page(&lead, id).await.unwrap().release().await.unwrap();
            (page.row.received, page.stands.unwrap().due.unwrap(), page.steps)
        };
        let (_, by, _) = due().await;
        let earlier = TODAY.checked_sub(jiff::Span::new().days(10)).unwrap();
        let boxes = Boxes {
            day: earlier.day().to_string(),
            month: earlier.month().to_string(),
            year: earlier.year().to_string(),
        };
        let why = "The letter lay in the post room".to_owned();
        let typed = StepTyped { step: Step::CameOn.code().into(), day: boxes, words: why };
        service.work_request(&lead, id, key(), &typed).await.unwrap();
        let (received, sooner, steps) = due().await;
        assert!(received == earlier && sooner < by, "{received} {sooner} {by}");
        assert!(steps[0].words.starts_with("Until now ") && steps[0].words.contains("post room"));
        decide(service, &lead, id, "granted", &[]).await.unwrap();
        let late = service.work_request(&lead, id, key(), &typed).await;
        assert!(matches!(late, Err(Error::Faults(_))), "what is decided stands: {late:?}");
    }
}

fn said_not(result: Result<(), Error>) -> String {
    match result {
        Err(Error::Faults(faults)) => faults[0].message.clone(),
        other => panic!("it was taken: {other:?}"),
    }
}

// promise: P21
// promise: P23
#[tokio::test(flavor = "multi_thread")]
async fn no_answer_says_that_something_was_done_which_was_not() {
    for bench in Bench::all().await {
        let ada = bench.visit("Ada", Role::Adviser).await;
        let lead = bench.visit("Harriet", Role::Governance).await;
        let client = bench.client(&ada, "Daniel Whitfield").await;
        let service = &bench.service;
        let ada = &ada;
        let ask = async |kind| service.record_request(ada, client, key(), &taken(kind)).await;
        bench.later(120);

        let id = ask(Kind::Rectification).await.unwrap();
        service.record_meeting(ada, client, key(), TODAY, &meeting("Came in.", true)).await.unwrap();
        decide(service, &lead, id, "granted", &[]).await.unwrap();
        let early = said_not(step(service, &lead, id, Step::Sent, "").await);
        assert!(early.contains("Nothing in this file was changed"), "a new note puts nothing right: {early}");
        step(service, &lead, id, Step::Note, "Ada looks for what is wrong").await.unwrap();

        let id = ask(Kind::Erasure).await.unwrap();
        decide(service, &lead, id, "partly", &["legal-obligation"]).await.unwrap();
        let early = said_not(step(service, &lead, id, Step::Sent, "").await);
        assert!(early.contains("Nothing of this file was erased"), "{early}");

        let id = ask(Kind::Restriction).await.unwrap();
        decide(service, &lead, id, "granted", &[]).await.unwrap();
        let early = said_not(step(service, &lead, id, Step::Sent, "").await);
        assert!(early.contains("The file is not restricted yet"), "{early}");
        service.restrict_file(&lead, id, key(), true).await.unwrap();
        step(service, &lead, id, Step::Sent, "").await.unwrap();

        // The desk finds the file all the same: nobody may be told that there is none.
        let found =
            service.find_clients(&lead, "Daniel Whitfield", 5).await.unwrap().release().await.unwrap();
        assert!(found[0].why.ends_with("a restricted file"), "{found:?}");
        let found = service.find_clients(ada, "Daniel Whitfield", 5).await.unwrap().release().await.unwrap();
        assert!(found.is_empty(), "for support it is stored and nothing more");
    }
}

// promise: P26
#[tokio::test(flavor = "multi_thread")]
async fn what_a_client_objects_to_is_asked_for_before_the_act() {
    for bench in Bench::all().await {
        let ada = bench.visit("Ada", Role::Adviser).await;
        let lead = bench.visit("Harriet", Role::Governance).await;
        let client = bench.client(&ada, "Daniel Whitfield").await;
        let service = &bench.service;
        assert!(service.may_send_news(&ada, client).await.unwrap());
        let objection = Taken {
            objects: vec![ObjectionTo::DirectMarketing, ObjectionTo::EqualityMonitoring],
            ..taken(Kind::Objection)
        };
        let id = service.record_request(&ada, client, key(), &objection).await.unwrap();
        assert!(!service.may_send_news(&ada, client).await.unwrap(), "at once");
        let answers = || {
            let mut page = casework::Profile::default();
            page.set("religion".into(), Some(Answer::PreferNotToSay));
            page
        };
        let counted = service.change_details(&ada, client, Category::Equality, 0, answers()).await;
        assert!(matches!(counted, Err(Error::Refused(_))), "equality monitoring stops, too");
        let file = service.open_file(&ada, client, 20).await.expect("and nothing else does");
        let file = file.release().await.unwrap();
        assert_eq!(file.waits.objects, objection.objects, "whoever opens the file sees it");
        decide(service, &lead, id, "refused", &["compelling"]).await.unwrap();
        service.change_details(&ada, client, Category::Equality, 0, answers()).await.unwrap();
        assert!(!service.may_send_news(&ada, client).await.unwrap(), "an objection to marketing is absolute");
        let legitimate = Taken { objects: vec![ObjectionTo::LegitimateInterests], ..taken(Kind::Objection) };
        service.record_request(&ada, client, key(), &legitimate).await.unwrap();
        assert!(service.open_file(&ada, client, 20).await.is_ok(), "this notice rests nothing on them");
    }
}

static ROWS: Sql =
    Sql { name: "ROWS", store: "records", text: "SELECT digest, client FROM suppression ORDER BY since, id" };
static FORGET: Sql = Sql { name: "FORGET", store: "records", text: "DELETE FROM suppression" };

// promise: P26
#[tokio::test(flavor = "multi_thread")]
async fn who_objected_to_news_is_not_sent_any_after_their_file_is_erased_nor_when_they_come_again() {
    for bench in Bench::all().await {
        let ada = bench.visit("Ada", Role::Adviser).await;
        let lead = bench.visit("Harriet", Role::Governance).await;
        let client = bench.client(&ada, "Daniel Whitfield").await;
        let other = bench.registered(&ada, "Maria Lopes", "+447700900124").await;
        let service = &bench.service;
        let objection = || Taken { objects: vec![ObjectionTo::DirectMarketing], ..taken(Kind::Objection) };
        service.record_request(&ada, client, key(), &objection()).await.unwrap();
        assert!(!service.may_send_news(&ada, client).await.unwrap(), "at once");
        assert!(service.may_send_news(&ada, other).await.unwrap(), "nobody else is meant");
        // A new line is on the list, too.
        let mut contact = crate::bench::registration("Daniel Whitfield").contact;
        contact.set(fields::EMAIL, Some(Answer::Text("daniel@example.org".into())));
        service.change_details(&ada, client, Category::Contact, 1, contact).await.unwrap();
        let records = bench.ground.store(&records::MIGRATIONS).await;
        let rows = async || records.read(vec![ROWS.with([])]).await.unwrap().remove(0).rows;
        let kept = rows().await;
        assert_eq!(kept.len(), 2, "a number and an address");
        assert!(kept.iter().all(|row| row.blob(0).unwrap().len() == 32), "digests and nothing else");

        // The file is erased: the lines stay and say no longer whose.
        let id = service.request_queue(&lead).await.unwrap().release().await.unwrap().open[0].row.id;
        decide(service, &lead, id, "granted", &[]).await.unwrap();
        step(service, &lead, id, Step::Sent, "Told").await.unwrap();
        service.erase_file("NB-10001", Ground::Request).await.unwrap();
        let left = rows().await;
        assert!(left.len() == 2 && left.iter().all(|row| row.opt_blob(1).unwrap().is_none()));
        assert!(service.examine().await.iter().all(|finding| finding.sound));
        let bench = bench.reopened().await.unwrap();
        let service = &bench.service;
        let again = bench.client(&ada, "Dan Whitfield").await;
        assert!(!service.may_send_news(&ada, again).await.unwrap(), "the same number, registered anew");

        // The lead checks a mailing against it. Nothing that was typed is kept, and nobody else may look.
        let mailing = "DANIEL@example.org\n07700 900 123\n07700900124\n\nnobody@example.org\nMr Whitfield";
        let verdicts: Vec<Verdict> = service
            .check_for_news(&lead, mailing)
            .await
            .unwrap()
            .into_iter()
            .map(|checked| checked.verdict)
            .collect();
        let (not, free) = (Verdict::MustNot, Verdict::NotListed);
        assert_eq!(verdicts, [not, not, free, free, Verdict::Unreadable]);
        assert!(matches!(service.check_for_news(&ada, mailing).await, Err(Error::NotYours(_))));
        assert!(matches!(service.suppression(&ada).await, Err(Error::NotYours(_))));
        let many = "07700900123\n".repeat(5_001);
        assert!(matches!(service.check_for_news(&lead, &many).await, Err(Error::Faults(_))));
        let list = service.suppression(&lead).await.unwrap();
        assert_eq!((list.lines, list.on_file, list.oldest), (2, 0, Some(TODAY)));
        assert_eq!((list.reviewed, list.review_by), (None, Some(date(2027, 11, 23))));
        service.suppression_reviewed(&lead).await.unwrap();
        assert_eq!(service.suppression(&lead).await.unwrap().reviewed, Some(TODAY));

        // An objection that was written down by mistake takes nothing along that was there before.
        let id = service.record_request(&ada, again, key(), &objection()).await.unwrap();
        assert_eq!(service.suppression(&lead).await.unwrap().lines, 3);
        decide(service, &lead, id, "mistaken", &[]).await.unwrap();
        assert_eq!(service.suppression(&lead).await.unwrap().lines, 2);
        assert!(!service.may_send_news(&ada, again).await.unwrap(), "the erased file said no");

        // Who wants news again says so: what the erased file left of the same lines goes with theirs.
        let id = service.record_request(&ada, again, key(), &objection()).await.unwrap();
        assert_eq!(service.suppression(&lead).await.unwrap().lines, 3);
        decide(service, &lead, id, "taken-back", &[]).await.unwrap();
        assert!(service.may_send_news(&ada, again).await.unwrap());
        assert_eq!(
            service.suppression(&lead).await.unwrap().lines,
            1,
            "the address, which they have no more"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_objected_before_there_was_a_list_is_put_on_it_at_the_next_start() {
    for bench in Bench::all().await {
        let ada = bench.visit("Ada", Role::Adviser).await;
        let client = bench.client(&ada, "Daniel Whitfield").await;
        let objection = Taken { objects: vec![ObjectionTo::DirectMarketing], ..taken(Kind::Objection) };
        bench.service.record_request(&ada, client, key(), &objection).await.unwrap();
        let records = bench.ground.store(&records::MIGRATIONS).await;
        records.write(vec![FORGET.with([])]).await.unwrap();
        let bench = bench.reopened().await.unwrap();
        let rows = records.read(vec![ROWS.with([])]).await.unwrap().remove(0).rows;
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].opt_bytes16(1).unwrap(), Some(*client.as_bytes()));
        assert!(!bench.service.may_send_news(&ada, client).await.unwrap());
    }
}

// promise: P25
#[tokio::test(flavor = "multi_thread")]
async fn what_the_client_told_us_is_taken_elsewhere_and_nothing_else() {
    for bench in Bench::all().await {
        let ada = bench.visit("Ada", Role::Adviser).await;
        let lead = bench.visit("Harriet", Role::Governance).await;
        let client = bench.client(&ada, "Daniel Whitfield").await;
        let service = &bench.service;
        service.record_meeting(&ada, client, key(), TODAY, &meeting("Our own note", true)).await.unwrap();
        let id = ask(&bench, &ada, client, Kind::Portability).await;
        let made = service.portable_pack(&lead, id).await.unwrap();
        let files = unzipped(&made);
        let json: serde_json::Value = serde_json::from_str(&files[0].1).unwrap();
        assert_eq!(json["format"], "kept-portable-1");
        let taken: Vec<&str> =
            json["fields"].as_array().unwrap().iter().map(|f| f["field"].as_str().unwrap()).collect();
        assert_eq!(taken, ["name", "mobile_phone"]);
        let back: Answer = serde_json::from_value(json["fields"][1]["value"].clone()).unwrap();
        let file = service.open_file(&ada, client, 20).await.unwrap().release().await.unwrap();
        assert_eq!(
            Some(&back),
            file.profile().get(&fields::MOBILE_PHONE),
            "what is read back is what was held"
        );
        assert!(files[1].1.contains("\"name\",\"Name\",\"contact\",\"Daniel Whitfield\""), "{}", files[1].1);
        assert!(!files.iter().any(|(_, text)| text.contains("NB-") || text.contains("Our own note")));
        assert!(matches!(service.access_pack(&lead, id).await, Err(Error::NoSuchFile)));
    }
}

// promise: P23
#[tokio::test(flavor = "multi_thread")]
async fn a_request_outlives_the_file_by_its_reference_and_without_a_word() {
    for bench in Bench::all().await {
        let ada = bench.visit("Ada", Role::Adviser).await;
        let lead = bench.visit("Harriet", Role::Governance).await;
        let client = bench.client(&ada, "Daniel Whitfield").await;
        let service = &bench.service;
        let id = ask(&bench, &ada, client, Kind::Erasure).await;
        decide(service, &lead, id, "granted", &[]).await.unwrap();
        let early = step(service, &lead, id, Step::Sent, "Sent to Daniel").await;
        assert!(matches!(early, Err(Error::Faults(faults)) if faults[0].message.contains("not erased yet")));
        service.erase_file("NB-10001", Ground::Request).await.unwrap();
        let page = service.request_page(&lead, id).await.unwrap().release().await.unwrap();
        assert_eq!((page.row.client, page.row.reference().as_str()), (None, "R-101"));
        assert_eq!(page.row.outcome, Some(casework::requests::Outcome::Granted));
        assert!(page.asked.words.is_empty() && page.steps.iter().all(|step| step.words.is_empty()));
        assert_eq!((page.steps.len(), page.row.closed), (1, Some(TODAY)), "its dates are left");
        assert!(matches!(step(service, &lead, id, Step::Note, "More").await, Err(Error::Faults(_))));
        let queue = service.requests_by_number().await.unwrap();
        assert_eq!(queue.closed.len(), 1);
    }
}

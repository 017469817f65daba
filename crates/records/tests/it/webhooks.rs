//! Programs that are told: what their token may read and nothing else, again until they take it, and no more once it ends.

use std::time::Duration;

use access::Role;
use casework::appointments::{Said, Slot, State, Way};
use casework::webhooks::{DeliveryState, EventKind, NotTaken, WebhookState};
use casework::{ClientId, StaffId, WebhookId};
use jiff::civil::date;
use messages::webhooks::{Allowed, Settings, Webhooks};
use records::api_tokens::NewToken;
use records::appointments::Booking;
use records::erasure::Ground;
use records::messages::Step;
use records::webhooks::{DeliveryLine, MadeWebhook, NewWebhook, Switch, ToPrograms};
use records::{Error, Visit};
use serde_json::Value;

use crate::bench::{Bench, meeting};
use crate::receiver::Receiver;

const DAY: i64 = 24 * 60 * 60;
const SOON: Duration = Duration::from_millis(300);

fn told_by(bench: &Bench, receiver: &Receiver) {
    let allowed = Allowed::new(&[], &[receiver.host()]).unwrap();
    let authority = Some(std::fs::read(receiver.authority()).unwrap());
    let settings = Settings { allowed, patience: Duration::from_secs(5), authority };
    bench.service.tell_by(ToPrograms { webhooks: Webhooks::new(settings).unwrap(), off_after_days: 5 });
}

async fn token(bench: &Bench, role: Role, acts_for: Option<&str>) -> StaffId {
    let purpose = match role {
        Role::Receptionist => notice::Purpose::Contact,
        _ => notice::Purpose::Support,
    };
    let new = NewToken { name: "Job board", role, purpose, days: 30, acts_for };
    bench.service.add_api_token(new).await.unwrap().token.id
}

async fn webhook(
    bench: &Bench,
    by: Option<&Visit>,
    token: &str,
    address: &str,
) -> Result<MadeWebhook, Error> {
    let kinds: Vec<EventKind> = EventKind::chosen().collect();
    let form = *uuid::Uuid::new_v4().as_bytes();
    bench.service.add_webhook(by, &NewWebhook { form, token, address, kinds: &kinds }).await
}

/// Tells all that waits.
async fn tell(bench: &Bench) {
    while bench.service.tell_next().await.unwrap() == Step::Done {}
}

/// What arrived, as kind and client, with every body checked for what it may hold.
fn heard(receiver: &Receiver) -> Vec<(String, String)> {
    receiver
        .heard(SOON)
        .iter()
        .map(|one| {
            let text = one["body"].as_str().unwrap();
            assert!(!text.contains("Daniel") && !text.contains("Rang"), "{text}");
            let body: Value = serde_json::from_str(text).unwrap();
            let data = body["data"].as_object().unwrap();
            assert!(data.values().all(|id| id.as_str().unwrap().len() == 32), "{text}");
            assert_eq!(body.as_object().unwrap().len(), 3, "{text}");
            (
                body["type"].as_str().unwrap().to_owned(),
                data["client"].as_str().unwrap_or_default().to_owned(),
            )
        })
        .collect()
}

fn of(kinds: &[&str], client: ClientId) -> Vec<(String, String)> {
    kinds.iter().map(|kind| ((*kind).to_owned(), client.to_string())).collect()
}

async fn lines(bench: &Bench, id: WebhookId) -> Vec<DeliveryLine> {
    bench.service.deliveries(id).await.unwrap()
}

async fn booked(bench: &Bench, visit: &Visit, client: ClientId) -> casework::AppointmentId {
    let surroundings = bench.service.surroundings();
    let now = surroundings.civil(surroundings.now());
    let slots = vec![Slot::at(date(2026, 11, 27).at(9, 30, 0, 0), 45, &now).unwrap()];
    let said = Said { about: "CV".into(), place: "Room 2".into() };
    let form = *uuid::Uuid::new_v4().as_bytes();
    let booking =
        Booking { form, adviser: visit.staff, room: None, slots, way: Way::Office, said, tell: false };
    bench.service.book(visit, client, booking).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_hears_of_what_its_token_may_read_and_of_nothing_else() {
    for bench in Bench::all().await {
        let Some(receiver) = Receiver::start() else { return };
        told_by(&bench, &receiver);
        let ada = bench.visit("Ada", Role::Adviser).await;
        let bruno = bench.visit("Bruno", Role::Adviser).await;
        let before = bench.client(&ada, "Daniel Before").await;
        let support = token(&bench, Role::Adviser, Some("ada@example.org")).await;
        let made = webhook(&bench, None, &support.to_string(), &receiver.address()).await.unwrap();
        assert!(made.secret.unwrap().starts_with("whsec_"));

        let daniel = bench.client(&ada, "Daniel Whitfield").await;
        let other = bench.client(&bruno, "Owen Hughes").await;
        let form = *uuid::Uuid::new_v4().as_bytes();
        let day = bench.service.surroundings().today();
        bench.service.record_meeting(&ada, daniel, form, day, &meeting("Rang.", true)).await.unwrap();
        // The same form again is the same meeting, and nothing more to tell.
        bench.service.record_meeting(&ada, daniel, form, day, &meeting("Rang.", true)).await.unwrap();
        let appointment = booked(&bench, &ada, daniel).await;
        bench.service.end_appointment(&ada, appointment, 1, State::CancelledByUs, "", false).await.unwrap();
        booked(&bench, &bruno, other).await;
        tell(&bench).await;
        let mut all = heard(&receiver);
        all.sort();
        let kinds = ["appointment.booked", "appointment.changed", "client.registered", "entry.recorded"];
        assert_eq!(all, of(&kinds, daniel));
        // What is not its adviser's is passed over, and stands in the list as that.
        let lines = lines(&bench, made.id).await;
        let dropped = lines.iter().filter(|line| line.state == DeliveryState::Dropped).count();
        assert_eq!((lines.len(), dropped), (6, 2));
        // The client can see that the program was told, once for each thing; and nobody else's file says so.
        let looks = |client| bench.service.who_looked(&ada, client);
        let count = |looks: records::looked::Looks| {
            looks.looks.iter().filter(|one| one.action == "tell-program" && one.who == Some(support)).count()
        };
        assert_eq!(count(looks(daniel).await.unwrap().release().await.unwrap()), 4);
        assert_eq!(count(looks(before).await.unwrap().release().await.unwrap()), 0);

        // What is restricted before it is told is not told.
        booked(&bench, &ada, before).await;
        bench.ground.run("records", "UPDATE client SET restricted = (1 = 1)").await;
        tell(&bench).await;
        assert_eq!(heard(&receiver), []);
        bench.ground.run("records", "UPDATE client SET restricted = (1 = 0)").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn reception_hears_of_appointments_and_nobody_of_what_they_may_not_read() {
    for bench in Bench::all().await {
        let Some(receiver) = Receiver::start() else { return };
        told_by(&bench, &receiver);
        let ada = bench.visit("Ada", Role::Adviser).await;
        let contact = token(&bench, Role::Receptionist, None).await;
        webhook(&bench, None, &contact.to_string(), &receiver.address()).await.unwrap();
        let daniel = bench.client(&ada, "Daniel Whitfield").await;
        booked(&bench, &ada, daniel).await;
        let form = *uuid::Uuid::new_v4().as_bytes();
        let day = bench.service.surroundings().today();
        bench.service.record_meeting(&ada, daniel, form, day, &meeting("Rang.", true)).await.unwrap();
        tell(&bench).await;
        let mut all = heard(&receiver);
        all.sort();
        assert_eq!(all, of(&["appointment.booked", "client.registered"], daniel));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_an_erased_file_programs_that_could_read_it_hear_its_id_and_nothing_of_it_is_left_to_tell() {
    for bench in Bench::all().await {
        let Some(receiver) = Receiver::start() else { return };
        told_by(&bench, &receiver);
        let ada = bench.visit("Ada", Role::Adviser).await;
        let bruno = bench.visit("Bruno", Role::Adviser).await;
        let support = token(&bench, Role::Adviser, Some("ada@example.org")).await;
        webhook(&bench, None, &support.to_string(), &receiver.address()).await.unwrap();
        let daniel = bench.client(&ada, "Daniel Whitfield").await;
        bench.client(&bruno, "Owen Hughes").await;
        // What waits about the file goes with it.
        booked(&bench, &ada, daniel).await;
        for number in ["NB-10001", "NB-10002"] {
            bench.service.erase_file(number, Ground::Request).await.unwrap();
        }
        tell(&bench).await;
        assert_eq!(heard(&receiver), of(&["client.erased"], daniel));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_taken_is_told_again_ever_later_and_a_webhook_where_nothing_arrives_is_switched_off() {
    for bench in Bench::all().await {
        let Some(mut receiver) = Receiver::start() else { return };
        told_by(&bench, &receiver);
        let ada = bench.visit("Ada", Role::Adviser).await;
        let support = token(&bench, Role::Adviser, Some("ada@example.org")).await;
        let id = webhook(&bench, None, &support.to_string(), &receiver.address()).await.unwrap().id;
        receiver.behave("status 503");
        let daniel = bench.client(&ada, "Daniel Whitfield").await;
        tell(&bench).await;
        let first = receiver.heard(SOON);
        assert_eq!(first.len(), 1, "it is not told again at once");
        let line = lines(&bench, id).await.remove(0);
        let expected = (DeliveryState::Waiting, 1, Some(503), Some(NotTaken::Answered));
        assert_eq!((line.state, line.attempts, line.status, line.why), expected);
        assert!(bench.service.webhook(id).await.unwrap().failing.is_some());
        // While it fails, others wait with it instead of being tried in vain.
        let appointment = booked(&bench, &ada, daniel).await;
        tell(&bench).await;
        assert_eq!(receiver.heard(SOON).len(), 0);
        bench.later(61);
        receiver.behave("status 204");
        tell(&bench).await;
        let all = receiver.heard(SOON);
        assert_eq!(all.len(), 2);
        let ids: Vec<&Value> = all.iter().map(|one| &one["headers"]["webhook-id"]).collect();
        assert!(ids.contains(&&first[0]["headers"]["webhook-id"]), "the same id at each try");
        assert!(bench.service.webhook(id).await.unwrap().failing.is_none());

        // A server that was killed in the middle of telling: somebody else tells it again, under the same id.
        bench.service.end_appointment(&ada, appointment, 1, State::CancelledByUs, "", false).await.unwrap();
        let killed = "UPDATE webhook_delivery SET state = 'sending', claimed = 0 WHERE state = 'waiting'";
        bench.ground.run("records", killed).await;
        tell(&bench).await;
        assert_eq!(receiver.heard(SOON).len(), 0);
        bench.service.see_to_webhooks().await.unwrap();
        tell(&bench).await;
        assert_eq!(heard(&receiver), of(&["appointment.changed"], daniel));

        receiver.behave("status 500");
        bench.service.try_webhook(None, id).await.unwrap();
        tell(&bench).await;
        for _ in 0..5 {
            bench.later(DAY);
            bench.service.see_to_webhooks().await.unwrap();
            bench.service.try_webhook(None, id).await.unwrap();
            tell(&bench).await;
        }
        assert_eq!(bench.service.webhook(id).await.unwrap().state, WebhookState::Off);
        let given_up = lines(&bench, id).await.iter().filter(|l| l.state == DeliveryState::Failed).count();
        assert!(given_up > 0, "what was tried for three days is given up");
        receiver.heard(SOON);
        receiver.behave("status 204");
        booked_again(&bench, &ada, daniel).await;
        tell(&bench).await;
        assert_eq!(receiver.heard(SOON).len(), 0, "nothing is kept for one that is off");
        bench.service.switch_webhook(None, id, Switch::On).await.unwrap();
        let failed = lines(&bench, id).await.into_iter().find(|l| l.state == DeliveryState::Failed).unwrap();
        bench.service.tell_again(None, id, failed.id).await.unwrap();
        tell(&bench).await;
        let again = receiver.heard(SOON);
        assert!(again.iter().any(|one| one["headers"]["webhook-id"] == failed.id.to_string()), "{again:?}");
        // One that says it is gone is believed at once.
        receiver.behave("status 410");
        bench.service.try_webhook(None, id).await.unwrap();
        tell(&bench).await;
        assert_eq!(bench.service.webhook(id).await.unwrap().state, WebhookState::Off);
    }
}

async fn booked_again(bench: &Bench, visit: &Visit, client: ClientId) {
    let form = *uuid::Uuid::new_v4().as_bytes();
    let day = bench.service.surroundings().today();
    bench.service.record_meeting(visit, client, form, day, &meeting("Rang.", true)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_ends_with_its_token() {
    for bench in Bench::all().await {
        let Some(receiver) = Receiver::start() else { return };
        told_by(&bench, &receiver);
        let ada = bench.visit("Ada", Role::Adviser).await;
        let one = token(&bench, Role::Adviser, Some("ada@example.org")).await;
        let two = token(&bench, Role::Adviser, Some("ada@example.org")).await;
        let first = webhook(&bench, None, &one.to_string(), &receiver.address()).await.unwrap().id;
        let second = webhook(&bench, None, &two.to_string(), &receiver.address()).await.unwrap().id;
        bench.client(&ada, "Daniel Whitfield").await;
        bench.service.revoke_api_token(&one.to_string()).await.unwrap();
        tell(&bench).await;
        assert_eq!(receiver.heard(SOON).len(), 1, "only the one that holds is told");
        assert_eq!(bench.service.webhook(first).await.unwrap().state, WebhookState::Ended);
        assert!(matches!(
            bench.service.switch_webhook(None, first, Switch::On).await,
            Err(Error::NoSuchFile)
        ));
        assert!(matches!(bench.service.try_webhook(None, first).await, Err(Error::ChangedMeanwhile)));
        bench.client(&ada, "Maria Lopes").await;
        bench.later(30 * DAY + 1);
        tell(&bench).await;
        assert_eq!(receiver.heard(SOON).len(), 0, "nothing is told once the token is over");
        bench.service.see_to_webhooks().await.unwrap();
        assert_eq!(bench.service.webhook(second).await.unwrap().state, WebhookState::Ended);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_fit_is_said_beside_its_field_and_only_administrators_look_after_webhooks() {
    for bench in Bench::all().await {
        let Some(receiver) = Receiver::start() else { return };
        told_by(&bench, &receiver);
        bench.staff("Ada", Role::Adviser).await;
        let marek = bench.visit("Marek", Role::Administrator).await;
        let support = token(&bench, Role::Adviser, Some("ada@example.org")).await.to_string();
        let manager = token(&bench, Role::Manager, None).await.to_string();
        let fields = |result: Result<MadeWebhook, Error>| match result {
            Err(Error::Faults(faults)) => {
                faults.iter().map(|fault| fault.field.to_string()).collect::<Vec<_>>()
            }
            _ => vec![],
        };
        let here = receiver.address();
        for (token, address, wrong) in [
            ("", here.as_str(), "token"),
            ("zz", &here, "token"),
            (&manager, &here, "token"),
            (&support, "http://localhost/", "address"),
            (&support, "https://example.org/", "address"),
            (&support, &format!("https://127.0.0.1:{}/hooks", receiver.port()), "address"),
        ] {
            assert_eq!(fields(webhook(&bench, Some(&marek), token, address).await), [wrong], "{address}");
        }
        let none = NewWebhook { form: [1; 16], token: &support, address: &here, kinds: &[] };
        assert_eq!(fields(bench.service.add_webhook(Some(&marek), &none).await), ["kinds"]);
        // The same form makes one, and says its secret once.
        let new = NewWebhook { kinds: &[EventKind::ClientChanged], ..none };
        let made = bench.service.add_webhook(Some(&marek), &new).await.unwrap();
        let again = bench.service.add_webhook(Some(&marek), &new).await.unwrap();
        assert_eq!((made.id, again.secret.is_none()), (again.id, true));
        for role in [Role::Adviser, Role::Receptionist, Role::Manager, Role::Governance] {
            let visit = bench.visit(&format!("A {role}"), role).await;
            let refused = webhook(&bench, Some(&visit), &support, &here).await;
            assert!(matches!(refused, Err(Error::NotYours(_))), "{role}");
            let refused = bench.service.new_webhook_secret(Some(&visit), made.id, 1).await;
            assert!(matches!(refused, Err(Error::NotYours(_))), "{role}");
        }
        for _ in 1..5 {
            webhook(&bench, Some(&marek), &support, &here).await.unwrap();
        }
        assert_eq!(fields(webhook(&bench, Some(&marek), &support, &here).await), ["token"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_secret_signs_beside_the_one_before_for_a_day() {
    for bench in Bench::all().await {
        let Some(receiver) = Receiver::start() else { return };
        told_by(&bench, &receiver);
        bench.staff("Ada", Role::Adviser).await;
        let support = token(&bench, Role::Adviser, Some("ada@example.org")).await;
        let made = webhook(&bench, None, &support.to_string(), &receiver.address()).await.unwrap();
        let signatures = |heard: Vec<Value>| -> Vec<usize> {
            let of = |one: &Value| one["headers"]["webhook-signature"].as_str().unwrap().split(' ').count();
            heard.iter().map(of).collect()
        };
        let secret = bench.service.new_webhook_secret(None, made.id, 1).await.unwrap();
        assert_ne!(*secret, *made.secret.unwrap());
        let twice = bench.service.new_webhook_secret(None, made.id, 1).await;
        assert!(matches!(twice, Err(Error::ChangedMeanwhile)));
        bench.service.try_webhook(None, made.id).await.unwrap();
        tell(&bench).await;
        assert_eq!(signatures(receiver.heard(SOON)), [2]);
        bench.later(DAY + 1);
        bench.service.try_webhook(None, made.id).await.unwrap();
        tell(&bench).await;
        assert_eq!(signatures(receiver.heard(SOON)), [1]);
        let bench = bench.reopened().await.unwrap();
        assert_eq!(bench.service.webhook(made.id).await.unwrap().address.as_str(), receiver.address());
    }
}

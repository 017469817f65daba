//! Telling clients before their file goes: each warning once, by their safe way, and only what is still so.

use access::Role;
use casework::holds::{Authority, Hold};
use casework::messages::{MessageState, NotSent};
use casework::profile::fields;
use casework::{Answer, Chosen, ClientId};
use jiff::civil::{Date, date};
use notice::FieldId;
use records::Visit;
use records::messages::{About, Step, Told};
use store::Sql;

use crate::bench::{Bench, meeting, registration};
use crate::post::Servers;

static RESTRICT: Sql =
    Sql { name: "RESTRICT", store: "records", text: "UPDATE client SET restricted = $2 WHERE id = $1" };
static OBJECT: Sql = Sql {
    name: "OBJECT",
    store: "records",
    text: "INSERT INTO objection (client, what, stops, since, request) VALUES ($1, 'public-task', 8, 0, $1)",
};
static DROPPED: Sql = Sql {
    name: "DROPPED",
    store: "records",
    text: "SELECT client, why FROM message WHERE state = 'dropped' ORDER BY why",
};

fn form() -> [u8; 16] {
    *uuid::Uuid::new_v4().as_bytes()
}

async fn client(bench: &Bench, visit: &Visit, name: &str, way: &str, safe: Option<&[&str]>) -> ClientId {
    let mut wanted = registration(name);
    let code = |code: &str| Chosen { code: code.to_owned(), other: None, list: String::new() };
    let address = format!("{}@example.org", name.to_lowercase());
    wanted.contact.set(fields::EMAIL, Some(Answer::Text(address)));
    wanted.contact.set(FieldId::known("preferred_contact"), Some(Answer::Code(code(way))));
    let safe = safe.map(|ways| Answer::Codes(ways.iter().map(|way| code(way)).collect()));
    wanted.contact.set(fields::SAFE_CONTACT, safe);
    bench.service.register_client(visit, wanted).await.unwrap()
}

async fn send_all(bench: &Bench) {
    while bench.service.send_next().await.unwrap() == Step::Done {}
}

/// What was said of the end of a file, newest first, as its page shows it.
async fn told(bench: &Bench, visit: &Visit, client: ClientId) -> Vec<Told> {
    bench.service.open_file(visit, client, 1).await.unwrap().release().await.unwrap().told
}

fn mails(servers: &Servers) -> Vec<String> {
    let mut to: Vec<String> = servers.mails().into_iter().map(|(to, _)| to).collect();
    to.sort();
    to
}

/// To the morning of a day.
fn to(bench: &Bench, visit: &Visit, day: Date) -> Visit {
    let now = bench.service.surroundings().civil(bench.service.surroundings().now());
    let at = day.at(9, 0, 0, 0).to_zoned_datetime(now.time_zone().clone()).unwrap();
    bench.later(at.timestamp().as_second() - now.timestamp().as_second());
    bench.visit_of(visit.staff, visit.role)
}

// promise: P16
#[tokio::test(flavor = "multi_thread")]
async fn a_client_is_told_of_the_end_of_their_file_once_a_warning_by_their_safe_way() {
    for bench in Bench::all().await {
        let servers = Servers::start().await;
        bench.service.send_by(servers.post());
        let ada = bench.visit("Ada", Role::Adviser).await;
        // Registered on 23 November 2026: warned on 23 September and 23 October, gone on 23 November 2027.
        let mail = client(&bench, &ada, "Mail", "EMAIL", Some(&["EMAIL"])).await;
        let ring = client(&bench, &ada, "Ring", "PHONE", None).await;
        let quiet = client(&bench, &ada, "Quiet", "EMAIL", Some(&["LETTER"])).await;
        let ada = to(&bench, &ada, date(2027, 9, 22));
        assert_eq!(bench.service.queue_endings().await.unwrap(), 0, "the day before the first warning");

        let ada = to(&bench, &ada, date(2027, 9, 23));
        assert_eq!(bench.service.queue_endings().await.unwrap(), 3);
        assert_eq!(bench.service.queue_endings().await.unwrap(), 0, "once");
        send_all(&bench).await;
        assert_eq!(mails(&servers), ["mail@example.org"]);
        assert!(servers.texts().is_empty());
        let (_, words) = servers.mails().remove(0);
        for says in
            ["we will erase your file on 23 November 2027", "To keep it", "have it erased now", "ring 0"]
        {
            assert!(words.contains(says), "{says}: {words}");
        }
        assert_eq!(messages::shipped::reveals(&words.split("\n\n").skip(1).collect::<String>()), [""; 0]);
        let found = told(&bench, &ada, mail).await;
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].about, found[0].state), (About::Ending(date(2027, 11, 23)), MessageState::Sent));
        // Nobody is rung for it by a list of its own: the adviser's list of files that end has them.
        for (who, why) in [(ring, NotSent::PrefersCall), (quiet, NotSent::NotSafe)] {
            let found = told(&bench, &ada, who).await;
            assert_eq!((found[0].state, found[0].why), (MessageState::Dropped, Some(why)));
        }

        // A server that was killed and comes back says nothing twice.
        let bench = bench.reopened().await.unwrap();
        bench.service.send_by(servers.post());
        assert_eq!(bench.service.queue_endings().await.unwrap(), 0);
        // Weeks later nothing is new; on the day of the second warning it is said once more.
        let ada = to(&bench, &ada, date(2027, 10, 14));
        assert_eq!(bench.service.queue_endings().await.unwrap(), 0);
        let ada = to(&bench, &ada, date(2027, 10, 23));
        assert_eq!(bench.service.queue_endings().await.unwrap(), 3);
        send_all(&bench).await;
        assert_eq!(mails(&servers), ["mail@example.org", "mail@example.org"]);
        assert_eq!(told(&bench, &ada, mail).await.len(), 2);

        // An answer is contact, and the file stays.
        let newest = told(&bench, &ada, mail).await[0].id;
        bench.service.record_reply(&ada, newest).await.unwrap();
        let file = bench.service.open_file(&ada, mail, 1).await.unwrap().release().await.unwrap();
        assert_eq!(file.until.due, date(2028, 10, 23));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_file_that_stays_or_is_closed_to_us_nothing_is_said() {
    for bench in Bench::all().await {
        let servers = Servers::start().await;
        bench.service.send_by(servers.post());
        let ada = bench.visit("Ada", Role::Adviser).await;
        let lead = bench.visit("Lead", Role::Governance).await;
        let mut made = Vec::new();
        for name in ["Held", "Locked", "Met", "Later", "Objects", "Told"] {
            made.push(client(&bench, &ada, name, "EMAIL", None).await);
        }
        let [held, locked, met, later, objects, _] = made[..] else { panic!() };
        let ada = to(&bench, &ada, date(2027, 9, 23));
        let lead = bench.visit_of(lead.staff, lead.role);
        let hold = Hold {
            authority: Authority::LegalClaim,
            reason: "Their solicitor asked us to keep it.".into(),
            review: date(2027, 12, 1),
        };
        let service = &bench.service;
        service.set_hold(&lead, held, form(), &hold).await.unwrap();
        let records = bench.ground.store(&records::MIGRATIONS).await;
        records.write(vec![RESTRICT.with([locked.as_bytes().into(), true.into()])]).await.unwrap();
        let came = |day| (form(), day, meeting("They came.", true));
        let (key, day, said) = came(date(2027, 9, 20));
        service.record_meeting(&ada, met, key, day, &said).await.unwrap();
        assert_eq!(service.queue_endings().await.unwrap(), 3);
        // Between queueing and sending the world goes on.
        let (key, day, said) = came(date(2027, 9, 22));
        service.record_meeting(&ada, later, key, day, &said).await.unwrap();
        records.write(vec![OBJECT.with([objects.as_bytes().into()])]).await.unwrap();
        send_all(&bench).await;
        assert_eq!(mails(&servers), ["told@example.org"]);
        let dropped = records.read(vec![DROPPED.with([])]).await.unwrap().remove(0);
        let dropped: Vec<_> = dropped
            .rows
            .iter()
            .map(|row| (row.bytes16(0).unwrap(), row.text(1).unwrap().to_owned()))
            .collect();
        assert_eq!(
            dropped,
            [(*later.as_bytes(), "changed-since".to_owned()), (*objects.as_bytes(), "objected".to_owned())]
        );
    }
}

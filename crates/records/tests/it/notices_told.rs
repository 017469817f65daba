//! Telling clients of a changed notice by message: once, by their safe way, and it counts as given when it has arrived.

use access::{Role, Why};
use casework::messages::{MessageState, NotSent};
use casework::profile::fields;
use casework::{Answer, Chosen, ClientId, How};
use notice::FieldId;
use records::messages::{About, Step};
use records::{Error, Visit};
use store::Sql;

use crate::bench::{Bench, NOTICE, registration};
use crate::post::{Behaviour, Servers};

const AT: &str = "https://kept.example.org/notice";

static RESTRICT: Sql =
    Sql { name: "RESTRICT", store: "records", text: "UPDATE client SET restricted = $2 WHERE id = $1" };
static UNNOTED: Sql =
    Sql { name: "UNNOTED", store: "records", text: "UPDATE message SET noted = NULL WHERE client = $1" };

async fn client(bench: &Bench, visit: &Visit, name: &str, safe: &[&str]) -> ClientId {
    let mut wanted = registration(name);
    let code = |code: &str| Chosen { code: code.to_owned(), other: None, list: String::new() };
    wanted.contact.set(fields::EMAIL, Some(Answer::Text(format!("{}@example.org", name.to_lowercase()))));
    wanted.contact.set(FieldId::known("preferred_contact"), Some(Answer::Code(code("EMAIL"))));
    let safe = safe.iter().map(|way| code(way)).collect();
    wanted.contact.set(fields::SAFE_CONTACT, Some(Answer::Codes(safe)));
    bench.service.register_client(visit, wanted).await.unwrap()
}

/// A version that asks for more, so that everybody has to be told of it.
async fn publish(bench: &Bench, version: &str, more: &str) {
    let text = NOTICE
        .replace(
            r#"fields = ["name", "mobile_phone", "email", "preferred_contact", "highest"#,
            &format!(r#"fields = ["name", {more}"mobile_phone", "email", "preferred_contact", "highest"#),
        )
        .replace("version = \"1.0\"", &format!("version = \"{version}\""));
    assert_ne!(text, NOTICE);
    bench.service.publish_notice(&text).await.unwrap();
}

async fn send_all(bench: &Bench) {
    while bench.service.send_next().await.unwrap() == Step::Done {}
}

/// Whom the list still has, with how far their message came.
async fn listed(bench: &Bench, visit: &Visit) -> Vec<(String, Option<(MessageState, Option<NotSent>)>)> {
    let list = bench.service.to_tell_again(visit).await.unwrap().release().await.unwrap();
    list.mine.into_iter().map(|one| (one.who.name, one.told.map(|told| (told.state, told.why)))).collect()
}

async fn version_of(bench: &Bench, visit: &Visit, client: ClientId) -> String {
    bench.service.open_file(visit, client, 1).await.unwrap().release().await.unwrap().notice.1
}

// promise: P27
#[tokio::test(flavor = "multi_thread")]
async fn a_changed_notice_that_a_message_told_of_binds_us_once_the_message_has_arrived() {
    for bench in Bench::all().await {
        let servers = Servers::start().await;
        let ada = bench.visit("Ada", Role::Adviser).await;
        let mail = client(&bench, &ada, "Mail", &["EMAIL"]).await;
        let quiet = client(&bench, &ada, "Quiet", &["LETTER"]).await;
        let service = &bench.service;
        assert!(!service.tells_of_notices(), "nothing can be sent");
        assert!(matches!(service.tell_of_notice(&ada, mail).await, Err(Error::NotYours(_))));
        service.send_by(servers.post_telling_of_notices(AT));
        assert!(!service.tell_of_notice(&ada, mail).await.unwrap(), "there is nothing to tell");

        publish(&bench, "2.0", r#""postcode", "#).await;
        assert!(service.tell_of_notice(&ada, mail).await.unwrap());
        assert!(!service.tell_of_notice(&ada, mail).await.unwrap(), "once");
        assert!(service.tell_of_notice(&ada, quiet).await.unwrap());
        assert_eq!(service.note_notices_given().await.unwrap(), 0, "nothing was sent yet");
        send_all(&bench).await;
        let mails = servers.mails();
        assert_eq!(mails.len(), 1, "{mails:?}");
        let (to, words) = &mails[0];
        assert_eq!(to, "mail@example.org");
        for says in
            ["what we do with your information", "To read it: https://kept.example.org/notice", "2026"]
        {
            assert!(words.contains(says), "{says}: {words}");
        }
        // Sent, and nobody was given anything before it is written down, in one step, by whoever does it.
        assert_eq!(version_of(&bench, &ada, mail).await, "1.0");
        assert_eq!(
            listed(&bench, &ada).await,
            [
                ("Mail".to_owned(), Some((MessageState::Sent, None))),
                ("Quiet".to_owned(), Some((MessageState::Dropped, Some(NotSent::NotSafe)))),
            ]
        );
        let bench = bench.reopened().await.unwrap();
        let (service, ada) = (&bench.service, bench.visit_of(ada.staff, ada.role));
        service.send_by(servers.post_telling_of_notices(AT));
        assert_eq!(service.note_notices_given().await.unwrap(), 1);
        assert_eq!(service.note_notices_given().await.unwrap(), 0, "once");
        assert_eq!(version_of(&bench, &ada, mail).await, "2.0");
        let page = service.consent_page(&ada, mail).await.unwrap().release().await.unwrap();
        let (_, by, given) = &page.given[0];
        assert_eq!((given.version.as_str(), given.how, *by), ("2.0", How::ByLink, ada.staff));
        assert_eq!((page.told.len(), page.told[0].about), (1, About::Notice));
        let words = service.given_words(given.words.as_deref().unwrap()).await.unwrap().unwrap();
        assert_eq!(words.version, "2.0", "word for word");
        // Killed between giving and ticking off: it is not given twice.
        let undo = UNNOTED.with([mail.as_bytes().into()]);
        let records = bench.ground.store(&records::MIGRATIONS).await;
        records.write(vec![undo]).await.unwrap();
        assert_eq!(service.note_notices_given().await.unwrap(), 0);
        let page = service.consent_page(&ada, mail).await.unwrap().release().await.unwrap();
        assert_eq!(page.given.len(), 2);

        // Who could not be written to stays on the list, and is tried again when somebody says so.
        assert_eq!(listed(&bench, &ada).await.len(), 1);
        assert!(service.tell_of_notice(&ada, quiet).await.unwrap());
        send_all(&bench).await;
        assert_eq!(service.note_notices_given().await.unwrap(), 0);
        assert_eq!(version_of(&bench, &ada, quiet).await, "1.0");
        assert!(service.give_notice(&ada, quiet, "employment-service", How::OnPaper).await.unwrap());
        assert!(listed(&bench, &ada).await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_so_any_more_when_it_is_sent_is_not_said() {
    for bench in Bench::all().await {
        let servers = Servers::start().await;
        bench.service.send_by(servers.post_telling_of_notices(AT));
        let ada = bench.visit("Ada", Role::Adviser).await;
        let service = &bench.service;
        let told = client(&bench, &ada, "Told", &["EMAIL"]).await;
        let shut = client(&bench, &ada, "Shut", &["EMAIL"]).await;
        let late = client(&bench, &ada, "Late", &["EMAIL"]).await;
        publish(&bench, "2.0", r#""postcode", "#).await;
        for client in [told, shut, late] {
            assert!(service.tell_of_notice(&ada, client).await.unwrap());
        }
        // Told in the room meanwhile; shut; and a version after it came.
        service.give_notice(&ada, told, "employment-service", How::ReadAloud).await.unwrap();
        let shutting = RESTRICT.with([shut.as_bytes().into(), true.into()]);
        let records = bench.ground.store(&records::MIGRATIONS).await;
        records.write(vec![shutting]).await.unwrap();
        let refused = service.tell_of_notice(&ada, shut).await;
        assert!(matches!(refused, Err(Error::Refused(refusal)) if refusal.why == Why::Restricted));
        publish(&bench, "3.0", r#""postcode", "date_of_birth", "#).await;
        send_all(&bench).await;
        assert!(servers.mails().is_empty(), "{:?}", servers.mails());
        assert_eq!(service.note_notices_given().await.unwrap(), 0);

        // Of the version in force they are told by a message of its own; a server that cannot now gets it later.
        assert!(service.tell_of_notice(&ada, late).await.unwrap());
        servers.set(Behaviour::Out);
        assert_eq!(service.send_next().await.unwrap(), Step::ServerDown);
        assert_eq!(service.note_notices_given().await.unwrap(), 0);
        servers.set(Behaviour::Takes);
        bench.later(120);
        let ada = bench.visit_of(ada.staff, ada.role);
        send_all(&bench).await;
        assert_eq!(servers.mails().len(), 1);
        assert_eq!(service.note_notices_given().await.unwrap(), 1);
        assert_eq!(version_of(&bench, &ada, late).await, "3.0");
    }
}

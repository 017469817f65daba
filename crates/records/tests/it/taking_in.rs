//! Somebody takes what they told one service to another one, which takes it in.

use std::io::Read as _;

use access::Role;
use casework::entries::Agreed;
use casework::portability::{self, Becomes};
use casework::profile::fields;
use casework::requests::{Asked, Asker, Came, Kind, Taken};
use casework::{Answer, How};
use jiff::civil::date;
use notice::{Category, FieldId};
use records::Error;
use records::clients::Registration;

use crate::bench::{Bench, NOTICE, registration};

const FORMER: FieldId = FieldId::known("former_name");

fn form() -> [u8; 16] {
    *uuid::Uuid::new_v4().as_bytes()
}

/// What a client of this service can take elsewhere.
async fn handed_over(bench: &Bench) -> Vec<u8> {
    let (ada, lead) = (bench.visit("Ada", Role::Adviser).await, bench.visit("Lead", Role::Governance).await);
    let mut wanted = registration("Daniel Whitfield");
    wanted.contact.set(fields::DATE_OF_BIRTH, Some(Answer::Date(date(1991, 3, 14))));
    wanted.contact.set(FORMER, Some(Answer::Text("Daniel Weiss".into())));
    let client = bench.service.register_client(&ada, wanted).await.unwrap();
    let taken = Taken {
        kind: Kind::Portability,
        came: Came::Spoken,
        from: Asker::Client,
        received: date(2026, 11, 23),
        objects: Vec::new(),
        doubt: false,
        asked: Asked { words: "I move to another service".into(), ..Asked::default() },
    };
    let id = bench.service.record_request(&ada, client, form(), &taken).await.unwrap();
    let pack = bench.service.portable_pack(&lead, id).await.unwrap();
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(pack.bytes)).unwrap();
    let mut json = Vec::new();
    zip.by_name("data.json").unwrap().read_to_end(&mut json).unwrap();
    json
}

// promise: P25
#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_takes_from_one_service_another_takes_in_with_its_own_notice() {
    for (from, to) in Bench::all().await.into_iter().zip(Bench::all().await) {
        let json = handed_over(&from).await;
        // The other service does not ask for former names.
        let narrower =
            NOTICE.replace("version = \"1.0\"", "version = \"2.0\"").replace("    \"former_name\",\n", "");
        to.service.publish_notice(&narrower).await.unwrap();
        let bea = to.visit("Bea", Role::Adviser).await;
        let notices = to.service.notices();
        let brought = portability::read(&json, notices.catalogue(), date(2026, 11, 23)).unwrap();
        let left_out: Vec<&str> = brought
            .lines
            .iter()
            .filter(|line| line.becomes == Becomes::LeftOut)
            .map(|line| line.label.as_str())
            .collect();
        assert_eq!(left_out, ["former_name"]);
        let wanted = Registration {
            form: form(),
            contact: brought.page(Category::Contact),
            notice_given: How::OnPaper,
            agreed: Agreed::InWords,
        };
        let taken = to.service.take_in(&bea, wanted.clone(), &brought).await.unwrap();
        assert_eq!(taken.refused, []);
        let again = to.service.take_in(&bea, wanted, &brought).await.unwrap();
        assert_eq!(again, taken, "sent twice, taken in once");
        let file = to.service.open_file(&bea, taken.client, 20).await.unwrap().release().await.unwrap();
        let profile = file.profile();
        assert_eq!(profile.display_name(), Some("Daniel Whitfield"));
        assert_eq!(profile.date(&fields::DATE_OF_BIRTH), Some(date(1991, 3, 14)));
        assert_eq!(profile.text(&fields::MOBILE_PHONE), Some("+447700900123"));
        assert_eq!(profile.get(&FORMER), None);
        assert_eq!(file.notice.1, "2.0", "the notice in force here, given anew");
        assert_eq!(file.entries, 2, "the notice and the agreement");
        assert!(
            to.service.on_file(&bea, form(), &profile).await.unwrap().is_some(),
            "a second time is asked about"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_way_of_contact_or_the_right_to_register_nobody_is_taken_in() {
    for bench in Bench::all().await {
        let ada = bench.visit("Ada", Role::Adviser).await;
        let lead = bench.visit("Lead", Role::Governance).await;
        let notices = bench.service.notices();
        let read = |fields: serde_json::Value| {
            let document = serde_json::json!({
                "format": portability::FORMAT, "reference": "R-101", "made": "2026-11-20",
                "from": { "service": "Elsewhere", "controller": "Elsewhere Council" },
                "notice": { "id": "other", "version": "7" }, "fields": fields,
            });
            portability::read(document.to_string().as_bytes(), notices.catalogue(), date(2026, 11, 23))
                .unwrap()
        };
        let field = |id: &str, text: &str| serde_json::json!({ "field": id, "label": "", "category": "", "value": { "text": text }, "shown": text });
        let registration = |brought: &portability::Brought| Registration {
            form: form(),
            contact: brought.page(Category::Contact),
            notice_given: How::OnPaper,
            agreed: Agreed::InWords,
        };
        let bare = read(serde_json::json!([field("name", "Daniel"), field("mobile_phone", "12")]));
        let said = bench.service.take_in(&ada, registration(&bare), &bare).await;
        assert!(matches!(said, Err(Error::Faults(_))), "{said:?}");
        let whole = read(serde_json::json!([field("name", "Daniel"), field("mobile_phone", "07700 900123")]));
        let said = bench.service.take_in(&lead, registration(&whole), &whole).await;
        assert!(matches!(said, Err(Error::Refused(_))), "{said:?}");
        bench.service.take_in(&ada, registration(&whole), &whole).await.unwrap();
    }
}

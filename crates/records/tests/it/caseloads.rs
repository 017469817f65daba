//! Handing clients over, and cover for a colleague who is away.

use access::Role;
use casework::consents::Way;
use casework::{ClientId, StaffId};
use jiff::ToSpan as _;
use jiff::civil::date;
use notice::Purpose;
use records::consents::About;
use records::cover::Arranging;
use records::hand_over::{Asking, Became, Reason};
use records::{Error, Visit};

use store::Sql;

use crate::bench::Bench;

static RESTRICT: Sql =
    Sql { name: "RESTRICT", store: "records", text: "UPDATE client SET restricted = $2 WHERE id = $1" };
static ADVISER: Sql =
    Sql { name: "ADVISER", store: "records", text: "SELECT adviser FROM client WHERE id = $1" };

fn key() -> [u8; 16] {
    *uuid::Uuid::new_v4().as_bytes()
}

async fn clients_of(bench: &Bench, visit: &Visit) -> Vec<(String, bool)> {
    let caseload = bench.service.caseload(visit).await.unwrap().release().await.unwrap();
    caseload.files.into_iter().map(|file| (file.who.name, file.covered)).collect()
}

// promise: P7
#[tokio::test(flavor = "multi_thread")]
async fn clients_are_handed_over_one_by_one_and_a_conflict_of_interest_stops_theirs() {
    for bench in Bench::all().await {
        let service = &bench.service;
        let ada = bench.visit("Ada", Role::Adviser).await;
        let bruno = bench.visit("Bruno", Role::Adviser).await;
        let mona = bench.visit("Mona", Role::Manager).await;
        let one = bench.client(&ada, "Daniel Whitfield").await;
        let two = bench.client(&ada, "Maria Lopes").await;
        let three = bench.client(&ada, "Chidi Eze").await;
        let others = bench.client(&bruno, "Nobody Of Adas").await;
        for client in [one, three] {
            crate::export::book(&bench, &ada, client, usize::from(client == three)).await;
        }
        service.declare_conflict(&bruno, two).await.unwrap();
        let asking = Asking {
            form: key(),
            giver: ada.staff,
            taker: bruno.staff,
            reason: Reason::Leaves,
            clients: vec![one, two, others],
            unnamed: false,
        };
        assert!(matches!(service.begin_hand_over(&ada, asking.clone()).await, Err(Error::Staff(_))));
        let nobody = Asking { taker: ada.staff, clients: vec![], ..asking.clone() };
        assert!(
            matches!(service.begin_hand_over(&mona, nobody).await, Err(Error::Faults(f)) if f.len() == 2)
        );
        let id = service.begin_hand_over(&mona, asking.clone()).await.unwrap();
        assert_eq!(service.begin_hand_over(&mona, asking).await.unwrap(), id, "sent twice, begun once");
        let before = service.hand_over(&mona, id).await.unwrap().release().await.unwrap();
        assert_eq!((before.all, before.seen_to, before.booked.len()), (3, 0, 0));

        // Interrupted here; opened again, it goes on. Twice at once is once.
        let bench = bench.reopened().await.unwrap();
        let service = &bench.service;
        let (a, b) = tokio::join!(service.carry_on_hand_overs(), service.carry_on_hand_overs());
        a.unwrap();
        b.unwrap();
        service.follow_changes().await.unwrap();
        let after = service.hand_over(&mona, id).await.unwrap().release().await.unwrap();
        assert_eq!((after.all, after.seen_to), (3, 3));
        let booked: Vec<String> =
            after.booked.iter().map(|(who, _)| who.as_ref().unwrap().name.clone()).collect();
        assert_eq!(booked, ["Daniel Whitfield"], "whoever left is still booked with Ada, and that is said");
        let mut left: Vec<(String, Became)> =
            after.left.into_iter().map(|(who, became)| (who.unwrap().name, became)).collect();
        left.sort_by(|a, b| a.0.cmp(&b.0));
        assert_eq!(
            left,
            [("Maria Lopes".into(), Became::Conflict), ("Nobody Of Adas".into(), Became::Moved)]
        );
        assert!(service.open_file(&bruno, one, 5).await.is_ok());
        assert!(matches!(service.open_file(&ada, one, 5).await, Err(Error::Refused(_))));
        assert!(
            service.open_file(&ada, two, 5).await.is_ok() && service.open_file(&ada, three, 5).await.is_ok()
        );
        let looks = service.who_looked(&bruno, one).await.unwrap().release().await.unwrap().looks;
        let handed: Vec<_> = looks.iter().filter(|look| look.action == "hand-over").collect();
        assert_eq!(handed.len(), 1, "once, with its reason");
        assert_eq!(handed[0].reason.as_deref(), Some("The adviser leaves"));
        assert_eq!(handed[0].who, Some(mona.staff));
    }
}

// promise: P8
#[tokio::test(flavor = "multi_thread")]
async fn who_took_back_consent_to_support_is_handed_over_and_named_to_nobody() {
    for bench in Bench::all().await {
        let service = &bench.service;
        let ada = bench.visit("Ada", Role::Adviser).await;
        let bruno = bench.visit("Bruno", Role::Adviser).await;
        let mona = bench.visit("Mona", Role::Manager).await;
        let gwen = bench.visit("Gwen", Role::Governance).await;
        let named = bench.client(&ada, "Daniel Whitfield").await;
        let [goes, knows, stays] = [
            bench.client(&ada, "Maria Lopes").await,
            bench.client(&ada, "Bruno's cousin").await,
            bench.client(&ada, "Chidi Eze").await,
        ];
        service.declare_conflict(&bruno, knows).await.unwrap();
        for client in [goes, knows] {
            let about = About::Use(Purpose::Support);
            service.withdraw_consent(&ada, client, about, key(), Way::Spoken).await.unwrap();
        }
        let records = bench.ground.store(&records::MIGRATIONS).await;
        records.write(vec![RESTRICT.with([stays.as_bytes().into(), true.into()])]).await.unwrap();

        let list = service.to_hand_over(&mona, ada.staff).await.unwrap().release().await.unwrap();
        let names: Vec<&str> = list.named.iter().map(|one| one.name.as_str()).collect();
        assert_eq!((names, list.unnamed, list.restricted), (vec!["Daniel Whitfield"], 2, 1));
        assert!(list.conflicts.is_empty());
        service.declare_conflict(&ada, goes).await.unwrap();
        let list = service.to_hand_over(&mona, ada.staff).await.unwrap().release().await.unwrap();
        assert_eq!(list.conflicts.into_iter().collect::<Vec<_>>(), [goes], "and only those of the giver");
        let asking = Asking {
            form: key(),
            giver: ada.staff,
            taker: bruno.staff,
            reason: Reason::Leaves,
            clients: vec![named],
            unnamed: true,
        };
        let id = service.begin_hand_over(&mona, asking.clone()).await.unwrap();
        service.carry_on_hand_overs().await.unwrap();
        let after = service.hand_over(&mona, id).await.unwrap().release().await.unwrap();
        assert_eq!((after.all, after.seen_to), (3, 3), "a restricted file is not moved");
        assert_eq!(after.left, [(None, Became::Conflict)], "nor is anybody named who stays");
        // The file is with the new adviser: open for its client's rights, closed for support, in nobody's list.
        let adviser = async |client: ClientId| {
            let rows = records.read(vec![ADVISER.with([client.as_bytes().into()])]).await.unwrap();
            StaffId::from_bytes(rows[0].rows[0].bytes16(0).unwrap())
        };
        assert_eq!(adviser(goes).await, bruno.staff);
        assert_eq!(adviser(knows).await, ada.staff);
        assert_eq!(adviser(stays).await, ada.staff);
        assert!(matches!(service.open_file(&bruno, goes, 5).await, Err(Error::Refused(_))));
        assert_eq!(clients_of(&bench, &bruno).await, [("Daniel Whitfield".to_owned(), false)]);
        service.state_reason(&gwen, goes, "The client asks who has the file now").await.unwrap();
        let looks = service.who_looked(&gwen, goes).await.unwrap().release().await.unwrap().looks;
        let handed = looks.iter().find(|look| look.action == "hand-over").unwrap();
        assert_eq!(handed.reason.as_deref(), Some("The adviser leaves"));
        assert_eq!(handed.purpose.as_deref(), Some("keeping"), "not for support");

        // Taken back between the choice and the carrying out: it goes along as the others do.
        let late = bench.client(&ada, "Late Comer").await;
        let back = Asking { form: key(), clients: vec![late], unnamed: false, ..asking };
        let id = service.begin_hand_over(&mona, back).await.unwrap();
        let about = About::Use(Purpose::Support);
        service.withdraw_consent(&ada, late, about, key(), Way::Spoken).await.unwrap();
        service.carry_on_hand_overs().await.unwrap();
        assert_eq!(adviser(late).await, bruno.staff);
        assert!(service.hand_over(&mona, id).await.unwrap().release().await.unwrap().left.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn cover_opens_the_files_of_a_colleague_for_its_time_and_no_longer() {
    for bench in Bench::all().await {
        let service = &bench.service;
        let ada = bench.visit("Ada", Role::Adviser).await;
        let bruno = bench.visit("Bruno", Role::Adviser).await;
        let client = bench.client(&ada, "Daniel Whitfield").await;
        let cousin = bench.client(&ada, "Bruno's cousin").await;
        service.declare_conflict(&bruno, cousin).await.unwrap();
        let today = service.surroundings().today();
        let arranging = Arranging {
            form: key(),
            absent: ada.staff,
            covering: bruno.staff,
            from: today,
            until: today.checked_add(4.days()).unwrap(),
        };
        assert!(matches!(service.open_file(&bruno, client, 5).await, Err(Error::Refused(_))));
        assert!(matches!(service.arrange_cover(&bruno, arranging).await, Err(Error::Staff(_))));
        for wrong in [
            Arranging { covering: ada.staff, ..arranging },
            Arranging { until: today.yesterday().unwrap(), ..arranging },
            Arranging { from: date(2020, 1, 1), until: date(2020, 1, 5), ..arranging },
            Arranging { until: today.checked_add(200.days()).unwrap(), ..arranging },
        ] {
            assert!(matches!(service.arrange_cover(&ada, wrong).await, Err(Error::Faults(_))), "{wrong:?}");
        }
        service.arrange_cover(&ada, arranging).await.unwrap();
        service.arrange_cover(&ada, arranging).await.unwrap();
        assert_eq!(service.covers().await.unwrap().len(), 1, "sent twice, arranged once");
        let twice = Arranging { form: key(), from: arranging.until, ..arranging };
        let Err(Error::Faults(twice)) = service.arrange_cover(&ada, twice).await else { panic!("twice") };
        assert!(twice[0].message.starts_with("They cover from "), "{twice:?}");
        assert!(service.open_file(&bruno, client, 5).await.is_ok(), "without a reason");
        assert!(service.open_file(&bruno, cousin, 5).await.is_err(), "a conflict stays one");
        assert_eq!(clients_of(&bench, &bruno).await, [("Daniel Whitfield".to_owned(), true)]);
        assert_eq!(clients_of(&bench, &ada).await.len(), 2);

        bench.later(5 * 24 * 3600);
        let bruno = bench.visit_of(bruno.staff, Role::Adviser);
        assert!(matches!(service.open_file(&bruno, client, 5).await, Err(Error::Refused(_))), "it has ended");
        assert!(clients_of(&bench, &bruno).await.is_empty());

        // Ended before its time.
        let mona = bench.visit("Mona", Role::Manager).await;
        let today = service.surroundings().today();
        let longer =
            Arranging { form: key(), from: today, until: today.checked_add(9.days()).unwrap(), ..arranging };
        service.arrange_cover(&mona, longer).await.unwrap();
        assert!(service.open_file(&bruno, client, 5).await.is_ok());
        let id = service.covers().await.unwrap().into_iter().find(|cover| cover.now).unwrap().id;
        service.end_cover(&mona, id).await.unwrap();
        bench.later(60);
        let bruno = bench.visit_of(bruno.staff, Role::Adviser);
        assert!(service.open_file(&bruno, client, 5).await.is_err());
    }
}

//! Handing clients over, and cover for a colleague who is away.

use access::Role;
use jiff::ToSpan as _;
use jiff::civil::date;
use records::cover::Arranging;
use records::hand_over::{Asking, Became, Reason};
use records::{Error, Visit};

use crate::bench::Bench;

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
        service.declare_conflict(&bruno, two).await.unwrap();
        let asking = Asking {
            form: key(),
            giver: ada.staff,
            taker: bruno.staff,
            reason: Reason::Leaves,
            clients: vec![one, two, others],
        };
        assert!(matches!(service.begin_hand_over(&ada, asking.clone()).await, Err(Error::Staff(_))));
        let nobody = Asking { taker: ada.staff, clients: vec![], ..asking.clone() };
        assert!(
            matches!(service.begin_hand_over(&mona, nobody).await, Err(Error::Faults(f)) if f.len() == 2)
        );
        let id = service.begin_hand_over(&mona, asking.clone()).await.unwrap();
        assert_eq!(service.begin_hand_over(&mona, asking).await.unwrap(), id, "sent twice, begun once");
        let before = service.hand_over(&mona, id).await.unwrap().release().await.unwrap();
        assert_eq!((before.all, before.seen_to), (3, 0));

        // Interrupted here; opened again, it goes on. Twice at once is once.
        let bench = bench.reopened().await.unwrap();
        let service = &bench.service;
        let (a, b) = tokio::join!(service.carry_on_hand_overs(), service.carry_on_hand_overs());
        a.unwrap();
        b.unwrap();
        service.follow_changes().await.unwrap();
        let after = service.hand_over(&mona, id).await.unwrap().release().await.unwrap();
        assert_eq!((after.all, after.seen_to), (3, 3));
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

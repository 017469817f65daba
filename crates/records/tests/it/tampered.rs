//! What somebody changes in the database by hand: nothing forged is shown, and `kept doctor` names what was done.

use access::Role;
use casework::ClientId;
use records::{Error, MIGRATIONS, Service, Visit};
use store::{Query, Sql, Store};

use crate::bench::{Bench, meeting, places};

static FORGE_DAY: Sql = Sql {
    name: "FORGE_DAY",
    store: "records",
    text: "UPDATE entry SET day = day + $1 WHERE kind = 'meeting'",
};
static FORGE_AUTHOR: Sql = Sql {
    name: "FORGE_AUTHOR",
    store: "records",
    text: "UPDATE entry SET author = $1 WHERE kind = 'meeting'",
};
static FORGE_KIND: Sql =
    Sql { name: "FORGE_KIND", store: "records", text: "UPDATE entry SET kind = $1 WHERE kind = $2" };
static TAKE_AWAY: Sql =
    Sql { name: "TAKE_AWAY", store: "records", text: "DELETE FROM entry WHERE kind = 'meeting'" };
static GIVEN: Sql =
    Sql { name: "GIVEN", store: "records", text: "UPDATE outbox_given SET given = given - $1" };

async fn records(bench: &Bench) -> Store {
    Store::open(&places(&bench.ground).await.records, &MIGRATIONS).await.unwrap()
}

async fn doctor_on_rows(service: &Service) -> (bool, String) {
    let findings = service.examine().await;
    let found = findings.into_iter().find(|finding| finding.name == "rows as logged").unwrap();
    (found.sound, found.detail)
}

async fn met(service: &Service, visit: &Visit, client: ClientId) {
    let (form, today) = (*uuid::Uuid::new_v4().as_bytes(), service.surroundings().today());
    service.record_meeting(visit, client, form, today, &meeting("Talked.", true)).await.unwrap();
}

async fn shown(service: &Service, visit: &Visit, client: ClientId) -> Result<(), Error> {
    let file = service.open_file(visit, client, 20).await?;
    file.release().await.map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_in_the_clear_beside_a_note_cannot_be_changed_by_hand() {
    for bench in Bench::all().await {
        let service = &bench.service;
        let ada = bench.visit("Ada", Role::Adviser).await;
        let client = bench.client(&ada, "Daniel Whitfield").await;
        met(service, &ada, client).await;
        assert!(doctor_on_rows(service).await.0);
        let store = records(&bench).await;
        let other = *bench.staff("Tom", Role::Adviser).await.as_bytes();
        let mine = *ada.staff.as_bytes();
        let ways: [(Query, Query); 3] = [
            (FORGE_DAY.with([30.into()]), FORGE_DAY.with([(-30).into()])),
            (FORGE_AUTHOR.with([other.into()]), FORGE_AUTHOR.with([mine.into()])),
            (
                FORGE_KIND.with(["letter".into(), "meeting".into()]),
                FORGE_KIND.with(["meeting".into(), "letter".into()]),
            ),
        ];
        for (forged, back) in ways {
            store.write(vec![forged]).await.unwrap();
            assert!(shown(service, &ada, client).await.is_err(), "nothing forged is shown");
            let (sound, said) = doctor_on_rows(service).await;
            assert!(!sound && said.contains("is not as it was last written"), "{said}");
            store.write(vec![back]).await.unwrap();
            shown(service, &ada, client).await.unwrap();
        }
        assert!(doctor_on_rows(service).await.0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_note_that_somebody_took_away_is_missed() {
    for bench in Bench::all().await {
        let ada = bench.visit("Ada", Role::Adviser).await;
        let client = bench.client(&ada, "Daniel Whitfield").await;
        met(&bench.service, &ada, client).await;
        records(&bench).await.write(vec![TAKE_AWAY.with([])]).await.unwrap();
        let (sound, said) = doctor_on_rows(&bench.service).await;
        assert!(!sound && said.contains("nothing in the log has erased it"), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn records_older_than_the_log_are_refused() {
    for bench in Bench::all().await {
        let ada = bench.visit("Ada", Role::Adviser).await;
        bench.client(&ada, "Daniel Whitfield").await;
        let store = records(&bench).await;
        let bench = bench.reopened().await.unwrap();
        // As an older copy of the records says.
        store.write(vec![GIVEN.with([1.into()])]).await.unwrap();
        drop(store);
        let Err(error) = bench.reopened().await else { panic!("it opened") };
        assert!(error.to_string().contains("older than the audit log"), "{error}");
    }
}

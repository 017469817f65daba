//! Until when each layer is kept: the days in the clear follow every contact, and the lists follow the days.

use access::Role;
use casework::{How, MeetingKind};
use jiff::civil::date;
use notice::Layer;
use records::erasure::Ground;
use store::Sql;

use crate::bench::{Bench, meeting};

static FORGET: Sql = Sql { name: "FORGET", store: "records", text: "DELETE FROM keeping" };
static BEND: Sql =
    Sql { name: "BEND", store: "records", text: "UPDATE keeping SET day = day + 1 WHERE layer = 'equality'" };
static COUNT: Sql = Sql { name: "COUNT", store: "records", text: "SELECT COUNT(*) FROM keeping" };

const DAY: i64 = 24 * 3600;

async fn sound(bench: &Bench) -> bool {
    bench.service.examine().await.iter().all(|finding| finding.sound)
}

// promise: P16
// promise: P17
#[tokio::test(flavor = "multi_thread")]
async fn the_file_says_of_each_layer_when_it_goes_and_why() {
    for bench in Bench::all().await {
        let service = &bench.service;
        let amara = bench.visit("Amara Okafor", Role::Adviser).await;
        let client = bench.client(&amara, "Daniel Whitfield").await;
        let sentences = async || {
            let file = service.open_file(&amara, client, 20).await.unwrap().release().await.unwrap();
            file.clocks.iter().map(casework::retention::Clock::sentence).collect::<Vec<_>>()
        };
        assert_eq!(
            sentences().await,
            [
                "The file is erased on 23 November 2027: 12 months after the registration on 23 November 2026.",
                "Equality answers are erased on 23 November 2027: 12 months after the registration on 23 November 2026.",
            ]
        );
        bench.later(100 * DAY);
        let amara = bench.visit_of(amara.staff, Role::Adviser);
        let rang = casework::Meeting { kind: MeetingKind::Phone, ..meeting("Rang about work.", true) };
        let call = service.record_meeting(&amara, client, [1; 16], date(2027, 2, 28), &rang).await.unwrap();
        let missed = meeting("Did not come.", false);
        service.record_meeting(&amara, client, [2; 16], date(2027, 3, 2), &missed).await.unwrap();
        let late = meeting("Written down late.", true);
        service.record_meeting(&amara, client, [3; 16], date(2027, 1, 5), &late).await.unwrap();
        let file = service.open_file(&amara, client, 20).await.unwrap().release().await.unwrap();
        assert_eq!(
            file.clocks[0].sentence(),
            "The file is erased on 28 February 2028: 12 months after the phone call of 28 February 2027."
        );
        assert_eq!(file.clocks[1].due, date(2028, 2, 28), "both layers move");
        assert_eq!(file.until.due, file.clocks[0].due);

        // The call was on another day, before the late note: all layers go back to what is left.
        let put_right = casework::Meeting { because: Some("It was the year before".into()), ..rang };
        service.correct_meeting(&amara, client, call, 1, date(2026, 12, 24), &put_right).await.unwrap();
        let file = service.open_file(&amara, client, 20).await.unwrap().release().await.unwrap();
        let days: Vec<_> = file.clocks.iter().map(|clock| clock.due).collect();
        assert_eq!(days, [date(2028, 1, 5), date(2028, 1, 5)]);
        assert!(sound(&bench).await, "{:?}", service.examine().await);
    }
}

// promise: P16
#[tokio::test(flavor = "multi_thread")]
async fn warnings_begin_on_their_day_in_the_list_of_the_adviser_alone_and_end_with_contact() {
    for bench in Bench::all().await {
        let service = &bench.service;
        let amara = bench.visit("Amara Okafor", Role::Adviser).await;
        let other = bench.visit("Owen Price", Role::Adviser).await;
        let client = bench.client(&amara, "Daniel Whitfield").await;
        let listed = async |visit: &records::Visit| {
            let visit = bench.visit_of(visit.staff, visit.role);
            service.endings(&visit).await.unwrap().release().await.unwrap()
        };
        // Kept until 23 November 2027; warnings two months and one month before.
        bench.later(303 * DAY);
        assert!(listed(&amara).await.mine.is_empty(), "22 September 2027");
        bench.later(DAY);
        let endings = listed(&amara).await;
        assert_eq!(endings.mine.len(), 1, "23 September 2027");
        assert_eq!(endings.mine[0].who.client, client);
        assert_eq!(endings.mine[0].warnings, [date(2027, 9, 23), date(2027, 10, 23)]);
        assert_eq!(endings.mine[0].clock.due, date(2027, 11, 23));
        assert!(listed(&other).await.mine.is_empty());
        let (layer, ahead) = &endings.layers[0];
        assert_eq!((*layer, ahead.due, ahead.total()), (Layer::Service, 0, 1));
        assert_eq!(ahead.months[2], (date(2027, 11, 1), 1));

        let day = service.surroundings().today();
        let visit = bench.visit_of(amara.staff, Role::Adviser);
        service.record_meeting(&visit, client, [1; 16], day, &meeting("Came in.", true)).await.unwrap();
        assert!(listed(&amara).await.mine.is_empty(), "contact ends the warnings");
        let nobody = bench.visit("Ada Admin", Role::Administrator).await;
        assert!(service.endings(&nobody).await.is_err());
    }
}

// promise: P16
#[tokio::test(flavor = "multi_thread")]
async fn a_preview_counts_what_goes_without_opening_anything() {
    for bench in Bench::all().await {
        let amara = bench.visit("Amara Okafor", Role::Adviser).await;
        bench.client(&amara, "Daniel Whitfield").await;
        bench.client(&amara, "Maria Lopes").await;
        let before = bench.service.retention_preview(date(2027, 11, 22)).await.unwrap();
        let (layer, ahead) = &before[0];
        assert_eq!((*layer, ahead.due, ahead.months[0].1), (Layer::Service, 0, 2));
        let on_the_day = bench.service.retention_preview(date(2027, 11, 23)).await.unwrap();
        assert!(on_the_day.iter().all(|(_, ahead)| ahead.due == 2 && ahead.total() == 2));
        bench.service.erase_file("NB-10001", Ground::Request).await.unwrap();
        let after = bench.service.retention_preview(date(2027, 11, 23)).await.unwrap();
        assert!(after.iter().all(|(_, ahead)| ahead.due == 1), "an erased file is counted no more");
        let records = bench.ground.store(&records::MIGRATIONS).await;
        let rows = records.read(vec![COUNT.with([])]).await.unwrap();
        assert_eq!(
            rows[0].first().unwrap().int(0).unwrap(),
            2,
            "its days are gone, the other file's two stay"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn files_from_before_get_their_days_at_the_next_start_and_a_wrong_day_is_found() {
    for bench in Bench::all().await {
        let amara = bench.visit("Amara Okafor", Role::Adviser).await;
        let client = bench.client(&amara, "Daniel Whitfield").await;
        let day = date(2026, 11, 23);
        bench.service.record_meeting(&amara, client, [1; 16], day, &meeting("Came in.", true)).await.unwrap();
        let records = bench.ground.store(&records::MIGRATIONS).await;
        let before = bench.service.retention_preview(day).await.unwrap();
        records.write(vec![FORGET.with([])]).await.unwrap();
        assert!(!sound(&bench).await, "a file without a day is found");
        let bench = bench.reopened().await.unwrap();
        assert_eq!(bench.service.retention_preview(day).await.unwrap(), before);
        assert!(sound(&bench).await);
        records.write(vec![BEND.with([])]).await.unwrap();
        assert!(!sound(&bench).await, "a day that the notice does not give is found");
    }
}

// promise: P16
#[tokio::test(flavor = "multi_thread")]
async fn the_days_follow_the_version_that_a_client_was_given() {
    for bench in Bench::all().await {
        let service = &bench.service;
        let ada = bench.visit("Ada", Role::Adviser).await;
        let (told, untold) =
            (bench.client(&ada, "Daniel Whitfield").await, bench.client(&ada, "Maria Lopes").await);
        let shorter = crate::bench::NOTICE
            .replace("months = 12", "months = 6")
            .replace("warn_months_before = [2, 1]", "warn_months_before = [1]")
            .replace("12 months", "6 months")
            .replace("version = \"1.0\"", "version = \"2.0\"");
        service.publish_notice(&shorter).await.unwrap();
        assert!(service.give_notice(&ada, told, "employment-service", How::ReadAloud).await.unwrap());
        for (client, due) in [(told, date(2027, 5, 23)), (untold, date(2027, 11, 23))] {
            let file = service.open_file(&ada, client, 20).await.unwrap().release().await.unwrap();
            assert!(file.clocks.iter().all(|clock| clock.due == due), "{:?}", file.clocks);
        }
        assert!(sound(&bench).await);
    }
}

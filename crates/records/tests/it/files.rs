//! Registering, recording, reading, changing, finding.

use access::{Role, Why};
use casework::profile::fields;
use casework::{Answer, Profile};
use jiff::civil::date;
use notice::{Category, FieldId};
use records::Error;
use records::drafts::DraftText;
use records::files::What;

use crate::bench::{Bench, meeting, registration};

fn why(error: Error) -> Why {
    match error {
        Error::Refused(refusal) => refusal.why,
        other => panic!("not a refusal: {other}"),
    }
}

// promise: P3
// promise: P12
// promise: P16
#[tokio::test(flavor = "multi_thread")]
async fn a_file_from_registration_to_the_first_meeting() {
    for bench in Bench::all().await {
        let service = &bench.service;
        let amara = bench.visit("Amara Okafor", Role::Adviser).await;
        let client = bench.client(&amara, "Daniel Whitfield").await;
        let file = service.open_file(&amara, client, 20).await.unwrap().release().await.unwrap();
        assert_eq!(file.profile().display_name(), Some("Daniel Whitfield"));
        assert_eq!(file.profile().text(&fields::CLIENT_NUMBER), Some("NB-10001"));
        assert_eq!((file.entries, file.timeline.len()), (2, 2), "the notice given and the agreement");
        assert_eq!(file.until.due, date(2027, 11, 23));
        assert!(file.own);

        bench.later(40 * 24 * 3600);
        let amara = bench.visit_of(amara.staff, Role::Adviser);
        let form = [5; 16];
        let day = date(2026, 12, 30);
        let made = service
            .record_meeting(&amara, client, form, day, &meeting("Brought a new CV.", true))
            .await
            .unwrap();
        assert_eq!(
            service
                .record_meeting(&amara, client, form, day, &meeting("Brought a new CV.", true))
                .await
                .unwrap(),
            made
        );
        service
            .record_meeting(&amara, client, [6; 16], date(2027, 1, 2), &meeting("Did not come.", false))
            .await
            .unwrap();
        let file = service.open_file(&amara, client, 20).await.unwrap().release().await.unwrap();
        assert_eq!(file.entries, 4, "a form that was sent twice has its effect once");
        assert_eq!(file.until.due, date(2027, 12, 30), "a missed meeting does not move the clock");
        assert!(file.until.because.contains("30 December 2027"), "{}", file.until.because);
        let What::Meeting(newest) = &file.timeline[0].what else { panic!("a meeting") };
        assert_eq!(newest.note, "Did not come.");
        service.close().await.unwrap();
    }
}

// promise: P1
#[tokio::test(flavor = "multi_thread")]
async fn what_the_notice_does_not_name_cannot_be_stored() {
    for bench in Bench::all().await {
        let amara = bench.visit("Amara Okafor", Role::Adviser).await;
        let mut foreign = registration("Daniel Whitfield");
        foreign.contact.set(FieldId::from("shoe_size"), Some(Answer::Number(43)));
        let refused = bench.service.register_client(&amara, foreign).await;
        assert!(matches!(refused, Err(Error::Faults(f)) if f[0].field == *"shoe_size"));
        let mut nobody = registration("");
        nobody.contact = Profile::default();
        assert!(
            matches!(bench.service.register_client(&amara, nobody).await, Err(Error::Faults(f)) if f.len() == 2)
        );
        let client = bench.client(&amara, "Daniel Whitfield").await;
        let mut page = Profile::default();
        page.set(fields::DATE_OF_BIRTH, Some(Answer::Date(date(1991, 3, 14))));
        let misplaced = bench.service.change_details(&amara, client, Category::Work, 0, page).await;
        assert!(matches!(misplaced, Err(Error::Faults(_))), "a field of another category");
    }
}

// promise: P22
#[tokio::test(flavor = "multi_thread")]
async fn details_change_page_by_page_and_every_version_stays() {
    for bench in Bench::all().await {
        let service = &bench.service;
        let amara = bench.visit("Amara Okafor", Role::Adviser).await;
        let client = bench.client(&amara, "Daniel Whitfield").await;
        let born = |day| {
            let mut page = Profile::default();
            page.set(fields::DATE_OF_BIRTH, Some(Answer::Date(date(1991, 3, day))));
            page
        };
        service.change_details(&amara, client, Category::Identity, 0, born(13)).await.unwrap();
        service.change_details(&amara, client, Category::Identity, 1, born(14)).await.unwrap();
        let late = service.change_details(&amara, client, Category::Identity, 1, born(15)).await;
        assert!(matches!(late, Err(Error::ChangedMeanwhile)));
        let history =
            service.history(&amara, client, Category::Identity).await.unwrap().release().await.unwrap();
        assert_eq!(history.versions.len(), 2);
        assert_eq!(history.versions[0].changed[0].before, Some(Answer::Date(date(1991, 3, 13))));
        let found = service.find_clients(&amara, "14 3 1991", 5).await.unwrap().release().await.unwrap();
        assert_eq!(found.len(), 1, "the new value is in use everywhere");
        assert!(service.examine().await.iter().all(|f| f.sound), "{:?}", service.examine().await);
    }
}

// promise: P2
#[tokio::test(flavor = "multi_thread")]
async fn equality_answers_are_written_by_advisers_and_read_by_none_of_them() {
    for bench in Bench::all().await {
        let service = &bench.service;
        let amara = bench.visit("Amara Okafor", Role::Adviser).await;
        let client = bench.client(&amara, "Daniel Whitfield").await;
        let mut page = Profile::default();
        page.set(FieldId::from("religion"), Some(Answer::PreferNotToSay));
        service.change_details(&amara, client, Category::Equality, 0, page).await.unwrap();
        let file = service.open_file(&amara, client, 20).await.unwrap().release().await.unwrap();
        assert!(file.equality_answered.is_some() && !file.pages.contains_key(&Category::Equality));
        let edit =
            service.edit_details(&amara, client, Category::Equality).await.unwrap().release().await.unwrap();
        assert!(edit.page.is_none() && edit.version == 1);
        assert!(service.history(&amara, client, Category::Equality).await.is_err());
    }
}

// promise: P4
// promise: P21
#[tokio::test(flavor = "multi_thread")]
async fn a_file_outside_the_caseload_opens_with_a_reason_that_is_recorded() {
    for bench in Bench::all().await {
        let service = &bench.service;
        let amara = bench.visit("Amara Okafor", Role::Adviser).await;
        let priya = bench.visit("Priya Nair", Role::Adviser).await;
        let desk = bench.visit("Tomas Berg", Role::Receptionist).await;
        let admin = bench.visit("Ada Root", Role::Administrator).await;
        let client = bench.client(&amara, "Daniel Whitfield").await;
        assert_eq!(why(service.open_file(&priya, client, 20).await.err().unwrap()), Why::NeedsReason);
        assert!(matches!(service.state_reason(&priya, client, "short").await, Err(Error::Faults(_))));
        service.state_reason(&priya, client, "Covering for Amara, who is ill today").await.unwrap();
        assert!(service.open_file(&priya, client, 20).await.is_ok());
        bench.later(31 * 60);
        assert_eq!(
            why(service.open_file(&priya, client, 20).await.err().unwrap()),
            Why::NeedsReason,
            "for half an hour"
        );
        service.declare_conflict(&priya, client).await.unwrap();
        assert_eq!(
            why(service.state_reason(&priya, client, "Covering for Amara again").await.err().unwrap()),
            Why::Conflict
        );
        let seen = service.open_file(&desk, client, 20).await.unwrap().release().await.unwrap();
        assert!(seen.timeline.is_empty() && seen.pages.len() == 1, "reception sees how to reach people");
        assert_eq!(why(service.open_file(&admin, client, 20).await.err().unwrap()), Why::NotAllowed);
        assert!(service.find_clients(&admin, "Daniel", 5).await.is_err());

        let looks = service.who_looked(&amara, client).await.unwrap().release().await.unwrap().looks;
        let reason = looks.iter().find(|l| l.action == "state-reason" && l.outcome == "done").unwrap();
        assert_eq!(reason.reason.as_deref(), Some("Covering for Amara, who is ill today"));
        assert_eq!(looks.iter().filter(|l| l.outcome == "refused:needs-reason").count(), 2);
        assert!(looks.iter().any(|l| l.outcome == "refused:not-allowed" && l.who == Some(admin.staff)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_waits_sealed_until_the_note_is_saved() {
    for bench in Bench::all().await {
        let service = &bench.service;
        let amara = bench.visit("Amara Okafor", Role::Adviser).await;
        let client = bench.client(&amara, "Daniel Whitfield").await;
        let text = DraftText {
            note: "Wants evening shifts and".into(),
            kind: "phone".into(),
            ..DraftText::default()
        };
        let first = service.save_draft(&amara, client, &text, None).await.unwrap();
        let text = DraftText { note: "Wants evening shifts and a course".into(), ..text };
        bench.later(2);
        let second = service.save_draft(&amara, client, &text, Some(first)).await.unwrap();
        // Another window began with nothing, or with the draft before: it writes over nothing and throws nothing away.
        for (began, note) in [(None, "Something else"), (Some(first), "Something else")] {
            let other = DraftText { note: note.into(), ..text.clone() };
            let kept = service.save_draft(&amara, client, &other, began).await;
            assert!(matches!(kept, Err(Error::ChangedMeanwhile)), "{kept:?}");
        }
        let nothing = DraftText { note: String::new(), ..text.clone() };
        service.save_draft(&amara, client, &nothing, Some(first)).await.unwrap();
        service.drop_draft(&amara, client, Some(first)).await.unwrap();
        assert_eq!(service.caseload(&amara).await.unwrap().release().await.unwrap().drafts.len(), 1);
        let bench = bench.reopened().await.unwrap();
        let file = bench.service.open_file(&amara, client, 20).await.unwrap().release().await.unwrap();
        assert_eq!(file.draft.unwrap().text, text);
        bench
            .service
            .record_meeting(&amara, client, [1; 16], date(2026, 11, 23), &meeting("Done.", true))
            .await
            .unwrap();
        bench.service.drop_draft(&amara, client, Some(second)).await.unwrap();
        let file = bench.service.open_file(&amara, client, 20).await.unwrap().release().await.unwrap();
        assert!(file.draft.is_none());
        assert!(matches!(
            bench
                .service
                .save_draft(&amara, client, &DraftText { note: "x".repeat(60_000), ..text }, None)
                .await,
            Err(Error::Faults(_))
        ));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_who_was_registered_is_found_at_once_and_after_a_restart() {
    for bench in Bench::all().await {
        let amara = bench.visit("Amara Okafor", Role::Adviser).await;
        bench.client(&amara, "Zbigniew Oyelaran-Smythe").await;
        bench.client(&amara, "Maria Lopes").await;
        let bench = bench.reopened().await.unwrap();
        for typed in ["zbig", "smythe zbigniew", "Oyelarna", "NB-10001", "07700 900123"] {
            let found = bench.service.find_clients(&amara, typed, 5).await.unwrap().release().await.unwrap();
            assert!(found.iter().any(|f| f.who.name.starts_with("Zbigniew")), "{typed}");
        }
        assert_eq!(bench.service.caseload(&amara).await.unwrap().release().await.unwrap().files.len(), 2);
    }
}

// promise: P27
// promise: P29
#[tokio::test(flavor = "multi_thread")]
async fn a_changed_notice_needs_a_new_version_and_old_clients_keep_theirs() {
    for bench in Bench::all().await {
        let amara = bench.visit("Amara Okafor", Role::Adviser).await;
        let client = bench.client(&amara, "Daniel Whitfield").await;
        let notice = crate::bench::NOTICE;
        let old = bench.service.notices().service().version.clone();
        let reworded = notice.replacen("Northbridge", "Southbridge", 1);
        assert!(
            matches!(bench.service.publish_notice(&reworded).await, Err(Error::Notice(_))),
            "same version, other words"
        );
        assert!(matches!(bench.service.publish_notice("version = [").await, Err(Error::Notice(_))));
        assert_eq!(bench.service.notices().service().version, old, "a faulty notice changes nothing");
        let next = reworded.replacen(&format!("version = \"{old}\""), "version = \"9.0\"", 1);
        bench.service.publish_notice(&next).await.unwrap();
        assert_eq!(bench.service.notices().service().version, "9.0");
        let file = bench.service.open_file(&amara, client, 20).await.unwrap().release().await.unwrap();
        assert_eq!(file.notice.1, old);
        let newer = bench.client(&amara, "Maria Lopes").await;
        let file = bench.service.open_file(&amara, newer, 20).await.unwrap().release().await.unwrap();
        assert_eq!(file.notice.1, "9.0");
        let bench = bench.reopened().await.unwrap();
        assert_eq!(bench.service.notices().all().len(), 2);
    }
}

// promise: P27
#[tokio::test(flavor = "multi_thread")]
async fn a_version_dated_ahead_holds_from_its_day_on_and_by_itself() {
    for bench in Bench::all().await {
        let amara = bench.visit("Amara Okafor", Role::Adviser).await;
        let old = bench.service.notices().service().version.clone();
        let version = |version: &str, from: &str| {
            let text = crate::bench::NOTICE.replacen(
                &format!("version = \"{old}\""),
                &format!("version = \"{version}\""),
                1,
            );
            text.replacen("effective = 2026-12-01", &format!("effective = {from}"), 1)
        };
        bench.service.publish_notice(&version("8.0", "2026-12-01")).await.unwrap();
        bench.service.publish_notice(&version("9.0", "2026-12-04")).await.unwrap();
        let notices = bench.service.notices();
        assert_eq!(notices.service().version, "8.0", "none has begun: the one that comes first holds");
        assert_eq!(notices.to_come().len(), 1);
        let before = bench.client(&amara, "Daniel Whitfield").await;
        let too_old = bench.service.publish_notice(&version("8.1", "2026-11-30")).await;
        assert!(
            matches!(&too_old, Err(Error::Notice(why)) if why.contains("would never hold")),
            "{too_old:?}"
        );

        // The third of December, and a minute before its midnight.
        bench.later(10 * 24 * 3600 + 13 * 3600 + 59 * 60);
        bench.service.follow_changes().await.unwrap();
        assert_eq!(bench.service.notices().service().version, "8.0");
        bench.later(60);
        bench.service.follow_changes().await.unwrap();
        assert_eq!(bench.service.notices().service().version, "9.0");
        assert!(bench.service.notices().to_come().is_empty());
        let amara = bench.visit_of(amara.staff, Role::Adviser);
        let after = bench.client(&amara, "Maria Lopes").await;
        for (client, expected) in [(before, "8.0"), (after, "9.0")] {
            let file = bench.service.open_file(&amara, client, 20).await.unwrap().release().await.unwrap();
            assert_eq!(file.notice.1, expected);
        }
        let bench = bench.reopened().await.unwrap();
        assert_eq!(bench.service.notices().service().version, "9.0");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_statement_is_understood_and_every_column_classified() {
    for bench in Bench::all().await {
        let findings = bench.service.examine().await;
        assert!(findings.iter().all(|f| f.sound), "{findings:?}");
        let records = bench.ground.store(&records::MIGRATIONS).await;
        let mut live = records.columns().await.unwrap();
        let mut known: Vec<_> = store::classify::columns(&records::MIGRATIONS)
            .unwrap()
            .into_iter()
            .map(|c| (c.table, c.column))
            .collect();
        live.sort();
        known.sort();
        assert_eq!(live, known);
    }
}

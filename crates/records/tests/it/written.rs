//! Entries that are written with forms, and corrected notes, on both engines.

use access::Role;
use casework::answers::Chosen;
use casework::entries::PlanTyped;
use casework::{Answer, ClientId, EntryId, Meeting, Written};
use jiff::civil::{Date, date};
use notice::{Category, EntryForm, FieldId, Group, forms};
use records::files::{FIRST_ENTRIES, What};
use records::{Error, Visit};

use crate::bench::{Bench, NOTICE, meeting};

const TODAY: Date = date(2026, 11, 23);

fn form(id: &str) -> &'static EntryForm {
    forms::form(id).unwrap()
}

fn key() -> [u8; 16] {
    *uuid::Uuid::new_v4().as_bytes()
}

fn text(text: &str) -> Answer {
    Answer::Text(text.into())
}

fn code(code: &str) -> Answer {
    Answer::Code(Chosen { code: code.into(), other: None, list: "1".into() })
}

fn written(answers: &[(&'static str, Answer)]) -> Written {
    let mut written = Written::default();
    for (field, answer) in answers {
        written.answers.set(FieldId::known(field), Some(answer.clone()));
    }
    written
}

fn task(by: Date) -> Written {
    written(&[("task", text("Ring the college")), ("task_by", Answer::Date(by))])
}

async fn due(bench: &Bench, visit: &Visit, client: ClientId) -> Vec<(String, Date)> {
    let file = bench.service.open_file(visit, client, 0).await.unwrap().release().await.unwrap();
    file.due.into_iter().map(|due| (due.form.id.to_string(), due.day)).collect()
}

// promise: P3
#[tokio::test(flavor = "multi_thread")]
async fn one_timeline_shows_all_four_kinds_and_each_change_keeps_what_was_before() {
    for bench in Bench::all().await {
        let ada = bench.visit("Ada", Role::Adviser).await;
        let client = bench.client(&ada, "Daniel Whitfield").await;
        bench.service.record_meeting(&ada, client, key(), TODAY, &meeting("Talked.", true)).await.unwrap();
        let goal = written(&[("goal", text("Have a CV"))]);
        let goal = bench.service.write_entry(&ada, client, key(), form("goal"), &goal).await.unwrap();
        let mut progress = written(&[("progress", text("The CV is half done"))]);
        progress.about = vec![goal];
        bench.service.write_entry(&ada, client, key(), form("progress"), &progress).await.unwrap();
        let support = written(&[("support_kind", code("course")), ("cost", Answer::Number(14_500))]);
        let support =
            bench.service.write_entry(&ada, client, key(), form("support"), &support).await.unwrap();
        let referral = written(&[
            ("direction", code("out")),
            ("organisation", text("Quay Advice")),
            ("told_by", code("client")),
            ("reason", text("Debt advice")),
        ]);
        bench.service.write_entry(&ada, client, key(), form("referral"), &referral).await.unwrap();

        let file =
            bench.service.open_file(&ada, client, FIRST_ENTRIES).await.unwrap().release().await.unwrap();
        let kinds: Vec<String> = file
            .timeline
            .iter()
            .map(|entry| match &entry.what {
                What::Meeting(_) => "meeting".into(),
                What::Written(form, _) => form.id.to_string(),
                _ => "agreement".into(),
            })
            .collect();
        for kind in ["meeting", "goal", "progress", "support", "referral"] {
            assert!(kinds.iter().any(|k| k == kind), "{kind}: {kinds:?}");
        }

        let cheaper = written(&[("support_kind", code("course")), ("cost", Answer::Number(9_900))]);
        bench.service.change_entry(&ada, client, support, 1, form("support"), &cheaper).await.unwrap();
        let again = bench.service.change_entry(&ada, client, support, 1, form("support"), &cheaper).await;
        assert!(matches!(again, Err(Error::ChangedMeanwhile)));
        let view = bench.service.view_entry(&ada, client, support).await.unwrap().release().await.unwrap();
        let cost = |what: &What| match what {
            What::Written(_, written) => written.answers.get(&"cost".into()).cloned(),
            _ => None,
        };
        assert_eq!(view.entry.version, 2);
        assert_eq!(cost(&view.entry.what), Some(Answer::Number(9_900)));
        assert_eq!(view.earlier.len(), 1);
        assert_eq!(cost(&view.earlier[0].what), Some(Answer::Number(14_500)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_is_sent_twice_writes_once_and_wrong_input_writes_nothing() {
    for bench in Bench::all().await {
        let ada = bench.visit("Ada", Role::Adviser).await;
        let client = bench.client(&ada, "Daniel Whitfield").await;
        let once = key();
        let first = bench.service.write_entry(&ada, client, once, form("task"), &task(TODAY)).await.unwrap();
        let again = bench.service.write_entry(&ada, client, once, form("task"), &task(TODAY)).await.unwrap();
        assert_eq!(first, again);

        let mut stray = task(TODAY);
        stray.about = vec![EntryId::from_bytes([7; 16])];
        let mut itself = task(TODAY);
        itself.about = vec![first];
        let nothing = Written::default();
        let foreign = written(&[("task", text("x")), ("task_by", Answer::Date(TODAY)), ("nino", text("x"))]);
        for (wrong, field) in [(stray, "about"), (itself, "about"), (nothing, "task"), (foreign, "nino")] {
            let refused = bench.service.write_entry(&ada, client, key(), form("task"), &wrong).await;
            let Err(Error::Faults(faults)) = refused else { panic!("{field}: {refused:?}") };
            assert_eq!(faults[0].field, *field);
        }
        let entries = bench.service.entries_with(&ada, client, &[form("task")]).await.unwrap();
        assert_eq!(entries.release().await.unwrap().entries.len(), 1);
        let elsewhere = bench.client(&ada, "Maria Lopes").await;
        let stolen = bench.service.change_entry(&ada, elsewhere, first, 1, form("task"), &task(TODAY)).await;
        assert!(matches!(stolen, Err(Error::NoSuchFile)));
    }
}

// promise: P1
#[tokio::test(flavor = "multi_thread")]
async fn what_the_notice_that_a_client_was_given_does_not_name_cannot_be_written() {
    for bench in Bench::all().await {
        let ada = bench.visit("Ada", Role::Adviser).await;
        let fuller = bench.client(&ada, "Daniel Whitfield").await;
        let poorer = NOTICE
            .replace(r#""plan", "progress", "tasks", "#, r#""progress", "#)
            .replace("version = \"1.0\"", "version = \"1.1\"");
        bench.service.publish_notice(&poorer).await.unwrap();
        let poorer = bench.client(&ada, "Maria Lopes").await;
        bench.service.write_entry(&ada, fuller, key(), form("task"), &task(TODAY)).await.unwrap();
        let refused = bench.service.write_entry(&ada, poorer, key(), form("task"), &task(TODAY)).await;
        assert!(matches!(refused, Err(Error::NotNamed { .. })), "{refused:?}");
        let page = bench.service.entries_with(&ada, poorer, &[form("task"), form("support")]).await.unwrap();
        assert_eq!(page.release().await.unwrap().named, [form("support").id.clone()]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn those_who_may_not_read_or_write_a_category_neither_see_nor_write_its_entries() {
    for bench in Bench::all().await {
        let ada = bench.visit("Ada", Role::Adviser).await;
        let rita = bench.visit("Rita", Role::Receptionist).await;
        let bert = bench.visit("Bert", Role::Adviser).await;
        let client = bench.client(&ada, "Daniel Whitfield").await;
        let made = bench.service.write_entry(&ada, client, key(), form("task"), &task(TODAY)).await.unwrap();
        for other in [&rita, &bert] {
            let write = bench.service.write_entry(other, client, key(), form("task"), &task(TODAY)).await;
            assert!(matches!(write, Err(Error::Refused(_))), "{write:?}");
            let change = bench.service.change_entry(other, client, made, 1, form("task"), &task(TODAY)).await;
            assert!(matches!(change, Err(Error::Refused(_))), "{change:?}");
            assert!(bench.service.view_entry(other, client, made).await.is_err());
            let forms: Vec<_> = forms::of_group(Group::Plan).collect();
            assert!(bench.service.entries_with(other, client, &forms).await.is_err());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_due_follows_the_entries() {
    for bench in Bench::all().await {
        let ada = bench.visit("Ada", Role::Adviser).await;
        let client = bench.client(&ada, "Daniel Whitfield").await;
        let (first, later) = (date(2026, 12, 1), date(2026, 12, 20));
        let made = bench.service.write_entry(&ada, client, key(), form("task"), &task(first)).await.unwrap();
        assert_eq!(due(&bench, &ada, client).await, [("task".to_owned(), first)]);
        bench.service.change_entry(&ada, client, made, 1, form("task"), &task(later)).await.unwrap();
        assert_eq!(due(&bench, &ada, client).await, [("task".to_owned(), later)]);
        let mut done = task(later);
        done.answers.set("done_on".into(), Some(Answer::Date(TODAY)));
        bench.service.change_entry(&ada, client, made, 2, form("task"), &done).await.unwrap();
        assert_eq!(due(&bench, &ada, client).await, []);

        let review = |held: Date, next: Date| {
            written(&[
                ("went", text("Well")),
                ("held_on", Answer::Date(held)),
                ("next_on", Answer::Date(next)),
            ])
        };
        let (october, november) = (date(2026, 10, 5), date(2026, 11, 5));
        for (held, next) in [(october, first), (november, later), (october, TODAY)] {
            bench
                .service
                .write_entry(&ada, client, key(), form("review"), &review(held, next))
                .await
                .unwrap();
        }
        // The last one written is not the latest review.
        assert_eq!(due(&bench, &ada, client).await, [("review".to_owned(), later)]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_corrected_note_keeps_the_wrong_one_and_takes_its_contact_off_the_clock() {
    for bench in Bench::all().await {
        let ada = bench.visit("Ada", Role::Adviser).await;
        let client = bench.client(&ada, "Daniel Whitfield").await;
        bench.later(60 * 60 * 24 * 60);
        let today = bench.service.surroundings().today();
        let (early, wrong) = (date(2026, 12, 10), today);
        bench.service.record_meeting(&ada, client, key(), early, &meeting("Came.", true)).await.unwrap();
        let id = bench
            .service
            .record_meeting(&ada, client, key(), wrong, &meeting("Came too.", true))
            .await
            .unwrap();
        let last = async || {
            let file = bench.service.open_file(&ada, client, 0).await.unwrap().release().await.unwrap();
            file.until.last_contact
        };
        assert_eq!(last().await, wrong);
        let because = |because: &str| Meeting {
            because: Some(because.into()),
            took_part: false,
            ..meeting("Did not come.", false)
        };
        let refused = bench.service.correct_meeting(&ada, client, id, 1, wrong, &because(" no ")).await;
        assert!(matches!(refused, Err(Error::Faults(_))));
        bench
            .service
            .correct_meeting(&ada, client, id, 1, wrong, &because("Mixed up two clients"))
            .await
            .unwrap();
        assert_eq!(last().await, early);
        let late = bench.service.correct_meeting(&ada, client, id, 1, wrong, &because("Once more")).await;
        assert!(matches!(late, Err(Error::ChangedMeanwhile)));
        let view = bench.service.view_entry(&ada, client, id).await.unwrap().release().await.unwrap();
        let notes: Vec<String> = std::iter::once(&view.entry)
            .chain(&view.earlier)
            .map(|entry| match &entry.what {
                What::Meeting(meeting) => meeting.note.clone(),
                _ => String::new(),
            })
            .collect();
        assert_eq!(notes, ["Did not come.", "Came too."]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_who_is_mentioned_by_number_is_found_in_the_text() {
    for bench in Bench::all().await {
        let ada = bench.visit("Ada", Role::Adviser).await;
        let daniel = bench.client(&ada, "Daniel Whitfield").await;
        let maria = bench.client(&ada, "Maria Lopes").await;
        let file = bench.service.open_file(&ada, maria, 0).await.unwrap().release().await.unwrap();
        let number = file.profile().text(&"client_number".into()).unwrap().to_owned();
        let note = format!("Came with {number}, who waited. NB-99999 did not.");
        bench.service.record_meeting(&ada, daniel, key(), TODAY, &meeting(&note, true)).await.unwrap();
        let found = bench.service.mentioned(&note);
        assert_eq!(found.len(), 1);
        assert_eq!((&note[found[0].0.clone()], found[0].1), (number.as_str(), maria));
        let file = bench.service.open_file(&ada, maria, 0).await.unwrap().release().await.unwrap();
        assert_eq!(file.mentioned, 1);
        bench.service.erase_file(&number, records::erasure::Ground::Request).await.unwrap();
        assert!(bench.service.mentioned(&note).is_empty());
    }
}

#[test]
fn barriers_are_kept_with_what_support_should_fit() {
    assert_eq!(form("barrier").category, Category::Needs);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_stays_as_it_was_agreed() {
    for bench in Bench::all().await {
        let ada = bench.visit("Ada", Role::Adviser).await;
        let client = bench.client(&ada, "Daniel Whitfield").await;
        let signed = || {
            let typed = PlanTyped { way: "typed".into(), name: "Daniel".into(), ..PlanTyped::default() };
            typed.read().unwrap()
        };
        let plan = async || bench.service.plan(&ada, client).await.unwrap().release().await.unwrap();
        let empty = plan().await;
        let nothing = bench.service.agree_plan(&ada, client, key(), &empty.digest, signed()).await;
        assert!(matches!(nothing, Err(Error::Faults(_))));

        let goal = |text_of: &str| written(&[("goal", text(text_of))]);
        let id =
            bench.service.write_entry(&ada, client, key(), form("goal"), &goal("Have a CV")).await.unwrap();
        let stale = bench.service.agree_plan(&ada, client, key(), &empty.digest, signed()).await;
        assert!(matches!(stale, Err(Error::ChangedMeanwhile)));
        let (seen, once) = (plan().await, key());
        let agreed = bench.service.agree_plan(&ada, client, once, &seen.digest, signed()).await.unwrap();
        let twice = bench.service.agree_plan(&ada, client, once, &seen.digest, signed()).await.unwrap();
        assert_eq!(agreed, twice);

        let better = goal("Have a CV in two versions");
        bench.service.change_entry(&ada, client, id, 1, form("goal"), &better).await.unwrap();
        let view = bench.service.view_entry(&ada, client, agreed).await.unwrap().release().await.unwrap();
        let What::Plan(frozen) = view.entry.what else { panic!("no plan") };
        assert_eq!((frozen.number, frozen.goals.len()), (1, 1));
        assert_eq!(frozen.goals[0].lines, [("Goal".to_owned(), "Have a CV".to_owned())]);
        let now = plan().await;
        assert_eq!((now.number, now.goals[0].version), (2, 2));
        assert_ne!(now.digest, seen.digest);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_checks_the_evidence_that_they_got_or_write_down() {
    for bench in Bench::all().await {
        let ada = bench.visit("Ada", Role::Adviser).await;
        let client = bench.client(&ada, "Daniel Whitfield").await;
        for (got, checked, fine) in
            [("Bruno", "bruno ", false), ("Bruno", "Ada", false), ("Ada", "Bruno", true), ("Ada", "", true)]
        {
            let on = || Answer::Date(TODAY);
            let mut evidence = written(&[
                ("evidence_kind", code("payslip")),
                ("speaks_of", on()),
                ("obtained_on", on()),
                ("obtained_by", text(got)),
                ("obtained_how", code("from-client")),
            ]);
            if !checked.is_empty() {
                evidence.answers.set(FieldId::known("verified_by"), Some(text(checked)));
            }
            let wrote = bench.service.write_entry(&ada, client, key(), form("evidence"), &evidence).await;
            match wrote {
                Ok(_) => assert!(fine, "{got} {checked}"),
                Err(Error::Faults(faults)) => {
                    let fields: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
                    assert_eq!((fields, fine), (vec!["verified_by"], false), "{faults:?}");
                }
                Err(error) => panic!("{error}"),
            }
        }
    }
}

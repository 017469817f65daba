//! Figures of the service: they follow the files, drop who is erased, and are published by two people.

use std::io::Read as _;

use access::Role;
use casework::entries::Agreed;
use casework::figures::{Measure, Period};
use casework::profile::fields;
use casework::{Answer, Chosen, How, Meeting, Profile, StaffId};
use jiff::civil::date;
use notice::FieldId;
use records::Error;
use records::erasure::Ground;
use records::figures::{Format, Question, Stage};
use records::loading::Loaded;
use store::Sql;

use crate::bench::{Bench, meeting};

static RESTRICT: Sql = Sql { name: "RESTRICT", store: "records", text: "UPDATE client SET restricted = $1" };

/// People who registered in July 2026, by turns of three ages, two ethnic groups, disabled or not.
fn loaded(adviser: StaffId, many: usize) -> Vec<Loaded> {
    let chosen = |code: &str| Answer::Code(Chosen { code: code.into(), other: None, list: "1".into() });
    (0..many)
        .map(|at| {
            let mut profile = Profile::default();
            let born = date([2004, 1990, 1970][at % 3], 5, 17);
            profile.set(fields::NAME, Some(Answer::Text(format!("Marker{at} Quillfeather"))));
            profile.set(fields::DATE_OF_BIRTH, Some(Answer::Date(born)));
            profile.set(FieldId::known("ethnicity"), Some(chosen(["W1", "B1"][(at / 3) % 2])));
            profile.set(FieldId::known("employment_status"), Some(chosen("11")));
            profile.set(FieldId::known("disability"), Some(Answer::YesNo(at % 5 < 2)));
            let met: Meeting = meeting("Came in.", at % 2 == 0);
            Loaded {
                profile,
                registered: "2026-07-06T09:00:00Z".parse().unwrap(),
                last_contact: None,
                adviser,
                notice_given: How::OnPaper,
                agreed: Agreed::InWords,
                meetings: vec![(adviser, date(2026, 8, 3), met)],
                written: Vec::new(),
                appointments: Vec::new(),
                consents: Vec::new(),
            }
        })
        .collect()
}

fn summer() -> Period {
    "2026-07..2026-07".parse().unwrap()
}

fn question(measure: Measure, by: &[&str]) -> Question {
    Question {
        measure,
        by: by.iter().map(|one| (*one).to_owned()).collect(),
        period: summer(),
        compare: false,
    }
}

fn near(shown: Option<u64>, count: u64) -> bool {
    shown.is_some_and(|shown| shown % 5 == 0 && shown.abs_diff(count) < 5)
}

// promise: P6
#[tokio::test(flavor = "multi_thread")]
async fn figures_follow_the_files_and_drop_who_is_erased_at_once() {
    for bench in Bench::all().await {
        let ada = bench.visit("Ada", Role::Adviser).await;
        let meera = bench.visit("Meera", Role::Manager).await;
        let service = &bench.service;
        service.load_files(loaded(ada.staff, 60)).await.unwrap();
        let starts = service.figures(&meera, &question(Measure::Starts, &["age"])).await.unwrap();
        let line = |figures: &records::figures::Figures, name: &str| {
            figures.sheet.lines.iter().find(|line| line.name == name).unwrap().figures[0]
        };
        assert!(near(line(&starts, "18 to 24"), 20) && near(line(&starts, "All"), 60), "{starts:?}");
        assert!(near(line(&starts, "65 and over"), 0));
        let contacts = service.figures(&meera, &question(Measure::Contacts, &["age"])).await.unwrap();
        assert!(near(line(&contacts, "All"), 30), "who did not take part is no contact");
        let crossed =
            service.figures(&meera, &question(Measure::Starts, &["age", "disability"])).await.unwrap();
        assert_eq!(crossed.sheet.columns.last().unwrap(), "All");
        assert_eq!(line(&crossed, "All"), crossed.sheet.lines.last().unwrap().figures[0]);

        // Twenty are erased: what is left is counted, the next moment.
        for number in 10001..10021 {
            service.erase_file(&format!("NB-{number}"), Ground::Request).await.unwrap();
        }
        let after = service.figures(&meera, &question(Measure::Starts, &["age"])).await.unwrap();
        assert!(near(line(&after, "All"), 40), "{after:?}");
        // A restart gives the same figures: the secret is the service's.
        let bench = bench.reopened().await.unwrap();
        let again = bench.service.figures(&meera, &question(Measure::Starts, &["age"])).await.unwrap();
        assert_eq!(after.sheet, again.sheet);
        // A restricted file is stored and nothing more.
        let records = bench.ground.store(&records::MIGRATIONS).await;
        records.write(vec![RESTRICT.with([true.into()])]).await.unwrap();
        let bench = bench.reopened().await.unwrap();
        let none = bench.service.figures(&meera, &question(Measure::Starts, &["age"])).await.unwrap();
        assert_eq!(line(&none, "All"), Some(0));
    }
}

// promise: P10
#[tokio::test(flavor = "multi_thread")]
async fn figures_are_for_managers_and_equality_answers_for_the_equality_report_alone() {
    for bench in Bench::all().await {
        let ada = bench.visit("Ada", Role::Adviser).await;
        let meera = bench.visit("Meera", Role::Manager).await;
        let service = &bench.service;
        service.load_files(loaded(ada.staff, 60)).await.unwrap();
        let asked = question(Measure::Starts, &["age"]);
        assert!(matches!(service.figures(&ada, &asked).await, Err(Error::NotYours(_))));
        for by in [vec!["ethnicity_group"], vec!["planet"], vec![], vec!["age", "age"]] {
            let asked = question(Measure::Starts, &by);
            assert!(matches!(service.figures(&meera, &asked).await, Err(Error::Faults(_))), "{by:?}");
        }
        let two = question(Measure::Outcomes, &["disability"]);
        let Err(Error::Faults(faults)) = service.figures(&meera, &two).await else {
            panic!("two protected things")
        };
        assert!(faults[0].message.contains("both sensitive"), "{faults:?}");

        service
            .set_population(&meera, "Ethnic group,White,90000\nEthnic group,Asian or Asian British,10000")
            .await
            .unwrap();
        let wrong = service.set_population(&meera, "Ethnic group,White,many\nx").await;
        assert!(matches!(wrong, Err(Error::Faults(_))));
        let (report, method) = service.equality_report(&meera, Measure::Starts, summer()).await.unwrap();
        let ethnic = report.iter().find(|one| one.id == "ethnicity_group").unwrap();
        let white = ethnic.lines.iter().find(|line| line.name == "White").unwrap();
        assert!(near(white.people, 30) && white.here.as_deref() == Some("90.0 %"), "{white:?}");
        assert!(method.iter().any(|line| line.contains("10 or more")));
        // Printed, a foreign reader finds what the page says, and no more.
        let printed = service.printed_equality("Starts in summer.", &report, &method).unwrap();
        let printed = crate::pdf::everything(&printed);
        let line = format!("White {} {} 90.0 %", white.people.unwrap(), white.share.as_deref().unwrap());
        assert!(printed.contains(&line), "{line} is not in {printed}");
        for one in &report {
            assert!(printed.contains(&one.label), "{}", one.label);
        }
        assert!(printed.contains("Share of who lives here") && printed.contains("Equality Act 2010"));
        assert!(service.equality_report(&ada, Measure::Starts, summer()).await.is_err());
    }
}

/// A thousand people with an answer to every equality question, by turns of different lengths.
fn answered(adviser: StaffId) -> Vec<Loaded> {
    let mut people = loaded(adviser, 1000);
    let notice = notice::Notice::parse(crate::bench::NOTICE).unwrap();
    let catalogue = notice.catalogue();
    for (turn, field) in catalogue.fields_of(notice::Category::Equality).enumerate() {
        let list = catalogue.list_of(field).unwrap();
        for (at, person) in people.iter_mut().enumerate() {
            // One of five says nothing, one of seven would rather not; the others take turns through the list.
            let answer = match at + turn {
                none if none % 5 == 0 => None,
                not if not % 7 == 0 => Some(Answer::PreferNotToSay),
                other => {
                    let value = &list.values[(other / (turn + 2)) % list.values.len()];
                    let code = value.code.clone();
                    Some(Answer::Code(Chosen { code, other: None, list: list.version.clone() }))
                }
            };
            person.profile.set(field.id.clone(), answer);
        }
    }
    people
}

// promise: P10
#[tokio::test(flavor = "multi_thread")]
async fn the_equality_report_covers_every_characteristic_and_is_right_against_a_plain_count() {
    for bench in Bench::all().await {
        let ada = bench.visit("Ada", Role::Adviser).await;
        let meera = bench.visit("Meera", Role::Manager).await;
        let people = answered(ada.staff);
        let notice = notice::Notice::parse(crate::bench::NOTICE).unwrap();
        let catalogue = notice.catalogue();
        // The plain count, by the words of each list and by the headings that some lists have.
        let mut plain: std::collections::BTreeMap<(String, String), u64> = std::collections::BTreeMap::new();
        for field in catalogue.fields_of(notice::Category::Equality) {
            let list = catalogue.list_of(field).unwrap();
            for person in &people {
                let words = match person.profile.get(&field.id) {
                    None => vec![(field.id.to_string(), "Not recorded".to_owned())],
                    Some(Answer::PreferNotToSay) => {
                        vec![(field.id.to_string(), "Prefer not to say".to_owned())]
                    }
                    Some(Answer::Code(one)) => {
                        let value = list.value(&one.code).unwrap();
                        let whole = (field.id.to_string(), value.label.clone());
                        let group = value.group.clone().map(|group| (format!("{}_group", field.id), group));
                        std::iter::once(whole).chain(group).collect()
                    }
                    other => panic!("{other:?}"),
                };
                for key in words {
                    *plain.entry(key).or_default() += 1;
                }
            }
        }
        bench.service.load_files(people).await.unwrap();
        let (report, _) = bench.service.equality_report(&meera, Measure::Starts, summer()).await.unwrap();
        let shown: Vec<&str> = report.iter().map(|one| one.id.as_str()).collect();
        for field in catalogue.fields_of(notice::Category::Equality) {
            assert!(
                shown.contains(&field.id.as_str()),
                "{} is collected and not reported: {shown:?}",
                field.id
            );
        }
        assert!(shown.contains(&"age") && shown.contains(&"disability"), "{shown:?}");
        let mut checked = 0;
        for one in report.iter().filter(|one| !["age", "disability"].contains(&one.id.as_str())) {
            assert_eq!(one.refused, None, "{}", one.id);
            let by_group = one.id.ends_with("_group");
            for line in &one.lines {
                let key = (one.id.clone(), line.name.clone());
                let whole = one.id.trim_end_matches("_group").to_owned();
                let count = match line.name.as_str() {
                    "All" => 1000,
                    // Who said nothing has no heading.
                    "Not recorded" | "Prefer not to say" if by_group => {
                        plain.get(&(whole, line.name.clone())).copied().unwrap_or(0)
                    }
                    _ => plain.get(&key).copied().unwrap_or(0),
                };
                if line.people.is_some() {
                    assert!(near(line.people, count), "{key:?}: {:?} beside {count}", line.people);
                    checked += 1;
                }
            }
        }
        assert!(checked > 40, "{checked}");
    }
}

// promise: P11
#[tokio::test(flavor = "multi_thread")]
async fn every_pack_withstands_the_attack_alone_and_together_with_all_earlier_ones() {
    for bench in Bench::all().await {
        let ada = bench.visit("Ada", Role::Adviser).await;
        let meera = bench.visit("Meera", Role::Manager).await;
        let gwen = bench.visit("Gwen", Role::Governance).await;
        let service = &bench.service;
        service.load_files(answered(ada.staff)).await.unwrap();
        let mut together: Vec<statistics::Release> = Vec::new();
        let mut extracts = 0;
        for (nth, story) in casework::figures::STORIES.iter().enumerate() {
            let form = [u8::try_from(nth).unwrap(); 16];
            let pack = match service.prepare_pack(&meera, form, story.id, summer()).await {
                Ok(pack) => pack,
                // What cannot be told beside the others is refused, and nothing of it is published.
                Err(Error::Faults(_)) => continue,
                Err(other) => panic!("{}: {other}", story.id),
            };
            service.decide_pack(&gwen, pack, true).await.unwrap();
            let content = service.figure_pack(&meera, pack).await.unwrap().content;
            assert_eq!(statistics::audit::audit(&content.release).unwrap(), [], "{}", story.id);
            together.insert(0, content.release.clone());
            let all = statistics::Release::together(&together);
            assert_eq!(statistics::audit::audit(&all).unwrap(), [], "{} with all before it", story.id);
            if let Some(extract) = &content.extract {
                // Counted plainly: whoever knows somebody by what others may know finds ten or more of them.
                let mut classes: std::collections::BTreeMap<&[String], u64> =
                    std::collections::BTreeMap::new();
                for row in &extract.rows {
                    *classes.entry(&row[..extract.known]).or_default() += 1;
                }
                assert!(classes.values().all(|count| *count >= 10), "{classes:?}");
                extracts += 1;
            }
        }
        assert!(together.len() > 1 && extracts > 0, "{} {extracts}", together.len());
    }
}

// promise: P6
// promise: P11
#[tokio::test(flavor = "multi_thread")]
async fn two_people_publish_and_what_is_published_stays() {
    for bench in Bench::all().await {
        let ada = bench.visit("Ada", Role::Adviser).await;
        let meera = bench.visit("Meera", Role::Manager).await;
        let gwen = bench.visit("Gwen", Role::Governance).await;
        let service = &bench.service;
        service.load_files(loaded(ada.staff, 300)).await.unwrap();
        let running: Period = "2026-10..2026-10".parse().unwrap();
        let early = service.prepare_pack(&meera, [1; 16], "reach", running).await;
        assert!(matches!(early, Err(Error::Faults(_))), "a period that is not over");
        assert!(service.prepare_pack(&gwen, [1; 16], "reach", summer()).await.is_err());
        let pack = service.prepare_pack(&meera, [2; 16], "reach", summer()).await.unwrap();
        assert_eq!(
            service.prepare_pack(&meera, [2; 16], "reach", summer()).await.unwrap(),
            pack,
            "sent twice"
        );
        assert!(matches!(service.decide_pack(&meera, pack, true).await, Err(Error::NotYours(_))));
        assert!(service.published_packs().await.unwrap().is_empty());
        service.decide_pack(&gwen, pack, true).await.unwrap();
        assert!(matches!(service.decide_pack(&gwen, pack, false).await, Err(Error::ChangedMeanwhile)));
        let first = service.published_packs().await.unwrap().remove(0);
        assert_eq!((first.stage, first.asked_by), (Stage::Published, meera.staff));
        let extract = first.content.extract.clone().unwrap();
        assert!(extract.kept.k >= 10 && extract.kept.l >= 2 && extract.kept.t <= 0.35, "{:?}", extract.kept);
        assert!(extract.rows.len() < 280, "a sample");
        assert!(first.content.of_extract.contains("could not be told safely: Outcome"), "nobody has one");
        assert!(!first.content.extract_csv().unwrap().contains("Marker"));

        // Files change; a later pack about the same period gives the same figure for the same people, and the same extract.
        service.erase_file("NB-10001", Ground::Request).await.unwrap();
        let second = service.prepare_pack(&meera, [3; 16], "fair", summer()).await.unwrap();
        let second = service.figure_pack(&meera, second).await.unwrap();
        let ages = |pack: &records::figures::Pack| {
            pack.content.sheets.iter().find(|sheet| sheet.title.ends_with("by age")).unwrap().lines.clone()
        };
        assert_eq!(ages(&first), ages(&second));
        assert_eq!(second.content.extract.as_ref(), Some(&extract));
        let longer =
            service.prepare_pack(&meera, [4; 16], "reach", "2026-04..2026-07".parse().unwrap()).await;
        let longer = service.figure_pack(&meera, longer.unwrap()).await.unwrap();
        assert!(
            longer.content.extract.is_none() && longer.content.of_extract.contains("some of the same people")
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_view_is_saved_for_all_managers_and_tables_are_saved_as_files() {
    for bench in Bench::all().await {
        let meera = bench.visit("Meera", Role::Manager).await;
        let other = bench.visit("Olu", Role::Manager).await;
        let service = &bench.service;
        service.save_figure_view(&meera, [1; 16], "Starts by age", "what=starts&by=age").await.unwrap();
        service.save_figure_view(&meera, [1; 16], "Starts by age", "what=starts&by=age").await.unwrap();
        assert!(service.save_figure_view(&meera, [2; 16], " ", "what=starts").await.is_err());
        let views = service.figure_views().await.unwrap();
        assert_eq!((views.len(), views[0].name.as_str()), (1, "Starts by age"));
        service.remove_figure_view(&other, views[0].id).await.unwrap();
        assert!(service.figure_views().await.unwrap().is_empty());
        let figures = service.figures(&meera, &question(Measure::Starts, &["age"])).await.unwrap();
        for format in [Format::Csv, Format::Xlsx, Format::Ods] {
            let bytes = format.write(std::slice::from_ref(&figures.sheet), &figures.method).unwrap();
            let mut start = [0; 2];
            bytes.as_slice().read_exact(&mut start).unwrap();
            assert_eq!(start == *b"PK", format != Format::Csv);
        }
    }
}

//! People brought in from another system's list, on both engines: checked, brought in, taken up again, undone.

use access::Role;
use casework::entries::Agreed;
use casework::import::columns::Shape;
use casework::import::dates::Order;
use casework::profile::fields;
use casework::{How, MeetingKind};
use jiff::civil::date;
use records::files::ALL_ENTRIES;
use records::imports::{Asked, Begun, Headed, Like, Source, State};
use records::{Error, Visit};

use crate::bench::{Bench, meeting};

const HEADINGS: &str = "GivenName,FamilyName,BirthDate,MobileNumber,AddressPostcode,StartDate,LastInteractionDate,CaseOwnerEmail";

fn list(rows: &[&str]) -> Source {
    Source::bytes(format!("{HEADINGS}\n{}\n", rows.join("\n")).into_bytes())
}

/// So many people with nothing in common.
fn many(count: usize) -> Source {
    let row = |at: usize| {
        let letters: String = format!("{at:05}").bytes().map(|b| char::from(b'a' + (b - b'0'))).collect();
        format!(
            "Qa{letters},Zu{letters},1{}/0{}/19{:02},0770090{:04},,13/05/2026,20/10/2026,",
            at % 9,
            at % 8 + 1,
            50 + at % 50,
            at % 1000
        )
    };
    let rows: Vec<String> = (0..count).map(row).collect();
    list(&rows.iter().map(String::as_str).collect::<Vec<_>>())
}

async fn headed(bench: &Bench, source: &Source, shape: Shape) -> Headed {
    match bench.service.begin_reading(source, shape).await.unwrap() {
        Begun::Headed(headed) => *headed,
        Begun::WhichSheet(sheets) => panic!("which of {sheets:?}"),
    }
}

async fn asked(bench: &Bench, source: &Source, adviser: &Visit) -> Asked {
    let headed = headed(bench, source, Shape::AptemLike).await;
    Asked {
        plan: headed.plan,
        notice_given: How::OnPaper,
        agreed: Agreed::InWords,
        adviser: adviser.staff,
        leave_faults_out: false,
        even_alike: false,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_looked_through_as_a_whole_before_anything_is_written() {
    for bench in Bench::all().await {
        let service = &bench.service;
        let ada = bench.visit("Ada", Role::Adviser).await;
        bench.client(&ada, "Daniel Whitfield").await;
        let source = list(&[
            "Maria,Lopes,27/3/1987,07700 900124,NE1 4ST,13/5/2026,20/10/2026,ada@example.org",
            "Daniel,Whitfield,,07700 900123,,13/5/2026,20/10/2026,",
            "John,Smith,31/2/1987,12,NE1 4ST,13/5/2026,20/10/2026,",
            "Ann,Other,14/3/1960,07700 900125,,13/5/2019,20/10/2019,",
            "MARIA,Lopes,27/3/1987,07700 900126,,13/5/2026,20/10/2026,",
        ]);
        let mut how = asked(&bench, &source, &ada).await;
        let report = service.check_import(&source, &how).await.unwrap();
        let wrong: Vec<String> = report.checked.wrong.iter().map(ToString::to_string).collect();
        assert_eq!(wrong.len(), 2, "{wrong:?}");
        assert!(wrong[0].starts_with("Line 4, column C (BirthDate)"), "{wrong:?}");
        assert!(wrong[1].starts_with("Line 4, column D (MobileNumber)"), "{wrong:?}");
        assert_eq!((report.checked.rows, report.checked.faulty_rows), (5, 1));
        assert_eq!(report.alike.iter().map(|row| row.line).collect::<Vec<_>>(), [3, 6], "{:?}", report.alike);
        assert_eq!((&report.alike[1].like, report.alike[1].very), (&Like::Line(2), true));
        assert_eq!(report.checked.past.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [5]);
        assert!(matches!(service.run_import(None, &source, &how, |_, _| true).await, Err(Error::Faults(_))));
        assert_eq!(service.people_known(), 1, "one fault stops it all");
        assert!(service.imports().await.unwrap().is_empty());

        how.leave_faults_out = true;
        how.plan.basis = Some("An open complaint about their support".into());
        let report = service.check_import(&source, &how).await.unwrap();
        let alike = report.very_alike;
        assert_eq!(report.ready, 4 - alike);
        let id = service.run_import(None, &source, &how, |_, _| true).await.unwrap();
        let import = service.import(id).await.unwrap();
        assert_eq!((import.state, import.made, import.left_out), (State::Done, 4 - alike, 1 + alike));
        let found = service.find_clients(&ada, "Maria Lopes", 5).await.unwrap().release().await.unwrap();
        let file =
            service.open_file(&ada, found[0].who.client, ALL_ENTRIES).await.unwrap().release().await.unwrap();
        assert_eq!(file.profile().date(&fields::DATE_OF_BIRTH), Some(date(1987, 3, 27)));
        assert_eq!(file.registered, date(2026, 5, 13));
        assert_eq!(file.until.last_contact, date(2026, 10, 20), "coming in is no contact");
        let found = service.find_clients(&ada, "Ann Other", 5).await.unwrap().release().await.unwrap();
        let file =
            service.open_file(&ada, found[0].who.client, ALL_ENTRIES).await.unwrap().release().await.unwrap();
        let basis = format!("{:?}", file.timeline);
        assert!(
            basis.contains("An open complaint") && basis.contains(&format!("{:?}", MeetingKind::FileNote))
        );
        let findings = service.examine().await;
        assert!(findings.iter().all(|finding| finding.sound), "{findings:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_broke_off_goes_on_with_the_same_file_and_makes_nobody_twice() {
    for bench in Bench::all().await {
        let service = &bench.service;
        let ada = bench.visit("Ada", Role::Adviser).await;
        let source = many(1100);
        let how = asked(&bench, &source, &ada).await;
        let mut far = 0;
        let id = service
            .run_import(None, &source, &how, |line, _| {
                far = line;
                false
            })
            .await
            .unwrap();
        let half = service.import(id).await.unwrap();
        assert_eq!((half.state, half.made, half.line, far), (State::Running, 500, 501, 501));
        let bench = bench.reopened().await.unwrap();
        let service = &bench.service;
        let how = asked(&bench, &source, &bench.visit_of(ada.staff, Role::Adviser)).await;
        let again = service.run_import(None, &source, &how, |_, _| true).await.unwrap();
        assert_eq!(again, id);
        let whole = service.import(id).await.unwrap();
        assert_eq!((whole.state, whole.made + whole.left_out), (State::Done, 1100));
        assert_eq!(service.people_known() as u64, whole.made);
        assert!(headed(&bench, &source, Shape::Plain).await.remembered);
        // The same list once more: everybody is on file already.
        let report = service.check_import(&source, &how).await.unwrap();
        assert!(report.very_alike > 1000, "{}", report.very_alike);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_is_undone_but_for_files_that_somebody_has_worked_with() {
    for bench in Bench::all().await {
        let service = &bench.service;
        let ada = bench.visit("Ada", Role::Adviser).await;
        let meera = bench.visit("Meera", Role::Manager).await;
        let stays = bench.client(&ada, "Daniel Whitfield").await;
        let source = many(7);
        let how = asked(&bench, &source, &ada).await;
        let id = service.run_import(Some(&meera), &source, &how, |_, _| true).await.unwrap();
        assert_eq!(service.people_known(), 8);
        bench.later(60);
        let found = service.find_clients(&ada, "Qaaaaad", 5).await.unwrap().release().await.unwrap();
        let worked = found[0].who.client;
        service
            .record_meeting(&ada, worked, [7; 16], date(2026, 11, 23), &meeting("Came by.", true))
            .await
            .unwrap();
        assert!(matches!(service.undo_import(Some(&ada), id).await, Err(Error::NotYours(_))));
        let undone = service.undo_import(Some(&meera), id).await.unwrap();
        assert_eq!((undone.erased, undone.kept), (6, 1));
        assert_eq!(service.people_known(), 2);
        for client in [stays, worked] {
            service.open_file(&ada, client, 20).await.unwrap().release().await.unwrap();
        }
        assert_eq!(service.import(id).await.unwrap().state, State::Undone);
        assert!(matches!(service.undo_import(Some(&meera), id).await, Err(Error::ChangedMeanwhile)));
        let findings = service.examine().await;
        assert!(findings.iter().all(|finding| finding.sound), "{findings:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_cannot_be_read_and_dates_that_can_be_read_in_two_ways_are_said() {
    for bench in Bench::all().await {
        let service = &bench.service;
        let ada = bench.visit("Ada", Role::Adviser).await;
        for (bytes, part) in [
            (b"".to_vec(), "empty"),
            (b"PK\x03\x04...".to_vec(), "spreadsheet"),
            (b"Clients 2026,,\nName,Mobile\n".to_vec(), "title"),
        ] {
            let Err(Error::Faults(faults)) = service.begin_reading(&Source::bytes(bytes), Shape::Plain).await
            else {
                panic!("{part}");
            };
            assert!(faults[0].message.contains(part), "{faults:?}");
        }
        let western =
            Source::bytes(b"Name;Mobile;Last contact\nZo\xeb Lef\xe8vre;07700900126;3/4/2026\n".to_vec());
        let mut how = asked(&bench, &western, &ada).await;
        how.leave_faults_out = true;
        let report = service.check_import(&western, &how).await.unwrap();
        assert!(report.checked.wrong[0].message.contains("two ways"), "{:?}", report.checked.wrong);
        assert!(
            matches!(service.run_import(None, &western, &how, |_, _| true).await, Err(Error::Faults(_))),
            "asked, never guessed"
        );
        how.plan.orders.insert(2, Order::MonthFirst);
        service.run_import(None, &western, &how, |_, _| true).await.unwrap();
        let found = service.find_clients(&ada, "Zoë", 5).await.unwrap().release().await.unwrap();
        let file = service.open_file(&ada, found[0].who.client, 20).await.unwrap().release().await.unwrap();
        assert_eq!(file.until.last_contact, date(2026, 3, 4));
        how.plan.mapping = vec![casework::import::Target::Leave; 3];
        assert!(
            matches!(service.check_import(&western, &how).await, Err(Error::Faults(faults)) if faults[0].field == *"columns")
        );
    }
}

/// A workbook that was made by another writer: tests/workbooks/make.py.
fn workbook(name: &str) -> Source {
    Source::path(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/workbooks").join(name))
}

async fn asked_of(bench: &Bench, source: &Source, adviser: &Visit) -> Asked {
    let headed = headed(bench, source, Shape::HanlonLike).await;
    Asked { plan: headed.plan, ..asked(bench, &list(&[]), adviser).await }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workbook_says_itself_what_its_days_and_numbers_are() {
    for bench in Bench::all().await {
        let service = &bench.service;
        let ada = bench.visit("Ada", Role::Adviser).await;
        for name in ["people.xlsx", "people-1904.xlsx"] {
            let source = workbook(name);
            let notes = headed(&bench, &source, Shape::HanlonLike).await.notes;
            assert_eq!(notes.len(), 2, "{notes:?}");
            assert!(notes[0].starts_with("Column F (Notes) is hidden"), "{notes:?}");
            assert!(notes[1].starts_with("Column E (Last Contact Date) has formulas (1)"), "{notes:?}");
            let how = Asked { even_alike: true, ..asked_of(&bench, &source, &ada).await };
            let report = service.check_import(&source, &how).await.unwrap();
            assert_eq!((report.checked.faults, report.ready), (0, 2), "{:?}", report.checked.wrong);
            let id = service.run_import(None, &source, &how, |_, _| true).await.unwrap();
            assert_eq!(service.import(id).await.unwrap().made, 2);
            for (who, born, mobile, contact) in [
                ("Maria Lopes", date(1987, 4, 3), "+447700900124", date(2026, 10, 5)),
                ("Zoë Lefèvre", date(1990, 12, 31), "+447700900125", date(2026, 10, 20)),
            ] {
                let found = service.find_clients(&ada, who, 1).await.unwrap().release().await.unwrap();
                let client = found[0].who.client;
                let file = service.open_file(&ada, client, 20).await.unwrap().release().await.unwrap();
                assert_eq!(file.profile().date(&fields::DATE_OF_BIRTH), Some(born), "{name}");
                assert_eq!(file.profile().text(&fields::MOBILE_PHONE), Some(mobile), "{name}");
                assert_eq!(file.until.last_contact, contact, "{name}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_of_a_sheet_is_said_with_the_row_and_column_that_the_sheet_has() {
    let bench = Bench::all().await.remove(0);
    let ada = bench.visit("Ada", Role::Adviser).await;
    let source = workbook("faults.xlsx");
    let how = asked_of(&bench, &source, &ada).await;
    let report = bench.service.check_import(&source, &how).await.unwrap();
    let wrong: Vec<String> = report.checked.wrong.iter().map(ToString::to_string).collect();
    let parts = [
        "Line 4, column B (Client Surname): This cell is merged",
        "Line 5, column B (Client Surname): This cell is merged",
        "Line 6: This row is hidden",
        "Line 7, column C (Client DOB): The value of this formula was never worked out",
        "Line 8, column D (Tel Mobile): The sheet could not work this cell out",
        "Line 9, column C (Client DOB): This is a time",
        "Line 10, column C (Client DOB): ",
        "Line 11, column D (Tel Mobile): This number is too long",
        "Line 12: This line has 7 cells, the line of headings 5",
    ];
    assert_eq!(wrong.len(), parts.len(), "{wrong:#?}");
    for (said, part) in wrong.iter().zip(parts) {
        assert!(said.starts_with(part), "{part}: {said}");
    }
    assert_eq!((report.checked.rows, report.checked.faulty_rows, report.ready), (10, 9, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_sheets_somebody_says_which_and_two_rows_of_headings_are_refused() {
    let bench = Bench::all().await.remove(0);
    let service = &bench.service;
    let ada = bench.visit("Ada", Role::Adviser).await;
    let source = workbook("sheets.xlsx");
    match service.begin_reading(&source, Shape::HanlonLike).await.unwrap() {
        Begun::WhichSheet(sheets) => assert_eq!(sheets, ["Cover", "Clients", "Left us"]),
        Begun::Headed(headed) => panic!("{headed:?}"),
    }
    let how = asked_of(&bench, &source.clone().sheet("Clients"), &ada).await;
    let how = Asked { even_alike: true, ..how };
    for (sheet, who) in [("Clients", "Maria Lopes"), ("Left us", "Ann Lopes")] {
        let sheet = source.clone().sheet(sheet);
        service.run_import(None, &sheet, &how, |_, _| true).await.unwrap();
        assert_eq!(
            service.find_clients(&ada, who, 5).await.unwrap().release().await.unwrap()[0].who.name,
            who
        );
    }
    let two = workbook("two-headings.xlsx");
    let report = service.check_import(&two, &how).await.unwrap();
    assert!(
        report.checked.wrong[0].message.contains("second line of headings"),
        "{:?}",
        report.checked.wrong
    );
    let text = Source::bytes(b"Name\nAnn\n".to_vec());
    let cases = [
        (source.clone().sheet("Cover"), None),
        (source.clone().sheet("Hidden"), Some("There is no sheet Hidden; there are Cover, Clients, Left us")),
        (workbook("merged-headings.xlsx"), Some("Cells of the headings are merged")),
        (workbook("protected.xlsx"), Some("password")),
        (workbook("bomb-words.xlsx"), Some("too large")),
        (workbook("bomb-cell.xlsx"), Some("too large")),
        (text.clone().sheet("Clients"), Some("no sheets")),
        (Source::bytes([b"PK\x03\x04".as_slice(), &[7; 200]].concat()), Some("spreadsheet cannot be read")),
        (cut_short("people.xlsx"), Some("spreadsheet cannot be read")),
    ];
    for (source, part) in cases {
        match (service.begin_reading(&source, Shape::HanlonLike).await, part) {
            (Err(Error::Faults(faults)), Some(part)) => {
                assert!(faults[0].message.contains(part), "{faults:?}")
            }
            (Ok(Begun::Headed(headed)), None) => assert_eq!(headed.headings, ["Clients of 2026"]),
            (other, part) => panic!("{part:?}: {other:?}"),
        }
    }
}

/// The first half of a workbook.
fn cut_short(name: &str) -> Source {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/workbooks").join(name);
    let mut bytes = std::fs::read(path).unwrap();
    bytes.truncate(bytes.len() / 2);
    Source::bytes(bytes)
}

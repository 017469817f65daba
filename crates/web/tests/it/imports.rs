//! Bringing people in through the pages: the file, its columns, what would happen, how far it is.

use access::Role;
use axum::http::StatusCode;

use crate::bench::{Answered, Bench};

/// Sends a list as a browser does.
async fn send(bench: &Bench, cookie: &str, shape: &str, list: &[u8]) -> Answered {
    let mut body = format!("--edge\r\nContent-Disposition: form-data; name=\"shape\"\r\n\r\n{shape}\r\n--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"list.csv\"\r\nContent-Type: text/csv\r\n\r\n").into_bytes();
    body.extend_from_slice(list);
    body.extend_from_slice(b"\r\n--edge--\r\n");
    bench.send_raw("/import", body, Some(cookie)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_brought_in_step_by_step_and_undone() {
    for bench in Bench::all().await {
        let (ada, cookie) = bench.signed_in("Ada", Role::Adviser).await;
        assert_eq!(bench.get("/import", Some(&cookie)).await.status, StatusCode::NOT_FOUND);
        let (_, manager) = bench.signed_in("Meera", Role::Manager).await;
        assert!(bench.get("/import", Some(&manager)).await.text.contains("Nobody was brought in yet"));
        for (list, part) in [(b"".as_slice(), "Choose a file"), (b"PK\x03\x04", "spreadsheet")] {
            let wrong = send(&bench, &manager, "plain", list).await;
            assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(wrong.text.contains(part) && wrong.text.contains("There is a problem"), "{}", wrong.text);
        }
        let list = "Client Forename;Client Surname;Client DOB;Tel Mobile;Last Contact Date;Shoes\nMaria;Lopes;27/3/1987;07700 900124;3/4/2026;38\nZed;Quill;1/2/1990;12;4/4/2026;\n";
        let taken = send(&bench, &manager, "hanlon-like", list.as_bytes()).await;
        assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.text);
        let address = taken.headers["location"].to_str().unwrap().to_owned();
        assert_eq!(bench.get(&address, Some(&cookie)).await.status, StatusCode::NOT_FOUND);
        let page = bench.get(&address, Some(&manager)).await.text;
        assert!(page.contains("Client Surname") && page.contains("Like: Lopes"), "{page}");

        let columns = "column-0=first-name&column-1=last-name&column-2=date_of_birth&column-3=mobile_phone&column-4=last-contact&column-5=";
        let dates = "last_contact-day=&last_contact-month=&last_contact-year=&basis=";
        let bare = format!("{columns}&how=&agreed=&adviser=&{dates}&do=check");
        let missing = bench.post(&address, &bare, Some(&manager)).await;
        assert_eq!(missing.status, StatusCode::UNPROCESSABLE_ENTITY);
        for name in ["how", "agreed", "adviser"] {
            assert!(missing.text.contains(&format!("href=\"#{name}\"")), "{name}: {}", missing.text);
        }
        let how = format!("how=on-paper&agreed=in-words&adviser={ada}&{dates}");
        let look = bench.post(&address, &format!("{columns}&{how}&do=check"), Some(&manager)).await;
        assert_eq!(look.status, StatusCode::OK, "{}", look.text);
        assert!(
            look.text.contains("two ways") && look.text.contains("3/4/26 in Last Contact Date is"),
            "{}",
            look.text
        );
        let said = format!("{columns}&order-4=day&{how}");
        let faulty = bench.post(&address, &format!("{said}&do=run"), Some(&manager)).await;
        assert_eq!(faulty.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            faulty.text.contains("D: Tel Mobile") && faulty.text.contains("Put the faults right"),
            "{}",
            faulty.text
        );
        let set_out =
            bench.post(&address, &format!("{said}&leave_faults_out=on&do=run"), Some(&manager)).await;
        assert_eq!(set_out.status, StatusCode::SEE_OTHER, "{}", set_out.text);
        let progress = set_out.headers["location"].to_str().unwrap().to_owned();
        let mut last = String::new();
        for _ in 0..100 {
            last = bench.get(&progress, Some(&manager)).await.text;
            if last.contains("The list is brought in") {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        assert!(last.contains("1 person brought in"), "{last}");
        assert!(bench.get("/clients", Some(&cookie)).await.text.contains("Maria Lopes"));
        let all = bench.get("/import", Some(&manager)).await.text;
        assert!(all.contains("Through"), "{all}");
        let undo = all.split("href=\"/imports/").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let asks = bench.get(&format!("/imports/{undo}"), Some(&manager)).await.text;
        assert!(asks.contains("none comes back") && asks.contains("1 file came with it"), "{asks}");
        assert_eq!(
            bench.post(&format!("/imports/{undo}"), "", Some(&cookie)).await.status,
            StatusCode::NOT_FOUND
        );
        let undone = bench.post(&format!("/imports/{undo}"), "", Some(&manager)).await;
        assert!(undone.status == StatusCode::OK && undone.text.contains("1 file erased"), "{}", undone.text);
        assert!(!bench.get("/clients", Some(&cookie)).await.text.contains("Maria Lopes"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_workbook_with_several_sheets_one_is_chosen_on_a_page() {
    let bench = Bench::all().await.remove(0);
    bench.signed_in("Ada", Role::Adviser).await;
    let (_, manager) = bench.signed_in("Meera", Role::Manager).await;
    let book = include_bytes!("../../../records/tests/workbooks/sheets.xlsx");
    let taken = send(&bench, &manager, "hanlon-like", book).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.text);
    let address = taken.headers["location"].to_str().unwrap().to_owned();
    let page = bench.get(&address, Some(&manager)).await.text;
    for name in ["Cover", "Clients", "Left us"] {
        assert!(page.contains(&format!("value=\"{name}\"")), "{page}");
    }
    assert!(!page.contains("Hidden") && !page.contains("Empty"), "{page}");
    for body in ["sheet=", "sheet=Hidden"] {
        let wrong = bench.post(&address, body, Some(&manager)).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            wrong.text.contains("Choose a sheet") && wrong.text.contains("There is a problem"),
            "{}",
            wrong.text
        );
    }
    let chosen = bench.post(&address, "sheet=Left+us", Some(&manager)).await;
    assert_eq!(chosen.status, StatusCode::SEE_OTHER, "{}", chosen.text);
    let columns = bench.get(&address, Some(&manager)).await.text;
    assert!(columns.contains("Client Surname") && columns.contains("Like: Ann"), "{columns}");
}

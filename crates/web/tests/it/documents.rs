//! Sending documents through the pages, and what a browser is given to show.

use access::Role;
use axum::http::StatusCode;

use crate::bench::Bench;

const PDF: &[u8] = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n";

fn key() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

// promise: P4
#[tokio::test(flavor = "multi_thread")]
async fn a_document_is_sent_shown_in_a_sandbox_downloaded_replaced_and_deleted() {
    for bench in Bench::all().await {
        let (ada, cookie) = bench.signed_in("Ada", Role::Adviser).await;
        let client = bench.client(ada, "Daniel Whitfield").await;
        let list = format!("/clients/{client}/documents");
        let key = key();
        let fields = [("form", key.as_str()), ("title", ""), ("kind", "certificate"), ("note", "Level 2")];
        let before = bench.entries_of(ada).await;
        let name = "C:\\\\Scans\\\\Zertifikat \u{202e}ü;.PDF";
        let made = bench.send(&list, &fields, Some((name, PDF)), Some(&cookie)).await;
        assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
        assert_eq!(bench.entries_of(ada).await - before, 1, "one entry for one document");
        let again = bench.send(&list, &fields, Some((name, PDF)), Some(&cookie)).await;
        assert_eq!(again.headers["location"], made.headers["location"], "sent twice, kept once");
        let page = made.headers["location"].to_str().unwrap().split('?').next().unwrap().to_owned();
        let shown = bench.get(&page, Some(&cookie)).await.text;
        assert!(shown.contains("Zertifikat ü;") && shown.contains("Level 2"), "{shown}");

        let before = bench.entries_of(ada).await;
        let view = bench.get(&format!("{page}/1/view"), Some(&cookie)).await;
        assert_eq!((view.status, view.text.as_bytes()), (StatusCode::OK, PDF));
        let header = |name: &str| view.headers[name].to_str().unwrap().to_owned();
        assert_eq!(header("content-type"), "application/pdf", "ours, not what was sent");
        assert!(header("content-security-policy").starts_with("sandbox; default-src 'none'"));
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("cache-control"), "no-store");
        assert_eq!(header("content-length"), PDF.len().to_string());
        assert!(
            header("content-disposition")
                .starts_with("inline; filename*=UTF-8''Zertifikat%20%C3%BC%3B%2Epdf")
        );
        let download = bench.get(&format!("{page}/1/download"), Some(&cookie)).await;
        assert!(download.headers["content-disposition"].to_str().unwrap().starts_with("attachment;"));
        assert_eq!(bench.entries_of(ada).await - before, 2, "each look is an entry");

        let key = self::key();
        let next = [("form", key.as_str()), ("seen", "1"), ("title", "CV"), ("kind", "cv"), ("note", "")];
        let replaced = bench.send(&page, &next, Some(("cv.txt", b"Words")), Some(&cookie)).await;
        assert_eq!(replaced.status, StatusCode::SEE_OTHER, "{}", replaced.text);
        let key = self::key();
        let stale = [("form", key.as_str()), ("seen", "1"), ("title", "CV"), ("kind", "cv"), ("note", "")];
        let stale = bench.send(&page, &stale, Some(("cv.txt", b"Words")), Some(&cookie)).await;
        assert_eq!(stale.status, StatusCode::CONFLICT);
        let text = bench.get(&format!("{page}/2/view"), Some(&cookie)).await;
        assert_eq!(text.headers["content-type"], "text/plain; charset=utf-8");
        let gone = bench.post(&format!("{page}/delete"), "newest=2", Some(&cookie)).await;
        assert_eq!(gone.status, StatusCode::SEE_OTHER, "{}", gone.text);
        assert_eq!(bench.get(&page, Some(&cookie)).await.status, StatusCode::NOT_FOUND);
        assert_eq!(bench.get(&format!("{page}/1/view"), Some(&cookie)).await.status, StatusCode::NOT_FOUND);
    }
}

// promise: P12
#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_document_is_said_beside_its_field_and_what_was_typed_stays() {
    for bench in Bench::all().await {
        let (ada, cookie) = bench.signed_in("Ada", Role::Adviser).await;
        let client = bench.client(ada, "Daniel Whitfield").await;
        let list = format!("/clients/{client}/documents");
        let key = key();
        let fields = [("form", key.as_str()), ("title", "My title"), ("kind", "cv"), ("note", "My note")];
        let large = vec![b'a'; 20 * 1024 * 1024 + 1];
        type File<'a> = Option<(&'a str, &'a [u8])>;
        let cases: [(File<'_>, &str); 7] = [
            (Some(("a.txt", &large)), "larger than 20 MB"),
            (Some(("a.png", b"<svg/>")), "is not a PNG picture"),
            (Some(("a.pdf", b"MZ")), "is not a PDF"),
            (Some(("a.exe", b"MZ")), "Choose a PDF"),
            (Some(("a.txt", b"")), "empty"),
            (Some(("../../a\u{202e}", b"")), "Choose a PDF"),
            (None, "Choose a file"),
        ];
        for (file, says) in cases {
            let answered = bench.send(&list, &fields, file, Some(&cookie)).await;
            assert_eq!(answered.status, StatusCode::UNPROCESSABLE_ENTITY, "{says}");
            for text in [says, "href=\"#file\"", "value=\"My title\"", "My note", &key] {
                assert!(answered.text.contains(text), "{text}: {}", answered.text);
            }
        }
        let no_kind = [("form", key.as_str()), ("title", &"x".repeat(200)), ("kind", ""), ("note", "")];
        let answered = bench.send(&list, &no_kind, Some(("a.txt", b"x")), Some(&cookie)).await;
        assert_eq!(answered.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answered.text.contains("href=\"#kind\"") && answered.text.contains("href=\"#title\""));

        let whole = format!(
            "--edge\r\nContent-Disposition: form-data; name=\"form\"\r\n\r\n{key}\r\n--edge\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\ncv\r\n--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nWords that break o"
        );
        let odd = [
            whole.clone().into_bytes(),
            format!("{whole}\r\n--edge--\r\n").replace("a.txt", "a\u{1}.txt").into_bytes(),
            b"nothing of the kind".to_vec(),
            b"--edge\r\nno header\r\n".to_vec(),
            b"--edge--\r\n--edge\r\n".to_vec(),
        ];
        for body in odd {
            let answered = bench.send_raw(&list, body.clone(), Some(&cookie)).await;
            assert_eq!(answered.status, StatusCode::UNPROCESSABLE_ENTITY, "{body:?}");
        }
        let more = [("form", key.as_str()), ("author", "somebody"), ("kind", "cv")];
        let answered = bench.send(&list, &more, Some(("a.txt", b"x")), Some(&cookie)).await;
        assert!(answered.text.contains("does not ask for"), "{}", answered.text);
        let twice = [("form", key.as_str()), ("kind", "cv"), ("kind", "letter")];
        let answered = bench.send(&list, &twice, Some(("a.txt", b"x")), Some(&cookie)).await;
        assert!(answered.text.contains("same field twice"));
        assert!(
            bench.get(&list, Some(&cookie)).await.text.contains("No document yet"),
            "nothing is half kept"
        );
        let found = bench.service.examine().await.into_iter().find(|f| f.name == "documents").unwrap();
        assert!(found.sound && !found.detail.contains("left over"), "{found:?}");
        let out = bench.send(&list, &fields, Some(("a.txt", b"x")), None).await;
        assert_eq!(out.status, StatusCode::SEE_OTHER);
    }
}

// promise: P14
#[tokio::test(flavor = "multi_thread")]
async fn paper_has_a_label_without_a_name_and_is_lent_and_taken_back() {
    for bench in Bench::all().await {
        let (ada, cookie) = bench.signed_in("Ada", Role::Adviser).await;
        let (_, desk) = bench.signed_in("Desk", Role::Receptionist).await;
        let client = bench.client(ada, "Daniel Whitfield").await;
        let add = format!("/clients/{client}/paper");
        let wrong =
            bench.post(&add, &format!("form={}&what=&room=&cabinet=B&folder=", key()), Some(&cookie)).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.text.contains("href=\"#what\"") && wrong.text.contains("href=\"#room\""));
        let paper = format!("/paper/{}", bench.paper(ada, &client.to_string()).await);
        let page = bench.get(&paper, Some(&desk)).await.text;
        let label = page.split("app-label").nth(1).unwrap().split("app-muted").next().unwrap();
        assert!(
            label.contains("P-10001") && label.contains("Barcode of P-10001") && !label.contains("Daniel")
        );
        assert!(!page.contains("Signed agreement"), "reception does not read what it is");
        let found = bench.get("/paper?label=p10001", Some(&desk)).await;
        assert_eq!(found.headers["location"].to_str().unwrap(), paper);
        assert!(bench.get("/paper?label=P-1", Some(&desk)).await.text.contains("No paper has this label"));
        let late = bench.post(&paper, &format!("version=1&do=lend&to={ada}&due=1+1+2020"), Some(&desk)).await;
        assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(late.text.contains("href=\"#due\"") && late.text.contains("value=\"1 1 2020\""));
        let lent = bench.post(&paper, &format!("version=1&do=lend&to={ada}&due=tomorrow"), Some(&desk)).await;
        assert_eq!(lent.status, StatusCode::SEE_OTHER, "{}", lent.text);
        let out = bench.get("/paper", Some(&desk)).await.text;
        assert!(
            out.contains("P-10001") && out.contains("Daniel Whitfield") && out.contains("Lent until"),
            "{out}"
        );
        let back = bench.post(&paper, "version=2&do=return", Some(&desk)).await;
        assert_eq!(back.status, StatusCode::SEE_OTHER);
        bench.service.erase_file("NB-10001", records::erasure::Ground::Request).await.unwrap();
        let task = bench.get("/paper", Some(&desk)).await.text;
        assert!(task.contains("To be destroyed") && task.contains("Office 2") && !task.contains("Daniel"));
        let done = bench.post(&paper, "version=4&do=destroyed", Some(&desk)).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
        assert!(bench.get("/paper", Some(&desk)).await.text.contains("Nothing has to be destroyed"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manager_hands_clients_over_and_an_adviser_is_covered_through_the_pages() {
    for bench in Bench::all().await {
        let (ada, cookie) = bench.signed_in("Ada", Role::Adviser).await;
        let (bruno, other) = bench.signed_in("Bruno", Role::Adviser).await;
        let (_, manager) = bench.signed_in("Meera", Role::Manager).await;
        let one = bench.client(ada, "Daniel Whitfield").await;
        let two = bench.client(ada, "Maria Lopes").await;
        assert_eq!(bench.get("/team/hand-over", Some(&cookie)).await.status, StatusCode::NOT_FOUND);
        let list = bench.get(&format!("/team/hand-over?from={ada}"), Some(&manager)).await.text;
        assert!(list.contains("Daniel Whitfield") && list.contains("Maria Lopes"));
        assert!(!list.contains("name=\"unnamed\"") && !list.contains("consent"), "everybody may be named");
        let booked = crate::bench::booking("1 3 2027", "10:00", ada);
        let booked = bench.post(&format!("/clients/{one}/appointments"), &booked, Some(&cookie)).await;
        assert_eq!(booked.status, StatusCode::SEE_OTHER, "{}", booked.text);
        let form = key();
        let wrong = format!("form={form}&giver={ada}&taker=&reason=&client={one}");
        let answered = bench.post("/team/hand-over", &wrong, Some(&manager)).await;
        assert_eq!(answered.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answered.text.contains("href=\"#taker\"") && answered.text.contains("checked"));
        let right = format!("form={form}&giver={ada}&taker={bruno}&reason=leaves&client={one}");
        let begun = bench.post("/team/hand-over", &right, Some(&manager)).await;
        assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.text);
        let page = begun.headers["location"].to_str().unwrap().to_owned();
        let mut shown = bench.get(&page, Some(&manager)).await;
        for _ in 0..100 {
            if !shown.headers.contains_key("refresh") {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            shown = bench.get(&page, Some(&manager)).await;
        }
        assert!(shown.text.contains("1 client handed over"), "{}", shown.text);
        assert!(shown.text.contains("Still booked with their adviser of before"));
        assert!(shown.text.contains("Monday 1 March 2027, 10:00am"), "{}", shown.text);
        assert!(bench.get("/clients", Some(&other)).await.text.contains("Daniel Whitfield"));

        // Who took back consent to support is counted, named nowhere, and goes along where that is ticked.
        let three = bench.client(ada, "Chidi Eze").await;
        let back = format!("form={}&about=support", key());
        let withdraw = format!("/clients/{three}/consent/withdraw");
        let asked = bench.post(&withdraw, &back, Some(&cookie)).await;
        assert!(
            asked.text.contains("Take back consent to our support?"),
            "it closes the file: {}",
            asked.text
        );
        let taken = bench.post(&withdraw, &format!("{back}&sure=yes"), Some(&cookie)).await;
        // The file is closed to the adviser now: the page says what follows and names nobody but who can help.
        assert_eq!(taken.status, StatusCode::OK, "{}", taken.text);
        assert!(taken.text.contains("The file is closed") && taken.text.contains("erased within a month"));
        assert!(!taken.text.contains("Chidi"), "{}", taken.text);
        let list = bench.get(&format!("/team/hand-over?from={ada}"), Some(&manager)).await.text;
        assert!(
            list.contains("Maria Lopes") && !list.contains("Chidi") && !list.contains(&three.to_string())
        );
        assert!(list.contains("1 client took back consent to support, so nobody is named"), "{list}");
        let wrong = format!("form={}&giver={ada}&taker=&reason=leaves&unnamed=yes", key());
        let again = bench.post("/team/hand-over", &wrong, Some(&manager)).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(!again.text.contains("Tick the clients") && again.text.contains("checked"), "{}", again.text);
        let right = format!("form={}&giver={ada}&taker={bruno}&reason=leaves&unnamed=yes", key());
        let begun = bench.post("/team/hand-over", &right, Some(&manager)).await;
        assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.text);
        bench.service.carry_on_hand_overs().await.unwrap();
        let list = bench.get(&format!("/team/hand-over?from={ada}"), Some(&manager)).await.text;
        assert!(!list.contains("took back consent"), "{list}");
        let list = bench.get(&format!("/team/hand-over?from={bruno}"), Some(&manager)).await.text;
        assert!(list.contains("1 client took back consent"), "{list}");

        let file = format!("/clients/{two}");
        assert_eq!(bench.get(&file, Some(&other)).await.status, StatusCode::FORBIDDEN);
        let cover = format!("form={}&absent={ada}&covering={bruno}&from=today&until=tomorrow", key());
        assert_eq!(bench.post("/cover", &cover, Some(&other)).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let arranged = bench.post("/cover", &cover, Some(&cookie)).await;
        assert_eq!(arranged.status, StatusCode::SEE_OTHER, "{}", arranged.text);
        assert_eq!(bench.get(&file, Some(&other)).await.status, StatusCode::OK);
        let mine = bench.get("/clients", Some(&other)).await.text;
        assert!(mine.contains("Maria Lopes") && mine.contains("Cover for Ada"), "{mine}");
        let id = hex::encode(bench.service.covers().await.unwrap()[0].id);
        let ended = bench.post(&format!("/cover/{id}/end"), "", Some(&cookie)).await;
        assert_eq!(ended.status, StatusCode::SEE_OTHER);
        assert!(!bench.get("/clients", Some(&other)).await.text.contains("Maria Lopes"));
    }
}

//! Lists as people like them: paged, close together, gone through by single keys; and a document of a programme in its lists.

use access::Role;
use axum::http::StatusCode;

use crate::bench::Bench;

fn form() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_due_is_paged_and_ticking_off_stays_on_its_page() {
    for bench in Bench::all().await {
        let (ada, cookie) = bench.signed_in("Ada", Role::Adviser).await;
        let client = bench.client(ada, "Daniel Whitfield").await.to_string();
        let mut tasks = Vec::new();
        for _ in 0..103 {
            tasks.push(bench.entry(ada, &client, false).await);
        }
        let shown =
            |page: &str| tasks.iter().filter(|task| page.contains(&format!("{client}.{task}"))).count();
        let first = bench.get("/tasks", Some(&cookie)).await.text;
        assert_eq!(shown(&first), 100);
        assert!(first.contains("1 to 100 of 103") && first.contains("103 things"), "{first}");
        assert!(first.contains("href=\"/tasks?page=2&amp;rest=1\"") && !first.contains("Previous page"));
        let second = bench.get("/tasks?page=2&rest=1", Some(&cookie)).await.text;
        assert_eq!(shown(&second), 3);
        assert!(second.contains("101 to 103 of 103") && !second.contains("Next page"));
        let past_the_end = bench.get("/tasks?page=99", Some(&cookie)).await.text;
        assert_eq!(shown(&past_the_end), 3, "the last page");

        let ticked = tasks.iter().find(|task| second.contains(task.as_str())).unwrap();
        let done =
            bench.post("/tasks", &format!("page=2&rest=1&task={client}.{ticked}"), Some(&cookie)).await;
        let to = done.headers["location"].to_str().unwrap();
        assert_eq!(to, "/tasks?done=1&left=0&page=2&rest=1");
        let after = bench.get(to, Some(&cookie)).await.text;
        assert!(after.contains("1 task done") && after.contains("101 to 102 of 102"), "{after}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn density_and_single_keys_are_off_until_somebody_chooses_them_and_for_them_alone() {
    for bench in Bench::all().await {
        let (ada, cookie) = bench.signed_in("Ada", Role::Adviser).await;
        let (_, other) = bench.signed_in("Bert", Role::Adviser).await;
        bench.client(ada, "Daniel Whitfield").await;
        let list = async |cookie: &str| bench.get("/clients", Some(cookie)).await.text;
        let plain = list(&cookie).await;
        assert!(!plain.contains("app-compact") && !plain.contains("data-key"), "{plain}");
        let page = bench.get("/account/settings", Some(&cookie)).await.text;
        assert!(
            page.contains("data-key=\"w\"") && !page.contains("<dialog"),
            "what the keys would do is said"
        );

        let wrong = bench.post("/account/settings", "density=compact&shortcuts=perhaps", Some(&cookie)).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.text.contains("Choose one of the two") && !list(&cookie).await.contains("app-compact"));
        let nothing = bench.post("/account/settings", "", Some(&cookie)).await;
        assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);

        let saved = bench.post("/account/settings", "density=compact&shortcuts=on", Some(&cookie)).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
        let mine = list(&cookie).await;
        assert!(mine.contains("app-staff app-compact") && mine.contains("id=\"key-list\""), "{mine}");
        assert!(
            mine.contains("data-key=\"c\" data-goes=\"/clients\"") && !mine.contains("data-goes=\"/team\"")
        );
        let theirs = list(&other).await;
        assert!(!theirs.contains("app-compact") && !theirs.contains("data-key"));

        let bench = bench.opened_again().await;
        let mine = bench.get("/clients", Some(&cookie)).await.text;
        assert!(mine.contains("app-compact") && mine.contains("data-key"), "kept with the person");
        bench.post("/account/settings", "density=comfortable&shortcuts=off", Some(&cookie)).await;
        let mine = bench.get("/clients", Some(&cookie)).await.text;
        assert!(!mine.contains("app-compact") && !mine.contains("data-key"), "and switched off again");
    }
}

// promise: P13
#[tokio::test(flavor = "multi_thread")]
async fn a_document_is_put_with_a_programme_on_its_form_and_shown_on_its_page() {
    for bench in Bench::all().await {
        let (ada, cookie) = bench.signed_in("Ada", Role::Adviser).await;
        let client = bench.client(ada, "Daniel Whitfield").await.to_string();
        let base = format!("/clients/{client}/documents");
        let before = bench.get(&base, Some(&cookie)).await.text;
        assert!(!before.contains("name=\"programme\""), "nothing to choose from");
        let placed = bench.placed(ada, &client).await;
        let placement = format!("/clients/{client}/placements/{}", placed.placement);
        let empty = bench.get(&placement, Some(&cookie)).await.text;
        let link = format!("{base}?programme={}#add-document", placed.programme);
        assert!(empty.contains("Documents of the programme") && empty.contains(&link), "{empty}");
        let asked = bench.get(&format!("{base}?programme={}", placed.programme), Some(&cookie)).await.text;
        assert!(asked.contains(&format!("value=\"{}\" checked", placed.programme)), "{asked}");

        let form = form();
        let fields =
            |programme| [("form", form.as_str()), ("title", "Certificate"), ("programme", programme)];
        let file = Some(("proof.txt", b"Forklift licence".as_slice()));
        // Something is missing: what was chosen comes back.
        let again = bench.send(&base, &fields(&placed.programme), file, Some(&cookie)).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(again.text.contains("Choose what it is"), "{}", again.text);
        assert!(again.text.contains(&format!("value=\"{}\" checked", placed.programme)), "{}", again.text);
        let all = |programme| {
            [
                ("form", form.as_str()),
                ("kind", "certificate"),
                ("title", "Certificate"),
                ("programme", programme),
            ]
        };
        let unknown = "00".repeat(16);
        let none = bench.send(&base, &all(&unknown), file, Some(&cookie)).await;
        assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(none.text.contains("Choose a programme that this client is on"), "{}", none.text);
        let broken = bench.send(&base, &all("nonsense"), file, Some(&cookie)).await;
        assert_eq!(broken.status, StatusCode::UNPROCESSABLE_ENTITY);

        let kept = bench.send(&base, &all(&placed.programme), file, Some(&cookie)).await;
        assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text);
        let own = bench.document(ada, &client).await;
        let shown = bench.get(&placement, Some(&cookie)).await.text;
        assert!(shown.contains(">Certificate</a>") && !shown.contains(&own), "{shown}");
        let listed = bench.get(&base, Some(&cookie)).await.text;
        assert!(listed.contains("For Skills Ladder") && listed.contains(&own), "{listed}");

        // The file's own is kept with the programme from now on, and with the file again.
        let page = format!("{base}/{own}");
        let shown = bench.get(&page, Some(&cookie)).await.text;
        assert!(shown.contains("Keep it elsewhere") && !shown.contains("The file itself"), "{shown}");
        let to = |programme: &str| format!("form={}&newest=1&programme={programme}", self::form());
        let stays = bench.post(&format!("{page}/move"), &to(""), Some(&cookie)).await;
        assert_eq!(stays.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(stays.text.contains("href=\"#programme\"") && stays.text.contains("kept there already"));
        let broken = bench.post(&format!("{page}/move"), &to("nonsense"), Some(&cookie)).await;
        assert_eq!(broken.status, StatusCode::UNPROCESSABLE_ENTITY);
        let before = bench.entries_of(ada).await;
        let moved = bench.post(&format!("{page}/move"), &to(&placed.programme), Some(&cookie)).await;
        assert_eq!(bench.entries_of(ada).await - before, 1, "one entry for one move");
        assert_eq!(moved.status, StatusCode::SEE_OTHER, "{}", moved.text);
        let there = moved.headers["location"].to_str().unwrap().to_owned();
        let shown = bench.get(&there, Some(&cookie)).await.text;
        assert!(shown.contains("kept there from now on") && shown.contains("Belongs to"), "{shown}");
        assert!(shown.contains("The file itself") && !shown.contains(&own));
        let gone = bench.get(&page, Some(&cookie)).await;
        assert_eq!(gone.status, StatusCode::NOT_FOUND);
        let there = there.split('?').next().unwrap();
        let back = bench.post(&format!("{there}/move"), &to(""), Some(&cookie)).await;
        assert_eq!(back.status, StatusCode::SEE_OTHER, "{}", back.text);
        let document = kept.headers["location"].to_str().unwrap();
        let page = bench.get(document, Some(&cookie)).await.text;
        assert!(page.contains("and is kept as its notice says"), "{page}");
        // A new version lies where the document lies: nobody is asked, and nobody can say otherwise.
        assert_eq!(page.matches("name=\"programme\"").count(), 1, "the choice of keeping it elsewhere");
        let replace = document.split('?').next().unwrap();
        let fields = [("form", form.as_str()), ("seen", "1"), ("kind", "certificate"), ("programme", "")];
        let refused = bench.send(replace, &fields, file, Some(&cookie)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}

//! Figures: asked by managers, saved, published by two people, read by everybody.

use access::Role;
use axum::http::StatusCode;
use web::{ROUTES, Who};

use crate::bench::Bench;
use crate::table::path;

fn form() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_are_for_managers_and_name_nobody() {
    for bench in Bench::all().await {
        let (ada, cookie) = bench.signed_in("Ada", Role::Adviser).await;
        bench.client(ada, "Daniel Whitfield").await;
        for route in
            ROUTES.iter().filter(|route| route.path.starts_with("/figures") && route.who == Who::Staff)
        {
            let at = path(route, "");
            let answered = match route.method {
                web::Method::Get => bench.get(&at, Some(&cookie)).await,
                web::Method::Post => {
                    let body = match route.path {
                        "/figures/views" => format!("form={}&do=save&name=x", form()),
                        "/figures/packs" => format!("form={}&story=reach&from=2026-07&to=2026-07", form()),
                        "/figures/equality" => "population=Age,Under+18,5".to_owned(),
                        _ => "do=publish".to_owned(),
                    };
                    bench.post(&at, &body, Some(&cookie)).await
                }
            };
            let closed = [StatusCode::FORBIDDEN, StatusCode::NOT_FOUND].contains(&answered.status);
            assert!(closed, "{at}: {}", answered.status);
        }
        let (meera, manager) = bench.signed_in("Meera", Role::Manager).await;
        let before = bench.entries_of(meera).await;
        let page = bench.get("/figures", Some(&manager)).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        assert_eq!(bench.entries_of(meera).await - before, 1);
        assert!(page.text.contains("Not for publication") && !page.text.contains("Daniel"));
        assert!(!page.text.contains("ethnicity"), "equality answers are for the equality report alone");
        let report = bench.get("/figures/equality", Some(&manager)).await;
        assert!(report.text.contains("Ethnic group") && !report.text.contains("Daniel"));
        let link = report.text.split("href=\"/figures/equality/report.pdf?").nth(1).unwrap();
        let link = link.split('"').next().unwrap().replace("&amp;", "&");
        let before = bench.entries_of(meera).await;
        let saved = bench.get(&format!("/figures/equality/report.pdf?{link}"), Some(&manager)).await;
        assert_eq!(saved.headers["content-type"], "application/pdf");
        assert!(saved.text.starts_with("%PDF-1.7") && !saved.text.contains("Daniel"));
        assert_eq!(bench.entries_of(meera).await - before, 1);
        let wrong = "/figures/equality/report.pdf?what=moons&from=2026-07&to=2026-07";
        assert_eq!(bench.get(wrong, Some(&manager)).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_typed_wrong_stays_and_is_told_beside_its_field() {
    for bench in Bench::all().await {
        let (_, manager) = bench.signed_in("Meera", Role::Manager).await;
        for (query, id, words) in [
            (
                "what=starts&by=age&and=age&from=2026-07&to=2026-07",
                "and-error",
                "Choose two different things",
            ),
            ("what=moons&by=age&from=2026-07&to=2026-07", "what-error", "Choose what is counted"),
            ("what=starts&by=age&from=2026-07&to=2026-04", "to-error", "the first one or later"),
            ("what=outcomes&by=disability&from=2026-07&to=2026-07", "by-error", "both sensitive"),
        ] {
            let page = bench.get(&format!("/figures?{query}"), Some(&manager)).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
            assert!(page.text.contains("There is a problem") && page.text.contains(words), "{query}");
            assert!(page.text.contains(&format!("id=\"{id}\"")), "{query}: {}", page.text);
        }
        assert_eq!(
            bench.get("/figures?moon=1", Some(&manager)).await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        let wrong = bench.post("/figures/equality", "population=Age,Under+18,many%0Ax", Some(&manager)).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            wrong.text.contains("Line 1: the last part") && wrong.text.contains("Age,Under 18,many"),
            "{}",
            wrong.text
        );
        let body = format!("form={}&story=&from=2026-07&to=2026-07", form());
        let none = bench.post("/figures/packs", &body, Some(&manager)).await;
        assert!(none.text.contains("Choose what the pack tells"), "{}", none.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_view_is_saved_and_a_table_leaves_as_a_file() {
    for bench in Bench::all().await {
        let (_, manager) = bench.signed_in("Meera", Role::Manager).await;
        let query = "what=starts&by=age&and=&from=2026-07&to=2026-07";
        let saved = bench
            .post("/figures/views", &format!("form={}&do=save&name=By+age&{query}", form()), Some(&manager))
            .await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
        let nameless = bench
            .post("/figures/views", &format!("form={}&do=save&name=&{query}", form()), Some(&manager))
            .await;
        assert_eq!(nameless.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(nameless.text.contains("Enter a name for this view") && nameless.text.contains("By age"));
        for (file, kind) in [
            ("figures.csv", "text/csv"),
            ("figures.xlsx", "application/vnd.openxml"),
            ("figures.ods", "application/vnd.oasis"),
        ] {
            let answered = bench.get(&format!("/figures/download/{file}?{query}"), Some(&manager)).await;
            assert_eq!(answered.status, StatusCode::OK);
            assert!(answered.headers["content-type"].to_str().unwrap().starts_with(kind), "{file}");
            assert!(answered.headers["content-disposition"].to_str().unwrap().starts_with("attachment"));
        }
        assert_eq!(
            bench.get(&format!("/figures/download/x.exe?{query}"), Some(&manager)).await.status,
            StatusCode::NOT_FOUND
        );
    }
}

// promise: P6
#[tokio::test(flavor = "multi_thread")]
async fn one_person_prepares_a_second_publishes_and_everybody_reads() {
    for bench in Bench::all().await {
        let (_, manager) = bench.signed_in("Meera", Role::Manager).await;
        let (_, governance) = bench.signed_in("Gwen", Role::Governance).await;
        let body = format!("form={}&story=reach&from=2026-07&to=2026-07", form());
        let prepared = bench.post("/figures/packs", &body, Some(&manager)).await;
        assert_eq!(prepared.status, StatusCode::SEE_OTHER, "{}", prepared.text);
        let at = prepared.headers["location"].to_str().unwrap().to_owned();
        let public = at.replace("/figures/packs", "/published");
        assert_eq!(
            bench.get(&public, None).await.status,
            StatusCode::NOT_FOUND,
            "one signature is not enough"
        );
        assert_eq!(bench.post(&at, "do=publish", Some(&manager)).await.status, StatusCode::FORBIDDEN);
        let signed = bench.post(&at, "do=publish", Some(&governance)).await;
        assert_eq!(signed.status, StatusCode::SEE_OTHER, "{}", signed.text);
        assert!(bench.get("/published", None).await.text.contains("Whom we reach"));
        let page = bench.get(&public, None).await;
        assert!(
            page.text.contains("rounded to a multiple of 5") && !page.text.contains("extract"),
            "{}",
            page.text
        );
        assert_eq!(bench.get(&format!("{public}/tables.ods"), None).await.status, StatusCode::OK);
        let printed = bench.get(&format!("{public}/pack.pdf"), None).await;
        assert_eq!(
            (printed.status, &printed.headers["content-type"]),
            (StatusCode::OK, &"application/pdf".parse().unwrap())
        );
        assert!(printed.text.starts_with("%PDF-1.7"));
        assert_eq!(bench.get(&format!("{public}/extract.csv"), None).await.status, StatusCode::NOT_FOUND);
    }
}

//! People who may be on file already or twice, through the pages.

use access::Role;
use axum::http::StatusCode;

use crate::bench::Bench;

fn form() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

/// A registration as the page sends it.
fn register(name: &str, phone: &str, more: &str) -> String {
    let name = name.replace(' ', "+");
    format!(
        "form={}&how=on-paper&agreed=in-words&name={name}&mobile_phone={phone}&postcode=NE1+4ST&date_of_birth-day=14&date_of_birth-month=3&date_of_birth-year=1991{more}",
        form()
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_on_file_already_is_shown_before_a_second_file_is_made() {
    for bench in Bench::all().await {
        let (ada, cookie) = bench.signed_in("Ada", Role::Adviser).await;
        let first =
            bench.post("/clients/register", &register("John Smith", "07700900123", ""), Some(&cookie)).await;
        assert_eq!(first.status, StatusCode::SEE_OTHER, "{}", first.text);
        let file = first.headers["location"].to_str().unwrap().split("/details").next().unwrap().to_owned();
        let (_, bea) = bench.signed_in("Bea", Role::Adviser).await;

        let typing =
            bench.post("/clients/register/on-file", &register("Jon Smyth", "", ""), Some(&bea)).await;
        assert_eq!(typing.status, StatusCode::OK, "{}", typing.text);
        assert!(typing.text.contains(&file) && typing.text.contains("same date of birth"), "{}", typing.text);
        let half = format!("form={}&name=Jo&date_of_birth-day=99", form());
        let nobody = bench.post("/clients/register/on-file", &half, Some(&bea)).await;
        assert!(nobody.status == StatusCode::OK && nobody.text.contains("\"likely\":[]"), "{}", nobody.text);

        let second = register("Jon Smyth", "07700900124", "");
        let before = bench.entries_of(ada).await;
        let shown = bench.post("/clients/register", &second, Some(&bea)).await;
        assert_eq!(shown.status, StatusCode::OK);
        for text in [
            "Is it somebody who is on file already?",
            "John Smith",
            "born 14 March 1991",
            "value=\"Jon Smyth\"",
        ] {
            assert!(shown.text.contains(text), "{text}: {}", shown.text);
        }
        assert_eq!(bench.entries_of(ada).await, before);
        assert!(!bench.get("/clients", Some(&bea)).await.text.contains("Jon Smyth"), "nobody was registered");
        let opened = bench.get(&file, Some(&bea)).await;
        assert!(
            opened.status == StatusCode::FORBIDDEN && opened.text.contains("Why do you need this file?"),
            "the same person: their file asks for a reason, as elsewhere"
        );
        let carried_on =
            bench.post("/clients/register", &format!("{second}&somebody-else=on"), Some(&bea)).await;
        assert_eq!(carried_on.status, StatusCode::SEE_OTHER, "{}", carried_on.text);
        let twice = bench.post("/clients/register", &format!("{second}&somebody-else=on"), Some(&bea)).await;
        assert_eq!(twice.headers["location"], carried_on.headers["location"], "sent twice, registered once");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_file_that_is_closed_only_that_a_manager_must_look_is_said() {
    for bench in Bench::all().await {
        let (ada, cookie) = bench.signed_in("Ada", Role::Adviser).await;
        let client = bench.client(ada, "Daniel Whitfield").await.to_string();
        bench.post(&format!("/clients/{client}/conflict"), "", Some(&cookie)).await;
        let again = format!(
            "form={}&how=on-paper&agreed=in-words&name=Daniel+Whitfield&mobile_phone=07700900123",
            form()
        );
        let shown = bench.post("/clients/register", &again, Some(&cookie)).await;
        assert!(shown.status == StatusCode::OK && shown.text.contains("Ask your manager to look"));
        assert!(!shown.text.contains(&client) && !shown.text.contains("NB-"), "{}", shown.text);
        let typing = bench.post("/clients/register/on-file", &again, Some(&cookie)).await.text;
        assert!(typing.contains("Ask your manager to look") && !typing.contains(&client), "{typing}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn managers_see_the_pairs_and_what_they_decide_is_remembered() {
    for bench in Bench::all().await {
        let (ada, cookie) = bench.signed_in("Ada", Role::Adviser).await;
        for (name, phone) in [("John Smith", "07700900123"), ("Jon Smith", "07700900123")] {
            let form = register(name, phone, "&somebody-else=on");
            let made = bench.post("/clients/register", &form, Some(&cookie)).await;
            assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
        }
        bench.client(ada, "Maria Lopes").await;
        assert_eq!(bench.get("/duplicates", Some(&cookie)).await.status, StatusCode::NOT_FOUND);
        let (meera, manager) = bench.signed_in("Meera", Role::Manager).await;
        let before = bench.entries_of(meera).await;
        let page = bench.get("/duplicates", Some(&manager)).await;
        assert_eq!(bench.entries_of(meera).await - before, 1);
        assert!(page.text.contains("John Smith") && page.text.contains("Jon Smith"), "{}", page.text);
        assert!(!page.text.contains("Maria Lopes") && page.text.contains("same phone"), "{}", page.text);
        let pair = page.text.split("name=\"pair\" value=\"").nth(1).unwrap().split('"').next().unwrap();
        for wrong in ["", "pair=", "pair=a.b", &format!("pair={}.{}", &pair[..32], &pair[..32])] {
            let answered = bench.post("/duplicates", wrong, Some(&manager)).await;
            assert_eq!(answered.status, StatusCode::NOT_FOUND, "{wrong}");
        }
        assert_eq!(
            bench.post("/duplicates", &format!("pair={pair}"), Some(&cookie)).await.status,
            StatusCode::NOT_FOUND
        );
        let said = bench.post("/duplicates", &format!("pair={pair}"), Some(&manager)).await;
        assert_eq!(said.status, StatusCode::SEE_OTHER, "{}", said.text);
        let page = bench.get("/duplicates?done=different", Some(&manager)).await.text;
        assert!(page.contains("Remembered: two people") && !page.contains("John Smith"), "{page}");
    }
}

/// The value of a hidden field of a page.
fn hidden(page: &str, name: &str) -> String {
    let from = page.find(&format!("name=\"{name}\"")).unwrap_or_else(|| panic!("{name} in {page}"));
    page[from..].split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manager_makes_two_files_one_on_the_pages_and_parts_them_again() {
    for bench in Bench::all().await {
        let (_, cookie) = bench.signed_in("Ada", Role::Adviser).await;
        let mut files = Vec::new();
        for name in ["John Smith", "Jon Smyth"] {
            let made = bench
                .post("/clients/register", &register(name, "07700900123", "&somebody-else=on"), Some(&cookie))
                .await;
            let place = made.headers["location"].to_str().unwrap().to_owned();
            files.push(place.trim_start_matches("/clients/")[..32].to_owned());
        }
        let (_, manager) = bench.signed_in("Meera", Role::Manager).await;
        let address = format!("/duplicates/{}.{}", files[0], files[1]);
        assert_eq!(bench.get(&address, Some(&cookie)).await.status, StatusCode::NOT_FOUND);
        let asks = bench.get(&address, Some(&manager)).await;
        assert_eq!(asks.status, StatusCode::FORBIDDEN);
        assert!(asks.text.contains("Why do you look at both files?") && !asks.text.contains("Smith"));
        let short = bench.post(&format!("{address}/reason"), "reason=x", Some(&manager)).await;
        assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(short.text.contains("There is a problem") && short.text.contains(">\nx<"), "{}", short.text);
        let stated =
            bench.post(&format!("{address}/reason"), "reason=Two+files+of+one+person", Some(&manager)).await;
        assert_eq!(stated.status, StatusCode::SEE_OTHER, "{}", stated.text);
        let page = bench.get(&address, Some(&manager)).await.text;
        for text in
            ["John Smith", "Jon Smyth", "The file that goes on", "Make them one file", "14 March 1991"]
        {
            assert!(page.contains(text), "{text}: {page}");
        }
        let seen = hidden(&page, "seen");
        let nothing = format!("form={}&seen={seen}", form());
        let unsaid = bench.post(&address, &nothing, Some(&manager)).await;
        assert_eq!(unsaid.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            unsaid.text.contains("href=\"#take-name\"")
                && unsaid.text.contains("Choose which of the two is right")
        );
        let stale = format!("form={}&seen=00&take-name=absorbed", form());
        assert_eq!(bench.post(&address, &stale, Some(&manager)).await.status, StatusCode::CONFLICT);
        let odd = format!("form={}&seen={seen}&take-name=both", form());
        assert_eq!(bench.post(&address, &odd, Some(&manager)).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let body = format!("form={}&seen={seen}&take-name=absorbed", form());
        let made = bench.post(&address, &body, Some(&manager)).await;
        assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
        let twice = bench.post(&address, &body, Some(&manager)).await;
        let place = made.headers["location"].to_str().unwrap().to_owned();
        assert_eq!(twice.headers.get("location"), made.headers.get("location"), "{}", twice.text);

        let led = bench.get(&format!("/clients/{}", files[1]), Some(&cookie)).await;
        assert_eq!(led.headers["location"].to_str().unwrap(), format!("/clients/{}", files[0]));
        let note = format!("form={}&kind=phone&day=&minutes=5&note=Rang.&took_part=on", form());
        let lost = bench.post(&format!("/clients/{}/meetings", files[1]), &note, Some(&cookie)).await;
        assert!(lost.status == StatusCode::CONFLICT && lost.text.contains(&files[0]), "{}", lost.text);
        let one = bench.get(&format!("/clients/{}", files[0]), Some(&cookie)).await.text;
        assert!(one.contains("Jon Smyth"), "{one}");
        let shown = bench.get(&place, Some(&manager)).await.text;
        assert!(
            shown.contains("The two files are one") && shown.contains("Part the two files again"),
            "{shown}"
        );
        let merge = place.split('?').next().unwrap();
        let short = bench.post(&format!("{merge}/undo"), "reason=x", Some(&manager)).await;
        assert!(
            short.status == StatusCode::UNPROCESSABLE_ENTITY && short.text.contains("There is a problem")
        );
        let undone = bench
            .post(&format!("{merge}/undo"), "reason=They+are+two+people+after+all", Some(&manager))
            .await;
        assert_eq!(undone.status, StatusCode::SEE_OTHER, "{}", undone.text);
        let list = bench.get(undone.headers["location"].to_str().unwrap(), Some(&manager)).await.text;
        assert!(list.contains("two files again, as they were") && list.contains("John Smith"), "{list}");
        assert_eq!(bench.get(&format!("/clients/{}", files[1]), Some(&cookie)).await.status, StatusCode::OK);
        assert!(bench.get(merge, Some(&manager)).await.text.contains("does not hold any more"));
    }
}

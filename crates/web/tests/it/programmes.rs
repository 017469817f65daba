//! Programmes through the pages: placing, what is typed wrongly, money, removing, referrals, the directory.

use access::Role;
use axum::http::StatusCode;

use crate::bench::{Answered, Bench, LADDER, LADDER_NOTICE};

fn form() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

fn location(answered: &Answered) -> String {
    answered.headers["location"].to_str().unwrap().to_owned()
}

/// The value of a hidden field of a page.
fn hidden(page: &str, name: &str) -> String {
    let from = page.find(&format!("name=\"{name}\"")).unwrap_or_else(|| panic!("{name} in {page}"));
    page[from..].split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

// promise: P13
#[tokio::test(flavor = "multi_thread")]
async fn a_client_is_placed_on_the_pages_and_what_is_wrong_stands_beside_its_field() {
    for bench in Bench::all().await {
        let (ada, cookie) = bench.signed_in("Ada", Role::Adviser).await;
        let client = bench.client(ada, "Daniel Whitfield").await.to_string();
        let base = format!("/clients/{client}");
        let empty = bench.get(&format!("{base}/programmes"), Some(&cookie)).await;
        assert!(empty.text.contains("on no programme"), "{}", empty.text);
        let programme = bench.service.add_programme(LADDER, Some(LADDER_NOTICE)).await.unwrap();
        let to = format!("{base}/programmes/{programme}");
        let page = bench.get(&to, Some(&cookie)).await.text;
        assert!(page.contains("Skills Ladder pays for short courses"), "the notice is shown");
        assert!(page.contains("six years after you leave"), "how long is said");
        let wrong = format!("form={}&seen=1.0&course_taken=Forklift&how=shown", hidden(&page, "form"));
        let again = bench.post(&to, &wrong, Some(&cookie)).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            again.text.contains("Choose how the client agreed") && again.text.contains("value=\"Forklift\"")
        );
        let wrong = format!("{wrong}&agreed=on-paper&criterion-work=declared");
        let again = bench.post(&to, &wrong, Some(&cookie)).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", again.text);
        for said in [
            "Record this in the client’s details first",
            "Answer this: Pay now",
            "Choose what shows this: Lives in Northbridge",
            "id=\"criterion-age\"",
            "id=\"date_of_birth\"",
        ] {
            assert!(again.text.contains(said), "{said}: {}", again.text);
        }
        let born = "version=0&date_of_birth-day=14&date_of_birth-month=3&date_of_birth-year=1991";
        assert_eq!(
            bench.post(&format!("{base}/details/identity"), born, Some(&cookie)).await.status,
            StatusCode::SEE_OTHER
        );
        let right = format!(
            "form={}&seen=1.0&how=shown&agreed=on-paper&pay_band=NONE&course_taken=Forklift&criterion-age=identity&criterion-lives-here=bill&criterion-work=declared&begins=yes",
            hidden(&page, "form")
        );
        let stale = bench.post(&to, &right.replace("seen=1.0", "seen=0.9"), Some(&cookie)).await;
        assert_eq!(stale.status, StatusCode::CONFLICT);
        assert!(stale.text.contains("Nothing of yours is lost"));
        let placed = bench.post(&to, &right, Some(&cookie)).await;
        assert_eq!(placed.status, StatusCode::SEE_OTHER, "{}", placed.text);
        let doubly = bench.post(&to, &right, Some(&cookie)).await;
        assert_eq!(location(&doubly), location(&placed), "sent twice, placed once");
        let page = bench.get(&location(&placed), Some(&cookie)).await.text;
        assert!(
            page.contains("The notice and the agreement are recorded")
                && page.contains("No pay: out of work")
        );
        assert!(page.contains("72 months after the client leaves the programme"), "{page}");
        let full = bench.get(&to, Some(&cookie)).await.text;
        assert!(full.contains("This client is on it already"));
        let file = bench.get(&base, Some(&cookie)).await.text;
        assert!(file.contains("Skills Ladder: begun"));
        let list = bench.get(&format!("/programmes/{programme}"), Some(&cookie)).await.text;
        assert!(list.contains("Daniel Whitfield") && list.contains("1 of 60"));
        let (_, admin) = bench.signed_in("Marek", Role::Administrator).await;
        let list = bench.get(&format!("/programmes/{programme}"), Some(&admin)).await;
        assert!(list.status == StatusCode::OK && !list.text.contains("Daniel"), "numbers only");
        assert_eq!(
            bench.get(&format!("{base}/programmes"), Some(&admin)).await.status,
            StatusCode::FORBIDDEN
        );
    }
}

// promise: P13
#[tokio::test(flavor = "multi_thread")]
async fn support_is_paid_out_of_a_programme_which_warns_and_is_not_removed_under_its_clients() {
    for bench in Bench::all().await {
        let (ada, cookie) = bench.signed_in("Ada", Role::Adviser).await;
        let (_, manager) = bench.signed_in("Meera", Role::Manager).await;
        let client = bench.client(ada, "Daniel Whitfield").await.to_string();
        let placed = bench.placed(ada, &client).await;
        let base = format!("/clients/{client}");
        let new = format!("{base}/entries/new/support");
        let page = bench.get(&new, Some(&cookie)).await.text;
        assert!(page.contains("Skills Ladder (£18,000.00 left)"), "{page}");
        let other = format!("form={}&support_kind=course&programme={}", form(), "00".repeat(16));
        let refused = bench.post(&new, &other, Some(&cookie)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text.contains("Choose a programme that this client is on"));
        let body = format!(
            "form={}&support_kind=course&service=Forklift&cost=385&programme={}",
            form(),
            placed.programme
        );
        let saved = bench.post(&new, &body, Some(&cookie)).await;
        assert_eq!(location(&saved), format!("{base}/entries/in/support?saved=1"));

        let page = format!("/programmes/{}", placed.programme);
        let shown = bench.get(&page, Some(&manager)).await.text;
        assert!(shown.contains("£385.00") && !shown.contains("Daniel"), "{shown}");
        let version = hidden(&shown, "version");
        let terms = |budget: &str, places: &str| {
            format!(
                "version={version}&do=change&starts-day=1&starts-month=4&starts-year=2026&ends-day=30&ends-month=9&ends-year=2027&places={places}&budget={budget}"
            )
        };
        let refused = bench.post(&page, &terms("nothing", "0"), Some(&manager)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            refused.text.contains("value=\"nothing\"")
                && refused.text.contains("Enter the places as a number")
        );
        assert_eq!(bench.post(&page, &terms("400", "60"), Some(&cookie)).await.status, StatusCode::FORBIDDEN);
        assert_eq!(
            bench.post(&page, &terms("400", "60"), Some(&manager)).await.status,
            StatusCode::SEE_OTHER
        );
        assert_eq!(bench.post(&page, &terms("500", "60"), Some(&manager)).await.status, StatusCode::CONFLICT);
        assert!(bench.get(&page, Some(&manager)).await.text.contains("£15.00 left"));
        let body =
            format!("form={}&support_kind=travel&service=Bus&cost=20&programme={}", form(), placed.programme);
        let over = bench.post(&new, &body, Some(&cookie)).await;
        assert!(location(&over).ends_with(&format!("?over={}", placed.programme)));
        assert!(bench.get(&location(&over), Some(&cookie)).await.text.contains("than there is"));
        assert!(bench.get(&page, Some(&manager)).await.text.contains("£5.00 over"));

        let removing = format!("version={version}&do=remove&sure=yes");
        let unsure = bench.post(&page, &format!("version={version}&do=remove"), Some(&manager)).await;
        assert!(unsure.text.contains("Tick that you are sure"), "{}", unsure.text);
        let remove = bench.post(&page, &removing, Some(&manager)).await;
        assert_eq!(remove.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            remove.text.contains("1 client is on Skills Ladder, so it cannot be removed"),
            "{}",
            remove.text
        );
        let one = format!("{base}/placements/{}", placed.placement);
        let facts = "version=1&do=facts&pay_band=BELOW&course_taken=First+aid&course_ended_on-day=1&course_ended_on-month=11&course_ended_on-year=2026";
        assert_eq!(bench.post(&one, facts, Some(&cookie)).await.status, StatusCode::SEE_OTHER);
        let stale = bench.post(&one, facts, Some(&cookie)).await;
        assert_eq!(stale.status, StatusCode::CONFLICT);
        let wrong =
            "version=2&do=end&ended_on-day=31&ended_on-month=2&ended_on-year=2026&reason=&note=Went+well";
        let wrong = bench.post(&one, wrong, Some(&cookie)).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            wrong.text.contains("Choose why")
                && wrong.text.contains("There is no 31 February")
                && wrong.text.contains("Went well")
        );
        let end = "version=2&do=end&ended_on-day=&ended_on-month=&ended_on-year=&reason=completed&note=";
        let ended = bench.post(&one, end, Some(&cookie)).await;
        assert_eq!(ended.status, StatusCode::SEE_OTHER, "{}", ended.text);
        let after = bench.get(&location(&ended), Some(&cookie)).await.text;
        assert!(after.contains("The facts for Skills Ladder are erased on") && after.contains("First aid"));
        assert_eq!(bench.post(&page, &removing, Some(&manager)).await.status, StatusCode::SEE_OTHER);
        assert!(bench.get(&page, Some(&manager)).await.text.contains("This programme was removed on"));
        assert!(bench.get(&one, Some(&cookie)).await.text.contains("This programme was removed"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn outcomes_are_judged_by_the_rules_of_the_programme_from_the_day_of_joining() {
    for bench in Bench::all().await {
        let (ada, cookie) = bench.signed_in("Ada", Role::Adviser).await;
        let client = bench.client(ada, "Daniel Whitfield").await.to_string();
        let before = bench.get(&format!("/clients/{client}/outcomes"), Some(&cookie)).await.text;
        assert!(before.contains("Judged by <b>Outcomes of the service"), "{before}");
        bench.placed(ada, &client).await;
        let after = bench.get(&format!("/clients/{client}/outcomes"), Some(&cookie)).await.text;
        assert!(
            after.contains("Judged by <b>UK Shared Prosperity Fund")
                && after.contains("the day of joining Skills Ladder")
        );
        let core = bench.get(&format!("/clients/{client}/outcomes?rules=core"), Some(&cookie)).await.text;
        assert!(core.contains("Judged by <b>Outcomes of the service"));
        let none = bench.get(&format!("/clients/{client}/outcomes?rules=none"), Some(&cookie)).await;
        assert_eq!(none.status, StatusCode::NOT_FOUND);
    }
}

// promise: P3
#[tokio::test(flavor = "multi_thread")]
async fn a_referral_takes_its_steps_on_its_page_and_its_organisation_is_in_the_directory() {
    for bench in Bench::all().await {
        let (ada, cookie) = bench.signed_in("Ada", Role::Adviser).await;
        let (_, manager) = bench.signed_in("Meera", Role::Manager).await;
        let client = bench.client(ada, "Daniel Whitfield").await.to_string();
        let add = format!("form={}&named=support-partners&name=Harbour+College", form());
        assert_eq!(bench.post("/organisations", &add, Some(&cookie)).await.status, StatusCode::FORBIDDEN);
        let added = bench.post("/organisations", &add, Some(&manager)).await;
        assert_eq!(added.status, StatusCode::SEE_OTHER, "{}", added.text);
        let at = location(&added);
        let wrong =
            "version=0&description=Maths&url=javascript:1&email=nobody&phone=&address=&service_areas=";
        let refused = bench.post(&at, wrong, Some(&manager)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text.contains("value=\"nobody\"") && !refused.text.contains("href=\"javascript"));
        let right = "version=0&description=English+and+maths&url=https%3A%2F%2Fcollege.example.org&email=college%40example.org&phone=0151+496+0204&address=College+Lane&service_areas=Bay+Counties";
        assert_eq!(bench.post(&at, right, Some(&manager)).await.status, StatusCode::SEE_OTHER);
        assert_eq!(bench.post(&at, right, Some(&manager)).await.status, StatusCode::CONFLICT);
        let found = bench.get("/organisations?q=bay+maths", Some(&cookie)).await.text;
        assert!(found.contains("Harbour College") && found.contains("tel:01514960204"), "{found}");
        assert!(bench.get("/organisations?q=plumbing", Some(&cookie)).await.text.contains("None fits"));

        let new = format!("/clients/{client}/entries/new/referral");
        let page = bench.get(&new, Some(&cookie)).await.text;
        assert!(
            page.contains("list=\"organisations\"") && page.contains("<option value=\"Harbour College\">")
        );
        // We would tell them, and nobody has agreed to that: the reason stands beside the field, and nothing typed is lost.
        let ours =
            format!("form={}&direction=out&organisation=Harbour+College&told_by=us&reason=Zqmaths", form());
        let refused = bench.post(&new, &ours, Some(&cookie)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text.contains("has not agreed to this"), "{}", refused.text);
        assert!(
            refused.text.contains("Zqmaths") && refused.text.contains("organisation-error"),
            "{}",
            refused.text
        );
        let body = format!(
            "form={}&direction=out&organisation=Harbour+College&told_by=client&reason=Maths&urgency=usual",
            form()
        );
        assert_eq!(bench.post(&new, &body, Some(&cookie)).await.status, StatusCode::SEE_OTHER);
        let listed = bench.get(&format!("/clients/{client}/entries/in/support"), Some(&cookie)).await.text;
        let entry = listed
            .split(&format!("/clients/{client}/entries/"))
            .find(|part| !part.starts_with("in/") && !part.starts_with("new/") && part.contains("Harbour"))
            .unwrap()
            .split('"')
            .next()
            .unwrap()
            .to_owned();
        let whole = format!("/clients/{client}/entries/{entry}");
        let shown = bench.get(&whole, Some(&cookie)).await.text;
        assert!(
            shown.contains("if nobody has answered") && shown.contains("/organisations?q=Harbour%20College"),
            "{shown}"
        );
        let step = format!("/clients/{client}/referrals/{entry}");
        let wrong = "version=1&referral_status=ended&status_on-day=&status_on-month=&status_on-year=&outcome=Passed+it";
        let refused = bench.post(&step, wrong, Some(&cookie)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text.contains("Choose what happened") && refused.text.contains("Passed it"));
        let accepted =
            "version=1&referral_status=accepted&status_on-day=&status_on-month=&status_on-year=&outcome=";
        assert_eq!(bench.post(&step, accepted, Some(&cookie)).await.status, StatusCode::SEE_OTHER);
        assert_eq!(bench.post(&step, accepted, Some(&cookie)).await.status, StatusCode::CONFLICT);
        let shown = bench.get(&whole, Some(&cookie)).await.text;
        assert!(shown.contains("Accepted") && !shown.contains("if nobody has answered"), "{shown}");
    }
}

// promise: P5
#[tokio::test(flavor = "multi_thread")]
async fn a_return_is_looked_at_signed_by_two_and_saved() {
    for bench in Bench::all().await {
        let (ada, adviser) = bench.signed_in("Ada", Role::Adviser).await;
        let (manager, meera) = bench.signed_in("Meera", Role::Manager).await;
        let (_, gwen) = bench.signed_in("Gwen", Role::Governance).await;
        let client = bench.client(ada, "Daniel Whitfield").await.to_string();
        let placed = bench.placed(ada, &client).await;
        let base = format!("/programmes/{}/returns", placed.programme);
        let list = bench.get(&base, Some(&meera)).await;
        assert!(
            list.text.contains("No return was made yet")
                && list.text.contains("1 April 2026 to 30 September 2026"),
            "{}",
            list.text
        );
        assert_eq!(bench.get(&base, Some(&adviser)).await.status, StatusCode::FORBIDDEN);
        for (query, said) in [
            ("from=2026-05-01&recipient=fund-office", "none begins on this day"),
            ("from=yesterday&recipient=fund-office", "Choose a period of this return"),
            ("from=2026-04-01&recipient=the-press", "whom the programme’s notice names"),
        ] {
            let wrong = bench.get(&format!("{base}/preview?{query}"), Some(&meera)).await;
            assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
            assert!(wrong.text.contains(said), "{query}: {}", wrong.text);
        }
        // The running months can be looked at, with what to put right; they cannot be signed.
        let running = "from=2026-10-01&recipient=fund-office";
        let before = bench.entries_of(manager).await;
        let looked = bench.get(&format!("{base}/preview?{running}"), Some(&meera)).await;
        assert_eq!(bench.entries_of(manager).await - before, 1, "one entry of whoever looks");
        assert!(
            looked.text.contains("People who started")
                && looked.text.contains("Northbridge Council’s fund office"),
            "{}",
            looked.text
        );
        let early = bench.post(&base, &format!("form={}&{running}", form()), Some(&meera)).await;
        assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(early.text.contains("Choose a period that is over"), "{}", early.text);

        let over = format!("form={}&from=2026-04-01&recipient=fund-office", form());
        let made = location(&bench.post(&base, &over, Some(&meera)).await);
        assert_eq!(location(&bench.post(&base, &over, Some(&meera)).await), made, "sent twice");
        let again = bench.post(&base, &over.replacen(&over[5..37], &form(), 1), Some(&meera)).await;
        assert!(again.text.contains("returned to them already"), "{}", again.text);
        let shown = bench.get(&made, Some(&meera)).await.text;
        assert!(shown.contains("A second person signs it") && !shown.contains("return.csv"), "{shown}");
        assert_eq!(
            bench.get(&format!("{made}/return.csv"), Some(&meera)).await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        assert_eq!(bench.post(&made, "do=sign", Some(&meera)).await.status, StatusCode::FORBIDDEN);
        assert_eq!(bench.post(&made, "do=sign", Some(&gwen)).await.status, StatusCode::SEE_OTHER);
        let saved = bench.get(&format!("{made}/return.csv"), Some(&gwen)).await;
        assert_eq!(saved.headers["content-disposition"], "attachment; filename=\"return.csv\"");
        assert!(
            saved.text.contains("People who started,0") && !saved.text.contains("Daniel"),
            "{}",
            saved.text
        );
        assert_eq!(bench.get(&format!("{made}/return.exe"), Some(&gwen)).await.status, StatusCode::NOT_FOUND);
        assert_eq!(bench.get(&made, Some(&adviser)).await.status, StatusCode::FORBIDDEN);

        let why = format!("/clients/{client}/returns/{}?from=2026-10-01", placed.programme);
        let before = bench.entries_of(ada).await;
        let why = bench.get(&why, Some(&adviser)).await.text;
        assert_eq!(bench.entries_of(ada).await - before, 1);
        assert!(
            why.contains("Began on") && why.contains("in the period") && !why.contains("Paid for support"),
            "{why}"
        );
    }
}

// promise: P18
#[tokio::test(flavor = "multi_thread")]
async fn whom_we_told_in_a_referral_stands_among_who_got_what_and_there_is_no_pack() {
    for bench in Bench::all().await {
        let (ada, cookie) = bench.signed_in("Ada", Role::Adviser).await;
        let client = bench.client(ada, "Daniel Whitfield").await.to_string();
        let shared = bench.shared(ada, &client).await.put_into("{disclosure}");
        let body = format!(
            "form={}&direction=out&organisation=Learning+Centre&told_by=us&reason=Maths&urgency=usual",
            form()
        );
        let new = format!("/clients/{client}/entries/new/referral");
        let written = bench.post(&new, &body, Some(&cookie)).await;
        assert_eq!(written.status, StatusCode::SEE_OTHER, "{}", written.text);
        let page = bench.get(&format!("/clients/{client}/consent"), Some(&cookie)).await.text;
        assert!(page.contains("Told by us, in a referral"), "{page}");
        let link = format!("/clients/{client}/disclosures/");
        let mut all = page.split(&link).skip(1).map(|part| part.split('"').next().unwrap());
        let told = all.find(|id| *id != shared).unwrap();
        let page = bench.get(&format!("{link}{told}"), Some(&cookie)).await.text;
        assert!(page.contains("Nothing was sent") && page.contains(&format!("/clients/{client}/entries/")));
        assert!(!page.contains("Download the encrypted pack"), "{page}");
        let pack = bench.post(&format!("{link}{told}/pack"), "", Some(&cookie)).await;
        assert_eq!(pack.status, StatusCode::NOT_FOUND);
    }
}

//! The rights desk through the pages: who may, what each act leaves, what is typed wrongly, what leaves.

use access::Role;
use axum::http::StatusCode;
use casework::answers::Chosen;
use casework::entries::Agreed;
use casework::profile::fields;
use casework::{Answer, How, Profile};
use records::clients::Registration;

use crate::bench::{Bench, booking};

fn form() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

// promise: P21
#[tokio::test(flavor = "multi_thread")]
async fn somebody_without_a_file_gets_a_number_and_an_answer() {
    for bench in Bench::all().await {
        let (_, desk) = bench.signed_in("Dan", Role::Receptionist).await;
        let (_, admin) = bench.signed_in("Marek", Role::Administrator).await;
        let (harriet, lead) = bench.signed_in("Harriet", Role::Governance).await;
        assert_eq!(bench.get("/requests/new", Some(&admin)).await.status, StatusCode::FORBIDDEN);
        assert!(bench.get("/requests/new", Some(&desk)).await.text.contains("no name and no word"));
        let wrong =
            format!("form={}&kind=&came=letter&received-day=31&received-month=2&received-year=2026", form());
        let again = bench.post("/requests/new", &wrong, Some(&desk)).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            again.text.contains("Choose what is asked") && again.text.contains("There is no 31 February")
        );
        let named = format!("form={}&kind=access&came=letter&who=Daniel", form());
        assert_eq!(
            bench.post("/requests/new", &named, Some(&desk)).await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        let right = format!("form={}&kind=access&came=letter", form());
        let made = bench.post("/requests/new", &right, Some(&desk)).await;
        let to = made.headers["location"].to_str().unwrap().to_owned();
        assert!(to.starts_with("/requests/new?made="), "{to}");
        let said = bench.get(&to, Some(&desk)).await;
        assert!(said.text.contains("Written down as R-101"), "{}", said.text);

        let one = format!("/requests/{}", to.rsplit('=').next().unwrap());
        assert!(bench.get("/requests", Some(&lead)).await.text.contains("Nobody on file"));
        let before = bench.entries_of(harriet).await;
        let page = bench.get(&one, Some(&lead)).await;
        assert_eq!(bench.entries_of(harriet).await - before, 1);
        assert!(page.text.contains("No file was found of who asks"), "{}", page.text);
        assert!(!page.text.contains("What there is to say"), "nothing to write words into");
        let refused = bench
            .post(&format!("{one}/step"), &format!("form={}&step=searched&words=Daniel", form()), Some(&lead))
            .await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text.contains("Kept can keep no words") && refused.text.contains("Daniel"));
        for (act, body) in [("step", "step=searched"), ("decide", "outcome=nothing-held")] {
            let done =
                bench.post(&format!("{one}/{act}"), &format!("form={}&{body}", form()), Some(&lead)).await;
            assert_eq!(done.status, StatusCode::SEE_OTHER, "{act}: {}", done.text);
        }
        let letter = bench.get(&format!("{one}/letters/answer"), Some(&lead)).await;
        assert!(
            letter.text.contains("hold nothing about you") && letter.text.contains("R-101"),
            "{}",
            letter.text
        );
    }
}

// promise: P21
#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_written_down_worked_off_and_answered_on_the_pages() {
    for bench in Bench::all().await {
        let (ada, cookie) = bench.signed_in("Ada", Role::Adviser).await;
        let (_, desk) = bench.signed_in("Dan", Role::Receptionist).await;
        let (meera, manager) = bench.signed_in("Meera", Role::Manager).await;
        let (harriet, lead) = bench.signed_in("Harriet", Role::Governance).await;
        let client = bench.client(ada, "Daniel Whitfield").await.to_string();
        let note =
            format!("form={}&kind=phone&day=&minutes=5&note=Rang+with+Sandra+Quill.&took_part=on", form());
        assert_eq!(
            bench.post(&format!("/clients/{client}/meetings"), &note, Some(&cookie)).await.status,
            StatusCode::SEE_OTHER
        );

        let base = format!("/clients/{client}/requests");
        assert!(bench.get(&base, Some(&desk)).await.text.contains("Write a request or a complaint down"));
        let wrong = format!(
            "form={}&kind=&came=spoken&words=See+my+file&from=representative&received-day=31&received-month=2&received-year=2026",
            form()
        );
        let again = bench.post(&base, &wrong, Some(&desk)).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        for said in
            ["Choose what is asked", "Enter the name of who asks", "There is no 31 February", "See my file"]
        {
            assert!(again.text.contains(said), "{said}: {}", again.text);
        }
        let right = format!("form={}&kind=access&came=spoken&words=See+my+file", form());
        for _ in 0..2 {
            let made = bench.post(&base, &right, Some(&desk)).await;
            assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
        }
        for cookie in [&cookie, &desk] {
            assert_eq!(bench.get("/requests", Some(cookie)).await.status, StatusCode::FORBIDDEN);
        }
        let before = bench.entries_of(harriet).await;
        let queue = bench.get("/requests", Some(&lead)).await;
        assert!(queue.text.contains("Daniel Whitfield") && queue.text.contains("R-101"), "{}", queue.text);
        assert!(!queue.text.contains("R-102"), "sent twice, written down once");
        assert_eq!(bench.entries_of(harriet).await - before, 1);
        let one = format!(
            "/requests/{}",
            queue.text.split("/requests/").nth(1).unwrap().split('"').next().unwrap()
        );
        assert_eq!(bench.get(&one, Some(&cookie)).await.status, StatusCode::FORBIDDEN);

        for path in [
            one.clone(),
            format!("{one}/copy"),
            format!("{one}/print"),
            format!("{one}/download"),
            format!("{one}/letters/received"),
            format!("{one}/review"),
        ] {
            let before = bench.entries_of(harriet).await;
            let page = bench.get(&path, Some(&lead)).await;
            assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.text);
            assert_eq!(bench.entries_of(harriet).await - before, 1, "{path}");
        }
        let letter = bench.get(&format!("{one}/letters/received"), Some(&lead)).await.text;
        assert!(letter.contains("Information Commissioner") && letter.contains("sections 164A, 165 and 167"));
        assert_eq!(
            bench.get(&format!("{one}/letters/answer"), Some(&lead)).await.status,
            StatusCode::NOT_FOUND
        );

        let step = format!("form={}&step=meaning-asked&words=&day-day=&day-month=&day-year=", form());
        let again = bench.post(&format!("{one}/step"), &step, Some(&lead)).await;
        assert!(
            again.status == StatusCode::UNPROCESSABLE_ENTITY && again.text.contains("Say what you asked")
        );
        let searched = format!("form={}&step=searched&words=File,+paper,+emails", form());
        assert_eq!(
            bench.post(&format!("{one}/step"), &searched, Some(&lead)).await.status,
            StatusCode::SEE_OTHER
        );

        let copy = bench.get(&format!("{one}/copy"), Some(&lead)).await.text;
        let part = copy.split("<option value=\"").find(|option| option.contains("Phone call")).unwrap();
        let part = part.split('"').next().unwrap();
        let unknown =
            format!("form={}&do=mark&part={part}&words=Bill&because=A+neighbour,+not+asked", form());
        let again = bench.post(&format!("{one}/copy"), &unknown, Some(&lead)).await;
        assert!(
            again.status == StatusCode::UNPROCESSABLE_ENTITY
                && again.text.contains("do not stand in this part")
        );
        let mark =
            format!("form={}&do=mark&part={part}&words=Sandra+Quill&because=A+neighbour,+not+asked", form());
        assert_eq!(
            bench.post(&format!("{one}/copy"), &mark, Some(&lead)).await.status,
            StatusCode::SEE_OTHER
        );
        assert_eq!(
            bench.get(&format!("{one}/print"), Some(&lead)).await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        let review = bench.get(&format!("{one}/review"), Some(&manager)).await.text;
        let own = bench.get(&format!("{one}/review"), Some(&lead)).await.text;
        assert!(review.contains("Rang with Sandra Quill.") && own.contains("Nothing here waits for you"));
        let name =
            format!("mark-{}", review.split("name=\"mark-").nth(1).unwrap().split('"').next().unwrap());
        assert_eq!(
            bench.post(&format!("{one}/review"), &format!("{name}=agree"), Some(&lead)).await.status,
            StatusCode::FORBIDDEN
        );
        let before = bench.entries_of(meera).await;
        assert_eq!(
            bench.post(&format!("{one}/review"), &format!("{name}=agree"), Some(&manager)).await.status,
            StatusCode::SEE_OTHER
        );
        assert_eq!(bench.entries_of(meera).await - before, 1);
        let print = bench.get(&format!("{one}/print"), Some(&lead)).await.text;
        assert!(
            !print.contains("Sandra") && print.contains("[removed]") && print.contains("Daniel Whitfield")
        );

        let wrong = format!("form={}&outcome=partly&because=Short&opinion-day=", form());
        let again = bench.post(&format!("{one}/decide"), &wrong, Some(&lead)).await;
        assert!(again.status == StatusCode::UNPROCESSABLE_ENTITY && again.text.contains("Choose the ground"));
        let decided = format!(
            "form={}&outcome=partly&grounds=third-party&because=All+but+what+is+about+a+neighbour",
            form()
        );
        assert_eq!(
            bench.post(&format!("{one}/decide"), &decided, Some(&lead)).await.status,
            StatusCode::SEE_OTHER
        );
        let letter = bench.get(&format!("{one}/letters/answer"), Some(&lead)).await.text;
        assert!(letter.contains("Schedule 2, paragraphs 16 and 17") && letter.contains("granted in part"));
        let sent = format!("form={}&step=sent&words=", form());
        assert_eq!(
            bench.post(&format!("{one}/step"), &sent, Some(&lead)).await.status,
            StatusCode::SEE_OTHER
        );
        assert!(bench.get("/requests", Some(&lead)).await.text.contains("Nothing is open"));
        assert_eq!(bench.get(&format!("{one}/copy"), Some(&lead)).await.status, StatusCode::FORBIDDEN);
    }
}

// promise: P24
#[tokio::test(flavor = "multi_thread")]
async fn a_restriction_closes_the_file_to_everybody_and_is_lifted_after_the_letter() {
    for bench in Bench::all().await {
        let (ada, cookie) = bench.signed_in("Ada", Role::Adviser).await;
        let (_, lead) = bench.signed_in("Harriet", Role::Governance).await;
        let client = bench.client(ada, "Daniel Whitfield").await.to_string();
        let asked = format!("form={}&kind=restriction&came=letter&words=Leave+it+alone", form());
        bench.post(&format!("/clients/{client}/requests"), &asked, Some(&cookie)).await;
        let booked = booking("2 6 2027", "10:30", ada);
        bench.post(&format!("/clients/{client}/appointments"), &booked, Some(&cookie)).await;
        let queue = bench.get("/requests", Some(&lead)).await.text;
        let one =
            format!("/requests/{}", queue.split("/requests/").nth(1).unwrap().split('"').next().unwrap());
        let act = |what: &str| format!("form={}&do={what}", form());
        assert_eq!(
            bench.post(&format!("{one}/restrict"), &act("lift"), Some(&lead)).await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        assert_eq!(
            bench.post(&format!("{one}/restrict"), &act("restrict"), Some(&lead)).await.status,
            StatusCode::SEE_OTHER
        );
        let shut = bench.get(&format!("/clients/{client}"), Some(&cookie)).await;
        assert!(shut.status == StatusCode::FORBIDDEN && shut.text.contains("restricted"), "{}", shut.text);
        // What its client asks meanwhile counts all the same, and the page says where it is written down.
        let rights = bench.get(&format!("/clients/{client}/requests"), Some(&cookie)).await;
        assert_eq!(rights.status, StatusCode::FORBIDDEN);
        assert!(rights.text.contains("href=\"/requests/new\""), "{}", rights.text);
        assert!(bench.get("/requests", Some(&lead)).await.text.contains("A restricted file"));
        let page = bench.get(&one, Some(&lead)).await.text;
        assert!(page.contains("Booked all the same") && page.contains("Wednesday 2 June 2027"), "{page}");
        let (_, rest) = page.split_once("name=\"appointment\" value=\"").unwrap();
        let off = format!("form={}&appointment={}", form(), &rest[..32]);
        let to = format!("{one}/call-off");
        assert_eq!(bench.post(&to, &off, Some(&cookie)).await.status, StatusCode::FORBIDDEN);
        assert_eq!(bench.post(&to, &off, Some(&lead)).await.status, StatusCode::SEE_OTHER);
        assert!(!bench.get(&one, Some(&lead)).await.text.contains("Booked all the same"));
        assert_eq!(bench.get(&format!("{one}/letters/lifting"), Some(&lead)).await.status, StatusCode::OK);
        let told = format!("form={}&step=lifting-told&words=By+letter+of+today", form());
        assert_eq!(
            bench.post(&format!("{one}/step"), &told, Some(&lead)).await.status,
            StatusCode::SEE_OTHER
        );
        assert_eq!(
            bench.post(&format!("{one}/restrict"), &act("lift"), Some(&lead)).await.status,
            StatusCode::SEE_OTHER
        );
        assert_eq!(bench.get(&format!("/clients/{client}"), Some(&cookie)).await.status, StatusCode::OK);
    }
}

// promise: P26
#[tokio::test(flavor = "multi_thread")]
async fn a_mailing_is_checked_by_the_lead_against_those_who_said_no_to_news() {
    for bench in Bench::all().await {
        let (ada, cookie) = bench.signed_in("Ada", Role::Adviser).await;
        let (harriet, lead) = bench.signed_in("Harriet", Role::Governance).await;
        let client = bench.client(ada, "Daniel Whitfield").await.to_string();
        let objects =
            format!("form={}&kind=objection&came=spoken&words=No+news&objects=direct-marketing", form());
        let made = bench.post(&format!("/clients/{client}/requests"), &objects, Some(&cookie)).await;
        assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
        let page = "/requests/no-news";
        assert!(bench.get("/requests", Some(&lead)).await.text.contains(page));
        assert_eq!(bench.get(page, Some(&cookie)).await.status, StatusCode::FORBIDDEN);
        assert_eq!(bench.post(page, "lines=x", Some(&cookie)).await.status, StatusCode::FORBIDDEN);
        let reviewed = format!("{page}/reviewed");
        assert_eq!(bench.post(&reviewed, "", Some(&cookie)).await.status, StatusCode::FORBIDDEN);
        let before = bench.entries_of(harriet).await;
        let shown = bench.get(page, Some(&lead)).await;
        assert!(shown.status == StatusCode::OK && shown.text.contains("Not yet"), "{}", shown.text);
        assert!(!shown.text.contains("Daniel") && !shown.text.contains("07700"), "numbers and days only");
        assert_eq!(bench.entries_of(harriet).await - before, 1);
        let empty = bench.post(page, "lines=", Some(&lead)).await;
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(empty.text.contains("one email address, number or address a line"), "{}", empty.text);
        let checked =
            bench.post(page, "lines=07700+900123%0D%0A07700+900124%0D%0A%3Cb%3E", Some(&lead)).await;
        assert_eq!(checked.status, StatusCode::OK);
        for said in ["Must not be sent", "Nobody objected", "Cannot be read", "&lt;b&gt;"] {
            assert!(checked.text.contains(said), "{said}: {}", checked.text);
        }
        let done = bench.post(&reviewed, "", Some(&lead)).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER);
        let shown = bench.get(done.headers["location"].to_str().unwrap(), Some(&lead)).await.text;
        assert!(shown.contains("looked through today") && !shown.contains("Not yet"), "{shown}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_says_which_ways_to_its_client_are_safe() {
    for bench in Bench::all().await {
        let (ada, cookie) = bench.signed_in("Ada", Role::Adviser).await;
        let (_, lead) = bench.signed_in("Harriet", Role::Governance).await;
        let mut contact = Profile::default();
        contact.set(fields::NAME, Some(Answer::Text("Amy Brindle".into())));
        contact.set(fields::MOBILE_PHONE, Some(Answer::Text("+447700900124".into())));
        let text = Chosen { code: "TEXT".into(), list: String::new(), other: None };
        contact.set(fields::SAFE_CONTACT, Some(Answer::Codes(vec![text])));
        let wanted = Registration {
            form: *uuid::Uuid::new_v4().as_bytes(),
            contact,
            notice_given: How::OnPaper,
            agreed: Agreed::InWords,
        };
        let client = bench.service.register_client(&bench.visit_of(ada), wanted).await.unwrap();
        let asked = format!("form={}&kind=access&came=spoken&words=See+my+file", form());
        let made = bench.post(&format!("/clients/{client}/requests"), &asked, Some(&cookie)).await;
        assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
        let queue = bench.get("/requests", Some(&lead)).await.text;
        let one = queue.split("/requests/").nth(1).unwrap().split('"').next().unwrap();
        let letter = bench.get(&format!("/requests/{one}/letters/received"), Some(&lead)).await.text;
        assert!(
            letter.contains("How this client may be reached: Texts only, do not say who you are"),
            "{letter}"
        );
    }
}

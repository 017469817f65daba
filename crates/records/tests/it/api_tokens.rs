//! Tokens of the API: what can be made, how long it holds, on whose caseload it works.

use access::Role;
use records::api_tokens::{LONGEST_DAYS, NewToken};
use records::{Denied, Error, Visit};

use crate::bench::{Bench, registration};

fn support(acts_for: Option<&str>) -> NewToken<'_> {
    NewToken { name: "Job board", role: Role::Adviser, purpose: notice::Purpose::Support, days: 30, acts_for }
}

const DAY: i64 = 24 * 60 * 60;

#[tokio::test(flavor = "multi_thread")]
async fn a_token_holds_until_its_day_or_until_it_is_stopped() {
    for bench in Bench::all().await {
        bench.staff("Ada", Role::Adviser).await;
        let one = bench.service.add_api_token(support(Some("ada@example.org"))).await.unwrap();
        let two = bench.service.add_api_token(support(Some("ada@example.org"))).await.unwrap();
        let visit = bench.service.api_visit(&one.secret).await.unwrap();
        assert_eq!((visit.staff, visit.role), (one.token.id, Role::Adviser));
        for wrong in ["", "kept_", "kept_00", &one.secret[5..], &format!("{}0", *one.secret)] {
            let refused = bench.service.api_visit(wrong).await;
            assert!(matches!(refused, Err(Error::SignIn(Denied::SignedOut))), "{wrong}");
        }
        bench.service.revoke_api_token(&two.token.id.to_string()).await.unwrap();
        assert!(bench.service.api_visit(&two.secret).await.is_err());
        bench.later(30 * DAY - 60);
        assert!(bench.service.api_visit(&one.secret).await.is_ok());
        bench.later(61);
        assert!(bench.service.api_visit(&one.secret).await.is_err());
        let known = bench.service.api_tokens().await.unwrap();
        assert_eq!(known.len(), 2);
        let of = |id| known.iter().find(|token| token.id == id).unwrap();
        assert!(of(one.token.id).used.is_some() && of(two.token.id).revoked.is_some());
        assert!(bench.service.revoke_api_token("").await.is_err());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_works_on_the_caseload_of_its_adviser_and_on_no_other() {
    for bench in Bench::all().await {
        let ada = bench.visit("Ada", Role::Adviser).await;
        let bruno = bench.visit("Bruno", Role::Adviser).await;
        let (daniel, other) =
            (bench.client(&ada, "Daniel Whitfield").await, bench.client(&bruno, "Owen Hughes").await);
        let made = bench.service.add_api_token(support(Some("ada@example.org"))).await.unwrap();
        let program = bench.service.api_visit(&made.secret).await.unwrap();
        assert!(bench.service.open_file(&program, daniel, 5).await.is_ok());
        assert!(matches!(bench.service.open_file(&program, other, 5).await, Err(Error::Refused(_))));
        let listed = bench.service.list_clients(&program, None, 50).await.unwrap().release().await.unwrap();
        assert_eq!(listed.lines.iter().map(|line| line.who.client).collect::<Vec<_>>(), [daniel]);
        // Whom it registers is in the adviser's caseload; it is in nobody's list of cover.
        let maria = bench.service.register_client(&program, registration("Maria Lopes")).await.unwrap();
        assert!(bench.service.open_file(&ada, maria, 5).await.unwrap().release().await.unwrap().own);
        assert!(bench.service.covers().await.unwrap().is_empty());
        // Who declared a conflict keeps their program out, too: it is declared for the program as for anybody.
        bench.service.declare_conflict(&program, maria).await.unwrap();
        assert!(bench.service.open_file(&program, maria, 5).await.is_err());
        // When the adviser leaves, the program stops.
        bench.service.disable_staff("ada@example.org", None).await.unwrap();
        assert!(bench.service.api_visit(&made.secret).await.is_err());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_without_a_role_of_its_own_purpose_is_not_made() {
    for bench in Bench::all().await {
        bench.staff("Ada", Role::Adviser).await;
        bench.staff("Meera", Role::Manager).await;
        let fine = support(Some("ada@example.org"));
        let wrong = [
            support(None),
            support(Some("meera@example.org")),
            support(Some("nobody@example.org")),
            NewToken { role: Role::Administrator, ..support(None) },
            NewToken { role: Role::Client, ..support(None) },
            NewToken { role: Role::System, ..support(None) },
            NewToken { role: Role::Receptionist, purpose: notice::Purpose::Contact, ..fine },
            NewToken { purpose: notice::Purpose::Statistics, ..fine },
            NewToken { days: 0, ..fine },
            NewToken { days: LONGEST_DAYS + 1, ..fine },
            NewToken { name: " ", ..fine },
            NewToken { name: "a\u{7}b", ..fine },
        ];
        for new in wrong {
            assert!(matches!(bench.service.add_api_token(new).await, Err(Error::Staff(_))), "{new:?}");
        }
        assert!(bench.service.api_tokens().await.unwrap().is_empty());
        assert!(bench.service.add_api_token(fine).await.is_ok());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_stands_for_what_was_first_sent_with_it() {
    for bench in Bench::all().await {
        bench.staff("Ada", Role::Adviser).await;
        let one = bench.service.add_api_token(support(Some("ada@example.org"))).await.unwrap();
        let two = bench.service.add_api_token(support(Some("ada@example.org"))).await.unwrap();
        let (one, two) = (
            bench.service.api_visit(&one.secret).await.unwrap(),
            bench.service.api_visit(&two.secret).await.unwrap(),
        );
        let call = async |visit: &Visit, sent: &[&[u8]]| {
            bench.service.api_call(visit, "key-of-16-letters", sent).await.unwrap()
        };
        let first = call(&one, &[&b"/a"[..], b"body"]).await.unwrap();
        assert_eq!(call(&one, &[&b"/a"[..], b"body"]).await, Some(first));
        assert_eq!(
            call(&one, &[&b"/ab"[..], b"ody"]).await,
            None,
            "where one part ends and the next begins counts"
        );
        assert_ne!(
            call(&two, &[&b"/b"[..], b"other"]).await,
            Some(first),
            "keys of another token are other keys"
        );
        bench.later(4 * DAY);
        assert!(call(&one, &[&b"/a"[..], b"other"]).await.is_some(), "after some days a key is forgotten");
    }
}

//! Every way in, and every way that does not lead in.

use access::Role;
use records::{Denied, Error, passwords};

use crate::bench::{Bench, PASSWORD, SECRET};

fn denied<T>(result: Result<T, Error>) -> Denied {
    match result {
        Err(Error::SignIn(denied)) => denied,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("let in"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn password_then_code_then_out_everywhere() {
    let hash = passwords::hash(PASSWORD).await.unwrap();
    for bench in Bench::all().await {
        let service = &bench.service;
        service
            .add_ready_staff("Amara Okafor", "amara@example.org", Role::Adviser, &hash, SECRET)
            .await
            .unwrap();
        assert_eq!(denied(service.sign_in("amara@example.org", "wrong password here").await), Denied::Wrong);
        assert_eq!(denied(service.sign_in("nobody@example.org", PASSWORD).await), Denied::Wrong);
        let half = service.sign_in("Amara@Example.org", PASSWORD).await.unwrap();
        assert_eq!(
            denied(service.visit(&half).await.map(|_| ())),
            Denied::SignedOut,
            "a password alone opens nothing"
        );
        assert_eq!(denied(service.enter_code(&half, "000000").await), Denied::WrongCode);
        let code = bench.code();
        let full = service.enter_code(&half, &code).await.unwrap();
        assert_eq!(service.visit(&full).await.unwrap().role, Role::Adviser);
        assert_eq!(
            denied(service.enter_code(&half, &code).await),
            Denied::SignedOut,
            "the half session is over"
        );
        let again = service.sign_in("amara@example.org", PASSWORD).await.unwrap();
        assert_eq!(denied(service.enter_code(&again, &code).await), Denied::WrongCode, "a code works once");
        bench.later(30);
        let other = service.enter_code(&again, &bench.code()).await.unwrap();
        let visit = service.visit(&full).await.unwrap();
        assert_eq!(service.my_sessions(&visit).await.unwrap().len(), 2);
        service.sign_out_everywhere(&visit).await.unwrap();
        for token in [full, other] {
            assert_eq!(denied(service.visit(&token).await.map(|_| ())), Denied::SignedOut);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_when_idle_and_in_any_case_after_twelve_hours() {
    let hash = passwords::hash(PASSWORD).await.unwrap();
    for bench in Bench::all().await {
        let service = &bench.service;
        service
            .add_ready_staff("Amara Okafor", "amara@example.org", Role::Adviser, &hash, SECRET)
            .await
            .unwrap();
        let enter = async || {
            bench.later(60);
            let half = service.sign_in("amara@example.org", PASSWORD).await.unwrap();
            service.enter_code(&half, &bench.code()).await.unwrap()
        };
        let token = enter().await;
        bench.later(29 * 60);
        assert!(service.visit(&token).await.is_ok());
        bench.later(30 * 60);
        assert_eq!(denied(service.visit(&token).await.map(|_| ())), Denied::SignedOut);
        let token = enter().await;
        for _ in 0..28 {
            bench.later(25 * 60);
            assert!(service.visit(&token).await.is_ok());
        }
        bench.later(25 * 60);
        assert_eq!(denied(service.visit(&token).await.map(|_| ())), Denied::SignedOut, "after twelve hours");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_tries_make_one_wait_and_nobody_is_locked_out_for_good() {
    let hash = passwords::hash(PASSWORD).await.unwrap();
    for bench in Bench::all().await {
        let service = &bench.service;
        service
            .add_ready_staff("Amara Okafor", "amara@example.org", Role::Adviser, &hash, SECRET)
            .await
            .unwrap();
        for _ in 0..4 {
            assert_eq!(
                denied(service.sign_in("amara@example.org", "wrong password here").await),
                Denied::Wrong
            );
        }
        assert_eq!(
            denied(service.sign_in("amara@example.org", "wrong password here").await),
            Denied::Wait(1)
        );
        assert!(
            matches!(denied(service.sign_in("amara@example.org", PASSWORD).await), Denied::Wait(_)),
            "even with the right one"
        );
        bench.later(61);
        let half = service.sign_in("amara@example.org", PASSWORD).await.unwrap();
        service.enter_code(&half, &bench.code()).await.unwrap();
        assert_eq!(
            denied(service.sign_in("amara@example.org", "wrong password here").await),
            Denied::Wrong,
            "the count starts again"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_administrator_comes_by_invitation_and_sets_up_both_factors() {
    for bench in Bench::all().await {
        let service = &bench.service;
        assert!(
            service.add_staff("Amara Okafor", "amara@example.org", Role::Adviser, None).await.is_err(),
            "an administrator first"
        );
        let invited =
            service.add_staff("Ada Root", "ada@example.org", Role::Administrator, None).await.unwrap();
        assert!(service.add_staff("Ada Again", "ADA@example.org", Role::Adviser, None).await.is_err());
        assert!(service.add_staff("No Address", "nonsense", Role::Adviser, None).await.is_err());
        assert_eq!(
            denied(service.accept_invitation("ada@example.org", "WRONG", PASSWORD).await),
            Denied::WrongInvitation
        );
        assert!(matches!(
            denied(service.accept_invitation("ada@example.org", &invited.code, "short").await),
            Denied::Weak(_)
        ));
        let token = service.accept_invitation("ada@example.org", &invited.code, PASSWORD).await.unwrap();
        let enrolment = service.enrolment(&token).await.unwrap();
        assert!(enrolment.address.starts_with("otpauth://totp/"));
        let totp = totp_rs::Builder::new()
            .with_secret(totp_rs::Secret::try_from_base32(&*enrolment.secret).unwrap())
            .build_noncompliant();
        let code = |at: &Bench| {
            totp.generate(at.service.surroundings().now().as_second().unsigned_abs()).to_string()
        };
        let (full, recovery) = service.finish_enrolment(&token, &code(&bench)).await.unwrap();
        assert_eq!((service.visit(&full).await.unwrap().role, recovery.0.len()), (Role::Administrator, 10));
        assert_eq!(
            denied(service.accept_invitation("ada@example.org", &invited.code, PASSWORD).await),
            Denied::WrongInvitation
        );

        // The phone is lost: a recovery code lets in, once.
        let half = service.sign_in("ada@example.org", PASSWORD).await.unwrap();
        service.enter_code(&half, &recovery.0[3].to_lowercase()).await.unwrap();
        let half = service.sign_in("ada@example.org", PASSWORD).await.unwrap();
        assert_eq!(denied(service.enter_code(&half, &recovery.0[3]).await), Denied::WrongCode);

        // Changing the password needs a fresh confirmation and ends other sessions.
        bench.later(6 * 60);
        assert_eq!(
            denied(service.change_password(&full, "violet anchor hums softly").await),
            Denied::ConfirmFirst
        );
        service.confirm(&full, &code(&bench)).await.unwrap();
        let fresh = service.change_password(&full, "violet anchor hums softly").await.unwrap();
        assert_eq!(denied(service.visit(&full).await.map(|_| ())), Denied::SignedOut);
        assert!(service.visit(&fresh).await.is_ok());

        assert!(
            service.disable_staff("ada@example.org", None).await.is_err(),
            "the only administrator stays"
        );
        let amara =
            service.add_staff("Amara Okafor", "amara@example.org", Role::Adviser, None).await.unwrap();
        service.disable_staff("amara@example.org", None).await.unwrap();
        assert_eq!(
            denied(service.accept_invitation("amara@example.org", &amara.code, PASSWORD).await),
            Denied::WrongInvitation
        );
    }
}

//! Signing in: password, then a one-time code or a recovery code; the first password by invitation; confirming again.
//!
//! Every way in is in this file: there is no weaker path.

use access::ActorId;
use audit::{Action, Outcome};
use casework::StaffId;
use jiff::{Timestamp, ToSpan};
use store::sql;
use totp_rs::{Builder, Secret, Totp};
use zeroize::Zeroizing;

use crate::passwords::{self, Weak};
use crate::secrets::{self, Token};
use crate::sessions::{Level, Session};
use crate::staff::{Row, Status};
use crate::{Error, Service};

sql! { records:
    /// One more wrong try, and until when there is no further one.
    WRONG_TRY = "UPDATE staff SET failures = failures + 1, locked_until = $2 WHERE id = $1";
    /// A right try: the count starts again.
    RIGHT_TRY = "UPDATE staff SET failures = 0, locked_until = NULL WHERE id = $1";
    /// Uses a one-time code: only one newer than the last can be used, on all servers together.
    USE_CODE = "UPDATE staff SET totp_step = $2, failures = 0, locked_until = NULL WHERE id = $1 AND totp_step < $2";
}

/// Wrong tries in a row before waiting begins.
const FREE_TRIES: i64 = 5;
/// The longest wait, in minutes: others cannot lock somebody out for good.
const LONGEST_WAIT: i64 = 15;

/// Why a sign-in did not work, in words that do not tell who works here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// Unknown address, wrong password, not active: all the same from outside.
    #[error("The e-mail address or the password is not right. Try again.")]
    Wrong,
    /// The one-time code does not fit, or was used.
    #[error("That code is not right, or it was used already. Wait for the next code and enter it.")]
    WrongCode,
    /// The invitation does not fit or has run out.
    #[error(
        "The e-mail address or the invitation code is not right, or the code has run out. Ask your administrator for a new one."
    )]
    WrongInvitation,
    /// Too many tries.
    #[error("There were too many tries. Wait {0} minute{s}, then try again.", s = if *.0 == 1 { "" } else { "s" })]
    Wait(i64),
    /// The new password will not do.
    #[error(transparent)]
    Weak(#[from] Weak),
    /// Not signed in, or no longer.
    #[error("You are signed out. Sign in to go on.")]
    SignedOut,
    /// This needs a confirmation in the last minutes.
    #[error("Confirm that it is you: enter a code from your phone.")]
    ConfirmFirst,
}

/// What somebody needs to set up their second factor.
pub struct Enrolment {
    /// For typing into an authenticator app, base 32.
    pub secret: Zeroizing<String>,
    /// The same as `otpauth:` address, for a QR code.
    pub address: Zeroizing<String>,
}

/// The recovery codes of somebody, shown once.
pub struct RecoveryCodes(pub Vec<String>);

impl Service {
    /// The first step: address and password. The answer is a session that can do nothing but enter a code.
    ///
    /// # Errors
    /// `Denied`, or the store failed.
    pub async fn sign_in(&self, email: &str, password: &str) -> Result<Token, Error> {
        let found = self.directory().by_email(email);
        let row = match found {
            Some(id) => self.staff_row(id).await?.filter(|r| r.member.status == Status::Active),
            None => None,
        };
        if let Some(row) = &row {
            self.not_waiting(row)?;
        }
        let kept = row.as_ref().and_then(|r| r.page.password.as_deref());
        let right =
            password.chars().count() <= passwords::LONGEST && passwords::is_right(password, kept).await;
        match row {
            Some(row) if right => self.start_session(row.member.id, Level::Password).await,
            Some(row) => Err(self.wrong_try(&row, "wrong-password", Denied::Wrong).await?),
            None => {
                self.log().event(None, Action("sign-in"), Outcome::Refused("unknown")).durable().await?;
                Err(Denied::Wrong.into())
            }
        }
    }

    /// The second step: a one-time code from the phone, or a recovery code. The answer is a new, full session.
    ///
    /// # Errors
    /// `Denied`, or the store failed.
    pub async fn enter_code(&self, token: &Token, code: &str) -> Result<Token, Error> {
        let session = self.session_at(token, Level::Password).await?;
        let mut row = self.staff_row(session.staff).await?.ok_or(Denied::SignedOut)?;
        self.not_waiting(&row)?;
        if !self.use_code(&mut row, code).await? {
            return Err(self.wrong_try(&row, "wrong-code", Denied::WrongCode).await?);
        }
        self.end_session(token).await?;
        let full = self.start_session(session.staff, Level::Full).await?;
        self.log().event(Some(session.staff.into()), Action("sign-in"), Outcome::Done).durable().await?;
        Ok(full)
    }

    /// Confirms again, in a session, that it is the same person: for acts that need it.
    ///
    /// # Errors
    /// `Denied`, or the store failed.
    pub async fn confirm(&self, token: &Token, code: &str) -> Result<(), Error> {
        let session = self.session_at(token, Level::Full).await?;
        let mut row = self.staff_row(session.staff).await?.ok_or(Denied::SignedOut)?;
        self.not_waiting(&row)?;
        if !self.use_code(&mut row, code).await? {
            return Err(self.wrong_try(&row, "wrong-code", Denied::WrongCode).await?);
        }
        self.step_up(token).await?;
        self.log().event(Some(session.staff.into()), Action("confirm"), Outcome::Done).durable().await?;
        Ok(())
    }

    /// Takes up an invitation: sets the first password. The answer is a session that can only set up the second factor.
    ///
    /// # Errors
    /// `Denied`, or the store failed.
    pub async fn accept_invitation(&self, email: &str, code: &str, password: &str) -> Result<Token, Error> {
        let Some(id) = self.directory().by_email(email) else {
            self.log()
                .event(None, Action("accept-invitation"), Outcome::Refused("unknown"))
                .durable()
                .await?;
            return Err(Denied::WrongInvitation.into());
        };
        let mut row = self.staff_row(id).await?.ok_or(Denied::WrongInvitation)?;
        self.not_waiting(&row)?;
        let now = self.now();
        let fits = row
            .page
            .invitation
            .as_ref()
            .is_some_and(|i| i.until > now && i.digest == secrets::code_digest(code));
        if !fits {
            return Err(self.wrong_try(&row, "wrong-invitation", Denied::WrongInvitation).await?);
        }
        self.set_password(&mut row, password).await?;
        row.page.totp = Some(Secret::from(secrets::random::<20>()?).to_base32());
        self.change_staff(&row, true, Some(id.into()), Action("accept-invitation")).await?;
        self.start_session(id, Level::Enrolling).await
    }

    /// What the app needs, for a session that is setting up its second factor.
    ///
    /// # Errors
    /// `Denied` if the session is not one that is setting up.
    pub async fn enrolment(&self, token: &Token) -> Result<Enrolment, Error> {
        let session = self.session_at(token, Level::Enrolling).await?;
        let row = self.staff_row(session.staff).await?.ok_or(Denied::SignedOut)?;
        let totp = self.generator(&row)?;
        let address = totp.to_url().map_err(|_| Error::Damaged("second factor"))?;
        Ok(Enrolment { secret: Zeroizing::new(totp.secret().to_base32()), address: Zeroizing::new(address) })
    }

    /// Ends the set-up by a first code. The person is active from now on; their recovery codes are shown this once.
    ///
    /// # Errors
    /// `Denied`, or the store failed.
    pub async fn finish_enrolment(&self, token: &Token, code: &str) -> Result<(Token, RecoveryCodes), Error> {
        let session = self.session_at(token, Level::Enrolling).await?;
        let mut row = self.staff_row(session.staff).await?.ok_or(Denied::SignedOut)?;
        self.not_waiting(&row)?;
        if !self.use_code(&mut row, code).await? {
            return Err(self.wrong_try(&row, "wrong-code", Denied::WrongCode).await?);
        }
        let codes = new_recovery_codes(&mut row)?;
        (row.member.status, row.page.invitation) = (Status::Active, None);
        self.change_staff(&row, true, Some(session.staff.into()), Action("second-factor")).await?;
        Ok((self.start_session(session.staff, Level::Full).await?, codes))
    }

    /// Sets a new password for somebody who is signed in and has just confirmed. Their other sessions end.
    ///
    /// # Errors
    /// `Denied`, or the store failed.
    pub async fn change_password(&self, token: &Token, password: &str) -> Result<Token, Error> {
        let session = self.confirmed(token).await?;
        let mut row = self.staff_row(session.staff).await?.ok_or(Denied::SignedOut)?;
        self.set_password(&mut row, password).await?;
        self.change_staff(&row, true, Some(session.staff.into()), Action("change-password")).await?;
        self.start_session(session.staff, Level::Full).await
    }

    /// New recovery codes for somebody who is signed in and has just confirmed; the old ones end.
    ///
    /// # Errors
    /// `Denied`, or the store failed.
    pub async fn renew_recovery_codes(&self, token: &Token) -> Result<RecoveryCodes, Error> {
        let session = self.confirmed(token).await?;
        let mut row = self.staff_row(session.staff).await?.ok_or(Denied::SignedOut)?;
        let codes = new_recovery_codes(&mut row)?;
        self.change_staff(&row, false, Some(session.staff.into()), Action("recovery-codes")).await?;
        Ok(codes)
    }

    async fn confirmed(&self, token: &Token) -> Result<Session, Error> {
        let session = self.session_at(token, Level::Full).await?;
        if session.confirmed_lately(self.now()) { Ok(session) } else { Err(Denied::ConfirmFirst.into()) }
    }

    async fn set_password(&self, row: &mut Row, password: &str) -> Result<(), Error> {
        let notices = self.notices();
        let notice = notices.service();
        let known = [row.member.name.as_str(), &row.member.email, &notice.title, &notice.controller.name];
        passwords::good_enough(password, &known).map_err(Denied::Weak)?;
        row.page.password = Some(passwords::hash(password).await.ok_or(Error::Damaged("password hasher"))?);
        Ok(())
    }

    /// Uses up a one-time or recovery code. Each works once.
    async fn use_code(&self, row: &mut Row, code: &str) -> Result<bool, Error> {
        let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        if digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_digit()) {
            let seconds = u64::try_from(self.now().as_second()).unwrap_or_default();
            let Some(step) = self.generator(row)?.check(&digits, seconds).and_then(|s| i64::try_from(s).ok())
            else {
                return Ok(false);
            };
            let used = self
                .records()
                .write(vec![USE_CODE.with([row.member.id.as_bytes().into(), step.into()])])
                .await?;
            return Ok(used.first().is_some_and(|r| r.affected == 1));
        }
        let digest = secrets::code_digest(code);
        let Some(place) = row.page.recovery.iter().position(|kept| *kept == digest) else { return Ok(false) };
        row.page.recovery.remove(place);
        self.change_staff(row, false, Some(row.member.id.into()), Action("use-recovery-code")).await?;
        row.version += 1;
        self.records().write(vec![RIGHT_TRY.with([row.member.id.as_bytes().into()])]).await?;
        Ok(true)
    }

    fn generator(&self, row: &Row) -> Result<Totp, Error> {
        let secret = row.page.totp.as_deref().ok_or(Error::Damaged("second factor"))?;
        let secret = Secret::try_from_base32(secret).map_err(|_| Error::Damaged("second factor"))?;
        Builder::new()
            .with_secret(secret)
            .with_account_name(row.member.email.as_str())
            .with_issuer(Some("Kept"))
            .build()
            .map_err(|_| Error::Damaged("second factor"))
    }

    fn not_waiting(&self, row: &Row) -> Result<(), Denied> {
        match row.locked_until {
            Some(until) if until > self.now() => Err(Denied::Wait(minutes_until(self.now(), until))),
            _ => Ok(()),
        }
    }

    /// Counts a wrong try and gives the answer to show.
    async fn wrong_try(&self, row: &Row, why: &'static str, answer: Denied) -> Result<Error, Error> {
        let tries = row.failures + 1;
        let wait = if tries < FREE_TRIES { 0 } else { LONGEST_WAIT.min(1 << (tries - FREE_TRIES).min(10)) };
        let until = (wait > 0).then(|| (self.now() + wait.minutes()).as_microsecond());
        self.records().write(vec![WRONG_TRY.with([row.member.id.as_bytes().into(), until.into()])]).await?;
        let actor = ActorId::from(row.member.id);
        self.log().event(Some(actor), Action("sign-in"), Outcome::Refused(why)).durable().await?;
        Ok(if wait > 0 { Denied::Wait(wait).into() } else { answer.into() })
    }

    /// For the demo only: somebody active with a known password hash and code secret, so that a visitor can sign in at once.
    ///
    /// # Errors
    /// The store failed.
    pub async fn add_ready_staff(
        &self,
        name: &str,
        email: &str,
        role: access::Role,
        password_hash: &str,
        totp_secret: [u8; 20],
    ) -> Result<StaffId, Error> {
        let page = crate::staff::Page {
            password: Some(password_hash.to_owned()),
            totp: Some(Secret::from(totp_secret).to_base32()),
            ..crate::staff::Page::without_password(name, email)
        };
        Ok(self.insert_staff(&page, role, Status::Active, None).await?.id)
    }
}

/// The one-time code of a secret at a time, in Unix seconds: what a demonstration shows in the place of a phone.
#[must_use]
pub fn code_at(secret: [u8; 20], seconds: u64) -> String {
    Builder::new().with_secret(Secret::from(secret)).build_noncompliant().generate(seconds).to_string()
}

fn new_recovery_codes(row: &mut Row) -> Result<RecoveryCodes, Error> {
    let codes = (0..10).map(|_| secrets::typed_code()).collect::<Result<Vec<_>, _>>()?;
    row.page.recovery = codes.iter().map(|c| secrets::code_digest(c)).collect();
    Ok(RecoveryCodes(codes))
}

fn minutes_until(now: Timestamp, until: Timestamp) -> i64 {
    (until.as_second() - now.as_second()).div_euclid(60) + 1
}

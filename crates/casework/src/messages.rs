//! Messages to clients: by which way somebody may be told, what became of it, and when nobody is woken.
//!
//! These are messages of the service about an appointment that the client made or the end of their file, not marketing: an objection to marketing
//! does not stop them (UK GDPR Art. 21(2) is about direct marketing). What stops them is what the client said is not safe.

use jiff::ToSpan as _;
use jiff::ZonedDateTime;
use jiff::civil::{Time, time};
use notice::FieldId;

use crate::answers::Answer;
use crate::entries::codes;
use crate::formats::{Email, Phone};
use crate::names;
use crate::profile::{Profile, fields};
use crate::safe_contact::{is_safe, ways};

codes! {
    /// By what somebody is written to.
    Channel {
        /// A text message.
        Text = "text",
        /// An e-mail.
        Email = "email",
    }
}

impl Channel {
    /// As a page says it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Channel::Text => "Text message",
            Channel::Email => "Email",
        }
    }
}

codes! {
    /// How far a message came.
    MessageState {
        /// It waits for its time, or for the next try.
        Waiting = "waiting",
        /// A server of ours has it in hand.
        Sending = "sending",
        /// The mail server or GOV.UK Notify took it.
        Sent = "sent",
        /// It arrived, as far as anybody can know.
        Delivered = "delivered",
        /// It will not arrive.
        Failed = "failed",
        /// It may have been sent: nobody knows, and it is not sent again by itself.
        Unsure = "unsure",
        /// Somebody stopped it.
        Stopped = "stopped",
        /// There is no way to write to this client: ring.
        Call = "call",
        /// Nothing is to be said any more.
        Dropped = "dropped",
    }
}

impl MessageState {
    /// As a page says it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            MessageState::Waiting => "Waiting",
            MessageState::Sending => "Being sent",
            MessageState::Sent => "Sent",
            MessageState::Delivered => "Arrived",
            MessageState::Failed => "Did not arrive",
            MessageState::Unsure => "Perhaps sent",
            MessageState::Stopped => "Stopped",
            MessageState::Call => "To be rung",
            MessageState::Dropped => "Not sent",
        }
    }

    /// Whether it will still move by itself.
    #[must_use]
    pub const fn moves(self) -> bool {
        matches!(self, MessageState::Waiting | MessageState::Sending)
    }

    /// Whether the client may not know, so that somebody has to ring.
    #[must_use]
    pub const fn wants_a_call(self) -> bool {
        matches!(
            self,
            MessageState::Failed | MessageState::Unsure | MessageState::Stopped | MessageState::Call
        )
    }
}

codes! {
    /// Why a message was not sent, or not yet.
    NotSent {
        /// Neither a number that takes texts nor an e-mail address is known.
        NoWay = "no-way",
        /// What is known is not safe.
        NotSafe = "not-safe",
        /// They want to be rung.
        PrefersCall = "prefers-call",
        /// They want letters.
        PrefersLetter = "prefers-letter",
        /// The service cannot send by any way at all.
        NotSetUp = "not-set-up",
        /// The service cannot send by the way of this client.
        WayNotSetUp = "way-not-set-up",
        /// No server answered.
        NotReached = "not-reached",
        /// The server answered that it cannot now.
        Busy = "busy",
        /// The server refused the address or the message.
        Refused = "refused",
        /// It was taken and did not arrive.
        NotArrived = "not-arrived",
        /// Its time was over before it could be sent.
        TooLate = "too-late",
        /// It was tried often enough.
        GaveUp = "gave-up",
        /// What it was to tell is another by now.
        ChangedSince = "changed-since",
        /// The file is restricted: stored and nothing more.
        Restricted = "restricted",
        /// The client objects to being written to, or took back their consent to it.
        Objected = "objected",
        /// The notice does not give this purpose.
        NotInNotice = "not-in-notice",
        /// Its words cannot be put together.
        Wording = "wording",
        /// Somebody stopped it.
        Stopped = "stopped",
        /// The connection broke, or Kept stopped, while it was handed over.
        InDoubt = "in-doubt",
    }
}

impl NotSent {
    /// As a page says it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            NotSent::NoWay => "No mobile number and no email address",
            NotSent::NotSafe => "Texts and emails are not safe",
            NotSent::PrefersCall => "Wants to be rung",
            NotSent::PrefersLetter => "Wants letters",
            NotSent::NotSetUp => "No mail server configured",
            NotSent::WayNotSetUp => "This service cannot send by their way",
            NotSent::NotReached => "The server could not be reached",
            NotSent::Busy => "The server could not take it",
            NotSent::Refused => "The address or number was refused",
            NotSent::NotArrived => "It did not arrive",
            NotSent::TooLate => "It could not be sent in time",
            NotSent::GaveUp => "Given up after many tries",
            NotSent::ChangedSince => "What it was to tell changed since",
            NotSent::Restricted => "The file is restricted",
            NotSent::Objected => "The client objects to it",
            NotSent::NotInNotice => "The privacy notice does not name this purpose",
            NotSent::Wording => "Its words could not be put together",
            NotSent::Stopped => "Somebody stopped it",
            NotSent::InDoubt => "Kept or the server stopped in the middle of it",
        }
    }
}

/// By which ways the service can send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Offers {
    /// Text messages.
    pub text: bool,
    /// E-mails.
    pub email: bool,
}

impl Offers {
    /// Whether it can send at all.
    #[must_use]
    pub const fn any(self) -> bool {
        self.text || self.email
    }
}

/// The address to which a message goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// A number that takes texts.
    Text(Phone),
    /// An e-mail address.
    Email(Email),
}

impl Address {
    /// Its channel.
    #[must_use]
    pub const fn channel(&self) -> Channel {
        match self {
            Address::Text(_) => Channel::Text,
            Address::Email(_) => Channel::Email,
        }
    }
}

const PREFERRED_CONTACT: FieldId = FieldId::known("preferred_contact");

fn phones(contact: &Profile) -> impl Iterator<Item = Phone> {
    [fields::MOBILE_PHONE, fields::OTHER_PHONE]
        .into_iter()
        .filter_map(|field| contact.text(&field))
        .filter_map(|text| Phone::parse(text).ok())
}

/// By which way a client is told: the one they chose, if it is safe; the other safe one, where theirs does not lead to them.
/// Who wants to be rung or written a letter gets no message: they are listed for that.
///
/// # Errors
/// Why they cannot be written to.
pub fn way(contact: &Profile, offers: Offers) -> Result<Address, NotSent> {
    let preferred = contact.get(&PREFERRED_CONTACT).map(Answer::chosen).and_then(<[_]>::first);
    let preferred = preferred.map(|chosen| chosen.code.as_str()).unwrap_or_default();
    let text = phones(contact).find(Phone::may_text).map(Address::Text);
    let email = contact.text(&fields::EMAIL).and_then(|text| Email::parse(text).ok()).map(Address::Email);
    if text.is_none() && email.is_none() {
        return Err(NotSent::NoWay);
    }
    match preferred {
        "PHONE" => return Err(NotSent::PrefersCall),
        "LETTER" => return Err(NotSent::PrefersLetter),
        _ => {}
    }
    let text = text.filter(|_| is_safe(contact, "TEXT"));
    let email = email.filter(|_| is_safe(contact, "EMAIL"));
    let in_order = if preferred == "EMAIL" { [email, text] } else { [text, email] };
    let mut safe = in_order.into_iter().flatten().peekable();
    if safe.peek().is_none() {
        return Err(NotSent::NotSafe);
    }
    safe.find(|address| match address.channel() {
        Channel::Text => offers.text,
        Channel::Email => offers.email,
    })
    .ok_or(if offers.any() { NotSent::WayNotSetUp } else { NotSent::NotSetUp })
}

/// How somebody is reached who cannot be written to: for the sheet of those to ring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ringing {
    /// The numbers that may be rung; none if ringing is not safe.
    pub numbers: Vec<String>,
    /// Whether a voice message may be left.
    pub voicemail: bool,
    /// Whether we may say who we are to whoever answers.
    pub say_who: bool,
    /// Address lines, if a letter is safe.
    pub address: Vec<String>,
}

impl Ringing {
    /// From the contact details. Not asked, nobody leaves a message or says who they are.
    #[must_use]
    pub fn of(contact: &Profile) -> Ringing {
        let said = |code: &str| ways(contact).is_some_and(|ways| ways.contains(&code));
        let lines = contact.address().into_iter().map(str::to_owned);
        Ringing {
            numbers: phones(contact)
                .filter(|_| is_safe(contact, "CALL"))
                .map(|phone| phone.national())
                .collect(),
            voicemail: said("VOICEMAIL"),
            say_who: said("NAME-US"),
            address: lines.filter(|_| is_safe(contact, "LETTER")).collect(),
        }
    }
}

/// What a message calls somebody: as they like it, or by their first name.
#[must_use]
pub fn called(contact: &Profile) -> String {
    let name = contact.display_name().unwrap_or_default();
    let first = names::parts(name).first;
    contact.known_as().unwrap_or(if first.is_empty() { name } else { first }).to_owned()
}

/// Nobody is reminded before.
const MORNING: Time = time(8, 0, 0, 0);
/// Nobody is reminded after.
const EVENING: Time = time(20, 0, 0, 0);

/// When a reminder that would be due at `at` goes out: by day, the next morning for what falls into the night.
#[must_use]
pub fn by_day(at: &ZonedDateTime) -> ZonedDateTime {
    let day = if at.time() > EVENING { at.date().checked_add(1.day()).ok() } else { Some(at.date()) };
    if (MORNING..=EVENING).contains(&at.time()) {
        return at.clone();
    }
    let morning = day.and_then(|day| day.to_datetime(MORNING).to_zoned_datetime(at.time_zone().clone()).ok());
    morning.unwrap_or_else(|| at.clone())
}

/// A time of day as a message says it, the full hour alone: `2:30pm`, `9am`.
#[must_use]
pub fn clock(at: Time) -> String {
    crate::dates::clock(at).replace(":00", "")
}

/// Several times of one day: `9am`, `9am and 2:30pm`, `9am, 11am and 2:30pm`.
#[must_use]
pub fn clocks(times: &[Time]) -> String {
    let mut times: Vec<String> = times.iter().copied().map(clock).collect();
    let last = times.pop().unwrap_or_default();
    if times.is_empty() { last } else { format!("{} and {last}", times.join(", ")) }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use jiff::tz::TimeZone;
    use proptest::prelude::*;

    use super::*;
    use crate::answers::Chosen;

    const BOTH: Offers = Offers { text: true, email: true };

    fn chosen(code: &str) -> Chosen {
        Chosen { code: code.to_owned(), other: None, list: String::new() }
    }

    fn contact(mobile: &str, email: &str, preferred: &str, safe: Option<&[&str]>) -> Profile {
        let mut profile = Profile::default();
        let text = |text: &str| Some(Answer::Text(text.to_owned())).filter(|_| !text.is_empty());
        profile.set(fields::NAME, text("Daniel Whitfield"));
        profile.set(fields::MOBILE_PHONE, text(mobile));
        profile.set(fields::EMAIL, text(email));
        if !preferred.is_empty() {
            profile.set(PREFERRED_CONTACT, Some(Answer::Code(chosen(preferred))));
        }
        let codes = safe.map(|codes| Answer::Codes(codes.iter().map(|code| chosen(code)).collect()));
        profile.set(fields::SAFE_CONTACT, codes);
        profile
    }

    const MOBILE: &str = "+447700900123";
    const LANDLINE: &str = "+441514960123";
    const MAIL: &str = "sam@example.org";

    // promise: P7
    #[test]
    fn everybody_is_written_to_by_their_chosen_safe_way_or_listed_for_a_call() {
        let none: Option<&[&str]> = None;
        let cases = [
            // Not asked what is safe: what they gave is theirs to be reached by.
            (MOBILE, MAIL, "", none, Ok(Channel::Text)),
            (MOBILE, MAIL, "TEXT", none, Ok(Channel::Text)),
            (MOBILE, MAIL, "EMAIL", none, Ok(Channel::Email)),
            (MOBILE, MAIL, "PORTAL", none, Ok(Channel::Text)),
            ("", MAIL, "TEXT", none, Ok(Channel::Email)),
            (LANDLINE, MAIL, "TEXT", none, Ok(Channel::Email)),
            (MOBILE, "", "EMAIL", none, Ok(Channel::Text)),
            (LANDLINE, "", "", none, Err(NotSent::NoWay)),
            ("", "", "", none, Err(NotSent::NoWay)),
            // They want to be rung, or letters.
            (MOBILE, MAIL, "PHONE", none, Err(NotSent::PrefersCall)),
            (MOBILE, MAIL, "LETTER", Some(&["TEXT"]), Err(NotSent::PrefersLetter)),
            // What is safe wins over what is liked.
            (MOBILE, MAIL, "TEXT", Some(&["EMAIL"]), Ok(Channel::Email)),
            (MOBILE, MAIL, "EMAIL", Some(&["CALL", "TEXT"]), Ok(Channel::Text)),
            (MOBILE, MAIL, "EMAIL", Some(&["CALL"]), Err(NotSent::NotSafe)),
            (MOBILE, "", "", Some(&["EMAIL"]), Err(NotSent::NotSafe)),
            (MOBILE, MAIL, "", Some(&[]), Err(NotSent::NotSafe)),
        ];
        for (mobile, email, preferred, safe, expected) in cases {
            let found = way(&contact(mobile, email, preferred, safe), BOTH).map(|a| a.channel());
            assert_eq!(found, expected, "{mobile} {email} {preferred} {safe:?}");
        }
        let mut silent = contact(MOBILE, MAIL, "", None);
        silent.set(fields::SAFE_CONTACT, Some(Answer::PreferNotToSay));
        assert_eq!(way(&silent, BOTH), Err(NotSent::NotSafe), "asked and not said is not safe");
    }

    #[test]
    fn what_the_service_cannot_send_is_not_sent_by_another_way_than_a_safe_one() {
        let email = Offers { text: false, email: true };
        let found = |safe, offers| way(&contact(MOBILE, MAIL, "TEXT", safe), offers).map(|a| a.channel());
        assert_eq!(found(None, email), Ok(Channel::Email));
        assert_eq!(found(Some(&["TEXT"]), email), Err(NotSent::WayNotSetUp));
        assert_eq!(found(None, Offers::default()), Err(NotSent::NotSetUp));
    }

    #[test]
    fn who_is_rung_is_rung_only_where_that_is_safe() {
        let all = Ringing::of(&contact(MOBILE, "", "", None));
        assert_eq!(
            (all.numbers.as_slice(), all.voicemail, all.say_who),
            (&["07700 900 123".to_owned()][..], false, false)
        );
        let quiet = Ringing::of(&contact(MOBILE, "", "", Some(&["LETTER"])));
        assert!(quiet.numbers.is_empty());
        let open = Ringing::of(&contact(MOBILE, "", "", Some(&["CALL", "VOICEMAIL", "NAME-US"])));
        assert!(open.voicemail && open.say_who && open.numbers.len() == 1);
    }

    #[test]
    fn reminders_wait_for_the_morning_and_keep_the_day() {
        let at = |hour, minute| {
            date(2026, 11, 26)
                .at(hour, minute, 0, 0)
                .to_zoned_datetime(TimeZone::get("Europe/London").unwrap())
                .unwrap()
        };
        for (given, expected) in [
            (at(9, 30), "2026-11-26T09:30"),
            (at(7, 0), "2026-11-26T08:00"),
            (at(20, 0), "2026-11-26T20:00"),
            (at(22, 15), "2026-11-27T08:00"),
            (at(0, 5), "2026-11-26T08:00"),
        ] {
            assert_eq!(by_day(&given).strftime("%Y-%m-%dT%H:%M").to_string(), expected);
        }
    }

    #[test]
    fn times_and_names_are_said_as_people_say_them() {
        assert_eq!(clocks(&[time(9, 0, 0, 0)]), "9am");
        assert_eq!(clocks(&[time(0, 5, 0, 0), time(12, 0, 0, 0)]), "12:05am and 12pm");
        assert_eq!(
            clocks(&[time(9, 0, 0, 0), time(11, 0, 0, 0), time(14, 30, 0, 0)]),
            "9am, 11am and 2:30pm"
        );
        assert_eq!(clocks(&[]), "");
        let mut daniel = contact(MOBILE, "", "", None);
        assert_eq!(called(&daniel), "Daniel");
        daniel.set(fields::KNOWN_AS, Some(Answer::Text("Danny".into())));
        assert_eq!(called(&daniel), "Danny");
    }

    proptest! {
        #[test]
        fn nobody_is_written_to_by_what_is_not_safe_or_not_offered(
            mobile: bool, mail: bool, preferred in "(TEXT|EMAIL|PHONE|LETTER|PORTAL|)",
            asked: bool, safe in proptest::sample::subsequence(vec!["CALL", "TEXT", "EMAIL", "LETTER"], 0..=4),
            text: bool, email: bool,
        ) {
            let profile = contact(if mobile { MOBILE } else { "" }, if mail { MAIL } else { "" }, &preferred, asked.then_some(&safe[..]));
            match way(&profile, Offers { text, email }) {
                Ok(Address::Text(_)) => prop_assert!(mobile && text && (!asked || safe.contains(&"TEXT"))),
                Ok(Address::Email(_)) => prop_assert!(mail && email && (!asked || safe.contains(&"EMAIL"))),
                Err(_) => {}
            }
        }

        #[test]
        fn a_reminder_never_goes_out_at_night_or_earlier_than_it_is_due(second in 1_760_000_000_i64..1_800_000_000) {
            let at = jiff::Timestamp::from_second(second).unwrap().to_zoned_datetime(TimeZone::get("Europe/London").unwrap());
            let goes = by_day(&at);
            prop_assert!(goes >= at && (MORNING..=EVENING).contains(&goes.time()));
        }
    }
}

//! What a service sends by: its mail server, GOV.UK Notify, its words, and what it says of itself.

use std::collections::BTreeMap;
use std::time::Duration;

use casework::messages::{Address, Channel, Offers};
use jiff::Timestamp;
use uuid::Uuid;

use crate::notify::{Delivery, Found, Personalisation};
use crate::shipped::{Message, Occasion, reveals};
use crate::smtp::EMail;
use crate::{
    Filled, Filling, FillingFault, MessageId, Notify, Outcome, Placeholder, Smtp, Template, Why, Wordings,
};

/// What took a message, or may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carrier {
    /// The mail server.
    Smtp,
    /// GOV.UK Notify, which can be asked whether it has a message.
    Notify,
}

impl Carrier {
    /// The code that is stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Carrier::Smtp => "smtp",
            Carrier::Notify => "notify",
        }
    }

    /// The one with this code.
    #[must_use]
    pub fn of_code(code: &str) -> Option<Carrier> {
        [Carrier::Smtp, Carrier::Notify].into_iter().find(|carrier| carrier.code() == code)
    }
}

/// The templates that a service has made in Notify.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Templates {
    /// For texts: it holds nothing but `((text))`.
    pub text: Option<Uuid>,
    /// For e-mail: subject `((subject))`, body `((text))`.
    pub email: Option<Uuid>,
}

/// What a service says of itself in its messages.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct House {
    /// The number to ring.
    pub phone: String,
    /// Where another time is chosen, if the service has such a page.
    pub link: Option<String>,
    /// The address of this Kept, if those whose appointment is called off may choose another time there.
    pub choose_at: Option<String>,
    /// Where everybody can read the privacy notice, if clients are told of a changed one by message.
    pub notice: Option<String>,
    /// Where people usually come to, in words that do not say what happens there.
    pub place: String,
}

impl House {
    /// Whether a message holds an address: where another time is chosen, or the notice is read.
    #[must_use]
    pub const fn has_link(&self, occasion: Occasion) -> bool {
        match occasion {
            Occasion::Notice => self.notice.is_some(),
            Occasion::Cancelled => self.link.is_some() || self.choose_at.is_some(),
            Occasion::Booked | Occasion::Reminder | Occasion::Moved | Occasion::Ending => self.link.is_some(),
        }
    }
}

/// What a service sends by. Without any way it still has words, so that pages can show them.
#[derive(Debug)]
pub struct Post {
    smtp: Option<Smtp>,
    notify: Option<(Notify, Templates)>,
    house: House,
    wordings: Wordings,
    patience: Duration,
}

/// One message, ready to be sent.
#[derive(Debug)]
pub struct Letter {
    /// To whom.
    pub to: Address,
    subject: Option<Filled>,
    words: Filled,
}

impl Letter {
    /// What will be read.
    #[must_use]
    pub fn words(&self) -> &Filled {
        &self.words
    }

    /// The subject of an e-mail.
    #[must_use]
    pub fn subject(&self) -> Option<&Filled> {
        self.subject.as_ref()
    }
}

impl Post {
    /// A service that sends by these ways. `patience` is how long each step of sending may take.
    #[must_use]
    pub fn new(
        smtp: Option<Smtp>,
        notify: Option<(Notify, Templates)>,
        house: House,
        wordings: Wordings,
        patience: Duration,
    ) -> Post {
        Post { smtp, notify, house, wordings, patience }
    }

    /// A service that cannot send anything. Nothing if its shipped words are faulty, which a test rules out.
    #[must_use]
    pub fn none() -> Option<Post> {
        let wordings = Wordings::new(&House::default(), &BTreeMap::new()).ok()?;
        Some(Post::new(None, None, House::default(), wordings, Duration::from_secs(20)))
    }

    /// By which ways it can send.
    #[must_use]
    pub fn offers(&self) -> Offers {
        Offers { text: self.carrier(Channel::Text).is_some(), email: self.carrier(Channel::Email).is_some() }
    }

    /// What takes messages of this channel: the service's own mail server before Notify.
    #[must_use]
    pub fn carrier(&self, channel: Channel) -> Option<Carrier> {
        let templates = self.notify.as_ref().map(|(_, templates)| templates);
        let by_notify = |template: Option<Uuid>| template.map(|_| Carrier::Notify);
        match channel {
            Channel::Text => by_notify(templates.and_then(|templates| templates.text)),
            Channel::Email if self.smtp.is_some() => Some(Carrier::Smtp),
            Channel::Email => by_notify(templates.and_then(|templates| templates.email)),
        }
    }

    /// What it says of itself.
    #[must_use]
    pub fn house(&self) -> &House {
        &self.house
    }

    /// Its words.
    #[must_use]
    pub fn wordings(&self) -> &Wordings {
        &self.wordings
    }

    /// After so long nobody is sending any more who has not said what became of it: longer than all steps of sending, each as
    /// slow as it may be.
    #[must_use]
    pub fn lease(&self) -> Duration {
        self.patience * 10
    }

    /// A place as a message may name it: what was written down for it, unless that would tell what happens there. Then no
    /// other place is named in its stead: the client would go there.
    #[must_use]
    pub fn place<'a>(&'a self, written: &'a str) -> &'a str {
        if !reveals(written).is_empty() {
            "the place we agreed"
        } else if !written.trim().is_empty() {
            written
        } else if self.house.place.is_empty() {
            "the usual place"
        } else {
            &self.house.place
        }
    }

    /// Puts a message together. The service's own number is filled in here, and its own link where `filling` has none.
    ///
    /// # Errors
    /// A gap stays empty, a value is not one plain line, or the whole is too long.
    pub fn letter(&self, occasion: Occasion, to: Address, filling: Filling) -> Result<Letter, FillingFault> {
        let House { phone, link, notice, .. } = &self.house;
        let link = if occasion == Occasion::Notice { notice } else { link };
        let own = [(Placeholder::ServicePhone, Some(phone)), (Placeholder::Link, link.as_ref())];
        let own = own.into_iter().filter_map(|(gap, value)| Some((gap, value.filter(|v| !v.is_empty())?)));
        let filling = own.fold(filling, |filling, (gap, value)| filling.or(gap, value));
        let none = || FillingFault::Missing(Vec::new());
        let (Message { text, subject, body }, _) = self.wordings.of(occasion).ok_or_else(none)?;
        let fill = |template: &Template| template.fill(&filling);
        let (subject, words) = match to.channel() {
            Channel::Text => (None, fill(text)?),
            Channel::Email => (Some(fill(subject)?), fill(body)?),
        };
        Ok(Letter { to, subject, words })
    }

    /// Sends it, once.
    pub async fn send(&self, now: Timestamp, id: MessageId, letter: &Letter) -> Outcome {
        let notify = self.notify.as_ref();
        match (&letter.to, &letter.subject) {
            (Address::Email(to), Some(subject)) => {
                if let Some(smtp) = &self.smtp {
                    return smtp.send(now, &EMail { id, to, subject, body: &letter.words }).await;
                }
                let words = Personalisation::new().with("subject", subject).with("text", &letter.words);
                match notify.and_then(|(notify, templates)| Some((notify, templates.email?))) {
                    Some((notify, template)) => notify.e_mail(now, id, to, template, &words).await,
                    None => Outcome::TryAgain { why: Why::NotReached },
                }
            }
            (Address::Text(to), _) => {
                let words = Personalisation::new().with("text", &letter.words);
                match notify.and_then(|(notify, templates)| Some((notify, templates.text?))) {
                    Some((notify, template)) => notify.text(now, id, to, template, &words).await,
                    None => Outcome::TryAgain { why: Why::NotReached },
                }
            }
            (Address::Email(_), None) => Outcome::Refused { why: Why::Address },
        }
    }

    /// Whether Notify has a message: for one that is in doubt. See [`Notify::find`].
    ///
    /// # Errors
    /// Notify could not be asked.
    pub async fn find(&self, now: Timestamp, id: MessageId) -> Result<Option<Found>, Why> {
        let Some((notify, _)) = &self.notify else { return Err(Why::NotReached) };
        notify.find(now, id).await
    }

    /// What became of a message, by the name that Notify gave it.
    ///
    /// # Errors
    /// Notify could not be asked, or does not know it.
    pub async fn delivery(&self, now: Timestamp, notification: Uuid) -> Result<Delivery, Why> {
        let Some((notify, _)) = &self.notify else { return Err(Why::NotReached) };
        notify.delivery(now, notification).await
    }
}

#[cfg(test)]
mod tests {
    use casework::formats::Email;

    use super::*;

    fn post(link: Option<&str>) -> Post {
        let house = House {
            phone: "0151 496 0100".into(),
            link: link.map(str::to_owned),
            place: "12 Market Street".into(),
            ..House::default()
        };
        let wordings = Wordings::new(&house, &BTreeMap::new()).unwrap();
        Post::new(None, None, house, wordings, Duration::from_secs(20))
    }

    fn filling() -> Filling {
        Filling::new()
            .with(Placeholder::Name, "Siân")
            .with(Placeholder::Day, "Friday 27 November")
            .with(Placeholder::Time, "9am and 2:30pm")
            .with(Placeholder::Place, "12 Market Street")
    }

    #[test]
    fn a_letter_says_how_to_choose_another_time_with_and_without_a_page_for_it() {
        let to = || Address::Email(Email::parse("sian@example.org").unwrap());
        let with =
            post(Some("https://example.org/times")).letter(Occasion::Cancelled, to(), filling()).unwrap();
        assert!(
            with.words().text().contains("another time: https://example.org/times\nOr ring 0151 496 0100.")
        );
        let own = filling().with(Placeholder::Link, "https://kept.example.org/again/00");
        let own = post(Some("https://example.org/times")).letter(Occasion::Cancelled, to(), own).unwrap();
        assert!(own.words().text().contains("another time: https://kept.example.org/again/00\n"));
        let without = post(None).letter(Occasion::Cancelled, to(), filling()).unwrap();
        assert!(without.words().text().contains("another time, ring 0151 496 0100."));
        assert!(without.words().text().contains("9am and 2:30pm"));
        assert!(!format!("{without:?}").contains("Market"), "nothing of its words is printed");
    }

    #[test]
    fn a_place_that_tells_what_happens_there_is_not_named() {
        let post = post(None);
        assert_eq!(post.place("Room 2"), "Room 2");
        assert_eq!(post.place("Jobcentre, desk 4"), "the place we agreed");
        assert_eq!(post.place(" "), "12 Market Street");
        assert_eq!(Post::none().unwrap().place(""), "the usual place");
        assert!(!Post::none().unwrap().offers().any());
    }
}

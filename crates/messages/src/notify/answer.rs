//! What Notify answers.

use std::fmt;

use serde::Deserialize;
use ureq::Timeout;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::http::untrusted;
use crate::{MessageId, Outcome, Step, Why};

/// How far a message came, in Notify's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Delivery {
    /// Notify has it and will send it.
    Created,
    /// On its way to the provider.
    Sending,
    /// The provider has it and waits for the phone.
    Pending,
    /// Sent to a country from which no news comes.
    Sent,
    /// It arrived.
    Delivered,
    /// It will never arrive: the address or number does not exist.
    PermanentFailure,
    /// It did not arrive: a full mailbox, a phone that was off for days.
    TemporaryFailure,
    /// Something between Notify and the provider failed.
    TechnicalFailure,
    /// A word that this version of Kept does not know.
    #[serde(other)]
    Unknown,
}

impl Delivery {
    /// Whether nothing more will come.
    #[must_use]
    pub fn final_word(self) -> bool {
        !matches!(self, Delivery::Created | Delivery::Sending | Delivery::Pending | Delivery::Unknown)
    }

    /// Whether the client did not get it.
    #[must_use]
    pub fn failed(self) -> bool {
        matches!(self, Delivery::PermanentFailure | Delivery::TemporaryFailure | Delivery::TechnicalFailure)
    }
}

/// A message that Notify has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Found {
    /// Under which name.
    pub id: Uuid,
    /// How far it came.
    #[serde(rename = "status")]
    pub delivery: Delivery,
}

/// What an error of Notify means. Its own words are not kept: they can hold what a client was to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// The template has gaps for which nothing was given.
    GapsLeft,
    /// No such template.
    NoTemplate,
    /// Notify does not take this address or number.
    Recipient,
    /// The text is too long with what Notify adds to it.
    TooLong,
    /// The key may send to the service's own team only, or nowhere.
    KeyLimited,
    /// The service in Notify is still on trial.
    OnTrial,
    /// The key was revoked, or is of another service.
    Key,
    /// The time of this machine is wrong.
    Clock,
    /// The day's limit is reached.
    DayFull,
    /// Too many a minute.
    TooFast,
    /// No such message.
    NoMessage,
    /// Notify does not work at the moment.
    Out,
    /// Anything else.
    Other,
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Said::GapsLeft => {
                "the template in Notify has other gaps than those that are filled. Compare the two."
            }
            Said::NoTemplate => {
                "there is no such template. Check its id, that it is not archived, and that it is for this kind of message."
            }
            Said::Recipient => "the address or number is not one that it can send to. Correct it in the file.",
            Said::TooLong => "the text is too long with what Notify adds to it. Shorten the template.",
            Said::KeyLimited => {
                "this key may send to the team or the guest list only. Use a live key of the service."
            }
            Said::OnTrial => "the service in Notify is on trial. Ask there to go live.",
            Said::Key => "the key is not accepted. Make a new one in Notify.",
            Said::Clock => "the clock of this machine is wrong by more than thirty seconds. Set it.",
            Said::DayFull => "today's limit of messages is reached. It starts again at midnight.",
            Said::TooFast => "too many messages in one minute.",
            Said::NoMessage => "it does not have this message, or no longer.",
            Said::Out => "it does not work at the moment.",
            Said::Other => "the request was not accepted. Check the address of Notify, and look into the service's page there.",
        })
    }
}

#[derive(Deserialize, Default)]
struct Errors {
    #[serde(default)]
    errors: Vec<OneError>,
}

#[derive(Deserialize)]
struct OneError {
    #[serde(default)]
    error: String,
    #[serde(default)]
    message: String,
}

/// An answer, its body wiped when dropped: it repeats what the client will read.
pub(super) struct Answer {
    status: u16,
    body: Zeroizing<Vec<u8>>,
}

impl Answer {
    pub(super) fn new(status: u16, body: Zeroizing<Vec<u8>>) -> Answer {
        Answer { status, body }
    }

    /// What became of a message that was sent with this answer.
    pub(super) fn outcome(&self) -> Outcome {
        #[derive(Deserialize)]
        struct Taken {
            id: Uuid,
        }
        match self.status {
            200..=299 => match self.read::<Taken>() {
                Some(taken) => Outcome::Sent { id: taken.id.to_string() },
                None => Outcome::Unsure { why: Why::Broke(Step::Asking) },
            },
            // Notify's documentation says of 500, and its official client of 503: send it again.
            500 | 503 => Outcome::TryAgain { why: self.why() },
            // Whoever stands before Notify gave up waiting for it, say: the message may have got through.
            500.. => Outcome::Unsure { why: self.why() },
            // These are not about this message: it waits until the settings are put right.
            400 if matches!(self.said(), Said::KeyLimited | Said::OnTrial | Said::NoTemplate) => {
                Outcome::TryAgain { why: self.why() }
            }
            400 | 413 | 422 => Outcome::Refused { why: self.why() },
            // Nor are the key, the clock, the limits, or somebody on the way who is not Notify.
            _ => Outcome::TryAgain { why: self.why() },
        }
    }

    pub(super) fn delivery(&self) -> Result<Delivery, Why> {
        #[derive(Deserialize)]
        struct One {
            status: Delivery,
        }
        let one: One = self.asked()?;
        Ok(one.status)
    }

    pub(super) fn found(&self, id: MessageId) -> Result<Option<Found>, Why> {
        #[derive(Deserialize)]
        struct List {
            notifications: Vec<Listed>,
        }
        #[derive(Deserialize)]
        struct Listed {
            #[serde(flatten)]
            found: Found,
            reference: Option<String>,
        }
        let list: List = self.asked()?;
        let own = |listed: &&Listed| listed.reference.as_deref() == Some(id.to_string().as_str());
        Ok(list.notifications.iter().find(own).map(|listed| listed.found))
    }

    fn asked<'a, T: Deserialize<'a>>(&'a self) -> Result<T, Why> {
        match self.status {
            200..=299 => self.read().ok_or(Why::Broke(Step::Asking)),
            _ => Err(self.why()),
        }
    }

    fn read<'a, T: Deserialize<'a>>(&'a self) -> Option<T> {
        serde_json::from_slice(&self.body).ok()
    }

    fn why(&self) -> Why {
        Why::Notify { status: self.status, said: self.said() }
    }

    fn said(&self) -> Said {
        let errors = self.read::<Errors>().unwrap_or_default().errors;
        let Some(OneError { error, message }) = errors.first() else {
            return if self.status >= 500 { Said::Out } else { Said::Other };
        };
        let message = message.to_lowercase();
        let has = |words: &str| message.contains(words);
        match (self.status, error.as_str()) {
            (_, "TooManyRequestsError") => Said::DayFull,
            (429, _) => Said::TooFast,
            (404, _) => Said::NoMessage,
            (401 | 403, _) if has("system clock") => Said::Clock,
            (401 | 403, _) => Said::Key,
            (500.., _) => Said::Out,
            (_, "BadRequestError") if has("missing personalisation") => Said::GapsLeft,
            (_, "BadRequestError") if has("trial mode") => Said::OnTrial,
            (_, "BadRequestError") if has("team-only api key") => Said::KeyLimited,
            (_, "BadRequestError") if has("template") => Said::NoTemplate,
            (_, "BadRequestError" | "ValidationError")
                if has("character") && (has("long") || has("greater")) =>
            {
                Said::TooLong
            }
            (_, "ValidationError" | "InvalidPhoneError" | "InvalidEmailError")
                if has("phone_number") || has("email_address") =>
            {
                Said::Recipient
            }
            (_, "ValidationError") if has("template_id") => Said::NoTemplate,
            _ => Said::Other,
        }
    }
}

/// What went wrong before there was an answer. All that certainly came before the request is told apart from the rest.
pub(crate) fn why(error: &ureq::Error) -> Why {
    use std::io::ErrorKind;
    match error {
        ureq::Error::HostNotFound | ureq::Error::ConnectionFailed => Why::NotReached,
        ureq::Error::Timeout(Timeout::Resolve | Timeout::Connect) => Why::Silent(Step::Connecting),
        ureq::Error::Timeout(_) => Why::Silent(Step::Asking),
        error if untrusted(error) => Why::NotTrusted,
        ureq::Error::Io(io) => match io.kind() {
            ErrorKind::ConnectionRefused | ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => {
                Why::NotReached
            }
            _ => Why::Broke(Step::Asking),
        },
        _ => Why::Broke(Step::Asking),
    }
}

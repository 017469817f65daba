//! What became of a message.

use std::fmt;

use casework::messages::NotSent;
use uuid::Uuid;

/// The id of a message, given by whoever sends it and the same for each attempt. Servers are told it, so that one message
/// can be recognised as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId(pub Uuid);

impl MessageId {
    /// A number for [`backoff::wait`](crate::backoff::wait) to spread by.
    #[must_use]
    pub fn spread(self) -> u64 {
        self.0.as_u64_pair().1
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What became of one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a message whose outcome is not stored is lost or sent twice"]
pub enum Outcome {
    /// The server took it.
    Sent {
        /// Under which name: Notify's id, or the `Message-ID` of an e-mail.
        id: String,
    },
    /// The server certainly did not take it, and may do so later.
    TryAgain {
        /// Why not.
        why: Why,
    },
    /// The server will never take this message to this address. A person has to look at it.
    Refused {
        /// Why.
        why: Why,
    },
    /// All was said and no answer came: it may have been taken. Sending it again could tell a client twice.
    Unsure {
        /// What was missing.
        why: Why,
    },
}

/// How far an attempt came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Connecting and greeting.
    Connecting,
    /// Signing in.
    SigningIn,
    /// Naming the sender.
    Sender,
    /// Naming the recipient.
    Recipient,
    /// Handing over the message.
    Message,
    /// Asking Notify.
    Asking,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Step::Connecting => "connecting",
            Step::SigningIn => "signing in",
            Step::Sender => "naming the sender",
            Step::Recipient => "naming the recipient",
            Step::Message => "handing over the message",
            Step::Asking => "asking",
        })
    }
}

/// Why a message was not sent, or may not have been. No text here holds personal data or what a server wrote, so each may
/// stand in a log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// No connection came about.
    #[error("The server could not be reached. Check its name and port, and the network.")]
    NotReached,
    /// It took too long.
    #[error("The server did not answer in time while {0}.")]
    Silent(Step),
    /// The connection broke, or what came was no answer.
    #[error("The connection broke, or an answer made no sense, while {0}.")]
    Broke(Step),
    /// TLS failed.
    #[error(
        "The server's certificate was not accepted. Check the server's name; add its authority if it is a private one."
    )]
    NotTrusted,
    /// The server offers no TLS.
    #[error(
        "The mail server does not offer TLS (STARTTLS), so nothing was said to it. Choose the port for TLS (465), or have TLS switched on."
    )]
    NoTls,
    /// The mail server knows no way to sign in that we know.
    #[error("The mail server offers no way to sign in by password (PLAIN or LOGIN). Ask its administrator.")]
    NoSignIn,
    /// The mail server said no.
    #[error("The mail server answered {code}{} while {step}.", status.as_ref().map(|s| format!(" {s}")).unwrap_or_default())]
    Reply {
        /// The three digits.
        code: u16,
        /// The enhanced code of RFC 3463, "5.1.1".
        status: Option<String>,
        /// When.
        step: Step,
    },
    /// An address that the mail server or the mail format cannot take.
    #[error("The address cannot be written in an e-mail. Correct it in the file.")]
    Address,
    /// The phone number is not one that can be texted.
    #[error("This number cannot be sent texts. Use a mobile number, or another way.")]
    NotTextable,
    /// Notify said no.
    #[error("GOV.UK Notify answered {status}: {said}")]
    Notify {
        /// The HTTP status.
        status: u16,
        /// What that means.
        said: crate::notify::Said,
    },
    /// The program itself stopped in the middle of it.
    #[error("Kept stopped while it was sending.")]
    Stopped,
}

impl Why {
    /// As it is stored and shown.
    #[must_use]
    pub fn not_sent(&self) -> NotSent {
        match self {
            // A server that refuses whoever connects has said nothing of any address.
            Why::NotReached
            | Why::Silent(Step::Connecting)
            | Why::Reply { step: Step::Connecting, .. }
            | Why::NotTrusted
            | Why::NoTls => NotSent::NotReached,
            Why::Address | Why::NotTextable => NotSent::Refused,
            Why::Reply { code: 500..=599, .. } | Why::Notify { status: 400..=428, .. } => NotSent::Refused,
            Why::NoSignIn | Why::Reply { .. } | Why::Notify { .. } | Why::Silent(_) | Why::Broke(_) => {
                NotSent::Busy
            }
            Why::Stopped => NotSent::InDoubt,
        }
    }

    /// Whether it would meet every other message now as well: then the others wait, and none of them loses a try.
    #[must_use]
    pub fn meets_all(&self) -> bool {
        match self {
            Why::NotReached | Why::NotTrusted | Why::NoTls | Why::NoSignIn | Why::Notify { .. } => true,
            Why::Silent(step) | Why::Broke(step) | Why::Reply { step, .. } => {
                matches!(step, Step::Connecting | Step::SigningIn | Step::Sender)
            }
            Why::Address | Why::NotTextable | Why::Stopped => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_refuses_whoever_connects_says_nothing_of_an_address() {
        for (step, code, said) in [
            (Step::Connecting, 554, NotSent::NotReached),
            (Step::Connecting, 421, NotSent::NotReached),
            (Step::Recipient, 550, NotSent::Refused),
            (Step::Recipient, 451, NotSent::Busy),
        ] {
            assert_eq!(Why::Reply { step, code, status: None }.not_sent(), said, "{step:?} {code}");
        }
    }
}

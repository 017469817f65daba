//! What programs of others are told by themselves: that something of a file changed, never what it says.
//!
//! The kinds follow the resources of the API, where whoever was told reads what changed.

use crate::entries::codes;

codes! {
    /// Something that happened to what the API shows.
    EventKind {
        /// Somebody was registered.
        ClientRegistered = "client.registered",
        /// A page of the details changed, or whose caseload the file is in.
        ClientChanged = "client.changed",
        /// The file is no more.
        ClientErased = "client.erased",
        /// An entry was written.
        EntryRecorded = "entry.recorded",
        /// An entry has a newer version.
        EntryChanged = "entry.changed",
        /// An appointment was booked.
        AppointmentBooked = "appointment.booked",
        /// An appointment was moved, or something became of it.
        AppointmentChanged = "appointment.changed",
        /// A referral was written down.
        ReferralRecorded = "referral.recorded",
        /// A referral came a step further.
        ReferralChanged = "referral.changed",
        /// Nothing happened: somebody tries whether the program hears.
        Test = "test",
    }
}

impl EventKind {
    /// As a page says it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            EventKind::ClientRegistered => "A client was registered",
            EventKind::ClientChanged => "A client’s details changed",
            EventKind::ClientErased => "A client’s file was erased",
            EventKind::EntryRecorded => "An entry was written",
            EventKind::EntryChanged => "An entry was changed",
            EventKind::AppointmentBooked => "An appointment was booked",
            EventKind::AppointmentChanged => "An appointment changed",
            EventKind::ReferralRecorded => "A referral was recorded",
            EventKind::ReferralChanged => "A referral came a step further",
            EventKind::Test => "A test",
        }
    }

    /// What is named beside the client: the name under which a program finds its id. None for what is about the client alone.
    #[must_use]
    pub const fn names(self) -> Option<&'static str> {
        match self {
            EventKind::ClientRegistered
            | EventKind::ClientChanged
            | EventKind::ClientErased
            | EventKind::Test => None,
            EventKind::EntryRecorded | EventKind::EntryChanged => Some("entry"),
            EventKind::AppointmentBooked | EventKind::AppointmentChanged => Some("appointment"),
            EventKind::ReferralRecorded | EventKind::ReferralChanged => Some("referral"),
        }
    }

    /// What a webhook can be told of by itself: all but tests.
    pub fn chosen() -> impl Iterator<Item = EventKind> {
        EventKind::ALL.iter().copied().filter(|kind| *kind != EventKind::Test)
    }
}

codes! {
    /// How a webhook stands.
    WebhookState {
        /// Its program is told.
        On = "on",
        /// It is not told for now: somebody switched it off, or nothing arrived for days.
        Off = "off",
        /// It is over, and never told again.
        Ended = "ended",
    }
}

impl WebhookState {
    /// As a page says it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            WebhookState::On => "On",
            WebhookState::Off => "Switched off",
            WebhookState::Ended => "Ended",
        }
    }
}

codes! {
    /// How far one delivery came.
    DeliveryState {
        /// It waits for its first or next try.
        Waiting = "waiting",
        /// A server of ours has it in hand.
        Sending = "sending",
        /// The program took it.
        Delivered = "delivered",
        /// It was tried for days and never taken.
        Failed = "failed",
        /// The token of the webhook may not read what it is about, or that is gone.
        Dropped = "dropped",
    }
}

impl DeliveryState {
    /// As a page says it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            DeliveryState::Waiting => "Waiting",
            DeliveryState::Sending => "Being sent",
            DeliveryState::Delivered => "Delivered",
            DeliveryState::Failed => "Given up",
            DeliveryState::Dropped => "Not for this program",
        }
    }
}

codes! {
    /// Why a program did not take what it was told.
    NotTaken {
        /// No connection came about.
        NotReached = "not-reached",
        /// Its certificate was not accepted.
        NotTrusted = "not-trusted",
        /// It did not answer in time, or the connection broke.
        Silent = "silent",
        /// It answered with another status than 2xx.
        Answered = "answered",
        /// It answered with a redirection, which is never followed.
        Redirected = "redirected",
        /// It said that it is gone for good (410).
        Gone = "gone",
        /// Its name leads to an address inside a network, and the settings do not say that it may.
        Inside = "inside",
        /// The settings do not name its host any more.
        NotListed = "not-listed",
    }
}

impl NotTaken {
    /// As a page says it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            NotTaken::NotReached => "The program could not be reached",
            NotTaken::NotTrusted => "Its certificate was not accepted",
            NotTaken::Silent => "It did not answer in time, or the connection broke",
            NotTaken::Answered => "It answered that it did not take it",
            NotTaken::Redirected => "It answered with a redirection, which is never followed",
            NotTaken::Gone => "It said that it is gone for good",
            NotTaken::Inside => "Its name leads to a private address, which kept.toml does not allow",
            NotTaken::NotListed => "kept.toml does not name its host any more",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_named_after_what_the_api_shows() {
        for kind in EventKind::chosen() {
            let (resource, _) = kind.code().split_once('.').unwrap();
            assert_eq!(kind.names().unwrap_or("client"), resource);
        }
        assert_eq!(EventKind::chosen().count(), EventKind::ALL.len() - 1);
    }
}

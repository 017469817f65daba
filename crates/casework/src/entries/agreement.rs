//! Which notice a client was given, and that they agreed to use the service. Consents are another matter (Art. 7(2)).

use serde::{Deserialize, Serialize};

use super::codes;

/// A notice was given to the client: exactly this text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeGiven {
    /// The notice's id.
    pub notice: String,
    /// Its version.
    pub version: String,
    /// SHA-256 of its text, in hexadecimal digits.
    pub digest: String,
    /// How it was given.
    pub how: How,
    /// SHA-256 of the words as the client read or heard them: kept, so that they can be shown again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
}

codes! {
    /// How a notice was given.
    How {
        /// Read out, in the room or on the telephone.
        ReadAloud = "read-aloud",
        /// On paper.
        OnPaper = "on-paper",
        /// As a link, by e-mail or text message.
        ByLink = "by-link",
        /// Shown on a screen.
        Shown = "shown",
        /// In full, by e-mail.
        ByEmail = "by-email",
        /// In their online file.
        Portal = "portal",
    }
}

impl How {
    /// As a form offers it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            How::ReadAloud => "Read aloud",
            How::OnPaper => "On paper",
            How::ByLink => "By link",
            How::Shown => "Shown on screen",
            How::ByEmail => "By email",
            How::Portal => "In their online file",
        }
    }
}

impl NoticeGiven {
    /// Its line in the timeline.
    #[must_use]
    pub fn title(&self) -> String {
        format!("Privacy notice {} given: {}", self.version, self.how.words().to_lowercase())
    }
}

/// The client agreed to use the service, under this notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreement {
    /// The notice's id.
    pub notice: String,
    /// Its version.
    pub version: String,
    /// How they agreed.
    pub how: Agreed,
}

codes! {
    /// How a client agreed.
    Agreed {
        /// In words, in the room or on the telephone.
        InWords = "in-words",
        /// By signing on paper.
        OnPaper = "on-paper",
        /// Online.
        Online = "online",
    }
}

impl Agreed {
    /// As a form offers it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Agreed::InWords => "In words",
            Agreed::OnPaper => "Signed on paper",
            Agreed::Online => "Online",
        }
    }
}

impl Agreement {
    /// Its line in the timeline.
    #[must_use]
    pub fn title(&self) -> String {
        format!("Agreed to use the service: {}", self.how.words().to_lowercase())
    }
}

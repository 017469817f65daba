//! Messages to clients: what `kept.toml` says of them, and the worker that sends while a service runs.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use ::messages::notify::{self, ApiKey, Notify};
use ::messages::shipped::{Occasion, reveals};
use ::messages::smtp::{self, Security, Smtp};
use ::messages::{House, Post, Templates, Wordings};
use casework::formats::{Email, Phone};
use records::Service;
use records::messages::Step;
use serde::Deserialize;
use tokio::sync::watch;
use tokio::task::JoinSet;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::fail::Fail;

/// The section `[messages]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Written {
    phone: String,
    #[serde(default)]
    link: Option<String>,
    /// Whether those whose appointment is called off choose another time at the address of this service.
    #[serde(default)]
    choose_again: bool,
    /// Where everybody can read the privacy notice, if clients are told of a changed one by message.
    #[serde(default)]
    notice_link: Option<String>,
    #[serde(default)]
    place: String,
    #[serde(default = "a_day")]
    remind_hours: u32,
    #[serde(default = "yes")]
    tell_of_ending: bool,
    /// How long each step of sending may take, in seconds.
    #[serde(default = "twenty")]
    patience: u64,
    #[serde(default)]
    smtp: Option<WrittenSmtp>,
    #[serde(default)]
    notify: Option<WrittenNotify>,
    #[serde(default)]
    wording: BTreeMap<String, WrittenWording>,
}

const fn a_day() -> u32 {
    24
}

const fn yes() -> bool {
    true
}

const fn twenty() -> u64 {
    20
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenSmtp {
    host: String,
    port: u16,
    security: WrittenSecurity,
    #[serde(default)]
    user: Option<String>,
    #[serde(default)]
    password_file: Option<PathBuf>,
    from: String,
    #[serde(default)]
    from_name: String,
    #[serde(default)]
    authority: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum WrittenSecurity {
    Tls,
    StartTls,
    None,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenNotify {
    key_file: PathBuf,
    #[serde(default)]
    text_template: Option<Uuid>,
    #[serde(default)]
    email_template: Option<Uuid>,
    #[serde(default)]
    address: Option<String>,
    #[serde(default)]
    authority: Option<PathBuf>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenWording {
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    subject: Option<String>,
    #[serde(default)]
    body: Option<String>,
}

/// By what a service sends, and what it tells clients by itself.
pub(crate) struct Sending {
    /// By what.
    pub(crate) post: Post,
    /// What by itself.
    pub(crate) by_itself: ByItself,
}

/// What a service tells its clients by itself. By default, nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct ByItself {
    /// Hours before an appointment at which it reminds; 0 for never.
    pub(crate) remind_hours: u32,
    /// Whether it tells of the end of a file, on the days of warning that the notice names.
    pub(crate) tell_of_ending: bool,
}

/// The longest time before an appointment: four weeks.
const LONGEST_HOURS: u32 = 672;

impl Written {
    /// Reads keys and passwords, and checks all of it. Nothing is sent yet.
    pub(crate) fn sending(&self, folder: &Path, origin: &str) -> Result<Sending, String> {
        let phone = Phone::parse(&self.phone).map_err(|fault| format!("phone: {fault}."))?;
        if self.remind_hours > LONGEST_HOURS {
            return Err(format!("remind_hours: choose at most {LONGEST_HOURS}, four weeks."));
        }
        if !(1..=120).contains(&self.patience) {
            return Err("patience: choose 1 to 120 seconds.".to_owned());
        }
        for (name, link) in [("link", &self.link), ("notice_link", &self.notice_link)] {
            let Some(link) = link else { continue };
            if !link.starts_with("https://") {
                return Err(format!("{name}: write the whole address, beginning with https://."));
            }
            discreet(name, link)?;
        }
        discreet("place", &self.place)?;
        if self.choose_again {
            discreet("choose_again sends clients the address of this service. origin", origin)?;
        }
        let patience = Duration::from_secs(self.patience);
        let smtp = self.smtp.as_ref().map(|smtp| smtp.ready(folder, patience)).transpose()?;
        let notify = self.notify.as_ref().map(|notify| notify.ready(folder, patience)).transpose()?;
        let house = House {
            phone: phone.national(),
            link: self.link.clone(),
            choose_at: self.choose_again.then(|| origin.to_owned()),
            notice: self.notice_link.clone(),
            place: self.place.clone(),
        };
        let wordings = self.wordings(&house)?;
        let post = Post::new(smtp, notify, house, wordings, patience);
        if !post.offers().any() {
            return Err(
                "it names no way to send. Add [messages.smtp], or [messages.notify] with a template, or leave the section out."
                    .to_owned(),
            );
        }
        let (remind_hours, tell_of_ending) = (self.remind_hours, self.tell_of_ending);
        Ok(Sending { post, by_itself: ByItself { remind_hours, tell_of_ending } })
    }

    fn wordings(&self, house: &House) -> Result<Wordings, String> {
        let mut own = BTreeMap::new();
        for (code, written) in &self.wording {
            let occasion: Occasion = code.parse().map_err(|fault| format!("wording.{code}: {fault}."))?;
            let texts = [("text", &written.text), ("subject", &written.subject), ("body", &written.body)];
            own.extend(texts.into_iter().filter_map(|(form, text)| Some(((occasion, form), text.clone()?))));
        }
        Wordings::new(house, &own).map_err(|faults| {
            let faults: Vec<String> = faults.iter().map(|fault| format!("wording.{fault}")).collect();
            faults.join(" ")
        })
    }
}

/// Whoever sees the client's phone reads it, so it must not tell what the service does.
fn discreet(name: &str, text: &str) -> Result<(), String> {
    match reveals(text).first() {
        None => Ok(()),
        Some(word) => Err(format!(
            "{name}: \"{word}\" tells whoever sees a client's phone what the service is about. Choose other words."
        )),
    }
}

/// Reads a secret or a certificate from its file.
pub(crate) fn read(folder: &Path, file: &Path) -> Result<Zeroizing<String>, String> {
    let path = folder.join(file);
    let text = std::fs::read_to_string(&path).map_err(|error| {
        format!("{} cannot be read: {error}. Check the path and who may use it.", path.display())
    })?;
    Ok(Zeroizing::new(text.trim().to_owned()))
}

/// Reads the certificate of a private authority.
pub(crate) fn certificate(folder: &Path, file: Option<&PathBuf>) -> Result<Option<Vec<u8>>, String> {
    file.map(|file| Ok(read(folder, file)?.as_bytes().to_vec())).transpose()
}

impl WrittenSmtp {
    fn ready(&self, folder: &Path, patience: Duration) -> Result<Smtp, String> {
        discreet("smtp.from_name", &self.from_name)?;
        if let Some(word) = reveals(&self.from).first() {
            tracing::warn!(word, "the sender's address tells what the service is about");
        }
        let sign_in = match (&self.user, &self.password_file) {
            (Some(user), Some(file)) => Some((user.clone(), read(folder, file)?)),
            (None, None) => None,
            _ => {
                return Err("smtp: user and password_file belong together. Write both or neither.".to_owned());
            }
        };
        Smtp::new(smtp::Settings {
            host: self.host.clone(),
            port: self.port,
            security: match self.security {
                WrittenSecurity::Tls => Security::Tls,
                WrittenSecurity::StartTls => Security::StartTls,
                WrittenSecurity::None => Security::NoneOnThisMachine,
            },
            sign_in,
            from: Email::parse(&self.from).map_err(|fault| format!("smtp.from: {fault}."))?,
            from_name: self.from_name.clone(),
            authority: certificate(folder, self.authority.as_ref())?,
            patience,
        })
        .map_err(|fault| format!("smtp: {fault}"))
    }
}

impl WrittenNotify {
    fn ready(&self, folder: &Path, patience: Duration) -> Result<(Notify, Templates), String> {
        let key = ApiKey::parse(&read(folder, &self.key_file)?)
            .map_err(|fault| format!("notify.key_file: {fault}"))?;
        let notify = Notify::new(notify::Settings {
            address: self.address.clone().unwrap_or_else(|| notify::ADDRESS.to_owned()),
            key,
            patience,
            authority: certificate(folder, self.authority.as_ref())?,
        })
        .map_err(|fault| format!("notify: {fault}"))?;
        Ok((notify, Templates { text: self.text_template, email: self.email_template }))
    }
}

/// Has a service say of every message that it cannot be sent, so that people are rung.
pub(crate) fn send_nothing(service: &Service) -> Result<(), Fail> {
    let none = Post::none().ok_or_else(|| Fail::said("the messages that come with Kept cannot be read"))?;
    service.send_by(none);
    Ok(())
}

/// So many messages are on their way at once.
const AT_ONCE: usize = 4;
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// After a server said that it cannot now.
const PAUSE: Duration = Duration::from_secs(15);
/// How many looks come between two rounds of seeing to reminders, to what got stuck and to what arrived.
const ROUND: u32 = 10;

/// Sends while the service runs. Once it ends, what is being handed over is finished, and nothing new is begun.
pub(crate) async fn keep_sending(
    service: Arc<Service>,
    by_itself: ByItself,
    mut ended: watch::Receiver<bool>,
) {
    let (mut looks, mut failing, mut told_on) = (0_u32, false, None);
    while !*ended.borrow() {
        let round = looks.is_multiple_of(ROUND);
        looks = looks.wrapping_add(1);
        let looked = async {
            if round {
                service.queue_reminders(by_itself.remind_hours).await?;
                let today = service.surroundings().today();
                if by_itself.tell_of_ending && told_on != Some(today) {
                    service.queue_endings().await?;
                    told_on = Some(today);
                }
                service.see_to_the_stuck().await?;
                service.note_notices_given().await?;
            }
            send_waiting(&service, &ended).await
        };
        let wait = match looked.await {
            Ok(Step::ServerDown) => PAUSE,
            Ok(_) => {
                if failing {
                    tracing::info!("messages are sent again");
                }
                failing = false;
                LOOK_EVERY
            }
            Err(error) => {
                if !failing {
                    tracing::error!(%error, "messages cannot be sent now; trying on");
                }
                failing = true;
                PAUSE
            }
        };
        let _ = tokio::time::timeout(wait, ended.wait_for(|end| *end)).await;
    }
}

/// Sends what waits, several at once, until nothing does or a server cannot take more.
async fn send_waiting(service: &Arc<Service>, ended: &watch::Receiver<bool>) -> Result<Step, records::Error> {
    match service.send_next().await? {
        Step::Done => {}
        step => return Ok(step),
    }
    let mut senders = JoinSet::new();
    for _ in 0..AT_ONCE {
        let (service, ended) = (Arc::clone(service), ended.clone());
        senders.spawn(async move {
            loop {
                match service.send_next().await {
                    Ok(Step::Done) if !*ended.borrow() => {}
                    other => return other,
                }
            }
        });
    }
    let mut worst = Ok(Step::Nothing);
    while let Some(sender) = senders.join_next().await {
        match sender {
            Ok(Ok(Step::ServerDown)) if worst.is_ok() => worst = Ok(Step::ServerDown),
            Ok(Err(error)) => worst = Err(error),
            _ => {}
        }
    }
    worst
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINIMAL: &str = "phone = \"0151 496 0100\"\n[smtp]\nhost = \"localhost\"\nport = 25\nsecurity = \"none\"\nfrom = \"hello@example.org\"\n";

    fn sending(text: &str) -> Result<Sending, String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("password"), "open sesame\n").unwrap();
        std::fs::write(folder.path().join("key"), "no key").unwrap();
        let written: Written = toml::from_str(text).map_err(|error| error.message().to_owned())?;
        written.sending(folder.path(), "https://kept.example.org")
    }

    #[test]
    fn a_phone_number_and_a_way_to_send_are_enough() {
        let ready = sending(MINIMAL).unwrap();
        assert_eq!(ready.by_itself, ByItself { remind_hours: 24, tell_of_ending: true });
        assert!(ready.post.offers().email && !ready.post.offers().text);
        assert_eq!(ready.post.lease(), Duration::from_secs(200));
    }

    #[test]
    fn what_cannot_be_used_is_said_with_what_to_do() {
        let with = |from: &str, to: &str| sending(&MINIMAL.replace(from, to)).err().unwrap_or_default();
        for (from, to, says) in [
            ("0151 496 0100", "0151", "phone: This phone number is too short"),
            ("phone = ", "fone = ", "unknown field `fone`"),
            ("[smtp]", "remind_hours = 1000\n[smtp]", "remind_hours: choose at most 672"),
            ("[smtp]", "patience = 0\n[smtp]", "patience: choose 1 to 120 seconds"),
            ("[smtp]", "link = \"example.org\"\n[smtp]", "beginning with https://"),
            ("phone = ", "choose_again = \"yes\"\nphone = ", "invalid type: string"),
            ("[smtp]", "notice_link = \"example.org/n\"\n[smtp]", "notice_link: write the whole address"),
            (
                "[smtp]",
                "notice_link = \"https://jobs.example.org\"\n[smtp]",
                "notice_link: \"jobs\" tells whoever",
            ),
            ("[smtp]", "place = \"Jobcentre\"\n[smtp]", "place: \"Jobcentre\" tells whoever sees"),
            ("localhost", "mail.example.org", "without TLS would show clients' mail"),
            ("\"none\"", "\"starttsl\"", "unknown variant `starttsl`"),
            ("hello@", "hello", "smtp.from: "),
            ("port = 25", "port = 25\nuser = \"kept\"", "user and password_file belong together"),
            (
                "port = 25",
                "port = 25\nuser = \"kept\"\npassword_file = \"nowhere\"",
                "nowhere cannot be read",
            ),
            ("port = 25", "port = 25\nfrom_name = \"Work coaches\"", "smtp.from_name: \"Work\" tells"),
        ] {
            let said = with(from, to);
            assert!(said.contains(says), "{to}: {said}");
        }
        let more = |text: &str| sending(&format!("{MINIMAL}{text}")).err().unwrap_or_default();
        let gap = more("[wording.reminder]\ntext = \"Hello {nmae}\"\n");
        assert!(gap.contains("wording.reminder, text: line 1, column 7: there is no placeholder {nmae}. Did you mean {name}?"), "{gap}");
        assert!(more("[wording.birthday]\ntext = \"x\"\n").contains("wording.birthday: this is no message"));
        assert!(more("[notify]\nkey_file = \"key\"\n").contains("notify.key_file: This is no API key"));
        assert!(sending("phone = \"0151 496 0100\"").err().unwrap().contains("names no way to send"));
        let at = |origin: &str| {
            let written = format!("choose_again = true\n{MINIMAL}");
            toml::from_str::<Written>(&written).unwrap().sending(Path::new("."), origin)
        };
        let house = at("https://kept.example.org").unwrap();
        assert_eq!(house.post.house().choose_at.as_deref(), Some("https://kept.example.org"));
        let said = at("https://jobs.example.org").err().unwrap();
        assert!(said.contains("origin: \"jobs\" tells whoever sees"), "{said}");
        let signed = MINIMAL.replace("port = 25", "port = 25\nuser = \"kept\"\npassword_file = \"password\"");
        assert!(sending(&signed).is_ok());
    }
}

//! Where a service keeps its things and how it is reached: `kept.toml` in its folder.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use casework::appointments::OfficeHours;
use records::documents::{Bucket, BucketSettings, Stand};
use records::{Places, Service, Surroundings};
use serde::Deserialize;
use store::Place;
use zeroize::Zeroizing;

use crate::fail::Fail;
use crate::messages::{self, Sending};
use crate::{office, webhooks};

/// The name of the file.
pub(crate) const FILE: &str = "kept.toml";

/// What `kept init` writes.
pub(crate) const FIRST: &str = "\
# How this service is reached and where it keeps its things. Paths start at the folder of this file.

# Where Kept listens. It speaks plain HTTP: for others than this machine, put a proxy in front that speaks TLS.
listen = \"127.0.0.1:8080\"

# The address that browsers use. Forms are taken from pages of this address only.
origin = \"http://127.0.0.1:8080\"

# Whether such a proxy is in front and names callers in X-Forwarded-For.
behind_proxy = false

# Four places, so that no single loss or theft gives anybody away. Each store is a file, or a PostgreSQL database:
# \"postgres://user@host/database?sslmode=require\". Back up the keyring apart from the records, and the root apart from both.
[places]
records = \"data/records.db\"
audit = \"data/audit.db\"
keyring = \"data/keyring.db\"
# The key over all keys, and the key that signs the log. For this service's user only (chmod 700).
root = \"root\"
# The last signed state of the audit log. Keep a copy elsewhere: with it, a log put back to an older state is noticed.
checkpoint = \"checkpoint\"

# Messages to clients: reminders, and appointments that are called off or moved. Without this section nothing is sent, and
# pages say so. See docs/operations.md.
# [messages]
# phone = \"0151 496 0100\"           # the number to ring; every message names it
# remind_hours = 24                 # so many hours before an appointment; 0 reminds nobody
# tell_of_ending = true             # false: advisers alone warn clients before their file goes
# notice_link = \"https://example.org/notice\" # where everybody reads the notice; then clients can be told of a changed one
# [messages.smtp]                   # e-mail, by your mail server
# host = \"mail.example.org\"
# port = 587
# security = \"starttls\"             # or \"tls\"; \"none\" for this machine only
# user = \"kept\"
# password_file = \"smtp-password\"
# from = \"appointments@example.org\"
# [messages.notify]                 # texts, by GOV.UK Notify
# key_file = \"notify-key\"
# text_template = \"00000000-0000-0000-0000-000000000000\"
# Documents: their sealed bytes stand in the folder `documents` beside the records unless another is named here.
[documents]
# folder = \"documents\"
# The most megabytes that one may have.
largest = 20
# ClamAV's daemon, which looks through each document: unix:/run/clamav/clamd.ctl or tcp:127.0.0.1:3310. Its StreamMaxLength
# has to be as large. While it does not answer, documents are stored and shown to nobody.
# clamd = \"unix:/run/clamav/clamd.ctl\"
# In place of a folder, a bucket for these documents alone, of a store that speaks S3. See docs/operations.md.
# [documents.bucket]
# endpoint = \"https://s3.example.org\"
# region = \"eu-west-2\"
# name = \"kept-documents\"
# key = \"kept\"
# secret_file = \"s3-secret\"         # or KEPT_S3_SECRET in the environment

# When appointments are offered. Without this section: nine to five from Monday to Friday. Bank holidays are never offered.
# [office]
# opens = \"09:00\"
# closes = \"17:00\"
# days = [\"monday\", \"tuesday\", \"wednesday\", \"thursday\", \"friday\"]

# Programs that are told when something changes. Only hosts that stand here are ever called. See docs/operations.md.
# [webhooks]
# hosts = [\"hooks.example.org\"]
";

/// A service's configuration.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    /// Where it listens.
    pub(crate) listen: SocketAddr,
    /// The address that browsers use.
    pub(crate) origin: String,
    /// Whether a proxy is in front.
    pub(crate) behind_proxy: bool,
    /// Its four places.
    pub(crate) places: Places,
    messages: Option<messages::Written>,
    webhooks: Option<webhooks::Written>,
    office: Option<OfficeHours>,
    folder: PathBuf,
    /// How documents are kept.
    pub(crate) documents: records::documents::Settings,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    listen: SocketAddr,
    origin: String,
    #[serde(default)]
    behind_proxy: bool,
    places: WrittenPlaces,
    #[serde(default)]
    messages: Option<messages::Written>,
    #[serde(default)]
    webhooks: Option<webhooks::Written>,
    #[serde(default)]
    office: Option<office::Written>,
    #[serde(default)]
    documents: WrittenDocuments,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct WrittenDocuments {
    folder: Option<PathBuf>,
    largest: Option<u64>,
    clamd: Option<String>,
    bucket: Option<WrittenBucket>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenBucket {
    endpoint: String,
    region: String,
    name: String,
    key: String,
    secret_file: Option<PathBuf>,
    authority_file: Option<PathBuf>,
    #[serde(default = "patience")]
    patience_seconds: u64,
}

fn patience() -> u64 {
    30
}

/// Where the secret of the bucket's key stands if no file does.
const SECRET: &str = "KEPT_S3_SECRET";

impl WrittenBucket {
    fn read(self, folder: &Path) -> Result<Bucket, String> {
        let secret = match &self.secret_file {
            Some(file) => messages::read(folder, file).map_err(|what| format!("secret_file: {what}"))?,
            None => std::env::var(SECRET).map(Zeroizing::new).map_err(|_| {
                format!("the secret of the key is missing. Name its file in secret_file, or set {SECRET}.")
            })?,
        };
        if !(1..=600).contains(&self.patience_seconds) {
            return Err("patience_seconds has to be between 1 and 600.".to_owned());
        }
        let settings = BucketSettings {
            endpoint: self.endpoint,
            region: self.region,
            name: self.name,
            key: (self.key, secret),
            patience: Duration::from_secs(self.patience_seconds),
            authority: messages::certificate(folder, self.authority_file.as_ref())?,
        };
        Bucket::new(settings).map_err(|fault| fault.to_string())
    }
}

impl WrittenDocuments {
    fn read(self, folder: &Path) -> Result<records::documents::Settings, String> {
        let largest = match self.largest {
            None => records::documents::LARGEST,
            Some(megabytes @ 1..=500) => megabytes * 1024 * 1024,
            Some(other) => {
                return Err(format!("largest = {other} is no size of a document. Write 1 to 500 megabytes."));
            }
        };
        let scanner =
            match self.clamd {
                None => None,
                Some(text) => Some(text.parse().map_err(|fault: records::documents::NotAScanner| {
                    format!("clamd = \"{text}\": {fault}")
                })?),
            };
        let stand = match (self.folder, self.bucket) {
            (None, None) => Stand::Beside,
            (Some(own), None) => Stand::Folder(folder.join(own)),
            (None, Some(bucket)) => {
                let read = bucket.read(folder);
                Stand::Bucket(read.map_err(|what| format!("section [documents.bucket]: {what}"))?)
            }
            (Some(_), Some(_)) => {
                return Err(
                    "documents stand in a folder or in a bucket. Write only one of the two.".to_owned()
                );
            }
        };
        Ok(records::documents::Settings { stand, largest, scanner })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenPlaces {
    records: String,
    audit: String,
    keyring: String,
    root: PathBuf,
    checkpoint: PathBuf,
}

impl Config {
    /// Reads the file.
    pub(crate) fn load(path: &Path) -> Result<Config, Fail> {
        let text = std::fs::read_to_string(path).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => Fail::said(format!(
                "There is no {} here. Make a service with `kept init DIR`, or name its file with --config.",
                path.display()
            )),
            _ => Fail::file("read", path)(error),
        })?;
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Config::read(&text, folder).map_err(|what| Fail::said(format!("{}: {what}", path.display())))
    }

    fn read(text: &str, folder: &Path) -> Result<Config, String> {
        let written: Written = toml::from_str(text).map_err(|error| {
            let line =
                error.span().and_then(|s| text.get(..s.start)).map_or(1, |t| t.matches('\n').count() + 1);
            format!(
                "line {line}: {}. Put it right and try again.",
                error.message().trim().replace('\n', ", ")
            )
        })?;
        if !written.listen.ip().is_loopback() && !written.behind_proxy {
            return Err(format!(
                "listen = \"{}\" would send clients' data over a network without TLS. Listen on 127.0.0.1, or put a TLS proxy in front and set behind_proxy = true.",
                written.listen
            ));
        }
        let origin = written.origin;
        let rest = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
        if rest.is_none_or(|host| host.is_empty() || host.contains('/')) {
            return Err(format!(
                "origin = \"{origin}\" is no address of a site. Write it without a path: https://kept.example.org"
            ));
        }
        let store = |text: String| match text.parse() {
            Ok(Place::Sqlite(path)) => Place::Sqlite(folder.join(path)),
            Ok(place) => place,
            Err(never) => match never {},
        };
        let places = written.places;
        let documents = written.documents.read(folder)?;
        let office = written.office.map(|office| office.hours()).transpose();
        let office = office.map_err(|what| format!("section [office]: {what}"))?;
        Ok(Config {
            documents,
            listen: written.listen,
            origin,
            behind_proxy: written.behind_proxy,
            messages: written.messages,
            webhooks: written.webhooks,
            office,
            folder: folder.to_owned(),
            places: Places {
                records: store(places.records),
                audit: store(places.audit),
                keyring: store(places.keyring),
                root: folder.join(places.root),
                checkpoint: folder.join(places.checkpoint),
            },
        })
    }

    /// By what it sends messages; none without the section for it.
    pub(crate) fn sending(&self) -> Result<Option<Sending>, Fail> {
        let Some(written) = &self.messages else { return Ok(None) };
        let sending = written.sending(&self.folder, &self.origin);
        sending.map(Some).map_err(|what| Fail::said(format!("{FILE}, section [messages]: {what}")))
    }

    /// Opens the service. It knows how programs are told, if the section for it says so.
    pub(crate) async fn open(&self) -> Result<Service, Fail> {
        self.all_there()?;
        let told = self.webhooks.as_ref().map(|written| written.ready(&self.folder)).transpose();
        let told = told.map_err(|what| Fail::said(format!("{FILE}, section [webhooks]: {what}")))?;
        let service = Service::open_with(&self.places, Surroundings::real(), self.documents.clone()).await?;
        if let Some(told) = told {
            service.tell_by(told);
        }
        if let Some(hours) = &self.office {
            service.open_in(hours.clone());
        }
        Ok(service)
    }

    /// Opens the service for one act, and closes it whatever came of that.
    pub(crate) async fn with<T>(
        &self,
        act: impl AsyncFnOnce(&Service) -> Result<T, Fail>,
    ) -> Result<T, Fail> {
        let service = self.open().await?;
        let done = act(&service).await;
        service.close().await?;
        done
    }

    /// Whether the three stores are where they should be: SQLite would make an empty one, and the loss would be met far
    /// from its cause.
    pub(crate) fn all_there(&self) -> Result<(), Fail> {
        for (place, name) in [
            (&self.places.records, "records"),
            (&self.places.audit, "audit log"),
            (&self.places.keyring, "keyring"),
        ] {
            if let Place::Sqlite(path) = place
                && !path.exists()
            {
                return Err(Fail::said(format!(
                    "The {name} of this service is not at {}. Restore it from its backup, or correct its place in kept.toml.",
                    path.display()
                )));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_init_writes_can_be_read_and_starts_at_its_folder() {
        let config = Config::read(FIRST, Path::new("/srv/kept")).unwrap();
        assert_eq!(config.origin, format!("http://{}", config.listen));
        assert_eq!(config.places.root, Path::new("/srv/kept/root"));
        assert_eq!(config.places.records, Place::Sqlite("/srv/kept/data/records.db".into()));
    }

    #[test]
    fn what_init_says_of_messages_can_be_used_without_its_marks() {
        let plain: String = FIRST
            .lines()
            .map(|line| {
                line.strip_prefix("# ").filter(|l| l.contains(" = ") || l.starts_with('[')).unwrap_or(line)
            })
            // Documents stand in one place of the two.
            .filter(|line| !line.starts_with("folder = "))
            .fold(String::new(), |all, line| all + line + "\n");
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("smtp-password"), "open sesame").unwrap();
        std::fs::write(folder.path().join("s3-secret"), "a secret that was never issued").unwrap();
        let key = "k-26785a09-ab16-4eb0-8407-a37497a57506-3d844edf-8d35-48ac-975b-e847b4f122b0";
        std::fs::write(folder.path().join("notify-key"), key).unwrap();
        let config = Config::read(&plain, folder.path()).unwrap();
        assert!(matches!(config.documents.stand, Stand::Bucket(_)));
        let sending = config.sending().unwrap().unwrap();
        assert!(sending.post.offers().text && sending.post.offers().email);
        assert!(Config::read(FIRST, folder.path()).unwrap().sending().unwrap().is_none());
    }

    #[test]
    fn a_bucket_that_cannot_be_used_is_refused_with_its_reason() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("s3-secret"), "a secret that was never issued").unwrap();
        let bucket = "[documents.bucket]\nendpoint = \"https://s3.example.org\"\nregion = \"eu-west-2\"\nname = \"kept\"\nkey = \"kept\"\nsecret_file = \"s3-secret\"\n";
        let read = |bucket: &str| Config::read(&format!("{FIRST}{bucket}"), folder.path());
        assert!(matches!(read(bucket).unwrap().documents.stand, Stand::Bucket(_)));
        for (from, to, says) in [
            ("https://", "http://", "has to begin with https://"),
            ("s3.example.org", "s3.example.org/path", "host and port only"),
            ("name = \"kept\"", "name = \"../kept\"", "no name of a bucket"),
            ("s3-secret", "nowhere", "cannot be read"),
            ("secret_file = \"s3-secret\"", "", "KEPT_S3_SECRET"),
            ("key = \"kept\"", "key = \"kept\"\npatience_seconds = 0", "between 1 and 600"),
            ("region", "regions", "unknown field"),
        ] {
            let said = read(&bucket.replacen(from, to, 1)).unwrap_err();
            assert!(said.contains(says), "{said}");
        }
        let both = FIRST.replace("# folder", "folder") + bucket;
        assert!(Config::read(&both, folder.path()).unwrap_err().contains("only one of the two"));
    }

    #[test]
    fn a_network_without_tls_and_what_is_no_site_are_refused() {
        for (from, to, says) in [
            ("\"127.0.0.1:8080\"", "\"0.0.0.0:8080\"", "without TLS"),
            ("\"http://127.0.0.1:8080\"", "\"kept.example.org\"", "no address of a site"),
            ("\"http://127.0.0.1:8080\"", "\"https://kept.example.org/\"", "no address of a site"),
            ("behind_proxy", "behind_a_proxy", "line 10"),
            ("largest = 20", "largest = 0", "no size of a document"),
            ("# clamd = \"unix:", "clamd = \"host:", "write where clamd listens"),
        ] {
            let said = Config::read(&FIRST.replacen(from, to, 1), Path::new(".")).unwrap_err();
            assert!(said.contains(says), "{said}");
        }
        let proxied = FIRST
            .replace("127.0.0.1:8080\"\n\n# The", "0.0.0.0:8080\"\n\n# The")
            .replace("= false", "= true");
        assert!(Config::read(&proxied, Path::new(".")).is_ok());
    }
}

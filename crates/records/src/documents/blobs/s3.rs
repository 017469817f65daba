//! The requests that Kept makes of a store that speaks S3: each is signed (Signature Version 4) by `rusty-s3`, and may take so
//! long and no longer.
//!
//! What is signed is the address, good for a minute; the bytes are sealed, and a piece that is not what was sealed does not open.

use std::fmt;
use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, SystemTime};

use instant_xml::FromXml;
use jiff::Timestamp;
use rusty_s3::actions::{CompleteMultipartUploadResponse, CreateMultipartUpload, ListObjectsV2};
use rusty_s3::{Credentials, S3Action, UrlStyle};
use zeroize::Zeroizing;

use crate::Error;

/// How long a signed address is good.
const GOOD_FOR: Duration = Duration::from_secs(60);
/// A list of a thousand names has less than this.
const MOST: u64 = 4 * 1024 * 1024;
/// When a store that says that it is busy is asked again.
const AGAIN_AFTER: [Duration; 2] = [Duration::from_millis(200), Duration::from_secs(1)];

/// How a bucket is reached.
#[derive(Debug)]
pub struct BucketSettings {
    /// Where the store is: `https://`, host and port.
    pub endpoint: String,
    /// Its region; stores of one's own have any.
    pub region: String,
    /// The bucket, for documents of this service alone.
    pub name: String,
    /// The access key and its secret.
    pub key: (String, Zeroizing<String>),
    /// How long connecting may take, and how long sending or answering.
    pub patience: Duration,
    /// The certificate of a private authority (PEM), beside those that the system trusts.
    pub authority: Option<Vec<u8>>,
}

/// Why settings of a bucket cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum NotABucket {
    /// Its address.
    #[error("endpoint: {0}")]
    Endpoint(#[from] messages::http::AddressFault),
    /// Its name.
    #[error("name: {0:?} is no name of a bucket. It has 3 to 63 small letters, digits and hyphens.")]
    Name(String),
}

/// Why a bucket did not do its part.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BucketFault {
    /// Not reached, or silent.
    #[error("it does not answer ({0})")]
    Away(&'static str),
    /// The signature does not hold, or the key may not do this.
    #[error(
        "it refuses the key: check key, secret_file, region, what this key may do, and the clock of this machine"
    )]
    KeyRefused,
    /// No such bucket.
    #[error("it has no bucket of this name: make it, or correct the name")]
    NoBucket,
    /// It is full.
    #[error("it has no room left")]
    Full,
    /// Something else.
    #[error("it answered with status {0}")]
    Status(u16),
    /// Not what such a store answers.
    #[error("its answer cannot be read: is that a store that speaks S3?")]
    Answer,
}

/// A bucket of a store that speaks S3.
#[derive(Clone)]
pub struct Bucket(Arc<Inner>);

struct Inner {
    agent: ureq::Agent,
    bucket: rusty_s3::Bucket,
    credentials: Credentials,
}

impl fmt::Debug for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bucket").field("name", &self.name()).finish_non_exhaustive()
    }
}

/// An object or an upload that stands in the bucket.
pub(super) struct Object {
    pub(super) key: String,
    pub(super) length: u64,
    pub(super) age: Duration,
    /// Of an upload that is not whole: its name at the store.
    pub(super) upload: Option<String>,
}

#[derive(FromXml)]
#[xml(rename = "ListMultipartUploadsResult", ns("http://s3.amazonaws.com/doc/2006-03-01/"))]
struct Uploads {
    uploads: Vec<OneUpload>,
}

#[derive(FromXml)]
#[xml(rename = "Upload", ns("http://s3.amazonaws.com/doc/2006-03-01/"))]
struct OneUpload {
    #[xml(rename = "Key")]
    key: String,
    #[xml(rename = "UploadId")]
    id: String,
    #[xml(rename = "Initiated")]
    begun: Option<String>,
}

/// What a request sends.
enum Body<'b> {
    Nothing,
    Bytes(&'b [u8]),
}

impl Bucket {
    /// Checks the settings. Nothing is asked yet.
    ///
    /// # Errors
    /// They cannot be used, or would send the key in the clear.
    pub fn new(settings: BucketSettings) -> Result<Bucket, NotABucket> {
        let BucketSettings { endpoint, region, name, key: (key, secret), patience, authority } = settings;
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.');
        if !(3..=63).contains(&name.len()) || !name.chars().all(fits) || name.contains("..") {
            return Err(NotABucket::Name(name));
        }
        let endpoint = endpoint.trim_end_matches('/');
        let agent = messages::http::agent(endpoint, patience, authority.as_deref())?;
        let address = endpoint.parse().map_err(|_| messages::http::AddressFault::Address)?;
        // The bucket in the path: every store takes that, and a certificate need not name each bucket.
        let bucket = rusty_s3::Bucket::new(address, UrlStyle::Path, name, region)
            .map_err(|_| messages::http::AddressFault::Address)?;
        let credentials = Credentials::new(key, secret.as_str());
        Ok(Bucket(Arc::new(Inner { agent, bucket, credentials })))
    }

    pub(super) fn name(&self) -> &str {
        self.0.bucket.name()
    }

    fn parts(&self) -> (&rusty_s3::Bucket, Option<&Credentials>) {
        (&self.0.bucket, Some(&self.0.credentials))
    }

    /// Begins an upload of several parts; gives its name at the store.
    pub(super) fn create(&self, key: &str) -> Result<String, Error> {
        let (bucket, credentials) = self.parts();
        let text = self.text(|| bucket.create_multipart_upload(credentials, key), &Body::Bytes(&[]))?;
        let parsed = CreateMultipartUpload::parse_response(&text).map_err(|_| BucketFault::Answer)?;
        Ok(parsed.upload_id().to_owned())
    }

    /// Sends a part; gives its tag.
    pub(super) fn part(&self, key: &str, upload: &str, number: u16, bytes: &[u8]) -> Result<String, Error> {
        let (bucket, credentials) = self.parts();
        let answer =
            self.ask(|| bucket.upload_part(credentials, key, number, upload), &Body::Bytes(bytes))?;
        let tag = answer.headers().get("etag").and_then(|tag| tag.to_str().ok());
        Ok(tag.ok_or(BucketFault::Answer)?.to_owned())
    }

    /// Makes one object of all parts.
    pub(super) fn complete(&self, key: &str, upload: &str, tags: &[String]) -> Result<(), Error> {
        let (bucket, credentials) = self.parts();
        let whole = || {
            let tags = tags.iter().map(String::as_str);
            bucket.complete_multipart_upload(credentials, key, upload, tags)
        };
        let body = whole().body();
        let text = self.text(whole, &Body::Bytes(body.as_bytes()))?;
        // It answers 200 before it knows, and may still say that it failed.
        CompleteMultipartUploadResponse::parse(&text).map_err(|_| BucketFault::Answer)?;
        Ok(())
    }

    /// Gives an upload up.
    pub(super) fn abort(&self, key: &str, upload: &str) -> Result<(), Error> {
        let (bucket, credentials) = self.parts();
        gone(self.ask(|| bucket.abort_multipart_upload(credentials, key, upload), &Body::Nothing))
    }

    /// Deletes an object; one that is not there is deleted.
    pub(super) fn delete(&self, key: &str) -> Result<(), Error> {
        let (bucket, credentials) = self.parts();
        gone(self.ask(|| bucket.delete_object(credentials, key), &Body::Nothing))
    }

    /// Reads bytes `from..to` of an object.
    pub(super) fn range(&self, key: &str, from: u64, to: u64) -> Result<Vec<u8>, Error> {
        let (bucket, credentials) = self.parts();
        let range = format!("bytes={from}-{}", to.saturating_sub(1));
        let mut answer =
            self.ask_with(|| bucket.get_object(credentials, key), &Body::Nothing, Some(&range))?;
        if answer.status() != 206 {
            return Err(BucketFault::Answer.into());
        }
        let most = answer.body_mut().with_config().limit(to.saturating_sub(from));
        Ok(most.read_to_vec().map_err(|error| away(&error))?)
    }

    /// All objects whose key begins with `prefix`.
    pub(super) fn objects(&self, prefix: &str) -> Result<Vec<Object>, Error> {
        let (bucket, credentials) = self.parts();
        let (mut all, mut next) = (Vec::new(), None::<String>);
        loop {
            let list = || {
                let mut list = bucket.list_objects_v2(credentials);
                list.with_prefix(prefix);
                if let Some(next) = &next {
                    list.with_continuation_token(next.clone());
                }
                list
            };
            let text = self.text(list, &Body::Nothing)?;
            let listed = ListObjectsV2::parse_response(&text).map_err(|_| BucketFault::Answer)?;
            all.extend(listed.contents.into_iter().map(|object| Object {
                key: object.key,
                length: object.size.unwrap_or_default(),
                age: age(object.last_modified.as_deref()),
                upload: None,
            }));
            next = listed.next_continuation_token;
            if next.is_none() {
                return Ok(all);
            }
        }
    }

    /// Uploads that are not whole, of keys that begin with `prefix`. (Some stores tell them for a whole key only, and forget
    /// the others themselves after a day.)
    pub(super) fn uploads(&self, prefix: &str) -> Result<Vec<Object>, Error> {
        let (bucket, credentials) = self.parts();
        let list = || {
            let mut list = bucket.get_object(credentials, "");
            list.query_mut().insert("prefix", prefix.to_owned());
            list.query_mut().insert("uploads", "");
            list
        };
        let text = self.text(list, &Body::Nothing)?;
        let listed: Uploads = instant_xml::from_str(&text).map_err(|_| BucketFault::Answer)?;
        let object = |one: OneUpload| Object {
            key: one.key,
            length: 0,
            age: age(one.begun.as_deref()),
            upload: Some(one.id),
        };
        Ok(listed.uploads.into_iter().map(object).collect())
    }

    fn text<'b, A: S3Action<'b>>(&self, action: impl Fn() -> A, body: &Body<'_>) -> Result<String, Error> {
        let mut answer = self.ask(action, body)?;
        let bytes = answer.body_mut().with_config().limit(MOST).read_to_vec();
        let bytes = bytes.map_err(|error| away(&error))?;
        Ok(String::from_utf8(bytes).map_err(|_| BucketFault::Answer)?)
    }

    fn ask<'b, A: S3Action<'b>>(&self, action: impl Fn() -> A, body: &Body<'_>) -> Result<Answer, Error> {
        self.ask_with(action, body, None)
    }

    /// Asks, and asks again twice if the store is busy: each of these requests may be made twice.
    fn ask_with<'b, A: S3Action<'b>>(
        &self,
        action: impl Fn() -> A,
        body: &Body<'_>,
        range: Option<&str>,
    ) -> Result<Answer, Error> {
        let mut again = AGAIN_AFTER.into_iter();
        loop {
            let mut answer = self.send(&action(), body, range).map_err(|error| away(&error))?;
            let status = answer.status().as_u16();
            if answer.status().is_success() {
                return Ok(answer);
            }
            let said = answer.body_mut().with_config().limit(MOST).read_to_string().unwrap_or_default();
            match (status, again.next()) {
                (500 | 502 | 503 | 504, Some(wait)) => sleep(wait),
                _ => return Err(refused(status, &said)),
            }
        }
    }

    fn send<'b, A: S3Action<'b>>(
        &self,
        action: &A,
        body: &Body<'_>,
        range: Option<&str>,
    ) -> Result<Answer, ureq::Error> {
        let method = match A::METHOD {
            rusty_s3::Method::Get => "GET",
            rusty_s3::Method::Head => "HEAD",
            rusty_s3::Method::Post => "POST",
            rusty_s3::Method::Put => "PUT",
            rusty_s3::Method::Delete => "DELETE",
        };
        let request = ureq::http::Request::builder().method(method).uri(action.sign(GOOD_FOR).as_str());
        let request = match range {
            Some(range) => request.header("Range", range),
            None => request,
        };
        match body {
            Body::Nothing => self.0.agent.run(request.body(())?),
            Body::Bytes(bytes) => self.0.agent.run(request.body(*bytes)?),
        }
    }
}

type Answer = ureq::http::Response<ureq::Body>;

fn gone(answer: Result<Answer, Error>) -> Result<(), Error> {
    match answer {
        Ok(_) | Err(Error::Damaged(_)) => Ok(()),
        Err(error) => Err(error),
    }
}

/// What an answer means that is no success. The codes are those of the S3 API; their words may name keys and stay unread.
fn refused(status: u16, said: &str) -> Error {
    let code = said.split_once("<Code>").and_then(|(_, rest)| rest.split_once("</Code>"));
    match (status, code.map_or("", |(code, _)| code)) {
        (_, "NoSuchBucket") => BucketFault::NoBucket.into(),
        (_, "QuotaExceeded" | "XMinioStorageFull") | (507, _) => BucketFault::Full.into(),
        (404 | 416, _) => Error::Damaged("document"),
        (401 | 403, _) | (_, "AuthorizationHeaderMalformed" | "AuthorizationQueryParametersError") => {
            BucketFault::KeyRefused.into()
        }
        (status, _) => BucketFault::Status(status).into(),
    }
}

fn away(error: &ureq::Error) -> BucketFault {
    BucketFault::Away(match error {
        ureq::Error::HostNotFound => "no such host",
        ureq::Error::ConnectionFailed => "not reached",
        ureq::Error::Timeout(_) => "too slow",
        error if messages::http::untrusted(error) => "its certificate is not trusted",
        ureq::Error::Io(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => "not reached",
        _ => "it broke off",
    })
}

/// How old something is; what does not say is new, and left alone.
fn age(written: Option<&str>) -> Duration {
    let written = written.and_then(|written| written.parse::<Timestamp>().ok());
    let now = Timestamp::try_from(SystemTime::now()).ok();
    let age = written.zip(now).map(|(written, now)| now.duration_since(written));
    age.and_then(|age| Duration::try_from(age).ok()).unwrap_or_default()
}

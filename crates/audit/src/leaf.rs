//! What one entry says: the bytes that the tree is over.

use std::borrow::Cow;

use access::{Actor, ActorId, Permit, Refusal, Request, Role, Subject};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use notice::Categories;
use serde::{Deserialize, Serialize};

/// What was done, as a code: `view-file`, `record-meeting`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Action(pub &'static str);

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was done.
    Done,
    /// The rules refused it, with the code of why.
    Refused(&'static str),
    /// It was allowed and failed.
    Failed(&'static str),
}

impl Outcome {
    fn text(self) -> Code {
        match self {
            Outcome::Done => "done".into(),
            Outcome::Refused(why) => format!("refused:{why}").into(),
            Outcome::Failed(why) => format!("failed:{why}").into(),
        }
    }
}

/// A row as a change left it, so that a row put back by hand is noticed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowMark {
    /// Its table.
    pub table: &'static str,
    /// Its id.
    pub row: [u8; 16],
    /// Its version.
    pub version: i64,
    /// SHA-256 of its sealed bytes.
    pub digest: [u8; 32],
}

/// What else an entry carries.
#[derive(Debug, Clone, Default)]
pub struct Detail {
    /// A stated reason, sealed already.
    pub reason: Option<Vec<u8>>,
    /// The rows that were written.
    pub rows: Vec<RowMark>,
    /// How many files a list, a search or a sweep touched.
    pub count: Option<u64>,
    /// SHA-256 of the notice that it was done under, where that matters: one given, agreed to, published.
    pub notice: Option<[u8; 32]>,
    /// What stopped it after the rules had allowed it, as a code: the entry then says that it was refused.
    pub stopped: Option<&'static str>,
}

/// More than the entry of a view takes, so that its bytes are written without moving.
const USUAL_BYTES: usize = 640;

/// A code of ours, or one that was read.
type Code = Cow<'static, str>;

/// The leaf as it is stored: fields in this order, as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Leaf {
    v: u8,
    pub(crate) id: String,
    pub(crate) at: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) actor: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    role: Option<Code>,
    pub(crate) action: Code,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    purpose: Option<Code>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    act: Option<Code>,
    /// A client's id, `everyone` or `service`.
    pub(crate) subject: Code,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    categories: Vec<Code>,
    outcome: Code,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    policy: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    notice: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    count: Option<u64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    rows: Vec<(String, String, i64, String)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sealed: Option<String>,
}

/// An entry as the log stores it: its bytes, and the columns by which it is found.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) id: [u8; 16],
    pub(crate) at: i64,
    pub(crate) actor: Option<[u8; 16]>,
    pub(crate) subject: Option<[u8; 16]>,
    pub(crate) bytes: Vec<u8>,
}

impl Leaf {
    pub(crate) fn permitted(
        id: [u8; 16],
        at: Timestamp,
        permit: &Permit,
        action: Action,
        detail: &Detail,
    ) -> Leaf {
        let mut leaf = Leaf::event(id, at, Some(permit.actor().id), action, Outcome::Done);
        leaf.asked(
            permit.actor(),
            permit.purpose().code(),
            permit.act().code(),
            permit.subject(),
            permit.categories(),
        );
        leaf.policy = Some(hex::encode(permit.policy()));
        leaf.notice = detail.notice.map(hex::encode);
        leaf.count = detail.count;
        leaf = leaf.over(&detail.rows);
        if let Some(why) = detail.stopped {
            leaf.outcome = Outcome::Refused(why).text();
        }
        leaf.sealed = detail.reason.as_ref().map(|bytes| BASE64_STANDARD.encode(bytes));
        leaf
    }

    /// The same with the rows that were written.
    pub(crate) fn over(mut self, rows: &[RowMark]) -> Leaf {
        let row = |mark: &RowMark| {
            (mark.table.to_owned(), hex::encode(mark.row), mark.version, hex::encode(mark.digest))
        };
        self.rows = rows.iter().map(row).collect();
        self
    }

    pub(crate) fn refused(id: [u8; 16], at: Timestamp, refusal: &Refusal, action: Action) -> Leaf {
        let Request { actor, purpose, act, subject, categories, .. } = refusal.request;
        let mut leaf = Leaf::event(id, at, Some(actor.id), action, Outcome::Refused(refusal.why.code()));
        leaf.asked(actor, purpose.code(), act.code(), subject, categories);
        leaf
    }

    pub(crate) fn event(
        id: [u8; 16],
        at: Timestamp,
        actor: Option<ActorId>,
        action: Action,
        outcome: Outcome,
    ) -> Leaf {
        Leaf {
            v: 1,
            id: hex::encode(id),
            at: at.as_microsecond(),
            actor: actor.map(|a| hex::encode(a.as_bytes())),
            role: None,
            action: action.0.into(),
            purpose: None,
            act: None,
            subject: "service".into(),
            categories: Vec::new(),
            outcome: outcome.text(),
            policy: None,
            notice: None,
            count: None,
            rows: Vec::new(),
            sealed: None,
        }
    }

    fn asked(
        &mut self,
        actor: Actor,
        purpose: &'static str,
        act: &'static str,
        subject: Subject,
        categories: Categories,
    ) {
        self.role = Some(actor.role.code().into());
        self.purpose = Some(purpose.into());
        self.act = Some(act.into());
        self.subject = match subject {
            Subject::Client(id) => id.to_string().into(),
            Subject::Everyone => "everyone".into(),
            Subject::Service => "service".into(),
        };
        self.categories = categories.iter().map(|c| c.code().into()).collect();
    }

    /// The bytes that are stored and hashed.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(USUAL_BYTES);
        // Serialising strings and numbers into memory cannot fail.
        let _ = serde_json::to_writer(&mut bytes, self);
        bytes
    }

    /// Reads a leaf; none if it is not exactly what `bytes` would give.
    pub(crate) fn read(bytes: &[u8]) -> Option<Leaf> {
        let leaf: Leaf = serde_json::from_slice(bytes).ok()?;
        (leaf.bytes() == bytes).then_some(leaf)
    }

    /// The line of this leaf; none if its id is not one.
    pub(crate) fn line(&self) -> Option<Line> {
        let (actor, subject) = (self.actor_bytes(), self.subject_bytes());
        Some(Line { id: self.id_bytes()?, at: self.at, actor, subject, bytes: self.bytes() })
    }

    pub(crate) fn id_bytes(&self) -> Option<[u8; 16]> {
        id_bytes(&self.id)
    }

    pub(crate) fn actor_bytes(&self) -> Option<[u8; 16]> {
        self.actor.as_deref().and_then(id_bytes)
    }

    /// The subject's id, if it is one file.
    pub(crate) fn subject_bytes(&self) -> Option<[u8; 16]> {
        id_bytes(&self.subject)
    }
}

fn id_bytes(text: &str) -> Option<[u8; 16]> {
    let mut bytes = [0; 16];
    hex::decode_to_slice(text, &mut bytes).ok()?;
    Some(bytes)
}

/// An entry of the log, read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Its place in the log, from 0.
    pub seq: u64,
    /// Its number, as the entry and its receipt have it.
    pub number: u128,
    /// When.
    pub at: Timestamp,
    /// Who, if anybody was known.
    pub actor: Option<ActorId>,
    /// As what.
    pub role: Option<Role>,
    /// What was done.
    pub action: String,
    /// What for, as a code of the notice.
    pub purpose: Option<String>,
    /// Whose data: a client's id, `everyone` or `service`.
    pub subject: String,
    /// Which categories, as codes of the notice.
    pub categories: Vec<String>,
    /// How it ended: `done`, `refused:why`, `failed:why`.
    pub outcome: String,
    /// SHA-256 of the notice that it was done under, in hex.
    pub notice: Option<String>,
    /// How many files it touched.
    pub count: Option<u64>,
    /// Rows written: table, id, version, digest of the sealed bytes.
    pub rows: Vec<(String, String, i64, String)>,
    /// A stated reason, sealed under the file's key.
    pub sealed: Option<Vec<u8>>,
    /// The bytes that the tree is over.
    pub leaf: Vec<u8>,
}

impl Recorded {
    pub(crate) fn read(seq: u64, bytes: &[u8]) -> Option<Recorded> {
        let leaf = Leaf::read(bytes)?;
        Some(Recorded {
            seq,
            number: u128::from_be_bytes(leaf.id_bytes()?),
            at: Timestamp::from_microsecond(leaf.at).ok()?,
            actor: leaf.actor_bytes().map(ActorId::from_bytes),
            role: leaf.role.as_deref().and_then(|r| r.parse().ok()),
            sealed: leaf.sealed.as_deref().and_then(|s| BASE64_STANDARD.decode(s).ok()),
            action: leaf.action.into_owned(),
            purpose: leaf.purpose.map(Cow::into_owned),
            subject: leaf.subject.into_owned(),
            categories: leaf.categories.into_iter().map(Cow::into_owned).collect(),
            outcome: leaf.outcome.into_owned(),
            notice: leaf.notice,
            count: leaf.count,
            rows: leaf.rows,
            leaf: bytes.to_vec(),
        })
    }
}

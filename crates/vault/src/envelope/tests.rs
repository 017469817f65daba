//! What the envelope must never do: open when anything about it has changed.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::{Beside, FileId};

const VECTORS: [&str; 2] =
    [include_str!("../../tests/data/envelope-v1.json"), include_str!("../../tests/data/envelope-v2.json")];

/// A place that owns its parts.
#[derive(Clone, Debug, PartialEq)]
struct At {
    deployment: [u8; 16],
    table: String,
    row: [u8; 16],
    version: i64,
    file: [u8; 16],
    compartment: String,
    category: String,
    beside: Option<[u8; 32]>,
}

impl At {
    fn borrowed(&self) -> SealedAt<'_> {
        SealedAt {
            deployment: &self.deployment,
            table: &self.table,
            row: &self.row,
            version: self.version,
            file: FileId::from_bytes(self.file),
            compartment: &self.compartment,
            category: &self.category,
            beside: self.beside.map_or(Beside::NOTHING, Beside::of),
        }
    }
}

fn here() -> At {
    At {
        deployment: [1; 16],
        table: "entry".into(),
        row: [2; 16],
        version: 3,
        file: [4; 16],
        compartment: "file".into(),
        category: "casework".into(),
        beside: None,
    }
}

fn sealed(key: &Key, at: &At, value: &str) -> Vec<u8> {
    seal(key, 1, &at.borrowed(), "entry", &value).unwrap()
}

fn opened(key: &Key, at: &At, envelope: &[u8]) -> Option<String> {
    open(|version| (version == 1).then_some(key), &at.borrowed(), "entry", envelope).ok()
}

fn any_place() -> impl Strategy<Value = At> {
    let ids = (any::<[u8; 16]>(), any::<[u8; 16]>(), any::<[u8; 16]>());
    let beside = proptest::option::of(any::<[u8; 32]>());
    (ids, "[a-z_]{1,9}", any::<i64>(), "[a-z:0-9]{1,40}", "[a-z-]{1,13}", beside).prop_map(
        |((deployment, row, file), table, version, compartment, category, beside)| At {
            deployment,
            table,
            row,
            version,
            file,
            compartment,
            category,
            beside,
        },
    )
}

proptest! {
    #[test]
    fn what_was_sealed_comes_back(value in ".{0,5000}", at in any_place()) {
        let key = Key::random().unwrap();
        prop_assert_eq!(opened(&key, &at, &sealed(&key, &at, &value)), Some(value));
    }

    #[test]
    fn one_changed_bit_anywhere_and_it_does_not_open(value in ".{0,300}", bit in any::<prop::sample::Index>()) {
        let key = Key::fixed([5; 32]);
        let mut envelope = sealed(&key, &here(), &value);
        let bit = bit.index(envelope.len() * 8);
        envelope[bit / 8] ^= 1 << (bit % 8);
        prop_assert_eq!(opened(&key, &here(), &envelope), None);
    }

    #[test]
    fn at_any_other_place_it_does_not_open(one in any_place(), other in any_place(), part in 0..8) {
        let key = Key::fixed([5; 32]);
        let envelope = sealed(&key, &one, "a note");
        let mut moved = one.clone();
        match part {
            0 => moved.deployment = other.deployment,
            1 => moved.table = other.table,
            2 => moved.row = other.row,
            3 => moved.version = other.version,
            4 => moved.file = other.file,
            5 => moved.compartment = other.compartment,
            6 => moved.beside = other.beside,
            _ => moved.category = other.category,
        }
        // What was sealed with nothing beside it opens beside anything: so it was before anything was bound.
        let same = moved == At { beside: moved.beside, ..one.clone() };
        let opens = same && (one.beside.is_none() || moved.beside == one.beside);
        prop_assert_eq!(opened(&key, &moved, &envelope).is_some(), opens);
    }

    #[test]
    fn cut_or_lengthened_it_does_not_open(cut in any::<prop::sample::Index>(), more in 1_usize..70) {
        let key = Key::fixed([5; 32]);
        let envelope = sealed(&key, &here(), "a note");
        prop_assert_eq!(opened(&key, &here(), &envelope[..cut.index(envelope.len())]), None);
        let longer: Vec<u8> = envelope.iter().copied().chain(std::iter::repeat_n(0, more)).collect();
        prop_assert_eq!(opened(&key, &here(), &longer), None);
    }

    #[test]
    fn arbitrary_bytes_do_not_open(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert_eq!(opened(&Key::fixed([5; 32]), &here(), &bytes), None);
    }

    #[test]
    fn the_length_on_disk_is_a_bucket_and_the_smallest_that_fits(length in 0_usize..20_000) {
        let size = bucket(length).unwrap();
        let buckets = [64, 128, 256, 512, 1024, 2048, 4096].into_iter().chain((2..).map(|n| n * 4096));
        prop_assert_eq!(Some(size), buckets.into_iter().find(|b| length + 4 <= *b));
        let plain = vec![0; size];
        prop_assert_eq!(value(&plain).is_some(), size == 64, "an empty value is in the smallest bucket only");
    }
}

#[test]
fn two_rows_swapped_do_not_open() {
    let key = Key::random().unwrap();
    let (mut first, mut second) = (here(), here());
    (first.row, second.row) = ([8; 16], [9; 16]);
    let (one, two) = (sealed(&key, &first, "first"), sealed(&key, &second, "second"));
    assert_eq!(opened(&key, &first, &one).as_deref(), Some("first"));
    assert_eq!((opened(&key, &first, &two), opened(&key, &second, &one)), (None, None));
}

#[test]
fn an_older_version_put_back_does_not_pass_for_the_newest() {
    let key = Key::random().unwrap();
    let old = sealed(&key, &here(), "old");
    let mut now = here();
    now.version += 1;
    assert_eq!(opened(&key, &now, &old), None);
}

#[test]
fn another_key_does_not_open_it() {
    let envelope = sealed(&Key::random().unwrap(), &here(), "a note");
    assert_eq!(opened(&Key::random().unwrap(), &here(), &envelope), None);
}

#[test]
fn the_same_value_sealed_twice_never_looks_alike() {
    let key = Key::random().unwrap();
    let (one, two) = (sealed(&key, &here(), "yes"), sealed(&key, &here(), "yes"));
    let alike = one.iter().zip(&two).skip(HEADER_BYTES).filter(|(a, b)| a == b).count();
    assert!(one.len() == two.len() && alike < 20, "{alike} bytes alike");
}

#[test]
fn answers_of_different_length_look_alike() {
    let key = Key::random().unwrap();
    let lengths: Vec<usize> =
        ["no", "prefer not to say", "Church of England"].map(|v| sealed(&key, &here(), v).len()).into();
    assert_eq!(lengths, [8 + 12 + 64 + 16; 3]);
}

#[test]
fn nothing_of_a_value_that_does_not_read_stands_in_the_error() {
    let key = Key::random().unwrap();
    let envelope = sealed(&key, &here(), "Marker of Canary Street");
    let error = open::<u32>(|_| Some(&key), &here().borrowed(), "entry", &envelope).unwrap_err();
    assert!(matches!(error, Error::DoesNotRead("entry")));
    assert!(!format!("{error} {error:?}").contains("Canary"));
}

#[test]
fn a_value_too_large_is_refused() {
    let value = "x".repeat(LARGEST_VALUE + 1);
    let refused = seal(&Key::random().unwrap(), 1, &here().borrowed(), "entry", &value);
    assert!(matches!(refused, Err(Error::CannotSeal("entry"))));
}

/// The golden vectors hold the format still: what this version reads and writes, every later version reads.
#[test]
fn golden_vectors_are_sealed_and_opened_as_ever() {
    let read = |text| serde_json::from_str::<Vec<Value>>(text).unwrap();
    let vectors = VECTORS.map(read);
    assert!(vectors.iter().all(|of_version| of_version.len() >= 6));
    for vector in vectors.into_iter().flatten() {
        let hex = |name: &str| from_hex(vector[name].as_str().unwrap());
        let text = |name: &str| vector[name].as_str().unwrap().to_owned();
        let at = At {
            deployment: hex("deployment").try_into().unwrap(),
            table: text("table"),
            row: hex("row").try_into().unwrap(),
            version: vector["row_version"].as_i64().unwrap(),
            file: hex("file").try_into().unwrap(),
            compartment: text("compartment"),
            category: text("category"),
            beside: vector.get("beside").map(|_| hex("beside").try_into().unwrap()),
        };
        let key = Key::fixed(hex("key").try_into().unwrap());
        let key_version = u16::try_from(vector["key_version"].as_u64().unwrap()).unwrap();
        let nonce = hex("nonce").try_into().unwrap();
        let envelope =
            seal_with(&key, key_version, nonce, &at.borrowed(), "golden", &vector["value"]).unwrap();
        assert_eq!(to_hex(&envelope), text("envelope"), "{}", vector["name"]);
        let back: Value =
            open(|v| (v == key_version).then_some(&key), &at.borrowed(), "golden", &envelope).unwrap();
        assert_eq!(back, vector["value"]);
    }
}

/// Writes the golden vectors of version 2. They are written once: a change of them is a change of format and needs a version 3.
#[test]
#[ignore = "writes the golden vectors"]
fn write_golden_vectors() {
    let long = "A note of some length. ".repeat(300);
    // Names in alphabetical order: then it does not matter whether serde_json keeps the order that it reads.
    let values = [
        ("an empty string", json!("")),
        ("a short answer", json!("prefer-not-to-say")),
        ("fills the first bucket", json!("x".repeat(58))),
        ("just over the first bucket", json!("x".repeat(59))),
        ("an object", json!({"family": "Example-Sample", "given": "Zoë", "minutes": 25})),
        ("over 4096 bytes", json!(long)),
    ];
    let vectors: Vec<Value> = values
        .into_iter()
        .enumerate()
        .map(|(i, (name, value))| {
            let n = u8::try_from(i).unwrap();
            let compartment = ["file", "equality", "programme:0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b"][i % 3];
            let category = ["casework", "equality", "work"][i % 3];
            let at = At {
                deployment: [0xd0 + n; 16],
                table: ["entry", "reason"][i % 2].into(),
                row: [0x10 + n; 16],
                version: 1 + i64::from(n) * 1_000_000_007,
                file: [0xf0 + n; 16],
                compartment: compartment.into(),
                category: category.into(),
                beside: Some([0xb0 + n; 32]),
            };
            let (key, nonce, key_version) = ([0x40 + n; 32], [0x60 + n; 12], 1 + u16::from(n) * 300);
            let sealed =
                seal_with(&Key::fixed(key), key_version, nonce, &at.borrowed(), "golden", &value).unwrap();
            json!({
                "name": name, "key": to_hex(&key), "key_version": key_version, "nonce": to_hex(&nonce),
                "deployment": to_hex(&at.deployment), "table": at.table, "row": to_hex(&at.row), "row_version": at.version,
                "file": to_hex(&at.file), "compartment": at.compartment, "category": at.category,
                "beside": to_hex(&at.beside.unwrap()), "value": value, "envelope": to_hex(&sealed),
            })
        })
        .collect();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/envelope-v2.json");
    std::fs::write(path, serde_json::to_string_pretty(&vectors).unwrap() + "\n").unwrap();
}

fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn from_hex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap()).collect()
}

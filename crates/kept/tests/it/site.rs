//! A service that runs in a process of its own, and a browser's part in talking to it.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use store::testing::{Ground, grounds};

use super::*;

/// A process that does not outlive its test.
pub(crate) struct Running(pub(crate) Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A demo of a few clients in `folder`, and the one line that it prints.
pub(crate) fn demo(folder: &Path) -> (Running, Value) {
    demo_with(folder, 30, &[])
}

fn demo_with(folder: &Path, clients: usize, more: &[&str]) -> (Running, Value) {
    let clients = clients.to_string();
    let folder = folder.to_str().unwrap();
    let mut child = Running(
        Command::new(env!("CARGO_BIN_EXE_kept"))
            .args(["demo", "--clients", &clients, "--port", "0", "--json", "--keep", folder])
            .args(more)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap(),
    );
    let mut line = String::new();
    BufReader::new(child.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
    (child, serde_json::from_str(&line).unwrap())
}

pub(crate) fn get(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address.trim_start_matches("http://")).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

pub(crate) fn signal(child: &Running, which: &str) {
    assert!(Command::new("kill").args([which, &child.0.id().to_string()]).status().unwrap().success());
}

pub(crate) fn ended(mut child: Running) -> std::process::ExitStatus {
    let begun = Instant::now();
    loop {
        if let Some(status) = child.0.try_wait().unwrap() {
            return status;
        }
        assert!(begun.elapsed() < Duration::from_secs(15), "it does not end");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A service with made-up people that can be started, killed and started again.
pub(crate) struct Site {
    pub(crate) ground: Ground,
    address: String,
    people: Vec<Value>,
}

/// What was answered.
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) location: Option<String>,
    pub(crate) cookie: Option<String>,
    pub(crate) text: String,
}

impl Site {
    /// One on each engine, with so many made-up clients; none of them runs yet.
    pub(crate) fn all(clients: usize) -> Vec<Site> {
        let made = |ground: Ground| {
            let folder = ground.folder().join("service");
            let address = ground.address();
            let more: Vec<&str> = address.iter().flat_map(|a| ["--postgres", a.as_str()]).collect();
            let (child, said) = demo_with(&folder, clients, &more);
            signal(&child, "-TERM");
            assert!(ended(child).success());
            let people = said["people"].as_array().unwrap().clone();
            Site { ground, address: said["address"].as_str().unwrap().to_owned(), people }
        };
        grounds().into_iter().map(made).collect()
    }

    pub(crate) fn folder(&self) -> PathBuf {
        self.ground.folder().join("service")
    }

    /// Runs SQL on one of its stores, as somebody would who spoils it.
    pub(crate) fn spoil(&self, part: &str, sql: &str) {
        tokio::runtime::Runtime::new().unwrap().block_on(store::testing::run(&self.place(part), sql));
    }

    /// What its records answer: the first column, a code, with the number in the second.
    pub(crate) fn counted(&self, sql: &'static store::Sql) -> BTreeMap<String, u64> {
        let counted = async {
            let records = store::Store::open(&self.place("records"), &records::MIGRATIONS).await.unwrap();
            records.read(vec![sql.with([])]).await.unwrap().remove(0).rows
        };
        let rows = tokio::runtime::Runtime::new().unwrap().block_on(counted);
        rows.iter().map(|row| (row.text(0).unwrap().to_owned(), row.int(1).unwrap().unsigned_abs())).collect()
    }

    fn place(&self, part: &str) -> store::Place {
        match self.ground.address() {
            Some(address) => store::Place::Postgres(format!("{address}_{part}")),
            None => store::Place::Sqlite(self.folder().join(format!("data/{part}.db"))),
        }
    }

    /// Starts it and waits until it answers.
    pub(crate) fn start(&self) -> Running {
        self.start_in(&self.folder())
    }

    /// The same for another service in `folder`, which listens where this one would.
    pub(crate) fn start_in(&self, folder: &Path) -> Running {
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(self.ground.folder().join("log"))
            .unwrap();
        let mut child = Running(
            Command::new(env!("CARGO_BIN_EXE_kept"))
                .arg("serve")
                .env("KEPT_CONFIG", folder.join("kept.toml"))
                .stderr(log)
                .spawn()
                .unwrap(),
        );
        let begun = Instant::now();
        while self.ask("GET", "/health", None, "").is_none() {
            assert!(child.0.try_wait().unwrap().is_none(), "it ended: {}", self.log());
            assert!(begun.elapsed() < Duration::from_secs(20), "it does not answer: {}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
        child
    }

    /// What it has logged so far.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.ground.folder().join("log")).unwrap_or_default()
    }

    /// A command about it.
    pub(crate) fn kept(&self, words: &[&str]) -> Output {
        kept(&self.folder(), words)
    }

    /// Holds that the doctor and the log find nothing wrong.
    pub(crate) fn is_sound(&self) {
        let doctor = well(&self.kept(&["doctor"]));
        assert!(doctor.lines().all(|line| line.starts_with("ok  ")), "{doctor}");
        assert!(well(&self.kept(&["audit", "verify"])).contains("The log is whole"));
    }

    /// Signs in somebody with this role and gives their cookie.
    pub(crate) fn sign_in(&self, role: &str) -> String {
        let person = self.people.iter().find(|person| person["role"] == role).unwrap();
        let form = format!(
            "email={}&password={}",
            person["email"].as_str().unwrap().replace('@', "%40"),
            person["password"].as_str().unwrap().replace(' ', "+")
        );
        let half = self.ask("POST", "/sign-in", None, &form).unwrap();
        assert_eq!(half.status, 200, "{}", half.text);
        let secret = secret(person["totp_secret"].as_str().unwrap());
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
        let code = format!("code={}", records::sign_in::code_at(secret, now));
        let full = self.ask("POST", "/sign-in/code", half.cookie.as_deref(), &code).unwrap();
        assert_eq!(full.status, 303, "{}", full.text);
        full.cookie.unwrap()
    }

    pub(crate) fn get(&self, path: &str, cookie: &str) -> Answered {
        self.ask("GET", path, Some(cookie), "").unwrap()
    }

    pub(crate) fn post(&self, path: &str, cookie: &str, form: &str) -> Answered {
        self.ask("POST", path, Some(cookie), form).unwrap()
    }

    /// Asks for a page; none when nobody answers or the answer breaks off.
    pub(crate) fn ask(&self, method: &str, path: &str, cookie: Option<&str>, form: &str) -> Option<Answered> {
        self.ask_with(method, path, cookie, "application/x-www-form-urlencoded", form.as_bytes())
    }

    /// Sends a form in parts, whose edge is `edge`.
    pub(crate) fn send(&self, path: &str, cookie: &str, body: &[u8]) -> Option<Answered> {
        self.ask_with("POST", path, Some(cookie), "multipart/form-data; boundary=edge", body)
    }

    fn ask_with(
        &self,
        method: &str,
        path: &str,
        cookie: Option<&str>,
        kind: &str,
        form: &[u8],
    ) -> Option<Answered> {
        let mut stream = TcpStream::connect(self.address.trim_start_matches("http://")).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(20))).ok()?;
        let cookie = cookie.map(|cookie| format!("Cookie: {cookie}\r\n")).unwrap_or_default();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: kept\r\nConnection: close\r\nSec-Fetch-Site: same-origin\r\n{cookie}Content-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
            form.len()
        );
        stream.write_all(head.as_bytes()).ok()?;
        stream.write_all(form).ok()?;
        let mut whole = Vec::new();
        stream.read_to_end(&mut whole).ok()?;
        let whole = String::from_utf8_lossy(&whole).into_owned();
        let (head, text) = whole.split_once("\r\n\r\n")?;
        let header = |name: &str| {
            head.lines().find_map(|line| {
                let (key, value) = line.split_once(": ")?;
                key.eq_ignore_ascii_case(name).then(|| value.to_owned())
            })
        };
        Some(Answered {
            status: head.split(' ').nth(1)?.parse().ok()?,
            location: header("location"),
            cookie: header("set-cookie").and_then(|set| Some(set.split(';').next()?.to_owned())),
            text: text.to_owned(),
        })
    }
}

/// 20 bytes from RFC 4648 base 32.
fn secret(text: &str) -> [u8; 20] {
    let mut bits = text.bytes().flat_map(|letter| {
        let value = if letter.is_ascii_digit() { letter - b'2' + 26 } else { letter - b'A' };
        (0..5).rev().map(move |bit| value >> bit & 1)
    });
    std::array::from_fn(|_| bits.by_ref().take(8).fold(0, |byte, bit| byte << 1 | bit))
}

/// A key that a form is sent with, so that it counts once.
pub(crate) fn form_key() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

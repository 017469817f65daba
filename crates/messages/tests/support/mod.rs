//! What the tests of sending share.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use casework::formats::Email;
use messages::{Filled, Filling, Form, MessageId, Placeholder, Template};

/// A Python that has the packages of `tests/python.txt`, or nothing if it is left out on purpose.
pub(crate) fn python() -> Option<Command> {
    let named = std::env::var("KEPT_TEST_PYTHON").ok();
    if named.as_deref() == Some("off") {
        eprintln!("KEPT_TEST_PYTHON=off: this test did not run");
        return None;
    }
    let usual = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/test-python/bin/python3");
    let usual = if usual.exists() { usual.to_string_lossy().into_owned() } else { "python3".into() };
    let program = named.unwrap_or(usual);
    let asked = Command::new(&program)
        .args(["-c", "import aiosmtpd, trustme, notifications_python_client, standardwebhooks"])
        .output();
    assert!(
        asked.is_ok_and(|a| a.status.success()),
        "{program} lacks the packages of crates/messages/tests/python.txt. From the workspace: python3 -m venv target/test-python && target/test-python/bin/pip install -r crates/messages/tests/python.txt (or set KEPT_TEST_PYTHON to a Python that has them, or to off to leave these tests out)"
    );
    Some(Command::new(program))
}

pub(crate) fn filled(form: Form, words: &str, name: &str) -> Filled {
    let template = Template::parse(form, words).unwrap();
    template.fill(&Filling::new().with(Placeholder::Name, name)).unwrap()
}

pub(crate) fn id() -> MessageId {
    MessageId(uuid::Uuid::new_v4())
}

pub(crate) fn email(text: &str) -> Email {
    Email::parse(text).unwrap()
}

/// A server of these tests in a process of its own, ended with the test.
pub(crate) struct Server {
    process: Child,
    output: BufReader<ChildStdout>,
    folder: tempfile::TempDir,
    pub(crate) port: u16,
}

impl Server {
    pub(crate) fn start(script: &str, options: &[&str]) -> Option<Server> {
        let folder = tempfile::tempdir().unwrap();
        let mut process = python()?
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(script))
            .arg(folder.path())
            .args(options)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(process.stdout.take().unwrap());
        let mut ready = String::new();
        output.read_line(&mut ready).unwrap();
        let port = ready.trim().strip_prefix("ready ").expect("the server is ready").parse().unwrap();
        Some(Server { process, output, folder, port })
    }

    /// The certificate of its authority.
    pub(crate) fn authority(&self) -> Vec<u8> {
        std::fs::read(self.folder.path().join("authority.pem")).unwrap()
    }

    /// What it said since it was ready, all told. It ends with that.
    pub(crate) fn said(mut self) -> Vec<String> {
        drop(self.process.stdin.take());
        self.output.by_ref().lines().map(Result::unwrap).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

//! What the tests run in Python: servers of real libraries, each in a process of its own that ends with its test.

#![allow(dead_code, reason = "each of those who include it uses a part")]

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{OnceLock, mpsc};

/// A Python that has the packages of `crates/messages/tests/python.txt`, or nothing if it is left out on purpose.
pub(crate) fn python() -> Option<Command> {
    static PROGRAM: OnceLock<Option<String>> = OnceLock::new();
    PROGRAM.get_or_init(program).as_ref().map(Command::new)
}

fn program() -> Option<String> {
    let named = std::env::var("KEPT_TEST_PYTHON").ok();
    if named.as_deref() == Some("off") {
        eprintln!("KEPT_TEST_PYTHON=off: tests with Python do not run");
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
    Some(program)
}

/// A server of these tests.
pub(crate) struct Server {
    process: Child,
    folder: tempfile::TempDir,
    pub(crate) port: u16,
    /// What it says, line by line.
    pub(crate) lines: mpsc::Receiver<String>,
}

impl Server {
    /// Starts a script of `crates/messages/tests` and waits until it is ready; none if Python is left out on purpose.
    pub(crate) fn start(script: &str, options: &[&str]) -> Option<Server> {
        let folder = tempfile::tempdir().unwrap();
        let mut process = python()?
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("../messages/tests").join(script))
            .arg(folder.path())
            .args(options)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(process.stdout.take().unwrap()).lines();
        let ready = output.next().expect("the server is ready").unwrap();
        let port = ready.strip_prefix("ready ").expect("the server is ready").parse().unwrap();
        let (say, lines) = mpsc::channel();
        std::thread::spawn(move || output.map_while(Result::ok).try_for_each(|line| say.send(line)));
        Some(Server { process, folder, port, lines })
    }

    /// The certificate of its authority.
    pub(crate) fn authority(&self) -> PathBuf {
        self.folder.path().join("authority.pem")
    }

    /// Tells it how to behave.
    pub(crate) fn tell(&mut self, how: &str) {
        writeln!(self.process.stdin.as_ref().unwrap(), "{how}").unwrap();
    }

    /// What it said since it was ready, all told. It ends with that.
    pub(crate) fn said(mut self) -> Vec<String> {
        drop(self.process.stdin.take());
        self.lines.iter().collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

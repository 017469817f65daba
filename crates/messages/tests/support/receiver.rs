//! A program that is told by webhooks (Python, with the official library of Standard Webhooks), in a process of its own that ends
//! with the test.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// No webhook has this secret: until it is told the right one, it takes no signature for whole.
const NOBODYS: &str = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

pub(crate) struct Receiver {
    process: Child,
    input: ChildStdin,
    lines: mpsc::Receiver<String>,
    folder: tempfile::TempDir,
    pub(crate) port: u16,
}

impl Receiver {
    /// None if tests with Python are left out on purpose.
    pub(crate) fn start() -> Option<Receiver> {
        let named = std::env::var("KEPT_TEST_PYTHON").ok();
        if named.as_deref() == Some("off") {
            eprintln!("KEPT_TEST_PYTHON=off: this test did not run");
            return None;
        }
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let usual = here.join("../../target/test-python/bin/python3");
        let usual = if usual.exists() { usual.to_string_lossy().into_owned() } else { "python3".into() };
        let folder = tempfile::tempdir().unwrap();
        let mut process = Command::new(named.unwrap_or(usual))
            .arg(here.join("../messages/tests/webhook_server.py"))
            .arg(folder.path())
            .arg(NOBODYS)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Python is there, with crates/messages/tests/python.txt");
        let input = process.stdin.take().unwrap();
        let mut output = BufReader::new(process.stdout.take().unwrap()).lines();
        let ready = output.next().expect("the receiver is ready").unwrap();
        let port = ready.strip_prefix("ready ").expect("the receiver is ready").parse().unwrap();
        let (say, lines) = mpsc::channel();
        std::thread::spawn(move || output.map_while(Result::ok).try_for_each(|line| say.send(line)));
        Some(Receiver { process, input, lines, folder, port })
    }

    /// As the settings name it: it stands on this machine.
    pub(crate) fn host(&self) -> String {
        format!("localhost:{}", self.port)
    }

    /// Where it is told.
    pub(crate) fn address(&self) -> String {
        format!("https://{}/hooks", self.host())
    }

    /// The certificate of its authority.
    pub(crate) fn authority(&self) -> PathBuf {
        self.folder.path().join("authority.pem")
    }

    /// Tells it how to behave: `status 503`, or `secret whsec_...`.
    pub(crate) fn behave(&mut self, how: &str) {
        writeln!(self.input, "{how}").unwrap();
        // It reads its input beside its requests.
        std::thread::sleep(Duration::from_millis(200));
    }

    /// What it has heard since it was last asked, waiting so long for more after each.
    pub(crate) fn heard(&self, patience: Duration) -> Vec<serde_json::Value> {
        let next = || self.lines.recv_timeout(patience).ok();
        std::iter::from_fn(next).map(|line| serde_json::from_str(&line).unwrap()).collect()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

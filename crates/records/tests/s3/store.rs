//! A store that speaks S3 and checks every signature, in a process of its own that ends with the test.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

pub(crate) const SECRET: &str = "never issued";

pub(crate) struct S3 {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    pub(crate) port: u16,
    /// Where the certificate of its authority is, if it speaks TLS.
    folder: Option<tempfile::TempDir>,
}

impl S3 {
    /// Starts it on a port of its choice, or nothing if these tests are left out on purpose.
    pub(crate) fn start() -> Option<S3> {
        S3::start_at(0)
    }

    /// Starts it on this port, with an empty bucket.
    pub(crate) fn start_at(port: u16) -> Option<S3> {
        S3::start_with(port, None)
    }

    /// Starts it with TLS, by an authority of its own.
    #[allow(dead_code, reason = "not everybody who shares this asks for TLS")]
    pub(crate) fn start_with_tls() -> Option<S3> {
        S3::start_with(0, Some(tempfile::tempdir().unwrap()))
    }

    /// The certificate of its authority.
    #[allow(dead_code, reason = "not everybody who shares this asks for TLS")]
    pub(crate) fn authority(&self) -> Vec<u8> {
        std::fs::read(self.folder.as_ref().unwrap().path().join("authority.pem")).unwrap()
    }

    fn start_with(port: u16, folder: Option<tempfile::TempDir>) -> Option<S3> {
        let named = std::env::var("KEPT_TEST_S3_PYTHON").ok();
        if named.as_deref() == Some("off") {
            eprintln!("KEPT_TEST_S3_PYTHON=off: this test did not run");
            return None;
        }
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let usual = here.join("../../target/test-s3/bin/python3");
        let python = named.map_or(usual, Into::into);
        let mut process = Command::new(&python)
            .arg(here.join("../records/tests/s3/server.py"))
            .arg(port.to_string())
            .args(folder.iter().map(tempfile::TempDir::path))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{} ({error}). From the workspace: python3 -m venv target/test-s3 && target/test-s3/bin/pip install -r crates/records/tests/s3/python.txt (or set KEPT_TEST_S3_PYTHON to a Python that has them, or to off to leave these tests out)", python.display()));
        let input = process.stdin.take().unwrap();
        let mut output = BufReader::new(process.stdout.take().unwrap());
        let mut ready = String::new();
        output.read_line(&mut ready).unwrap();
        let port = ready.trim().strip_prefix("ready ").expect("the store is ready").parse().unwrap();
        Some(S3 { process, input, output, port, folder })
    }

    /// Tells it how to behave.
    pub(crate) fn tell(&mut self, what: &str) {
        writeln!(self.input, "{what}").unwrap();
    }

    /// What stands in the bucket.
    pub(crate) fn list(&mut self) -> Vec<String> {
        self.tell("list");
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        line.trim().split(' ').filter(|name| !name.is_empty()).map(ToOwned::to_owned).collect()
    }
}

impl Drop for S3 {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

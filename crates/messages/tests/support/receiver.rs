//! A program that is told by webhooks (Python, with the official library of Standard Webhooks).

use std::path::PathBuf;
use std::time::Duration;

use super::python::Server;

/// No webhook has this secret: until it is told the right one, it takes no signature for whole.
const NOBODYS: &str = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

pub(crate) struct Receiver(Server);

impl Receiver {
    /// None if tests with Python are left out on purpose.
    pub(crate) fn start() -> Option<Receiver> {
        Server::start("webhook_server.py", &[NOBODYS]).map(Receiver)
    }

    /// Where it listens.
    pub(crate) fn port(&self) -> u16 {
        self.0.port
    }

    /// As the settings name it: it stands on this machine.
    pub(crate) fn host(&self) -> String {
        format!("localhost:{}", self.port())
    }

    /// Where it is told.
    pub(crate) fn address(&self) -> String {
        format!("https://{}/hooks", self.host())
    }

    /// The certificate of its authority.
    pub(crate) fn authority(&self) -> PathBuf {
        self.0.authority()
    }

    /// Tells it how to behave: `status 503`, or `secret whsec_...`.
    pub(crate) fn behave(&mut self, how: &str) {
        self.0.tell(how);
        // It reads its input beside its requests.
        std::thread::sleep(Duration::from_millis(200));
    }

    /// What it has heard since it was last asked, waiting so long for more after each.
    pub(crate) fn heard(&self, patience: Duration) -> Vec<serde_json::Value> {
        let next = || self.0.lines.recv_timeout(patience).ok();
        std::iter::from_fn(next).map(|line| serde_json::from_str(&line).unwrap()).collect()
    }
}

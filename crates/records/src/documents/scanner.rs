//! The virus scanner: ClamAV's daemon, asked by its INSTREAM command (clamd(8)) over a socket. Nothing is written to a file.

use std::fmt;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

/// How long it may take to be reached, and to answer.
const WITHIN: Duration = Duration::from_secs(60);
const REACHED_WITHIN: Duration = Duration::from_secs(3);
/// How much is sent at a time.
const PIECE: usize = 64 * 1024;
const LONGEST_ANSWER: u64 = 4096;

/// Where the scanner listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scanner {
    /// A socket of this machine.
    Unix(PathBuf),
    /// A port, of this machine or of one that is trusted as much: documents go there in the clear.
    Tcp(SocketAddr),
}

/// What is no address of a scanner.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("write where clamd listens as unix:/run/clamav/clamd.ctl or tcp:127.0.0.1:3310")]
pub struct NotAScanner;

impl FromStr for Scanner {
    type Err = NotAScanner;

    fn from_str(text: &str) -> Result<Scanner, NotAScanner> {
        if let Some(path) = text.strip_prefix("unix:").filter(|path| path.starts_with('/')) {
            return Ok(Scanner::Unix(path.into()));
        }
        let port = text.strip_prefix("tcp:").and_then(|address| address.parse().ok());
        port.map(Scanner::Tcp).ok_or(NotAScanner)
    }
}

impl fmt::Display for Scanner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Scanner::Unix(path) => write!(f, "unix:{}", path.display()),
            Scanner::Tcp(address) => write!(f, "tcp:{address}"),
        }
    }
}

/// What it says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Nothing was found.
    Clean,
    /// Something was found.
    Infected,
    /// It cannot tell: it does not answer, or not in words that we know.
    Unknown(&'static str),
}

impl Scanner {
    /// Has a document looked through. It waits, so call it off the threads that answer requests.
    pub(crate) fn look(&self, document: impl Read) -> Verdict {
        let answered = match self {
            Scanner::Unix(path) => UnixStream::connect(path).and_then(|mut stream| {
                stream.set_read_timeout(Some(WITHIN))?;
                stream.set_write_timeout(Some(WITHIN))?;
                ask(&mut stream, document)
            }),
            Scanner::Tcp(address) => {
                TcpStream::connect_timeout(address, REACHED_WITHIN).and_then(|mut stream| {
                    stream.set_read_timeout(Some(WITHIN))?;
                    stream.set_write_timeout(Some(WITHIN))?;
                    ask(&mut stream, document)
                })
            }
        };
        match answered {
            Ok(answer) => read(&answer),
            Err(_) => Verdict::Unknown("it does not answer"),
        }
    }
}

/// INSTREAM: pieces with their length before them, a length of nothing at the end, then one line of answer.
fn ask<S: Read + Write>(stream: &mut S, mut document: impl Read) -> io::Result<Vec<u8>> {
    let mut piece = vec![0; PIECE];
    let sent = (|| {
        stream.write_all(b"zINSTREAM\0")?;
        loop {
            let count = document.read(&mut piece)?;
            stream.write_all(&u32::try_from(count).unwrap_or(0).to_be_bytes())?;
            if count == 0 {
                return stream.flush();
            }
            stream.write_all(piece.get(..count).unwrap_or_default())?;
        }
    })();
    let mut answer = Vec::new();
    let read = stream.take(LONGEST_ANSWER).read_to_end(&mut answer);
    // It hangs up on what is too large for it, and says so first.
    if answer.is_empty() { sent.and(read.map(|_| answer)) } else { Ok(answer) }
}

fn read(answer: &[u8]) -> Verdict {
    let text = String::from_utf8_lossy(answer);
    let text = text.trim_matches(['\0', '\n', ' ']);
    match text.strip_prefix("stream: ") {
        Some("OK") => Verdict::Clean,
        Some(found) if found.ends_with(" FOUND") => Verdict::Infected,
        _ if text.contains("size limit exceeded") => {
            Verdict::Unknown("the document is larger than its StreamMaxLength")
        }
        _ => Verdict::Unknown("it answered with something else"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_come_back_as_they_were_written() {
        for text in ["unix:/run/clamav/clamd.ctl", "tcp:127.0.0.1:3310"] {
            assert_eq!(text.parse::<Scanner>().unwrap().to_string(), text);
        }
        for bad in ["", "/run/clamd", "unix:clamd", "tcp:host", "tcp:127.0.0.1", "http://127.0.0.1:3310"] {
            assert_eq!(bad.parse::<Scanner>(), Err(NotAScanner), "{bad}");
        }
    }

    #[test]
    fn only_a_plain_ok_lets_a_document_through() {
        for (answer, verdict) in [
            ("stream: OK\0", Verdict::Clean),
            ("stream: Eicar-Test-Signature FOUND\0", Verdict::Infected),
            (
                "INSTREAM size limit exceeded. ERROR\0",
                Verdict::Unknown("the document is larger than its StreamMaxLength"),
            ),
            ("stream: OKAY\0", Verdict::Unknown("it answered with something else")),
            ("UNKNOWN COMMAND\0", Verdict::Unknown("it answered with something else")),
            ("", Verdict::Unknown("it answered with something else")),
        ] {
            assert_eq!(read(answer.as_bytes()), verdict, "{answer}");
        }
    }
}

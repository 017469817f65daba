//! `kept bench upload`: how much memory a large document takes while it is sent, looked through, sealed, and downloaded again.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::ground::Ground;
use crate::bench::page::sign_in;
use crate::commands::demo::{self, Made};
use crate::databases::Databases;
use crate::fail::Fail;
use crate::{output, serving};

/// What to measure.
#[derive(Args)]
pub(super) struct Upload {
    /// How large the document is.
    #[arg(long, default_value_t = 20)]
    megabytes: u64,
    /// How often it is sent.
    #[arg(long, default_value_t = 3)]
    times: usize,
    #[command(flatten)]
    ground: Ground,
}

const STATUS: &str = "/proc/self/status";

/// The most memory that this process had since the last reset, in KiB.
fn peak() -> Result<u64, Fail> {
    let text = std::fs::read_to_string(STATUS).map_err(Fail::file("read", Path::new(STATUS)))?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|rest| rest.trim().trim_end_matches(" kB").parse().ok())
        .ok_or_else(|| Fail::said(format!("{STATUS} does not tell the peak of memory")))
}

/// Makes the peak what is in use now (proc(5), clear_refs).
fn reset_peak() -> Result<u64, Fail> {
    let path = Path::new("/proc/self/clear_refs");
    std::fs::write(path, "5").map_err(Fail::file("written", path))?;
    peak()
}

impl Upload {
    /// Measures and prints how much the peak of memory grew, and how long it took.
    pub(super) async fn run(self) -> Result<ExitCode, Fail> {
        self.ground.run(async |folder, databases| self.measure(folder, databases).await).await
    }

    async fn measure(&self, folder: &Path, databases: Option<&Databases>) -> Result<(), Fail> {
        let listener = serving::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), "Try again.").await?;
        let address = listener.local_addr().map_err(|error| Fail::said(error.to_string()))?;
        let Made { service, people } = demo::make(folder, &address, databases, 1, 100).await?;
        let token = sign_in(&service, people.first()).await?;
        let visit = service.visit(&token).await?;
        let caseload = service.caseload(&visit).await?.release().await?;
        let client = caseload.files.first().ok_or_else(|| Fail::said("nobody is in this caseload"))?;
        let list = format!("/clients/{}/documents", client.who.client);
        let options = web::Options { origin: format!("http://{address}"), demo: None, behind_proxy: false };
        let pages = web::app(Arc::clone(&service), options);
        tokio::spawn(async move {
            axum::serve(listener, pages.into_make_service_with_connect_info::<SocketAddr>()).await
        });
        let asking = Asking { address, cookie: format!("__Host-kept={}", token.cookie()) };
        let failed = |error: std::io::Error| Fail::said(format!("The measurement failed: {error}"));
        asking.get(&list).await.map_err(failed)?;
        for _ in 0..self.times {
            let before = reset_peak()?;
            let begun = Instant::now();
            let page = asking.send(&list, self.megabytes * 1024 * 1024).await.map_err(failed)?;
            let (sent, sending) = (begun.elapsed(), peak()?.saturating_sub(before));
            let before = reset_peak()?;
            let begun = Instant::now();
            let bytes = asking.get(&format!("{page}/1/download")).await.map_err(failed)?;
            let (got, getting) = (begun.elapsed(), peak()?.saturating_sub(before));
            self.say(databases.is_some(), (sent, sending), (got, getting), bytes);
        }
        service.close().await?;
        Ok(())
    }

    fn say(&self, postgres: bool, sent: (Duration, u64), got: (Duration, u64), bytes: u64) {
        output::line(&format!(
            "{} MB on {}: sent in {:.2} s with {:.1} MiB more memory at its peak; {bytes} bytes downloaded in {:.2} s with {:.1} MiB more",
            self.megabytes,
            if postgres { "PostgreSQL" } else { "SQLite" },
            sent.0.as_secs_f64(),
            sent.1 as f64 / 1024.0,
            got.0.as_secs_f64(),
            got.1 as f64 / 1024.0,
        ));
    }
}

/// A browser's part, in this process too: it holds one piece at a time.
struct Asking {
    address: SocketAddr,
    cookie: String,
}

impl Asking {
    /// Sends so many bytes of text as a document, and gives the address of its page.
    async fn send(&self, path: &str, size: u64) -> std::io::Result<String> {
        let form = uuid::Uuid::new_v4().simple();
        let before = format!(
            "--edge\r\nContent-Disposition: form-data; name=\"form\"\r\n\r\n{form}\r\n--edge\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\nletter\r\n--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"large.txt\"\r\n\r\n"
        );
        let after = "\r\n--edge--\r\n";
        let length = before.len() as u64 + size + after.len() as u64;
        let mut stream = TcpStream::connect(self.address).await?;
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: kept\r\nConnection: close\r\nSec-Fetch-Site: same-origin\r\nCookie: {}\r\nContent-Type: multipart/form-data; boundary=edge\r\nContent-Length: {length}\r\n\r\n{before}",
            self.cookie
        );
        stream.write_all(head.as_bytes()).await?;
        let piece = [b'a'; 16 * 1024];
        let mut left = size;
        while left > 0 {
            let now = usize::try_from(left).unwrap_or(usize::MAX).min(piece.len());
            stream.write_all(piece.get(..now).unwrap_or_default()).await?;
            left -= now as u64;
        }
        stream.write_all(after.as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        let place = answer.lines().find_map(|line| line.strip_prefix("location: "));
        let page = place.and_then(|place| place.split('?').next()).map(str::to_owned);
        page.ok_or_else(|| std::io::Error::other(answer.lines().next().unwrap_or_default().to_owned()))
    }

    /// Gets a page and throws it away; gives how many bytes it had.
    async fn get(&self, path: &str) -> std::io::Result<u64> {
        let mut stream = TcpStream::connect(self.address).await?;
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: kept\r\nConnection: close\r\nCookie: {}\r\n\r\n",
            self.cookie
        );
        stream.write_all(request.as_bytes()).await?;
        let (mut head, mut piece, mut all) = (Vec::new(), vec![0; 16 * 1024], 0_u64);
        loop {
            let count = stream.read(&mut piece).await?;
            if count == 0 {
                break;
            }
            all += count as u64;
            if head.len() < 4096 {
                head.extend_from_slice(piece.get(..count.min(4096)).unwrap_or_default());
            }
        }
        let end = head.windows(4).position(|found| found == b"\r\n\r\n").map_or(0, |at| at + 4);
        if head.starts_with(b"HTTP/1.1 200") {
            Ok(all - end as u64)
        } else {
            Err(std::io::Error::other("no page"))
        }
    }
}

//! The load: HTTP/1.1 over connections that stay open, each asking for the next page when it has the last.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

use crate::fail::Fail;
use crate::output;

/// What to ask for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Job {
    pub(super) address: String,
    pub(super) cookie: String,
    pub(super) paths: Vec<String>,
    pub(super) connections: usize,
    pub(super) seconds: f64,
}

/// What came of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Answered {
    pub(super) requests: u64,
    pub(super) seconds: f64,
    pub(super) p50_us: u64,
    pub(super) p99_us: u64,
    /// Size of a page on average.
    pub(super) bytes: u64,
}

/// Reads a job from standard input, does it, prints what came of it.
pub(super) async fn run() -> Result<ExitCode, Fail> {
    let mut text = String::new();
    let read = std::io::Read::read_to_string(&mut std::io::stdin(), &mut text);
    read.map_err(|error| Fail::said(error.to_string()))?;
    let job: Job = serde_json::from_str(&text).map_err(|error| Fail::said(error.to_string()))?;
    let answered = work(job).await.map_err(|error| Fail::said(format!("The load failed: {error}")))?;
    output::line(&serde_json::to_string(&answered).map_err(|error| Fail::said(error.to_string()))?);
    Ok(ExitCode::SUCCESS)
}

async fn work(job: Job) -> std::io::Result<Answered> {
    let start = Instant::now();
    let until = start + Duration::from_secs_f64(job.seconds);
    let connections: Vec<_> =
        (0..job.connections).map(|number| tokio::spawn(connection(job.clone(), number, until))).collect();
    let (mut times, mut bytes) = (Vec::new(), 0);
    for connection in connections {
        let (own, size) = connection.await.map_err(std::io::Error::other)??;
        times.extend(own);
        bytes += size;
    }
    let seconds = start.elapsed().as_secs_f64();
    times.sort_unstable();
    let requests = times.len() as u64;
    let at = |percent: usize| times.get(times.len().saturating_sub(1) * percent / 100).copied().unwrap_or(0);
    Ok(Answered { requests, seconds, p50_us: at(50), p99_us: at(99), bytes: bytes / requests.max(1) })
}

async fn connection(job: Job, number: usize, until: Instant) -> std::io::Result<(Vec<u64>, u64)> {
    let stream = TcpStream::connect(&job.address).await?;
    stream.set_nodelay(true)?;
    let mut stream = BufReader::with_capacity(64 * 1024, stream);
    let (mut times, mut bytes, mut body) = (Vec::new(), 0, Vec::new());
    for path in job.paths.iter().cycle().skip(number * 7) {
        let begun = Instant::now();
        if begun >= until {
            break;
        }
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\n\r\n", job.address, job.cookie);
        stream.get_mut().write_all(request.as_bytes()).await?;
        bytes += answer(&mut stream, &mut body, path).await?;
        times.push(u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX));
    }
    Ok((times, bytes))
}

/// Reads one answer to its end. Anything but 200 ends the measurement: it would measure something else.
async fn answer(stream: &mut BufReader<TcpStream>, body: &mut Vec<u8>, path: &str) -> std::io::Result<u64> {
    let (mut line, mut length) = (String::new(), 0);
    stream.read_line(&mut line).await?;
    if !line.starts_with("HTTP/1.1 200") {
        return Err(std::io::Error::other(format!("{path} was answered {}", line.trim_end())));
    }
    loop {
        line.clear();
        stream.read_line(&mut line).await?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().map_err(std::io::Error::other)?;
        }
    }
    body.resize(length, 0);
    stream.read_exact(body).await?;
    Ok(length as u64)
}

//! `kept bench page`: the page of a client's file.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::{ExitCode, Stdio};
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use records::files::ALL_ENTRIES;
use records::{Service, Token};
use store::Place;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use web::DemoPerson;

use super::ground::{Ground, engine};
use super::load::{Answered, Job};
use super::plain::Plain;
use crate::commands::demo::{self, Made};
use crate::databases::Databases;
use crate::fail::Fail;
use crate::{output, serving};

const WARM_UP: f64 = 0.5;
/// Ticks of the kernel's clock in a second, as Linux counts a process's time (USER_HZ).
const TICKS: f64 = 100.0;

/// What to measure.
#[derive(Args)]
pub(super) struct Page {
    /// How long each measurement takes.
    #[arg(long, default_value_t = 3.0)]
    seconds: f64,
    /// How many connections ask at the same time.
    #[arg(long, value_delimiter = ',', default_value = "1,8,64")]
    connections: Vec<usize>,
    /// How many clients there are.
    #[arg(long, default_value_t = 500)]
    clients: usize,
    #[command(flatten)]
    ground: Ground,
}

impl Page {
    /// Measures and prints a table.
    pub(super) async fn run(self) -> Result<ExitCode, Fail> {
        self.ground.run(async |folder, databases| self.measure(folder, databases).await).await
    }

    async fn measure(&self, folder: &std::path::Path, databases: Option<&Databases>) -> Result<(), Fail> {
        let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let listener = serving::bind(any, "Try again.").await?;
        let address = listener.local_addr().map_err(|error| Fail::said(error.to_string()))?;
        let Made { service, people } = demo::make(folder, &address, databases, 1, self.clients).await?;
        let token = sign_in(&service, people.first()).await?;
        let cookie = format!("__Host-kept={}", token.cookie());
        let visit = service.visit(&token).await?;
        let mut files = Vec::new();
        for one in service.caseload(&visit).await?.release().await?.files {
            files.push(service.open_file(&visit, one.who.client, ALL_ENTRIES).await?.release().await?);
        }

        let options = web::Options { origin: format!("http://{address}"), demo: None, behind_proxy: false };
        let pages = web::app(Arc::clone(&service), options);
        let first = files
            .first()
            .ok_or_else(|| Fail::said("Nobody is in this caseload. Measure with more --clients."))?;
        let shell = shell(&pages, &cookie, &format!("/clients/{}", first.client)).await?;
        let place = match databases {
            Some(databases) => databases.make_plain().await?,
            None => Place::Sqlite(folder.join("data/plain.db")),
        };
        let plain = Plain::copy(&place, &files, shell).await?;
        let pages = pages.merge(plain.routes());
        tokio::spawn(async move {
            axum::serve(listener, pages.into_make_service_with_connect_info::<SocketAddr>()).await
        });

        output::line(&format!(
            "{} clients, {} in the caseload, {}, {} seconds each",
            self.clients,
            files.len(),
            engine(databases),
            self.seconds
        ));
        output::line(
            "connections  page   requests/s   p50 ms   p99 ms   CPU us/request   bytes   of plain   of bare",
        );
        for connections in &self.connections {
            let (mut bare_rate, mut plain_rate) = (0.0, 0.0);
            for kind in ["bare", "plain", "full"] {
                let at = if kind == "full" { "/clients".to_owned() } else { format!("/bench/{kind}") };
                let mut job = Job {
                    address: address.to_string(),
                    cookie: cookie.clone(),
                    paths: files.iter().map(|file| format!("{at}/{}", file.client)).collect(),
                    connections: *connections,
                    seconds: WARM_UP,
                };
                load(&job).await?;
                job.seconds = self.seconds;
                let before = cpu_seconds()?;
                let answered = load(&job).await?;
                let cpu = cpu_seconds()? - before;
                let rate = answered.requests as f64 / answered.seconds;
                let share = match kind {
                    "bare" => {
                        bare_rate = rate;
                        String::new()
                    }
                    "plain" => {
                        plain_rate = rate;
                        format!("           {:>5.0} %", 100.0 * rate / bare_rate)
                    }
                    _ => {
                        format!("{:>6.0} %   {:>5.0} %", 100.0 * rate / plain_rate, 100.0 * rate / bare_rate)
                    }
                };
                output::line(&format!(
                    "{connections:>11}  {kind:<5}  {rate:>10.0}  {:>7.2}  {:>7.2}  {:>15.0}  {:>6}   {share}",
                    answered.p50_us as f64 / 1000.0,
                    answered.p99_us as f64 / 1000.0,
                    cpu * 1e6 / answered.requests.max(1) as f64,
                    answered.bytes,
                ));
            }
        }
        service.close().await?;
        Ok(())
    }
}

/// The real sign-in: password, then a code.
pub(super) async fn sign_in(service: &Service, person: Option<&DemoPerson>) -> Result<Token, Fail> {
    let person = person.ok_or_else(|| Fail::said("nobody works here"))?;
    let first = service.sign_in(&person.email, &person.password).await?;
    let now = u64::try_from(service.surroundings().now().as_second()).unwrap_or_default();
    let generator = totp_rs::Builder::new()
        .with_secret(totp_rs::Secret::from(person.totp_secret))
        .with_account_name(person.email.as_str())
        .with_issuer(Some("Kept"))
        .build();
    let generator = generator.map_err(|error| Fail::said(error.to_string()))?;
    Ok(service.enter_code(&first, &generator.generate(now).to_string()).await?)
}

/// What stands around the content of the real page.
async fn shell(pages: &axum::Router, cookie: &str, path: &str) -> Result<(String, String), Fail> {
    let failed = |what: &dyn std::fmt::Display| Fail::said(format!("The page cannot be shown: {what}"));
    let listener = serving::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), "Try again.").await?;
    let address = listener.local_addr().map_err(|error| failed(&error))?;
    let pages = pages.clone().into_make_service_with_connect_info::<SocketAddr>();
    let serving = tokio::spawn(async move { axum::serve(listener, pages).await });
    let asked = async {
        let mut stream = TcpStream::connect(address).await?;
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {address}\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await?;
        let mut text = String::new();
        stream.read_to_string(&mut text).await?;
        std::io::Result::Ok(text)
    };
    let text = asked.await.map_err(|error| failed(&error))?;
    serving.abort();
    let (_, page) = text
        .split_once("\r\n\r\n")
        .filter(|_| text.starts_with("HTTP/1.1 200"))
        .ok_or_else(|| failed(&text.lines().next().unwrap_or_default()))?;
    let (head, rest) = page.split_once("<main").ok_or_else(|| failed(&"it has no main part"))?;
    let (_, foot) = rest.rsplit_once("</main>").ok_or_else(|| failed(&"its main part has no end"))?;
    Ok((format!("{head}<main>"), format!("</main>{foot}")))
}

/// Has another process ask, so that its work is not counted as ours.
pub(super) async fn load(job: &Job) -> Result<Answered, Fail> {
    let failed = |error: String| Fail::said(format!("The load failed: {error}"));
    let program = std::env::current_exe().map_err(|error| failed(error.to_string()))?;
    let mut child = std::process::Command::new(program)
        .args(["bench", "load"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| failed(error.to_string()))?;
    let text = serde_json::to_vec(job).map_err(|error| failed(error.to_string()))?;
    let patience = Duration::from_secs_f64(job.seconds + 30.0);
    let waiting = tokio::task::spawn_blocking(move || {
        if let Some(mut input) = child.stdin.take() {
            std::io::Write::write_all(&mut input, &text)?;
        }
        child.wait_with_output()
    });
    let output =
        tokio::time::timeout(patience, waiting).await.map_err(|_| failed("it does not end".to_owned()))?;
    let output =
        output.map_err(|error| failed(error.to_string()))?.map_err(|error| failed(error.to_string()))?;
    serde_json::from_slice(&output.stdout).map_err(|error| failed(error.to_string()))
}

/// The processor time of this process so far.
fn cpu_seconds() -> Result<f64, Fail> {
    let text = std::fs::read_to_string("/proc/self/stat")
        .map_err(Fail::file("read", std::path::Path::new("/proc/self/stat")))?;
    // The name in brackets may hold spaces; after it come the state as field 3, utime as 14 and stime as 15.
    let after = text.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks = after.split_whitespace().skip(11).take(2).filter_map(|n| n.parse::<f64>().ok());
    Ok(ticks.sum::<f64>() / TICKS)
}

//! A service that runs: its listener, what it does in the background, and how it ends.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::serve::ListenerExt as _;
use jiff::ToSpan as _;
use jiff::civil::time;
use records::Service;
use records::sweep::State;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tracing::level_filters::LevelFilter;

use crate::fail::Fail;
use crate::messages::{self, ByItself};
use crate::webhooks;

/// How long answers that are under way may take once the service ends.
const LAST_ANSWERS: Duration = Duration::from_secs(10);
const TIDY_EVERY: Duration = Duration::from_secs(60);
const FOLLOW_EVERY: Duration = Duration::from_millis(500);

/// Logs go to standard error as JSON. Debugging levels of what is beneath us would print values, so none is let through.
pub(crate) fn log(level: LevelFilter) {
    let level = level.min(LevelFilter::INFO);
    let logging = tracing_subscriber::fmt().json().with_max_level(level).with_writer(std::io::stderr);
    let _ = logging.try_init();
}

/// Ctrl-C and SIGTERM.
pub(crate) struct Stop {
    interrupt: Signal,
    terminate: Signal,
}

impl Stop {
    /// From now on both end the service instead of the process.
    pub(crate) fn listen() -> Result<Stop, Fail> {
        let failed = |error| Fail::said(format!("Signals cannot be received: {error}. Start Kept again."));
        Ok(Stop {
            interrupt: signal(SignalKind::interrupt()).map_err(failed)?,
            terminate: signal(SignalKind::terminate()).map_err(failed)?,
        })
    }

    /// Waits for either.
    pub(crate) async fn asked(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// Takes an address to listen on; `or_else` is what to do when another program has it.
pub(crate) async fn bind(address: SocketAddr, or_else: &str) -> Result<TcpListener, Fail> {
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => Fail::said(format!(
            "Port {} of {} is taken by another program. {or_else}",
            address.port(),
            address.ip()
        )),
        _ => Fail::said(format!("Kept cannot listen on {address}: {error}. {or_else}")),
    })
}

/// Serves `pages` until it is asked to stop, and sends messages, some of them by itself; then finishes
/// what is under way and closes the log.
pub(crate) async fn serve(
    listener: TcpListener,
    service: Arc<Service>,
    pages: axum::Router,
    by_itself: ByItself,
    stop: &mut Stop,
) -> Result<(), Fail> {
    let (end, mut ended) = watch::channel(false);
    let mut sending = tokio::spawn(messages::keep_sending(Arc::clone(&service), by_itself, ended.clone()));
    let mut telling = tokio::spawn(webhooks::keep_telling(Arc::clone(&service), ended.clone()));
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    let pages = pages.into_make_service_with_connect_info::<SocketAddr>();
    let serving = axum::serve(listener, pages).with_graceful_shutdown(async move {
        let _ = ended.wait_for(|end| *end).await;
    });
    let mut serving = tokio::spawn(serving.into_future());
    let following = tokio::spawn(follow(Arc::clone(&service)));
    let nightly = tokio::spawn(every_night(Arc::clone(&service)));
    let tidying = tokio::spawn(tidy(Arc::clone(&service)));
    tokio::select! {
        () = stop.asked() => {}
        result = &mut serving => tracing::error!(?result, "the listener ended"),
    }
    let _ = end.send(true);
    following.abort();
    tidying.abort();
    if !serving.is_finished() && tokio::time::timeout(LAST_ANSWERS, &mut serving).await.is_err() {
        tracing::warn!("some answers were not finished in time");
        serving.abort();
    }
    // A message that is being handed over is better finished than in doubt.
    if tokio::time::timeout(LAST_ANSWERS, &mut sending).await.is_err() {
        tracing::warn!("a message was being sent; at the next start it is seen to");
        sending.abort();
    }
    // What a program was told and nobody wrote down is told again, under the same id.
    if tokio::time::timeout(LAST_ANSWERS, &mut telling).await.is_err() {
        telling.abort();
    }
    // A sweep or a new epoch that is cut off here is carried on at the next start.
    nightly.abort();
    service.close().await?;
    Ok(())
}

/// Takes in what other servers and commands have changed. A store that does not answer is reported once, not twice a second.
async fn follow(service: Arc<Service>) {
    let mut ticks = tokio::time::interval(FOLLOW_EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut failing = false;
    loop {
        ticks.tick().await;
        match service.follow_changes().await {
            Ok(()) if failing => {
                failing = false;
                tracing::info!("changes are taken in again");
            }
            Ok(()) => {}
            Err(error) if failing => tracing::debug!(%error, "changes"),
            Err(error) => {
                failing = true;
                tracing::error!(%error, "changes of others cannot be taken in; trying on");
            }
        }
    }
}

/// What was begun and waits: hand-overs that were interrupted, documents for the virus scanner, what uploads left over. Each
/// can be cut off anywhere and goes on the next time.
async fn tidy(service: Arc<Service>) {
    let mut ticks = tokio::time::interval(TIDY_EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Err(error) = service.carry_on_hand_overs().await {
            tracing::error!(%error, "a hand-over stopped; trying again");
        }
        if let Err(error) = service.check_waiting_documents().await {
            tracing::error!(%error, "documents could not be checked; trying again");
        }
        // Two people agreed to a sweep that asked, or another server began one and is gone.
        if let Err(error) = sweep_on(&service).await {
            tracing::error!(%error, "the sweep stopped; trying again");
        }
        match service.sweep_documents(records::documents::LEFT_FOR).await {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "swept what uploads had left over"),
            Err(error) => tracing::error!(%error, "documents could not be swept; trying again"),
        }
    }
}

/// Carries on with a sweep that may run.
async fn sweep_on(service: &Service) -> Result<(), records::Error> {
    match service.newest_sweep().await? {
        Some(sweep) if sweep.state == State::Runs => service.sweep(sweep.day).await.map(drop),
        _ => Ok(()),
    }
}

/// Erases what is past its day and makes erasures final in every copy: at the start, for what waits, and every night at three.
async fn every_night(service: Arc<Service>) {
    loop {
        match service.sweep(service.surroundings().today()).await {
            Ok(sweep) if sweep.state == State::Asks => {
                tracing::warn!(
                    due = sweep.due,
                    "the sweep asks two people before it erases: /promises/retention"
                );
            }
            Ok(sweep) => tracing::info!(erased = sweep.erased, "what was past its day is erased"),
            Err(error) => tracing::error!(%error, "the sweep stopped; it goes on within a minute"),
        }
        match service.roll_keys().await {
            Ok(epoch) => tracing::info!(epoch, "erasures are final in every copy"),
            Err(error) => tracing::error!(%error, "the keyring's epoch could not be rolled"),
        }
        tokio::time::sleep(until_three(&service)).await;
    }
}

fn until_three(service: &Service) -> Duration {
    let now = service.surroundings().civil(service.surroundings().now());
    let three =
        |day: jiff::civil::Date| day.to_datetime(time(3, 0, 0, 0)).to_zoned_datetime(now.time_zone().clone());
    let next = three(now.date()).ok().filter(|t| *t > now).or_else(|| {
        let tomorrow = now.date().checked_add(1.day()).ok()?;
        three(tomorrow).ok()
    });
    let seconds = next.map_or(86_400, |next| next.timestamp().as_second() - now.timestamp().as_second());
    Duration::from_secs(u64::try_from(seconds).unwrap_or(86_400).max(60))
}

//! `kept serve`: a service for real work.

use std::process::ExitCode;
use std::sync::Arc;

use tracing::level_filters::LevelFilter;

use crate::cli::Which;
use crate::fail::Fail;
use crate::messages::{self, ByItself};
use crate::serving::{self, Stop};

/// Runs the service until it is asked to stop.
pub(crate) async fn run(which: &Which) -> Result<ExitCode, Fail> {
    let config = which.load()?;
    serving::log(LevelFilter::INFO);
    let mut stop = Stop::listen()?;
    let listener = serving::bind(config.listen, "Stop it, or change `listen` in kept.toml.").await?;
    let sending = config.sending()?;
    let service = Arc::new(config.open().await?);
    let by_itself = match sending {
        Some(sending) => {
            service.send_by(sending.post);
            sending.by_itself
        }
        None => {
            tracing::info!("no section [messages] in kept.toml: nothing is sent to clients");
            messages::send_nothing(&service)?;
            ByItself::default()
        }
    };
    let options =
        web::Options { origin: config.origin.clone(), demo: None, behind_proxy: config.behind_proxy };
    let pages = web::app(Arc::clone(&service), options);
    tracing::info!(listen = %config.listen, origin = config.origin, "serving");
    serving::serve(listener, service, pages, by_itself, &mut stop).await?;
    tracing::info!("ended");
    Ok(ExitCode::SUCCESS)
}

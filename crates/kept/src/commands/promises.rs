//! `kept promises`: how the promises of the notice stand.

use std::process::ExitCode;

use casework::promises::{Evidence, Measured, Stands};
use clap::Args;
use serde_json::json;

use crate::cli::Which;
use crate::fail::Fail;
use crate::output;

/// Looks at the promises.
#[derive(Args)]
pub(crate) struct Promises {
    #[command(flatten)]
    which: Which,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

impl Promises {
    /// Prints each promise with its evidence; the status is 1 if one is not kept.
    pub(crate) async fn run(self) -> Result<ExitCode, Fail> {
        let service = self.which.load()?.open().await?;
        let standing = service.promises_now().await;
        service.close().await?;
        let standing = standing?;
        if self.json {
            let all: Vec<_> = standing.evidence.iter().map(as_json).collect();
            output::line(&json!({ "at": standing.at.to_string(), "promises": all }).to_string());
        } else {
            for one in &standing.evidence {
                output::line(&format!("{:<9} {}: {}", one.stands.words(), one.promised.says, one.words()));
            }
        }
        let broken = standing.evidence.iter().any(|one| one.stands == Stands::Broken);
        Ok(ExitCode::from(u8::from(broken)))
    }
}

fn as_json(one: &Evidence) -> serde_json::Value {
    let (number, day) = match one.measured {
        Measured::Counted { number, oldest } => (Some(number), oldest),
        Measured::Done(day) | Measured::Until(day) => (None, day),
        Measured::Told(number) => (Some(number), None),
        Measured::NotKnown => (None, None),
    };
    json!({
        "code": one.promised.code,
        "promise": one.promised.promise,
        "says": one.promised.says,
        "stands": one.stands.code(),
        "number": number,
        "day": day.map(|day| day.to_string()),
        "found": one.words(),
    })
}

//! Where a measurement runs: a folder and, if a server is named, databases of its own; both are gone afterwards.

use std::path::Path;
use std::process::ExitCode;

use access::Role;
use clap::Args;
use records::sessions::{Level, Session};
use records::{Service, Token, Visit};
use tracing::level_filters::LevelFilter;

use crate::databases::Databases;
use crate::fail::Fail;
use crate::serving;

/// On which engine to measure.
#[derive(Args)]
pub(super) struct Ground {
    /// Measure on new databases of this PostgreSQL server instead of SQLite.
    #[arg(long, value_name = "URL_BASE")]
    postgres: Option<String>,
}

impl Ground {
    /// Runs a measurement in a new folder, on new databases if there are to be some.
    pub(super) async fn run(
        &self,
        measure: impl AsyncFnOnce(&Path, Option<&Databases>) -> Result<(), Fail>,
    ) -> Result<ExitCode, Fail> {
        serving::log(LevelFilter::ERROR);
        let folder = tempfile::Builder::new().prefix("kept-bench-").tempdir();
        let folder = folder.map_err(Fail::file("made", &std::env::temp_dir()))?;
        let databases = self.postgres.as_deref().map(Databases::passing).transpose()?;
        if let Some(databases) = &databases {
            databases.make().await?;
        }
        let measured = measure(folder.path(), databases.as_ref()).await;
        if let Some(databases) = databases {
            databases.drop_all().await?;
        }
        measured.map(|()| ExitCode::SUCCESS)
    }
}

/// The engine by its name.
pub(super) fn engine(databases: Option<&Databases>) -> &'static str {
    if databases.is_some() { "PostgreSQL" } else { "SQLite" }
}

/// A visit by somebody with this role, without the trouble of signing in.
pub(super) fn visit(service: &Service, role: Role) -> Result<Visit, Fail> {
    let directory = service.directory();
    let member = directory.everybody().into_iter().find(|member| member.role == role);
    let staff = member.map(|member| member.id).ok_or_else(|| Fail::said("nobody has this role"))?;
    let now = service.surroundings().now();
    let session = Session { staff, level: Level::Full, created: now, seen: now, confirmed: None };
    let token = Token::from_cookie(&"00".repeat(32)).ok_or_else(|| Fail::said("no token"))?;
    Ok(Visit { staff, role, session, token })
}

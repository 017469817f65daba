//! `kept init`: the folder of a new service.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use records::{Service, Surroundings};

use crate::commands::notice;
use crate::config::{Config, FILE, FIRST};
use crate::databases::Databases;
use crate::fail::Fail;
use crate::output;

/// The notice that a new service keeps unless it brings its own.
pub(crate) const SHIPPED_NOTICE: &str = include_str!("../../../../notices/employment-service.toml");

/// Makes a service.
#[derive(Args)]
pub(crate) struct Init {
    /// The folder to make.
    dir: PathBuf,
    /// The privacy notice that the service keeps; without it, the one that comes with Kept.
    #[arg(long, value_name = "FILE")]
    notice: Option<PathBuf>,
    /// Keep the stores on a PostgreSQL server: postgres://user@host/NAME makes the databases `NAME_records`, `NAME_audit` and
    /// `NAME_keyring` there. Without it they are files in the folder.
    #[arg(long, value_name = "URL")]
    postgres: Option<String>,
}

impl Init {
    /// Makes the folder and what is in it.
    pub(crate) async fn run(self) -> Result<ExitCode, Fail> {
        let text = match &self.notice {
            Some(path) => notice::read_sound(path)?,
            None => SHIPPED_NOTICE.to_owned(),
        };
        refuse_another(&self.dir)?;
        let text_of_config = match &self.postgres {
            Some(address) => {
                let databases = Databases::named(address)?;
                databases.make().await?;
                databases.written_into(FIRST)
            }
            None => FIRST.to_owned(),
        };
        let beginning = Beginning::at(&self.dir);
        let config = lay_out(&self.dir, &text_of_config)?;
        let service = Service::create(&config.places, &text, Surroundings::real()).await?;
        beginning.held();
        let title = service.notices().service().title.clone();
        service.close().await?;
        let at = self.dir.join(FILE);
        let at = at.display();
        output::line(&format!("Made a service in {} that keeps \"{title}\".", self.dir.display()));
        output::line("Next, the first administrator:");
        output::line(&format!(
            "  kept user add --config {at} --role administrator --name \"Their Name\" --email them@example.org"
        ));
        output::line(&format!("  kept serve --config {at}"));
        Ok(ExitCode::SUCCESS)
    }
}

/// What a service begins with. If making it fails, all of this goes again, so that it can be made anew.
struct Beginning {
    made: Vec<PathBuf>,
}

impl Beginning {
    /// Whatever is not there yet will be ours.
    fn at(dir: &Path) -> Beginning {
        let ours = [FILE, "data", "root", "checkpoint", "checkpoint.lock", "checkpoint.next"];
        Beginning {
            made: ours.map(|name| dir.join(name)).into_iter().filter(|path| !path.exists()).collect(),
        }
    }

    fn held(mut self) {
        self.made.clear();
    }
}

impl Drop for Beginning {
    fn drop(&mut self) {
        for path in &self.made {
            let _ = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
        }
    }
}

/// Makes the folder of a service with its configuration, and nothing else yet.
pub(crate) fn lay_out(dir: &Path, config: &str) -> Result<Config, Fail> {
    refuse_another(dir)?;
    let file = dir.join(FILE);
    for folder in [dir.to_owned(), dir.join("data")] {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(&folder);
        made.map_err(Fail::file("made", &folder))?;
    }
    if let Err(error) = fs::write(&file, config) {
        // Half a file would pass for a service.
        let _ = fs::remove_file(&file);
        return Err(Fail::file("written", &file)(error));
    }
    Config::load(&file)
}

fn refuse_another(dir: &Path) -> Result<(), Fail> {
    if dir.join(FILE).exists() {
        return Err(Fail::said(format!(
            "There is a service in {} already. Start it with `kept serve`, or choose another folder.",
            dir.display()
        )));
    }
    Ok(())
}

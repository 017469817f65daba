//! Stores for tests: every scenario runs on both engines.
//!
//! A PostgreSQL server is started once a machine, as a user who is not root, and used by all test programs; each test has
//! databases of its own. `KEPT_TEST_POSTGRES_URL` names a server that is there already; `KEPT_TEST_POSTGRES=off` leaves
//! PostgreSQL out and says so.

#![allow(clippy::expect_used, clippy::panic, clippy::print_stderr)]

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use crate::{Engine, Migrations, Place, Store};

/// Places for one test on one engine. Keep it until the test ends.
pub struct Ground {
    engine: Engine,
    folder: tempfile::TempDir,
    unique: String,
}

impl Ground {
    /// Which engine this is.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// A folder of the test's own.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// An address that begins the names of this test's databases (PostgreSQL): what is made under it goes with the test.
    #[must_use]
    pub fn address(&self) -> Option<String> {
        (self.engine == Engine::Postgres).then(|| format!("{}/kept_{}", server(), self.unique))
    }

    /// The place of a database with this name, made if it is not there yet.
    ///
    /// # Panics
    /// PostgreSQL does not work: the test cannot say anything then.
    pub async fn place(&self, name: &str) -> Place {
        match self.engine {
            Engine::Sqlite => Place::Sqlite(self.folder.path().join(format!("{name}.db"))),
            Engine::Postgres => {
                let base = server();
                let database = format!("kept_{}_{name}", self.unique);
                let (client, connection) =
                    tokio_postgres::connect(&format!("{base}/postgres"), tokio_postgres::NoTls)
                        .await
                        .expect("PostgreSQL answers");
                tokio::spawn(connection);
                let made = client.batch_execute(&format!("CREATE DATABASE {database}")).await;
                if let Err(error) = made {
                    assert_eq!(error.code().map(|c| c.code()), Some("42P04"), "{error}");
                }
                Place::Postgres(format!("{base}/{database}"))
            }
        }
    }

    /// Runs SQL on the database with this name from beside, as somebody would who spoils it.
    ///
    /// # Panics
    /// The engine refuses it.
    pub async fn run(&self, name: &str, sql: &str) {
        run(&self.place(name).await, sql).await;
    }

    /// A store with this schema.
    ///
    /// # Panics
    /// It cannot be opened.
    pub async fn store(&self, migrations: &'static Migrations) -> Store {
        let place = self.place(migrations.name).await;
        Store::open(&place, migrations).await.expect("a fresh store opens")
    }
}

impl Drop for Ground {
    fn drop(&mut self) {
        if self.engine == Engine::Postgres {
            let sql = format!(
                "SELECT 'DROP DATABASE ' || datname || ' WITH (FORCE)' FROM pg_database WHERE datname LIKE 'kept\\_{}\\_%' \\gexec",
                self.unique
            );
            let mut psql = Command::new("psql");
            let psql = psql.args(["-q", "-d", &format!("{}/postgres", server())]).stdin(Stdio::piped());
            if let Ok(mut child) = psql.stdout(Stdio::null()).stderr(Stdio::null()).spawn() {
                if let Some(mut stdin) = child.stdin.take() {
                    let _ = std::io::Write::write_all(&mut stdin, sql.as_bytes());
                }
                let _ = child.wait();
            }
        }
    }
}

/// Runs SQL on a database from beside.
///
/// # Panics
/// The engine refuses it.
pub async fn run(place: &Place, sql: &str) {
    match place {
        Place::Sqlite(path) => {
            let connection = rusqlite::Connection::open(path).expect("the database opens");
            connection.busy_timeout(Duration::from_secs(10)).expect("patience");
            connection.execute_batch(sql).expect("the statement runs");
        }
        Place::Postgres(address) => {
            let (client, connection) =
                tokio_postgres::connect(address, tokio_postgres::NoTls).await.expect("PostgreSQL answers");
            tokio::spawn(connection);
            client.batch_execute(sql).await.expect("the statement runs");
        }
    }
}

/// The engines to test on, each with a ground of its own.
#[must_use]
pub fn grounds() -> Vec<Ground> {
    let ground = |engine| Ground {
        engine,
        folder: tempfile::tempdir().expect("a temporary folder"),
        unique: uuid::Uuid::new_v4().simple().to_string(),
    };
    let mut grounds = vec![ground(Engine::Sqlite)];
    if std::env::var("KEPT_TEST_POSTGRES").is_ok_and(|v| v == "off") {
        eprintln!("KEPT_TEST_POSTGRES=off: this test ran on SQLite only");
    } else {
        grounds.push(ground(Engine::Postgres));
    }
    grounds
}

/// The address of the test server without a database.
fn server() -> &'static str {
    static SERVER: OnceLock<String> = OnceLock::new();
    SERVER.get_or_init(|| std::env::var("KEPT_TEST_POSTGRES_URL").unwrap_or_else(|_| start()))
}

/// Starts the server unless one of ours runs; a lock file keeps test programs from doing so at once.
fn start() -> String {
    let folder = std::env::temp_dir().join("kept-test-postgres");
    fs::create_dir_all(&folder).expect("a folder for the test server");
    let lock = File::create(folder.join("lock")).expect("a lock file");
    lock.lock().expect("the lock");
    let address = folder.join("address");
    if let Ok(known) = fs::read_to_string(&address)
        && answers(&known)
    {
        return known;
    }
    let bin = programs();
    let data = folder.join(format!("data-{}", std::process::id()));
    let _ = fs::remove_dir_all(&data);
    fs::create_dir_all(&data).expect("a data folder");
    let port =
        std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port").port();
    let root = Command::new("id").arg("-u").output().is_ok_and(|o| o.stdout.starts_with(b"0"));
    if root {
        let owned = Command::new("chown").args(["-R", "postgres"]).arg(&data).status();
        assert!(owned.is_ok_and(|s| s.success()), "the user postgres is missing: apt-get install postgresql");
    }
    run_as(
        root,
        &bin.join("initdb"),
        &["-D", &data.display().to_string(), "-U", "kept", "-A", "trust", "-E", "UTF8", "--no-locale", "-N"],
    );
    let options = format!(
        "-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off -c synchronous_commit=off \
         -c full_page_writes=off -c max_connections=400 -c shared_buffers=64MB"
    );
    let log = data.join("log").display().to_string();
    run_as(
        root,
        &bin.join("pg_ctl"),
        &["-D", &data.display().to_string(), "-l", &log, "-w", "-o", &options, "start"],
    );
    let made = format!("postgres://kept@127.0.0.1:{port}");
    assert!(answers(&made), "PostgreSQL does not answer; see {log}");
    fs::write(&address, &made).expect("the address is noted");
    made
}

fn run_as(root: bool, program: &Path, arguments: &[&str]) {
    let mut command = if root {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]).arg(program);
        command
    } else {
        Command::new(program)
    };
    // A server must not hold the test program's output open.
    let done = command
        .args(arguments)
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    assert!(done.is_ok_and(|s| s.success()), "{} failed", program.display());
}

fn programs() -> PathBuf {
    let mut found: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .filter(|bin| bin.join("initdb").exists())
        .collect();
    found.sort();
    found.pop().unwrap_or_else(|| {
        panic!("PostgreSQL is not installed: apt-get install postgresql, or set KEPT_TEST_POSTGRES=off to test on SQLite only")
    })
}

fn answers(address: &str) -> bool {
    let until = Instant::now() + Duration::from_secs(3);
    let host = address.trim_start_matches("postgres://kept@");
    while Instant::now() < until {
        if host
            .parse()
            .is_ok_and(|a| std::net::TcpStream::connect_timeout(&a, Duration::from_millis(300)).is_ok())
        {
            return true;
        }
        std::thread::sleep(Duration::from_millis(100));
        if !host.contains(':') {
            break;
        }
    }
    false
}

//! The program as an operator runs it: a process, its output, and its exit code.

mod following;

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use api::data_dir::DataDir;
use api::edge::Timeouts;
use api::serve::{Options, Server};
use api::settings::Settings;
use api::store::{KeySource, Place as Store};
use commands::{Clock, WriterSettings};
use eventlog::MasterKey;
use serde_json::Value;

use crate::stores::{Database, Place};

/// A master key for stores that do not make their own.
pub(crate) const MASTER_KEY: &str =
    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const PATIENCE: Duration = Duration::from_mins(1);

/// Where the program of one test keeps what it keeps.
#[derive(Debug)]
pub(crate) struct Home {
    pub(crate) data_dir: PathBuf,
    database_url: Option<String>,
    /// Whether the data directory goes when this does; else the test's database owns it.
    is_own: bool,
}

impl Home {
    pub(crate) fn at(place: &Place) -> Self {
        match place {
            Place::DataDir(data_dir) => {
                Self { data_dir: data_dir.clone(), database_url: None, is_own: false }
            }
            Place::Url(url) => {
                let name = format!("chancery-home-{}", uuid::Uuid::now_v7().simple());
                let data_dir = std::env::temp_dir().join(name);
                Self { data_dir, database_url: Some(url.clone()), is_own: true }
            }
        }
    }

    pub(crate) fn of(database: &Database) -> Self {
        Self::at(&database.place)
    }

    /// The program with these arguments, told nothing by the environment of the tests but which
    /// store this is.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chancery-under-test"));
        command.args(arguments);
        for name in ["CHANCERY_LISTEN", "CHANCERY_LOG", "CHANCERY_MASTER_KEY", "EDGERC"] {
            command.env_remove(name);
        }
        match &self.database_url {
            Some(url) => command.env("DATABASE_URL", url).env("CHANCERY_MASTER_KEY", MASTER_KEY),
            None => command.env_remove("DATABASE_URL"),
        };
        command
    }

    /// Runs the program to its end, on this data directory where it takes one.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).stdin(Stdio::null()).output().unwrap()
    }

    /// As [`Home::run`], with `--data-dir`.
    pub(crate) fn tool(&self, arguments: &[&str]) -> Output {
        let data_dir = self.data_dir.display().to_string();
        self.run(&[arguments, &["--data-dir", &data_dir]].concat())
    }

    /// Starts a server on a free port, and waits until it serves.
    pub(crate) fn serve(&self, more: &[&str]) -> Serving {
        Self::start(self.serve_command(more))
    }

    /// As [`Home::serve`]; it logs all it can.
    pub(crate) fn serve_loudly(&self, more: &[&str]) -> Serving {
        let mut command = self.serve_command(more);
        command.env("CHANCERY_LOG", "trace");
        Self::start(command)
    }

    fn serve_command(&self, more: &[&str]) -> Command {
        let data_dir = self.data_dir.display().to_string();
        let start = ["serve", "--listen", "127.0.0.1:0", "--data-dir", &data_dir];
        self.command(&[&start, more].concat())
    }

    fn start(mut command: Command) -> Serving {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // The pipe must not fill up.
        let mut log = child.stderr.take().unwrap();
        let log = std::thread::spawn(move || {
            let mut text = String::new();
            log.read_to_string(&mut text).unwrap();
            text
        });
        let mut block = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        while !block.contains("credentials  ") {
            if out.read_line(&mut block).unwrap() == 0 {
                let _ = child.wait();
                panic!("it did not start: {}", log.join().unwrap());
            }
        }
        Serving { child, block, log: Some(log) }
    }

    pub(crate) fn credentials(&self) -> Value {
        let path = self.data_dir.join("credentials").join("credentials.json");
        serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
    }

    pub(crate) fn edgerc(&self) -> String {
        self.data_dir.join("credentials").join("edgerc").display().to_string()
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        if self.is_own {
            let _ = std::fs::remove_dir_all(&self.data_dir);
        }
    }
}

/// A server inside the test's own process, whose waits are short.
pub(crate) async fn serve_here(
    home: &Home,
    place: Place,
    clock: Arc<dyn Clock>,
    settings: Settings,
) -> Server {
    Server::start(options(home, place, clock, settings)).await.unwrap()
}

/// What such a server is started with: it is told soon what a caller waits for in vain.
pub(crate) fn options(
    home: &Home,
    place: Place,
    clock: Arc<dyn Clock>,
    settings: Settings,
) -> Options {
    let place = match place {
        Place::DataDir(_) => Store::Embedded,
        Place::Url(url) => Store::Postgres { url, partitions: 4 },
    };
    let timeouts = Timeouts { body: Duration::from_millis(300), ..Timeouts::default() };
    Options {
        listen: "127.0.0.1:0".parse().unwrap(),
        data_dir: DataDir::new(&home.data_dir),
        place,
        key: KeySource::Given(MasterKey::parse(MASTER_KEY).unwrap()),
        tls: None,
        trusted_proxies: Vec::new(),
        timeouts,
        writer: WriterSettings { patience: Duration::from_secs(1), ..WriterSettings::default() },
        clock,
        settings,
    }
}

/// A server process.
#[derive(Debug)]
pub(crate) struct Serving {
    child: Child,
    /// What it said when it began to serve.
    pub(crate) block: String,
    log: Option<std::thread::JoinHandle<String>>,
}

impl Serving {
    pub(crate) fn url(&self) -> &str {
        let line = self.block.lines().find_map(|line| line.trim().strip_prefix("listening"));
        line.unwrap().trim()
    }

    /// Sends a signal by its name.
    pub(crate) fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }

    /// Ends it at once, as a power cut would; what it logged until then.
    pub(crate) fn kill(mut self) -> String {
        self.child.kill().unwrap();
        self.end().1
    }

    /// Waits for its end; the exit code, and what it logged.
    pub(crate) fn end(mut self) -> (Option<i32>, String) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return (status.code(), self.log.take().unwrap().join().unwrap());
            }
            assert!(Instant::now() < deadline, "the server does not end");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Stops it as a service manager does.
    pub(crate) fn stop(self) -> String {
        self.signal("TERM");
        let (code, log) = self.end();
        assert_eq!(code, Some(0), "{log}");
        log
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // Only where a test failed before its end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Standard output, of a program that must have ended well.
pub(crate) fn said(output: &Output) -> String {
    assert!(output.status.success(), "{}", complaint(output));
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// Standard error.
pub(crate) fn complaint(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// The permissions of a file or directory.
pub(crate) fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// A client that gives up in time.
pub(crate) fn client() -> reqwest::Client {
    api::tls::install_provider();
    reqwest::Client::builder().timeout(Duration::from_secs(20)).build().unwrap()
}

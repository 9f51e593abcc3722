//! Starting, stopping, and starting again: what is made once, and what keeps a server from it.

use std::sync::Arc;

use tokio::task::spawn_blocking;

use crate::program::{Home, complaint, mode, said};
use crate::stores::{Database, Place, on_both_stores};

on_both_stores!(
    a_second_start_finds_everything_and_makes_nothing,
    another_master_key_is_refused,
    a_signal_stops_it_even_if_it_just_began,
);

/// The default tenant's events, one a line.
fn record(home: &Home) -> String {
    said(&home.tool(&["events", "tail", "--json", "--lines", "500"]))
}

async fn a_second_start_finds_everything_and_makes_nothing(database: Arc<Database>) {
    let test = move || {
        let home = Home::of(&database);
        let first = home.serve(&[]);
        assert!(first.url().starts_with("http://127.0.0.1:"), "{}", first.block);
        let folder = home.data_dir.join("credentials");
        assert!(first.block.contains(&folder.display().to_string()), "{}", first.block);
        assert_eq!(mode(&home.data_dir), 0o700);
        assert_eq!(mode(&folder), 0o700);
        for name in ["edgerc", "credentials.json"] {
            assert_eq!(mode(&folder.join(name)), 0o600, "{name}");
        }
        let (credentials, events) = (home.credentials(), record(&home));
        assert!(events.lines().count() > 20, "{events}");
        first.stop();
        assert_eq!(record(&home), events, "asked without a server");

        let second = home.serve(&[]);
        assert_eq!(home.credentials(), credentials);
        assert_eq!(record(&home), events);
        second.stop();
    };
    spawn_blocking(test).await.unwrap();
}

async fn another_master_key_is_refused(database: Arc<Database>) {
    let test = move || {
        let home = Home::of(&database);
        home.serve(&[]).stop();
        let data_dir = home.data_dir.display().to_string();
        let mut again =
            home.command(&["serve", "--listen", "127.0.0.1:0", "--data-dir", &data_dir]);
        let output = again.env("CHANCERY_MASTER_KEY", "ff".repeat(32)).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        let complaint = complaint(&output);
        assert!(complaint.contains("the master key is not the one"), "{complaint}");
        assert_eq!(complaint.lines().count(), 1, "{complaint}");
    };
    spawn_blocking(test).await.unwrap();
}

async fn a_signal_stops_it_even_if_it_just_began(database: Arc<Database>) {
    let test = move || {
        let home = Home::of(&database);
        for signal in ["INT", "TERM"] {
            let serving = home.serve(&[]);
            serving.signal(signal);
            let (code, log) = serving.end();
            assert_eq!(code, Some(0), "{signal}: {log}");
        }
    };
    spawn_blocking(test).await.unwrap();
}

/// A home that nothing was ever kept in.
fn nowhere() -> Home {
    let name = format!("chancery-nowhere-{}", uuid::Uuid::now_v7().simple());
    Home::at(&Place::DataDir(std::env::temp_dir().join(name)))
}

#[test]
fn a_directory_is_served_once() {
    let home = nowhere();
    let serving = home.serve(&[]);
    let output = home.tool(&["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(complaint(&output).contains("is in use by another process"), "{}", complaint(&output));
    let output = home.tool(&["migrate"]);
    assert_eq!(output.status.code(), Some(1));
    serving.stop();
    std::fs::remove_dir_all(&home.data_dir).unwrap();
}

#[test]
fn what_is_wrong_is_said_in_one_line_and_nothing_else_is_tried() {
    let home = nowhere();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let busy = taken.local_addr().unwrap().to_string();
    let missing = home.data_dir.join("no.pem").display().to_string();
    let free = "127.0.0.1:0";
    for (listen, more, expected) in [
        (&*busy, ["--log-format", "text", "--body-limit", "9"], "cannot be listened on"),
        (free, ["--tls-cert", &missing, "--tls-key", &missing], "cannot be read"),
        (free, ["--database-url", "mysql://ada:s3cret@h/x", "--partitions", "1"], "postgres://"),
        (
            free,
            ["--database-url", "postgres://ada:s3cret@127.0.0.1:1/x", "--partitions", "1"],
            "cannot be reached",
        ),
    ] {
        let arguments = [&["serve", "--listen", listen], &more[..]].concat();
        let data_dir = home.data_dir.display().to_string();
        let mut command = home.command(&[&arguments[..], &["--data-dir", &data_dir]].concat());
        let output = command.env("CHANCERY_MASTER_KEY", "00".repeat(32)).output().unwrap();
        let complaint = complaint(&output);
        assert_eq!(output.status.code(), Some(1), "{complaint}");
        assert!(complaint.contains(expected), "{complaint}");
        assert_eq!(complaint.lines().count(), 1, "{complaint}");
        assert!(!complaint.contains("s3cret"), "{complaint}");
        assert!(!home.data_dir.join("log.db").exists(), "it fell back to the embedded store");
    }
    let _ = std::fs::remove_dir_all(&home.data_dir);
}

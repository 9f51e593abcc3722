//! A process that is killed in mid-append: all it was told has landed is there, and nothing by
//! halves.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::Arc;

use crate::stores::{Database, Place, on_both_stores};

on_both_stores!(what_was_acknowledged_survives_a_kill);

const ACKNOWLEDGED: usize = 60;

/// Runs writers until enough was acknowledged, kills them, and returns all lines they printed.
fn kill_in_mid_append(place: &str) -> Vec<String> {
    let writer = || {
        let program = env!("CARGO_BIN_EXE_append-until-killed");
        Command::new(program).arg(place).stdout(Stdio::piped()).spawn().unwrap()
    };
    let mut writers = [writer(), writer()];
    let readers = writers.each_mut().map(|writer| BufReader::new(writer.stdout.take().unwrap()));
    let [mut watched, other] = readers.map(BufRead::lines);
    let other = std::thread::spawn(move || other.map_while(Result::ok).collect::<Vec<_>>());
    let mut printed: Vec<_> = watched.by_ref().take(ACKNOWLEDGED).map(Result::unwrap).collect();
    for writer in &mut writers {
        writer.kill().unwrap();
        writer.wait().unwrap();
    }
    printed.extend(watched.map_while(Result::ok));
    printed.extend(other.join().unwrap());
    printed
}

async fn what_was_acknowledged_survives_a_kill(database: Arc<Database>) {
    drop(database.log().await);
    let place = match &database.place {
        Place::DataDir(dir) => dir.display().to_string(),
        Place::Url(url) => url.clone(),
    };
    let printed = tokio::task::spawn_blocking(move || kill_in_mid_append(&place)).await.unwrap();
    let log = database.log().await;
    // Reading proves that positions are dense and that every hash follows.
    let found = log.read(0, 0, usize::MAX).await.unwrap();
    let stands = |line: &String| {
        let (position, leaf) = line.split_once(' ')?;
        let event = found.get(position.parse::<usize>().ok()?.checked_sub(1)?)?;
        (event.leaf_hash.to_string() == leaf).then_some(())
    };
    // The last line of each may be torn.
    let lost: Vec<_> = printed.iter().filter(|line| stands(line).is_none()).collect();
    assert!(lost.len() <= 2 && lost.iter().all(|line| line.len() < 66), "{lost:?}");
    assert!(printed.len() >= ACKNOWLEDGED && found.len() % 3 == 0);
}

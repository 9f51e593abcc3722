//! Measures the whole path of a command beside a bare `INSERT`, in one run on one PostgreSQL.
//! Only the ratios mean anything: machines differ, and a busy one slows both sides alike.
#![expect(
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    reason = "a measuring program prints, and its indices are its own"
)]

mod bare;
mod load;
mod ours;

use std::time::Duration;

use clap::Parser;

use bare::Bare;
use load::Sample;
use ours::{Error, Ours};

/// Measure Chancery's command path beside a bare one-row-per-commit prepared INSERT.
#[derive(Parser)]
struct Options {
    /// PostgreSQL database to use; it is filled with test data.
    #[arg(long, env = "TEST_DATABASE_URL")]
    database_url: String,
    /// How often each cell is measured; the medians are shown.
    #[arg(long, default_value_t = 5)]
    repetitions: usize,
    /// Milliseconds a cell is measured for.
    #[arg(long, default_value_t = 1_000)]
    cell_ms: u64,
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let options = Options::parse();
    let lasting = Duration::from_millis(options.cell_ms);
    let small = Ours::create(&options.database_url, "small", 100).await?;
    let large = Ours::create(&options.database_url, "large", 10_000).await?;
    // The last, because a log is only made in an empty database.
    let bare = Bare::create(&options.database_url).await?;

    println!("commands a second, and times of each in microseconds; medians of the repetitions\n");
    println!("{:<34} {:>9} {:>8} {:>8} {:>7}", "", "per s", "p50", "p99", "ratio");
    for callers in [1, 8, 64] {
        let (mut floor, mut few, mut many) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..options.repetitions {
            floor.push(bare.saturate(callers, lasting).await?);
            few.push(small.saturate(callers, lasting).await?);
            many.push(large.saturate(callers, lasting).await?);
        }
        println!("{callers} callers");
        row("  bare INSERT", &floor, &floor);
        row("  a command, 100 groups", &few, &floor);
        row("  a command, 10,000 groups", &many, &floor);
    }

    let (mut floor, mut lag) = (Vec::new(), Vec::new());
    for _ in 0..options.repetitions {
        floor.push(bare.paced(1_000, lasting * 2).await?);
        lag.push(small.lag(1_000, lasting * 2).await?);
    }
    println!("1,000 a second: from asking to the answer, from the answer to the visible row");
    row("  bare INSERT", &floor, &floor);
    row("  acknowledged to visible", &lag, &floor);
    for (name, share) in [("p50", 0.5), ("p99", 0.99)] {
        let of = |samples: &[Sample]| median(samples, |sample| sample.micros(share));
        println!("  {name}: {:.2} times the bare INSERT's", of(&lag) / of(&floor));
    }
    Ok(())
}

/// One line of the table; the ratio is taken repetition by repetition.
fn row(name: &str, samples: &[Sample], floor: &[Sample]) {
    let mut ratios: Vec<_> = samples.iter().zip(floor).map(|(a, b)| a.rate() / b.rate()).collect();
    ratios.sort_unstable_by(f64::total_cmp);
    println!(
        "{name:<34} {:>9.0} {:>8.0} {:>8.0} {:>7.2}",
        median(samples, Sample::rate),
        median(samples, |sample| sample.micros(0.5)),
        median(samples, |sample| sample.micros(0.99)),
        ratios[ratios.len() / 2],
    );
}

fn median(samples: &[Sample], of: impl Fn(&Sample) -> f64) -> f64 {
    let mut figures: Vec<_> = samples.iter().map(of).collect();
    figures.sort_unstable_by(f64::total_cmp);
    figures[figures.len() / 2]
}

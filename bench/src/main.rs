//! Measures the program beside the least a correct store can do: a bare prepared `INSERT` of one
//! row, committed by itself, on the same PostgreSQL in the same run. Only the ratios mean anything:
//! each is taken inside one repetition, and the median of them is shown.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::allow_attributes,
    reason = "it is a program that prints a report"
)]

mod appends;
mod asking;
mod bare;
mod cell;
mod features;
mod moving;
mod populous;
mod reading;
mod record;
mod report;
mod rows;
mod server;
mod verifying;
mod visible;
mod world;

use std::collections::HashMap;
use std::error::Error;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Parser;

use appends::Appends;
use bare::Bare;
use cell::{Cell, closed_loop};
use features::{Ask, Asked, Running};
use reading::{Reading, Sized};
use record::Record;
use report::{Report, Target};
use server::Server;
use visible::Following;
use world::{Move, Rename, World};

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// Measures the command path beside a bare INSERT on a PostgreSQL it provides itself, or on the
/// one that `TEST_DATABASE_URL` names.
#[derive(Debug, Clone, Parser)]
struct Arguments {
    /// How often everything is measured.
    #[arg(long, default_value_t = 5)]
    repetitions: usize,
    /// How long one thing is measured, in milliseconds.
    #[arg(long, default_value_t = 1_000)]
    milliseconds: u64,
    /// How many groups the large tenant has.
    #[arg(long, default_value_t = 10_000)]
    groups: usize,
    /// How many users it has.
    #[arg(long, default_value_t = 10_000)]
    users: usize,
    /// How many API clients it has.
    #[arg(long, default_value_t = 10_000)]
    clients: usize,
    /// How many API clients the tenants have whose lists are compared, the smallest first.
    #[arg(long, value_delimiter = ',', default_value = "1000,10000,100000")]
    sizes: Vec<usize>,
    /// Measure alone how soon rows are visible.
    #[arg(long)]
    visible: bool,
    /// Measure the lists alone.
    #[arg(long)]
    lists: bool,
    /// Measure searches and the past alone.
    #[arg(long)]
    record: bool,
    /// How many events the records have that are searched, the fewest first. Ten million take
    /// long to prepare.
    #[arg(long, value_delimiter = ',', default_values_t = [10_000, 1_000_000])]
    records: Vec<i64>,
    /// Measure the look at a whole log of so many events, and nothing else.
    #[arg(long, value_name = "EVENTS")]
    verify: Option<usize>,
    /// Measure the export of a tenant of so many events and its import, and nothing else.
    #[arg(long, value_name = "EVENTS")]
    moving: Option<usize>,
    /// How many commands arrive each second while their rows are waited for.
    #[arg(long, default_value_t = 1_000)]
    arrivals: u32,
}

/// Callers, and the ratio to the bare `INSERT` that they must reach.
const CALLERS: [(usize, f64); 3] = [(1, 0.8), (8, 1.0), (64, 2.5)];
/// At a steady rate: how much later than a bare `INSERT` takes a row may be seen, as medians and
/// as 99th percentiles.
const LATER: [(usize, f64); 2] = [(50, 3.0), (99, 4.0)];
/// How much longer than in the smallest record a page may take.
const SEARCH_LONGER: f64 = 2.0;
/// How many events are folded for a past, and how much longer than with the fewest each may take.
const FOLDED: [i64; 3] = [1_000, 10_000, 100_000];
const FOLD_LONGER: f64 = 2.0;
/// How much more than a bare `SELECT` of its rows a list may cost.
const LISTS: f64 = 2.0;
/// How much more a filtered list may cost in a larger tenant.
const GROWTH: f64 = 2.0;
/// The pool that callers of the bare `INSERT` share, as a service would have one.
const POOL: u32 = 8;
const STEADY_CALLERS: usize = 16;
const MOST_CALLERS: usize = 64;

/// Everything that is measured.
struct Contenders {
    bare: Arc<Bare>,
    /// The same with a connection for each caller, which few services can afford.
    lavish: Arc<Bare>,
    rename: Arc<Rename>,
    moves: Arc<Move>,
    appends: [Arc<Appends>; 2],
    following: Following,
    running: Arc<Running>,
}

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    let mut server = Server::provide()?;
    let report = measure(&mut server, &arguments).await;
    server.stop().await?;
    let report = report?;
    print!("{report}");
    Ok(if report.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn measure(server: &mut Server, arguments: &Arguments) -> Result<Report> {
    let mut report = Report::default();
    if let Some(events) = arguments.verify {
        verifying::measure(server, arguments, events, &mut report).await?;
        return Ok(report);
    }
    if let Some(events) = arguments.moving {
        moving::measure(server, arguments, events, &mut report).await?;
        return Ok(report);
    }
    if arguments.visible {
        let contenders = Contenders::prepare(server, arguments.groups).await?;
        for repetition in 1..=arguments.repetitions {
            eprintln!("visible rows, repetition {repetition} of {}", arguments.repetitions);
            contenders.steady(&mut report, arguments).await?;
        }
        contenders.following.stop().await;
        contenders.running.stop().await?;
        return Ok(report);
    }
    if !arguments.lists && !arguments.record {
        eprintln!("preparing {} groups", arguments.groups);
        let contenders = Contenders::prepare(server, arguments.groups).await?;
        for repetition in 1..=arguments.repetitions {
            eprintln!("repetition {repetition} of {}", arguments.repetitions);
            contenders.closed(&mut report, arguments).await?;
            contenders.steady(&mut report, arguments).await?;
            contenders.features(&mut report, arguments).await?;
        }
        contenders.following.stop().await;
        contenders.running.stop().await?;
    }
    if !arguments.record {
        lists(server, arguments, &mut report).await?;
    }
    if !arguments.lists {
        record(server, arguments, &mut report).await?;
    }
    Ok(report)
}

/// What it costs to look into records of several sizes: each search beside the same one in the
/// smallest, and each past, event for event, beside the shortest.
async fn record(server: &mut Server, arguments: &Arguments, report: &mut Report) -> Result<()> {
    let mut records = Vec::new();
    for events in arguments.records.iter().copied() {
        eprintln!("preparing a record of {events} events");
        records.push((events, Record::prepare(&server.database().await?, events).await?));
    }
    let time = Duration::from_millis(arguments.milliseconds);
    for repetition in 1..=arguments.repetitions {
        eprintln!("the record, repetition {repetition} of {}", arguments.repetitions);
        let mut least = HashMap::new();
        for (events, record) in &records {
            for (name, search) in record.searches() {
                let cell = closed_loop(&search, 1, time).await?;
                let least = *least.entry(name).or_insert_with(|| cell.quantile(50));
                let ratio = cell.quantile(50) / least;
                let name = format!("search {name}, {events} events");
                report.note(&name, Target::AtMost(SEARCH_LONGER), &cell, ratio);
            }
        }
        let Some((most, record)) = records.last() else { continue };
        let mut least = None;
        for events in FOLDED.into_iter().filter(|events| events <= most) {
            let cell = record.folded(events).await?;
            let each = cell.quantile(50) / f64::from(u32::try_from(events)?);
            let ratio = each / *least.get_or_insert(each);
            let name = format!("the past, {events} events");
            report.note(&name, Target::AtMost(FOLD_LONGER), &cell, ratio);
        }
    }
    for (_, record) in records {
        record.stop().await;
    }
    Ok(())
}

/// What long lists cost, one caller at a time, each in turn with its bare `SELECT`.
async fn lists(server: &mut Server, arguments: &Arguments, report: &mut Report) -> Result<()> {
    let Arguments { users, groups, clients, .. } = *arguments;
    eprintln!("preparing {users} users in {groups} groups, and {clients} API clients");
    let reading = Reading::prepare(&server.database().await?, users, groups, clients).await?;
    eprintln!("preparing tenants of {:?} API clients", arguments.sizes);
    let sized = reading.sized(&arguments.sizes).await?;
    let time = Duration::from_millis(arguments.milliseconds);
    for repetition in 1..=arguments.repetitions {
        eprintln!("lists, repetition {repetition} of {}", arguments.repetitions);
        for (name, get, bare) in &reading.lists {
            let base = closed_loop(bare, 1, time).await?;
            let list = closed_loop(get, 1, time).await?;
            report.note(&format!("bare SELECT, {name}"), Target::None, &base, 1.0);
            let ratio = list.quantile(50) / base.quantile(50);
            report.note(name, Target::AtMost(LISTS), &list, ratio);
        }
    }
    for repetition in 1..=arguments.repetitions {
        eprintln!("sizes, repetition {repetition} of {}", arguments.repetitions);
        grown(&sized, time, report).await?;
    }
    reading.stop().await;
    Ok(())
}

/// The same lists in tenants of several sizes, beside the smallest.
async fn grown(sized: &[Sized], time: Duration, report: &mut Report) -> Result<()> {
    let Some(smallest) = sized.first() else { return Ok(()) };
    for (number, (what, _)) in smallest.gets.iter().enumerate() {
        let mut base = None;
        for Sized { size, gets } in sized {
            let Some((_, get)) = gets.get(number) else { continue };
            let cell = closed_loop(get, 1, time).await?;
            let median = cell.quantile(50);
            let ratio = median / *base.get_or_insert(median);
            let name = format!("tenant clients, {what}, of {size}");
            report.note(&name, Target::AtMost(GROWTH), &cell, ratio);
        }
    }
    Ok(())
}

impl Contenders {
    async fn prepare(server: &mut Server, groups: usize) -> Result<Self> {
        let world = Arc::new(World::open(&server.database().await?).await?);
        let rename = Arc::new(Rename::prepare(Arc::clone(&world), MOST_CALLERS).await?);
        let moves = Arc::new(Move::prepare(world, groups).await?);
        let payload = rename.payload().await?;
        let alone = World::open(&server.database().await?).await?.log;
        let appends = |partition, size| {
            Appends::prepare(Arc::clone(&alone), partition, size, payload.clone())
        };
        let appends = [Arc::new(appends(0, 1).await?), Arc::new(appends(1, 64).await?)];
        let following = Following::prepare(&server.database().await?, STEADY_CALLERS).await?;
        let bare = Bare::prepare(&server.database().await?, POOL, &payload).await?;
        let most = u32::try_from(MOST_CALLERS)?;
        let lavish = Bare::prepare(&server.database().await?, most, &payload).await?;
        let (bare, lavish) = (Arc::new(bare), Arc::new(lavish));
        let running = Running::start(&server.database().await?).await?;
        Ok(Self { bare, lavish, rename, moves, appends, following, running })
    }

    /// How much is done in a while. What is compared is measured in turn, so that a disturbance
    /// of the machine meets both.
    async fn closed(&self, report: &mut Report, arguments: &Arguments) -> Result<()> {
        let time = Duration::from_millis(arguments.milliseconds);
        let mut alone = Cell::default();
        for (callers, target) in CALLERS {
            let base = closed_loop(&self.bare, callers, time).await?;
            let path = closed_loop(&self.rename, callers, time).await?;
            let name = format!("bare INSERT, {callers} callers, {} connections", callers.min(8));
            report.note(&name, Target::None, &base, 1.0);
            let ratio = path.per_second / base.per_second;
            let name = format!("command path, {callers} callers");
            report.note(&name, Target::AtLeast(target), &path, ratio);
            if callers == 1 {
                alone = base;
            } else if callers == MOST_CALLERS {
                let lavish = closed_loop(&self.lavish, callers, time).await?;
                let name = format!("bare INSERT, {callers} callers, as many connections");
                let ratio = lavish.per_second / base.per_second;
                report.note(&name, Target::None, &lavish, ratio);
            }
        }
        let moves = closed_loop(&self.moves, 1, time).await?;
        let ratio = moves.per_second / alone.per_second;
        report.note("command path, move in a large tenant", Target::None, &moves, ratio);
        for appends in &self.appends {
            let cell = closed_loop(appends, 1, time).await?;
            let name = format!("append alone, {} events at once", appends.size);
            report.note(&name, Target::None, &cell, cell.per_second / alone.per_second);
        }
        Ok(())
    }

    /// The feature service over both of its main transports, and what its rows save it.
    async fn features(&self, report: &mut Report, arguments: &Arguments) -> Result<()> {
        let time = Duration::from_millis(arguments.milliseconds);
        for (callers, ask, name, than) in [
            (STEADY_CALLERS, Ask::RestSet, "set a flag over REST", None),
            (STEADY_CALLERS, Ask::GrpcSet, "set a flag over gRPC", Some(Ask::RestSet)),
            (STEADY_CALLERS, Ask::RestGet, "get flags over REST", None),
            (STEADY_CALLERS, Ask::GrpcGet, "get flags over gRPC", Some(Ask::RestGet)),
            (1, Ask::Folded, "inherited flags, folded from events", None),
            (1, Ask::LookedUp, "inherited flags, looked up", Some(Ask::Folded)),
        ] {
            let asked = |ask| Arc::new(Asked { running: Arc::clone(&self.running), ask });
            let cell = closed_loop(&asked(ask), callers, time).await?;
            let ratio = match than {
                Some(than) => {
                    let base = closed_loop(&asked(than), callers, time).await?;
                    cell.per_second / base.per_second
                }
                None => 1.0,
            };
            let name = format!("{name}, {callers} callers");
            report.note(&name, Target::None, &cell, ratio);
        }
        Ok(())
    }

    /// How long it takes at a steady rate.
    async fn steady(&self, report: &mut Report, arguments: &Arguments) -> Result<()> {
        let time = Duration::from_millis(arguments.milliseconds);
        let (rate, callers) = (arguments.arrivals, STEADY_CALLERS);
        let base = visible::bare(&self.bare, rate, callers, time).await?;
        let lag = self.following.lag(rate, callers, time).await?;
        let name = format!("bare INSERT, {rate} a second");
        report.note(&name, Target::None, &base, 1.0);
        for (percent, target) in LATER {
            let ratio = lag.quantile(percent) / base.quantile(percent);
            let name = format!("from answer to visible row, p{percent}");
            report.note(&name, Target::AtMost(target), &lag, ratio);
        }
        Ok(())
    }
}

//! `chancery migrate`.

use clap::Args;

use super::place::PlaceArgs;
use super::{Failure, PARTITIONS, out};
use crate::store::open;

/// Bring a store's schema up to date, without serving; `serve` does so too
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  CHANCERY_MASTER_KEY=$(cat master.key) chancery migrate --database-url postgres://localhost/chancery")]
pub(super) struct Migrate {
    #[command(flatten)]
    place: PlaceArgs,
    /// Partitions of a new PostgreSQL database; fixed from then on
    #[arg(long, value_name = "N", default_value_t = PARTITIONS,
          value_parser = clap::value_parser!(i32).range(1..=1024))]
    partitions: i32,
}

impl Migrate {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let data_dir = self.place.data_dir();
        let place = self.place.place(self.partitions);
        let _lock = if self.place.is_embedded() {
            data_dir.create()?;
            Some(data_dir.lock()?)
        } else {
            None
        };
        let opened = open(&data_dir, &place, &self.place.key_source()?).await?;
        let log = opened.log;
        out::line(&format!(
            "{place} is up to date: installation {}, {} partition(s)",
            log.installation(),
            log.partitions()
        ))
    }
}

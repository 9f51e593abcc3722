//! Arguments that say which store is meant, and where its master key is.

use std::env;
use std::path::PathBuf;

use clap::Args;
use eventlog::MasterKey;

use super::Failure;
use crate::data_dir::DataDir;
use crate::store::{KeySource, OpenError, Opened, Place, open};

const MASTER_KEY: &str = "CHANCERY_MASTER_KEY";

/// Which store.
#[derive(Debug, Clone, Args)]
pub(super) struct PlaceArgs {
    /// Directory of the embedded store, its master key, and the credentials of the first start
    #[arg(long, value_name = "DIR", default_value = "data")]
    pub(super) data_dir: PathBuf,
    /// PostgreSQL database to use instead of the embedded store
    #[arg(long, value_name = "URL", env = "DATABASE_URL", hide_env_values = true)]
    database_url: Option<String>,
    /// File with the master key; without it `CHANCERY_MASTER_KEY`, and for the embedded store the
    /// file master.key of the data directory
    #[arg(long, value_name = "FILE")]
    master_key_file: Option<PathBuf>,
}

impl PlaceArgs {
    pub(super) fn data_dir(&self) -> DataDir {
        DataDir::new(&self.data_dir)
    }

    pub(super) fn is_embedded(&self) -> bool {
        self.database_url.is_none()
    }

    /// The store; `partitions` counts only for a new PostgreSQL database.
    pub(super) fn place(&self, partitions: i32) -> Place {
        match self.database_url.clone() {
            Some(url) => Place::Postgres { url, partitions },
            None => Place::Embedded,
        }
    }

    pub(super) fn key_source(&self) -> Result<KeySource, Failure> {
        if let Some(path) = &self.master_key_file {
            return Ok(KeySource::File(path.clone()));
        }
        let Ok(text) = env::var(MASTER_KEY) else { return Ok(KeySource::DataDir) };
        let key = MasterKey::parse(&text).map_err(|_| OpenError::MalformedMasterKey)?;
        Ok(KeySource::Given(key))
    }

    /// Opens the store in this process; an embedded one must be there.
    pub(super) async fn open_existing(&self) -> Result<Opened, Failure> {
        if self.is_embedded() && !self.data_dir().log().exists() {
            let path = self.data_dir.display();
            return Err(Failure::new(format!("there is no store in {path}")));
        }
        self.open().await
    }

    /// Opens the store in this process, and makes it if it is not there.
    pub(super) async fn open(&self) -> Result<Opened, Failure> {
        let place = self.place(super::PARTITIONS);
        Ok(open(&self.data_dir(), &place, &self.key_source()?).await?)
    }
}

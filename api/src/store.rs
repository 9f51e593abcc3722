//! Opening the store that was asked for, with its master key. There is no second choice: what
//! cannot be opened is an error.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use eventlog::{EventLog, Keyring, LogError, MasterKey, PostgresLog, SealError, SqliteLog};
use projections::{ViewError, Views};
use reqwest::Url;

use crate::data_dir::{DataDir, DataDirError, read_master_key};

/// Where events and read models are kept.
#[derive(Clone, PartialEq, Eq)]
pub enum Place {
    /// In two files of the data directory.
    Embedded,
    /// In a PostgreSQL database. `partitions` counts only when it is empty.
    Postgres { url: String, partitions: i32 },
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_string())
    }
}

impl fmt::Display for Place {
    /// Without user and password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Postgres { url, .. } = self else { return f.write_str("SQLite") };
        let Ok(url) = Url::parse(url) else { return f.write_str("PostgreSQL") };
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        write!(f, "PostgreSQL at {}{port}{}", url.host_str().unwrap_or_default(), url.path())
    }
}

/// Where the master key comes from.
#[derive(Clone)]
pub enum KeySource {
    /// The data directory, which draws one at the first start. Only beside an embedded store.
    DataDir,
    File(PathBuf),
    Given(MasterKey),
}

impl fmt::Debug for KeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DataDir => f.write_str("DataDir"),
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
            Self::Given(_) => f.write_str("Given(..)"),
        }
    }
}

/// Why a store cannot be opened, in one sentence each.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error(transparent)]
    DataDir(#[from] DataDirError),
    #[error(
        "a PostgreSQL store needs a master key: set CHANCERY_MASTER_KEY or --master-key-file (64 \
         hexadecimal digits, such as `openssl rand -hex 32` prints)"
    )]
    NoMasterKey,
    #[error("CHANCERY_MASTER_KEY is not a master key of 64 hexadecimal digits")]
    MalformedMasterKey,
    #[error("{0} cannot be reached")]
    Unreachable(Place, #[source] LogError),
    #[error("{place} cannot be used: {why}")]
    Unusable { place: Place, why: String },
    #[error("the read models in {0} cannot be opened")]
    Views(Place, #[source] ViewError),
}

/// An open store, its schema up to date, its master key proved.
#[derive(Clone)]
pub struct Opened {
    pub log: Arc<dyn EventLog>,
    pub keyring: Keyring,
    pub views: Views,
}

/// Opens a store, and brings its schema up to date.
pub async fn open(data_dir: &DataDir, place: &Place, key: &KeySource) -> Result<Opened, OpenError> {
    let master = master_key(data_dir, place, key)?;
    let log = open_log(data_dir, place).await?;
    let keyring = Keyring::new(Arc::clone(&log), master);
    keyring.verify_master().await.map_err(|error| explain(place, error))?;
    let views = match place {
        Place::Embedded => Views::sqlite(data_dir.path()).await,
        Place::Postgres { url, .. } => Views::postgres(url).await,
    };
    let views = views.map_err(|error| OpenError::Views(place.clone(), error))?;
    Ok(Opened { log, keyring, views })
}

/// Opens the log alone, and brings its schema up to date.
pub async fn open_log(data_dir: &DataDir, place: &Place) -> Result<Arc<dyn EventLog>, OpenError> {
    let log: Result<Arc<dyn EventLog>, LogError> = match place {
        Place::Embedded => {
            data_dir.create()?;
            SqliteLog::open(data_dir.path()).await.map(|log| Arc::new(log) as _)
        }
        Place::Postgres { url, partitions } => {
            PostgresLog::connect(url, *partitions).await.map(|log| Arc::new(log) as _)
        }
    };
    log.map_err(|error| explain(place, error))
}

/// Opens the log alone to read it: nothing that is there is changed, the schema least of all.
pub async fn open_log_to_read(
    data_dir: &DataDir,
    place: &Place,
) -> Result<Arc<dyn EventLog>, OpenError> {
    let log: Result<Arc<dyn EventLog>, LogError> = match place {
        Place::Embedded => {
            SqliteLog::open_to_read(data_dir.path()).await.map(|log| Arc::new(log) as _)
        }
        Place::Postgres { url, .. } => {
            PostgresLog::connect_to_read(url).await.map(|log| Arc::new(log) as _)
        }
    };
    log.map_err(|error| explain(place, error))
}

/// The key that opens what is sealed in the store.
pub fn master_key(
    data_dir: &DataDir,
    place: &Place,
    key: &KeySource,
) -> Result<MasterKey, OpenError> {
    match (key, place) {
        (KeySource::Given(key), _) => Ok(key.clone()),
        (KeySource::File(path), _) => Ok(read_master_key(path)?),
        (KeySource::DataDir, Place::Embedded) => {
            data_dir.create()?;
            Ok(data_dir.master_key()?)
        }
        (KeySource::DataDir, Place::Postgres { .. }) => Err(OpenError::NoMasterKey),
    }
}

fn explain(place: &Place, error: LogError) -> OpenError {
    let unusable = |why: String| OpenError::Unusable { place: place.clone(), why };
    match error {
        LogError::Unavailable(_) => OpenError::Unreachable(place.clone(), error),
        LogError::Unusable(why) => unusable(why),
        LogError::Seal(SealError::MalformedKey) => OpenError::MalformedMasterKey,
        LogError::Refused(_)
        | LogError::AnswerTaken
        | LogError::VaultTaken
        | LogError::TenantTaken
        | LogError::Integrity { .. }
        | LogError::Seal(_) => unusable(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_named_without_its_password() {
        let url = "postgres://ada:s3cret@db.example:5433/chancery".to_owned();
        let place = Place::Postgres { url, partitions: 16 };
        assert_eq!(place.to_string(), "PostgreSQL at db.example:5433/chancery");
        assert_eq!(format!("{place:?}"), place.to_string());
        let place = Place::Postgres { url: "no url with s3cret".to_owned(), partitions: 16 };
        assert_eq!(place.to_string(), "PostgreSQL");
    }
}

//! The data directory: who serves it, its master key, and files that only their owner may read.

mod lock;
mod private;

pub use lock::{Lock, Running};
pub use private::{create_private, create_private_dir, write_private};

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use eventlog::{Key, MasterKey};

/// Why the data directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataDirError {
    #[error("{path} cannot be {what}: {}", source.kind())]
    Io { what: &'static str, path: PathBuf, source: io::Error },
    #[error("{path} is in use by another process; stop it, or choose another --data-dir")]
    InUse { path: PathBuf },
    #[error("{path} does not hold a master key of 64 hexadecimal digits")]
    MalformedKey { path: PathBuf },
    #[error(
        "{path} is missing, and what is stored beside it cannot be read without it; put the file \
         back from your backup"
    )]
    KeyMissing { path: PathBuf },
    #[error("no randomness is to be had from the system")]
    NoRandomness,
    #[error("{path} does not hold what this program writes there")]
    Unreadable { path: PathBuf },
}

impl DataDirError {
    pub(crate) fn io(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { what, path, source }
    }
}

/// A directory that holds the embedded store, its key, and the credentials of the start data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataDir {
    root: PathBuf,
}

impl DataDir {
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    pub fn path(&self) -> &Path {
        &self.root
    }

    /// Where the events of the embedded store are.
    pub fn log(&self) -> PathBuf {
        self.root.join("log.db")
    }

    /// Makes the directory, for its owner alone, unless it is there.
    pub fn create(&self) -> Result<(), DataDirError> {
        create_private_dir(&self.root).map_err(DataDirError::io("created", &self.root))
    }

    /// The master key of the embedded store. The first start draws it; once events are stored,
    /// a missing key is an error, since another one could not open anything.
    pub fn master_key(&self) -> Result<MasterKey, DataDirError> {
        let path = self.root.join("master.key");
        if path.exists() {
            return read_master_key(&path);
        }
        if self.log().exists() {
            return Err(DataDirError::KeyMissing { path });
        }
        let key = MasterKey(Key::draw().map_err(|_| DataDirError::NoRandomness)?);
        let text = format!("{}\n", key.expose());
        write_private(&path, text.as_bytes()).map_err(DataDirError::io("written", &path))?;
        Ok(key)
    }
}

/// Reads a master key from a file.
pub fn read_master_key(path: &Path) -> Result<MasterKey, DataDirError> {
    let text = fs::read_to_string(path).map_err(DataDirError::io("read", path))?;
    MasterKey::parse(&text).map_err(|_| DataDirError::MalformedKey { path: path.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fresh() -> DataDir {
        let name = format!("chancery-data-dir-{}", uuid::Uuid::now_v7());
        let data_dir = DataDir::new(std::env::temp_dir().join(name));
        data_dir.create().unwrap();
        data_dir
    }

    #[test]
    fn the_master_key_is_drawn_once_and_kept() {
        let data_dir = fresh();
        let first = data_dir.master_key().unwrap();
        assert_eq!(data_dir.master_key().unwrap().expose(), first.expose());
        fs::write(data_dir.path().join("master.key"), "nonsense").unwrap();
        assert!(matches!(data_dir.master_key(), Err(DataDirError::MalformedKey { .. })));
        fs::remove_dir_all(data_dir.path()).unwrap();
    }

    #[test]
    fn a_lost_key_is_not_replaced_under_a_log() {
        let data_dir = fresh();
        fs::write(data_dir.log(), "").unwrap();
        assert!(matches!(data_dir.master_key(), Err(DataDirError::KeyMissing { .. })));
        fs::remove_dir_all(data_dir.path()).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_may_read_the_key() {
        use std::os::unix::fs::PermissionsExt;
        let data_dir = fresh();
        data_dir.master_key().unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&data_dir.path().join("master.key")), 0o600);
        assert_eq!(mode(data_dir.path()), 0o700);
        fs::remove_dir_all(data_dir.path()).unwrap();
    }

    #[test]
    fn one_server_at_a_time_and_tools_find_it() {
        let data_dir = fresh();
        assert_eq!(data_dir.running().unwrap(), None);
        let lock = data_dir.lock().unwrap();
        assert!(matches!(data_dir.lock(), Err(DataDirError::InUse { .. })));
        assert!(matches!(data_dir.running(), Err(DataDirError::InUse { .. })));
        let server = Running {
            address: "127.0.0.1:1".parse().unwrap(),
            tls_certificate: None,
            token: crate::caller::OperatorToken::draw().unwrap(),
            pid: 7,
        };
        lock.announce(&server).unwrap();
        assert_eq!(data_dir.running().unwrap(), Some(server));
        drop(lock);
        assert_eq!(data_dir.running().unwrap(), None);
        assert!(data_dir.lock().is_ok());
        fs::remove_dir_all(data_dir.path()).unwrap();
    }
}

//! Who serves a data directory: a lock that lives as long as its holder, and a note beside it that
//! tells the command line where to ask.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::caller::OperatorToken;

use super::{DataDir, DataDirError, write_private};

/// How often, and how long apart, a lock is tried that somebody else holds.
const LOOKS: usize = 4;
const LOOK: Duration = Duration::from_millis(20);

/// How a server that is running can be reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Running {
    pub address: SocketAddr,
    /// The certificate it shows, where it speaks TLS: trust this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_certificate: Option<PathBuf>,
    /// What lets the command line in.
    pub token: OperatorToken,
    pub pid: u32,
}

impl Running {
    pub fn scheme(&self) -> &'static str {
        if self.tls_certificate.is_some() { "https" } else { "http" }
    }
}

/// While this lives, nobody else may serve or change the directory.
#[derive(Debug)]
pub struct Lock {
    /// Locked; the system lets go of it when the process ends, however it ends.
    _file: File,
    note: PathBuf,
}

impl Lock {
    /// Says how to reach the server that holds this lock.
    pub fn announce(&self, running: &Running) -> Result<(), DataDirError> {
        let text = serde_json::to_vec_pretty(running).unwrap_or_default();
        write_private(&self.note, &text).map_err(DataDirError::io("written", &self.note))
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // A note that stays behind misleads nobody: without the lock it is not looked at.
        let _ = fs::remove_file(&self.note);
    }
}

impl DataDir {
    /// Takes the directory for this process alone.
    pub fn lock(&self) -> Result<Lock, DataDirError> {
        let file = self.lock_file()?;
        // Whoever only looks whether it is served holds it for an instant.
        for _ in 0..LOOKS {
            if self.locked(&file).is_ok() {
                break;
            }
            std::thread::sleep(LOOK);
        }
        self.locked(&file)?;
        let note = self.note();
        // What a process that was killed left behind.
        let _ = fs::remove_file(&note);
        Ok(Lock { _file: file, note })
    }

    /// The server that serves this directory, if one does.
    pub fn running(&self) -> Result<Option<Running>, DataDirError> {
        if !self.path().exists() {
            return Ok(None);
        }
        match self.locked(&self.lock_file()?) {
            Ok(()) => return Ok(None),
            Err(DataDirError::InUse { .. }) => {}
            Err(other) => return Err(other),
        }
        let note = self.note();
        // Locked without a note: it is starting, or a tool is at work.
        let Ok(text) = fs::read(&note) else {
            return Err(DataDirError::InUse { path: self.path().to_owned() });
        };
        serde_json::from_slice(&text).map(Some).map_err(|_| DataDirError::Unreadable { path: note })
    }

    /// Whether there is a note of a server, be it running or not.
    pub fn is_announced(&self) -> bool {
        self.note().exists()
    }

    fn note(&self) -> PathBuf {
        self.path().join("server.json")
    }

    fn lock_file(&self) -> Result<File, DataDirError> {
        let path = self.path().join("lock");
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&path).map_err(DataDirError::io("opened", &path))
    }

    fn locked(&self, file: &File) -> Result<(), DataDirError> {
        let path = self.path().to_owned();
        file.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => DataDirError::InUse { path },
            TryLockError::Error(source) => DataDirError::Io { what: "locked", path, source },
        })
    }
}

//! An outbox that is a directory: a file of JSON for each mail, which only its owner may read.
//! Whoever sends them takes the files away.

use std::io;
use std::path::PathBuf;

use async_trait::async_trait;
use tokio::task::spawn_blocking;

use super::{Mail, Outbox, OutboxError};
use crate::data_dir::{create_private_dir, write_private};

pub(super) struct Directory {
    path: PathBuf,
}

impl Directory {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path }
    }
}

#[async_trait]
impl Outbox for Directory {
    async fn take(&self, mail: &Mail) -> Result<(), OutboxError> {
        let path = self.path.clone();
        // Named by its id: handed over twice, it is still one file.
        let (file, json) = (path.join(format!("{}.json", mail.id)), serde_json::to_vec(mail));
        let written = spawn_blocking(move || {
            let json = json.map_err(io::Error::from)?;
            create_private_dir(&path)?;
            write_private(&file, &json)
        });
        let written = written.await.unwrap_or_else(|error| Err(io::Error::other(error)));
        written.map_err(|error| OutboxError::Unwritten(error.kind()))
    }
}

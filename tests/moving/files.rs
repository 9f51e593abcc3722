//! Files of one test, and what is in an exported one.

use std::path::{Path, PathBuf};

use eventlog::{EventLog, ExportError, ExportLine, ExportReader, Placement, Recorded};

/// A directory that goes when this does.
#[derive(Debug)]
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        let name = format!("chancery-files-{}", uuid::Uuid::now_v7().simple());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// A file in it, as an argument.
    pub(crate) fn file(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The lines of an export, proved.
pub(super) fn lines(text: &[u8]) -> Result<Vec<ExportLine>, ExportError> {
    let mut reader = ExportReader::new(text);
    let mut lines = Vec::new();
    while let Some(line) = reader.next_line()? {
        lines.push(line);
    }
    Ok(lines)
}

/// The events among them.
pub(super) fn events(lines: &[ExportLine]) -> Vec<Recorded> {
    let event = |line: &ExportLine| match line {
        ExportLine::Event(event) => Some((**event).clone()),
        _ => None,
    };
    lines.iter().filter_map(event).collect()
}

/// What the log holds of a tenant, without what is no part of the record.
pub(super) async fn recorded(log: &dyn EventLog, tenant: &str) -> Vec<Recorded> {
    let place = place(log, tenant).await;
    let events = log.read_tenant(&place, 0, usize::MAX >> 1).await.unwrap();
    events.into_iter().map(|event| Recorded { partition: 0, position: 0, ..event }).collect()
}

pub(crate) async fn place(log: &dyn EventLog, tenant: &str) -> Placement {
    log.placement(&tenant.parse().unwrap()).await.unwrap().unwrap()
}

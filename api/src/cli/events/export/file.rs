//! Where an export goes: a new file, standard output, or a file that is gone on with.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, BufWriter, ErrorKind, Seek as _, SeekFrom, Write};
use std::path::Path;

use domain::TenantId;
use eventlog::{ExportEnd, ExportError, ExportHeader, ExportLine, ExportReader};

use crate::cli::Failure;
use crate::data_dir::create_private;

/// Takes the bytes of an export, line by line.
pub(super) struct Target {
    out: Box<dyn Write>,
    /// For the sake of its bytes on the disk; none for standard output.
    file: Option<File>,
    /// What the file had before, where it is gone on with.
    before: Option<Before>,
    end: Option<ExportEnd>,
}

/// The events that a file has.
struct Before {
    header: ExportHeader,
    reached: ExportEnd,
    /// Where its last event ends, in bytes.
    length: u64,
}

impl Target {
    pub(super) fn new(out: Box<dyn Write>) -> Self {
        Self { out, file: None, before: None, end: None }
    }

    /// A file: a new one, or one that is gone on with.
    pub(super) fn file(
        path: &Path,
        resume: bool,
        tenant: &TenantId,
        after: i64,
    ) -> Result<Self, Failure> {
        let shown = path.display();
        let failed = |what: &str, error: &std::io::Error| {
            Failure::new(format!("{shown} cannot be {what}: {}", error.kind()))
        };
        if !path.exists() {
            let file = create_private(path).map_err(|error| failed("created", &error))?;
            return Self::over(file, None).map_err(|error| failed("written", &error));
        }
        if !resume {
            return Err(Failure::new(format!(
                "{shown} is there already; --resume goes on with it"
            )));
        }
        let file = OpenOptions::new().read(true).write(true).open(path);
        let file = file.map_err(|error| failed("opened", &error))?;
        let mut reader = ExportReader::new(BufReader::new(&file));
        let before = before(&mut reader).map_err(|e| Failure::new(format!("{shown}: {e}")))?;
        if let Some(Before { header, .. }) = &before {
            if header.tenant != *tenant {
                return Err(Failure::new(format!("{shown} is of tenant {}", header.tenant)));
            }
            if after != 0 && header.after != after {
                let begins = header.after;
                return Err(Failure::new(format!("{shown} begins behind event {begins}")));
            }
        }
        Self::over(file, before).map_err(|error| failed("written", &error))
    }

    fn over(mut file: File, before: Option<Before>) -> std::io::Result<Self> {
        file.set_len(before.as_ref().map_or(0, |before| before.length))?;
        file.seek(SeekFrom::End(0))?;
        let out = Box::new(BufWriter::new(file.try_clone()?));
        Ok(Self { out, file: Some(file), before, end: None })
    }

    /// The last event that it has, where it is gone on with.
    pub(super) fn reached(&self) -> Option<i64> {
        self.before.as_ref().map(|before| before.reached.ordinal)
    }

    /// Writes whole lines; how many events there were in them.
    pub(super) fn take(&mut self, lines: &[u8]) -> Result<u64, Failure> {
        let mut events = 0;
        for line in lines.split_inclusive(|byte| *byte == b'\n') {
            events += u64::from(line.starts_with(br#"{"ordinal""#));
            self.line(line)?;
        }
        Ok(events)
    }

    fn line(&mut self, line: &[u8]) -> Result<(), Failure> {
        if line.starts_with(br#"{"chancery""#) {
            return self.header(line);
        }
        if !line.starts_with(br#"{"end""#) {
            return self.write(line);
        }
        let mut end = ExportEnd::parse(line).map_err(Failure::new)?;
        if let Some(before) = &self.before {
            // It counts from where this run began.
            end.events = end.ordinal - before.header.after;
        }
        let mut line = Vec::new();
        ExportLine::End(end.clone()).put(&mut line)?;
        self.end = Some(end);
        self.write(&line)
    }

    fn header(&mut self, line: &[u8]) -> Result<(), Failure> {
        let header = ExportReader::new(line).header()?;
        let Some(before) = &self.before else { return self.write(line) };
        if header.after_leaf_hash == before.reached.leaf_hash {
            return Ok(());
        }
        let ordinal = before.reached.ordinal;
        Err(Failure::new(format!(
            "event {ordinal} of the file is not the one in the record: this is another history"
        )))
    }

    fn write(&mut self, line: &[u8]) -> Result<(), Failure> {
        self.out.write_all(line).map_err(|error| unwritten(&error))
    }

    /// Sees to it that everything is on the disk; how the export ended.
    pub(super) fn finish(mut self) -> Result<ExportEnd, Failure> {
        self.out.flush().map_err(|error| unwritten(&error))?;
        if let Some(file) = &self.file {
            file.sync_all().map_err(|error| unwritten(&error))?;
        }
        let end = self.end.take();
        end.ok_or_else(|| Failure::new("the export was cut off; --resume goes on with it"))
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        // What was taken is good to go on with; why it ended early is told elsewhere.
        let _ = self.out.flush();
    }
}

fn unwritten(error: &std::io::Error) -> Failure {
    if error.kind() == ErrorKind::BrokenPipe {
        return Failure::silent();
    }
    Failure::new(format!("the export cannot be written: {}", error.kind()))
}

/// What a file has, up to its last whole event; none where not even the header is whole.
fn before<R: BufRead>(reader: &mut ExportReader<R>) -> Result<Option<Before>, ExportError> {
    let header = match reader.header() {
        Ok(header) => header,
        Err(ExportError::CutOff { .. }) => return Ok(None),
        Err(error) => return Err(error),
    };
    let (ordinal, leaf_hash) = (header.after, header.after_leaf_hash);
    let mut reached = ExportEnd { events: 0, ordinal, leaf_hash, checkpoint: None };
    let mut length = reader.bytes();
    loop {
        match reader.next_line() {
            Ok(Some(ExportLine::Event(event))) => {
                (reached.ordinal, reached.leaf_hash) = (event.ordinal, Some(event.leaf_hash));
                length = reader.bytes();
            }
            Ok(Some(ExportLine::Header(_) | ExportLine::Secret(_) | ExportLine::End(_))) => {}
            Ok(None) | Err(ExportError::CutOff { .. }) => {
                return Ok(Some(Before { header, reached, length }));
            }
            Err(error) => return Err(error),
        }
    }
}

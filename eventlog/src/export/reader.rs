//! Reads an export line by line, in bounded memory a line.

use std::io::{BufRead, Read as _};

use super::{EXPORT_LINE_BYTES_MAX, ExportCheck, ExportError, ExportHeader, ExportLine};

/// Reads and proves an export. After an error, nothing it read may be used.
#[derive(Debug)]
pub struct ExportReader<R> {
    from: R,
    text: Vec<u8>,
    bytes: u64,
    check: ExportCheck,
}

impl<R: BufRead> ExportReader<R> {
    pub fn new(from: R) -> Self {
        Self { from, text: Vec::new(), bytes: 0, check: ExportCheck::default() }
    }

    /// Number of the line that was read last, counted from 1.
    pub fn line(&self) -> u64 {
        self.check.line()
    }

    /// How many bytes were read, as for a progress bar.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The header, which is the first line.
    pub fn header(&mut self) -> Result<ExportHeader, ExportError> {
        match self.next_line()? {
            Some(ExportLine::Header(header)) => Ok(header),
            Some(ExportLine::Event(_) | ExportLine::Secret(_) | ExportLine::End(_)) | None => {
                Err(ExportError::CutOff { line: self.line() })
            }
        }
    }

    /// The next line; `None` behind the last one. A file that ends before that is
    /// [`ExportError::CutOff`].
    pub fn next_line(&mut self) -> Result<Option<ExportLine>, ExportError> {
        if self.fill()? {
            return self.check.take(&self.text).map(Some);
        }
        self.check.finish().map(|()| None)
    }

    /// Reads the text of the next line, without its end; `false` where the file ends.
    fn fill(&mut self) -> Result<bool, ExportError> {
        self.text.clear();
        let line = self.line() + 1;
        let most = u64::try_from(EXPORT_LINE_BYTES_MAX).unwrap_or(u64::MAX);
        let read = self.from.by_ref().take(most + 1).read_until(b'\n', &mut self.text);
        let read = read.map_err(|source| ExportError::Unreadable { line, source })?;
        if read == 0 {
            return Ok(false);
        }
        self.bytes += u64::try_from(read).unwrap_or_default();
        if self.text.pop_if(|end| *end == b'\n').is_some() {
            return Ok(true);
        }
        if read > EXPORT_LINE_BYTES_MAX {
            let what = format!("it has more than {EXPORT_LINE_BYTES_MAX} bytes");
            return Err(ExportError::Broken { line, what });
        }
        // Half a line.
        Err(ExportError::CutOff { line: self.line() })
    }
}

//! Writing to standard output and standard error. A reader that went away (`| head`) ends the
//! program in silence.

use std::io::{self, ErrorKind, Write};

use super::Failure;

/// A line on standard output.
pub(super) fn line(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    told(writeln!(out, "{text}").and_then(|()| out.flush()))
}

/// Bytes on standard output, ended by a line's end.
pub(super) fn bytes(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let end: &[u8] = if bytes.is_empty() || bytes.ends_with(b"\n") { b"" } else { b"\n" };
    told(out.write_all(bytes).and_then(|()| out.write_all(end)).and_then(|()| out.flush()))
}

/// A line on standard error, for what is not the answer itself.
pub(super) fn aside(text: &str) {
    // Nobody is left to tell if standard error is gone.
    let _ = writeln!(io::stderr(), "{text}");
}

fn told(result: io::Result<()>) -> Result<(), Failure> {
    result.map_err(|error| {
        if error.kind() == ErrorKind::BrokenPipe {
            return Failure::silent();
        }
        Failure::new(format!("standard output cannot be written: {}", error.kind()))
    })
}

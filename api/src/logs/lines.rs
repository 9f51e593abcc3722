//! Lines on their way to standard error. A reader that falls asleep costs lines, and never makes a
//! request wait.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use tracing_subscriber::fmt::MakeWriter;

/// How many lines may be on their way.
const LINES_MAX: usize = 8_192;
/// How long the last lines are waited for.
const PATIENCE: Duration = Duration::from_secs(1);
const LOOK: Duration = Duration::from_millis(5);

enum Message {
    Line(Vec<u8>),
    /// Everything before this is written.
    Mark(SyncSender<()>),
}

/// Where log lines are handed in.
#[derive(Clone)]
pub(super) struct Lines {
    sender: SyncSender<Message>,
    dropped: Arc<AtomicU64>,
}

/// Dropping it waits until the lines so far are written, if that does not take long.
#[must_use]
pub struct Written(SyncSender<Message>);

impl Lines {
    pub(super) fn to(out: impl Write + Send + 'static) -> (Self, Written) {
        let (sender, receiver) = sync_channel(LINES_MAX);
        let dropped = Arc::<AtomicU64>::default();
        let lost = Arc::clone(&dropped);
        thread::spawn(move || write(&receiver, &lost, out));
        (Self { sender: sender.clone(), dropped }, Written(sender))
    }
}

fn write(receiver: &Receiver<Message>, lost: &AtomicU64, mut out: impl Write) {
    for message in receiver {
        // A log that cannot be written has nowhere to say so.
        match message {
            Message::Line(line) => {
                let _ = out.write_all(&line);
            }
            Message::Mark(done) => {
                let _ = out.flush();
                let _ = done.try_send(());
            }
        }
        let lines = lost.swap(0, Ordering::Relaxed);
        if lines > 0 {
            let _ = writeln!(out, "{lines} log lines were dropped: they are not read fast enough");
        }
    }
}

impl Write for Lines {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if let Err(TrySendError::Full(_)) = self.sender.try_send(Message::Line(line.to_vec())) {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Lines {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

impl Drop for Written {
    fn drop(&mut self) {
        let deadline = Instant::now() + PATIENCE;
        let (done, is_done) = sync_channel(1);
        let mut mark = Message::Mark(done);
        // A channel that is full of lines takes the mark a little later.
        while let Err(TrySendError::Full(unsent)) = self.0.try_send(mark) {
            if Instant::now() > deadline {
                return;
            }
            mark = unsent;
            thread::sleep(LOOK);
        }
        let _ = is_done.recv_timeout(deadline.saturating_duration_since(Instant::now()));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Condvar, Mutex};

    use super::*;

    /// Takes nothing until it is opened, and keeps what it then takes.
    #[derive(Clone, Default)]
    struct Gate(Arc<(Mutex<(bool, String)>, Condvar)>);

    impl Gate {
        fn open(&self) {
            self.0.0.lock().unwrap().0 = true;
            self.0.1.notify_all();
        }

        fn text(&self) -> String {
            self.0.0.lock().unwrap().1.clone()
        }
    }

    impl Write for Gate {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let (state, opened) = &*self.0;
            let mut state = opened.wait_while(state.lock().unwrap(), |(open, _)| !*open).unwrap();
            state.1.push_str(std::str::from_utf8(bytes).unwrap());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn what_was_logged_is_written_before_the_program_ends() {
        let gate = Gate::default();
        gate.open();
        let (mut lines, written) = Lines::to(gate.clone());
        writeln!(lines, "one").unwrap();
        writeln!(lines, "two").unwrap();
        drop(written);
        assert_eq!(gate.text(), "one\ntwo\n");
    }

    #[test]
    fn a_reader_that_sleeps_costs_lines_and_no_time() {
        let gate = Gate::default();
        let (mut lines, written) = Lines::to(gate.clone());
        for _ in 0..2 * LINES_MAX {
            lines.write_all(b"line\n").unwrap();
        }
        gate.open();
        drop(written);
        let text = gate.text();
        assert!(text.contains("log lines were dropped"), "{} bytes", text.len());
    }
}

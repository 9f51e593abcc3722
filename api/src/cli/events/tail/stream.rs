//! A server's live stream of events, listened to for good: when it ends, or the connection breaks,
//! it is opened again behind the last event, with growing pauses, also when the server was started
//! again meanwhile. It is over when the server says that the caller may not look.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::Value;
use tokio::time::{sleep, timeout};

use crate::cli::place::PlaceArgs;
use crate::cli::served::{Served, Unheard};
use crate::cli::{Failure, out};

/// The server gives a sign of life four times as often.
const SILENCE: Duration = Duration::from_mins(1);
const PAUSE_LEAST: Duration = Duration::from_millis(250);
const PAUSE_MOST: Duration = Duration::from_secs(5);
/// Longest piece of a stream.
const BLOCK_BYTES_MOST: usize = 64 * 1024 * 1024;
/// Ends that another attempt would not change; after all others it is worth one.
const FINAL: [&str; 3] = ["unauthenticated", "forbidden", "not_found"];

/// Whoever listens.
pub(super) struct Listener {
    place: PlaceArgs,
    path: String,
    /// The last id that came.
    last: i64,
    pause: Duration,
    /// Why it was not heard last, which is said once.
    said: String,
    /// Whether the server did not know who is asking: its token changes when it is started again.
    was_unknown: bool,
}

/// Why a stream was heard no further.
enum End {
    /// It may be heard again later.
    Later(String),
    Over(Failure),
}

impl From<Failure> for End {
    fn from(failure: Failure) -> Self {
        Self::Over(failure)
    }
}

impl Listener {
    /// Listens to `path` behind the event `last`.
    pub(super) fn new(place: PlaceArgs, path: String, last: i64) -> Self {
        let (pause, said, was_unknown) = (PAUSE_LEAST, String::new(), false);
        Self { place, path, last, pause, said, was_unknown }
    }

    /// Shows each event as it comes. It never ends well.
    pub(super) async fn listen(
        mut self,
        served: Served,
        show: impl Fn(&Value) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let mut served = Some(served);
        loop {
            let why = match self.once(served.take(), &show).await {
                Ok(why) | Err(End::Later(why)) => why,
                Err(End::Over(failure)) => return Err(failure),
            };
            if why != self.said {
                out::aside(&format!("chancery: {why}; trying again"));
                self.said = why;
            }
            sleep(self.pause).await;
            self.pause = (self.pause * 2).min(PAUSE_MOST);
        }
    }

    /// Listens until the server ends the stream; why it did.
    async fn once(
        &mut self,
        served: Option<Served>,
        show: &impl Fn(&Value) -> Result<(), Failure>,
    ) -> Result<String, End> {
        let served = match served {
            Some(served) => served,
            None => self.find()?,
        };
        let mut answer = match served.listen(&self.path, self.last).await {
            Ok(answer) => answer,
            Err(Unheard::Later(why)) => return Err(End::Later(why.message().to_owned())),
            Err(Unheard::Refused(StatusCode::UNAUTHORIZED, why)) if !self.was_unknown => {
                self.was_unknown = true;
                return Err(End::Later(why.message().to_owned()));
            }
            Err(Unheard::Refused(_, why)) => return Err(End::Over(why)),
        };
        let mut blocks = Blocks::default();
        loop {
            let broke = || End::Later("the connection to the server broke off".to_owned());
            let silent = |_| End::Later("the server fell silent".to_owned());
            let chunk = timeout(SILENCE, answer.chunk()).await.map_err(silent)?;
            blocks.take(&chunk.map_err(|_| broke())?.ok_or_else(broke)?)?;
            while let Some(block) = blocks.next() {
                (self.pause, self.was_unknown) = (PAUSE_LEAST, false);
                self.said.clear();
                if block.event == "message" && !block.data.is_null() {
                    show(&block.data)?;
                }
                self.last = block.id.unwrap_or(self.last);
                if block.event == "end" {
                    return ended(&block.data);
                }
            }
        }
    }

    fn find(&self) -> Result<Served, End> {
        // To look closer would be in the way of a server that is starting.
        let nobody = || End::Later("the server stopped".to_owned());
        if !self.place.data_dir().is_announced() {
            return Err(nobody());
        }
        match Served::find(&self.place) {
            Ok(served) => served.ok_or_else(nobody),
            Err(failure) => Err(End::Later(failure.message().to_owned())),
        }
    }
}

/// What the server's last words come to.
fn ended(words: &Value) -> Result<String, End> {
    let text = |name: &str| words.get(name).and_then(Value::as_str).unwrap_or_default();
    let (reason, detail) = (text("reason"), text("detail"));
    let why = format!("the server ended the stream: {detail}");
    if FINAL.contains(&reason) { Err(End::Over(Failure::new(why))) } else { Ok(why) }
}

/// One block of a stream.
#[derive(Debug, PartialEq, Eq)]
struct Block {
    event: String,
    id: Option<i64>,
    /// `null` where there is none.
    data: Value,
}

/// A stream in blocks, as far as they are whole.
#[derive(Debug, Default)]
struct Blocks(Vec<u8>);

impl Blocks {
    fn take(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        if self.0.len() + bytes.len() > BLOCK_BYTES_MOST {
            return Err(Failure::new("the server sends an event that is longer than any may be"));
        }
        self.0.extend_from_slice(bytes);
        Ok(())
    }

    fn next(&mut self) -> Option<Block> {
        let end = self.0.windows(2).position(|pair| pair == b"\n\n")?;
        let rest = self.0.split_off(end + 2);
        let whole = std::mem::replace(&mut self.0, rest);
        Some(parse(&String::from_utf8_lossy(&whole)))
    }
}

fn parse(text: &str) -> Block {
    let mut block = Block { event: "message".to_owned(), id: None, data: Value::Null };
    for line in text.lines() {
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut block.event),
            "id" => block.id = value.parse().ok(),
            "data" => block.data = serde_json::from_str(value).unwrap_or_default(),
            // A comment, or what a later server may say.
            _ => {}
        }
    }
    block
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_stream_is_read_in_blocks_however_it_is_cut() {
        let text = ": listening\n\nid: 7\ndata: {\"a\":\"b: c\"}\n\nid: 9\n: still here\n\n\
                    event: end\nid: 9\ndata: {\"reason\":\"slow\"}\n\nid: 1";
        for size in [1, 3, 1_000] {
            let (mut blocks, mut read) = (Blocks::default(), Vec::new());
            for piece in text.as_bytes().chunks(size) {
                blocks.take(piece).unwrap();
                while let Some(Block { event, id, data }) = blocks.next() {
                    read.push((event, id, data));
                }
            }
            let message = |id, data| ("message".to_owned(), id, data);
            let expected = [
                message(None, Value::Null),
                message(Some(7), json!({"a": "b: c"})),
                message(Some(9), Value::Null),
                ("end".to_owned(), Some(9), json!({"reason": "slow"})),
            ];
            assert_eq!(read, expected, "{size}");
        }
    }

    #[test]
    fn an_end_is_final_where_another_attempt_would_not_help() {
        let end = |reason: &str| ended(&json!({"reason": reason, "detail": "why"}));
        for reason in ["slow", "stopping", "gone", "overloaded"] {
            assert!(end(reason).is_ok_and(|why| why.ends_with("why")), "{reason}");
        }
        let over = end("forbidden");
        assert!(matches!(over, Err(End::Over(why)) if why.message().ends_with("why")));
    }
}

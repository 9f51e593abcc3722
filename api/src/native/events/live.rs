//! Events as they are recorded (`text/event-stream`). The id of each is its ordinal, from which
//! `Last-Event-ID` goes on. Who may look is asked again before every batch, and at every heartbeat.
//!
//! A stream that ends says why: `event: end`, with the id to go on from.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::Utc;
use domain::{Right, TenantId};
use eventlog::{Order, Placement};
use futures::stream::unfold;
use projections::events::{Query, Term};
use projections::positions;
use serde_json::json;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, sleep_until, timeout};

use super::cursor::Sort;
use super::envelope;
use super::search::Search;
use crate::app::App;
use crate::call::{Call, Incoming};
use crate::dialect::Face as _;
use crate::fault::Fault;
use crate::native::Native;
use crate::native::sight::{Sight, sight};
use crate::problem::Problem;

/// Events read at a time.
const PAGE: usize = 100;
/// Bytes after which a piece is sent off.
const PIECE: usize = 64 * 1024;
/// Pieces that wait for the reader.
const PIECES: usize = 8;
/// How long a stream outlives read models that are late, or a store that is away.
const ENDURANCE: Duration = Duration::from_secs(30);
const ASK_AGAIN: Duration = Duration::from_millis(100);
/// For proxies that would gather the stream first.
const UNBUFFERED: HeaderName = HeaderName::from_static("x-accel-buffering");

/// Parameters that say where a page ends, which a stream does not.
const ENDS: [&str; 3] = ["until", "before", "limit"];

/// The tenant's events from now on, or behind `Last-Event-ID` or `after`, that the filters of the
/// list of events let through, as far as the caller may look at them.
pub(in crate::native) async fn stream(call: Call) -> Result<Response, Problem> {
    let sight = sight(&call)?;
    let mut query = query(&call).await?;
    query.all.extend(sight.owner().map(|owner| vec![Term::resource_owner(owner)]));
    let place = call.app.live.enter().ok_or_else(|| {
        let detail = "no more live streams can be served now";
        let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "overloaded", detail);
        Problem { retry_after_seconds: Some(5), ..problem }
    })?;
    let placement = call.app.log.placement(&call.tenant).await.map_err(Fault::from)?;
    let placement = placement.ok_or_else(|| Problem::not_found("tenant"))?;
    let (out, pieces) = mpsc::channel(PIECES);
    let (tell, told) = oneshot::channel();
    let at = query.above;
    let feed = Feed { app: call.app, request: call.request, placement, sight, query, at, out };
    tokio::spawn(async move {
        let end = feed.run().await;
        // Nobody is left to tell if the reader is gone.
        let _ = tell.send(end);
        drop(place);
    });
    let body = unfold((pieces, Some(told)), async |(mut pieces, told)| {
        if let Some(piece) = pieces.recv().await {
            return Some((Ok::<_, std::convert::Infallible>(piece), (pieces, told)));
        }
        let end = told?.await.ok()?;
        Some((Ok(end), (pieces, None)))
    });
    let headers = [(header::CONTENT_TYPE, "text/event-stream"), (UNBUFFERED, "no")];
    Ok((headers, Body::from_stream(body)).into_response())
}

/// What the request asks for, and from where on.
async fn query(call: &Call) -> Result<Query, Problem> {
    if call.newest_of_the_past().is_some() {
        let detail = "what is recorded from now on has no past";
        return Err(Problem::invalid("as_of_invalid", "Chancery-As-Of", detail));
    }
    let given = |name| call.request.query_value(name).is_some_and(|value| !value.is_empty());
    if let Some(name) = ENDS.into_iter().find(|name| given(name)) {
        let detail = format!("a live stream does not end, so {name} means nothing");
        return Err(Problem::invalid("parameter_unknown", name, detail));
    }
    let keys = call.opening_keys().await?;
    let search = Search::read(call, keys.as_deref())?;
    let mut query = search.query;
    if query.order != Order::Ascending || search.sort != Sort::Ordinal {
        let detail = "a live stream runs in the order of the record";
        return Err(Problem::invalid("order_invalid", "order", detail));
    }
    let newest = call.position.load(Ordering::Relaxed);
    if let Some(text) = call.request.header("last-event-id") {
        let id = text.trim().parse().ok().filter(|id| *id >= 0);
        let wrong = || {
            let detail = "Last-Event-ID is not the id of an event";
            Problem::invalid("cursor_invalid", "Last-Event-ID", detail)
        };
        query.above = id.ok_or_else(wrong)?;
    } else if !given("after") && !given("cursor") {
        query.above = newest;
    }
    if query.above > newest {
        let detail = format!("there is no event {}; the newest one is {newest}", query.above);
        return Err(Problem::invalid("ordinal_unknown", "Last-Event-ID", detail));
    }
    Ok(query)
}

/// Why a stream ends.
enum End {
    /// The reader went away.
    Gone,
    /// The reader does not take what is there.
    Slow,
    Stopping,
    /// The caller may not look any more, or the store cannot be asked.
    Refused(Problem),
}

impl From<Problem> for End {
    fn from(problem: Problem) -> Self {
        Self::Refused(problem)
    }
}

/// One stream.
struct Feed {
    app: App,
    request: Arc<Incoming>,
    placement: Placement,
    /// What the caller might look at when the stream began.
    sight: Sight,
    query: Query,
    /// The last ordinal that was looked at.
    at: i64,
    out: mpsc::Sender<Bytes>,
}

impl Feed {
    /// Runs until something ends it; the last words.
    async fn run(mut self) -> Bytes {
        let end = self.follow().await;
        let (reason, detail) = match &end {
            End::Gone => ("gone", "the reader went away"),
            End::Slow => ("slow", "the reader does not take what is there"),
            End::Stopping => ("stopping", "the server is stopping"),
            End::Refused(problem) => (problem.code, problem.detail.as_str()),
        };
        let data = json!({"reason": reason, "detail": detail, "resume": self.at.to_string()});
        Bytes::from(format!("event: end\nid: {}\ndata: {data}\n\n", self.at))
    }

    async fn follow(&mut self) -> End {
        let mut stopping = self.app.live.stopping();
        let mut reached = self.app.reads.watch();
        let index = usize::try_from(self.placement.partition).unwrap_or_default();
        let position = |reached: &Vec<i64>| reached.get(index).copied().unwrap_or_default();
        let pace = self.app.live.pace;
        if let Err(end) = self.send(": listening\n\n".to_owned()).await {
            return end;
        }
        let mut heartbeat = Instant::now() + pace.heartbeat;
        loop {
            let seen = position(&reached.borrow_and_update());
            match self.deliver(&mut stopping).await {
                Ok(true) => heartbeat = Instant::now() + pace.heartbeat,
                Ok(false) => {}
                Err(end) => return end,
            }
            tokio::time::sleep(pace.breath).await;
            let is_due = tokio::select! {
                _ = stopping.wait_for(|stops| *stops) => return End::Stopping,
                () = self.out.closed() => return End::Gone,
                moved = reached.wait_for(|now| position(now) > seen) => match moved {
                    Ok(_) => Instant::now() >= heartbeat,
                    Err(_) => return End::Stopping,
                },
                () = sleep_until(heartbeat) => true,
            };
            if is_due {
                if let Err(end) = self.beat().await {
                    return end;
                }
                heartbeat = Instant::now() + pace.heartbeat;
            }
        }
    }

    /// Sends what was recorded behind the last event; whether anything was sent.
    async fn deliver(&mut self, stopping: &mut watch::Receiver<bool>) -> Result<bool, End> {
        let mut sent = false;
        loop {
            let page = self.app.log.read_tenant(&self.placement, self.at, PAGE).await;
            let page = page.map_err(|error| Problem::from(Fault::from(error)))?;
            let is_last = page.len() < PAGE;
            if page.is_empty() {
                return Ok(sent);
            }
            // First whether they may be shown at all.
            let sees_persons = self.allowed().await?;
            let keys = if sees_persons { Some(self.keys().await?) } else { None };
            let (mut piece, mut passed) = (String::new(), self.at);
            for event in &page {
                if self.query.takes(event) {
                    let data = envelope(event, keys.as_deref());
                    // JSON has no line ends in it, and writing into a string cannot fail.
                    let _ = write!(piece, "id: {}\ndata: {data}\n\n", event.ordinal);
                }
                passed = event.ordinal;
                if piece.len() >= PIECE {
                    self.send(std::mem::take(&mut piece)).await?;
                    (sent, self.at) = (true, passed);
                }
            }
            if !piece.is_empty() {
                self.send(piece).await?;
                sent = true;
            }
            self.at = passed;
            if is_last || *stopping.borrow_and_update() {
                return Ok(sent);
            }
        }
    }

    /// A sign of life, with the id to go on from: what the filters keep back is passed too.
    async fn beat(&mut self) -> Result<(), End> {
        self.allowed().await?;
        self.send(format!("id: {}\n: still here\n\n", self.at)).await
    }

    async fn send(&mut self, piece: String) -> Result<(), End> {
        match timeout(self.app.live.pace.patience, self.out.send(piece.into())).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(End::Gone),
            Err(_) => Err(End::Slow),
        }
    }

    /// As [`Feed::ask`]; where that cannot be told just now, it is asked again for a while.
    async fn allowed(&self) -> Result<bool, End> {
        let until = Instant::now() + ENDURANCE;
        loop {
            match self.ask().await {
                Err(problem)
                    if problem.status == StatusCode::SERVICE_UNAVAILABLE
                        && Instant::now() < until
                        && !*self.app.live.stopping().borrow() =>
                {
                    tokio::time::sleep(ASK_AGAIN).await;
                }
                answer => return Ok(answer?),
            }
        }
    }

    /// Proves again who is listening, and that they may; whether they see what is personal.
    async fn ask(&self) -> Result<bool, Problem> {
        let now = self.request.as_if_at(Utc::now());
        let caller = Native::authenticate(&self.app, &now).await?;
        let tenant: TenantId = Native::tenant(&caller, &now)?;
        let sight = Sight::of(&caller);
        if sight.as_ref() != Some(&self.sight) || tenant != self.placement.tenant {
            return Err(Problem::forbidden("the caller may not read the record any more"));
        }
        Ok(caller.has(Right::UserRead))
    }

    async fn keys(&self) -> Result<Arc<eventlog::TenantKeys>, Problem> {
        let (app, tenant) = (&self.app, &self.placement.tenant);
        let keys = app.keyring.tenant(tenant).await.map_err(Fault::from)?;
        // They may have been drawn since, by this node or another, or destroyed.
        app.keyring.load(&keys).await.map_err(Fault::from)?;
        let views = app.reads.eventual();
        let erased = positions::one(&views, tenant).await.map_err(Fault::from)?.erased;
        app.heed_erasures(&views, tenant, erased).await?;
        Ok(keys)
    }
}

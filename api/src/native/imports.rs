//! An import by the server itself, for the command line of whoever owns the data directory: nobody
//! else may name files of this machine. The answer is NDJSON: how far it is, and last how it ended.

use std::path::PathBuf;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use domain::TenantId;
use eventlog::{Import, ImportError, ImportProgress, Imported, RecipientKey};
use futures::stream::unfold;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

use crate::call::Call;
use crate::problem::Problem;

/// A line of the answer.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum ImportLine {
    /// So many events were proved.
    Checked(i64),
    Written {
        events: i64,
        of: i64,
    },
    Done(ImportDone),
    Error(String),
}

/// What an import came to.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ImportDone {
    pub(crate) tenant: TenantId,
    /// How many events were written by this run.
    pub(crate) written: i64,
    /// How many of the file's events were there before.
    pub(crate) found: i64,
    ordinal: i64,
    leaf_hash: Option<String>,
    /// Whether what is sealed can be read here.
    pub(crate) keys: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Asked {
    file: PathBuf,
    recipient_key: Option<String>,
}

/// Imports a file. Whoever goes away stops it, as does the end of the server; done again, it goes
/// on where it was.
pub(super) async fn run(call: Call) -> Result<Response, Problem> {
    if !call.caller.is_operator() {
        let detail = "only the owner of the data directory may import files into it";
        return Err(Problem::forbidden(detail));
    }
    let asked: Asked = call.request.json().map_err(|error| {
        Problem::invalid("body_invalid", "body", format!("the body is not what is meant: {error}"))
    })?;
    let recipient_key = asked.recipient_key.map(|text| RecipientKey::parse(&text));
    let recipient_key = recipient_key.transpose().map_err(|error| {
        Problem::invalid("recipient_key_invalid", "recipientKey", error.to_string())
    })?;
    let (log, keyring) = (Arc::clone(&call.app.log), call.app.keyring.clone());
    let import = Import { log, keyring, file: asked.file, recipient_key };
    let mut stopping = call.app.live.stopping();
    let (tell, told) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        // Nobody is left to tell if the reader is gone.
        let say = |line: ImportLine| drop(tell.send(line));
        let ended = tokio::select! {
            imported = import.run(|progress| say(progress.into())) => imported.into(),
            _ = stopping.wait_for(|stops| *stops) => {
                ImportLine::Error("the server is stopping; what is written stays".to_owned())
            }
            () = tell.closed() => return,
        };
        say(ended);
    });
    let lines = unfold(told, async |mut told| {
        let mut line = serde_json::to_vec(&told.recv().await?);
        if let Ok(line) = &mut line {
            line.push(b'\n');
        }
        Some((line.map(Bytes::from), told))
    });
    let headers = [(header::CONTENT_TYPE, "application/x-ndjson")];
    Ok((headers, Body::from_stream(lines)).into_response())
}

impl From<ImportProgress> for ImportLine {
    fn from(progress: ImportProgress) -> Self {
        match progress {
            ImportProgress::Checked(events) => Self::Checked(events),
            ImportProgress::Written { events, of } => Self::Written { events, of },
        }
    }
}

impl From<Result<Imported, ImportError>> for ImportLine {
    fn from(imported: Result<Imported, ImportError>) -> Self {
        match imported {
            Ok(imported) => Self::Done(imported.into()),
            Err(ImportError::Log(error)) => {
                tracing::error!(error = &error as &dyn std::error::Error, "an import broke off");
                Self::Error("it broke off; the server's log says why".to_owned())
            }
            Err(refused) => Self::Error(refused.to_string()),
        }
    }
}

impl From<Imported> for ImportDone {
    fn from(imported: Imported) -> Self {
        let Imported { tenant, written, found, ordinal, leaf_hash, has_keys: keys } = imported;
        let leaf_hash = leaf_hash.map(|hash| hash.to_string());
        Self { tenant, written, found, ordinal, leaf_hash, keys }
    }
}

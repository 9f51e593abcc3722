//! Tokens for records: what each is good for, through which client, and until when.

use chrono::{DateTime, Utc};
use domain::{ClientId, Event, RecordId, RecordTokenKind, TenantId, TokenId};
use eventlog::Recorded;

use crate::value::word;
use crate::{Changes, Column, ProjectError, Projection, Table, Value, ViewError, Views, values};

static TOKENS: Table = Table {
    name: "record_tokens_v1",
    columns: &[
        Column::text("tenant"),
        Column::text("client_id"),
        Column::text("token_id"),
        Column::text("kind"),
        Column::int("record_id").nullable(),
        Column::int("issued_at"),
        Column::int("expires_at"),
    ],
    key: 3,
    indexes: &[&["tenant", "token_id"]],
};

/// One token that was not used up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordTokenRow {
    pub client: ClientId,
    pub kind: RecordTokenKind,
    pub record: Option<RecordId>,
    pub issued_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// Keeps one row for each token.
#[derive(Debug)]
pub(crate) struct RecordTokens;

impl Projection for RecordTokens {
    fn name(&self) -> &'static str {
        TOKENS.name
    }

    fn tables(&self) -> Vec<&'static Table> {
        vec![&TOKENS]
    }

    fn project(
        &self,
        event: &Event,
        recorded: &Recorded,
        changes: &mut Changes,
    ) -> Result<(), ProjectError> {
        let tenant = &recorded.tenant;
        #[expect(clippy::wildcard_enum_match_arm, reason = "only what is told of these tokens")]
        match event {
            Event::RecordTokenIssued(fact) => {
                let record = fact.record.map_or(Value::Null, |record| record.0.into());
                let (client, token) = (fact.client.0, fact.token.as_str());
                let (kind, from, to) = (word(&fact.kind)?, fact.issued_at, fact.expires_at);
                changes.upsert(&TOKENS, values![tenant, client, token, kind, record, from, to])
            }
            Event::RecordTokenUsed(fact) => {
                changes.delete(&TOKENS, values![tenant, fact.client.0, fact.token.as_str()])
            }
            Event::ClientDeleted(fact) => changes.delete(&TOKENS, values![tenant, fact.client.0]),
            _ => Ok(()),
        }
    }
}

const ONE: &str = "select client_id, kind, record_id, issued_at, expires_at
    from record_tokens_v1 where tenant = $1 and token_id = $2";

pub(crate) const STATEMENTS: &[&str] = &[ONE];

/// The token of that id, unless it was used up or its client is gone.
pub async fn one(
    views: &Views,
    tenant: &TenantId,
    token: &TokenId,
) -> Result<Option<RecordTokenRow>, ViewError> {
    let rows = views.rows(TOKENS.name, tenant, ONE, &values![token.as_str()]).await?;
    let Some(mut row) = rows.into_iter().next() else { return Ok(None) };
    Ok(Some(RecordTokenRow {
        client: ClientId(row.uuid()?),
        kind: row.word()?,
        record: row.maybe_int()?.map(RecordId),
        issued_at: row.time()?,
        expires_at: row.time()?,
    }))
}

#[cfg(test)]
mod tests {
    use domain::{RecordTokenIssued, RecordTokenUsed};
    use uuid::Uuid;

    use super::*;
    use crate::sample::told;

    #[test]
    fn a_token_has_a_row_until_it_is_used() {
        let at = |micros| DateTime::from_timestamp_micros(micros).unwrap();
        let (token, client) = (TokenId("t".to_owned()), ClientId(Uuid::nil()));
        let issued = Event::from(RecordTokenIssued {
            token: token.clone(),
            kind: RecordTokenKind::Verification,
            client,
            record: Some(RecordId(7)),
            redirect_uri: None,
            issued_at: at(1),
            expires_at: at(9),
        });
        let rows = told(RecordTokens, std::slice::from_ref(&issued));
        assert_eq!(rows, [format!("record_tokens_v1 + acme {client} t verification 7 1 9")]);
        let used = RecordTokenUsed { token, client };
        let rows = told(RecordTokens, &[issued, used.into()]);
        assert_eq!(rows, [format!("record_tokens_v1 - acme {client} t")]);
    }
}

//! Bearer tokens: whom each speaks for and what it lets them do.

use chrono::{DateTime, Utc};
use domain::{ActorKind, Event, OrganizationId, Rights, TenantId, TokenId};
use eventlog::Recorded;

use crate::projection::{Marks, made, marked, modified};
use crate::value::{Row, word};
use crate::{Changes, Column, ProjectError, Projection, Table, Value, ViewError, Views, values};

static TOKENS: Table = Table {
    name: "tokens_v1",
    columns: marked![
        Column::text("tenant"),
        Column::text("token_id"),
        Column::text("name"),
        Column::text("holder_kind"),
        Column::text("holder_id"),
        Column::text("rights"),
        Column::text("organization_id").nullable(),
        Column::int("expires_at").nullable(),
        Column::int("is_revoked"),
    ],
    key: 2,
    indexes: &[&["token_id"]],
};

/// One bearer token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRow {
    pub tenant: TenantId,
    pub token: TokenId,
    pub name: String,
    pub holder: ActorKind,
    pub holder_id: String,
    pub rights: Rights,
    pub organization: Option<OrganizationId>,
    pub expires_at: Option<DateTime<Utc>>,
    pub is_revoked: bool,
    /// Issued at `created_at`.
    pub marks: Marks,
}

impl TokenRow {
    /// Whether it works at that instant.
    pub fn is_live(&self, at: DateTime<Utc>) -> bool {
        !self.is_revoked && self.expires_at.is_none_or(|end| at < end)
    }
}

/// Keeps one row for each token.
#[derive(Debug)]
pub(crate) struct Tokens;

impl Projection for Tokens {
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
        #[expect(clippy::wildcard_enum_match_arm, reason = "only what is told of tokens")]
        match event {
            Event::TokenIssued(fact) => {
                let row = values![
                    &recorded.tenant,
                    fact.token.as_str(),
                    &fact.name,
                    word(&fact.holder)?,
                    &fact.holder_id,
                    Value::json(&fact.rights)?,
                    fact.organization.as_ref().map(OrganizationId::as_str),
                    fact.expires_at,
                    false,
                ]
                .into_iter()
                .chain(made(recorded));
                changes.upsert(&TOKENS, row)
            }
            Event::TokenRevoked(fact) => {
                let set = [("is_revoked", true.into())].into_iter().chain(modified(recorded));
                changes.update(&TOKENS, values![&recorded.tenant, fact.token.as_str()], set)
            }
            // A client's tokens end with the secret it had.
            Event::ClientSecretReset(fact) => fact.tokens.iter().try_for_each(|token| {
                let key = values![&recorded.tenant, token.as_str()];
                changes.update(&TOKENS, key, [("expires_at", fact.ends_at.into())])
            }),
            _ => Ok(()),
        }
    }
}

const ONE: &str = "select tenant, token_id, name, holder_kind, holder_id, rights,
    organization_id, expires_at, is_revoked,
    created_by, created_at, modified_by, modified_at, sequence
    from tokens_v1 where token_id = $1";

const ALL: &str = "select tenant, token_id, name, holder_kind, holder_id, rights,
    organization_id, expires_at, is_revoked,
    created_by, created_at, modified_by, modified_at, sequence
    from tokens_v1 where tenant = $1 order by token_id";

pub(crate) const STATEMENTS: &[&str] = &[ONE, ALL];

/// The token of that id, whosever it is.
pub async fn one(views: &Views, token: &TokenId) -> Result<Option<TokenRow>, ViewError> {
    let rows = views.any(ONE, &values![token.as_str()]).await?;
    let Some(row) = rows.into_iter().next().map(read).transpose()? else { return Ok(None) };
    views.check(&row.tenant, TOKENS.name)?;
    Ok(Some(row))
}

/// All tokens of the tenant, by id.
pub async fn all(views: &Views, tenant: &TenantId) -> Result<Vec<TokenRow>, ViewError> {
    let rows = views.rows(TOKENS.name, tenant, ALL, &[]).await?;
    rows.into_iter().map(read).collect()
}

fn read(mut row: Row) -> Result<TokenRow, ViewError> {
    Ok(TokenRow {
        tenant: row.tenant()?,
        token: TokenId(row.text()?),
        name: row.text()?,
        holder: row.word()?,
        holder_id: row.text()?,
        rights: row.json()?,
        organization: row.maybe_text()?.map(OrganizationId),
        expires_at: row.maybe_time()?,
        is_revoked: row.flag()?,
        marks: Marks::read(&mut row)?,
    })
}

#[cfg(test)]
mod tests {
    use domain::{ClientId, ClientSecretReset, Right, TokenIssued, TokenRevoked};
    use uuid::Uuid;

    use super::*;
    use crate::sample::told;

    fn issued() -> Event {
        let fact = TokenIssued {
            token: TokenId("t1".to_owned()),
            name: "ci".to_owned(),
            holder: ActorKind::Client,
            holder_id: "c1".to_owned(),
            rights: [Right::GroupRead].into(),
            organization: None,
            expires_at: None,
        };
        fact.into()
    }

    #[test]
    fn a_token_has_a_row_until_it_is_revoked_and_after() {
        let revoked = TokenRevoked { token: TokenId("t1".to_owned()) };
        let rows = told(Tokens, &[issued(), revoked.into()]);
        let row = r#"t1 ci client c1 ["group.read"] - - 1 ada 1 ada 2 1"#;
        assert_eq!(rows, [format!("tokens_v1 + acme {row}")]);
    }

    #[test]
    fn the_tokens_that_a_reset_of_a_secret_names_expire_with_it() {
        let reset = ClientSecretReset {
            client: ClientId(Uuid::nil()),
            generation: 2,
            grace_until: None,
            ends_at: DateTime::from_timestamp_micros(9).unwrap(),
            credentials: vec![],
            tokens: vec![TokenId("t1".to_owned())],
        };
        assert_eq!(told(Tokens, &[reset.into()]), ["tokens_v1 ~ acme t1 expires_at=9"]);
    }
}

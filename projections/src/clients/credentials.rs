//! The EdgeGrid credentials of API clients, in a read model of their own. Their secrets are only
//! in the vault.

use chrono::{DateTime, Utc};
use domain::{
    ClientCredentialCreated, ClientId, Credential, CredentialId, CredentialStatus, CredentialTerms,
    Event, TenantId,
};
use eventlog::Recorded;

use crate::value::{Row, word};
use crate::{Changes, Column, ProjectError, Projection, Table, Value, ViewError, Views, values};

/// The projection's name.
pub(super) const NAME: &str = "client_credentials_v2";

static CREDENTIALS: Table = Table {
    name: NAME,
    columns: &[
        Column::text("tenant"),
        Column::text("client_id"),
        Column::int("credential_id"),
        Column::text("client_token"),
        Column::text("access_token"),
        Column::text("status"),
        Column::text("description"),
        Column::int("created_at"),
        Column::int("expires_at"),
        Column::int("ends_at").nullable(),
    ],
    key: 3,
    indexes: &[&["client_token"]],
};

/// One EdgeGrid credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialRow {
    pub tenant: TenantId,
    pub client: ClientId,
    pub credential: CredentialId,
    pub access_token: String,
    pub created_at: DateTime<Utc>,
    /// Its client token, its terms, and whether a reset ended it.
    pub state: Credential,
}

macro_rules! select {
    () => {
        "select k.tenant, k.client_id, k.credential_id, k.access_token, k.created_at,
        k.client_token, k.status, k.expires_at, k.description, k.ends_at
        from client_credentials_v2 k "
    };
}

const BY_CLIENT_TOKEN: &str = concat!(select!(), "where k.client_token = $1");
const OF_CLIENT: &str =
    concat!(select!(), "where k.tenant = $1 and k.client_id = $2 order by k.credential_id");

const OF_TENANT: &str =
    concat!(select!(), "where k.tenant = $1 order by k.client_id, k.credential_id");

pub(super) const STATEMENTS: &[&str] = &[BY_CLIENT_TOKEN, OF_CLIENT, OF_TENANT];

/// The credential with that client token, whosever it is.
pub async fn by_client_token(
    views: &Views,
    client_token: &str,
) -> Result<Option<CredentialRow>, ViewError> {
    let rows = views.any(BY_CLIENT_TOKEN, &values![client_token]).await?;
    let Some(row) = rows.into_iter().next().map(read).transpose()? else { return Ok(None) };
    views.check(&row.tenant, CREDENTIALS.name)?;
    Ok(Some(row))
}

/// All credentials of a client, by id; deleted ones too.
pub async fn credentials_of(
    views: &Views,
    tenant: &TenantId,
    client: ClientId,
) -> Result<Vec<CredentialRow>, ViewError> {
    let rows = views.rows(CREDENTIALS.name, tenant, OF_CLIENT, &values![client.0]).await?;
    rows.into_iter().map(read).collect()
}

/// The credentials of all clients of the tenant, client by client, the oldest of each first.
pub async fn all_credentials(
    views: &Views,
    tenant: &TenantId,
) -> Result<Vec<CredentialRow>, ViewError> {
    let rows = views.rows(CREDENTIALS.name, tenant, OF_TENANT, &[]).await?;
    rows.into_iter().map(read).collect()
}

fn read(mut row: Row) -> Result<CredentialRow, ViewError> {
    Ok(CredentialRow {
        tenant: row.tenant()?,
        client: ClientId(row.uuid()?),
        credential: CredentialId(row.int()?),
        access_token: row.text()?,
        created_at: row.time()?,
        state: state(&mut row)?,
    })
}

/// What decisions need of a credential: its token, status, expiry, description and end.
pub(super) fn state(row: &mut Row) -> Result<Credential, ViewError> {
    Ok(Credential {
        client_token: row.text()?,
        terms: CredentialTerms {
            status: row.word()?,
            expires_at: row.time()?,
            description: row.text()?,
        },
        ends_at: row.maybe_time()?,
    })
}

/// Keeps the rows of credentials.
#[derive(Debug)]
pub(crate) struct Credentials;

impl Projection for Credentials {
    fn name(&self) -> &'static str {
        CREDENTIALS.name
    }

    fn tables(&self) -> Vec<&'static Table> {
        vec![&CREDENTIALS]
    }

    fn project(
        &self,
        event: &Event,
        recorded: &Recorded,
        changes: &mut Changes,
    ) -> Result<(), ProjectError> {
        let tenant = &recorded.tenant;
        let mut set = |client: ClientId, credential: CredentialId, columns| {
            changes.update(&CREDENTIALS, values![tenant, client.0, credential.0], columns)
        };
        #[expect(clippy::wildcard_enum_match_arm, reason = "only what is told of credentials")]
        match event {
            Event::ClientCredentialCreated(fact) => created(fact, recorded, changes),
            Event::ClientCredentialDeactivated(fact) => {
                set(fact.client, fact.credential, vec![status(CredentialStatus::Inactive)?])
            }
            Event::ClientCredentialChanged(fact) => {
                let terms = vec![
                    status(fact.after.status)?,
                    ("description", Value::from(&fact.after.description)),
                    ("expires_at", fact.after.expires_at.into()),
                ];
                set(fact.client, fact.credential, terms)
            }
            Event::ClientCredentialDeleted(fact) => {
                set(fact.client, fact.credential, vec![status(CredentialStatus::Deleted)?])
            }
            Event::ClientSecretReset(fact) => fact.credentials.iter().try_for_each(|credential| {
                set(fact.client, *credential, vec![("ends_at", fact.ends_at.into())])
            }),
            Event::ClientDeleted(fact) => {
                changes.delete(&CREDENTIALS, values![tenant, fact.client.0])
            }
            _ => Ok(()),
        }
    }
}

fn status(status: CredentialStatus) -> Result<(&'static str, Value), ProjectError> {
    Ok(("status", word(&status)?))
}

fn created(
    fact: &ClientCredentialCreated,
    recorded: &Recorded,
    changes: &mut Changes,
) -> Result<(), ProjectError> {
    let Credential { client_token, terms, ends_at } = Credential::created(fact);
    let row = values![
        &recorded.tenant,
        fact.client.0,
        fact.credential.0,
        client_token,
        &fact.access_token,
        word(&terms.status)?,
        terms.description,
        recorded.created_at,
        terms.expires_at,
        ends_at,
    ];
    changes.upsert(&CREDENTIALS, row)
}

#[cfg(test)]
mod tests {
    use domain::{
        ClientCredentialChanged, ClientCredentialDeactivated, ClientCredentialDeleted,
        ClientSecretReset,
    };
    use uuid::Uuid;

    use super::*;
    use crate::sample::told;

    const CLIENT: ClientId = ClientId(Uuid::nil());
    const CREDENTIAL: CredentialId = CredentialId(5);

    fn at(micros: i64) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(micros).unwrap()
    }

    fn terms(status: CredentialStatus, expires_at: i64, description: &str) -> CredentialTerms {
        CredentialTerms { status, expires_at: at(expires_at), description: description.to_owned() }
    }

    fn born() -> Event {
        let fact = ClientCredentialCreated {
            client: CLIENT,
            credential: CREDENTIAL,
            client_token: "akab-c".to_owned(),
            access_token: "akab-a".to_owned(),
            expires_at: at(99),
        };
        fact.into()
    }

    fn check(then: Event, expected: &[&str]) {
        let expected: Vec<_> = expected
            .iter()
            .map(|row| row.replace("of ", &format!("acme {CLIENT} ")))
            .map(|row| format!("client_credentials_v2 {row}"))
            .collect();
        assert_eq!(told(Credentials, &[born(), then]), expected);
    }

    #[test]
    fn a_credential_has_a_row_from_its_making_to_the_end_of_its_client() {
        let (client, credential) = (CLIENT, CREDENTIAL);
        let off = ClientCredentialDeactivated { client, credential };
        check(off.into(), &["+ of 5 akab-c akab-a INACTIVE  1 99 -"]);
        let before = terms(CredentialStatus::Active, 99, "");
        let after = terms(CredentialStatus::Inactive, 77, "old");
        let changed = ClientCredentialChanged { client, credential, before, after: after.clone() };
        check(changed.into(), &["+ of 5 akab-c akab-a INACTIVE old 1 77 -"]);
        let deleted = ClientCredentialDeleted { client, credential, before: after };
        check(deleted.into(), &["+ of 5 akab-c akab-a DELETED  1 99 -"]);
    }

    #[test]
    fn a_reset_ends_the_credentials_it_names_and_leaves_the_others() {
        let reset = ClientSecretReset {
            client: CLIENT,
            generation: 2,
            grace_until: Some(at(9)),
            ends_at: at(9),
            credentials: vec![CREDENTIAL, CredentialId(4)],
            tokens: vec![],
        };
        check(reset.into(), &["~ of 4 ends_at=9", "+ of 5 akab-c akab-a ACTIVE  1 99 9"]);
    }
}

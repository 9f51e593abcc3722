//! What each event changes in the tables of API clients.

use std::collections::BTreeSet;

use domain::{ClientCreated, ClientCredentialCreated, ClientId, Event, OrganizationId, UserId};
use eventlog::Recorded;

use super::tables::{ALL, CLIENTS, CREDENTIALS, NAME_PARTS, RESETS, TAGS};
use crate::projection::{made, modified};
use crate::value::word;
use crate::{Changes, ProjectError, Projection, Table, Value, values};

/// Keeps the rows of API clients.
#[derive(Debug)]
pub(crate) struct Clients;

impl Projection for Clients {
    fn name(&self) -> &'static str {
        CLIENTS.name
    }

    fn tables(&self) -> Vec<&'static Table> {
        ALL.to_vec()
    }

    fn project(
        &self,
        event: &Event,
        recorded: &Recorded,
        changes: &mut Changes,
    ) -> Result<(), ProjectError> {
        let mut set = |client, columns| set(recorded, client, columns, changes);
        #[expect(clippy::wildcard_enum_match_arm, reason = "only what is told of clients")]
        match event {
            Event::ClientCreated(fact) => created(fact, recorded, changes),
            Event::ClientLocked(fact) => set(fact.client, vec![("is_locked", true.into())]),
            Event::ClientUnlocked(fact) => set(fact.client, vec![("is_locked", false.into())]),
            Event::ClientActivated(fact) => set(fact.client, vec![("is_active", true.into())]),
            Event::ClientDeactivated(fact) => set(fact.client, vec![("is_active", false.into())]),
            Event::ClientFeaturesSet(fact) => {
                set(fact.client, vec![("features", Value::json(&fact.after)?)])
            }
            Event::ClientSecretReset(fact) => {
                let generation = ("secret_generation", fact.generation.into());
                set(fact.client, vec![generation, ("grace_until", fact.grace_until.into())])?;
                let (tenant, generation) = (&recorded.tenant, fact.generation);
                let (reset_at, ends_at) = (recorded.created_at, fact.ends_at);
                let reset = values![tenant, fact.client.0, generation, reset_at, ends_at];
                changes.upsert(&RESETS, reset)?;
                fact.credentials.iter().try_for_each(|credential| {
                    let key = values![&recorded.tenant, fact.client.0, credential.0];
                    changes.update(&CREDENTIALS, key, [("ends_at", fact.ends_at.into())])
                })
            }
            Event::ClientSecretGraceEnded(fact) => {
                set(fact.client, vec![("grace_until", Value::Null)])
            }
            Event::ClientCredentialCreated(fact) => {
                set(fact.client, Vec::new())?;
                credential_created(fact, recorded, changes)
            }
            Event::ClientCredentialDeactivated(fact) => {
                set(fact.client, Vec::new())?;
                let key = values![&recorded.tenant, fact.client.0, fact.credential.0];
                changes.update(&CREDENTIALS, key, [("status", "INACTIVE".into())])
            }
            Event::ClientDeleted(fact) => ALL.iter().try_for_each(|table| {
                changes.delete(table, values![&recorded.tenant, fact.client.0])
            }),
            _ => Ok(()),
        }
    }
}

fn set(
    recorded: &Recorded,
    client: ClientId,
    columns: Vec<(&'static str, Value)>,
    changes: &mut Changes,
) -> Result<(), ProjectError> {
    let columns = columns.into_iter().chain(modified(recorded));
    changes.update(&CLIENTS, values![&recorded.tenant, client.0], columns)
}

fn created(
    fact: &ClientCreated,
    recorded: &Recorded,
    changes: &mut Changes,
) -> Result<(), ProjectError> {
    let (tenant, client) = (&recorded.tenant, fact.client.0);
    let row = values![
        tenant,
        client,
        fact.akamai_id.as_str(),
        fact.capture_id.as_str(),
        &fact.name,
        &fact.description,
        word(&fact.kind)?,
        fact.authorized_user.as_ref().map(UserId::as_str),
        fact.organization.as_ref().map(OrganizationId::as_str),
        Value::json(&fact.features)?,
        Value::json(&fact.access)?,
        Value::json(&fact.tags)?,
        fact.is_default,
        false,
        true,
        1,
        Value::Null,
    ]
    .into_iter()
    .chain(made(recorded));
    changes.upsert(&CLIENTS, row)?;
    for tag in &fact.tags {
        changes.upsert(&TAGS, values![tenant, client, tag])?;
    }
    for part in endings(&fact.name) {
        changes.upsert(&NAME_PARTS, values![tenant, client, part])?;
    }
    Ok(())
}

fn credential_created(
    fact: &ClientCredentialCreated,
    recorded: &Recorded,
    changes: &mut Changes,
) -> Result<(), ProjectError> {
    let row = values![
        &recorded.tenant,
        fact.client.0,
        fact.credential.0,
        &fact.client_token,
        &fact.access_token,
        "ACTIVE",
        recorded.created_at,
        fact.expires_at,
        Value::Null,
    ];
    changes.upsert(&CREDENTIALS, row)
}

/// A name as it is searched: in lower case.
pub(super) fn folded(name: &str) -> String {
    name.to_lowercase()
}

/// Every ending of a name, folded.
fn endings(name: &str) -> BTreeSet<String> {
    let name = folded(name);
    name.char_indices().filter_map(|(at, _)| name.get(at..)).map(str::to_owned).collect()
}

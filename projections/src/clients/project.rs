//! What each event changes in the tables of API clients.

use domain::{ClientCreated, ClientId, Event, OrganizationId, UserId};
use eventlog::Recorded;

use super::tables::{ALL, CLIENTS, RESETS};
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
            Event::ClientRenamed(fact) => set(fact.client, vec![("name", fact.to.as_str().into())]),
            Event::ClientDescribed(fact) => {
                set(fact.client, vec![("description", fact.to.as_str().into())])
            }
            Event::ClientTagged(fact) => {
                set(fact.client, vec![("tags", Value::json(&fact.after)?)])
            }
            Event::ClientAccessSet(fact) => {
                let roles: Vec<_> = fact.after.groups.roles().collect();
                set(fact.client, vec![("access", Value::json(&roles)?)])
            }
            Event::ClientTransferred(fact) => {
                set(fact.client, vec![("authorized_user", fact.to.as_str().into())])
            }
            Event::ClientUsageChanged(fact) => set(fact.client, Vec::new()),
            Event::ClientNotificationEmailsSet(fact) => set(fact.client, Vec::new()),
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
                changes.upsert(&RESETS, reset)
            }
            Event::ClientSecretGraceEnded(fact) => {
                set(fact.client, vec![("grace_until", Value::Null)])
            }
            Event::ClientCredentialCreated(fact) => set(fact.client, Vec::new()),
            Event::ClientCredentialDeactivated(fact) => set(fact.client, Vec::new()),
            Event::ClientCredentialChanged(fact) => set(fact.client, Vec::new()),
            Event::ClientCredentialDeleted(fact) => set(fact.client, Vec::new()),
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
    changes.upsert(&CLIENTS, row)
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use domain::{
        AkamaiClientId, CaptureClientId, ClientCredentialDeactivated, ClientDeleted,
        ClientDescribed, ClientFeature, ClientKind, ClientLocked, ClientRenamed, ClientSecretReset,
        CredentialId,
    };
    use uuid::Uuid;

    use super::*;
    use crate::sample::told;

    const ID: ClientId = ClientId(Uuid::nil());

    fn at(micros: i64) -> DateTime<chrono::Utc> {
        DateTime::from_timestamp_micros(micros).unwrap()
    }

    fn born() -> Event {
        let fact = ClientCreated {
            client: ID,
            akamai_id: AkamaiClientId("aka".to_owned()),
            capture_id: CaptureClientId("cap".to_owned()),
            name: "Bo\u{e9}".to_owned(),
            description: String::new(),
            kind: ClientKind::ServiceAccount,
            authorized_user: None,
            organization: None,
            features: [ClientFeature::Owner].into(),
            access: vec![],
            tags: ["ops".to_owned()].into(),
            is_default: false,
        };
        fact.into()
    }

    #[test]
    fn a_client_has_a_row() {
        let rows = told(Clients, &[born(), ClientLocked { client: ID }.into()]);
        let row = r#"aka cap Boé  SERVICE_ACCOUNT - - ["owner"] [] ["ops"] 0 1 1 1 -"#;
        let expected = [format!("clients_v1 + acme {ID} {row} ada 1 ada 2 1")];
        assert_eq!(rows, expected);
    }

    #[test]
    fn a_client_takes_another_name_and_description() {
        let (from, to) = ("Bo\u{e9}".to_owned(), "al".to_owned());
        let described = ClientDescribed { client: ID, from: String::new(), to: "sings".to_owned() };
        let renamed = ClientRenamed { client: ID, from, to };
        let rows = told(Clients, &[renamed.into(), described.into()]);
        let set = "name=al description=sings modified_by=ada modified_at=2 sequence=1";
        let expected = [format!("clients_v1 ~ acme {ID} {set}")];
        assert_eq!(rows, expected);
    }

    #[test]
    fn a_reset_is_kept_and_so_is_whatever_last_befell_a_credential() {
        let credential = CredentialId(5);
        let reset = ClientSecretReset {
            client: ID,
            generation: 2,
            grace_until: Some(at(9)),
            ends_at: at(9),
            credentials: vec![credential],
            tokens: vec![],
        };
        let off = ClientCredentialDeactivated { client: ID, credential };
        let rows = told(Clients, &[reset.into(), off.into()]);
        let set = "secret_generation=2 grace_until=9 modified_by=ada modified_at=2 sequence=1";
        let expected = [
            format!("client_resets_v1 + acme {ID} 2 1 9"),
            format!("clients_v1 ~ acme {ID} {set}"),
        ];
        assert_eq!(rows, expected);
    }

    #[test]
    fn of_a_deleted_client_nothing_stays() {
        let deleted = ClientDeleted {
            client: ID,
            name: "Bo\u{e9}".to_owned(),
            features: [].into(),
            tags: [].into(),
            credentials: vec![],
            was_active: true,
        };
        let rows = told(Clients, &[born(), deleted.into()]);
        let tables = ["client_resets"];
        let tables = tables.into_iter().chain(["clients"]);
        let expected: Vec<_> = tables.map(|table| format!("{table}_v1 - acme {ID}")).collect();
        assert_eq!(rows, expected);
    }
}

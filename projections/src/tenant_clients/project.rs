//! What each event changes in the tables behind the tenant-clients dialect.

use domain::{ClientCreated, ClientId, Event, Mfa, OrganizationId, Registration, UserId};
use eventlog::Recorded;

use super::tables::{CLIENTS, COUNTS, NAME_PARTS, OF_CLIENT, ROLES, TAGS};
use crate::projection::{made, modified};
use crate::text_parts::endings;
use crate::{Changes, ProjectError, Projection, Table, Value, values};

/// Keeps the rows of the tenant-clients dialect.
#[derive(Debug)]
pub(crate) struct TenantClients;

impl Projection for TenantClients {
    fn name(&self) -> &'static str {
        CLIENTS.name
    }

    fn tables(&self) -> Vec<&'static Table> {
        OF_CLIENT.into_iter().chain([&COUNTS]).collect()
    }

    fn project(
        &self,
        event: &Event,
        recorded: &Recorded,
        changes: &mut Changes,
    ) -> Result<(), ProjectError> {
        let tenant = &recorded.tenant;
        let mut told = Told { recorded, changes };
        #[expect(clippy::wildcard_enum_match_arm, reason = "only what is told of clients")]
        match event {
            Event::ClientCreated(fact) => told.created(fact),
            Event::ClientRegistered(fact) => told.registered(fact.client, &fact.registration),
            Event::ClientRegistrationChanged(fact) => told.registered(fact.client, &fact.after),
            Event::ClientRenamed(fact) => {
                told.set(fact.client, vec![("name", fact.to.as_str().into())])?;
                told.changes.delete(&NAME_PARTS, values![tenant, fact.client.0])?;
                told.name_parts(fact.client, &fact.to)
            }
            Event::ClientDescribed(fact) => {
                told.set(fact.client, vec![("description", fact.to.as_str().into())])
            }
            Event::ClientTagged(fact) => {
                told.set(fact.client, vec![("tags", Value::json(&fact.after)?)])?;
                told.changes.delete(&TAGS, values![tenant, fact.client.0])?;
                told.tags(fact.client, &fact.after)
            }
            Event::SubjectErased(fact) if fact.about.kind == "client" => {
                let key = values![tenant, &fact.about.id];
                changes.update(&CLIENTS, key, [("email", Value::Null)])
            }
            Event::ClientLocked(fact) => told.set(fact.client, vec![("is_locked", true.into())]),
            Event::ClientUnlocked(fact) => told.set(fact.client, vec![("is_locked", false.into())]),
            Event::ClientActivated(fact) => {
                told.set(fact.client, vec![("is_active", true.into())])?;
                changes.add(&COUNTS, values![tenant], [("active", 1)])
            }
            Event::ClientDeactivated(fact) => {
                told.set(fact.client, vec![("is_active", false.into())])?;
                changes.add(&COUNTS, values![tenant], [("active", -1)])
            }
            Event::ClientRoleGranted(fact) => {
                told.set(fact.client, Vec::new())?;
                changes.upsert(&ROLES, values![tenant, fact.client.0, fact.role.0])
            }
            Event::ClientRoleRevoked(fact) => {
                told.set(fact.client, Vec::new())?;
                changes.delete(&ROLES, values![tenant, fact.client.0, fact.role.0])
            }
            Event::ClientMfaChanged(fact) => {
                told.set(fact.client, vec![("mfa", Value::json(&fact.after)?)])
            }
            Event::ClientDeleted(fact) => {
                let at = ("deleted_at", recorded.created_at.into());
                told.set(fact.client, vec![("is_deleted", true.into()), at])?;
                let active = -i64::from(fact.was_active);
                let by = [("live", -1), ("active", active), ("deleted", 1)];
                changes.add(&COUNTS, values![tenant], by)
            }
            Event::ClientPurged(fact) => {
                for table in OF_CLIENT {
                    changes.delete(table, values![tenant, fact.client.0])?;
                }
                changes.add(&COUNTS, values![tenant], [("deleted", -1)])
            }
            _ => Ok(()),
        }
    }
}

/// An event's place, and what it changes.
struct Told<'a> {
    recorded: &'a Recorded,
    changes: &'a mut Changes,
}

impl Told<'_> {
    fn set(
        &mut self,
        client: ClientId,
        columns: Vec<(&'static str, Value)>,
    ) -> Result<(), ProjectError> {
        let columns = columns.into_iter().chain(modified(self.recorded));
        self.changes.update(&CLIENTS, values![&self.recorded.tenant, client.0], columns)
    }

    fn created(&mut self, fact: &ClientCreated) -> Result<(), ProjectError> {
        let usual = Registration::default();
        let row = values![
            &self.recorded.tenant,
            fact.client.0,
            &fact.name,
            &fact.description,
            fact.organization.as_ref().map(OrganizationId::as_str),
            fact.authorized_user.as_ref().map(UserId::as_str),
            fact.is_default,
            true,
            false,
            false,
            Value::Null,
            Value::Null,
            Value::Null,
            Value::Null,
            Value::Null,
            Value::Null,
            false,
            usual.client_type,
            Value::Null,
            Value::json(&fact.tags)?,
            Value::json(&Mfa::default())?,
        ];
        self.changes.upsert(&CLIENTS, row.into_iter().chain(made(self.recorded)))?;
        self.tags(fact.client, &fact.tags)?;
        self.name_parts(fact.client, &fact.name)?;
        let tenant = values![&self.recorded.tenant];
        self.changes.add(&COUNTS, tenant, [("live", 1), ("active", 1)])
    }

    fn registered(&mut self, client: ClientId, told: &Registration) -> Result<(), ProjectError> {
        let email = told.email.as_ref().map(Value::json).transpose()?.unwrap_or(Value::Null);
        let columns = vec![
            ("word", told.status.as_ref().into()),
            ("email", email),
            ("owner", told.owner.as_ref().into()),
            ("project", told.project.as_ref().into()),
            ("hydra_client_id", told.hydra_client.as_ref().into()),
            ("oidc_enabled", told.oidc_enabled.into()),
            ("client_type", told.client_type.as_str().into()),
            ("agent_type", told.agent_type.as_ref().into()),
        ];
        self.set(client, columns)
    }

    fn tags<'t>(
        &mut self,
        client: ClientId,
        tags: impl IntoIterator<Item = &'t String>,
    ) -> Result<(), ProjectError> {
        let tenant = &self.recorded.tenant;
        tags.into_iter()
            .try_for_each(|tag| self.changes.upsert(&TAGS, values![tenant, client.0, tag]))
    }

    fn name_parts(&mut self, client: ClientId, name: &str) -> Result<(), ProjectError> {
        let tenant = &self.recorded.tenant;
        endings(name)
            .into_iter()
            .try_for_each(|part| self.changes.upsert(&NAME_PARTS, values![tenant, client.0, part]))
    }
}

#[cfg(test)]
mod tests {
    use domain::{
        AkamaiClientId, CaptureClientId, ClientDeactivated, ClientDeleted, ClientKind,
        ClientPurged, ClientRegistered, ClientTagged,
    };
    use uuid::Uuid;

    use super::*;
    use crate::sample::told;

    const ID: ClientId = ClientId(Uuid::nil());

    fn born() -> Event {
        let fact = ClientCreated {
            client: ID,
            akamai_id: AkamaiClientId("aka".to_owned()),
            capture_id: CaptureClientId("cap".to_owned()),
            name: "Bo".to_owned(),
            description: String::new(),
            kind: ClientKind::ServiceAccount,
            authorized_user: None,
            organization: None,
            features: [].into(),
            access: vec![],
            tags: ["ops".to_owned()].into(),
            is_default: false,
        };
        fact.into()
    }

    fn deleted(was_active: bool) -> Event {
        let (name, features, tags, credentials) = ("Bo".to_owned(), [].into(), [].into(), vec![]);
        ClientDeleted { client: ID, name, features, tags, credentials, was_active }.into()
    }

    #[test]
    fn a_client_is_counted_and_found_by_tag_and_name() {
        let registration =
            Registration { owner: Some("ada".to_owned()), ..Registration::default() };
        let registered = ClientRegistered { client: ID, registration };
        let tagged = ClientTagged { client: ID, before: [].into(), after: ["a".to_owned()].into() };
        let mfa = r#"{"methods":[],"default_method":null,"enrolled_at":null,"is_verified":false}"#;
        let row =
            format!(r#"Bo  - - 0 1 0 0 - - - ada - - 0 application - ["a"] {mfa} ada 1 ada 3 1"#);
        assert_eq!(
            told(TenantClients, &[born(), registered.into(), tagged.into()]),
            [
                "tenant_client_counts_v1 # acme live+1 active+1".to_owned(),
                format!("tenant_client_parts_v1 + acme {ID} bo"),
                format!("tenant_client_parts_v1 + acme {ID} o"),
                format!("tenant_client_tags_v1 - acme {ID}"),
                format!("tenant_client_tags_v1 + acme {ID} a"),
                format!("tenant_clients_v1 + acme {ID} {row}"),
            ]
        );
    }

    #[test]
    fn a_deleted_client_keeps_its_row_until_it_is_purged() {
        let deactivated = ClientDeactivated { client: ID }.into();
        let marks = "modified_by=ada modified_at=2 sequence=1";
        let expected = [
            "tenant_client_counts_v1 # acme live-1 active-1 deleted+1".to_owned(),
            format!("tenant_clients_v1 ~ acme {ID} is_active=0 is_deleted=1 deleted_at=2 {marks}"),
        ];
        assert_eq!(told(TenantClients, &[deactivated, deleted(false)]), expected);
        let rows = told(TenantClients, &[deleted(true), ClientPurged { client: ID }.into()]);
        assert_eq!(rows[0], "tenant_client_counts_v1 # acme live-1 active-1");
        assert_eq!(rows[4], format!("tenant_clients_v1 - acme {ID}"));
    }
}

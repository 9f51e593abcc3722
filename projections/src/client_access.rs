//! What API clients may reach and how they may be used, as the Akamai dialect knows it. Whom to
//! tell of their credentials stays sealed in the rows, as it came in the event.

use domain::{ClientAccess, ClientId, ClientUsage, Event, NotificationEmails, Personal, TenantId};
use eventlog::Recorded;

use crate::value::Row;
use crate::{Changes, Column, ProjectError, Projection, Table, Value, ViewError, Views, values};

static ACCESS: Table = Table {
    name: NAME,
    columns: &[
        Column::text("tenant"),
        Column::text("client_id"),
        Column::text("access"),
        Column::text("usage"),
        Column::text("notified").nullable(),
    ],
    key: 2,
    indexes: &[],
};

/// The projection's name.
pub(crate) const NAME: &str = "client_access_v1";

/// What one API client may reach, and how it may be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessRow {
    pub client: ClientId,
    pub access: ClientAccess,
    pub usage: ClientUsage,
    /// Sealed; [`eventlog::TenantKeys::open_personal`] opens it. `None` where nobody is told.
    pub notified: Option<Personal<NotificationEmails>>,
}

/// Keeps one row for each API client.
#[derive(Debug)]
pub(crate) struct ClientAccesses;

impl Projection for ClientAccesses {
    fn name(&self) -> &'static str {
        ACCESS.name
    }

    fn tables(&self) -> Vec<&'static Table> {
        vec![&ACCESS]
    }

    fn project(
        &self,
        event: &Event,
        recorded: &Recorded,
        changes: &mut Changes,
    ) -> Result<(), ProjectError> {
        let tenant = &recorded.tenant;
        let key = |client: ClientId| values![tenant, client.0];
        #[expect(clippy::wildcard_enum_match_arm, reason = "only what is told of these")]
        match event {
            Event::ClientCreated(fact) => {
                let access = Value::json(&fact.access())?;
                let usage = Value::json(&ClientUsage::default())?;
                let row = values![tenant, fact.client.0, access, usage, Value::Null];
                changes.upsert(&ACCESS, row)
            }
            Event::ClientAccessSet(fact) => {
                let set = [("access", Value::json(&fact.after)?)];
                changes.update(&ACCESS, key(fact.client), set)
            }
            Event::ClientUsageChanged(fact) => {
                let set = [("usage", Value::json(&fact.after)?)];
                changes.update(&ACCESS, key(fact.client), set)
            }
            Event::ClientNotificationEmailsSet(fact) => {
                let notified = fact.emails.as_ref().map(Value::json).transpose()?;
                changes.update(&ACCESS, key(fact.client), [("notified", notified.into())])
            }
            Event::ClientDeleted(fact) => changes.delete(&ACCESS, key(fact.client)),
            _ => Ok(()),
        }
    }
}

const ONE: &str = "select client_id, access, usage, notified
    from client_access_v1 where tenant = $1 and client_id = $2";

const ALL: &str = "select client_id, access, usage, notified
    from client_access_v1 where tenant = $1 order by client_id";

pub(crate) const STATEMENTS: &[&str] = &[ONE, ALL];

/// What the client of that id may reach and how.
pub async fn one(
    views: &Views,
    tenant: &TenantId,
    client: ClientId,
) -> Result<Option<AccessRow>, ViewError> {
    let rows = views.rows(ACCESS.name, tenant, ONE, &values![client.0]).await?;
    rows.into_iter().next().map(read).transpose()
}

/// What all clients of the tenant may reach and how, by id.
pub async fn all(views: &Views, tenant: &TenantId) -> Result<Vec<AccessRow>, ViewError> {
    let rows = views.rows(ACCESS.name, tenant, ALL, &[]).await?;
    rows.into_iter().map(read).collect()
}

fn read(mut row: Row) -> Result<AccessRow, ViewError> {
    let client = ClientId(row.uuid()?);
    let (access, usage) = (row.json()?, row.json()?);
    Ok(AccessRow { client, access, usage, notified: row.maybe_json()? })
}

#[cfg(test)]
mod tests {
    use domain::{
        AkamaiClientId, CaptureClientId, ClientCreated, ClientDeleted, ClientKind,
        ClientNotificationEmailsSet, ClientUsageChanged, GroupId, GroupRole, IpAcl, RoleId, Sealed,
    };
    use uuid::Uuid;

    use super::*;
    use crate::sample::told;

    const ID: ClientId = ClientId(Uuid::nil());
    const NO_USAGE: &str =
        r#"{"allows_account_switch":false,"creates_credentials":false,"ip_acl":null,"purge":null}"#;

    fn born(kind: ClientKind) -> Event {
        let fact = ClientCreated {
            client: ID,
            akamai_id: AkamaiClientId("aka".to_owned()),
            capture_id: CaptureClientId("cap".to_owned()),
            name: "robot".to_owned(),
            description: String::new(),
            kind,
            authorized_user: None,
            organization: None,
            features: [].into(),
            access: vec![GroupRole { group: GroupId(1), role: RoleId(2) }],
            tags: [].into(),
            is_default: false,
        };
        fact.into()
    }

    #[test]
    fn a_client_has_the_access_it_was_born_with_and_no_usage() {
        for (kind, all) in [(ClientKind::Client, true), (ClientKind::ServiceAccount, false)] {
            let apis = format!(r#"{{"all":{all},"apis":[]}}"#);
            let groups =
                r#"{"clones_user":false,"groups":[{"group":1,"role":2,"is_blocked":false}]}"#;
            let access = format!(r#"{{"apis":{apis},"groups":{groups}}}"#);
            let row = format!("client_access_v1 + acme {ID} {access} {NO_USAGE} -");
            assert_eq!(told(ClientAccesses, &[born(kind)]), [row]);
        }
    }

    #[test]
    fn changes_are_kept_and_go_with_the_client() {
        let acl = IpAcl { enabled: true, cidrs: vec!["::1".to_owned()] };
        let after = ClientUsage { ip_acl: Some(acl), ..ClientUsage::default() };
        let changed =
            ClientUsageChanged { client: ID, before: ClientUsage::default(), after: after.clone() };
        let sealed = Sealed { subject: "A-B-1".to_owned(), bytes: "c0ffee".to_owned() };
        let emails = Some(Personal::Sealed(sealed));
        let told_of = ClientNotificationEmailsSet { client: ID, emails };
        let usage = serde_json::to_string(&after).unwrap();
        let notified = r#"{"sealed":{"subject":"A-B-1","bytes":"c0ffee"}}"#;
        let row = format!("client_access_v1 ~ acme {ID} usage={usage} notified={notified}");
        assert_eq!(told(ClientAccesses, &[changed.into(), told_of.into()]), [row]);
        let gone = ClientDeleted {
            client: ID,
            name: "robot".to_owned(),
            features: [].into(),
            tags: [].into(),
            credentials: vec![],
            was_active: true,
        };
        let rows = told(ClientAccesses, &[born(ClientKind::Client), gone.into()]);
        assert_eq!(rows, [format!("client_access_v1 - acme {ID}")]);
    }
}

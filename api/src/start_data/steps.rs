//! The steps: each looks whether its thing is there, and else creates it.

use commands::Grant;
use commands::assets::{AddAsset, RegisterResource};
use commands::clients::{CreateClient, EditClient, WantedUsage};
use commands::groups::CreateGroup;
use commands::organizations::CreateOrganization;
use commands::roles::CreateRole;
use commands::tenants::CreateTenant;
use commands::users::{ClearProfile, CreateUser, UserGrant};
use domain::{
    AssetId, AssetKind, ClientFeature, ClientKind, GroupId, OrganizationId, Permission, ResourceId,
    ResourceKind, RoleId, RoleKind, UserId,
};
use projections::clients::{self, ClientRow};
use projections::{assets, groups, organizations, roles, tenants, users};

use super::planter::{Planter, StartError, number, text};
use crate::fault::Fault;

/// A person to give an account.
pub(super) struct NewUser {
    pub(super) first_name: &'static str,
    pub(super) last_name: &'static str,
    pub(super) email: &'static str,
}

/// A resource of an asset: its id, what it is, and its name.
pub(super) type NewResource = (i64, ResourceKind, &'static str);

/// A client to create.
pub(super) struct NewClient<'a> {
    pub(super) name: &'static str,
    pub(super) description: &'static str,
    pub(super) user: &'a UserId,
    pub(super) organization: &'a OrganizationId,
    pub(super) features: &'a [ClientFeature],
    pub(super) access: &'a [(GroupId, RoleId)],
    pub(super) tags: &'a [&'a str],
    pub(super) is_default: bool,
}

impl Planter<'_> {
    pub(super) async fn create_tenant(&self, name: &str) -> Result<(), StartError> {
        if let Some(views) = self.views().await?
            && tenants::one(&views, &self.tenant).await.map_err(Fault::from)?.is_some()
        {
            return Ok(());
        }
        self.once("tenant", CreateTenant { name: name.to_owned() }).await.map(drop)
    }

    pub(super) async fn create_organization(
        &self,
        name: &str,
    ) -> Result<OrganizationId, StartError> {
        let views = self.present().await?;
        let rows = organizations::all(&views, &self.tenant).await.map_err(Fault::from)?;
        if let Some(row) = rows.into_iter().find(|row| row.name == name) {
            return Ok(row.organization);
        }
        let answer = self.once(name, CreateOrganization { name: name.to_owned() }).await?;
        text("CreateOrganization", &answer, "organization").map(OrganizationId)
    }

    pub(super) async fn create_group(
        &self,
        name: &str,
        parent: Option<GroupId>,
    ) -> Result<GroupId, StartError> {
        let views = self.present().await?;
        let rows = groups::all(&views, &self.tenant).await.map_err(Fault::from)?;
        if let Some(row) = rows.iter().find(|row| row.name == name && row.parent == parent) {
            return Ok(row.group);
        }
        let answer = self.once(name, CreateGroup { parent, name: name.to_owned() }).await?;
        number("CreateGroup", &answer, "group").map(GroupId)
    }

    pub(super) async fn add_asset(
        &self,
        name: &str,
        kind: AssetKind,
        group: GroupId,
    ) -> Result<AssetId, StartError> {
        let views = self.present().await?;
        let rows = assets::all(&views, &self.tenant).await.map_err(Fault::from)?;
        if let Some(row) = rows.iter().find(|row| row.name == name) {
            return Ok(row.asset);
        }
        let answer = self.once(name, AddAsset { name: name.to_owned(), kind, group }).await?;
        number("AddAsset", &answer, "asset").map(AssetId)
    }

    /// The rule itself looks whether it is there: the resource brings its id along.
    pub(super) async fn register_resource(
        &self,
        asset: AssetId,
        &(id, kind, name): &NewResource,
    ) -> Result<(), StartError> {
        let (resource, name) = (Some(ResourceId(id)), name.to_owned());
        let key = format!("{asset}/{id}");
        self.once(&key, RegisterResource { asset, resource, kind, name }).await.map(drop)
    }

    pub(super) async fn create_role(
        &self,
        name: &str,
        description: &str,
        kind: RoleKind,
        permissions: &[Permission],
    ) -> Result<RoleId, StartError> {
        let views = self.present().await?;
        let rows = roles::all(&views, &self.tenant).await.map_err(Fault::from)?;
        if let Some(row) = rows.iter().find(|row| row.name == name) {
            return Ok(row.role);
        }
        let names = permissions.iter().map(|permission| permission.as_str().to_owned());
        let command = CreateRole {
            name: name.to_owned(),
            description: description.to_owned(),
            kind,
            permissions: names.collect(),
            granted_roles: Vec::new(),
        };
        let answer = self.once(name, command).await?;
        number("CreateRole", &answer, "role").map(RoleId)
    }

    pub(super) async fn create_user(
        &self,
        organization: &OrganizationId,
        user: &NewUser,
        grants: &[(GroupId, RoleId)],
    ) -> Result<UserId, StartError> {
        let views = self.present().await?;
        let rows = users::all(&views, &self.tenant).await.map_err(Fault::from)?;
        let rows = self.app.opened(&self.tenant, rows).await?;
        let is_it = |email: &str| email == user.email;
        let found = rows
            .into_iter()
            .find(|row| row.profile.known().is_some_and(|profile| is_it(&profile.email)));
        if let Some(row) = found {
            return Ok(row.user);
        }
        let profile = ClearProfile {
            first_name: user.first_name.to_owned(),
            last_name: user.last_name.to_owned(),
            email: user.email.to_owned(),
            country: "Germany".to_owned(),
            ..ClearProfile::default()
        };
        let grant = |&(group, role): &(GroupId, RoleId)| UserGrant {
            group,
            role: Some(role),
            is_blocked: false,
        };
        let command = CreateUser {
            organization: organization.clone(),
            profile,
            grants: grants.iter().map(grant).collect(),
            account_roles: Vec::new(),
            clone_from: None,
            notifications: None,
            second_factor: None,
            first_password: None,
        };
        let answer = self.once(user.email, command).await?;
        text("CreateUser", &answer, "user").map(UserId)
    }

    pub(super) async fn create_client(
        &self,
        client: &NewClient<'_>,
        kind: ClientKind,
    ) -> Result<ClientRow, StartError> {
        if let Some(row) = self.client(client.name).await? {
            return Ok(row);
        }
        let features = client.features.iter().map(|feature| feature.as_str().to_owned());
        let command = CreateClient {
            name: client.name.to_owned(),
            description: client.description.to_owned(),
            kind,
            authorized_user: Some(client.user.clone()),
            organization: Some(client.organization.clone()),
            features: features.collect(),
            access: client.access.iter().map(grant).collect(),
            tags: client.tags.iter().map(|tag| (*tag).to_owned()).collect(),
            is_default: client.is_default,
        };
        self.once(client.name, command).await?;
        let row = self.client(client.name).await?;
        row.ok_or(StartError::Unanswered("CreateClient", "client"))
    }

    /// Lets a client act in other accounts, and give clients that it makes a credential.
    pub(super) async fn trust(&self, client: &ClientRow) -> Result<(), StartError> {
        let usage = WantedUsage {
            allows_account_switch: true,
            creates_credentials: true,
            ..WantedUsage::default()
        };
        let command = EditClient {
            client: client.client,
            name: None,
            description: None,
            authorized_user: None,
            access: None,
            usage: Some(usage),
            notification_emails: None,
        };
        self.once(&client.name, command).await.map(drop)
    }

    async fn client(&self, name: &str) -> Result<Option<ClientRow>, StartError> {
        let views = self.present().await?;
        let rows = clients::all(&views, &self.tenant).await.map_err(Fault::from)?;
        Ok(rows.into_iter().find(|row| row.name == name))
    }
}

fn grant(&(group, role): &(GroupId, RoleId)) -> Grant {
    Grant { group, role }
}

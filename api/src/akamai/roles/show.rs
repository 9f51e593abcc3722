//! A role as the replies show one.

use domain::{GrantableRole, Permission, RoleId, RoleKind};
use projections::catalog;
use projections::clients::{self, ClientRow};
use projections::roles::RoleRow;
use projections::users::{self, UserRow};
use serde_json::{Map, Value, json};

use crate::akamai::forest::Forest;
use crate::akamai::names::Names;
use crate::akamai::persons::known;
use crate::akamai::wire::date;
use crate::call::Call;
use crate::dialect::Needs;
use crate::fault::Fault;

/// Which parts beside the usual ones to show.
pub(super) struct Sections {
    pub(super) actions: bool,
    pub(super) granted_roles: bool,
    pub(super) users: bool,
}

impl Sections {
    /// Replies to writes show these, whatever the request asks for.
    pub(super) const AFTER_A_WRITE: Self =
        Self { actions: true, granted_roles: true, users: false };

    /// What the request asks for.
    pub(super) fn asked(call: &Call) -> Self {
        let asked = |flag: &str| call.request.query_flag(flag);
        Self {
            actions: asked("actions"),
            granted_roles: asked("grantedRoles"),
            users: asked("users"),
        }
    }
}

/// All who could hold a role, the groups they hold it on, who made and changed these roles, and
/// what they are put together from.
pub(super) struct Holders {
    pub(super) forest: Forest,
    users: Vec<UserRow>,
    clients: Vec<ClientRow>,
    names: Names,
    grantable: Vec<GrantableRole>,
}

impl Holders {
    /// Persons are opened only where the request asks for them.
    pub(super) async fn of(call: &Call, roles: &[RoleRow]) -> Result<Self, Fault> {
        let users = users::all(&call.views, &call.tenant).await?;
        let users = if call.request.query_flag("users") {
            call.app.opened(&call.tenant, users).await?
        } else {
            users
        };
        let clients = clients::all(&call.views, &call.tenant).await?;
        let marks = roles.iter().map(|row| &row.marks);
        let actors = marks.flat_map(|marks| [marks.created_by.as_str(), &marks.modified_by]);
        let names = Names::of(call, actors).await?;
        let grantable = catalog::grantable_roles(&call.views, &call.tenant).await?;
        Ok(Self { forest: Forest::of(call).await?, users, clients, names, grantable })
    }

    pub(super) fn users_with(&self, role: RoleId) -> impl Iterator<Item = &UserRow> {
        self.users.iter().filter(move |user| user.grants.has(role))
    }

    fn is_held(&self, role: RoleId) -> bool {
        let mut access = self.clients.iter().flat_map(|client| &client.access);
        self.users_with(role).next().is_some() || access.any(|held| held.role == role)
    }
}

/// One role. Of its users, those are shown who hold it on a group that the caller may read.
pub(super) fn show(
    call: &Call,
    holders: &Holders,
    row: &RoleRow,
    sections: &Sections,
) -> Map<String, Value> {
    let mut shown = Map::new();
    let mut put = |name: &str, value: Value| shown.insert(name.to_owned(), value);
    put("roleId", json!(row.role));
    put("roleName", json!(row.name));
    put("roleDescription", json!(row.description));
    put("type", json!(row.kind));
    put("createdBy", json!(holders.names.get(&row.marks.created_by)));
    put("createdDate", json!(date(row.marks.created_at)));
    put("modifiedBy", json!(holders.names.get(&row.marks.modified_by)));
    put("modifiedDate", json!(date(row.marks.modified_at)));
    if sections.actions {
        let may = call.caller.holds(Needs::Permission(Permission::RoleAdmin));
        let edit = may && row.kind == RoleKind::Custom;
        put("actions", json!({"edit": edit, "delete": edit && !holders.is_held(row.role)}));
    }
    if sections.granted_roles {
        let granted = holders.grantable.iter().filter(|it| row.granted_roles.contains(&it.id));
        put("grantedRoles", granted.map(grantable).collect());
    }
    if sections.users {
        let is_readable = |user: &&UserRow| {
            let on_groups = user.grants.groups.iter();
            let mut held = on_groups.filter(|held| held.role == Some(row.role));
            held.any(|held| holders.forest.reaches(&call.caller, Permission::Read, held.group))
        };
        let users = holders.users_with(row.role).filter(is_readable);
        put("users", users.map(|held| user(call, held)).collect());
    }
    shown
}

/// An entry of the catalogue.
pub(super) fn grantable(entry: &GrantableRole) -> Value {
    json!({
        "grantedRoleId": entry.id,
        "grantedRoleName": entry.name,
        "grantedRoleDescription": entry.description,
    })
}

/// Somebody who holds a role.
fn user(call: &Call, row: &UserRow) -> Value {
    let known = known(row);
    json!({
        "uiIdentityId": row.user,
        "accountId": call.tenant,
        "firstName": known.first_name,
        "lastName": known.last_name,
        "email": known.email,
    })
}

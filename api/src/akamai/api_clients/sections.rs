//! The sections of an API client in detail: what it may reach, and how it may be used.

use std::collections::{BTreeMap, BTreeSet};

use domain::{AccessLevel, ApiAccess, ClientAccess, GroupGrant, GroupId, PurgeOptions, RoleId};
use projections::clients::ClientRow;
use projections::roles::{self, RoleRow};
use projections::{catalog, users};
use serde_json::{Map, Value, json};

use crate::akamai::forest::Forest;
use crate::call::Call;
use crate::fault::Fault;

/// What stands in the place of a role on a group that is blocked.
const BLOCKED: (i64, &str) = (-1, "Blocked");

/// The APIs it may call. Who may call all is shown all there are, at the widest level of each.
pub(super) async fn api_access(call: &Call, access: &ClientAccess) -> Result<Value, Fault> {
    let ApiAccess { all, apis } = &access.apis;
    let known = catalog::apis(&call.views, &call.tenant).await?;
    let shown = known.iter().filter_map(|api| {
        let listed = apis.iter().find(|grant| grant.api == api.id).map(|grant| grant.level);
        let widest = || api.access_levels.iter().copied().max().unwrap_or(AccessLevel::ReadOnly);
        let level = if *all { widest() } else { listed? };
        Some(json!({
            "apiId": api.id,
            "apiName": api.name,
            "description": api.description,
            "documentationUrl": api.documentation_url,
            "endPoint": api.end_point,
            "accessLevel": level.as_str(),
        }))
    });
    Ok(json!({"allAccessibleApis": all, "apis": shown.collect::<Vec<_>>()}))
}

pub(super) fn purge_options(purge: &PurgeOptions) -> Value {
    json!({
        "canPurgeByCpcode": purge.by_cp_code,
        "canPurgeByCacheTag": purge.by_cache_tag,
        "cpcodeAccess": {
            "allCurrentAndNewCpcodes": purge.all_cp_codes,
            "cpcodes": purge.cp_codes,
        },
    })
}

/// The groups it was given, or those of the user it clones, in the order they were given: each
/// below the nearest other one above it.
pub(super) async fn group_access(
    call: &Call,
    forest: &Forest,
    client: &ClientRow,
    access: &ClientAccess,
) -> Result<Value, Fault> {
    let clones = access.groups.clones_user;
    let grants = match client.authorized_user.as_ref().filter(|_| clones) {
        Some(user) => {
            let user = users::one(&call.views, &call.tenant, user).await?;
            user.map(|user| user.grants.groups).unwrap_or_default()
        }
        None => access.groups.groups.clone(),
    };
    let roles =
        if grants.is_empty() { Vec::new() } else { roles::all(&call.views, &call.tenant).await? };
    let listed: BTreeSet<_> = grants.iter().map(|grant| grant.group).collect();
    let mut below: BTreeMap<Option<GroupId>, Vec<GroupGrant>> = BTreeMap::new();
    for grant in grants {
        let above = forest.line(grant.group).skip(1).find(|id| listed.contains(id));
        below.entry(above).or_default().push(grant);
    }
    let trees = Trees { forest, roles: &roles, below: &below };
    Ok(json!({"cloneAuthorizedUserGroups": clones, "groups": trees.under(None)}))
}

struct Trees<'a> {
    forest: &'a Forest,
    roles: &'a [RoleRow],
    below: &'a BTreeMap<Option<GroupId>, Vec<GroupGrant>>,
}

impl Trees<'_> {
    fn under(&self, parent: Option<GroupId>) -> Vec<Value> {
        let grants = self.below.get(&parent).into_iter().flatten();
        grants.map(|grant| self.tree(grant, parent)).collect()
    }

    /// A group with those below it. Only those below another name a parent.
    fn tree(&self, grant: &GroupGrant, parent: Option<GroupId>) -> Value {
        let role = grant.role.and_then(|id| self.roles.iter().find(|row| row.role == id));
        let (id, name) = match (grant.is_blocked, grant.role) {
            (true, None) => (RoleId(BLOCKED.0), BLOCKED.1),
            (_, id) => (id.unwrap_or(RoleId(0)), role.map_or("", |row| row.name.as_str())),
        };
        let mut shown = Map::new();
        let mut put = |name: &str, value: Value| shown.insert(name.to_owned(), value);
        put("groupId", json!(grant.group));
        put("groupName", json!(self.forest.name(grant.group)));
        if parent.is_some() {
            put("parentGroupId", json!(self.forest.line(grant.group).nth(1)));
        }
        put("isBlocked", json!(grant.is_blocked));
        put("roleId", json!(id));
        put("roleName", json!(name));
        put("roleDescription", json!(role.map_or("", |row| &row.description)));
        put("subGroups", Value::Array(self.under(Some(grant.group))));
        Value::Object(shown)
    }
}

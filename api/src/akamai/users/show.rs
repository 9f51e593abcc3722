//! A user as the replies show one.

use std::collections::{HashMap, HashSet};

use domain::{Grants, GroupId, LockReason, Permission, Profile, SecondFactor, UserId};
use projections::clients;
use projections::roles::{self, RoleRow};
use projections::user_sign_ins::{self, UserSignInRow};
use projections::users::UserRow;
use serde_json::{Map, Value, json};

use super::grants;
use crate::akamai::forest::Forest;
use crate::akamai::notifications;
use crate::akamai::persons::known;
use crate::akamai::wire::date;
use crate::call::Call;
use crate::fault::Fault;

/// What stands for an address that nobody gave.
const UNKNOWN: &str = "TBD";

/// Which parts beside the usual ones to show.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sections {
    pub(super) actions: bool,
    pub(super) grants: bool,
    pub(super) notifications: bool,
}

impl Sections {
    pub(super) const ALL: Self = Self { actions: true, grants: true, notifications: true };
    pub(super) const NONE: Self = Self { actions: false, grants: false, notifications: false };

    /// What the request asks for.
    pub(super) fn asked(call: &Call) -> Self {
        let asked = |flag: &str| call.request.query_flag(flag);
        Self {
            actions: asked("actions"),
            grants: asked("authGrants"),
            notifications: asked("notifications"),
        }
    }
}

/// All that users are shown with.
pub(super) struct Setting {
    pub(super) forest: Forest,
    sections: Sections,
    account: String,
    roles: Vec<RoleRow>,
    sign_ins: HashMap<UserId, UserSignInRow>,
    reach: Option<Reach>,
}

/// What the caller could do, by permission the groups it reaches; and who owns an API client.
struct Reach {
    groups: HashMap<Permission, HashSet<GroupId>>,
    owners: HashSet<UserId>,
}

impl Setting {
    /// For all users of the account.
    pub(super) async fn of_all(call: &Call, sections: Sections) -> Result<Self, Fault> {
        let rows = user_sign_ins::all(&call.views, &call.tenant).await?;
        Self::with(call, sections, rows).await
    }

    /// For this user alone.
    pub(super) async fn of(call: &Call, user: &UserId, sections: Sections) -> Result<Self, Fault> {
        let row = user_sign_ins::one(&call.views, &call.tenant, user).await?;
        Self::with(call, sections, row.into_iter().collect()).await
    }

    async fn with(
        call: &Call,
        sections: Sections,
        sign_ins: Vec<UserSignInRow>,
    ) -> Result<Self, Fault> {
        let forest = Forest::of(call).await?;
        let roles = if sections.grants || sections.actions {
            roles::all(&call.views, &call.tenant).await?
        } else {
            Vec::new()
        };
        let reach = if sections.actions { Some(Reach::of(call, &forest).await?) } else { None };
        let sign_ins = sign_ins.into_iter().map(|row| (row.user.clone(), row)).collect();
        let account = call.tenant.to_string();
        Ok(Self { forest, sections, account, roles, sign_ins, reach })
    }

    /// A user as replies about one show them.
    pub(super) fn detail(&self, row: &UserRow) -> Map<String, Value> {
        let mut shown = self.common(row);
        let mut put = |name: &str, value: Value| drop(shown.insert(name.to_owned(), value));
        let held = self.sign_ins.get(&row.user);
        put("userStatus", json!(status(held)));
        put("emailUpdatePending", json!(row.email_pending));
        for (name, value) in personal(&known(row)) {
            put(name, value);
        }
        if let Some(expiry) = held.and_then(|held| held.password_expires_at) {
            put("passwordExpiryDate", json!(date(expiry)));
        }
        if self.sections.notifications {
            put("notifications", notifications::show(&row.notifications));
        }
        if let Some(reach) = &self.reach {
            put("actions", Value::Object(reach.actions(self, row)));
        }
        shown
    }

    /// A user as the list shows them.
    pub(super) fn item(&self, row: &UserRow) -> Map<String, Value> {
        let mut shown = self.common(row);
        if let Some(reach) = &self.reach {
            let mut actions = reach.actions(self, row);
            let may_edit = reach.administers(&self.forest, &row.grants);
            let factor =
                self.sign_ins.get(&row.user).map_or(SecondFactor::None, |it| it.second_factor);
            for (name, to) in [
                ("canEditMFA", SecondFactor::Mfa),
                ("canEditNone", SecondFactor::None),
                ("canEditTFA", SecondFactor::Tfa),
            ] {
                actions.insert(name.to_owned(), json!(may_edit && factor != to));
            }
            actions.insert("editProfile".to_owned(), json!(may_edit));
            shown.insert("actions".to_owned(), Value::Object(actions));
        }
        shown
    }

    /// What a user may do, as a tree.
    pub(super) fn grants(&self, row: &UserRow) -> Value {
        grants::show(&row.grants, &self.forest, &self.roles)
    }

    fn common(&self, row: &UserRow) -> Map<String, Value> {
        let (known, held) = (known(row), self.sign_ins.get(&row.user));
        let factor = held.map_or(SecondFactor::None, |held| held.second_factor);
        let is_configured = held.is_some_and(|held| held.is_configured);
        let is_tfa = factor == SecondFactor::Tfa;
        let mut shown = Map::new();
        let mut put = |name: &str, value: Value| drop(shown.insert(name.to_owned(), value));
        put("uiIdentityId", json!(row.user));
        put("accountId", json!(self.account));
        put("uiUserName", json!(known.user_name));
        put("firstName", json!(known.first_name));
        put("lastName", json!(known.last_name));
        put("email", json!(known.email));
        put("isLocked", json!(held.is_some_and(|held| held.lock.is_some())));
        put("additionalAuthentication", json!(factor.as_str()));
        put("additionalAuthenticationConfigured", json!(is_configured));
        put("tfaEnabled", json!(is_tfa));
        put("tfaConfigured", json!(is_tfa && is_configured));
        if let Some(at) = held.and_then(|held| held.signed_in_at) {
            put("lastLoginDate", json!(date(at)));
        }
        if self.sections.grants {
            put("authGrants", self.grants(row));
        }
        shown
    }
}

/// Members that only replies about one user have; those that nobody gave are left out.
fn personal(known: &Profile) -> Vec<(&'static str, Value)> {
    let given = [
        ("phone", &known.phone),
        ("mobilePhone", &known.mobile_phone),
        ("secondaryEmail", &known.secondary_email),
        ("jobTitle", &known.job_title),
        ("city", &known.city),
        ("state", &known.state),
        ("zipCode", &known.zip_code),
        ("contactType", &known.contact_type),
    ];
    let given = given.into_iter().filter_map(|(name, text)| Some((name, json!(text.as_ref()?))));
    let always = [
        ("address", json!(known.address.as_deref().unwrap_or(UNKNOWN))),
        ("country", json!(known.country)),
        ("preferredLanguage", json!(known.preferred_language)),
        ("sessionTimeOut", json!(known.session_seconds)),
        ("timeZone", json!(known.time_zone)),
    ];
    given.chain(always).collect()
}

/// Whether the user ever came in, and still may.
fn status(held: Option<&UserSignInRow>) -> &'static str {
    match held.and_then(|held| held.lock) {
        Some(LockReason::Administrator | LockReason::FailedSignIns) => "LOCKED",
        None if held.is_some_and(|held| held.signed_in_at.is_some()) => "ACTIVE",
        None => "PENDING",
    }
}

impl Reach {
    async fn of(call: &Call, forest: &Forest) -> Result<Self, Fault> {
        let reached = |it: Permission| (it, forest.reached(&call.caller, it));
        let clients = clients::all(&call.views, &call.tenant).await?;
        Ok(Self {
            groups: Permission::ALL.into_iter().map(reached).collect(),
            owners: clients.into_iter().filter_map(|client| client.authorized_user).collect(),
        })
    }

    fn reaches(&self, permission: Permission, group: GroupId) -> bool {
        self.groups.get(&permission).is_some_and(|groups| groups.contains(&group))
    }

    /// As the rules have it: on every group the user holds anything on.
    fn administers(&self, forest: &Forest, grants: &Grants) -> bool {
        let reaches = |group| self.reaches(Permission::UserAdmin, group);
        let at_the_top = match (grants.account_roles.is_empty(), grants.groups.is_empty()) {
            (false, _) => forest.roots().all(reaches),
            (true, true) => forest.roots().any(reaches),
            (true, false) => true,
        };
        at_the_top && grants.groups.iter().all(|grant| reaches(grant.group))
    }

    /// Whether the caller holds all that the user's grants come with, and so could grant it too.
    fn could_grant(&self, setting: &Setting, grants: &Grants) -> bool {
        let permissions = |role| {
            let row = setting.roles.iter().find(|row| row.role == role);
            row.into_iter().flat_map(|row| row.permissions.iter().copied())
        };
        let on_groups = grants.groups.iter().all(|grant| {
            let mut permissions = grant.role.into_iter().flat_map(permissions);
            permissions.all(|permission| self.reaches(permission, grant.group))
        });
        let mut for_account = grants.account_roles.iter().copied().flat_map(permissions);
        let everywhere =
            |permission| setting.forest.roots().all(|root| self.reaches(permission, root));
        on_groups && for_account.all(everywhere)
    }

    /// What the caller could do about a user.
    fn actions(&self, setting: &Setting, row: &UserRow) -> Map<String, Value> {
        let edit = self.administers(&setting.forest, &row.grants);
        let clients =
            |grant: &domain::GroupGrant| self.reaches(Permission::ClientAdmin, grant.group);
        let actions = [
            ("apiClient", row.grants.groups.iter().any(clients)),
            ("delete", edit && !self.owners.contains(&row.user)),
            ("edit", edit),
            ("isCloneable", edit && self.could_grant(setting, &row.grants)),
            ("resetPassword", edit),
            ("thirdPartyAccess", edit),
        ];
        actions.into_iter().map(|(name, may)| (name.to_owned(), json!(may))).collect()
    }
}

//! Users: persons, what they may do on which group, and nothing else about them in the clear.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    Grants, GroupId, Notifications, OrganizationId, Personal, Profile, RoleId, UserId,
    UserNotificationsSet,
};

/// A person was given an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserCreated {
    pub user: UserId,
    pub organization: OrganizationId,
    pub profile: Personal<Profile>,
    pub grants: Grants,
}

/// What decisions need of a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    pub organization: OrganizationId,
    /// Keyed hash of the e-mail address; `None` once the person was erased.
    pub email_lookup: Option<String>,
    pub grants: Grants,
    pub notifications: Notifications,
}

/// All users of one tenant.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Users {
    by_id: BTreeMap<UserId, User>,
}

impl Users {
    pub fn get(&self, id: &UserId) -> Option<&User> {
        self.by_id.get(id)
    }

    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// All of them, by id.
    pub fn iter(&self) -> impl Iterator<Item = (&UserId, &User)> {
        self.by_id.iter()
    }

    /// The user whose e-mail address has that hash.
    pub fn with_email(&self, lookup: &str) -> Option<&UserId> {
        let held = |user: &User| user.email_lookup.as_deref() == Some(lookup);
        self.by_id.iter().find(|(_, user)| held(user)).map(|(id, _)| id)
    }

    /// The users who hold a role on `group` itself.
    pub fn granted_on(&self, group: GroupId) -> impl Iterator<Item = &UserId> {
        let holds = move |user: &User| user.grants.on(group).is_some();
        self.by_id.iter().filter(move |(_, user)| holds(user)).map(|(id, _)| id)
    }

    /// The users who hold `role` on some group.
    pub fn holding(&self, role: RoleId) -> impl Iterator<Item = &UserId> {
        let holds = move |user: &User| user.grants.has(role);
        self.by_id.iter().filter(move |(_, user)| holds(user)).map(|(id, _)| id)
    }

    /// The groups on which some user holds `role`.
    pub fn groups_with(&self, role: RoleId) -> impl Iterator<Item = GroupId> + '_ {
        let grants = self.by_id.values().flat_map(|user| &user.grants.groups);
        grants.filter(move |grant| grant.role == Some(role)).map(|grant| grant.group)
    }

    pub fn created(&mut self, fact: &UserCreated) {
        let user = User {
            organization: fact.organization.clone(),
            email_lookup: fact.profile.known().map(|known| known.email_lookup.clone()),
            grants: fact.grants.clone(),
            notifications: Notifications::default(),
        };
        self.by_id.insert(fact.user.clone(), user);
    }

    pub fn notifications_set(&mut self, fact: &UserNotificationsSet) {
        if let Some(user) = self.by_id.get_mut(&fact.user) {
            user.notifications.clone_from(&fact.after);
        }
    }
}

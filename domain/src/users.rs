//! Users: persons, what they may do on which group, and nothing else about them in the clear.

mod facts;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    Grants, GroupId, Notifications, OrganizationId, Personal, Profile, RoleId, Sealed, UserId,
    UserNotificationsSet,
};
pub use facts::{UserCreated, UserDeleted, UserEmailConfirmed, UserGrantsSet, UserProfileReplaced};

/// What decisions need of a person: no word in the clear.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The profile as its fact holds it, for the facts that follow.
    pub sealed: Sealed,
    /// Keyed hash of the e-mail address.
    pub email_lookup: String,
    /// Keyed hash of the user name; unknown of a few that were sealed before there was one.
    pub name_lookup: Option<String>,
    /// Keyed hash of all that is sealed.
    pub digest: String,
}

impl Person {
    /// What a fact tells that was opened.
    fn of(profile: &Personal<Profile>) -> Option<Self> {
        let (known, sealed) = (profile.known()?, profile.closed()?);
        Some(Self {
            sealed: sealed.clone(),
            email_lookup: known.email_lookup.clone(),
            name_lookup: known.name_lookup().map(str::to_owned),
            digest: known.digest.clone(),
        })
    }
}

/// What decisions need of a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    pub organization: OrganizationId,
    /// Who it is; `None` once the person was erased.
    pub person: Option<Person>,
    /// The e-mail address is another one than the person last confirmed.
    pub email_pending: bool,
    pub grants: Grants,
    pub notifications: Notifications,
}

/// All users of one tenant.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Users {
    by_id: BTreeMap<UserId, User>,
    /// Users by the keyed hash of their e-mail address.
    emails: BTreeMap<String, UserId>,
    /// Users by the keyed hash of their name.
    names: BTreeMap<String, UserId>,
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
        self.emails.get(lookup)
    }

    /// The user whose name has that hash.
    pub fn with_name(&self, lookup: &str) -> Option<&UserId> {
        self.names.get(lookup)
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
            person: None,
            email_pending: false,
            grants: fact.grants.clone(),
            notifications: Notifications::default(),
        };
        self.by_id.insert(fact.user.clone(), user);
        self.know(&fact.user, &fact.profile);
    }

    pub fn profile_replaced(&mut self, fact: &UserProfileReplaced) {
        self.know(&fact.user, &fact.after);
        if let Some(user) = self.by_id.get_mut(&fact.user) {
            user.email_pending = fact.email_pending;
        }
    }

    pub fn email_confirmed(&mut self, fact: &UserEmailConfirmed) {
        if let Some(user) = self.by_id.get_mut(&fact.user) {
            user.email_pending = false;
        }
    }

    pub fn grants_set(&mut self, fact: &UserGrantsSet) {
        if let Some(user) = self.by_id.get_mut(&fact.user) {
            user.grants.clone_from(&fact.after);
        }
    }

    pub fn deleted(&mut self, fact: &UserDeleted) {
        self.know(&fact.user, &Personal::Erased);
        self.by_id.remove(&fact.user);
    }

    /// The person behind a user was erased.
    pub fn erased(&mut self, subject: &str) {
        self.know(&UserId(subject.to_owned()), &Personal::Erased);
    }

    /// Takes what is known of a user in place of what was known before.
    fn know(&mut self, id: &UserId, profile: &Personal<Profile>) {
        let Some(user) = self.by_id.get_mut(id) else { return };
        if let Some(before) = user.person.take() {
            self.emails.remove(&before.email_lookup);
            before.name_lookup.map(|lookup| self.names.remove(&lookup));
        }
        user.person = Person::of(profile);
        let Some(person) = &user.person else { return };
        self.emails.insert(person.email_lookup.clone(), id.clone());
        if let Some(lookup) = &person.name_lookup {
            self.names.insert(lookup.clone(), id.clone());
        }
    }

    pub fn notifications_set(&mut self, fact: &UserNotificationsSet) {
        if let Some(user) = self.by_id.get_mut(&fact.user) {
            user.notifications.clone_from(&fact.after);
        }
    }
}

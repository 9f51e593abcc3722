//! The users of a tenant. What is personal stays sealed in the rows, as it came in the event:
//! whoever may see it opens it with the tenant's keys, and erasing a person's key erases the rows.

use domain::{Event, Grants, Notifications, OrganizationId, Personal, Profile, TenantId, UserId};
use eventlog::Recorded;

use crate::projection::{Marks, made, marked, modified};
use crate::user_sign_ins;
use crate::value::Row;
use crate::{Changes, Column, ProjectError, Projection, Table, Value, ViewError, Views, values};

/// The projection's name.
pub(crate) const NAME: &str = "users_v2";

static USERS: Table = Table {
    name: NAME,
    columns: marked![
        Column::text("tenant"),
        Column::text("user_id"),
        Column::text("organization_id"),
        Column::text("profile"),
        Column::int("email_pending"),
        Column::text("grants"),
        Column::text("notifications"),
    ],
    key: 2,
    indexes: &[],
};

/// One user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserRow {
    pub user: UserId,
    pub organization: OrganizationId,
    /// Sealed; [`eventlog::TenantKeys::open_personal`] opens it.
    pub profile: Personal<Profile>,
    /// The e-mail address is another one than the person last confirmed.
    pub email_pending: bool,
    pub grants: Grants,
    pub notifications: Notifications,
    pub marks: Marks,
}

/// Keeps one row for each user.
#[derive(Debug)]
pub(crate) struct Users;

impl Projection for Users {
    fn name(&self) -> &'static str {
        USERS.name
    }

    fn tables(&self) -> Vec<&'static Table> {
        vec![&USERS]
    }

    fn project(
        &self,
        event: &Event,
        recorded: &Recorded,
        changes: &mut Changes,
    ) -> Result<(), ProjectError> {
        let tenant = &recorded.tenant;
        #[expect(clippy::wildcard_enum_match_arm, reason = "only what is told of users")]
        match event {
            Event::UserCreated(fact) => {
                let row = values![
                    tenant,
                    fact.user.as_str(),
                    fact.organization.as_str(),
                    Value::json(&fact.profile)?,
                    false,
                    Value::json(&fact.grants)?,
                    Value::json(&Notifications::default())?,
                ];
                changes.upsert(&USERS, row.into_iter().chain(made(recorded)))
            }
            Event::UserProfileReplaced(fact) => {
                let profile = Value::json(&fact.after)?;
                let set = [("profile", profile), ("email_pending", fact.email_pending.into())];
                change(&fact.user, recorded, set, changes)
            }
            Event::UserEmailConfirmed(fact) => {
                change(&fact.user, recorded, [("email_pending", false.into())], changes)
            }
            Event::UserGrantsSet(fact) => {
                change(&fact.user, recorded, [("grants", Value::json(&fact.after)?)], changes)
            }
            Event::UserDeleted(fact) => changes.delete(&USERS, values![tenant, fact.user.as_str()]),
            Event::UserNotificationsSet(fact) => {
                let after = Value::json(&fact.after)?;
                change(&fact.user, recorded, [("notifications", after)], changes)
            }
            Event::SubjectErased(fact) if fact.about.kind == "user" => {
                let erased = Value::json(&Personal::<Profile>::Erased)?;
                let key = values![tenant, &fact.about.id];
                changes.update(&USERS, key, [("profile", erased)])
            }
            // Shown elsewhere; the user's sequence counts it.
            Event::UserBlockedAssetsSet(fact) => {
                changes.update(&USERS, values![tenant, fact.user.as_str()], modified(recorded))
            }
            _ => match user_sign_ins::subject(event) {
                Some(user) => {
                    let set = user_sign_ins::marks(event, recorded);
                    changes.update(&USERS, values![tenant, user.as_str()], set)
                }
                None => Ok(()),
            },
        }
    }
}

/// Sets some columns of a user, beside those that say who did it.
fn change<const N: usize>(
    user: &UserId,
    recorded: &Recorded,
    set: [(&'static str, Value); N],
    changes: &mut Changes,
) -> Result<(), ProjectError> {
    let set = set.into_iter().chain(modified(recorded));
    changes.update(&USERS, values![&recorded.tenant, user.as_str()], set)
}

const ONE: &str = "select user_id, organization_id, profile, email_pending, grants, notifications,
    created_by, created_at, modified_by, modified_at, sequence
    from users_v2 where tenant = $1 and user_id = $2";

const ALL: &str = "select user_id, organization_id, profile, email_pending, grants, notifications,
    created_by, created_at, modified_by, modified_at, sequence
    from users_v2 where tenant = $1 order by user_id";

pub(crate) const STATEMENTS: &[&str] = &[ONE, ALL];

/// The user of that id.
pub async fn one(
    views: &Views,
    tenant: &TenantId,
    user: &UserId,
) -> Result<Option<UserRow>, ViewError> {
    let rows = views.rows(USERS.name, tenant, ONE, &values![user.as_str()]).await?;
    rows.into_iter().next().map(read).transpose()
}

/// All users of the tenant, by id.
pub async fn all(views: &Views, tenant: &TenantId) -> Result<Vec<UserRow>, ViewError> {
    let rows = views.rows(USERS.name, tenant, ALL, &[]).await?;
    rows.into_iter().map(read).collect()
}

fn read(mut row: Row) -> Result<UserRow, ViewError> {
    Ok(UserRow {
        user: UserId(row.text()?),
        organization: OrganizationId(row.text()?),
        profile: row.json()?,
        email_pending: row.flag()?,
        grants: row.json()?,
        notifications: row.json()?,
        marks: Marks::read(&mut row)?,
    })
}

#[cfg(test)]
mod tests {
    use domain::{
        GroupId, RoleId, Sealed, SubjectErased, UserCreated, UserDeleted, UserEmailConfirmed,
        UserGrantsSet, UserNotificationsSet, UserPasswordSet, UserProfileReplaced,
    };

    use super::*;
    use crate::sample::told;

    /// What a new user gets.
    const NOTIFICATIONS: &str = r#"{"is_enabled":true,"password_expiry":true,"new_user":true,"client_credential_expiry":false,"proactive":[],"upgrade":[]}"#;

    #[test]
    fn what_is_personal_stays_sealed_in_the_row() {
        let sealed = Sealed { subject: "A-B-1".to_owned(), bytes: "c0ffee".to_owned() };
        let created = UserCreated {
            user: UserId("A-B-1".to_owned()),
            organization: OrganizationId("7".to_owned()),
            profile: Personal::Sealed(sealed),
            grants: Grants::roles([(GroupId(1), RoleId(2))]),
        };
        let profile = r#"{"sealed":{"subject":"A-B-1","bytes":"c0ffee"}}"#;
        let row = format!(
            r#"A-B-1 7 {profile} 0 {{"groups":[{{"group":1,"role":2,"is_blocked":false}}],"account_roles":[]}} {NOTIFICATIONS} ada 1 ada 1 1"#
        );
        assert_eq!(told(Users, &[created.into()]), [format!("users_v2 + acme {row}")]);
    }

    #[test]
    fn a_row_follows_its_user_and_goes_with_them() {
        let (user, organization) = (UserId("A-B-1".to_owned()), OrganizationId("7".to_owned()));
        let after = Grants::roles([(GroupId(3), RoleId(4))]);
        let set = UserGrantsSet {
            user: user.clone(),
            organization: organization.clone(),
            before: Grants::default(),
            after: after.clone(),
        };
        let replaced = UserProfileReplaced {
            user: user.clone(),
            organization: organization.clone(),
            before: Box::new(Personal::Erased),
            after: Box::new(Personal::Erased),
            email_pending: true,
        };
        let grants = r#"{"groups":[{"group":3,"role":4,"is_blocked":false}],"account_roles":[]}"#;
        let row = format!(r#"profile="erased" email_pending=1 grants={grants}"#);
        let marks = "modified_by=ada modified_at=2 sequence=1";
        let told_of = |events: &[Event]| told(Users, events);
        let expected = format!("users_v2 ~ acme A-B-1 {row} {marks}");
        assert_eq!(told_of(&[replaced.into(), set.into()]), [expected]);
        let confirmed =
            UserEmailConfirmed { user: user.clone(), organization: organization.clone() };
        let expected =
            "users_v2 ~ acme A-B-1 email_pending=0 modified_by=ada modified_at=1 sequence=1";
        assert_eq!(told_of(&[confirmed.into()]), [expected]);
        let subject = user.to_string();
        let about = domain::Aggregate::user(&user);
        let organization = Some(organization);
        let (passwords, mails, tokens) = (0, 0, 0);
        let erased = SubjectErased { subject, about, organization, passwords, mails, tokens };
        assert_eq!(told_of(&[erased.into()]), [r#"users_v2 ~ acme A-B-1 profile="erased""#]);
        let organization = OrganizationId("7".to_owned());
        let profile = Personal::Erased;
        let deleted = UserDeleted { user, organization, profile, grants: after };
        assert_eq!(told_of(&[deleted.into()]), ["users_v2 - acme A-B-1"]);
    }

    #[test]
    fn a_password_shows_only_in_when_the_user_was_changed() {
        let (user, organization) = (UserId("A-B-1".to_owned()), OrganizationId("7".to_owned()));
        let (one_time, expires_at, mail) = (false, None, None);
        let set = UserPasswordSet { user, organization, one_time, expires_at, mail };
        let marks = "modified_by=ada modified_at=1 sequence=1";
        assert_eq!(told(Users, &[set.into()]), [format!("users_v2 ~ acme A-B-1 {marks}")]);
    }

    #[test]
    fn notifications_are_those_set_last() {
        let (user, organization) = (UserId("A-B-1".to_owned()), OrganizationId("7".to_owned()));
        let (before, after) = (Notifications::default(), Notifications::default());
        let after = Notifications { new_user: false, ..after };
        let set = UserNotificationsSet { user, organization, before, after };
        let shown = NOTIFICATIONS.replace(r#""new_user":true"#, r#""new_user":false"#);
        let row = format!("notifications={shown} modified_by=ada modified_at=1 sequence=1");
        assert_eq!(told(Users, &[set.into()]), [format!("users_v2 ~ acme A-B-1 {row}")]);
    }
}

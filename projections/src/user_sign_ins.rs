//! How the users of a tenant sign in: a row beside each row of `users`, and nothing personal in it.

use chrono::{DateTime, Utc};
use domain::{Event, LockReason, PasswordUse, SecondFactor, SignInMethod, TenantId, UserId};
use eventlog::Recorded;

use crate::projection::modified;
use crate::value::{Row, word};
use crate::{Changes, Column, ProjectError, Projection, Table, Value, ViewError, Views, values};

static USER_SIGN_INS: Table = Table {
    name: "user_sign_ins_v1",
    columns: &[
        Column::text("tenant"),
        Column::text("user_id"),
        Column::text("lock_reason").nullable(),
        Column::int("failed_tries"),
        Column::int("signed_in_at").nullable(),
        Column::int("password_set_at").nullable(),
        Column::int("password_expires_at").nullable(),
        Column::text("password_use"),
        Column::text("second_factor"),
        // The factor that the user signed in with last, if that was since a reset.
        Column::text("configured_factor").nullable(),
        Column::int("is_reset"),
    ],
    key: 2,
    indexes: &[],
};

/// How one user signs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserSignInRow {
    pub user: UserId,
    /// Why the user is locked, if so.
    pub lock: Option<LockReason>,
    /// In a row, since something last went well.
    pub failed_tries: i64,
    pub signed_in_at: Option<DateTime<Utc>>,
    /// Absent while there is no password.
    pub password_set_at: Option<DateTime<Utc>>,
    pub password_expires_at: Option<DateTime<Utc>>,
    pub password_use: PasswordUse,
    pub second_factor: SecondFactor,
    /// Whether the user signed in with that factor since it was chosen or reset.
    pub is_configured: bool,
    /// The next sign-in asks for the factor to be set up.
    pub is_reset: bool,
}

/// Keeps one row for each user.
#[derive(Debug)]
pub(crate) struct UserSignIns;

/// The user that an event is about which tells of signing in.
pub(crate) fn subject(event: &Event) -> Option<&UserId> {
    #[expect(clippy::wildcard_enum_match_arm, reason = "only what is told of signing in")]
    match event {
        Event::UserPasswordSet(fact) => Some(&fact.user),
        Event::UserMailDelivered(fact) => Some(&fact.user),
        Event::UserLocked(fact) => Some(&fact.user),
        Event::UserUnlocked(fact) => Some(&fact.user),
        Event::UserSignedIn(fact) => Some(&fact.user),
        Event::UserSignInFailed(fact) => Some(&fact.user),
        Event::UserSecondFactorChosen(fact) => Some(&fact.user),
        Event::UserSecondFactorReset(fact) => Some(&fact.user),
        _ => None,
    }
}

/// What such an event changes of the marks of the user it is about: to sign in, or to fail at it,
/// changes nobody.
pub(crate) fn marks(event: &Event, recorded: &Recorded) -> Vec<(&'static str, Value)> {
    let passes = matches!(
        event,
        Event::UserSignedIn(_) | Event::UserSignInFailed(_) | Event::UserMailDelivered(_)
    );
    let set = modified(recorded).into_iter();
    set.filter(|(name, _)| !passes || *name == "sequence").collect()
}

impl Projection for UserSignIns {
    fn name(&self) -> &'static str {
        USER_SIGN_INS.name
    }

    fn tables(&self) -> Vec<&'static Table> {
        vec![&USER_SIGN_INS]
    }

    fn project(
        &self,
        event: &Event,
        recorded: &Recorded,
        changes: &mut Changes,
    ) -> Result<(), ProjectError> {
        let tenant = &recorded.tenant;
        if let Event::UserCreated(fact) = event {
            let (use_, factor) = (word(&PasswordUse::default())?, SecondFactor::default());
            let row = values![
                tenant,
                fact.user.as_str(),
                Value::Null,
                0,
                Value::Null,
                Value::Null,
                Value::Null,
                use_,
                factor.as_str(),
                Value::Null,
                false,
            ];
            return changes.upsert(&USER_SIGN_INS, row);
        }
        if let Event::UserDeleted(fact) = event {
            return changes.delete(&USER_SIGN_INS, values![tenant, fact.user.as_str()]);
        }
        if let Event::SubjectErased(fact) = event
            && fact.about.kind == "user"
        {
            let set = [
                ("password_set_at", Value::Null),
                ("password_expires_at", Value::Null),
                ("password_use", word(&PasswordUse::Spent)?),
            ];
            return changes.update(&USER_SIGN_INS, values![tenant, &fact.about.id], set);
        }
        let (Some(user), set) = (subject(event), columns(event, recorded)?) else { return Ok(()) };
        if set.is_empty() {
            return Ok(());
        }
        changes.update(&USER_SIGN_INS, values![tenant, user.as_str()], set)
    }
}

/// The columns that an event changes.
fn columns(event: &Event, recorded: &Recorded) -> Result<Vec<(&'static str, Value)>, ProjectError> {
    #[expect(clippy::wildcard_enum_match_arm, reason = "only what is told of signing in")]
    Ok(match event {
        Event::UserPasswordSet(fact) => {
            let use_ = if fact.one_time { PasswordUse::Once } else { PasswordUse::Reusable };
            vec![
                ("password_set_at", recorded.created_at.into()),
                ("password_expires_at", fact.expires_at.into()),
                ("password_use", word(&use_)?),
                ("failed_tries", 0.into()),
            ]
        }
        Event::UserLocked(fact) => vec![("lock_reason", word(&fact.reason)?)],
        Event::UserUnlocked(_) => vec![("lock_reason", Value::Null), ("failed_tries", 0.into())],
        Event::UserSignedIn(fact) => {
            let mut set = vec![
                ("signed_in_at", recorded.created_at.into()),
                ("failed_tries", 0.into()),
                ("is_reset", false.into()),
            ];
            if fact.spends_password {
                set.push(("password_use", word(&PasswordUse::Spent)?));
            }
            if fact.method != SignInMethod::Password {
                set.push(("configured_factor", fact.method.factor().as_str().into()));
            }
            set
        }
        Event::UserSignInFailed(fact) => vec![("failed_tries", i64::from(fact.tries).into())],
        Event::UserSecondFactorChosen(fact) => vec![
            ("second_factor", fact.after.as_str().into()),
            ("configured_factor", Value::Null),
            ("is_reset", false.into()),
        ],
        Event::UserSecondFactorReset(_) => vec![
            ("configured_factor", Value::Null),
            ("is_reset", true.into()),
            ("failed_tries", 0.into()),
        ],
        _ => Vec::new(),
    })
}

const ONE: &str = "select user_id, lock_reason, failed_tries, signed_in_at, password_set_at,
    password_expires_at, password_use, second_factor, configured_factor, is_reset
    from user_sign_ins_v1 where tenant = $1 and user_id = $2";

const ALL: &str = "select user_id, lock_reason, failed_tries, signed_in_at, password_set_at,
    password_expires_at, password_use, second_factor, configured_factor, is_reset
    from user_sign_ins_v1 where tenant = $1 order by user_id";

pub(crate) const STATEMENTS: &[&str] = &[ONE, ALL];

/// How the user of that id signs in.
pub async fn one(
    views: &Views,
    tenant: &TenantId,
    user: &UserId,
) -> Result<Option<UserSignInRow>, ViewError> {
    let rows = views.rows(USER_SIGN_INS.name, tenant, ONE, &values![user.as_str()]).await?;
    rows.into_iter().next().map(read).transpose()
}

/// How all users of the tenant sign in, by id.
pub async fn all(views: &Views, tenant: &TenantId) -> Result<Vec<UserSignInRow>, ViewError> {
    let rows = views.rows(USER_SIGN_INS.name, tenant, ALL, &[]).await?;
    rows.into_iter().map(read).collect()
}

fn read(mut row: Row) -> Result<UserSignInRow, ViewError> {
    let mut read = UserSignInRow {
        user: UserId(row.text()?),
        lock: row.maybe_word()?,
        failed_tries: row.int()?,
        signed_in_at: row.maybe_time()?,
        password_set_at: row.maybe_time()?,
        password_expires_at: row.maybe_time()?,
        password_use: row.word()?,
        second_factor: row.word()?,
        is_configured: false,
        is_reset: false,
    };
    let configured: Option<SecondFactor> = row.maybe_word()?;
    read.is_configured = configured == Some(read.second_factor);
    read.is_reset = row.flag()?;
    Ok(read)
}

#[cfg(test)]
mod tests;

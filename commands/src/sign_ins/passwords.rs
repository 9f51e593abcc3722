//! A password on its way in: compared with the ones before, hashed, and, where a mail brings it to
//! its user, sealed for that mail. How many it is and whether it may come in is decided in the
//! lane, on what was compared here.

use std::fmt;

use argon2::password_hash::PasswordVerifier;
use argon2::{Argon2, PasswordHash};
use chrono::{DateTime, Utc};
use domain::{OrganizationId, Tenant, TenantId, UserId, UserPasswordSet};
use eventlog::{EventLog, LogError, SealError, VaultKind, VaultRow, VaultWrite};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::password::{ClearPassword, PasswordFault};
use super::password_policy::AKA90;
use crate::{Locked, Mint};

/// Why a password is mailed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailReason {
    UserCreated,
    PasswordReset,
}

/// What the vault keeps of a mail until it was handed over.
#[derive(Clone, Serialize, Deserialize)]
pub struct PasswordMail {
    pub reason: MailReason,
    pub password: String,
}

impl fmt::Debug for PasswordMail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PasswordMail").field("reason", &self.reason).finish_non_exhaustive()
    }
}

/// How a drawn password gets to its user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// Whoever asked for it is shown it, once.
    Shown,
    Mailed(MailReason),
}

/// What becomes of a password; which number it gets is decided in the lane.
#[derive(Debug)]
pub struct FreshPassword {
    /// Its hash, or why nobody can have it.
    pub hash: Result<Locked, PasswordFault>,
    /// The number of the newest password it was compared with; a random one was not.
    compared: Option<i64>,
    /// The password itself, only where it was drawn here and is shown.
    pub drawn: Option<ClearPassword>,
    mail: Option<(Uuid, Locked)>,
}

/// The passwords changed after this one was compared with them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moved;

impl FreshPassword {
    /// A random one.
    pub(crate) fn drawn(
        user: &UserId,
        mint: &Mint<'_>,
        delivery: Delivery,
    ) -> Result<Self, SealError> {
        let drawn = ClearPassword::draw(mint)?;
        let hash = Ok(drawn.lock(user, mint)?);
        let (drawn, mail) = match delivery {
            Delivery::Shown => (Some(drawn), None),
            Delivery::Mailed(reason) => (None, Some(sealed_mail(user, mint, reason, &drawn)?)),
        };
        Ok(Self { hash, compared: None, drawn, mail })
    }

    /// One that was chosen: held to the policy, and compared with those before.
    pub(super) fn chosen(
        user: &UserId,
        mint: &Mint<'_>,
        chosen: &ClearPassword,
    ) -> Result<Self, SealError> {
        let held = Held::of(user, mint)?;
        let checked = chosen.check().and_then(|()| held.check_new(chosen));
        let hash = checked.map(|()| chosen.lock(user, mint));
        let hash = hash.map_or_else(|fault| Ok(Err(fault)), |locked| locked.map(Ok))?;
        Ok(Self { hash, compared: Some(held.newest()), drawn: None, mail: None })
    }

    /// The fact that it was set.
    pub(crate) fn fact(
        &self,
        (user, organization): (&UserId, &OrganizationId),
        one_time: bool,
        now: DateTime<Utc>,
    ) -> UserPasswordSet {
        UserPasswordSet {
            user: user.clone(),
            organization: organization.clone(),
            one_time,
            expires_at: AKA90.expires_at(now),
            mail: self.mail.as_ref().map(|(mail, _)| *mail),
        }
    }

    /// Refuses to rest on passwords that are not the newest any more.
    pub(super) fn check_compared(&self, tenant: &Tenant, user: &UserId) -> Result<(), Moved> {
        let newest = tenant.sign_ins.of(user).password_generation;
        if self.compared.is_some_and(|compared| compared != newest) { Err(Moved) } else { Ok(()) }
    }

    /// Keeps its hash and its mail, and drops what they take the place of.
    pub(crate) fn vault(&self, tenant: &Tenant, user: &UserId) -> Vec<VaultWrite> {
        let held = tenant.sign_ins.of(user);
        let new = held.password_generation + 1;
        let id = |generation| public_id(&tenant.id, user, generation);
        let kept = self.hash.iter().map(|hash| hash.kept_as(id(new)));
        let mail = self.mail.iter().map(|(mail, it)| it.kept_as(mail_id(&tenant.id, *mail)));
        let forgotten = new - remembered();
        let dropped = (forgotten > 0).then(|| drop_password(tenant, id(forgotten)));
        let unsent = held.pending_mail.map(|mail| drop_mail(tenant, mail));
        kept.chain(mail).chain(dropped).chain(unsent).collect()
    }

    /// What a native reply shows of it: the password, where it was drawn to be shown.
    pub(crate) fn reply(&self) -> Map<String, Value> {
        let shown = |drawn: &ClearPassword| ("newPassword".to_owned(), drawn.expose().into());
        self.drawn.iter().map(shown).collect()
    }
}

/// Drops all that the vault keeps for a user's signing in, as when the user is deleted.
pub fn forget(tenant: &Tenant, user: &UserId) -> Vec<VaultWrite> {
    let held = tenant.sign_ins.of(user);
    let newest = held.password_generation;
    let oldest = (newest - remembered() + 1).max(1);
    let passwords = (oldest..=newest)
        .map(|generation| drop_password(tenant, public_id(&tenant.id, user, generation)));
    passwords.chain(held.pending_mail.map(|mail| drop_mail(tenant, mail))).collect()
}

/// Drops a mail that was handed over, or is of no use any more.
pub(super) fn drop_mail(tenant: &Tenant, mail: Uuid) -> VaultWrite {
    let (kind, public_id) = (VaultKind::Mail, mail_id(&tenant.id, mail));
    VaultWrite::Delete { kind, public_id, tenant: tenant.id.clone() }
}

fn drop_password(tenant: &Tenant, public_id: String) -> VaultWrite {
    VaultWrite::Delete { kind: VaultKind::Password, public_id, tenant: tenant.id.clone() }
}

/// Under what the vault keeps the hash of a user's password of that number.
fn public_id(tenant: &TenantId, user: &UserId, generation: i64) -> String {
    format!("{tenant}/{user}.{generation}")
}

/// Under what the vault keeps a mail.
fn mail_id(tenant: &TenantId, mail: Uuid) -> String {
    format!("{tenant}/{mail}")
}

/// How many passwords are kept.
fn remembered() -> i64 {
    i64::try_from(AKA90.remembered).unwrap_or(i64::MAX)
}

fn sealed_mail(
    user: &UserId,
    mint: &Mint<'_>,
    reason: MailReason,
    password: &ClearPassword,
) -> Result<(Uuid, Locked), SealError> {
    let mail = PasswordMail { reason, password: password.expose().to_owned() };
    let plain = serde_json::to_vec(&mail).map_err(|_| SealError::Foreign)?;
    Ok((mint.uuid()?, mint.lock(VaultKind::Mail, user.to_string(), &plain)?))
}

/// The hashes that are kept of a user's passwords.
pub(crate) async fn kept(
    log: &dyn EventLog,
    tenant: &TenantId,
    user: &UserId,
) -> Result<Vec<VaultRow>, LogError> {
    // `/` comes right after `.`, and numbers have digits only.
    let (above, below) = (format!("{tenant}/{user}."), format!("{tenant}/{user}/"));
    let rows = log.vault_between(VaultKind::Password, &above, &below, AKA90.remembered + 1).await?;
    Ok(rows.into_iter().filter(|row| row.owner == user.as_str()).collect())
}

/// A user's last passwords, as far as they are kept: numbers and hashes, the newest last.
pub(super) struct Held(Vec<(i64, String)>);

impl Held {
    /// What the command had read before it was drawn.
    pub(super) fn of(user: &UserId, mint: &Mint<'_>) -> Result<Self, SealError> {
        let prefix = format!("{}/{user}.", mint.tenant());
        let mut held = Vec::new();
        for row in mint.passwords() {
            let number = row.public_id.strip_prefix(&prefix).and_then(|it| it.parse().ok());
            let hash = String::from_utf8(mint.keys().open(row)?);
            held.push((number.ok_or(SealError::Foreign)?, hash.map_err(|_| SealError::Foreign)?));
        }
        held.sort_unstable();
        Ok(Self(held))
    }

    /// Number of the newest one, 0 when there is none.
    pub(super) fn newest(&self) -> i64 {
        self.0.last().map_or(0, |(number, _)| *number)
    }

    /// Whether this is the newest one.
    pub(super) fn is_current(&self, password: &ClearPassword) -> bool {
        self.0.last().is_some_and(|(_, hash)| fits(password, hash))
    }

    /// Refuses one that was used lately.
    fn check_new(&self, password: &ClearPassword) -> Result<(), PasswordFault> {
        let is_known = self.0.iter().any(|(_, hash)| fits(password, hash));
        if is_known { Err(PasswordFault::Reused) } else { Ok(()) }
    }
}

/// Whether a hash was made of this password. It takes as long as hashing one.
fn fits(password: &ClearPassword, hash: &str) -> bool {
    let Ok(hash) = PasswordHash::new(hash) else { return false };
    Argon2::default().verify_password(password.expose().as_bytes(), &hash).is_ok()
}

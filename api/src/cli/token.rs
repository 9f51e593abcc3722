//! `chancery token`: mints a JSON web token of the tenant-clients dialect.

use chrono::Utc;
use clap::Args;
use domain::TenantId;
use eventlog::VaultKind;
use uuid::Uuid;

use super::place::PlaceArgs;
use super::{Failure, out};
use crate::credentials::Credentials;
use crate::jwt::{AUDIENCE, Claims, ISSUERS, mint};

/// Mint a JSON web token for the tenant clients' API, and print it
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  curl -H \"Authorization: Bearer $(chancery token --tenant default --role admin)\" \\
    'http://127.0.0.1:8080/clients/v1/tenants/default/clients?active=true'")]
pub(super) struct Token {
    /// Tenant the token is of
    #[arg(long)]
    tenant: TenantId,
    /// Who calls; a name made up for this token unless it is given, or --client
    #[arg(long, value_name = "ID")]
    sub: Option<String>,
    /// API client that calls
    #[arg(long, value_name = "ID")]
    client: Option<String>,
    /// E-mail address of who calls
    #[arg(long)]
    email: Option<String>,
    /// Owner that created clients belong to
    #[arg(long, value_name = "ID")]
    owner: Option<String>,
    /// Organization that created clients belong to
    #[arg(long, value_name = "ID")]
    org: Option<String>,
    /// Role the caller holds, such as admin; may be repeated
    #[arg(long)]
    role: Vec<String>,
    /// Permission, such as clients:list; may be repeated
    #[arg(long)]
    permission: Vec<String>,
    /// Scope; may be repeated
    #[arg(long)]
    scope: Vec<String>,
    /// How long it is valid: seconds, or a number with s, m, h or d
    #[arg(long, default_value = "1h", value_parser = seconds)]
    ttl: i64,
    /// Secret to sign with, instead of the tenant's own
    #[arg(long, env = "CHANCERY_JWT_SECRET", hide_env_values = true)]
    secret: Option<String>,
    #[command(flatten)]
    place: PlaceArgs,
}

impl Token {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let secret = match &self.secret {
            Some(secret) => secret.clone(),
            None => self.tenants_secret().await?,
        };
        out::line(&mint(&self.claims(), &secret)?)
    }

    /// The tenant's secret: from the credentials of the start data, else from the store.
    async fn tenants_secret(&self) -> Result<String, Failure> {
        let data_dir = self.place.data_dir();
        if self.place.is_embedded() {
            let credentials = Credentials::read(data_dir.path())?;
            if let Some(held) = credentials.filter(|held| held.tenant == self.tenant.as_str()) {
                return Ok(held.clients_jwt_secret);
            }
            if data_dir.running()?.is_some() {
                return Err(Failure::new(format!(
                    "{} is being served, and has no secret of tenant {} in its credentials; give \
                     it with --secret",
                    data_dir.path().display(),
                    self.tenant
                )));
            }
        }
        let opened = self.place.open_existing().await?;
        let kept = opened.log.vault_of(VaultKind::SigningSecret, &self.tenant).await?;
        let row = kept.last().ok_or_else(|| {
            Failure::new(format!("tenant {} has no secret to sign tokens with", self.tenant))
        })?;
        let secret = opened.keyring.tenant(&self.tenant).await?.open(row)?;
        String::from_utf8(secret).map_err(|_| Failure::new("the tenant's secret is not text"))
    }

    fn claims(&self) -> Claims {
        let now = Utc::now().timestamp();
        let anybody = || self.client.is_none().then(|| "chancery-cli".to_owned());
        Claims {
            iss: ISSUERS.map(str::to_owned)[0].clone(),
            aud: Some(AUDIENCE.into()),
            exp: now.saturating_add(self.ttl),
            iat: Some(now),
            jti: Some(Uuid::new_v4().to_string()),
            sub: self.sub.clone().or_else(anybody),
            client_id: self.client.clone(),
            email: self.email.clone(),
            owner_id: self.owner.clone(),
            org_id: self.org.clone(),
            tenant_id: Some(self.tenant.to_string()),
            roles: self.role.clone(),
            permissions: self.permission.clone(),
            scopes: self.scope.clone(),
            ..Claims::default()
        }
    }
}

/// `90`, `90s`, `15m`, `12h`, `7d`.
fn seconds(text: &str) -> Result<i64, String> {
    let bad = || format!("{text:?} is not a duration like 90, 15m, 12h or 7d");
    let (number, unit) = match text.chars().last() {
        Some('s') => (text.strip_suffix('s'), 1),
        Some('m') => (text.strip_suffix('m'), 60),
        Some('h') => (text.strip_suffix('h'), 3_600),
        Some('d') => (text.strip_suffix('d'), 86_400),
        _ => (Some(text), 1),
    };
    let number: u32 = number.and_then(|number| number.parse().ok()).ok_or_else(bad)?;
    Ok(i64::from(number) * unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read() {
        for (text, expected) in
            [("90", 90), ("90s", 90), ("15m", 900), ("12h", 43_200), ("7d", 604_800), ("0", 0)]
        {
            assert_eq!(seconds(text), Ok(expected));
        }
        for bad in ["", "h", "-1", "1w", "1.5h", "1 h"] {
            assert!(seconds(bad).is_err(), "{bad}");
        }
    }
}

//! Which issuer of web tokens is trusted beside the tenants themselves.

use std::path::{Path, PathBuf};

use clap::Args;
use domain::TenantId;
use jsonwebtoken::Algorithm;

use super::Failure;
use crate::jwt::{RemoteKeys, TrustedIssuer, TrustedKeys};

/// Fewest bytes of a secret that tokens are signed with.
const SECRET_BYTES_MIN: usize = 32;

#[derive(Debug, Args)]
#[expect(clippy::struct_field_names, reason = "they are the names of the options")]
pub(super) struct TrustArgs {
    /// Issuer whose web tokens are taken, as their `iss` says it
    #[arg(long, value_name = "ISSUER", requires = "trusted_keys")]
    trusted_issuer: Option<String>,
    /// Its public keys: a JSON web key set, or the https address where it publishes them
    #[arg(long, value_name = "FILE|URL", group = "trusted_keys", requires = "trusted_issuer")]
    trusted_jwks: Option<String>,
    /// The secret that it signs with, for HS256 and its like
    #[arg(long, value_name = "FILE", group = "trusted_keys", requires = "trusted_issuer")]
    trusted_secret: Option<PathBuf>,
    /// What `aud` of its tokens must contain
    #[arg(long, value_name = "AUDIENCE", default_value = "zitadel")]
    trusted_audience: String,
    /// The tenant that its subjects are users of
    #[arg(long, value_name = "TENANT", default_value = "default")]
    trusted_tenant: TenantId,
    /// The only algorithm that is taken; HS256 with a secret, RS256 with keys unless given
    #[arg(long, value_name = "ALGORITHM")]
    trusted_algorithm: Option<Algorithm>,
}

impl TrustArgs {
    /// The issuer with its keys read.
    pub(super) fn read(self) -> Result<Option<TrustedIssuer>, Failure> {
        let Some(issuer) = self.trusted_issuer else { return Ok(None) };
        let (keys, usual) = match (&self.trusted_jwks, &self.trusted_secret) {
            (Some(url), _) if url.contains("://") => {
                let keys = RemoteKeys::at(url).map_err(Failure::new)?;
                (TrustedKeys::Remote(keys), Algorithm::RS256)
            }
            (Some(path), _) => {
                let path = Path::new(path);
                let set = serde_json::from_str(&text(path)?).map_err(|error| {
                    Failure::new(format!("{} is not a JSON web key set: {error}", path.display()))
                })?;
                (TrustedKeys::Set(set), Algorithm::RS256)
            }
            (None, Some(path)) => {
                let secret = text(path)?.trim().to_owned();
                if secret.len() < SECRET_BYTES_MIN {
                    let path = path.display();
                    let said =
                        format!("the secret in {path} has less than {SECRET_BYTES_MIN} bytes");
                    return Err(Failure::new(said));
                }
                (TrustedKeys::Secret(secret), Algorithm::HS256)
            }
            (None, None) => return Ok(None),
        };
        let algorithm = self.trusted_algorithm.unwrap_or(usual);
        let (audience, tenant) = (self.trusted_audience, self.trusted_tenant);
        Ok(Some(TrustedIssuer { issuer, audience, tenant, algorithm, keys }))
    }
}

fn text(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| {
        Failure::new(format!("{} cannot be read: {}", path.display(), error.kind()))
    })
}

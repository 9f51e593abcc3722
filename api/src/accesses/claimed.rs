//! Whose credential a request came with, by its public half alone: nothing of it is proved. It
//! leads to the tenant in whose records a failed attempt belongs.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::TenantId;
use eventlog::{EventLog, LogError, VaultKind};

use super::TEXT_MOST;
use crate::call::Incoming;

/// A credential's public half, and of what kind it seems to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Claimed {
    Bearer(String),
    EdgeGrid(String),
    /// By a Capture client's id.
    Capture(String),
}

impl Claimed {
    pub(super) fn by(request: &Incoming) -> Option<Self> {
        let header = request.header("authorization").unwrap_or_default().trim();
        let (scheme, rest) = header.split_once(' ').unwrap_or((header, ""));
        let scheme = scheme.to_ascii_lowercase();
        let kept = |text: &str| {
            let text: String = text.chars().take(TEXT_MOST).collect();
            (!text.is_empty()).then_some(text)
        };
        match scheme.as_str() {
            "bearer" | "oauth" => {
                let (id, _) = rest.trim().strip_prefix("cht_").unwrap_or(rest).split_once('_')?;
                let is_plain = id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
                kept(id).filter(|_| is_plain).map(Self::Bearer)
            }
            "eg1-hmac-sha256" => {
                let mut parts = rest.split(';');
                let token = parts.find_map(|part| part.trim().strip_prefix("client_token="));
                kept(token?).map(Self::EdgeGrid)
            }
            // A pair of id and secret, of which only the first part is looked at.
            "basic" => {
                let pair = STANDARD.decode(rest.trim()).ok()?;
                let id = pair.split(|byte| *byte == b':').next()?;
                kept(std::str::from_utf8(id).ok()?).map(Self::Capture)
            }
            "signature" => kept(rest.split(':').next()?.trim()).map(Self::Capture),
            _ => {
                let id = request.query_value("client_id")?;
                kept(&id).map(Self::Capture)
            }
        }
    }

    pub(super) fn text(&self) -> &str {
        match self {
            Self::Bearer(id) | Self::EdgeGrid(id) | Self::Capture(id) => id,
        }
    }

    /// The tenant that it is a credential of, if there is such a one.
    pub(super) async fn tenant(&self, log: &dyn EventLog) -> Result<Option<TenantId>, LogError> {
        let row = match self {
            Self::Bearer(id) => log.vault(VaultKind::Bearer, id).await?,
            Self::EdgeGrid(id) => log.vault(VaultKind::EdgeGrid, id).await?,
            Self::Capture(id) => {
                // Whichever generation of its secret there is.
                let (above, below) = (format!("{id}."), format!("{id}/"));
                let rows = log.vault_between(VaultKind::ClientSecret, &above, &below, 1).await?;
                rows.into_iter().next()
            }
        };
        Ok(row.map(|row| row.tenant))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claimed(header: &str) -> Option<Claimed> {
        let mut request = Incoming::sample("GET", "/");
        request.headers.insert("authorization", header.parse().unwrap());
        Claimed::by(&request)
    }

    #[test]
    fn only_the_public_half_is_taken() {
        let bearer = Claimed::Bearer("abc".to_owned());
        assert_eq!(claimed("Bearer cht_abc_secret"), Some(bearer));
        let edge = "EG1-HMAC-SHA256 client_token=akab-1;access_token=akab-2;signature=x";
        assert_eq!(claimed(edge), Some(Claimed::EdgeGrid("akab-1".to_owned())));
        let capture = || Some(Claimed::Capture("me".to_owned()));
        assert_eq!(claimed("Signature me:c2VjcmV0"), capture());
        assert_eq!(claimed("Basic bWU6c2VjcmV0"), capture());
        assert_eq!(claimed("Bearer eyJhbGciOi.J9.sig"), None, "a web token has no public half");
        assert_eq!(claimed("Bearer"), None);
        let asked = Incoming::sample("GET", "/clients/list?client_id=me&client_secret=no");
        assert_eq!(Claimed::by(&asked), capture());
    }
}

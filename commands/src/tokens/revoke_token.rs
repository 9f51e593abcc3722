//! Revokes a bearer token: nobody is let in with it any more.

use domain::{Aggregate, Event, Right, Tenant, TokenId, TokenRevoked};
use eventlog::{SealError, VaultKind, VaultWrite};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{Command, Context, Mint, Refusal, Rejection};

/// Revokes a bearer token.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RevokeToken {
    /// Its public half: `cht_<public half>_...`.
    #[schemars(with = "String")]
    pub token: TokenId,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RevokeTokenRejection {
    #[error("there is no token {0}")]
    TokenUnknown(TokenId),
}

impl Rejection for RevokeTokenRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::TokenUnknown(_) => Refusal::not_found("token_unknown", "token"),
        }
    }
}

impl Command for RevokeToken {
    type Rejection = RevokeTokenRejection;
    type Fresh = ();
    const NAME: &'static str = "RevokeToken";
    const URGENT: bool = true;

    fn needs(&self) -> Right {
        Right::TokenAdmin
    }

    fn draw(&mut self, _: &mut Mint<'_>) -> Result<(), SealError> {
        Ok(())
    }

    fn target(&self, _: &Tenant, _: &Context) -> Aggregate {
        Aggregate::token(&self.token)
    }

    fn decide(&self, tenant: &Tenant, _: &Context) -> Result<Vec<Event>, RevokeTokenRejection> {
        let unknown = || RevokeTokenRejection::TokenUnknown(self.token.clone());
        let found = tenant.tokens.get(&self.token).ok_or_else(unknown)?;
        if found.revoked {
            return Ok(Vec::new());
        }
        Ok(vec![TokenRevoked { token: self.token.clone() }.into()])
    }

    fn vault(&self, tenant: &Tenant, _: &Context) -> Vec<VaultWrite> {
        let (public_id, tenant) = (self.token.to_string(), tenant.id.clone());
        vec![VaultWrite::Delete { kind: VaultKind::Bearer, public_id, tenant }]
    }
}

#[cfg(test)]
mod tests {
    use domain::{ActorKind, TenantId, TokenIssued};

    use super::*;

    fn check(token: &str, expected: Result<usize, RevokeTokenRejection>) {
        let mut tenant = Tenant::unborn(TenantId::new("acme").unwrap());
        for id in ["live", "revoked"] {
            tenant.tokens.issued(&TokenIssued {
                token: TokenId(id.to_owned()),
                name: id.to_owned(),
                holder: ActorKind::Token,
                holder_id: id.to_owned(),
                rights: [].into(),
                organization: None,
                expires_at: None,
            });
        }
        tenant.tokens.revoked(&TokenRevoked { token: TokenId("revoked".to_owned()) });
        let command = RevokeToken { token: TokenId(token.to_owned()) };
        let fact = TokenRevoked { token: command.token.clone() };
        let expected = expected.map(|n| vec![Event::from(fact); n]);
        assert_eq!(command.decide(&tenant, &Context::sample(())), expected);
    }

    #[test]
    fn a_token_is_revoked_once() {
        check("live", Ok(1));
        check("revoked", Ok(0));
        check("other", Err(RevokeTokenRejection::TokenUnknown(TokenId("other".to_owned()))));
    }
}

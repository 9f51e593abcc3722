//! Hands out a token that lets somebody act on a record through a client, or a code that proves
//! something once (Capture, `access/getAccessToken` and its siblings). The vault keeps a hash.

use chrono::TimeDelta;
use domain::{
    Aggregate, ClientId, Event, RecordId, RecordTokenIssued, RecordTokenKind, Right, Tenant,
    TokenId,
};
use eventlog::{SealError, VaultKind, VaultWrite};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::mint::CAPTURE_ALPHABET;
use crate::names::is_name;
use crate::{Command, Context, Mint, Refusal, Rejection, Secret};

/// How much of a token's text is its public half.
const PUBLIC_LENGTH: usize = 16;
const SECRET_LENGTH: usize = 32;
const REDIRECT_URI_MAX: usize = 2000;
/// A year.
const LIFETIME_MAX: i64 = 366 * 24 * 3600;

/// Hands out a token for a record, and shows it once.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct IssueRecordToken {
    #[schemars(with = "String", extend("enum" = ["access", "authorization_code", "creation", "verification"]))]
    pub kind: RecordTokenKind,
    /// The client it works for.
    #[schemars(with = "uuid::Uuid")]
    pub client: ClientId,
    /// Every kind but `creation` is about one.
    #[schemars(with = "Option<i64>")]
    pub record: Option<RecordId>,
    /// Only whoever sends the same may exchange it; an `authorization_code` has one.
    pub redirect_uri: Option<String>,
    /// 1 second to a year.
    pub lifetime_seconds: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IssueRecordTokenRejection {
    #[error("there is no client {0}")]
    ClientUnknown(ClientId),
    #[error("there is no record {0}")]
    RecordUnknown(RecordId),
    #[error("this kind of token is about a record, or is about none")]
    RecordMismatch,
    #[error("an authorization code has a redirect URI of at most {REDIRECT_URI_MAX} characters")]
    RedirectUriInvalid,
    #[error("a token lives 1 to {LIFETIME_MAX} seconds, not {0}")]
    LifetimeOutOfRange(i64),
}

impl Rejection for IssueRecordTokenRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::ClientUnknown(_) => Refusal::not_found("client_unknown", "client"),
            Self::RecordUnknown(_) => Refusal::not_found("record_unknown", "record"),
            Self::RecordMismatch => Refusal::invalid("record_mismatch", "record"),
            Self::RedirectUriInvalid => Refusal::invalid("redirect_uri_invalid", "redirectUri"),
            Self::LifetimeOutOfRange(_) => {
                Refusal::invalid("lifetime_out_of_range", "lifetimeSeconds")
            }
        }
    }
}

/// A new token: its public half, and its whole text under lock.
#[derive(Debug)]
pub struct FreshRecordToken {
    pub token: TokenId,
    /// Both halves without anything between them; the vault has a hash of the secret one.
    pub text: Secret,
}

impl FreshRecordToken {
    pub(super) fn draw(mint: &Mint<'_>) -> Result<Self, SealError> {
        let token = TokenId(mint.text(CAPTURE_ALPHABET, PUBLIC_LENGTH)?);
        let secret = mint.text(CAPTURE_ALPHABET, SECRET_LENGTH)?;
        let (stored, text) = (Sha256::digest(&secret), format!("{token}{secret}"));
        let text = mint.secret(VaultKind::Bearer, token.to_string(), text, &stored)?;
        Ok(Self { token, text })
    }

    pub(super) fn kept(&self) -> VaultWrite {
        self.text.kept_as(self.token.to_string())
    }

    /// The public half and the secret half of a token's text.
    pub fn halves(text: &str) -> Option<(TokenId, &str)> {
        let (public, secret) = text.split_at_checked(PUBLIC_LENGTH)?;
        (secret.len() == SECRET_LENGTH).then(|| (TokenId(public.to_owned()), secret))
    }
}

impl IssueRecordToken {
    fn check(&self, tenant: &Tenant) -> Result<(), IssueRecordTokenRejection> {
        use IssueRecordTokenRejection as No;

        tenant.clients.get(self.client).ok_or(No::ClientUnknown(self.client))?;
        if self.record.is_some() != (self.kind != RecordTokenKind::Creation) {
            return Err(No::RecordMismatch);
        }
        if let Some(record) = self.record.filter(|record| tenant.records.get(*record).is_none()) {
            return Err(No::RecordUnknown(record));
        }
        let is_code = self.kind == RecordTokenKind::AuthorizationCode;
        let is_uri = |uri: &String| is_name(uri, REDIRECT_URI_MAX);
        if self.redirect_uri.is_some() != is_code || !self.redirect_uri.iter().all(is_uri) {
            return Err(No::RedirectUriInvalid);
        }
        if !(1..=LIFETIME_MAX).contains(&self.lifetime_seconds) {
            return Err(No::LifetimeOutOfRange(self.lifetime_seconds));
        }
        Ok(())
    }
}

impl Command for IssueRecordToken {
    type Rejection = IssueRecordTokenRejection;
    type Fresh = FreshRecordToken;
    const NAME: &'static str = "IssueRecordToken";

    fn needs(&self) -> Right {
        Right::TokenAdmin
    }

    fn weight(&self) -> usize {
        size_of_val(self) + self.redirect_uri.as_ref().map_or(0, String::len)
    }

    fn draw(&mut self, mint: &mut Mint<'_>) -> Result<FreshRecordToken, SealError> {
        FreshRecordToken::draw(mint)
    }

    fn target(&self, _: &Tenant, context: &Context<FreshRecordToken>) -> Aggregate {
        Aggregate::token(&context.fresh.token)
    }

    fn decide(
        &self,
        tenant: &Tenant,
        context: &Context<FreshRecordToken>,
    ) -> Result<Vec<Event>, IssueRecordTokenRejection> {
        self.check(tenant)?;
        let fact = RecordTokenIssued {
            token: context.fresh.token.clone(),
            kind: self.kind,
            client: self.client,
            record: self.record,
            redirect_uri: self.redirect_uri.clone(),
            issued_at: context.now,
            expires_at: context.now + TimeDelta::seconds(self.lifetime_seconds),
        };
        Ok(vec![fact.into()])
    }

    fn vault(&self, _: &Tenant, context: &Context<FreshRecordToken>) -> Vec<VaultWrite> {
        vec![context.fresh.kept()]
    }

    fn reply(fresh: &FreshRecordToken) -> Map<String, Value> {
        Map::from_iter([
            ("token".to_owned(), fresh.token.as_str().into()),
            ("secret".to_owned(), fresh.text.expose().into()),
        ])
    }
}

#[cfg(test)]
mod tests {
    use domain::{Personal, RecordCreated};
    use serde_json::json;

    use super::*;
    use crate::clients::sample::{id, tenant};
    use crate::mint::sample;

    /// The tenant has record 7.
    fn decide(change: &Value) -> Result<Event, IssueRecordTokenRejection> {
        let mut tenant = tenant();
        tenant.records.created(&RecordCreated {
            record: RecordId(7),
            uuid: uuid::Uuid::nil(),
            entity_type: "user".to_owned(),
            content: Personal::Erased,
        });
        let mut body =
            json!({"kind": "access", "client": id(2), "record": 7, "lifetimeSeconds": 9});
        for (member, value) in change.as_object().unwrap() {
            body[member] = value.clone();
        }
        let mut command: IssueRecordToken = serde_json::from_value(body).unwrap();
        let keys = sample::keys(&tenant.id);
        let fresh = command.draw(&mut sample::mint(&tenant.id, &keys, 0)).unwrap();
        let context = Context::sample(fresh);
        let (token, secret) = FreshRecordToken::halves(context.fresh.text.expose()).unwrap();
        assert_eq!((&token, secret.len()), (&context.fresh.token, SECRET_LENGTH));
        let writes = command.vault(&tenant, &context);
        let [VaultWrite::Insert(row)] = &writes[..] else { panic!("not one secret") };
        assert_eq!(keys.open(row).unwrap(), Sha256::digest(secret).to_vec());
        Ok(command.decide(&tenant, &context)?.remove(0))
    }

    #[test]
    fn a_token_is_about_a_record_and_works_for_a_client() {
        let Event::RecordTokenIssued(fact) = decide(&json!({})).unwrap() else { panic!() };
        assert_eq!((fact.client, fact.record), (id(2), Some(RecordId(7))));
        assert_eq!(fact.expires_at - fact.issued_at, TimeDelta::seconds(9));
        assert!(decide(&json!({"kind": "creation", "record": null})).is_ok());
        let code = json!({"kind": "authorization_code", "redirectUri": "https://x.example"});
        assert!(decide(&code).is_ok());
    }

    #[test]
    fn refuses_what_is_unknown_or_does_not_go_together() {
        use IssueRecordTokenRejection as No;
        let check = |change: Value, no: No| assert_eq!(decide(&change), Err(no));
        check(json!({"client": id(9)}), No::ClientUnknown(id(9)));
        check(json!({"record": 8}), No::RecordUnknown(RecordId(8)));
        check(json!({"record": null}), No::RecordMismatch);
        check(json!({"kind": "creation"}), No::RecordMismatch);
        check(json!({"kind": "authorization_code"}), No::RedirectUriInvalid);
        check(json!({"redirectUri": "x"}), No::RedirectUriInvalid);
        check(json!({"lifetimeSeconds": 0}), No::LifetimeOutOfRange(0));
    }
}

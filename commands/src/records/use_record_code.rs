//! Uses a code that works once: it proves something, or is exchanged for an access token (Capture,
//! `access/useVerificationCode` and `oauth/token`).

use chrono::TimeDelta;
use domain::{
    Aggregate, ClientId, Event, RecordCode, RecordId, RecordTokenIssued, RecordTokenKind,
    RecordTokenUsed, Right, Tenant, TokenId,
};
use eventlog::{SealError, VaultKind, VaultWrite};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::FreshRecordToken;
use crate::{Command, Context, Mint, Refusal, Rejection};

/// How long an access token works.
const LIFETIME: TimeDelta = TimeDelta::hours(1);

/// Uses a code that works once. An authorization code brings forth an access token, which is shown
/// once.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UseRecordCode {
    /// Its public half: the first 16 characters.
    #[schemars(with = "String")]
    pub code: TokenId,
    #[schemars(with = "String", extend("enum" = ["authorization_code", "verification"]))]
    pub kind: RecordTokenKind,
    /// The client that it works for, if only that one may use it.
    #[schemars(with = "Option<uuid::Uuid>")]
    pub client: Option<ClientId>,
    /// The one that an authorization code was issued for.
    pub redirect_uri: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UseRecordCodeRejection {
    /// Or it was used, or is another's.
    #[error("there is no code {0} of this kind")]
    CodeUnknown(TokenId),
    #[error("code {0} has expired")]
    CodeExpired(TokenId),
    #[error("the code was issued for {expected:?}")]
    RedirectUriMismatch { expected: String, supplied: String },
}

impl Rejection for UseRecordCodeRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::CodeUnknown(_) => Refusal::not_found("code_unknown", "code"),
            Self::CodeExpired(_) => Refusal::invalid("code_expired", "code"),
            Self::RedirectUriMismatch { .. } => {
                Refusal::invalid("redirect_uri_mismatch", "redirectUri")
            }
        }
    }
}

impl UseRecordCode {
    /// The code, if it may be used so.
    fn found<'a>(
        &self,
        tenant: &'a Tenant,
        context: &Context<FreshRecordToken>,
    ) -> Result<&'a RecordCode, UseRecordCodeRejection> {
        use UseRecordCodeRejection as No;

        let unknown = || No::CodeUnknown(self.code.clone());
        let code = tenant.record_codes.get(&self.code).filter(|code| code.kind == self.kind);
        let code = code.ok_or_else(unknown)?;
        if self.client.is_some_and(|client| client != code.client) {
            return Err(unknown());
        }
        if code.expires_at <= context.now {
            return Err(No::CodeExpired(self.code.clone()));
        }
        if code.redirect_uri != self.redirect_uri {
            let text = |uri: &Option<String>| uri.clone().unwrap_or_default();
            let (expected, supplied) = (text(&code.redirect_uri), text(&self.redirect_uri));
            return Err(No::RedirectUriMismatch { expected, supplied });
        }
        Ok(code)
    }

    /// What its use brings forth.
    fn brings_forth(&self) -> bool {
        self.kind == RecordTokenKind::AuthorizationCode
    }
}

impl Command for UseRecordCode {
    type Rejection = UseRecordCodeRejection;
    type Fresh = FreshRecordToken;
    const NAME: &'static str = "UseRecordCode";

    fn needs(&self) -> Right {
        Right::TokenAdmin
    }

    fn draw(&mut self, mint: &mut Mint<'_>) -> Result<FreshRecordToken, SealError> {
        FreshRecordToken::draw(mint)
    }

    fn target(&self, _: &Tenant, _: &Context<FreshRecordToken>) -> Aggregate {
        Aggregate::token(&self.code)
    }

    fn decide(
        &self,
        tenant: &Tenant,
        context: &Context<FreshRecordToken>,
    ) -> Result<Vec<Event>, UseRecordCodeRejection> {
        let RecordCode { client, record, .. } = self.found(tenant, context)?.clone();
        let used = RecordTokenUsed { token: self.code.clone(), client };
        let issued = self.brings_forth().then(|| access(context, client, record));
        Ok([Event::from(used)].into_iter().chain(issued).collect())
    }

    fn vault(&self, tenant: &Tenant, context: &Context<FreshRecordToken>) -> Vec<VaultWrite> {
        let (public_id, tenant) = (self.code.to_string(), tenant.id.clone());
        let used = VaultWrite::Delete { kind: VaultKind::Bearer, public_id, tenant };
        let kept = self.brings_forth().then(|| context.fresh.kept());
        [used].into_iter().chain(kept).collect()
    }

    fn reply(fresh: &FreshRecordToken) -> Map<String, Value> {
        Map::from_iter([
            ("token".to_owned(), fresh.token.as_str().into()),
            ("secret".to_owned(), fresh.text.expose().into()),
        ])
    }
}

fn access(
    context: &Context<FreshRecordToken>,
    client: ClientId,
    record: Option<RecordId>,
) -> Event {
    let fact = RecordTokenIssued {
        token: context.fresh.token.clone(),
        kind: RecordTokenKind::Access,
        client,
        record,
        redirect_uri: None,
        issued_at: context.now,
        expires_at: context.now + LIFETIME,
    };
    fact.into()
}

#[cfg(test)]
mod tests {
    use domain::TenantId;
    use serde_json::json;

    use super::*;
    use crate::clients::sample::id;
    use crate::mint::sample;

    /// Client 2 has the codes `auth`, for `https://x`, and `proof`, both good for ten minutes.
    fn decide(change: &Value, minutes: i64) -> Result<Vec<&'static str>, UseRecordCodeRejection> {
        let mut tenant = Tenant::unborn(TenantId::new("acme").unwrap());
        let now = Context::sample(()).now;
        for (token, kind, uri) in [
            ("auth", RecordTokenKind::AuthorizationCode, Some("https://x")),
            ("proof", RecordTokenKind::Verification, None),
        ] {
            tenant.record_codes.issued(&RecordTokenIssued {
                token: TokenId(token.to_owned()),
                kind,
                client: id(2),
                record: Some(RecordId(7)),
                redirect_uri: uri.map(str::to_owned),
                issued_at: now,
                expires_at: now + TimeDelta::minutes(10),
            });
        }
        let mut body = json!({
            "code": "auth", "kind": "authorization_code", "client": id(2), "redirectUri": "https://x",
        });
        for (member, value) in change.as_object().unwrap() {
            body[member] = value.clone();
        }
        let mut command: UseRecordCode = serde_json::from_value(body).unwrap();
        let keys = sample::keys(&tenant.id);
        let fresh = command.draw(&mut sample::mint(&tenant.id, &keys, 0)).unwrap();
        let now = now + TimeDelta::minutes(minutes);
        let context = Context { now, ..Context::sample(fresh) };
        let events = command.decide(&tenant, &context)?;
        for event in &events {
            tenant.apply(event);
        }
        let again = command.decide(&tenant, &context);
        assert_eq!(again, Err(UseRecordCodeRejection::CodeUnknown(command.code.clone())));
        Ok(events.iter().map(Event::name).collect())
    }

    #[test]
    fn a_code_is_used_once() {
        let both = ["record_token.used", "record_token.issued"];
        assert_eq!(decide(&json!({}), 9).unwrap(), both);
        let proof = json!({"code": "proof", "kind": "verification", "redirectUri": null});
        assert_eq!(decide(&proof, 9).unwrap(), both[..1]);
    }

    #[test]
    fn refuses_codes_that_are_unknown_over_or_for_somebody_else() {
        use UseRecordCodeRejection as No;
        let unknown = |code: &str| Err(No::CodeUnknown(TokenId(code.to_owned())));
        assert_eq!(decide(&json!({"code": "none"}), 0), unknown("none"));
        assert_eq!(decide(&json!({"code": "proof"}), 0), unknown("proof"));
        assert_eq!(decide(&json!({"client": id(1)}), 0), unknown("auth"));
        assert_eq!(decide(&json!({}), 10), Err(No::CodeExpired(TokenId("auth".to_owned()))));
        let (expected, supplied) = ("https://x".to_owned(), "https://y".to_owned());
        let mismatch = No::RedirectUriMismatch { expected, supplied };
        assert_eq!(decide(&json!({"redirectUri": "https://y"}), 0), Err(mismatch));
    }
}

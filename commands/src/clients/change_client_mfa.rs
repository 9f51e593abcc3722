//! Enrolls second factors of whoever uses an API client, verifies them, or takes them away (tenant
//! clients, "mfa").

use std::collections::BTreeSet;

use domain::{Aggregate, ClientId, ClientMfaChanged, Event, Mfa, Right, Tenant};
use eventlog::SealError;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{Command, Context, Mint, Refusal, Rejection};

/// The factors there are.
pub const MFA_METHODS: [&str; 3] = ["totp", "sms", "webauthn"];

/// What becomes of a client's second factors.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(tag = "do", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum MfaStep {
    /// These are its factors from now on, to be verified.
    Enroll {
        /// Some of `totp`, `sms` and `webauthn`.
        methods: Vec<String>,
        /// One of them; the first one if absent.
        default_method: Option<String>,
    },
    /// The factors were shown to work.
    Verify,
    /// It has none any more.
    Remove,
}

/// Enrolls, verifies or removes second factors of whoever uses an API client.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangeClientMfa {
    #[schemars(with = "uuid::Uuid")]
    pub client: ClientId,
    pub step: MfaStep,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChangeClientMfaRejection {
    #[error("there is no client {0}")]
    ClientUnknown(ClientId),
    #[error("client {0} is the tenant's default client and cannot be changed")]
    ClientIsDefault(ClientId),
    #[error("methods are one or more of totp, sms, webauthn")]
    MethodsInvalid,
    #[error("the default method is not one of the methods")]
    DefaultInvalid,
    #[error("the client has no second factor to verify")]
    NotEnrolled,
}

impl Rejection for ChangeClientMfaRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::ClientUnknown(_) => Refusal::not_found("client_unknown", "client"),
            Self::ClientIsDefault(_) => Refusal::forbidden("client_is_default").about("client"),
            Self::MethodsInvalid => Refusal::invalid("methods_invalid", "methods"),
            Self::DefaultInvalid => Refusal::invalid("default_method_invalid", "defaultMethod"),
            Self::NotEnrolled => Refusal::conflict("not_enrolled", Vec::new()),
        }
    }
}

impl Command for ChangeClientMfa {
    type Rejection = ChangeClientMfaRejection;
    type Fresh = ();
    const NAME: &'static str = "ChangeClientMfa";

    fn needs(&self) -> Right {
        Right::ClientAdmin
    }

    fn draw(&mut self, _: &mut Mint<'_>) -> Result<(), SealError> {
        Ok(())
    }

    fn target(&self, _: &Tenant, _: &Context) -> Aggregate {
        Aggregate::client(self.client)
    }

    fn decide(
        &self,
        tenant: &Tenant,
        context: &Context,
    ) -> Result<Vec<Event>, ChangeClientMfaRejection> {
        use ChangeClientMfaRejection as No;

        let client = self.client;
        let found = tenant.clients.get(client).ok_or(No::ClientUnknown(client))?;
        if found.is_default {
            return Err(No::ClientIsDefault(client));
        }
        let before = found.mfa.clone();
        let after = match &self.step {
            MfaStep::Enroll { methods, default_method } => {
                let first = methods.first().ok_or(No::MethodsInvalid)?;
                if !methods.iter().all(|method| MFA_METHODS.contains(&method.as_str())) {
                    return Err(No::MethodsInvalid);
                }
                let default_method = default_method.as_ref().unwrap_or(first);
                if !methods.contains(default_method) {
                    return Err(No::DefaultInvalid);
                }
                let methods: BTreeSet<_> = methods.iter().cloned().collect();
                let default_method = Some(default_method.clone());
                // Factors that stay the same stay verified.
                let is_same = before.methods == methods;
                let enrolled_at = before.enrolled_at.filter(|_| is_same).or(Some(context.now));
                let is_verified = is_same && before.is_verified;
                Mfa { methods, default_method, enrolled_at, is_verified }
            }
            MfaStep::Verify if before.methods.is_empty() => return Err(No::NotEnrolled),
            MfaStep::Verify => Mfa { is_verified: true, ..before.clone() },
            MfaStep::Remove => Mfa::default(),
        };
        if after == before {
            return Ok(Vec::new());
        }
        Ok(vec![ClientMfaChanged { client, before, after }.into()])
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::clients::sample::{id, tenant};

    fn step(tenant: &mut Tenant, step: Value) -> Result<bool, ChangeClientMfaRejection> {
        let body = json!({"client": id(2), "step": step});
        let command: ChangeClientMfa = serde_json::from_value(body).unwrap();
        let events = command.decide(tenant, &Context::sample(()))?;
        for event in &events {
            tenant.apply(event);
        }
        Ok(!events.is_empty())
    }

    fn enroll(methods: &[&str]) -> Value {
        json!({"do": "enroll", "methods": methods})
    }

    #[test]
    fn factors_are_enrolled_verified_and_removed() {
        let mut tenant = tenant();
        assert_eq!(step(&mut tenant, enroll(&["totp", "sms"])), Ok(true));
        let mfa = |tenant: &Tenant| tenant.clients.get(id(2)).unwrap().mfa.clone();
        assert_eq!(mfa(&tenant).default_method.as_deref(), Some("totp"));
        assert_eq!(step(&mut tenant, json!({"do": "verify"})), Ok(true));
        assert_eq!(step(&mut tenant, enroll(&["totp", "sms"])), Ok(false), "they stay verified");
        assert_eq!(step(&mut tenant, enroll(&["webauthn"])), Ok(true));
        assert!(!mfa(&tenant).is_verified && mfa(&tenant).enrolled_at.is_some());
        assert_eq!(step(&mut tenant, json!({"do": "remove"})), Ok(true));
        assert_eq!(mfa(&tenant), Mfa::default());
        assert_eq!(step(&mut tenant, json!({"do": "remove"})), Ok(false));
    }

    #[test]
    fn refuses_what_is_no_factor() {
        use ChangeClientMfaRejection as No;
        let refused = |body: Value| step(&mut tenant(), body).unwrap_err();
        assert_eq!(refused(enroll(&[])), No::MethodsInvalid);
        assert_eq!(refused(enroll(&["smoke"])), No::MethodsInvalid);
        let other = json!({"do": "enroll", "methods": ["totp"], "defaultMethod": "sms"});
        assert_eq!(refused(other), No::DefaultInvalid);
        assert_eq!(refused(json!({"do": "verify"})), No::NotEnrolled);
    }
}

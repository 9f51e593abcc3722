//! For cases: tenants with a few API clients in them.

use domain::{
    Actor, ActorKind, AkamaiClientId, CaptureClientId, ClientCreated, ClientCredentialCreated,
    ClientFeature, ClientId, ClientKind, CredentialId, Tenant, TenantId,
};
use uuid::Uuid;

use crate::Context;

/// The id of the `n`th client.
pub(crate) fn id(n: u128) -> ClientId {
    ClientId(Uuid::from_u128(n))
}

/// The `n`th client comes to be, a service account that may touch nothing.
pub(crate) fn created(n: u128, name: &str, features: &[ClientFeature]) -> ClientCreated {
    ClientCreated {
        client: id(n),
        akamai_id: AkamaiClientId(format!("akamai{n}")),
        capture_id: CaptureClientId(format!("capture{n}")),
        name: name.to_owned(),
        description: String::new(),
        kind: ClientKind::ServiceAccount,
        authorized_user: None,
        organization: None,
        features: features.iter().copied().collect(),
        access: Vec::new(),
        tags: [].into(),
        is_default: false,
    }
}

/// A tenant with the clients 1 `boss`, who is its only owner, 2 `robot`, 3 `default`, who is its
/// default, and 4 `former`, a locked owner.
pub(crate) fn tenant() -> Tenant {
    let mut tenant = Tenant::unborn(TenantId::new("acme").unwrap());
    tenant.clients.created(&created(1, "boss", &[ClientFeature::Owner]));
    tenant.clients.created(&created(2, "robot", &[ClientFeature::DirectAccess]));
    tenant.clients.created(&ClientCreated { is_default: true, ..created(3, "default", &[]) });
    tenant.clients.created(&created(4, "former", &[ClientFeature::Owner]));
    tenant.clients.lock(id(4), true);
    tenant
}

/// Client `n` has credential `credential`, with the token `akab-<credential>`, for `hours` more.
pub(crate) fn give_credential(tenant: &mut Tenant, n: u128, credential: i64, hours: i64) {
    tenant.clients.credential_created(&ClientCredentialCreated {
        client: id(n),
        credential: CredentialId(credential),
        client_token: format!("akab-{credential}"),
        access_token: String::new(),
        expires_at: Context::sample(()).now + chrono::TimeDelta::hours(hours),
    });
}

/// Client `n` itself asks.
pub(crate) fn acting(tenant: &Tenant, n: u128) -> Context {
    let (home, kind) = (tenant.id.clone(), ActorKind::Client);
    let actor = Actor { home, kind, id: id(n).to_string(), authenticated: "basic".to_owned() };
    Context { actor, ..Context::sample(()) }
}

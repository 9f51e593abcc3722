//! For cases: tenants with a few API clients in them.

use domain::{AkamaiClientId, CaptureClientId, ClientCreated, ClientFeature, ClientId, ClientKind};
use uuid::Uuid;

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

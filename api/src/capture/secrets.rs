//! The clients' secrets in the clear, for the answers that show them.

use std::collections::HashMap;
use std::sync::Arc;

use eventlog::VaultKind;
use projections::clients::BriefRow;

use crate::call::Call;
use crate::fault::Fault;

const MASK: &str = "********************************";

/// How many clients it takes for their secrets to be read at once, and remembered.
const MANY: usize = 16;

/// The newest secrets of some clients; none where a setting hides them.
pub(super) struct Secrets(HashMap<String, Arc<str>>);

/// Under what the vault keeps a client's newest secret.
fn public_id(client: &BriefRow) -> String {
    format!("{}.{}", client.capture_id, client.secret_generation)
}

impl Secrets {
    /// Those of these clients. Opening many takes long, so they are opened once.
    pub(super) async fn of(call: &Call, clients: &[BriefRow]) -> Result<Self, Fault> {
        if call.app.settings.capture_masks_secrets {
            return Ok(Self(HashMap::new()));
        }
        let (log, tenant) = (&call.app.log, &call.tenant);
        let keys = call.app.keyring.tenant(tenant).await?;
        let ids: Vec<_> = clients.iter().map(public_id).collect();
        if let Some(known) = keys.recall(ids.iter().map(String::as_str)) {
            return Ok(Self(ids.into_iter().zip(known).collect()));
        }
        let rows = if clients.len() < MANY {
            let mut rows = Vec::new();
            for id in &ids {
                rows.extend(log.vault(VaultKind::ClientSecret, id).await?);
            }
            rows
        } else {
            log.vault_of(VaultKind::ClientSecret, tenant).await?
        };
        let mut secrets = HashMap::new();
        for row in rows {
            let clear = String::from_utf8(keys.open(&row)?).map_err(|_| Fault::Internal)?;
            secrets.insert(row.public_id, Arc::from(clear));
        }
        if clients.len() >= MANY {
            keys.remember(secrets.clone());
        }
        Ok(Self(secrets))
    }

    /// The secret a client was given last, or a mask.
    pub(super) fn newest(&self, client: &BriefRow) -> &str {
        self.0.get(&public_id(client)).map_or(MASK, |secret| secret)
    }
}

//! What it takes to use the start data: signing credentials, secrets, tokens, a password. Those
//! that are only sealed are read from the vault; a token's text and the password are told again
//! only while the answer that showed them is remembered, and else replaced.

use commands::clients::CreateClientCredential;
use commands::sign_ins::SetUserPassword;
use commands::tenants::SetSigningSecret;
use commands::tokens::{Holder, IssueToken, RevokeToken};
use domain::{Right, UserId};
use eventlog::{VaultKind, VaultRow};
use projections::clients::{self, ClientRow};
use serde::Deserialize;
use uuid::Uuid;

use super::planter::{Planter, StartError, is_remembered, text};
use crate::fault::Fault;

/// What a client signs EdgeGrid calls with.
pub(super) struct Signer {
    pub(super) client_token: String,
    pub(super) access_token: String,
    pub(super) client_secret: String,
}

/// What the vault keeps of a signing credential.
#[derive(Deserialize)]
struct Kept {
    client_secret: String,
    access_token: String,
}

impl Planter<'_> {
    /// The client's signing credential, a new one where it has none.
    pub(super) async fn create_credential(&self, client: &ClientRow) -> Result<Signer, StartError> {
        let views = self.present().await?;
        let held = clients::credentials_of(&views, &self.tenant, client.client).await;
        let held =
            held.map_err(Fault::from)?.into_iter().next().map(|held| held.state.client_token);
        let client_token = if let Some(held) = held {
            held
        } else {
            let command = CreateClientCredential { client: client.client };
            let answer = self.once(&client.name, command).await?;
            text("CreateClientCredential", &answer, "clientToken")?
        };
        let row = self.app.log.vault(VaultKind::EdgeGrid, &client_token).await;
        let kept: Kept = serde_json::from_slice(&self.open(row.map_err(Fault::from)?).await?)
            .map_err(|_| Fault::Internal)?;
        let Kept { client_secret, access_token } = kept;
        Ok(Signer { client_token, access_token, client_secret })
    }

    /// The client's newest secret.
    pub(super) async fn client_secret(&self, client: &ClientRow) -> Result<String, StartError> {
        let public_id = format!("{}.{}", client.capture_id, client.secret_generation);
        let row = self.app.log.vault(VaultKind::ClientSecret, &public_id).await;
        plain(self.open(row.map_err(Fault::from)?).await?)
    }

    /// The secret that the tenant's web tokens are signed with, a new one where there is none.
    pub(super) async fn set_signing_secret(&self) -> Result<String, StartError> {
        let held = self.app.log.vault_of(VaultKind::SigningSecret, &self.tenant).await;
        if let Some(row) = held.map_err(Fault::from)?.pop() {
            return plain(self.open(Some(row)).await?);
        }
        let answer = self.once("signing", SetSigningSecret {}).await?;
        text("SetSigningSecret", &answer, "secret")
    }

    /// A random password for a user. It is told again as long as its answer is remembered; after
    /// that, the start that set it broke off, so nobody has it, and another takes its place.
    pub(super) async fn set_password(&self, user: &UserId) -> Result<String, StartError> {
        let command = SetUserPassword { user: user.clone(), new_password: None };
        let answer = self.once(user.as_str(), command).await?;
        text("SetUserPassword", &answer, "newPassword")
    }

    /// A token that speaks for a user. One whose text nobody can tell any more is replaced: the
    /// start that issued it broke off, so nobody has it.
    pub(super) async fn issue_token(
        &self,
        name: &str,
        holder: &UserId,
        rights: &[Right],
    ) -> Result<String, StartError> {
        let command = IssueToken {
            name: name.to_owned(),
            holder: Holder::User(holder.clone()),
            rights: rights.iter().map(|right| right.as_str().to_owned()).collect(),
            organization: None,
            expires_at: None,
        };
        let key = match self.token(name).await? {
            Some(held) if !is_remembered(&held) => {
                let again = format!("{name}/{}", held.token);
                self.once(&again, RevokeToken { token: held.token }).await?;
                format!("{name}/{}", Uuid::now_v7())
            }
            Some(_) | None => name.to_owned(),
        };
        let answer = self.once(&key, command).await?;
        text("IssueToken", &answer, "secret")
    }

    async fn open(&self, row: Option<VaultRow>) -> Result<Vec<u8>, StartError> {
        let row = row.ok_or(StartError::SecretGone)?;
        let keys = self.app.keyring.tenant(&self.tenant).await.map_err(Fault::from)?;
        Ok(keys.open(&row).map_err(Fault::from)?)
    }
}

fn plain(bytes: Vec<u8>) -> Result<String, StartError> {
    String::from_utf8(bytes).map_err(|_| Fault::Internal.into())
}

//! JSON web tokens of the one issuer beside the tenants themselves that an operator trusts.

use chrono::{DateTime, Utc};
use domain::{Actor, ActorKind};

use super::Caller;
use super::bearer::BearerError;
use super::members::with_roles;
use super::web_token::rights;
use crate::app::App;
use crate::fault::Fault;
use crate::jwt::{self, TrustedIssuer};

/// The person behind a token of that issuer: a user of its tenant, with what the claims say and
/// with the roles that the subject has there.
pub(super) async fn trusted(
    app: &App,
    issuer: &TrustedIssuer,
    token: &str,
    now: DateTime<Utc>,
) -> Result<Caller, BearerError> {
    let kid = jwt::key_id(token)?;
    let keys = issuer.keys.at_hand(kid.as_deref()).await.map_err(|_| Fault::Unavailable)?;
    let claims = jwt::verify_trusted(token, issuer, &keys, now)?;
    let subject = claims.subject().ok_or(BearerError::Invalid("it does not say whose it is"))?;
    let actor = Actor {
        home: issuer.tenant.clone(),
        kind: ActorKind::User,
        id: subject.to_owned(),
        authenticated: "jwt".to_owned(),
    };
    let views = app.reads.current(&issuer.tenant).await.map_err(Fault::from)?.views;
    let caller = Caller::new(issuer.tenant.clone(), actor);
    let caller = Caller { rights: rights(&claims), claims: Some(claims), ..caller };
    Ok(with_roles(&views, caller).await?)
}

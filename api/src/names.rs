//! Who did something, by name: that of a user, or of the user that a client
//! acts for. Who has no name, or none any more, is shown by id.

use std::collections::{BTreeSet, HashMap};

use domain::{ClientId, UserId};
use projections::{clients, users};

use crate::call::Call;
use crate::fault::Fault;

/// Names by the ids of actors.
pub(crate) struct Names(HashMap<String, String>);

impl Names {
    /// The names of these actors.
    pub(crate) async fn of(
        call: &Call,
        actors: impl IntoIterator<Item = &str>,
    ) -> Result<Self, Fault> {
        let (mut ids, mut rows) = (Vec::new(), Vec::new());
        for actor in actors.into_iter().collect::<BTreeSet<_>>() {
            let Some(user) = user_behind(call, actor).await? else { continue };
            if let Some(row) = users::one(&call.views, &call.tenant, &user).await? {
                ids.push(actor.to_owned());
                rows.push(row);
            }
        }
        let opened = call.app.opened(&call.tenant, rows).await?;
        let pairs = ids.into_iter().zip(opened);
        let names =
            pairs.filter_map(|(id, row)| Some((id, row.profile.known()?.user_name.clone())));
        Ok(Self(names.collect()))
    }

    /// The actor's name.
    pub(crate) fn get<'a>(&'a self, actor: &'a str) -> &'a str {
        self.0.get(actor).map_or(actor, String::as_str)
    }
}

async fn user_behind(call: &Call, actor: &str) -> Result<Option<UserId>, Fault> {
    let Ok(client) = actor.parse() else { return Ok(Some(UserId(actor.to_owned()))) };
    let client = clients::one(&call.views, &call.tenant, ClientId(client)).await?;
    Ok(client.and_then(|client| client.authorized_user))
}

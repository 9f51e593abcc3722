//! Who did something, by name: that of a user, or of the user that a client
//! acts for. Who has no name, or none any more, is shown by id.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::{ClientId, UserId};
use projections::users::UserRow;
use projections::{clients, users};

use crate::call::Call;
use crate::fault::Fault;

/// Up to how many actors are looked up one by one. For more, all there are are read at once.
const FEW: usize = 4;

/// Names by the ids of actors.
pub(crate) struct Names(HashMap<String, String>);

impl Names {
    /// The names of these actors.
    pub(crate) async fn of(
        call: &Call,
        actors: impl IntoIterator<Item = &str>,
    ) -> Result<Self, Fault> {
        let actors: BTreeSet<_> = actors.into_iter().collect();
        let found = if actors.len() <= FEW {
            one_by_one(call, &actors).await?
        } else {
            at_once(call, &actors).await?
        };
        let (ids, rows): (Vec<_>, Vec<_>) = found.into_iter().unzip();
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

/// Each actor with the user behind it.
type Found = Vec<(String, UserRow)>;

async fn one_by_one(call: &Call, actors: &BTreeSet<&str>) -> Result<Found, Fault> {
    let mut found = Vec::new();
    for actor in actors {
        let user = match actor.parse() {
            Err(_) => Some(UserId((*actor).to_owned())),
            Ok(client) => {
                let client = clients::one(&call.views, &call.tenant, ClientId(client)).await?;
                client.and_then(|client| client.authorized_user)
            }
        };
        let Some(user) = user else { continue };
        if let Some(row) = users::one(&call.views, &call.tenant, &user).await? {
            found.push(((*actor).to_owned(), row));
        }
    }
    Ok(found)
}

async fn at_once(call: &Call, actors: &BTreeSet<&str>) -> Result<Found, Fault> {
    let clients = clients::all(&call.views, &call.tenant).await?;
    let acts_for = clients.into_iter().map(|client| (client.client, client.authorized_user));
    let acts_for: HashMap<_, _> = acts_for.collect();
    let mut behind = BTreeMap::<UserId, Vec<&str>>::new();
    for &actor in actors {
        let user = match actor.parse().map(ClientId) {
            Err(_) => Some(UserId(actor.to_owned())),
            Ok(client) => acts_for.get(&client).cloned().flatten(),
        };
        if let Some(user) = user {
            behind.entry(user).or_default().push(actor);
        }
    }
    let users = users::all(&call.views, &call.tenant).await?;
    let found = users.into_iter().flat_map(|row| {
        let actors = behind.get(&row.user).into_iter().flatten();
        actors.map(move |actor| ((*actor).to_owned(), row.clone()))
    });
    Ok(found.collect())
}

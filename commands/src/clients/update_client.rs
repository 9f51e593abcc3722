//! Changes what is told of an API client (tenant clients, "update": PATCH and PUT). What is absent
//! stays; `null` takes a member away.

use domain::{
    Aggregate, Client, ClientActivated, ClientDeactivated, ClientId, ClientRegistrationChanged,
    ClientRenamed, ClientTagged, Event, Registration, Right, Tenant,
};
use eventlog::{SealError, VaultWrite};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};

use super::activity::{Activity, StatusFault};
use super::contact::{ClearEmail, EmailFault, SealedEmail};
use super::register_client::FOREIGN_ID_MAX;
use super::{DeleteClient, DeleteClientRejection, NAME_MAX, TAG_MAX};
use crate::names::{bytes_of, is_name};
use crate::{Command, Context, Mint, Refusal, Rejection};

/// Changes what is told of an API client. What is absent stays; `null` takes a member away.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateClient {
    #[schemars(with = "uuid::Uuid")]
    pub client: ClientId,
    /// 1 to 256 characters; no other client has it.
    pub name: Option<String>,
    /// At most 512 characters.
    #[serde(default, deserialize_with = "told")]
    #[schemars(with = "Option<String>")]
    pub email: Option<Option<ClearEmail>>,
    /// Each 1 to 100 characters; they replace those it had.
    pub tags: Option<Vec<String>>,
    /// No other client has it. `null` and blank make it the client's own id.
    #[serde(default, deserialize_with = "told")]
    #[schemars(with = "Option<String>")]
    pub hydra_client_id: Option<Option<String>>,
    pub oidc_enabled: Option<bool>,
    pub active: Option<bool>,
    /// `Active`, `Inactive`, another word for why it is not active, or `Deleted`.
    pub status: Option<String>,
}

/// A member that is there, were it only `null`.
#[expect(clippy::option_option, reason = "absent, `null` and there are three things")]
fn told<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UpdateClientRejection {
    #[error("there is no client {0}")]
    ClientUnknown(ClientId),
    #[error("client {0} is the tenant's default client and cannot be changed")]
    ClientIsDefault(ClientId),
    #[error("a client's name has 1 to {NAME_MAX} characters, not all of them blank")]
    NameInvalid,
    #[error("client {0} has that name")]
    NameTaken(ClientId),
    #[error("the email is no address that mail can be sent to")]
    EmailInvalid,
    #[error("the key of client {0} was destroyed: nothing more is kept of it")]
    Erased(ClientId),
    #[error("a tag has 1 to {TAG_MAX} characters, not all of them blank")]
    TagInvalid,
    #[error("`hydraClientId` has at most {FOREIGN_ID_MAX} characters")]
    HydraInvalid,
    #[error("client {0} has that hydra_client_id")]
    HydraTaken(ClientId),
    #[error("{0}")]
    Status(StatusFault),
    #[error(transparent)]
    Delete(DeleteClientRejection),
}

impl Rejection for UpdateClientRejection {
    fn refusal(&self) -> Refusal {
        let taken = |code, by: &ClientId, member| {
            Refusal::conflict(code, vec![Aggregate::client(*by)]).about(member)
        };
        match self {
            Self::ClientUnknown(_) => Refusal::not_found("client_unknown", "client"),
            Self::ClientIsDefault(_) => Refusal::forbidden("client_is_default").about("client"),
            Self::NameInvalid => Refusal::invalid("name_invalid", "name"),
            Self::NameTaken(by) => taken("name_taken", by, "name"),
            Self::EmailInvalid => Refusal::invalid("email_invalid", "email"),
            Self::Erased(client) => {
                Refusal::conflict("client_erased", vec![Aggregate::client(*client)]).about("email")
            }
            Self::TagInvalid => Refusal::invalid("tag_invalid", "tags"),
            Self::HydraInvalid => Refusal::invalid("hydra_client_id_invalid", "hydraClientId"),
            Self::HydraTaken(by) => taken("hydra_client_id_taken", by, "hydraClientId"),
            Self::Status(_) => Refusal::invalid("status_invalid", "status"),
            Self::Delete(rejection) => rejection.refusal(),
        }
    }
}

/// A new address, sealed.
pub type FreshEmail = Option<Result<SealedEmail, EmailFault>>;

impl UpdateClient {
    fn renamed(
        &self,
        tenant: &Tenant,
        found: &Client,
    ) -> Result<Option<Event>, UpdateClientRejection> {
        use UpdateClientRejection as No;

        let Some(to) = self.name.as_ref().filter(|name| **name != found.name) else {
            return Ok(None);
        };
        if !is_name(to, NAME_MAX) {
            return Err(No::NameInvalid);
        }
        if let Some(by) = tenant.clients.named(to) {
            return Err(No::NameTaken(by));
        }
        let (from, to) = (found.name.clone(), to.clone());
        Ok(Some(ClientRenamed { client: self.client, from, to }.into()))
    }

    fn tagged(&self, found: &Client) -> Result<Option<Event>, UpdateClientRejection> {
        let Some(tags) = &self.tags else { return Ok(None) };
        if !tags.iter().all(|tag| is_name(tag, TAG_MAX)) {
            return Err(UpdateClientRejection::TagInvalid);
        }
        let (before, after) = (found.tags.clone(), tags.iter().cloned().collect());
        let client = self.client;
        Ok((before != after).then(|| ClientTagged { client, before, after }.into()))
    }

    /// What is told of the client afterwards, but for the word for its activity.
    fn registration(
        &self,
        tenant: &Tenant,
        found: &Client,
        email: &FreshEmail,
    ) -> Result<Registration, UpdateClientRejection> {
        use UpdateClientRejection as No;

        let mut after = found.registration.clone();
        match (&self.email, email) {
            (None, _) => {}
            (Some(_), Some(Err(EmailFault::Erased))) => return Err(No::Erased(self.client)),
            (Some(_), Some(Err(EmailFault::Invalid))) => return Err(No::EmailInvalid),
            (Some(_), None) => after.email = None,
            (Some(_), Some(Ok(new))) => {
                if found.contact_lookup.as_ref() != Some(&new.lookup) {
                    after.email = Some(new.sealed.clone());
                }
            }
        }
        if let Some(hydra) = &self.hydra_client_id {
            let own = self.client.to_string();
            let hydra = hydra.as_ref().filter(|id| !id.trim().is_empty() && **id != own);
            if hydra.is_some_and(|id| !is_name(id, FOREIGN_ID_MAX)) {
                return Err(No::HydraInvalid);
            }
            let by = hydra.and_then(|id| tenant.clients.with_hydra_id(id));
            if let Some(by) = by.filter(|by| *by != self.client) {
                return Err(No::HydraTaken(by));
            }
            after.hydra_client = hydra.cloned();
        }
        after.oidc_enabled = self.oidc_enabled.unwrap_or(after.oidc_enabled);
        Ok(after)
    }

    fn deletes(&self) -> bool {
        let activity = Activity::of(self.active, self.status.as_deref());
        matches!(activity, Ok(Some(Activity::Deleted)))
    }
}

impl Command for UpdateClient {
    type Rejection = UpdateClientRejection;
    type Fresh = FreshEmail;
    const NAME: &'static str = "UpdateClient";

    fn needs(&self) -> Right {
        Right::ClientAdmin
    }

    fn weight(&self) -> usize {
        let texts = [self.name.as_ref(), self.hydra_client_id.as_ref().and_then(Option::as_ref)];
        let texts = texts.into_iter().flatten().map(String::len).sum::<usize>();
        size_of_val(self) + texts + self.tags.as_deref().map_or(0, bytes_of)
    }

    /// A new address is sealed under the client's own key.
    fn subject(&self) -> Option<String> {
        matches!(self.email, Some(Some(_))).then(|| self.client.to_string())
    }

    fn draw(&mut self, mint: &mut Mint<'_>) -> Result<FreshEmail, SealError> {
        let clear = self.email.as_mut().and_then(Option::take);
        clear.map(|clear| clear.seal(self.client, mint.keys())).transpose()
    }

    fn target(&self, _: &Tenant, _: &Context<FreshEmail>) -> Aggregate {
        Aggregate::client(self.client)
    }

    fn decide(
        &self,
        tenant: &Tenant,
        context: &Context<FreshEmail>,
    ) -> Result<Vec<Event>, UpdateClientRejection> {
        use UpdateClientRejection as No;

        let client = self.client;
        let found = tenant.clients.get(client).ok_or(No::ClientUnknown(client))?;
        if found.is_default {
            return Err(No::ClientIsDefault(client));
        }
        let activity = Activity::of(self.active, self.status.as_deref()).map_err(No::Status)?;
        let mut events = Vec::new();
        events.extend(self.renamed(tenant, found)?);
        events.extend(self.tagged(found)?);
        let before = &found.registration;
        let mut after = self.registration(tenant, found, &context.fresh)?;
        let is_active = match activity {
            None | Some(Activity::Deleted) => found.is_active,
            Some(Activity::Active) => {
                after.status = None;
                true
            }
            Some(Activity::Inactive(word)) => {
                // The flag alone does not take back a word it agrees with.
                let kept = if self.status.is_none() { after.status.take() } else { None };
                after.status = word.or(kept);
                false
            }
        };
        if after != *before {
            let (before, after) = (Box::new(before.clone()), Box::new(after));
            events.push(ClientRegistrationChanged { client, before, after }.into());
        }
        match (found.is_active, is_active) {
            (true, false) => events.push(ClientDeactivated { client }.into()),
            (false, true) => events.push(ClientActivated { client }.into()),
            (true, true) | (false, false) => {}
        }
        if self.deletes() {
            let deleted = DeleteClient { client }.fact(tenant).map_err(No::Delete)?;
            let name = self.name.clone().unwrap_or(deleted.name);
            let tags = self.tags.as_ref().map(|tags| tags.iter().cloned().collect());
            let tags = tags.unwrap_or(deleted.tags);
            events.push(domain::ClientDeleted { name, tags, ..deleted }.into());
        }
        Ok(events)
    }

    fn vault(&self, tenant: &Tenant, _: &Context<FreshEmail>) -> Vec<VaultWrite> {
        if self.deletes() {
            DeleteClient { client: self.client }.dropped(tenant)
        } else {
            Vec::new()
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::Personal;
    use serde_json::{Value, json};

    use super::*;
    use crate::clients::sample::{id, tenant};
    use crate::mint::sample;

    fn decide(tenant: &Tenant, mut body: Value) -> Result<Vec<Event>, UpdateClientRejection> {
        body["client"] = json!(id(2));
        let keys = sample::keys(&tenant.id);
        keys.new_subject(&id(2).to_string()).unwrap();
        let mut command: UpdateClient = serde_json::from_value(body).unwrap();
        let fresh = command.draw(&mut sample::mint(&tenant.id, &keys, 0)).unwrap();
        let events = command.decide(tenant, &Context::sample(fresh))?;
        Ok(events.into_iter().map(|event| keys.opened(event)).collect())
    }

    fn names(body: Value) -> Vec<&'static str> {
        let mut tenant = tenant();
        let events = decide(&tenant, body.clone()).unwrap();
        for event in &events {
            tenant.apply(event);
        }
        if tenant.clients.get(id(2)).is_some() && body.get("email").is_none() {
            assert_eq!(decide(&tenant, body), Ok(vec![]), "the same again changes nothing");
        }
        events.iter().map(Event::name).collect()
    }

    #[test]
    fn what_changes_is_told_and_what_is_absent_stays() {
        assert_eq!(names(json!({})), Vec::<&str>::new());
        let all =
            json!({"name": "android", "tags": ["b", "a"], "oidcEnabled": true, "active": false});
        let told = [
            "client.renamed",
            "client.tagged",
            "client.registration_changed",
            "client.deactivated",
        ];
        assert_eq!(names(all), told);
        let pending = json!({"status": "Pending"});
        assert_eq!(names(pending), ["client.registration_changed", "client.deactivated"]);
        assert_eq!(names(json!({"status": "Inactive"})), ["client.deactivated"]);
        let deleted = json!({"status": "Deleted", "name": "android"});
        assert_eq!(names(deleted), ["client.renamed", "client.deleted"]);
    }

    #[test]
    fn an_address_is_sealed_and_null_takes_it_away() {
        let mut tenant = tenant();
        let events = decide(&tenant, json!({"email": "ops@acme.example"})).unwrap();
        let [Event::ClientRegistrationChanged(fact)] = &events[..] else { panic!("{events:?}") };
        let Some(Personal::Known(email)) = &fact.after.email else { panic!("{fact:?}") };
        assert_eq!(email.value.address, "ops@acme.example");
        tenant.apply(&events[0]);
        let events = decide(&tenant, json!({"email": null})).unwrap();
        let [Event::ClientRegistrationChanged(fact)] = &events[..] else { panic!("{events:?}") };
        assert!(fact.before.email.is_some() && fact.after.email.is_none());
    }

    #[test]
    fn a_word_outlives_the_flag_that_agrees_with_it() {
        let mut tenant = tenant();
        for event in decide(&tenant, json!({"status": "Pending"})).unwrap() {
            tenant.apply(&event);
        }
        assert_eq!(decide(&tenant, json!({"active": false})), Ok(vec![]));
        let back = decide(&tenant, json!({"active": true})).unwrap();
        let names: Vec<_> = back.iter().map(Event::name).collect();
        assert_eq!(names, ["client.registration_changed", "client.activated"]);
    }

    #[test]
    fn refuses_what_a_client_cannot_be() {
        use UpdateClientRejection as No;
        let refused = |body: Value| decide(&tenant(), body).unwrap_err();
        assert_eq!(refused(json!({"name": " "})), No::NameInvalid);
        assert_eq!(refused(json!({"name": "boss"})), No::NameTaken(id(1)));
        assert_eq!(refused(json!({"email": "nobody"})), No::EmailInvalid);
        assert_eq!(refused(json!({"tags": [""]})), No::TagInvalid);
        assert_eq!(refused(json!({"hydraClientId": id(1)})), No::HydraTaken(id(1)));
        assert_eq!(refused(json!({"hydraClientId": "x".repeat(257)})), No::HydraInvalid);
        let contradiction = json!({"active": true, "status": "Pending"});
        assert_eq!(refused(contradiction), No::Status(StatusFault::Contradiction));
        let keys = sample::keys(&tenant().id);
        let mut command: UpdateClient = serde_json::from_value(json!({"client": id(3)})).unwrap();
        let fresh = command.draw(&mut sample::mint(&tenant().id, &keys, 0)).unwrap();
        let decided = command.decide(&tenant(), &Context::sample(fresh));
        assert_eq!(decided, Err(No::ClientIsDefault(id(3))));
    }
}

//! Random histories of commands on API clients: whatever is asked, somebody stays their owner, and
//! the vault holds what they can sign in with and nothing else.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{ClientFeature, ClientId, CredentialId, Event, Tenant, TenantId};
use eventlog::{TenantKeys, VaultKind, VaultWrite};
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::mint::sample;
use crate::{Command, Context};

/// One thing asked for; a client is told by its place among all that ever were.
#[derive(Debug, Clone)]
enum Asked {
    Create { name: String, owns: bool },
    Delete(usize),
    Lock(usize, bool),
    Activate(usize, bool),
    Own(usize, bool),
    Reset(usize, i64),
    EndGrace(usize),
    AddCredential(usize),
    SwitchCredential(usize, bool),
    DropCredentials(usize),
    DeleteCredential(usize),
}

fn asked() -> impl Strategy<Value = Asked> {
    let place = || 0..6_usize;
    let turn = || (place(), any::<bool>());
    prop_oneof![
        3 => ("[a-d]", any::<bool>()).prop_map(|(name, owns)| Asked::Create { name, owns }),
        1 => place().prop_map(Asked::Delete),
        2 => turn().prop_map(|(place, on)| Asked::Lock(place, on)),
        2 => turn().prop_map(|(place, on)| Asked::Activate(place, on)),
        2 => turn().prop_map(|(place, on)| Asked::Own(place, on)),
        3 => (place(), 0..9_i64).prop_map(|(place, hours)| Asked::Reset(place, hours)),
        2 => place().prop_map(Asked::EndGrace),
        2 => place().prop_map(Asked::AddCredential),
        1 => turn().prop_map(|(place, on)| Asked::SwitchCredential(place, on)),
        1 => place().prop_map(Asked::DropCredentials),
        2 => place().prop_map(Asked::DeleteCredential),
    ]
}

/// A tenant and what its vault holds, as the writer would keep them.
struct World {
    tenant: Tenant,
    keys: TenantKeys,
    now: DateTime<Utc>,
    ever: Vec<ClientId>,
    vault: BTreeSet<(VaultKind, String)>,
    facts: Vec<(&'static str, i32, Vec<u8>)>,
}

impl World {
    fn new() -> Self {
        let tenant = Tenant::unborn(TenantId::new("acme").unwrap());
        let (keys, now) = (sample::keys(&tenant.id), Context::sample(()).now);
        let (ever, vault, facts) = (Vec::new(), BTreeSet::new(), Vec::new());
        Self { tenant, keys, now, ever, vault, facts }
    }

    /// A refusal changes nothing.
    fn run<C: Command>(&mut self, mut command: C) {
        self.now += TimeDelta::hours(1);
        let number = i64::try_from(self.facts.len()).unwrap();
        let mut mint = sample::mint(&self.tenant.id, &self.keys, number);
        let fresh = command.draw(&mut mint).unwrap();
        let context = Context { now: self.now, ..Context::sample(fresh) };
        let events = command.decide(&self.tenant, &context).unwrap_or_default();
        let writes = command.vault(&self.tenant, &context);
        for write in writes.iter().filter(|_| !events.is_empty()) {
            let (kind, id) = write.key();
            if kind == VaultKind::SubjectKey {
                // Nobody signs in with what seals the personal.
                continue;
            }
            match write {
                VaultWrite::Insert(_) => assert!(self.vault.insert((kind, id.to_owned()))),
                VaultWrite::Delete { .. } => drop(self.vault.remove(&(kind, id.to_owned()))),
            }
        }
        for event in events {
            self.tenant.apply(&event);
            if let Event::ClientCreated(fact) = &event {
                self.ever.push(fact.client);
            }
            self.facts.push((event.name(), event.version(), event.encode().unwrap()));
        }
    }

    fn ask(&mut self, asked: Asked) {
        let client = |place: usize| self.ever.get(place).copied().unwrap_or(super::sample::id(0));
        let features = |owns: bool| if owns { vec!["owner".to_owned()] } else { Vec::new() };
        match asked {
            Asked::Create { name, owns } => {
                let body = json!({"name": name, "features": features(owns)});
                self.run(serde_json::from_value::<CreateClient>(body).unwrap());
            }
            Asked::Delete(place) => self.run(DeleteClient { client: client(place) }),
            Asked::Lock(place, true) => self.run(LockClient { client: client(place) }),
            Asked::Lock(place, false) => self.run(UnlockClient { client: client(place) }),
            Asked::Activate(place, true) => self.run(ActivateClient { client: client(place) }),
            Asked::Activate(place, false) => self.run(DeactivateClient { client: client(place) }),
            Asked::Own(place, owns) => {
                let (client, features) = (client(place), features(owns));
                self.run(SetClientFeatures { client, features });
            }
            Asked::Reset(place, hours_to_live) => {
                self.run(ResetClientSecret { client: client(place), hours_to_live });
            }
            Asked::EndGrace(place) => self.run(EndSecretGrace { client: client(place) }),
            Asked::AddCredential(place) => {
                self.run(CreateClientCredential { client: client(place) });
            }
            Asked::SwitchCredential(place, is_active) => {
                let client = client(place);
                let Some(credential) = self.oldest_credential(client) else { return };
                let (expires_at, description) = (self.now + TimeDelta::days(9), None);
                self.run(EditClientCredential {
                    client,
                    credential,
                    is_active,
                    expires_at,
                    description,
                });
            }
            Asked::DropCredentials(place) => {
                self.run(DeactivateAllClientCredentials { client: client(place) });
            }
            Asked::DeleteCredential(place) => {
                let client = client(place);
                let Some(credential) = self.oldest_credential(client) else { return };
                self.run(DeactivateClientCredential { client, credential });
                self.run(DeleteClientCredential { client, credential });
            }
        }
    }

    /// The first credential of a client that was not deleted.
    fn oldest_credential(&self, client: ClientId) -> Option<CredentialId> {
        let held = &self.tenant.clients.get(client)?.credentials;
        held.iter().find(|(_, held)| !held.is_deleted()).map(|(id, _)| *id)
    }

    /// What the vault should hold: the newest secret of each client, the one before while its
    /// grace was not ended, and every EdgeGrid credential that was not deleted.
    fn expected_vault(&self) -> BTreeSet<(VaultKind, String)> {
        let clients = self.ever.iter().filter_map(|id| self.tenant.clients.get(*id));
        clients
            .flat_map(|client| {
                let former = client.grace_until.map(|_| client.secret_generation - 1);
                let secrets = [Some(client.secret_generation), former].into_iter().flatten();
                let secrets = secrets.map(|number| secret_id(&client.capture_id, number));
                let kept = client.credentials.values().filter(|held| !held.is_deleted());
                let credentials = kept.map(|it| it.client_token.clone());
                secrets
                    .map(|id| (VaultKind::ClientSecret, id))
                    .chain(credentials.map(|id| (VaultKind::EdgeGrid, id)))
                    .collect::<Vec<_>>()
            })
            .collect()
    }

    fn is_owned(&self) -> bool {
        let owns = |client: &Client| client.features.contains(&ClientFeature::Owner);
        let mut clients = self.ever.iter().filter_map(|id| self.tenant.clients.get(*id));
        clients.any(owns)
    }
}

proptest! {
    // Each step seals a secret, which an unoptimized build takes its time for.
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn somebody_stays_in_charge_and_the_vault_follows(
        asked in proptest::collection::vec(asked(), 1..60),
    ) {
        let mut world = World::new();
        for asked in asked {
            let was_owned = world.is_owned();
            world.ask(asked);
            prop_assert!(world.is_owned() || !was_owned);
            prop_assert_eq!(&world.vault, &world.expected_vault());
            let names: BTreeSet<_> = world.ever.iter()
                .filter_map(|id| world.tenant.clients.get(*id))
                .map(|client| client.name.as_str())
                .collect();
            prop_assert_eq!(names.len(), world.tenant.clients.len());
        }
        let mut folded = Tenant::unborn(world.tenant.id.clone());
        for (name, version, payload) in &world.facts {
            folded.apply(&Event::decode(name, *version, payload).unwrap());
        }
        prop_assert_eq!(folded, world.tenant);
    }
}

//! Events at random that could have been decided: each follows from what stands.

use std::collections::{BTreeMap, BTreeSet};

use chrono::DateTime;
use domain::{
    Aggregate, AkamaiClientId, CaptureClientId, ClientCreated, ClientCredentialChanged,
    ClientCredentialCreated, ClientCredentialDeactivated, ClientCredentialDeleted, ClientDeleted,
    ClientFeature, ClientFeaturesSet, ClientId, ClientKind, ClientLocked, ClientSecretReset,
    ClientUnlocked, CredentialId, CredentialTerms, Event, FeatureKey, FeatureSet, FeatureValue,
    FeaturesReset, GroupCreated, GroupDeleted, GroupId, GroupMoved, GroupRenamed, Level,
    SubjectErased, Tenant,
};
use proptest::prelude::*;
use uuid::Uuid;

/// What to try next, and with what.
pub(super) type Step = (u8, u8, u8);

pub(super) fn steps() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec((0..14_u8, 0..6_u8, 0..6_u8), 1..60)
}

pub(super) fn group(group: i64, parent: Option<i64>, name: &str) -> Event {
    let (group, parent) = (GroupId(group), parent.map(GroupId));
    GroupCreated { group, parent, name: name.to_owned() }.into()
}

pub(super) fn client_id(number: u8) -> ClientId {
    ClientId(Uuid::from_u128(u128::from(number)))
}

pub(super) fn client(number: u8, tenant: &str, name: &str, tags: &[&str]) -> ClientCreated {
    ClientCreated {
        client: client_id(number),
        akamai_id: AkamaiClientId(format!("aka{number}{tenant}")),
        capture_id: CaptureClientId(format!("cap{number}{tenant}")),
        name: name.to_owned(),
        description: String::new(),
        kind: ClientKind::Client,
        authorized_user: None,
        organization: None,
        features: BTreeSet::from([ClientFeature::Owner]),
        access: vec![],
        tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
        is_default: false,
    }
}

pub(super) fn credential(client: u8, number: u8, tenant: &str) -> ClientCredentialCreated {
    ClientCredentialCreated {
        client: client_id(client),
        credential: CredentialId(number.into()),
        client_token: format!("akab-{number}-{client}-{tenant}"),
        access_token: "akab-access".to_owned(),
        expires_at: DateTime::from_timestamp(2_000_000_000, 0).unwrap(),
    }
}

/// The event that a step comes to; `None` when it would be refused.
pub(super) fn event(state: &Tenant, (what, one, other): Step) -> Option<Event> {
    if what < 5 { of_groups(state, what, one, other) } else { of_the_rest(state, what, one, other) }
}

fn of_groups(state: &Tenant, what: u8, one: u8, other: u8) -> Option<Event> {
    let (id, to) = (GroupId(one.into()), GroupId(other.into()));
    let held = state.groups.get(id);
    match what {
        0 | 1 if held.is_none() => {
            let parent = state.groups.get(to).map(|_| to.0);
            Some(group(id.0, parent, &format!("group {other}")))
        }
        2 => {
            let (from, to) = (held?.name.clone(), format!("renamed {other}"));
            Some(GroupRenamed { group: id, from, to }.into())
        }
        3 => {
            let from = held?.parent?;
            let is_free = state.groups.line(to).all(|above| above != id);
            state.groups.get(to).filter(|_| is_free && from != to)?;
            Some(GroupMoved { group: id, from, to }.into())
        }
        4 if held?.children.is_empty() => {
            let (parent, name) = (held?.parent, held?.name.clone());
            Some(GroupDeleted { group: id, parent, name }.into())
        }
        _ => None,
    }
}

fn of_the_rest(state: &Tenant, what: u8, one: u8, other: u8) -> Option<Event> {
    let id = client_id(one);
    let held = state.clients.get(id);
    let flag = FeatureKey::ALL[usize::from(one % 2)].0;
    let on = if other < 3 {
        Level::Instance
    } else {
        Level::Organization(domain::OrganizationId(other.to_string()))
    };
    match what {
        5 if held.is_none() => {
            let tags: &[&str] = if other < 3 { &["blue", "red"] } else { &[] };
            Some(client(one, state.id.as_str(), &format!("Client {other} ä"), tags).into())
        }
        6 => held.map(|_| ClientLocked { client: id }.into()),
        7 => held.map(|_| ClientUnlocked { client: id }.into()),
        8 => held.map(|held| {
            let after = BTreeSet::from([ClientFeature::ALL[usize::from(other % 5)]]);
            ClientFeaturesSet { client: id, before: held.features.clone(), after }.into()
        }),
        9 => held.map(|_| credential(one, other, state.id.as_str()).into()),
        10 if other < 5 && other > 2 => {
            let (client, credential) = (id, CredentialId(one.into()));
            let before = held?.credentials.get(&credential)?.terms.clone();
            if other == 3 {
                return Some(ClientCredentialDeleted { client, credential, before }.into());
            }
            let after = CredentialTerms { description: "old".to_owned(), ..before.clone() };
            Some(ClientCredentialChanged { client, credential, before, after }.into())
        }
        10 => held.map(|held| {
            let (client, credentials) = (id, held.credentials.keys().copied().collect());
            if other < 3 {
                let credential = CredentialId(other.into());
                return ClientCredentialDeactivated { client, credential }.into();
            }
            let ends_at = DateTime::from_timestamp(1_900_000_000, 0).unwrap();
            let (generation, tokens) = (held.secret_generation + 1, vec![]);
            let grace_until = Some(ends_at);
            ClientSecretReset { client, generation, grace_until, ends_at, credentials, tokens }
                .into()
        }),
        11 if other < 2 => held.map(|held| {
            let (name, features, tags) =
                (held.name.clone(), held.features.clone(), held.tags.clone());
            let credentials = held.credentials.keys().copied().collect();
            let was_active = held.is_active;
            ClientDeleted { client: id, name, features, tags, credentials, was_active }.into()
        }),
        13 if other < 3 => held.map(|_| {
            SubjectErased {
                subject: id.to_string(),
                about: Aggregate::client(id),
                organization: None,
                passwords: 0,
                mails: 0,
                tokens: 0,
            }
            .into()
        }),
        12 if other == 5 => Some(FeaturesReset { on, before: BTreeMap::new() }.into()),
        12 => {
            let after = FeatureValue::Switch(one < 3);
            Some(FeatureSet { on, key: flag, before: None, after }.into())
        }
        _ => None,
    }
}

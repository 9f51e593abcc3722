//! Random commands. What they name is chosen among what there is by then, so that most of them
//! mean something and some are refused.

use proptest::prelude::*;

/// A command, with numbers that stand for some group, client or organization.
#[derive(Debug, Clone)]
pub(super) enum Act {
    CreateGroup {
        parent: Option<usize>,
        name: String,
    },
    RenameGroup {
        group: usize,
        name: String,
    },
    MoveGroup {
        group: usize,
        to: usize,
    },
    DeleteGroup {
        group: usize,
    },
    AddAsset {
        group: usize,
    },
    /// One CP code, one product, and one contract type that the group belongs to.
    RegisterCatalog {
        group: usize,
        number: usize,
    },
    CreateOrganization {
        name: String,
    },
    CreateClient {
        name: String,
        features: Vec<&'static str>,
    },
    /// Locks, unlocks, activates, deactivates or deletes.
    Client {
        how: &'static str,
        client: usize,
    },
    SetClientFeatures {
        client: usize,
        features: Vec<&'static str>,
    },
    ResetClientSecret {
        client: usize,
        hours: i64,
    },
    SetFlag {
        organization: Option<usize>,
        flag: &'static str,
        value: bool,
    },
    ResetFlags {
        organization: Option<usize>,
    },
}

const CLIENT_COMMANDS: [&str; 6] = [
    "LockClient",
    "UnlockClient",
    "ActivateClient",
    "DeactivateClient",
    "DeleteClient",
    "CreateClientCredential",
];
const FEATURES: [&str; 6] = [
    "owner",
    "access_issuer",
    "direct_access",
    "direct_read_access",
    "login_client",
    "ninja_superuser",
];
const FLAGS: [&str; 3] = ["login_default_org", "userSchema", "permission_check_v2"];

fn some() -> impl Strategy<Value = usize> {
    0..12_usize
}

fn features() -> impl Strategy<Value = Vec<&'static str>> {
    prop::collection::vec(prop::sample::select(&FEATURES[..]), 0..3)
}

pub(super) fn act() -> impl Strategy<Value = Act> {
    let name = || "[a-c]{1,2}";
    let organization = || prop::option::weighted(0.6, some());
    prop_oneof![
        4 => (prop::option::weighted(0.9, some()), name())
            .prop_map(|(parent, name)| Act::CreateGroup { parent, name }),
        2 => (some(), name()).prop_map(|(group, name)| Act::RenameGroup { group, name }),
        4 => (some(), some()).prop_map(|(group, to)| Act::MoveGroup { group, to }),
        2 => some().prop_map(|group| Act::DeleteGroup { group }),
        1 => some().prop_map(|group| Act::AddAsset { group }),
        2 => (some(), 1..5_usize)
            .prop_map(|(group, number)| Act::RegisterCatalog { group, number }),
        1 => name().prop_map(|name| Act::CreateOrganization { name }),
        2 => (name(), features()).prop_map(|(name, features)| Act::CreateClient { name, features }),
        4 => (prop::sample::select(&CLIENT_COMMANDS[..]), some())
            .prop_map(|(how, client)| Act::Client { how, client }),
        2 => (some(), features())
            .prop_map(|(client, features)| Act::SetClientFeatures { client, features }),
        1 => (some(), -1..170_i64)
            .prop_map(|(client, hours)| Act::ResetClientSecret { client, hours }),
        3 => (organization(), prop::sample::select(&FLAGS[..]), any::<bool>())
            .prop_map(|(organization, flag, value)| Act::SetFlag { organization, flag, value }),
        1 => organization().prop_map(|organization| Act::ResetFlags { organization }),
    ]
}

//! The list of read models, and of every statement that asks them something.

use std::sync::Arc;

use crate::{
    Projection, aggregates, allow_lists, assets, blocked_assets, catalog, cidr_blocks,
    client_access, client_allow_lists, client_keys, client_settings, clients, erasures, events,
    features, groups, memberships, organizations, positions, roles, tenant_clients, tenants,
    tokens, user_sign_ins, users, webhooks,
};
use crate::{access_schemas, record_tokens, records};

/// All projections of this program.
pub fn all() -> Vec<Arc<dyn Projection>> {
    vec![
        Arc::new(aggregates::Aggregates),
        Arc::new(tenants::Tenants),
        Arc::new(organizations::Organizations),
        Arc::new(groups::Groups),
        Arc::new(assets::Assets),
        Arc::new(catalog::Catalog),
        Arc::new(blocked_assets::BlockedAssets),
        Arc::new(roles::Roles),
        Arc::new(users::Users),
        Arc::new(user_sign_ins::UserSignIns),
        Arc::new(clients::Clients),
        Arc::new(clients::Credentials),
        Arc::new(client_allow_lists::ClientAllowLists),
        Arc::new(tenant_clients::TenantClients),
        Arc::new(client_settings::ClientSettings),
        Arc::new(client_access::ClientAccesses),
        Arc::new(client_keys::ClientKeys),
        Arc::new(memberships::Memberships),
        Arc::new(access_schemas::AccessSchemas),
        Arc::new(records::Records),
        Arc::new(record_tokens::RecordTokens),
        Arc::new(tokens::Tokens),
        Arc::new(features::Features),
        Arc::new(cidr_blocks::CidrBlocks),
        Arc::new(allow_lists::AllowLists),
        Arc::new(positions::Positions),
        Arc::new(events::Events),
        Arc::new(erasures::Erasures),
        Arc::new(webhooks::Webhooks),
    ]
}

/// Those that tell of the past from rows that are folded for it.
pub(crate) fn folded_for_the_past() -> Vec<Arc<dyn Projection>> {
    all().into_iter().filter(|projection| projection.is_folded_for_the_past()).collect()
}

/// Every query, as it is sent to either store.
pub fn statements() -> Vec<&'static str> {
    let lists = [
        aggregates::STATEMENTS,
        tenants::STATEMENTS,
        organizations::STATEMENTS,
        groups::STATEMENTS,
        assets::STATEMENTS,
        catalog::STATEMENTS,
        blocked_assets::STATEMENTS,
        roles::STATEMENTS,
        users::STATEMENTS,
        client_allow_lists::STATEMENTS,
        user_sign_ins::STATEMENTS,
        client_settings::STATEMENTS,
        client_access::STATEMENTS,
        client_keys::STATEMENTS,
        memberships::STATEMENTS,
        access_schemas::STATEMENTS,
        records::STATEMENTS,
        record_tokens::STATEMENTS,
        tokens::STATEMENTS,
        features::STATEMENTS,
        cidr_blocks::STATEMENTS,
        allow_lists::STATEMENTS,
        positions::STATEMENTS,
        webhooks::STATEMENTS,
    ];
    lists
        .iter()
        .chain(clients::STATEMENTS)
        .chain(tenant_clients::STATEMENTS)
        .chain(events::STATEMENTS)
        .chain(erasures::STATEMENTS)
        .copied()
        .flatten()
        .copied()
        .collect()
}

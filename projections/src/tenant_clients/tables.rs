//! The tables behind the tenant-clients dialect.

use crate::projection::marked;
use crate::{Column, Table};

pub(super) static CLIENTS: Table = Table {
    name: "tenant_clients_v1",
    columns: marked![
        Column::text("tenant"),
        Column::text("client_id"),
        Column::text("name"),
        Column::text("description"),
        Column::text("organization_id").nullable(),
        Column::text("authorized_user").nullable(),
        Column::int("is_default"),
        Column::int("is_active"),
        Column::int("is_locked"),
        Column::int("is_deleted"),
        Column::int("deleted_at").nullable(),
        Column::text("word").nullable(),
        Column::text("email").nullable(),
        Column::text("owner").nullable(),
        Column::text("project").nullable(),
        Column::text("hydra_client_id").nullable(),
        Column::int("oidc_enabled"),
        Column::text("client_type"),
        Column::text("agent_type").nullable(),
        Column::text("tags"),
        Column::text("mfa"),
    ],
    key: 2,
    indexes: &[
        &["tenant", "created_at", "client_id"],
        &["tenant", "is_deleted", "created_at", "client_id"],
        &["tenant", "is_deleted", "is_active", "created_at", "client_id"],
        &["tenant", "is_deleted", "is_active", "is_locked", "created_at", "client_id"],
    ],
};

/// Which clients hold which role.
pub(super) static ROLES: Table = Table {
    name: "tenant_client_roles_v1",
    columns: &[Column::text("tenant"), Column::text("client_id"), Column::int("role_id")],
    key: 3,
    indexes: &[],
};

/// Which clients carry a tag.
pub(super) static TAGS: Table = Table {
    name: "tenant_client_tags_v1",
    columns: &[Column::text("tenant"), Column::text("client_id"), Column::text("tag")],
    key: 3,
    indexes: &[&["tenant", "tag", "client_id"]],
};

/// Every ending of every name, in lower case: a name contains a text exactly if one of its
/// endings begins with it, and beginnings are found by an index.
pub(super) static NAME_PARTS: Table = Table {
    name: "tenant_client_parts_v1",
    columns: &[Column::text("tenant"), Column::text("client_id"), Column::text("part")],
    key: 3,
    indexes: &[&["tenant", "part", "client_id"]],
};

/// How many clients a tenant has.
pub(super) static COUNTS: Table = Table {
    name: "tenant_client_counts_v1",
    columns: &[
        Column::text("tenant"),
        Column::int("live"),
        Column::int("active"),
        Column::int("deleted"),
    ],
    key: 1,
    indexes: &[],
};

/// Tables with rows of one client, which go with it.
pub(super) static OF_CLIENT: [&Table; 4] = [&CLIENTS, &ROLES, &TAGS, &NAME_PARTS];

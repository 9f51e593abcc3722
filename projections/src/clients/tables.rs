//! The tables of API clients.

use crate::projection::marked;
use crate::{Column, Table};

pub(super) static CLIENTS: Table = Table {
    name: "clients_v1",
    columns: marked![
        Column::text("tenant"),
        Column::text("client_id"),
        Column::text("akamai_id"),
        Column::text("capture_id"),
        Column::text("name"),
        Column::text("description"),
        Column::text("kind"),
        Column::text("authorized_user").nullable(),
        Column::text("organization_id").nullable(),
        Column::text("features"),
        Column::text("access"),
        Column::text("tags"),
        Column::int("is_default"),
        Column::int("is_locked"),
        Column::int("is_active"),
        Column::int("secret_generation"),
        Column::int("grace_until").nullable(),
    ],
    key: 2,
    indexes: &[
        &["tenant", "akamai_id"],
        &["capture_id"],
        &["tenant", "created_at", "client_id"],
        &["grace_until"],
    ],
};

/// Every reset of a client's secret, and when it ended what was handed out before: web tokens
/// stand in no table, so theirs is told by the instant they were issued at.
pub(super) static RESETS: Table = Table {
    name: "client_resets_v1",
    columns: &[
        Column::text("tenant"),
        Column::text("client_id"),
        Column::int("generation"),
        Column::int("reset_at"),
        Column::int("ends_at"),
    ],
    key: 3,
    indexes: &[],
};

pub(super) static ALL: &[&Table] = &[&CLIENTS, &RESETS];

//! Which table tells of what. A table that is not listed here is told of nowhere.

use crate::Table;

/// Whom the rows of a table are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    /// A thing of that kind, whose id is the second column.
    Second(&'static str),
    /// A thing of that kind, whose id is the third column, behind one of its own.
    Third(&'static str),
    /// The tenant's only thing of that kind.
    Tenant(&'static str),
    /// A client, or the defaults of all clients.
    Settings,
    /// A membership, named by who holds it and where.
    Membership,
    /// The flags of a level.
    Level,
    /// The catalogue, or whom an entry of it is assigned to.
    Entry,
    /// Nobody: it serves searches, or repeats what another table tells.
    Nobody,
}

/// A table's name without its version, whom its rows are about, and the member that they are a
/// part of; where there is none, the rows are the thing itself.
type Line = (&'static str, Of, &'static str);

#[rustfmt::skip]
pub(super) const LINES: &[Line] = &[
    ("tenants",              Of::Tenant("tenant"),       ""),
    ("organizations",        Of::Second("organization"), ""),
    ("groups",               Of::Second("group"),        ""),
    ("assets",               Of::Second("asset"),        ""),
    ("asset_resources",      Of::Second("asset"),        "resources"),
    ("roles",                Of::Second("role"),         ""),
    ("users",                Of::Second("user"),         ""),
    ("user_sign_ins",        Of::Second("user"),         "signIn"),
    ("blocked_assets",       Of::Second("user"),         "blockedAssets"),
    ("clients",              Of::Second("client"),       ""),
    ("client_resets",        Of::Second("client"),       "secretResets"),
    ("client_credentials",   Of::Second("client"),       "credentials"),
    ("client_allow_lists",   Of::Second("client"),       "allowList"),
    ("client_access",        Of::Second("client"),       "reach"),
    ("client_keys",          Of::Third("client"),        "keys"),
    ("client_settings",      Of::Settings,               "settings"),
    ("tenant_clients",       Of::Second("client"),       ""),
    ("tenant_client_roles",  Of::Second("client"),       "roles"),
    ("tenant_client_tags",   Of::Nobody,                 ""),
    ("tenant_client_parts",  Of::Nobody,                 ""),
    ("tenant_client_counts", Of::Nobody,                 ""),
    ("access_schemas",       Of::Second("client"),       "accessSchemas"),
    ("record_tokens",        Of::Second("client"),       "recordTokens"),
    ("memberships",          Of::Membership,             ""),
    ("records",              Of::Second("record"),       ""),
    ("tokens",               Of::Second("token"),        ""),
    ("features",             Of::Level,                  ""),
    ("cidr_blocks",          Of::Second("cidr_block"),   ""),
    ("allow_lists",          Of::Tenant("allow_list"),   ""),
    ("webhooks",             Of::Second("webhook"),      ""),
    ("catalog",              Of::Entry,                  ""),
    ("erasures",             Of::Second("subject"),      ""),
    ("erasure_events",       Of::Nobody,                 ""),
    ("aggregates",           Of::Nobody,                 ""),
    ("positions",            Of::Nobody,                 ""),
    ("events",               Of::Nobody,                 ""),
    ("event_terms",          Of::Nobody,                 ""),
];

/// What a table tells of.
pub(super) fn line(table: &Table) -> Option<&'static Line> {
    let name = table.name.rsplit_once("_v").map_or(table.name, |(name, _)| name);
    LINES.iter().find(|(listed, ..)| *listed == name)
}

/// Whether things are told of from it.
pub(super) fn is_told(table: &Table) -> bool {
    line(table).is_some_and(|(_, of, _)| *of != Of::Nobody)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::list;

    #[test]
    fn every_table_tells_of_something_or_says_why_not() {
        for table in list::all().iter().flat_map(|it| it.tables()) {
            assert!(line(table).is_some(), "{}: say in LINES what it tells of", table.name);
        }
    }
}

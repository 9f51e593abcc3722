//! For cases: a tenant whose forest is drawn, not built.

use domain::{GroupCreated, GroupId, Tenant, TenantId};

/// Each line is `id parent name`, with `-` for a root's parent.
pub(crate) fn forest(drawn: &str) -> Tenant {
    let mut tenant = Tenant::unborn(TenantId::new("acme").unwrap());
    tenant.exists = true;
    for line in drawn.lines().filter(|line| !line.trim().is_empty()) {
        let [id, parent, name] = line.split_whitespace().collect::<Vec<_>>()[..] else {
            panic!("not `id parent name`: {line}");
        };
        let (group, parent) = (GroupId(id.parse().unwrap()), parent.parse().ok().map(GroupId));
        tenant.groups.created(&GroupCreated { group, parent, name: name.to_owned() });
    }
    tenant
}

//! How an API client is to be used, as a request says it (Akamai IAM v3, "Create an API client").

use std::collections::BTreeSet;

use domain::{
    ApiId, CidrBlock, ClientAccess, ClientUsage, CpCodeId, IpAcl, PurgeOptions, Tenant, UserId,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::reach::reaches;
use crate::Refusal;
use crate::names::bytes_of;

/// Below what path the APIs lie that purge.
const PURGE: &str = "ccu";

/// The addresses that a client is to call from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WantedIpAcl {
    pub enabled: bool,
    /// Addresses and CIDR blocks; at least one where it is to hold.
    pub cidrs: Vec<String>,
}

/// What a client is to purge from caches.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WantedPurge {
    pub by_cp_code: bool,
    pub by_cache_tag: bool,
    /// Every CP code of its groups; then none is listed.
    pub all_cp_codes: bool,
    #[schemars(with = "Vec<i64>")]
    pub cp_codes: Vec<CpCodeId>,
}

/// How a client is to be used. What is absent is off.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WantedUsage {
    /// Whether it may act in other accounts, under their switch keys.
    #[serde(default)]
    pub allows_account_switch: bool,
    /// Whether a client that it creates may have a credential at once.
    #[serde(default)]
    pub creates_credentials: bool,
    pub ip_acl: Option<WantedIpAcl>,
    /// Only for a client that may call an API to purge with.
    pub purge: Option<WantedPurge>,
}

/// Why a client cannot be used like that.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UsageFault {
    #[error("{0} is neither an IP address nor a CIDR block")]
    CidrInvalid(String),
    #[error("an ACL that holds takes at least one address")]
    CidrsMissing,
    #[error("only a client that may call an API to purge with takes options for that")]
    PurgeWithoutApi,
    #[error("a client that may purge all CP codes takes no list of them")]
    CpCodesNeedless,
}

impl UsageFault {
    pub(super) fn refusal(&self) -> Refusal {
        match self {
            Self::CidrInvalid(_) => Refusal::invalid("cidr_invalid", "ipAcl"),
            Self::CidrsMissing => Refusal::invalid("cidrs_missing", "ipAcl"),
            Self::PurgeWithoutApi => Refusal::invalid("purge_without_api", "purge"),
            Self::CpCodesNeedless => Refusal::invalid("cp_codes_needless", "purge"),
        }
    }
}

impl WantedUsage {
    /// Roughly how many bytes it holds.
    pub(super) fn weight(&self) -> usize {
        let cidrs = self.ip_acl.as_ref().map_or(0, |acl| bytes_of(&acl.cidrs));
        cidrs + self.purge.as_ref().map_or(0, |purge| size_of_val(purge.cp_codes.as_slice()))
    }

    /// The usage as a fact holds them, for a client with that access, which acts for `user`.
    pub(super) fn checked(
        &self,
        access: &ClientAccess,
        tenant: &Tenant,
        user: Option<&UserId>,
    ) -> Result<ClientUsage, UsageFault> {
        let purge = self.purge.as_ref().map(|purge| purge.checked(access, tenant, user));
        Ok(ClientUsage {
            allows_account_switch: self.allows_account_switch,
            creates_credentials: self.creates_credentials,
            ip_acl: self.ip_acl.as_ref().map(WantedIpAcl::checked).transpose()?,
            purge: purge.transpose()?,
        })
    }
}

/// Whether a client with that access may purge at all.
pub(super) fn may_purge(access: &ClientAccess, tenant: &Tenant) -> bool {
    let purges = |api: ApiId| {
        let api = tenant.catalog.api(api);
        api.is_some_and(|api| api.end_point.trim_matches('/').split('/').next() == Some(PURGE))
    };
    access.apis.all || access.apis.apis.iter().any(|grant| purges(grant.api))
}

impl WantedIpAcl {
    fn checked(&self) -> Result<IpAcl, UsageFault> {
        if self.enabled && self.cidrs.is_empty() {
            return Err(UsageFault::CidrsMissing);
        }
        let stray = self.cidrs.iter().find(|cidr| CidrBlock::range_of(cidr).is_none());
        match stray {
            Some(cidr) => Err(UsageFault::CidrInvalid(cidr.chars().take(64).collect())),
            None => Ok(IpAcl { enabled: self.enabled, cidrs: self.cidrs.clone() }),
        }
    }
}

impl WantedPurge {
    /// CP codes that are not there, or lie where the client holds nothing, are left out without a
    /// word, as the vendor does.
    fn checked(
        &self,
        access: &ClientAccess,
        tenant: &Tenant,
        user: Option<&UserId>,
    ) -> Result<PurgeOptions, UsageFault> {
        if !may_purge(access, tenant) {
            return Err(UsageFault::PurgeWithoutApi);
        }
        if self.all_cp_codes && !self.cp_codes.is_empty() {
            return Err(UsageFault::CpCodesNeedless);
        }
        let mut seen = BTreeSet::new();
        let is_reached = |id: &CpCodeId| {
            let code = tenant.catalog.cp_code(*id);
            code.is_some_and(|code| reaches(&access.groups, tenant, user, code.group))
        };
        let cp_codes = self.cp_codes.iter().copied().filter(|id| seen.insert(*id));
        let cp_codes = cp_codes.filter(is_reached).collect();
        Ok(PurgeOptions {
            by_cp_code: self.by_cp_code,
            by_cache_tag: self.by_cache_tag,
            all_cp_codes: self.all_cp_codes,
            cp_codes,
        })
    }
}

#[cfg(test)]
mod tests {
    use domain::{AccessLevel, ApiAccess, ApiGrant, GroupAccess};

    use super::*;
    use crate::clients::sample::{ada, with_user as tenant};

    fn access(apis: ApiAccess) -> ClientAccess {
        ClientAccess { apis, groups: GroupAccess { clones_user: true, groups: Vec::new() } }
    }

    fn purge(all_cp_codes: bool, cp_codes: &[i64]) -> WantedUsage {
        let cp_codes = cp_codes.iter().copied().map(CpCodeId).collect();
        let purge = WantedPurge { all_cp_codes, cp_codes, ..WantedPurge::default() };
        WantedUsage { purge: Some(purge), ..WantedUsage::default() }
    }

    #[test]
    fn only_who_may_call_a_purging_api_is_told_what_to_purge() {
        let only = |api| {
            let apis = vec![ApiGrant { api: ApiId(api), level: AccessLevel::ReadWrite }];
            access(ApiAccess { all: false, apis })
        };
        let all = access(ApiAccess { all: true, apis: Vec::new() });
        let decide = |access: &ClientAccess, wanted: WantedUsage| {
            let usage = wanted.checked(access, &tenant(), Some(&ada()))?;
            Ok(usage.purge.unwrap().cp_codes)
        };
        assert_eq!(decide(&only(1), purge(true, &[])), Err(UsageFault::PurgeWithoutApi));
        assert_eq!(decide(&all, purge(true, &[5])), Err(UsageFault::CpCodesNeedless));
        assert_eq!(decide(&only(2), purge(true, &[])), Ok(vec![]));
        let reached = decide(&all, purge(false, &[7, 5, 6, 9, 5]));
        assert_eq!(reached, Ok(vec![CpCodeId(5)]), "6 and 7 are out of reach, 9 is not there");
    }
}

//! Why something cannot come into the catalogue.

use domain::{Aggregate, ContractTypeId, GrantedRoleId, GroupId, RoleId, TenantId};

use super::NUMBER_MAX;
use crate::names::listed;
use crate::{Refusal, Rejection};

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CatalogFault {
    #[error("{member} has 1 to {max} characters, not all of them blank")]
    TextInvalid { member: &'static str, max: usize },
    #[error("{member} is a whole number from 1 to {NUMBER_MAX}")]
    NumberInvalid { member: &'static str },
    #[error("{member} has 1 to 64 letters, digits, '-', '_' or '.'")]
    CodeInvalid { member: &'static str },
    #[error("there is no contract type {0}")]
    ContractTypeUnknown(ContractTypeId),
    #[error("there is no group {0}")]
    GroupUnknown(GroupId),
    #[error("group {0} is not the root of a hierarchy")]
    GroupNotRoot(GroupId),
    #[error("there is no role {0}")]
    RoleUnknown(RoleId),
    #[error("a role would be held across contract types by {}", listed(.by))]
    HeldAcross { by: Vec<Aggregate> },
    #[error("endPoint is a path, as in /papi")]
    EndPointInvalid,
    #[error("accessLevels names one level or more, each once")]
    AccessLevelsInvalid,
    #[error("grantable role {0} is built in")]
    BuiltIn(GrantedRoleId),
    #[error("permissions names one permission or more")]
    PermissionsMissing,
    #[error("what grantable role {id} carries cannot change while it is granted by {}", listed(.by))]
    Granted { id: GrantedRoleId, by: Vec<Aggregate> },
    #[error("a key has the form account or account:contract-type")]
    KeyInvalid,
    #[error("a key does not lead back to {0}")]
    LeadsBack(TenantId),
    #[error("only the installation's operators may let one account into another")]
    NotOperator,
}

impl Rejection for CatalogFault {
    fn refusal(&self) -> Refusal {
        match self {
            Self::TextInvalid { member, .. } => Refusal::invalid("text_invalid", member),
            Self::NumberInvalid { member } => Refusal::invalid("number_invalid", member),
            Self::CodeInvalid { member } => Refusal::invalid("code_invalid", member),
            Self::ContractTypeUnknown(_) => {
                Refusal::not_found("contract_type_unknown", "contractType")
            }
            Self::GroupUnknown(_) => Refusal::not_found("group_unknown", "group"),
            Self::GroupNotRoot(_) => Refusal::invalid("group_not_root", "group"),
            Self::RoleUnknown(_) => Refusal::not_found("role_unknown", "role"),
            Self::HeldAcross { by } => Refusal::conflict("held_across", by.clone()),
            Self::EndPointInvalid => Refusal::invalid("end_point_invalid", "endPoint"),
            Self::AccessLevelsInvalid => Refusal::invalid("access_levels_invalid", "accessLevels"),
            Self::BuiltIn(_) => Refusal::invalid("built_in", "id"),
            Self::PermissionsMissing => Refusal::invalid("permissions_missing", "permissions"),
            Self::Granted { by, .. } => {
                Refusal::conflict("granted", by.clone()).about("permissions")
            }
            Self::KeyInvalid => Refusal::invalid("key_invalid", "key"),
            Self::LeadsBack(_) => Refusal::invalid("leads_back", "tenant"),
            Self::NotOperator => Refusal::forbidden("not_operator"),
        }
    }
}

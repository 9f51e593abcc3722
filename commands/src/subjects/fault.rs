//! The refusals of legal holds: whom there never was, and what cannot be a reason.

use domain::{Aggregate, OrganizationId, Subject, Tenant};

use crate::{Refusal, Rejection};

/// Why no legal hold is put on a subject, or lifted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SubjectFault {
    #[error("there never was a subject {0}")]
    Unknown(String),
    #[error("what is known of subject {0} is erased already")]
    Erased(String),
    #[error("a reason has 1 to 500 characters")]
    ReasonInvalid,
}

impl Rejection for SubjectFault {
    fn refusal(&self) -> Refusal {
        match self {
            Self::Unknown(_) => Refusal::not_found("subject_unknown", "subject"),
            Self::Erased(_) => Refusal::conflict("subject_erased", Vec::new()).about("subject"),
            Self::ReasonInvalid => Refusal::invalid("reason_invalid", "reason"),
        }
    }
}

/// What stands of the subject of that id, whether the thing behind it is still there or not.
pub(super) fn known<'a>(tenant: &'a Tenant, subject: &str) -> Result<&'a Subject, SubjectFault> {
    tenant.subjects.get(subject).ok_or_else(|| SubjectFault::Unknown(subject.to_owned()))
}

/// How a subject, or everybody, stands.
pub(super) struct Standing {
    /// Why the hold holds, if there is one.
    pub(super) hold: Option<String>,
    /// What the subject is; `None` for everybody.
    pub(super) about: Option<Aggregate>,
    /// Where the subject belongs, if not to the tenant itself.
    pub(super) organization: Option<OrganizationId>,
}

/// How a subject, or everybody, stands.
pub(super) fn standing(tenant: &Tenant, subject: Option<&str>) -> Result<Standing, SubjectFault> {
    let Some(subject) = subject else {
        let hold = tenant.subjects.hold().cloned();
        return Ok(Standing { hold, about: None, organization: None });
    };
    let Subject { hold, about, organization, .. } = known(tenant, subject)?.clone();
    Ok(Standing { hold, about: Some(about), organization })
}

//! Lifts a legal hold from a subject, or from everybody in the tenant. A hold on everybody and one
//! on a subject do not know each other: each is lifted by itself.

use domain::{Aggregate, Event, Right, SubjectReleased, Tenant};
use eventlog::SealError;
use schemars::JsonSchema;
use serde::Deserialize;

use super::fault::{Standing, SubjectFault, standing};
use crate::{Command, Context, Mint};

/// Lifts a legal hold from a subject, or from everybody in the tenant.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReleaseSubject {
    /// Id of a user or of a client, or UUID of a record; everybody in the tenant if absent.
    pub subject: Option<String>,
}

impl Command for ReleaseSubject {
    type Rejection = SubjectFault;
    type Fresh = ();
    const NAME: &'static str = "ReleaseSubject";

    fn needs(&self) -> Right {
        Right::TenantAdmin
    }

    fn weight(&self) -> usize {
        size_of_val(self) + self.subject.as_ref().map_or(0, String::len)
    }

    fn draw(&mut self, _: &mut Mint<'_>) -> Result<(), SealError> {
        Ok(())
    }

    fn target(&self, tenant: &Tenant, _: &Context) -> Aggregate {
        Aggregate::held(&tenant.id, self.subject.as_deref())
    }

    fn decide(&self, tenant: &Tenant, _: &Context) -> Result<Vec<Event>, SubjectFault> {
        let Standing { hold, about, organization } = standing(tenant, self.subject.as_deref())?;
        let subject = self.subject.clone();
        Ok(hold
            .map(|reason| SubjectReleased { subject, about, organization, reason }.into())
            .into_iter()
            .collect())
    }
}

//! Puts a subject, or everybody in the tenant, under a legal hold: until it is lifted, nothing that
//! is known of them can be erased. What deletes or changes the thing itself is not held up.

use domain::{Aggregate, Event, Right, SubjectHeld, Tenant};
use eventlog::SealError;
use schemars::JsonSchema;
use serde::Deserialize;

use super::fault::{Standing, SubjectFault, standing};
use crate::names::is_name;
use crate::{Command, Context, Mint};

const REASON_MAX: usize = 500;

/// Keeps what is known of a subject, or of everybody in the tenant, from being erased.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HoldSubject {
    /// Id of a user or of a client, or UUID of a record; everybody in the tenant if absent.
    pub subject: Option<String>,
    /// Shown to whoever tries to erase; it stands in the record, in the clear and for good.
    pub reason: String,
}

impl Command for HoldSubject {
    type Rejection = SubjectFault;
    type Fresh = ();
    const NAME: &'static str = "HoldSubject";

    fn needs(&self) -> Right {
        Right::TenantAdmin
    }

    fn weight(&self) -> usize {
        size_of_val(self) + self.subject.as_ref().map_or(0, String::len) + self.reason.len()
    }

    fn draw(&mut self, _: &mut Mint<'_>) -> Result<(), SealError> {
        Ok(())
    }

    fn target(&self, tenant: &Tenant, _: &Context) -> Aggregate {
        Aggregate::held(&tenant.id, self.subject.as_deref())
    }

    fn decide(&self, tenant: &Tenant, _: &Context) -> Result<Vec<Event>, SubjectFault> {
        let subject = self.subject.as_deref();
        let Standing { hold, about, organization } = standing(tenant, subject)?;
        if let Some(subject) = subject.filter(|it| tenant.subjects.is_erased(it)) {
            return Err(SubjectFault::Erased(subject.to_owned()));
        }
        if !is_name(&self.reason, REASON_MAX) {
            return Err(SubjectFault::ReasonInvalid);
        }
        if hold.as_ref() == Some(&self.reason) {
            return Ok(Vec::new());
        }
        let (subject, reason) = (self.subject.clone(), self.reason.clone());
        Ok(vec![SubjectHeld { subject, about, organization, reason }.into()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clients::sample::{created, id, tenant};
    use crate::subjects::ReleaseSubject;

    fn hold(
        tenant: &Tenant,
        subject: Option<&str>,
        reason: &str,
    ) -> Result<Vec<Event>, SubjectFault> {
        let (subject, reason) = (subject.map(str::to_owned), reason.to_owned());
        HoldSubject { subject, reason }.decide(tenant, &Context::sample(()))
    }

    fn release(tenant: &Tenant, subject: Option<&str>) -> Result<Vec<Event>, SubjectFault> {
        let subject = subject.map(str::to_owned);
        ReleaseSubject { subject }.decide(tenant, &Context::sample(()))
    }

    #[test]
    fn holds_and_releases_once() {
        let mut tenant = tenant();
        tenant.apply(&created(9, "held", &[]).into());
        let client = id(9).to_string();
        for subject in [None, Some(client.as_str())] {
            assert_eq!(release(&tenant, subject), Ok(vec![]), "nothing holds yet");
            let held = hold(&tenant, subject, "case 7").unwrap();
            assert_eq!(held.iter().map(Event::name).collect::<Vec<_>>(), ["subject.held"]);
            tenant.apply(&held[0]);
            assert_eq!(hold(&tenant, subject, "case 7"), Ok(vec![]));
            assert_eq!(hold(&tenant, subject, "case 8").map(|it| it.len()), Ok(1));
            let released = release(&tenant, subject).unwrap();
            let Event::SubjectReleased(fact) = &released[0] else { panic!("{released:?}") };
            assert_eq!((fact.organization.as_ref(), fact.reason.as_str()), (None, "case 7"));
            assert_eq!(fact.about, subject.map(|_| Aggregate::client(id(9))));
            let touched = released[0].touches(&tenant.id);
            assert_eq!(touched.into_iter().next(), fact.about, "its history tells of it");
            tenant.apply(&released[0]);
            assert_eq!(release(&tenant, subject), Ok(vec![]));
        }
    }

    #[test]
    fn refuses_whom_there_never_was_and_no_reason() {
        let mut tenant = tenant();
        let unknown = || Err(SubjectFault::Unknown("A-B-9".to_owned()));
        assert_eq!(hold(&tenant, Some("A-B-9"), "case 7"), unknown());
        assert_eq!(release(&tenant, Some("A-B-9")), unknown());
        for reason in ["", " ", &"x".repeat(501)] {
            assert_eq!(hold(&tenant, None, reason), Err(SubjectFault::ReasonInvalid));
        }
        tenant.apply(&created(9, "gone", &[]).into());
        let subject = id(9).to_string();
        tenant.apply(
            &domain::SubjectErased {
                subject: subject.clone(),
                about: Aggregate::client(id(9)),
                organization: None,
                passwords: 0,
                mails: 0,
                tokens: 0,
            }
            .into(),
        );
        assert_eq!(hold(&tenant, Some(&subject), "case 7"), Err(SubjectFault::Erased(subject)));
    }
}

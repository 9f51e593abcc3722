//! What a user is to prove beside the password, where that comes with other things.

use domain::{Event, OrganizationId, SecondFactor, Tenant, UserId, UserSecondFactorChosen};

use crate::sign_ins::{FactorRequired, check_factor};

/// The fact that a user has another second factor from now on; none where nothing else is wanted.
pub(super) fn chosen(
    (user, organization): (&UserId, &OrganizationId),
    wanted: Option<SecondFactor>,
    tenant: &Tenant,
) -> Result<Option<Event>, FactorRequired> {
    let before = tenant.sign_ins.of(user).second_factor;
    let Some(after) = wanted.filter(|wanted| *wanted != before) else { return Ok(None) };
    check_factor(tenant, after)?;
    let (user, organization) = (user.clone(), organization.clone());
    Ok(Some(UserSecondFactorChosen { user, organization, before, after }.into()))
}

//! Who calls, as Zitadel's services see it: a token that is meant for them, and the roles of the
//! organization that the call is about.

use domain::OrganizationId;

use super::error::ZitadelError;
use super::level::scoped;
use super::methods::Of;
use crate::app::App;
use crate::call::Incoming;
use crate::caller::{BearerError, Caller, bearer};

/// The bearer of a request about a level of this kind.
pub(super) async fn bearer_of(
    app: &App,
    request: &Incoming,
    of: Option<Of>,
) -> Result<Caller, ZitadelError> {
    let caller = bearer(app, request.header("authorization"), request.received_at).await?;
    let project = &app.settings.zitadel_project;
    if caller.claims.as_ref().is_some_and(|claims| !claims.is_for(project)) {
        return Err(BearerError::Invalid("it is meant for another audience").into());
    }
    let is_within = matches!(of, Some(Of::Organization | Of::User));
    Ok(if is_within { settled(caller, scoped(request)) } else { caller })
}

/// The caller as a member of the organization that is meant: the one the request names, or, for
/// whoever holds nothing beyond it, the only one there is.
fn settled(mut caller: Caller, named: Option<OrganizationId>) -> Caller {
    if caller.organization.is_some() {
        return caller;
    }
    let meant = match (&named, caller.memberships.as_slice()) {
        (Some(named), all) => all.iter().find(|(organization, _)| organization == named),
        (None, [only]) if caller.rights.is_empty() => Some(only),
        (None, _) => None,
    };
    if let Some((organization, rights)) = meant.cloned() {
        caller.rights.extend(rights);
        caller.organization = Some(organization);
    }
    caller
}

#[cfg(test)]
mod tests {
    use domain::Right;

    use super::*;

    fn check(rights: &[Right], member_of: &[&str], named: Option<&str>, expected: Option<&str>) {
        let id = |text: &str| OrganizationId(text.to_owned());
        let write = Right::OrganizationFeatureWrite;
        let caller = Caller {
            rights: rights.iter().copied().collect(),
            memberships: member_of.iter().map(|it| (id(it), [write].into())).collect(),
            ..Caller::stranger()
        };
        let settled = settled(caller, named.map(id));
        assert_eq!(settled.organization, expected.map(id), "{rights:?} {member_of:?} {named:?}");
        assert_eq!(settled.has(write), expected.is_some());
    }

    #[test]
    fn a_role_counts_in_its_organization_alone() {
        check(&[], &["5"], None, Some("5"));
        check(&[], &["5"], Some("5"), Some("5"));
        check(&[], &["5"], Some("6"), None);
        check(&[], &["5", "6"], None, None);
        check(&[], &["5", "6"], Some("6"), Some("6"));
        check(&[Right::InstanceFeatureRead], &["5"], None, None);
        check(&[Right::InstanceFeatureRead], &["5"], Some("5"), Some("5"));
    }
}

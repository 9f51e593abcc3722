//! Replaces all that is known of a user as a person (Akamai IAM v3, "Modify a user's basic
//! information"). A new e-mail address holds at once and is pending until `ConfirmEmail`, since
//! none of the vendor's operations confirms one.

use domain::{
    Aggregate, Event, Personal, Right, Sealed, SecondFactor, Tenant, User, UserId,
    UserProfileReplaced,
};
use eventlog::SealError;
use schemars::JsonSchema;
use serde::Deserialize;

use super::person::{ClearProfile, SealedPerson};
use super::profile_fault::{self, ProfileFault};
use super::reach::{Lacking, administers, is_own};
use super::second_factor;
use crate::sign_ins::FactorRequired;
use crate::{Command, Context, Mint, Refusal, Rejection};

/// Replaces all that is known of a user as a person: what is left out is forgotten.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReplaceUserProfile {
    #[schemars(with = "String")]
    pub user: UserId,
    /// Empty once it was sealed.
    pub profile: ClearProfile,
    /// `TFA`, `MFA` or `NONE`; stays as it is if absent.
    #[schemars(with = "Option<String>")]
    pub second_factor: Option<SecondFactor>,
    /// What the new profile was put together from, where it was: it must stand still.
    #[serde(skip)]
    pub seen: Option<Sealed>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReplaceUserProfileRejection {
    #[error("there is no user {0}")]
    UserUnknown(UserId),
    #[error("{}", profile_fault::listed(.0))]
    Profile(Vec<ProfileFault>),
    /// The key is gone that all that is known of the person was sealed with.
    #[error("the person behind user {0} was erased")]
    PersonErased(UserId),
    #[error("the profile of user {0} was changed meanwhile")]
    ChangedMeanwhile(UserId),
    #[error("user {0} has that e-mail address")]
    EmailTaken(UserId),
    #[error("user {0} has that user name")]
    UserNameTaken(UserId),
    #[error(transparent)]
    Lacking(Lacking),
    #[error(transparent)]
    SecondFactor(#[from] FactorRequired),
}

impl Rejection for ReplaceUserProfileRejection {
    fn refusal(&self) -> Refusal {
        let conflict = |code, by| Refusal::conflict(code, vec![Aggregate::user(by)]);
        match self {
            Self::UserUnknown(_) => Refusal::not_found("user_unknown", "user"),
            Self::Profile(faults) => profile_fault::refusal(faults),
            Self::PersonErased(user) => conflict("person_erased", user),
            Self::ChangedMeanwhile(user) => conflict("changed_meanwhile", user),
            Self::EmailTaken(by) => conflict("email_taken", by).about("email"),
            Self::UserNameTaken(by) => conflict("user_name_taken", by).about("userName"),
            Self::Lacking(_) => Refusal::forbidden("permission_not_held"),
            Self::SecondFactor(required) => required.refusal(),
        }
    }
}

/// The person, unless they were erased, or why nobody can be that.
type FreshPerson = Result<Option<SealedPerson>, Vec<ProfileFault>>;

impl Command for ReplaceUserProfile {
    type Rejection = ReplaceUserProfileRejection;
    type Fresh = FreshPerson;
    const NAME: &'static str = "ReplaceUserProfile";

    fn needs(&self) -> Right {
        Right::UserAdmin
    }

    fn subject(&self) -> Option<String> {
        Some(self.user.to_string())
    }

    fn draw(&mut self, mint: &mut Mint<'_>) -> Result<FreshPerson, SealError> {
        std::mem::take(&mut self.profile).seal_more(&self.user, mint.keys())
    }

    fn target(&self, _: &Tenant, _: &Context<FreshPerson>) -> Aggregate {
        Aggregate::user(&self.user)
    }

    fn decide(
        &self,
        tenant: &Tenant,
        context: &Context<FreshPerson>,
    ) -> Result<Vec<Event>, ReplaceUserProfileRejection> {
        use ReplaceUserProfileRejection as No;

        let held = tenant.users.get(&self.user);
        let held = held.ok_or_else(|| No::UserUnknown(self.user.clone()))?;
        let is_own = is_own(&self.user, tenant, &context.actor);
        if !is_own {
            administers(&held.grants, tenant, &context.authority).map_err(No::Lacking)?;
        }
        let person = context.fresh.as_ref().map_err(|faults| No::Profile(faults.clone()))?;
        let person = person.as_ref().ok_or_else(|| No::PersonErased(self.user.clone()))?;
        let before = held.person.as_ref().map(|person| &person.sealed);
        if self.seen.is_some() && self.seen.as_ref() != before {
            return Err(No::ChangedMeanwhile(self.user.clone()));
        }
        let other = |by: &&UserId| **by != self.user;
        if let Some(by) = tenant.users.with_email(&person.email_lookup).filter(other) {
            return Err(No::EmailTaken(by.clone()));
        }
        if let Some(by) = tenant.users.with_name(&person.name_lookup).filter(other) {
            return Err(No::UserNameTaken(by.clone()));
        }
        let organization = &held.organization;
        let chosen = second_factor::chosen((&self.user, organization), self.second_factor, tenant)?;
        if held.person.as_ref().is_some_and(|held| held.digest == person.digest) {
            return Ok(chosen.into_iter().collect());
        }
        let fact = UserProfileReplaced {
            user: self.user.clone(),
            organization: organization.clone(),
            before: Box::new(Personal::from_closed(before)),
            after: Box::new(person.profile.clone()),
            email_pending: is_pending(held, person),
        };
        Ok([fact.into()].into_iter().chain(chosen).collect())
    }
}

/// Whether the address is still to be confirmed.
fn is_pending(held: &User, person: &SealedPerson) -> bool {
    let before = held.person.as_ref().map(|person| &person.email_lookup);
    held.email_pending || before != Some(&person.email_lookup)
}

#[cfg(test)]
mod tests {
    use domain::{Actor, ActorKind, Authority};
    use eventlog::TenantKeys;

    use super::*;
    use crate::mint::sample;
    use crate::users::sample::{clear, tenant, user, with_ada};

    type Outcome = Result<Vec<Event>, ReplaceUserProfileRejection>;

    fn replace(
        (keys, tenant): (&TenantKeys, &Tenant),
        profile: ClearProfile,
        seen: Option<Sealed>,
        change: impl FnOnce(&mut Context<FreshPerson>),
    ) -> Outcome {
        let mut command = ReplaceUserProfile { user: user(), profile, second_factor: None, seen };
        let fresh = command.draw(&mut sample::mint(&tenant.id, keys, 0)).unwrap();
        let mut context = Context::sample(fresh);
        change(&mut context);
        command.decide(tenant, &context)
    }

    fn decided(profile: ClearProfile) -> Outcome {
        let keys = sample::keys(&tenant().id);
        replace((&keys, &with_ada(&keys)), profile, None, |_| {})
    }

    #[test]
    fn what_was_so_before_is_told_and_an_address_waits_for_its_confirmation() {
        let keys = sample::keys(&tenant().id);
        let mut tenant = with_ada(&keys);
        let steps = [("Ada", "ada@example.com", 0), ("Eva", "ADA@example.com", 1)];
        let pending = [("Eva", "eva@example.com", 1), ("Ada", "eva@example.com", 1)];
        for ((first, email, told), is_pending) in
            steps.map(|it| (it, false)).into_iter().chain(pending.map(|it| (it, true)))
        {
            let profile = ClearProfile { email: email.to_owned(), ..clear(first) };
            let profile = ClearProfile { user_name: Some("ada".to_owned()), ..profile };
            let profile =
                if told == 0 { ClearProfile { user_name: None, ..profile } } else { profile };
            let before = tenant.users.get(&user()).unwrap().person.clone().unwrap().sealed;
            let events = replace((&keys, &tenant), profile, Some(before.clone()), |_| {}).unwrap();
            assert_eq!(events.len(), told, "{first} {email}");
            for event in events {
                let Event::UserProfileReplaced(fact) = &event else { panic!() };
                assert_eq!(fact.before.closed(), Some(&before));
                assert_eq!(fact.email_pending, is_pending, "{first} {email}");
                tenant.apply(&keys.opened(event));
            }
        }
        assert!(tenant.users.with_email(&keys.lookup("ada@example.com")).is_none());
        assert_eq!(tenant.users.with_email(&keys.lookup("eva@example.com")), Some(&user()));
    }

    #[test]
    fn refuses_what_cannot_be_or_was_changed_meanwhile() {
        use ReplaceUserProfileRejection as No;
        let faults = vec![ProfileFault::LastName];
        let nameless = ClearProfile { last_name: String::new(), ..clear("Ada") };
        assert_eq!(decided(nameless), Err(No::Profile(faults)));
        let keys = sample::keys(&tenant().id);
        let mut tenant = with_ada(&keys);
        let seen = Some(Sealed::default());
        let outcome = replace((&keys, &tenant), clear("Eva"), seen, |_| {});
        assert_eq!(outcome, Err(No::ChangedMeanwhile(user())));
        let foreign = sample::keys(&tenant.id);
        let outcome = replace((&foreign, &tenant), clear("Eva"), None, |_| {});
        assert_eq!(outcome, Err(No::PersonErased(user())));

        let other = UserId("A-B-2".to_owned());
        let (person, _) = clear("Bob").seal_new(&other, &keys).unwrap().unwrap();
        tenant.users.created(&domain::UserCreated {
            user: other.clone(),
            organization: crate::users::sample::organization(),
            profile: keys.open_personal(&person.profile),
            grants: domain::Grants::default(),
        });
        let outcome = replace((&keys, &tenant), clear("Bob"), None, |_| {});
        assert_eq!(outcome, Err(No::EmailTaken(other.clone())));
        let named = ClearProfile { user_name: Some("bob@example.com".to_owned()), ..clear("Ada") };
        let outcome = replace((&keys, &tenant), named, None, |_| {});
        assert_eq!(outcome, Err(No::UserNameTaken(other)));
    }

    #[test]
    fn whoever_administers_no_users_may_change_their_own_profile_only() {
        let keys = sample::keys(&tenant().id);
        let tenant = with_ada(&keys);
        let by = |id: &str| {
            let (home, kind, id) = (tenant.id.clone(), ActorKind::User, id.to_owned());
            let actor = Actor { home, kind, id, authenticated: "bearer".to_owned() };
            replace((&keys, &tenant), clear("Eva"), None, |context| {
                (context.actor, context.authority) = (actor, Authority::On(Vec::new()));
            })
        };
        assert!(by("A-B-1").is_ok());
        assert!(matches!(by("A-B-2"), Err(ReplaceUserProfileRejection::Lacking(_))));
    }
}

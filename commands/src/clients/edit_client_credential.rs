//! Switches an EdgeGrid credential on or off, puts its expiry elsewhere, and describes it (Akamai
//! IAM v3, "Update a credential").

use chrono::{DateTime, SubsecRound, Utc};
use domain::{
    Aggregate, ClientCredentialChanged, ClientId, Credential, CredentialId, CredentialStatus,
    CredentialTerms, Event, Right, Tenant,
};
use eventlog::SealError;
use schemars::JsonSchema;
use serde::Deserialize;

use super::DESCRIPTION_MAX;
use super::credential::{CredentialFault, held, latest_expiry};
use crate::names::is_description;
use crate::{Command, Context, Mint, Refusal, Rejection};

/// Switches an EdgeGrid credential on or off, puts its expiry elsewhere, and describes it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EditClientCredential {
    #[schemars(with = "uuid::Uuid")]
    pub client: ClientId,
    #[schemars(with = "i64")]
    pub credential: CredentialId,
    pub is_active: bool,
    /// Today at the earliest, in two years at the latest; kept to the microsecond.
    pub expires_at: DateTime<Utc>,
    /// At most 1,000 characters; the one it has stays where this is absent.
    pub description: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditClientCredentialRejection {
    #[error(transparent)]
    Credential(#[from] CredentialFault),
    #[error("a credential expires today at the earliest, not {0}")]
    ExpiryPast(DateTime<Utc>),
    #[error("this credential can last until {latest} at most")]
    ExpiryTooLate { latest: DateTime<Utc> },
    #[error("the expiry of this client's credentials follows its user's password")]
    ExpiryFixed,
    #[error("a credential's description has at most {DESCRIPTION_MAX} characters")]
    DescriptionInvalid,
    #[error("a reset of its client's secret ended this credential; it cannot be activated")]
    Reset(ClientId),
}

impl Rejection for EditClientCredentialRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::Credential(fault) => fault.refusal(),
            Self::ExpiryPast(_) => Refusal::invalid("expiry_past", "expiresAt"),
            Self::ExpiryTooLate { .. } => Refusal::invalid("expiry_too_late", "expiresAt"),
            Self::ExpiryFixed => Refusal::invalid("expiry_fixed", "expiresAt"),
            Self::DescriptionInvalid => Refusal::invalid("description_invalid", "description"),
            Self::Reset(client) => {
                Refusal::conflict("credential_reset", vec![Aggregate::client(*client)])
            }
        }
    }
}

impl EditClientCredential {
    /// When it is to expire. Whoever sends back what was shown, which is cut to seconds, changes
    /// nothing; that may lie in the past if the credential is not to work anyway.
    fn expiry(
        &self,
        held: &Credential,
        is_fixed: bool,
        now: DateTime<Utc>,
    ) -> Result<DateTime<Utc>, EditClientCredentialRejection> {
        use EditClientCredentialRejection as No;

        let asked = self.expires_at.trunc_subsecs(6);
        let is_same = asked.timestamp() == held.end().timestamp();
        let latest = latest_expiry(held, now);
        if asked.date_naive() < now.date_naive() && (self.is_active || !is_same) {
            return Err(No::ExpiryPast(asked));
        }
        if is_fixed && !is_same {
            return Err(No::ExpiryFixed);
        }
        match (is_same, asked > latest) {
            (true, _) => Ok(held.terms.expires_at),
            (false, true) => Err(No::ExpiryTooLate { latest }),
            (false, false) => Ok(asked),
        }
    }
}

impl Command for EditClientCredential {
    type Rejection = EditClientCredentialRejection;
    type Fresh = ();
    const NAME: &'static str = "EditClientCredential";

    fn needs(&self) -> Right {
        Right::ClientAdmin
    }

    fn weight(&self) -> usize {
        size_of_val(self) + self.description.as_ref().map_or(0, String::len)
    }

    fn draw(&mut self, _: &mut Mint<'_>) -> Result<(), SealError> {
        Ok(())
    }

    fn target(&self, _: &Tenant, _: &Context) -> Aggregate {
        Aggregate::client(self.client)
    }

    fn decide(
        &self,
        tenant: &Tenant,
        context: &Context,
    ) -> Result<Vec<Event>, EditClientCredentialRejection> {
        use EditClientCredentialRejection as No;

        let (client, credential) = (self.client, self.credential);
        let held = held(tenant, client, credential)?;
        let found = tenant.clients.get(client);
        let is_fixed = found.is_some_and(|found| found.usage.follows_user(found.kind));
        let expires_at = self.expiry(held, is_fixed, context.now)?;
        let description = self.description.as_ref().unwrap_or(&held.terms.description).clone();
        if !is_description(&description, DESCRIPTION_MAX) {
            return Err(No::DescriptionInvalid);
        }
        if self.is_active && held.was_reset(context.now) {
            return Err(No::Reset(client));
        }
        let status =
            if self.is_active { CredentialStatus::Active } else { CredentialStatus::Inactive };
        let before = held.terms.clone();
        let after = CredentialTerms { status, expires_at, description };
        if before == after {
            return Ok(Vec::new());
        }
        Ok(vec![ClientCredentialChanged { client, credential, before, after }.into()])
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use domain::{
        ClientCreated, ClientCredentialDeactivated, ClientCredentialDeleted, ClientKind,
        ClientSecretReset, ClientUsage, ClientUsageChanged,
    };

    use super::*;
    use crate::clients::sample::{created, give_credential, id, tenant};

    /// Client 2 has the credentials 7, which works 48 hours more, 8, which a reset ends in an
    /// hour, 9, which expired two days ago, 10, which is deleted, and 11, which a reset ended.
    fn sample() -> Tenant {
        let mut tenant = tenant();
        for (credential, hours) in [(7, 48), (8, 48), (9, -48), (10, 48), (11, 48)] {
            give_credential(&mut tenant, 2, credential, hours);
        }
        let client = id(2);
        for (credential, hours) in [(8, 1), (11, 0)] {
            tenant.clients.secret_reset(&ClientSecretReset {
                client,
                generation: 2,
                grace_until: None,
                ends_at: hence(hours),
                credentials: vec![CredentialId(credential)],
                tokens: Vec::new(),
            });
        }
        let credential = CredentialId(10);
        tenant.clients.credential_deactivated(&ClientCredentialDeactivated { client, credential });
        let before = tenant.clients.get(client).unwrap().credentials[&credential].terms.clone();
        let gone = ClientCredentialDeleted { client, credential, before };
        tenant.clients.credential_deleted(&gone);
        tenant
    }

    fn hence(hours: i64) -> DateTime<Utc> {
        Context::sample(()).now + TimeDelta::hours(hours)
    }

    fn decide(
        credential: i64,
        is_active: bool,
        expires_at: DateTime<Utc>,
        description: Option<&str>,
    ) -> Result<Vec<Event>, EditClientCredentialRejection> {
        let (client, credential) = (id(2), CredentialId(credential));
        let description = description.map(str::to_owned);
        let command =
            EditClientCredential { client, credential, is_active, expires_at, description };
        command.decide(&sample(), &Context::sample(()))
    }

    fn check(
        (credential, is_active, expires_at): (i64, bool, DateTime<Utc>),
        expected: Result<usize, EditClientCredentialRejection>,
    ) {
        let decided = decide(credential, is_active, expires_at, None).map(|events| events.len());
        assert_eq!(decided, expected, "{credential} {is_active} {expires_at}");
    }

    #[test]
    fn an_edit_says_what_was_before_and_keeps_the_description_it_does_not_name() {
        let decided = decide(7, false, hence(24), None).unwrap();
        let [Event::ClientCredentialChanged(fact)] = &decided[..] else { panic!("{decided:?}") };
        assert_eq!(
            fact.before,
            sample().clients.get(id(2)).unwrap().credentials[&fact.credential].terms
        );
        let status = CredentialStatus::Inactive;
        let description = String::new();
        assert_eq!(fact.after, CredentialTerms { status, expires_at: hence(24), description });
        let decided = decide(7, true, hence(48), Some("old")).unwrap();
        let [Event::ClientCredentialChanged(fact)] = &decided[..] else { panic!("{decided:?}") };
        assert_eq!(fact.after.description, "old");
    }

    #[test]
    fn what_is_so_already_does_not_change_though_it_was_shown_without_its_fraction() {
        check((7, true, hence(48)), Ok(0));
        check((7, true, hence(48) + TimeDelta::nanoseconds(1)), Ok(0));
        check((8, true, hence(1)), Ok(0));
        check((9, false, hence(-48)), Ok(1));
    }

    #[test]
    fn an_expiry_lies_between_today_and_two_years_from_now() {
        use EditClientCredentialRejection as No;
        let now = hence(0);
        let midnight = now.date_naive().and_time(chrono::NaiveTime::MIN).and_utc();
        let latest = now + chrono::Months::new(24);
        check((7, true, midnight), Ok(1));
        check((7, true, latest), Ok(1));
        let before = midnight - TimeDelta::seconds(1);
        check((7, true, before), Err(No::ExpiryPast(before)));
        check((9, true, hence(-48)), Err(No::ExpiryPast(hence(-48))));
        let late = latest + TimeDelta::seconds(1);
        check((7, true, late), Err(No::ExpiryTooLate { latest }));
        check((9, true, hence(9)), Ok(1));
    }

    #[test]
    fn the_expiry_of_one_that_follows_its_user_stays() {
        use EditClientCredentialRejection as No;
        let mut tenant = Tenant::unborn(domain::TenantId::new("acme").unwrap());
        let kind = ClientKind::UserClient;
        tenant.clients.created(&ClientCreated { kind, ..created(2, "robot", &[]) });
        let (client, before) = (id(2), ClientUsage::default());
        let after = ClientUsage { allows_account_switch: true, ..before.clone() };
        tenant.apply(&ClientUsageChanged { client, before, after }.into());
        give_credential(&mut tenant, 2, 7, 48);
        let edit = |hours, description: Option<&str>| EditClientCredential {
            client,
            credential: CredentialId(7),
            is_active: true,
            expires_at: hence(hours),
            description: description.map(str::to_owned),
        };
        let decide = |command: EditClientCredential| {
            command.decide(&tenant, &Context::sample(())).map(|events| events.len())
        };
        assert_eq!(decide(edit(24, None)), Err(No::ExpiryFixed));
        assert_eq!(decide(edit(48, Some("old"))), Ok(1));
    }

    #[test]
    fn nothing_outlives_a_reset_and_nothing_deleted_comes_back() {
        use EditClientCredentialRejection as No;
        check((8, true, hence(2)), Err(No::ExpiryTooLate { latest: hence(1) }));
        check((11, true, hence(0)), Err(No::Reset(id(2))));
        check((11, false, hence(0)), Ok(1));
        let (client, credential) = (id(2), CredentialId(10));
        let gone = CredentialFault::CredentialDeleted { client, credential };
        check((10, true, hence(1)), Err(gone.into()));
        let unknown = CredentialFault::CredentialUnknown { client, credential: CredentialId(12) };
        check((12, true, hence(1)), Err(unknown.into()));
        let endless = "x".repeat(DESCRIPTION_MAX + 1);
        assert_eq!(decide(7, true, hence(1), Some(&endless)), Err(No::DescriptionInvalid));
    }
}

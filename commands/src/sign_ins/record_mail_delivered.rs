//! Records that a mail with a password was handed over, and drops it from the vault. The outbox
//! asks for it; until then the mail is handed over again.

use domain::{Aggregate, Event, Right, Tenant, UserId, UserMailDelivered};
use eventlog::{SealError, VaultWrite};
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

use super::fault::{UserFault, administered};
use super::passwords::drop_mail;
use crate::{Command, Context, Mint, Refusal, Rejection};

/// Records that a mail with a password was handed over, and forgets it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RecordMailDelivered {
    #[schemars(with = "String")]
    pub user: UserId,
    pub mail: Uuid,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordMailDeliveredRejection {
    #[error(transparent)]
    User(#[from] UserFault),
    #[error("no mail {0} waits for the user")]
    MailUnknown(Uuid),
}

impl Rejection for RecordMailDeliveredRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::User(fault) => fault.refusal(),
            Self::MailUnknown(_) => Refusal::not_found("mail_unknown", "mail"),
        }
    }
}

impl Command for RecordMailDelivered {
    type Rejection = RecordMailDeliveredRejection;
    type Fresh = ();
    const NAME: &'static str = "RecordMailDelivered";

    fn needs(&self) -> Right {
        Right::UserAdmin
    }

    fn draw(&mut self, _: &mut Mint<'_>) -> Result<(), SealError> {
        Ok(())
    }

    fn target(&self, _: &Tenant, _: &Context) -> Aggregate {
        Aggregate::user(&self.user)
    }

    fn decide(
        &self,
        tenant: &Tenant,
        context: &Context,
    ) -> Result<Vec<Event>, RecordMailDeliveredRejection> {
        let organization = administered(tenant, context, &self.user)?.organization.clone();
        let (user, mail) = (self.user.clone(), self.mail);
        if tenant.sign_ins.of(&user).pending_mail != Some(mail) {
            return Err(RecordMailDeliveredRejection::MailUnknown(mail));
        }
        Ok(vec![UserMailDelivered { user, organization, mail }.into()])
    }

    fn vault(&self, tenant: &Tenant, _: &Context) -> Vec<VaultWrite> {
        vec![drop_mail(tenant, self.mail)]
    }
}

#[cfg(test)]
mod tests {
    use domain::UserPasswordSet;

    use super::super::sample::{ada, tenant, told};
    use super::*;
    use crate::mint::sample::kept_and_dropped;

    #[test]
    fn a_mail_is_forgotten_once() {
        let ((user, organization), mail) = (ada(), Uuid::from_u128(7));
        let (one_time, expires_at) = (true, None);
        let set = UserPasswordSet { user, organization, one_time, expires_at, mail: Some(mail) };
        let tenant = told(tenant(), set);
        let command = RecordMailDelivered { user: ada().0, mail };
        let decided = |tenant: &Tenant| command.decide(tenant, &Context::sample(()));
        let events = decided(&tenant).unwrap();
        let writes = command.vault(&tenant, &Context::sample(()));
        assert_eq!(kept_and_dropped(&writes), [vec![], vec![format!("acme/{mail}")]]);
        let tenant = told(tenant, events[0].clone());
        assert_eq!(decided(&tenant), Err(RecordMailDeliveredRejection::MailUnknown(mail)));
    }
}

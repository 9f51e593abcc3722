//! Gives a user a random password that works once (Akamai IAM v3, "Reset a user's password"). It
//! is shown to whoever asked, or mailed to the user and shown to nobody.

use domain::{Aggregate, Event, Right, Tenant, UserId};
use eventlog::{SealError, VaultWrite};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::fault::{UserFault, administered};
use super::passwords::{Delivery, FreshPassword, MailReason};
use crate::{Command, Context, Mint};

/// Gives a user a random password that works once. The one before works no longer.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ResetUserPassword {
    #[schemars(with = "String")]
    pub user: UserId,
    /// Mails it to the user; otherwise it is shown once, here.
    #[serde(default)]
    pub send_email: bool,
}

impl Command for ResetUserPassword {
    type Rejection = UserFault;
    type Fresh = FreshPassword;
    const NAME: &'static str = "ResetUserPassword";
    const DRAWS_SLOWLY: bool = true;

    fn needs(&self) -> Right {
        Right::UserAdmin
    }

    fn draw(&mut self, mint: &mut Mint<'_>) -> Result<FreshPassword, SealError> {
        let mailed = Delivery::Mailed(MailReason::PasswordReset);
        let delivery = if self.send_email { mailed } else { Delivery::Shown };
        FreshPassword::drawn(&self.user, mint, delivery)
    }

    fn target(&self, _: &Tenant, _: &Context<FreshPassword>) -> Aggregate {
        Aggregate::user(&self.user)
    }

    fn decide(
        &self,
        tenant: &Tenant,
        context: &Context<FreshPassword>,
    ) -> Result<Vec<Event>, UserFault> {
        let organization = &administered(tenant, context, &self.user)?.organization;
        Ok(vec![context.fresh.fact((&self.user, organization), true, context.now).into()])
    }

    fn vault(&self, tenant: &Tenant, context: &Context<FreshPassword>) -> Vec<VaultWrite> {
        context.fresh.vault(tenant, &self.user)
    }

    fn reply(fresh: &FreshPassword) -> Map<String, Value> {
        fresh.reply()
    }
}

#[cfg(test)]
mod tests {
    use domain::PasswordUse;
    use eventlog::{TenantKeys, VaultKind};

    use super::super::passwords::PasswordMail;
    use super::super::sample::{ada, mint, tenant, told};
    use super::*;
    use crate::mint::sample;

    fn drawn(
        tenant: &Tenant,
        keys: &TenantKeys,
        send_email: bool,
    ) -> (ResetUserPassword, Context<FreshPassword>) {
        let mut command = ResetUserPassword { user: ada().0, send_email };
        let fresh = command.draw(&mut mint(tenant, keys, &[])).unwrap();
        (command, Context::sample(fresh))
    }

    #[test]
    fn it_works_once_and_is_shown_once() {
        let tenant = tenant();
        let keys = sample::keys(&tenant.id);
        let (command, context) = drawn(&tenant, &keys, false);
        let [event] = &command.decide(&tenant, &context).unwrap()[..] else { panic!("not one") };
        let shown = ResetUserPassword::reply(&context.fresh)["newPassword"].clone();
        assert!(
            !String::from_utf8(event.encode().unwrap()).unwrap().contains(shown.as_str().unwrap())
        );
        assert_eq!(command.vault(&tenant, &context).len(), 1, "a hash and no mail");
        let held = told(tenant, event.clone()).sign_ins.of(&ada().0);
        assert_eq!((held.password_use, held.pending_mail), (PasswordUse::Once, None));
    }

    #[test]
    fn what_is_mailed_is_shown_to_nobody_and_waits_sealed() {
        let tenant = tenant();
        let keys = sample::keys(&tenant.id);
        let (command, context) = drawn(&tenant, &keys, true);
        assert!(ResetUserPassword::reply(&context.fresh).is_empty());
        let [event] = &command.decide(&tenant, &context).unwrap()[..] else { panic!("not one") };
        let writes = command.vault(&tenant, &context);
        let [VaultWrite::Insert(_), VaultWrite::Insert(row)] = &writes[..] else {
            panic!("not a hash and a mail")
        };
        let tenant = told(tenant, event.clone());
        let mail = tenant.sign_ins.of(&ada().0).pending_mail.unwrap();
        assert_eq!((row.kind, &row.public_id), (VaultKind::Mail, &format!("acme/{mail}")));
        let sealed: PasswordMail = serde_json::from_slice(&keys.open(row).unwrap()).unwrap();
        assert_eq!((sealed.reason, sealed.password.len()), (MailReason::PasswordReset, 20));

        let (again, context) = drawn(&tenant, &keys, false);
        let writes = again.vault(&tenant, &context);
        let [_, dropped] = sample::kept_and_dropped(&writes);
        assert_eq!(dropped, [row.public_id.as_str()], "it would bring what works no longer");
    }
}

//! Sets which mails a user gets (Akamai IAM v3, "Update a user's notifications"), all at once.

use domain::{Aggregate, Event, Right, Tenant, UserId, UserNotificationsSet};
use eventlog::SealError;
use schemars::JsonSchema;
use serde::Deserialize;

use super::wanted_notifications::{NotificationsFault, WantedNotifications};
use crate::sign_ins::{UserFault, own_or_administered};
use crate::{Command, Context, Mint, Refusal, Rejection};

/// Sets which mails a user gets.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SetUserNotifications {
    #[schemars(with = "String")]
    pub user: UserId,
    pub notifications: WantedNotifications,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SetUserNotificationsRejection {
    #[error(transparent)]
    User(#[from] UserFault),
    #[error(transparent)]
    Notifications(NotificationsFault),
}

impl Rejection for SetUserNotificationsRejection {
    fn refusal(&self) -> Refusal {
        match self {
            Self::User(fault) => fault.refusal(),
            Self::Notifications(_) => Refusal::invalid("notifications_invalid", "notifications"),
        }
    }
}

impl Command for SetUserNotifications {
    type Rejection = SetUserNotificationsRejection;
    type Fresh = ();
    const NAME: &'static str = "SetUserNotifications";

    fn needs(&self) -> Right {
        Right::UserAdmin
    }

    fn weight(&self) -> usize {
        size_of_val(self) + self.notifications.bytes()
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
    ) -> Result<Vec<Event>, SetUserNotificationsRejection> {
        use SetUserNotificationsRejection as No;

        let held = own_or_administered(tenant, context, &self.user)?;
        let after = self.notifications.checked().map_err(No::Notifications)?;
        if held.notifications == after {
            return Ok(Vec::new());
        }
        let (user, organization) = (self.user.clone(), held.organization.clone());
        let before = held.notifications.clone();
        Ok(vec![UserNotificationsSet { user, organization, before, after }.into()])
    }
}

#[cfg(test)]
mod tests {
    use domain::Notifications;
    use serde_json::json;

    use super::*;
    use crate::sign_ins::sample::{ada, tenant};

    fn decided(
        tenant: &Tenant,
        user: &str,
        proactive: &[&str],
    ) -> Result<Vec<Event>, SetUserNotificationsRejection> {
        let notifications = json!({
            "isEnabled": true, "passwordExpiry": true, "newUser": true,
            "clientCredentialExpiry": false, "proactive": proactive, "upgrade": [],
        });
        let command = json!({"user": user, "notifications": notifications});
        let command: SetUserNotifications = serde_json::from_value(command).unwrap();
        command.decide(tenant, &Context::sample(()))
    }

    #[test]
    fn sets_what_differs() {
        let (mut tenant, (user, organization)) = (tenant(), ada());
        assert_eq!(decided(&tenant, "A-B-1", &[]), Ok(vec![]));
        let before = Notifications::default();
        let after = Notifications { proactive: vec!["NetStorage".to_owned()], ..before.clone() };
        let fact = UserNotificationsSet { user, organization, before, after };
        let events = decided(&tenant, "A-B-1", &["NetStorage"]).unwrap();
        assert_eq!(events, [fact.into()]);
        tenant.apply(&events[0]);
        assert_eq!(decided(&tenant, "A-B-1", &["NetStorage"]), Ok(vec![]));
    }

    #[test]
    fn refuses_an_unknown_user_and_products_without_a_name() {
        use SetUserNotificationsRejection as No;
        let unknown = UserFault::Unknown(UserId("A-B-2".to_owned()));
        assert_eq!(decided(&tenant(), "A-B-2", &[]), Err(No::User(unknown)));
        let nameless = decided(&tenant(), "A-B-1", &[" "]).unwrap_err();
        assert_eq!(nameless.refusal().member, Some("notifications"));
    }
}

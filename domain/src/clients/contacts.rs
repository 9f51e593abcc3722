//! Whose addresses are kept with a client: the one at which somebody answers for it, and those that
//! are told of its credentials. Decisions need no word of them in the clear.

use serde::{Deserialize, Serialize};

use super::{ClientNotificationEmailsSet, Clients, NotificationEmails, Registration};
use crate::{ClientId, Personal};

/// Whom to tell of a client's credentials, as far as decisions need it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notified {
    /// Keyed hash of all addresses.
    pub lookup: String,
    /// For whom they are sealed.
    pub subject: String,
}

impl Notified {
    /// What a fact tells that was opened.
    fn of(emails: &Personal<NotificationEmails>) -> Option<Self> {
        let (known, sealed) = (emails.known()?, emails.closed()?);
        Some(Self { lookup: known.email_lookup.clone(), subject: sealed.subject.clone() })
    }
}

impl Clients {
    pub fn notification_emails_set(&mut self, fact: &ClientNotificationEmailsSet) {
        let notified = fact.emails.as_ref().and_then(Notified::of);
        self.change(fact.client, |client| client.notified = notified);
    }

    pub fn registered(&mut self, id: ClientId, registration: &Registration) {
        let former = self.all.get(&id).and_then(|it| it.registration.hydra_client.as_ref());
        if let Some(hydra) = former {
            self.hydra_ids.remove(hydra);
        }
        if let Some(hydra) = &registration.hydra_client {
            self.hydra_ids.insert(hydra.clone(), id);
        }
        let email = registration.email.as_ref();
        let lookup = email.and_then(Personal::known).map(|known| known.email_lookup.clone());
        let email = email.map(|email| Personal::from_closed(email.closed()));
        let registration = Registration { email, ..registration.clone() };
        self.change(id, |client| {
            (client.registration, client.contact_lookup) = (registration, lookup);
        });
    }

    /// What was sealed for a subject is gone: the addresses that a client's own key opened, or
    /// those that the key of the user did whom some clients act for.
    pub fn erased(&mut self, subject: &str) {
        for client in self.all.values_mut() {
            client.notified.take_if(|notified| notified.subject == subject);
            let email = &mut client.registration.email;
            let sealed = email.as_ref().and_then(Personal::closed);
            if sealed.is_some_and(|sealed| sealed.subject == subject) {
                (*email, client.contact_lookup) = (Some(Personal::Erased), None);
            }
        }
    }
}

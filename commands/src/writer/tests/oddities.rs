//! Commands made for cases: a rule that panics, a lock that is urgent, one that writes secrets, one that draws
//! slowly.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Receiver;
use std::time::Duration;

use domain::{Aggregate, Event, GroupId, GroupRenamed, Right, Tenant};
use eventlog::{SealError, VaultKind, VaultRow, VaultWrite};

use crate::{Command, Context, Mint, Refusal, Rejection};

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("never")]
pub(super) struct Never;

impl Rejection for Never {
    fn refusal(&self) -> Refusal {
        Refusal::forbidden("never")
    }
}

/// Renames a group; it is a command that the reserve is kept for.
pub(super) struct Urgent(pub(super) GroupId);

impl Command for Urgent {
    type Rejection = Never;
    type Fresh = ();
    const NAME: &'static str = "Urgent";
    const URGENT: bool = true;

    fn needs(&self) -> Right {
        Right::GroupAdmin
    }

    fn draw(&mut self, _: &mut Mint<'_>) -> Result<(), SealError> {
        Ok(())
    }

    fn target(&self, _: &Tenant, _: &Context) -> Aggregate {
        Aggregate::group(self.0)
    }

    fn decide(&self, tenant: &Tenant, _: &Context) -> Result<Vec<Event>, Never> {
        let from = tenant.groups.get(self.0).ok_or(Never)?.name.clone();
        let to = format!("{from}!");
        Ok(vec![GroupRenamed { group: self.0, from, to }.into()])
    }
}

/// Breaks down while it decides.
pub(super) struct Broken;

impl Command for Broken {
    type Rejection = Never;
    type Fresh = ();
    const NAME: &'static str = "Broken";

    fn needs(&self) -> Right {
        Right::GroupAdmin
    }

    fn draw(&mut self, _: &mut Mint<'_>) -> Result<(), SealError> {
        Ok(())
    }

    fn target(&self, tenant: &Tenant, _: &Context) -> Aggregate {
        Aggregate::tenant(&tenant.id)
    }

    fn decide(&self, _: &Tenant, _: &Context) -> Result<Vec<Event>, Never> {
        panic!("a case wants this");
    }
}

/// Breaks down when its target is asked for once more than before it decides.
#[derive(Default)]
pub(super) struct Fickle(AtomicBool);

impl Command for Fickle {
    type Rejection = Never;
    type Fresh = ();
    const NAME: &'static str = "Fickle";

    fn needs(&self) -> Right {
        Right::GroupAdmin
    }

    fn draw(&mut self, _: &mut Mint<'_>) -> Result<(), SealError> {
        Ok(())
    }

    fn target(&self, tenant: &Tenant, _: &Context) -> Aggregate {
        assert!(!self.0.swap(true, Ordering::Relaxed), "a case wants this");
        Aggregate::tenant(&tenant.id)
    }

    fn decide(&self, _: &Tenant, _: &Context) -> Result<Vec<Event>, Never> {
        Ok(Vec::new())
    }
}

/// Renames a group and keeps or drops a secret under a public id.
pub(super) struct Keep {
    pub(super) group: GroupId,
    pub(super) public_id: &'static str,
    pub(super) drops: bool,
}

impl Command for Keep {
    type Rejection = Never;
    type Fresh = VaultWrite;
    const NAME: &'static str = "Keep";

    fn needs(&self) -> Right {
        Right::GroupAdmin
    }

    fn draw(&mut self, mint: &mut Mint<'_>) -> Result<VaultWrite, SealError> {
        let (kind, public_id) = (VaultKind::Bearer, self.public_id.to_owned());
        let tenant = mint.tenant().clone();
        if self.drops {
            return Ok(VaultWrite::Delete { kind, public_id, tenant });
        }
        let (owner, sealed) = (String::new(), mint.keys().seal(kind, "", b"secret")?);
        Ok(VaultWrite::Insert(VaultRow { kind, public_id, tenant, owner, sealed }))
    }

    fn target(&self, _: &Tenant, _: &Context<VaultWrite>) -> Aggregate {
        Aggregate::group(self.group)
    }

    fn decide(&self, tenant: &Tenant, _: &Context<VaultWrite>) -> Result<Vec<Event>, Never> {
        let from = tenant.groups.get(self.group).ok_or(Never)?.name.clone();
        let to = format!("{from}+");
        Ok(vec![GroupRenamed { group: self.group, from, to }.into()])
    }

    fn vault(&self, _: &Tenant, context: &Context<VaultWrite>) -> Vec<VaultWrite> {
        vec![context.fresh.clone()]
    }
}

/// Draws until it is told to stop: whether it was, and not only lost patience.
pub(super) struct Slow(pub(super) Mutex<Receiver<()>>);

impl Command for Slow {
    type Rejection = Never;
    type Fresh = bool;
    const NAME: &'static str = "Slow";
    const DRAWS_SLOWLY: bool = true;

    fn needs(&self) -> Right {
        Right::GroupAdmin
    }

    fn draw(&mut self, _: &mut Mint<'_>) -> Result<bool, SealError> {
        Ok(self.0.get_mut().unwrap().recv_timeout(Duration::from_secs(10)).is_ok())
    }

    fn target(&self, tenant: &Tenant, _: &Context<bool>) -> Aggregate {
        Aggregate::tenant(&tenant.id)
    }

    fn decide(&self, _: &Tenant, _: &Context<bool>) -> Result<Vec<Event>, Never> {
        Ok(Vec::new())
    }
}

//! Who has which user name. Names stand sealed in the rows, so that finding one means opening them
//! all; where each was found is kept in memory as a keyed hash, and looked at again at every use.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::sync::{Arc, Mutex, PoisonError};

use domain::{TenantId, UserId};
use projections::Views;
use projections::users::{self, UserRow};

use crate::app::App;
use crate::fault::Fault;

/// Of how many tenants the names are kept at once.
const TENANTS_MAX: usize = 64;

/// Hints at who has a name. A wrong one costs a search and nothing else. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct UserNames {
    hashes: RandomState,
    by_tenant: Arc<Mutex<HashMap<TenantId, HashMap<u64, UserId>>>>,
}

impl UserNames {
    /// Who had the name when all were last opened.
    fn hint(&self, tenant: &TenantId, name: &str) -> Option<UserId> {
        let held = self.by_tenant.lock().unwrap_or_else(PoisonError::into_inner);
        held.get(tenant)?.get(&self.hashes.hash_one(name)).cloned()
    }

    fn learn(&self, tenant: &TenantId, opened: &[UserRow]) {
        let pairs = opened.iter().filter_map(|row| Some((folded(row)?, row.user.clone())));
        let names = pairs.map(|(name, user)| (self.hashes.hash_one(name), user)).collect();
        let mut held = self.by_tenant.lock().unwrap_or_else(PoisonError::into_inner);
        if held.len() >= TENANTS_MAX && !held.contains_key(tenant) {
            held.clear();
        }
        held.insert(tenant.clone(), names);
    }
}

fn folded(row: &UserRow) -> Option<String> {
    row.profile.known().map(|known| known.user_name.to_lowercase())
}

impl App {
    /// The user of that name, opened. Names are compared without regard to case.
    pub(crate) async fn user_named(
        &self,
        views: &Views,
        tenant: &TenantId,
        name: &str,
    ) -> Result<Option<UserRow>, Fault> {
        let name = name.to_lowercase();
        let is_it = |row: &UserRow| folded(row).as_ref() == Some(&name);
        if let Some(user) = self.user_names.hint(tenant, &name) {
            let row = users::one(views, tenant, &user).await?;
            let opened = self.opened(tenant, row.into_iter().collect()).await?;
            if let Some(row) = opened.into_iter().find(is_it) {
                return Ok(Some(row));
            }
        }
        let all = self.opened(tenant, users::all(views, tenant).await?).await?;
        self.user_names.learn(tenant, &all);
        Ok(all.into_iter().find(is_it))
    }
}

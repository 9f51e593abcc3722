//! Where a new tenant goes.

use domain::TenantId;
use sha2::{Digest, Sha256};

/// Spreads new tenants over the partitions; the placement that is written with them decides.
pub fn partition_of(tenant: &TenantId, partitions: i32) -> i32 {
    let digest = Sha256::digest(tenant.as_str().as_bytes());
    let folded = digest.iter().take(4).fold(0, |sum: u32, byte| sum << 8 | u32::from(*byte));
    let partitions = u32::try_from(partitions).unwrap_or(1).max(1);
    i32::try_from(folded % partitions).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tenants_are_spread_and_stay_where_they_fell() {
        let place = |n: i32| partition_of(&TenantId::new(&format!("tenant-{n}")).unwrap(), 16);
        let mut counts = [0; 16];
        for n in 0..1_600 {
            assert_eq!(place(n), place(n));
            counts[usize::try_from(place(n)).unwrap()] += 1;
        }
        assert!(counts.iter().all(|count| (50..200).contains(count)), "{counts:?}");
        assert_eq!(partition_of(&TenantId::system(), 1), 0);
    }
}

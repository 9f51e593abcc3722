//! How often one caller may ask: a setting of those dialects whose vendors refuse with 429.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use governor::clock::{Clock as _, DefaultClock};
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};

/// After so many questions, callers that were quiet for long are forgotten.
const TIDY_AFTER: u32 = 4_096;

type Limiter = RateLimiter<IpAddr, HashMapStateStore<IpAddr>, DefaultClock>;

/// Requests per minute and caller address, with as many at once. An IPv6 address counts with its
/// /64, which is one site's. Loopback is never limited. Cheap to clone; clones count together.
#[derive(Clone, Default)]
pub struct Rate(Option<Arc<Counted>>);

struct Counted {
    per_minute: NonZeroU32,
    limiter: Limiter,
    asked: AtomicU32,
}

impl Rate {
    /// 0 is no limit.
    #[must_use]
    pub fn per_minute(most: u32) -> Self {
        Self(NonZeroU32::new(most).map(|per_minute| {
            let limiter = RateLimiter::hashmap(Quota::per_minute(per_minute));
            Arc::new(Counted { per_minute, limiter, asked: AtomicU32::new(0) })
        }))
    }

    /// Counts a request of now; the seconds until there is room again, where there is none.
    pub(crate) fn admit(&self, address: Option<IpAddr>) -> Result<(), u32> {
        let Some((counted, address)) = self.0.as_deref().zip(address) else { return Ok(()) };
        let address = address.to_canonical();
        if address.is_loopback() {
            return Ok(());
        }
        let asked = counted.asked.fetch_add(1, Ordering::Relaxed);
        if asked % TIDY_AFTER == TIDY_AFTER - 1 {
            counted.limiter.retain_recent();
            counted.limiter.shrink_to_fit();
        }
        counted.limiter.check_key(&site(address)).map_err(|full| {
            let wait = full.wait_time_from(DefaultClock::default().now());
            u32::try_from(wait.as_secs()).unwrap_or(u32::MAX).saturating_add(1)
        })
    }
}

/// The address by which a caller is counted.
fn site(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
    }
}

impl fmt::Debug for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(counted) => write!(f, "Rate({} per minute)", counted.per_minute),
            None => f.write_str("Rate(unlimited)"),
        }
    }
}

impl PartialEq for Rate {
    /// Whether as much is allowed.
    fn eq(&self, other: &Self) -> bool {
        let most = |rate: &Self| rate.0.as_ref().map(|counted| counted.per_minute);
        most(self) == most(other)
    }
}

impl Eq for Rate {}

#[cfg(test)]
mod tests {
    use super::*;

    fn admit(rate: &Rate, address: &str) -> Result<(), u32> {
        rate.admit(Some(address.parse().unwrap()))
    }

    #[test]
    fn each_caller_has_its_own_share() {
        let rate = Rate::per_minute(2);
        assert_eq!(admit(&rate, "192.0.2.1"), Ok(()));
        assert_eq!(admit(&rate.clone(), "::ffff:192.0.2.1"), Ok(()));
        let wait = admit(&rate, "192.0.2.1").unwrap_err();
        assert!((1..=30).contains(&wait), "{wait}");
        assert_eq!(admit(&rate, "192.0.2.2"), Ok(()));
    }

    #[test]
    fn a_site_of_ipv6_is_one_caller() {
        let rate = Rate::per_minute(1);
        assert_eq!(admit(&rate, "2001:db8:1:2::1"), Ok(()));
        assert!(admit(&rate, "2001:db8:1:2:ffff::9").is_err());
        assert_eq!(admit(&rate, "2001:db8:1:3::1"), Ok(()));
    }

    #[test]
    fn loopback_and_whoever_has_no_limit_ask_as_they_like() {
        let rate = Rate::per_minute(1);
        for _ in 0..10 {
            assert_eq!(admit(&rate, "127.0.0.1"), Ok(()));
            assert_eq!(admit(&rate, "::1"), Ok(()));
            assert_eq!(rate.admit(None), Ok(()));
            assert_eq!(admit(&Rate::per_minute(0), "192.0.2.1"), Ok(()));
        }
    }
}

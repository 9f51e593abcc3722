//! The queue by itself: turns, company, and what is put back.

use std::sync::Arc;

use eventlog::{Key, MasterKey, TenantKeys};
use tokio::sync::oneshot;

use super::world::{id, request, shift};
use crate::WriterSettings;
use crate::writer::job::Job;
use crate::writer::places::Seat;
use crate::writer::queue::Queue;

fn job(tenant: &str, company: usize) -> Job {
    let master = MasterKey(Key::draw().unwrap());
    let (keys, _) = TenantKeys::draw(&master, &id(tenant)).unwrap();
    let seat = Seat { partition: 0, keys: Arc::new(keys), is_founding: false };
    let command = shift(domain::GroupId(1), domain::GroupId(2));
    let job = Job::new(request(tenant), seat, command, (), oneshot::channel().0);
    Job { company, ..job }
}

fn take(queue: &Queue, limit: usize) -> String {
    let taken = queue.take(limit, |job| job.request.tenant != id("cold"));
    let tenants = taken.jobs.iter().map(|job| job.request.tenant.to_string());
    tenants.collect::<Vec<_>>().join(" ")
}

#[test]
fn tenants_take_turns_and_cold_ones_wait() {
    let queue = Queue::new(WriterSettings::default());
    for tenant in ["a", "a", "a", "cold", "b", "c", "c"] {
        queue.push(job(tenant, usize::MAX)).unwrap();
    }
    assert_eq!(take(&queue, 4), "a b c a");
    assert_eq!(take(&queue, 4), "c a");
    assert_eq!(take(&queue, 4), "");
    assert!(!queue.is_empty());
    queue.unblock(&id("cold"));
    assert_eq!(queue.take(4, |_| true).jobs.len(), 1);
    assert!(queue.is_empty());
}

#[test]
fn nobody_gets_more_company_than_it_bears() {
    let queue = Queue::new(WriterSettings::default());
    for (tenant, company) in [("a", 9), ("b", 1), ("c", 2), ("d", 9), ("e", 9)] {
        queue.push(job(tenant, company)).unwrap();
    }
    assert_eq!(take(&queue, 4), "a c");
    assert_eq!(take(&queue, 4), "b");
    assert_eq!(take(&queue, 4), "d e");
}

#[test]
fn what_is_put_back_comes_first_and_in_its_order() {
    let queue = Queue::new(WriterSettings::default());
    for tenant in ["a", "b", "c", "c"] {
        queue.push(job(tenant, usize::MAX)).unwrap();
    }
    let taken = queue.take(2, |_| true);
    queue.restore(taken.jobs);
    assert_eq!(take(&queue, 4), "a b c c");
}

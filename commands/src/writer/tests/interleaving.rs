//! Whatever two writers do in whatever order, with whatever failures: the log stays dense, and
//! nobody is told anything that does not stand in it.

use domain::GroupId;
use proptest::prelude::*;

use super::memory::Fault;
use super::world::{World, add, found, loaded, request, settings, shift};
use crate::{Failure, Writer, WriterSettings};

/// What one of the writers is asked.
#[derive(Debug, Clone)]
enum Step {
    Add { writer: usize, tenant: usize, parent: usize },
    Move { writer: usize, tenant: usize, group: usize, to: usize },
    Fail(Fault),
}

fn steps() -> impl Strategy<Value = Vec<Vec<Step>>> {
    let fault = prop_oneof![
        Just(Fault::CutBefore),
        Just(Fault::CutAfter),
        Just(Fault::LandsLate),
        Just(Fault::Moved),
    ];
    let step = prop_oneof![
        3 => (0..2usize, 0..2usize, 0..6usize)
            .prop_map(|(writer, tenant, parent)| Step::Add { writer, tenant, parent }),
        5 => (0..2usize, 0..2usize, 0..6usize, 0..6usize)
            .prop_map(|(writer, tenant, group, to)| Step::Move { writer, tenant, group, to }),
        1 => fault.prop_map(Step::Fail),
    ];
    // Each inner list is asked at once.
    prop::collection::vec(prop::collection::vec(step, 1..6), 1..10)
}

const TENANTS: [&str; 2] = ["acme", "other"];

/// Returns how many events were granted.
async fn take(
    writers: &[Writer; 2],
    groups: &[[GroupId; 4]; 2],
    step: Step,
    world: &World,
) -> usize {
    let group = |tenant: usize, n: usize| groups[tenant][n % 4];
    match step {
        Step::Fail(fault) => {
            world.log.fail_next(&[fault]);
            0
        }
        Step::Add { writer, tenant, parent } => {
            add(&writers[writer], TENANTS[tenant], Some(group(tenant, parent))).await;
            1
        }
        Step::Move { writer, tenant, group: which, to } => {
            let command = shift(group(tenant, which), group(tenant, to));
            match writers[writer].run(request(TENANTS[tenant]), command).await {
                Ok(granted) => granted.events.len(),
                Err(Failure::Rejected(_)) => 0,
                Err(failure) => panic!("{failure:?}"),
            }
        }
    }
}

async fn play(partitions: i32, rounds: Vec<Vec<Step>>) {
    let world = World::new(partitions);
    let tight = WriterSettings { state_bytes: 1, snapshot_every: 4, page_events: 3, ..settings() };
    let writers = [world.writer(), world.writer_with(tight)];
    let groups = [found(&writers[0], TENANTS[0]).await, found(&writers[1], TENANTS[1]).await];
    let mut granted = 10;
    for round in rounds {
        let all = round.into_iter().map(|step| take(&writers, &groups, step, &world));
        granted += join_all(all).await.into_iter().sum::<usize>();
    }
    world.log.clear_faults();
    assert_eq!(world.log.all_events().len(), granted);
    for (tenant, groups) in TENANTS.iter().zip(groups) {
        let folded = world.folded(tenant);
        for writer in &writers {
            assert_eq!(loaded(writer, tenant).await, folded);
        }
        assert!(groups.iter().all(|group| folded.groups.line(*group).last() == Some(groups[0])));
    }
}

/// Polls all of them side by side.
async fn join_all<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut futures: Vec<_> = futures.map(|future| (Box::pin(future), None)).collect();
    std::future::poll_fn(|cx| {
        for (future, output) in &mut futures {
            if output.is_none()
                && let std::task::Poll::Ready(ready) = future.as_mut().poll(cx)
            {
                *output = Some(ready);
            }
        }
        if futures.iter().all(|(_, output)| output.is_some()) {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    futures.into_iter().filter_map(|(_, output)| output).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn two_writers_keep_the_log_dense_and_true(rounds in steps(), partitions in 1..3i32) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(play(partitions, rounds));
    }
}

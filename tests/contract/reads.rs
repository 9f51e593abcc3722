//! What is asked of the log, compared with what was put into it.

use std::sync::Arc;

use domain::TenantId;
use eventlog::{EventLog, Filter, Order, Placement, Recorded};

use super::sample::{batch, changed, event, head, head_of, tenant};
use crate::stores::{Database, on_both_stores};

on_both_stores!(
    a_tenant_is_read_by_its_ordinals,
    events_are_picked_by_their_ordinals,
    a_filter_lets_through_what_it_names,
    pages_of_a_search_follow_each_other,
);

type Lets = fn(&Recorded) -> bool;

/// Two tenants by turns, with aggregates, types, actors and commands that differ.
async fn filled(log: &dyn EventLog) -> Vec<Recorded> {
    let mut last = head(log).await;
    let mut written = Vec::new();
    for n in 0..24 {
        let (name, ordinal) = if n % 2 == 0 { ("acme", n / 2 + 1) } else { ("beta", n / 2 + 1) };
        let next = changed(event(&last, &tenant(name), ordinal), |event| {
            event.aggregate.id = (ordinal % 2).to_string();
            event.sequence = (ordinal + 1) / 2;
            let types = ["group.created", "group.moved"];
            event.event_type = String::from(types[usize::from(ordinal > 4)]);
            event.actor.id = format!("actor-{}", ordinal % 3);
            event.command = format!("Command{}", ordinal % 4);
            event.correlation = format!("r-{ordinal}");
        });
        last = head_of(&next);
        written.push(next);
    }
    log.append(&batch(&head(log).await, written.clone())).await.unwrap();
    written
}

fn place(name: &str) -> Placement {
    Placement { tenant: tenant(name), partition: 0 }
}

fn of<'a>(written: &'a [Recorded], tenant: &'a TenantId) -> impl Iterator<Item = &'a Recorded> {
    written.iter().filter(move |event| event.tenant == *tenant)
}

async fn a_tenant_is_read_by_its_ordinals(database: Arc<Database>) {
    let log = database.log().await;
    let written = filled(&*log).await;
    let beta = place("beta");
    let expected: Vec<_> = of(&written, &beta.tenant).cloned().collect();
    assert_eq!(log.read_tenant(&beta, 0, 100).await.unwrap(), expected);
    assert_eq!(log.read_tenant(&beta, 5, 3).await.unwrap(), expected[5..8]);
    assert_eq!(log.read_tenant(&beta, 12, 3).await.unwrap(), []);
    assert_eq!(log.read_tenant(&place("none"), 0, 3).await.unwrap(), []);
}

async fn events_are_picked_by_their_ordinals(database: Arc<Database>) {
    let log = database.log().await;
    let written = filled(&*log).await;
    let beta = place("beta");
    let all: Vec<_> = of(&written, &beta.tenant).cloned().collect();
    let far: Vec<i64> = (1..=250).map(|n| 3 * n).collect();
    for asked in [&[][..], &[4], &[3, 4, 5], &[1, 4, 12], &[11, 12, 13], &[2, 99], &[70, 71], &far]
    {
        let picked = log.read_at(&beta, asked).await.unwrap();
        let there = all.iter().filter(|event| asked.contains(&event.ordinal)).cloned();
        assert_eq!(picked, there.collect::<Vec<_>>(), "{asked:?}");
    }
    assert_eq!(log.read_at(&place("none"), &[1, 3]).await.unwrap(), []);
}

async fn a_filter_lets_through_what_it_names(database: Arc<Database>) {
    let log = database.log().await;
    let written = filled(&*log).await;
    let acme = place("acme");
    let all = Filter::default();
    let text = |text: &str| Some(text.to_owned());
    let mid = of(&written, &acme.tenant).nth(5).unwrap().created_at;
    let cases: [(Filter, Lets); 11] = [
        (all.clone(), |_| true),
        (Filter { aggregate_kind: text("group"), ..all.clone() }, |_| true),
        (Filter { aggregate_kind: text("role"), ..all.clone() }, |_| false),
        (
            Filter { aggregate_kind: text("group"), aggregate_id: text("1"), ..all.clone() },
            |event| event.aggregate.id == "1",
        ),
        (Filter { event_type: text("group.moved"), ..all.clone() }, |event| event.ordinal > 4),
        (
            Filter { aggregate_kinds: vec!["role".to_owned(), "group".to_owned()], ..all.clone() },
            |_| true,
        ),
        (
            Filter {
                event_types: vec!["group.moved".to_owned(), "x".to_owned()],
                resource_owner: text("acme"),
                ..all.clone()
            },
            |event| event.ordinal > 4 && event.resource_owner == "acme",
        ),
        (Filter { sequence_after: Some(1), ..all.clone() }, |event| event.sequence > 1),
        (Filter { actor_id: text("actor-2"), ..all.clone() }, |event| event.ordinal % 3 == 2),
        (Filter { command: text("Command1"), correlation: text("r-5"), ..all.clone() }, |event| {
            event.ordinal == 5
        }),
        (Filter { since: Some(mid), until: Some(mid), ..all.clone() }, |event| event.ordinal == 6),
    ];
    for (filter, lets) in cases {
        let mut expected: Vec<_> =
            of(&written, &acme.tenant).filter(|event| lets(event)).cloned().collect();
        assert_eq!(log.search(&acme, &filter, 100).await.unwrap(), expected, "{filter:?}");
        expected.reverse();
        let down = Filter { order: Order::Descending, ..filter };
        assert_eq!(log.search(&acme, &down, 100).await.unwrap(), expected, "{down:?}");
    }
}

async fn pages_of_a_search_follow_each_other(database: Arc<Database>) {
    let log = database.log().await;
    let written = filled(&*log).await;
    let acme = place("acme");
    for (order, aggregate_id) in
        [(Order::Ascending, None), (Order::Descending, Some("0".to_owned()))]
    {
        let aggregate_kind = Some("group".to_owned());
        let mut filter = Filter { order, aggregate_kind, aggregate_id, ..Filter::default() };
        let whole = log.search(&acme, &filter, 100).await.unwrap();
        assert!(whole.len() > 5 && whole.iter().all(|event| written.contains(event)));
        let mut paged = Vec::new();
        loop {
            let page = log.search(&acme, &filter, 5).await.unwrap();
            let Some(last) = page.last() else { break };
            filter.after = Some(last.ordinal);
            paged.extend(page);
        }
        assert_eq!(paged, whole);
    }
}

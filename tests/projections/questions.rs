//! Questions that need more than one row, or more than a key.

use std::sync::Arc;

use chrono::DateTime;
use domain::{
    ClientDeactivated, ClientSecretReset, FeatureKey, FeatureSet, FeatureValue, Grants, Level,
    OrganizationId, Personal, Sealed, TenantId, UserCreated, UserId,
};
use projections::clients::{self, ClientFilter};
use projections::{Projections, TAGS_MOST, ViewError, Views, aggregates, features, users};

use super::ledger::Ledger;
use super::scenario::{client, client_id, credential};
use crate::stores::{Database, on_both_stores};

on_both_stores!(
    clients_are_found_by_part_of_the_name_by_tags_and_by_state,
    a_client_is_found_by_each_of_its_names_in_its_tenant,
    a_credential_shows_when_a_reset_ends_it,
    what_falls_due_is_listed_from_its_instant_on,
    a_flag_comes_from_the_nearest_level_it_is_set_on,
);

async fn begin(database: &Database) -> (Ledger, Projections, TenantId, Views) {
    let mut ledger = Ledger::open(database.log().await).await;
    let engine = ledger.start(database, vec![]).await;
    let tenant = ledger.found("acme").await;
    let views = engine.reads().eventual();
    (ledger, engine, tenant, views)
}

async fn clients_are_found_by_part_of_the_name_by_tags_and_by_state(database: Arc<Database>) {
    let (mut ledger, engine, tenant, views) = begin(&database).await;
    let all = [
        (1, "Ärger 100%_Sure", &["blue"][..]),
        (2, "billing", &["blue", "red"]),
        (3, "Billing two", &["green"]),
        (4, "other", &[]),
    ];
    for (number, name, tags) in all {
        let created = client(number, "acme", name, tags);
        ledger.record(&tenant, vec![created.into()]).await;
    }
    ledger.record(&tenant, vec![ClientDeactivated { client: client_id(2) }.into()]).await;
    ledger.settle(&engine).await;
    let found = async |is_active, name: &str, tags: &[&str]| {
        let filter = ClientFilter {
            is_active,
            is_locked: None,
            name_part: Some(name.to_owned()),
            tags_any: tags.iter().map(|tag| (*tag).to_owned()).collect(),
        };
        let (rows, total) = clients::page(&views, &tenant, &filter, 1, 10).await.unwrap();
        assert_eq!(u64::try_from(rows.len()).unwrap(), total);
        rows.iter().map(|row| row.client.0.as_u128()).collect::<Vec<_>>()
    };
    assert_eq!(found(None, "", &[]).await, [1, 2, 3, 4]);
    assert_eq!(found(None, "LLING", &[]).await, [2, 3]);
    assert_eq!(found(None, "är", &[]).await, [1]);
    assert_eq!(found(None, "0%_s", &[]).await, [1]);
    assert_eq!(found(None, "%", &[]).await, [1]);
    assert_eq!(found(None, "", &["blue", "green"]).await, [1, 2, 3]);
    assert_eq!(found(None, "billing", &["blue", "green"]).await, [2, 3]);
    assert_eq!(found(Some(true), "billing", &["blue", "green"]).await, [3]);
    assert_eq!(found(Some(false), "", &[]).await, [2]);
    assert_eq!(found(Some(true), "", &["red"]).await, [0_u128; 0]);

    let filter = ClientFilter::default();
    let page = async |page| clients::page(&views, &tenant, &filter, page, 3).await.unwrap();
    let (first, second, third) = (page(1).await, page(2).await, page(u64::MAX).await);
    assert_eq!((first.0.len(), second.0.len(), third.0.len()), (3, 1, 0));
    assert_eq!([first.1, second.1, third.1], [4; 3]);
    let tags_any = (0..=TAGS_MOST).map(|number| number.to_string()).collect();
    let many = ClientFilter { tags_any, ..ClientFilter::default() };
    let refused = clients::page(&views, &tenant, &many, 1, 3).await;
    assert!(matches!(refused, Err(ViewError::TooManyTags { .. })));
}

async fn a_client_is_found_by_each_of_its_names_in_its_tenant(database: Arc<Database>) {
    let (mut ledger, engine, tenant, views) = begin(&database).await;
    let other = ledger.found("other").await;
    let created = client(1, "acme", "billing", &[]);
    ledger.record(&tenant, vec![created.clone().into()]).await;
    ledger.settle(&engine).await;
    let found = clients::one(&views, &tenant, client_id(1)).await.unwrap().unwrap();
    assert_eq!((found.tenant.clone(), found.marks.sequence), (tenant.clone(), 1));
    let by = clients::by_akamai_id(&views, &tenant, &created.akamai_id).await.unwrap();
    assert_eq!(by.as_ref(), Some(&found));
    assert_eq!(clients::by_akamai_id(&views, &other, &created.akamai_id).await.unwrap(), None);
    assert_eq!(clients::one(&views, &other, client_id(1)).await.unwrap(), None);
    let by = clients::by_capture_id(&views, &created.capture_id).await.unwrap();
    assert_eq!(by, Some(found));
}

async fn a_credential_shows_when_a_reset_ends_it(database: Arc<Database>) {
    let (mut ledger, engine, tenant, views) = begin(&database).await;
    let created = client(1, "acme", "billing", &[]);
    let made = credential(1, 5, "acme");
    let ends_at = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
    let reset = ClientSecretReset {
        client: client_id(1),
        generation: 2,
        grace_until: Some(ends_at),
        ends_at,
        credentials: vec![made.credential],
        tokens: vec![],
    };
    ledger.record(&tenant, vec![created.into(), made.clone().into()]).await;
    ledger.settle(&engine).await;
    let shown = async || {
        let row = clients::by_client_token(&views, &made.client_token).await.unwrap().unwrap();
        assert_eq!((row.tenant.clone(), row.client), (tenant.clone(), client_id(1)));
        row
    };
    assert!(shown().await.state.ends_at.is_none() && shown().await.state.is_live(ends_at));
    ledger.record(&tenant, vec![reset.into()]).await;
    ledger.settle(&engine).await;
    let row = shown().await;
    assert_eq!(row.state.ends_at, Some(ends_at));
    assert!(
        !row.state.is_live(ends_at) && row.state.is_live(ends_at - chrono::Duration::seconds(1))
    );
    let client = clients::one(&views, &tenant, client_id(1)).await.unwrap().unwrap();
    assert_eq!((client.credentials, client.active_credentials), (1, 1));
    assert_eq!(clients::by_client_token(&views, "unknown").await.unwrap(), None);
}

async fn what_falls_due_is_listed_from_its_instant_on(database: Arc<Database>) {
    let (mut ledger, engine, tenant, views) = begin(&database).await;
    let ends_at = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
    let reset = ClientSecretReset {
        client: client_id(1),
        generation: 2,
        grace_until: Some(ends_at),
        ends_at,
        credentials: vec![],
        tokens: vec![],
    };
    let (client, generation) = (client_id(1), 1);
    let ended = domain::ClientSecretGraceEnded { client, generation };
    let created = super::scenario::client(1, "acme", "billing", &[]);
    ledger.record(&tenant, vec![created.into(), reset.into()]).await;
    ledger.settle(&engine).await;
    let early = clients::due(&views, ends_at - chrono::Duration::microseconds(1)).await.unwrap();
    assert_eq!(early, []);
    let grace_until = ends_at;
    let due = clients::Due { tenant: tenant.clone(), client, generation, grace_until };
    assert_eq!(clients::due(&views, ends_at).await.unwrap(), [due]);
    ledger.record(&tenant, vec![ended.into()]).await;
    ledger.settle(&engine).await;
    assert_eq!(clients::due(&views, ends_at).await.unwrap(), []);
}

async fn a_flag_comes_from_the_nearest_level_it_is_set_on(database: Arc<Database>) {
    let (mut ledger, engine, tenant, views) = begin(&database).await;
    let system = ledger.found("system").await;
    let organization = OrganizationId("7".to_owned());
    let user = UserId("A-B-1".to_owned());
    let set = |on: &Level, key, after| {
        let (on, after) = (on.clone(), FeatureValue::Switch(after));
        domain::Event::from(FeatureSet { on, key, before: None, after })
    };
    let levels =
        [Level::Instance, Level::Organization(organization.clone()), Level::User(user.clone())];
    let [instance, of_organization, of_user] = &levels;
    let (one, other) = (FeatureKey::UserSchema, FeatureKey::OidcTokenExchange);
    let sealed = Sealed { subject: "A-B-1".to_owned(), bytes: "c0ffee".to_owned() };
    let profile = Personal::Sealed(sealed);
    let joined =
        UserCreated { user: user.clone(), organization, profile, grants: Grants::default() };
    ledger
        .record(&system, vec![set(&Level::System, one, true), set(&Level::System, other, true)])
        .await;
    ledger.record(&tenant, vec![joined.into(), set(of_organization, one, false)]).await;
    ledger.record(&tenant, vec![set(of_user, other, false)]).await;
    ledger.settle(&engine).await;
    let shown = async |level: &Level| {
        let flags = features::resolved(&views, &tenant, level).await.unwrap();
        [one, other].map(|key| flags[&key].source.clone())
    };
    assert_eq!(shown(instance).await, [Level::System, Level::System]);
    assert_eq!(shown(of_organization).await, [of_organization.clone(), Level::System]);
    assert_eq!(shown(of_user).await, [of_organization.clone(), of_user.clone()]);

    let set = features::on_level(&views, &tenant, of_user).await.unwrap();
    assert_eq!(set.flags.len(), 1);
    assert_eq!(set.details.unwrap().sequence, 1);
    let none = features::on_level(&views, &tenant, instance).await.unwrap();
    assert!(none.flags.is_empty() && none.details.is_none());
    let row = users::one(&views, &tenant, &user).await.unwrap().unwrap();
    assert!(matches!(row.profile, Personal::Sealed(_)));
    let aggregate = domain::Aggregate::user(&user);
    let details = aggregates::details(&views, &tenant, &aggregate).await.unwrap().unwrap();
    assert_eq!((details.sequence, details.resource_owner.as_str()), (1, "7"));
}

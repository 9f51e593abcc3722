//! What a client finds out without a credential: services, their messages, and that they serve.

use std::sync::Arc;

use serde_json::json;
use tonic::Code;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;

use super::client::{Client, Over, Reflection, V1alpha};
use crate::stores::{Database, on_both_stores};
use crate::world::World;

on_both_stores!(both_versions_of_reflection_answer, health_is_told_of_each_service);

async fn both_versions_of_reflection_answer(database: Arc<Database>) {
    let world = World::start(&database).await;
    let client = Client::of(&world).await;
    let older = Reflection::read::<V1alpha>(client.channel.clone()).await;
    let found = older.method("zitadel.feature.v2.FeatureService", "SetUserFeatures");
    assert_eq!(found.input().full_name(), "zitadel.feature.v2.SetUserFeatureRequest");
    let newer = client.method("v2", "SetUserFeatures");
    assert_eq!(found.input().descriptor_proto(), newer.input().descriptor_proto());
    world.stop().await;
}

async fn health_is_told_of_each_service(database: Arc<Database>) {
    let world = World::start(&database).await;
    let client = Client::of(&world).await;
    let mut health = HealthClient::new(client.channel.clone());
    let asked = |name: &str| HealthCheckRequest { service: name.to_owned() };
    for name in ["", "zitadel.feature.v2.FeatureService", "zitadel.feature.v2beta.FeatureService"] {
        let status = health.check(asked(name)).await.unwrap().into_inner().status;
        assert_eq!(status, 1, "{name}");
    }
    let unknown = health.check(asked("nothing")).await.unwrap_err();
    assert_eq!(unknown.code(), Code::NotFound);
    let mut watched = health.watch(asked("")).await.unwrap().into_inner();
    assert_eq!(watched.message().await.unwrap().unwrap().status, 1);
    drop((watched, health));

    // A method or a service that is not there is told as such.
    let method = client.method("v2", "GetInstanceFeatures");
    let reply = client.on_rpc_path(Over::GrpcWeb, &method).send().await.unwrap();
    assert_eq!(reply.status(), 200);
    for target in ["/zitadel.feature.v2.FeatureService/Nothing", "/some.Service/Nothing"] {
        let request = world.request("POST", target).header("content-type", "application/grpc");
        let reply = request.send().await.unwrap();
        assert_eq!(
            (reply.status().as_u16(), &reply.headers()["grpc-status"]),
            (200, &"12".parse().unwrap())
        );
    }
    let request = world.request("POST", "/zitadel.feature.v2.FeatureService/Nothing");
    let reply = crate::world::Reply::of(request.json(&json!({}))).await;
    assert_eq!((reply.status, &reply.body["code"]), (501, &json!("unimplemented")), "{reply}");
    world.stop().await;
}

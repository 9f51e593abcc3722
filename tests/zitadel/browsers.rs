//! Web pages of other origins, as browsers ask for them.

use std::sync::Arc;

use api::settings::Settings;

use crate::stores::{Database, on_both_stores};
use crate::world::{Reply, World};

on_both_stores!(pages_of_the_origins_named_may_call, no_page_may_call_unless_it_is_named);

const PAGE: &str = "https://console.example";
const SET: &str = "/zitadel.feature.v2.FeatureService/SetInstanceFeatures";
const GET: &str = "/v2/features/instance";

/// What a browser asks before it lets a page make the call.
async fn preflight(world: &World, origin: &str, method: &str, path: &str) -> Reply {
    let request = world
        .request("OPTIONS", path)
        .header("origin", origin)
        .header("access-control-request-method", method)
        .header("access-control-request-headers", "authorization,content-type,x-grpc-web");
    Reply::of(request).await
}

fn shown<'a>(reply: &'a Reply, name: &str) -> Option<&'a str> {
    reply.headers.get(name).map(|value| value.to_str().unwrap())
}

async fn pages_of_the_origins_named_may_call(database: Arc<Database>) {
    let settings = Settings { browser_origins: vec![PAGE.to_owned()], ..Settings::default() };
    let world = World::start_with(&database, settings).await;
    for (method, path) in [("POST", SET), ("GET", GET), ("PUT", GET)] {
        let allowed = preflight(&world, PAGE, method, path).await;
        assert_eq!(allowed.status, 200, "{path}: {allowed}");
        assert_eq!(shown(&allowed, "access-control-allow-origin"), Some(PAGE));
        assert_eq!(shown(&allowed, "access-control-allow-methods"), Some(method));
        let headers = shown(&allowed, "access-control-allow-headers").unwrap();
        assert_eq!(headers, "authorization,content-type,x-grpc-web");
        let other = preflight(&world, "https://evil.example", method, path).await;
        assert_eq!(shown(&other, "access-control-allow-origin"), None);
    }
    // A page may read how it went, and a refusal too.
    let token = &world.credentials.bearer.admin;
    for (token, status) in [(token.as_str(), 200), ("wrong", 401)] {
        let request = world.request("GET", GET).bearer_auth(token).header("origin", PAGE);
        let reply = Reply::of(request).await;
        assert_eq!(reply.status, status, "{reply}");
        assert_eq!(shown(&reply, "access-control-allow-origin"), Some(PAGE));
        let exposed = shown(&reply, "access-control-expose-headers").unwrap();
        assert!(exposed.contains("grpc-status"), "{exposed}");
        // No credential is one that a browser adds by itself.
        assert_eq!(shown(&reply, "access-control-allow-credentials"), None);
    }
    world.stop().await;
}

async fn no_page_may_call_unless_it_is_named(database: Arc<Database>) {
    let world = World::start(&database).await;
    let reply = preflight(&world, PAGE, "GET", GET).await;
    assert_eq!((reply.status, shown(&reply, "access-control-allow-origin")), (405, None));
    let token = &world.credentials.bearer.admin;
    let request = world.request("GET", GET).bearer_auth(token).header("origin", PAGE);
    assert_eq!(shown(&Reply::of(request).await, "access-control-allow-origin"), None);
    world.stop().await;
}

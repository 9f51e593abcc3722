//! Of whom something personal is known: a user, a client's contact, and the person of a record.

use serde_json::{Value, json};

use crate::akamai::client_sample::{body, with};
use crate::world::World;

/// All that is known of them in the clear, each by something of its own.
pub(super) const STRINGS: [&str; 7] = [
    "Quendoline",
    "Zwiebelfisch",
    "quendoline@beispiel.example",
    "Hinterbleiwuestenried",
    "an-alle@beispiel.example",
    "wache@beispiel.example",
    "Karlotta",
];

pub(super) struct People {
    pub(super) user: String,
    /// With an address at which somebody answers for it.
    pub(super) client: String,
    /// By its UUID.
    pub(super) record: String,
    /// Acts for the user, and has addresses sealed for them.
    pub(super) acting: String,
    pub(super) akamai_client: String,
}

pub(super) fn profile() -> Value {
    json!({
        "firstName": STRINGS[0], "lastName": STRINGS[1], "email": STRINGS[2],
        "city": STRINGS[3], "country": "Germany",
    })
}

impl People {
    pub(super) async fn make(world: &World) -> Self {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let groups = world.admin("GET", "/v1/tenants/default/groups", Value::Null).await;
        let roles = world.admin("GET", "/v1/tenants/default/roles", Value::Null).await;
        let grant = json!({
            "group": groups.named("groups", "Acme")["group"],
            "role": roles.named("roles", "Administrator")["role"],
        });
        let organization = &world.credentials.organization_id;
        let made = json!({"organization": organization, "profile": profile(), "grants": [grant]});
        let user = text(&world.command("CreateUser", made).await["user"]);
        let mut moved = profile();
        moved["jobTitle"] = json!("Korrektorin");
        world.command("ReplaceUserProfile", json!({"user": user, "profile": moved})).await;
        world.command("ResetUserPassword", json!({"user": user, "sendEmail": true})).await;

        let told = json!({"notificationEmails": [STRINGS[4]]});
        let acts = with(body("agent", STRINGS[2]), told);
        let made = world.akamai("POST", "/api-clients", acts).await;
        assert_eq!(made.status, 201, "{made}");
        let akamai_client = text(&made.body["clientId"]);
        let all = world.admin("GET", "/v1/tenants/default/clients?limit=1000", Value::Null).await;
        let acting = text(&all.named("clients", "agent")["client"]);

        let path = "/clients/v1/tenants/default/clients";
        let registered = json!({"name": "registered", "email": STRINGS[5]});
        let made = world.bearer(&world.admin_web_token(), "POST", path, registered).await;
        assert_eq!(made.status, 201, "{made}");
        let client = text(&made.body["id"]);

        let attributes =
            json!({"givenName": STRINGS[6], "email": "k@beispiel.example"}).to_string();
        let named = [("type_name", "user"), ("attributes", attributes.as_str())];
        let made = world.capture("/entity.create", &named).await;
        assert_eq!(made.body["stat"], "ok", "{made}");
        let record = text(&made.body["uuid"]);
        Self { user, client, record, acting, akamai_client }
    }

    pub(super) fn subjects(&self) -> [&str; 3] {
        [&self.user, &self.client, &self.record]
    }

    pub(super) async fn erase(&self, world: &World) {
        for subject in self.subjects() {
            world.command("EraseSubject", json!({"subject": subject})).await;
        }
    }
}

//! Every secret and every string about a person is looked for in all that the program leaves
//! behind or says: database files with their write-ahead logs, or all rows of all tables; what it
//! logs; metrics; events; replies. Found nowhere in the clear but where it was first given.

pub(crate) mod remains;

use std::sync::Arc;

use reqwest::Client;
use serde_json::{Value, json};

use crate::program::{Home, client};
use crate::stores::{Database, on_both_stores};
use remains::{is_in, remains};

const PERSON: [(&str, &str); 9] = [
    ("userName", "quendoline.zwiebelfisch"),
    ("firstName", "Quendoline"),
    ("lastName", "Zwiebelfisch"),
    ("email", "q.zwiebelfisch@beispiel.example"),
    ("secondaryEmail", "zwiebelfisch.privat@beispiel.example"),
    ("phone", "+49 8143 55019982"),
    ("jobTitle", "Oberkorrektorin"),
    ("address", "Winkelhakengasse 17b"),
    ("city", "Schriftsetzershausen"),
];

/// What is said of the person later.
const MOVED_TO: &str = "Hinterbleiwuestenried";

on_both_stores!(no_secret_and_nothing_personal_is_found_in_the_clear);

/// Somebody who sends commands to one tenant and keeps what must never be seen again.
struct Clerk {
    client: Client,
    url: String,
    token: String,
    hidden: Vec<String>,
    /// All replies after the one that showed a secret.
    said: String,
}

impl Clerk {
    async fn send(&mut self, command: &str, body: Value) -> Value {
        let url = format!("{}/v1/tenants/default/commands/{command}", self.url);
        // With a key, so that the answer is kept as well.
        let request = self.client.post(url).bearer_auth(&self.token).json(&body);
        let request = request.header("idempotency-key", command);
        let response = request.send().await.unwrap();
        let (status, reply) = (response.status(), response.json::<Value>().await.unwrap());
        assert!(status.is_success(), "{command}: {status} {reply}");
        for secret in ["secret", "clientSecret", "newPassword"] {
            self.hidden.extend(reply[secret].as_str().map(str::to_owned));
        }
        reply
    }

    async fn get(&mut self, path: &str) {
        let request = self.client.get(format!("{}{path}", self.url)).bearer_auth(&self.token);
        let response = request.send().await.unwrap();
        assert!(response.status().is_success(), "{path}: {}", response.status());
        self.said.push_str(&response.text().await.unwrap());
    }

    /// Every kind of command that shows a secret or takes something personal.
    async fn act(&mut self, organization: &Value) {
        let client = self.send("CreateClient", json!({"name": "secretive"})).await;
        let client = &client["client"];
        self.send("CreateClientCredential", json!({"client": client})).await;
        self.send("ResetClientSecret", json!({"client": client, "hoursToLive": 1})).await;
        let holder = json!({"client": client});
        let token = json!({"name": "secretive", "holder": holder, "rights": ["group.read"]});
        self.send("IssueToken", token).await;
        let mut profile = json!({"country": "Germany"});
        for (member, text) in PERSON {
            profile[member] = text.into();
        }
        let user = json!({"organization": organization, "profile": profile.clone()});
        let user = self.send("CreateUser", user).await;
        self.send("SetUserPassword", json!({"user": user["user"]})).await;
        profile["city"] = MOVED_TO.into();
        self.send("ReplaceUserProfile", json!({"user": user["user"], "profile": profile})).await;
        let webhook = json!({"url": "https://receiver.example/"});
        let webhook = self.send("AddWebhook", webhook).await;
        self.send("ResetWebhookSecret", json!({"webhook": webhook["webhook"]})).await;
        // The last, since it ends the tokens that were signed with the former one.
        self.send("SetSigningSecret", json!({})).await;
    }
}

async fn no_secret_and_nothing_personal_is_found_in_the_clear(database: Arc<Database>) {
    let home = Home::of(&database);
    let served = tokio::task::block_in_place(|| home.serve_loudly(&[]));
    let given = home.credentials();
    let text = |pointer: &str| given.pointer(pointer).unwrap().as_str().unwrap().to_owned();
    let mut clerk = Clerk {
        client: client(),
        url: served.url().to_owned(),
        token: text("/bearer/admin"),
        hidden: Vec::new(),
        said: String::new(),
    };
    clerk.act(&given["organization_id"]).await;
    for path in ["clients", "tokens", "groups", "roles", "webhooks", "events?limit=1000"] {
        clerk.get(&format!("/v1/tenants/default/{path}")).await;
    }
    clerk.get("/metrics").await;
    // Whoever may read of persons is shown them; here it is the record that is looked at.
    let mut hidden = clerk.hidden;
    assert_eq!(hidden.len(), 8, "each command that shows a secret should have shown one");
    hidden.extend([
        text("/akamai/client_secret"),
        text("/akamai/password"),
        text("/capture/owner_client_secret"),
        text("/capture/plain_client_secret"),
        text("/bearer/admin"),
        text("/bearer/viewer"),
        text("/clients_jwt_secret"),
    ]);
    for secret in &hidden {
        assert!(!clerk.said.contains(secret.as_str()), "a reply shows a secret again");
    }

    hidden.extend(PERSON.map(|(_, text)| text.to_owned()));
    hidden.push(MOVED_TO.to_owned());
    // While it runs, since that is when there are write-ahead logs.
    let left = remains(&database, &home.data_dir).await;
    let logged = tokio::task::block_in_place(|| served.kill());
    assert!(logged.contains("CreateClient"), "the log is looked at, and there should be one");
    let everything = left.into_iter().chain([("the log".to_owned(), logged.into_bytes())]);
    for (place, bytes) in everything {
        for text in &hidden {
            assert!(!is_in(&bytes, text.as_bytes()), "{place} holds {text:?} in the clear");
        }
    }
}

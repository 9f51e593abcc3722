//! The list against the files, and the way of a command through it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use domain::Tenant;
use serde_json::json;

use super::*;
use crate::access::sample::tenant;
use crate::mint::sample;
use crate::{Context, RefusalKind};

/// Decides on a tenant with group 1 and role 2, for somebody who holds `rights`.
struct Clerk {
    tenant: Tenant,
    rights: Rights,
}

#[derive(Debug, PartialEq)]
enum No {
    Lacks(Right),
    Declined(Declined),
}

impl Desk for Clerk {
    type Error = No;

    fn allow(&self, asked: &Asked<'_>) -> Result<(), No> {
        let mut needed = asked.confers.iter().chain([&asked.right]);
        needed.find(|right| !self.rights.contains(right)).map_or(Ok(()), |it| Err(No::Lacks(*it)))
    }

    async fn run<C: Command>(&self, mut command: C) -> Result<Granted<C::Fresh>, No> {
        let keys = sample::keys(&self.tenant.id);
        let fresh = command.draw(&mut sample::mint(&self.tenant.id, &keys, 7)).unwrap();
        let context = Context::sample(fresh);
        let decided = command.decide(&self.tenant, &context);
        let events = decided.map_err(|rejection| No::Declined(Declined::from(&rejection)))?;
        let (ordinal, partition, position, fresh) = (1, 0, 1, context.fresh);
        Ok(Granted { details: None, ordinal, partition, position, events, fresh })
    }
}

async fn dispatch_with(rights: &[Right], name: &str, body: &Value) -> Result<Done, Undone<No>> {
    let clerk = Clerk { tenant: tenant(), rights: rights.iter().copied().collect() };
    dispatch(&clerk, name, body.to_string().as_bytes()).await
}

#[tokio::test]
async fn a_command_goes_by_its_name() {
    let body = json!({"parent": 1, "name": "emea"});
    let done = dispatch_with(&[Right::GroupAdmin], "CreateGroup", &body).await.unwrap();
    assert_eq!(done.events.iter().map(Event::name).collect::<Vec<_>>(), ["group.created"]);
    assert_eq!(Value::from(done.reply), json!({"group": 7}));
    let unknown = dispatch_with(&[], "createGroup", &body).await.unwrap_err();
    assert_eq!(unknown, Undone::NoCommand);
}

#[tokio::test]
async fn a_body_that_is_none_does_not_reach_the_desk() {
    let undone = dispatch_with(&[], "CreateGroup", &json!({"name": 5})).await.unwrap_err();
    let Undone::Body(error) = undone else { panic!("{undone:?}") };
    assert_eq!(error.to_string(), "`name`: invalid type: integer `5`, expected a string");
}

#[tokio::test]
async fn nobody_does_or_hands_out_what_they_may_not() {
    let refused = |right| Undone::Desk(No::Lacks(right));
    let body = json!({"name": "emea"});
    let undone = dispatch_with(&[Right::GroupRead], "CreateGroup", &body).await.unwrap_err();
    assert_eq!(undone, refused(Right::GroupAdmin));
    let body = json!({"name": "ci", "rights": ["tenant.admin"]});
    let undone = dispatch_with(&[Right::TokenAdmin], "IssueToken", &body).await.unwrap_err();
    assert_eq!(undone, refused(Right::TenantAdmin));
}

#[tokio::test]
async fn a_rejection_loses_its_type_and_nothing_else() {
    let body = json!({"group": 1});
    let undone = dispatch_with(&[Right::GroupAdmin], "DeleteGroup", &body).await.unwrap_err();
    let Undone::Desk(No::Declined(declined)) = undone else { panic!("{undone:?}") };
    assert_eq!(declined.refusal.kind, RefusalKind::Forbidden);
    assert_eq!(declined.text, "group 1 is the root of its hierarchy and cannot be deleted");
}

#[test]
fn every_command_has_a_schema_under_its_name() {
    for entry in COMMANDS {
        let schema = (entry.schema)();
        assert_eq!(schema["title"], entry.name);
        assert_eq!(schema["additionalProperties"], false, "{}", entry.name);
        let says = schema["description"].as_str().unwrap_or_default();
        assert!(!says.is_empty(), "say above `struct {}` what it does", entry.name);
    }
}

/// Every command implemented in the files of a folder under `src`, by file. The writer's own cases
/// have commands that nobody else may send.
fn implemented(folder: &Path, found: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.ends_with("src/writer") {
            continue;
        }
        if path.is_dir() {
            implemented(&path, found);
            continue;
        }
        let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = fs::read_to_string(&path).unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix("impl Command for "));
        if let Some(name) = line.and_then(|rest| rest.split(' ').next()) {
            found.insert(stem, name.to_owned());
        }
    }
}

fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(c.to_ascii_lowercase());
    }
    snake
}

#[test]
fn the_list_is_what_the_files_hold() {
    let mut found = BTreeMap::new();
    implemented(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    for (file, name) in &found {
        assert_eq!(*file, snake_case(name), "a command's file has its name");
    }
    let found: BTreeSet<_> = found.values().map(String::as_str).collect();
    let listed: BTreeSet<_> = COMMANDS.iter().map(|entry| entry.name).collect();
    assert_eq!(listed, found, "the list in src/list.rs on the left, the files on the right");
    assert_eq!(listed.len(), COMMANDS.len(), "none is listed twice");
}

#[test]
fn what_takes_something_away_from_somebody_is_urgent() {
    let urgent: Vec<_> = COMMANDS.iter().filter(|entry| entry.urgent).map(|it| it.name).collect();
    let expected = [
        "DeactivateAllClientCredentials",
        "DeactivateClient",
        "DeactivateClientCredential",
        "DeleteClient",
        "DeleteClientCredential",
        "DeleteUser",
        "LockClient",
        "LockUser",
        "PauseWebhook",
        "RemoveClientKey",
        "RemoveWebhook",
        "ResetClientSecret",
        "ResetWebhookSecret",
        "RevokeToken",
    ];
    assert_eq!(urgent, expected);
}

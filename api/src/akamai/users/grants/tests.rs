//! Cases: any tree comes back as it was sent.

use chrono::DateTime;
use domain::RoleKind;
use projections::Marks;
use projections::groups::GroupRow;

use super::*;

fn marks() -> Marks {
    let at = DateTime::UNIX_EPOCH;
    let by = "ada".to_owned();
    Marks { created_by: by.clone(), created_at: at, modified_by: by, modified_at: at, sequence: 1 }
}

/// 1 over 2 over 3 over 4, 5 beside 3, and 9 is another root.
fn forest() -> Forest {
    let parents = [(1, None), (2, Some(1)), (3, Some(2)), (4, Some(3)), (5, Some(2)), (9, None)];
    let row = |(group, parent): (i64, Option<i64>)| GroupRow {
        group: GroupId(group),
        parent: parent.map(GroupId),
        name: format!("g{group}"),
        marks: marks(),
    };
    Forest::from(parents.map(row).to_vec())
}

fn roles() -> Vec<RoleRow> {
    let row = |role| RoleRow {
        role: RoleId(role),
        name: format!("r{role}"),
        description: String::new(),
        kind: RoleKind::Standard,
        permissions: [].into(),
        granted_roles: [].into(),
        marks: marks(),
    };
    vec![row(7), row(8)]
}

/// What a tree comes back as, in the words of requests.
fn echo(sent: &Value) -> Value {
    let Wanted { groups, account_roles } = wanted(sent, &forest()).unwrap();
    let grant =
        |it: UserGrant| GroupGrant { group: it.group, role: it.role, is_blocked: it.is_blocked };
    let groups = groups.into_iter().map(grant).collect();
    let shown = show(
        &Grants { groups, account_roles: account_roles.into_iter().collect() },
        &forest(),
        &roles(),
    );
    shown.as_array().unwrap().iter().map(bare).collect()
}

/// Without what only replies have.
fn bare(shown: &Value) -> Value {
    let below = shown["subGroups"].as_array().into_iter().flatten();
    json!([
        shown["groupId"],
        shown["roleId"],
        shown["isBlocked"],
        below.map(bare).collect::<Vec<_>>()
    ])
}

fn sent(of: &Value) -> Value {
    let [group, role, is_blocked, below] = of.as_array().unwrap().as_slice() else { panic!() };
    let below: Vec<_> = below.as_array().unwrap().iter().map(sent).collect();
    json!({"groupId": group, "roleId": role, "isBlocked": is_blocked, "subGroups": below})
}

#[test]
fn any_tree_comes_back_by_group_id() {
    for tree in [
        json!([[1, 7, false, []]]),
        json!([[1, 7, false, [[2, null, false, [[3, 8, false, []], [5, null, true, []]]]]]]),
        json!([[1, 7, false, []], [2, 8, false, []]]),
        json!([[1, 7, false, [[4, 8, false, []]]], [2, 8, false, [[3, 7, false, []]]]]),
        json!([[1, 7, false, [[3, null, false, []], [4, 8, true, []]]], [9, 7, false, []]]),
        json!([[2, 7, false, []], [4, 7, false, []], [9, 7, true, []]]),
    ] {
        let list: Vec<_> = tree.as_array().unwrap().iter().map(sent).collect();
        assert_eq!(echo(&json!(list)), tree);
        let reversed: Vec<_> = list.into_iter().rev().collect();
        assert_eq!(echo(&json!(reversed)), tree, "the order does not matter");
    }
}

#[test]
fn roles_of_the_account_have_no_group_or_group_0() {
    let list = json!([{"roleId": 8}, {"groupId": 1, "roleId": 7}, {"groupId": 0, "roleId": 7}]);
    let read = wanted(&list, &forest()).unwrap();
    assert_eq!((read.groups.len(), read.account_roles), (1, vec![RoleId(8), RoleId(7)]));
    let grants = Grants { account_roles: [RoleId(8)].into(), ..Grants::default() };
    let shown = json!([{"roleId": 8, "roleName": "r8", "roleDescription": null}]);
    assert_eq!(show(&grants, &forest(), &roles()), shown);
}

#[test]
fn what_is_no_tree_of_grants_is_refused() {
    let role = |group: Value| json!({"groupId": group, "roleId": 7});
    for bad in [
        json!({}),
        json!([]),
        json!([7]),
        json!([role(json!("1"))]),
        json!([role(json!(77))]),
        json!([{"groupId": 1}]),
        json!([{"roleId": 7}]),
        json!([role(json!(1)), {"groupId": 0}]),
        json!([role(json!(1)), {"roleId": 7, "subGroups": [role(json!(2))]}]),
        json!([{"groupId": 2, "roleId": 7, "subGroups": [role(json!(1))]}]),
        json!([{"groupId": 2, "roleId": 7, "subGroups": [role(json!(2))]}]),
        json!([{"groupId": 1, "roleId": 7, "subGroups": {}}]),
        json!([{"groupId": 1, "roleId": 7, "isBlocked": "no"}]),
        json!([{"groupId": 1, "roleId": 7.5}]),
    ] {
        assert!(wanted(&bad, &forest()).is_err(), "{bad}");
    }
}

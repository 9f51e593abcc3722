//! The account's IP allow list: CIDR blocks, and the switch. The list governs where users sign in
//! from; refusing sign-ins by it belongs to the operation that records a sign-in, which is not
//! served yet. Signed calls do not keep to it.
//!
//! The list is the whole account's, so changing it takes `user.admin` on a root group.

mod create_block;
mod delete_block;
mod get_block;
mod get_status;
mod list_blocks;
mod switch;
mod update_block;
mod validate_block;

use std::collections::BTreeMap;

use axum::http::{Method, StatusCode};
use commands::allow_list::BlockFault;
use domain::{AllowList, Hold, Permission};
use projections::allow_lists;
use projections::cidr_blocks::{self, CidrBlockRow};
use serde_json::{Map, Value, json};

use super::Akamai;
use super::forest::Forest;
use super::names::Names;
use super::problem::Problem;
use super::wire::{self, date};
use crate::call::Call;
use crate::dialect::{Dialect, Needs};
use crate::fault::Fault;

#[rustfmt::skip]
pub(super) fn operations(akamai: Dialect<Akamai>) -> Dialect<Akamai> {
    let (read, admin) = (Needs::Permission(Permission::Read), Needs::Permission(Permission::UserAdmin));
    akamai
        .op("get-allowlist",                Method::GET,    "/user-admin/ip-acl/allowlist",               read,  list_blocks::handle)
        .op("post-allowlist",               Method::POST,   "/user-admin/ip-acl/allowlist",               admin, create_block::handle)
        .op("get-allowlist-status",         Method::GET,    "/user-admin/ip-acl/allowlist/status",        read,  get_status::handle)
        .op("get-allowlist-validate",       Method::GET,    "/user-admin/ip-acl/allowlist/validate",      read,  validate_block::handle)
        .op("post-allowlist-enable",        Method::POST,   "/user-admin/ip-acl/allowlist/enable",        admin, switch::enable)
        .op("post-allowlist-disable",       Method::POST,   "/user-admin/ip-acl/allowlist/disable",       admin, switch::disable)
        .op("get-allowlist-cidrblockid",    Method::GET,    "/user-admin/ip-acl/allowlist/{cidrBlockId}", read,  get_block::handle)
        .op("put-allowlist-cidrblockid",    Method::PUT,    "/user-admin/ip-acl/allowlist/{cidrBlockId}", admin, update_block::handle)
        .op("delete-allowlist-cidrblockid", Method::DELETE, "/user-admin/ip-acl/allowlist/{cidrBlockId}", admin, delete_block::handle)
}

/// Whether the caller may change what is the whole account's.
async fn administers(call: &Call) -> Result<bool, Fault> {
    let forest = Forest::of(call).await?;
    Ok(forest.roots().any(|root| forest.reaches(&call.caller, Permission::UserAdmin, root)))
}

/// Refuses callers who administer a part of the account only.
async fn check(call: &Call) -> Result<(), Problem> {
    if administers(call).await? {
        return Ok(());
    }
    let needed = Permission::UserAdmin.as_str();
    Err(Problem::not_authorized(&format!("It takes {needed} on a group without a parent.")))
}

/// A block as it is sent to be created or to take the place of another.
struct Sent {
    cidr: String,
    enabled: bool,
    comments: Option<String>,
}

/// Reads a block from the body. Comments that are absent, `null` or empty are none.
fn sent(call: &Call) -> Result<Sent, Problem> {
    let body = wire::body(&call.request)?;
    let cidr = wire::body_text(&body, "cidrBlock")?;
    let enabled = match body.get("enabled") {
        Some(Value::Bool(enabled)) => *enabled,
        None | Some(Value::Null) => {
            return Err(Problem::invalid("enabled", "enabled is required"));
        }
        Some(_) => return Err(Problem::invalid("enabled", "enabled is neither true nor false")),
    };
    let comments = match body.get("comments") {
        None | Some(Value::Null) => None,
        Some(_) => Some(wire::body_text(&body, "comments")?),
    };
    Ok(Sent { cidr, enabled, comments })
}

/// The names of whoever made or changed these blocks.
async fn names_in(call: &Call, rows: &[CidrBlockRow]) -> Result<Names, Fault> {
    let marks = rows.iter().map(|row| &row.marks);
    Names::of(call, marks.flat_map(|marks| [marks.created_by.as_str(), &marks.modified_by])).await
}

/// A block as all operations show it.
fn members(row: &CidrBlockRow, names: &Names) -> Map<String, Value> {
    let shown = json!({
        "cidrBlockId": row.id,
        "cidrBlock": row.block.cidr,
        "enabled": row.block.enabled,
        "comments": row.block.comments,
        "createdBy": names.get(&row.marks.created_by),
        "createdDate": date(row.marks.created_at),
        "modifiedBy": names.get(&row.marks.modified_by),
        "modifiedDate": date(row.marks.modified_at),
    });
    shown.as_object().cloned().unwrap_or_default()
}

/// Blocks, with what the caller could do with each if the request asks for that.
async fn show(call: &Call, rows: &[CidrBlockRow]) -> Result<Vec<Value>, Fault> {
    let names = names_in(call, rows).await?;
    if !call.request.query_flag("actions") {
        return Ok(rows.iter().map(|row| Value::Object(members(row, &names))).collect());
    }
    let (views, tenant) = (&call.views, &call.tenant);
    let may = administers(call).await?;
    let blocks: BTreeMap<_, _> =
        cidr_blocks::all(views, tenant).await?.into_iter().map(|row| (row.id, row.block)).collect();
    let list = AllowList::new(allow_lists::is_enabled(views, tenant).await?, blocks);
    let with_actions = |row: &CidrBlockRow| {
        let may = may && list.releases(&row.block, call.request.address).is_ok();
        let mut shown = members(row, &names);
        shown.insert("actions".to_owned(), json!({"edit": may, "delete": may}));
        Value::Object(shown)
    };
    Ok(rows.iter().map(with_actions).collect())
}

/// No such block, or not one of this account.
fn no_block() -> Problem {
    Problem::ip_acl(StatusCode::NOT_FOUND, "1010", "no data found", "")
}

/// Neither an address nor a block. The vendor answers 400 where it only validates, 403 elsewhere.
fn malformed(status: StatusCode) -> Problem {
    let detail = "It is neither an IP address nor a CIDR block.";
    Problem::ip_acl(status, "1013", "CIDR format not correct", detail)
}

/// The list is on, and somebody could be locked out.
fn held(hold: Hold) -> Problem {
    let code = match hold {
        Hold::AddressNotListed => "address_not_listed",
        Hold::LastBlock => "last_block",
        Hold::CoversCaller => "covers_caller",
    };
    Problem::ip_acl(StatusCode::FORBIDDEN, code, "Forbidden", hold.to_string())
}

impl From<BlockFault> for Problem {
    fn from(fault: BlockFault) -> Self {
        let text = fault.to_string();
        match fault {
            BlockFault::Malformed => malformed(StatusCode::FORBIDDEN),
            BlockFault::CommentsInvalid => Self::invalid("comments", text),
            BlockFault::Duplicate(block) => {
                Self::ip_acl(StatusCode::CONFLICT, "cidr_duplicate", "Conflict", text)
                    .blocked_by(&[domain::Aggregate::cidr_block(block)])
            }
        }
    }
}

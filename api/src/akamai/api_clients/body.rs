//! What a request says of an API client that it creates or replaces. `null` and absent are the
//! same, members nobody knows are not looked at, and both spellings of `subGroups` are read.

use commands::clients::{
    ClearEmails, WantedAccess, WantedApi, WantedGroup, WantedIpAcl, WantedPurge, WantedUsage,
};
use domain::{ApiId, CpCodeId, GroupId, RoleId};
use serde_json::Value;

use crate::akamai::problem::Problem;
use crate::akamai::wire::{self, body_id, body_text};
use crate::call::Call;

/// A client, as a request describes it.
pub(super) struct Described {
    pub(super) name: Option<String>,
    pub(super) description: String,
    pub(super) kind: Option<String>,
    /// Name of the one user it is to act for.
    pub(super) user: String,
    pub(super) access: WantedAccess,
    pub(super) usage: WantedUsage,
    pub(super) emails: ClearEmails,
    pub(super) with_credential: bool,
}

/// Reads the body; the first member that cannot be taken is named.
pub(super) fn read(call: &Call) -> Result<Described, Problem> {
    let body = wire::body(&call.request)?;
    let users = texts(&body, "authorizedUsers")?;
    let [user] = users.as_slice() else {
        let detail = "authorizedUsers takes exactly one username";
        return Err(Problem::invalid("authorizedUsers", detail));
    };
    let (mut access, groups) = (api_access(&body)?, group_access(&body)?);
    (access.clones_user, access.groups) = groups;
    Ok(Described {
        name: text(&body, "clientName")?,
        description: text(&body, "clientDescription")?.unwrap_or_default(),
        kind: text(&body, "clientType")?,
        user: user.clone(),
        access,
        usage: WantedUsage {
            allows_account_switch: flag(&body, "allowAccountSwitch")?,
            creates_credentials: flag(&body, "canAutoCreateCredential")?,
            ip_acl: object(&body, "ipAcl")?.map(ip_acl).transpose()?,
            purge: object(&body, "purgeOptions")?.map(purge).transpose()?,
        },
        emails: ClearEmails(texts(&body, "notificationEmails")?),
        with_credential: flag(&body, "createCredential")?,
    })
}

fn api_access(body: &Value) -> Result<WantedAccess, Problem> {
    let sent = required(body, "apiAccess")?;
    let api = |api: &Value| {
        Ok(WantedApi { api: ApiId(body_id(api, "apiId")?), level: body_text(api, "accessLevel")? })
    };
    Ok(WantedAccess {
        all_apis: flag(sent, "allAccessibleApis")?,
        apis: array(sent, "apis")?.iter().map(api).collect::<Result<_, Problem>>()?,
        ..WantedAccess::default()
    })
}

fn group_access(body: &Value) -> Result<(bool, Vec<WantedGroup>), Problem> {
    let sent = required(body, "groupAccess")?;
    let mut groups = Vec::new();
    below(sent, "groups", &mut groups)?;
    Ok((flag(sent, "cloneAuthorizedUserGroups")?, groups))
}

/// All groups that a list holds, each before those below it. Bodies nest no deeper than their
/// parser lets them.
fn below(parent: &Value, member: &'static str, all: &mut Vec<WantedGroup>) -> Result<(), Problem> {
    for sent in array(parent, member)? {
        all.push(WantedGroup {
            group: GroupId(body_id(sent, "groupId")?),
            role: RoleId(body_id(sent, "roleId")?),
            is_blocked: flag(sent, "isBlocked")?,
        });
        below(sent, "subGroups", all)?;
        below(sent, "subgroups", all)?;
    }
    Ok(())
}

fn ip_acl(sent: &Value) -> Result<WantedIpAcl, Problem> {
    Ok(WantedIpAcl { enabled: flag(sent, "enable")?, cidrs: texts(sent, "cidr")? })
}

fn purge(sent: &Value) -> Result<WantedPurge, Problem> {
    let codes = required(sent, "cpcodeAccess")?;
    let code = |code: &Value| {
        let id = code.as_i64().map(CpCodeId);
        id.ok_or_else(|| Problem::invalid("cpcodes", "cpcodes holds something else than integers"))
    };
    Ok(WantedPurge {
        by_cp_code: flag(sent, "canPurgeByCpcode")?,
        by_cache_tag: flag(sent, "canPurgeByCacheTag")?,
        all_cp_codes: flag(codes, "allCurrentAndNewCpcodes")?,
        cp_codes: array(codes, "cpcodes")?.iter().map(code).collect::<Result<_, Problem>>()?,
    })
}

fn wrong(member: &'static str, what: &str) -> Problem {
    Problem::invalid(member, format!("{member} is {what}"))
}

/// A member, if it is there and not `null`.
fn member<'a>(parent: &'a Value, name: &'static str) -> Option<&'a Value> {
    parent.get(name).filter(|value| !value.is_null())
}

fn object<'a>(parent: &'a Value, name: &'static str) -> Result<Option<&'a Value>, Problem> {
    match member(parent, name) {
        Some(value) if !value.is_object() => Err(wrong(name, "not an object")),
        found => Ok(found),
    }
}

fn required<'a>(parent: &'a Value, name: &'static str) -> Result<&'a Value, Problem> {
    object(parent, name)?.ok_or_else(|| wrong(name, "required"))
}

fn array<'a>(parent: &'a Value, name: &'static str) -> Result<&'a [Value], Problem> {
    let Some(value) = member(parent, name) else { return Ok(&[]) };
    value.as_array().map(Vec::as_slice).ok_or_else(|| wrong(name, "not a list"))
}

fn flag(parent: &Value, name: &'static str) -> Result<bool, Problem> {
    let Some(value) = member(parent, name) else { return Ok(false) };
    value.as_bool().ok_or_else(|| wrong(name, "neither true nor false"))
}

fn text(parent: &Value, name: &'static str) -> Result<Option<String>, Problem> {
    member(parent, name).map(|_| body_text(parent, name)).transpose()
}

fn texts(parent: &Value, name: &'static str) -> Result<Vec<String>, Problem> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let texts = array(parent, name)?.iter().map(text).collect::<Option<_>>();
    texts.ok_or_else(|| wrong(name, "not a list of texts"))
}

//! What a request asks of the record: its filters, its order, and where it goes on.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use domain::{Aggregate, Right};
use eventlog::{Order, TenantKeys};
use projections::events::{Query, Term};
use uuid::Uuid;

use super::cursor::{Cursor, Fingerprint, Sort};
use crate::call::Call;
use crate::dialect::{Needs, Turned};
use crate::fault::Fault;
use crate::problem::Problem;

/// What can be asked, beside how much of it: any other parameter is refused, since a filter that
/// is passed over shows what nobody asked for.
const FILTERS: [&str; 14] = [
    "actor",
    "aggregate",
    "thing",
    "type",
    "command",
    "commandId",
    "correlation",
    "address",
    "owner",
    "since",
    "until",
    "before",
    "order",
    "sort",
];
const PLACES: [&str; 3] = ["after", "cursor", "limit"];
/// How many values one filter can be given.
const VALUES_MOST: usize = 16;

/// A search, read from a request.
#[derive(Debug)]
pub(super) struct Search {
    pub(super) query: Query,
    pub(super) sort: Sort,
    fingerprint: Fingerprint,
    asked_at: DateTime<Utc>,
}

impl Search {
    /// Reads it. Sealed addresses are looked for with `keys`, by whoever may have them.
    pub(super) fn read(call: &Call, keys: Option<&TenantKeys>) -> Result<Self, Problem> {
        let mut said = call.request.query();
        said.retain(|(_, value)| !value.is_empty());
        let is_known = |name: &str| FILTERS.contains(&name) || PLACES.contains(&name);
        if let Some((name, _)) = said.iter().find(|(name, _)| !is_known(name)) {
            let detail = format!("events are not searched by {name}");
            return Err(Problem::invalid("parameter_unknown", name, detail));
        }
        let given = Given { said: &said, now: call.request.received_at };
        let order = given.order()?;
        let sort = match given.one("sort")? {
            None | Some("ordinal") => Sort::Ordinal,
            Some("time") => Sort::Time,
            Some(_) => {
                return Err(Problem::invalid("sort_invalid", "sort", "sort is ordinal or time"));
            }
        };
        let (since, until) = (given.time("since")?, given.time("until")?);
        if since.zip(until).is_some_and(|(since, until)| since > until) {
            let detail = "since lies behind until";
            return Err(Problem::invalid("time_invalid", "since", detail));
        }
        let all = given.terms(keys)?;
        let filters = said.iter().filter(|(name, _)| FILTERS.contains(&name.as_str()));
        let filters: Vec<_> = filters.cloned().collect();
        let fingerprint = Fingerprint::of(&call.tenant, &filters);
        let mut query = Query { all, since, until, order, ..Query::default() };
        given.place(&mut query, sort, fingerprint)?;
        if let Some(newest) = call.newest_of_the_past() {
            query.below = query.below.min(newest + 1);
        }
        Ok(Self { query, sort, fingerprint, asked_at: given.now })
    }

    /// The cursor behind `ordinal`; `last` is when the last event of the page was recorded, if it
    /// has any.
    pub(super) fn cursor(&self, ordinal: i64, last: Option<DateTime<Utc>>) -> String {
        let at = match (self.sort, self.query.order) {
            (Sort::Ordinal, _) => None,
            (Sort::Time, Order::Ascending) => {
                last.or(self.query.since).or(Some(DateTime::UNIX_EPOCH))
            }
            (Sort::Time, Order::Descending) => last.or(self.query.until).or(Some(self.asked_at)),
        };
        Cursor { sort: self.sort, search: self.fingerprint, ordinal, at }.encode()
    }
}

/// The parameters of a request.
struct Given<'a> {
    said: &'a [(String, String)],
    now: DateTime<Utc>,
}

impl<'a> Given<'a> {
    fn all(&self, name: &str) -> Result<Vec<&'a str>, Problem> {
        let named = self.said.iter().filter(|(held, _)| held == name);
        let values: Vec<_> = named.map(|(_, value)| value.as_str()).collect();
        if values.len() > VALUES_MOST {
            let detail = format!("{name} takes at most {VALUES_MOST} values");
            return Err(Problem::invalid("too_many_values", name, detail));
        }
        Ok(values)
    }

    fn one(&self, name: &str) -> Result<Option<&'a str>, Problem> {
        match self.all(name)?.as_slice() {
            [] => Ok(None),
            [one] => Ok(Some(one)),
            _ => {
                let detail = format!("{name} is given more than once");
                Err(Problem::invalid("too_many_values", name, detail))
            }
        }
    }

    fn order(&self) -> Result<Order, Problem> {
        match self.one("order")? {
            None | Some("asc") => Ok(Order::Ascending),
            Some("desc") => Ok(Order::Descending),
            Some(_) => Err(Problem::invalid("order_invalid", "order", "order is asc or desc")),
        }
    }

    /// An instant that has come.
    fn time(&self, name: &str) -> Result<Option<DateTime<Utc>>, Problem> {
        let Some(text) = self.one(name)? else { return Ok(None) };
        instant(name, text, self.now).map(Some)
    }

    /// A term or more for each filter that is given.
    fn terms(&self, keys: Option<&TenantKeys>) -> Result<Vec<Vec<Term>>, Problem> {
        type Read = fn(&str) -> Option<Vec<Term>>;
        // Where lists are equally long, the first one is followed.
        let plain: [(&str, Read, &str); 8] = [
            ("commandId", command_id, "is not a UUID"),
            ("correlation", |it| Some(vec![Term::correlation(it)]), ""),
            ("thing", thing, "is not a kind and an id, as in group:12"),
            ("aggregate", aggregate, "is not a kind, as group, or a kind and an id, as group:12"),
            ("actor", |it| Some(vec![Term::actor(it)]), ""),
            ("command", |it| Some(vec![Term::command(it)]), ""),
            ("type", |it| Some(vec![Term::event_type(it)]), ""),
            ("owner", |it| Some(vec![Term::resource_owner(it)]), ""),
        ];
        let mut all = Vec::from_iter(self.addresses(keys)?);
        for (name, read, why) in plain {
            let mut any = Vec::new();
            for value in self.all(name)? {
                let wrong = || Problem::invalid("filter_invalid", name, format!("{name} {why}"));
                any.extend(read(value).ok_or_else(wrong)?);
            }
            if !any.is_empty() {
                all.push(any);
            }
        }
        Ok(all)
    }

    /// The addresses as they were sealed. One that no month's key is left for is nobody's.
    fn addresses(&self, keys: Option<&TenantKeys>) -> Result<Option<Vec<Term>>, Problem> {
        let given = self.all("address")?;
        if given.is_empty() {
            return Ok(None);
        }
        let lacks = || Turned::Lacks(Needs::Right(Right::UserRead));
        let (keys, mut any) = (keys.ok_or_else(lacks)?, Vec::new());
        for text in given {
            let address = text.parse::<IpAddr>().map_err(|_| {
                Problem::invalid("filter_invalid", "address", "address is not an IP address")
            })?;
            let sealed = keys.sealed_addresses(address.to_canonical()).map_err(Fault::from)?;
            any.extend(sealed.iter().map(|it| Term::address(it)));
        }
        Ok(Some(any))
    }

    /// From where to where: `after` and `before` are ordinals in the direction of the page, and a
    /// cursor stands for the first of them.
    fn place(&self, query: &mut Query, sort: Sort, search: Fingerprint) -> Result<(), Problem> {
        let mut go_on = |ordinal: i64, at: Option<DateTime<Utc>>| match query.order {
            Order::Ascending => {
                query.above = query.above.max(ordinal);
                query.since = query.since.max(at);
            }
            Order::Descending => {
                query.below = query.below.min(ordinal);
                query.until = query.until.into_iter().chain(at).min();
            }
        };
        for member in ["after", "cursor"] {
            let Some(text) = self.one(member)? else { continue };
            match text.parse() {
                Ok(ordinal) if member == "after" && ordinal >= 0 => go_on(ordinal, None),
                _ => {
                    let cursor = Cursor::decode(text, member, sort, search)?;
                    go_on(cursor.ordinal, cursor.at);
                }
            }
        }
        if let Some(text) = self.one("before")? {
            let wrong =
                || Problem::invalid("ordinal_invalid", "before", "before is not an ordinal");
            let ordinal: i64 = text.parse().map_err(|_| wrong())?;
            match query.order {
                _ if ordinal < 0 => return Err(wrong()),
                Order::Ascending => query.below = query.below.min(ordinal),
                Order::Descending => query.above = query.above.max(ordinal),
            }
        }
        Ok(())
    }
}

/// Which way a page runs, as the request says.
pub(in crate::native) fn order(call: &Call) -> Result<Order, Problem> {
    let said = call.request.query();
    Given { said: &said, now: call.request.received_at }.order()
}

/// An RFC 3339 instant that has come.
pub(in crate::native) fn instant(
    name: &str,
    text: &str,
    now: DateTime<Utc>,
) -> Result<DateTime<Utc>, Problem> {
    let refuse = |why: &str| Problem::invalid("time_invalid", name, format!("{name} {why}"));
    let at = DateTime::parse_from_rfc3339(text).map_err(|_| refuse("is not RFC 3339"))?.to_utc();
    if at > now { Err(refuse("is yet to come")) } else { Ok(at) }
}

fn named(text: &str) -> Option<Aggregate> {
    let (kind, id) = text.split_once(':')?;
    let is_whole = !kind.is_empty() && !id.is_empty();
    is_whole.then(|| Aggregate { kind: kind.to_owned(), id: id.to_owned() })
}

/// `group`, or `group:12`.
fn aggregate(text: &str) -> Option<Vec<Term>> {
    if text.contains(':') {
        return Some(vec![Term::aggregate(&named(text)?)]);
    }
    Some(vec![Term::kind(text)])
}

/// What a thing's own history has, and what is about it elsewhere.
fn thing(text: &str) -> Option<Vec<Term>> {
    let thing = named(text)?;
    Some(vec![Term::aggregate(&thing), Term::touched(&thing)])
}

fn command_id(text: &str) -> Option<Vec<Term>> {
    Uuid::parse_str(text).ok().map(|id| vec![Term::command_id(id)])
}

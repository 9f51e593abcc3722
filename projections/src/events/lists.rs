//! Reading lists of ordinals. Every statement reads a stretch of an index that begins where the
//! page does and has a bounded length, whatever the size of the record.

use domain::TenantId;
use eventlog::Order;

use super::EVENTS;
use crate::value::Row;
use crate::{Value, ViewError, Views, values};

/// An open stretch of ordinals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) above: i64,
    pub(super) below: i64,
    pub(super) order: Order,
}

impl Stretch {
    /// What of it lies behind `ordinal`, in its order.
    pub(super) fn behind(self, ordinal: i64) -> Self {
        match self.order {
            Order::Ascending => Self { above: self.above.max(ordinal), ..self },
            Order::Descending => Self { below: self.below.min(ordinal), ..self },
        }
    }
}

/// How many more terms a statement can ask for, beside the one whose list it follows. What is
/// beyond is looked at in the events themselves.
pub(super) const PROBES_MOST: usize = 8;

/// The order is that of the list inside; the parameters are the tenant, the term, the stretch, how
/// much of the list to look at, how much of it to answer, and the terms to probe for. A count
/// stands for "exists", since that could be planned as a join with all of the other list.
macro_rules! list {
    ($order:literal $($probe:literal)*) => {
        concat!(
            "select o.ordinal from (select ordinal from event_terms_v1
                where tenant = $1 and term = $2 and ordinal > $3 and ordinal < $4
                order by ordinal", $order, " limit $5) o where 0 = 0",
            $(" and (select count(*) from event_terms_v1 p where p.tenant = $1
                and p.term = ", $probe, " and p.ordinal = o.ordinal) = 1",)*
            " order by o.ordinal", $order, " limit $6"
        )
    };
}

/// A statement for each number of probes.
macro_rules! lists {
    ($order:literal) => {
        [
            list!($order),
            list!($order "$7"),
            list!($order "$7" "$8"),
            list!($order "$7" "$8" "$9"),
            list!($order "$7" "$8" "$9" "$10"),
            list!($order "$7" "$8" "$9" "$10" "$11"),
            list!($order "$7" "$8" "$9" "$10" "$11" "$12"),
            list!($order "$7" "$8" "$9" "$10" "$11" "$12" "$13"),
            list!($order "$7" "$8" "$9" "$10" "$11" "$12" "$13" "$14"),
        ]
    };
}

const UP: [&str; PROBES_MOST + 1] = lists!("");
const DOWN: [&str; PROBES_MOST + 1] = lists!(" desc");

const NTH_UP: &str = "select ordinal from event_terms_v1
    where tenant = $1 and term = $2 and ordinal > $3 and ordinal < $4
    order by ordinal limit 1 offset $5";
const NTH_DOWN: &str = "select ordinal from event_terms_v1
    where tenant = $1 and term = $2 and ordinal > $3 and ordinal < $4
    order by ordinal desc limit 1 offset $5";

const HOW_MANY: &str = "select count(*) from (select ordinal from event_terms_v1
    where tenant = $1 and term = $2 and ordinal > $3 and ordinal < $4 limit $5) o";

const ALL_UP: &str = "select ordinal from events_v1
    where tenant = $1 and ordinal > $2 and ordinal < $3 order by ordinal limit $4";
const ALL_DOWN: &str = "select ordinal from events_v1
    where tenant = $1 and ordinal > $2 and ordinal < $3 order by ordinal desc limit $4";

const SINCE: &str = "select ordinal from events_v1
    where tenant = $1 and created_at >= $2 order by created_at, ordinal limit 1";
const UNTIL: &str = "select ordinal from events_v1
    where tenant = $1 and created_at <= $2 order by created_at desc, ordinal desc limit 1";

pub(crate) const STATEMENTS: &[&[&str]] =
    &[&UP, &DOWN, &[NTH_UP, NTH_DOWN, HOW_MANY, ALL_UP, ALL_DOWN, SINCE, UNTIL]];

/// The statement that follows the list of one term and probes for so many more, as it is sent to
/// either store.
pub fn list_statement(order: Order, probes: usize) -> &'static str {
    let [statements, usual] = match order {
        Order::Ascending => [&UP, &UP],
        Order::Descending => [&DOWN, &DOWN],
    };
    statements.get(probes).unwrap_or(&usual[PROBES_MOST])
}

/// The lists of one tenant.
#[derive(Clone, Copy)]
pub(super) struct Lists<'a> {
    pub(super) views: &'a Views,
    pub(super) tenant: &'a TenantId,
}

impl Lists<'_> {
    async fn ordinals(&self, sql: &'static str, more: &[Value]) -> Result<Vec<i64>, ViewError> {
        let rows = self.views.rows(EVENTS.name, self.tenant, sql, more).await?;
        rows.into_iter().map(|mut row: Row| row.int()).collect()
    }

    /// Ordinals of a term's list that all of `probes` have too, at most `limit`; looks at `most` of
    /// the list.
    pub(super) async fn of_term(
        &self,
        term: i64,
        probes: &[i64],
        stretch: Stretch,
        most: i64,
        limit: i64,
    ) -> Result<Vec<i64>, ViewError> {
        let mut params = values![term, stretch.above, stretch.below, most, limit].to_vec();
        let probes = probes.get(..PROBES_MOST).unwrap_or(probes);
        params.extend(probes.iter().copied().map(Value::from));
        self.ordinals(list_statement(stretch.order, probes.len()), &params).await
    }

    /// The `n`th ordinal of a term's list; `None` where it is shorter.
    pub(super) async fn nth(
        &self,
        term: i64,
        stretch: Stretch,
        n: i64,
    ) -> Result<Option<i64>, ViewError> {
        let sql = match stretch.order {
            Order::Ascending => NTH_UP,
            Order::Descending => NTH_DOWN,
        };
        let params = values![term, stretch.above, stretch.below, n - 1];
        Ok(self.ordinals(sql, &params).await?.first().copied())
    }

    /// How long a term's list is, as far as it is counted.
    pub(super) async fn how_many(
        &self,
        term: i64,
        stretch: Stretch,
        most: i64,
    ) -> Result<i64, ViewError> {
        let params = values![term, stretch.above, stretch.below, most];
        let rows = self.views.rows(EVENTS.name, self.tenant, HOW_MANY, &params).await?;
        rows.into_iter().next().map_or(Ok(0), |mut row| row.int())
    }

    /// Ordinals of any events.
    pub(super) async fn all(&self, stretch: Stretch, limit: i64) -> Result<Vec<i64>, ViewError> {
        let sql = match stretch.order {
            Order::Ascending => ALL_UP,
            Order::Descending => ALL_DOWN,
        };
        self.ordinals(sql, &values![stretch.above, stretch.below, limit]).await
    }

    /// The first ordinal recorded at that microsecond or later. Time never runs backwards in a
    /// tenant, so all that follow are later.
    pub(super) async fn since(&self, micros: i64) -> Result<Option<i64>, ViewError> {
        Ok(self.ordinals(SINCE, &values![micros]).await?.first().copied())
    }

    /// The last ordinal recorded at that microsecond or earlier.
    pub(super) async fn until(&self, micros: i64) -> Result<Option<i64>, ViewError> {
        Ok(self.ordinals(UNTIL, &values![micros]).await?.first().copied())
    }
}

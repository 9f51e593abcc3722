//! Reading a database URL, strictly: what is misspelt or missing is refused, never made up for from
//! the environment, since the wrong database would be worse than none.

use std::str::FromStr as _;

use sqlx::ConnectOptions as _;
use sqlx::postgres::PgConnectOptions;

use crate::LogError;

/// What may follow the question mark; the driver would pass over any other name.
const PARAMETERS: [&str; 12] = [
    "application_name",
    "dbname",
    "host",
    "hostaddr",
    "options",
    "password",
    "port",
    "sslcert",
    "sslkey",
    "sslmode",
    "sslrootcert",
    "user",
];

/// What every session is told. The timeouts end what hangs; the planner is told what a growing log
/// needs from its first row on, because a plan is made once for each statement.
const SESSION: [(&str, &str); 9] = [
    ("statement_timeout", "10s"),
    ("lock_timeout", "5s"),
    ("idle_in_transaction_session_timeout", "10s"),
    ("tcp_keepalives_idle", "30"),
    ("plan_cache_mode", "force_generic_plan"),
    ("enable_seqscan", "off"),
    ("enable_hashjoin", "off"),
    ("enable_mergejoin", "off"),
    ("jit", "off"),
];

pub(super) fn parse(url: &str) -> Result<PgConnectOptions, LogError> {
    check(url).map_err(|why| LogError::Unusable(format!("the database URL {why}")))?;
    // What the driver says of it may quote it, password and all.
    let options = PgConnectOptions::from_str(url)
        .map_err(|_| LogError::Unusable("the database URL is malformed".to_owned()))?;
    Ok(options.application_name("chancery").options(SESSION).disable_statement_logging())
}

fn check(url: &str) -> Result<(), String> {
    let rest = ["postgres://", "postgresql://"].into_iter().find_map(|s| url.strip_prefix(s));
    let rest = rest.ok_or("does not begin with postgres://")?;
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, database) = place.split_once('/').unwrap_or((place, ""));
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let parameters: Vec<_> =
        query.split('&').filter(|pair| !pair.is_empty()).map(split_pair).collect();
    let named =
        |name: &str| parameters.iter().any(|(key, value)| *key == name && !value.is_empty());
    if let Some((key, _)) = parameters.iter().find(|(key, _)| !PARAMETERS.contains(key)) {
        return Err(format!("has a parameter {key:?} that means nothing"));
    }
    if host.is_empty() && !named("host") && !named("hostaddr") {
        return Err("names no host".to_owned());
    }
    if database.is_empty() && !named("dbname") {
        return Err("names no database".to_owned());
    }
    Ok(())
}

fn split_pair(pair: &str) -> (&str, &str) {
    pair.split_once('=').unwrap_or((pair, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_a_whole_address() {
        for good in [
            "postgres://chancery@db.internal/chancery",
            "postgresql://chancery:secret@[::1]:5433/chancery?sslmode=verify-full",
            "postgres:///chancery?host=/run/postgresql&user=chancery",
        ] {
            assert!(parse(good).is_ok(), "{good}");
        }
    }

    #[test]
    fn refuses_what_would_lead_elsewhere_and_shows_no_password() {
        for bad in [
            "",
            "sqlite://log.db",
            "mysql://u:secret@h/d",
            "postgres://",
            "postgres://u:secret@/chancery",
            "postgres://u:secret@db.internal",
            "postgres://u:secret@db.internal:http/chancery",
            "postgres://u:secret@db.internal/chancery?sslmode=sometimes",
            "postgres://u:secret@db.internal/chancery?ssl=true",
        ] {
            let said = parse(bad).unwrap_err().to_string();
            assert!(said.contains("the database URL") && !said.contains("secret"), "{said}");
        }
    }
}

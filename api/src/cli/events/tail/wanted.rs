//! Which events are shown.

use clap::Args;
use domain::Aggregate;
use projections::events::{Query, Term};

use crate::cli::Failure;
use crate::cli::history::escaped;

/// Filters, each of which may be given several times.
#[derive(Debug, Default, Args)]
pub(super) struct Wanted {
    /// Only events of this type
    #[arg(long = "type", value_name = "TYPE")]
    types: Vec<String>,
    /// Only events about this thing
    #[arg(long = "thing", value_name = "KIND:ID")]
    things: Vec<String>,
    /// Only what this user, client or token did
    #[arg(long = "actor", value_name = "ID")]
    actors: Vec<String>,
    /// Only what this command did
    #[arg(long = "command", value_name = "NAME")]
    commands: Vec<String>,
    /// Only what belongs to this organization, or to the tenant itself
    #[arg(long = "owner", value_name = "ID")]
    owners: Vec<String>,
}

impl Wanted {
    fn all(&self) -> [(&'static str, &[String]); 5] {
        [
            ("type", &self.types),
            ("thing", &self.things),
            ("actor", &self.actors),
            ("command", &self.commands),
            ("owner", &self.owners),
        ]
    }

    /// As parameters of the native API's list and live stream; `first` stands before them.
    pub(super) fn query(&self, first: char) -> String {
        let given = self.all().into_iter();
        let pairs = given.flat_map(|(name, values)| values.iter().map(move |value| (name, value)));
        let pairs: Vec<_> =
            pairs.map(|(name, value)| format!("{name}={}", escaped(value))).collect();
        if pairs.is_empty() { String::new() } else { format!("{first}{}", pairs.join("&")) }
    }

    /// The same as a search, for events that this process reads itself.
    pub(super) fn read(&self) -> Result<Query, Failure> {
        let mut all = Vec::new();
        for (name, values) in self.all() {
            let terms = values.iter().map(|value| terms(name, value));
            let any: Vec<_> = terms.collect::<Result<Vec<_>, _>>()?.concat();
            all.extend(Some(any).filter(|any| !any.is_empty()));
        }
        Ok(Query { all, ..Query::default() })
    }
}

fn terms(name: &str, value: &str) -> Result<Vec<Term>, Failure> {
    Ok(match name {
        "type" => vec![Term::event_type(value)],
        "actor" => vec![Term::actor(value)],
        "command" => vec![Term::command(value)],
        "owner" => vec![Term::resource_owner(value)],
        _ => {
            let wrong = || {
                let what = format!("{value:?} is not a kind and an id, as in group:12");
                Failure::usage(what)
            };
            let (kind, id) = value.split_once(':').ok_or_else(wrong)?;
            let thing = Aggregate { kind: kind.to_owned(), id: id.to_owned() };
            vec![Term::aggregate(&thing), Term::touched(&thing)]
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_parameters_of_the_list() {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let wanted = Wanted {
            types: texts(&["group.moved", "group.renamed"]),
            things: texts(&["group:1 2"]),
            ..Wanted::default()
        };
        assert_eq!(wanted.query('?'), "?type=group.moved&type=group.renamed&thing=group%3A1%202");
        assert_eq!(wanted.read().unwrap().all.len(), 2);
        assert_eq!(Wanted::default().query('&'), "");
        let wrong = Wanted { things: texts(&["group"]), ..Wanted::default() };
        assert!(wrong.read().unwrap_err().message().contains("as in group:12"));
    }
}

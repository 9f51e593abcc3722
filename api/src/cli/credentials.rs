//! `chancery credentials`.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;
use serde_json::Value;

use super::{Failure, out};
use crate::credentials::Credentials;

/// Print the credentials of the first start, as variables for a shell
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  eval \"$(chancery credentials)\"
  curl -H \"Authorization: Bearer $BEARER_ADMIN\" http://127.0.0.1:8080/v1/tenants/$TENANT/groups")]
pub(super) struct PrintCredentials {
    /// Data directory that the first start left them in
    #[arg(long, value_name = "DIR", default_value = "data")]
    data_dir: PathBuf,
    /// Print them as JSON instead
    #[arg(long)]
    json: bool,
}

impl PrintCredentials {
    pub(super) fn run(self) -> Result<(), Failure> {
        let found = Credentials::read(&self.data_dir)?;
        let none = || {
            let path = self.data_dir.display();
            Failure::new(format!("there are no credentials in {path}; `chancery serve` makes them"))
        };
        let found = serde_json::to_value(found.ok_or_else(none)?).unwrap_or_default();
        if self.json {
            return out::line(&format!("{found:#}"));
        }
        let mut variables = String::new();
        assign(&mut variables, "", &found);
        out::bytes(variables.as_bytes())
    }
}

/// `NAME='value'` for each text, named by the way to it.
fn assign(variables: &mut String, name: &str, value: &Value) {
    match value {
        Value::Object(members) => {
            for (member, value) in members {
                let joint = if name.is_empty() { "" } else { "_" };
                assign(variables, &format!("{name}{joint}{}", member.to_uppercase()), value);
            }
        }
        Value::String(text) => {
            let quoted = text.replace('\'', r"'\''");
            // Writing to a string cannot fail.
            let _ = writeln!(variables, "{name}='{quoted}'");
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_named_by_the_way_to_them_and_safe_to_evaluate() {
        let mut variables = String::new();
        let found = serde_json::json!({"tenant": "o'hara", "bearer": {"admin": "$(rm)"}});
        assign(&mut variables, "", &found);
        assert_eq!(variables, "TENANT='o'\\''hara'\nBEARER_ADMIN='$(rm)'\n");
    }
}

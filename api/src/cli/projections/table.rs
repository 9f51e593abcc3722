//! The state of the read models as a table.

use serde_json::Value;

const HEAD: [&str; 7] = ["projection", "table", "position", "head", "lag events", "lag s", "state"];

/// A line for each projection, and one for each tenant that stands still in it.
pub(super) fn render(status: &Value) -> String {
    let none = Vec::new();
    let projections = status.get("projections").and_then(Value::as_array).unwrap_or(&none);
    let mut rows = vec![HEAD.map(str::to_owned).to_vec()];
    let mut parked = Vec::new();
    for projection in projections {
        let name = text(projection, "name");
        let tenants = projection.get("parked").and_then(Value::as_array).unwrap_or(&none);
        for tenant in tenants {
            parked.push(format!(
                "{name}: tenant {} stands still at position {}: {}",
                text(tenant, "tenant"),
                text(tenant, "position"),
                text(tenant, "cause"),
            ));
        }
        rows.push(vec![
            name,
            text(projection, "slot"),
            sum(projection, "position").to_string(),
            sum(projection, "head").to_string(),
            text(projection, "lag_events"),
            text(projection, "lag_seconds"),
            state(projection, !tenants.is_empty()),
        ]);
    }
    let mut lines = aligned(&rows);
    lines.extend(parked);
    lines.join("\n")
}

fn state(projection: &Value, has_parked: bool) -> String {
    if let Some(rebuild) = projection.get("rebuild").filter(|rebuild| !rebuild.is_null()) {
        return format!("rebuilding, {} of {}", text(rebuild, "position"), text(rebuild, "head"));
    }
    let is_live = projection.get("is_live").and_then(Value::as_bool).unwrap_or_default();
    let word = match (is_live, has_parked) {
        (false, _) => "not built",
        (true, true) => "parked",
        (true, false) => "live",
    };
    word.to_owned()
}

/// A number of all partitions together.
fn sum(projection: &Value, member: &str) -> i64 {
    let partitions = projection.get("partitions").and_then(Value::as_array);
    let of = |partition: &Value| partition.get(member).and_then(Value::as_i64);
    partitions.map_or(0, |partitions| partitions.iter().filter_map(of).sum())
}

fn text(value: &Value, member: &str) -> String {
    match value.get(member) {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => String::new(),
    }
}

fn aligned(rows: &[Vec<String>]) -> Vec<String> {
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(String::len).max().unwrap_or_default()
    };
    let widths: Vec<_> = (0..HEAD.len()).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_line_for_each_projection_and_for_each_parked_tenant() {
        let partitions = json!([{"position": 5, "head": 6}, {"position": 1, "head": 1}]);
        let status = json!({"projections": [
            {"name": "groups", "slot": "a", "is_live": true, "lag_events": 1, "lag_seconds": 0,
             "partitions": partitions, "parked": [], "rebuild": {"position": 3, "head": 7}},
            {"name": "users", "slot": "b", "is_live": true, "lag_events": 1, "lag_seconds": 0,
             "partitions": partitions, "rebuild": null,
             "parked": [{"tenant": "acme", "position": 4, "cause": "unreadable"}]},
        ]});
        let expected = "\
projection  table  position  head  lag events  lag s  state
groups      a      6         7     1           0      rebuilding, 3 of 7
users       b      6         7     1           0      parked
users: tenant acme stands still at position 4: unreadable";
        assert_eq!(render(&status), expected);
    }
}

//! The time zones that a user can live in, as this dialect shows them.

use domain::reference::{TimeZone, time_zones};
use serde_json::{Value, json};

/// All zones, those of places first.
pub(super) fn shown() -> Value {
    time_zones().map(|zone| show(&zone)).collect()
}

fn show(zone: &TimeZone) -> Value {
    let TimeZone { name, hours, posix } = zone;
    let offset = format!("{hours:+}");
    // A name that ends in its offset says all there is to say.
    let description = match name.as_str() {
        "GMT" => format!("GMT{offset}"),
        name if name.starts_with("Etc/GMT") => name.to_owned(),
        name => format!("{name} GMT{offset}"),
    };
    json!({"timezone": name, "description": description, "offset": offset, "posix": posix})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_shown_as_published() {
        let shown = shown();
        let shown = shown.as_array().unwrap();
        for published in [
            json!({"timezone": "Asia/Rangoon", "description": "Asia/Rangoon GMT+6", "offset": "+6", "posix": "Asia/Rangoon"}),
            json!({"timezone": "Australia/Sydney", "description": "Australia/Sydney GMT+10", "offset": "+10", "posix": "Australia/Sydney"}),
            json!({"timezone": "Etc/GMT+3", "description": "Etc/GMT+3", "offset": "+3", "posix": "Etc/GMT-3"}),
            json!({"timezone": "Etc/GMT-12", "description": "Etc/GMT-12", "offset": "-12", "posix": "Etc/GMT+12"}),
            json!({"timezone": "GMT", "description": "GMT+0", "offset": "+0", "posix": "GMT"}),
        ] {
            assert!(shown.contains(&published), "{published}");
        }
    }
}

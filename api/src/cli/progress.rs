//! The bar that shows how far something is, on standard error, where a person looks at it.

use std::io::{IsTerminal, stderr};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar of so many `units`; hidden where nobody looks, or where JSON was asked for.
pub(super) fn bar(is_hidden: bool, of_what: &str, units: &str) -> ProgressBar {
    let target = if !is_hidden && stderr().is_terminal() {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    let form = format!("{{msg}} [{{bar:40}}] {{human_pos}}/{{human_len}} {units}, {{eta}} left");
    let style = ProgressStyle::with_template(&form);
    let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::with_draw_target(Some(0), target)
        .with_style(style)
        .with_message(of_what.to_owned())
}

//! What was measured, as a table: medians over the repetitions.

use std::fmt;

use crate::cell::Cell;

/// Whether a ratio must be at least or at most something.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Target {
    AtLeast(f64),
    AtMost(f64),
    None,
}

impl Target {
    fn is_met(self, ratio: f64) -> bool {
        match self {
            Self::AtLeast(least) => ratio >= least,
            Self::AtMost(most) => ratio <= most,
            Self::None => true,
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtLeast(least) => write!(f, ">= {least}"),
            Self::AtMost(most) => write!(f, "<= {most}"),
            Self::None => Ok(()),
        }
    }
}

/// One thing, in all repetitions.
#[derive(Debug)]
pub(crate) struct Line {
    name: String,
    target: Target,
    /// Rate, p50 and p99 in microseconds, and the ratio to the bare `INSERT` of the repetition.
    measured: Vec<[f64; 4]>,
}

/// All things, in the order they were first measured.
#[derive(Debug, Default)]
pub(crate) struct Report {
    lines: Vec<Line>,
}

impl Report {
    /// Notes what one repetition showed.
    pub(crate) fn note(&mut self, name: &str, target: Target, cell: &Cell, ratio: f64) {
        let row = [cell.per_second, cell.quantile(50), cell.quantile(99), ratio];
        match self.lines.iter_mut().find(|line| line.name == name) {
            Some(line) => line.measured.push(row),
            None => self.lines.push(Line { name: name.to_owned(), target, measured: vec![row] }),
        }
    }

    /// Whether every target was met.
    pub(crate) fn is_good(&self) -> bool {
        self.lines.iter().all(|line| line.target.is_met(line.median(3)))
    }
}

impl Line {
    fn median(&self, column: usize) -> f64 {
        let mut values: Vec<_> =
            self.measured.iter().filter_map(|row| row.get(column)).copied().collect();
        values.sort_unstable_by(f64::total_cmp);
        values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = ["per second", "p50 us", "p99 us", "ratio"];
        let [rate, p50, p99, ratio] = head;
        writeln!(f, "{:<48}{rate:>12}{p50:>10}{p99:>10}{ratio:>8}  target", "")?;
        for line in &self.lines {
            let [rate, p50, p99, ratio] = [0, 1, 2, 3].map(|column| line.median(column));
            let verdict = if line.target.is_met(ratio) { "" } else { "  MISSED" };
            writeln!(
                f,
                "{:<48}{rate:>12.0}{p50:>10.0}{p99:>10.0}{ratio:>8.2}  {}{verdict}",
                line.name, line.target
            )?;
        }
        Ok(())
    }
}

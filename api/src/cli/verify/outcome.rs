//! What looking at a record came to, and how it is told.

use eventlog::proof::{Finding, Verdict};
use serde_json::json;

use crate::cli::{Failure, out};

/// Findings that are told of on a terminal.
const TOLD: usize = 20;

/// What was looked at and what was found.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) events: u64,
    pub(super) tenants: u64,
    pub(super) checkpoints: u64,
    pub(super) unsealed: u64,
    /// What does not hold, the first one first.
    pub(super) findings: Vec<Finding>,
    /// Why it cannot be told whether it holds, where nothing was found.
    pub(super) untold: Option<String>,
    /// What it is said with where it holds; the counts otherwise.
    pub(super) said: Option<String>,
}

impl From<Verdict> for Outcome {
    fn from(verdict: Verdict) -> Self {
        let first = verdict.first().cloned();
        let rest = verdict.findings.iter().filter(|found| Some(*found) != first.as_ref()).cloned();
        let findings = first.clone().into_iter().chain(rest).collect();
        let Verdict { events, tenants, checkpoints, unsealed, .. } = verdict;
        let nothing = "every hash follows, but no signed checkpoint vouches for any of it";
        let untold = (checkpoints == 0 && unsealed > 0).then(|| nothing.to_owned());
        Self { events, tenants, checkpoints, unsealed, findings, untold, said: None }
    }
}

impl Outcome {
    /// Tells it, and ends with the exit code for it.
    pub(super) fn tell(self, as_json: bool) -> Result<(), Failure> {
        let holds = match (&self.findings[..], &self.untold) {
            ([], None) => Some(true),
            ([], Some(_)) => None,
            _ => Some(false),
        };
        out::line(&if as_json { self.json(holds) } else { self.text(holds) })?;
        match holds {
            Some(true) => Ok(()),
            Some(false) => Err(Failure::silent()),
            None => Err(Failure::silent().untold()),
        }
    }

    fn json(&self, holds: Option<bool>) -> String {
        let findings: Vec<_> = self.findings.iter().map(Finding::to_json).collect();
        let told = json!({
            "holds": holds,
            "events": self.events,
            "tenants": self.tenants,
            "checkpoints": self.checkpoints,
            "unsealed": self.unsealed,
            "first": findings.first(),
            "findings": findings,
            "untold": self.untold,
        });
        told.to_string()
    }

    fn text(&self, holds: Option<bool>) -> String {
        let Self { events, tenants, checkpoints, unsealed, .. } = self;
        match (holds, &self.said) {
            (Some(true), Some(said)) => format!("holds: {said}"),
            (Some(true), None) => format!(
                "holds: {events} events of {tenants} tenant(s), {checkpoints} checkpoint(s), \
                 {unsealed} event(s) not sealed yet"
            ),
            (None, _) => {
                format!("cannot be told: {}", self.untold.as_deref().unwrap_or_default())
            }
            (Some(false), _) => {
                let told = self.findings.iter().take(TOLD);
                let lines: Vec<_> = told.map(|found| format!("does not hold: {found}")).collect();
                lines.join("\n")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::TenantId;
    use eventlog::proof::Flaw;

    use super::*;

    #[test]
    fn the_first_event_that_does_not_hold_comes_first() {
        let hole = Finding::of_position(0, 3, Flaw::Hole);
        let tenant = TenantId::new("acme").unwrap();
        let event = Finding::of_tenant(&tenant, 2, Flaw::Missing { found: 3 });
        let findings = vec![hole.clone(), event.clone()];
        let outcome = Outcome::from(Verdict { findings, ..Verdict::default() });
        assert_eq!(outcome.findings, [event, hole]);
        let text = outcome.text(Some(false));
        assert!(text.starts_with("does not hold: tenant acme, ordinal 2: it is missing"), "{text}");
    }

    #[test]
    fn a_record_that_nothing_vouches_for_is_not_said_to_hold() {
        let verdict = Verdict { events: 3, unsealed: 3, ..Verdict::default() };
        assert!(Outcome::from(verdict.clone()).untold.is_some());
        assert!(Outcome::from(Verdict { checkpoints: 1, ..verdict }).untold.is_none());
    }
}

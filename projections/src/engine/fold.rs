//! A page of events, folded into the row changes of each projection. Pure.

use std::collections::HashSet;
use std::sync::Arc;

use domain::Event;
use eventlog::Recorded;

use crate::{Changes, Projection};

/// An event that a projection could not take: its tenant stands still there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Park {
    pub(crate) projection: &'static str,
    pub(crate) tenant: String,
    pub(crate) partition: i32,
    pub(crate) position: i64,
    pub(crate) cause: String,
}

/// What a page changes.
#[derive(Debug, Default)]
pub(crate) struct Folded {
    /// By the projection's number.
    pub(crate) changes: Vec<(usize, Changes)>,
    pub(crate) parks: Vec<Park>,
}

/// Folds events into the changes of the projections that `takes` lets through, given tenant and
/// projection.
pub(crate) fn fold(
    projections: &[Arc<dyn Projection>],
    events: &[Recorded],
    takes: impl Fn(&str, &str) -> bool,
) -> Folded {
    let mut changes: Vec<_> = projections.iter().map(|_| Changes::default()).collect();
    let parks = fold_into(projections, events, takes, &mut changes);
    let changes = changes.into_iter().enumerate();
    Folded { changes: changes.filter(|(_, changes)| !changes.is_empty()).collect(), parks }
}

/// Folds events into changes that may hold some already, a projection each.
pub(crate) fn fold_into(
    projections: &[Arc<dyn Projection>],
    events: &[Recorded],
    takes: impl Fn(&str, &str) -> bool,
    changes: &mut [Changes],
) -> Vec<Park> {
    let mut parks = Vec::new();
    let mut parked = HashSet::new();
    for recorded in events {
        let tenant = recorded.tenant.as_str();
        let event = Event::decode(&recorded.event_type, recorded.event_version, &recorded.payload);
        for (number, (projection, changes)) in projections.iter().zip(&mut *changes).enumerate() {
            if !takes(tenant, projection.name()) || parked.contains(&(tenant, number)) {
                continue;
            }
            let outcome = match &event {
                Ok(event) => {
                    projection.project(event, recorded, changes).map_err(|e| e.to_string())
                }
                Err(error) => Err(error.to_string()),
            };
            if let Err(cause) = outcome {
                parked.insert((tenant, number));
                parks.push(Park {
                    projection: projection.name(),
                    tenant: tenant.to_owned(),
                    partition: recorded.partition,
                    position: recorded.position,
                    cause,
                });
            }
        }
    }
    parks
}

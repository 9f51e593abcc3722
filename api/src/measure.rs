//! The recorder behind the metrics, and their text for Prometheus.

use std::sync::OnceLock;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

/// Bounds of the buckets that durations are counted in, in seconds.
const SECONDS: [f64; 12] =
    [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];

/// One for the process, since metrics are recorded without saying where.
static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();

/// The recorder, set up by the first who asks.
fn recorder() -> &'static PrometheusHandle {
    RECORDER.get_or_init(|| {
        let builder = PrometheusBuilder::new();
        let builder = builder
            .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)
            .unwrap_or_else(|_| PrometheusBuilder::new());
        let recorder = builder.build_recorder();
        let handle = recorder.handle();
        // Fails only where another recorder was set, and then that one has the numbers.
        let _ = metrics::set_global_recorder(recorder);
        handle
    })
}

/// Begins recording.
pub fn begin() {
    recorder();
}

/// What was recorded so far, as Prometheus reads it.
pub fn render() -> String {
    recorder().render()
}

/// Folds what was recorded since the last call, which bounds the memory it takes.
pub fn tidy_up() {
    recorder().run_upkeep();
}

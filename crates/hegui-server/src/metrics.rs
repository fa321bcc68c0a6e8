//! What is counted, in the text form that Prometheus reads. Labels are names of operations and statuses,
//! never what a caller sent.

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// A request's labels.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Labels {
    /// The method.
    pub method: String,
    /// The path as the table of operations has it.
    pub route: String,
    /// The status of the answer.
    pub status: u16,
}

/// All of them.
pub struct Metrics {
    /// Requests answered.
    pub requests: Family<Labels, Counter>,
    /// Seconds that answers took.
    pub seconds: Histogram,
    /// Open connections.
    pub connections: Gauge,
    /// Events recorded.
    pub events: Counter,
    /// Webhook messages delivered.
    pub delivered: Counter,
    /// Webhook messages laid with the dead letters.
    pub dead: Counter,
    registry: Registry,
}

impl Default for Metrics {
    fn default() -> Self {
        // 100 µs to 13 s, each bound twice the one before.
        let bounds = (0..18).map(|power| 1e-4 * f64::from(1u32 << power));
        let mut metrics = Self {
            requests: Family::default(),
            seconds: Histogram::new(bounds),
            connections: Gauge::default(),
            events: Counter::default(),
            delivered: Counter::default(),
            dead: Counter::default(),
            registry: Registry::with_prefix("hegui"),
        };
        let registry = &mut metrics.registry;
        registry.register("requests", "Requests answered", metrics.requests.clone());
        registry.register("request_seconds", "Seconds that answers took", metrics.seconds.clone());
        registry.register("connections", "Open connections", metrics.connections.clone());
        registry.register("events", "Events recorded", metrics.events.clone());
        registry.register("webhooks_delivered", "Webhook messages delivered", metrics.delivered.clone());
        registry.register("webhooks_dead", "Webhook messages given up", metrics.dead.clone());
        metrics
    }
}

impl Metrics {
    /// All of them as text.
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = String::new();
        // Writing to a string does not fail.
        let _ = text::encode(&mut out, &self.registry);
        out
    }
}

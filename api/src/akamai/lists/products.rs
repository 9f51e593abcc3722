//! The products of the notices, whole and in the published order.

/// The products that a user can have notices of.
#[rustfmt::skip]
pub(super) const PRODUCTS: &[&str] = &[
    "EdgeComputing for Java", "Streaming", "Enhanced DNS", "Site Delivery",
    "Secure FreeFlow (HTTPS Content Delivery using ARLs)", "Log Delivery Service",
    "Site Acceleration", "Web Application Accelerator", "EdgeScape", "Security", "NetStorage",
];

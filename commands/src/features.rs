//! Commands on feature flags (Zitadel, feature service v2).

mod level;
mod reset_features;
mod set_features;
mod value;

pub use level::LevelFault;
pub use reset_features::{ResetFeatures, ResetFeaturesRejection};
pub use set_features::{SetFeatures, SetFeaturesRejection};

//! What a request says of a person: read in the clear, checked, and sealed before the lane.

use std::fmt;

use domain::{Aggregate, Attribute, AttributeFault, Attributes, RecordContent, RecordId};
use eventlog::TenantKeys;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::Refusal;

/// Attributes of a record, in the clear. They show themselves nowhere.
#[derive(Clone, Default, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct ClearAttributes(pub Attributes);

impl fmt::Debug for ClearAttributes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClearAttributes(..)")
    }
}

/// Why a record cannot say that of a person.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ContentFault {
    #[error(transparent)]
    Attribute(#[from] AttributeFault),
    #[error("record {0} has that e-mail address")]
    EmailTaken(RecordId),
}

impl ContentFault {
    pub(super) fn refusal(&self) -> Refusal {
        match self {
            Self::Attribute(_) => Refusal::invalid("attribute_invalid", "attributes"),
            Self::EmailTaken(by) => {
                Refusal::conflict("email_taken", vec![Aggregate::record(*by)]).about("attributes")
            }
        }
    }
}

impl ClearAttributes {
    /// The content of a record that says this.
    pub(super) fn content(self, keys: &TenantKeys) -> Result<RecordContent, AttributeFault> {
        Attribute::check(&self.0)?;
        let mut attributes = self.0;
        attributes.retain(|_, value| !value.is_null());
        let email = attributes.get("email").and_then(serde_json::Value::as_str);
        let email_lookup = email.filter(|email| !email.is_empty());
        let email_lookup = email_lookup.map(|email| keys.lookup(email));
        Ok(RecordContent { attributes, email_lookup })
    }

    /// Roughly how many bytes they take.
    pub(super) fn weight(&self) -> usize {
        self.0.iter().map(|(name, value)| name.len() + value.to_string().len()).sum()
    }
}

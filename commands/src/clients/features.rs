//! Lists of what Capture lets a client do, as a request names them.

use std::collections::BTreeSet;

use domain::ClientFeature;

use crate::Refusal;

/// Why a list of features cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FeatureFault {
    /// The first one that is none.
    #[error("there is no client feature {0}")]
    Unknown(String),
    #[error("login_client goes with no other feature")]
    LoginClientNotAlone,
}

impl FeatureFault {
    pub(super) fn refusal(&self) -> Refusal {
        match self {
            Self::Unknown(_) => Refusal::invalid("feature_unknown", "features"),
            Self::LoginClientNotAlone => Refusal::invalid("login_client_not_alone", "features"),
        }
    }
}

/// The features of those names; what is named twice is held once.
pub(super) fn read(names: &[String]) -> Result<BTreeSet<ClientFeature>, FeatureFault> {
    let read = |name: &String| {
        ClientFeature::from_name(name).ok_or_else(|| FeatureFault::Unknown(name.clone()))
    };
    let features = names.iter().map(read).collect::<Result<BTreeSet<_>, _>>()?;
    if features.contains(&ClientFeature::LoginClient) && features.len() > 1 {
        return Err(FeatureFault::LoginClientNotAlone);
    }
    Ok(features)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(names: &[&str], expected: Result<&[ClientFeature], FeatureFault>) {
        let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
        let expected = expected.map(|features| features.iter().copied().collect());
        assert_eq!(read(&names), expected);
    }

    #[test]
    fn known_names_make_a_set() {
        use ClientFeature::{DirectAccess, LoginClient, Owner};
        check(&[], Ok(&[]));
        check(&["owner", "direct_access", "owner"], Ok(&[DirectAccess, Owner]));
        check(&["login_client"], Ok(&[LoginClient]));
    }

    #[test]
    fn refuses_the_first_unknown_name_and_login_client_among_others() {
        let unknown = |name: &str| Err(FeatureFault::Unknown(name.to_owned()));
        check(&["owner", "ninja_superuser", "metadata"], unknown("ninja_superuser"));
        check(&["metadata"], unknown("metadata"));
        check(&["login_client", "owner"], Err(FeatureFault::LoginClientNotAlone));
    }
}

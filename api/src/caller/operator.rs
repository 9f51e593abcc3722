//! The token that a server leaves in its data directory for the command line of whoever owns that
//! directory. It is drawn at each start, kept nowhere else, and gone when the server ends.

use std::fmt;

use domain::{Actor, ActorKind, Right, TenantId};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use super::Caller;

const PREFIX: &str = "cho_";

/// What the owner may ask for by it: to look, at every tenant, and to rebuild read models.
const RIGHTS: [Right; 4] =
    [Right::TenantAdmin, Right::EventsRead, Right::UserRead, Right::ProjectionAdmin];

/// A secret of 256 bits.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OperatorToken(String);

impl fmt::Debug for OperatorToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OperatorToken(..)")
    }
}

impl OperatorToken {
    /// A new one; none when the system has no randomness to give.
    pub fn draw() -> Option<Self> {
        let mut bytes = [0_u8; 32];
        getrandom::fill(&mut bytes).ok()?;
        let digits = bytes.iter().map(|byte| format!("{byte:02x}"));
        Some(Self(digits.fold(PREFIX.to_owned(), |text, digits| text + &digits)))
    }

    /// The token itself, for the header that carries it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether `token` is this one.
    pub(super) fn is(&self, token: &str) -> bool {
        self.0.as_bytes().ct_eq(token.as_bytes()).into()
    }
}

/// The owner of the data directory.
pub(super) fn operator() -> Caller {
    let (home, id) = (TenantId::system(), "operator".to_owned());
    let authenticated = "bearer".to_owned();
    let actor = Actor { home, kind: ActorKind::Token, id, authenticated };
    Caller { rights: RIGHTS.into(), ..Caller::new(TenantId::system(), actor) }
}

impl Caller {
    /// Whether it is the owner of the data directory, at the command line.
    pub(crate) fn is_operator(&self) -> bool {
        self.actor == operator().actor
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_another_and_shows_itself_to_nobody() {
        let [one, other] = [(); 2].map(|()| OperatorToken::draw().unwrap());
        assert!(one.is(one.expose()) && !one.is(other.expose()) && !one.is(""));
        assert_eq!(format!("{one:?}"), "OperatorToken(..)");
        assert_eq!(one.expose().len(), PREFIX.len() + 64);
    }
}

//! Which clients a list shows, and which statement finds them.

use domain::OrganizationId;

use crate::text_parts::{folded, just_past, padded};
use crate::{Value, ViewError, values};

/// What becomes of deleted clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Deleted {
    #[default]
    Hidden,
    /// They are shown among the others.
    Shown,
    /// None but them.
    Only,
}

/// Which word an inactive client is called by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Word {
    /// None in particular.
    Usual,
    Is(String),
}

/// Which clients to show; what is `None` or empty does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    pub deleted: Deleted,
    pub is_active: Option<bool>,
    pub is_locked: Option<bool>,
    pub word: Option<Word>,
    pub client_type: Option<String>,
    pub organization: Option<OrganizationId>,
    pub owner: Option<String>,
    /// Part of the name, whatever its case.
    pub name_part: Option<String>,
    /// Any of these tags; at most [`crate::TAGS_MOST`].
    pub tags_any: Vec<String>,
}

/// By which columns the rows are found, where neither name nor tag does it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    All,
    Live,
    Active,
    Standing,
}

/// What narrows the rows down further.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Plain,
    Named,
    /// By one tag; several would be taken for so many more rows.
    TaggedOnce,
    Tagged,
    NamedTaggedOnce,
    NamedTagged,
}

impl Filter {
    pub(super) fn state(&self) -> State {
        match (self.deleted, self.is_active, self.is_locked) {
            (Deleted::Shown, ..) => State::All,
            (Deleted::Hidden | Deleted::Only, Some(_), Some(_)) => State::Standing,
            (Deleted::Hidden | Deleted::Only, Some(_), None) => State::Active,
            (Deleted::Hidden | Deleted::Only, None, _) => State::Live,
        }
    }

    pub(super) fn shape(&self) -> Shape {
        match (self.part().is_some(), self.tags_any.len()) {
            (false, 0) => Shape::Plain,
            (true, 0) => Shape::Named,
            (false, 1) => Shape::TaggedOnce,
            (true, 1) => Shape::NamedTaggedOnce,
            (false, _) => Shape::Tagged,
            (true, _) => Shape::NamedTagged,
        }
    }

    /// Whether nothing is asked beside what the tally counts.
    pub(super) fn is_tallied(&self) -> bool {
        let Self {
            deleted: _, is_active, is_locked, word, client_type, organization, owner, ..
        } = self;
        let by_text = client_type.is_some() || organization.is_some() || owner.is_some();
        let by_state = is_locked.is_some()
            || word.is_some()
            || (is_active.is_some() && self.deleted != Deleted::Hidden);
        !by_text && !by_state && self.shape() == Shape::Plain
    }

    fn part(&self) -> Option<String> {
        let part = self.name_part.as_deref().filter(|part| !part.is_empty());
        part.map(folded)
    }

    /// The parameters behind the tenant, all but the page.
    pub fn params(&self) -> Result<Vec<Value>, ViewError> {
        let state = |wanted: Option<bool>| wanted.map_or(-1, i64::from);
        // No word is blank: a blank stands for "none in particular".
        let word = match &self.word {
            None => " ",
            Some(Word::Usual) => "",
            Some(Word::Is(word)) => word,
        };
        let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
        let mut params = values![
            i64::from(self.deleted != Deleted::Hidden),
            state(self.is_active),
            state(self.is_locked),
            word,
            text(self.client_type.as_deref()),
            text(self.organization.as_ref().map(OrganizationId::as_str)),
            text(self.owner.as_deref()),
        ]
        .to_vec();
        if let Some(part) = self.part() {
            params.extend(values![&part, just_past(&part)]);
        }
        match self.tags_any.as_slice() {
            [] => {}
            [tag] => params.push(tag.into()),
            tags => params.extend(padded(tags)?),
        }
        Ok(params)
    }
}

//! What stands in a column, alike on both stores, and how a row is read.

use chrono::{DateTime, Utc};
use domain::TenantId;
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::{ProjectError, ViewError};

/// What stands in a column. A truth is 0 or 1, an instant counts microseconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Value {
    Null,
    Int(i64),
    Text(String),
}

impl Value {
    /// Whether it is a text with a NUL in it, which not every store can keep.
    pub(crate) fn holds_nul(&self) -> bool {
        matches!(self, Self::Text(text) if text.contains('\0'))
    }

    /// The JSON text of something that is stored as such.
    pub fn json(value: &impl Serialize) -> Result<Self, ProjectError> {
        Ok(Self::Text(serde_json::to_string(value)?))
    }
}

macro_rules! values_from {
    ($($type:ty, |$it:ident| $value:expr;)*) => {$(
        impl From<$type> for Value {
            fn from($it: $type) -> Self {
                $value
            }
        }
    )*};
}

values_from! {
    i64, |it| Self::Int(it);
    bool, |it| Self::Int(it.into());
    String, |it| Self::Text(it);
    &str, |it| Self::Text(it.to_owned());
    &String, |it| Self::Text(it.clone());
    &TenantId, |it| Self::Text(it.to_string());
    Uuid, |it| Self::Text(it.to_string());
    DateTime<Utc>, |it| Self::Int(it.timestamp_micros());
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(it: Option<T>) -> Self {
        it.map_or(Self::Null, Into::into)
    }
}

/// A list of column values, each turned into a [`Value`].
#[macro_export]
macro_rules! values {
    ($($value:expr),* $(,)?) => { [$($crate::Value::from($value)),*] };
}

/// One row, read from its first column to its last.
#[derive(Debug)]
pub(crate) struct Row(std::vec::IntoIter<Value>);

impl Row {
    pub(crate) fn new(values: Vec<Value>) -> Self {
        Self(values.into_iter())
    }

    pub(crate) fn values(self) -> Vec<Value> {
        self.0.collect()
    }

    pub(crate) fn text(&mut self) -> Result<String, ViewError> {
        self.maybe_text()?.ok_or(ViewError::Unreadable("a text is missing"))
    }

    pub(crate) fn int(&mut self) -> Result<i64, ViewError> {
        self.maybe_int()?.ok_or(ViewError::Unreadable("a number is missing"))
    }

    pub(crate) fn flag(&mut self) -> Result<bool, ViewError> {
        self.int().map(|number| number != 0)
    }

    pub(crate) fn time(&mut self) -> Result<DateTime<Utc>, ViewError> {
        self.maybe_time()?.ok_or(ViewError::Unreadable("an instant is missing"))
    }

    pub(crate) fn uuid(&mut self) -> Result<Uuid, ViewError> {
        self.text()?.parse().map_err(|_| ViewError::Unreadable("not a UUID"))
    }

    pub(crate) fn tenant(&mut self) -> Result<TenantId, ViewError> {
        TenantId::new(&self.text()?).map_err(|_| ViewError::Unreadable("not a tenant id"))
    }

    /// A text that holds JSON.
    pub(crate) fn json<T: DeserializeOwned>(&mut self) -> Result<T, ViewError> {
        serde_json::from_str(&self.text()?).map_err(|_| ViewError::Unreadable("not the JSON meant"))
    }

    /// A text that holds JSON, if one stands there.
    pub(crate) fn maybe_json<T: DeserializeOwned>(&mut self) -> Result<Option<T>, ViewError> {
        let read = |text: String| {
            serde_json::from_str(&text).map_err(|_| ViewError::Unreadable("not the JSON meant"))
        };
        self.maybe_text()?.map(read).transpose()
    }

    /// A text that names a variant of an enumeration, as serde spells it.
    pub(crate) fn word<T: DeserializeOwned>(&mut self) -> Result<T, ViewError> {
        let word = serde_json::Value::String(self.text()?);
        serde_json::from_value(word).map_err(|_| ViewError::Unreadable("not a word known"))
    }

    /// As [`Row::word`], where nothing may stand.
    pub(crate) fn maybe_word<T: DeserializeOwned>(&mut self) -> Result<Option<T>, ViewError> {
        let word = self.maybe_text()?.map(serde_json::Value::String);
        let read = word.map(serde_json::from_value).transpose();
        read.map_err(|_| ViewError::Unreadable("not a word known"))
    }

    pub(crate) fn maybe_text(&mut self) -> Result<Option<String>, ViewError> {
        match self.0.next() {
            Some(Value::Text(text)) => Ok(Some(text)),
            Some(Value::Null) => Ok(None),
            Some(Value::Int(_)) | None => Err(ViewError::Unreadable("not a text")),
        }
    }

    pub(crate) fn maybe_int(&mut self) -> Result<Option<i64>, ViewError> {
        match self.0.next() {
            Some(Value::Int(number)) => Ok(Some(number)),
            Some(Value::Null) => Ok(None),
            Some(Value::Text(_)) | None => Err(ViewError::Unreadable("not a number")),
        }
    }

    pub(crate) fn maybe_time(&mut self) -> Result<Option<DateTime<Utc>>, ViewError> {
        let Some(micros) = self.maybe_int()? else { return Ok(None) };
        let time = DateTime::from_timestamp_micros(micros);
        time.map(Some).ok_or(ViewError::Unreadable("not an instant"))
    }
}

/// The word serde spells a variant without fields by.
pub(crate) fn word(variant: &impl Serialize) -> Result<Value, ProjectError> {
    let word = serde_json::to_value(variant)?;
    let text = word.as_str().ok_or_else(|| ProjectError(format!("{word} is not a word")))?;
    Ok(Value::from(text))
}

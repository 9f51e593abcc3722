//! What came back.

use std::fmt;

use reqwest::RequestBuilder;
use reqwest::header::HeaderMap;
use serde_json::Value;

#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    /// `null` when there is none; a string where it is plain text.
    pub(crate) body: Value,
}

impl Reply {
    pub(crate) async fn of(request: RequestBuilder) -> Self {
        Self::try_of(request).await.unwrap()
    }

    /// The same, where the connection may break.
    pub(crate) async fn try_of(request: RequestBuilder) -> reqwest::Result<Self> {
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let is_text = headers.get("content-type").is_some_and(|kind| {
            ["application/x-ndjson", "text/plain; charset=utf-8"].iter().any(|text| kind == text)
        });
        let text = response.text().await?;
        let body = match text.as_str() {
            "" => Value::Null,
            text if is_text => Value::from(text),
            text => serde_json::from_str(text).unwrap(),
        };
        Ok(Self { status, headers, body })
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The item of a list that has that `name`.
    pub(crate) fn named(&self, list: &str, name: &str) -> &Value {
        let items = self.body[list].as_array().unwrap_or_else(|| panic!("no list {list}: {self}"));
        let found = items.iter().find(|item| item["name"] == name);
        found.unwrap_or_else(|| panic!("no {name} in {self}"))
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.status, self.body)
    }
}

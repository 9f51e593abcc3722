//! The messages of the service by their descriptors, which `build.rs` compiles from `proto/`: read
//! and written as protobuf and as its JSON form.

use std::sync::LazyLock;

use axum::body::Bytes;
use prost_reflect::{
    DescriptorPool, DeserializeOptions, DynamicMessage, MessageDescriptor, MethodDescriptor,
    ReflectMessage, Value as Field,
};
use serde_json::{Map, Value};
use tonic::Code;

use super::error::ZitadelError;
use super::methods::{Method, Version};
use crate::fault::Fault;

/// All files, encoded, with those they import.
pub(super) const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));

static POOL: LazyLock<DescriptorPool> = LazyLock::new(|| {
    DescriptorPool::decode(DESCRIPTORS).unwrap_or_else(|error| {
        tracing::error!(%error, "the compiled protocol definitions cannot be read");
        DescriptorPool::new()
    })
});

/// Full name of a version's service.
pub(super) fn service(version: Version) -> &'static str {
    match version {
        Version::V2beta => "zitadel.feature.v2beta.FeatureService",
        Version::V2 => "zitadel.feature.v2.FeatureService",
    }
}

/// Request and response of a method.
pub(super) fn described(
    method: &Method,
    version: Version,
) -> Result<MethodDescriptor, ZitadelError> {
    let service = POOL.get_service_by_name(service(version));
    let found = service.and_then(|it| it.methods().find(|it| it.name() == method.name()));
    // The lists agree; a test says so.
    found.ok_or_else(|| Fault::Internal.into())
}

/// A kind of message by its full name.
pub(super) fn kind(name: &str) -> Result<MessageDescriptor, ZitadelError> {
    POOL.get_message_by_name(name).ok_or_else(|| Fault::Internal.into())
}

/// A message from its binary form.
pub(super) fn from_binary(
    kind: MessageDescriptor,
    bytes: Bytes,
) -> Result<DynamicMessage, ZitadelError> {
    let name = kind.name().to_owned();
    DynamicMessage::decode(kind, bytes).map_err(|error| invalid(format!("invalid {name}: {error}")))
}

/// A message from its JSON form: in either spelling, unknown fields ignored, unknown names of enum
/// values not. `null` is as good as an empty message.
pub(super) fn from_json(
    kind: MessageDescriptor,
    json: Value,
) -> Result<DynamicMessage, ZitadelError> {
    let name = kind.name().to_owned();
    let json = if json.is_null() { Value::Object(Map::new()) } else { known(&kind, json) };
    let options = DeserializeOptions::new();
    DynamicMessage::deserialize_with_options(kind, json, &options)
        .map_err(|error| invalid(format!("invalid {name}: {error}")))
}

/// The JSON of a message without the members that it does not have.
fn known(kind: &MessageDescriptor, json: Value) -> Value {
    let Value::Object(members) = json else { return json };
    let members = members.into_iter().filter_map(|(name, value)| {
        let by_name = || kind.get_field_by_name(&name);
        let field = kind.get_field_by_json_name(&name).or_else(by_name)?;
        let is_ours = |kind: &&MessageDescriptor| kind.package_name() != "google.protobuf";
        let value = match (field.kind().as_message().filter(is_ours), value) {
            (Some(inner), Value::Array(elements)) if field.is_list() => {
                elements.into_iter().map(|element| known(inner, element)).collect()
            }
            (Some(inner), value) => known(inner, value),
            (None, value) => value,
        };
        Some((name, value))
    });
    Value::Object(members.collect())
}

/// Sets a field that the message has.
pub(super) fn put(message: &mut DynamicMessage, field: &str, value: Field) {
    if let Err(error) = message.try_set_field_by_name(field, value) {
        tracing::error!(%error, message = message.descriptor().full_name(), "a field does not fit");
    }
}

/// The message within a message, made if it is not there; none if it has no such field.
pub(super) fn inner<'a>(
    message: &'a mut DynamicMessage,
    field: &str,
) -> Option<&'a mut DynamicMessage> {
    message.get_field_by_name_mut(field)?.as_message_mut()
}

fn invalid(text: String) -> ZitadelError {
    ZitadelError::bare(Code::InvalidArgument, text)
}

#[cfg(test)]
mod tests;

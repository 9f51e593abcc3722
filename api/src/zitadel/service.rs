//! The one implementation behind all transports and both versions: a message in, a message out.

use commands::features::{
    LevelFault, ResetFeatures, ResetFeaturesRejection, SetFeatures, SetFeaturesRejection,
};
use domain::{Details, FeatureKey, Level};
use projections::{aggregates, features};
use prost_reflect::{DynamicMessage, MessageDescriptor, Value as Field};
use tonic::Code;

use super::error::ZitadelError;
use super::flags;
use super::level::{self, no_organization, no_user};
use super::messages::{inner, put};
use super::methods::{Act, Method};
use crate::call::Call;
use crate::fault::Fault;

/// Answers a call with a message of `output`'s kind.
pub(super) async fn answer(
    call: Call,
    method: &Method,
    request: DynamicMessage,
    output: MessageDescriptor,
) -> Result<DynamicMessage, ZitadelError> {
    let level = level::reached(&call, method, &request).await?;
    let mut reply = DynamicMessage::new(output);
    match method.act {
        Act::Set => {
            let command = SetFeatures { on: level, flags: flags::read(&request) };
            let (_, granted) = call.run(command).await?;
            put_details(&mut reply, granted.details.as_ref());
        }
        Act::Reset => {
            let (_, granted) = call.run(ResetFeatures { on: level }).await?;
            put_details(&mut reply, granted.details.as_ref());
        }
        Act::Get => {
            let inherits = request.get_field_by_name("inheritance");
            let inherits = inherits.is_some_and(|field| field.as_bool() == Some(true));
            show(&call, &level, inherits, &mut reply).await?;
        }
    }
    Ok(reply)
}

/// A level's flags: its own, or with those it inherits.
async fn show(
    call: &Call,
    level: &Level,
    inherits: bool,
    reply: &mut DynamicMessage,
) -> Result<(), ZitadelError> {
    if inherits {
        call.reach_system().await?;
    }
    let (views, tenant) = (&call.views, &call.tenant);
    let own = features::on_level(views, tenant, level).await.map_err(Fault::from)?;
    let stands = if own.details.is_some() {
        own.details
    } else {
        let object = level::object(call, level);
        aggregates::details(views, tenant, &object).await.map_err(Fault::from)?
    };
    put_details(reply, stands.as_ref());
    if inherits {
        let resolved = features::resolved(views, tenant, level).await.map_err(Fault::from)?;
        for (key, ..) in FeatureKey::ALL {
            flags::show(reply, key, resolved.get(&key).map(|flag| (&flag.value, &flag.source)));
        }
        return Ok(());
    }
    match level {
        Level::Organization(_) | Level::User(_) if own.flags.is_empty() => {
            let text = "no feature flags are set here, and inheritance is off";
            return Err(ZitadelError::new(Code::NotFound, "FEAT-N0f1g", text));
        }
        Level::System | Level::Instance | Level::Organization(_) | Level::User(_) => {}
    }
    for (key, ..) in FeatureKey::ALL {
        flags::show(reply, key, own.flags.get(&key).map(|value| (value, level)));
    }
    Ok(())
}

/// Where an object stands, as every reply shows it.
fn put_details(reply: &mut DynamicMessage, details: Option<&Details>) {
    let (Some(details), Some(shown)) = (details, inner(reply, "details")) else { return };
    let sequence = u64::try_from(details.sequence).unwrap_or_default();
    put(shown, "sequence", Field::U64(sequence));
    put(shown, "resource_owner", Field::String(details.resource_owner.clone()));
    let nanos = i32::try_from(details.change_date.timestamp_subsec_nanos()).unwrap_or_default();
    if let Some(date) = inner(shown, "change_date") {
        put(date, "seconds", Field::I64(details.change_date.timestamp()));
        put(date, "nanos", Field::I32(nanos));
    }
}

impl From<SetFeaturesRejection> for ZitadelError {
    fn from(rejection: SetFeaturesRejection) -> Self {
        use SetFeaturesRejection as No;

        let text = rejection.to_string();
        match rejection {
            No::Level(fault) => fault.into(),
            No::FlagUnknown(_) | No::FlagTwice(_) | No::ValueInvalid(_) => {
                Self::bare(Code::InvalidArgument, text)
            }
            No::NothingToSet(_) => {
                Self::new(Code::InvalidArgument, "COMMAND-Vigh1", "Errors.NoChangesFound")
            }
        }
    }
}

impl From<ResetFeaturesRejection> for ZitadelError {
    fn from(rejection: ResetFeaturesRejection) -> Self {
        match rejection {
            ResetFeaturesRejection::Level(fault) => fault.into(),
        }
    }
}

impl From<LevelFault> for ZitadelError {
    /// Why a level's flags cannot be changed.
    fn from(fault: LevelFault) -> Self {
        match fault {
            LevelFault::OrganizationUnknown(_) => no_organization(),
            LevelFault::UserUnknown(_) => no_user(),
            LevelFault::NotSystem(_) | LevelFault::OnlySystem => {
                Self::new(Code::FailedPrecondition, "FEAT-Lv1el", fault.to_string())
            }
        }
    }
}

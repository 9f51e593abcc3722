//! What the rules' refusals come to in this dialect.

use axum::http::StatusCode;
use commands::clients::{
    ActivateClientRejection, ChangeClientMfaRejection, CreateClientRejection,
    DeactivateClientRejection, DeleteClientRejection, GrantClientRoleRejection,
    PurgeClientRejection, RegisterClientRejection, RevokeClientRoleRejection,
    UpdateClientRejection,
};

use super::error::ClientsError;

impl ClientsError {
    fn conflict(code: &'static str, text: String) -> Self {
        Self::new(StatusCode::CONFLICT, code, "Conflict", text)
    }

    fn is_default() -> Self {
        Self::forbidden("The default client cannot be changed")
    }
}

impl From<RegisterClientRejection> for ClientsError {
    fn from(rejection: RegisterClientRejection) -> Self {
        use RegisterClientRejection as No;

        let text = rejection.to_string();
        match rejection {
            No::Client(rejection) => rejection.into(),
            No::HydraTaken(_) => Self::conflict("HYDRA_CLIENT_ID_TAKEN", text),
            No::EmailInvalid
            | No::TextInvalid(_)
            | No::TypeUnknown
            | No::Status(_)
            | No::BornDeleted => Self::invalid(text),
        }
    }
}

impl From<CreateClientRejection> for ClientsError {
    fn from(rejection: CreateClientRejection) -> Self {
        use CreateClientRejection as No;

        let text = rejection.to_string();
        match rejection {
            No::NameTaken(_) => Self::conflict("NAME_TAKEN", text),
            No::NameInvalid
            | No::DescriptionInvalid
            | No::TagInvalid
            | No::UserMissing
            | No::UserUnknown(_)
            | No::OrganizationUnknown(_)
            | No::Features(_)
            | No::Access(_) => Self::invalid(text),
        }
    }
}

impl From<UpdateClientRejection> for ClientsError {
    fn from(rejection: UpdateClientRejection) -> Self {
        use UpdateClientRejection as No;

        let text = rejection.to_string();
        match rejection {
            No::ClientUnknown(_) => Self::no_client(),
            No::ClientIsDefault(_) => Self::is_default(),
            No::NameTaken(_) => Self::conflict("NAME_TAKEN", text),
            No::HydraTaken(_) => Self::conflict("HYDRA_CLIENT_ID_TAKEN", text),
            No::Erased(_) => Self::conflict("CLIENT_ERASED", text),
            No::Delete(rejection) => rejection.into(),
            No::NameInvalid
            | No::EmailInvalid
            | No::TagInvalid
            | No::HydraInvalid
            | No::Status(_) => Self::invalid(text),
        }
    }
}

impl From<DeleteClientRejection> for ClientsError {
    fn from(rejection: DeleteClientRejection) -> Self {
        let text = rejection.to_string();
        match rejection {
            DeleteClientRejection::ClientUnknown(_) => Self::no_client(),
            DeleteClientRejection::ClientIsDefault(_) => {
                Self::forbidden("Cannot delete default client")
            }
            DeleteClientRejection::LastOwner(_) => Self::conflict("LAST_OWNER", text),
        }
    }
}

impl From<PurgeClientRejection> for ClientsError {
    fn from(rejection: PurgeClientRejection) -> Self {
        rejection.0.into()
    }
}

impl From<ActivateClientRejection> for ClientsError {
    fn from(rejection: ActivateClientRejection) -> Self {
        match rejection {
            ActivateClientRejection::ClientUnknown(_) => Self::no_client(),
        }
    }
}

impl From<DeactivateClientRejection> for ClientsError {
    fn from(rejection: DeactivateClientRejection) -> Self {
        match rejection {
            DeactivateClientRejection::ClientUnknown(_) => Self::no_client(),
            DeactivateClientRejection::ClientIsDefault(_) => Self::is_default(),
        }
    }
}

impl From<GrantClientRoleRejection> for ClientsError {
    fn from(rejection: GrantClientRoleRejection) -> Self {
        match rejection {
            GrantClientRoleRejection::ClientUnknown(_) => Self::no_client(),
            GrantClientRoleRejection::ClientIsDefault(_) => Self::is_default(),
            GrantClientRoleRejection::RoleUnknown(_) => Self::no_role(),
        }
    }
}

impl From<RevokeClientRoleRejection> for ClientsError {
    fn from(rejection: RevokeClientRoleRejection) -> Self {
        match rejection {
            RevokeClientRoleRejection::ClientUnknown(_) => Self::no_client(),
            RevokeClientRoleRejection::ClientIsDefault(_) => Self::is_default(),
            RevokeClientRoleRejection::RoleNotHeld(_) => Self::no_role(),
        }
    }
}

impl From<ChangeClientMfaRejection> for ClientsError {
    fn from(rejection: ChangeClientMfaRejection) -> Self {
        use ChangeClientMfaRejection as No;

        let text = rejection.to_string();
        match rejection {
            No::ClientUnknown(_) => Self::no_client(),
            No::ClientIsDefault(_) => Self::is_default(),
            No::NotEnrolled => Self::conflict("NOT_ENROLLED", text),
            No::MethodsInvalid | No::DefaultInvalid => Self::invalid(text),
        }
    }
}

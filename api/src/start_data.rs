//! What a new installation starts with: the tenants `system`, `default` and `partner`, with enough
//! in them to try every dialect. All of it goes through commands, so it stands in the log.
//!
//! Each step looks whether its thing is there, so that a first start that broke off is completed
//! by the next one; the token `viewer` comes last and says that all is done.

mod catalog;
mod planter;
mod secrets;
mod steps;

use domain::{
    AssetKind, ClientFeature, ClientKind, GroupId, Permission, ResourceKind, Right, RoleId,
    RoleKind, TenantId, UserId,
};

use crate::app::App;
use crate::credentials::{AkamaiCredentials, BearerCredentials, CaptureCredentials, Credentials};
use catalog::Own;
pub use planter::StartError;
use planter::{Planter, is_remembered};
use steps::{NewClient, NewUser};

/// The tenant that users of a fresh installation find themselves in.
pub const TENANT: &str = "default";
const PARTNER: &str = "partner";

/// What became of the start data.
#[derive(Debug)]
pub enum Planted {
    /// It is all there, and here is what it takes to use it.
    Ready(Box<Credentials>),
    /// It was all there before, and its secrets were shown then. Whoever lost them asks for new
    /// ones by command: `IssueToken`, `ResetClientSecret`, `CreateClientCredential`.
    Complete,
}

/// Creates what is missing of the start data. Where the first start is over, nothing is created,
/// and its secrets are told only within a day, and only if they are asked for.
pub async fn plant(app: &App, tells_secrets: bool) -> Result<Planted, StartError> {
    // Where another record was imported before the first start, this one may still be missing.
    system(app).await?;
    let default = Planter::new(app, TENANT)?;
    if let Some(viewer) = default.token("viewer").await? {
        // The tokens' text is remembered for a day, and kept nowhere after that.
        if !tells_secrets || !is_remembered(&viewer) {
            return Ok(Planted::Complete);
        }
    }
    partner(app).await?;
    Ok(Planted::Ready(Box::new(everyone(&default).await?)))
}

async fn system(app: &App) -> Result<(), StartError> {
    Planter::new(app, TenantId::SYSTEM)?.create_tenant("System").await
}

/// A second tenant, so that there is something to be kept apart from.
async fn partner(app: &App) -> Result<(), StartError> {
    let partner = Planter::new(app, PARTNER)?;
    partner.create_tenant("Partner").await?;
    let organization = partner.create_organization("Partner").await?;
    let group = partner.create_group("Partner", None).await?;
    let own = Own { cp_codes: &[(40_001, "partner-site", group)], switch_keys: &[] };
    partner.register_catalog(&own).await?;
    let standard = RoleKind::Standard;
    let role =
        partner.create_role("Administrator", ADMINISTERS, standard, &Permission::ALL).await?;
    let pat = NewUser { first_name: "Pat", last_name: "Partner", email: "pat@partner.example" };
    let user = partner.create_user(&organization, &pat, &[(group, role)]).await?;
    let client = NewClient {
        name: "partner-owner",
        description: "Administers the partner's clients",
        user: &user,
        organization: &organization,
        features: &[ClientFeature::Owner],
        access: &[(group, role)],
        tags: &["partner"],
        is_default: true,
    };
    partner.create_client(&client, ClientKind::Client).await?;
    Ok(())
}

/// The tenant that a newcomer works in.
async fn everyone(default: &Planter<'_>) -> Result<Credentials, StartError> {
    default.create_tenant("Default").await?;
    let organization = default.create_organization("Acme").await?;
    let [acme, globex] = forest(default).await?;
    let [admin, viewer] = roles(default).await?;
    let ada = NewUser { first_name: "Ada", last_name: "Admin", email: "ada@acme.example" };
    let vera = NewUser { first_name: "Vera", last_name: "Viewer", email: "vera@acme.example" };
    let ada_id =
        default.create_user(&organization, &ada, &[(acme, admin), (globex, admin)]).await?;
    let vera_id = default.create_user(&organization, &vera, &[(acme, viewer)]).await?;

    let owner = NewClient {
        name: "owner-client",
        description: "May do everything",
        user: &ada_id,
        organization: &organization,
        features: &[ClientFeature::Owner],
        access: &[(acme, admin), (globex, admin)],
        tags: &["production", "api"],
        is_default: true,
    };
    let owner = default.create_client(&owner, ClientKind::Client).await?;
    default.trust(&owner).await?;
    let plain = NewClient {
        name: "plain-client",
        description: "May look at a part",
        user: &vera_id,
        organization: &organization,
        features: &[],
        access: &[(acme, viewer)],
        tags: &["staging"],
        is_default: false,
    };
    let plain = default.create_client(&plain, ClientKind::Client).await?;
    let signer = default.create_credential(&owner).await?;
    let clients_jwt_secret = default.set_signing_secret().await?;
    let password = default.set_password(&ada_id).await?;
    let bearer = tokens(default, &ada_id, &vera_id).await?;
    Ok(Credentials {
        tenant: TENANT.to_owned(),
        organization_id: organization.to_string(),
        user_id: ada_id.to_string(),
        akamai: AkamaiCredentials {
            client_token: signer.client_token,
            client_secret: signer.client_secret,
            access_token: signer.access_token,
            account_id: TENANT.to_owned(),
            client_id: owner.akamai_id.to_string(),
            username: ada.email.to_owned(),
            password,
        },
        capture: CaptureCredentials {
            owner_client_id: owner.capture_id.to_string(),
            owner_client_secret: default.client_secret(&owner).await?,
            plain_client_id: plain.capture_id.to_string(),
            plain_client_secret: default.client_secret(&plain).await?,
        },
        bearer,
        clients_jwt_secret,
    })
}

/// Two hierarchies, one of them three levels deep, with an asset or more in each group, each with
/// its resources, and the catalogue, whose CP codes lie in them.
async fn forest(default: &Planter<'_>) -> Result<[GroupId; 2], StartError> {
    let acme = default.create_group("Acme", None).await?;
    let emea = default.create_group("EMEA", Some(acme)).await?;
    let berlin = default.create_group("Berlin", Some(emea)).await?;
    let apac = default.create_group("APAC", Some(acme)).await?;
    let globex = default.create_group("Globex", None).await?;
    let labs = default.create_group("Labs", Some(globex)).await?;
    let (property, include) = (AssetKind::Property, AssetKind::Include);
    let (code, file) = (ResourceKind::Cpcode, ResourceKind::Arlfile);
    for (name, kind, group, resource) in [
        ("www.acme.example", property, acme, (36_915, code, "acme-site")),
        ("shared-headers", include, acme, (36_916, file, "shared-headers.xml")),
        ("shop.acme.example", property, emea, (373_118, code, "acme-shop")),
        ("berlin.acme.example", property, berlin, (866_797, code, "berlin-storage")),
        ("sydney.acme.example", property, apac, (933_076, code, "acme-apac")),
        ("www.globex.example", property, globex, (933_077, code, "globex-site")),
        ("labs.globex.example", property, labs, (933_078, file, "labs.globex.example.xml")),
    ] {
        let asset = default.add_asset(name, kind, group).await?;
        default.register_resource(asset, &resource).await?;
    }
    let own = Own {
        cp_codes: &[
            (36_915, "acme-site", acme),
            (373_118, "acme-shop", emea),
            (866_797, "berlin-storage", berlin),
            (933_076, "acme-apac", apac),
            (933_077, "globex-site", globex),
        ],
        switch_keys: &[("1-PRTNR:1-2RBL", "Partner", PARTNER)],
    };
    default.register_catalog(&own).await?;
    Ok([acme, globex])
}

/// What an administrator does, in every account.
const ADMINISTERS: &str = "Does everything";

/// Administrator and viewer; the others are there for whoever wants one.
async fn roles(default: &Planter<'_>) -> Result<[RoleId; 2], StartError> {
    use Permission::{AssetMove, GroupAdmin, Read};

    let standard = RoleKind::Standard;
    let admin =
        default.create_role("Administrator", ADMINISTERS, standard, &Permission::ALL).await?;
    let edits = [Read, GroupAdmin, AssetMove];
    default.create_role("Editor", "Changes groups and moves assets", standard, &edits).await?;
    let looks = "Looks, and changes nothing";
    let viewer = default.create_role("Viewer", looks, standard, &[Read]).await?;
    let audits = "Looks at the whole account";
    default.create_role("Auditor", audits, RoleKind::Account, &[Read]).await?;
    let moves = "Moves assets";
    default.create_role("Asset mover", moves, RoleKind::Custom, &[Read, AssetMove]).await?;
    Ok([admin, viewer])
}

/// Everything for the administrator, reading for the viewer; the viewer's comes last.
async fn tokens(
    default: &Planter<'_>,
    ada: &UserId,
    vera: &UserId,
) -> Result<BearerCredentials, StartError> {
    let reads = Right::ALL.into_iter().filter(|right| right.is_read());
    let reads: Vec<_> = reads.collect();
    let admin = default.issue_token("admin", ada, &Right::ALL).await?;
    let viewer = default.issue_token("viewer", vera, &reads).await?;
    Ok(BearerCredentials { admin, viewer })
}

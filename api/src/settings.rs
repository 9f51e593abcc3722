//! What an operator may choose about how requests are taken and answered.

use std::time::Duration;

use crate::caller::OperatorToken;
use crate::edgegrid::Schemes;
use crate::jwt::TrustedIssuer;
use crate::live::LivePace;
use crate::outbox::OutboxPlace;
use crate::rate::Rate;
use crate::retention::Retention;
use crate::webhooks::WebhookSettings;

/// Choices that the dialects look at. Where the server listens and what it stores in is not their
/// concern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Most bytes a request's body may have.
    pub body_limit: usize,
    /// Which scheme EdgeGrid clients may have signed.
    pub edgegrid_schemes: Schemes,
    /// Trusted issuer of tenant clients' tokens, beside the built-in ones.
    pub jwt_issuer: Option<String>,
    /// An issuer beside the tenants themselves whose tokens are taken.
    pub trusted_issuer: Option<TrustedIssuer>,
    /// What `aud` of a web token must contain for Zitadel's services; tokens issued here get it by
    /// the scope `urn:zitadel:iam:org:project:id:zitadel:aud`.
    pub zitadel_project: String,
    /// Whether it is served over TLS.
    pub is_tls: bool,
    /// The token of whoever owns the data directory, while an embedded store is served.
    pub operator: Option<OperatorToken>,
    /// Whether Capture's `/clients/list` and `/config` show secrets masked; their wire form
    /// carries them in clear.
    pub capture_masks_secrets: bool,
    /// Whether EdgeGrid calls keep to the account's IP allow list too, beside their client's own
    /// one; the list governs where users sign in from.
    pub edgegrid_keeps_to_allow_list: bool,
    /// Domain below which a host name names a Capture application: `acme.capture.example`.
    pub capture_domain: Option<String>,
    /// How often one caller may ask the tenant clients' API.
    pub tenant_clients_rate: Rate,
    /// Web pages of these origins may call from a browser; `*` is any.
    pub browser_origins: Vec<String>,
    /// How often what is new in the record is sealed.
    pub seal_every: Duration,
    /// How live streams of events wait.
    pub live: LivePace,
    /// Where mail is handed over; below the data directory if absent.
    pub outbox: Option<OutboxPlace>,
    /// How long what is no state is kept.
    pub retention: Retention,
    /// How deliveries to webhooks wait, and how far they may go.
    pub webhooks: WebhookSettings,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            body_limit: 1024 * 1024,
            edgegrid_schemes: Schemes::default(),
            jwt_issuer: None,
            trusted_issuer: None,
            zitadel_project: "zitadel".to_owned(),
            is_tls: false,
            operator: None,
            capture_masks_secrets: false,
            edgegrid_keeps_to_allow_list: false,
            capture_domain: None,
            tenant_clients_rate: Rate::default(),
            browser_origins: Vec::new(),
            seal_every: Duration::from_secs(5),
            live: LivePace::default(),
            outbox: None,
            retention: Retention::default(),
            webhooks: WebhookSettings::default(),
        }
    }
}

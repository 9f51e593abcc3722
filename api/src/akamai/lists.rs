//! Reference lists and policies: the values that users' members are picked from. Each has a copy
//! for administrators and one for users, which answer the same.
//!
//! Whoever signed in may read them. All but the products are the same in every account: those are
//! in its catalogue, and notices take names that are not.

mod time_zones;

use std::future::{Ready, ready};

use axum::http::{Method, StatusCode};
use axum::response::Response;
use commands::sign_ins::AKA90;
use domain::reference::{self, CONTACT_TYPES, COUNTRIES, LANGUAGES, TIMEOUTS};
use projections::catalog;
use serde_json::{Value, json};

use super::Akamai;
use super::problem::Problem;
use super::wire;
use crate::call::Call;
use crate::dialect::{Dialect, Needs};
use crate::fault::Fault;

#[rustfmt::skip]
pub(super) fn operations(akamai: Dialect<Akamai>) -> Dialect<Akamai> {
    let known = Needs::SignedIn;
    let contact_types = list(|| json!(CONTACT_TYPES));
    let countries = list(|| json!(COUNTRIES));
    let password = list(password_policy);
    let languages = list(|| json!(LANGUAGES));
    let timeouts = list(timeout_policies);
    let zones = list(time_zones::shown);
    akamai
        .op("get-common-contact-types",         Method::GET, "/user-admin/common/contact-types",                known, contact_types)
        .op("get-common-countries",             Method::GET, "/user-admin/common/countries",                    known, countries)
        .op("get-common-states",                Method::GET, "/user-admin/common/countries/{country}/states",   known, states)
        .op("get-common-notification-products", Method::GET, "/user-admin/common/notification-products",        known, products)
        .op("get-common-password-policy",       Method::GET, "/user-admin/common/password-policy",              known, password)
        .op("get-common-languages",             Method::GET, "/user-admin/common/supported-languages",          known, languages)
        .op("get-common-timeout-policies",      Method::GET, "/user-admin/common/timeout-policies",             known, timeouts)
        .op("get-common-timezones",             Method::GET, "/user-admin/common/timezones",                    known, zones)
        .op("get-user-contact-types",           Method::GET, "/user-profile/common/contact-types",              known, contact_types)
        .op("get-user-countries",               Method::GET, "/user-profile/common/countries",                  known, countries)
        .op("get-user-states",                  Method::GET, "/user-profile/common/countries/{country}/states", known, states)
        .op("get-user-notification-products",   Method::GET, "/user-profile/common/notification-products",      known, products)
        .op("get-user-password-policy",         Method::GET, "/user-profile/common/password-policy",            known, password)
        .op("get-user-languages",               Method::GET, "/user-profile/common/supported-languages",        known, languages)
        .op("get-user-timeout-policies",        Method::GET, "/user-profile/common/timeout-policies",           known, timeouts)
        .op("get-user-timezones",               Method::GET, "/user-profile/common/timezones",                  known, zones)
}

type Answer = Ready<Result<Response, Problem>>;

/// The handler of a list that is the same for every call.
fn list(value: impl Fn() -> Value + Copy) -> impl Fn(Call) -> Answer + Copy {
    move |_| ready(Ok(wire::ok(value())))
}

/// The products that the account's users can have notices of.
async fn products(call: Call) -> Result<Response, Problem> {
    let products = catalog::products(&call.views, &call.tenant).await.map_err(Fault::from)?;
    Ok(wire::ok(json!(products)))
}

/// The states of the path's country; a country without states here has an empty list.
fn states(call: Call) -> Answer {
    let name = call.request.param("country");
    let country = reference::country(name).ok_or_else(|| no_country(name));
    ready(country.map(|country| wire::ok(json!(reference::states(country)))))
}

/// No country of that name is in the list.
fn no_country(name: &str) -> Problem {
    let detail = format!("country not found: {name}");
    Problem::user_admin(StatusCode::NOT_FOUND, "country_unknown", "Not found", detail)
}

/// The one policy there is, in the numbers that the rule for passwords takes too.
fn password_policy() -> Value {
    json!({
        "pwclass": AKA90.name,
        "minLength": AKA90.length_min,
        "minLetters": AKA90.letters_min,
        "minDigits": AKA90.digits_min,
        "minNonAlpha": AKA90.non_letters_min,
        "caseDif": AKA90.case_changes_min,
        "maxRepeating": AKA90.repeats_max,
        "minReuse": AKA90.remembered,
        "rotateFrequency": AKA90.days_valid,
    })
}

fn timeout_policies() -> Value {
    let shown = TIMEOUTS.iter();
    shown.map(|(name, seconds)| json!({"name": name, "value": seconds})).collect()
}

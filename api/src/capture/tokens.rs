//! Tokens and codes for records: who may hand them out, and their exchange.
//!
//! An `access_issuer` hands them out for any client; whoever writes records may hand itself access
//! tokens, as newer documents of the vendor have it.

mod exchange;
mod issue;
mod verify;

use axum::http::Method;
use domain::ClientFeature;

use super::Capture;
use crate::dialect::{Dialect, Needs};

pub(crate) use exchange::{OAuth, dialect as oauth};

#[rustfmt::skip]
pub(super) fn operations(dialect: Dialect<Capture>) -> Dialect<Capture> {
    let issuer = Needs::Feature(ClientFeature::AccessIssuer);
    let (get, post) = (Method::GET, Method::POST);
    dialect
        .op("access/getAccessToken",       post.clone(), "/access/getAccessToken",       Needs::SignedIn, issue::access_token)
        .op("access/getAuthorizationCode", get.clone(),  "/access/getAuthorizationCode", issuer,          issue::authorization_code)
        .op("access/getAuthorizationCode", post.clone(), "/access/getAuthorizationCode", issuer,          issue::authorization_code)
        .op("access/getCreationToken",     get.clone(),  "/access/getCreationToken",     issuer,          issue::creation_token)
        .op("access/getCreationToken",     post.clone(), "/access/getCreationToken",     issuer,          issue::creation_token)
        .op("access/getVerificationCode",  get,          "/access/getVerificationCode",  issuer,          issue::verification_code)
        .op("access/getVerificationCode",  post.clone(), "/access/getVerificationCode",  issuer,          issue::verification_code)
        .op("access/useVerificationCode",  post,         "/access/useVerificationCode",  issuer,          verify::handle)
}

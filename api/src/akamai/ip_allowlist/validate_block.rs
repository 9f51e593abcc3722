//! Says whether a text is an address or a block. The parameter is all lower case.

use axum::http::StatusCode;
use axum::response::Response;
use domain::CidrBlock;

use super::malformed;
use crate::akamai::problem::Problem;
use crate::akamai::wire;
use crate::call::Call;

pub(super) async fn handle(call: Call) -> Result<Response, Problem> {
    let text = call.request.query_value("cidrblock");
    let text = text.ok_or_else(|| Problem::invalid("cidrblock", "cidrblock is required"))?;
    match CidrBlock::range_of(&text) {
        Some(_) => Ok(wire::no_content()),
        None => Err(malformed(StatusCode::BAD_REQUEST)),
    }
}

//! Commands on records, on what API clients may touch of them, and on tokens for them.

mod content;
mod create_record;
mod issue_record_token;
mod replace_record;
mod set_access_schema;
mod use_record_code;

pub use content::{ClearAttributes, ContentFault};
pub use create_record::{CreateRecord, CreateRecordRejection, FreshRecord};
pub use issue_record_token::{FreshRecordToken, IssueRecordToken, IssueRecordTokenRejection};
pub use replace_record::{ReplaceRecord, ReplaceRecordRejection};
pub use set_access_schema::{SetAccessSchema, SetAccessSchemaRejection};
pub use use_record_code::{UseRecordCode, UseRecordCodeRejection};

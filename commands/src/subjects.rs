//! Commands on subjects: whoever has a key of their own that what is known of them is sealed under.

mod erase_subject;
mod fault;
mod hold_subject;
mod release_subject;

pub use erase_subject::{EraseSubject, EraseSubjectRejection, FreshErasure};
pub use fault::SubjectFault;
pub use hold_subject::HoldSubject;
pub use release_subject::ReleaseSubject;

//! The operations, one file a noun. Each file ends with the entries that it adds to the table.

pub mod accounts;
pub mod approvals;
pub mod books;
pub mod credentials;
pub mod decisions;
pub mod documents;
pub mod ledger;
pub mod oidc;
pub mod parts;
mod problems;
pub mod processing;
pub mod receivers;
pub mod records;
pub mod session;
pub mod start;
pub mod subjects;

use crate::operation::Operation;

/// All operations.
#[must_use]
pub fn operations() -> Vec<Operation> {
    let all = [
        start::operations(),
        documents::operations(),
        session::operations(),
        oidc::operations(),
        accounts::operations(),
        credentials::operations(),
        approvals::operations(),
        decisions::operations(),
        records::operations(),
        subjects::operations(),
        books::operations(),
        processing::operations(),
        ledger::operations(),
        receivers::operations(),
    ];
    all.into_iter().flatten().collect()
}

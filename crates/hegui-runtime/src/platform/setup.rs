//! How a platform is set up, and why it may not do what it was asked.

use crate::authzen::Misasked;
use crate::books::Unapplied;
use crate::ground::GroundError;
use crate::happening::Misread;
use crate::keeping::Keeping;
use crate::refusal::Refusal;
use hegui_register::WriteError;
use hegui_store::journal::{JournalError, Options};

/// Why the platform did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum PlatformError {
    /// It is not recorded.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It is not in the form of a question.
    #[error(transparent)]
    Misasked(#[from] Misasked),
    /// It is not in the form of an event, or the log holds what this program does not know.
    #[error(transparent)]
    Misread(#[from] Misread),
    /// The journal failed.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The register or a table does not fit.
    #[error(transparent)]
    Ground(#[from] GroundError),
    /// The log is longer than the books can hold.
    #[error(transparent)]
    Unapplied(#[from] Unapplied),
    /// Facts could not be written beside the register's.
    #[error(transparent)]
    Facts(#[from] WriteError),
    /// The log had failed, or gave an event another place than the books.
    #[error("the log failed, so the books may hold what it does not; open the folder anew")]
    Stopped,
    /// There is no such decision to replay.
    #[error("entry {0} of the log is no decision that can be read")]
    NoDecision(u64),
    /// A decision was made with another version of the register.
    #[error("the decision was made with version {made} of the register, not {now}; open it with that one")]
    OtherRegister {
        /// The version that it was made with.
        made: u64,
        /// The version that there is.
        now: u64,
    },
}

/// How a platform is set up.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The ledger's origin, as `example.cn/ledger`.
    pub origin: String,
    /// How long what is recorded is kept.
    pub keeping: Keeping,
    /// How the journal is kept.
    pub journal: Options,
}

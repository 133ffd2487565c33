//! The states of a stack, and what each means for what may be done next. Source: the AWS CloudFormation user guide,
//! "Stack status codes".

/// What a stack's status means for a deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// There is no such stack: it was never made, or is deleted.
    Absent,
    /// A change set for it was made and never executed: the stack is a name without resources.
    InReview,
    /// An operation is in progress.
    Busy,
    /// It stands, and can be updated.
    Settled,
    /// Its creation failed and was rolled back: it can only be deleted.
    CreationRolledBack,
    /// Its creation failed and was not rolled back.
    CreateFailed,
    /// An update failed and was not rolled back.
    UpdateFailed,
    /// An update failed, and so did its rollback.
    UpdateRollbackFailed,
    /// Its deletion failed.
    DeleteFailed,
    /// An import failed, and so did its rollback.
    ImportRollbackFailed,
}

impl State {
    /// What a status says.
    pub fn of(status: &str) -> Self {
        match status {
            "DELETE_COMPLETE" => Self::Absent,
            "REVIEW_IN_PROGRESS" => Self::InReview,
            "ROLLBACK_COMPLETE" | "ROLLBACK_FAILED" => Self::CreationRolledBack,
            "CREATE_FAILED" => Self::CreateFailed,
            "UPDATE_FAILED" => Self::UpdateFailed,
            "UPDATE_ROLLBACK_FAILED" => Self::UpdateRollbackFailed,
            "DELETE_FAILED" => Self::DeleteFailed,
            "IMPORT_ROLLBACK_FAILED" => Self::ImportRollbackFailed,
            busy if busy.ends_with("_IN_PROGRESS") => Self::Busy,
            _ => Self::Settled,
        }
    }
}

/// Whether a status says that an operation has come to its end. Cleaning up counts: what was asked for is done.
pub(super) fn ended(status: &str) -> bool {
    !status.ends_with("_IN_PROGRESS") || status.ends_with("_CLEANUP_IN_PROGRESS")
}

/// Whether a status says that the last operation did what it was to do.
pub(super) fn succeeded(status: &str) -> bool {
    matches!(
        status,
        "CREATE_COMPLETE"
            | "UPDATE_COMPLETE"
            | "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"
            | "IMPORT_COMPLETE"
            | "DELETE_COMPLETE"
    )
}

//! `recover`: a stack out of the state it is stuck in.

use super::aws::{self, Direction, host::Host};
use super::{Exit, output};
use crate::core::App;
use crate::deploy::{FailureKind, Options, Recovery};

/// Get a stack out of a state that no update leaves
#[derive(Debug, clap::Args)]
#[command(after_help = "\
UPDATE_ROLLBACK_FAILED  continues the rollback
UPDATE_FAILED           rolls the update back
CREATE_FAILED           deletes the stack, and what was made
ROLLBACK_COMPLETE       deletes the stack
DELETE_FAILED           tries the deletion again
REVIEW_IN_PROGRESS      deletes the stack: it is but a name

An operation in progress is waited for. In every other state there is nothing to do.")]
pub(super) struct Args {
    /// The stack's path
    stack: String,
    /// Leave a resource as it is while a rollback goes on: a last resort
    #[arg(long, value_name = "LOGICAL_ID")]
    skip: Vec<String>,
    /// Leave a resource behind when the deletion is tried again
    #[arg(long, value_name = "LOGICAL_ID")]
    retain: Vec<String>,
    /// Leave behind whatever cannot be deleted
    #[arg(long, conflicts_with = "retain")]
    force: bool,
    /// The role that CloudFormation acts in
    #[arg(long, value_name = "ARN")]
    role_arn: Option<String>,
    /// Do not ask
    #[arg(short, long)]
    yes: bool,
}

pub(super) fn run(args: &Args, app: &App) -> Exit {
    recover(args, app).unwrap_or_else(|exit| exit)
}

fn recover(args: &Args, app: &App) -> Result<Exit, Exit> {
    let selectors = [args.stack.clone()];
    let (assembly, plan) = aws::planned(app, &selectors, Direction::Look, true)?;
    if plan.steps.len() != 1 {
        let count = output::counted(plan.steps.len(), "stack");
        return Err(output::refuse(&format!("`{}` names {count}", args.stack), "recover one stack at a time"));
    }
    let host = Host::new(false);
    let options =
        Options { yes: args.yes, attended: host.attended, role_arn: args.role_arn.clone(), ..Options::default() };
    let recovery = Recovery { skip: args.skip.clone(), retain: args.retain.clone(), force: args.force };
    aws::with_deployment(&assembly, &plan, &options, &host, async |deployment| {
        let done = aws::interruptible(deployment.stop, &host, deployment.recover(&recovery)).await?;
        host.clear();
        match done {
            Ok(text) => output::out(&format!("{}: {text}\n", plan.steps[0].path)).map(|()| Exit::Done),
            Err(failure) => {
                aws::failed(plan.steps[0].path, &failure);
                Ok(match failure.kind {
                    FailureKind::Refused | FailureKind::Declined => Exit::Refused,
                    FailureKind::Interrupted => Exit::Interrupted,
                    FailureKind::Failed => Exit::Failed,
                })
            }
        }
    })
}

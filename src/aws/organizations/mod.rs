//! Organizations: the tree of accounts, and the policies that hold in it.
//!
//! Deploy them in the management account, in us-east-1. What holds data stays when its stack is deleted: the
//! organization, its units and its accounts are retained by default.

mod account;
mod backup_policy;
mod organization;
mod place;
mod policy;
mod tag_policy;
mod unit;

pub use account::{Account, AccountSpec};
pub use backup_policy::{BackupPlan, BackupPolicy, BackupRule, BackupSelection};
pub use organization::{Organization, OrganizationSpec};
pub use place::{Parent, Target};
pub use policy::{Policy, PolicyContent, PolicySpec};
pub use tag_policy::{TagPolicy, TagRule};
pub use unit::{OrganizationalUnit, OrganizationalUnitSpec};

use crate::core::{DeletionPolicy, Expr, NodeId, Ref, Stack};

/// The types that Organizations changes one at a time.
const IN_TURN: [&str; 3] =
    ["AWS::Organizations::Account", "AWS::Organizations::OrganizationalUnit", "AWS::Organizations::Policy"];

/// The last resource of the stack that must be done before the next one is begun: Organizations refuses changes side by
/// side. Rule: the AWS CloudFormation user guide, `AWS::Organizations::Account`.
fn last_in_turn(stack: &Stack) -> Option<NodeId> {
    let all = stack.resources_so_far().filter(|(_, resource)| IN_TURN.contains(&&*resource.type_name));
    all.map(|(node, _)| node).filter(|node| stack.owns(*node)).last()
}

/// Makes a resource wait for the one before it, unless a reference does.
fn wait_for<R>(stack: &mut Stack, resource: Ref<R>, before: Option<NodeId>, references: &[&Expr]) {
    let refers = |node: NodeId| {
        references.iter().any(|expr| match expr {
            Expr::Ref(to) => *to == node,
            Expr::Att(to) => to.node == node,
            _ => false,
        })
    };
    if let Some(before) = before.filter(|node| !refers(*node)) {
        stack.resource(resource).depends_on(before);
    }
}

/// What becomes of a resource when it leaves its stack, and of the old one when it is replaced.
fn keep<R>(stack: &mut Stack, resource: Ref<R>, policy: DeletionPolicy) {
    stack.resource(resource).removal_policy(policy);
}

//! What instances, clusters and proxies have in common: where they are, who may connect.

use std::panic::Location;

use crate::aws::ec2::{SecurityGroup, SecurityGroupSpec, Vpc};
use crate::aws::iam::{Grantee, Statement};
use crate::aws::secretsmanager::{Secret, SecretTarget};
use crate::cfn::{ec2, rds};
use crate::core::{DeletionPolicy, Problem, Ref, Resource, Stack, UpdateReplacePolicy, Value, intrinsics};

/// The subnets of a VPC that databases go to: private ones, or isolated ones, or public ones.
pub(super) fn subnets(vpc: &Vpc) -> Vec<Value<ec2::SubnetId>> {
    vpc.inner_subnets().into_iter().map(Into::into).collect()
}

/// The security groups given, or one of its own.
pub(super) fn security_groups(
    stack: &mut Stack,
    given: Vec<SecurityGroup>,
    vpc: Ref<ec2::Vpc>,
    id: &str,
    description: &str,
) -> Vec<SecurityGroup> {
    if !given.is_empty() {
        return given;
    }
    vec![stack.add(id, SecurityGroupSpec::new(vpc, description))]
}

/// Lets somebody sign in as a database user with a token of IAM's. `resource` is the database's resource id.
#[track_caller]
pub(super) fn grant_connect(stack: &mut Stack, grantee: &Grantee, resource: Value<String>, db_user: &str) {
    // A `${` of the user's name is a variable of IAM's, not of CloudFormation's.
    let user = db_user.replace("${", "${!");
    let arn = "arn:${AWS::Partition}:rds-db:${AWS::Region}:${AWS::AccountId}:dbuser:${ResourceId}";
    let arn = intrinsics::sub(format!("{arn}/{user}"), [("ResourceId", resource)]);
    grantee.grant_identity(stack, Statement::allow(["rds-db:connect"], [arn]), "a database");
}

/// An option of a database's spec that what is granted needs.
pub(super) struct Switch<R> {
    pub(super) database: Ref<R>,
    pub(super) option: &'static str,
    pub(super) on: bool,
}

impl<R: Resource> Switch<R> {
    /// Turns it on. A database of another stack is not changed from here: its spec must have turned it on.
    #[track_caller]
    pub(super) fn turn_on(self, stack: &mut Stack, how: impl FnOnce(R) -> R) {
        if self.on {
            return;
        }
        if stack.owns(self.database) {
            return stack.edit(self.database, how);
        }
        let option = self.option;
        let message = format!("`{option}` of a database of another stack is off, and cannot be turned on here");
        let problem = Problem::error("not-this-stack", message)
            .help(format!("set `{option}: true` in the spec of the database, where its stack is defined"))
            .at(Location::caller(), "granted here");
        stack.report(problem);
    }
}

/// Says that two options do not go together.
pub(super) fn exclusive(stack: &mut Stack, message: &str, help: &str) {
    stack.report_at(None, Problem::error("exclusive-properties", message).help(help));
}

/// Says that a number is out of its bounds.
pub(super) fn range(stack: &mut Stack, message: String, help: &str) {
    stack.report_at(None, Problem::error("range", message).help(help));
}

/// Keeps a subnet group with the database that is kept: while that is there, the group cannot be deleted.
pub(super) fn kept_with(stack: &mut Stack, group: Ref<rds::DbSubnetGroup>, policy: DeletionPolicy) {
    if matches!(policy, DeletionPolicy::Retain | DeletionPolicy::RetainExceptOnCreate) {
        stack.resource(group).deletion_policy(policy).update_replace_policy(UpdateReplacePolicy::Retain);
    }
}

/// The id that the construct being built was added under.
pub(super) fn own_id(stack: &Stack) -> String {
    let path = stack.current().map(|node| stack.path_of(node)).unwrap_or_default();
    path.last().map(ToString::to_string).unwrap_or_default()
}

/// The secret with the address of what it is for; one that was attached before is as it is.
pub(super) fn attached(stack: &mut Stack, secret: Secret, target: SecretTarget) -> Secret {
    if secret.attachment.is_some() { secret } else { secret.attach(stack, target) }
}

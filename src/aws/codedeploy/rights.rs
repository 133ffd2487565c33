//! What CodeDeploy may do for a deployment group.

use super::EcsDeploymentGroupSpec;
use crate::aws::ecs::FargateTaskDefinition;
use crate::aws::elasticloadbalancingv2::Listener;
use crate::aws::iam::{Role, Statement};
use crate::core::{Stack, Value, intrinsics};

/// The service that runs tasks.
const TASKS: &str = "ecs-tasks.amazonaws.com";

impl EcsDeploymentGroupSpec {
    /// The actions of `AWSCodeDeployRoleForECS` (the AWS Managed Policy Reference), each on what this group deploys to:
    /// that policy lets CodeDeploy change every service and listener of the account, and hand any role to tasks.
    pub(super) fn grant_deploying(&self, stack: &mut Stack, role: &Role) {
        let listeners: Vec<Value<String>> = self.listeners().map(|listener| listener.arn().into()).collect();
        let rules: Vec<Value<String>> = self.listeners().map(|listener| rules_of(&listener)).collect();
        let (cluster, service) = (self.service.cluster.name().into(), self.service.name());
        let sets = "arn:${AWS::Partition}:ecs:${AWS::Region}:${AWS::AccountId}:task-set/${Cluster}/${Service}/*";
        let sets = intrinsics::sub(sets, [("Cluster", cluster), ("Service", service)]);
        let service = ["ecs:DescribeServices", "ecs:UpdateServicePrimaryTaskSet"];
        let seen = [
            "elasticloadbalancing:DescribeTargetGroups",
            "elasticloadbalancing:DescribeListeners",
            "elasticloadbalancing:DescribeRules",
            "cloudwatch:DescribeAlarms",
        ];
        role.add_to_policy(stack, Statement::allow(service, [self.service.arn()]));
        role.add_to_policy(stack, Statement::allow(["ecs:CreateTaskSet", "ecs:DeleteTaskSet"], [sets]));
        role.add_to_policy(stack, Statement::allow(["elasticloadbalancing:ModifyListener"], listeners));
        role.add_to_policy(stack, Statement::allow(["elasticloadbalancing:ModifyRule"], rules));
        role.add_to_policy(stack, Statement::allow(seen, ["*"]));
        grant_pass(stack, role, &self.service.task_definition);
    }

    /// The listeners that deployments turn to other tasks.
    pub(super) fn listeners(&self) -> impl Iterator<Item = Listener> {
        [self.blue_green.listener].into_iter().chain(self.blue_green.test_listener)
    }
}

/// Lets CodeDeploy start a task definition's tasks with their roles.
pub(super) fn grant_pass(stack: &mut Stack, role: &Role, task: &FargateTaskDefinition) {
    let roles: Vec<Value<String>> = task.roles().map(|role| role.arn().into()).collect();
    let pass = Statement::allow(["iam:PassRole"], roles);
    role.add_to_policy(stack, pass.when("StringLike", "iam:PassedToService", TASKS));
}

/// The ARNs of a listener's rules: its own, with another word in it.
fn rules_of(listener: &Listener) -> Value<String> {
    let part = |index: i64| intrinsics::select(index, intrinsics::split(":listener/", listener.arn()));
    let rules = intrinsics::sub(
        "${Before}:listener-rule/${Listener}/*",
        [("Before", part(0).into()), ("Listener", part(1).into())],
    );
    rules.into()
}

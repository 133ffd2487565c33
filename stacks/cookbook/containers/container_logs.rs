//! What a container prints, kept.
//!
//! **Problem.** A container runs on Fargate, where there is no machine to look at, and you want to read what it prints,
//! while it runs and when it is gone.
//!
//! **Solution.** A task of Apache's web server whose log driver sends what it prints to a log group. The role that starts
//! it may write there and nowhere else. Starting it is a runbook.
//!
//! **Costs.** Nothing until the task runs: $0.01 an hour for a quarter of a vCPU; logs are $0.50 a GB.
//!
//! **Today.** The service-linked role of ECS, which the original made, is made by ECS with an account's first cluster; in a
//! stack it would fail wherever there is one. The task runs in a public subnet, so that there is no NAT gateway to pay.

use formwork::aws::ec2::{Tier, VpcSpec};
use formwork::aws::ecs::{ClusterSpec, ContainerSpec, FargateTaskDefinitionSpec, LogDriver, PortMapping};
use formwork::aws::logs::LogGroupSpec;
use formwork::{DeletionPolicy, Stack, intrinsics};

/// A task definition, the log group it writes to, and where it can run.
pub fn container_logs(s: &mut Stack) {
    s.description("A task on Fargate whose output goes to CloudWatch Logs");
    let vpc = s.add("Vpc", VpcSpec { tiers: vec![Tier::public("Public")], ..VpcSpec::new("10.10.0.0/23") });
    let cluster = s.add("Cluster", ClusterSpec::default());
    // A recipe leaves nothing behind: its logs go with it.
    let deletion_policy = DeletionPolicy::Delete;
    let logs = s.add("Logs", LogGroupSpec { retention_days: Some(7), deletion_policy, ..LogGroupSpec::default() });
    let httpd = ContainerSpec {
        port_mappings: vec![PortMapping::tcp(80)],
        logging: Some(LogDriver::aws_logs(logs, "task")),
        ..ContainerSpec::new("httpd", "public.ecr.aws/docker/library/httpd:2.4")
    };
    let task = s.add("Task", FargateTaskDefinitionSpec::new([httpd]));
    s.output("EcsClusterName", cluster.name()).description("Where the task runs");
    s.output("VpcPublicSubnets", intrinsics::join(",", vpc.public_subnets().iter().map(|one| one.subnet)))
        .description("The subnets that it can run in");
    s.output("VpcDefaultSecurityGroup", vpc.vpc.default_security_group())
        .description("The security group for it: it lets nobody in from outside");
    s.output("TaskDefinitionArn", task.arn()).description("The task");
    s.output("LogGroupName", logs.name()).description("Where what it prints is kept");
    s.runbook("run-task", "Run the task, and read what it prints", include_str!("runbooks/run-task.md"));
}

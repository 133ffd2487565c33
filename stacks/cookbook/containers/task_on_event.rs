//! A task for each file that arrives.
//!
//! **Problem.** Files arrive in a bucket at any time, and each is work for a container. You do not want one that waits.
//!
//! **Solution.** CloudTrail records that an object was put under `input/`, a rule of EventBridge hears of it, and starts a
//! task on Fargate with the object's key in its environment. The task here writes the file's checksum under `output/`. It
//! may read the one and write the other; the rule may start this task and hand on its roles, and nothing else.
//!
//! **Costs.** $37 a month the NAT gateway and its address, which the task pulls its image through; $0.10 for 100,000 events;
//! a task of a quarter of a vCPU is $0.01 an hour.
//!
//! **Today.** A bucket can also tell EventBridge by itself (`Object Created`), without a trail and sooner. CloudTrail, as
//! here, knows who put the object, too.

use formwork::aws::cloudtrail::{DataEvents, ReadWriteType, TrailSpec};
use formwork::aws::ec2::VpcSpec;
use formwork::aws::ecs::{ClusterSpec, ContainerSpec, FargateTaskDefinitionSpec, LogDriver};
use formwork::aws::events::{EcsTask, EventPattern, RuleSpec, RuleTarget, RuleTargetInput};
use formwork::aws::iam::Statement;
use formwork::aws::logs::LogGroupSpec;
use formwork::aws::s3::BucketSpec;
use formwork::{DeletionPolicy, Stack, intrinsics, json};

/// Where files arrive.
const INPUT: &str = "input/";

/// What the task does. The key is somebody else's text: it is a variable of the shell, and never a part of the line.
const CHECKSUM: &str = r#"
aws s3 cp "s3://$BUCKET/$KEY" - | sha256sum | cut -d ' ' -f 1 |
    aws s3 cp - "s3://$BUCKET/output/${KEY#input/}.sha256"
"#;

/// How the rule hands the key to the container.
const OVERRIDES: &str = r#"{"containerOverrides":[{"name":"checksum","environment":[{"name":"KEY","value":<key>}]}]}"#;

/// A bucket, what watches it, and the task that is started.
pub fn task_on_event(s: &mut Stack) {
    s.description("A task on Fargate for each object that is put under input/ in a bucket");
    // A recipe leaves nothing behind: its buckets and logs go with it (`destroy --empty-buckets`).
    let deletion_policy = DeletionPolicy::Delete;
    let [files, records] =
        ["Files", "Records"].map(|id| s.add(id, BucketSpec { deletion_policy, ..BucketSpec::default() }));
    let trail = TrailSpec {
        bucket: Some(records),
        is_multi_region_trail: false,
        include_global_service_events: false,
        management_events: None,
        data_events: vec![DataEvents::s3_objects([(&files, INPUT)], ReadWriteType::WriteOnly)],
        ..TrailSpec::default()
    };
    let trail = s.add("Trail", trail);

    let vpc = s.add("Vpc", VpcSpec { nat_gateways: 1, ..VpcSpec::new("10.10.0.0/22") });
    let cluster = s.add("Cluster", ClusterSpec::default());
    let logs = s.add("Logs", LogGroupSpec { retention_days: Some(7), deletion_policy, ..LogGroupSpec::default() });
    let checksum = ContainerSpec {
        environment: vec![("BUCKET".into(), files.name().into())],
        entry_point: ["bash", "-euo", "pipefail", "-c"].map(Into::into).to_vec(),
        command: vec![CHECKSUM.into()],
        logging: Some(LogDriver::aws_logs(logs, "task")),
        ..ContainerSpec::new("checksum", "public.ecr.aws/aws-cli/aws-cli:2.31.0")
    };
    let task = s.add("Task", FargateTaskDefinitionSpec::new([checksum]));
    task.add_to_policy(s, Statement::allow(["s3:GetObject"], [files.arn_for_objects("input/*")]));
    task.add_to_policy(s, Statement::allow(["s3:PutObject"], [files.arn_for_objects("output/*")]));

    let arrived = s.add(
        "Arrived",
        RuleSpec::pattern(EventPattern {
            source: vec!["aws.s3".into()],
            detail_type: vec!["AWS API Call via CloudTrail".into()],
            detail: Some(json!({
                "eventSource": ["s3.amazonaws.com"],
                // What large files, and copies within S3, are put by.
                "eventName": ["PutObject", "CompleteMultipartUpload", "CopyObject"],
                "errorCode": [{ "exists": false }],
                "requestParameters": { "bucketName": [files.name()], "key": [{ "prefix": INPUT }] },
            })),
            ..EventPattern::default()
        }),
    );
    let key = RuleTargetInput::transformer([("key", "$.detail.requestParameters.key")], OVERRIDES);
    arrived.add_target(s, RuleTarget::task(EcsTask::new(&cluster, &task, &vpc)).input(key));

    s.output("BucketName", files.name()).description("The bucket that files arrive in, under input/");
    s.output("BucketArn", files.arn()).description("Its ARN");
    s.output("CloudTrailArn", trail.arn()).description("What records that they do");
    s.output("CloudTrailBucketName", records.name()).description("Where it keeps its records");
    s.output("EcsClusterArn", cluster.arn()).description("Where the task runs");
    s.output("TaskDefinitionArn", task.arn()).description("The task");
    s.output("VpcPrivateSubnets", intrinsics::join(",", vpc.private_subnets().iter().map(|one| one.subnet)))
        .description("The subnets that it runs in");
    s.output("VpcDefaultSecurityGroup", vpc.vpc.default_security_group())
        .description("The network's own security group; the task has another, which lets nobody in");
    s.output("LogGroupName", logs.name()).description("Where what the task prints is kept");
    s.runbook("upload", "Put a file, and see what the task made of it", include_str!("runbooks/upload.md"));
}

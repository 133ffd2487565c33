//! Tasks: their containers, sizes and roles.

use formwork::aws::ecs::{
    ContainerDependency, ContainerDependencyCondition, ContainerHealthCheck, ContainerImage, ContainerSecret,
    ContainerSpec, CpuArchitecture, FargateTaskDefinitionSpec, LogDriver, PortMapping,
};
use formwork::aws::iam::{Principal, RoleSpec, Statement};
use formwork::aws::logs::LogGroupSpec;
use formwork::aws::s3::BucketSpec;
use formwork::aws::secretsmanager::SecretSpec;
use formwork::testing::{Template, absent, any};
use formwork::{ImageAsset, Stack};
use insta::assert_snapshot;
use serde_json::{Value, json};

use super::{task, web};
use crate::checks::found;
use crate::program::snapshot;

const TASK: &str = "AWS::ECS::TaskDefinition";
const POLICY: &str = "AWS::IAM::Policy";

fn of(containers: impl IntoIterator<Item = ContainerSpec>) -> FargateTaskDefinitionSpec {
    FargateTaskDefinitionSpec::new(containers)
}

/// The first container of the only task.
fn container(template: &Template) -> Value {
    template.resources(TASK)[0].resource["Properties"]["ContainerDefinitions"][0].clone()
}

#[test]
fn the_smallest_task_has_a_role_and_a_container() {
    snapshot("ecs_task_definition", Template::of(task).yaml());
}

#[test]
fn a_task_has_every_option() {
    let template = Template::of(|s| {
        let trust = || RoleSpec::new(Principal::service("ecs-tasks.amazonaws.com"));
        let (task_role, execution_role) = (s.add("Mine", trust()), s.add("Theirs", trust()));
        let spec = FargateTaskDefinitionSpec {
            cpu: 1024,
            memory: 3072,
            ephemeral_storage: Some(50),
            family: Some("shop".into()),
            task_role: Some(task_role),
            execution_role: Some(execution_role),
            cpu_architecture: Some(CpuArchitecture::X86_64),
            ..of([web()])
        };
        let task = s.add("Task", spec);
        s.output("Arn", task.arn());
    });
    let properties = json!({
        "Cpu": "1024",
        "Memory": "3072",
        "EphemeralStorage": { "SizeInGiB": 50 },
        "Family": "shop",
        "RuntimePlatform": { "CpuArchitecture": "X86_64", "OperatingSystemFamily": "LINUX" },
        "TaskRoleArn": { "Fn::GetAtt": ["MineC1B42D3A", "Arn"] },
        "ExecutionRoleArn": any(),
        "NetworkMode": "awsvpc",
        "RequiresCompatibilities": ["FARGATE"],
    });
    template.has_resource(TASK, properties);
    template.resource_count("AWS::IAM::Role", 2);
    template.has_output("Arn", json!({ "Value": { "Ref": "Task79114B6B" } }));
}

#[test]
fn a_container_has_every_option() {
    let template = Template::of(|s| {
        let waits = |name: &str, condition| ContainerDependency::new(name, condition);
        let spec = ContainerSpec {
            port_mappings: vec![PortMapping::tcp(80).name("http"), PortMapping::udp(53)],
            environment: vec![("STAGE".into(), "dev".into())],
            command: vec!["serve".into()],
            entry_point: vec!["/entry".into()],
            working_directory: Some("/srv".into()),
            user: Some("nobody".into()),
            cpu: Some(64),
            memory: Some(128),
            memory_reservation: Some(64),
            readonly_root_filesystem: true,
            stop_timeout: Some(10),
            health_check: Some(ContainerHealthCheck {
                interval: Some(10),
                timeout: Some(2),
                retries: Some(4),
                start_period: Some(60),
                ..ContainerHealthCheck::shell("true")
            }),
            depends_on: vec![
                waits("first", ContainerDependencyCondition::Start),
                waits("second", ContainerDependencyCondition::Complete),
                waits("second", ContainerDependencyCondition::Success),
                waits("first", ContainerDependencyCondition::Healthy),
            ],
            ..ContainerSpec::new("web", "nginx")
        };
        let healthy = Some(ContainerHealthCheck { command: vec!["CMD".into(), "ok".into()], ..Default::default() });
        let first = ContainerSpec { health_check: healthy, ..ContainerSpec::new("first", "one") };
        let second = ContainerSpec { essential: false, ..ContainerSpec::new("second", "two") };
        s.add("Task", of([spec, first, second]))
    });
    let expected = json!({
        "Name": "web",
        "Image": "nginx",
        "Essential": true,
        "PortMappings": [
            { "ContainerPort": 80, "Name": "http", "Protocol": "tcp" },
            { "ContainerPort": 53, "Protocol": "udp" },
        ],
        "Environment": [{ "Name": "STAGE", "Value": "dev" }],
        "Command": ["serve"],
        "EntryPoint": ["/entry"],
        "WorkingDirectory": "/srv",
        "User": "nobody",
        "Cpu": 64,
        "Memory": 128,
        "MemoryReservation": 64,
        "ReadonlyRootFilesystem": true,
        "StopTimeout": 10,
        "HealthCheck": {
            "Command": ["CMD-SHELL", "true"], "Interval": 10, "Timeout": 2, "Retries": 4, "StartPeriod": 60,
        },
        "DependsOn": [
            { "ContainerName": "first", "Condition": "START" },
            { "ContainerName": "second", "Condition": "COMPLETE" },
            { "ContainerName": "second", "Condition": "SUCCESS" },
            { "ContainerName": "first", "Condition": "HEALTHY" },
        ],
    });
    assert_eq!(container(&template), expected);
}

#[test]
fn the_execution_role_may_do_what_containers_need_before_they_start() {
    let template = Template::of(|s| {
        let logs = s.add("Logs", LogGroupSpec::default());
        let secret = s.add("Secret", SecretSpec::default());
        let spec = ContainerSpec {
            logging: Some(LogDriver::aws_logs(logs, "web")),
            secrets: vec![("PASSWORD".into(), ContainerSecret::field(secret, "password"))],
            ..web()
        };
        s.add("Task", of([spec]))
    });
    let statements = json!([
        {
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": { "Fn::GetAtt": ["Logs6819BB44", "Arn"] },
        },
        {
            "Effect": "Allow",
            "Action": ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
            "Resource": { "Ref": "SecretA720EF05" },
        },
    ]);
    template.has_resource(POLICY, json!({ "PolicyDocument": { "Statement": statements } }));
    let found = container(&template);
    assert_eq!(
        found["LogConfiguration"],
        json!({
            "LogDriver": "awslogs",
            "Options": {
                "awslogs-group": { "Ref": "Logs6819BB44" },
                "awslogs-stream-prefix": "web",
                "awslogs-region": { "Ref": "AWS::Region" },
            },
        })
    );
    let address = json!({ "Fn::Sub": "${SecretA720EF05}:password::" });
    let from = &found["Secrets"][0]["ValueFrom"];
    assert!(*from == address || from["Fn::Join"][1][1] == ":password::", "{from}");
}

#[test]
fn a_task_without_such_needs_has_no_execution_role() {
    Template::of(task).has_resource(TASK, json!({ "ExecutionRoleArn": absent() }));
}

fn pulled(image: impl FnOnce(&mut Stack) -> ContainerImage) -> Value {
    let template = Template::of(|s| {
        let image = image(s);
        s.add("Task", of([ContainerSpec::new("web", image)]))
    });
    template.resources(POLICY)[0].resource["Properties"]["PolicyDocument"]["Statement"].clone()
}

#[test]
fn a_private_image_may_be_pulled_from_its_repository_only() {
    let uri = "111111111111.dkr.ecr.eu-west-1.amazonaws.com/team/web:1.2";
    let found = pulled(|_| ContainerImage::ecr(uri));
    assert_eq!(
        found[0]["Resource"],
        json!({ "Fn::Sub": "arn:${AWS::Partition}:ecr:eu-west-1:111111111111:repository/team/web" })
    );
    let actions = ["ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage"];
    assert_eq!(found[0]["Action"], json!(actions));
    assert_eq!(found[1], json!({ "Effect": "Allow", "Action": "ecr:GetAuthorizationToken", "Resource": "*" }));
}

#[test]
fn an_image_that_is_built_may_be_pulled_too() {
    let found = pulled(|s| (&s.image("Web", ImageAsset::build("examples/assets/web"))).into());
    let resource = found[0]["Resource"].to_string();
    assert!(resource.contains(":repository/") && resource.contains("WebImageUri"), "{resource}");
}

#[test]
fn to_run_a_task_is_to_run_this_revision_with_its_roles() {
    let template = Template::of(|s| {
        let role = s.add("Role", RoleSpec::new(Principal::service("lambda.amazonaws.com")));
        let logs = s.add("Logs", LogGroupSpec::default());
        let spec = ContainerSpec { logging: Some(LogDriver::aws_logs(logs, "web")), ..web() };
        let task = s.add("Task", of([spec]));
        task.grant_run(s, role);
    });
    let policies = template.resources(POLICY);
    let policy = policies.iter().find(|policy| policy.id.starts_with("Role")).unwrap();
    let statements = &policy.resource["Properties"]["PolicyDocument"]["Statement"];
    assert_eq!(
        *statements,
        json!([
            { "Effect": "Allow", "Action": "ecs:RunTask", "Resource": { "Ref": "Task79114B6B" } },
            {
                "Effect": "Allow",
                "Action": "iam:PassRole",
                "Resource": [
                    { "Fn::GetAtt": ["TaskTaskRoleE98524A1", "Arn"] },
                    { "Fn::GetAtt": ["TaskExecutionRoleEF964934", "Arn"] },
                ],
                "Condition": { "StringLike": { "iam:PassedToService": "ecs-tasks.amazonaws.com" } },
            },
        ])
    );
}

#[test]
fn what_is_granted_to_a_task_its_containers_may_do() {
    let template = Template::of(|s| {
        let task = task(s);
        let bucket = s.add("Bucket", BucketSpec::default());
        bucket.grant_read(s, &task);
        task.add_to_policy(s, Statement::allow(["ses:SendEmail"], ["*"]));
    });
    template.has_resource(POLICY, json!({ "Roles": [{ "Ref": "TaskTaskRoleE98524A1" }] }));
}

#[test]
fn a_task_has_a_size_that_fargate_has() {
    let sized = |cpu, memory| found(|s| s.add("Task", FargateTaskDefinitionSpec { cpu, memory, ..of([web()]) }));
    assert_snapshot!(sized(300, 512), @"
    error[range] Task: a task on Fargate cannot have 300 CPU units
      help: it has 256, 512, 1024, 2048, 4096, 8192 or 16384: 1024 are one vCPU
    ");
    assert_snapshot!(sized(256, 1536), @"
    error[range] Task: a task on Fargate with 256 CPU units cannot have 1536 MiB of memory
      help: it has 512, 1024 or 2048
    ");
    assert_snapshot!(sized(512, 5120), @"
    error[range] Task: a task on Fargate with 512 CPU units cannot have 5120 MiB of memory
      help: it has 1024 to 4096, by 1024
    ");
    assert_snapshot!(sized(8192, 18432), @"
    error[range] Task: a task on Fargate with 8192 CPU units cannot have 18432 MiB of memory
      help: it has 16384 to 61440, by 4096
    ");
    for (cpu, memory) in
        [(256, 512), (256, 2048), (512, 1024), (1024, 8192), (2048, 4096), (4096, 30720), (8192, 20480)]
    {
        assert_eq!(sized(cpu, memory), "");
    }
}

#[test]
fn the_containers_of_a_task_fit_together() {
    assert_snapshot!(found(|s| s.add("Task", of([]))), @"
    error[item-count] Task: the task has no container
      help: give it one
    ");
    assert_snapshot!(found(|s| s.add("Task", of([ContainerSpec { essential: false, ..web() }]))), @"
    error[item-count] Task: no container of the task is essential
      help: let one be: the task ends when it does
    ");
    assert_snapshot!(found(|s| s.add("Task", of([web(), web()]))), @"
    error[name-used-twice] Task: two containers of the task are called `web`
      help: give one of them another name
    error[name-used-twice] Task: the containers `web` and `web` both take port 80
      help: the containers of a task share one address: change one port
    error[unique-items] Task/Resource ContainerDefinitions[1]: an item of `ContainerDefinitions` is there twice
      help: leave one out
    ");
    let big = || ContainerSpec { cpu: Some(200), memory: Some(300), ..ContainerSpec::new("one", "a") };
    assert_snapshot!(found(|s| s.add("Task", of([big(), ContainerSpec { name: "two".into(), ..big() }]))), @"
    error[range] Task: the containers ask for 400 CPU units together, and the task has 256
      help: give the task more, or the containers less
    error[range] Task: the containers ask for 600 MiB together, and the task has 512
      help: give the task more, or the containers less
    ");
}

#[test]
fn a_container_waits_for_one_that_can_be_waited_for() {
    let waiting = |name: &str, condition| {
        let depends_on = vec![ContainerDependency::new(name, condition)];
        found(|s| {
            let first = ContainerSpec { depends_on, ..web() };
            s.add("Task", of([first, ContainerSpec::new("app", "app")]))
        })
    };
    assert_snapshot!(waiting("ap", ContainerDependencyCondition::Start), @"
    error[unknown-reference] Task: the container `web` waits for `ap`, and the task has no such container
      help: name one of the same task
    ");
    assert_snapshot!(waiting("app", ContainerDependencyCondition::Healthy), @"
    error[unknown-reference] Task: the container `web` waits for `app` to be healthy, which has no health check
      help: give it one, or wait for its start
    ");
    assert_snapshot!(waiting("app", ContainerDependencyCondition::Success), @"
    error[unknown-reference] Task: the container `web` waits for the end of `app`, which is essential
      help: the task ends when an essential container does: make it one that is not
    ");
    assert_eq!(waiting("app", ContainerDependencyCondition::Start), "");
}

//! What a container prints, kept.

use formwork::testing::{containing, json};

use crate::cookbook::containers::container_logs::container_logs;
use crate::support::{assert_outputs, properties, template};

#[test]
fn what_the_task_prints_goes_to_its_log_group() {
    let template = template(container_logs);
    let logs = json!({
        "LogDriver": "awslogs",
        "Options": { "awslogs-group": { "Ref": "Logs6819BB44" }, "awslogs-region": { "Ref": "AWS::Region" } },
    });
    let containers = json!([{ "Image": containing("httpd:2.4"), "LogConfiguration": logs }]);
    let task = json!({
        "ContainerDefinitions": containers,
        "ExecutionRoleArn": { "Fn::GetAtt": ["TaskExecutionRoleEF964934", "Arn"] },
        "RequiresCompatibilities": ["FARGATE"],
    });
    template.has_resource("AWS::ECS::TaskDefinition", task);
    template.has_resource_with("AWS::Logs::LogGroup", json!({ "DeletionPolicy": "Delete" }));
}

#[test]
fn the_role_that_starts_it_writes_there_and_nowhere_else() {
    let template = template(container_logs);
    let policies = properties(&template, "IAM::Policy");
    let [policy] = policies[..] else { panic!("{policies:?}") };
    assert_eq!(policy["Roles"], json!([{ "Ref": "TaskExecutionRoleEF964934" }]));
    let write = json!([{
        "Effect": "Allow",
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": { "Fn::GetAtt": ["Logs6819BB44", "Arn"] },
    }]);
    assert_eq!(policy["PolicyDocument"]["Statement"], write);
}

#[test]
fn it_costs_nothing_until_the_task_runs() {
    let template = template(container_logs);
    for costly in ["AWS::EC2::NatGateway", "AWS::EC2::VPCEndpoint", "AWS::ECS::Service"] {
        template.resource_count(costly, 0);
    }
    let expected =
        ["EcsClusterName", "LogGroupName", "TaskDefinitionArn", "VpcDefaultSecurityGroup", "VpcPublicSubnets"];
    assert_outputs(&template, &expected);
}

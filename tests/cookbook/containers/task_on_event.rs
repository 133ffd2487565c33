//! A task for each file that arrives.

use formwork::testing::{absent, array_with, assert_reachable, json};
use serde_json::Value;

use crate::cookbook::containers::task_on_event::task_on_event;
use crate::support::{assert_outputs, properties, template};

/// The statements of the policy of a role, by a part of its logical id.
fn statements(role: &str) -> Value {
    let template = template(task_on_event);
    let policies = properties(&template, "IAM::Policy");
    let own = policies.iter().find(|policy| policy["Roles"].to_string().contains(role)).unwrap();
    own["PolicyDocument"]["Statement"].clone()
}

#[test]
fn what_is_put_under_input_is_recorded_and_nothing_else() {
    let template = template(task_on_event);
    let objects = json!({ "Type": "AWS::S3::Object", "Values": [{ "Fn::Sub": "${Files8E6940B8.Arn}/input/" }] });
    let selector =
        json!({ "DataResources": [objects], "IncludeManagementEvents": false, "ReadWriteType": "WriteOnly" });
    let trail =
        json!({ "S3BucketName": { "Ref": "Records091F6ECA" }, "EventSelectors": [selector], "IsLogging": true });
    template.has_resource("AWS::CloudTrail::Trail", trail);
}

#[test]
fn the_rule_hears_of_it_and_starts_the_task_with_the_objects_key() {
    let template = template(task_on_event);
    let detail = json!({
        "eventSource": ["s3.amazonaws.com"],
        "eventName": array_with(json!(["PutObject"])),
        "requestParameters": { "bucketName": [{ "Ref": "Files8E6940B8" }], "key": [{ "prefix": "input/" }] },
    });
    let pattern = json!({ "source": ["aws.s3"], "detail-type": ["AWS API Call via CloudTrail"], "detail": detail });
    let rule = template.has_resource("AWS::Events::Rule", json!({ "EventPattern": pattern, "State": "ENABLED" }));
    let target = &rule.resource["Properties"]["Targets"][0];
    let task = &target["EcsParameters"];
    assert_eq!(
        (&task["TaskDefinitionArn"], &task["LaunchType"]),
        (&json!({ "Ref": "Task79114B6B" }), &json!("FARGATE"))
    );
    assert_eq!(target["InputTransformer"]["InputPathsMap"], json!({ "key": "$.detail.requestParameters.key" }));
    // As EventBridge fills it in: a text becomes JSON, quotes and all.
    let filled =
        target["InputTransformer"]["InputTemplate"].as_str().unwrap().replace("<key>", r#""input/a \"b\".txt""#);
    let filled: Value = serde_json::from_str(&filled).unwrap();
    let override_of = &filled["containerOverrides"][0];
    assert_eq!(override_of["environment"], json!([{ "name": "KEY", "value": "input/a \"b\".txt" }]));
    let containers = json!([{ "Name": override_of["name"] }]);
    template.has_resource("AWS::ECS::TaskDefinition", json!({ "ContainerDefinitions": containers }));
}

#[test]
fn the_role_of_the_rule_runs_this_task_definition_and_passes_these_roles_only() {
    let statements = statements("EventsRole");
    let statements = statements.as_array().unwrap();
    let of = |action: &str| statements.iter().find(|statement| statement["Action"] == action).unwrap();
    assert_eq!(of("ecs:RunTask")["Resource"], json!({ "Ref": "Task79114B6B" }));
    assert_eq!(
        of("ecs:RunTask")["Condition"],
        json!({ "ArnEquals": { "ecs:cluster": { "Fn::GetAtt": ["ClusterEB0386A7", "Arn"] } } })
    );
    let arn = |role: &str| json!({ "Fn::GetAtt": [role, "Arn"] });
    let roles = json!([arn("TaskTaskRoleE98524A1"), arn("TaskExecutionRoleEF964934")]);
    assert_eq!(of("iam:PassRole")["Resource"], roles);
    assert_eq!(of("iam:PassRole")["Condition"]["StringLike"]["iam:PassedToService"], "ecs-tasks.amazonaws.com");
    // The third tags the task with what started it.
    assert_eq!(statements.len(), 3);
    assert!(of("ecs:TagResource")["Resource"].to_string().contains(":task/${ClusterEB0386A7}/*"));
}

#[test]
fn the_task_reads_what_arrives_and_writes_elsewhere() {
    let statements = statements("TaskRole");
    let expected = json!([
        { "Effect": "Allow", "Action": "s3:GetObject", "Resource": { "Fn::Sub": "${Files8E6940B8.Arn}/input/*" } },
        { "Effect": "Allow", "Action": "s3:PutObject", "Resource": { "Fn::Sub": "${Files8E6940B8.Arn}/output/*" } },
    ]);
    assert_eq!(statements, expected);
}

#[test]
fn nobody_lets_the_task_be_reached() {
    let template = template(task_on_event);
    for group in properties(&template, "EC2::SecurityGroup") {
        assert!(group.get("SecurityGroupIngress").is_none(), "{group}");
    }
    template.resource_count("AWS::EC2::SecurityGroupIngress", 0);
    template.has_resource("AWS::S3::Bucket", json!({ "AccessControl": absent() }));
    // It pulls its image through the NAT gateway.
    let app = crate::support::app(task_on_event);
    assert_reachable(&app, "recipe/Vpc/PrivateSubnet1", "internet", Some(443.into()));
}

#[test]
fn its_outputs_are_those_of_the_book_and_the_log() {
    let expected = [
        "BucketArn",
        "BucketName",
        "CloudTrailArn",
        "CloudTrailBucketName",
        "EcsClusterArn",
        "LogGroupName",
        "TaskDefinitionArn",
        "VpcDefaultSecurityGroup",
        "VpcPrivateSubnets",
    ];
    assert_outputs(&template(task_on_event), &expected);
}
